"""Exact exchange rates: what a source published, which one a policy takes, what an amount is worth.

A rate is decimal text or a fraction, never a float. :mod:`ledger.conversion` takes one from its
sources by a policy, and an amount is rounded once, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal, Protocol, cast

from ledger.errors import InputError
from ledger.message import message
from ledger.money import Money
from ledger.period import Period, Size

Kind = Literal["spot", "month", "quarter", "year", "table", "stated", "realised"]
Pair = tuple[str, str]

_CODE = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SHOWN = 80  # characters of what is no rate
_SIZES: Mapping[str, Size] = {"spot": "day", "month": "month", "quarter": "quarter", "year": "year"}
_CHOICES = message("write spot, month, year, or fixed: and a day or period, such as fixed:2025-02-28 or fixed:2024-06")


def parse_rate(text: str) -> Decimal:
    """The exact value of a rate in plain decimal notation, every digit kept.

    >>> parse_rate("0.8330")
    Decimal('0.8330')

    Raises :class:`InputError` for anything else: a sign, an exponent, ``NaN``, zero.
    """
    if not _DECIMAL.fullmatch(text) or not (value := Decimal(text)):
        raise InputError(
            "'{text}' is not a rate: write a number above zero in plain notation, such as 0.82608", text=text[:_SHOWN]
        )
    return value


@dataclass(frozen=True, slots=True)
class Rate:
    """One exchange rate as its source published it: 1 ``base`` = ``value`` ``quote``.

    ``period`` is the day, month, quarter or year the rate is of, or None for an
    undated table; ``sha256`` is that of the file it came from, if it came from one, and
    ``retrieved_at`` when a book took it from there.

    Raises :class:`InputError` for a value that is not above zero, for a code that is
    not three capitals, and for a kind that does not fit the period.
    """

    source: str
    base: str
    quote: str
    period: Period | None
    kind: Kind
    value: Decimal
    sha256: str | None = None
    retrieved_at: datetime | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"a rate is an exact Decimal read from text, not {type(self.value).__name__}")
        if not self.value.is_finite() or self.value <= 0:
            raise InputError("{number} is not a rate: a rate is a number above zero", number=self.value)
        if self.base == self.quote or not (_CODE.fullmatch(self.base) and _CODE.fullmatch(self.quote)):
            raise InputError(
                "'{base}' and '{quote}' are not two currency codes, such as EUR and GBP",
                base=self.base,
                quote=self.quote,
            )
        size = self.period and self.period.size
        if (self.kind in _SIZES and size != _SIZES[self.kind]) or (self.kind == "table" and size):
            if self.period is None:
                raise InputError("a rate of kind '{kind}' cannot be of no date", kind=self.kind)
            raise InputError("a rate of kind '{kind}' cannot be of {period}", kind=self.kind, period=self.period)

    @property
    def text(self) -> str:
        """The value in plain decimal notation, with the digits its source wrote."""
        return format(self.value, "f")


@dataclass(frozen=True, slots=True)
class Quote:
    """What a source published of a pair of currencies for longer than a day; an undated table has no ``period``."""

    period: Period | None
    value: Fraction


class RateSource(Protocol):
    """Where rates are published: fixings of days, quotes of months, quarters and years, or one undated table.

    A pair is as published: 1 ``base`` = value ``quote``. What is not known yet is not there.
    """

    @property
    def name(self) -> str:
        """The source's short name, as evidence shows it: ``ecb``."""

    @property
    def pairs(self) -> Collection[Pair]:
        """Every pair the source ever published, as (base, quote)."""

    @property
    def last(self) -> date | None:
        """The last day of which the source holds fixings; None where it has none of days."""

    def days(self, first: date, last: date) -> Sequence[date]:
        """The days with fixings of any pair from ``first`` to ``last``, both included, ascending."""

    def fixing(self, pair: Pair, day: date) -> Fraction | None:
        """The value of a pair on a day; None where it has none."""

    def quotes(self, pair: Pair) -> Sequence[Quote]:
        """Everything of a pair that is not of one day, by period."""

    def known(self, on: date) -> RateSource:
        """The source as it was known at the end of a day."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Which rate values an amount: that of its day, its month's or year's mean, or one date for everything.

    >>> str(Policy.parse("month").period_of(date(2025, 3, 2)))
    '2025-03'

    Raises :class:`InputError` for ``fixed`` without a period, and for a period without ``fixed``.
    """

    kind: Literal["spot", "month", "year", "fixed"]
    period: Period | None = None

    def __post_init__(self) -> None:
        if (self.kind == "fixed") != (self.period is not None):
            raise InputError("the policy '{policy}' cannot be used: {choices}", policy=self, choices=_CHOICES)

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read ``spot``, ``month``, ``year``, or ``fixed:`` and a day, month, quarter or year (``fixed:2024-06``).

        Raises :class:`InputError` for anything else, naming the choices.
        """
        if text in {"spot", "month", "year"}:
            return cls(cast("Literal['spot', 'month', 'year']", text))
        if text.startswith("fixed:"):
            with suppress(InputError):
                return cls("fixed", Period.parse(text.removeprefix("fixed:")))
        raise InputError("'{text}' is not a rate policy: {choices}", text=text, choices=_CHOICES)

    def period_of(self, on: date) -> Period:
        """The day, month, quarter or year whose rate values an amount of this date."""
        return self.period or Period.of(on, _SIZES[self.kind])

    def __str__(self) -> str:
        return self.kind if self.period is None else f"{self.kind}:{self.period}"


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a conversion, as published: 1 ``base`` = ``value`` ``quote``, a rate or a mean of ``observations``.

    ``rate_date`` is the day or period of the rate (``undated`` for a table), ``notes`` say what stood in or
    falls short, if anything.
    """

    source: str
    base: str
    quote: str
    value: Fraction
    rate_date: str
    observations: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateUsed:
    """The evidence for one conversion: 1 ``base`` = ``rate`` ``quote``, and where that is from.

    ``base_value`` and ``quote_value`` are units per one unit of ``pivot``, published or means of
    ``observations`` published ones; ``on`` is the date asked for, ``rate_date`` the day or period of the
    rate; ``fallback`` says what stood in or falls short, if anything. ``legs`` are the published rates it
    was made from; where they are from several sources or days, ``source`` and ``rate_date`` name them all.
    """

    base: str
    quote: str
    pivot: str
    base_value: Fraction
    quote_value: Fraction
    source: str
    policy: Policy
    on: date
    rate_date: str
    observations: int
    fallback: str | None = None
    legs: tuple[Leg, ...] = ()
    rate: Fraction = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", self.quote_value / self.base_value)


@dataclass(frozen=True, slots=True)
class Conversion:
    """An amount in another currency: ``exact`` in its own unit, ``result`` rounded once, ``used`` the evidence."""

    amount: Money
    exact: Fraction
    result: Money
    used: RateUsed


def rate_text(rate: Fraction, digits: int = 12) -> str:
    """A rate in plain decimal notation with up to so many significant digits, half-up: for display only.

    >>> rate_text(Fraction(2, 3)), rate_text(Fraction(5, 4)), rate_text(Fraction(1, 30000), 3)
    ('0.666666666667', '1.25', '0.0000333')
    """
    nearest = Context(prec=digits, rounding=ROUND_HALF_UP).divide(Decimal(rate.numerator), Decimal(rate.denominator))
    text = format(nearest, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
