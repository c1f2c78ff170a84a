"""Figures: amounts, counts and rates as the tracker's cells hold them, exact, and converted once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.layout import Row, words
from ledger.formats.workbook import Cell
from ledger.money import Commodity, Money, currency

EUR = currency("EUR")
NEAR = Fraction(1, 100)
"""How far, in euros, an amount at the table's rate may lie from the publisher's own figure and still be the same."""

_MOST = 10**15  # in any currency: more than there is money in the world
_MOST_UNITS = 10**12
_WRITTEN = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(?:\.[0-9]{1,18})?")
_UNSAID = frozenset({"undisclosed", "not disclosed", "unknown", "unclear", "unspecified", "not specified"})


def amount(row: Row, column: str) -> Fraction | None:
    """The exact value of a cell; None where it is absent. Raises :class:`InputError` for what is no amount."""
    found = _number(row[column])
    if found is not None and abs(found) > _MOST:
        raise InputError("no amount can be as large as this: correct it in the file")
    return found


def count(row: Row, column: str) -> int | None:
    """A whole number of pieces; None where it is absent or undisclosed. Raises :class:`InputError` otherwise."""
    found = _number(row[column])
    if found is None:
        return None
    if found.denominator != 1 or not 0 <= found <= _MOST_UNITS:
        raise InputError("a number of pieces is a whole number, zero or more: correct it in the file")
    return int(found)


def _number(cell: Cell) -> Fraction | None:
    if isinstance(cell, Decimal):
        if cell.adjusted() > 30:  # noqa: PLR2004 - before a fraction of hundreds of digits is made of it
            raise InputError("no number here can be as large as this: correct it in the file")
        return Fraction(0) if cell.adjusted() < -30 else Fraction(cell)  # noqa: PLR2004
    text = words(cell)
    if not text or text.casefold() in _UNSAID:
        return None
    if isinstance(cell, bool) or not _WRITTEN.fullmatch(text):
        raise InputError("this is not a number: correct it in the file")
    return Fraction(text.replace(",", ""))


@dataclass(frozen=True, slots=True)
class Rates:
    """The workbook's table of rates: units of each currency per euro. What it does not hold has no rate."""

    per_euro: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, code: str) -> Fraction | None:
        """Units per euro; None where there is no rate."""
        return Fraction(1) if code == EUR.code else self.per_euro.get(code)

    def exact(self, euros: Fraction, of: Commodity) -> Fraction:
        """So many euros in a currency that has a rate."""
        return euros * self.per_euro[of.code] if of != EUR else euros

    def euros(self, amount_: Money) -> Fraction:
        """An amount of a currency that has a rate, in euros."""
        return amount_.value / (self.per_euro[amount_.commodity.code] if amount_.commodity != EUR else 1)


def known_currency(code: str) -> Commodity | None:
    """The currency with this code, in any case; None where ISO 4217 has no such money."""
    upper = code.upper()
    if len(upper) != 3 or not upper.isascii() or not upper.isalpha():  # noqa: PLR2004 - ISO 4217
        return None
    try:
        return currency(upper)
    except InputError:
        return None
