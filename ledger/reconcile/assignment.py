"""The assignment: each of ours to at most one of theirs, so that the scores together are as high as can be.

It is the Hungarian method over the pairs there are, by shortest augmenting paths (Dijkstra's, with potentials), in
whole numbers throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

Scores = Sequence[Mapping[int, int]]
"""For each row, the columns it may have, and how well each fits: one or more."""


def assigned(scores: Scores) -> dict[int, int]:
    """The columns that rows are given: the sum of scores is the highest there is, and the same input gives the same.

    >>> assigned([{0: 9, 1: 8}, {0: 7}])
    {0: 1, 1: 0}
    """
    made = _Assignment(scores)
    for row in range(len(scores)):
        made.place(row)
    return {row: column for column, row in sorted(made.holder.items(), key=lambda held: held[1]) if column >= 0}


class _Assignment:
    """An assignment in the making. Each row has a column of its own as well, below zero: it stays unassigned."""

    def __init__(self, scores: Scores) -> None:
        top = max((score for row in scores for score in row.values()), default=0)
        self._costs = [
            [(column, top - score) for column, score in sorted(row.items())] + [(-place - 1, top)]
            for place, row in enumerate(scores)
        ]
        self._rows = [0] * len(scores)  # potentials
        self._columns: dict[int, int] = {}
        self.holder: dict[int, int] = {}
        self._at: dict[int, int] = {}  # the same, by row

    def place(self, start: int) -> None:
        """Give one more row its column; those placed before may move to other columns, at the least cost."""
        distances: dict[int, int] = {}
        came: dict[int, int] = {}
        settled: list[int] = []
        waiting: list[tuple[int, bool, int]] = []
        row, length = start, 0
        while True:
            self._reach(row, length, (distances, came, waiting))
            length, column = self._nearest(waiting, distances)
            settled.append(column)
            if column not in self.holder:
                break
            row = self.holder[column]
        for reached in settled:
            short = length - distances[reached]
            self._columns[reached] = self._columns.get(reached, 0) - short
            if reached in self.holder:
                self._rows[self.holder[reached]] += short
        self._rows[start] += length
        self._move(start, column, came)

    def _reach(
        self, row: int, length: int, seen: tuple[dict[int, int], dict[int, int], list[tuple[int, bool, int]]]
    ) -> None:
        """The columns of a row, as far from the start as they are by way of it."""
        distances, came, waiting = seen
        base = length - self._rows[row]
        for column, cost in self._costs[row]:
            far = base + cost - self._columns.get(column, 0)
            if column not in distances or far < distances[column]:
                distances[column], came[column] = far, row
                heappush(waiting, (far, column in self.holder, column))

    @staticmethod
    def _nearest(waiting: list[tuple[int, bool, int]], distances: Mapping[int, int]) -> tuple[int, int]:
        """The nearest column that was not left behind for a shorter way."""
        while True:
            far, _, column = heappop(waiting)
            if far == distances[column]:
                return far, column

    def _move(self, start: int, column: int, came: Mapping[int, int]) -> None:
        """Each row on the way takes the column that was reached from it."""
        while True:
            row = came[column]
            left = self._at.get(row)
            self.holder[column], self._at[row] = row, column
            if row == start or left is None:
                return
            column = left
