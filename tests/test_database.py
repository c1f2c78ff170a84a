"""The place where a book is kept: exclusive to its writer, whole, and refused in one line where it is none."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Float, Numeric

from ledger import book as books
from ledger.book import Book
from ledger.errors import InputError, LedgerError, NotABook, Refusal, Shortage, StoreRefusal, UnknownRecord
from ledger.selection import Selection
from ledger.store.tables import METADATA
from tests import places
from tests.places import content, path_of
from tests.tampering import tamper
from tests.world import (
    Clock,
    announce,
    announcement,
    commit,
    entries,
    errors,
    last_number,
    make_book,
    measures,
    movement,
    refused,
    refuses,
)

ROOT = Path(__file__).parent.parent


def place(book: Book) -> str:
    return places.at(path_of(book))


# Sound tables


def test_no_column_is_numeric_or_real_where_amounts_would_lose_digits():
    columns = [column for table in METADATA.tables.values() for column in table.columns]
    assert len(columns) > 50
    assert [str(column) for column in columns if isinstance(column.type, Numeric | Float)] == []


def test_every_key_begins_with_the_book():
    for table in set(METADATA.tables.values()) - {METADATA.tables["book"]}:
        first = [table.primary_key.columns.keys()[0], *(key.column_keys[0] for key in table.foreign_key_constraints)]
        assert set(first) == {"book"}, table


# What is no book


def test_the_exit_code_tells_a_wrong_call_from_a_refusal():
    assert (NotABook.exit_code, InputError.exit_code) == (2, 2)
    assert (Refusal.exit_code, StoreRefusal.exit_code, UnknownRecord.exit_code) == (1, 1, 1)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("mysql://me:secret@host/db", "mysql:// addresses are not supported"),
        ("", "names no file"),
        ("sqlite:///", "names no file"),
        ("bo\0ok.db", "names no file"),
        ("~nobody-of-that-name/book.db", "no such user"),
    ],
)
def test_a_place_that_cannot_be_a_file_is_refused_before_anything_is_looked_for(place, words):
    for attempt in (Book.open, Book.create, books.upgrade):
        with pytest.raises(InputError) as caught:
            attempt(place)
        assert words in caught.value.message
        assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_a_book_whose_row_is_gone_is_no_book(book):
    tamper(book, "DELETE FROM book")
    with refused(InputError, f"{place(book)} ", " no book"):
        Book.open(place(book))


# Making one


def test_a_book_is_not_made_over_another(book):
    before = content(path_of(book))
    with refused(Refusal, f"{place(book)} ", " already, and", "was left alone"):
        make_book(path_of(book), Clock())
    assert content(path_of(book)) == before


def test_a_book_for_an_unknown_recipient_is_refused_and_leaves_none(tmp_path):
    with refused(UnknownRecord, "'XX' is neither a country"):
        make_book(tmp_path / "book.db", Clock(), recipient="XX")
    nothing_at(tmp_path / "book.db")


def nothing_at(path: Path) -> None:
    """No book was made here, nor anything beside it."""
    with pytest.raises(LedgerError, match=r"(there is|has) no book"):
        Book.open(places.at(path))
    assert list(path.parent.iterdir()) == []


def test_whatever_interrupts_the_making_of_a_book_leaves_none(tmp_path):
    looks = []

    def clock():
        looks.append(1)
        if len(looks) > 1:
            raise KeyboardInterrupt
        return Clock()()

    with pytest.raises(KeyboardInterrupt):
        Book.create(places.at(tmp_path / "book.db"), clock=clock, recorded_by="ada")
    nothing_at(tmp_path / "book.db")


# Read-only, locked


def test_a_book_that_may_only_be_read_is_read_and_not_written(book):
    pledge = announce(book, "GB", "100 GBP")
    with Book.open(places.read_only(path_of(book)), recorded_by="ada") as barred:
        with refuses(barred, StoreRefusal, "is read-only: nothing was written"):
            commit(barred, pledge)
        assert measures(barred) == {"pledged": "100.00", "outstanding": "100.00"}
        assert errors(barred) == []


@pytest.fixture
def impatient(book: Book) -> Iterator[Book]:
    """The book again, opened by somebody who waits for nobody."""
    with Book.open(place(book), clock=book.clock, recorded_by="ada", patience=0) as again:
        yield again


def test_a_book_that_another_process_writes_is_read_and_refused_to_writers(book, impatient):
    before = content(path_of(book))
    with places.held(path_of(book)):
        assert last_number(impatient) == 1
        with refused(StoreRefusal, f"{place(book)} is locked by another process: nothing was written; try again"):
            announce(impatient, "GB", "100 GBP")
    assert content(path_of(book)) == before
    assert announce(impatient, "GB", "100 GBP") == "GB-2025-0001"


def test_a_book_that_another_process_holds_for_itself_is_not_even_read(book, impatient):
    with places.held(path_of(book), from_readers=True):
        with refused(StoreRefusal, "is locked by another process"):
            impatient.journal()
        with refused(StoreRefusal, "is locked by another process"):
            Book.open(place(book), patience=0)
        with refused(StoreRefusal, "is locked by another process"):
            books.upgrade(place(book), patience=0)
    assert last_number(impatient) == 1


def test_a_patient_writer_waits_until_the_other_process_is_done(book):
    begun = threading.Event()

    def write() -> None:
        begun.set()
        announce(book, "GB", "100 GBP")

    writer = threading.Thread(target=write)
    with places.held(path_of(book)):
        writer.start()
        begun.wait()
        assert last_number(book) == 1
    writer.join()
    assert last_number(book) == 2


@pytest.mark.parametrize("known_at", [2**63, 2**200, -(2**63) - 1])
def test_a_number_that_no_database_holds_is_refused_in_one_line(book, known_at):
    with refused(InputError, "the database cannot hold this"):
        book.totals(Selection(known_at=known_at))


# Nothing by halves


def test_several_steps_are_recorded_together_or_not_at_all(book):
    steps = [announcement("GB", "100 GBP"), movement("commit", "GB-2025-0001", "60 GBP")]
    with refuses(book, Shortage, "GB-2025-0001 has 40.00 GBP left to commit"):
        book.record_all([*steps, movement("commit", "GB-2025-0001", "41 GBP")])
    assert book.pledges().rows == []
    done = book.record_all([*steps, movement("commit", "GB-2025-0001", "40 GBP")])
    assert [recorded.entry.number for recorded in done] == [2, 3, 4]
    assert measures(book) == {"pledged": "100.00", "committed": "100.00", "outstanding": "100.00"}


APPEND = """
import sys
from ledger.book import Book
from tests.world import Clock, announce
book = Book.open(sys.argv[1], clock=Clock(), recorded_by=sys.argv[2])
for number in range(40):
    announce(book, "GB", "1 GBP", origin=f"{sys.argv[2]}:{number}")
"""


def test_two_processes_that_write_at_once_lose_nothing_and_leave_no_gap(book):
    commands = [[sys.executable, "-c", APPEND, place(book), who] for who in ("ada", "grace")]
    running = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    assert [each.wait() for each in running] == [0, 0]
    found = entries(book)
    assert [entry.number for entry in found] == list(range(1, 82))
    assert {entry.origin for entry in found[1:]} == {f"{who}:{n}" for who in ("ada", "grace") for n in range(40)}
    assert [entry.pledge for entry in found[1:]] == [f"GB-2025-{n:04}" for n in range(1, 81)]
    assert measures(book)["pledged"] == "80.00"
    assert errors(book) == []


def test_a_copy_is_the_same_book(book, tmp_path):
    announce(book, "GB", "100 GBP")
    with Book.open(places.copied(path_of(book), tmp_path / "copy.db")) as copy:
        assert (copy.uid, entries(copy)) == (book.uid, entries(book))
