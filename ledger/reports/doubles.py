"""Doubles: promises so alike that they may be one promise recorded twice.

Trackers count money twice when two reports of it are recorded, when a facility and what is drawn on it both
are, and when a total and its parts are. What is alike is the donor and the recipient, the amount, the day and
the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

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

    def __str__(self) -> str:
        one, other = self.earlier, self.later
        amounts = f"both {one.amount}" if one.units == other.units else f"{one.amount} and {other.amount}"
        days = f"{self.days} day{'s'[: self.days != 1]} apart" if self.days else f"both of {one.on}"
        titles = "no two titles to compare" if self.alike is None else f"titles {self.alike} % alike"
        stated = " (as a source states one of them)" if one.stated or other.stated else ""
        return f"same donor and recipient, {amounts}{stated}, {days}, {titles}"


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
    seen: set[Pair] = set()
    for _, block in groupby(promised, key=lambda each: each.block):
        for one, other in _near(block):
            if _set_apart(one, other) or not (double := _alike(one, other)):
                continue
            pair = frozenset((one.pledge, other.pledge))
            if pair not in seen and pair not in known.linked and pair not in known.distinct:
                seen.add(pair)
                yield double


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
