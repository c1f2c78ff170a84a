"""Tiles: the hashes of a growing tree, 256 in a row, as they are kept (C2SP tlog-tiles).

Row ``number`` of level 0 holds the hashes of leaves ``256 * number`` and on; each hash of level 1 is the root of a full
row of level 0, and so on up. A row that is not full yet has a smaller width. Nothing in a row is ever changed: a tree
that grows makes its rows wider, then begins new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.proof.tree import Frontier, Span, node_hash

HEIGHT = 8
WIDTH = 2**HEIGHT
"""How many hashes a full row has: the leaves of a tree of this height."""

HASH = 32
"""How many bytes a hash has (SHA-256)."""

Place = tuple[int, int]
"""The level of a row, 0 for the leaves, and its number at that level, from 0."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A row of hashes, one after the other without anything between."""

    level: int
    number: int
    hashes: bytes

    @property
    def place(self) -> Place:
        """Where it stands in the tree."""
        return self.level, self.number

    @property
    def width(self) -> int:
        """How many hashes it has: 256 where it is full."""
        return len(self.hashes) // HASH


def edge_of(size: int) -> Iterator[tuple[int, int, int]]:
    """The rows that are not full in a tree of so many leaves: level, number and width, from the leaves up."""
    level = 0
    while size > 0:
        if size % WIDTH:
            yield level, size // WIDTH, size % WIDTH
        size //= WIDTH
        level += 1


class Edge:
    """The right edge of a tree: the row of each level that is not full, which is all that it takes to grow on.

    It begins with no leaf, or with the rows that :func:`edge_of` names for a tree of ``size``.
    """

    def __init__(self, size: int = 0, rows: Iterable[Tile] = ()) -> None:
        self.size = size
        widths = {level: width for level, _, width in edge_of(size)}
        self._rows = {tile.level: bytearray(tile.hashes[: HASH * widths[tile.level]]) for tile in rows}
        self._leaves = self._rows.setdefault(0, bytearray())

    def add(self, leaf: bytes) -> list[Tile]:
        """Add the hash of a leaf; the rows that it makes full, from the leaves up."""
        self._leaves += leaf
        self.size += 1
        return [] if self.size % WIDTH else list(self._full())

    def _full(self) -> Iterator[Tile]:
        level, number = 0, self.size // WIDTH - 1
        while len(row := self._rows[level]) == HASH * WIDTH:
            full = Tile(level, number, bytes(row))
            yield full
            row.clear()
            level, number = level + 1, number // WIDTH
            self._rows.setdefault(level, bytearray()).extend(root_of(full.hashes))

    def unfinished(self) -> list[Tile]:
        """The rows that are not full, from the leaves up."""
        return [
            Tile(level, number, bytes(self._rows[level][: HASH * width])) for level, number, width in edge_of(self.size)
        ]

    def root(self) -> bytes:
        """The root of the tree as it is."""
        found = Frontier()
        for tile in reversed(self.unfinished()):
            for each in split(tile.hashes):
                found.add_tree(each, HEIGHT * tile.level)
        return found.root()


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a row, one by one."""
    return [hashes[place : place + HASH] for place in range(0, len(hashes), HASH)]


def root_of(hashes: bytes) -> bytes:
    """The root over the hashes of a full row."""
    level = split(hashes)
    while len(level) > 1:
        pairs = iter(level)
        level = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
    return level[0]


def span_root(span: Span, row: Callable[[int, int], bytes]) -> bytes:
    """The root of the leaves from ``span[0]`` up to and without ``span[1]``, from as few rows as there are.

    The first leaf begins a subtree that is at least as large, as in every inclusion and consistency proof.
    ``row(level, number)`` gives the hashes of a row, as many as the last leaf makes at the least.
    """
    first, last = span
    found = Frontier()
    while first < last:
        level = _highest(first, last)
        place = first // WIDTH**level
        at = HASH * (place % WIDTH)
        found.add_tree(row(level, place // WIDTH)[at : at + HASH], HEIGHT * level)
        first += WIDTH**level
    return found.root()


def _highest(first: int, last: int) -> int:
    """The highest level that has one hash for the leaves from ``first`` on, none of them beyond ``last``."""
    level = 0
    while first % WIDTH ** (level + 1) == 0 and first + WIDTH ** (level + 1) <= last:
        level += 1
    return level
