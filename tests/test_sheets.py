"""Sheets: one pledge or one entry in full, and the lists of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.journal import Stage
from ledger.period import stamp
from ledger.pledge import Instrument, Pledge, Purpose
from ledger.reports import sheets
from ledger.reports.cell import Cell
from ledger.table import Table
from tests.everything import filled, opened
from tests.world import (
    MISSILE,
    amend,
    announce,
    disburse,
    entries,
    money,
    records,
    reverse,
    selection,
)

A_GRANT = Pledge(
    id="P", donor="GB", recipient="UA", on=date(2025, 3, 2), purpose=Purpose.OTHER, instrument=Instrument.GRANT
)


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


def column(table: Table, name: str) -> list[str | None]:
    return [row[name] for row in records(table)]


def test_the_list_of_pledges_says_what_each_is_and_what_is_left_of_it(full):
    rows = {str(row["pledge"]): row for row in records(full.pledges())}
    assert [(row["state"], row["currency"], row["pledged"], row["outstanding"]) for row in rows.values()] == [
        ("disclosed", "GBP", "85.00", "85.00"),
        ("disclosed", "GBP", "2.00", "0.00"),
        ("disclosed", "GBP", "34.00", "34.00"),
        ("disclosed", "EUR", "1050.00", "0.00"),
        ("disclosed", "JPY", "7", "7"),
        ("disclosed", "USD", "40.00", "0.00"),
        ("withdrawn", None, None, None),
        ("undisclosed", None, None, None),
    ]
    assert rows["GB-2025-0002"]["parent"] == "GB-2025-0001"
    assert rows["GB-2025-0001"]["package"] == "air-defence"


def test_the_list_of_pledges_goes_through_its_cells_no_more_often_for_more_pledges():
    class Counted(list[Cell]):
        rounds = 0

        def __iter__(self) -> Iterator[Cell]:
            self.rounds += 1
            return super().__iter__()

    rounds = set()
    for count in (1, 10):
        pledges = [replace(A_GRANT, id=f"P{number}") for number in range(count)]
        cells = Counted(Cell((pledge.id,), Stage.UNDERTAKING, pledge.instrument, "GBP", -1) for pledge in pledges)
        assert len(sheets.pledge_list(pledges, cells).rows) == count
        rounds.add(cells.rounds)
    assert len(rounds) == 1


def test_a_pledge_of_two_currencies_has_two_rows_and_is_listed_by_the_day_it_was_announced(book):
    pledge = announce(book, "GB", "1 GBP", "2 EUR", on="2025-01-10")
    disburse(book, pledge, "1 GBP", on="2025-02-10")
    rows = records(book.pledges(selection(since="2025-01-10", until="2025-01-10")))
    assert [(row["currency"], row["outstanding"]) for row in rows] == [("EUR", "2.00"), ("GBP", "0.00")]
    assert records(book.pledges(selection(since="2025-02-01"))) == []


def test_a_pledges_sheet_says_its_facts_stages_items_residual_and_history(book):
    instalments = {f"{year}-03-06": "752000000 GBP" for year in (2025, 2026, 2027)}
    loan = announce(book, "GB", "2260000000 GBP", instrument="loan", stage="committed", schedule=instalments)
    disburse(book, loan, "752000000 GBP")
    rows = [(row["section"], row["name"], row["commodity"], row["value"]) for row in records(book.pledge(loan))]
    assert {
        ("fact", "instrument", None, "loan"),
        ("promise", "exact", "GBP", "2260000000.00"),
        ("stage", "committed", "GBP", "1508000000.00"),
        ("stage", "disbursed", "GBP", "752000000.00"),
        ("residual", "promised less scheduled", "GBP", "4000000.00"),
        ("history", "disburse", None, "disburse"),
        ("history", "committed", "GBP", "-752000000.00"),
    } <= set(rows)


def test_a_pledges_sheet_names_its_firmness_its_citations_and_that_it_was_withdrawn(full, book):
    rows = records(full.pledge("GB-2025-0002"))
    said = [(row["section"], row["name"], row["value"]) for row in rows]
    assert ("promise", "up_to, of which firm 10.00 GBP", "35.00") in said
    assert ("promise", "at_least", "50") in said
    assert ("citation", "url", "https://example.org/missiles") in said
    assert ("history", "supersede", "supersede; replaced") in said
    void = [row for row in records(full.pledge("FR-2025-0002")) if row["section"] == "state"]
    assert [(row["name"], row["value"]) for row in void] == [("withdrawn", "its opening was reversed")]
    pledge = announce(book, "GB", "1 GBP", title="old")
    amend(book, pledge, title="new")
    reverse(book, 3)
    values = [str(row["value"]) for row in records(book.pledge(pledge)) if row["section"] == "history"]
    assert "amend; title: old -> new; misread" in values
    assert "reverse; reverses entry 3; title: new -> old; entered in error" in values


def test_an_entrys_sheet_says_everything_the_entry_does(full):
    rows = records(full.entry(10))
    assert {row["entry"] for row in rows} == {"10"}
    found = [(row["section"], row["name"], row["commodity"], row["value"]) for row in rows]
    assert found[:5] == [
        ("entry", "kind", None, "disburse"),
        ("entry", "recorded_at", None, stamp(entries(full)[9].recorded_at)),
        ("entry", "recorded_by", None, "ada"),
        ("entry", "pledge", None, "GB-2025-0002"),
        ("entry", "paid", None, "2.40 EUR"),
    ]
    assert ("posting", "GB-2025-0002 exchange", "EUR", "-2.40") in found
    cited = [row for row in records(full.entry(7)) if row["section"] == "citation"]
    assert [(row["name"], row["value"]) for row in cited] == [
        ("url", "https://example.org/missiles"),
        ("quote", "fifty air-defence missiles"),
    ]


def test_the_journal_lists_entries_in_the_order_of_their_numbers(full):
    table = full.journal()
    assert table.header == ("entry", "on", "recorded_at", "kind", "pledge", "note")
    assert [row["entry"] for row in records(table)] == [str(number) for number in range(1, len(table.rows) + 1)]
    touching = full.journal(selection(pledge="GB-2025-0001"))
    assert column(touching, "entry") == ["6", "7", "8", "9", "12"]
    assert column(full.journal(selection(currency="JPY")), "entry") == ["22", "23", "24"]
    assert column(full.journal(selection(contingent="only")), "kind") == ["pledge", "call", "repay"]


def test_the_registers_are_listed_by_code(full, book):
    assert "CZI" in column(full.parties(), "code")
    assert column(full.parties(), "code") == sorted(str(code) for code in column(full.parties(), "code"))
    assert ("shells", "The Czech initiative's fund") in [tuple(row.values()) for row in records(full.sources())]
    assert records(full.items()) == [{"code": MISSILE, "name": "Air-defence missile"}]
    assert full.known_items() == {MISSILE: money(f"1 {MISSILE}").commodity}
    groups = {(row["relation"], row["party"], row["until"]) for row in records(full.party("GB"))}
    assert {("member of", "EU", "2020-01-31"), ("member of", "CZI", None), ("member of", "NATO", None)} <= groups
    [empty] = records(book.party("BR"))
    assert (empty["name"], empty["relation"]) == ("Brazil", None)
