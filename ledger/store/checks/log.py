"""The log: the hashes that are kept of the lines, and the heads that were signed, beside the lines as they are."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from ledger.errors import LedgerError, Problem
from ledger.message import counted, message
from ledger.proof.tiles import HASH, WIDTH, Edge, Tile, edge_of
from ledger.proof.tree import EMPTY, leaf_hash
from ledger.signing import note
from ledger.store.log import Kept, checkpoints
from ledger.store.tables import TILES

if TYPE_CHECKING:
    from ledger.store.checks.examined import Examined

_HIGHEST = 8  # levels that a tree of 2**63 leaves has


class Relogged:
    """The log made anew from the lines as they are read, and what is kept of it compared on the way.

    ``sizes`` are of heads whose roots are wanted, beside those that the book keeps. It needs no more memory than the
    places of the kept rows, of which there is one for 256 entries.
    """

    def __init__(self, connection: Connection, book: int, sizes: Iterable[int] = ()) -> None:
        self.signed = checkpoints(connection, book)
        self._most = max((each.size for each in self.signed), default=0)
        self.roots: dict[int, bytes] = {0: EMPTY}
        self._wanted = {*sizes, *(each.size for each in self.signed)}
        self._connection, self._book, self._edge = connection, book, Edge()
        self._places = _places(connection, book)
        self.gap: int | None = None  # the first number that no entry has, though a later one is there
        self.last = 0  # the number of the last entry
        self._altered: list[int] = []
        self._tiles: list[Problem] = []

    @property
    def size(self) -> int:
        """How many lines were read."""
        return self._edge.size

    def add(self, number: int, line: bytes) -> None:
        """Take the next line, with the number that its entry has."""
        full = self._edge.add(leaf_hash(line))
        size, self.last = self._edge.size, number
        if number != size and self.gap is None:
            self.gap = size
        for tile in full:
            self._compare(tile)
        if size in self._wanted:
            self.roots[size] = self._edge.root()

    def root(self) -> bytes:
        """The root over every line that was read."""
        return self._edge.root()

    def _compare(self, tile: Tile) -> None:
        """Compare what is kept of a row, in each width that it once had, with the row that the lines make."""
        differ: set[int] = set()
        for width in self._places.get(tile.place, ()):
            kept, made = self._stored(tile, width), tile.hashes[: HASH * width]
            if kept[: len(made)] != made:
                differ |= {at for at in range(len(made) // HASH) if _hash(kept, at) != _hash(made, at)}
        differ = {at for at in differ if self._in_place((tile.number * WIDTH + at + 1) * WIDTH**tile.level)}
        if not tile.level:
            self._altered += [tile.number * WIDTH + at for at in sorted(differ)]
            return
        for at in sorted(differ):
            below = tile.number * WIDTH + at
            leaves = range(below * WIDTH**tile.level, (below + 1) * WIDTH**tile.level)
            if not any(leaf in leaves for leaf in self._altered):
                what = message(
                    "hash {at} is not the root of tile {level}/{below}, which agrees with the lines",
                    at=at + 1,
                    level=tile.level - 1,
                    below=below,
                )
                self._tiles.append(Problem("error", "altered-tile", f"tile {tile.level}/{tile.number}", what))

    def _in_place(self, size: int) -> bool:
        """Whether the first so many entries have their numbers."""
        return self.gap is None or size < self.gap

    def _stored(self, tile: Tile, width: int) -> bytes:
        key = {"book": self._book, "level": tile.level, "number": tile.number, "width": width}
        return self._connection.scalar(select(TILES.c.hashes).filter_by(**key)) or b""

    def problems(self, uid: str) -> Iterator[Problem]:
        """What differs, once every line was read: lines first, then rows of hashes, then heads.

        Where a number is missing, no line after it is in its place: nothing is said of what is made from those.
        """
        for tile in self._edge.unfinished():
            self._compare(tile)
        yield from self._shorter()
        yield from self._leaves()
        yield from self._tiles
        if self.gap is None:
            yield from self._misplaced()
        yield from self._counted()
        for each in self.signed:
            yield from self._head(each, uid)

    def _shorter(self) -> Iterator[Problem]:
        if self._most > self.last:
            what = message(
                "there is none, and {most} entries were signed: what came from here on was taken away", most=self._most
            )
            yield Problem("error", "shortened", f"entry {self.last + 1}", what)

    def _leaves(self) -> Iterator[Problem]:
        """The first line that is not the one whose hash is kept, and how many more there are."""
        vouched = max((each.size for each in self.signed if self._agrees(each)), default=0)
        lines = [leaf for leaf in self._altered if leaf >= vouched]
        if lines:
            first, more = lines[0] + 1, len(lines) - 1
            what = message("its line is not the one whose hash the log keeps: the journal was altered")
            if more:
                what = counted(
                    "{finding}, here first, and {count} more line differs",
                    "{finding}, here first, and {count} more lines differ",
                    count=more,
                    finding=what,
                )
            yield Problem("error", "altered-leaf", f"entry {first}", what)
        for leaf in [leaf for leaf in self._altered if leaf < vouched][:1]:
            what = message(
                "the hash kept of entry {leaf} is not its line's, though a signed head is of that line", leaf=leaf + 1
            )
            yield Problem("error", "altered-tile", f"tile 0/{leaf // WIDTH}", what)

    def _misplaced(self) -> Iterator[Problem]:
        """Rows of hashes that a signed head needs and that are gone, and those that none needs."""
        there = {(*place, width) for place, widths in self._places.items() for width in widths}
        for level, number, _ in sorted(self._needed() - there):
            yield Problem("error", "altered-tile", f"tile {level}/{number}", message("its hashes are gone"))
        for level, number, width in sorted(there):
            if (number * WIDTH + width) * WIDTH ** min(level, _HIGHEST) > self._most:
                what = message(
                    "its {width} hashes are of more entries than were signed, or a checkpoint was taken away",
                    width=width,
                )
                yield Problem("error", "altered-tile", f"tile {level}/{number}", what)

    def _needed(self) -> set[tuple[int, int, int]]:
        """Level, number and width of each; heads of more than is there, which are told of as such, need none."""
        sizes = [each.size for each in self.signed if 0 <= each.size <= self.last]
        needed = {row for size in sizes for row in edge_of(size)}
        level, full = 0, max(sizes, default=0) // WIDTH
        while full:
            needed |= {(level, number, WIDTH) for number in range(full)}
            level, full = level + 1, full // WIDTH
        return needed

    def _counted(self) -> Iterator[Problem]:
        """The first signed head whose number is not its turn."""
        for expected, each in enumerate(self.signed, 1):
            if each.number != expected:
                what = message("there is none; the next one is {number}", number=each.number)
                yield Problem("error", "altered-checkpoint", f"checkpoint {expected}", what)
                return

    def _head(self, each: Kept, uid: str) -> Iterator[Problem]:
        where = f"checkpoint {each.number}"
        if why := _altered(each, uid):
            yield Problem("error", "altered-checkpoint", where, message("{why}: it was altered", why=why))
        explained = any(leaf < each.size for leaf in self._altered)
        if 0 <= each.size <= self.size and self._in_place(each.size) and not self._agrees(each) and not explained:
            what = message(
                "its root is {signed}, and the first {size} lines make {made}, as the kept hashes do: both were"
                " rewritten since; aidledger verify PACKAGE names the entry, with a package made before",
                signed=each.root,
                size=each.size,
                made=self._root(each.size),
            )
            yield Problem("error", "rewritten", where, what)

    def _agrees(self, each: Kept) -> bool:
        """Whether the lines make the root that was signed."""
        return each.size in self.roots and self._root(each.size) == each.root

    def _root(self, size: int) -> str:
        return b64encode(self.roots[size]).decode()


def _altered(kept: Kept, uid: str) -> str | None:
    """What is wrong with the form of a kept note; who signed it is not looked at here, where no keys are."""
    try:
        opened = note.opened(kept.note, ())
    except LedgerError as error:
        return error.message
    if kept.size < 0 or opened.text != f"{uid}\n{kept.size}\n{kept.root}\n":
        return message("its text is not what its columns say")
    return None if opened.others else message("it is not signed")


def _hash(row: bytes, at: int) -> bytes:
    return row[HASH * at : HASH * (at + 1)]


def _places(connection: Connection, book: int) -> dict[tuple[int, int], list[int]]:
    """The widths in which each row is kept."""
    found: dict[tuple[int, int], list[int]] = {}
    for row in connection.execute(select(TILES.c.level, TILES.c.number, TILES.c.width).filter_by(book=book)):
        found.setdefault((row.level, row.number), []).append(row.width)
    return found


def log_keeps_what_was_recorded(examined: Examined) -> Iterator[Problem]:
    """The kept hashes and the signed heads are those of the lines."""
    yield from examined.reading.relogged.problems(examined.uid)
