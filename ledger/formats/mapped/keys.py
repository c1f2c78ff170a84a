"""The keys of a map as TOML has them: each of the type it must be, or a refusal that says what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from ledger.errors import InputError
from ledger.formats.rates.layout import shown
from ledger.message import Message, counted, message

Written = Mapping[str, Any]

_LONGEST = 1000  # characters of one value
_MOST_SHOWN = 12  # of what is allowed


def known(where: str, written: Written, allowed: Sequence[str]) -> None:
    """Refuse a key that is not one of these, and say which is near."""
    for key in written:
        if key not in allowed:
            place = f"{where}.{key}" if where else key
            raise InputError("{key} is not a key of a map: {advice}", key=shown(place), advice=near(key, allowed))


def near(word: str, allowed: Iterable[str]) -> Message:
    """The nearest of what is allowed, or all of it where it is little."""
    words = [str(one) for one in allowed]
    if close := get_close_matches(word.casefold(), words, 1):
        return message("did you mean {nearest}?", nearest=close[0])
    listed = ", ".join([*words[:_MOST_SHOWN], "..."] if len(words) > _MOST_SHOWN else words)
    return counted("there is {words}", "there are {words}", count=len(words), words=listed)


def table(where: str, written: Written, key: str) -> Written:
    """The table under a key; empty where there is none."""
    found = written.get(key, {})
    if not isinstance(found, dict):
        raise InputError("{place} is a table: write [{place}] above its keys", place=_place(where, key))
    return found


def tables(written: Written, key: str) -> list[Written]:
    """The list of tables under a key; empty where there is none."""
    found = written.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("{key} is a list of tables: write [[{key}]] above the keys of each", key=key)
    return found


def text(where: str, value: object, example: str = "") -> str:
    """A text; a whole number or a day that TOML has a type for is taken for its text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        if not example:
            raise InputError("{where} is a text in quotation marks", where=where)
        raise InputError("{where} is a text in quotation marks, such as {example}", where=where, example=example)
    if len(value) > _LONGEST:
        raise InputError("{where} has more than {longest:,} characters", where=where, longest=_LONGEST)
    return value


def texts(where: str, value: object, example: str) -> tuple[str, ...]:
    """A list of texts; one text stands for a list of it."""
    if isinstance(value, str):
        return (text(where, value),)
    if not isinstance(value, list):
        raise InputError("{where} is a list of texts, such as {example}", where=where, example=example)
    return tuple(text(where, one) for one in value)


def flag(where: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InputError("{where} is true or false", where=where)
    return value


def whole(where: str, value: object, most: int = 10**12) -> int:
    """A whole number, one or more."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InputError("{where} is a whole number from 1 to {most:,}", where=where, most=most)
    return value


def choice(where: str, value: object, allowed: Sequence[str]) -> str:
    """One of a few words."""
    if value not in allowed:
        words = ", ".join(f'"{word}"' for word in allowed)
        raise InputError("{where} is one of {words}, not {text}", where=where, words=words, text=shown(str(value)))
    return str(value)


def _place(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
