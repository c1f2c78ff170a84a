"""Sums: folds of the postings in SQL, set-wise, returned as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, Table, func, select

from ledger.journal import Stage
from ledger.period import Period
from ledger.pledge import Instrument
from ledger.reports.cell import AccountTotal, Cell, Event, Key
from ledger.store.halves import credits, debits, exact, halves
from ledger.store.scope import Scope, states_schedule
from ledger.store.tables import ACCOUNTS, ENTRIES, POSTINGS

_TIMES = {"year": 4, "quarter": 7, "month": 7}


def cells(scope: Scope, by: Sequence[str], *, announced: bool = False, scheduled: bool = False) -> list[Cell]:
    """What each stage holds, cut by these dimensions; by the pledges' day as well where ``announced``.

    With ``scheduled``, of the pledges that state a schedule only.
    Reads the accounts as they stand where nothing asks for an earlier time, else the postings.
    """
    pledges = scope.pledges()
    rows: Table = ACCOUNTS
    amount = ACCOUNTS.c.balance
    if scope.needs_postings or set(by) & _TIMES.keys():
        rows, amount = POSTINGS, POSTINGS.c.amount
    keys = [dimension_of(name, rows, pledges).label(f"key_{place}") for place, name in enumerate(by)]
    inner = [pledges.c.instrument, rows.c.stage, rows.c.commodity, *([pledges.c.on_date] if announced else [])]
    found: Select[Any] = select(*keys, *inner, *halves(amount)).join_from(rows, pledges, rows.c.pledge == pledges.c.id)
    found = found.where(states_schedule(pledges)) if scheduled else found
    found = scope.events(found.where(rows.c.book == scope.book), rows).group_by(*keys, *inner)
    return [_cell(row, by, announced=announced) for row in scope.connection.execute(found)]


def events(scope: Scope, by: Sequence[str]) -> Iterator[Event]:
    """The selected postings, pledge by pledge and each in entry order, with what their entries reverse."""
    pledges = scope.pledges()
    keys = [dimension_of(name, POSTINGS, pledges).label(f"key_{place}") for place, name in enumerate(by)]
    columns = (POSTINGS.c.pledge, pledges.c.instrument, POSTINGS.c.entry, POSTINGS.c.on_date, ENTRIES.c.reverses)
    found: Select[Any] = select(*keys, *columns, POSTINGS.c.stage, POSTINGS.c.commodity, POSTINGS.c.amount)
    found = found.join_from(POSTINGS, pledges, POSTINGS.c.pledge == pledges.c.id)
    found = found.join(ENTRIES, (ENTRIES.c.book == POSTINGS.c.book) & (ENTRIES.c.number == POSTINGS.c.entry))
    found = scope.events(found.where(POSTINGS.c.book == scope.book), POSTINGS)
    ordered = found.order_by(POSTINGS.c.pledge, POSTINGS.c.entry, POSTINGS.c.line)
    for row in scope.connection.execute(ordered.execution_options(yield_per=1000)):
        pledge, instrument, entry, on, reverses, stage, commodity, amount = row[len(by) :]
        fixed = (Instrument(instrument), entry, date.fromisoformat(on), reverses, Stage(stage))
        yield Event(pledge, key_of(row, by), *fixed, commodity, amount)


def dimension_of(name: str, rows: Table, pledges: Subquery) -> ColumnElement[Any]:
    """The column a dimension is cut by: of the pledges, of the postings, or of their days."""
    if name in _TIMES:
        return func.substr(rows.c.on_date, 1, _TIMES[name])
    if name == "currency":
        return rows.c.commodity
    return pledges.c[{"pledge": "id"}.get(name, name)]


def _cell(row: Row[Any], by: Sequence[str], *, announced: bool) -> Cell:
    return Cell(
        key=key_of(row, by),
        stage=Stage(row.stage),
        instrument=Instrument(row.instrument),
        commodity=row.commodity,
        units=exact(row.high, row.low),
        announced=date.fromisoformat(row.on_date) if announced else None,
    )


def key_of(row: Row[Any], by: Sequence[str]) -> Key:
    """The values of the dimensions, which are the first columns of a row."""
    key = list(row[: len(by)])
    if "quarter" in by:
        place = by.index("quarter")
        key[place] = _quarter(key[place])
    return tuple(key)


@cache
def _quarter(month: str) -> str:
    return str(Period.of(Period.parse(month).start, "quarter"))


def account_totals(scope: Scope) -> list[AccountTotal]:
    """The debits and credits of every account, by pledge, stage and commodity."""
    pledges = scope.pledges()
    account = (POSTINGS.c.pledge, POSTINGS.c.stage, POSTINGS.c.commodity)
    sides = (*halves(debits(POSTINGS.c.amount), "debit"), *halves(credits(POSTINGS.c.amount), "credit"))
    found: Select[Any] = select(*account, *sides).join_from(POSTINGS, pledges, POSTINGS.c.pledge == pledges.c.id)
    found = scope.events(found.where(POSTINGS.c.book == scope.book), POSTINGS).group_by(*account)
    return [
        AccountTotal(
            pledge=row.pledge,
            stage=Stage(row.stage),
            commodity=row.commodity,
            debit=exact(row.high_debit, row.low_debit),
            credit=-exact(row.high_credit, row.low_credit),
        )
        for row in scope.connection.execute(found)
    ]
