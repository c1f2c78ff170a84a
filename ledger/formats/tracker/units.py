"""Units: what the words beside a figure say it is of, such as ``€ billion`` or ``Amount (USD m)``."""

from __future__ import annotations

import re
from typing import NamedTuple

from ledger.formats.mapped.map import UNITS
from ledger.formats.mapped.vocabulary import UNITS as WORDS
from ledger.money import Commodity, currency

_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "¥": None, "$": None}
_NAMES = {"euro": "EUR", "euros": "EUR", "pounds": "GBP"}
_CODES = frozenset(["AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "JPY", "NOK", "PLN", "SEK", "USD"])
"""The currencies that a header is believed to name: codes of others are words as well (ALL, TOP, TRY)."""

_SHORT = re.compile(r"\b(?:[A-Z]{3}|[€£$]) ?(m|k)\b")
_SHORTS = {"m": "million", "k": "thousand"}


class Unit(NamedTuple):
    """How much one stands for, and of which currency; None where the words do not say."""

    factor: int | None = None
    of: Commodity | None = None

    def under(self, other: Unit) -> Unit:
        """This unit, and of another what it leaves open."""
        return Unit(self.factor or other.factor, self.of or other.of)


def unit_of(text: str) -> Unit:
    """What the words of a column's name, or those below it, say.

    >>> unit_of("Total (EUR billion)"), unit_of("€ million")
    (Unit(factor=1000000000, of=Commodity(code='EUR', digits=2, kind='currency')), Unit(factor=1000000, \
of=Commodity(code='EUR', digits=2, kind='currency')))
    """
    apart = text.replace("_", " ")
    return Unit(_factor(apart), _currency(apart))


def _factor(text: str) -> int | None:
    if short := _SHORT.search(text):
        return UNITS[_SHORTS[short[1]]]
    return next((UNITS[word] for word, pattern in WORDS.items() if re.search(pattern, text.casefold())), None)


def _currency(text: str) -> Commodity | None:
    for sign, code in _SIGNS.items():
        if sign in text:
            return currency(code) if code else None  # whose dollar it is, a map says
    for word in re.findall("[a-z]+", text.casefold()):
        if (code := _NAMES.get(word, word.upper())) in _CODES:
            return currency(code)
    return None
