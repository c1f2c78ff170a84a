"""Likeness: by what a booked line and a payment of ours resemble each other, as a score and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from ledger.message import Message, counted, joined, message
from ledger.reconcile.cash import Cash, Terms
from ledger.reconcile.statement import Line

REFERENCE, PLEDGE, AMOUNT, ALLOWED, NEAR, NAME = 50, 40, 30, 20, 12, 8
"""The most points that each resemblance gives; all together are 100."""

_ALIKE = 60  # per cent from which on two names may be one
_SHORTEST = 5  # signs of a reference
_LONG = 8  # signs of one that is mostly letters
_MOST_WORDS = 200
_WORD = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a line and a payment of ours resemble each other, in points from 0 to 100, and why.

    ``named`` says which reference they share, ``difference`` what the amounts differ by (as the terms call it; None
    where by too much).
    """

    score: int
    named: str | None
    difference: str | None
    reasons: tuple[str, ...]


def likeness(line: Line, cash: Cash, terms: Terms) -> Likeness:
    """How a booked line resembles a payment of ours."""
    named, reference = shared(line, cash)
    difference = terms.difference(line.amount.units, cash.amount.units)
    days = apart(line, cash.on)
    party, how = _named_party(line, cash)
    amount = {"exact": AMOUNT, "fees": ALLOWED, "tolerance": ALLOWED}.get(str(difference), 0)
    near = max(0, NEAR - days * NEAR // (terms.days + 1))
    reasons = [named or "", _of_amounts(line, cash, difference), _of_days(days), how]
    return Likeness(reference + amount + near + party, named, difference, tuple(filter(None, reasons)))


def apart(line: Line, on: date) -> int:
    """The days between a line and a day of ours: by the day of booking or of value, whichever is nearer."""
    return min(abs((day - on).days) for day in (line.booked_on, line.value_on or line.booked_on))


def shared(line: Line, cash: Cash) -> tuple[str | None, int]:
    """The reference of ours that a line names, in words, and its points."""
    said = line_words(line)
    for word, text in sorted(cash_words(cash).items()):
        if word in said:
            return message("the reference {reference}", reference=text), REFERENCE
    if folded(cash.pledge) in said:
        return message("the pledge {pledge}", pledge=cash.pledge), PLEDGE
    return None, 0


@lru_cache(maxsize=50_000)
def line_words(line: Line) -> frozenset[str]:
    """What a line may name: its references and words, folded, and up to three words in a row as one."""
    found = {folded(reference) for reference in line.references}
    for text in (*line.references, line.text):
        words = [folded(word) for word in _WORD.findall(text)[:_MOST_WORDS]]
        for size in (1, 2, 3):
            found.update("".join(words[place : place + size]) for place in range(len(words) - size + 1))
    return frozenset(word for word in found if len(word) >= _SHORTEST)


@lru_cache(maxsize=50_000)
def cash_words(cash: Cash) -> dict[str, str]:
    """What may name a payment of ours itself, folded, with how it is written: words of its origin, citation and note.

    A word that is no more than a date or a few digits names nothing, nor does one without a digit.
    """
    found: dict[str, str] = {}
    for text in cash.references:
        whole = () if " " in text else (text, text.partition(":")[2])
        for written in (*whole, *_WORD.findall(text)[:_MOST_WORDS]):
            if (word := folded(written)) and _names(word, written):
                found.setdefault(word, written.strip())
    found.pop(folded(cash.pledge), None)
    return found


def _names(word: str, written: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    if len(word) == digits:
        return digits >= _LONG and not _is_day(written)
    return digits >= _SHORTEST or (len(word) >= _LONG and digits > 0)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text.strip()))
    except ValueError:
        return False


@cache
def folded(text: str) -> str:
    """A reference as it is compared: its letters and digits in small letters.

    >>> folded("GB-2024-0001") == folded("gb 2024/0001")
    True
    """
    return _SIGNS.sub("", text).casefold()


def _named_party(line: Line, cash: Cash) -> tuple[int, str]:
    """The points for the name of the other side, and the words for it."""
    if not line.party:
        return 0, ""
    best = max(((alike(line.party, name), name) for name in cash.names if name), default=(0, ""))
    if best[0] < _ALIKE:
        return 0, ""
    percent, name = best
    if percent == 100:  # noqa: PLR2004
        return NAME, message("the name {name}", name=name)
    return NAME * percent // 100, message("the name {name} ({percent}% alike)", name=name, percent=percent)


@lru_cache(maxsize=50_000)
def alike(one: str, other: str) -> int:
    """How alike two names are, from 0 to 100, whatever the order of their words; 100 where one holds the other.

    >>> alike("Finance Ministry of Ukraine", "Ukraine")
    100
    """
    from rapidfuzz.distance import Indel  # noqa: PLC0415 - only names that are compared pay for it

    first, second = (sorted(word.casefold() for word in _WORD.findall(text)) for text in (one, other))
    if not first or not second:
        return 0
    if set(first) <= set(second) or set(second) <= set(first):
        return 100
    texts = " ".join(first), " ".join(second)
    longest = sum(map(len, texts))
    return 100 * (longest - Indel.distance(*texts)) // longest


def _of_amounts(line: Line, cash: Cash, difference: str | None) -> Message:
    if difference == "exact":
        return message("the same amount")
    over = line.amount - cash.amount
    if difference == "fees":
        return message("the amount but for charges of {charges}", charges=-over)
    if difference:
        return message("the amount but for {difference}, which is tolerated", difference=over)
    return message("another amount ({difference})", difference=over)


def _of_days(days: int) -> Message:
    if not days:
        return message("the same day")
    return counted("{count} day apart", "{count} days apart", count=days)


def reasoned(reasons: Iterable[str]) -> Message:
    """Reasons as one text, each once."""
    return joined(dict.fromkeys(filter(None, reasons)))
