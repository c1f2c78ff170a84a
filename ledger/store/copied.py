"""Copied: the rows of a book in another database, the same to the last byte, whatever the two engines are.

What is only ever added is written through the guards of its new place, as it was recorded: postings before their
entries, numbers in turn. What follows from the entries is taken along, since to make it anew takes several times as
long. Then every row is read from both and compared. Memory holds some thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select

from ledger.errors import Refusal
from ledger.store.dialects import add_rows, settle
from ledger.store.tables import BOOKS, CHECKPOINTS, ENTRIES, POSTINGS, PROJECTIONS, RATES, TILES

AT_ONCE = 2_000
"""So many rows are read and written at once."""

Watch = Callable[[str, Iterator[Any]], Iterator[Any]]
"""What rows of a table pass through, by its name, so that somebody sees how far they have come."""

_JOURNAL = (POSTINGS, ENTRIES)
_REST = (RATES, TILES, CHECKPOINTS, *PROJECTIONS)


def unwatched(_: str, rows: Iterator[Any]) -> Iterator[Any]:
    """Rows that nobody watches."""
    return rows


@dataclass(frozen=True, slots=True)
class Side:
    """A book as a transaction sees it: one that is copied, or the copy."""

    connection: Connection
    book: int


def copy_rows(source: Side, target: Side, name: str, watch: Watch = unwatched) -> None:
    """Write every row of a book into another database, where it has this name, and compare.

    Raises :class:`Refusal` where the two are not the same: nothing of it is to be kept then.
    """
    opened = source.connection.execute(select(BOOKS).filter_by(id=source.book)).mappings().one()
    target.connection.execute(insert(BOOKS).values({**opened, "id": target.book, "name": name}))
    _write_journal(source, target, watch)
    for table in _REST:
        rows = watch(table.name, _rows(source, table))
        while some := list(islice(rows, AT_ONCE)):
            _add(target, table, some)
    for table in (*_JOURNAL, *_REST):
        _compare(source, target, table, watch)


def _write_journal(source: Side, target: Side, watch: Watch) -> None:
    """Write entries in the order of their numbers, some at a time, each lot after its postings."""
    entries = watch(ENTRIES.name, _rows(source, ENTRIES))
    while some := list(islice(entries, AT_ONCE)):
        theirs = POSTINGS.c.entry.between(some[0].number, some[-1].number)
        _add(target, POSTINGS, list(_rows(source, POSTINGS, theirs)))
        _add(target, ENTRIES, some)
        settle(target.connection)


def _add(target: Side, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        add_rows(target.connection, table, [(target.book, *row) for row in rows])


def _rows(side: Side, table: Table, *where: ColumnElement[bool]) -> Iterator[Row[Any]]:
    """A book's rows of a table by their keys, which both engines sort alike; without the first column, the book's."""
    _, *columns = table.c
    found = select(*columns).where(table.c.book == side.book, *where).order_by(*table.primary_key)
    return iter(side.connection.execute(found.execution_options(yield_per=AT_ONCE)))


def _compare(source: Side, target: Side, table: Table, watch: Watch) -> None:
    for ours, theirs in watch(table.name, zip_longest(_rows(source, table), _rows(target, table))):
        if ours != theirs:
            raise Refusal(
                "the copy differs from the book in its table {table}: nothing was kept",
                table=table.name,
                hint="aidledger check",
            )
