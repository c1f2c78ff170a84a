"""Which part of the book a report is about: the filters that every command shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ledger.errors import InputError
from ledger.period import Size

DIMENSIONS = (
    "donor",
    "recipient",
    "purpose",
    "instrument",
    "source",
    "currency",
    "pledge",
    "package",
    "year",
    "quarter",
    "month",
    "parent",
)
"""What figures may be cut by. The time dimensions are those of the event, not of the pledge."""


TIMES: tuple[Size, ...] = ("year", "quarter", "month")
"""The dimensions of time."""


class Contingent(StrEnum):
    """What to do with guarantees, which are contingent liabilities (IPSAS 19) at face."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The filters: codes of pledges' dimensions, dates of events, and the two times.

    An empty tuple selects everything. ``since`` and ``until`` are inclusive days on which
    things happened; ``as_of`` is the last such day; ``known_at`` is the last entry's number
    or the moment of writing to stop at.
    """

    donor: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    pledge: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    known_at: int | datetime | None = None
    contingent: Contingent = Contingent.INCLUDE

    @property
    def last_day(self) -> date | None:
        """The last day whose events count: the earlier of ``until`` and ``as_of``."""
        days = [day for day in (self.until, self.as_of) if day is not None]
        return min(days) if days else None


EVERYTHING = Selection()


def dimensions(text: str | None, default: tuple[str, ...] = ("donor",)) -> tuple[str, ...]:
    """Read what to cut by: ``donor,year``; nothing means the default.

    Raises :class:`InputError` for a word that is no dimension, or one given twice.
    """
    if text is None:
        return default
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in words:
        if word not in DIMENSIONS:
            raise InputError(
                "'{word}' is no dimension: choose from {dimensions}", word=word, dimensions=", ".join(DIMENSIONS)
            )
    if len(set(words)) != len(words):
        raise InputError("--by {text} names a dimension twice", text=text)
    return words
