"""Pairs: which lines and which payments of ours are worth comparing, so that not each is compared with all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from ledger.reconcile.cash import Cash, Terms, widened
from ledger.reconcile.likeness import apart, cash_words, folded, line_words
from ledger.reconcile.statement import Line

MOST_NEIGHBOURS = 8
"""Of payments of one amount, so many before and after the one that has a line's own place are compared with it."""

MOST_NAMED = 60
"""So many payments are compared that a line's references name, and so many amounts that the terms allow."""

MOST_NEAR = 80
"""So many payments, or lines, of the days around are looked at for parts."""


class Pairs:
    """Payments of ours by amount and by reference. Both sides come in their order."""

    def __init__(self, lines: Sequence[Line], ours: Sequence[Cash], terms: Terms) -> None:
        self._ours, self._terms = ours, terms
        self._by_amount: dict[int, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        for place, cash in enumerate(ours):
            self._by_amount.setdefault(cash.amount.units, []).append(place)
            for word in (folded(cash.pledge), *cash_words(cash)):
                self._by_word.setdefault(word, []).append(place)
        self._amounts = sorted(self._by_amount)
        self._days = {units: [ours[place].on for place in places] for units, places in self._by_amount.items()}
        self._ranks = _ranks(lines)

    def named(self, line: Line) -> list[int]:
        """The places of payments whose reference or pledge a line names: those nearest in amount, then in time."""
        found = {place for word in line_words(line) for place in self._by_word.get(word, ())}
        return sorted(found, key=lambda place: self._distance(line, place))[:MOST_NAMED]

    def _distance(self, line: Line, place: int) -> tuple[int, int, int]:
        cash = self._ours[place]
        return abs(line.amount.units - cash.amount.units), apart(line, cash.on), place

    def like(self, line: Line) -> list[int]:
        """The places of payments whose amount the terms allow for a line, within their days of it."""
        least, most = self._terms.ours(line.amount.units)
        amounts = self._amounts[bisect_left(self._amounts, least) : bisect_right(self._amounts, most)]
        nearest = sorted(amounts, key=lambda units: (abs(units - line.amount.units), units))[:MOST_NAMED]
        return [place for units in nearest for place in self._around(line, units)]

    def near(self, line: Line) -> list[int]:
        """The places of payments within the terms' days of a line, nearest first: what it may be the sum of."""
        first, last = span_of(line, self._terms.days)
        start = bisect_left(self._ours, first, key=lambda cash: cash.on)
        end = bisect_right(self._ours, last, key=lambda cash: cash.on)
        start, end = _clipped(start, end, bisect_left(self._ours, line.booked_on, key=lambda cash: cash.on))
        return sorted(range(start, end), key=lambda place: (apart(line, self._ours[place].on), place))

    def _around(self, line: Line, units: int) -> Iterable[int]:
        """The payments of one amount within the terms' days.

        Where many are alike, those around the line's own place among lines like it: the first line is compared with
        the first payments, the hundredth with the hundredth, of all and of its day.
        """
        places, days = self._by_amount[units], self._days[units]
        first, last = span_of(line, self._terms.days)
        start, end = bisect_left(days, first), bisect_right(days, last)
        if end - start <= 2 * MOST_NEIGHBOURS:
            return places[start:end]
        of_all, of_day = self._ranks[line]
        middles = (of_all, bisect_left(days, line.booked_on) + of_day)
        kept = {at for middle in middles for at in range(middle - MOST_NEIGHBOURS, middle + MOST_NEIGHBOURS)}
        return [places[at] for at in sorted(kept) if start <= at < end]


def _ranks(lines: Sequence[Line]) -> dict[Line, tuple[int, int]]:
    """The place of each line among all those of its amount, and among those of its day as well."""
    counts: dict[tuple[date | None, int], int] = {}
    found: dict[Line, tuple[int, int]] = {}
    for line in lines:
        keys = (None, line.amount.units), (line.booked_on, line.amount.units)
        found[line] = (counts.get(keys[0], 0), counts.get(keys[1], 0))
        counts.update({key: counts.get(key, 0) + 1 for key in keys})
    return found


def span_of(line: Line, days: int) -> tuple[date, date]:
    """The days on which ours may be dated, for a line: those around its booking and its value."""
    dated = (line.booked_on, line.value_on or line.booked_on)
    return widened(min(dated), max(dated), days)


def lines_near(lines: Sequence[Line], on: date, days: int) -> list[int]:
    """The places of lines booked within some days of a payment, nearest first; lines come in their order."""
    first, last = widened(on, on, days)
    start = bisect_left(lines, first, key=lambda line: line.booked_on)
    end = bisect_right(lines, last, key=lambda line: line.booked_on)
    start, end = _clipped(start, end, bisect_left(lines, on, key=lambda line: line.booked_on))
    return sorted(range(start, end), key=lambda place: (apart(lines[place], on), place))


def _clipped(start: int, end: int, middle: int) -> tuple[int, int]:
    """No more than so many places, around the middle of them."""
    return max(start, middle - MOST_NEAR // 2), min(end, middle + MOST_NEAR // 2)
