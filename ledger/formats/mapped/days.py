"""Days as files write them: by a named order or a pattern, several tried in turn, what is ambiguous refused."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from types import MappingProxyType

from ledger.errors import InputError
from ledger.formats.rates.layout import shown
from ledger.message import Message, message
from ledger.period import parse_date

_LONGEST = 60  # characters
_LATEST = 9998
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_PARTS = re.compile(r"([0-9]{1,4}|[a-z]{3,9})[./ -]{1,2}([0-9]{1,2}|[a-z]{3,9})[.,/ -]{1,2}([0-9]{1,4})")
_TIME = re.compile(r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})|([0-9]{1,2})/([0-9]{4})", re.ASCII)
_DIRECTIVES = frozenset("dmyYbBaAjHMSfpI%")


def read_day(text: str, formats: Sequence[str]) -> date:
    """The day this text means by these formats.

    >>> read_day("2 March 2025", ["iso", "dmy"])
    datetime.date(2025, 3, 2)

    Raises :class:`InputError` where none of them reads it, and where two read it differently.
    """
    if len(text) > _LONGEST:
        raise InputError("{text} is not a day", text=shown(text))
    found = {day: form for form in reversed(formats) if (day := _tried(text, form))}
    if len(found) > 1:
        (one, first), (other, second) = [(day, found[day]) for day in sorted(found)][:2]
        raise InputError(
            "{text} is {day} as {format} and {other_day} as {other_format}: let the map name one of them",
            text=shown(text),
            day=one,
            format=first,
            other_day=other,
            other_format=second,
        )
    if not found:
        raise InputError(
            "{text} is not a day: write it as {formats}",
            text=shown(text),
            formats=reduce(_either, map(example, formats)),
        )
    return next(iter(found))


def refuse_format(where: str, form: str) -> None:
    """Refuse a format that is neither one of the names nor a pattern of a whole day."""
    if form in _NAMED:
        return
    said = {letter for _, letter in re.findall("(%)(.)", form)}
    if not said:
        named = ", ".join(FORMATS)
        raise InputError(
            "{where}: {text} is no format of a day: there are {formats}, or a pattern as {pattern}",
            where=where,
            text=shown(form),
            formats=named,
            pattern="%d %B %Y",
        )
    if unknown := sorted(said - _DIRECTIVES):
        raise InputError(
            "{where}: {directive} in {text} is not read here: there are {directives}",
            where=where,
            directive=f"%{unknown[0]}",
            directives="%d %m %b %B %y %Y %H %M %S",
            text=shown(form),
        )
    if not (said & {"y", "Y"} and ("j" in said or ("d" in said and said & {"m", "b", "B"}))):
        raise InputError(
            "{where}: {text} says no whole day: it needs {day}, {month} or {name}, and {year}",
            where=where,
            text=shown(form),
            day="%d",
            month="%m",
            name="%B",
            year="%Y",
        )


def example(form: str) -> str:
    """What 2 March 2025 looks like in a format."""
    return _NAMED[form][1] if form in _NAMED else date(2025, 3, 2).strftime(form)


def _either(first: str, second: str) -> Message:
    return message("{first} or {second}", first=first, second=second)


def _tried(text: str, form: str) -> date | None:
    read = _NAMED[form][0] if form in _NAMED else None
    try:
        day = read(text) if read else datetime.strptime(text, form).date()  # noqa: DTZ007 - the day only
    except (ValueError, OverflowError, InputError):
        return None
    return day if day and day.year <= _LATEST else None


def _iso(text: str) -> date | None:
    return parse_date(text)


def _iso_time(text: str) -> date | None:
    head, tail = text[:10], text[10:]
    return parse_date(head) if not tail or _TIME.fullmatch(tail) else None


def _ordered(order: str) -> Callable[[str], date | None]:
    """Day, month and year in this order, with the month as a number or an English name; years have four digits."""

    def read(text: str) -> date | None:
        if not text.isascii() or not (parts := _PARTS.fullmatch(text.casefold())):
            return None
        said = dict(zip(order, parts.groups(), strict=True))
        if len(said["y"]) != len("2025") or len(said["d"]) > len("31"):
            return None
        return date(int(said["y"]), _month(said["m"]), int(said["d"]))

    return read


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    name = {"sept": "september"}.get(text, text)
    found = (number for number, month in enumerate(_MONTHS, 1) if name in {month, month[:3]})
    return next(found, 0)  # no month, and so no day


def _year(month: int) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        return _end(int(text), month, last=month > 1) if _YEAR.fullmatch(text) else None

    return read


def _of_month(*, last: bool) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        if not (parts := _MONTH.fullmatch(text)):
            return None
        return _end(int(parts[1] or parts[4]), int(parts[2] or parts[3]), last=last)

    return read


def _end(year: int, month: int, *, last: bool) -> date:
    return date(year, month, monthrange(year, month)[1] if last else 1)


_NAMED: Mapping[str, tuple[Callable[[str], date | None], str]] = MappingProxyType(
    {
        "iso": (_iso, "2025-03-02"),
        "iso-time": (_iso_time, "2025-03-02T18:30:00"),
        "dmy": (_ordered("dmy"), "02/03/2025"),
        "mdy": (_ordered("mdy"), "03/02/2025"),
        "ymd": (_ordered("ymd"), "2025/03/02"),
        "year-start": (_year(1), message("2025 (its first day)")),
        "year-end": (_year(12), message("2025 (its last day)")),
        "month-start": (_of_month(last=False), message("2025-03 (its first day)")),
        "month-end": (_of_month(last=True), message("2025-03 (its last day)")),
    }
)
FORMATS = tuple(_NAMED)
"""The formats that have names."""
