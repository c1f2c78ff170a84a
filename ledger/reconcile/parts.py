"""Parts: which few of some amounts make up another one, searched exactly and within bounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import combinations, islice

MOST_CANDIDATES = 30
MOST_PARTS = 4
MOST_FOUND = 20

Parts = tuple[int, ...]
"""The places of the amounts that make up another, in order."""


def making(units: Sequence[int], least: int, most: int) -> list[Parts]:
    """The ways in which two to four of at most 30 amounts add up to no less than ``least`` and no more than ``most``.

    Fewer parts come first, then lower places: at most 20 ways. All of them together count as a way, however many.

    >>> making([100, 250, 402, 7], 752, 752)
    [(0, 1, 2)]
    """
    units = units[:MOST_CANDIDATES]
    found = list(islice(_made(units, least, most), MOST_FOUND))
    everything = tuple(range(len(units)))
    if len(units) > MOST_PARTS and least <= sum(units) <= most:
        found.append(everything)
    return found


def _made(units: Sequence[int], least: int, most: int) -> Iterator[Parts]:
    """The ways by two, by three and by four parts."""
    if _out_of_reach(units, least, most):
        return
    places = range(len(units))
    pairs = sorted((units[one] + units[other], one, other) for one, other in combinations(places, 2))
    sums = [pair[0] for pair in pairs]
    for size in (0, 1, 2):  # no part more, one or two, and a pair of those that come after them
        for first in combinations(places, size):
            has = sum([units[place] for place in first])
            start = bisect_left(sums, least - has)
            if start < len(sums) and sums[start] <= most - has:
                end = bisect_right(sums, most - has)
                last = first[-1] if first else -1
                yield from sorted((*first, one, other) for _, one, other in pairs[start:end] if one > last)


def _out_of_reach(units: Sequence[int], least: int, most: int) -> bool:
    """Whether even the largest parts are too little, or the smallest too much."""
    ordered = sorted(units, reverse=True)
    highest = sum(ordered[:2]) + sum(unit for unit in ordered[2:MOST_PARTS] if unit > 0)
    lowest = sum(ordered[-2:]) + sum(unit for unit in ordered[-MOST_PARTS:-2] if unit < 0)
    return highest < least or lowest > most
