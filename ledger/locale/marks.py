"""The marks that a locale writes between digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ledger.locale import tags


@dataclass(frozen=True, slots=True)
class Marks:
    """Between units and decimals, between thousands, before a negative number; whether thousands go the Indian way."""

    decimal: str = "."
    groups: tuple[str, ...] = (",",)
    minus: str = "-"
    lakhs: bool = False


@cache
def marks_of(tag: str) -> Marks:
    """The marks of a locale, between Western digits (which every locale of the CLDR can write)."""
    if tag in tags.PLAIN_ENGLISH:
        return Marks()
    locale = tags.cldr(tag)
    signs = locale.number_symbols["latn"]
    own = (signs["group"], signs.get("currencyGroup", signs["group"]))
    groups = tuple(dict.fromkeys(mark for mark in own if mark != signs["decimal"]))
    return Marks(signs["decimal"], groups, signs["minusSign"], locale.decimal_formats[None].grouping == (3, 2))


def grouped(whole: str, *, lakhs: bool) -> list[str]:
    """The groups of a whole number's digits: threes, or the Indian way a three after twos."""
    size = 2 if lakhs else 3
    head, last = whole[:-3], whole[-3:]
    first = len(head) % size
    groups = [head[:first], *(head[start : start + size] for start in range(first, len(head), size)), last]
    return [group for group in groups if group]
