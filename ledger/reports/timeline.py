"""The timeline: every measure by month, quarter or year, of each time by itself or of all time up to then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

from ledger.errors import InputError
from ledger.message import Message, message
from ledger.money import Commodity
from ledger.period import Period, Size
from ledger.reports.cell import Cell, Key, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.measures import MEASURES, Valuation, counts_of, valued
from ledger.reports.ranges import contingent, faces
from ledger.reports.ranking import Shown, unranked
from ledger.reports.totals import amounts, columns, rounding, unconverted, undisclosed_note
from ledger.table import Column, Table

MOST_FILLER = 10_000
"""No more rows than this are added for times in which nothing happened."""


def timeline(
    cells: Sequence[Cell | LayerCell],
    by: Sequence[str],
    valuation: Valuation,
    *,
    each: Size,
    cumulative: bool = False,
    stated: Sequence[LayerCell] = (),
    undisclosed: int = 0,
) -> Table:
    """A row for each period, combination of dimensions and currency, with every measure.

    ``cells`` are cut by the periods and then by the dimensions. From the first period in which anything happened to
    the last one, every combination and currency has every period, with zeros where nothing happened; ``cumulative``
    adds up all that happened up to the period's end, exactly, and rounds once. Totals are of the whole.
    Raises :class:`InputError` where that makes more than :data:`MOST_FILLER` rows in which nothing happened.
    """
    counts = counts_of(cells, valuation)
    figures = valued(counts, valuation)
    happened, whole = unranked(figures)
    rows = list(_filled(happened, each))
    shown = list(_running(rows)) if cumulative else rows
    policy = valuation.policy
    return Table(
        columns=[Column("period", "code"), *columns(by, valuation)],
        rows=[(*row.key, *amounts(row, MEASURES), *policy(row.of)) for row in shown],
        totals=[(*(None for _ in ("period", *by)), *amounts(row, MEASURES), *policy(row.of)) for row in whole],
        notes=[
            *([] if cumulative else rounding(rows, whole, tuple(MEASURES))),
            *contingent(faces(cells, valuation), stated, valuation),
            *unconverted(figures, valuation, tuple(MEASURES)),
            *undisclosed_note(undisclosed),
        ],
        evidence=partial(rates_used, counts, valuation, tuple(MEASURES)),
    )


def _filled(rows: Sequence[Shown], each: Size) -> Iterator[Shown]:
    """The rows with those between them in which nothing happened, by period, dimensions and currency."""
    if not rows:
        return
    there = {(row.key, row.of): row for row in rows}
    places = sorted({(row.key[1:], row.of) for row in rows}, key=_order)
    periods = list(_periods(str(rows[0].key[0]), str(rows[-1].key[0])))
    filler = len(periods) * len(places) - len(rows)
    if filler > MOST_FILLER:
        raise InputError(
            "the timeline from {first} to {last} has {rows} rows in which nothing happened, and shows at most {most}",
            first=periods[0],
            last=periods[-1],
            rows=filler,
            most=MOST_FILLER,
            hint=_shorter(each),
        )
    for period in periods:
        for rest, of in places:
            key = (period, *rest)
            yield there.get((key, of)) or Shown(key, of, {})


def _shorter(each: Size) -> Message:
    """What makes a timeline shorter."""
    if each == "year":
        return message("ask for fewer dimensions (--by), or a shorter time (--from, --until)")
    return message("ask for longer periods (--each year), fewer dimensions (--by), or a shorter time (--from, --until)")


def _order(place: tuple[Key, Commodity]) -> tuple[tuple[str, ...], str]:
    key, of = place
    return tuple(part or "" for part in key), of.code


def _periods(first: str, last: str) -> Iterator[str]:
    period, end = Period.parse(first), Period.parse(last)
    while period.start <= end.start:
        yield str(period)
        period = Period.of(period.end, period.size)


def _running(rows: Sequence[Shown]) -> Iterator[Shown]:
    """The rows with the sums of all rows of their dimensions and currency up to them: exact values added."""
    so_far: dict[tuple[Key, Commodity], dict[str, Fraction]] = {}
    for row in rows:
        held = so_far.setdefault((row.key[1:], row.of), {})
        for name, value in row.figures.items():
            held[name] = held.get(name, Fraction()) + value
        yield row._replace(figures=dict(held))
