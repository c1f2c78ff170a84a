"""The pipeline: how much stands at each stage, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.journal import Stage
from ledger.money import Money, commodity
from ledger.pledge import Instrument, MoveKind, Pledge, sources
from ledger.reports.cell import Cell, Key, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.measures import Group, Valuation, counted, money, valued
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


def counts_at(stage: Stage, _: Instrument) -> tuple[str, ...]:
    """An amount counts at the one stage where it stands."""
    return (str(stage),) if stage in STAGES else ()


def pipeline(
    cells: Sequence[Cell | LayerCell],
    overdue: Sequence[Cell | LayerCell],
    by: Sequence[str],
    valuation: Valuation,
    *,
    day: date,
) -> Table:
    """A row for each stage and currency: what stands there, and what of that was due by ``day``.

    ``overdue`` holds, as cells of the stages it would be paid from, what schedules say was due and
    was not disbursed. The evidence has what each rate valued at each stage.
    """
    counts = counted(cells, valuation, counts_at)
    standing = valued(_by_stage(counts), valuation)
    late = valued(_by_stage(counted(overdue, valuation, counts_at)), valuation)
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
        evidence=rates_used(counts, valuation, tuple(map(str, STAGES))),
    )


def _by_stage(counts: Mapping[Group, int]) -> Mapping[Group, int]:
    """Counted stages as rows: the stage's place in the pipeline becomes the last dimension."""
    places = {str(stage): str(place) for place, stage in enumerate(STAGES)}
    return {
        Group((*group.key, places[group.figure]), "amount", group.of, group.day): units
        for group, units in counts.items()
    }


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


def overdue_layers(
    pledges: Sequence[Pledge], cells: Sequence[Cell], layers: Sequence[LayerCell], day: date
) -> list[LayerCell]:
    """What :func:`overdue_cells` gives, as parts of the layers that stand at those stages: the oldest are due first.

    Both ``cells`` and ``layers`` are cut by the pledge first.
    """
    standing: dict[tuple[Key, str, str], list[LayerCell]] = {}
    for layer in sorted(layers, key=lambda layer: layer.arrived):
        standing.setdefault((layer.key, layer.figure, layer.commodity), []).append(layer)
    found: list[LayerCell] = []
    for pledge in pledges:
        for late in _overdue(pledge, [cell for cell in cells if cell.key[0] == pledge.id], day):
            place = ((pledge.id, *late.key), str(late.stage), late.commodity)
            found += _oldest(standing.get(place, []), late.units)
    return found


def _oldest(layers: Sequence[LayerCell], units: int) -> list[LayerCell]:
    parts: list[LayerCell] = []
    for layer in layers:
        if part := min(max(layer.units, 0), units):
            parts.append(replace(layer, key=layer.key[1:], units=part))
            units -= part
    return parts


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
