"""Guards: what the database itself sees to, and whether it still does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, func, select, text
from sqlalchemy.exc import OperationalError

from ledger.errors import Problem
from ledger.message import message
from ledger.store import guards
from ledger.store.tables import METADATA

if TYPE_CHECKING:
    from ledger.store.checks.examined import Examined

JOURNAL_GUARDS = (
    "book_is_never_deleted",
    "book_is_never_replaced",
    "book_keeps_its_name",
    "entry_is_balanced",
    "entry_is_never_changed",
    "entry_is_never_deleted",
    "entry_is_never_replaced",
    "entry_is_numbered_in_turn",
    "posting_comes_before_its_entry",
    "posting_is_never_changed",
    "posting_is_never_deleted",
)
GUARDS = (
    *JOURNAL_GUARDS,
    "checkpoint_is_never_changed",
    "checkpoint_is_never_deleted",
    "checkpoint_is_numbered_in_turn",
    "rate_is_never_changed",
    "rate_is_never_deleted",
    "rate_is_numbered_in_turn",
    "tile_is_never_changed",
    "tile_is_never_deleted",
    "tile_is_never_replaced",
)
"""The triggers that keep the journal append-only and balanced, and rates, tiles and checkpoints append-only."""


def guards_in_place(examined: Examined) -> Iterator[Problem]:
    """The database itself refuses changes of the journal."""
    if examined.connection.dialect.name == "postgresql":
        yield from _on_server(examined.connection)
        return
    found = set(examined.connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    for name in GUARDS:
        if name not in found:
            yield _missing(name)


def _missing(name: str) -> Problem:
    return Problem("error", "guard-missing", name, message("this trigger is gone: the book can be altered unseen"))


def _on_server(connection: Connection) -> Iterator[Problem]:
    """The triggers of PostgreSQL are there and on, and do what they did when they were made."""
    found = set(connection.scalars(text(guards.STANDING)))
    yield from (_missing(name) for name in guards.TRIGGERS if name not in found)
    said = {row.proname: row.prosrc for row in connection.execute(text(guards.SAYING))}
    for name, body in guards.BODIES.items():
        if said.get(name.partition("(")[0]) != body:
            what = message("this function is not what it was: the book can be altered unseen")
            yield Problem("error", "guard-missing", name, what)


def foreign_keys_hold(examined: Examined) -> Iterator[Problem]:
    """No row points at one that is not there."""
    if examined.connection.dialect.name == "postgresql":
        yield from _dangling(examined.connection)
        return
    try:
        for row in examined.connection.execute(text("PRAGMA foreign_key_check")):
            yield Problem(
                "error", "dangling", str(row[0]), message("a row points at a {row} that is not there", row=row[2])
            )
    except OperationalError as error:
        yield Problem(
            "error", "dangling", "book", message("what points at what cannot be examined ({orig})", orig=error.orig)
        )


def _dangling(connection: Connection) -> Iterator[Problem]:
    """The rows that point at none, which only who has switched triggers off could write."""
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            there = key.referred_table.alias("there")
            pairs = [(each.parent, there.c[each.column.name]) for each in key.elements]
            found = select(func.count()).select_from(table).where(*(own.is_not(None) for own, _ in pairs))
            same = exists().select_from(there).where(*(own == other for own, other in pairs)).correlate(table)
            for _ in range(connection.scalar(found.where(~same)) or 0):
                what = message("a row points at a {row} that is not there", row=key.referred_table.name)
                yield Problem("error", "dangling", table.name, what)
