"""Measures: what a figure in a report counts, as sums of stages.

``committed`` is what has reached that stage or gone beyond it, and so for the others:
accounting.md says each in words, :data:`MEASURES` in stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ledger.conversion import Converter
from ledger.errors import MissingRate
from ledger.journal import Stage
from ledger.money import Commodity, Money, commodity
from ledger.pledge import Instrument
from ledger.rate import RateUsed
from ledger.reports.cell import Cell, CountsIn, Key, LayerCell
from ledger.reports.exact import Part, exact_sum

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


@cache
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

    ``on`` is the one day everything is valued at; without it each pledge is valued at its own day, or
    with ``by_event`` each amount at the day it reached the figure it counts in. With ``list_missing``, what
    there is no rate for stays in its own currency, in rows of its own; without it, that is refused.
    """

    converter: Converter | None = None
    on: date | None = None
    by_event: bool = False
    list_missing: bool = False
    _missing: set[tuple[str, date]] = field(default_factory=set, compare=False, repr=False)

    def value(self, own: Money, day: date | None) -> tuple[Commodity, Fraction]:
        """The exact value of an amount of a day, and the commodity it is in.

        Raises :class:`~ledger.errors.MissingRate` where there is no rate and what is missing is not to be listed.
        """
        if self.converter is None or day is None or (self.list_missing and self.used(own.commodity, day) is None):
            return own.commodity, own.value
        return self.converter.target, self.converter.exact(own, day)

    def used(self, of: Commodity, day: date) -> RateUsed | None:
        """The rate that a currency of a day is valued at; None where it is not converted. Raises as :meth:`value`."""
        if self.converter is None or (of.code, day) in self._missing:
            return None
        try:
            return self.converter.used(of.code, day)
        except MissingRate:
            if not self.list_missing:
                raise
            self._missing.add((of.code, day))
            return None

    def policy(self, of: Commodity) -> tuple[str | None, ...]:
        """The cell beside a row in a currency that names the policy: empty where the row could not be converted.

        There is no such cell where figures stay in their own currencies.
        """
        if self.converter is None:
            return ()
        return (str(self.converter.policy) if of == self.converter.target else None,)

    @property
    def by_pledge_day(self) -> bool:
        """Whether cells must be cut by the day their pledge was announced."""
        return self.converter is not None and self.on is None and not self.by_event

    @property
    def by_layer(self) -> bool:
        """Whether amounts must be followed as layers, each valued at its own day."""
        return self.converter is not None and self.by_event


class Group(NamedTuple):
    """What is valued at once: one figure of one row, in one currency, of one day (None: no day is asked for)."""

    key: Key
    figure: str
    of: Commodity
    day: date | None


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


def counts_of(
    cells: Iterable[Cell | LayerCell], valuation: Valuation, figures: CountsIn = measures_of
) -> Mapping[Group, int]:
    """Every figure of these cells in signed minor units, by row, currency and the day it is valued at.

    Items are left out: they are no money. What is beyond any promise stands on the credit side, and counts.
    """
    counts: dict[str, dict[tuple[Key, str, date | None], int]] = {}
    for cell in cells:
        units = cell.units
        names = (cell.figure,) if isinstance(cell, LayerCell) else figures(cell.stage, cell.instrument)
        day = valuation.on or (cell.arrived if isinstance(cell, LayerCell) else cell.announced)
        held = counts.setdefault(cell.commodity, {})
        for name in names:
            place = (cell.key, name, day)
            held[place] = held.get(place, 0) + (-units if name == "top_up" else units)
    money = {of: held for code, held in counts.items() if (of := commodity(code)).is_currency}
    return {Group(key, name, of, day): units for of, held in money.items() for (key, name, day), units in held.items()}


def valued(counts: Mapping[Group, int], valuation: Valuation) -> Figures:
    """What counted groups are worth, by row and commodity; what is nothing needs no rate.

    A rate is looked up for each day and currency, never for each posting. Raises
    :class:`~ledger.errors.MissingRate` where there is none.
    """
    worth: dict[tuple[str, date | None], tuple[Commodity, int, int]] = {}
    parts: dict[tuple[Key, str, str], list[Part]] = {}
    for (key, name, own, day), units in counts.items():
        if units:
            asked = (own.code, day)
            if asked not in worth:
                of, rate = valuation.value(Money(1, own), day)
                worth[asked] = (of, rate.numerator, rate.denominator)
            of, numerator, denominator = worth[asked]
            parts.setdefault((key, of.code, name), []).append((units * numerator, denominator))
    figures = Figures()
    for (key, code, name), values in parts.items():
        figures.add(key, commodity(code), name, exact_sum(values))
    return figures


def measured(cells: Iterable[Cell | LayerCell], valuation: Valuation) -> Figures:
    """Every measure of these cells, by key and commodity; raises as :func:`valued`."""
    return valued(counts_of(cells, valuation), valuation)


def money(row: Mapping[str, Fraction], name: str, of: Commodity) -> Money:
    """One figure of a row, rounded once, halves away from zero."""
    return Money.rounded(row.get(name, Fraction()), of)
