"""Claims: pledges of which a source says more than their amount, each with what it promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from ledger.journal import Stage
from ledger.money import Balance, Money, commodity
from ledger.pledge import Pledge
from ledger.store import records
from ledger.store.dialects import among
from ledger.store.halves import exact, halves
from ledger.store.scope import SCHEDULE, Scope
from ledger.store.tables import ACCOUNTS, DRAWINGS, POSTINGS
from ledger.store.view import View


def claims(scope: Scope) -> list[tuple[Pledge, Balance]]:
    """The selected pledges that state an equivalent, a part or a schedule, each with its gross promise.

    ``since`` and ``until`` are days of their announcement, as of a list of pledges; the promise is what it was on
    the last day selected, drawn and cancelled parts included. Pledges come in the order of their opening; those
    that were reversed are left out.
    """
    found = scope.narrowed('"stated":', *SCHEDULE).pledges()
    chosen = select(found.c.facts).where(found.c.void.is_(None), *scope.days(found.c.on_date))
    rows = scope.connection.scalars(chosen.order_by(found.c.entry, found.c.id))
    pledges = [records.pledge_from(facts, None) for facts in rows]
    promised = _promised(scope, [pledge.id for pledge in pledges])
    return [(pledge, promised.get(pledge.id, Balance())) for pledge in pledges]


def _promised(scope: Scope, pledges: list[str]) -> dict[str, Balance]:
    """What each of these pledges promises gross: its undertaking, and what was drawn from it."""
    whole = scope.narrowed(since=None, currency=())
    rows, amount = (POSTINGS, POSTINGS.c.amount) if whole.needs_postings else (ACCOUNTS, ACCOUNTS.c.balance)
    found = select(rows.c.pledge, rows.c.commodity, *halves(amount)).filter_by(book=scope.book)
    found = found.where(rows.c.stage == str(Stage.UNDERTAKING), among(rows.c.pledge, pledges))
    found = whole.events(found, rows).group_by(rows.c.pledge, rows.c.commodity)
    promised: dict[str, list[Money]] = {}
    for row in scope.connection.execute(found):
        amounts = promised.setdefault(row.pledge, [])
        amounts.append(Money(-exact(row.high, row.low), commodity(row.commodity)))
    for parent, drawn in _drawn(whole, pledges):
        promised.setdefault(parent, []).extend(drawn)
    return {pledge: Balance(amounts) for pledge, amounts in promised.items()}


def _drawn(scope: Scope, pledges: list[str]) -> Iterator[tuple[str, list[Money]]]:
    """What was drawn from each of these that is a facility, by the last day and as was known then."""
    parents = select(DRAWINGS.c.parent).distinct().filter_by(book=scope.book).where(among(DRAWINGS.c.parent, pledges))
    before = None if scope.last_number is None else scope.last_number + 1
    view, last = View(scope.connection, scope.book, date.min, before), scope.selection.last_day
    for parent in scope.connection.scalars(parents.order_by(DRAWINGS.c.parent)).all():
        entries = [entry for entry in view.history(parent) if last is None or entry.on <= last]
        drawings = (drawing for entry in entries for drawing in records.drawings(entry))
        yield parent, [drawing.amount for drawing in drawings if drawing.parent == parent]
