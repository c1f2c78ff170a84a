"""SQLite: a book in a file of its own.

A rollback journal and ``synchronous=EXTRA``; writers take the lock at once (``BEGIN IMMEDIATE``).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ledger.errors import InputError, LedgerError, NotABook, Refusal, StoreRefusal
from ledger.message import Message, message
from ledger.store.attachments import Copies, InFolder, folder_of
from ledger.store.database import PATIENCE, Database
from ledger.store.durable import make_folders
from ledger.store.place import File

MOMENT = 100
"""Milliseconds that SQLite waits by itself, again and again: while it does, it hears no interrupt (Ctrl-C)."""

_COMMIT = "COMMIT"
_PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "recursive_triggers=ON")


class SQLite(Database):
    """An open file of SQLite."""

    def __init__(self, path: Path, patience: int = PATIENCE) -> None:
        super().__init__(File(path), create_engine("sqlite://", creator=self._connect, poolclass=NullPool))
        self.path = path
        self._patience = patience
        event.listen(self._engine, "begin", _begin)
        event.listen(self._engine, "commit", self._commit)
        event.listen(self._engine, "do_execute", self._execute)

    @property
    def writable(self) -> bool:
        """Whether the file may be written to."""
        return is_writable(self.path)

    def copies(self, connection: Connection, book: int) -> Copies:  # noqa: ARG002 - they are beside the file
        """The folder beside the file."""
        return InFolder(folder_of(self.path))

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

    def _commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            try:
                connection.exec_driver_sql(_COMMIT)  # as a statement, which can wait; a reader's never has to
            except BaseException as error:
                if not _unconfirmed(error):
                    self._take_away()
                raise
            self._made.clear()

    def _prepared(self, connection: Connection, *, writes: bool, whole: bool) -> None:  # noqa: ARG002 - a file is one book
        connection.execution_options(writes=writes)

    def _held_fast(self, connection: Connection, *, whole: bool) -> None:
        """BEGIN IMMEDIATE has done so."""

    def _refusal(self, error: DBAPIError) -> LedgerError:
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        said = str(error.orig)
        if _unconfirmed(error):
            return StoreRefusal(
                "{path} holds what was to be written, but the disk does not confirm that it keeps it: look before you "
                "write it again",
                path=self.path,
            )
        for prefix, (kind, words) in _REFUSALS.items():
            if name.startswith(prefix):
                return kind(words.template, path=self.path)
        if name == "SQLITE_ERROR" and "no such table" in said:
            return NotABook("{path} is not a book of aidledger", path=self.path)
        return StoreRefusal("the database {path} refuses: {reason}; nothing was written", path=self.path, reason=said)


def _unconfirmed(error: BaseException) -> bool:
    """Whether a transaction is committed, and the disk failed after that, when the journal's name was to go for good.

    Who opens the file sees what was written; after a power cut, the journal may be back, and undo it.
    """
    orig = getattr(error, "orig", None)
    return isinstance(error, DBAPIError) and (error.statement, getattr(orig, "sqlite_errorname", "")) == (
        _COMMIT,
        "SQLITE_IOERR_DIR_FSYNC",
    )


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
def made(path: Path) -> Iterator[Database]:
    """A new file that only its owner may read, taken away again if what follows fails.

    Raises :class:`Refusal` where something is there already: it is left alone.
    """
    try:
        make_folders(path.parent)
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
        yield SQLite(path)
    except BaseException:
        with suppress(OSError):
            path.unlink()
            path.with_name(path.name + "-journal").unlink()
        raise
