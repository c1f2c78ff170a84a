"""Issued: what the book holds of one source's file, entry by entry, as the source stated it."""

from __future__ import annotations

from sqlalchemy import select

from ledger.errors import UnknownRecord
from ledger.journal import Entry
from ledger.proof import leaf
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES


def entries_of(scope: Scope, name: str) -> dict[str, Entry]:
    """The entries whose origins begin with ``NAME:``, by origin, versions included, as far as they were known.

    Those that were reversed are left out: what they said is not in any figure. Raises
    :class:`~ledger.errors.UnknownRecord` where nothing was recorded under the name.
    """
    found = select(ENTRIES.c.origin, ENTRIES.c.line).filter_by(book=scope.book)
    found = found.where(ENTRIES.c.origin >= f"{name}:", ENTRIES.c.origin < f"{name};")  # the sign after the colon
    undone = select(ENTRIES.c.reverses).filter_by(book=scope.book).where(ENTRIES.c.reverses.is_not(None))
    if scope.last_number is not None:
        found = found.where(ENTRIES.c.number <= scope.last_number)
        undone = undone.where(ENTRIES.c.number <= scope.last_number)
    found = found.where(ENTRIES.c.number.not_in(undone))
    entries = {row.origin: leaf.read(row.line) for row in scope.connection.execute(found.order_by(ENTRIES.c.number))}
    if not entries:
        raise UnknownRecord(
            "nothing in this book was imported as '{name}'",
            name=name,
            hint="aidledger import kiel FILE --as NAME",
        )
    return entries
