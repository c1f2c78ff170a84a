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


def copied(book: Path | str, path: Path | str) -> str:
    """Put a copy of a book, which nobody has open, at a path; the copy's place."""
    if not ON_SERVER:
        shutil.copy(book, path)
        return str(path)
    name = _name(path)
    if name in _made:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")
    _administer(f"CREATE DATABASE {name} TEMPLATE {_name(book)} STRATEGY FILE_COPY")
    _made[name] = Path(path).absolute()
    return address(name)


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


def content(path: Path | str) -> bytes:
    """All that the book at a path is made of: the bytes of its file, or the rows of its tables."""
    if not ON_SERVER:
        return Path(path).read_bytes()
    with sql(path) as tables:
        names = [name for (name,) in tables.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        each = [f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t" for name in names]  # noqa: S608
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
        cursor = self.connection.execute(statement, parameters or None)  # type: ignore[arg-type] # no literal
        return cursor.fetchall() if cursor.description else []

    def commit(self) -> None:
        """Keep what was done; what the database looks at when a transaction is committed, it looks at before."""
        self.settle()
        self.connection.commit()

    def rollback(self) -> None:
        """Undo what was done."""
        self.connection.rollback()

    def settle(self) -> None:
        """Have the database look now at what it looks at when a transaction is committed."""
        if not isinstance(self.connection, sqlite3.Connection):
            self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def address(database: str) -> str:
    """The address of a database of the tests' server."""
    before, _, options = (os.environ.get(GIVEN) or os.environ[SERVER]).partition("?")
    return f"{before.rstrip('/')}/{database}{'?' if options else ''}{options}"


def _name(path: Path | str) -> str:
    return f"t_{sha256(str(Path(path).absolute()).encode()).hexdigest()[:24]}"


def _administer(statement: str) -> None:
    _administrator().execute(statement)  # type: ignore[call-overload] # no literal


@cache
def _administrator() -> "psycopg.Connection[Any]":
    return psycopg.connect(address("postgres"), autocommit=True)
