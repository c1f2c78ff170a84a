"""Lines: the journal read once, entry by entry, and what is looked at in each entry by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, select

from ledger.errors import LedgerError, Problem
from ledger.journal import CREDIT_STAGES, Entry
from ledger.message import message
from ledger.money import Commodity, Money
from ledger.proof import leaf
from ledger.store import records
from ledger.store.log import WRITTEN
from ledger.store.tables import ENTRIES, POSTINGS

UNREADABLE = (LedgerError, ValueError, KeyError, IndexError, TypeError, AttributeError)
"""What reading raises where someone wrote what the ledger never would."""

Row = tuple[Any, ...]
_FIRST = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """What a book holds of one entry: its row, the entry its canonical line says, the rows of its postings.

    ``row`` is None where there are postings only, ``entry`` where the line cannot be read. ``book`` and ``uid`` are
    those of the book it stands in.
    """

    book: int
    uid: str
    number: int
    row: Row | None
    entry: Entry | None
    postings: list[Row]

    @property
    def where(self) -> str:
        """The place that a finding names."""
        return f"entry {self.number}"


Look = Callable[[Line], Iterator[Problem]]
"""What is looked at in one entry, whatever the others say."""


def lines(connection: Connection, book: int, uid: str) -> Iterator[Line]:
    """Every entry in the order of numbers, none of them kept: tables and lines are gone through side by side."""
    entries = ((row.number, 0, row) for row in _ordered(connection, book, ENTRIES))
    postings = ((row.entry, 1, row) for row in _ordered(connection, book, POSTINGS))
    for number, group in groupby(merge(entries, postings), key=lambda found: found[0]):
        row: Any = None
        held: list[Row] = []
        for _, place, found in group:
            if place:
                held.append(tuple(found))
            else:
                row = found
        yield Line(book, uid, number, row and (*row[:-1], _text(row.line)), row and readable(row.line), held)


def _text(line: bytes) -> str | bytes:
    """The line as text, where it is any."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line


def _ordered(connection: Connection, book: int, table: Table) -> Iterator[Any]:
    columns = [WRITTEN if each is ENTRIES.c.line else each for each in table.c]
    rows = select(*columns).filter_by(book=book).order_by(*table.primary_key)
    return iter(connection.execute(rows.execution_options(yield_per=_FIRST)))


def readable(line: str | bytes) -> Entry | None:
    """The entry that a line holds, None where it holds none."""
    try:
        return leaf.read(line if isinstance(line, str) else line.decode())
    except UNREADABLE:
        return None


def columns_differ(line: Line) -> Iterator[Problem]:
    """Look whether the canonical line is an entry of this book and says what its columns say."""
    if line.row is None:
        return
    entry = line.entry
    if entry is None:
        yield Problem("error", "unreadable-line", line.where, message("its canonical line is no entry"))
    elif entry.book != line.uid or line.row != tuple(records.entry_row(entry, line.book).values()):
        yield Problem("error", "altered-entry", line.where, message("its canonical line and its columns differ"))


def postings_differ(line: Line) -> Iterator[Problem]:
    """Look whether the postings in the table are those of the line."""
    if line.row is None:
        yield Problem("error", "stray-postings", line.where, message("there are postings, but no such entry"))
    elif line.entry is not None:
        said = [(line.book, *values) for values in records.posting_values(line.entry, line.number)]
        if said != line.postings:
            yield Problem("error", "altered-postings", line.where, message("its postings differ from its line"))


def draws_differ(line: Line) -> Iterator[Problem]:
    """Look whether what a facility gives by the facts is what the postings take from its promise."""
    if line.entry is None or "draws" not in line.entry.facts:
        return
    drawn = _drawn(line.entry)
    taken = dict.fromkeys(drawn, 0)
    for posting in line.entry.postings:
        key = (posting.pledge, posting.amount.commodity)
        if key in taken and posting.stage in CREDIT_STAGES:
            taken[key] += posting.amount.units
    for (facility, of), units in drawn.items():
        if units != taken[facility, of]:
            what = message(
                "its facts draw {amount} of {facility}, its postings {posted}",
                amount=Money(units, of),
                facility=facility,
                posted=Money(taken[facility, of], of),
            )
            yield Problem("error", "drawing", line.where, what)


def _drawn(entry: Entry) -> Mapping[tuple[str, Commodity], int]:
    """What an entry's facts say was drawn from each facility, in minor units by commodity."""
    drawn: dict[tuple[str, Commodity], int] = {}
    for drawing in records.drawings(entry):
        key = (drawing.parent, drawing.amount.commodity)
        drawn[key] = drawn.get(key, 0) + drawing.amount.units
    return drawn


LOOKS: tuple[Look, ...] = (columns_differ, postings_differ, draws_differ)
"""Everything that is looked at in each entry."""
