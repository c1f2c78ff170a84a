"""The demo's book holds what public sources say, each pledge once, and what it suggests to type works."""

import csv
import shlex
from itertools import takewhile
from pathlib import Path

import pytest

from cli import demo
from tests.commandline import ROOT, contents, figures, one_error, refused, rows, settings_for, typed

FACTS = ROOT.parent / "shared" / "data" / "facts" / "pledge_facts.csv"

PLEDGES = {  # id: donor, day, amount in the currency's own unit, currency
    "EU-2022-0001": ("EU", "2022-03-23", 500_000_000, "EUR"),
    "EU-2022-0002": ("EU", "2022-04-13", 500_000_000, "EUR"),
    "EU-2022-0003": ("EU", "2022-05-24", 500_000_000, "EUR"),
    "GB-2023-0001": ("GB", "2023-03-15", 500_000_000, "USD"),
    "EU-2023-0001": ("EU", "2023-04-13", 1_000_000_000, "EUR"),
    "GB-2023-0002": ("GB", "2023-06-21", 3_000_000_000, "USD"),
    "GB-2023-0003": ("GB", "2023-06-21", 26_300_000, "GBP"),
    "EU-2024-0002": ("EU", "2024-03-18", 5_000_000_000, "EUR"),
    "GB-2024-0001": ("GB", "2024-10-22", 2_260_000_000, "GBP"),
    "EU-2024-0001": ("EU", "2024-10-31", 18_115_000_000, "EUR"),
    "JP-2024-0001": ("JP", "2024-10-31", 471_900_000_000, "JPY"),
    "CA-2024-0001": ("CA", "2024-10-31", 5_000_000_000, "CAD"),
    "US-2024-0001": ("US", "2024-12-09", 20_000_000_000, "USD"),
    "GB-2025-0001": ("GB", "2025-03-02", 1_600_000_000, "GBP"),
}
"""What the sources say, read anew: neither limits (of which pledges are drawn) nor sums of what is here."""

DONORS = {"United Kingdom": "GB", "United States": "US", "Japan": "JP", "Canada": "CA", "EU": "EU"}
LEFT_OUT = {
    "F1": "a ceiling that F2 superseded",
    "F2": "a ceiling, of which loans are drawn",
    "F3": "a limit, of which F4 is drawn",
    "F7": "an instalment of F6, which the demo disburses",
    "F12": "the sum of F6, F8, F9, F10, F11",
    "F18": "it has no date",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A folder in which the demo was run, and what it showed."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        monkeypatch.delenv("AIDLEDGER_BOOK")
        return folder, typed("demo")


@pytest.fixture
def answer(shown, monkeypatch):
    """What the demo showed; commands are typed as it says one should."""
    folder, found = shown
    settings_for(folder, monkeypatch)
    monkeypatch.setenv("AIDLEDGER_BOOK", "aidledger-demo/book.sqlite")
    return found


def plain(row):
    """The promise of a row of ``pledge list``."""
    whole, _, decimals = row["pledged"].partition(".")
    assert set(decimals) <= {"0"}
    return row["donor"], row["on"], int(whole), row["currency"]


def test_it_shows_totals_and_the_pipeline_and_says_what_to_type_next(answer):
    assert answer.code == 0
    titles = [
        "Totals by country",
        "Totals by country in EUR, at the rate of each pledge's day",
        "The pipeline",
        "The auditor's package in aidledger-demo/audit, checked by the verify.py in it",
    ]
    assert [line for line in answer.printed.splitlines() if line in titles] == titles
    assert "United Kingdom" in answer.printed
    first = "note: the book is aidledger-demo/book.sqlite; next, try:"
    assert first in answer.said.splitlines()
    assert answer.said.endswith("".join(f"  {line}\n" for line in demo.NEXT))
    assert "error" not in answer.said
    assert "warning" not in answer.said


@pytest.mark.usefixtures("answer")
def test_it_holds_what_the_sources_say_and_nothing_twice():
    found = {row["pledge"]: plain(row) for row in rows("pledge list")}
    assert found == PLEDGES


@pytest.mark.usefixtures("answer")
def test_its_totals_are_the_sums_of_what_the_sources_say():
    expected: dict[tuple[str, str], int] = {}
    for donor, _, amount, currency in PLEDGES.values():
        expected[donor, currency] = expected.get((donor, currency), 0) + amount
    found = {(row["donor"], row["currency"]): row["pledged"].removesuffix(".00") for row in rows("report totals")}
    assert found == {key: str(amount) for key, amount in expected.items()}


@pytest.mark.usefixtures("answer")
def test_what_was_paid_of_it_is_the_first_instalment_and_the_american_loan():
    paid = {row["pledge"]: row["disbursed"] for row in rows("report totals --by pledge")}
    assert {pledge: amount for pledge, amount in paid.items() if amount.strip("0.")} == {
        "GB-2024-0001": "752000000.00",
        "US-2024-0001": "20000000000.00",
    }
    assert figures("--pledge GB-2024-0001 --by '' --as-of 2025-03-05").keys() == {"pledged", "committed", "outstanding"}


@pytest.mark.usefixtures("answer")
def test_every_figure_has_its_source():
    for entry in rows("journal list"):
        if entry["pledge"]:
            said = {row["name"]: row["value"] for row in rows(f"journal show {entry['entry']}")}
            assert said["url"].startswith("https://"), entry
            assert said["kind"] in {"official", "press"}, entry


@pytest.mark.usefixtures("answer")
def test_every_invariant_holds_and_nothing_is_suspicious_but_instalments_that_were_not_recorded():
    answer = typed("check --format json")
    assert (answer.code, {row["code"] for row in answer.rows} - {"overdue"}) == (0, set())


@pytest.mark.usefixtures("answer")
def test_its_pledges_are_those_of_the_public_facts():
    if not FACTS.exists():
        pytest.skip(f"the public facts are not beside this checkout: {FACTS.name}")
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = [fact for fact in csv.DictReader(file) if fact["fact_id"] not in LEFT_OUT]
    stated = sorted(
        (DONORS[fact["donor"]], int(fact["amount"]), fact["currency"], fact["source_url"]) for fact in facts
    )
    kept = {row["pledge"]: plain(row) for row in rows("pledge list")}
    cited = {pledge: sheet(pledge)["citation", "url"] for pledge in kept}
    assert sorted((donor, amount, of, cited[p]) for p, (donor, _, amount, of) in kept.items()) == sorted(stated)
    months = {(DONORS[fact["donor"]], int(fact["amount"]), fact["date"][:7]) for fact in facts}
    assert {(donor, amount, day[:7]) for donor, day, amount, _ in kept.values()} == months


def sheet(pledge):
    """What is said of a pledge, the first time where it is said more than once."""
    said: dict[tuple[str, str], str] = {}
    for row in rows(f"pledge show {pledge}"):
        said.setdefault((row["section"], row["name"]), row["value"])
    return said


def test_every_fact_that_is_left_out_has_its_reason():
    if not FACTS.exists():
        pytest.skip(f"the public facts are not beside this checkout: {FACTS.name}")
    with FACTS.open(encoding="utf-8", newline="") as file:
        known = [fact["fact_id"] for fact in csv.DictReader(file)]
    assert set(LEFT_OUT) <= set(known)
    assert len(known) - len(LEFT_OUT) == len(PLEDGES)


def test_what_it_says_to_type_next_works(answer, tmp_path):
    lines = answer.said.splitlines()
    export, *commands = [line.strip() for line in reversed(list(takewhile(lambda line: line[0] == " ", lines[::-1])))]
    assert export == "export AIDLEDGER_BOOK=aidledger-demo/book.sqlite"
    assert commands == list(demo.NEXT)
    (tmp_path / "book.sqlite").write_bytes(Path("aidledger-demo/book.sqlite").read_bytes())
    for command in commands:
        program, *words = shlex.split(command.replace("register.csv", str(tmp_path / "register.csv")))
        assert program == "aidledger"
        assert typed("", *words, "--book", str(tmp_path / "book.sqlite")).code == 0, command
    assert (tmp_path / "register.csv").read_bytes().startswith(b"entry,line,on,")


def test_it_goes_to_an_empty_folder_and_no_other(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place in ("mine", "file"):
        before = contents()
        said = refused(1, f"demo {place}")
        assert said == (
            f"error: {place} is there already and not empty: it was left alone\nhint: aidledger demo OTHER-FOLDER\n"
        )
        assert contents() == before
    (tmp_path / "empty").mkdir()
    assert "Vereinigtes Königreich" in typed("demo empty --locale de").printed
    made = ["audit", "book.sqlite", "key", "key.pub"]
    assert sorted(path.name for path in (tmp_path / "empty").iterdir()) == made


def written(place, text, monkeypatch):
    """A file of commands, which the demo takes for its own."""
    place.write_text(text, encoding="utf-8")
    monkeypatch.setattr(demo, "script", lambda: place)
    return place


def test_what_cannot_be_finished_is_taken_away_again(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    script = written(tmp_path / "commands.txt", 'item add missile Missile\npledge add UK "1 GBP"\n', monkeypatch)
    answer = typed("demo new")
    assert (answer.code, answer.printed) == (2, "")
    assert one_error(answer.said).startswith(f"error: {script}:2: missing option '--purpose'\n")
    assert list(tmp_path.iterdir()) == [script]


def test_its_package_is_verified_before_ones_eyes(answer):
    package = Path("aidledger-demo/audit")
    uid, size, root, *_ = (package / "checkpoint").read_text(encoding="utf-8").splitlines()
    shown = answer.printed.partition("checked by the verify.py in it\n")[2]
    for words in ("ok ", uid, size, root, "demo SHA256:"):
        assert words in shown
    assert "FAILED" not in shown
    assert (package / "README.txt").is_file()


def test_a_package_that_is_not_sound_ends_it_with_what_is_wrong(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    verified = demo._verified

    def spoilt(package):
        with (package / "pledges.csv").open("a", encoding="utf-8") as file:
            file.write("one more\r\n")
        return verified(package)

    monkeypatch.setattr(demo, "_verified", spoilt)
    answer = typed("demo new")
    assert answer.code == 1
    assert "FAILED pledges.csv" in answer.printed + answer.said
    assert "next, try" not in answer.said


def test_a_package_that_cannot_be_made_takes_all_of_it_away_again(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    (tmp_path / "mine").mkdir()
    line = 'pledge add GB "5 VES" --purpose other --instrument grant --on 2025-03-03'
    script = written(tmp_path / "commands.txt", line, monkeypatch)
    for place in ("new", "mine"):
        answer = typed(f"demo {place}")
        assert (answer.code, answer.printed) == (1, "")
        assert "no rate from VES to EUR" in one_error(answer.said)
    assert {path.name for path in tmp_path.rglob("*")} == {"mine", script.name}


def test_its_fixtures_are_found_in_an_installed_package_too(tmp_path, monkeypatch):
    beside = list(demo.commands())
    installed = tmp_path / "demo_fixtures"
    installed.mkdir()
    (installed / "commands.txt").write_text('# a comment\nsource add new \\\n  "A name"\n', encoding="utf-8")
    monkeypatch.setattr(demo, "files", {"cli": tmp_path}.__getitem__)
    assert list(demo.commands()) == [["init"], ["source", "add", "new", "A name"]]
    (installed / "commands.txt").unlink()
    installed.rmdir()
    assert list(demo.commands()) == beside
    assert '"fixtures/demo" = "cli/demo_fixtures"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
