"""Made-up sources of rates, written as the lines of a table: ``2024-01-02 EUR USD 1.10``.

A line's first word is its day, month, quarter or year, or ``-`` for an undated table; a last word
may say on which day it became known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from ledger.conversion import Converter
from ledger.money import Commodity
from ledger.period import Period
from ledger.rate import Kind, Pair, Policy, Quote, Rate, RateUsed

_KINDS: dict[str, Kind] = {"day": "spot", "month": "month", "quarter": "quarter", "year": "year"}


def rates(source: str, table: str) -> list[Rate]:
    """The rates of a table's lines, in order."""
    return [_rate(source, *line.split()) for line in table.strip().splitlines()]


def _rate(source: str, when: str, base: str, quote: str, value: str, known: str | None = None) -> Rate:
    period = None if when == "-" else Period.parse(when)
    kind: Kind = _KINDS[period.size] if period else "table"
    at = datetime.fromisoformat(f"{known}T12:00:00+00:00") if known else None
    return Rate(source, base, quote, period, kind, Decimal(value), retrieved_at=at)


@dataclass(frozen=True)
class Published:
    """A source held in memory."""

    name: str
    rates: Sequence[Rate]

    @cached_property
    def pairs(self) -> set[Pair]:
        return {(rate.base, rate.quote) for rate in self.rates}

    @property
    def last(self) -> date | None:
        return max(self.days(date.min, date.max), default=None)

    def days(self, first: date, last: date) -> Sequence[date]:
        dated = {rate.period.start for rate in self.rates if rate.period and rate.period.size == "day"}
        return sorted(day for day in dated if first <= day <= last)

    def fixing(self, pair: Pair, day: date) -> Fraction | None:
        found = [Fraction(rate.value) for rate in self._of(pair) if rate.period == Period.of(day, "day")]
        return found[-1] if found else None

    def quotes(self, pair: Pair) -> Sequence[Quote]:
        longer = {rate.period: rate for rate in self._of(pair) if not (rate.period and rate.period.size == "day")}
        return [Quote(period, Fraction(rate.value)) for period, rate in longer.items()]

    def known(self, on: date) -> Published:
        kept = [rate for rate in self.rates if rate.retrieved_at is None or rate.retrieved_at.date() <= on]
        return Published(self.name, kept)

    def _of(self, pair: Pair) -> Sequence[Rate]:
        return [rate for rate in self.rates if (rate.base, rate.quote) == pair]


def source(name: str, table: str) -> Published:
    """A source with the rates of a table."""
    return Published(name, rates(name, table))


def used(policy: str, codes: str, on: str, *sources: Published, known_on: str | None = None) -> RateUsed:
    """The evidence for ``codes``, such as ``GBP EUR``, on a day."""
    base, quote = codes.split()
    known = date.fromisoformat(known_on) if known_on else None
    return Converter(sources, Policy.parse(policy), Commodity(quote, 2), known).used(base, date.fromisoformat(on))
