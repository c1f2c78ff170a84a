"""The user's language: figures, days and names as people of a locale are shown them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.locale import tags
from ledger.locale.marks import grouped, marks_of
from ledger.locale.names import countries

if TYPE_CHECKING:
    from datetime import date

    from ledger.money import Money

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Language:
    """How people of a locale are shown figures, days and names.

    Raises :class:`InputError` for an unknown locale.

    >>> from ledger.money import Money, currency
    >>> Language("de").money(Money.of("1600000000", currency("GBP")))
    '1.600.000.000,00 GBP'
    """

    tag: str = "en"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag", tags.canonical(self.tag))

    def money(self, amount: Money) -> str:
        """An amount with all the digits that ISO 4217 gives its currency, and its code."""
        return f"{self.decimal(amount.plain())} {amount.commodity}"

    def number(self, number: int) -> str:
        """A whole number, grouped."""
        return self.decimal(str(number))

    def decimal(self, text: str) -> str:
        """A number in plain decimal notation, as the locale writes it: no digit is added, dropped or rounded.

        Raises :class:`ValueError` for text that is not a number in plain decimal notation.
        """
        if not _PLAIN.fullmatch(text):
            raise ValueError(f"'{text}' is not in plain decimal notation, such as -1600.50")
        marks = marks_of(self.tag)
        whole, _, decimals = text.removeprefix("-").partition(".")
        units = marks.groups[0].join(grouped(whole, lakhs=marks.lakhs))
        return (marks.minus if text[0] == "-" else "") + units + (marks.decimal + decimals if decimals else "")

    def day(self, day: date) -> str:
        """A day in the locale's middle length: ``2 Mar 2025``, ``02.03.2025``."""
        from babel.dates import format_date  # noqa: PLC0415 - see above

        return format_date(day, "medium", tags.cldr(self.tag))

    def party(self, code: str, fallback: str) -> str:
        """The country of this code (ISO 3166-1 alpha-2) by name, or the fallback where it is no country."""
        return countries(self.tag).get(code, fallback)

    def currency_name(self, code: str) -> str:
        """The currency of this code (ISO 4217) by name, or the code where it has none."""
        return str(tags.cldr(self.tag).currencies.get(code, code))
