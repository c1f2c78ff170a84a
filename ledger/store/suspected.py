"""Suspected: what suspicions are judged by, read from the store in as few passes as there are questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from heapq import merge
from typing import Any, cast

from sqlalchemy import Row, Select, case, func, select

from ledger.journal import JSON
from ledger.pledge import PartyKind, money_from
from ledger.proof import leaf
from ledger.reports.coverage import Valued
from ledger.reports.doubles import Block, Known, Pair, Promised
from ledger.reports.measures import MEASURES
from ledger.store.halves import exact, halves
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
    rows = map(_promised, scope.connection.execute(_promises(scope).execution_options(yield_per=1000)))
    stated = sorted(_stated(scope), key=lambda each: each.block)
    return merge(rows, stated, key=lambda each: each.block)


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
    first, last = (date.fromordinal(total.on.toordinal() + off).isoformat() for off in (-days, days))
    found = _promises(scope).where(PLEDGES.c.source == total.source, PLEDGES.c.on_date.between(first, last))
    return list(map(_promised, scope.connection.execute(found)))


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
    return found.group_by(PLEDGES.c.id, ACCOUNTS.c.commodity).order_by(*order)


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


def _stated(scope: Scope) -> Iterator[Promised]:
    """What sources say that promises are worth in other currencies."""
    for row in scope.connection.execute(_promises(scope).where(_STATES)):
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
