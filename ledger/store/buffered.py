"""Projections in memory, on their way to the database: what many entries in one transaction make of them.

A shelf like any other (:mod:`ledger.store.projections`), which reads a row once and writes it once, however
many entries change it. What was put since a mark can be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, Table, select

from ledger.store.dialects import among, put_rows
from ledger.store.projections import Key, Stored, Values
from ledger.store.tables import ACCOUNTS, BOOKS, DRAWINGS, PLEDGES


@dataclass(slots=True)
class _Sum:
    """What is to be added to a row, and how many additions that were not taken back it is of."""

    numbers: dict[str, int]
    times: int = 0

    def add(self, numbers: Mapping[str, int], sign: int) -> None:
        self.times += sign
        for name, number in numbers.items():
            self.numbers[name] += sign * number


class Buffered:
    """Rows by table and key, read when they are asked for and written by :meth:`flush`."""

    def __init__(self, connection: Connection, book: int) -> None:
        self._connection = connection
        self._book = book
        self._stored = Stored(connection)
        self._rows: defaultdict[Table, dict[Key, Values | None]] = defaultdict(dict)
        self._changed: defaultdict[Table, dict[Key, None]] = defaultdict(dict)
        self._undo: list[tuple[Table, Key, Values | None]] = []
        self._added: defaultdict[Table, dict[Key, _Sum]] = defaultdict(dict)
        self._additions: list[tuple[Table, Key, Mapping[str, int]]] = []
        self._known: set[str] = set()
        self._balances: defaultdict[str, dict[Key, int]] = defaultdict(dict)

    def held(self, table: Table, key: Key) -> Values | None:
        """The values of the row with this key, from memory where it was asked for before."""
        if table is ACCOUNTS or table is PLEDGES:
            if key[1] not in self._known:
                self.expect([key[1]])
            return self._rows[table].get(key)
        rows = self._rows[table]
        if key not in rows:
            rows[key] = self._stored.held(table, key)
        return rows[key]

    def put(self, table: Table, key: Key, values: Values) -> None:
        """Keep a row, in place of the one with the same key."""
        rows = self._rows[table]
        self._undo.append((table, key, rows.get(key)))
        rows[key] = values
        self._changed[table][key] = None
        if table is ACCOUNTS:
            self._balances[key[1]][key] = values["balance"]

    def change(self, table: Table, key: Key, values: Values) -> None:
        """Change some values of a row; of a book's own row only at once, since its other columns are guarded."""
        if table is BOOKS:
            self._stored.change(table, key, values)
        else:
            self.put(table, key, {**(self.held(table, key) or {}), **values})

    def increase(self, table: Table, key: Key, numbers: Mapping[str, int]) -> None:
        """Add to a row's numbers, which is never read: the database adds what has come together."""
        self._additions.append((table, key, numbers))
        sums = self._added[table]
        if key not in sums:
            sums[key] = _Sum(dict.fromkeys(numbers, 0))
        sums[key].add(numbers, 1)

    def standing(self, pledge: Key) -> Mapping[Key, int]:
        """What each account of a pledge holds, by its key."""
        return self.balances(pledge[1])

    def balances(self, pledge: str) -> Mapping[Key, int]:
        """What each account of a pledge holds, by its key."""
        if pledge not in self._known:
            self.expect([pledge])
        return self._balances.get(pledge, {})

    def expect(self, pledges: Collection[str]) -> None:
        """Read what there is of these pledges at once: most of a file's are new, or are all there."""
        unknown = [pledge for pledge in pledges if pledge not in self._known]
        accounts, facts = self._rows[ACCOUNTS], self._rows[PLEDGES]
        found = select(PLEDGES).filter_by(book=self._book).where(among(PLEDGES.c.id, unknown))
        for row in self._connection.execute(found).mappings():
            facts[row["book"], row["id"]] = dict(row)
        held = select(ACCOUNTS).filter_by(book=self._book).where(among(ACCOUNTS.c.pledge, unknown))
        for account in self._connection.execute(held):
            key = (account.book, account.pledge, account.stage, account.commodity)
            accounts[key] = {"balance": account.balance}
            self._balances[account.pledge][key] = account.balance
        self._known.update(unknown)

    def drawings(self, parent: str) -> Iterable[tuple[Key, int]]:
        """What was drawn from a pledge, by key: what is in memory stands before what is in the database."""
        found = select(DRAWINGS).filter_by(book=self._book, parent=parent)
        drawn = {tuple(row[:5]): row.amount for row in self._connection.execute(found)}
        mine = self._rows.get(DRAWINGS, {})
        return (drawn | {key: row["amount"] for key, row in mine.items() if row and key[1] == parent}).items()

    def unwritten(self, table: Table) -> bool:
        """Whether rows of this table wait to be written."""
        return bool(self._changed.get(table))

    def mark(self) -> None:
        """Begin something that may have to be taken back."""
        self._undo.clear()
        self._additions.clear()

    def take_back(self) -> None:
        """Put every row back to what it was at the mark."""
        for table, key, before in reversed(self._undo):
            self._rows[table][key] = before
            if before is None:
                self._changed[table].pop(key, None)
            if table is ACCOUNTS:
                balances = self._balances[key[1]]
                balances.pop(key)
                if before is not None:
                    balances[key] = before["balance"]
        for table, key, numbers in self._additions:
            self._added[table][key].add(numbers, -1)
        self.mark()

    def flush(self) -> None:
        """Write what has changed, and forget all rows: memory does not grow with the file."""
        for table, keys in self._changed.items():
            rows = self._rows[table]
            self._write(table, [(key, row) for key in keys if (row := rows[key]) is not None])
        for table, sums in self._added.items():
            self._write(table, [(key, each.numbers) for key, each in sums.items() if each.times], adds=True)
        for kept in (self._rows, self._changed, self._balances, self._known, self._undo, self._added, self._additions):
            kept.clear()

    def _write(self, table: Table, rows: Sequence[tuple[Key, Values]], *, adds: bool = False) -> None:
        if not rows:
            return
        keys = table.primary_key.columns.keys()
        rest = [column.name for column in table.c if column.name not in keys]
        put_rows(self._connection, table, _tuples(rows, rest), adds=adds)


def _tuples(rows: Iterable[tuple[Key, Values]], rest: Sequence[str]) -> list[Key]:
    """Rows as their columns stand in each table: those of the key first."""
    if len(rest) == 1:
        return [(*key, values[rest[0]]) for key, values in rows]  # itemgetter gives one value bare
    of = itemgetter(*rest)
    return [key + of(values) for key, values in rows]
