"""Items: what a package holds by the piece, promised and delivered.

What a commitment lists and what its allocations list are the same pieces: the larger number is the promise. Where a
number is undisclosed, at least those are promised whose number is known, or that were delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.errors import InputError
from ledger.formats.kiel.figures import count
from ledger.formats.kiel.layout import ITEM, UNITS, UNITS_DELIVERED, Row
from ledger.formats.kiel.words import item_code
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.money import Balance, Money, item
from ledger.pledge import Firmness, Promise
from ledger.recognition.proposal import Rejection

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Count:
    """How many pieces of one item a row promises and has delivered; None where it does not say."""

    row: Row
    name: str
    code: str
    promised: int | None
    delivered: int | None


@dataclass(frozen=True, slots=True)
class Items:
    """Everything that a package counts by the piece."""

    of_rows: Mapping[int, Count] = field(default_factory=dict)

    @property
    def counts(self) -> Collection[Count]:
        """Every count, in the order of the rows."""
        return self.of_rows.values()

    @property
    def names(self) -> list[str]:
        """What the items are called, each once, by the alphabet."""
        return sorted({count.name for count in self.counts})

    def promises(self) -> tuple[Promise, ...]:
        """The promise of each item of which any number is known."""
        found = []
        for code, own in self._by_code():
            open_ended = any(count.promised is None for count in own)
            promised = self._promised(own)
            if promised:
                firmness = Firmness.AT_LEAST if open_ended else Firmness.EXACT
                found.append(Promise(Money(promised, item(code)), firmness))
        return tuple(found)

    def allocated(self, rows: Sequence[Row]) -> tuple[Money, ...]:
        """The pieces that the rows of one allocation list."""
        own = (self.of_rows[row.number] for row in rows if row.number in self.of_rows)
        return Balance(Money(one.promised or 0, item(one.code)) for one in own).amounts()

    def delivered(self) -> tuple[tuple[Money, ...], list[Rejection]]:
        """The pieces that were delivered, as far as they were promised, and those beyond."""
        amounts, beyond = [], []
        for code, own in self._by_code():
            stated, promised = _either(own, lambda one: one.delivered), self._promised(own)
            if stated > promised:
                at = next(one.row for one in own if one.delivered).at(UNITS_DELIVERED)
                why = message(
                    "{stated:,} {code} delivered, and {promised:,} promised: what is beyond is not recorded",
                    stated=stated,
                    code=code,
                    promised=promised,
                )
                beyond.append(Rejection(at, why))
            if units := min(stated, promised):
                amounts.append(Money(units, item(code)))
        return tuple(amounts), beyond

    def _by_code(self) -> list[tuple[str, list[Count]]]:
        found: dict[str, list[Count]] = {}
        for one in self.counts:
            found.setdefault(one.code, []).append(one)
        return sorted(found.items())

    def _promised(self, own: Sequence[Count]) -> int:
        known = _either(own, lambda one: one.promised)
        open_ended = any(one.promised is None for one in own)
        return max(known, _either(own, lambda one: one.delivered)) if open_ended else known


def _either(own: Sequence[Count], units: Callable[[Count], int | None]) -> int:
    """The pieces on commitments' rows or on allocations' rows, whichever are more."""
    committed = sum(units(one) or 0 for one in own if not one.row.allocates)
    return max(committed, sum(units(one) or 0 for one in own if one.row.allocates))


def items(rows: Sequence[Row]) -> tuple[Items, list[Rejection]]:
    """What the rows of a package count by the piece, and the counts that are none."""
    counts: list[Count] = []
    rejected: list[Rejection] = []
    for row in rows:
        name = cleaned(row.text(ITEM))[:_LONGEST_NAME]
        promised = _count(row, UNITS, rejected)
        delivered = _count(row, UNITS_DELIVERED, rejected)
        if name and any(sign.isalnum() for sign in name):
            counts.append(Count(row, name, item_code(name), promised, delivered))
        elif promised or delivered:
            rejected.append(
                Rejection(row.at(UNITS), message("a number of pieces of nothing that is named: name the item"))
            )
    return Items({one.row.number: one for one in counts}), rejected


def _count(row: Row, column: str, rejected: list[Rejection]) -> int | None:
    try:
        return count(row, column)
    except InputError as error:
        rejected.append(Rejection(row.at(column), error.message))
        return None


def names(everything: Sequence[Items]) -> dict[str, str]:
    """The name of each item in a whole file: of several spellings, the first by the alphabet."""
    found: dict[str, str] = {}
    for one in (one for items_ in everything for one in items_.counts):
        found[one.code] = min(found.get(one.code, one.name), one.name)
    return found
