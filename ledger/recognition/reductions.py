"""Reductions: part of what earlier moves recorded is taken back, because it was stated too high.

An entry of our own is corrected by its reversal. Publishers correct theirs by a negative figure, which
may be part of one earlier figure, or of several.
"""

from __future__ import annotations

from ledger.errors import InputError, Shortage
from ledger.journal import Draft, Posting, Stage
from ledger.money import Money
from ledger.pledge import NOTHING, TARGET, MoveKind, Pledge, Position, sources
from ledger.recognition.moves import take
from ledger.recognition.situation import Situation, at, draft, live, shift
from ledger.recognition.steps import Correct

_BACK_TO = {
    MoveKind.ALLOCATE: Stage.COMMITTED,
    MoveKind.DISBURSE: Stage.COMMITTED,
    MoveKind.CALL: Stage.COMMITTED,
    MoveKind.CANCEL: Stage.PLEDGED,
}
"""Where what a move had taken stands again. What was repaid or forgiven is owed again."""

_COMMITTED_OR_BEYOND = (
    Stage.COMMITTED,
    Stage.ALLOCATED,
    Stage.DISBURSED,
    Stage.CALLED,
    Stage.REPAID,
    Stage.FORGIVEN,
)


def recognise_correction(step: Correct, situation: Situation) -> Draft:
    """The entry that takes back part of what was recorded.

    A commitment that was too high makes the promise smaller: what of it has gone on since stands beyond the
    promise from now on. What was delivered beyond the promise is the first to go back.
    Raises :class:`~ledger.errors.Shortage` where less was recorded.
    """
    pledge = live(situation, step.pledge)
    sources(step.kind, pledge.instrument)
    position = situation.position(pledge.id)
    named = [amount.commodity for amount in step.amounts]
    if not named or len(set(named)) != len(named) or any(amount.units <= 0 for amount in step.amounts):
        raise InputError(
            "correct {kind} {pledge}: give one amount above nothing for each currency or item",
            kind=step.kind,
            pledge=pledge.id,
        )
    postings: list[Posting] = []
    for amount in step.amounts:
        situation.require_item(amount.commodity)
        taken_back = _promised_less if step.kind is MoveKind.COMMIT else _taken_back
        postings += taken_back(step.kind, pledge, position, amount)
    facts = {"corrects": str(step.kind)}
    return draft(step, situation, "correct", pledge=pledge.id, facts=facts, postings=postings)


def _promised_less(kind: MoveKind, pledge: Pledge, position: Position, amount: Money) -> list[Posting]:
    of = amount.commodity
    reached = sum(at(position, stage, of) for stage in _COMMITTED_OR_BEYOND) + at(position, Stage.EXCESS, of)
    promised = Money(min(reached, -at(position, Stage.UNDERTAKING, of)), of)
    if amount > promised:
        raise Shortage(
            "{pledge} has {promised} of its promise committed, so {kind} {amount} cannot be taken back",
            pledge=pledge.id,
            promised=promised,
            kind=kind,
            amount=amount,
        )
    parts, gone_on = take(position, (Stage.COMMITTED,), amount)
    beyond = [Posting(pledge.id, Stage.EXCESS, -gone_on)] if gone_on else []
    return [
        *(Posting(pledge.id, stage, -part) for stage, part in parts),
        Posting(pledge.id, Stage.UNDERTAKING, amount),
        *beyond,
    ]


def _taken_back(kind: MoveKind, pledge: Pledge, position: Position, amount: Money) -> list[Posting]:
    there = Money(at(position, TARGET[kind], amount.commodity), amount.commodity)
    if amount > there:
        raise Shortage(
            "{pledge} holds {there} {target}, so {kind} {amount} cannot be taken back",
            pledge=pledge.id,
            there=there,
            target=TARGET[kind],
            kind=kind,
            amount=amount,
        )
    if kind in {MoveKind.REPAY, MoveKind.FORGIVE}:
        (owed,) = sources(kind, pledge.instrument)
        return shift(pledge.id, amount, debit=owed, credit=TARGET[kind])
    beyond = {Stage.EXCESS: -position.get(Stage.EXCESS, NOTHING)} if kind is not MoveKind.CANCEL else {}
    parts, rest = take(beyond, (Stage.EXCESS,), amount)
    back = [Posting(pledge.id, stage, part) for stage, part in parts]
    again = [Posting(pledge.id, _BACK_TO[kind], rest)] if rest else []
    return [Posting(pledge.id, TARGET[kind], -amount), *back, *again]
