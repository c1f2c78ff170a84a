"""Exact exchange rates: what a source published, which one a policy takes, what an amount is worth.

A rate is decimal text or a fraction, never a float. Two currencies meet through
their source's pivot (the euro, for the ECB), and an amount is rounded once, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal, Protocol, cast

from ledger.errors import InputError, MissingRate
from ledger.money import Commodity, Money
from ledger.period import Period, Size

Kind = Literal["spot", "month", "quarter", "year", "table", "stated", "realised"]
Pair = tuple[str, str]

_CODE = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SIZES: Mapping[str, Size] = {"spot": "day", "month": "month", "quarter": "quarter", "year": "year"}
_CHOICES = "write spot, month, year, or fixed: and a day or period, such as fixed:2025-02-28 or fixed:2024-06"
_WEEKEND = {5: "Saturday", 6: "Sunday"}
_LONGEST_FALLBACK = 7  # days from a spot fixing to the date it serves


def parse_rate(text: str) -> Decimal:
    """The exact value of a rate in plain decimal notation, every digit kept.

    >>> parse_rate("0.8330")
    Decimal('0.8330')

    Raises :class:`InputError` for anything else: a sign, an exponent, ``NaN``, zero.
    """
    if not _DECIMAL.fullmatch(text) or not (value := Decimal(text)):
        raise InputError(f"'{text}' is not a rate: write a number above zero in plain notation, such as 0.82608")
    return value


@dataclass(frozen=True, slots=True)
class Rate:
    """One exchange rate as its source published it: 1 ``base`` = ``value`` ``quote``.

    ``period`` is the day, month, quarter or year the rate is of, or None for an
    undated table; ``sha256`` is that of the file it came from, if it came from one.

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

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"a rate is an exact Decimal read from text, not {type(self.value).__name__}")
        if not self.value.is_finite() or self.value <= 0:
            raise InputError(f"{self.value} is not a rate: a rate is a number above zero")
        if self.base == self.quote or not (_CODE.fullmatch(self.base) and _CODE.fullmatch(self.quote)):
            raise InputError(f"'{self.base}' and '{self.quote}' are not two currency codes, such as EUR and GBP")
        size = self.period and self.period.size
        if (self.kind in _SIZES and size != _SIZES[self.kind]) or (self.kind == "table" and size):
            raise InputError(f"a rate of kind '{self.kind}' cannot be of {self.period or 'no date'}")

    @property
    def text(self) -> str:
        """The value in plain decimal notation, with the digits its source wrote."""
        return format(self.value, "f")


class RateSource(Protocol):
    """Where rates are published: daily fixings of several currencies against one pivot."""

    @property
    def name(self) -> str:
        """The source's short name, as evidence shows it: ``ecb``."""

    @property
    def pivot(self) -> str:
        """The currency that every value is for one unit of: ``EUR``."""

    @property
    def last(self) -> date:
        """The last day of which the source holds fixings."""

    def days(self, first: date, last: date) -> Sequence[date]:
        """The days with fixings from ``first`` to ``last``, both included, ascending."""

    def value(self, code: str, day: date) -> Fraction | None:
        """Units of this currency for one unit of the pivot on a day with fixings; None where it has none."""


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
            raise InputError(f"the policy '{self}' cannot be used: {_CHOICES}")

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
        raise InputError(f"'{text}' is not a rate policy: {_CHOICES}")

    def period_of(self, on: date) -> Period:
        """The day, month, quarter or year whose rate values an amount of this date."""
        return self.period or Period.of(on, _SIZES[self.kind])

    def __str__(self) -> str:
        return self.kind if self.period is None else f"{self.kind}:{self.period}"


@dataclass(frozen=True, slots=True)
class RateUsed:
    """The evidence for one conversion: 1 ``base`` = ``rate`` ``quote``, and where that is from.

    ``base_value`` and ``quote_value`` are units per one unit of ``pivot``, fixings or
    means of ``observations`` fixings; ``on`` is the date asked for, ``rate_date`` the
    day or period of the rate; ``fallback`` says what stood in or falls short, if anything.
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


@dataclass(frozen=True)
class _View:
    """A source as it was known on a day (what came later is hidden), read by a policy."""

    source: RateSource
    policy: Policy
    known_on: date | None
    _fixings: dict[str, list[date]] = field(default_factory=dict)

    @property
    def horizon(self) -> date:
        """The last day up to which everything is known."""
        return min(self.source.last, self.known_on or date.max)

    def days(self, first: date, last: date) -> Sequence[date]:
        return self.source.days(first, min(last, self.horizon))

    def value(self, code: str, day: date) -> Fraction | None:
        """Units for one unit of the pivot, which itself is 1 on every day with fixings."""
        return Fraction(1) if code == self.source.pivot else self.source.value(code, day)

    def used(self, pair: Pair, period: Period) -> RateUsed | None:
        """The rate of a day or the mean of a longer period; None where one of the two has no fixing."""
        days = self.days(_reach(period), period.last)
        return self.spot(pair, period.start, days) if period.size == "day" else self.mean(pair, period, days)

    def spot(self, pair: Pair, day: date, days: Sequence[date]) -> RateUsed | None:
        """The latest fixing of both, on the day or before."""
        for found in reversed(days):
            base, quote = (self.value(code, found) for code in pair)
            if base and quote:
                source, note = self.source, self._earlier(pair, day, found)
                return RateUsed(*pair, source.pivot, base, quote, source.name, self.policy, day, str(found), 1, note)
        return None

    def mean(self, pair: Pair, period: Period, days: Sequence[date]) -> RateUsed | None:
        """The mean of each one's daily fixings in the period."""
        fixings = [[value for day in days if (value := self.value(code, day))] for code in pair]
        if not all(fixings):
            return None
        notes = [f"mean to date: fixings of {period} up to {days[-1]}"] if self._unfinished(period) else []
        for code, values in zip(pair, fixings, strict=True):
            if len(values) < len(days):
                notes.append(f"{code} has {len(values)} of the {len(days)} fixings of {period}")
        base, quote = (sum(values) / Fraction(len(values)) for values in fixings)
        source, day = self.source, period.start
        fewer, note = min(map(len, fixings)), "; ".join(notes) or None
        return RateUsed(*pair, source.pivot, base, quote, source.name, self.policy, day, str(period), fewer, note)

    def _unfinished(self, period: Period) -> bool:
        """Whether a weekday of the period is still to come."""
        return self.horizon + timedelta({4: 3, 5: 2}.get(self.horizon.weekday(), 1)) <= period.last

    def _earlier(self, pair: Pair, day: date, found: date) -> str | None:
        """How the day of the fixing differs from the day asked for, in words."""
        distance, weekend = (day - found).days, _WEEKEND.get(day.weekday())
        if not distance:
            return None
        if weekend and found.weekday() == 4 and distance <= 2:  # noqa: PLR2004 - the Friday just before
            return f"{day} is a {weekend}: fixing of {found}"
        which = [f"{code} " for code in pair if self.value(code, day) is None] if self.days(day, day) else []
        known = f" was known on {self.known_on}" if self.known_on and self.known_on < day else ""
        before = f"{distance} day{'s'[: distance - 1]} before"
        return f"no {''.join(which[:1])}fixing on {day}{known}: the last earlier one, of {found}, {before}"

    def fixings(self, code: str) -> list[date]:
        """Every day with a fixing of this currency, found once: a refusal may come for thousands of dates."""
        if code not in self._fixings:
            self._fixings[code] = [day for day in self.days(date.min, date.max) if self.value(code, day) is not None]
        return self._fixings[code]

    def nearest(self, pair: Pair, day: date) -> date | None:
        """The last day up to this one on which both have a fixing, else the first after it."""
        both = sorted(set(self.fixings(pair[0])).intersection(self.fixings(pair[1])))
        return max((fixing for fixing in both if fixing <= day), default=both[0] if both else None)

    def why_not(self, pair: Pair, period: Period) -> list[str]:
        """Why the two have no rate in a period, in words."""
        reasons = [reason for code in pair if (reason := self._why_not(code, period))]
        return reasons or [f"{self.source.name} has no day there with both {pair[0]} and {pair[1]}"]

    def _why_not(self, code: str, period: Period) -> str | None:
        name, fixings = self.source.name, self.fixings(code)
        earlier = [fixing for fixing in fixings if fixing <= period.last]
        if not earlier:
            never = f"{name} {'had' if self.known_on else 'has'} never published {code}"
            return f"the first {code} fixing of {name} is of {fixings[0]}" if fixings else never
        if (last := earlier[-1]) >= _reach(period):
            return None
        if last == fixings[-1] and (self.horizon - last).days > _LONGEST_FALLBACK:
            return f"{name} discontinued {code}, its last fixing is of {last}"
        return f"the last {code} fixing of {name} up to then is of {last}"


class Converter:
    """Values amounts in one currency, by one policy, from the first source that has both currencies.

    ``known_on`` hides every fixing later than that day, so that a figure of the past
    can be made again as it was. Raises :class:`InputError` for a target that is no currency.
    """

    def __init__(
        self, sources: Sequence[RateSource], policy: Policy, target: Commodity, known_on: date | None = None
    ) -> None:
        self.policy, self.target, self.known_on = policy, _only_currency(target), known_on
        self._views = [_View(source, policy, known_on) for source in sources]
        self._used: dict[tuple[str, date], RateUsed] = {}
        self._resolved: dict[tuple[str, Period], RateUsed] = {}

    def used(self, code: str, on: date) -> RateUsed:
        """The rate from this currency to the target for an amount of this date, or :class:`MissingRate`."""
        if (code, on) not in self._used:
            period = self.policy.period_of(on)
            if (code, period) not in self._resolved:
                self._resolved[code, period] = self._look_up(code, on, period)
            self._used[code, on] = replace(self._resolved[code, period], on=on)
        return self._used[code, on]

    def exact(self, money: Money, on: date) -> Fraction:
        """What an amount of this date is worth, unrounded, in the target currency's own unit.

        Raises :class:`MissingRate` where there is no rate, :class:`InputError` for an item.
        """
        return money.value * self.used(_only_currency(money.commodity).code, on).rate

    def convert(self, money: Money, on: date) -> Conversion:
        """What an amount of this date is worth, rounded once, half-up, with its evidence; raises as :meth:`exact`."""
        exact = self.exact(money, on)
        return Conversion(money, exact, Money.rounded(exact, self.target), self.used(money.commodity.code, on))

    def _look_up(self, code: str, on: date, period: Period) -> RateUsed:
        pair, one = (code, self.target.code), Fraction(1)
        if code == self.target.code:
            return RateUsed(*pair, code, one, one, "same currency", self.policy, on, str(period), observations=0)
        for view in self._views:
            if found := view.used(pair, period):
                return found
        raise self._missing(pair, on, period)

    def _missing(self, pair: Pair, on: date, period: Period) -> MissingRate:
        """The refusal where no source has a rate: what was asked for, why not, and what there is."""
        known = f", as known on {self.known_on}" if self.known_on else ""
        reasons = [reason for view in self._views for reason in view.why_not(pair, period)] or ["no source was given"]
        days = [day for view in self._views if (day := view.nearest(pair, period.last))]
        use = f"the nearest rate there is would be that of the policy fixed:{days[0]}" if days else ""
        return MissingRate(
            f"no rate from {pair[0]} to {pair[1]} on {on} by policy {self.policy}{known}: {'; '.join(reasons)}",
            hint=use or f"import rates that have both {pair[0]} and {pair[1]}, or ask for another currency",
        )


def rate_text(rate: Fraction, digits: int = 12) -> str:
    """A rate in plain decimal notation with up to so many significant digits, half-up: for display only.

    >>> rate_text(Fraction(2, 3)), rate_text(Fraction(5, 4)), rate_text(Fraction(1, 30000), 3)
    ('0.666666666667', '1.25', '0.0000333')
    """
    nearest = Context(prec=digits, rounding=ROUND_HALF_UP).divide(Decimal(rate.numerator), Decimal(rate.denominator))
    text = format(nearest, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _only_currency(commodity: Commodity) -> Commodity:
    if not commodity.is_currency:
        raise InputError(f"{commodity} is an item, not a currency: items have no exchange rate")
    return commodity


def _reach(period: Period) -> date:
    """The first day whose fixing may serve a period: its own first day, for a single day the seventh before."""
    back = _LONGEST_FALLBACK if period.size == "day" else 0
    return date.fromordinal(max(1, period.start.toordinal() - back))
