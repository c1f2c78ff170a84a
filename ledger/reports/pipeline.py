"""The pipeline: how much stands at each stage, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.journal import Stage
from ledger.money import Money, commodity
from ledger.pledge import Instrument, MoveKind, Pledge, sources
from ledger.reports.cell import Cell
from ledger.reports.measures import Figures, Valuation, money
from ledger.reports.totals import dimension_columns
from ledger.table import Column, Table

STAGES = (
    Stage.PLEDGED,
    Stage.COMMITTED,
    Stage.ALLOCATED,
    Stage.DISBURSED,
    Stage.CALLED,
    Stage.REPAID,
    Stage.FORGIVEN,
    Stage.CANCELLED,
)


def pipeline(
    cells: Sequence[Cell], overdue: Sequence[Cell], by: Sequence[str], valuation: Valuation, *, day: date
) -> Table:
    """A row for each stage and currency: what stands there, and what of that was due by ``day``.

    ``overdue`` holds, as cells of the stages it would be paid from, what schedules say was due and
    was not disbursed.
    """
    standing, late = Figures(), Figures()
    for figures, found in ((standing, cells), (late, overdue)):
        for cell in found:
            if cell.stage in STAGES and commodity(cell.commodity).is_currency:
                of, value = valuation.value(cell)
                figures.add((*cell.key, str(STAGES.index(cell.stage))), of, "amount", value)
    policy = (str(valuation.converter.policy),) if valuation.converter else ()
    rows = [
        (
            *key[:-1],
            str(STAGES[int(key[-1] or 0)]),
            of.code,
            money(row, "amount", of),
            money(late.sums.get((key, of), {}), "amount", of),
            *policy,
        )
        for key, of, row in standing.rows()
    ]
    return Table(
        columns=[
            *dimension_columns(by, valuation),
            Column("stage", "code"),
            Column("currency", "code"),
            Column("amount", "money"),
            Column("overdue", "money"),
            *([Column("policy", "code")] if policy else []),
        ],
        rows=rows,
        notes=[f"overdue: due by {day} by the pledges' schedules, and not disbursed"] if late.sums else [],
    )


def overdue_cells(pledges: Sequence[Pledge], cells: Sequence[Cell], day: date) -> list[Cell]:
    """What schedules say was due by a day and was not disbursed, at the stages it would be paid from.

    ``cells`` are cut by the pledge first; their further dimensions are kept.
    """
    by_pledge: dict[str, list[Cell]] = {}
    for cell in cells:
        by_pledge.setdefault(str(cell.key[0]), []).append(cell)
    return [late for pledge in pledges for late in _overdue(pledge, by_pledge.get(pledge.id, []), day)]


def _overdue(pledge: Pledge, cells: Sequence[Cell], day: date) -> list[Cell]:
    found: list[Cell] = []
    for code, due in _due(pledge, day).items():
        held = {cell.stage: cell for cell in cells if cell.commodity == code}
        gone = (Stage.DISBURSED, Stage.CALLED, Stage.REPAID, Stage.FORGIVEN)
        left = due - sum(held[stage].units for stage in gone if stage in held)
        for stage in _payable_from(pledge.instrument):
            part = min(max(left, 0), held[stage].units) if stage in held else 0
            left -= part
            if part:
                cell = held[stage]
                found.append(Cell(cell.key[1:], stage, cell.instrument, code, part, cell.announced))
    return found


def _payable_from(instrument: Instrument) -> tuple[Stage, ...]:
    kind = MoveKind.CALL if instrument is Instrument.GUARANTEE else MoveKind.DISBURSE
    return sources(kind, instrument)


def _due(pledge: Pledge, day: date) -> Mapping[str, int]:
    due: dict[str, int] = {}
    for instalment in pledge.schedule:
        if instalment.on <= day:
            code = instalment.amount.commodity.code
            due[code] = due.get(code, 0) + instalment.amount.units
    return due


def residuals(pledge: Pledge, promised: Mapping[str, int]) -> list[Money]:
    """What a pledge's schedule leaves of its promise, by currency: positive where instalments fall short."""
    planned: dict[str, int] = {}
    for instalment in pledge.schedule:
        code = instalment.amount.commodity.code
        planned[code] = planned.get(code, 0) + instalment.amount.units
    left = {code: promised.get(code, 0) - units for code, units in planned.items()}
    return [Money(units, commodity(code)) for code, units in sorted(left.items()) if units]
