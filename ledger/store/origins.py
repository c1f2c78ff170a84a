"""Origins: an entry that was recorded before is found again, and refused where it says something else now."""

from __future__ import annotations

from dataclasses import replace

from ledger import proof
from ledger.errors import LedgerError, OriginConflict
from ledger.journal import Draft, Entry
from ledger.recognition.recognise import recognise
from ledger.recognition.steps import Announce, Step
from ledger.store.view import View


def repeated(step: Step, before: View, uid: str) -> Entry:
    """The entry that carries a step's origin, if the step says the same as it did.

    ``before`` is the book as it stood before that entry: the step is recognised there, so that what came
    later changes nothing. Raises :class:`OriginConflict` with the differences.
    """
    entry = before.entry(before.before or 0)
    if isinstance(step, Announce) and step.id is None:
        step = replace(step, id=entry.pledge)
    try:
        draft = recognise(step, before)
    except LedgerError as refused:
        raise OriginConflict(f"origin {entry.origin} is entry {entry.number}, with other content: {refused}") from None
    if differences := _differences(entry, draft, uid):
        raise OriginConflict(
            f"origin {entry.origin} is entry {entry.number}, with other content: {'; '.join(differences)}",
            hint=f"aidledger journal show {entry.number}",
        )
    return entry


def _differences(entry: Entry, draft: Draft, uid: str) -> list[str]:
    was, now_said = proof.content(entry, uid), proof.content(draft, uid)
    shown = {name: (proof.canonical(was[name]), proof.canonical(now_said[name])) for name in was}
    return [f"{name} was {old}, now {new}" for name, (old, new) in shown.items() if old != new]
