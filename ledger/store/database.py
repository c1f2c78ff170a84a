"""Databases: where a book is kept, opened so that nothing acknowledged is ever lost.

What every engine promises is here: a reader sees one state from beginning to end, a writer holds its book and keeps
all it did or nothing. How it does so is the engine's own (:mod:`ledger.store.sqlite`, :mod:`ledger.store.postgresql`).
Everything the database refuses comes out as one clear line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from random import randrange
from time import sleep
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ledger.errors import InputError, LedgerError, StoreRefusal
from ledger.store.attachments import Copies
from ledger.store.place import File, Place

PATIENCE = 60
"""Seconds to wait for another process's lock: SQLite is not fair, and the unlucky wait long."""

TIMES = 10
"""How often a piece of work is begun where the database asks to begin it again."""

__all__ = ["PATIENCE", "Collision", "Connection", "Database", "made", "opened"]

Result = TypeVar("Result")


class Collision(StoreRefusal):
    """Two transactions got into each other's way and this one was undone: it may be tried again as it was."""


def opened(place: Place, patience: int = PATIENCE) -> Database:
    """The database at a place, where there must be one.

    Raises :class:`~ledger.errors.Refusal` or :class:`~ledger.errors.NotABook` for a file that is none.
    """
    if isinstance(place, File):
        from ledger.store import sqlite  # noqa: PLC0415 - one engine is loaded, not both

        sqlite.require_file(place.path)
        return sqlite.SQLite(place.path, patience)
    from ledger.store import postgresql  # noqa: PLC0415

    return postgresql.PostgreSQL(place, patience)


def made(place: Place) -> AbstractContextManager[Database]:
    """The database a new book is put in; what was made for it is taken away again if that fails."""
    if isinstance(place, File):
        from ledger.store import sqlite  # noqa: PLC0415

        return sqlite.made(place.path)
    from ledger.store import postgresql  # noqa: PLC0415

    return postgresql.PostgreSQL(place, PATIENCE).or_closed()


def _nothing() -> None:
    """Nobody asked to be told."""


class Database(ABC):
    """An open database. :meth:`reading` and :meth:`writing` give connections in a transaction.

    Where the book is held (:meth:`holding`), all of them are the same one.

    ``settled`` is called when a writer's transaction is committed: from then on, an interrupt comes too late.
    """

    def __init__(self, place: Place, engine: Engine) -> None:
        self.place = place
        self.settled: Callable[[], object] = _nothing
        self._engine = engine
        self._held: Connection | None = None
        self._made: list[Callable[[], object]] = []

    # What each engine does in its own way

    @property
    @abstractmethod
    def writable(self) -> bool:
        """Whether this user may write here."""

    @abstractmethod
    def _prepared(self, connection: Connection, *, writes: bool, whole: bool) -> None:
        """Make a connection ready, before its transaction begins."""

    @abstractmethod
    def _held_fast(self, connection: Connection, *, whole: bool) -> None:
        """Hold what is written to, as the first thing in a writer's transaction: the whole database, or one book."""

    @abstractmethod
    def _refusal(self, error: DBAPIError) -> LedgerError:
        """What the database refuses, in words."""

    @abstractmethod
    def copies(self, connection: Connection, book: int) -> Copies:
        """Where the copies of a book's sources are."""

    def is_at(self, path: Path) -> bool:
        """Whether this is the database in the file at a path."""
        return self.place.is_at(path)

    # What all of them do

    def beside(self, undo: Callable[[], object]) -> None:
        """Have what was made beside the database taken away again, should what is being written not be kept."""
        self._made.append(undo)

    def _take_away(self) -> None:
        """Take away what was made beside it, as long as no other process can write."""
        while self._made:
            self._made.pop()()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the book from beginning to end."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the book: all it does is kept, or nothing."""
        self._require_writable()
        with self._transaction(writes=True) as connection:
            yield connection

    def _require_writable(self) -> None:
        if not self.writable:
            raise StoreRefusal("{path} is read-only: nothing was written", path=self.place)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do a piece of work in a writer's transaction, and again where it collided with another one.

        Raises :class:`Collision` where that happened :data:`TIMES` times.
        """
        for left in reversed(range(TIMES)):
            try:
                with self.writing() as connection:
                    result = work(connection)
            except Collision:
                if not left or self._held is not None:
                    raise
                sleep(randrange(10, 100) / 1000)  # noqa: S311 - so that the two do not meet again
            else:
                break
        return result

    @contextmanager
    def making(self) -> Iterator[Connection]:
        """A connection that holds the whole database, in which a book or its tables are made."""
        self._require_writable()
        with self._transaction(writes=True, whole=True) as connection:
            yield connection

    @contextmanager
    def holding(self) -> Iterator[None]:
        """One transaction for everything until the block ends: all that is written in it is kept, or nothing.

        Each :meth:`writing` in it is a savepoint: what fails there is undone, what was written before it stands.
        The book is held from the beginning; where it is read-only, one state is read.
        """
        before = self._held
        with self._transaction(writes=self.writable) as connection:
            self._held = connection
            try:
                yield
            finally:
                self._held = before

    @contextmanager
    def _transaction(self, *, writes: bool, whole: bool = False) -> Iterator[Connection]:
        with self._refusing():
            if self._held is not None:
                with self._held.begin_nested() if writes else nullcontext():
                    yield self._held
                return
            with self._engine.connect() as connection:
                self._prepared(connection, writes=writes, whole=whole)
                with connection.begin():
                    try:
                        if writes:
                            self._held_fast(connection, whole=whole)
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

    @contextmanager
    def or_closed(self) -> Iterator[Self]:
        """Let go of it where what is done fails."""
        try:
            yield self
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()
