"""The pipeline: how much stands at each stage, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from ledger.journal import Stage
from ledger.message import message
from ledger.money import Money, commodity
from ledger.period import Period
from ledger.pledge import Instrument, MoveKind, Pledge, sources
from ledger.reports.cell import Cell, Key, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.layers import oldest
from ledger.reports.measures import Group, Valuation, counts_of, money, valued
from ledger.reports.ranges import contingent, faces
from ledger.reports.totals import dimension_columns, unconverted
from ledger.selection import TIMES
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
_GONE = (Stage.DISBURSED, Stage.CALLED, Stage.REPAID, Stage.FORGIVEN)


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
    stated: Sequence[LayerCell] = (),
) -> Table:
    """A row for each stage and currency: what stands there, and what of that was due by ``day``.

    ``overdue`` holds, as cells of the stages it would be paid from, what schedules say was due and
    was not disbursed, ``stated`` what guarantees may come to beyond their face. Cut by time, ``amount`` is what
    came to a stage in that time, less what left it. The evidence has what each rate valued at each stage.
    """
    counts = counts_of(cells, valuation, counts_at)
    late = counts_of(overdue, valuation, counts_at)
    figures = valued({**_by_stage(counts, "amount"), **_by_stage(late, "overdue")}, valuation)
    rows = [
        (
            *key[:-1],
            str(STAGES[int(key[-1] or 0)]),
            of.code,
            money(row, "amount", of),
            money(row, "overdue", of),
            *valuation.policy(of),
        )
        for key, of, row in figures.rows()
    ]
    return Table(
        columns=[
            *dimension_columns(by, valuation),
            Column("stage", "code"),
            Column("currency", "code"),
            Column("amount", "money"),
            Column("overdue", "money"),
            *([Column("policy", "code")] if valuation.converter else []),
        ],
        rows=rows,
        notes=[
            *(
                [message("overdue: due by {day} by the pledges' schedules, and not disbursed", day=day)]
                if overdue
                else []
            ),
            *contingent(faces(cells, valuation, counts_at), stated, valuation),
            *unconverted(figures, valuation, ("amount", "overdue")),
        ],
        evidence=partial(rates_used, counts, valuation, tuple(map(str, STAGES))),
    )


def _by_stage(counts: Mapping[Group, int], name: str) -> Mapping[Group, int]:
    """Counted stages as rows: the stage's place in the pipeline becomes the last dimension."""
    places = {str(stage): str(place) for place, stage in enumerate(STAGES)}
    return {
        Group((*group.key, places[group.figure]), name, group.of, group.day): units for group, units in counts.items()
    }


def lasting(by: Sequence[str]) -> tuple[str, ...]:
    """The dimensions that are not times: what is overdue has the time of its instalment, not of an event."""
    return tuple(name for name in by if name not in TIMES)


def overdue_cells(pledges: Sequence[Pledge], cells: Sequence[Cell], by: Sequence[str], day: date) -> list[Cell]:
    """What schedules say was due by a day and was not disbursed, at the stages it would be paid from.

    ``cells`` are cut by the pledge and then by the :func:`lasting` dimensions of ``by``.
    """
    by_pledge = _by_pledge(cells)
    return [late for pledge in pledges for late in _overdue(pledge, by_pledge.get(pledge.id, []), by, day)]


def _by_pledge(cells: Sequence[Cell]) -> Mapping[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(str(cell.key[0]), []).append(cell)
    return found


def _overdue(pledge: Pledge, cells: Sequence[Cell], by: Sequence[str], day: date) -> Iterator[Cell]:
    """What is paid counts against the oldest instalment first."""
    account = {(cell.stage, cell.commodity): cell for cell in cells}
    left = {key: cell.units for key, cell in account.items()}
    for instalment in sorted(pledge.schedule, key=lambda due: due.on):
        code, unpaid = instalment.amount.commodity.code, instalment.amount.units
        for stage in (*_GONE, *_payable_from(pledge.instrument)) if instalment.on <= day else ():
            part = min(unpaid, max(0, left.get((stage, code), 0)))
            if part:
                unpaid, left[stage, code] = unpaid - part, left[stage, code] - part
            if part and stage not in _GONE:
                yield _late(account[stage, code], part, by, instalment.on)


def _late(cell: Cell, part: int, by: Sequence[str], due: date) -> Cell:
    """Part of what a cell holds, with the time of its instalment among the dimensions."""
    values = dict(zip(lasting(by), cell.key[1:], strict=True))
    values |= {name: str(Period.of(due, name)) for name in TIMES}
    return replace(cell, key=tuple(values[name] for name in by), units=part)


def overdue_layers(
    pledges: Sequence[Pledge], cells: Sequence[Cell], layers: Sequence[LayerCell], by: Sequence[str], *, day: date
) -> list[LayerCell]:
    """What :func:`overdue_cells` gives, as parts of the layers that stand at those stages: the oldest are due first.

    ``layers`` are cut as ``cells`` are.
    """
    standing: dict[tuple[Key, str, str], list[LayerCell]] = {}
    for layer in sorted(layers, key=lambda layer: layer.arrived):
        standing.setdefault((layer.key, layer.figure, layer.commodity), []).append(layer)
    found: list[LayerCell] = []
    by_pledge = _by_pledge(cells)
    for pledge in pledges:
        for late in _overdue(pledge, by_pledge.get(pledge.id, []), by, day):
            kept = (part for name, part in zip(by, late.key, strict=True) if name not in TIMES)
            layers_there = standing.get(((pledge.id, *kept), str(late.stage), late.commodity), [])
            found += [replace(part, key=late.key) for part in oldest(layers_there, late.units)]
    return found


def _payable_from(instrument: Instrument) -> tuple[Stage, ...]:
    kind = MoveKind.CALL if instrument is Instrument.GUARANTEE else MoveKind.DISBURSE
    return sources(kind, instrument)


def residuals(pledge: Pledge, promised: Mapping[str, int]) -> list[Money]:
    """What a pledge's schedule leaves of its promise, by currency: positive where instalments fall short."""
    planned: dict[str, int] = {}
    for instalment in pledge.schedule:
        code = instalment.amount.commodity.code
        planned[code] = planned.get(code, 0) + instalment.amount.units
    left = {code: promised.get(code, 0) - units for code, units in planned.items()}
    return [Money(units, commodity(code)) for code, units in sorted(left.items()) if units]
