"""Records: rows to values and values to rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from ledger.journal import OPENINGS, Citation, Draft, Entry
from ledger.period import stamp
from ledger.pledge import Drawing, Pledge
from ledger.proof import leaf
from ledger.store.tables import ENTRIES, POSTINGS

_UNCITED = Citation()
_RUNNING = re.compile(r"(.+-\d{4}-)(\d{4,9})")


def entry_row(entry: Entry, book: int) -> dict[str, Any]:
    """The row of an entry, its canonical line included."""
    values = entry_values(entry, entry.number, leaf.line(entry), at=entry.recorded_at, by=entry.recorded_by)
    return dict(zip(ENTRIES.c.keys(), (book, *values), strict=True))


def entry_values(draft: Draft, number: int, line: str, *, at: datetime, by: str) -> tuple[Any, ...]:
    """The values of an entry's row, in the order of its columns, but for its book."""
    first = draft.citations[0] if draft.citations else _UNCITED
    return (
        number,
        draft.on.isoformat(),
        stamp(at),
        by,
        draft.kind,
        draft.pledge,
        draft.origin,
        draft.reverses,
        draft.note,
        first.url,
        first.quote,
        len(draft.postings),
        line,
    )


def posting_rows(entry: Entry, book: int) -> list[dict[str, Any]]:
    """The rows of an entry's postings, numbered from 1."""
    return [
        dict(zip(POSTINGS.c.keys(), (book, *values), strict=True)) for values in posting_values(entry, entry.number)
    ]


def posting_values(draft: Draft, number: int) -> list[tuple[Any, ...]]:
    """The values of the rows of an entry's postings, in the order of their columns, but for its book."""
    on = draft.on.isoformat()
    return [
        (number, line, on, of.pledge, str(of.stage), of.amount.commodity.code, of.amount.units)
        for line, of in enumerate(draft.postings, 1)
    ]


def pledge_row(pledge: Pledge, opened: int) -> dict[str, Any]:
    """The row of a pledge as it stands, but for its book; ``opened`` is the entry that announced it."""
    return facts_row(pledge.facts(), opened, pledge.void)


def facts_row(facts: Mapping[str, Any], opened: int, void: int | None) -> dict[str, Any]:
    """The row of the pledge that states these facts."""
    return {
        "id": facts["id"],
        "donor": facts["donor"],
        "recipient": facts["recipient"],
        "purpose": facts["purpose"],
        "instrument": facts["instrument"],
        "source": facts.get("source"),
        "on_date": facts["on"],
        "parent": facts.get("parent"),
        "package": facts.get("package"),
        "title": facts.get("title"),
        "entry": opened,
        "void": void,
        "facts": leaf.canonical(dict(facts)),
    }


def pledge_from(facts: str, void: int | None) -> Pledge:
    """The pledge that a row holds."""
    return Pledge.from_facts(json.loads(facts), void)


def openings(entry: Draft) -> Sequence[Mapping[str, Any]]:
    """The facts of the pledges that an entry opens: of one, of each donor's, or of none."""
    if entry.kind == "pledge":
        return [facts_of(entry, "pledge")]
    return cast("Sequence[Mapping[str, Any]]", entry.facts["pledges"]) if entry.kind in OPENINGS else ()


def restated(pledge: Pledge | None, opened: int, entry: Draft, number: int) -> Pledge | None:
    """The pledge once an entry that is about it has been recorded: facts, and whether it is void."""
    if pledge is None:
        return None
    changes = facts_of(entry, "changes")
    after = pledge.restated(changes) if changes else pledge
    if entry.reverses is None:
        return after
    if entry.reverses == opened:
        return Pledge.from_facts(after.facts(), number)
    return Pledge.from_facts(after.facts()) if entry.reverses == after.void else after


def drawings(entry: Draft) -> Sequence[Drawing]:
    """What an entry draws from facilities, or gives back."""
    draws = entry.facts.get("draws", [])
    return [Drawing.from_facts(draw) for draw in draws] if isinstance(draws, list) else []


def facts_of(entry: Draft, name: str) -> Mapping[str, Any]:
    """One of an entry's facts that is an object, empty where it states none."""
    found = entry.facts.get(name)
    return found if isinstance(found, dict | Mapping) else {}


def facts_list(entry: Draft, one: str, many: str) -> Sequence[Mapping[str, Any]]:
    """What an entry registers: the one it is about, or the many a book opens with."""
    if found := facts_of(entry, one):
        return [found]
    listed = entry.facts.get(many, [])
    return listed if isinstance(listed, list) else []


def running(pledge: str) -> tuple[str, int] | None:
    """The prefix and running number of an id such as ``GB-2025-0001``, None for any other id."""
    found = _RUNNING.fullmatch(pledge)
    return (found[1], int(found[2])) if found else None
