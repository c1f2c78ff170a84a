"""Tallies: what totals by donor are read from is what the accounts hold, whatever happened to their pledges."""

from pathlib import Path

from hypothesis import given, settings

from ledger.book import Book, Worth
from ledger.intake import Refused
from ledger.selection import Selection
from tests import places
from tests.chance import book_of, lives
from tests.test_intake import moved, pledged, take
from tests.world import amend, announce, disburse, errors, records, refuses, reverse, selection

FROM_ACCOUNTS = """
    SELECT donor, instrument, stage, commodity, on_date, sum(balance) FROM account JOIN pledge ON id = pledge
    WHERE stage NOT IN ('undertaking', 'paid', 'exchange')
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(balance) <> 0 ORDER BY 1, 2, 3, 4, 5
"""
FROM_TALLIES = """
    SELECT donor, instrument, stage, commodity, on_date, high * 1000000000 + low FROM tally
    WHERE high * 1000000000 + low <> 0 ORDER BY 1, 2, 3, 4, 5
"""


def rows(book: Book, statement: str) -> list[tuple[object, ...]]:
    with places.sql(places.path_of(book)) as tables:
        return tables.execute(statement)


def agree(book: Book) -> bool:
    assert rows(book, FROM_TALLIES) == rows(book, FROM_ACCOUNTS)
    return errors(book) == []


@settings(max_examples=60)
@given(steps=lives())
def test_tallies_hold_what_accounts_hold_by_donor_instrument_and_day(empty_book: Path, steps):
    with book_of(empty_book, steps) as book:
        assert agree(book)


@settings(max_examples=30)
@given(steps=lives())
def test_totals_from_tallies_are_those_from_accounts(empty_book: Path, steps):
    chosen = (Selection(), selection(group="EU"), selection(contingent="exclude", currency="EUR"))
    with book_of(empty_book, steps) as book:
        for each in chosen:
            for worth in (None, Worth("USD")):
                whole = book.totals(each, ("instrument", "donor"), worth).totals
                assert whole == [(None, *row) for row in book.totals(each, ("recipient",), worth).totals]


def test_an_amended_donor_instrument_or_day_takes_all_along(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-01-10")
    disburse(book, pledge, "40 GBP")
    amend(book, pledge, instrument="loan")
    amend(book, pledge, donor="NO")
    assert agree(book)
    (row,) = records(book.totals())
    assert (row["donor"], row["pledged"], row["owed"]) == ("NO", "100.00", "40.00")
    reverse(book, 5)
    assert agree(book)
    assert [row["donor"] for row in records(book.totals())] == ["GB"]


def test_a_file_taken_in_and_one_taken_back_leave_the_same_tallies(book: Book):
    take(book, pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"), pledged("2", "7 EUR", donor="FR"))
    before = rows(book, "SELECT * FROM tally")
    assert agree(book)
    with refuses(book, Refused, "says otherwise"):
        take(book, pledged("1", "101 GBP"), pledged("3", "9 EUR"))
    assert rows(book, "SELECT * FROM tally") == before
    take(book, pledged("1", "101 GBP"), pledged("3", "9 EUR"), revise=True)
    assert agree(book)


def test_a_tally_may_exceed_what_one_amount_can_hold(book: Book):
    most = 9 * 10**18
    for _ in range(3):
        announce(book, "JP", f"{most} JPY", on="2025-01-10")
    (row,) = records(book.totals())
    assert row["pledged"] == str(3 * most)
    assert errors(book) == []
