"""Quotation: what one source says two currencies are worth, by a policy, or why it says nothing.

Two currencies meet in a pair that their source publishes, or through a pivot it quotes both
against (the euro, for the ECB). What was published is averaged as it was published, and
inverted after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import product

from ledger.message import Message, counted, joined, message
from ledger.period import Period, Size
from ledger.rate import Leg, Pair, Policy, Quote, RateSource, RateUsed

_FRIDAY, _SATURDAY = 4, 5
_LONGEST_FALLBACK = 7  # days from a spot fixing to the date it serves
_ONE = Fraction(1)
_FINER: Sequence[Size] = ("month", "quarter")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

_Route = tuple[Pair, ...]
"""The published pairs that lead from one currency to another: one, or two that share a pivot."""


@dataclass(frozen=True)
class View:
    """A source as it was known on a day (what came later is hidden), read by a policy."""

    source: RateSource
    policy: Policy
    known_on: date | None
    _histories: dict[Pair, list[Period]] = field(default_factory=dict)
    _routes: dict[Pair, list[_Route]] = field(default_factory=dict)

    # Which pairs lead from one currency to another

    @cached_property
    def partners(self) -> dict[str, set[str]]:
        """The currencies that each currency is published against."""
        found: dict[str, set[str]] = {}
        for base, quote in self.source.pairs:
            found.setdefault(base, set()).add(quote)
            found.setdefault(quote, set()).add(base)
        return found

    def routes(self, pair: Pair) -> list[_Route]:
        """The direct pair, then through each pivot both share: EUR first, then USD, then by code."""
        if pair not in self._routes:
            mine, yours = (self.partners.get(code, set()) for code in pair)
            direct = [(found,) for pivot in sorted(pair, key=_rank) for found in self._quoting(pivot, pair)]
            crosses = [route for pivot in sorted(mine & yours, key=_rank) for route in self._crosses(pivot, pair)]
            self._routes[pair] = [*direct, *crosses]
        return self._routes[pair]

    def _quoting(self, pivot: str, pair: Pair) -> list[Pair]:
        other = pair[pivot == pair[0]]
        return [(pivot, other)] if (pivot, other) in self.source.pairs else []

    def _crosses(self, pivot: str, pair: Pair) -> list[_Route]:
        """The pairs with a pivot, the pivot's own quotes first, in an order that is the same both ways."""
        sides = [[found for found in ((pivot, code), (code, pivot)) if found in self.source.pairs] for code in pair]
        return sorted(product(*sides), key=lambda route: sorted((found[0] != pivot, found) for found in route))

    def subject(self, pair: Pair) -> str:
        """The currency a published pair is about: the one that is published against fewer others."""
        base, quote = pair
        return base if len(self.partners[base]) < len(self.partners[quote]) else quote

    # What a source says of a day or a longer period

    def used(self, pair: Pair, on: date, period: Period) -> RateUsed | None:
        """The rate of a day or a longer period; None where one of the two has none."""
        for route in self.routes(pair):
            if legs := self._on_day(route, period) if period.size == "day" else self._over(route, period):
                pivot = route[0][0] if len(route) == 1 else next(iter({*route[0]} & {*route[1]}))
                return combined(pair, pivot, legs, policy=self.policy, on=on)
        return None

    def _on_day(self, route: _Route, period: Period) -> list[Leg]:
        """The latest fixings of one day, on the day or before; else what is published for longer."""
        day = period.start
        days = self.source.days(_reach(period), day)
        for found in reversed(days):
            values = [self.source.fixing(pair, found) for pair in route]
            if all(values):
                notes = self._earlier(route, day, found)
                return [
                    self._leg(pair, value, found, notes) for pair, value in zip(route, values, strict=True) if value
                ]
        alone = [self._latest(pair, day, days) for pair in route]
        if all(alone):  # but never on the same day
            alone = [None for _ in route]
        return _whole(leg or self._longer(pair, period) for leg, pair in zip(alone, route, strict=True))

    def _latest(self, pair: Pair, day: date, days: Sequence[date]) -> Leg | None:
        for found in reversed(days):
            if value := self.source.fixing(pair, found):
                return self._leg(pair, value, found, self._earlier((pair,), day, found))
        return None

    def _over(self, route: _Route, period: Period) -> list[Leg]:
        """Each one's mean over a period: of fixings, else of quotes inside; else the quote that covers it."""
        days = self.source.days(period.start, period.last)
        return _whole(
            self._mean(pair, period, days) or self._exactly(pair, period) or self._inside(pair, period)
            or self._longer(pair, period)
            for pair in route
        )  # fmt: skip

    def _mean(self, pair: Pair, period: Period, days: Sequence[date]) -> Leg | None:
        values = [value for day in days if (value := self.source.fixing(pair, day))]
        if not values:
            return None
        notes: list[Message] = []
        if self._unfinished(period):
            notes.append(message("mean to date: fixings of {period} up to {last}", period=period, last=days[-1]))
        if len(values) < len(days):
            notes.append(
                message(
                    "{currency} has {known} of the {published} fixings of {period}",
                    currency=self.subject(pair),
                    known=len(values),
                    published=len(days),
                    period=period,
                )
            )
        return self._leg(pair, sum(values) / Fraction(len(values)), period, notes, observations=len(values))

    def _unfinished(self, period: Period) -> bool:
        """Whether a weekday of the period is still to come."""
        last = self.source.last or date.min
        return last + timedelta({4: 3, 5: 2}.get(last.weekday(), 1)) <= period.last

    def _exactly(self, pair: Pair, period: Period) -> Leg | None:
        found = [quote for quote in self.source.quotes(pair) if quote.period == period]
        return self._leg(pair, found[0].value, period) if found else None

    def _inside(self, pair: Pair, period: Period) -> Leg | None:
        """The mean of the quotes of the months, else of the quarters, in a longer period."""
        for size in _FINER:
            parts = [
                each for each in _dated(self.source.quotes(pair)) if each[0].size == size and each[0].start in period
            ]
            if parts and _MONTHS[size] < _MONTHS.get(period.size, 0):
                note = _mean_of(self.source.name, [part for part, _ in parts], period)
                value = sum(value for _, value in parts) / Fraction(len(parts))
                return self._leg(pair, value, period, [note], observations=len(parts))
        return None

    def _longer(self, pair: Pair, period: Period) -> Leg | None:
        """The smallest quote that covers a period, else the undated one."""
        quotes = self.source.quotes(pair)
        covering = [each for each in _dated(quotes) if each[0].start <= period.start and period.end <= each[0].end]
        if covering:
            found, value = min(covering, key=lambda each: each[0].end - each[0].start)
            return self._leg(pair, value, found, [_rate_of(self.source.name, found)])
        undated = [quote.value for quote in quotes if quote.period is None]
        note = message("{source} is one undated table, which serves every date", source=self.source.name)
        return self._leg(pair, undated[0], "undated", [note]) if undated else None

    def _leg(
        self, pair: Pair, value: Fraction, of: date | Period | str, notes: Iterable[str] = (), *, observations: int = 1
    ) -> Leg:
        return Leg(self.source.name, *pair, value, str(of), observations, tuple(notes))

    def _earlier(self, route: _Route, day: date, found: date) -> list[Message]:
        """How the day of the fixing differs from the day asked for, in words."""
        distance = (day - found).days
        if not distance:
            return []
        if distance <= 2 and found.weekday() == _FRIDAY:  # noqa: PLR2004 - the Friday just before
            if day.weekday() == _SATURDAY:
                return [message("{day} is a Saturday: fixing of {found}", day=day, found=found)]
            return [message("{day} is a Sunday: fixing of {found}", day=day, found=found)]
        published = self.source.days(day, day)
        lacking = (self.subject(pair) for pair in route if published and not self.source.fixing(pair, day))
        known_on = self.known_on if self.known_on and self.known_on < day else None
        return [_stood_in(next(lacking, None), day, found, known_on)]

    # Why there is no rate

    def history(self, pair: Pair) -> list[Period]:
        """Every day and period of a pair, found once: a refusal may come for thousands of dates."""
        if pair not in self._histories:
            days = (day for day in self.source.days(date.min, date.max) if self.source.fixing(pair, day))
            dated = (period for period, _ in _dated(self.source.quotes(pair)))
            self._histories[pair] = sorted([*(Period.of(day, "day") for day in days), *dated])
        return self._histories[pair]

    def nearest(self, pair: Pair, period: Period) -> Period | None:
        """The last day or period up to this one of which both have a rate, else the first after it."""
        for route in self.routes(pair):
            both = sorted(set(self.history(route[0])).intersection(*map(self.history, route[1:])))
            if both:
                return max((found for found in both if found.start <= period.last), default=both[0])
        return None

    def why_not(self, pair: Pair, period: Period) -> list[Message]:
        """Why the two have no rate in a period, in words."""
        routes, asked = self.routes(pair), {"source": self.source.name, "base": pair[0], "quote": pair[1]}
        if lacking := [code for code in pair if code not in self.partners]:
            return [self._never(code) for code in lacking]
        if not routes:
            return [message("{source} publishes nothing that leads from {base} to {quote}", **asked)]
        reasons = [reason for found in routes[0] if (reason := self._why_not(found, period))]
        return reasons or [message("{source} has no day there with both {base} and {quote}", **asked)]

    def _never(self, code: str) -> Message:
        if self.known_on:
            return message("{source} had never published {currency}", source=self.source.name, currency=code)
        return message("{source} has never published {currency}", source=self.source.name, currency=code)

    def _why_not(self, pair: Pair, period: Period) -> Message | None:
        code, name, history = self.subject(pair), self.source.name, self.history(pair)
        earlier = [found for found in history if found.start <= period.last]
        if not earlier:
            return _first(name, code, history[0]) if history else self._never(code)
        last = max(earlier, key=lambda found: found.last)
        if last.last >= (_reach(period) if last.size == "day" else period.start):
            return None
        stopped = self.source.last and (self.source.last - last.last).days > _LONGEST_FALLBACK
        if stopped and last == history[-1] and last.size == "day":
            return message(
                "{source} discontinued {currency}, its last fixing is of {last}", source=name, currency=code, last=last
            )
        return _last(name, code, last)


def combined(pair: Pair, pivot: str, legs: Sequence[Leg], *, policy: Policy, on: date) -> RateUsed:
    """The evidence that published rates make together: units of each currency for one of the pivot."""
    per = {leg.quote: leg.value for leg in legs if leg.base == pivot}
    per |= {leg.base: 1 / leg.value for leg in legs if leg.quote == pivot}
    return RateUsed(
        *pair,
        pivot,
        per.get(pair[0], _ONE),
        per.get(pair[1], _ONE),
        each_once(leg.source for leg in legs),
        policy,
        on,
        each_once(leg.rate_date for leg in legs),
        min(leg.observations for leg in legs),
        said(*(note for leg in legs for note in leg.notes)),
        tuple(legs),
    )


def said(*notes: str | None) -> Message | None:
    """What is to be said, each once."""
    return joined(dict.fromkeys(note for note in notes if note), "; ") or None


def each_once(words: Iterable[str]) -> str:
    """Names or dates in a row, each once."""
    return ", ".join(dict.fromkeys(words))


def _dated(quotes: Iterable[Quote]) -> Iterator[tuple[Period, Fraction]]:
    return ((quote.period, quote.value) for quote in quotes if quote.period is not None)


def _whole(legs: Iterable[Leg | None]) -> list[Leg]:
    """All legs of a route, or none."""
    found = list(legs)
    return [leg for leg in found if leg] if all(found) else []


def _rank(code: str) -> tuple[bool, bool, str]:
    """EUR first, then USD, then by code."""
    return code != "EUR", code != "USD", code


# What is said of a rate that stood in, and of one that is not there


def _mean_of(source: str, parts: Sequence[Period], period: Period) -> Message:
    """Of how many of its months or quarters a period's mean is made."""
    last, size = max(parts), parts[0].size
    known, of = len(parts), _MONTHS[period.size] // _MONTHS[size]
    about = {"source": source, "known": known, "all": of, "period": period, "last": last}
    if last.end != period.end and size == "month":
        return message(
            "{source} publishes by month: mean to date of {known} of the {all} months of {period}, up to {last}",
            **about,
        )
    if last.end != period.end:
        return message(
            "{source} publishes by quarter: mean to date of {known} of the {all} quarters of {period}, up to {last}",
            **about,
        )
    if size == "month":
        if known < of:
            return message("{source} publishes by month: mean of {known} of the {all} months of {period}", **about)
        return message("{source} publishes by month: mean of {all} months of {period}", **about)
    if known < of:
        return message("{source} publishes by quarter: mean of {known} of the {all} quarters of {period}", **about)
    return message("{source} publishes by quarter: mean of {all} quarters of {period}", **about)


def _rate_of(source: str, period: Period) -> Message:
    """That a source publishes for longer than a day, and which of its periods serves."""
    match period.size:
        case "month":
            return message("{source} publishes by month: the rate of {period}", source=source, period=period)
        case "quarter":
            return message("{source} publishes by quarter: the rate of {period}", source=source, period=period)
        case _:
            return message("{source} publishes by year: the rate of {period}", source=source, period=period)


def _stood_in(code: str | None, day: date, found: date, known_on: date | None) -> Message:
    """Whose fixing there is not on a day, or was not known, and the earlier one that is taken."""
    before = counted("{count} day before", "{count} days before", count=(day - found).days)
    about = {"currency": code, "day": day, "found": found, "known_on": known_on, "before": before}
    if code and known_on:
        return message(
            "no {currency} fixing on {day} was known on {known_on}: the last earlier one, of {found}, {before}", **about
        )
    if code:
        return message("no {currency} fixing on {day}: the last earlier one, of {found}, {before}", **about)
    if known_on:
        return message(
            "no fixing on {day} was known on {known_on}: the last earlier one, of {found}, {before}", **about
        )
    return message("no fixing on {day}: the last earlier one, of {found}, {before}", **about)


def _first(source: str, code: str, first: Period) -> Message:
    if first.size == "day":
        return message(
            "the first {currency} fixing of {source} is of {first}", currency=code, source=source, first=first
        )
    return message("the first {currency} rate of {source} is of {first}", currency=code, source=source, first=first)


def _last(source: str, code: str, last: Period) -> Message:
    if last.size == "day":
        return message(
            "the last {currency} fixing of {source} up to then is of {last}", currency=code, source=source, last=last
        )
    return message(
        "the last {currency} rate of {source} up to then is of {last}", currency=code, source=source, last=last
    )


def _reach(period: Period) -> date:
    """The first day whose fixing may serve a period: its own first day, for a single day the seventh before."""
    back = _LONGEST_FALLBACK if period.size == "day" else 0
    return date.fromordinal(max(1, period.start.toordinal() - back))
