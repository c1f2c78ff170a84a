"""Records: rows to values and values to rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ledger import proof
from ledger.journal import Citation, Entry
from ledger.period import stamp
from ledger.pledge import Drawing, Pledge
from ledger.store.tables import ENTRIES, POSTINGS

_UNCITED = Citation()
_RUNNING = re.compile(r"(.+-\d{4}-)(\d{4,9})")


def entry_row(entry: Entry, book: int) -> dict[str, Any]:
    """The row of an entry, its canonical line included."""
    return dict(zip(ENTRIES.c.keys(), (book, *entry_values(entry)), strict=True))


def entry_values(entry: Entry) -> tuple[Any, ...]:
    """The values of an entry's row, in the order of its columns, but for its book."""
    first = entry.citations[0] if entry.citations else _UNCITED
    return (
        entry.number,
        entry.on.isoformat(),
        stamp(entry.recorded_at),
        entry.recorded_by,
        entry.kind,
        entry.pledge,
        entry.origin,
        entry.reverses,
        entry.note,
        first.url,
        first.quote,
        len(entry.postings),
        proof.line(entry),
    )


def posting_rows(entry: Entry, book: int) -> list[dict[str, Any]]:
    """The rows of an entry's postings, numbered from 1."""
    return [dict(zip(POSTINGS.c.keys(), (book, *values), strict=True)) for values in posting_values(entry)]


def posting_values(entry: Entry) -> list[tuple[Any, ...]]:
    """The values of the rows of an entry's postings, in the order of their columns, but for its book."""
    number, on = entry.number, entry.on.isoformat()
    return [
        (number, line, on, of.pledge, str(of.stage), of.amount.commodity.code, of.amount.units)
        for line, of in enumerate(entry.postings, 1)
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
        "facts": proof.canonical(dict(facts)),
    }


def pledge_from(facts: str, void: int | None) -> Pledge:
    """The pledge that a row holds."""
    return Pledge.from_facts(json.loads(facts), void)


def restated(pledge: Pledge | None, opened: int, entry: Entry) -> Pledge | None:
    """The pledge once an entry whose subject it is has been recorded: facts, and whether it is void."""
    if entry.kind == "pledge":
        return Pledge.from_facts(facts_of(entry, "pledge"))
    if pledge is None:
        return None
    changes = facts_of(entry, "changes")
    after = pledge.restated(changes) if changes else pledge
    if entry.reverses is None:
        return after
    if entry.reverses == opened:
        return Pledge.from_facts(after.facts(), entry.number)
    return Pledge.from_facts(after.facts()) if entry.reverses == after.void else after


def drawings(entry: Entry) -> Sequence[Drawing]:
    """What an entry draws from facilities, or gives back."""
    draws = entry.facts.get("draws", [])
    return [Drawing.from_facts(draw) for draw in draws] if isinstance(draws, list) else []


def facts_of(entry: Entry, name: str) -> Mapping[str, Any]:
    """One of an entry's facts that is an object, empty where it states none."""
    found = entry.facts.get(name)
    return found if isinstance(found, dict | Mapping) else {}


def facts_list(entry: Entry, one: str, many: str) -> Sequence[Mapping[str, Any]]:
    """What an entry registers: the one it is about, or the many a book opens with."""
    if found := facts_of(entry, one):
        return [found]
    listed = entry.facts.get(many, [])
    return listed if isinstance(listed, list) else []


def running(pledge: str) -> tuple[str, int] | None:
    """The prefix and running number of an id such as ``GB-2025-0001``, None for any other id."""
    found = _RUNNING.fullmatch(pledge)
    return (found[1], int(found[2])) if found else None
