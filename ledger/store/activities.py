"""Activities: the selected pledges with all that happened to them, read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, Subquery, func, select

from ledger.pledge import Pledge
from ledger.store import records
from ledger.store.scope import Scope
from ledger.store.subjects import about_each
from ledger.store.tables import ENTRIES, PLEDGES, POSTINGS

_PAGE = 1000  # fewer than the values that one statement of SQLite may have
_CITES = '{"book":"%","citations":[{%'
"""How the line of an entry with citations begins."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A pledge, and what happened to it up to the last day.

    The origins that it and its facility were opened by; its postings; the canonical lines of the entries about it that
    cite something, in the order of their numbers; when the last entry about it, or that moved it, was recorded.
    """

    pledge: Pledge
    origin: str | None
    parent_origin: str | None
    postings: Sequence[Row[Any]]
    lines: Sequence[str]
    updated: str


def lived(scope: Scope) -> Iterator[Lived]:
    """The selected pledges in order of their opening, whatever the day they were announced or anything happened on.

    Postings are ``entry on_date recorded_at note stage commodity amount``. A first day is not asked of them.
    """
    found = scope.pledges()
    columns = (found.c.id, found.c.facts, found.c.void, found.c.parent, found.c.entry)
    chosen = select(*columns).order_by(found.c.entry, found.c.id).execution_options(yield_per=_PAGE)
    whole = scope.narrowed(since=None)
    for rows in scope.connection.execute(chosen).partitions():
        yield from _page(whole, rows)


def _page(scope: Scope, rows: Sequence[Any]) -> Iterator[Lived]:
    ids = [row.id for row in rows]
    postings = _by_pledge(scope, _postings(scope, ids))
    lines = _by_pledge(scope, _citing(scope, ids))
    updated = {row.pledge: row.updated for row in scope.connection.execute(_updated(scope, ids))}
    origins = _origins(scope, {*ids, *(row.parent for row in rows if row.parent)})
    for row in rows:
        moved = postings.get(row.id, ())
        yield Lived(
            records.pledge_from(row.facts, row.void),
            origins.get(row.id),
            origins.get(row.parent),
            moved,
            [each.line for each in lines.get(row.id, ())],
            max(updated.get(row.id, ""), *(each.recorded_at for each in moved), ""),
        )


def _by_pledge(scope: Scope, wanted: Select[Any]) -> Mapping[str, Sequence[Row[Any]]]:
    rows = scope.connection.execute(wanted)
    return {pledge: list(found) for pledge, found in groupby(rows, key=attrgetter("pledge"))}


def _postings(scope: Scope, ids: Sequence[str]) -> Select[Any]:
    entry = (POSTINGS.c.book == ENTRIES.c.book) & (POSTINGS.c.entry == ENTRIES.c.number)
    of_posting = (POSTINGS.c.pledge, POSTINGS.c.entry, POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity)
    found = select(*of_posting, POSTINGS.c.amount, ENTRIES.c.recorded_at, ENTRIES.c.note)
    found = found.join_from(POSTINGS, ENTRIES, entry).where(POSTINGS.c.book == scope.book, POSTINGS.c.pledge.in_(ids))
    return scope.events(found, POSTINGS).order_by(POSTINGS.c.pledge, POSTINGS.c.entry, POSTINGS.c.line)


def _citing(scope: Scope, ids: Sequence[str]) -> Select[Any]:
    about = about_each(scope.book, ids)
    found = _known(scope, about, select(about.c.pledge, ENTRIES.c.line)).where(ENTRIES.c.line.like(_CITES))
    return found.order_by(about.c.pledge, ENTRIES.c.number)


def _updated(scope: Scope, ids: Sequence[str]) -> Select[Any]:
    about = about_each(scope.book, ids)
    found = select(about.c.pledge, func.max(ENTRIES.c.recorded_at).label("updated"))
    return _known(scope, about, found).group_by(about.c.pledge)


def _known(scope: Scope, about: Subquery, wanted: Select[Any]) -> Select[Any]:
    """The entries about some pledges, up to the last day, as known then."""
    found = wanted.join_from(about, ENTRIES, ENTRIES.c.number == about.c.number)
    found = found.where(ENTRIES.c.book == scope.book, *scope.days(ENTRIES.c.on_date))
    return found if scope.last_number is None else found.where(ENTRIES.c.number <= scope.last_number)


def _origins(scope: Scope, ids: set[str]) -> Mapping[str, str | None]:
    opened = (PLEDGES.c.book == ENTRIES.c.book) & (PLEDGES.c.entry == ENTRIES.c.number)
    found = select(PLEDGES.c.id, ENTRIES.c.origin).join_from(PLEDGES, ENTRIES, opened)
    rows = scope.connection.execute(found.where(PLEDGES.c.book == scope.book, PLEDGES.c.id.in_(ids)))
    return {row.id: row.origin for row in rows}
