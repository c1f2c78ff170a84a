"""Measures: what a figure in a report counts, as sums of stages.

``committed`` is what has reached that stage or gone beyond it, and so for the others:
accounting.md says each in words, :data:`MEASURES` in stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from ledger.journal import Stage
from ledger.money import Commodity, Money, commodity
from ledger.pledge import Instrument
from ledger.rate import Converter
from ledger.reports.cell import Cell, Key

_GONE = {Stage.DISBURSED, Stage.CALLED, Stage.REPAID, Stage.FORGIVEN}
_ALLOCATED = {Stage.ALLOCATED, *_GONE}
_COMMITTED = {Stage.COMMITTED, *_ALLOCATED}

MEASURES: Mapping[str, frozenset[Stage]] = {
    "pledged": frozenset({Stage.PLEDGED, *_COMMITTED}),
    "committed": frozenset(_COMMITTED),
    "allocated": frozenset(_ALLOCATED),
    "disbursed": frozenset(_GONE),
    "called": frozenset({Stage.CALLED, Stage.REPAID, Stage.FORGIVEN}),
    "repaid": frozenset({Stage.REPAID}),
    "forgiven": frozenset({Stage.FORGIVEN}),
    "cancelled": frozenset({Stage.CANCELLED}),
    "top_up": frozenset({Stage.EXCESS}),
    "outstanding": frozenset({Stage.PLEDGED, Stage.COMMITTED, Stage.ALLOCATED}),
    "owed": frozenset({Stage.DISBURSED, Stage.CALLED}),
}
"""The stages each measure is the sum of."""


def measures_of(stage: Stage, instrument: Instrument) -> tuple[str, ...]:
    """The measures in which an amount at this stage counts, for this instrument.

    Only what is repayable is ``owed``; only a guarantee is ``called``.
    """
    left_out = set()
    if not instrument.repayable:
        left_out.add("owed")
    if instrument is not Instrument.GUARANTEE:
        left_out.add("called")
    return tuple(name for name, stages in MEASURES.items() if stage in stages and name not in left_out)


@dataclass(frozen=True, slots=True)
class Valuation:
    """What figures are shown in: their own currencies, or one, at a policy's rates.

    ``on`` is the one day everything is valued at; without it each pledge is valued at its own day.
    """

    converter: Converter | None = None
    on: date | None = None

    def value(self, cell: Cell) -> tuple[Commodity, Fraction]:
        """The exact value of a cell, and the commodity it is in. Raises :class:`~ledger.errors.MissingRate`."""
        own = Money(cell.units, commodity(cell.commodity))
        day = self.on or cell.announced
        if self.converter is None or day is None:
            return own.commodity, own.value
        return self.converter.target, self.converter.exact(own, day)

    @property
    def by_pledge_day(self) -> bool:
        """Whether cells must be cut by the day their pledge was announced."""
        return self.converter is not None and self.on is None


@dataclass
class Figures:
    """Exact sums by key and commodity, one for each measure or stage."""

    sums: dict[tuple[Key, Commodity], dict[str, Fraction]] = field(default_factory=dict)

    def add(self, key: Key, of: Commodity, name: str, value: Fraction) -> None:
        """Add a value to one figure."""
        row = self.sums.setdefault((key, of), {})
        row[name] = row.get(name, Fraction()) + value

    def rows(self) -> list[tuple[Key, Commodity, Mapping[str, Fraction]]]:
        """The rows in which anything is not zero, by their dimensions and commodity."""
        kept = [(key, of, row) for (key, of), row in self.sums.items() if any(row.values())]
        return sorted(kept, key=lambda row: (tuple(part or "" for part in row[0]), row[1].code))

    def total(self) -> Figures:
        """The sums over all keys, by commodity: exact values added, not rounded ones."""
        whole = Figures()
        for (_, of), row in self.sums.items():
            for name, value in row.items():
                whole.add((), of, name, value)
        return whole


def measured(cells: Iterable[Cell], valuation: Valuation) -> Figures:
    """Every measure of these cells, by key and commodity. Items are left out: they are no money."""
    figures = Figures()
    for cell in cells:
        names = measures_of(cell.stage, cell.instrument)
        if names and cell.units and commodity(cell.commodity).is_currency:
            of, value = valuation.value(cell)
            for name in names:
                figures.add(cell.key, of, name, -value if cell.stage is Stage.EXCESS else value)
    return figures


def money(row: Mapping[str, Fraction], name: str, of: Commodity) -> Money:
    """One figure of a row, rounded once, halves away from zero."""
    return Money.rounded(row.get(name, Fraction()), of)
