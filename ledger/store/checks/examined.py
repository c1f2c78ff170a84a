"""Examined: a book under examination, whose journal is read once for all checks that need every line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, select

from ledger.errors import LedgerError, Problem
from ledger.message import message
from ledger.store.attachments import Copies
from ledger.store.checks.lines import LOOKS, UNREADABLE, Line, Look, lines
from ledger.store.checks.log import Relogged
from ledger.store.checks.rebuilt import Rebuilt
from ledger.store.tables import BOOKS, ENTRIES

_LINE = ENTRIES.c.keys().index("line")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one reading of the journal: what each look found, the log and the projections that it leads to.

    ``broke`` is why it leads to no projections, where it does not.
    """

    found: Mapping[Look, list[Problem]]
    relogged: Relogged
    rebuilt: Rebuilt
    broke: Exception | None


@dataclass(frozen=True)
class Examined:
    """A book under examination, and the copies of its sources."""

    connection: Connection
    book: int
    copies: Copies

    @cached_property
    def uid(self) -> str:
        """The lasting name that each of its lines gives."""
        return str(self.connection.scalar(select(BOOKS.c.uid).filter_by(id=self.book)))

    @cached_property
    def reading(self) -> Reading:
        """The journal read from the first line to the last, none of them kept."""
        found: dict[Look, list[Problem]] = {look: [] for look in LOOKS}
        rebuilt = Rebuilt(self.connection, self.book)
        relogged = Relogged(self.connection, self.book)
        broke: Exception | None = None
        for line in lines(self.connection, self.book, self.uid):
            for look in LOOKS:
                found[look] += _looked(look, line)
            if line.row is not None:
                written = line.row[_LINE]
                relogged.add(line.number, written.encode() if isinstance(written, str) else written)
            if line.entry is not None and broke is None:
                try:
                    rebuilt.add(line.entry)
                except UNREADABLE as error:
                    broke = error
        return Reading(found, relogged, rebuilt, broke)


def _looked(look: Look, line: Line) -> Iterator[Problem]:
    try:
        yield from look(line)
    except UNREADABLE as error:
        reason = error.message if isinstance(error, LedgerError) else error
        yield Problem("error", "unreadable", line.where, message("this cannot be examined ({reason})", reason=reason))
