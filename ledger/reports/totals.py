"""Totals: every measure of a selection, cut by any dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ledger.money import Money
from ledger.pledge import Instrument
from ledger.reports.cell import Cell, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.measures import MEASURES, Valuation, counted, measured, money, valued
from ledger.table import Cell as TableCell
from ledger.table import Column, Kind, Table

KINDS: dict[str, Kind] = {"donor": "party", "recipient": "party", "currency": "code", "pledge": "code"}


def totals(
    cells: Sequence[Cell | LayerCell], by: Sequence[str], valuation: Valuation, *, undisclosed: int = 0
) -> Table:
    """A row for each combination of dimensions and currency, with every measure.

    Amounts are rounded once each; totals are rounded from exact sums, so printed rows may differ
    from them in the last digit, which a note says. The evidence has what each rate valued.
    """
    counts = counted(cells, valuation)
    figures = valued(counts, valuation)
    policy = (str(valuation.converter.policy),) if valuation.converter else ()
    rows = [(*key, of.code, *(money(row, name, of) for name in MEASURES), *policy) for key, of, row in figures.rows()]
    labels: tuple[TableCell, ...] = tuple(None for _ in by)
    total = [
        (*labels, of.code, *(money(row, name, of) for name in MEASURES), *policy)
        for _, of, row in figures.total().rows()
    ]
    return Table(
        columns=columns(by, valuation),
        rows=rows,
        totals=total if by else (),
        notes=[*_rounding(rows, total, len(by)), *_contingent(cells, valuation), *_undisclosed(undisclosed)],
        evidence=rates_used(counts, valuation, tuple(MEASURES)),
    )


def columns(by: Sequence[str], valuation: Valuation) -> list[Column]:
    """The columns of a report on these dimensions: them, the currency, each measure, the policy."""
    policy = [Column("policy", "code")] if valuation.converter else []
    names = dimension_columns(by, valuation)
    return [*names, Column("currency", "code"), *(Column(name, "money") for name in MEASURES), *policy]


def dimension_columns(by: Sequence[str], valuation: Valuation) -> list[Column]:
    """The columns of the dimensions; the currency is the original one where figures are converted."""
    renamed = {"currency": "original_currency"} if valuation.converter else {}
    return [Column(renamed.get(name, name), KINDS.get(name, "text")) for name in by]


def _rounding(rows: Sequence[Sequence[TableCell]], total: Sequence[Sequence[TableCell]], dimensions: int) -> list[str]:
    """By how much the printed rows of a converted report differ from its printed total."""
    notes = []
    for place, name in enumerate(MEASURES, dimensions + 1):
        for whole in total:
            printed = [row[place] for row in rows if row[dimensions] == whole[dimensions]]
            parts = sum(cell.units for cell in printed if isinstance(cell, Money))
            exact = whole[place]
            if isinstance(exact, Money) and parts != exact.units:
                word = "more" if parts > exact.units else "less"
                difference = Money(abs(parts - exact.units), exact.commodity)
                notes.append(f"the printed rows of {name} add up to {difference} {word} than the exact total")
    return notes


def _contingent(cells: Sequence[Cell | LayerCell], valuation: Valuation) -> list[str]:
    guarantees = [cell for cell in cells if cell.instrument is Instrument.GUARANTEE]
    return [
        f"of what is pledged, {money(row, 'outstanding', of)} is contingent: guarantees at face"
        for _, of, row in measured(guarantees, valuation).total().rows()
        if row.get("outstanding", Fraction())
    ]


def _undisclosed(count: int) -> list[str]:
    if not count:
        return []
    pledges = "pledge of undisclosed value is" if count == 1 else "pledges of undisclosed value are"
    return [f"{count} {pledges} counted, not valued"]
