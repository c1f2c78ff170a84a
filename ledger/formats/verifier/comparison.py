"""Comparison: a CSV of the package beside the rows it must have, line by line, byte by byte.

The rows of a table are known by its key. Where lines differ, the next few on both sides say what became of them:
a changed cell, a row that is missing, one too many, or one that stands elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Optional, TypeVar

from ledger.formats.verifier.package import Package, Row
from ledger.formats.verifier.words import Problem, shown

_AHEAD = 100
"""How many rows are looked at on each side to find one again."""

_QUOTED = re.compile('[,"\r\n]')
_Each = TypeVar("_Each")


class Layout(NamedTuple):
    """A table: its columns, how many of its columns are its key, and the rows that a package must have."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Callable[[Package], Iterator[Row]]


class _Line(NamedTuple):
    number: int
    raw: bytes
    cells: Row


def csv_line(cells: Row) -> bytes:
    """A row as RFC 4180 has it: quotes where they are needed, CRLF at its end."""
    text = ",".join(cells)
    if text.count(",") >= len(cells) or _QUOTED.search(text.replace(",", "")):
        quoted = ('"' + each.replace('"', '""') + '"' if _QUOTED.search(each) else each for each in cells)
        text = ",".join(quoted)
    return (text + "\r\n").encode("utf-8", "surrogatepass")


def cells_of(raw: bytes) -> Row:
    """The cells of one line of a CSV, whatever stands in it."""
    text = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
    try:
        return tuple(next(csv.reader([text]), []))
    except csv.Error:
        return (text,)


def differences(
    name: str, layout: Layout, rows: Iterable[Row], lines: Iterable[tuple[int, bytes]]
) -> Iterator[Problem]:
    """What the lines of a file, its header included, have otherwise than they should."""
    file = iter(lines)
    if (header := next(file, (1, b""))[1]) != csv_line(layout.columns):
        yield f"{name} line 1", f"the columns are {shown(header.decode('utf-8', 'replace'))}, not those of this table"
    ours = _Ahead(rows)
    theirs = _Ahead(_Line(number, raw, ()) for number, raw in file)
    difference = _Difference(name, layout, ours, theirs)
    while True:
        mine, its = ours.first(), theirs.first()
        if mine is None and its is None:
            return
        if mine is not None and its is not None and its.raw == csv_line(mine):
            ours.take()
            theirs.take()
        else:
            yield from difference.next()


class _Ahead(Generic[_Each]):
    """Rows that can be looked at before they are taken."""

    def __init__(self, rows: Iterable[_Each]) -> None:
        self._rows = iter(rows)
        self.held: deque[_Each] = deque()

    def first(self) -> Optional[_Each]:
        return self.held[0] if self.held or self._fill(1) else None

    def take(self, at: int = 0) -> None:
        del self.held[at]

    def next_few(self) -> list[_Each]:
        self._fill(_AHEAD)
        return list(self.held)

    def _fill(self, number: int) -> bool:
        while len(self.held) < number:
            each = next(self._rows, None)
            if each is None:
                break
            self.held.append(each)
        return bool(self.held)


class _Difference:
    """One difference after the other, in words."""

    def __init__(self, name: str, layout: Layout, ours: _Ahead[Row], theirs: _Ahead[_Line]) -> None:
        self._name, self._layout, self._ours, self._theirs = name, layout, ours, theirs
        self._key = [layout.columns.index(column) for column in layout.key]

    def next(self) -> Iterator[Problem]:
        """Say how the first rows of both sides differ, and go on past it."""
        mine, its = self._ours.first(), self._theirs.first()
        if its is None:
            yield self._missing("the end")
        elif mine is None:
            yield self._added(its)
        else:
            yield from self._between(mine, its._replace(cells=cells_of(its.raw)))

    def _between(self, mine: Row, its: _Line) -> Iterator[Problem]:
        my_key, its_key = self._key_of(mine), self._key_of(its.cells)
        if my_key == its_key:
            yield from self._changed(mine, its)
            return
        keys = [self._key_of(cells_of(line.raw)) for line in self._theirs.next_few()]
        here = my_key in keys
        wanted = its_key in [self._key_of(row) for row in self._ours.next_few()]
        if here and wanted:
            at = keys.index(my_key)
            yield self._place(its), f"stands out of order: {self._called(mine)} belongs here"
            if self._theirs.held[at].raw != csv_line(mine):
                found = self._theirs.held[at]
                yield from self._cells(mine, found._replace(cells=cells_of(found.raw)))
            self._ours.take()
            self._theirs.take(at)
        elif here:
            yield self._added(its)
        elif wanted:
            yield self._missing(f"line {its.number}")
        elif _alike(mine, its.cells):
            yield from self._changed(mine, its)
        else:
            yield self._added(its)
            yield self._missing(f"line {its.number}")

    def _changed(self, mine: Row, its: _Line) -> Iterator[Problem]:
        yield from self._cells(mine, its)
        self._ours.take()
        self._theirs.take()

    def _cells(self, mine: Row, its: _Line) -> Iterator[Problem]:
        """What the cells of a line are, and should be."""
        called = self._called(mine)
        if mine == its.cells:
            yield self._place(its), f"{called}: is not written as RFC 4180 has it (quotes, UTF-8, CRLF at the end)"
        elif len(mine) != len(its.cells):
            yield self._place(its), f"{called}: has {len(its.cells)} cells, not {len(mine)}"
        else:
            for column, found, due in zip(self._layout.columns, its.cells, mine):
                if found != due:
                    yield self._place(its), f"{called}: {column} is {shown(found)}, and should be {shown(due)}"

    def _added(self, its: _Line) -> Problem:
        self._theirs.take()
        return self._place(its), f"is a row too many: {shown(its.raw.decode('utf-8', 'replace').strip())}"

    def _missing(self, where: str) -> Problem:
        mine = self._ours.held[0]
        self._ours.take()
        return f"{self._name} before {where}", f"a row is missing: {self._called(mine)}"

    def _place(self, its: _Line) -> str:
        return f"{self._name} line {its.number}"

    def _key_of(self, cells: Row) -> Row:
        return tuple(cells[at] for at in self._key) if len(cells) > max(self._key) else ("", *cells)

    def _called(self, row: Row) -> str:
        """A row by its key."""
        return ", ".join(f"{column} {shown(each)}" for column, each in zip(self._layout.key, self._key_of(row)))


def _alike(mine: Row, its: Row) -> bool:
    """Whether a row is another one with a few cells changed, its key among them."""
    return len(mine) == len(its) and 2 * sum(one == other for one, other in zip(mine, its)) > len(mine)
