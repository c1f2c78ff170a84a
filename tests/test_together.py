"""A book held: many steps in one transaction, each of which is undone by itself where it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import LedgerError, Shortage, StoreRefusal
from tests import places
from tests.world import (
    Clock,
    announce,
    announcement,
    commit,
    disburse,
    entries,
    errors,
    last_number,
    movement,
    refused,
    reverse,
    stages,
)


def numbers(path: Path) -> list[int]:
    """The entries of a book, as another program sees them."""
    with places.sql(path) as tables:
        return [number for (number,) in tables.execute("SELECT number FROM entry ORDER BY number")]


def test_nothing_of_it_is_seen_elsewhere_until_all_of_it_is_there(book: Book) -> None:
    before = numbers(places.path_of(book))
    with book.together():
        pledge = announce(book, "GB", "100 GBP")
        commit(book, pledge, "60 GBP")
        assert stages(book, pledge) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
        assert numbers(places.path_of(book)) == before
    assert len(numbers(places.path_of(book))) == len(before) + 2
    assert errors(book) == []


def fails_after(book: Book, count: int) -> None:
    """Announce so many pledges together, and be interrupted."""
    with book.together():
        for number in range(count):
            announce(book, "GB", "100 GBP", title="x" * 400, id=f"P{number}")
        raise KeyboardInterrupt


def test_what_fails_takes_all_of_it_back(book: Book) -> None:
    before = places.content(places.path_of(book))
    with pytest.raises(KeyboardInterrupt):
        fails_after(book, 2)
    assert places.content(places.path_of(book)) == before
    assert announce(book, "GB", "100 GBP", on="2025-03-02") == "GB-2025-0001"


def test_a_refused_step_in_it_leaves_nothing_of_itself(book: Book) -> None:
    with book.together():
        pledge = announce(book, "GB", "100 GBP")
        with refused(Shortage):
            book.record_all([movement("commit", pledge, "60 GBP"), movement("disburse", pledge, "101 GBP")])
        disburse(book, pledge, "30 GBP")
    assert stages(book, pledge) == {"pledged": "70.00 GBP", "disbursed": "30.00 GBP"}
    assert [entry.number for entry in entries(book)] == list(range(1, last_number(book) + 1))
    assert errors(book) == []


def test_a_preview_in_it_keeps_what_was_recorded_before(book: Book) -> None:
    with book.together():
        pledge = announce(book, "GB", "100 GBP", id="P")
        (found,) = book.preview([movement("commit", pledge, "60 GBP")])
        assert stages(book, pledge) == {"pledged": "100.00 GBP"}
    assert found.entry.number == last_number(book) + 1
    assert [found.entry.kind for found in book.preview([announcement("GB", "5 GBP")])] == ["pledge"]


def test_a_rehearsal_keeps_nothing(book: Book) -> None:
    before = places.content(places.path_of(book))
    with book.together(rehearse=True):
        pledge = announce(book, "GB", "100 GBP")
        assert stages(book, pledge) == {"pledged": "100.00 GBP"}
    assert places.content(places.path_of(book)) == before


def test_the_end_is_told_once_and_a_rehearsal_has_none(book: Book) -> None:
    told: list[int] = []
    book.database.settled = lambda: told.append(1)
    with book.together():
        announce(book, "GB", "100 GBP")
        announce(book, "FR", "100 EUR")
        assert told == []
    assert told == [1]
    with book.together(rehearse=True):
        announce(book, "GB", "100 GBP")
    assert told == [1]


def test_others_wait_and_are_told_that_the_book_is_held(book: Book, clock: Clock) -> None:
    with (
        Book.open(places.at(places.path_of(book)), clock=clock, recorded_by="bob", patience=0) as other,
        book.together(),
        refused(StoreRefusal, "is locked by another process"),
    ):
        announce(other, "FR", "1 EUR")
    announce(book, "GB", "100 GBP")


def test_a_book_that_may_only_be_read_is_read(book: Book) -> None:
    with Book.open(places.read_only(places.path_of(book))) as reader, reader.together():
        assert last_number(reader) == 1
        with refused(StoreRefusal, "is read-only"):
            announce(reader, "GB", "100 GBP")


@places.of_files("PRAGMA max_page_count makes the disk full")
def test_a_full_disk_is_told_as_such_and_nothing_is_kept(book: Book) -> None:
    before = numbers(places.path_of(book))
    with refused(StoreRefusal, "cannot grow, the disk is full"), book.together():
        with book.database.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        fails_after(book, 100)
    assert numbers(places.path_of(book)) == before
    announce(book, "GB", "100 GBP")
    assert errors(book) == []


def test_moments_never_go_back_in_it(book: Book, clock: Clock) -> None:
    with book.together():
        announce(book, "GB", "100 GBP")
        clock.turn_to("2024-01-01")
        announce(book, "FR", "100 EUR", on="2023-01-01")
    moments = [entry.recorded_at for entry in entries(book)]
    assert moments == sorted(moments)


AMOUNTS = st.integers(1, 200).map("{} GBP".format)
MOVES = st.lists(st.tuples(st.sampled_from(["commit", "disburse", "cancel", "repay", "reverse"]), AMOUNTS), max_size=6)


def play(book: Book, moves: Sequence[tuple[str, str]]) -> None:
    """Try each move of a grant of 100 GBP; what is refused is left out."""
    pledge = announce(book, "GB", "100 GBP", id="P", on="2025-03-02")
    for kind, amount in moves:
        with suppress(LedgerError):
            if kind == "reverse":
                reverse(book, last_number(book))
            else:
                book.record(movement(kind, pledge, amount, on="2025-03-02"))


@settings(max_examples=8)
@given(MOVES)
def test_steps_in_one_transaction_make_the_entries_that_they_make_one_by_one(
    empty_book: Path, moves: list[tuple[str, str]]
) -> None:
    with places.folder() as folder:
        first, second = (places.copied(empty_book, folder / name) for name in ("one.db", "many.db"))
        with (
            Book.open(first, clock=Clock(), recorded_by="ada") as one,
            Book.open(second, clock=Clock(), recorded_by="ada") as many,
        ):
            with one.together():
                play(one, moves)
            play(many, moves)
            assert [each.postings for each in entries(one)] == [each.postings for each in entries(many)]
            assert errors(one) == []
