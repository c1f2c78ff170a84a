"""Amounts, in whole minor units: how many digits a commodity has, exact values, one rounding, shares of a whole."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from ledger.formats.verifier.words import Unsound, shown

_DIGITS = {
    **dict.fromkeys("BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF TRL UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
"""Currencies that ISO 4217 does not give two digits."""

_AMOUNT = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_EXACT = re.compile(r"([0-9]{1,60}(?:\.[0-9]{1,60})?)(?:/([1-9][0-9]{0,40}))?")
_SIGNIFICANT = 12


@cache
def is_money(commodity: str) -> bool:
    """Whether a commodity is a currency: three capitals; anything else is an item."""
    return re.fullmatch("[A-Z]{3}", commodity) is not None


@cache
def digits_of(commodity: str) -> int:
    """How many digits an amount has after the point; an item has none."""
    return _DIGITS.get(commodity, 2) if is_money(commodity) else 0


def units_of(amount: str, commodity: str) -> int:
    """An amount in minor units, if it is written with exactly the digits of its commodity, and not zero."""
    found, digits = _AMOUNT.fullmatch(amount), digits_of(commodity)
    if not found or len(found[3] or "") != digits:
        raise Unsound(f"{shown(amount)} is no amount of {shown(commodity)}, which has {digits} digits after the point")
    units = int(found[1] + found[2] + (found[3] or ""))
    if not 0 < abs(units) < 2**63:
        raise Unsound(f"{shown(amount)} is no amount of {shown(commodity)}: zero, or beyond 64 bits")
    return units


def written(units: int, commodity: str) -> str:
    """Minor units as an amount is written: ``-752000000.00``."""
    digits = digits_of(commodity)
    text = str(abs(units)).rjust(digits + 1, "0")
    text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"-{text}" if units < 0 else text


def rounded(value: Fraction) -> int:
    """The nearest whole number to one that is not negative; a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def shares(whole: int, weights: list[int]) -> list[int]:
    """A whole split in proportion: the rest goes to the largest remainders, the first of equal ones."""
    total = sum(weights)
    parts = [whole * weight // total for weight in weights]
    left = whole - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in by_remainder[:left]:
        parts[at] += 1
    return parts


def exact(text: str) -> Fraction:
    """A rate with every digit: ``0.82608``, or over a whole number, ``19.20405/23``."""
    found = _EXACT.fullmatch(text)
    value = Fraction(found[1]) / int(found[2] or 1) if found else Fraction(0)
    if not value:
        raise Unsound(f"{shown(text)} is no exact rate, such as 0.82608 or 19.20405/23")
    return value


def twelve_digits(rate: Fraction) -> str:
    """A rate to twelve significant digits, a half going up, zeros at its end left out."""
    places = _SIGNIFICANT
    while rate * 10**places >= 10**_SIGNIFICANT:
        places -= 1
    while rate * 10**places < 10 ** (_SIGNIFICANT - 1):
        places += 1
    scaled = rounded(rate * Fraction(10) ** places)
    if places <= 0:
        return str(scaled * 10**-places)
    text = str(scaled).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".")
