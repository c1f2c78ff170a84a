"""Rates: the rows that a book imported, as a source of rates, as a listing, and how new ones are added.

A row is never changed. Of several for the same pair and period the last one counts, and what was
retrieved after the moment that is asked about was not known then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select

from ledger.period import Period, Size, stamp
from ledger.rate import Pair, Quote, Rate, RateSource
from ledger.store.tables import RATES

_PERIOD = (RATES.c.since, RATES.c.until)
_KEY = (RATES.c.base, RATES.c.quote, *_PERIOD)
_SIZES: Sequence[Size] = ("day", "month", "quarter", "year")

Key = tuple[str, str, str | None, str | None]
"""What a rate is of: base, quote, and the first and the last day of its period."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the rates of a file: each was imported, or was there already."""

    imported: int
    unchanged: int


def add(
    connection: Connection,
    book: int,
    rates: Iterable[Rate],
    *,
    sha256: str,
    at: datetime,
    embedded: RateSource | None = None,
) -> Added:
    """Keep the rates of one source that are new, or differ from the last one for the same pair and period.

    The connection holds the write lock. ``embedded`` is the history under the book's own rows, whose rates
    are not copied. The time of retrieval never goes back.
    """
    found = list(rates)
    latest = _latest(connection, book, found)
    fresh: dict[Key, Rate] = {}
    for rate in found:
        key = _key(rate)
        if (latest[key] if key in latest else _published(embedded, rate)) != rate.value:
            fresh[key] = rate
            latest[key] = rate.value
    last = select(func.max(RATES.c.number), func.max(RATES.c.retrieved_at)).filter_by(book=book)
    number, before = connection.execute(last).one()
    moment = max(stamp(at), before or "")
    rows = [
        {"book": book, "number": place, "sha256": sha256, "retrieved_at": moment, **_row(rate)}
        for place, rate in enumerate(fresh.values(), (number or 0) + 1)
    ]
    if rows:
        connection.execute(insert(RATES), rows)
    return Added(imported=len(rows), unchanged=len(found) - len(rows))


def _latest(connection: Connection, book: int, rates: Sequence[Rate]) -> dict[Key, Decimal]:
    """The last value of every pair and period of the rates' sources, in the span of days they are of."""
    days = [rate.period.start.isoformat() for rate in rates if rate.period]
    found = select(*_KEY, RATES.c.value).filter_by(book=book)
    found = found.where(RATES.c.source.in_({rate.source for rate in rates}))
    if days:
        found = found.where(or_(RATES.c.since.is_(None), RATES.c.since.between(min(days), max(days))))
    rows = connection.execute(found.order_by(RATES.c.number))
    return {(row.base, row.quote, row.since, row.until): Decimal(row.value) for row in rows}


def _published(embedded: RateSource | None, rate: Rate) -> Fraction | None:
    """What the embedded history says of the same pair and day."""
    if embedded is None or rate.period is None or rate.period.size != "day":
        return None
    return embedded.fixing((rate.base, rate.quote), rate.period.start)


def _key(rate: Rate) -> Key:
    since, until = (rate.period.start.isoformat(), rate.period.last.isoformat()) if rate.period else (None, None)
    return rate.base, rate.quote, since, until


def _row(rate: Rate) -> dict[str, Any]:
    base, quote, since, until = _key(rate)
    said = {"source": rate.source, "base": base, "quote": quote, "since": since, "until": until}
    return {**said, "kind": rate.kind, "value": rate.text}


def rate_from(row: Row[Any]) -> Rate:
    """The rate that a row holds. Raises :class:`~ledger.errors.InputError` or ``ValueError`` where it is none."""
    return Rate(
        source=row.source,
        base=row.base,
        quote=row.quote,
        period=_period(row.since, row.until),
        kind=row.kind,
        value=Decimal(row.value),
        sha256=row.sha256,
        retrieved_at=datetime.fromisoformat(row.retrieved_at),
    )


def _period(since: str | None, until: str | None) -> Period | None:
    if since is None or until is None:
        return None
    start, last = date.fromisoformat(since), date.fromisoformat(until)
    for size in _SIZES:
        if (found := Period.of(start, size)).start == start and found.last == last:
            return found
    raise ValueError(f"{since} to {until} is no day, month, quarter or year")


def names(connection: Connection, book: int) -> list[str]:
    """The sources of which the book holds rates, by name."""
    return list(connection.scalars(select(RATES.c.source).filter_by(book=book).distinct().order_by(RATES.c.source)))


def published(connection: Connection, book: int, source: str) -> frozenset[Pair]:
    """The pairs that the book holds of a source, as (base, quote)."""
    pairs = select(RATES.c.base, RATES.c.quote).filter_by(book=book, source=source).distinct()
    return frozenset((row.base, row.quote) for row in connection.execute(pairs))


def listed(
    connection: Connection,
    book: int,
    sources: Sequence[str],
    *,
    currencies: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Rate]:
    """Every row of these sources that touches a span of days, and the undated ones, by source, pair and period.

    Without ``since``, those of each pair's last period that begins up to ``until``.
    """
    found = select(RATES).filter_by(book=book).where(RATES.c.source.in_(sources))
    if currencies:
        found = found.where(or_(RATES.c.base.in_(currencies), RATES.c.quote.in_(currencies)))
    if until:
        found = found.where(or_(RATES.c.since.is_(None), RATES.c.since <= until.isoformat()))
    if since:
        found = found.where(or_(RATES.c.since.is_(None), RATES.c.until >= since.isoformat()))
    else:
        found = _last_period(found)
    ordered = found.order_by(RATES.c.source, *_KEY, RATES.c.number).execution_options(yield_per=1000)
    return map(rate_from, connection.execute(ordered))


def _last_period(found: Select[Any]) -> Select[Any]:
    """Only the rows of each pair's last period."""
    rows = found.add_columns(
        func.max(RATES.c.since).over(partition_by=[RATES.c.source, RATES.c.base, RATES.c.quote]).label("latest")
    ).subquery()
    numbers = select(rows.c.number).where(rows.c.since.is_not_distinct_from(rows.c.latest))
    return found.where(RATES.c.number.in_(numbers))


@dataclass(frozen=True)
class BookRates:
    """A source as a book holds it, read by pair when it is asked for, as it was known at a moment.

    Under its own rows may lie an ``embedded`` history, already as it was known then: a row of the book
    stands in place of that day's fixing.
    """

    connection: Connection
    book: int
    name: str
    known_at: datetime | None = None
    embedded: RateSource | None = None
    _fixings: dict[Pair, dict[str, str]] = field(default_factory=dict)
    _quotes: dict[Pair, list[Quote]] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """Every pair that was ever published, as (base, quote)."""
        own = published(self.connection, self.book, self.name)
        return own.union(self.embedded.pairs) if self.embedded else own

    @property
    def last(self) -> date | None:
        """The last day of which there are fixings."""
        return self._days[-1] if self._days else None

    def days(self, first: date, last: date) -> Sequence[date]:
        """The days with fixings of any pair from ``first`` to ``last``, both included, ascending."""
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def fixing(self, pair: Pair, day: date) -> Fraction | None:
        """The value of a pair on a day; None where it has none."""
        self._read(pair)
        if (value := self._fixings[pair].get(day.isoformat())) is not None:
            return _exact(value)
        return self.embedded.fixing(pair, day) if self.embedded and day in self._embedded_days else None

    def quotes(self, pair: Pair) -> Sequence[Quote]:
        """Everything of a pair that is not of one day, by period."""
        self._read(pair)
        return self._quotes[pair]

    def known(self, on: date) -> BookRates:
        """The same: what was known is decided by when it was retrieved."""
        del on
        return self

    @cached_property
    def _embedded_days(self) -> frozenset[date]:
        return frozenset(self.embedded.days(date.min, date.max) if self.embedded else ())

    @cached_property
    def _days(self) -> list[date]:
        dated = self._known(select(RATES.c.since)).where(RATES.c.since == RATES.c.until).distinct()
        own = map(date.fromisoformat, self.connection.scalars(dated))
        return sorted(self._embedded_days.union(own))

    def _known(self, found: Select[Any]) -> Select[Any]:
        found = found.filter_by(book=self.book, source=self.name)
        if self.known_at is None:
            return found
        return found.where(RATES.c.retrieved_at <= stamp(self.known_at.astimezone(UTC)))

    def _read(self, pair: Pair) -> None:
        """Everything the book holds of one pair, the last row of a period in place of those before."""
        if pair in self._fixings:
            return
        rows = self._known(select(*_PERIOD, RATES.c.value)).filter_by(base=pair[0], quote=pair[1])
        values = {(row.since, row.until): row.value for row in self.connection.execute(rows.order_by("number"))}
        self._fixings[pair] = {since: value for (since, until), value in values.items() if since and since == until}
        others = {_period(*span): value for span, value in values.items() if span[0] is None or span[0] != span[1]}
        longer = sorted((period for period in others if period), key=str)
        undated = [None] if None in others else []
        self._quotes[pair] = [Quote(period, Fraction(others[period])) for period in (*longer, *undated)]


@lru_cache(10_000)
def _exact(value: str) -> Fraction:
    """The value of a rate, made from its text when it is asked for: of thousands that are read, few are."""
    return Fraction(value)
