"""Periods of the calendar: half-open spans of days, read from what people type.

A period begins on ``start`` and ends before ``end``: ``2025-Q1`` is
2025-01-01 (in) to 2025-04-01 (out).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from ledger.errors import InputError

Size = Literal["day", "month", "quarter", "year"]

_LAST_YEAR = 9999
_YEAR = re.compile(r"([0-9]{4})")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of days of the calendar, from ``start`` up to but not including ``end``."""

    start: date
    end: date
    size: Size

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.end - timedelta(days=1)

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        names = {
            "day": self.start.isoformat(),
            "month": f"{year:04}-{month:02}",
            "quarter": f"{year:04}-Q{(month + 2) // 3}",
            "year": f"{year:04}",
        }
        return names[self.size]

    @classmethod
    def of(cls, day: date, size: Size) -> Period:
        """The day, month, quarter or year that holds this day.

        >>> str(Period.of(date(2025, 3, 2), "quarter"))
        '2025-Q1'
        """
        if size == "day":
            return cls(day, day + timedelta(days=1), size)
        months = {"month": 1, "quarter": 3, "year": 12}[size]
        first = (day.month - 1) // months * months + 1
        after = first + months
        end = date(day.year + 1, 1, 1) if after > 12 else date(day.year, after, 1)  # noqa: PLR2004 - months
        return cls(date(day.year, first, 1), end, size)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2025-03-02``, ``2025-03``, ``2025-Q1`` or ``2025``.

        Raises :class:`InputError` for anything else, and for a day that does not exist.
        """
        try:
            if _DAY.fullmatch(text):
                return cls.of(_known(date.fromisoformat(text)), "day")
            if found := _MONTH.fullmatch(text):
                return cls.of(_known(date(int(found[1]), int(found[2]), 1)), "month")
            if found := _QUARTER.fullmatch(text):
                return cls.of(_known(date(int(found[1]), 3 * int(found[2]), 1)), "quarter")
            if found := _YEAR.fullmatch(text):
                return cls.of(_known(date(int(found[1]), 1, 1)), "year")
        except ValueError:
            raise InputError("'{text}' does not exist in the calendar", text=text) from None
        raise InputError("'{text}' is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025", text=text)


def _known(day: date) -> date:
    """A day, if its calendar has a year after it to end in."""
    if day.year >= _LAST_YEAR:
        raise ValueError(day)
    return day


def is_iso(text: str) -> bool:
    """Whether this text is written as ISO 8601 has a day, ``2025-03-02``, even one that does not exist."""
    return bool(_DAY.fullmatch(text))


def parse_date(text: str) -> date:
    """Read one day, ``2025-03-02`` (ISO 8601).

    Raises :class:`InputError` for anything else, and for a day that does not exist.
    """
    found = _DAY.fullmatch(text)
    if not found:
        raise InputError("'{text}' is not a date: write it as 2025-03-02", text=text)
    return day_of(int(found[1]), int(found[2]), int(found[3]), text)


def day_of(year: int, month: int, day: int, text: str) -> date:
    """The day of these numbers, which were read from ``text``.

    Raises :class:`InputError` for a day that does not exist, or of a year that the ledger's calendar does not have.
    """
    if year >= _LAST_YEAR:
        raise InputError("'{text}' is not a date: the ledger's days end in {last}", text=text, last=_LAST_YEAR - 1)
    try:
        return date(year, month, day)
    except ValueError:
        raise InputError("'{text}' is not a date: that day does not exist", text=text) from None


@lru_cache(maxsize=64)  # entries that are written together share their moment
def stamp(moment: datetime) -> str:
    """A moment as the ledger writes it: UTC, ISO 8601, microseconds, ``Z``.

    >>> stamp(datetime(2025, 3, 2, 18, 30, tzinfo=UTC))
    '2025-03-02T18:30:00.000000Z'
    """
    if moment.tzinfo is None:
        raise TypeError("a moment without a time zone never enters the ledger")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """Read a moment: ``2025-03-02`` (its end), ``2025-03-02T18:30`` or with seconds and offset; UTC unless it says.

    Raises :class:`InputError` for anything else.
    """
    if _DAY.fullmatch(text):
        day = parse_date(text)
        return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text if _MOMENT.fullmatch(text) else "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError(
            "'{text}' is not a time: write 2025-03-02 or 2025-03-02T18:30:00Z, or an entry's number", text=text
        ) from None
