"""Checks of how a book stands: projections, stages, facilities, registers, rates, altered behind the ledger's back."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings

from ledger.book import Book
from ledger.errors import Problem
from ledger.formats.rates.gather import RateFile
from ledger.journal import Entry
from ledger.money import Money
from ledger.period import Period
from ledger.rate import Rate
from ledger.store.tables import PROJECTIONS
from tests import everything, places
from tests.machine import BookAndModel
from tests.tampering import codes, forge, found, tamper
from tests.world import (
    announce,
    close,
    commit,
    disburse,
    draw,
    errors,
    forgive,
    register_party,
    reverse,
    warnings,
)


@pytest.fixture(scope="module")
def filled(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book in which everything has happened, to be copied."""
    return everything.filled(empty_book, tmp_path_factory.mktemp("filled"))


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Iterator[Book]:
    """An open book in which everything has happened."""
    places.copied(filled, tmp_path / "full.db")
    with everything.opened(tmp_path / "full.db") as book:
        yield book


@pytest.fixture
def kept(book: Book) -> Book:
    """A book of four entries: opened, a pledge, its commitment, a party."""
    commit(book, announce(book, "GB", "100.00 GBP", origin="paper:1"), "60.00 GBP")
    register_party(book, "CZI", "The Czech initiative")
    return book


def test_a_book_that_nobody_altered_has_no_problem(book, full):
    assert (book.check(), full.check()) == ([], [])


ALTERED_ROWS = {
    "book": "recipient = 'PL'",
    "pledge": "title = 'Never said'",
    "account": "balance = 2 * balance",
    "tally": "low = low + 1",
    "drawing": "amount = amount + 1",
    "party": "name = 'Never said'",
    "membership": "until = '2030-01-01'",
    "source": "name = 'Never said'",
    "item": "name = 'Never said'",
    "serial": "last = last + 1",
    "quote": "digest = 'never cited'",
}


def test_every_projection_is_altered_in_a_test():
    assert set(ALTERED_ROWS) == {"book", *(table.name for table in PROJECTIONS)}


@pytest.mark.parametrize(("table", "altered"), ALTERED_ROWS.items())
def test_projections_equal_entries_finds_a_row_that_was_altered(full, table, altered):
    tamper(full, f"UPDATE {table} SET {altered}")  # noqa: S608 - the words above
    assert codes(full) == {"projection"}
    assert {where.split(" ")[0] for _, where in found(full)} == {table}


@pytest.mark.parametrize("altered", ["closed_before = NULL", "closed_before = '2024-01-01'", "require_citation = 1"])
def test_projections_equal_entries_finds_a_book_that_was_altered(book, altered):
    close(book, "2025-01")
    tamper(book, f"UPDATE book SET {altered}")  # noqa: S608 - the words above
    assert found(book) >= {("projection", f"book {book.key}")}


def test_projections_equal_entries_finds_a_book_under_another_uid(kept):
    tamper(kept, "UPDATE book SET uid = 'another'")
    assert ("projection", f"book {kept.key}") in found(kept)
    assert codes(kept) == {"projection", "altered-entry"}


@pytest.mark.parametrize("table", [table.name for table in PROJECTIONS])
def test_projections_equal_entries_finds_rows_that_were_taken_out(full, table):
    tamper(full, f"DELETE FROM {table}")  # noqa: S608 - our own names
    assert codes(full) - {"unregistered"} == {"projection"}
    assert {where.split(" ")[0] for code, where in found(full) if code == "projection"} == {table}


def test_projections_equal_entries_finds_a_row_that_was_put_in_and_names_it(kept):
    tamper(kept, "INSERT INTO party SELECT id, 'GHOST', 'Nobody', 'institution' FROM book")
    [problem] = kept.check()
    assert problem == Problem("error", "projection", "party GHOST", "this row is not what the entries say")


def test_projections_equal_entries_finds_a_journal_that_moves_more_than_there_is(kept):
    forge(kept, 3, _times_ten)
    [problem] = errors(kept)
    assert (problem.code, problem.where) == ("impossible-entry", "journal")
    assert problem.message == "GB-2025-0001 would hold -500.00 GBP pledged: nothing was recorded"
    assert warnings(kept) == ["out-of-order GB-2025-0001"]


def _times_ten(entry: Entry) -> Entry:
    postings = [replace(each, amount=Money(10 * each.amount.units, each.amount.commodity)) for each in entry.postings]
    return replace(entry, postings=tuple(postings))


def test_stages_hold_no_less_than_nothing_finds_an_account_on_its_wrong_side(kept):
    tamper(kept, "UPDATE account SET balance = -1 WHERE stage = 'committed'")
    assert found(kept) == {("negative", "GB-2025-0001"), ("projection", "account GB-2025-0001:committed:GBP")}
    [message] = [problem.message for problem in errors(kept) if problem.code == "negative"]
    assert message == "holds -0.01 GBP committed"


def test_drawings_within_their_facility_finds_a_child_that_gave_back_more_than_it_drew(kept):
    child = announce(kept, "GB", "1.00 GBP")
    draw(kept, "GB-2025-0001", child, "5.00 GBP")
    tamper(kept, "UPDATE drawing SET amount = -500")
    assert codes(kept) == {"overdrawn", "projection"}
    [problem] = [problem for problem in errors(kept) if problem.code == "overdrawn"]
    assert (problem.where, problem.message) == (child, "has drawn -5.00 GBP from GB-2025-0001")


def test_withdrawn_pledges_hold_nothing_finds_one_that_does(kept):
    mistaken = announce(kept, "NO", "9.00 EUR")
    reverse(kept, 5)
    tamper(kept, f"UPDATE account SET balance = 900 WHERE pledge = '{mistaken}' AND stage = 'pledged'")  # noqa: S608 - our own words
    [problem] = [problem for problem in errors(kept) if problem.code == "withdrawn"]
    assert (problem.where, problem.message) == (mistaken, "entry 6 withdrew it, and it holds 9.00 EUR pledged")


def test_facilities_are_there_finds_one_that_is_not(kept):
    child = announce(kept, "GB", "5.00 GBP", parent="GB-2025-0001")
    tamper(kept, f"UPDATE pledge SET parent = 'LOST' WHERE id = '{child}'")  # noqa: S608 - our own words
    [problem] = [problem for problem in errors(kept) if problem.code == "facility"]
    assert (problem.where, problem.message) == (child, "draws on LOST, and there is no such pledge")


def test_facilities_are_there_finds_pledges_that_draw_on_each_other_in_a_circle(kept):
    child = announce(kept, "GB", "5.00 GBP", parent="GB-2025-0001")
    grandchild = announce(kept, "GB", "2.00 GBP", parent=child)
    tamper(kept, f"UPDATE pledge SET parent = '{child}' WHERE id = 'GB-2025-0001'")  # noqa: S608 - our own words
    circle = [problem for problem in errors(kept) if problem.code == "facility"]
    assert [(problem.where, problem.message) for problem in circle] == [
        ("GB-2025-0001", f"draws on itself, by way of {child}"),
        (child, "draws on itself, by way of GB-2025-0001"),
    ]
    assert grandchild not in {problem.where for problem in circle}


def test_moves_fit_their_instrument_finds_a_grant_that_was_forgiven(kept):
    loan = announce(kept, "FR", "9.00 EUR", instrument="loan")
    disburse(kept, loan)
    forgive(kept, loan, "4.00 EUR")
    assert errors(kept) == []
    tamper(kept, f"UPDATE pledge SET instrument = 'grant' WHERE id = '{loan}'")  # noqa: S608 - our own words
    [problem] = [problem for problem in errors(kept) if problem.code == "illegal-move"]
    assert (problem.where, problem.message) == (loan, "has a step 'forgive', which no grant has")


def test_moves_fit_their_instrument_takes_a_move_that_was_reversed(kept):
    loan = announce(kept, "FR", "9.00 EUR", instrument="loan")
    disburse(kept, loan)
    forgive(kept, loan, "4.00 EUR")
    reverse(kept, 7)
    tamper(kept, f"UPDATE pledge SET instrument = 'grant' WHERE id = '{loan}'")  # noqa: S608 - our own words
    assert "illegal-move" not in codes(kept)


@pytest.mark.parametrize(
    ("altered", "where"),
    [
        ("UPDATE pledge SET donor = 'QQ'", "party QQ"),
        ("UPDATE pledge SET recipient = 'QQ'", "party QQ"),
        ("UPDATE pledge SET source = 'tombola'", "source tombola"),
        ("UPDATE account SET commodity = 'main-battle-tank'", "item main-battle-tank"),
    ],
)
def test_codes_are_registered_finds_one_that_is_not(kept, altered, where):
    tamper(kept, altered)
    assert ("unregistered", where) in found(kept)


@pytest.fixture
def rated(book: Book) -> Book:
    """A book that imported two rates."""
    rates = [
        Rate("by-hand", "EUR", "UAH", Period.parse(day), "spot", Decimal("40.5"))
        for day in ("2025-01-01", "2025-01-02")
    ]
    book.import_rates(RateFile("by-hand", "plain", "0" * 64, rates, [], 0))
    assert book.check() == []
    return book


@pytest.mark.parametrize(
    ("altered", "code", "where"),
    [
        ("UPDATE rate SET number = 3 WHERE number = 2", "rate-order", "rate 2"),
        ("UPDATE rate SET retrieved_at = '2020-01-01T00:00:00.000000Z' WHERE number = 2", "rate-order", "rate 2"),
        ("UPDATE rate SET value = '-1' WHERE number = 1", "unreadable-rate", "rate 1"),
        ("UPDATE rate SET value = 'much' WHERE number = 1", "unreadable-rate", "rate 1"),
        ("UPDATE rate SET since = '2025-01-01', until = '2025-01-09' WHERE number = 1", "unreadable-rate", "rate 1"),
        ("UPDATE rate SET kind = 'month' WHERE number = 1", "unreadable-rate", "rate 1"),
    ],
)
def test_rates_in_turn_finds_rows_that_were_altered(rated, altered, code, where):
    tamper(rated, altered)
    assert found(rated) == {(code, where)}


class OnlyErrors(BookAndModel):
    """A book at random, examined after each of its steps."""

    def teardown(self) -> None:
        """Nothing that the front door lets in breaks an invariant."""
        try:
            assert errors(self.book) == []
        finally:
            self.book.close()
            self.folder.close()


TestOnlyErrors = OnlyErrors.TestCase
TestOnlyErrors.settings = settings(max_examples=8, stateful_step_count=25)
