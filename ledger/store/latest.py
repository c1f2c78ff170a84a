"""What was recorded last: the pledges that stand, the latest first, without a look at all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ledger.journal import OPENINGS, Entry
from ledger.pledge import Pledge
from ledger.proof import leaf
from ledger.store import records
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES, PLEDGES


def opened(scope: Scope, most: int) -> list[tuple[Pledge, Entry]]:
    """The last pledges that stand, so many at most, with the facts they have now and the entries that opened them."""
    found: list[tuple[Pledge, Entry]] = []
    before = None
    while len(found) < most and (openings := _openings(scope, most, before)):
        entries = {pledge: entry for entry in openings for pledge in entry.subjects}
        standing = {pledge.id: pledge for pledge in _standing(scope, list(entries))}
        found += [(standing[pledge], entry) for pledge, entry in entries.items() if pledge in standing]
        before = openings[-1].number
    return found[:most]


def _openings(scope: Scope, most: int, before: int | None) -> list[Entry]:
    """The last entries that opened pledges, before one of them, the latest first."""
    found = select(ENTRIES.c.line).filter_by(book=scope.book).where(ENTRIES.c.kind.in_(sorted(OPENINGS)))
    if before is not None:
        found = found.where(ENTRIES.c.number < before)
    return [leaf.read(line) for line in scope.connection.scalars(found.order_by(ENTRIES.c.number.desc()).limit(most))]


def beginning(scope: Scope, prefix: str, most: int) -> list[Pledge]:
    """Pledges that stand and whose ids begin so, in the order of their ids."""
    found = select(PLEDGES.c.facts).filter_by(book=scope.book).where(PLEDGES.c.void.is_(None))
    found = found.where(PLEDGES.c.id >= prefix, PLEDGES.c.id < f"{prefix}\U0010ffff")
    rows = scope.connection.scalars(found.order_by(PLEDGES.c.id).limit(most))
    return [records.pledge_from(facts, None) for facts in rows]


def _standing(scope: Scope, ids: Sequence[str]) -> list[Pledge]:
    """Those of these pledges whose opening was not reversed."""
    found = select(PLEDGES.c.facts).filter_by(book=scope.book).where(PLEDGES.c.void.is_(None), PLEDGES.c.id.in_(ids))
    return [records.pledge_from(facts, None) for facts in scope.connection.scalars(found)]
