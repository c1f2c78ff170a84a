"""Columnar: entries with their lines and pledges with their facts, in pages, as files of a whole book take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from ledger.store import listing
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES, PLEDGES

_NAMES = ("number", "on_date", "recorded_at", "recorded_by", "kind", "pledge", "postings", "note", "origin", "reverses")
_COLUMNS = (*(ENTRIES.c[name] for name in _NAMES), ENTRIES.c.line)
_PAGE = 5000


def entries(scope: Scope) -> Iterator[Sequence[Any]]:
    """The selected entries in the order of their numbers: the same as are listed, each with its canonical line.

    Number, day, moment, who, kind, pledge, count of postings, note, origin, what it reverses, line.
    """
    yield from scope.connection.execute(listing.chosen_entries(scope, *_COLUMNS).execution_options(yield_per=_PAGE))


def pledges(scope: Scope) -> Iterator[Row[Any]]:
    """The selected pledges in the order of their opening: facts as JSON, the entry that opened each, that withdrew it.

    ``since`` and ``until`` are days of their announcement, as in the list of pledges.
    """
    found = scope.pledges()
    chosen: Select[Any] = select(found.c.facts, found.c.entry, found.c.void).where(*scope.days(found.c.on_date))
    yield from scope.connection.execute(chosen.order_by(found.c.entry, found.c.id).execution_options(yield_per=_PAGE))


def years(scope: Scope) -> set[int]:
    """The years in which anything in the book happened or was announced, whatever is selected."""
    found: set[int] = set()
    for rows in (ENTRIES, PLEDGES):
        year = func.substr(rows.c.on_date, 1, 4)
        found.update(map(int, scope.connection.scalars(select(year).filter_by(book=scope.book).distinct())))
    return found
