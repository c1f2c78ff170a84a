"""Projections: the tables that follow from the entries, kept in the entry's own transaction.

What follows is computed once, in :func:`project`, over a shelf of rows: the database's own
(:class:`Stored`), one in memory on its way there (:mod:`ledger.store.buffered`), or the one that ``check``
fills again from the entries (:mod:`ledger.store.checks.rebuilt`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Select, Table, bindparam, select, update

from ledger.errors import Refusal
from ledger.journal import JSON, MEMORANDUM, Draft, Stage, wrong_side
from ledger.money import MOST_UNITS, Money, commodity
from ledger.store import quotes, records
from ledger.store.dialects import inserting
from ledger.store.halves import split
from ledger.store.tables import (
    ACCOUNTS,
    BOOKS,
    DRAWINGS,
    ITEMS,
    MEMBERSHIPS,
    PARTIES,
    PLEDGES,
    QUOTES,
    SERIALS,
    SOURCES,
    TALLIES,
)

Values = Mapping[str, Any]
Key = tuple[Any, ...]
"""The values of a table's primary key, in its order."""

_NOT_TALLIED = frozenset(map(str, (Stage.UNDERTAKING, *MEMORANDUM)))
"""Stages that no measure counts."""

_OF_A_PLEDGE = {"pledge", "pledges", "about", "paid", "changes", "promise", "by", "corrects", "supersedes"}
"""Facts that tables of drawings, registers and periods have nothing to do with."""


class Shelf(Protocol):
    """Where projections are kept: by table and key, the values of the other columns."""

    def held(self, table: Table, key: Key) -> Values | None:
        """The values of the row with this key."""

    def put(self, table: Table, key: Key, values: Values) -> None:
        """Keep a row, in place of the one with the same key."""

    def change(self, table: Table, key: Key, values: Values) -> None:
        """Change some values of the row with this key."""

    def increase(self, table: Table, key: Key, numbers: Mapping[str, int]) -> None:
        """Add to the numbers of the row with this key, or begin it with them."""

    def standing(self, pledge: Key) -> Mapping[Key, int]:
        """What each account of a pledge holds, by its key; the pledge by its own."""


def named(table: Table, key: Key) -> dict[str, Any]:
    """A key by the names of its columns."""
    return dict(zip(table.primary_key.columns.keys(), key, strict=True))


class Stored:
    """Projections in the database, written in the connection's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def held(self, table: Table, key: Key) -> Values | None:
        """The row with this key."""
        found = self._connection.execute(_finding(table), named(table, key)).mappings().first()
        return dict(found) if found else None

    def put(self, table: Table, key: Key, values: Values) -> None:
        """Write a row, in place of the one with the same key."""
        statement = _putting(self._connection.dialect.name, table, tuple(values))
        self._connection.execute(statement, named(table, key) | dict(values))

    def change(self, table: Table, key: Key, values: Values) -> None:
        """Change these columns of a row, and name no other: some are guarded against it."""
        self._connection.execute(update(table).filter_by(**named(table, key)).values(**values))

    def increase(self, table: Table, key: Key, numbers: Mapping[str, int]) -> None:
        """Add to a row's numbers in one statement."""
        statement = _increasing(self._connection.dialect.name, table, tuple(numbers))
        self._connection.execute(statement, named(table, key) | dict(numbers))

    def standing(self, pledge: Key) -> Mapping[Key, int]:
        """What the accounts of this pledge hold."""
        book, name = pledge
        found = self._connection.execute(select(ACCOUNTS).filter_by(book=book, pledge=name))
        return {(book, name, row.stage, row.commodity): row.balance for row in found}


# Statements, each made once: to make one takes longer than to execute it


@cache
def _finding(table: Table) -> Select[Any]:
    return select(table).where(*(column == bindparam(column.name) for column in table.primary_key))


@cache
def _putting(engine: str, table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - each engine has its own
    insert = _insert(engine, table, names)
    replaced = {name: insert.excluded[name] for name in names}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced)


@cache
def _increasing(engine: str, table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401
    insert = _insert(engine, table, names)
    summed = {name: table.c[name] + insert.excluded[name] for name in names}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=summed)


def _insert(engine: str, table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401
    values: dict[str, Any] = {name: bindparam(name) for name in (*table.primary_key.columns.keys(), *names)}
    return inserting(engine, table).values(values)


def project(shelf: Shelf, book: int, entry: Draft, number: int) -> None:
    """Bring every projection from before the entry with this number to after it.

    Raises :class:`~ledger.errors.Refusal` where an account would be on its wrong side, or beyond 64 bits.
    """
    before = _place(shelf, book, entry.pledge)
    _accounts(shelf, book, entry)
    _pledges(shelf, book, entry, number)
    _tallies(shelf, book, entry, before)
    for line, digest in quotes.cited(entry):
        shelf.put(QUOTES, (book, number, line), {"digest": digest})
    if entry.facts.keys() <= _OF_A_PLEDGE:
        return
    _drawings(shelf, book, entry)
    _registers(shelf, book, entry)
    _memberships(shelf, book, entry, number)
    if "closed_before" in entry.facts:
        _, closed = cast("Sequence[JSON]", entry.facts["closed_before"])
        shelf.change(BOOKS, (book,), {"closed_before": closed})


def _accounts(shelf: Shelf, book: int, entry: Draft) -> None:
    change: dict[Key, int] = {}
    for posting in entry.postings:
        key = (book, posting.pledge, str(posting.stage), posting.amount.commodity.code)
        change[key] = change.get(key, 0) + posting.amount.units
    for key, units in change.items():
        held = shelf.held(ACCOUNTS, key)
        balance = (held["balance"] if held else 0) + units
        _, pledge, stage, code = key
        if abs(balance) > MOST_UNITS or wrong_side(stage, balance):
            amount = Money(balance, commodity(code)).held()
            raise Refusal(
                "{pledge} would hold {amount} {stage}: nothing was recorded", pledge=pledge, amount=amount, stage=stage
            )
        shelf.put(ACCOUNTS, key, {"balance": balance})


def _place(shelf: Shelf, book: int, pledge: str | None) -> Key | None:
    """Where a pledge's amounts are tallied: its donor, instrument and day."""
    found = None if pledge is None else shelf.held(PLEDGES, (book, pledge))
    return None if found is None else (found["donor"], found["instrument"], found["on_date"])


def _tallies(shelf: Shelf, book: int, entry: Draft, before: Key | None) -> None:
    """Add the postings where their pledges are tallied; a pledge that is tallied elsewhere now takes all along."""
    after = _place(shelf, book, entry.pledge)
    for posting in entry.postings:
        place = (before or after) if posting.pledge == entry.pledge else _place(shelf, book, posting.pledge)
        if place is not None:
            account = (book, posting.pledge, str(posting.stage), posting.amount.commodity.code)
            _tally(shelf, account, place, posting.amount.units)
    if before and after and before != after:
        for account, units in shelf.standing((book, entry.pledge)).items():
            _tally(shelf, account, before, -units)
            _tally(shelf, account, after, units)


def _tally(shelf: Shelf, account: Key, place: Key, units: int) -> None:
    (book, _, stage, code), (donor, instrument, on) = account, place
    if stage not in _NOT_TALLIED:
        high, low = split(units)
        shelf.increase(TALLIES, (book, donor, instrument, stage, code, on), {"high": high, "low": low})


def _pledges(shelf: Shelf, book: int, entry: Draft, number: int) -> None:
    for facts in records.openings(entry):
        row = records.facts_row(facts, number, None)
        pledge = row.pop("id")
        shelf.put(PLEDGES, (book, pledge), row)
        _serial(shelf, book, pledge)
    if entry.reverses or "changes" in entry.facts:
        for pledge in entry.subjects:
            _restated(shelf, (book, pledge), entry, number)


def _restated(shelf: Shelf, pledge: Key, entry: Draft, number: int) -> None:
    found = shelf.held(PLEDGES, pledge)
    before = records.pledge_from(found["facts"], found["void"]) if found else None
    opened = found["entry"] if found else number
    after = records.restated(before, opened, entry, number)
    if after is not None and after != before:
        row = records.pledge_row(after, opened)
        shelf.put(PLEDGES, (pledge[0], row.pop("id")), row)


def _serial(shelf: Shelf, book: int, pledge: str) -> None:
    if number := records.running(pledge):
        key = (book, number[0])
        held = shelf.held(SERIALS, key)
        shelf.put(SERIALS, key, {"last": max(number[1], held["last"] if held else 0)})


def _drawings(shelf: Shelf, book: int, entry: Draft) -> None:
    for drawing in records.drawings(entry):
        key = (book, drawing.parent, drawing.child, str(drawing.stage), drawing.amount.commodity.code)
        held = shelf.held(DRAWINGS, key)
        shelf.put(DRAWINGS, key, {"amount": (held["amount"] if held else 0) + drawing.amount.units})


def _registers(shelf: Shelf, book: int, entry: Draft) -> None:
    for row, one, many in ((PARTIES, "party", "parties"), (SOURCES, "source", "sources"), (ITEMS, "item", "items")):
        for values in records.facts_list(entry, one, many):
            rest = {name: value for name, value in values.items() if name != "code"}
            shelf.put(row, (book, values["code"]), rest)


def _memberships(shelf: Shelf, book: int, entry: Draft, number: int) -> None:
    for line, member in enumerate(records.facts_list(entry, "member", "members"), 1):
        values = {
            "party": member["party"],
            "circle": member["group"],
            "since": member["since"],
            "until": member["until"],
        }
        shelf.put(MEMBERSHIPS, (book, number, line), values)
