"""Settlements: what was paid in another currency than the pledge's, as the memoranda of payments say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select

from ledger.journal import Stage
from ledger.money import Balance, Money, commodity
from ledger.reports.cell import Payment
from ledger.store.scope import Scope
from ledger.store.sums import dimension_of, key_of
from ledger.store.tables import ENTRIES, POSTINGS

_SETTLED = (Stage.DISBURSED, Stage.CALLED)


def payments(scope: Scope, by: Sequence[str]) -> Iterator[Payment]:
    """The selected pledges' payments in another currency, in entry order; a filter of currencies is the pledge's."""
    whole = Scope(scope.connection, scope.book, replace(scope.selection, currency=()))
    made: dict[int, tuple[date, bool]] = {}
    rows = scope.connection.execute(_postings(whole, by))
    for (entry, _), postings in groupby(rows, key=lambda row: (row.entry, row.pledge)):
        lines = list(postings)
        made[entry] = made.get(lines[0].reverses) or _made(lines)
        yield from _paid(lines, by, made[entry], scope.selection.currency)


def _made(lines: Sequence[Row[Any]]) -> tuple[date, bool]:
    """When a payment was made and whether it came back; a reversal is of what it reverses."""
    undone, paid = lines[0].undone_on, sum(row.amount for row in lines if row.stage == Stage.PAID)
    return date.fromisoformat(undone or lines[0].on_date), (paid > 0) if undone else (paid < 0)


def _postings(scope: Scope, by: Sequence[str]) -> Select[Any]:
    """What payments with a memorandum posted as paid and as settled, with the day of what they reverse."""
    pledges, undone = scope.pledges(), ENTRIES.alias("undone")
    keys = [dimension_of(name, POSTINGS, pledges).label(f"key_{place}") for place, name in enumerate(by)]
    columns = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity)
    more = (POSTINGS.c.amount, pledges.c.on_date.label("announced"), ENTRIES.c.reverses, undone.c.on_date)
    found: Select[Any] = select(*keys, *columns, *more[:-1], more[-1].label("undone_on"))
    found = found.join_from(POSTINGS, pledges, POSTINGS.c.pledge == pledges.c.id)
    found = found.join(ENTRIES, (ENTRIES.c.book == POSTINGS.c.book) & (ENTRIES.c.number == POSTINGS.c.entry))
    found = found.outerjoin(undone, (undone.c.book == ENTRIES.c.book) & (undone.c.number == ENTRIES.c.reverses))
    with_memorandum = select(POSTINGS.c.entry).filter_by(book=scope.book, stage=str(Stage.PAID))
    found = found.where(POSTINGS.c.book == scope.book, POSTINGS.c.entry.in_(with_memorandum))
    found = found.where(POSTINGS.c.stage.in_([str(stage) for stage in (Stage.PAID, *_SETTLED)]))
    return scope.events(found, POSTINGS).order_by(POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.line)


def _paid(
    lines: Sequence[Row[Any]], by: Sequence[str], made: tuple[date, bool], wanted: Sequence[str]
) -> Iterator[Payment]:
    found: Mapping[bool, Balance] = {
        paid: Balance(Money(row.amount, commodity(row.commodity)) for row in lines if (row.stage == Stage.PAID) == paid)
        for paid in (True, False)
    }
    settled = tuple(amount for amount in found[False].amounts() if amount.commodity.is_currency)
    key, announced = key_of(lines[0], by), date.fromisoformat(lines[0].announced)
    for paid in found[True].amounts():
        if not wanted or any(amount.commodity.code in wanted for amount in settled):
            yield Payment(key, *made, announced, paid, settled)
