"""Places: where tests keep their books. In files; with ``AIDLEDGER_TEST_ENGINE=postgresql``, in databases of a server.

A test names a book by a path of its own, whatever the engine: ``at(path)`` is the place of the book, as ``--book``
takes it, ``copied(book, path)`` puts a copy of a book there, ``sql(path)`` asks its tables.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import tuple_row

from ledger.book import Book
from ledger.store.place import File
from tests.server import GIVEN

ENGINE = "AIDLEDGER_TEST_ENGINE"
ON_SERVER = os.environ.get(ENGINE, "sqlite") == "postgresql"
SERVER = "AIDLEDGER_TEST_STARTED"
"""The server that the tests have started, as their processes tell each other."""

REFUSED = (sqlite3.IntegrityError, psycopg.Error)
"""What a driver raises where the database refuses what an outsider asks."""

_made: dict[str, Path] = {}


def of_files(why: str) -> pytest.MarkDecorator:
    """Skip a test on PostgreSQL which is about files, and say why."""
    return pytest.mark.skipif(ON_SERVER, reason=f"of books in files: {why}")


def of_server(why: str) -> pytest.MarkDecorator:
    """Skip a test on SQLite which is about PostgreSQL, and say why."""
    return pytest.mark.skipif(not ON_SERVER, reason=f"of books in PostgreSQL: {why}")


def at(path: Path | str) -> str:
    """The place of the book that is called by this path; on a server, its database is made if need be."""
    if not ON_SERVER:
        return str(path)
    name = _name(path)
    if name not in _made:
        _administer(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        _made[name] = Path(path).absolute()
    return address(name)


def in_other_words(path: Path | str) -> str:
    """The place of the book at a path, written otherwise."""
    return f"{at(path)}{'&' if '?' in at(path) else '?'}book=main" if ON_SERVER else f"sqlite:///{path}"


def copied(book: Path | str, path: Path | str) -> str:
    """Put a copy of a book, which nobody is reading or writing, at a path; the copy's place."""
    if not ON_SERVER:
        shutil.copy(book, path)
        return str(path)
    name = _name(path)
    if name in _made:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")
    of = _name(book)
    _administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{of}'")  # noqa: S608
    _administer(f"CREATE DATABASE {name} TEMPLATE {of} STRATEGY FILE_COPY")
    _made[name] = Path(path).absolute()
    return address(name)


def copied_folder(folder: Path, to: Path) -> Path:
    """Copy a folder with the books in it."""
    shutil.copytree(folder, to)
    for path in [path for path in _made.values() if path.is_relative_to(folder)]:
        copied(path, to / path.relative_to(folder))
    return to


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a while, whose books go with it."""
    with tempfile.TemporaryDirectory() as made:
        try:
            yield Path(made)
        finally:
            forget(Path(made))


@cache
def of_process() -> Path:
    """A folder for as long as this process lasts: of books that are made once and copied often."""
    made = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def forget(folder: Path) -> None:
    """Take away the databases of the books in a folder, which will not be asked for again."""
    for name in [name for name, path in _made.items() if path.is_relative_to(folder)]:
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        del _made[name]


def path_of(book: Book) -> Path:
    """The path that a test calls an open book by."""
    place = book.database.place
    return place.path if isinstance(place, File) else path_at(place.address)


def path_at(place: str) -> Path:
    """The path that a test calls the book at a place by."""
    return _made[place.partition("?")[0].rpartition("/")[2]] if ON_SERVER else Path(place)


def read_only(path: Path | str) -> str:
    """The place of the book at a path for somebody who may read it only."""
    if not ON_SERVER:
        Path(path).chmod(0o400)
        return str(path)
    _administer("DO 'BEGIN CREATE ROLE t_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN END'")
    with sql(path) as tables:
        tables.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO t_reader")
    return f"{at(path)}{'&' if '?' in at(path) else '?'}options=-c+role%3Dt_reader"


def copies(path: Path | str) -> dict[str, bytes]:
    """The copies of sources that are kept with the book at a path, by name."""
    if ON_SERVER:
        with sql(path) as tables:
            return {name: bytes(data) for name, data in tables.execute("SELECT sha256, content FROM attachment")}
    kept = Path(f"{path}.files")
    return {each.name: each.read_bytes() for each in kept.iterdir()} if kept.exists() else {}


def spoil_copy(path: Path | str, name: str, data: bytes | None) -> str:
    """Alter such a copy, or take it away; the place where people are told that it is, or was."""
    if ON_SERVER:
        with unguarded(path) as tables:
            tables.execute("ALTER TABLE attachment DROP CONSTRAINT IF EXISTS attachment_check")
            tables.execute("DELETE FROM attachment WHERE sha256 = ? AND ?", (name, data is None))
            tables.execute("UPDATE attachment SET content = ? WHERE sha256 = ?", (data, name))
        return f"attachment {name}"
    copy = Path(f"{path}.files") / name
    if data is None:
        copy.unlink()
    else:
        copy.write_bytes(data)
    return str(copy)


def content(path: Path | str) -> bytes:
    """All that the book at a path is made of: the bytes of its file, or the rows of its tables."""
    if not ON_SERVER:
        return Path(path).read_bytes()
    if not _administrator().execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name(path)]).fetchall():
        return b""
    with sql(path) as tables:
        if tables.execute(
            "SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = to_regclass('book')"
        ):
            return b"held from readers"
        names = [name for (name,) in tables.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        row = "(to_jsonb(t) - 'transaction')::text"  # a transaction's number is nothing of the book's
        each = [f"SELECT '{name}', md5(string_agg({row}, ' ' ORDER BY {row})) FROM {name} t" for name in names]  # noqa: S608
        return repr(sorted(tables.execute(" UNION ALL ".join(each))) if each else []).encode()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, and every book that is called by a path in it, with all that they are made of."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    books = [path for path in _made.values() if path.is_relative_to(folder)]
    return files | {str(path): content(path) for path in books}


@contextmanager
def sql(path: Path | str) -> Iterator["Tables"]:
    """The tables of the book at a path, asked as an outsider would; what is changed is kept."""
    if ON_SERVER:
        with psycopg.connect(at(path), autocommit=True, row_factory=tuple_row) as server:
            yield Tables(server)
    else:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            yield Tables(file)


@contextmanager
def begun(path: Path | str) -> Iterator["Tables"]:
    """The tables of the book at a path, asked by an outsider in a transaction, of which nothing stays by itself."""
    if ON_SERVER:
        with closing(psycopg.connect(at(path), row_factory=tuple_row)) as server:
            yield Tables(server)
    else:
        with closing(sqlite3.connect(path)) as file:
            yield Tables(file)


@contextmanager
def held(path: Path | str, *, from_readers: bool = False) -> Iterator[None]:
    """Another process writes to the book at a path; or, seldom and for a moment, keeps readers away as well."""
    with begun(path) as tables:
        if not ON_SERVER:
            tables.execute(f"BEGIN {'EXCLUSIVE' if from_readers else 'IMMEDIATE'}")
        elif from_readers:
            names = tables.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
            tables.execute(f"LOCK TABLE {', '.join(name for (name,) in names)}")
        else:
            tables.execute("SELECT hold_book('main')")
        yield
        tables.rollback()


def being_written(path: Path | str) -> bool:
    """Whether somebody has written to the book at a path, and not committed yet."""
    if not ON_SERVER:
        return Path(f"{path}-journal").exists()
    with sql(path) as tables:
        writes = "datname = current_database() AND backend_xid IS NOT NULL"
        return bool(tables.execute(f"SELECT pid FROM pg_stat_activity WHERE {writes}"))  # noqa: S608


def spoil(path: Path | str, *statements: str) -> None:
    """Put something else in the place of a book: a database that never was one, in which these statements were done."""
    if ON_SERVER:
        name = _name(path)
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _administer(f"CREATE DATABASE {name}")
    else:
        Path(path).unlink()
    with sql(path) as tables:
        for statement in statements:
            tables.execute(statement)


def lost(path: Path | str) -> None:
    """Take away the book at a path, and leave nothing there."""
    if ON_SERVER:
        _administer(f"DROP DATABASE IF EXISTS {_name(path)} WITH (FORCE)")
    else:
        Path(path).unlink()


@contextmanager
def unguarded(path: Path | str) -> Iterator["Tables"]:
    """The tables of the book at a path without its triggers and foreign keys, in one transaction; they come back."""
    if ON_SERVER:
        with psycopg.connect(at(path), row_factory=tuple_row) as server:
            server.execute("SET session_replication_role = replica")
            yield Tables(server)
        return
    with closing(sqlite3.connect(path)) as file:
        triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            file.execute(f"DROP TRIGGER {name}")
        yield Tables(file)
        for _, statement in triggers:
            file.execute(statement)
        file.commit()


class Tables:
    """An outsider's connection: statements with ``?`` for each parameter."""

    def __init__(self, connection: "sqlite3.Connection | psycopg.Connection[Any]") -> None:
        self.connection = connection

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement gives, all of them."""
        if isinstance(self.connection, sqlite3.Connection):
            return self.connection.execute(statement, parameters).fetchall()
        if parameters:
            statement = statement.replace("%", "%%").replace("?", "%s")
        cursor = self.connection.execute(statement, parameters or None)
        rows = cursor.fetchall() if cursor.description else []
        return [tuple(int(value) if isinstance(value, Decimal) else value for value in row) for row in rows]

    def settled(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """Execute a statement, and have the database look now at what it else looks at in the end."""
        self.execute(statement, parameters)
        if not isinstance(self.connection, sqlite3.Connection):
            self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def commit(self) -> None:
        """Keep what was done, if nothing failed."""
        self.connection.commit()

    def rollback(self) -> None:
        """Undo what was done."""
        self.connection.rollback()


def address(database: str) -> str:
    """The address of a database of the tests' server."""
    before, _, options = (os.environ.get(GIVEN) or os.environ[SERVER]).partition("?")
    return f"{before.rstrip('/')}/{database}{'?' if options else ''}{options}"


def _name(path: Path | str) -> str:
    return f"t_{sha256(str(Path(path).absolute()).encode()).hexdigest()[:24]}"


def _administer(statement: str) -> None:
    _administrator().execute(statement)


@cache
def _administrator() -> "psycopg.Connection[Any]":
    return psycopg.connect(address("postgres"), autocommit=True)


def leave() -> None:
    """Let go of the server."""
    if _administrator.cache_info().currsize:
        _administrator().close()
        _administrator.cache_clear()
