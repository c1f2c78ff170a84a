"""Copies of a book in another file or database: the same book, whole or absent, while others write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings

from ledger.book import Book
from ledger.errors import Refusal, StoreRefusal
from ledger.recognition.steps import Step
from ledger.store import copied
from ledger.store.place import located
from tests import places
from tests.chance import book_of, lives
from tests.commandline import ADD, done, refused, rows
from tests.everything import fill
from tests.package_words import texts
from tests.world import Clock, announce, announcement
from tests.world import refused as refuses

pytestmark = [
    places.of_server("a copy from file to file is a backup, and tried as one"),
    pytest.mark.usefixtures("desk"),
]

BOOK = ("item add missile Missile", f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD}')
RATES = "base,quote,date,rate\nUSD,UAH,2025-03-03,41.5\nUSD,UAH,2025-03-04,41.6\n"
KEPT = {
    "entry": "number, recorded_at, recorded_by, line",
    "rate": "number, source, base, quote, since, until, kind, value, sha256, retrieved_at",
    "tile": "level, number, width, hashes",
    "checkpoint": "number, size, root, note",
}
"""What is only ever added to: its columns, those of its key first."""


@contextmanager
def opened(place: str) -> Iterator[Book]:
    """The book at a place, on a day after all that is recorded."""
    with Book.open(place, clock=Clock("2025-07-01"), recorded_by="bob") as book:
        yield book


def shown(place: str) -> dict[str, object]:
    """All that a book says: every byte of what it exports and keeps, and what is wrong with it."""
    with opened(place) as book:
        with book.register() as parts:
            found: dict[str, object] = {"uid": book.uid, "register": "".join(parts)}
        with book._reading() as scope:
            for table, columns in KEPT.items():
                kept = scope.connection.exec_driver_sql(
                    f"SELECT {columns} FROM {table} WHERE book = {book.key} ORDER BY 1, 2, 3"  # noqa: S608 - our words
                )
                found[table] = [tuple(row) for row in kept]
        return found | {"package": texts(book), "problems": book.check()}


def copy(place: str, end: str) -> bytes:
    """Copy a book from one place to another; the root over its entries."""
    with opened(place) as book:
        return book.copy(located(end)).head.root


def there_and_back(place: str, folder: Path) -> list[str]:
    """A book copied into a file, from there into another database, and from there into a file again."""
    ends = [str(folder / "first.db"), f"{places.at(folder / 'other.db')}&book=Їх", str(folder / "second.db")]
    roots = {copy(before, end) for before, end in zip([place, *ends], ends, strict=False)}
    assert len(roots) == 1
    return ends


def next_of(place: str) -> tuple[int, str | None]:
    """The number of the next entry that a book takes, and the running id of its pledge."""
    with opened(place) as book:
        entry = book.record(announcement("GB", "1 GBP", on="2025-03-20")).entry
        return entry.number, entry.pledge


# The same book


@settings(max_examples=6)
@given(lives())
def test_any_book_is_the_same_there_and_back(empty_book: Path, steps: list[Step]):
    with book_of(empty_book, steps) as book, places.folder() as folder:
        place = places.at(places.path_of(book))
        ends = there_and_back(place, folder)
        assert [shown(end) for end in ends] == [shown(place)] * 3
        assert len({next_of(each) for each in (place, *ends)}) == 1


def test_a_book_with_everything_is_the_same_there_and_back(desk, book, tmp_path):
    fill(book)
    place = places.at(places.path_of(book))
    (desk / "rates.csv").write_text(RATES)
    (desk / "source.txt").write_text("a hundred pounds")
    done(f"--book {place} rate import rates.csv --as bank")
    done(f"--book {place} pledge add GB 1GBP --on 2025-03-02 {ADD} --cite https://example.org --attach source.txt")
    done("key create ada --key key")
    for donor in ("SE", "DK"):
        done(f"--book {place} checkpoint --key key")
        done(f"--book {place} pledge add {donor} 3EUR --on 2025-03-02 {ADD}")
    before = shown(place)
    assert all(before[table] for table in KEPT)
    ends = there_and_back(place, tmp_path)
    assert [shown(end) for end in ends] == [before] * 3
    for end in ends:
        assert done(f"--book {end} verify --key key.pub") == done(f"--book {place} verify --key key.pub")
    [kept] = (tmp_path / "second.db.files").iterdir()
    assert kept.read_text() == "a hundred pounds"
    assert list(places.copies(tmp_path / "book.db").values()) == [b"a hundred pounds"]
    assert len({next_of(each) for each in (place, *ends)}) == 1


def test_a_copy_is_told_in_words_and_to_programs(desk):
    [told] = rows(f"copy {places.at('book.db')} copy.db")
    assert told == {
        "path": "copy.db",
        "entries": 3,
        "root": told["root"],
        "attachments": 0,
        "bytes": (desk / "copy.db").stat().st_size,
    }
    [back] = rows(f"copy copy.db {places.at('other.db')}")
    assert back == told | {"path": str(located(places.at("other.db"))), "bytes": None}
    assert done(f"--book {places.at('other.db')} export csv") == done("export csv")


def test_a_backup_of_a_book_on_a_server_is_a_file_that_is_restored(desk):
    done("backup kept.db")
    other = places.at("other.db")
    done(f"restore kept.db --book {other}")
    assert done(f"--book {other} export csv") == done("export csv") == done("--book kept.db export csv")
    assert (desk / "kept.db").stat().st_mode & 0o077 == 0


def test_a_copy_is_of_one_state_while_others_write():
    copy(places.at("book.db"), "file.db")
    for source, end in ((places.at("book.db"), "first.db"), ("file.db", places.at("second.db"))):

        def recorded_meanwhile(name, rows, source=source):
            if name == "rate":
                with opened(source) as book:
                    announce(book, "FR", "1 EUR", on="2025-03-20")
            return rows

        before = shown(source)
        with opened(source) as book:
            book.copy(located(end), recorded_meanwhile)
        assert shown(end) == before != shown(source)


def test_several_books_are_in_one_database():
    other = places.at("other.db")
    done("init --book second.db")
    copy(places.at("book.db"), "file.db")
    copy("file.db", f"{other}&book=first")
    copy("second.db", f"{other}&book=second")
    assert done(f"--book {other}&book=first export csv") == done("export csv")
    assert done(f"--book {other}&book=second export csv") == done("--book second.db export csv")
    with psycopg.connect(other) as server:
        assert server.execute("SELECT name FROM book ORDER BY name").fetchall() == [("first",), ("second",)]


# What is refused


def test_what_is_there_already_is_left_alone():
    place = places.at("book.db")
    done("init --book other.db")
    assert f"error: {located(place)} is there already, and was left alone" in refused(1, f"copy other.db {place}")
    assert "other.db is there already, and was left alone" in refused(1, f"copy {place} other.db")
    assert "has this book already, as main, and it was left alone" in refused(1, f"copy {place} {place}&book=again")


def test_a_copy_that_fails_leaves_nothing(monkeypatch):
    place, other = places.at("book.db"), places.at("other.db")
    done(f"copy {place} file.db")

    def fail(*_: object) -> None:
        raise Refusal("as if the two had differed")

    monkeypatch.setattr(copied, "_compare", fail)
    refused(1, f"copy {place} copy.db")
    refused(1, f"copy file.db {other}")
    with psycopg.connect(other) as server:
        assert server.execute("SELECT count(*) FROM pg_class WHERE relname = 'entry'").fetchone() == (0,)


def test_a_row_that_came_out_otherwise_is_noticed(monkeypatch):
    add = copied._add

    def altered(target, table, rows):
        add(target, table, [(*row[:-1], row[-1] + 1) for row in rows] if table.name == "account" else rows)

    monkeypatch.setattr(copied, "_add", altered)
    with opened(places.at("book.db")) as book, refuses(Refusal, "differs from the book in its table account"):
        book.copy(located("copy.db"))


def test_a_source_whose_copy_is_lost_is_named(desk):
    (desk / "source.txt").write_text("a hundred pounds")
    place = places.at("book.db")
    done(f"pledge add GB 1GBP --on 2025-03-02 {ADD} --cite https://example.org --attach source.txt")
    done(f"copy {place} file.db")
    next((desk / "file.db.files").iterdir()).write_text("a thousand pounds")
    assert "was altered: it is not the file that was attached" in refused(1, f"copy file.db {places.at('other.db')}")


def test_a_book_of_an_older_version_is_upgraded_first():
    place = places.at("book.db")
    with psycopg.connect(place) as server:
        server.execute("UPDATE alembic_version SET version_num = '0005'")
    with refuses(StoreRefusal, "schema 0005", "aidledger upgrade"):
        copy(place, "copy.db")
