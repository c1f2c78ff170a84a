"""Entries for auditors: of which kinds, who recorded them, what was closed when, and what is dated up to a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from ledger.closing import UNDATED
from ledger.proof import leaf
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES

_PAGE = 1000


class Recorder(NamedTuple):
    """Who recorded entries: how many, the first and the last of them, and the moments these were recorded."""

    user: str
    entries: int
    first: int
    last: int
    first_at: str
    last_at: str


class Dated(NamedTuple):
    """An entry that says on which day something happened; the day and the moment as text."""

    number: int
    kind: str
    on: str
    by: str
    at: str
    pledge: str | None


class Closing(NamedTuple):
    """The first open day, as text, that an entry set."""

    number: int
    first_open: str


def kinds(scope: Scope) -> list[str]:
    """The kinds of the selected days' entries, sorted."""
    found = _entries(scope, ENTRIES.c.kind).distinct().order_by(ENTRIES.c.kind)
    return list(scope.connection.scalars(found))


def recorders(scope: Scope) -> list[Recorder]:
    """Who recorded the selected days' entries, by name."""
    number, at, by = ENTRIES.c.number, ENTRIES.c.recorded_at, ENTRIES.c.recorded_by
    columns = (func.count(), func.min(number), func.max(number), func.min(at), func.max(at))
    found = _entries(scope, by, *columns).group_by(by).order_by(by)
    return [Recorder(*row) for row in scope.connection.execute(found)]


def closings(scope: Scope) -> list[Closing]:
    """The entries that closed or reopened a period, in the order of their numbers."""
    found = select(ENTRIES.c.line).filter_by(book=scope.book).where(ENTRIES.c.kind.in_(("close", "reopen")))
    entries = map(leaf.read, scope.connection.scalars(found.order_by(ENTRIES.c.number)))
    return [Closing(entry.number, _first_open(entry.facts["closed_before"])) for entry in entries]


def _first_open(closed_before: Any) -> str:  # noqa: ANN401 - a fact: what was the first open day, and what is
    return str(closed_before[1])


def dated_up_to(scope: Scope, day: str) -> Iterator[Dated]:
    """Every entry about something that happened on a day or earlier, in the order of their numbers."""
    columns = (ENTRIES.c[name] for name in ("number", "kind", "on_date", "recorded_by", "recorded_at", "pledge"))
    found = select(*columns).filter_by(book=scope.book)
    found = found.where(ENTRIES.c.on_date <= day, ENTRIES.c.kind.not_in(sorted(UNDATED))).order_by(ENTRIES.c.number)
    for row in scope.connection.execute(found.execution_options(yield_per=_PAGE)):
        yield Dated(*row)


def recorded_at(scope: Scope, number: int) -> str:
    """The moment an entry was recorded, as text (UTC)."""
    found = select(ENTRIES.c.recorded_at).filter_by(book=scope.book, number=number)
    return str(scope.connection.scalars(found).one())


def last_day(scope: Scope) -> date:
    """The latest day of any entry."""
    found = select(func.max(ENTRIES.c.on_date)).filter_by(book=scope.book)
    return date.fromisoformat(scope.connection.scalars(found).one())


def _entries(scope: Scope, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(ENTRIES.c.book == scope.book, *scope.days(ENTRIES.c.on_date))
