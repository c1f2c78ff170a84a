"""Content: what a journal for another program holds, as values, whichever program that is.

Commodities, accounts and prices are declared before the entries that need them. Accounts and
entries are handed out one after the other: a million of them need no more memory than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.journal import Stage
from ledger.money import Commodity, Money

Tags = Sequence[tuple[str, str]]
"""Names and what they say: hledger's tags, Beancount's metadata. No name stands there twice."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A commodity that the journal uses; ``name`` is an item's, as it was registered."""

    commodity: Commodity
    name: str | None = None


class Place(NamedTuple):
    """The account of a line: a stage of a pledge, under its donor."""

    stage: Stage
    donor: str
    pledge: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account that the journal posts to: since which day (ISO 8601), in which commodities, of what pledge."""

    place: Place
    since: str
    commodities: Sequence[Commodity]
    facts: Tags


@dataclass(frozen=True, slots=True)
class Price:
    """A rate as its source published it: on this day (ISO 8601), 1 ``base`` = ``value`` ``quote``."""

    on: str
    base: str
    quote: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A posting: a signed amount, debit positive."""

    place: Place
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with those of its lines that were selected, in their order."""

    number: int
    on: str
    kind: str
    text: str
    reverses: int | None
    facts: Tags
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Content:
    """All of a journal, in the order it is written.

    ``about`` says what it is of, a line each; ``since`` is the first day of any entry. ``unpriced`` are the
    currencies that had no rate on some day they were posted on.
    """

    about: Sequence[str]
    since: str
    commodities: Sequence[Declared]
    kinds: Sequence[str]
    accounts: Iterable[Account]
    prices: Sequence[Price]
    unpriced: Sequence[str]
    entries: Iterable[Entry]
