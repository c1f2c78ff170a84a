"""PostgreSQL: many books in one database, each held by one writer at a time, through psycopg.

A reader sees one snapshot (``REPEATABLE READ``). A writer takes its book's counter first of all and sees everything
that was committed before it got it; the database itself refuses what the ledger never does
(:mod:`ledger.store.guards`).
"""

from __future__ import annotations

import re
from functools import cached_property
from time import sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DataError, DBAPIError

from ledger.errors import InputError, LedgerError, NotABook, StoreRefusal
from ledger.message import Message, message
from ledger.store.attachments import Copies, InTable
from ledger.store.database import PATIENCE, Collision, Database
from ledger.store.place import Server, parameters

if TYPE_CHECKING:
    import psycopg

_COLLISIONS = ("40001", "40P01")
"""Serialization failure, deadlock: a transaction that was undone and may be tried again."""

_OPEN = (2, 3)
"""libpq's states of a connection whose transaction goes on: in one, or in one that failed."""

_MAKING = 0x61_69_64  # "aid"
"""The key of the advisory lock under which books and tables are made."""

_SECRET = re.compile(r"(password=)\S+", re.IGNORECASE)


class PostgreSQL(Database):
    """A database of PostgreSQL, seen as the place of one of its books."""

    def __init__(self, place: Server, patience: int = PATIENCE) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra, which books in files do without
        except ImportError:
            raise InputError(
                "a book in PostgreSQL needs psycopg, which is not there",
                hint="pip install 'aidledger[postgresql]'",
            ) from None
        given: dict[str, Any] = {"application_name": "aidledger", **parameters(place)}
        waiting = f"-c lock_timeout={1000 * patience or 1} -c timezone=UTC"
        given["options"] = f"{given.get('options', '')} {waiting}".strip()

        class Unread(psycopg.ServerCursor[Any]):
            """Rows that may be left unread: they go with their transaction, and no warning is needed."""

            def __del__(self, _: object = None, /) -> None:
                pass

        def connect() -> psycopg.Connection[Any]:
            connection = psycopg.connect(**{"connect_timeout": max(patience, 2), **given})
            connection.server_cursor_factory = Unread
            return connection

        super().__init__(place, create_engine(URL.create("postgresql+psycopg"), creator=connect, pool_pre_ping=True))
        self._book = place.book
        self._patience = patience
        self._engine.dialect.do_commit = self._commit  # type: ignore[assignment,method-assign] # where no event is early enough

    @cached_property
    def writable(self) -> bool:
        """Whether this user may add entries."""
        with self._refusing(), self._engine.connect() as connection:
            may = "SELECT NOT pg_is_in_recovery() AND has_any_column_privilege(to_regclass('entry'), 'INSERT')"
            return connection.scalar(text(may)) is not False

    def copies(self, connection: Connection, book: int) -> Copies:
        """The table of copies."""
        return InTable(connection, book)

    def _prepared(self, connection: Connection, *, writes: bool, whole: bool) -> None:  # noqa: ARG002
        if writes:
            connection.execution_options(isolation_level="READ COMMITTED")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def _held_fast(self, connection: Connection, *, whole: bool) -> None:
        if whole:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
        else:
            connection.execute(text("SELECT hold_book(:book)"), {"book": self._book})

    def _commit(self, connection: psycopg.Connection[Any]) -> None:
        """Commit, and find out what became of it where that was interrupted or the answer never came."""
        if connection.read_only:
            connection.commit()
            return
        row = connection.execute("SELECT pg_current_xact_id_if_assigned()::text").fetchone()
        try:
            connection.commit()
        except BaseException:
            open_still = connection.pgconn.transaction_status in _OPEN
            if open_still or row is None or row[0] is None or not self._was_committed(row[0]):
                self._take_away()
                raise
        self.settled()
        self._made.clear()

    def _was_committed(self, number: str) -> bool:
        """Ask, on another connection, what became of a transaction."""
        status = text("SELECT pg_xact_status(CAST(:number AS xid8))")
        try:
            with self._engine.connect() as another:
                for _ in range(self._patience):  # a server that lost us in the middle is soon done with it
                    if (found := another.scalar(status, {"number": number})) != "in progress":
                        return bool(found == "committed")
                    sleep(1)
        except DBAPIError:
            pass
        raise StoreRefusal(
            "{path} did not say whether it was written: the connection was lost; look before you write it again",
            path=self.place,
            hint="aidledger journal list",
        )

    def _refusal(self, error: DBAPIError) -> LedgerError:
        code = getattr(error.orig, "sqlstate", None)
        said = str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__
        reason = _SECRET.sub(r"\1...", said)
        if code is None and isinstance(error, DataError):  # psycopg's own, of what it cannot send: a NUL in a text
            return InputError(_REFUSALS["22003"][1].template, reason=reason)
        if code is None:
            return StoreRefusal("{path} cannot be reached: {reason}", path=self.place, reason=reason)
        if code in _COLLISIONS:
            return Collision("{path}: another process was in the way: nothing was written; try again", path=self.place)
        for prefix, (kind, words) in _REFUSALS.items():
            if code.startswith(prefix):
                return kind(words.template, path=self.place, reason=reason)
        return StoreRefusal(
            "the database {path} refuses: {reason}; nothing was written", path=self.place, reason=reason
        )


_LOST = message("{path}: the connection was lost, and nothing was written: {reason}")
_REFUSALS: dict[str, tuple[type[LedgerError], Message]] = {
    "08": (StoreRefusal, _LOST),
    "57P": (StoreRefusal, _LOST),
    "22003": (InputError, message("the database cannot hold this: {reason}; nothing was written")),
    "25006": (StoreRefusal, message("{path} is read-only: nothing was written")),
    "28": (StoreRefusal, message("{path} lets this user not in: {reason}")),
    "3D000": (StoreRefusal, message("{path} is not there: {reason}; its administrator makes it, with createdb")),
    "42501": (StoreRefusal, message("{path}: this user may not do that ({reason}): nothing was written")),
    "42P01": (NotABook, message("{path} has no book of aidledger; aidledger init makes one")),
    "42883": (NotABook, message("{path} has no book of aidledger; aidledger init makes one")),
    "53100": (
        StoreRefusal,
        message("{path} cannot grow, the disk is full: nothing was written; make room and try again"),
    ),
    "55P03": (
        StoreRefusal,
        message("{path} is locked by another process: nothing was written; try again when it is done"),
    ),
    "58": (StoreRefusal, message("{path} cannot be read or written, its disk fails: nothing was written")),
}
"""By the beginning of the SQLSTATE of an error: what is raised, and the template of what it says."""
