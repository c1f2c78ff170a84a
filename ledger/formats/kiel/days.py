"""Days: when something was announced, where the tracker gives a day, and where it gives words.

Of words the last day they name is taken (``until 8/22/2023``, ``between 3/4/22 & 3/11/22``): by then it had happened.
Of a month (``unclear, 04/22``) it is the first. Years that count up because a cell was dragged, and any day well after
the last one that the sheet gives as a day, are taken back to the year of their neighbours. What names no day at all
is dated as the rest of its package, else as the day on which the data begin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from ledger.formats.kiel.layout import DAY, Row
from ledger.formats.reading import cleaned
from ledger.formats.workbook import Cell
from ledger.message import Message, message

BEGINNING = date(2022, 1, 24)
"""The first day that the tracker covers."""

_OLDEST = 2014  # nothing the tracker holds is from before
_LONGEST = 200  # characters of a date
_GAP = timedelta(days=5 * 366)  # between a typing error and all other days
_SLACK = timedelta(days=60)  # from the last day given as one to the day of issue
_RUN = 3  # years that count up on the same day: a dragged cell
_EPOCH = date(1899, 12, 30)  # of a spreadsheet's day numbers
_SERIALS = range(41_640, 73_050)  # the day numbers of 2014 to 2099
_ISO = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_FULL = re.compile(r"(?<![0-9])([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")
_MONTH = re.compile(r"(?<![0-9/.])([0-9]{1,2})[/.]([0-9]{4}|[0-9]{2})(?![0-9/.])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(rf"(?:([0-9]{{1,2}})\s+)?\b({'|'.join(_MONTHS)})[a-z]*\.?\s+(?:([0-9]{{1,2}}),?\s+)?([0-9]{{4}})")


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says of the day: the day, if it says one; the words, where it is no plain day; and what was done."""

    on: date | None
    words: str = ""
    how: str = ""

    @property
    def remark(self) -> Message | None:
        """What is odd about it, and what was made of it; nothing, where it is a plain day."""
        if not (self.words and self.on):
            return None
        return message(
            "'{words}' is no day to rely on: {day} is taken, {how}", words=self.words, day=self.on, how=self.how
        )


def last_day(rows: Sequence[Row]) -> date | None:
    """The last day that a sheet can speak of: two months after the last it gives as a day, typing errors aside."""
    days = sorted({cell for row in rows if isinstance(cell := row[DAY], date) and cell.year >= _OLDEST})
    middle = days[max(0, len(days) - 1) // 2 :]
    apart = (place for place, (one, after) in enumerate(pairwise(middle)) if after - one > _GAP)
    return middle[next(apart, -1)] + _SLACK if middle else None


def said(rows: Sequence[Row], last: date | None) -> Mapping[int, Said]:
    """What the rows of one package say of the day, by their numbers. Nothing lies after ``last``."""
    found = {row.number: _said(row[DAY], last) for row in rows}
    years: dict[tuple[int, int], set[int]] = {}
    for one in found.values():
        if one.words and one.on:
            years.setdefault((one.on.month, one.on.day), set()).add(one.on.year)
    plain = sorted({one.on.year for one in found.values() if one.on and not one.words})
    return {number: _in_its_year(one, years, plain, last) for number, one in found.items()}


def earliest(days: Sequence[Said]) -> Said:
    """The first of several; the beginning of the data, where none names a day."""
    dated = [one for one in days if one.on]
    if dated:
        return min(dated, key=lambda one: (one.on or BEGINNING, one.words))
    unsaid = min((one.words for one in days), default="") or "nothing"
    return Said(BEGINNING, unsaid, message("the day on which the data begin"))


def _said(cell: Cell, last: date | None) -> Said:
    if isinstance(cell, Decimal) and cell == cell.to_integral_value() and int(cell) in _SERIALS:
        return Said(_EPOCH + timedelta(days=int(cell)))
    if isinstance(cell, date):
        if cell.year < _OLDEST:
            return Said(None, cell.isoformat())
        return Said(cell, cell.isoformat(), message("as it stands")) if last and cell > last else Said(cell)
    text = "" if cell is None else cleaned(str(cell))[:_LONGEST]
    return _read(text) if text else Said(None)


def _read(text: str) -> Said:
    iso = [_day(year, month, day) for year, month, day in _ISO.findall(text)]
    full = [_either(first, second, year, mark) for first, mark, second, year in _FULL.findall(text)]
    named = [_day(year, month, before or after) for before, month, after, year in _NAMED.findall(text.casefold())]
    if days := [day for day in (*iso, *full, *named) if day]:
        return Said(max(days), text, message("the last day it names"))
    spelt = [_day(year, month, "1") for _, month, _, year in _NAMED.findall(text.casefold())]
    months = [_day(year, month, "1") for month, year in _MONTH.findall(text)]
    if firsts := [day for day in (*spelt, *months) if day]:
        return Said(max(firsts), text, message("the first of the month it names"))
    return Said(None, text)


def _either(first: str, second: str, year: str, mark: str) -> date | None:
    """Month and day as Americans write them with strokes, the other way round where it can only be so, or with dots."""
    month_first, day_first = _day(year, first, second), _day(year, second, first)
    return month_first or day_first if mark == "/" else day_first or month_first


def _day(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    full = int(year) if len(year) > 2 else 2000 + int(year)  # noqa: PLR2004 - 22 is 2022
    try:
        return date(full, number, int(day)) if full >= _OLDEST else None
    except ValueError:
        return None


def _in_its_year(one: Said, years: Mapping[tuple[int, int], set[int]], plain: Sequence[int], last: date | None) -> Said:
    """A day in words, in the year in which it can have been."""
    if not one.on or not one.words:
        return one
    alike = years[one.on.month, one.on.day]
    late = last is not None and one.on > last
    if not late and len(alike) < _RUN:
        return one
    candidates = [min(alike), *plain]
    if last is not None:
        candidates += [last.year, last.year - 1]
    fitting = [day for year in candidates if (day := _moved(one.on, year)) and (last is None or day <= last)]
    if not fitting or fitting[0] == one.on:
        return one
    return Said(fitting[0], one.words, message("in the year of its neighbours: it lies beyond what the file covers"))


def _moved(day: date, year: int) -> date | None:
    return _day(str(year), str(day.month), str(day.day))
