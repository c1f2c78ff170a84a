"""Days as people of a locale write them: ``2025-03-02`` everywhere, ``02.03.2025`` and ``2. März 2025`` in German.

The forms are the CLDR's patterns of dates, and some everyday ones beside them. A form in digits is read only where
the locale has that very form: ``02/03/2025`` is in March in Britain, in February in the United States, and anywhere
else it is refused with both readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from ledger.errors import InputError
from ledger.locale import tags
from ledger.period import day_of, is_iso, parse_date

_FULL_YEAR = 4  # digits

_TOKEN = re.compile(r"'([^']*)'|(d+|[ML]+|y+)|([^'dMLy]+)")
_FIELDS = {"d": "(?P<day>[0-9]{1,2})(?![0-9])", "M": "(?P<month>[0-9]{1,2})(?![0-9])", "y": "(?P<year>[0-9]{1,6})"}
_WORD = "(?P<word>[^0-9]+?)"
_DIGITS = re.compile(r"([0-9]{1,6}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,6})\.?")

_COUNTRYLESS_ENGLISH = "en"
_ENGLISH = ("d MMMM y", "MMMM d, y")
_EVERYDAY: Mapping[str, tuple[str, ...]] = {
    "de": ("d MMMM y",),
    "en": ("d'st' MMMM y", "d'nd' MMMM y", "d'rd' MMMM y", "d'th' MMMM y"),
    "fr": ("d'er' MMMM y",),
    "pl": ("d MMMM y 'r'.", "d MMMM y 'roku'"),
    "uk": ("d MMMM y", "d MMMM y 'року'"),
}
"""Forms that people write and the CLDR does not list, in its language of patterns."""


def read_day(text: str, tag: str) -> date:
    """The one day that this text means to people of a locale.

    >>> read_day("2. März 2025", "de"), read_day("2 березня 2025", "uk")
    (datetime.date(2025, 3, 2), datetime.date(2025, 3, 2))
    >>> read_day("02/03/2025", "en")
    Traceback (most recent call last):
    ledger.errors.InputError: '02/03/2025' can be read as 2025-03-02 or as 2025-02-03: write one of these

    ISO 8601 is read in every locale, and so are English months' names. Raises :class:`InputError` for what is no
    day, does not exist, has not all digits of its year, or can be read in two ways; and for an unknown locale.
    """
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if is_iso(clean):
        return parse_date(clean)
    tag = tags.canonical(tag)
    for form in _forms(tag):
        found = form.fullmatch(clean.casefold())
        named = found.groupdict() if found else {}
        month = _months(tag).get(_name(named["word"]), 0) if "word" in named else int(named.get("month", 0))
        if month:
            return _day(clean, named["year"], month, named["day"])
    raise _otherwise(clean, tag)


def _day(text: str, year: str, month: int, day: str) -> date:
    if len(year) != _FULL_YEAR:
        raise InputError("'{text}': write the year with four digits, as in 2025-03-02", text=text)
    return day_of(int(year), month, int(day), text)


def _otherwise(text: str, tag: str) -> InputError:
    """The refusal of what is no day in any form of the locale: with its readings, where it has some."""
    readings = _readings(text)
    if len(readings) > 1:
        return InputError(
            "'{text}' can be read as {first} or as {second}: write one of these",
            text=text,
            first=readings[0],
            second=readings[1],
        )
    if readings:
        return InputError("'{text}' is not a date: write it as {reading}", text=text, reading=readings[0])
    if _DIGITS.fullmatch(text) and not re.search("[0-9]{4}", text):
        return InputError("'{text}': write the year with four digits, as in 2025-03-02", text=text)
    return InputError("'{text}' is not a date: write it as 2025-03-02 or {written}", text=text, written=_written(tag))


def _readings(text: str) -> list[str]:
    """The days, in ISO 8601, that a date in digits can be somewhere: day first, or month first, unless the year is."""
    found = _DIGITS.fullmatch(text)
    if not found:
        return []
    first, second, third = found[1], found[3], found[4]
    tried = [(first, second, third)] if len(first) == _FULL_YEAR else [(third, second, first), (third, first, second)]
    days = (_existing(*each) for each in tried if len(each[0]) == _FULL_YEAR)
    return list(dict.fromkeys(day.isoformat() for day in days if day))


def _existing(year: str, month: str, day: str) -> date | None:
    try:
        return day_of(int(year), int(month), int(day), "")
    except InputError:
        return None


@cache
def _written(tag: str) -> str:
    """A day as the locale writes it with its month's name."""
    from babel.dates import format_date  # noqa: PLC0415 - only a refusal shows it

    return format_date(date(2025, 3, 2), "long", tags.cldr(tag))


@cache
def _forms(tag: str) -> tuple[re.Pattern[str], ...]:
    """The forms in which a locale writes days; English without a country has none in digits."""
    locale = tags.cldr(tag)
    own = [locale.date_formats[length].pattern for length in ("short", "medium", "long")]
    if tag == _COUNTRYLESS_ENGLISH:
        own = [pattern for pattern in own if "MMM" in pattern]
    everyday = _EVERYDAY.get(locale.language, ())
    return tuple(dict.fromkeys(map(_expression, (*own, *everyday, *_ENGLISH))))


def _expression(pattern: str) -> re.Pattern[str]:
    """What a pattern of the CLDR reads: marks may be left out where a month's name keeps the numbers apart."""
    named = "MMM" in pattern or "LLL" in pattern
    return re.compile("".join(_expressions(pattern, "?" if named else " ?")))


def _expressions(pattern: str, after_mark: str) -> Iterator[str]:
    for quoted, field, marks in _TOKEN.findall(pattern):
        if field:
            yield _WORD if len(field) > 2 and field[0] in "ML" else _FIELDS[field[0].replace("L", "M")]  # noqa: PLR2004 - MMM
        elif quoted:
            yield re.escape(quoted.casefold())
        else:
            visible = (mark for mark in marks if unicodedata.category(mark) != "Cf")
            yield from (" ?" if mark.isspace() else re.escape(mark) + after_mark for mark in visible)


@cache
def _months(tag: str) -> Mapping[str, int]:
    """Every name of a month, in the locale and in its language, in running text, alone or cut short, and in English."""
    found: dict[str, int] = {}
    for each in ("en", tag.partition("_")[0], tag):
        months = tags.cldr(each).months
        styles = (months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated"))
        found |= {_name(name): number for style in styles for number, name in style.items()}
    return MappingProxyType(found)


def _name(word: str) -> str:
    """A month's name as it is looked up."""
    return word.casefold().strip(" .,")
