"""Posted: which accounts, commodities and days the selected postings are of, and the postings entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, Subquery, func, select

from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES, POSTINGS

_FACTS = ("donor", "recipient", "purpose", "instrument", "source", "title")
_PAGE = 1000


def accounts(scope: Scope) -> Iterator[Row[Any]]:
    """Each account that was posted to: its first day, and the facts of its pledge; pledge by pledge."""
    found = scope.pledges()
    account = (POSTINGS.c.pledge, POSTINGS.c.stage, POSTINGS.c.commodity)
    since = func.min(POSTINGS.c.on_date).label("since")
    posted = _postings(scope, found, select(*account, since)).group_by(*account).subquery("posted")
    rows = select(posted, *(found.c[name] for name in _FACTS)).join_from(posted, found, posted.c.pledge == found.c.id)
    ordered = rows.order_by(posted.c.pledge, posted.c.stage, posted.c.commodity)
    yield from scope.connection.execute(ordered.execution_options(yield_per=_PAGE))


def days(scope: Scope) -> list[tuple[str, str]]:
    """Each commodity with each day it was posted on, in order: as many as there are days in the calendar, at most."""
    wanted = (POSTINGS.c.commodity, POSTINGS.c.on_date)
    found = _postings(scope, scope.pledges(), select(*wanted)).distinct().order_by(*wanted)
    return [(row.commodity, row.on_date) for row in scope.connection.execute(found)]


def kinds(scope: Scope) -> list[str]:
    """The kinds of the entries that posted something, in order."""
    wanted = _postings(scope, scope.pledges(), select(POSTINGS.c.entry))
    found = select(ENTRIES.c.kind).filter_by(book=scope.book).where(ENTRIES.c.number.in_(wanted)).distinct()
    return list(scope.connection.scalars(found.order_by(ENTRIES.c.kind)))


def postings(scope: Scope) -> Iterator[Row[Any]]:
    """The selected postings in entry order, each with its entry's canonical line and its pledge's donor and title."""
    found = scope.pledges()
    entry = (POSTINGS.c.book == ENTRIES.c.book) & (POSTINGS.c.entry == ENTRIES.c.number)
    columns = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.stage, POSTINGS.c.commodity, POSTINGS.c.amount)
    wanted = select(*columns, ENTRIES.c.line, found.c.donor, found.c.title)
    rows = _postings(scope, found, wanted.join_from(POSTINGS, ENTRIES, entry))
    ordered = rows.order_by(POSTINGS.c.entry, POSTINGS.c.line)
    yield from scope.connection.execute(ordered.execution_options(yield_per=_PAGE))


def _postings(scope: Scope, pledges: Subquery, wanted: Select[Any]) -> Select[Any]:
    """The rows of postings of these pledges that the scope counts."""
    joined = wanted.join(pledges, POSTINGS.c.pledge == pledges.c.id).where(POSTINGS.c.book == scope.book)
    return scope.events(joined, POSTINGS)
