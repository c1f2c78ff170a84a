"""Origins: a step that was recorded before does nothing, and one that says something else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from ledger.errors import LedgerError, OriginConflict
from ledger.journal import Entry
from ledger.message import joined, message
from ledger.proof import leaf
from ledger.recognition.recognise import recognise
from ledger.recognition.statement import differences, entry_stated, stated
from ledger.recognition.steps import Announce, AnnounceJointly, Step
from ledger.store.tables import ENTRIES
from ledger.store.view import View


def recorded_before(step: Step, before: View) -> Entry:
    """The entry that carries a step's origin, if the step says the same as it did.

    ``before`` is the book as it stood before that entry: the step is recognised there, on that entry's
    day, so that what came later changes nothing. Where a file restated the origin since, it is compared with
    what the file stated last. Raises :class:`~ledger.errors.OriginConflict`, naming
    what differs.
    """
    entry = before.entry(before.before or 0)
    replaced = replace(before, before=None).reversed_by(entry.number) is not None
    latest = _restated(before, str(entry.origin), replaced=replaced)
    differs = _differences(entry, step, before) if latest is None else _since(latest, step, before)
    if differs:
        number = entry.number if latest is None else latest.number
        raise OriginConflict(
            "origin {origin} is entry {number}, with other content: {differences}",
            origin=entry.origin,
            number=number,
            differences=joined(differs, "; "),
            hint=f"aidledger journal show {number}",
        )
    return entry


def _restated(before: View, origin: str, *, replaced: bool) -> Entry | None:
    """The latest entry by which a file stated something else under an origin."""
    found = select(ENTRIES.c.line).filter_by(book=before.book)
    found = found.where(ENTRIES.c.origin > f"{origin}@", ENTRIES.c.origin < f"{origin}A")  # the letter after @
    line = before.connection.scalar(found.order_by(ENTRIES.c.number.desc()).limit(1))
    latest = None if line is None else leaf.read(line)
    return latest if latest and (latest.kind == "restate" or replaced) else None


def _since(latest: Entry, step: Step, before: View) -> Sequence[str]:
    pledge = latest.pledge if isinstance(step, Announce) else getattr(step, "pledge", None)
    dated = replace(step, evidence=replace(step.evidence, on=step.evidence.on or latest.on))
    return differences(entry_stated(latest), stated(dated, pledge, before.recipient))


def _differences(entry: Entry, step: Step, before: View) -> Sequence[str]:
    """In what an entry differs from the one that a step would have made in its place."""
    then = replace(before, today=entry.on)
    if isinstance(step, Announce) and step.id is None:
        step = replace(step, id=entry.pledge)
    if isinstance(step, AnnounceJointly) and len(step.parts) == len(entry.subjects):
        named = zip(step.parts, entry.subjects, strict=True)
        step = replace(step, parts=tuple(replace(part, id=part.id or pledge) for part, pledge in named))
    try:
        draft = recognise(step, then)
    except LedgerError as refused:
        return [refused.message]
    was, now = leaf.content(entry, entry.book), leaf.content(draft, entry.book)
    shown = {name: (leaf.canonical(was[name]), leaf.canonical(now[name])) for name in was}
    return [
        message("{name} was {old}, now {new}", name=name, old=old, new=new)
        for name, (old, new) in shown.items()
        if old != new
    ]
