"""Options as values: what a command is given for what was typed, before it, after it and in the environment."""

from dataclasses import fields
from typing import Annotated, get_type_hints

import pytest
import typer

from cli.lazy import noun
from cli.main import run
from cli.options import Evidence, Place, Shape, Valuation, Where, takes

app = noun("A noun to try options on.")
given: list[object] = []


@app.command("list")
@takes
def listing(where: Where, valuation: Valuation, shape: Shape, place: Place) -> None:
    """Take what a report takes."""
    given.extend([where, valuation, shape, place])


@app.command("add")
@takes
def add(
    context: typer.Context,
    donor: Annotated[str, typer.Argument(metavar="DONOR")],
    evidence: Evidence,
    place: Place,
    item: Annotated[list[str] | None, typer.Option("--item")] = None,
) -> None:
    """Take what an entry takes."""
    given.extend([context.command_path, donor, item, evidence, place])


@pytest.fixture
def values(capsys):
    """What the command is given for this command line, or else what is said about it."""

    def called(*args):
        given.clear()
        code = run(args, {"try": (f"{__name__}:app", "A noun to try options on.")})
        printed, said = capsys.readouterr()
        assert (code == 0) == (not said)
        return list(given) if not printed and not said else printed + said

    return called


def test_what_is_not_typed_has_its_default(values):
    assert values("try", "list") == [Where(), Valuation(), Shape(), Place()]
    assert values("try", "add", "GB") == ["aidledger try add", "GB", None, Evidence(), Place()]


def test_every_option_reaches_its_field_as_it_was_typed(values):
    where, valuation, shape, place = values(
        *("try", "list", "--donor", "GB", "--group", "EU", "--recipient", "UA", "--purpose", "military"),
        *("--instrument", "loan", "--source", "era", "--pledge", "GB-2025-0001", "--currency", "GBP"),
        *("--from", "86400", "--until", "2025-Q1", "--as-of", "1_000", "--known-at", "1e999999"),
        *("--contingent", "only", "--in", "EUR", "--policy", "fixed:2024-06", "--rates", "ecb", "--value-at", "event"),
        *("--missing", "list", "--format", "json", "--book", "a.db", "--locale", "de"),
    )
    assert where == Where(
        donor=("GB",),
        group=("EU",),
        recipient=("UA",),
        purpose=("military",),
        instrument=("loan",),
        source=("era",),
        pledge=("GB-2025-0001",),
        currency=("GBP",),
        since="86400",
        until="2025-Q1",
        as_of="1_000",
        known_at="1e999999",
        contingent="only",
    )
    assert valuation == Valuation(into="EUR", policy="fixed:2024-06", rates=("ecb",), value_at="event", missing="list")
    assert (shape, place) == (Shape("json"), Place("a.db", "de"))


def test_every_part_of_the_evidence_reaches_its_field(values):
    _, _, items, evidence, _ = values(
        *("try", "add", "GB", "--on", "2025-03-02", "--cite", "https://example.org", "--quote", "a, b", "--note", "n"),
        *("--publisher", "P", "--published", "2025-03-01", "--press", "--origin", "kiel-r7:UKM1"),
        *("--item", "5000 air-defence-missile", "--item", "2 a,b"),
    )
    assert evidence == Evidence(
        on="2025-03-02",
        cite="https://example.org",
        quote="a, b",
        publisher="P",
        published="2025-03-01",
        official=False,
        note="n",
        origin="kiel-r7:UKM1",
    )
    assert items == ["5000 air-defence-missile", "2 a,b"]
    assert values("try", "add", "GB", "--official")[3] == Evidence(official=True)


def test_several_values_are_repeated_or_separated_by_commas(values):
    where, valuation, *_ = values("try", "list", "--donor", "GB, EU", "--donor", "US", "--rates", "own,ecb")
    assert where.donor == ("GB", "EU", "US")
    assert valuation.rates == ("own", "ecb")


@pytest.mark.parametrize("args", [("--donor", ""), ("--donor", "GB,,EU"), ("--donor", "GB,"), ("--donor", " ")])
def test_an_empty_filter_does_not_quietly_mean_everything(values, args):
    assert values("try", "list", *args) == "error: --donor is empty: give it a value or leave it out\n"


@pytest.mark.parametrize("option", ["--book", "--from", "--in", "--policy"])
def test_an_option_that_is_given_empty_is_refused(values, option):
    assert values("try", "list", option, "") == f"error: {option} is empty: give it a value or leave it out\n"


@pytest.mark.parametrize(
    ("option", "allowed"), [("--format", "table, json or csv"), ("--contingent", "include, exclude or only")]
)
def test_a_word_that_is_not_allowed_is_refused_with_those_that_are(values, option, allowed):
    assert values("try", "list", option, "xml") == f"error: {option} is {allowed}, not 'xml'\n"


@pytest.mark.parametrize(
    ("before", "after", "environment", "book"),
    [
        ("root", None, None, "root"),
        (None, "command", None, "command"),
        ("root", "command", None, "command"),
        (None, None, "environment", "environment"),
        ("root", None, "environment", "root"),
        (None, "command", "environment", "command"),
        ("root", "command", "environment", "command"),
        (None, None, "", None),
        (None, None, None, None),
    ],
)
def test_the_book_is_named_after_the_command_else_before_it_else_by_the_environment(
    values, monkeypatch, before, after, environment, book
):
    monkeypatch.delenv("AIDLEDGER_BOOK", raising=False)
    if environment is not None:
        monkeypatch.setenv("AIDLEDGER_BOOK", environment)
    early, late = (("--book", name) if name else () for name in (before, after))
    assert values(*early, "try", "add", "GB", *late)[-1] == Place(book=book)


def test_the_locale_is_found_in_the_same_way(values, monkeypatch):
    monkeypatch.setenv("AIDLEDGER_LOCALE", "fr")
    assert values("try", "list")[-1] == Place(locale="fr")
    assert values("--locale", "de", "try", "list")[-1] == Place(locale="de")


@pytest.mark.parametrize("kind", [Place, Shape, Where, Valuation, Evidence])
def test_every_field_is_an_option_with_help_and_a_name_for_its_value(kind):
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        option = hints[field.name].__metadata__[0]
        assert str(option.default).startswith("--")
        assert option.help.endswith(".")
        assert "[" not in option.help
        assert option.metavar or "/" in option.default


def test_help_shows_the_options_of_the_values(values, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    shown = values("try", "list", "--help")
    for option in ("--donor CODE,...", "--in CUR", "--format table|json|csv", "--book PATH|URL"):
        assert f"\n  {option}" in shown
    words = " ".join(shown.split())
    assert "[env var: AIDLEDGER_BOOK]" in words
    assert "[default: table]" in words


def test_a_command_keeps_its_name_and_docstring():
    assert listing.__name__ == "listing"
    assert listing.__doc__ == "Take what a report takes."
