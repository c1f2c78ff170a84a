"""The schema's history: every road from nothing to the newest leads to the tables the models declare."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from ledger import book as books
from ledger.book import Book
from ledger.errors import StoreRefusal
from ledger.store import checks, schema
from ledger.store.sqlite import SQLite as Database
from ledger.store.tables import CHECKPOINTS, METADATA, PROJECTIONS, RATES, TILES
from tests import places
from tests.everything import fill
from tests.world import Clock, announce, announcement, entries, errors, records, refused

of_files = places.of_files("books in PostgreSQL began with the newest schema")


def made(place: Path, *revisions: str) -> Path:
    """An empty database brought through these revisions, one after the other."""
    place.touch()
    with Database(place).writing() as connection:
        for revision in revisions:
            schema.upgrade(connection, revision)
    return place


def declared(place: Path) -> Path:
    """A database made from the models alone."""
    engine = create_engine(f"sqlite:///{place}")
    METADATA.create_all(engine)
    engine.dispose()
    return place


def described(place: Path) -> dict[str, object]:
    """Everything SQLite knows of each table: columns, keys, foreign keys, indices, strict, with rowid or without."""
    with closing(sqlite3.connect(place)) as connection:
        kinds = {row[1]: row[2:] for row in connection.execute("PRAGMA table_list") if row[2] == "table"}
        names = sorted(name for name in kinds if not name.startswith(("sqlite_", "alembic_")))
        return {name: (kinds[name], *_table(connection, name)) for name in names}


def _table(connection: sqlite3.Connection, name: str) -> tuple[object, ...]:
    columns = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
    foreign = sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({name})"))
    indices = connection.execute(f"PRAGMA index_list({name})").fetchall()
    covered = {
        (row[1], row[2:], tuple(part[2] for part in connection.execute(f"PRAGMA index_info({row[1]})")))
        for row in indices
    }
    return columns, foreign, covered


def triggers(place: Path) -> list[str]:
    with closing(sqlite3.connect(place)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return [name for (name,) in found]


def projected(book: Book) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every projection, and of the book itself."""
    with places.sql(places.path_of(book)) as tables:
        names = ["book", *(table.name for table in PROJECTIONS)]
        return {name: sorted(tables.execute(f"SELECT * FROM {name}"), key=str) for name in names}  # noqa: S608 - our own names


def of_the_first_schema(book: Book) -> str:
    """Take everything from a book that its first schema did not have."""
    with closing(sqlite3.connect(places.path_of(book))) as connection:
        for table in (*PROJECTIONS, RATES, TILES, CHECKPOINTS):
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute("DROP TABLE sqlite_stat1")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute("UPDATE book SET closed_before = '2000-01-01'")
        connection.commit()
    return str(places.path_of(book))


def test_the_revisions_are_one_line_in_the_order_the_schema_names_them():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    walked = [revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(walked)) == schema.REVISIONS


@of_files
def test_from_nothing_to_the_newest_alembic_sees_no_difference_from_the_models(tmp_path):
    made(tmp_path / "book.db", schema.HEAD)
    with Database(tmp_path / "book.db").reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": METADATA}
        )
        assert compare_metadata(context, METADATA) == []


@of_files
def test_from_nothing_to_the_newest_sqlite_knows_the_same_as_of_the_models(tmp_path):
    migrated = described(made(tmp_path / "migrated.db", schema.HEAD))
    assert migrated == described(declared(tmp_path / "declared.db"))
    assert set(migrated) == set(METADATA.tables)


@of_files
def test_one_revision_at_a_time_leads_where_one_leap_leads(tmp_path):
    walked, leapt = made(tmp_path / "walked.db", *schema.REVISIONS), made(tmp_path / "leapt.db", schema.HEAD)
    assert described(walked) == described(leapt)
    assert triggers(walked) == triggers(leapt)


@of_files
@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_the_guards_of_the_journal_are_there_from_the_first_revision_on(tmp_path, revision):
    found = triggers(made(tmp_path / "book.db", revision))
    assert set(checks.JOURNAL_GUARDS) <= set(found)
    assert revision != schema.HEAD or found == sorted(checks.GUARDS)


def test_the_newest_revision_again_changes_nothing(book):
    fill(book)
    held, lines = projected(book), entries(book)
    assert books.upgrade(places.at(places.path_of(book))) == (schema.HEAD, schema.HEAD)
    assert (projected(book), entries(book)) == (held, lines)


@of_files
def test_an_older_book_is_refused_until_it_is_upgraded_on_request(book):
    announce(book, "GB", "1 GBP")
    place = of_the_first_schema(book)
    before = places.content(places.path_of(book))
    with refused(StoreRefusal, "was made by an older version (schema 0001", f"aidledger upgrade --book {place}"):
        Book.open(place)
    assert places.content(places.path_of(book)) == before
    assert books.upgrade(place) == ("0001", schema.HEAD)
    with Book.open(place, clock=Clock("2025-03-03")) as opened:
        assert opened.check() == []
        assert announce(opened, "GB", "2 GBP") == "GB-2025-0002"


@of_files
def test_an_upgrade_fills_every_projection_from_the_entries_as_they_were(book):
    fill(book)
    held, lines, shown = projected(book), entries(book), records(book.totals())
    books.upgrade(of_the_first_schema(book))
    assert projected(book) == held
    assert all(rows for rows in held.values())
    assert (entries(book), records(book.totals())) == (lines, shown)
    assert errors(book) == []


@of_files
def test_an_upgrade_that_fails_leaves_the_older_book_as_it_was(book):
    fill(book)
    place = of_the_first_schema(book)
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE serial (in_the_way TEXT)")
    before = places.content(places.path_of(book))
    with refused(StoreRefusal, "table serial already exists; nothing was written"):
        books.upgrade(place)
    assert places.content(places.path_of(book)) == before


@of_files
def test_a_book_of_the_fifth_schema_learns_what_its_entries_quoted(book):
    fill(book)
    held = projected(book)
    with closing(sqlite3.connect(places.path_of(book))) as connection:
        connection.execute("DROP TABLE quote")
        connection.execute("DROP INDEX ix_pledge_book_donor_on_date")
        connection.execute("UPDATE alembic_version SET version_num = '0005'")
        connection.commit()
    assert books.upgrade(str(book.database.path)) == ("0005", schema.HEAD)
    assert projected(book) == held
    [problem] = book.record(announcement("NO", "3 EUR", quote="Fifty air-defence missiles")).problems
    assert problem.message.startswith("the same quote is cited by entry 7 (GB-2025-0002);")
