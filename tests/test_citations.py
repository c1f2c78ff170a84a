"""Citations as they are typed: what is taken, what is refused, what is shown, and books that require one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.book import Book, now
from ledger.errors import Refusal
from ledger.journal import Citation
from ledger.recognition import steps
from ledger.recognition.steps import Evidence
from tests.commandline import done, refused, rows, settings_for, typed
from tests.world import (
    Clock,
    announce,
    announcement,
    errors,
    make_book,
    money,
    movement,
    refuses,
    register_item,
    register_party,
)

ADD = "pledge add GB 5GBP --on 2025-03-02 --purpose military --instrument grant"
TODAY = now().date()


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty book, in which commands are typed."""
    settings_for(tmp_path, monkeypatch)
    done("init")
    return tmp_path


def cited(number: int = 2) -> dict[str, str]:
    """What an entry cites, as it is shown."""
    shown = rows(f"journal show {number}")
    return {row["name"]: row["value"] for row in shown if row["section"] == "citation"}


# What is taken


@pytest.mark.usefixtures("typing")
def test_everything_that_is_said_of_a_source_is_shown_with_the_entry_and_with_the_pledge():
    done(
        f'{ADD} --cite https://example.org/a --cite-title "A page" --publisher "The ministry" --published 2025-03-02'
        ' --retrieved 2025-03-05 --quote "five pounds" --official'
    )
    said = {
        "url": "https://example.org/a",
        "title": "A page",
        "publisher": "The ministry",
        "published": "2025-03-02",
        "retrieved": "2025-03-05",
        "quote": "five pounds",
        "kind": "official",
    }
    assert cited() == said
    shown = [row for row in rows("pledge show GB-2025-0001") if row["section"] == "citation"]
    assert {row["name"]: row["value"] for row in shown} == said


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a?b=c&d=%20#e",
        "HTTPS://EXAMPLE.ORG/",
        "https://мінфін.укр/новини/1",
        "https://[2001:db8::1]/a",
        "https://web.archive.org/web/2025/https://example.org/a@b",
    ],
)
def test_an_address_is_taken_as_it_was_typed(address: str):
    done(ADD, "--cite", address)
    assert cited() == {"url": address}


@pytest.mark.usefixtures("typing")
def test_days_are_kept_as_iso_has_them_whatever_the_locale_writes():
    done(f"{ADD} --quote fünf --published 02.03.2025 --retrieved 03.03.2025 --locale de")
    assert cited()["published"] == "2025-03-02"
    assert cited()["retrieved"] == "2025-03-03"
    done("pledge commit GB-2025-0001 --quote sechs --format csv --published", TODAY.isoformat())
    assert cited(3)["published"] == TODAY.isoformat()


# What is refused


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("example.org/a", "did you mean https://example.org/a?"),
        ("www.gov.uk", "did you mean https://www.gov.uk?"),
        ("10.1787/e4b0", "did you mean https://doi.org/10.1787/e4b0?"),
        ("/etc/passwd", "--attach /etc/passwd keeps a copy of a file"),
        ("~/page.html", "--attach ~/page.html keeps a copy of a file"),
        ("file:///srv/page.html", "--attach /srv/page.html keeps a copy of a file"),
        ("book.db", "--attach book.db keeps a copy of a file"),
        ("ftp://example.org/a", "what has no address is cited by --quote TEXT, --publisher P or --attach FILE"),
        ("javascript:alert(1)", "what has no address is cited by --quote TEXT, --publisher P or --attach FILE"),
        ("https://", "what has no address"),
        ("https:///a", "what has no address"),
        ("https://example.org/a b", "what has no address"),
        ("the ministry", "what has no address"),
        ("x" * 5000, "what has no address"),
    ],
)
def test_what_is_no_web_address_is_refused_with_what_to_type_instead(address: str, hint: str):
    said = refused(2, ADD, "--cite", address)
    assert f"--cite '{address}' is no web address (https://...)" in said
    assert f"hint: {hint}" in said


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize("address", ["https://ada:secret@example.org/", "http://ada@example.org/a"])
def test_an_address_with_a_password_is_refused_and_not_repeated(address: str):
    said = refused(2, ADD, "--cite", address)
    assert said == "error: --cite takes no address with a name or password in it: leave them out\n"


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--quote five --published soon", "'soon'"),
        ("--quote five --published 2025-02-30", "2025-02-30"),
        (f"--quote five --published {TODAY + timedelta(1)}", f"--published {TODAY + timedelta(1)} is in the future"),
        (f"--quote five --retrieved {TODAY + timedelta(9)}", f"--retrieved {TODAY + timedelta(9)} is in the future"),
        (
            "--quote five --published 2025-03-02 --retrieved 2025-03-01",
            "--retrieved 2025-03-01 is before --published 2025-03-02",
        ),
        ("--official", "--official and --press say what a citation is: add --cite URL or --quote TEXT"),
        ("--press", "--official and --press say what a citation is"),
        ("--retrieved 2025-03-02", "--retrieved says when a citation was read: add --cite URL or --quote TEXT"),
        ("--quote ''", "--quote is empty"),
        ("--cite ''", "--cite is empty"),
        ("--attach ''", "--attach is empty"),
    ],
)
def test_what_cannot_be_said_of_a_source_is_refused(options: str, words: str):
    assert words in refused(2, f"{ADD} {options}")


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize("option", ["--quote", "--publisher", "--cite-title"])
def test_text_that_commands_a_terminal_is_refused_by_the_name_of_where_it_stands(option: str):
    said = refused(2, ADD, option, "a\x1b[2Jb")
    assert f"the citation's {option.rpartition('-')[2]} holds a control character (U+001B at place 2)" in said


@pytest.mark.usefixtures("typing")
def test_a_control_character_in_an_address_is_refused():
    assert "error: " in refused(2, ADD, "--cite", "https://example.org/\x07")


# Books that require a citation

REFUSED = "this book takes no entry on {} without a citation: add --cite URL"
SOURCE = Citation(url="https://example.org/a")


@pytest.fixture
def strict(tmp_path: Path, clock: Clock) -> Book:
    """A book that requires citations, with a loan P, half of which is paid, and a grant Q of 9 pounds."""
    book = make_book(tmp_path / "strict.db", clock, require_citation=True)
    announce(book, "GB", "100 GBP", id="P", instrument="loan", cite="https://example.org/p")
    announce(book, "GB", "9 GBP", id="Q", cite="https://example.org/q")
    book.record(movement("disburse", "P", "50 GBP", cite="https://example.org/d"))
    return book


def said(**options: Any) -> Evidence:
    """A note, and no citation."""
    return Evidence(note="why", **options)


STEPS: dict[str, tuple[steps.Step, str]] = {
    "add": (announcement("NO", "5 GBP", id="R"), "R"),
    "commit": (movement("commit", "P", "5 GBP"), "P"),
    "allocate": (movement("allocate", "P", "5 GBP"), "P"),
    "disburse": (movement("disburse", "P", "5 GBP"), "P"),
    "repay": (movement("repay", "P", "5 GBP"), "P"),
    "forgive": (movement("forgive", "P", "5 GBP"), "P"),
    "cancel": (movement("cancel", "P", "5 GBP"), "P"),
    "draw": (steps.Draw(parent="P", child="Q", amount=money("5 GBP"), evidence=said()), "Q"),
    "draw --existing": (
        steps.Draw(parent="P", child="Q", amount=money("5 GBP"), existing=True, evidence=said()),
        "Q",
    ),
    "supersede": (steps.Supersede(old="P", new="Q", evidence=said()), "Q"),
    "revise": (steps.Revise(pledge="P", amount=money("120 GBP"), evidence=said()), "P"),
    "amend": (steps.Amend(pledge="P", changes={"title": "T"}, evidence=said()), "P"),
    "distinguish": (steps.Distinguish(pledge="P", other="Q", evidence=said()), "P"),
    "joint": (
        steps.AnnounceJointly(parts=(announcement("GB", "5 GBP"), announcement("NO", "7 GBP")), evidence=said()),
        "a joint pledge",
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_book_that_requires_citations_takes_no_step_on_a_pledge_without_one(strict: Book, name: str):
    step, pledge = STEPS[name]
    with refuses(strict, Refusal, REFUSED.format(pledge), "--quote TEXT gives its words, --attach FILE keeps a copy"):
        strict.record(step)
    strict.record(replace(step, evidence=replace(step.evidence, citations=(SOURCE,))))
    assert errors(strict) == []


@pytest.mark.parametrize(
    ("citation", "enough"),
    [
        (Citation(url="https://example.org/a"), True),
        (Citation(quote="five"), True),
        (Citation(title="A page"), True),
        (Citation(publisher="The ministry"), False),
        (Citation(published="2025-03-02", official=True), False),
    ],
)
def test_a_citation_by_which_nothing_is_found_is_none(strict: Book, citation: Citation, enough: bool):  # noqa: FBT001
    step = steps.Amend(pledge="P", changes={"title": "T"}, evidence=said(citations=(citation,)))
    if enough:
        strict.record(step)
    else:
        with refuses(strict, Refusal, REFUSED.format("P")):
            strict.record(step)


def test_what_is_about_no_pledge_and_what_takes_back_what_was_cited_needs_no_citation(strict: Book):
    register_item(strict)
    register_party(strict, "XX1", "One")
    strict.record(steps.Reverse(number=4, evidence=said()))
    assert errors(strict) == []


def test_an_attached_file_alone_is_a_citation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings_for(tmp_path, monkeypatch)
    done("init --require-citation")
    Path("page.html").write_text("five")
    assert REFUSED.format("GB-2025-0001") in refused(1, ADD)
    assert "hint: --quote TEXT gives its words, --attach FILE keeps a copy of it" in refused(1, ADD)
    assert REFUSED.format("GB-2025-0001") in refused(1, f"{ADD} --publisher P")
    done(f"{ADD} --attach page.html")
    assert typed("check").code == 0


def test_a_row_of_an_imported_table_without_a_citation_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings_for(tmp_path, monkeypatch)
    done("init --require-citation")
    head = "id,donor,amount,currency,on,purpose,instrument,citation_url"
    table = [head, "A,GB,5,GBP,2025-03-02,military,loan,https://example.org/a", "B,NO,7,GBP,2025-03-02,military,loan,"]
    Path("in.csv").write_text("\n".join([*table, ""]))
    answer = typed("import csv in.csv --format json")
    assert [(row["imported"], row["rejected"]) for row in answer.rows] == [(1, 1)]
    assert REFUSED.format("B") in answer.said
    assert [row["pledge"] for row in rows("pledge list")] == ["A"]


def test_what_a_file_restates_is_cited_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings_for(tmp_path, monkeypatch)
    done("init --require-citation")
    head = "id,donor,amount,currency,on,purpose,instrument,citation_url"
    row = "A,GB,{},GBP,2025-03-02,military,loan,{}"
    for amount, address, code in [("5", "https://a.example/", 0), ("7", "", 1), ("9", "https://b.example/", 0)]:
        Path("in.csv").write_text("\n".join([head, row.format(amount, address), ""]))
        answer = typed("import csv in.csv --revise")
        assert (answer.code, REFUSED.format("A") in answer.said) == (code, code == 1)
    assert typed("check").code == 0
    assert rows("pledge list")[0]["pledged"] == "9.00"


@pytest.mark.usefixtures("typing")
@pytest.mark.parametrize("option", ["--attach", "--cite", "--quote"])
def test_evidence_given_twice_is_refused_and_not_half_of_it_lost(option):
    said = refused(2, f"{ADD} {option} https://example.org/a {option} https://example.org/b")
    assert said == f"error: {option} is given twice: an entry takes one\n"
    assert rows("pledge list") == []


@pytest.mark.usefixtures("typing")
def test_a_publisher_is_official_or_the_press_and_not_both():
    said = refused(2, f"{ADD} --cite https://example.org/a --official --press")
    assert said == "error: --official and --press are opposites: leave one of the two out\n"
