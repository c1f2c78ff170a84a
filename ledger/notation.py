"""How a language writes figures, as a value: what :mod:`ledger.amount` reads by; and the English one.

The others are made by :mod:`ledger.locale`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

APOSTROPHES = str.maketrans(dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}", "'"))
"""What people type for an apostrophe, as it is compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Notation:
    """How a language, in a country, writes figures: marks, words for powers of ten, symbols and names of currencies.

    ``groups`` are the marks between thousands, the usual one first. Words and
    symbols are keyed as :func:`fold` gives them and lead to every meaning they can
    have: powers of ten, or ISO 4217 codes. One with several meanings is ambiguous.
    ``firmness`` has the words that may stand before a promised amount, and what they
    make it. ``links`` may stand before a name (French "d'euros"); with ``lakhs``,
    thousands may also be grouped the Indian way, 12,34,567.
    """

    tag: str
    decimal: str
    groups: tuple[str, ...]
    scales: Mapping[str, tuple[int, ...]]
    symbols: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    firmness: Mapping[str, str]
    links: tuple[str, ...] = ()
    lakhs: bool = False

    def sample(self) -> str:
        """An amount as this notation writes it: ``1.6bn GBP``."""
        return f"1{self.decimal}6{'' if self.tag.startswith('en') else ' '}{self.scale(9) or self.scale(6)} GBP"

    def example(self) -> str:
        """A figure as this notation writes it: ``1,600,000.50``."""
        group = " " if self.groups[0].isspace() else self.groups[0]
        return f"1{group}600{group}000{self.decimal}50"

    def scale(self, power: int) -> str | None:
        """The first word that means this power of ten and nothing else."""
        return next((word for word, powers in self.scales.items() if powers == (power,)), None)

    def currencies(self, word: str) -> tuple[str, ...]:
        """The codes this symbol, name or code can stand for; none where it is nothing of the kind."""
        key = fold(word)
        for link in self.links:
            key = key.removeprefix(link)
        known = self.symbols.get(key) or self.names.get(key)
        return known or ((key.upper(),) if re.fullmatch("[a-z]{3}", key) else ())


def fold(word: str) -> str:
    """A word as notations are keyed: small letters, single plain spaces, no full stop at its end.

    >>> fold("Mrd.")
    'mrd'
    """
    return " ".join(word.translate(APOSTROPHES).casefold().split()).removesuffix(".")


def meanings(table: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Words, folded, and the codes they can stand for, from a table of codes and their words."""
    pairs = ((fold(word), tuple(codes.split())) for codes, words in table.items() for word in words.split(", "))
    return MappingProxyType(dict(pairs))


_POWERS = {3: "k, thousand", 6: "m, mn, mln, million", 9: "bn, b, bln, billion", 12: "tn, trn, trillion"}
_SYMBOLS = {
    "GBP": "£, UK£, GB£", "EUR": "€", "UAH": "₴", "USD": "US$", "CAD": "CA$, C$, CAN$", "AUD": "A$, AU$",
    "NZD": "NZ$", "HKD": "HK$", "SGD": "S$, SG$", "TWD": "NT$", "BRL": "R$", "MXN": "MX$", "PLN": "zł", "CZK": "Kč",
    "KRW": "₩", "TRY": "₺", "INR": "₹", "ILS": "₪", "GEL": "₾", "KZT": "₸", "VND": "₫", "PHP": "₱", "THB": "฿",
    "RUB": "₽", "JPY": "JP¥", "CNY": "CN¥, RMB", "HUF": "Ft", "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP": "$",
    "JPY CNY": "¥", "DKK ISK NOK SEK": "kr", "INR PKR LKR NPR MUR SCR": "Rs",
}  # fmt: skip
_NAMES = {
    "GBP": "pound sterling, pounds sterling, sterling, British pound, British pounds", "EUR": "euro, euros",
    "UAH": "hryvnia, hryvnias, Ukrainian hryvnia, Ukrainian hryvnias", "USD": "US dollar, US dollars, U.S. dollars",
    "CAD": "Canadian dollars", "AUD": "Australian dollars", "PLN": "zloty, zlotys, złoty, złotys, Polish zlotys",
    "JPY": "yen, Japanese yen", "CHF": "Swiss francs", "DKK": "Danish kroner", "NOK": "Norwegian kroner",
    "SEK": "Swedish kronor", "KRW": "South Korean won", "TRY": "Turkish lira", "GBP EGP LBP": "pound, pounds",
    "USD CAD AUD NZD HKD SGD": "dollar, dollars", "DKK NOK": "krone, kroner", "SEK ISK": "krona, kronor",
    "CHF XAF XOF": "franc, francs", "KRW KPW": "won", "INR PKR": "rupee, rupees",
}  # fmt: skip
_FIRMNESS = {
    "at_least": "at least, no less than, not less than, more than, over, minimum, min",
    "up_to": "up to, at most, no more than, not more than, maximum, max",
    "about": "about, around, approximately, approx, roughly, circa, ca, nearly, almost, some",
}

ENGLISH = Notation(
    tag="en",
    decimal=".",
    groups=(",",),
    scales=MappingProxyType({word: (power,) for power, words in _POWERS.items() for word in words.split(", ")}),
    symbols=meanings(_SYMBOLS),
    names=meanings(_NAMES),
    firmness=MappingProxyType({word: kind for kind, words in _FIRMNESS.items() for word in words.split(", ")}),
)
"""English without a country: ``$``, ``¥`` and ``kr`` stay ambiguous."""
