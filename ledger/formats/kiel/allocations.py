"""Allocations: what of a package was earmarked, as the publisher redistributes it over packages.

An allocation is the rows that share an `Allocation ID`; it counts at its redistributed value in euros. That is
converted at the workbook's rate into the money the package promises, added up before it is rounded, so that what is
allocated in full takes exactly what is promised, and what goes beyond is beyond by exactly that much.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.days import Said, earliest
from ledger.formats.kiel.figures import EUR, NEAR, Rates, amount, known_currency
from ledger.formats.kiel.layout import ALLOCATED, ALLOCATION, CURRENCY, REDISTRIBUTED, Row
from ledger.formats.kiel.packages import Package
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.money import Commodity, Money
from ledger.recognition.proposal import Rejection, Remark

_LONGEST_KEY = 60
_UNFIT = re.compile(r"[\s:+]+")  # what origins are joined by


@dataclass(frozen=True, slots=True)
class Allocation:
    """One allocation: its key within the package, its rows, its day, its value in euros and the money it is in."""

    key: str
    rows: Sequence[Row]
    said: Said
    euros: Fraction
    of: Commodity | None

    @property
    def order(self) -> tuple[bool, object, str]:
        """What adds before what takes back, by day."""
        return (self.euros < 0, self.said.on, self.key)


def allocations(package: Package) -> tuple[list[Allocation], list[Rejection | Remark]]:
    """The allocations of a package in their order, and the values that cannot be read or do not count."""
    findings: list[Rejection | Remark] = []
    undated = [earliest(package.said(package.rows))]
    found = []
    for key, rows in _by_key(package.rows).items():
        euros = sum((_euros(row, findings) for row in rows), Fraction())
        if not euros:
            findings += _redistributed(rows)
        dated = [one for one in package.said(rows) if one.on] or undated
        found.append(Allocation(key, rows, earliest(dated), euros, _currency(rows)))
    return sorted(found, key=lambda one: one.order), findings


def _by_key(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The rows of each allocation. One without an ID is numbered; a commitment's row is one only by its value."""
    found: dict[str, list[Row]] = {}
    unnamed: list[Row] = []
    for row in rows:
        if not (row.allocates or _holds(row)):
            continue
        key = _UNFIT.sub("_", cleaned(row.text(ALLOCATION)))[:_LONGEST_KEY]
        if key:
            found.setdefault(key, []).append(row)
        else:
            unnamed.append(row)
    free = (str(number) for number in range(1, len(found) + len(unnamed) + 1) if str(number) not in found)
    return found | {key: [row] for key, row in zip(free, unnamed, strict=False)}


def _holds(row: Row) -> bool:
    try:
        return bool(amount(row, REDISTRIBUTED))
    except InputError:
        return True  # it is said once the allocation is read


def _euros(row: Row, findings: list[Rejection | Remark]) -> Fraction:
    try:
        return amount(row, REDISTRIBUTED) or Fraction()
    except InputError as error:
        findings.append(Rejection(row.at(REDISTRIBUTED), error.message))
        return Fraction()


def _redistributed(rows: Sequence[Row]) -> list[Remark]:
    for row in rows:
        try:
            elsewhere = amount(row, ALLOCATED)
        except InputError:
            continue
        if elsewhere:
            why = message("the publisher redistributes this over other packages: none of it counts as allocated here")
            return [Remark(row.at(ALLOCATED), why)]
    return []


def _currency(rows: Sequence[Row]) -> Commodity | None:
    found = {known_currency(row.text(CURRENCY)) for row in rows} - {None}
    return found.pop() if len(found) == 1 else None


@dataclass
class Pool:
    """What a package promises and what of it is allocated, by currency."""

    rates: Rates
    promised: Mapping[Commodity, Money]
    exact: dict[Commodity, Fraction] = field(default_factory=dict)
    held: dict[Commodity, Money] = field(default_factory=dict)

    @property
    def euros(self) -> Fraction:
        """What is allocated, in euros."""
        return sum((self.rates.euros(money) for money in self.held.values()), Fraction())

    def currency_of(self, allocation: Allocation) -> Commodity:
        """The allocation's own money if the package promises it, or promises none; else what it promises most of."""
        own = allocation.of if allocation.of and self.rates.of(allocation.of.code) else None
        if own and (own in self.promised or not self.promised):
            return own
        if not self.promised:
            return EUR
        return max(self.promised, key=lambda of: (self.rates.euros(self.promised[of]), of.code))

    def add(self, allocation: Allocation) -> Money:
        """Allocate so many euros: the amount that goes to the stage, in the package's money."""
        of = self.currency_of(allocation)
        self.exact[of] = self.exact.get(of, Fraction()) + self.rates.exact(allocation.euros, of)
        target, promised = Money.rounded(self.exact[of], of), self.promised.get(of)
        if promised and self.rates.euros(_apart(target, promised)) <= 2 * NEAR:
            target = promised
        before = self.held.get(of, Money(0, of))
        self.held[of] = target.held()
        return target - before

    def take(self, euros: Fraction, of: Commodity | None = None) -> tuple[list[Money], Fraction]:
        """Take so many euros back, of this money first: the amounts, and what there was not enough for."""
        amounts, left = [], euros
        for own in sorted(self.held, key=lambda one: (one != of, one.code)):
            part = min(Money.rounded(self.rates.exact(left, own), own), self.held[own])
            if part.units > 0:
                amounts.append(part)
                self.held[own] -= part
                left -= self.rates.euros(part)
        return amounts, left if left > NEAR else Fraction()


def _apart(one: Money, other: Money) -> Money:
    return one - other if one > other else other - one
