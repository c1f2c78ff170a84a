"""Doubles: promises so alike that they may be one promise recorded twice.

Trackers count money twice when two reports of it are recorded, when a facility and what is drawn on it both
are, and when a total and its parts are. What is alike is the donor and the recipient, the amount, the day and
the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ledger.errors import Problem
from ledger.message import Message, counted, joined, message
from ledger.money import Money, commodity

NEAR_DAYS = 31
"""How many days may lie between two reports of one promise."""
NEAR_PERCENT = 2
"""By how much of the larger one the amounts of two reports may differ: 1.6bn and 1.63bn do."""
ALIKE = 75
"""How alike titles are that may be of the same thing, in per cent of rapidfuzz's token set ratio."""
NEIGHBOURS = 100
"""How many promises of nearly the same amount are looked at: where a donor has more within two months, amounts tell
nothing."""

_NUMBER = re.compile(r"\d+")
_THOUSANDS = re.compile(r"(?<=\d)[,.' \u00a0\u202f](?=\d{3}(?!\d))")
_ORDINALS = frozenset(
    [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
    ]
)


class Block(NamedTuple):
    """What promises must share to be compared."""

    donor: str
    recipient: str
    currency: str


@dataclass(frozen=True)
class Promised:
    """A pledge's promise in one currency, as much of it as is not cancelled, in minor units.

    ``entry`` opened the pledge. ``stated`` is True of an equivalent that a source claims.
    """

    pledge: str
    block: Block
    units: int
    on: date
    entry: int
    purpose: str
    instrument: str
    title: str | None = None
    package: str | None = None
    parent: str | None = None
    source: str | None = None
    stated: bool = False

    @cached_property
    def words(self) -> str:
        """The title in lower case, without punctuation: empty where there is none."""
        from rapidfuzz.utils import default_process  # noqa: PLC0415 - only an examination pays

        return str(default_process(self.title or ""))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in the title, in figures or as ordinals: ``tranche 3``, ``third tranche``."""
        title = _THOUSANDS.sub("", self.title or "")
        return frozenset(_NUMBER.findall(title)).union(_ORDINALS.intersection(self.words.split()))

    @property
    def kept_alike(self) -> tuple[object, ...]:
        """What is the same of one promise in two reports without titles."""
        return (self.units, self.purpose, self.instrument)

    @property
    def amount(self) -> Money:
        """The amount."""
        return Money(self.units, commodity(self.block.currency))

    @property
    def said(self) -> Message:
        """The amount, the day and the title."""
        if self.title is None:
            return message("{amount} of {day}", amount=self.amount, day=self.on)
        return message('{amount} of {day}, "{title}"', amount=self.amount, day=self.on, title=self.title)


@dataclass(frozen=True, slots=True)
class Double:
    """Two promises that may be one; ``alike`` is how alike their titles are in per cent, None without two titles."""

    earlier: Promised
    later: Promised
    alike: int | None

    @property
    def days(self) -> int:
        """How many days lie between them."""
        return abs((self.later.on - self.earlier.on).days)

    @property
    def rank(self) -> tuple[object, ...]:
        """The most alike first, then the larger amounts."""
        one, other = self.earlier, self.later
        unequal = one.units != other.units
        return (unequal, -(self.alike or 0), self.days, -one.units, other.entry, one.entry, one.block)

    @property
    def reason(self) -> Message:
        """Why the two may be one."""
        return joined((message("same donor and recipient"), self._amounts, self._days_apart, self._titles))

    @property
    def _amounts(self) -> Message:
        one, other = self.earlier, self.later
        amounts = message("{one} and {other}", one=one.amount, other=other.amount)
        if one.units == other.units:
            amounts = message("both {amount}", amount=one.amount)
        if one.stated or other.stated:
            return message("{amounts} (as a source states one of them)", amounts=amounts)
        return amounts

    @property
    def _days_apart(self) -> Message:
        if self.days:
            return counted("{count} day apart", "{count} days apart", count=self.days)
        return message("both of {day}", day=self.earlier.on)

    @property
    def _titles(self) -> Message:
        if self.alike is None:
            return message("no two titles to compare")
        return message("titles {percent} % alike", percent=self.alike)

    @property
    def problem(self) -> Problem:
        """What is said of the later pledge, and what to do about it."""
        one, other = self.earlier.pledge, self.later.pledge
        what = message(
            "may be {one} once more ({promise}): {reason}; if it is the same money: aidledger pledge supersede {one}"
            " {other} --existing --note WHY, or of a part of it pledge draw {one} {other} AMOUNT --existing;"
            " if not: aidledger pledge distinguish {other} {one} --note WHY",
            one=one,
            other=other,
            promise=self.earlier.said,
            reason=self.reason,
        )
        return Problem("warning", "likely-double", other, what)


Pair = frozenset[str]
"""Two pledges, by id, in no order."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of pledges that look alike: pairs of which one draws on the other, and pairs said to differ."""

    linked: frozenset[Pair] = field(default_factory=frozenset)
    distinct: frozenset[Pair] = field(default_factory=frozenset)


NOTHING_KNOWN = Known()


def doubles(promised: Iterable[Promised], known: Known = NOTHING_KNOWN) -> Iterator[Double]:
    """Every two promises that may be one, each pair once; ``promised`` comes block by block."""
    blocks = groupby(promised, key=lambda each: each.block)
    return _judged((pair for _, block in blocks for pair in _near(block)), known)


def doubles_of(pledge: str, promised: Iterable[Promised]) -> Iterator[Double]:
    """Every promise that this pledge, of which nothing else is known yet, may be once more; as :func:`doubles`."""
    blocks = groupby(promised, key=lambda each: each.block)
    return _judged((pair for _, block in blocks for pair in _near_to(pledge, list(block))), NOTHING_KNOWN)


def _judged(pairs: Iterable[tuple[Promised, Promised]], known: Known) -> Iterator[Double]:
    seen: set[Pair] = set()
    for one, other in pairs:
        if _set_apart(one, other) or not (double := _alike(one, other)):
            continue
        pair = frozenset((one.pledge, other.pledge))
        if pair not in seen and pair not in known.linked and pair not in known.distinct:
            seen.add(pair)
            yield double


def _near_to(pledge: str, block: Sequence[Promised]) -> Iterator[tuple[Promised, Promised]]:
    """The pairs of a pledge's own promises with those near them in days and in amount."""
    for own in [each for each in block if each.pledge == pledge]:
        near = [
            each
            for each in block
            if abs(each.units - own.units) * 100 <= max(each.units, own.units) * NEAR_PERCENT
            and abs((each.on - own.on).days) <= NEAR_DAYS
        ]
        near.sort(key=lambda each: (abs(each.units - own.units), each.entry, each.pledge))
        yield from ((own, each) for each in near[: NEIGHBOURS + 1] if each is not own)


def _near(block: Iterable[Promised]) -> Iterator[tuple[Promised, Promised]]:
    """The pairs of a block that are near in days and in amount: by amount, in each two neighbouring months."""
    months: dict[int, list[tuple[int, int, int, str, Promised]]] = {}
    for each in block:
        day = each.on.toordinal()
        months.setdefault(day // NEAR_DAYS, []).append((each.units, day, each.entry, each.pledge, each))
    for month, here in months.items():
        both = sorted([*here, *months.get(month + 1, ())], key=itemgetter(0, 1, 2, 3))
        after = (month + 1) * NEAR_DAYS
        for place, (units, day, _, _, one) in enumerate(both):
            for more, then, _entry, _pledge, other in both[place + 1 : place + 1 + NEIGHBOURS]:
                if (more - units) * 100 > more * NEAR_PERCENT:
                    break
                if -NEAR_DAYS <= then - day <= NEAR_DAYS and (day < after or then < after):
                    yield one, other


def _set_apart(one: Promised, other: Promised) -> bool:
    """Whether what was recorded of the two says that they are not one."""
    if one.pledge == other.pledge or (one.stated and other.stated):
        return True
    if one.pledge == other.parent or other.pledge == one.parent:
        return True
    if one.parent is not None and one.parent == other.parent:
        return True  # what both draw on goes down by both
    listed_apart = one.package is not None and one.package == other.package  # parts of one announcement
    return listed_apart and not (one.kept_alike == other.kept_alike and one.words == other.words)


def _alike(one: Promised, other: Promised) -> Double | None:
    """The two as a double, if their titles say the same; without two titles, if all else is the same."""
    alike: int | None = None
    if one.words and other.words:
        if one.numbers - other.numbers and other.numbers - one.numbers:
            return None  # the third tranche, and the fourth
        from rapidfuzz.fuzz import token_set_ratio  # noqa: PLC0415 - only an examination pays

        alike = int(token_set_ratio(one.words, other.words))
    elif not (one.stated or other.stated or one.kept_alike == other.kept_alike):
        return None
    if alike is not None and alike < ALIKE:
        return None
    earlier, later = sorted((one, other), key=lambda each: (each.entry, each.pledge))
    return Double(earlier, later, alike)
