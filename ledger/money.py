"""Exact money: a commodity, an amount of it, and a balance of several.

An amount is a whole number of minor units (pence, or pieces of an item), never a
float. ISO 4217 says how many digits a currency has; an item has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Literal

from ledger.errors import AmountError, InputError, Refusal

MOST_UNITS = 2**63 - 1
"""The largest number of minor units an amount may have (a signed 64-bit integer)."""

WITHDRAWN: Mapping[str, tuple[int, date]] = {
    "ANG": (2, date(2025, 4, 1)),
    "BGN": (2, date(2026, 1, 1)),
    "BYR": (0, date(2017, 1, 1)),
    "CUC": (2, date(2021, 6, 30)),
    "CYP": (2, date(2008, 1, 1)),
    "EEK": (2, date(2011, 1, 1)),
    "HRK": (2, date(2023, 1, 1)),
    "LTL": (2, date(2015, 1, 1)),
    "LVL": (2, date(2014, 1, 1)),
    "MRO": (2, date(2018, 1, 1)),
    "MTL": (2, date(2008, 1, 1)),
    "ROL": (2, date(2005, 7, 1)),
    "SIT": (2, date(2007, 1, 1)),
    "SKK": (2, date(2009, 1, 1)),
    "SLL": (2, date(2024, 4, 1)),
    "STD": (2, date(2018, 4, 1)),
    "TRL": (0, date(2005, 1, 1)),
    "VEF": (2, date(2018, 8, 20)),
    "ZMK": (2, date(2013, 1, 1)),
    "ZWL": (2, date(2024, 9, 1)),
}
"""Currencies withdrawn since 2005 (ISO 4217, list three): digits, and the day they ended."""

_ITEM = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Commodity:
    """What an amount is of: an ISO 4217 currency, or a registered item.

    ``digits`` is the ISO exponent: 2 for GBP, 0 for JPY, 3 for KWD, 0 for an item.
    """

    code: str
    digits: int
    kind: Literal["currency", "item"] = "currency"

    def __hash__(self) -> int:
        return hash(self.code)  # which says the rest

    @property
    def is_currency(self) -> bool:
        """Whether this is money, and not pieces of something."""
        return self.kind == "currency"

    def __str__(self) -> str:
        return self.code


@cache
def currency(code: str) -> Commodity:
    """The currency with this ISO 4217 code, withdrawn ones included.

    >>> currency("KWD").digits
    3

    Raises :class:`InputError` for a code that ISO 4217 does not list, or lists
    without a minor unit (gold, the SDR).
    """
    if code in WITHDRAWN:
        return Commodity(code, WITHDRAWN[code][0])
    from iso4217 import Currency  # noqa: PLC0415 - 25 ms that only amounts pay

    try:
        listed = Currency(code)
    except ValueError:
        raise InputError("'{code}' is not an ISO 4217 currency code, such as GBP or EUR", code=code) from None
    if listed.exponent is None:
        raise InputError("{code} has no minor unit in ISO 4217, so it cannot hold an amount of money", code=code)
    return Commodity(code, int(listed.exponent))


@cache
def item(code: str) -> Commodity:
    """The item with this code: lower-case words joined by hyphens, counted in whole pieces.

    >>> item("air-defence-missile").digits
    0
    """
    if not _ITEM.fullmatch(code) or len(code) < 4 or len(code) > 64 or code.isdigit():  # noqa: PLR2004 - three letters are a currency
        raise InputError(
            "'{code}' cannot be an item's code: use 4 to 64 lower-case letters, digits and hyphens, such as"
            " air-defence-missile",
            code=code,
        )
    return Commodity(code, 0, "item")


def commodity(code: str) -> Commodity:
    """The commodity with this code: three capitals are a currency, anything else an item."""
    return currency(code) if len(code) == 3 and code.isupper() else item(code)  # noqa: PLR2004


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount of one commodity, in whole minor units.

    >>> Money.of("1.6", currency("GBP"))
    Money('1.60 GBP')
    >>> Money(160, currency("GBP")) + Money(1, currency("EUR"))
    Traceback (most recent call last):
    ledger.errors.Refusal: GBP and EUR cannot be added
    """

    units: int
    commodity: Commodity

    def __post_init__(self) -> None:
        if type(self.units) is not int:
            raise TypeError(f"an amount is a whole number of minor units, not {type(self.units).__name__}")

    @classmethod
    def of(cls, value: str | int | Decimal | Fraction, commodity: Commodity) -> Money:
        """The amount of this value in the commodity's own unit (pounds, not pence), exactly.

        Raises :class:`AmountError` where the value has more digits than the commodity, or more
        minor units than the ledger holds.
        """
        if isinstance(value, float):
            raise TypeError("a float never touches an amount: give text, int, Decimal or Fraction")
        if isinstance(value, str) and not _PLAIN.fullmatch(value):
            raise AmountError("'{text}' is not an amount in plain decimal notation, such as 1600000000.00", text=value)
        if isinstance(value, str) and len(value.partition(".")[2]) == commodity.digits:
            return cls(int(value.replace(".", "")), commodity).held()  # as it is written: a Fraction takes longer
        units = Fraction(value) * 10**commodity.digits
        if units.denominator != 1:
            raise _too_precise(value, commodity)
        return cls(units.numerator, commodity).held()

    @classmethod
    def rounded(cls, value: Fraction, commodity: Commodity) -> Money:
        """The nearest amount to this exact value, halves away from zero: the one rounding there is."""
        scaled = abs(value) * 10**commodity.digits
        units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return cls(-units if value < 0 else units, commodity)

    def held(self) -> Money:
        """This amount, if an account can hold it; a total of many may be larger.

        Raises :class:`AmountError` beyond a signed 64-bit integer of minor units.
        """
        if abs(self.units) > MOST_UNITS:
            most = Money(MOST_UNITS, self.commodity)
            raise AmountError("{amount} is more than the ledger can hold: the most is {most}", amount=self, most=most)
        return self

    @property
    def value(self) -> Fraction:
        """The exact value in the commodity's own unit."""
        return Fraction(self.units, 10**self.commodity.digits)

    def plain(self) -> str:
        """Plain decimal notation with the commodity's digits, as programs read it: ``1600000000.00``."""
        return plain(self.units, self.commodity)

    def _mixed(self, other: Money) -> Mapping[str, str] | None:
        """The two commodities, where they are not the same one."""
        if self.commodity == other.commodity:
            return None
        return {"first": self.commodity.code, "second": other.commodity.code}

    def __add__(self, other: Money) -> Money:
        if mixed := self._mixed(other):
            raise Refusal("{first} and {second} cannot be added", **mixed)
        return Money(self.units + other.units, self.commodity)

    def __sub__(self, other: Money) -> Money:
        if mixed := self._mixed(other):
            raise Refusal("{first} and {second} cannot be subtracted", **mixed)
        return Money(self.units - other.units, self.commodity)

    def __neg__(self) -> Money:
        return Money(-self.units, self.commodity)

    def __bool__(self) -> bool:
        return self.units != 0

    def __lt__(self, other: Money) -> bool:
        if mixed := self._mixed(other):
            raise Refusal("{first} and {second} cannot be compared", **mixed)
        return self.units < other.units

    def __le__(self, other: Money) -> bool:
        return not other < self

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return not self < other

    def __str__(self) -> str:
        return f"{plain(self.units, self.commodity)} {self.commodity}"

    def __repr__(self) -> str:
        return f"Money('{self}')"


def _too_precise(number: object, commodity: Commodity) -> AmountError:
    if not commodity.digits:
        return AmountError(
            "{number} {commodity} is too precise: {commodity} has no decimals", number=number, commodity=commodity
        )
    return AmountError(
        "{number} {commodity} is too precise: {commodity} has {digits} decimals",
        number=number,
        commodity=commodity,
        digits=commodity.digits,
    )


def plain(units: int, commodity: Commodity) -> str:
    """Minor units in plain decimal notation with the commodity's digits.

    >>> plain(-5, currency("GBP"))
    '-0.05'
    """
    sign, digits = ("-" if units < 0 else ""), commodity.digits
    if not digits:
        return f"{sign}{abs(units)}"
    text = str(abs(units)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


class Balance(Mapping[Commodity, int]):
    """Amounts of several commodities, none of which is zero; what is absent is zero.

    >>> GBP = currency("GBP")
    >>> (Balance([Money(5, GBP)]) + Balance([Money(-5, GBP)])) == Balance()
    True
    """

    __slots__ = ("_units",)

    def __init__(self, amounts: Iterable[Money] = ()) -> None:
        units: dict[Commodity, int] = {}
        for amount in amounts:
            units[amount.commodity] = units.get(amount.commodity, 0) + amount.units
        self._units = {key: value for key, value in units.items() if value}

    def __getitem__(self, key: Commodity) -> int:
        """The minor units of this commodity, zero where there are none."""
        return self._units.get(key, 0)

    def __contains__(self, key: object) -> bool:
        return key in self._units

    def __iter__(self) -> Iterator[Commodity]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)

    def money(self, commodity: Commodity) -> Money:
        """The amount of one commodity."""
        return Money(self[commodity], commodity)

    def amounts(self) -> tuple[Money, ...]:
        """Every amount that is not zero, currencies first, by code."""
        order = sorted(self._units, key=lambda commodity: (commodity.kind, commodity.code))
        return tuple(Money(self._units[commodity], commodity) for commodity in order)

    def __add__(self, other: Balance) -> Balance:
        return Balance([*self.amounts(), *other.amounts()])

    def __neg__(self) -> Balance:
        return Balance(-amount for amount in self.amounts())

    def __sub__(self, other: Balance) -> Balance:
        return self + -other

    def __eq__(self, other: object) -> bool:
        return self._units == other._units if isinstance(other, Balance) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._units.items()))

    def __str__(self) -> str:
        return ", ".join(map(str, self.amounts())) or "nothing"

    def __repr__(self) -> str:
        return f"Balance('{self}')"


def split(amount: Money, weights: Sequence[int | Fraction]) -> tuple[Money, ...]:
    """Split by weight so that the parts sum to the whole: largest remainder, ties to the first.

    >>> [str(part) for part in split(Money(100, currency("JPY")), [1, 1, 1])]
    ['34 JPY', '33 JPY', '33 JPY']

    Raises :class:`InputError` for weights that are negative or all zero.
    """
    if any(isinstance(weight, float) for weight in weights):
        raise TypeError("a float never touches an amount: give shares as int or Fraction")
    total = sum(map(Fraction, weights), Fraction(0))
    if any(weight < 0 for weight in weights) or not total:
        raise InputError("shares must be zero or more, and not all of them zero")
    sign = -1 if amount.units < 0 else 1
    exact = [abs(amount.units) * Fraction(weight) / total for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    short = abs(amount.units) - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda k: (parts[k] - exact[k], k))
    for k in by_remainder[:short]:
        parts[k] += 1
    return tuple(Money(sign * part, amount.commodity) for part in parts)
