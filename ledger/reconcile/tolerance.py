"""Tolerance: how far two figures may lie apart and still be taken for the same."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Tolerance:
    """An amount, or a share of the figure that is compared with (``Fraction(1, 200)`` is half a per cent)."""

    amount: Money | None = None
    share: Fraction = Fraction(0)

    def covers(self, difference: Fraction, figure: Fraction) -> bool:
        """Whether a difference from a figure, both in the currency's own unit, is within it."""
        most = abs(figure) * self.share if self.amount is None else self.amount.value
        return abs(difference) <= most


NONE = Tolerance()
"""Nothing may differ."""


def half_unit(money: Money) -> Fraction:
    """Half a unit of the last digit that is not zero: how far rounding may have moved a figure.

    >>> from ledger.money import currency
    >>> half_unit(Money.of("1600000000", currency("GBP"))), half_unit(Money.of("752000000", currency("GBP")))
    (Fraction(50000000, 1), Fraction(500000, 1))
    """
    units, unit = abs(money.units), 1
    while units and units % 10 == 0:
        units, unit = units // 10, unit * 10
    return Fraction(unit, 2 * 10**money.commodity.digits)


def percent(share: Fraction, digits: int = 2) -> str:
    """A share as per cent with so many decimals, rounded half away from zero.

    >>> percent(Fraction(-1, 3)), percent(Fraction(1, 100))
    ('-33.33', '1.00')
    """
    scaled = abs(share) * 100 * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(units).rjust(digits + 1, "0")
    return f"{'-' if share < 0 and units else ''}{text[:-digits]}.{text[-digits:]}"
