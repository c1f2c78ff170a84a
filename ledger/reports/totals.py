"""Totals: every measure of a selection, cut by any dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ledger.message import counted, message
from ledger.money import Money
from ledger.reports.cell import Cell, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.measures import MEASURES, Figures, Valuation, counts_of, money, valued
from ledger.reports.ranges import RANGE, contingent, faces, ranges
from ledger.reports.ranking import Ranking, Shown, ranked, unranked
from ledger.table import Cell as TableCell
from ledger.table import Column, Kind, Table, rounded_off

KINDS: dict[str, Kind] = {"donor": "party", "recipient": "party", "currency": "code", "pledge": "code"}
_RATED = (*MEASURES, "low", "max_exposure")
"""The figures that the evidence of a range has: the others are ``pledged`` in other words."""

Line = Sequence[TableCell]


@dataclass(frozen=True, slots=True)
class Extent:
    """What totals have beside the measures: the range of each row, or only the largest rows, with their ranks."""

    ranged: bool = False
    ranking: Ranking | None = None

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures, as they stand in a row."""
        return (*MEASURES, *(RANGE if self.ranged else ()))


PLAIN = Extent()


def totals(
    cells: Sequence[Cell | LayerCell],
    by: Sequence[str],
    valuation: Valuation,
    *,
    extent: Extent = PLAIN,
    stated: Sequence[LayerCell] = (),
    undisclosed: int = 0,
) -> Table:
    """A row for each combination of dimensions and currency, with every measure.

    Amounts are rounded once each; totals are rounded from exact sums, so printed rows may differ
    from them in the last digit, which a note says. ``stated`` is what the pledges' words do to the range.
    The evidence has what each rate valued.
    """
    counts, face = counts_of(cells, valuation), faces(cells, valuation)
    if extent.ranged:
        counts = ranges(counts, face, stated, valuation)
    figures = valued(counts, valuation)
    rows, below = ranked(figures, extent.ranking) if extent.ranking else unranked(figures)
    rated = [name for name in _RATED if name in extent.figures]
    return Table(
        columns=columns(by, valuation, extent),
        rows=[_line(row, by, valuation, extent) for row in rows],
        totals=[_line(row, by, valuation, extent) for row in below] if by else (),
        notes=[
            *rounding(rows, below, extent.figures),
            *contingent(face, stated, valuation),
            *unconverted(figures, valuation, extent.figures),
            *undisclosed_note(undisclosed),
        ],
        evidence=partial(rates_used, counts, valuation, rated),
    )


def _line(row: Shown, by: Sequence[str], valuation: Valuation, extent: Extent) -> Line:
    labels = (*row.key, *(None for _ in by[len(row.key) :]))
    return (*labels, *amounts(row, extent.figures), *valuation.policy(row.of), *row.place)


def amounts(row: Shown, names: Iterable[str]) -> Line:
    """The currency of a row and its figures, rounded once each."""
    open_ended = "yes" if row.figures.get("open") else None
    figures = (open_ended if name == "open" else money(row.figures, name, row.of) for name in names)
    return (row.of.code, *figures)


def columns(by: Sequence[str], valuation: Valuation, extent: Extent = PLAIN) -> list[Column]:
    """The columns of a report on these dimensions: them, the currency, each figure, the policy, the rank."""
    policy = [Column("policy", "code")] if valuation.converter else []
    place = [Column("rank", "count"), Column("share", "number")] if extent.ranking else []
    figures = [Column(name, "code" if name == "open" else "money") for name in extent.figures]
    return [*dimension_columns(by, valuation), Column("currency", "code"), *figures, *policy, *place]


def dimension_columns(by: Sequence[str], valuation: Valuation) -> list[Column]:
    """The columns of the dimensions; the currency is the original one where figures are converted."""
    renamed = {"currency": "original_currency"} if valuation.converter else {}
    return [Column(renamed.get(name, name), KINDS.get(name, "text")) for name in by]


def rounding(rows: Sequence[Shown], below: Sequence[Shown], names: Iterable[str]) -> list[str]:
    """By how much the printed rows of a converted report differ from its printed totals, the others among the rows."""
    wholes = [row for row in below if not row.key]
    parts = [*rows, *(row for row in below if row.key)]
    notes: list[str] = []
    for name in names:
        for whole in wholes if name != "open" else ():
            printed = sum(money(row.figures, name, row.of).units for row in parts if row.of == whole.of)
            exact = money(whole.figures, name, whole.of)
            if printed != exact.units:
                notes.append(rounded_off(name, Money(printed - exact.units, exact.commodity)))
    return notes


def unconverted(figures: Figures, valuation: Valuation, names: Sequence[str]) -> list[str]:
    """What there was no rate for, by currency: the largest of these figures."""
    if valuation.converter is None:
        return []
    notes: list[str] = []
    for _, of, row in figures.total().rows():
        if of != valuation.converter.target:
            name = max(names, key=lambda name: abs(row.get(name, Fraction())))
            notes.append(
                message(
                    "no rate to {currency} for {amount} ({measure}): it stands in rows of its own",
                    currency=valuation.converter.target.code,
                    amount=money(row, name, of),
                    measure=name,
                )
            )
    return notes


def undisclosed_note(count: int) -> list[str]:
    """How many pledges are in no figure, because nobody said what they are worth."""
    if not count:
        return []
    return [
        counted(
            "{count} pledge of undisclosed value is counted, not valued",
            "{count} pledges of undisclosed value are counted, not valued",
            count=count,
        )
    ]
