"""Joint pledges in other hands: packages and their verifier, proofs, and the files of other programs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

from ledger.book import Book
from ledger.formats.verifier.entries import sound_entry
from ledger.formats.verifier.words import Unsound
from ledger.intake import Refused
from ledger.proof.leaf import canonical
from ledger.store.records import openings
from tests import oracle, places
from tests.chance import book_of
from tests.commandline import done, settings_for, typed
from tests.duck import Duck
from tests.everything import opened
from tests.iati_written_words import activities, faults, needs_schema, read_back, sums, told
from tests.joint_words import announce_jointly, fill, joint_lives
from tests.log_words import lines
from tests.package_folder import packed, table
from tests.peers import (
    asked_of_hledger,
    beans_check,
    for_beancount,
    for_hledger,
    held,
    held_by_beancount,
    held_by_hledger,
    needs_hledger,
)
from tests.tampering import forge, tamper
from tests.tampering_package import verified
from tests.test_intake import pledged, take
from tests.world import errors, last_number, records, refuses, selection


@pytest.fixture(scope="module")
def path(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book of joint pledges of every kind."""
    path = tmp_path_factory.mktemp("joint") / "book.db"
    places.copied(empty_book, path)
    with opened(path) as book:
        fill(book)
    return path


@pytest.fixture
def book(path: Path) -> Iterator[Book]:
    with opened(path) as found:
        yield found


@pytest.fixture
def desk(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the book, and a key."""
    settings_for(tmp_path, monkeypatch)
    places.copied(path, tmp_path / "book.db")
    monkeypatch.setenv("AIDLEDGER_KEY", str(tmp_path / "key"))
    done("key create ada")
    return tmp_path


def test_every_invariant_holds(book):
    assert errors(book) == []
    assert last_number(book) == 14


def test_a_share_that_was_written_anew_is_found(desk):
    with opened(desk / "book.db") as book:
        forge(book, 5, lambda entry: replace(entry, facts={**entry.facts, "pledges": openings(entry)[:2]}))
        assert {(each.code, each.where) for each in errors(book)} >= {("projection", "pledge DK-2025-0002")}
        forge(book, 5, lambda entry: replace(entry, facts={"about": ["GB-2025-0001"]}))
        assert {each.code for each in errors(book)} >= {"unreadable"}


def test_a_joint_entry_without_a_citation_is_found_where_one_is_required(desk):
    with opened(desk / "book.db") as book:
        tamper(book, "UPDATE book SET require_citation = 1")
        assert ("uncited", "entry 5") in {(each.code, each.where) for each in errors(book)}
        assert ("uncited", "entry 4") not in {(each.code, each.where) for each in errors(book)}


def test_an_import_that_states_one_donor_under_the_same_origin_restates_nothing(desk):
    with opened(desk / "book.db") as book:
        announce_jointly(book, "GB NO", (1, 1), "2.00 EUR", origin="f:1", on="2025-02-01")
        with refuses(book, Refused, "the book says otherwise of f:1"):
            take(book, pledged("1", "5.00 EUR"))
        with refuses(book, Refused, "entry 15 announces 2 pledges under it"):
            take(book, pledged("1", "5.00 EUR"), revise=True)


# An auditor's package


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("options", ["", "--period 2025-01 --in USD --value-at event", "--in GBP --policy month"])
def test_the_auditor_s_program_takes_a_package_and_replays_each_share(options):
    folder = packed("package", *options.split())
    code, printed = verified(folder)
    assert (code, "FAILED" in printed) == (0, False), printed
    pledges = {row["pledge"]: row for row in table(folder, "pledges.csv")}
    assert pledges["NO-2025-0001"]["entry"] == pledges["DK-2025-0001"]["entry"] == "4"
    assert pledges["ES-2025-0001"]["withdrawn_by"] == "11"
    assert pledges["NL-2025-0001"]["withdrawn_by"] == ""
    assert {row["Kind"] for row in table(folder, "entries.csv") if row["Pledge"] == ""} >= {"joint", "reverse"}


@pytest.mark.usefixtures("desk")
def test_a_package_says_so_where_a_share_is_another():
    folder = packed("package", "--unsigned")
    journal = folder / "journal.jsonl"
    text = journal.read_text(encoding="utf-8")
    journal.write_text(text.replace('"donor":"NO"', '"donor":"SE"', 1), encoding="utf-8")
    code, printed = verified(folder)
    assert code == 1
    assert "FAILED pledges.csv" in printed


def test_the_auditor_s_program_refuses_what_no_joint_announcement_is(book):
    line = next(each for each in lines(book) if json.loads(each)["kind"] == "joint")
    sound_entry(f"{line}\n".encode())
    for change, words in (
        ({"pledge": "GB-2025-0001"}, "is about several pledges without naming each"),
        ({"facts": {"pledges": json.loads(line)["facts"]["pledges"]}}, "is about several pledges without naming each"),
        ({"facts": {"about": ["A", "A", "B"]}}, "names a pledge twice"),
        ({"facts": {"about": ["A", "B", "C"]}}, "opens other pledges than those it names"),
        ({"facts": _renamed(line)}, "opens another pledge than the one it names"),
        ({"kind": "reverse", "facts": json.loads(line)["facts"]}, "opens other pledges than those it names"),
    ):
        with pytest.raises(Unsound, match=words):
            sound_entry(f"{canonical(json.loads(line) | change)}\n".encode())


def _renamed(line: str) -> dict[str, object]:
    facts: dict[str, object] = json.loads(line)["facts"]
    return facts | {"about": ["GB-2025-0001", "NO-2025-0001", "XX"]}


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("pledge", "numbers"),
    [("NO-2025-0001", [4]), ("FI-2025-0001", [7]), ("LT-2025-0001", [9, 12]), ("EU-2025-0001", [3, 6])],
)
def test_each_entry_of_a_share_is_proven(pledge, numbers):
    done(f"prove {pledge} --out proof")
    assert sorted(int(each.stem.split("-")[-1]) for each in Path("proof").glob("*.json")) == numbers
    command = [sys.executable, "-I", "-S", "proof/verify.py", "proof"]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found


# Other programs


@needs_hledger
def test_hledger_comes_to_the_same_balances(book):
    journal = for_hledger(book)
    asked_of_hledger(journal, "check", "--strict", "payees")
    assert _nonzero(held_by_hledger(journal)) == _nonzero(held(book))


def test_beancount_comes_to_the_same_balances(book, tmp_path):
    found = held_by_beancount(beans_check(for_beancount(book), tmp_path))
    ours = held(book, code=lambda code: code if len(code) == 3 else code.upper())
    assert _nonzero(found) == _nonzero(ours)


def _nonzero(balances):
    return {account: balance for account, balance in balances.items() if balance}


@needs_schema
def test_iati_s_schema_takes_an_activity_for_each_donor_with_the_citation_of_all(book):
    text, _ = told(book)
    assert faults(text) == []
    cited = [
        str(one.findtext("iati-identifier"))[-12:]
        for one in activities(book)
        if any(link.get("url") == "https://example.org/joint" for link in one.findall("document-link"))
    ]
    assert cited == ["DK-2025-0001", "GB-2025-0001", "NO-2025-0001"]


def test_iati_brings_the_same_figures_back(book, tmp_path):
    with read_back(told(book)[0], tmp_path) as (back, _):
        assert sums(back) == sums(book)


def test_duckdb_finds_the_same_totals_in_parquet(book, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    book.columns(folder, selection())
    assert Duck(folder).totals() == oracle.reported(records(book.totals()), ("donor",))


@pytest.mark.usefixtures("desk")
def test_the_plain_register_has_each_posting_with_its_own_donor():
    rows = [row for row in typed("export csv").table if row["entry"] == "4"]
    assert [row["donor"] for row in rows[::4]] == ["GB", "NO", "DK"]
    assert {row["kind"] for row in rows} == {"joint"}
    assert sum(Fraction(row["debit"] or 0) for row in rows if row["commodity"] == "EUR") == 10**9


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "command",
    [
        "export xlsx --out book.xlsx",
        "report summary --out summary.html",
        "report changes --between 2025-01-01,2025-03-02",
        "report timeline --by package --each quarter",
        "report exposure --in EUR",
        "report items",
        "reconcile stated",
    ],
)
def test_every_report_and_export_takes_them(command):
    assert typed(command).code == 0


def test_a_walk_tells_the_shares_as_new_and_what_is_drawn_as_moved(book):
    walk = records(book.changes(selection(as_of="2025-01-09"), selection(as_of="2025-01-12"), by=("donor",)))
    found = {(row["donor"], row["change"]): row["amount"] for row in walk if row["currency"] == "EUR"}
    assert (found["NO", "new"], found["DE", "drawn"], found["EU", "drawn"]) == ("300000033.33", "66.67", "-100.00")


# Books at random


@settings(max_examples=12)
@given(joint_lives())
def test_books_of_joint_pledges_are_the_same_in_other_programs(empty_book, tmp_path_factory, steps):
    with book_of(empty_book, steps) as book:
        folder = tmp_path_factory.mktemp("iati")
        with read_back(told(book)[0], folder) as (back, _):
            assert sums(back) == sums(book)
        out = folder / "out"
        out.mkdir()
        book.columns(out, selection())
        assert Duck(out).totals() == oracle.reported(records(book.totals()), ("donor",))
