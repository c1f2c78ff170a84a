"""Suspected: what suspicions are judged by, read from the store in as few passes as there are questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from heapq import merge
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from ledger.journal import JSON
from ledger.money import MOST_UNITS
from ledger.pledge import PartyKind, money_from
from ledger.proof import leaf
from ledger.reports.coverage import Valued
from ledger.reports.doubles import Block, Known, Pair, Promised
from ledger.reports.measures import MEASURES
from ledger.store.halves import BILLION, exact, halves
from ledger.store.scope import Scope
from ledger.store.tables import ACCOUNTS, DRAWINGS, ENTRIES, PARTIES, PLEDGES
from ledger.store.view import View

_CODE = 3
"""How long a currency's code is; those of items are longer."""
_STATES = PLEDGES.c.facts.contains('"stated":')
_ITS_PLEDGE = (ACCOUNTS.c.book == PLEDGES.c.book) & (ACCOUNTS.c.pledge == PLEDGES.c.id)
_COUNTS = (
    PLEDGES.c.void.is_(None),
    ACCOUNTS.c.balance > 0,
    ACCOUNTS.c.stage.in_(sorted(MEASURES["pledged"])),
    func.length(ACCOUNTS.c.commodity) == _CODE,
)
"""What is promised and stands: in a currency, not cancelled, of a pledge that was not withdrawn."""


def promised(scope: Scope) -> Iterator[Promised]:
    """What each pledge promises in each currency and is not cancelled, with what sources say it is worth, by block.

    Pledges that were withdrawn are left out, and so are those that promise items only, or nothing disclosed.
    """
    found = _promises(scope)
    rows = map(_promised, scope.connection.execute(found.execution_options(yield_per=1000)))
    stated = sorted(_stated(scope.connection.execute(found.where(_STATES))), key=lambda each: each.block)
    return merge(rows, stated, key=lambda each: each.block)


def like(scope: Scope, pledge: str, days: int, percent: int) -> list[Promised]:
    """What a pledge promises, and what others of its donor to its recipient promise that is nearly as much.

    As :func:`promised`, within so many days and per cent. Found by the donor's days, whatever the size of the book.
    """
    every = _promises(scope).where(PLEDGES.c.book == scope.book)
    own = _with_stated(scope.connection.execute(every.where(PLEDGES.c.id == pledge)).all())
    if not own:
        return []
    block, on = own[0].block, own[0].on
    others = every.where(PLEDGES.c.donor == block.donor, PLEDGES.c.recipient == block.recipient)
    others = others.where(PLEDGES.c.id != pledge, _within(days, on))
    near = others.having(or_(_STATES, *(_near(each, percent) for each in own)))
    return sorted([*own, *_with_stated(scope.connection.execute(near).all())], key=lambda each: each.block)


def _near(own: Promised, percent: int) -> ColumnElement[bool]:
    """Promised in the same currency, about as much: who asks looks again, exactly."""
    high, low = (each.element for each in halves(ACCOUNTS.c.balance))
    units = high * BILLION + low
    least, most = own.units * (100 - percent) // 100 - 1, own.units * 100 // (100 - percent) + 1
    within = [units >= min(least, MOST_UNITS), *([units <= most] if most <= MOST_UNITS else [])]
    return and_(ACCOUNTS.c.commodity == own.block.currency, *within)


def _with_stated(rows: Sequence[Row[Any]]) -> list[Promised]:
    """What is promised, and what sources say it is worth in other currencies."""
    return [*map(_promised, rows), *_stated(row for row in rows if row.facts is not None)]


def packaged(scope: Scope) -> Iterator[Promised]:
    """What each pledge of a package promises in each currency and is not cancelled."""
    return map(_promised, scope.connection.execute(_promises(scope).where(PLEDGES.c.package.is_not(None))))


def of_groups(scope: Scope) -> list[Promised]:
    """What pledges of groups promise whose source is known."""
    groups = select(PARTIES.c.code).filter_by(book=scope.book, kind=str(PartyKind.GROUP))
    found = _promises(scope).where(PLEDGES.c.donor.in_(groups), PLEDGES.c.source.is_not(None))
    return list(map(_promised, scope.connection.execute(found)))


def beside(scope: Scope, total: Promised, days: int) -> list[Promised]:
    """What pledges of a total's source promise within so many days of it."""
    found = _promises(scope).where(PLEDGES.c.source == total.source, _within(days, total.on))
    return list(map(_promised, scope.connection.execute(found)))


def _within(days: int, of: date) -> ColumnElement[bool]:
    """Announced so many days before a day or after it, or between."""
    first, last = (max(1, min(of.toordinal() + off, date.max.toordinal())) for off in (-days, days))
    return PLEDGES.c.on_date.between(date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat())


def _promises(scope: Scope) -> Select[Any]:
    names = (
        "id",
        "donor",
        "recipient",
        "on_date",
        "entry",
        "purpose",
        "instrument",
        "title",
        "package",
        "parent",
        "source",
    )
    facts = case((_STATES, PLEDGES.c.facts)).label("facts")
    keys = [*(PLEDGES.c[name] for name in names), ACCOUNTS.c.commodity]
    found = select(*keys, facts, *halves(ACCOUNTS.c.balance))
    found = found.join_from(ACCOUNTS, PLEDGES, _ITS_PLEDGE).where(ACCOUNTS.c.book == scope.book, *_COUNTS)
    order = (PLEDGES.c.donor, PLEDGES.c.recipient, ACCOUNTS.c.commodity, PLEDGES.c.entry)
    return found.group_by(PLEDGES.c.book, PLEDGES.c.id, ACCOUNTS.c.commodity).order_by(*order)


def _promised(row: Row[Any]) -> Promised:
    return Promised(
        pledge=row.id,
        block=Block(row.donor, row.recipient, row.commodity),
        units=exact(row.high, row.low),
        on=date.fromisoformat(row.on_date),
        entry=row.entry,
        purpose=row.purpose,
        instrument=row.instrument,
        title=row.title,
        package=row.package,
        parent=row.parent,
        source=row.source,
    )


def _stated(rows: Iterable[Row[Any]]) -> Iterator[Promised]:
    """What sources say that promises are worth in other currencies."""
    for row in rows:
        own = _promised(row)
        for text in json.loads(row.facts)["stated"]:
            amount = money_from(text)
            if amount.commodity.is_currency and amount.commodity.code != own.block.currency:
                block = own.block._replace(currency=amount.commodity.code)
                yield replace(own, block=block, units=amount.units, stated=True)


def known(scope: Scope) -> Known:
    """The pairs of pledges that are linked by what one drew from the other, and those said to differ."""
    drawn = select(DRAWINGS.c.parent, DRAWINGS.c.child).filter_by(book=scope.book).where(DRAWINGS.c.amount != 0)
    linked = frozenset(frozenset((row.parent, row.child)) for row in scope.connection.execute(drawn))
    return Known(linked, frozenset(_distinct(scope)))


def _distinct(scope: Scope) -> Iterator[Pair]:
    """The pairs that an entry says differ, where that entry stands."""
    view = View(scope.connection, scope.book, date.min)
    said = select(ENTRIES.c.number, ENTRIES.c.line).filter_by(book=scope.book, kind="distinguish")
    for row in scope.connection.execute(said).all():
        if view.stands(row.number):
            yield frozenset(map(str, cast("Iterable[JSON]", leaf.read(row.line).facts["distinct"])))


def days_valued(scope: Scope) -> list[Valued]:
    """How many pledges promise something in each currency on each day."""
    key = (ACCOUNTS.c.commodity, PLEDGES.c.on_date)
    found = select(*key, func.count(func.distinct(ACCOUNTS.c.pledge)).label("pledges"))
    found = found.join_from(ACCOUNTS, PLEDGES, _ITS_PLEDGE).where(ACCOUNTS.c.book == scope.book, *_COUNTS)
    rows = scope.connection.execute(found.group_by(*key).order_by(*key))
    return [Valued(row.commodity, date.fromisoformat(row.on_date), row.pledges) for row in rows]
