"""Sums: folds of the postings in SQL, set-wise, returned as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, Subquery, func, select

from ledger.journal import Stage
from ledger.period import Period
from ledger.pledge import Instrument
from ledger.reports.cell import AccountTotal, Cell, Event, Key
from ledger.store.halves import credits, debits, exact, halves, sums_of
from ledger.store.scope import Scope
from ledger.store.tables import ACCOUNTS, ENTRIES, POSTINGS

_TIMES = {"year": 4, "quarter": 7, "month": 7}
_TALLIED = {"donor", "instrument", "currency"}
"""The dimensions that tallies are kept by."""


def cells(scope: Scope, by: Sequence[str], *, announced: bool = False, promises: bool = False) -> list[Cell]:
    """What each stage holds, cut by these dimensions; by the pledges' day as well where ``announced``.

    With ``promises``, the undertakings as well, which no measure counts and which are half of all rows.
    Reads the tallies where they answer, else the accounts as they stand, else, of an earlier time, the postings.
    """
    tallied = not (promises or scope.needs_postings or scope.needs_pledges) and _TALLIED.issuperset(by)
    found = _tallied(scope, by, announced) if tallied else _joined(scope, by, announced, promises=promises)
    return [cell for some in scope.connection.execute(found).partitions(10_000) for cell in _cells(some, by)]


def _tallied(scope: Scope, by: Sequence[str], announced: bool) -> Select[Any]:  # noqa: FBT001 - see cells
    """The cells from the tallies: a row for each of a donor's days, however many pledges it has."""
    tallies = scope.tallies()
    place = _place(by, tallies, tallies, announced)
    found: Select[Any] = select(*place, *sums_of(tallies.c.high, tallies.c.low))
    return scope.events(found, tallies).group_by(*place)


def _joined(scope: Scope, by: Sequence[str], announced: bool, *, promises: bool) -> Select[Any]:  # noqa: FBT001 - see cells
    """The cells from accounts or postings, each with its pledge."""
    pledges, rows, amount = scope.pledges(), ACCOUNTS, ACCOUNTS.c.balance
    if scope.needs_postings or set(by) & _TIMES.keys():
        rows, amount = POSTINGS, POSTINGS.c.amount
    place = _place(by, rows, pledges, announced)
    found: Select[Any] = select(*place, *halves(amount)).join_from(rows, pledges, rows.c.pledge == pledges.c.id)
    found = found if promises else found.where(rows.c.stage != str(Stage.UNDERTAKING))
    return scope.events(found.where(rows.c.book == scope.book), rows).group_by(*place)


def _place(by: Sequence[str], rows: FromClause, pledges: Subquery, announced: bool) -> list[ColumnElement[Any]]:  # noqa: FBT001 - see cells
    keys = [dimension_of(name, rows, pledges).label(f"key_{place}") for place, name in enumerate(by)]
    return [*keys, pledges.c.instrument, rows.c.stage, rows.c.commodity, *([pledges.c.on_date] if announced else [])]


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


def dimension_of(name: str, rows: FromClause, pledges: Subquery) -> ColumnElement[Any]:
    """The column a dimension is cut by: of the pledges, of the postings, or of their days."""
    if name in _TIMES:
        return func.substr(rows.c.on_date, 1, _TIMES[name])
    if name == "currency":
        return rows.c.commodity
    return pledges.c[{"pledge": "id"}.get(name, name)]


def _cells(rows: Iterable[Row[Any]], by: Sequence[str]) -> Iterator[Cell]:
    width = len(by)
    for row in rows:
        instrument, stage, commodity, *announced, high, low = row[width:]
        day = _day(announced[0]) if announced else None
        yield Cell(key_of(row, by), _STAGES[stage], _INSTRUMENTS[instrument], commodity, exact(high, low), day)


_STAGES = {str(stage): stage for stage in Stage}
_INSTRUMENTS = {str(instrument): instrument for instrument in Instrument}


def key_of(row: Sequence[Any], by: Sequence[str]) -> Key:
    """The values of the dimensions, which are the first columns of a row."""
    if "quarter" not in by:
        return tuple(row[: len(by)])
    key = list(row[: len(by)])
    place = by.index("quarter")
    key[place] = _quarter(key[place])
    return tuple(key)


@cache
def _day(text: str) -> date:
    return date.fromisoformat(text)


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
