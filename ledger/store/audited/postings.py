"""Postings for auditors: each with its entry and its pledge, streamed; and folded by account, commodity and day.

Facts of pledges are those that hold now. Sums are taken in halves, so that they are exact however large.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from ledger.money import Commodity, commodity
from ledger.store.halves import credits, debits, exact, halves
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES, PLEDGES, POSTINGS

Of = Literal["money", "items"]
"""What postings are in: currencies, or items."""

_PAGE = 1000
_CURRENCY = 3  # the length of a currency's code; an item's is longer


class Line(NamedTuple):
    """A posting with what its entry and its pledge say; days and the moment as text, signed minor units."""

    number: int
    line: int
    note: str | None
    kind: str
    on: str
    by: str
    at: str
    reverses: int | None
    stage: str
    commodity: str
    units: int
    pledge: str
    title: str | None
    recipient: str
    announced: str
    donor: str
    purpose: str
    instrument: str
    source: str | None


class Account(NamedTuple):
    """What an account held before the selected days and what happened in them, in minor units, with its pledge."""

    stage: str
    commodity: Commodity
    beginning: int
    debit: int
    credit: int
    pledge: str
    recipient: str
    donor: str
    purpose: str
    instrument: str
    source: str | None


class Control(NamedTuple):
    """What is counted of postings first; days as text, the amounts in minor units of the commodity."""

    entries: int
    first: int
    last: int
    first_on: str
    last_on: str
    lines: int
    commodity: Commodity | None = None
    debits: int = 0
    credits: int = 0


def details(scope: Scope, of: Of) -> Iterator[Line]:
    """The postings of the selected days, in the order of their entries and lines."""
    told = (ENTRIES.c[name] for name in ("note", "kind", "on_date", "recorded_by", "recorded_at", "reverses"))
    own = (POSTINGS.c[name] for name in ("stage", "commodity", "amount", "pledge"))
    facts = ("title", "recipient", "on_date", "donor", "purpose", "instrument", "source")
    found = select(POSTINGS.c.entry, POSTINGS.c.line, *told, *own, *(PLEDGES.c[name] for name in facts))
    entry = and_(POSTINGS.c.book == ENTRIES.c.book, POSTINGS.c.entry == ENTRIES.c.number)
    found = found.join_from(POSTINGS, ENTRIES, entry).join(PLEDGES, _PLEDGE)
    found = found.where(*_of(scope, of), *scope.days(POSTINGS.c.on_date))
    ordered = found.order_by(POSTINGS.c.entry, POSTINGS.c.line).execution_options(yield_per=_PAGE)
    for row in scope.connection.execute(ordered):
        yield Line(*row)


def accounts(scope: Scope, of: Of) -> Iterator[Account]:
    """Every account with a posting up to the end of the selected days, by pledge, stage and commodity."""
    account = (POSTINGS.c.stage, POSTINGS.c.commodity, POSTINGS.c.pledge)
    facts = tuple(PLEDGES.c[name] for name in ("recipient", "donor", "purpose", "instrument", "source"))
    since, until = scope.selection.since, scope.selection.last_day
    before: ColumnElement[bool] = POSTINGS.c.on_date < (since or date.min).isoformat()
    amount = POSTINGS.c.amount
    found = select(
        *account,
        *facts,
        *halves(case((before, amount), else_=0), "before"),
        *halves(case((~before, debits(amount)), else_=0), "debit"),
        *halves(case((~before, credits(amount)), else_=0), "credit"),
    ).join_from(POSTINGS, PLEDGES, _PLEDGE)
    found = found.where(*_of(scope, of), *([POSTINGS.c.on_date <= until.isoformat()] if until else []))
    by = (POSTINGS.c.pledge, POSTINGS.c.stage, POSTINGS.c.commodity)
    ordered = found.group_by(*by, PLEDGES.c.book, PLEDGES.c.id).order_by(*by)  # a pledge's facts go with its key
    for row in scope.connection.execute(ordered.execution_options(yield_per=_PAGE)):
        stage, code, pledge, recipient, donor, purpose, instrument, source, *sums = row
        beginning, debit, credit = (exact(*sums[place : place + 2]) for place in (0, 2, 4))
        amounts = (beginning, debit, -credit)
        yield Account(stage, commodity(code), *amounts, pledge, recipient, donor, purpose, instrument, source)


def valued_days(scope: Scope, day: date | Literal["pledge", "event"]) -> list[tuple[Commodity, date, int]]:
    """The currencies and the days on which amounts of the selected days are valued, with how many lines each values.

    The day is that of the pledge's announcement, of the event, or one for all. By currency and day.
    """
    columns = {"pledge": PLEDGES.c.on_date, "event": POSTINGS.c.on_date}
    on = literal(day.isoformat()) if isinstance(day, date) else columns[day]
    of = POSTINGS.c.commodity
    found = select(of, on.label("day"), func.count()).join_from(POSTINGS, PLEDGES, _PLEDGE)
    found = found.where(*_of(scope, "money"), *scope.days(POSTINGS.c.on_date)).group_by(of, "day").order_by(of, "day")
    return [(commodity(code), date.fromisoformat(text), lines) for code, text, lines in scope.connection.execute(found)]


def controls(scope: Scope, of: Of) -> Iterator[Control]:
    """What is counted of the selected days' postings, by commodity."""
    entry, on, amount = POSTINGS.c.entry, POSTINGS.c.on_date, POSTINGS.c.amount
    counts = (func.count(entry.distinct()), func.min(entry), func.max(entry), func.min(on), func.max(on), func.count())
    turnovers = (*halves(debits(amount), "debit"), *halves(credits(amount), "credit"))
    code = POSTINGS.c.commodity
    found = select(code, *counts, *turnovers).where(*_of(scope, of), *scope.days(on)).group_by(code).order_by(code)
    for row in scope.connection.execute(found):
        name, entries, first, last, first_on, last_on, lines, *sides = row
        sums = (exact(*sides[:2]), -exact(*sides[2:]))
        yield Control(entries, first, last, first_on, last_on, lines, commodity(name), *sums)


def control_of_journal(scope: Scope) -> Control:
    """What is counted of the whole journal: its entries, their numbers and days, and all postings."""
    number, on = ENTRIES.c.number, ENTRIES.c.on_date
    counts = (func.count(), func.min(number), func.max(number), func.min(on), func.max(on))
    row = scope.connection.execute(select(*counts).where(ENTRIES.c.book == scope.book)).one()
    lines = scope.connection.scalar(select(func.count()).select_from(POSTINGS).where(POSTINGS.c.book == scope.book))
    entries, first, last, first_on, last_on = row
    return Control(entries, first, last, first_on, last_on, lines or 0)


_PLEDGE = and_(POSTINGS.c.book == PLEDGES.c.book, POSTINGS.c.pledge == PLEDGES.c.id)


def _of(scope: Scope, of: Of) -> list[ColumnElement[bool]]:
    """The conditions that keep the book's postings in currencies, or those in items."""
    length = func.length(POSTINGS.c.commodity)
    return [POSTINGS.c.book == scope.book, length == _CURRENCY if of == "money" else length > _CURRENCY]
