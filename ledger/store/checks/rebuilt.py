"""Rebuilt: the projections made anew from the entries' lines, compared with what the tables hold, or put there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, select, update

from ledger.journal import Entry
from ledger.store import records
from ledger.store.checks.lines import lines
from ledger.store.projections import Key, Values, named, project
from ledger.store.tables import ACCOUNTS, BOOKS, PLEDGES, PROJECTIONS

_AT_ONCE = 1000


class Rebuilt:
    """A shelf of projections in memory, kept small: of a million pledges and their accounts, about a gigabyte.

    An account is kept as its balance, a pledge as what :data:`_OF_A_PLEDGE` names: its other columns follow from its
    facts. Books, sums and registers are kept as they are.
    """

    def __init__(self, connection: Connection, book: int) -> None:
        self.book = book
        self._name = connection.scalars(select(BOOKS.c.name).filter_by(id=book)).one()
        self._rows: dict[Table, dict[Key, Any]] = {table: {} for table in (BOOKS, *PROJECTIONS)}
        self._balances: dict[str, dict[Key, int]] = {}

    def add(self, entry: Entry) -> None:
        """Bring every projection from before an entry to after it; raises as :func:`project`."""
        if entry.kind == "open":
            opened = {name: entry.facts[name] for name in ("recipient", "require_citation")}
            opened["require_citation"] = int(bool(opened["require_citation"]))
            self.put(BOOKS, (self.book,), {"uid": entry.book, "name": self._name, **opened, "closed_before": None})
        project(self, self.book, entry, entry.number)

    # The shelf, as projections know it

    def held(self, table: Table, key: Key) -> Values | None:
        """What projections need to know of the row with this key."""
        if table is ACCOUNTS:
            balance = self._balances.get(key[1], {}).get(key[2:])
            return None if balance is None else {"balance": balance}
        kept = self._rows[table].get(key)
        return dict(zip(_OF_A_PLEDGE, kept, strict=True)) if table is PLEDGES and kept else kept

    def put(self, table: Table, key: Key, values: Values) -> None:
        """Keep a row."""
        if table is ACCOUNTS:
            _, pledge, stage, code = key
            self._balances.setdefault(pledge, {})[_shared((stage, code))] = values["balance"]
        elif table is PLEDGES:
            few = [_shared(values[name]) for name in _FEW]
            self._rows[table][key] = (values["facts"], values["entry"], values["void"], *few)
        else:
            self._rows[table][key] = dict(values)

    def change(self, table: Table, key: Key, values: Values) -> None:
        """Change some values of the row with this key."""
        self.put(table, key, {**(self.held(table, key) or {}), **values})

    def increase(self, table: Table, key: Key, numbers: Mapping[str, int]) -> None:
        """Add to a row's numbers."""
        held = self.held(table, key) or {}
        self.put(table, key, {name: held.get(name, 0) + number for name, number in numbers.items()})

    def standing(self, pledge: Key) -> Mapping[Key, int]:
        """What the accounts of this pledge hold."""
        return {(*pledge, *account): units for account, units in self._balances.get(pledge[1], {}).items()}

    # What is compared, or put into the tables

    def take(self, table: Table, key: Key) -> dict[str, Any] | None:
        """The whole row with this key, which is then kept no longer."""
        rows = self._balances.get(key[1], {}) if table is ACCOUNTS else self._rows[table]
        inner = key[2:] if table is ACCOUNTS else key
        return self._row(table, key, rows.pop(inner)) if inner in rows else None

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """The whole rows that are kept of a table, in the order in which they came."""
        return (self._row(table, key, kept) for key, kept in self._kept(table))

    def keys(self, table: Table) -> Iterator[Key]:
        """The keys of the rows that are kept of a table."""
        return (key for key, _ in self._kept(table))

    def _kept(self, table: Table) -> Iterator[tuple[Key, Any]]:
        if table is not ACCOUNTS:
            yield from self._rows[table].items()
        else:
            for pledge, accounts in self._balances.items():
                yield from (((self.book, pledge, *account), units) for account, units in accounts.items())

    def _row(self, table: Table, key: Key, kept: Any) -> dict[str, Any]:  # noqa: ANN401 - by table, as the class says
        if table is ACCOUNTS:
            return {**named(table, key), "balance": kept}
        if table is PLEDGES:
            facts, opened, void, *_ = kept
            return {**named(table, key), **records.facts_row(json.loads(facts), opened, void)}
        return {**named(table, key), **kept}


_FEW = ("donor", "instrument", "on_date")
"""Facts of a pledge that many pledges share, by which their amounts are summed up."""
_OF_A_PLEDGE = ("facts", "entry", "void", *_FEW)


@cache
def _shared(value: Any) -> Any:  # noqa: ANN401 - the same one for all that are equal
    return value


def rebuild(connection: Connection, book: int) -> None:
    """Fill every projection again from the entries' lines, in place of what the tables hold."""
    rebuilt = Rebuilt(connection, book)
    uid = connection.scalars(select(BOOKS.c.uid).filter_by(id=book)).one()
    for line in lines(connection, book, uid):
        if line.entry is not None:
            rebuilt.add(line.entry)
    for table in PROJECTIONS:
        connection.execute(table.delete().where(table.c.book == book))
        rows = rebuilt.rows(table)
        while some := list(islice(rows, _AT_ONCE)):
            connection.execute(table.insert(), some)
    [opened] = rebuilt.rows(BOOKS)
    connection.execute(update(BOOKS).where(BOOKS.c.id == book).values(closed_before=opened["closed_before"]))
