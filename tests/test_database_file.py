"""A book in a file: safe, its owner's only, and refused in one line where it is none."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger import book as books
from ledger.book import Book
from ledger.errors import LedgerError, NotABook, Refusal, StoreRefusal
from ledger.store.schema import HEAD
from ledger.store.sqlite import MOMENT
from ledger.store.tables import METADATA
from tests import places
from tests.world import Clock, announce, commit, errors, last_number, make_book, measures, refused, refuses

pytestmark = places.of_files("modes, folders, locks, journals and pages of SQLite")

ROOT = Path(__file__).parent.parent
TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
LONG_NOTE = "n" * 200_000


def path(book: Book) -> Path:
    return places.path_of(book)


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


def test_every_constraint_and_every_index_has_a_name(book):
    with raw(path(book)) as connection:
        for name, sql in connection.execute(TABLES).fetchall():
            kinds = ("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK")
            constraints = sum(sql.count(kind) for kind in kinds)
            assert sql.count("CONSTRAINT ") == constraints >= 1, name
    assert None not in [constraint.name for table in METADATA.tables.values() for constraint in table.constraints]


def test_the_tables_say_what_the_planner_needs_to_know_of_their_size(book):
    announce(book, "GB", "1 GBP")
    with raw(path(book)) as connection:
        indices = {row[0] for row in connection.execute("SELECT idx FROM sqlite_stat1")}
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {"posting", "ix_posting_book_pledge", "ix_entry_book_pledge", "account"} <= indices <= known


def test_every_key_begins_with_the_book(book):
    others = set(METADATA.tables) - {"book"}
    with raw(path(book)) as connection:
        for table in others:
            first = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5] == 1]
            keys = [row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})") if row[1] == 0]
            assert (first, set(keys)) == (["book"], {"book"}), table


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


def test_an_address_and_a_path_lead_to_the_same_book(book):
    with Book.open(f"sqlite:///{path(book)}") as again:
        assert again.uid == book.uid


# Making one


@pytest.mark.parametrize("make", [no_sqlite, Path.mkdir, another_program, lambda place: place.symlink_to("nowhere")])
def test_where_something_is_already_no_book_is_made_and_it_is_left_alone(tmp_path, make):
    make(tmp_path / "book.db")
    before = bytes_of(tmp_path)
    with refused(Refusal, "is there already, and was left alone"):
        make_book(tmp_path / "book.db", Clock())
    assert bytes_of(tmp_path) == before


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


def test_a_writer_holds_the_lock_from_its_beginning_and_a_reader_does_not(book):
    with raw(path(book)) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with book.database.reading():
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        with book.database.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_book_that_another_process_writes_is_not_upgraded(book):
    with places.held(path(book)), refused(StoreRefusal, "is locked by another process"):
        books.upgrade(str(path(book)), patience=0)


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


# Nothing by halves


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
