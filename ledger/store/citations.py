"""Citations: where the figures of a selection are from, each source once, in the order of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, or_, select

from ledger.journal import Citation, Entry
from ledger.proof import leaf
from ledger.reports.summary import Cited
from ledger.selection import EVERYTHING
from ledger.store.scope import Scope
from ledger.store.subjects import touching_any
from ledger.store.tables import ENTRIES, POSTINGS

_CITES = '{"book":"%","citations":[{%'
"""How the line of an entry with citations begins: the register's columns hold only the first one's address."""


def cited(scope: Scope, most: int) -> tuple[list[Cited], int]:
    """At most so many sources of the selected pledges, and how many more entries cite something.

    A source is what shares an address, or, without one, all that is said of it. Reading stops once there are
    enough: what is left is counted only.
    """
    found: dict[object, list[tuple[Citation, Entry]]] = {}
    last = 0
    wanted = _selected(scope, select(ENTRIES.c.number, ENTRIES.c.line)).order_by(ENTRIES.c.number)
    with scope.connection.execution_options(yield_per=200).execute(wanted) as rows:
        for row in rows:
            entry = leaf.read(row.line)
            new = {_source(citation) for citation in entry.citations} - found.keys()
            if len(found) + len(new) > most:
                break
            last = row.number
            for citation in entry.citations:
                found.setdefault(_source(citation), []).append((citation, entry))
    more = _selected(scope, select(func.count())).where(ENTRIES.c.number > last)
    return [_cited(uses) for uses in found.values()], scope.connection.scalar(more) or 0


def _source(citation: Citation) -> object:
    return citation.url or citation


def _cited(uses: Sequence[tuple[Citation, Entry]]) -> Cited:
    """A source with what the citations of it say, the first that says it, and the pledges it is given for."""
    names = ("url", "title", "publisher", "published", "official")
    said = {
        name: next((value for each, _ in uses if (value := getattr(each, name)) is not None), None) for name in names
    }
    pledges = (
        pledge for _, entry in uses for pledge in (*entry.subjects, *(posting.pledge for posting in entry.postings))
    )
    return Cited(replace(uses[0][0], **said), tuple(dict.fromkeys(pledges)))


def _selected(scope: Scope, found: Select[Any]) -> Select[Any]:
    """The entries about selected pledges that cite something, in the selected days, as known then."""
    found = found.select_from(ENTRIES).where(ENTRIES.c.book == scope.book, ENTRIES.c.line.like(_CITES))
    about = or_(ENTRIES.c.pledge.is_not(None), ENTRIES.c.postings > 0, ENTRIES.c.kind == "joint")
    found = found.where(about, *scope.days(ENTRIES.c.on_date))
    if scope.last_number is not None:
        found = found.where(ENTRIES.c.number <= scope.last_number)
    touching = select(POSTINGS.c.entry).filter_by(book=scope.book)
    if scope.selection.currency:
        found = found.where(ENTRIES.c.number.in_(touching.where(POSTINGS.c.commodity.in_(scope.selection.currency))))
    times = {"since": None, "until": None, "as_of": None, "known_at": None, "currency": ()}
    if replace(scope.selection, **times) == EVERYTHING:  # type: ignore[arg-type] # the names are those of a selection
        return found
    pledges = select(scope.pledges().c.id)
    return found.where(ENTRIES.c.number.in_(touching_any(scope.book, pledges)))


def head(scope: Scope) -> tuple[int, str]:
    """The last entry that counts and the moment it was recorded."""
    last = select(ENTRIES.c.number, ENTRIES.c.recorded_at).filter_by(book=scope.book)
    if scope.last_number is not None:
        last = last.where(ENTRIES.c.number <= scope.last_number)
    row = scope.connection.execute(last.order_by(ENTRIES.c.number.desc()).limit(1)).one()
    return row.number, row.recorded_at


def pledge_count(scope: Scope) -> int:
    """How many selected pledges stand: what was reversed from its beginning is none."""
    found = scope.pledges()
    return scope.connection.scalar(select(func.count()).select_from(found).where(found.c.void.is_(None))) or 0
