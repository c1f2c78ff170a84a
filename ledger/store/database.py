"""Databases: where a book is kept, opened so that nothing acknowledged is ever lost.

SQLite with a rollback journal and ``synchronous=EXTRA``; writers take the lock at once
(``BEGIN IMMEDIATE``). Everything the database refuses comes out as one clear line.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ledger.errors import InputError, LedgerError, NotABook, Refusal, StoreRefusal
from ledger.message import Message, message

PATIENCE = 60
"""Seconds to wait for another process's lock: SQLite is not fair, and the unlucky wait long."""

MOMENT = 100
"""Milliseconds that SQLite waits by itself, again and again: while it does, it hears no interrupt (Ctrl-C)."""

__all__ = ["PATIENCE", "Connection", "Database", "is_writable", "new_file", "path_of", "require_file"]

_COMMIT = "COMMIT"
_PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "recursive_triggers=ON")


def path_of(place: str) -> Path:
    """The file a book is in: a path, or an ``sqlite:///`` address.

    Raises :class:`InputError` for any other kind of address.
    """
    if place.startswith("sqlite:///"):
        place = place.removeprefix("sqlite:///")
    elif "://" in place:
        kind = place.partition("://")[0]
        raise InputError(
            "a book is a file: {kind}:// addresses are not supported", kind=kind, hint=message("--book PATH")
        )
    if not place or "\0" in place:
        raise InputError("--book names no file")
    try:
        return Path(place).expanduser()
    except RuntimeError:
        raise InputError("--book {place}: there is no such user, so no such home", place=place) from None


def _nothing() -> None:
    """Nobody asked to be told."""


class Database:
    """An open SQLite file. :meth:`reading` and :meth:`writing` give connections in a transaction.

    Where the file is held (:meth:`holding`), all of them are the same one.

    ``settled`` is called when a writer's transaction is committed: from then on, an interrupt comes too late.
    """

    def __init__(self, path: Path, patience: int = PATIENCE) -> None:
        self.path = path
        self.settled: Callable[[], object] = _nothing
        self._patience = patience
        self._held: Connection | None = None
        self._made: list[Callable[[], object]] = []
        self._engine: Engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        event.listen(self._engine, "begin", _begin)
        event.listen(self._engine, "commit", self._commit)
        event.listen(self._engine, "do_execute", self._execute)

    def _connect(self) -> sqlite3.Connection:
        mode = "rw" if is_writable(self.path) else "ro"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in (f"busy_timeout={min(MOMENT, 1000 * self._patience)}", *_PRAGMAS):
                self._execute(connection.cursor(), f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _execute(
        self, cursor: sqlite3.Cursor, statement: str, parameters: Sequence[Any] = (), _: object = None
    ) -> bool:
        """Execute a statement, waiting for the locks of other processes as long as patience lasts."""
        until = monotonic() + self._patience
        while True:
            try:
                cursor.execute(statement, parameters)
                if statement == _COMMIT:
                    self.settled()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or monotonic() >= until:
                    raise
            except KeyboardInterrupt:
                if statement != _COMMIT or cursor.connection.in_transaction:
                    raise
                self.settled()
                return True
            else:
                return True

    def beside(self, undo: Callable[[], object]) -> None:
        """Have what was made beside the file taken away again, should what is being written not be kept."""
        self._made.append(undo)

    def _take_away(self) -> None:
        """Take away what was made beside the file, as long as no other process can write."""
        while self._made:
            self._made.pop()()

    def _commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            try:
                connection.exec_driver_sql(_COMMIT)  # as a statement, which can wait; a reader's never has to
            except BaseException:
                self._take_away()
                raise
            self._made.clear()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the book from beginning to end."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the write lock: all it does is kept, or nothing."""
        if not is_writable(self.path):
            raise StoreRefusal("{path} is read-only: nothing was written", path=self.path)
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def holding(self) -> Iterator[None]:
        """One transaction for everything until the block ends: all that is written in it is kept, or nothing.

        Each :meth:`writing` in it is a savepoint: what fails there is undone, what was written before it stands.
        The write lock is taken at the beginning; of a file that is read-only, one state is read.
        """
        before = self._held
        with self._transaction(writes=is_writable(self.path)) as connection:
            self._held = connection
            try:
                yield
            finally:
                self._held = before

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with self._refusing():
            if self._held is not None:
                with self._held.begin_nested() if writes else nullcontext():
                    yield self._held
                return
            with self._engine.connect() as connection:
                connection.execution_options(writes=writes)
                with connection.begin():
                    try:
                        yield connection
                    except BaseException:
                        self._take_away()
                        raise

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """What the database refuses, in words."""
        try:
            yield
        except DBAPIError as error:
            raise self._refusal(error) from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise InputError("the database cannot hold this: {error}; nothing was written", error=error) from error

    def _refusal(self, error: DBAPIError) -> LedgerError:
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        said = str(error.orig)
        for prefix, (kind, words) in _REFUSALS.items():
            if name.startswith(prefix):
                return kind(words.template, path=self.path)
        if name == "SQLITE_ERROR" and "no such table" in said:
            return NotABook("{path} is not a book of aidledger", path=self.path)
        return StoreRefusal("the database {path} refuses: {reason}; nothing was written", path=self.path, reason=said)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


_LOCKED = message("{path} is locked by another process: nothing was written; try again when it is done")
_REFUSALS: dict[str, tuple[type[LedgerError], Message]] = {
    "SQLITE_BUSY": (StoreRefusal, _LOCKED),
    "SQLITE_LOCKED": (StoreRefusal, _LOCKED),
    "SQLITE_READONLY": (StoreRefusal, message("{path} is read-only: nothing was written")),
    "SQLITE_FULL": (
        StoreRefusal,
        message("{path} cannot grow, the disk is full: nothing was written; make room and try again"),
    ),
    "SQLITE_IOERR": (
        StoreRefusal,
        message("{path} cannot be read or written, the disk fails or is full: nothing was written"),
    ),
    "SQLITE_NOTADB": (NotABook, message("{path} is not a book of aidledger: it is no SQLite database")),
    "SQLITE_CORRUPT": (
        StoreRefusal,
        message("{path} is damaged: the database cannot be read; restore it from a copy"),
    ),
    "SQLITE_CANTOPEN": (StoreRefusal, message("{path} cannot be opened: look at the path and its permissions")),
    "SQLITE_PERM": (StoreRefusal, message("{path} cannot be opened: look at its permissions")),
}
"""By the beginning of SQLite's name for an error: what is raised, and the template of what it says."""


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_writable(path: Path) -> bool:
    """Whether a file may be written to, by its own mode as well as by this user's rights."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)) and os.access(path, os.W_OK)


def require_file(path: Path) -> None:
    """Refuse a path that leads to no file.

    Raises :class:`Refusal` where there is nothing, :class:`NotABook` where it is something else.
    """
    try:
        if not path.exists():
            raise Refusal(
                "there is no book at {path}",
                path=path,
                hint=f"aidledger init --book {path}",
            )
        if not path.is_file():
            raise NotABook("{path} is not a file, so it is not a book", path=path)
        if not os.access(path, os.R_OK):
            raise StoreRefusal("{path} cannot be read: look at its permissions", path=path)
    except OSError as error:
        raise InputError("{path} cannot be opened: {reason}", path=path, reason=error.strerror) from error


@contextmanager
def new_file(path: Path) -> Iterator[None]:
    """A new file that only its owner may read, taken away again if what follows fails.

    Raises :class:`Refusal` where something is there already: it is left alone.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreRefusal(
            "{parent} cannot be made a folder: {reason}", parent=path.parent, reason=error.strerror
        ) from error
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise Refusal("{path} is there already, and was left alone: choose another --book", path=path) from None
    except OSError as error:
        raise StoreRefusal("{path} cannot be made: {reason}", path=path, reason=error.strerror) from error
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
            path.with_name(path.name + "-journal").unlink()
        raise
