"""Extract: what a file of a whole book is made of, read so that a million pledges need no more memory than a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Subquery, select

from ledger.pledge import Pledge
from ledger.reports.cell import Cell
from ledger.store import records, sums
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES

_PAGE = 5000  # fewer than the values that one statement of SQLite may have


@dataclass(frozen=True, kw_only=True)
class _Page(Scope):
    """Those of a scope's pledges that have these ids."""

    whole: Scope
    ids: tuple[str, ...]

    def pledges(self) -> Subquery:
        found = self.whole.pledges()
        return select(found).where(found.c.id.in_(self.ids)).subquery("page_of_pledges")


def pledges(scope: Scope) -> Iterator[tuple[list[Pledge], list[Cell]]]:
    """The selected pledges in order of their opening, with their cells, cut by the pledge, undertakings included.

    ``since`` and ``until`` are days of their announcement, and of nothing that happened to them later.
    """
    found = scope.pledges()
    chosen = select(found.c.id, found.c.facts, found.c.void).where(*scope.days(found.c.on_date))
    chosen = chosen.order_by(found.c.entry, found.c.id)
    whole = scope.narrowed(since=None, until=None)
    for rows in scope.connection.execute(chosen.execution_options(yield_per=_PAGE)).partitions():
        ids = tuple(row.id for row in rows)
        page = _Page(scope.connection, scope.book, whole.selection, whole=whole, ids=ids)
        read = [records.pledge_from(row.facts, row.void) for row in rows]
        yield read, sums.cells(page, ("pledge",), promises=True)


def last_entry(scope: Scope) -> tuple[int, datetime]:
    """The number and the time of the last entry that was known: everything up to it is what is read."""
    found = select(ENTRIES.c.number, ENTRIES.c.recorded_at).filter_by(book=scope.book)
    if scope.last_number is not None:
        found = found.where(ENTRIES.c.number <= scope.last_number)
    row = scope.connection.execute(found.order_by(ENTRIES.c.number.desc()).limit(1)).first()
    return (row.number, datetime.fromisoformat(row.recorded_at)) if row else (0, datetime.min.replace(tzinfo=UTC))
