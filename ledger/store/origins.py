"""Origins: a step that was recorded before does nothing, and one that says something else is refused."""

from __future__ import annotations

from dataclasses import replace

from ledger import proof
from ledger.errors import LedgerError, OriginConflict
from ledger.journal import Draft, Entry
from ledger.recognition.recognise import recognise
from ledger.recognition.steps import Announce, Step
from ledger.store.view import View


def recorded_before(step: Step, before: View) -> Entry:
    """The entry that carries a step's origin, if the step says the same as it did.

    ``before`` is the book as it stood before that entry: the step is recognised there, on that entry's
    day, so that what came later changes nothing. Raises :class:`~ledger.errors.OriginConflict`, naming
    what differs.
    """
    entry = before.entry(before.before or 0)
    then = replace(before, today=entry.on)
    if isinstance(step, Announce) and step.id is None:
        step = replace(step, id=entry.pledge)
    said = f"origin {entry.origin} is entry {entry.number}, with other content"
    try:
        draft = recognise(step, then)
    except LedgerError as refused:
        raise OriginConflict(f"{said}: {refused}") from None
    if differences := _differences(entry, draft):
        raise OriginConflict(f"{said}: {'; '.join(differences)}", hint=f"aidledger journal show {entry.number}")
    return entry


def _differences(entry: Entry, draft: Draft) -> list[str]:
    was, now = proof.content(entry, entry.book), proof.content(draft, entry.book)
    shown = {name: (proof.canonical(was[name]), proof.canonical(now[name])) for name in was}
    return [f"{name} was {old}, now {new}" for name, (old, new) in shown.items() if old != new]
