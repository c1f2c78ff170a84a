"""Projections in memory, on their way to the database: what many entries in one transaction make of them.

A shelf like any other (:mod:`ledger.store.projections`), which reads a row once and writes it once, however
many entries change it. What was put since a mark can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import sqlite

from ledger.store.projections import Stored
from ledger.store.tables import ACCOUNTS, BOOKS, DRAWINGS, PLEDGES

Values = Mapping[str, Any]
_Key = tuple[Any, ...]

MOST_ASKED = 500
"""How many keys one question names."""


class Buffered:
    """Rows by table and key, read when they are asked for and written by :meth:`flush`."""

    def __init__(self, connection: Connection, book: int) -> None:
        self._connection = connection
        self._book = book
        self._stored = Stored(connection)
        self._rows: dict[Table, dict[_Key, Values | None]] = {}
        self._changed: dict[Table, dict[_Key, None]] = {}
        self._undo: list[tuple[Table, _Key, Values | None]] = []
        self._known: set[str] = set()
        self._balances: dict[str, dict[tuple[str, str], int]] = {}

    def held(self, table: Table, key: Values) -> Values | None:
        """The row with this key, from memory where it was asked for before."""
        names = tuple(key.values())
        if table is ACCOUNTS or table is PLEDGES:
            if names[1] not in self._known:
                self.expect([names[1]])
            return self._rows[table].get(names)
        rows = self._rows.setdefault(table, {})
        if names not in rows:
            rows[names] = self._stored.held(table, key)
        return rows[names]

    def put(self, table: Table, key: Values, values: Values) -> None:
        """Keep a row, in place of the one with the same key."""
        names = tuple(key.values())
        rows = self._rows.setdefault(table, {})
        self._undo.append((table, names, rows.get(names)))
        rows[names] = {**key, **values}
        self._changed.setdefault(table, {})[names] = None
        if table is ACCOUNTS:
            self._balances.setdefault(names[1], {})[names[2], names[3]] = values["balance"]

    def change(self, table: Table, key: Values, values: Values) -> None:
        """Change some values of a row; of a book's own row only at once, since its other columns are guarded."""
        if table is BOOKS:
            self._stored.change(table, key, values)
        else:
            self.put(table, key, {**(self.held(table, key) or {}), **values})

    def balances(self, pledge: str) -> Mapping[tuple[str, str], int]:
        """What each stage of a pledge holds, by stage and commodity."""
        if pledge not in self._known:
            self.expect([pledge])
        return self._balances.get(pledge, {})

    def expect(self, pledges: Collection[str]) -> None:
        """Read what there is of these pledges at once: most of a file's are new, or are all there."""
        unknown = [pledge for pledge in dict.fromkeys(pledges) if pledge not in self._known]
        accounts, facts = self._rows.setdefault(ACCOUNTS, {}), self._rows.setdefault(PLEDGES, {})
        for some in portions(unknown):
            facts.update({(self._book, pledge): None for pledge in some})
            found = select(PLEDGES).filter_by(book=self._book).where(PLEDGES.c.id.in_(some))
            facts.update({(row["book"], row["id"]): dict(row) for row in self._connection.execute(found).mappings()})
            there = [pledge for pledge in some if facts[self._book, pledge] is not None]
            held = select(ACCOUNTS).filter_by(book=self._book).where(ACCOUNTS.c.pledge.in_(there))
            for row in self._connection.execute(held).mappings() if there else ():
                accounts[row["book"], row["pledge"], row["stage"], row["commodity"]] = dict(row)
                self._balances.setdefault(row["pledge"], {})[row["stage"], row["commodity"]] = row["balance"]
            self._known.update(some)

    def drawings(self, parent: str) -> Iterable[Values]:
        """What was drawn from a pledge, as rows: those in memory stand before those in the database."""
        found = select(DRAWINGS).filter_by(book=self._book, parent=parent)
        rows = {tuple(row.values())[:5]: dict(row) for row in self._connection.execute(found).mappings()}
        mine = {key: row for key, row in self._rows.get(DRAWINGS, {}).items() if row and row["parent"] == parent}
        return (rows | mine).values()

    def unwritten(self, table: Table) -> bool:
        """Whether rows of this table wait to be written."""
        return bool(self._changed.get(table))

    def mark(self) -> None:
        """Begin something that may have to be taken back."""
        self._undo.clear()

    def take_back(self) -> None:
        """Put every row back to what it was at the mark."""
        for table, key, before in reversed(self._undo):
            self._rows[table][key] = before
            if before is None:
                self._changed[table].pop(key, None)
            if table is ACCOUNTS:
                balances = self._balances[key[1]]
                balances.pop((key[2], key[3]))
                if before is not None:
                    balances[key[2], key[3]] = before["balance"]
        self._undo.clear()

    def flush(self) -> None:
        """Write what has changed, and forget all rows: memory does not grow with the file."""
        for table, keys in self._changed.items():
            rows = self._rows[table]
            if written := [row for key in keys if (row := rows[key]) is not None]:
                self._write(table, written)
        for kept in (self._rows, self._changed, self._balances, self._known, self._undo):
            kept.clear()

    def _write(self, table: Table, rows: Sequence[Values]) -> None:
        keys = [column.name for column in table.primary_key]
        names = table.c.keys()
        insert = sqlite.insert(table)
        rest = {name: insert.excluded[name] for name in names if name not in keys}
        statement = insert.on_conflict_do_update(index_elements=keys, set_=rest)
        write_many(self._connection, table, statement, rows)


def portions(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """As many values at a time as one question can name."""
    return (values[start : start + MOST_ASKED] for start in range(0, len(values), MOST_ASKED))


def write_many(connection: Connection, table: Table, statement: Any, rows: Iterable[Values]) -> None:  # noqa: ANN401
    """Execute an insert of all columns for many rows, past SQLAlchemy's own handling of each value."""
    values = itemgetter(*table.c.keys())
    connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), list(map(values, rows)))
