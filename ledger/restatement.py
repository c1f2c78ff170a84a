"""Restatement: what a source says by now, posted over what it said before. Nothing is changed, only added.

A pledge's promise is revised, its facts are amended, what followed is reversed and recorded as it is stated now.
A last entry keeps the new statement under the next version of its origin, ``NAME:KEY@2``: that is what the
next file is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from ledger.closing import refuse_closed
from ledger.errors import LedgerError, NotRestated
from ledger.journal import Entry, Stage
from ledger.message import message
from ledger.money import Balance, Commodity, Money
from ledger.pledge import NOTHING, MoveKind, Pledge
from ledger.recognition.corrections import AMENDABLE, changed
from ledger.recognition.recognise import recognise
from ledger.recognition.statement import announced, differences, entry_stated, stated
from ledger.recognition.steps import Amend, Announce, Evidence, Move, Restate, Reverse, Revise, Step
from ledger.store.batch import Batch

_VERSION = re.compile(r"(.+)@(\d{1,9})")
_LONGEST_NOTE = 400


def original(origin: str) -> str:
    """The origin without its version: ``NAME:KEY`` of ``NAME:KEY@2``."""
    found = _VERSION.fullmatch(origin)
    return found[1] if found else origin


def latest_versions(origins: Iterable[str]) -> dict[str, str]:
    """The latest version of each origin that was restated."""
    latest: dict[str, tuple[int, str]] = {}
    for origin in origins:
        if found := _VERSION.fullmatch(origin):
            latest[found[1]] = max(latest.get(found[1], (0, "")), (int(found[2]), origin))
    return {base: origin for base, (_, origin) in latest.items()}


class Restating:
    """Restatements of one file: how many entries were posted, and what is to be recorded anew.

    ``undone`` are origins that were reversed, and are recorded anew where the file states them; those ``owed``
    it has to state.
    """

    def __init__(self, batch: Batch, clock: Callable[[], datetime], latest: dict[str, str]) -> None:
        self._batch = batch
        self._clock = clock
        self._latest = latest
        self._origin = ""
        self.posted = 0
        self.undone: set[str] = set()
        self.owed: set[str] = set()

    def restate(self, step: Step, before: Entry) -> None:
        """Post what a step says in place of what the latest entry of its origin said."""
        self._origin = str(step.evidence.origin)
        if isinstance(step, Announce):
            self._announcement(step, before)
        else:
            try:
                self.withdraw(before)
            except NotRestated:  # what came later stands on it
                self._undo_later(before)
                self.withdraw(before)
            self.again(step)

    def again(self, step: Step) -> None:
        """Record what was undone, as it is stated now."""
        origin = self._origin = str(step.evidence.origin)
        self.undone.discard(origin)
        self.owed.discard(origin)
        self._post(replace(step, evidence=replace(step.evidence, origin=self._next(origin))))

    def withdraw(self, entry: Entry) -> None:
        """Reverse what is not stated any more, if it stands."""
        self._origin = original(str(entry.origin))
        if self._batch.reversed_by(entry.number) is None:
            note = f"{original(str(entry.origin))} is not stated so any more"
            self._post(Reverse(number=entry.number, evidence=Evidence(note=note, citations=entry.citations)))

    def _announcement(self, step: Announce, before: Entry) -> None:
        pledge, origin = str(before.pledge), str(step.evidence.origin)
        if before.kind == "joint":
            raise NotRestated(
                "{origin} cannot be restated: entry {number} announces {count} pledges under it",
                origin=origin,
                number=before.number,
                count=len(before.subjects),
                hint=message("reverse it first: aidledger journal reverse {number} --note WHY", number=before.number),
            )
        was, now = entry_stated(before), stated(step, pledge, self._batch.recipient)
        note = f"{origin} restated: {'; '.join(differences(was, now))}"
        note = note if len(note) <= _LONGEST_NOTE else note[: _LONGEST_NOTE - 1] + "\N{HORIZONTAL ELLIPSIS}"
        evidence = Evidence(on=self._day(step), citations=step.evidence.citations, note=note)
        moved = any(was.get(name) != now.get(name) for name in ("on", "stage"))
        if moved or was.get("amounts") != now.get("amounts"):
            self._undo_followers(pledge, origin)
            if moved:
                self._nothing(pledge, replace(evidence, on=self._open(date.fromisoformat(str(was["on"])))))
            self._promise(step, pledge, evidence)
        self._facts(step, pledge, evidence)
        kept = replace(evidence, origin=self._next(origin))
        self._post(Restate(pledge=pledge, restates=origin, content=now, evidence=kept))

    def _day(self, step: Step) -> date:
        return self._open(step.evidence.on or self._batch.today)

    def _open(self, on: date) -> date:
        return max(on, self._batch.closed_before or on)

    def _nothing(self, pledge: str, evidence: Evidence) -> None:
        """Take a promise back on the day it was dated: it is made anew on another day, or at another stage."""
        for amount in self._batch.written().promised(pledge).amounts():
            self._post(Revise(pledge=pledge, amount=Money(0, amount.commodity), evidence=evidence))

    def _undo_followers(self, pledge: str, origin: str) -> None:
        """Reverse what the file said had become of a pledge, the latest first: it is recorded anew."""
        for entry in reversed(self._batch.written().history(pledge)):
            if entry.origin and entry.origin.startswith(f"{origin}:") and entry.kind != "restate":
                self.withdraw(entry)
                self.undone.add(original(entry.origin))

    def _undo_later(self, entry: Entry) -> None:
        """Reverse what the same source recorded of a pledge after an entry: its file has to state all of it again."""
        source = f"{str(entry.origin).partition(':')[0]}:"
        for later in reversed(self._batch.written().history(str(entry.pledge))):
            ours = later.number > entry.number and (later.origin or "").startswith(source)
            if ours and later.kind != "restate" and self._batch.reversed_by(later.number) is None:
                self.withdraw(later)
                self.undone.add(original(str(later.origin)))
                self.owed.add(original(str(later.origin)))

    def _promise(self, step: Announce, pledge: str, evidence: Evidence) -> None:
        """Bring the promise in each currency and item to what is stated now."""
        now = Balance(promise.amount for promise in step.promises)
        for target, replaces in self._revisions(now, self._batch.written().promised(pledge)):
            self._post(Revise(pledge=pledge, amount=target, replaces=replaces, evidence=evidence))
        if step.stage is Stage.COMMITTED:
            pledged = self._batch.position(pledge).get(Stage.PLEDGED, NOTHING)
            if amounts := tuple(amount for amount in pledged.amounts() if amount.commodity in now):
                self._post(Move(kind=MoveKind.COMMIT, pledge=pledge, amounts=amounts, evidence=evidence))

    def _revisions(self, now: Balance, was: Balance) -> Iterable[tuple[Money, Commodity | None]]:
        new = [of for of in now if of not in was and of.is_currency]
        old = [of for of in was if of not in now and of.is_currency]
        if len(new) == len(old) == 1:
            yield now.money(new[0]), old[0]
            was = Balance([*(a for a in was.amounts() if a.commodity != old[0]), now.money(new[0])])
        for of in dict.fromkeys([*now, *was]):
            if now[of] != was[of]:
                yield now.money(of), None

    def _facts(self, step: Announce, pledge: str, evidence: Evidence) -> None:
        """Amend the facts that are stated otherwise now."""
        held = self._batch.pledge(pledge)
        now = Pledge.from_facts(announced(step, pledge, self._batch.recipient))
        names = changed(held, now).keys()
        if fixed := sorted(names - set(AMENDABLE)):
            raise NotRestated(
                "{origin} cannot be restated: {pledge} states another {fixed}, which stays",
                origin=self._origin,
                pledge=pledge,
                fixed=", ".join(fixed),
            )
        changes: Mapping[str, object] = {name: getattr(now, name) for name in names}
        if changes:
            self._post(Amend(pledge=pledge, changes=changes, evidence=evidence))

    def _next(self, origin: str) -> str:
        found = _VERSION.fullmatch(self._latest.get(origin, ""))
        self._latest[origin] = f"{origin}@{int(found[2]) + 1 if found else 2}"
        return self._latest[origin]

    def _post(self, step: Step) -> None:
        try:
            draft = recognise(step, self._batch)
            refuse_closed(draft.on, self._batch.closed_before)
        except LedgerError as refused:
            raise NotRestated(
                "{origin} cannot be restated: {reason}", origin=self._origin, reason=refused.message
            ) from None
        self._batch.append(draft, self._clock())
        self.posted += 1
