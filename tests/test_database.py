"""The place where a book is kept: a file that is safe, exclusive, and refuses in one line."""

import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Float, Numeric, event

from ledger import book as books
from ledger.book import Book
from ledger.errors import InputError, LedgerError, NotABook, Refusal, Shortage, StoreRefusal, UnknownRecord
from ledger.selection import Selection
from ledger.store.sqlite import MOMENT
from ledger.store.schema import HEAD
from ledger.store.tables import METADATA
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
TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
LONG_NOTE = "n" * 200_000


def path(book: Book) -> Path:
    return book.database.path


def bytes_of(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, to see that nothing was written."""
    return {each.name: each.read_bytes() if each.is_file() else None for each in sorted(folder.iterdir())}


@contextmanager
def raw(place: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        yield connection


# A sound file


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_book_is_readable_and_writable_by_its_owner_only_whatever_the_mask(tmp_path, mask):
    before = os.umask(mask)
    try:
        make_book(tmp_path / "book.db", Clock()).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "book.db").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["book.db"]


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_the_pragmas_that_keep_what_was_acknowledged_are_in_force(book, way):
    with getattr(book.database, way)() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    extra = 3
    assert found == {
        "journal_mode": "delete",
        "synchronous": extra,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": MOMENT,
    }


def test_a_book_that_another_program_put_into_wal_mode_comes_back_from_it(book):
    with raw(path(book)) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    announce(book, "GB", "1 GBP")
    with raw(path(book)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_every_table_is_strict_and_holds_integers_texts_and_hashes_only(book):
    with raw(path(book)) as connection:
        names = {name for name, _ in connection.execute(TABLES)}
        strict = {row[1] for row in connection.execute("PRAGMA table_list") if row[5]}
        kinds = {name: {row[2] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}
    assert names == {*METADATA.tables, "alembic_version"}
    assert strict == set(METADATA.tables)
    assert set().union(*(kinds[name] for name in strict - {"tile"})) == {"INTEGER", "TEXT"}
    assert kinds["tile"] == {"INTEGER", "BLOB"}


def test_no_column_is_numeric_or_real_where_amounts_would_lose_digits():
    columns = [column for table in METADATA.tables.values() for column in table.columns]
    assert len(columns) > 50
    assert [str(column) for column in columns if isinstance(column.type, Numeric | Float)] == []


def test_every_constraint_and_every_index_has_a_name(book):
    with raw(path(book)) as connection:
        for name, sql in connection.execute(TABLES).fetchall():
            kinds = ("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK")
            constraints = sum(sql.count(kind) for kind in kinds)
            assert sql.count("CONSTRAINT ") == constraints >= 1, name
    assert None not in [constraint.name for table in METADATA.tables.values() for constraint in table.constraints]


def test_every_key_begins_with_the_book(book):
    others = set(METADATA.tables) - {"book"}
    with raw(path(book)) as connection:
        for table in others:
            first = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5] == 1]
            keys = [row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})") if row[1] == 0]
            assert (first, set(keys)) == (["book"], {"book"}), table


def test_the_tables_say_what_the_planner_needs_to_know_of_their_size(book):
    announce(book, "GB", "1 GBP")
    with raw(path(book)) as connection:
        indices = {row[0] for row in connection.execute("SELECT idx FROM sqlite_stat1")}
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {"posting", "ix_posting_book_pledge", "ix_entry_book_pledge", "account"} <= indices <= known


# What is no book


def no_sqlite(place: Path) -> None:
    place.write_text("Pledges, kept by hand since 2022. " * 50, encoding="utf-8")


def another_program(place: Path) -> None:
    with raw(place) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def another_program_with_migrations(place: Path) -> None:
    with raw(place) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")


def a_schema_without_a_name(place: Path) -> None:
    with raw(place) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")


def a_newer_book(place: Path) -> None:
    make_book(place, Clock()).close()
    with raw(place) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")


def half_a_book(place: Path) -> None:
    make_book(place, Clock()).close()
    os.truncate(place, 4096 * 3)


NO_BOOKS: list[tuple[Callable[[Path], object], type[LedgerError], str]] = [
    (lambda place: place, Refusal, "there is no book at"),
    (Path.mkdir, NotABook, "is not a file"),
    (os.mkfifo, NotABook, "is not a file"),
    (Path.touch, NotABook, "is not a book of aidledger"),
    (no_sqlite, NotABook, "it is no SQLite database"),
    (another_program, NotABook, "is not a book of aidledger"),
    (another_program_with_migrations, NotABook, "is not a book of aidledger"),
    (a_schema_without_a_name, NotABook, "names no schema"),
    (a_newer_book, StoreRefusal, f"made by a newer version (schema 0999, this one knows {HEAD})"),
    (half_a_book, StoreRefusal, "is damaged"),
    (lambda place: place.symlink_to("nowhere"), Refusal, "there is no book at"),
]
WAYS_IN: dict[str, Callable[[str], object]] = {"open": Book.open, "upgrade": books.upgrade}


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize(("make", "kind", "words"), NO_BOOKS, ids=[words for _, _, words in NO_BOOKS])
def test_what_is_no_book_of_this_version_is_refused_in_one_line_and_left_alone(tmp_path, make, kind, words, way):
    place = tmp_path / "book.db"
    make(place)
    before = bytes_of(tmp_path)
    with refused(kind, words, str(place)):
        WAYS_IN[way](str(place))
    assert bytes_of(tmp_path) == before


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


def test_an_address_and_a_path_lead_to_the_same_book(book):
    with Book.open(f"sqlite:///{path(book)}") as again:
        assert again.uid == book.uid


def test_a_book_whose_row_is_gone_is_no_book(book):
    with raw(path(book)) as connection:
        connection.execute("DROP TRIGGER book_is_never_deleted")
        connection.execute("DELETE FROM book")
    with refused(InputError, "holds no book"):
        Book.open(str(path(book)))


# Making one


@pytest.mark.parametrize("make", [no_sqlite, Path.mkdir, another_program, lambda place: place.symlink_to("nowhere")])
def test_where_something_is_already_no_book_is_made_and_it_is_left_alone(tmp_path, make):
    make(tmp_path / "book.db")
    before = bytes_of(tmp_path)
    with refused(Refusal, "is there already, and was left alone"):
        make_book(tmp_path / "book.db", Clock())
    assert bytes_of(tmp_path) == before


def test_a_book_is_not_made_over_another(book):
    before = path(book).read_bytes()
    with refused(Refusal, "is there already, and was left alone"):
        make_book(path(book), Clock())
    assert path(book).read_bytes() == before


def test_a_book_is_made_in_folders_that_are_not_there_yet(tmp_path):
    with make_book(tmp_path / "a" / "b" / "book.db", Clock()) as made:
        assert errors(made) == []


def test_a_folder_that_is_a_file_is_named_in_the_refusal(tmp_path):
    no_sqlite(tmp_path / "file")
    for place in (tmp_path / "file" / "book.db", tmp_path / "file" / "folder" / "book.db"):
        with refused(StoreRefusal, "cannot be made a folder", str(place.parent)):
            make_book(place, Clock())
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_name_that_no_file_can_have_is_refused_in_one_line(tmp_path):
    with refused(StoreRefusal, "cannot be made: File name too long"):
        make_book(tmp_path / ("n" * 300), Clock())
    with pytest.raises(LedgerError, match=r"cannot be opened: File name too long|there is no book at"):
        Book.open(str(tmp_path / ("n" * 300)))
    assert list(tmp_path.iterdir()) == []


def test_a_book_for_an_unknown_recipient_is_refused_and_leaves_no_file(tmp_path):
    with refused(UnknownRecord, "'XX' is neither a country"):
        make_book(tmp_path / "book.db", Clock(), recipient="XX")
    assert list(tmp_path.iterdir()) == []


def test_whatever_interrupts_the_making_of_a_book_leaves_no_file(tmp_path):
    looks = []

    def clock():
        looks.append(1)
        if len(looks) > 1:
            raise KeyboardInterrupt
        return Clock()()

    with pytest.raises(KeyboardInterrupt):
        Book.create(str(tmp_path / "book.db"), clock=clock, recorded_by="ada")
    assert list(tmp_path.iterdir()) == []


# Read-only, locked, full


def test_a_book_that_is_read_only_by_its_mode_is_read_and_not_written_even_by_root(book):
    pledge = announce(book, "GB", "100 GBP")
    path(book).chmod(0o444)
    before = bytes_of(path(book).parent)
    with refuses(book, StoreRefusal, "is read-only: nothing was written"):
        commit(book, pledge)
    with refused(StoreRefusal, "is read-only: nothing was written"):
        books.upgrade(str(path(book)))
    with Book.open(str(path(book))) as opened:
        assert measures(opened) == {"pledged": "100.00", "outstanding": "100.00"}
        assert errors(opened) == []
    assert bytes_of(path(book).parent) == before


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN " + sys.argv[2])
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def held_by_another_process(place: Path, how: str) -> Iterator[None]:
    command = [sys.executable, "-c", HOLD, str(place), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate("\n")
    assert other.returncode == 0


def test_a_book_that_another_process_writes_is_read_and_refused_to_writers(book):
    before = path(book).read_bytes()
    impatient = Book.open(str(path(book)), clock=book.clock, recorded_by="ada", patience=0)
    with held_by_another_process(path(book), "IMMEDIATE"):
        assert last_number(impatient) == 1
        with refused(StoreRefusal, f"{path(book)} is locked by another process: nothing was written; try again"):
            announce(impatient, "GB", "100 GBP")
        with refused(StoreRefusal, "is locked by another process"):
            books.upgrade(str(path(book)), patience=0)
    assert path(book).read_bytes() == before
    assert announce(impatient, "GB", "100 GBP") == "GB-2025-0001"


def test_a_book_that_another_process_holds_for_itself_is_not_even_read(book):
    impatient = Book.open(str(path(book)), patience=0)
    with held_by_another_process(path(book), "EXCLUSIVE"):
        with refused(StoreRefusal, "is locked by another process"):
            impatient.journal()
        with refused(StoreRefusal, "is locked by another process"):
            Book.open(str(path(book)), patience=0)
    assert last_number(impatient) == 1


def test_a_patient_writer_waits_until_the_other_process_is_done(book):
    begun = threading.Event()

    def write() -> None:
        begun.set()
        announce(book, "GB", "100 GBP")

    writer = threading.Thread(target=write)
    with held_by_another_process(path(book), "IMMEDIATE"):
        writer.start()
        begun.wait()
        assert last_number(book) == 1
    writer.join()
    assert last_number(book) == 2


def test_a_writer_holds_the_lock_from_its_beginning_and_a_reader_does_not(book):
    with raw(path(book)) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with book.database.reading():
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        with book.database.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_database_that_may_not_grow_is_refused_and_nothing_recorded(book):
    def no_more(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(book.database._engine, "connect", no_more)
    before = bytes_of(path(book).parent)
    with refuses(book, StoreRefusal, "cannot grow, the disk is full: nothing was written"):
        announce(book, "GB", "100 GBP", note=LONG_NOTE)
    assert bytes_of(path(book).parent) == before
    assert errors(book) == []


FULL = """
import resource, sys
from ledger.book import Book
from ledger.errors import LedgerError
from tests.world import Clock, announce, make_book
path, most, note = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
book = Book.open(path, clock=Clock(), recorded_by="ada") if note else None
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    announce(book, "GB", "100 GBP", note="n" * note) if book else make_book(path, Clock())
except LedgerError as error:
    print(type(error).__name__, error.exit_code, error.message)
"""


def on_a_full_disk(place: Path, most: int, note: int) -> str:
    command = [sys.executable, "-c", FULL, str(place), str(most), str(note)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_file_that_may_not_grow_is_refused_in_one_line_and_nothing_recorded(book):
    before = bytes_of(path(book).parent)
    said = on_a_full_disk(path(book), len(before[path(book).name] or b""), len(LONG_NOTE))
    assert said == (
        f"StoreRefusal 1 {path(book)} cannot be read or written, the disk fails or is full: nothing was written\n"
    )
    assert bytes_of(path(book).parent) == before
    assert errors(book) == []


def test_a_book_that_does_not_fit_on_the_disk_is_not_made(tmp_path):
    said = on_a_full_disk(tmp_path / "book.db", resource.getpagesize(), 0)
    assert said.startswith("StoreRefusal 1 ")
    assert "the disk fails or is full" in said
    assert list(tmp_path.iterdir()) == []


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


CRASH = """
import os, sys
from sqlalchemy import text
from ledger.book import Book
from tests.world import Clock, announcement
book = Book.open(sys.argv[1], clock=Clock(), recorded_by="ada")
with book.database.writing() as connection:
    connection.execute(text("PRAGMA cache_size = 1"))
    for _ in range(20):
        book._record(connection, announcement("GB", "100 GBP", note="n" * 20_000))
    os._exit(9)
"""


def test_a_writer_that_dies_half_way_leaves_the_book_as_it_was(book):
    announce(book, "GB", "100 GBP")
    before = path(book).read_bytes()
    died = subprocess.run([sys.executable, "-c", CRASH, str(path(book))], cwd=ROOT, check=False)
    assert died.returncode == 9
    assert path(book).with_name("book.db-journal").exists()
    assert path(book).read_bytes() != before
    assert last_number(book) == 2
    assert errors(book) == []
    assert path(book).read_bytes() == before


APPEND = """
import sys
from ledger.book import Book
from tests.world import Clock, announce
book = Book.open(sys.argv[1], clock=Clock(), recorded_by=sys.argv[2])
for number in range(40):
    announce(book, "GB", "1 GBP", origin=f"{sys.argv[2]}:{number}")
"""


def test_two_processes_that_write_at_once_lose_nothing_and_leave_no_gap(book):
    commands = [[sys.executable, "-c", APPEND, str(path(book)), who] for who in ("ada", "grace")]
    running = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    assert [each.wait() for each in running] == [0, 0]
    found = entries(book)
    assert [entry.number for entry in found] == list(range(1, 82))
    assert {entry.origin for entry in found[1:]} == {f"{who}:{n}" for who in ("ada", "grace") for n in range(40)}
    assert [entry.pledge for entry in found[1:]] == [f"GB-2025-{n:04}" for n in range(1, 81)]
    assert measures(book)["pledged"] == "80.00"
    assert errors(book) == []


def test_a_copy_of_the_file_is_the_same_book(book, tmp_path):
    announce(book, "GB", "100 GBP")
    shutil.copy(path(book), tmp_path / "copy.db")
    with Book.open(str(tmp_path / "copy.db")) as copy:
        assert (copy.uid, entries(copy)) == (book.uid, entries(book))
