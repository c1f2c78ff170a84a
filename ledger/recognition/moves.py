"""Moves: commit, allocate, disburse, call, repay, forgive and cancel."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import InputError, Refusal, Shortage
from ledger.journal import MEMORANDUM, Draft, Posting, Stage
from ledger.message import message
from ledger.money import Money
from ledger.pledge import (
    NOTHING,
    TARGET,
    UNDELIVERED,
    Drawing,
    MoveKind,
    Pledge,
    Position,
    sources,
)
from ledger.recognition.situation import Situation, at, draft, live, promised, shift, total
from ledger.recognition.steps import Move

_PAYMENTS = {MoveKind.DISBURSE, MoveKind.CALL, MoveKind.REPAY}
_TOPPED_UP = {MoveKind.COMMIT, MoveKind.ALLOCATE, MoveKind.DISBURSE, MoveKind.CALL}


def recognise_move(step: Move, situation: Situation) -> Draft:
    """The entry of a move: amounts leave the stages it draws from and reach its own.

    Raises :class:`~ledger.errors.Shortage` where less is there, naming what is, by stage.
    """
    pledge = live(situation, step.pledge)
    _refuse_misplaced_options(step, pledge)
    order = sources(step.kind, pledge.instrument, step.only)
    position = situation.position(pledge.id)
    if step.to_parent:
        return _returned(step, situation, pledge, order)
    postings: list[Posting] = []
    for amount in _amounts(step, position, order):
        situation.require_item(amount.commodity)
        postings += _moved(step, pledge, position, amount)
    postings += _memorandum(step, pledge)
    facts = {"paid": str(step.paid)} if step.paid is not None else {}
    return draft(step, situation, step.kind, pledge=pledge.id, facts=facts, postings=postings)


def _refuse_misplaced_options(step: Move, pledge: Pledge) -> None:
    if step.paid is not None:
        _refuse_no_payment(step, step.paid)
    if step.top_up and step.kind not in _TOPPED_UP:
        raise InputError("--top-up goes with commit, allocate, disburse and call, not {kind}", kind=step.kind)
    if step.new_money and (step.top_up or step.kind not in _TOPPED_UP):
        raise InputError(
            "new money goes with commit, allocate, disburse and call, not {kind} or --top-up", kind=step.kind
        )
    if step.to_parent and step.kind is not MoveKind.CANCEL:
        raise InputError(
            "--return gives cancelled money back to a facility: it goes with cancel, not {kind}", kind=step.kind
        )
    if step.to_parent and pledge.parent is None:
        raise Refusal("{pledge} draws on no facility, so there is nothing to --return to", pledge=pledge.id)


def _refuse_no_payment(step: Move, paid: Money) -> None:
    if step.kind not in _PAYMENTS:
        raise InputError(
            "--at says what was really paid: it goes with disburse, call and repay, not {kind}", kind=step.kind
        )
    if paid.units <= 0:
        raise InputError("--at must be more than nothing, not {paid}", paid=paid)
    if not paid.commodity.is_currency:
        raise InputError("--at is an amount of money, not of {commodity}", commodity=paid.commodity)


def _amounts(step: Move, position: Position, order: Sequence[Stage]) -> Sequence[Money]:
    named = {amount.commodity for amount in step.amounts}
    if len(named) != len(step.amounts):
        raise InputError(
            "{kind} {pledge}: the same currency or item is given twice", kind=step.kind, pledge=step.pledge
        )
    for amount in step.amounts:
        if amount.units <= 0:
            raise InputError("an amount must be more than nothing, not {amount}", amount=amount)
    rest = [commodity for commodity in promised(position) if commodity not in named] if step.everything else []
    available = [Money(sum(at(position, stage, of) for stage in order), of) for of in rest]
    amounts = [*step.amounts, *(amount for amount in available if amount)]
    if not amounts:
        raise Shortage(
            "{pledge} has nothing left to {kind} ({stages})",
            pledge=step.pledge,
            kind=step.kind,
            stages=_by_stage(position, order),
        )
    if step.paid is not None and step.paid.commodity in {amount.commodity for amount in amounts}:
        raise InputError(
            "--at is for what was paid in another currency than {commodity}", commodity=step.paid.commodity
        )
    return amounts


def _by_stage(position: Position, order: Sequence[Stage]) -> str:
    commodities = promised({stage: held for stage, held in position.items() if stage not in MEMORANDUM})
    words = [f"{stage} {Money(at(position, stage, of), of)}" for of in commodities for stage in order]
    return ", ".join(words) or message("its value is undisclosed")


def take(position: Position, order: Sequence[Stage], amount: Money) -> tuple[list[tuple[Stage, Money]], Money]:
    """What each stage gives towards an amount, in order, and how much is still missing."""
    parts: list[tuple[Stage, Money]] = []
    left = amount.units
    for stage in order:
        part = min(left, max(0, at(position, stage, amount.commodity)))
        if part:
            parts.append((stage, Money(part, amount.commodity)))
        left -= part
    return parts, Money(left, amount.commodity)


def _moved(step: Move, pledge: Pledge, position: Position, amount: Money) -> list[Posting]:
    order = sources(step.kind, pledge.instrument, step.only)
    parts, missing = take(position, order, amount)
    if missing and not (step.top_up or step.new_money or _call_may_exceed(step, pledge, position, amount)):
        raise _shortage(step, pledge, position, amount)
    _refuse_beyond_exposure(step, pledge, position, amount)
    moved = [
        Posting(pledge.id, TARGET[step.kind], amount),
        *(Posting(pledge.id, stage, -part) for stage, part in parts),
    ]
    if not missing:
        return moved
    other = Stage.UNDERTAKING if step.new_money else Stage.EXCESS
    topped = shift(pledge.id, missing, debit=Stage.PLEDGED, credit=other)
    return [*topped, *moved, Posting(pledge.id, Stage.PLEDGED, -missing)]


def _shortage(step: Move, pledge: Pledge, position: Position, amount: Money) -> Shortage:
    order, of = sources(step.kind, pledge.instrument, step.only), amount.commodity
    left = Money(sum(max(0, at(position, stage, of)) for stage in order), of)
    stages = ", ".join(f"{stage} {Money(at(position, stage, of), of)}" for stage in order)
    hint = message("--top-up records what goes beyond the promise") if step.kind in _TOPPED_UP else None
    if step.kind is MoveKind.CALL and pledge.max_exposure:
        hint = message(
            "its exposure is at most {max_exposure}, of which {called} was called",
            max_exposure=pledge.max_exposure,
            called=_called(position, amount),
        )
    return Shortage(
        "{pledge} has {left} left to {kind} ({stages}), not {amount}",
        pledge=pledge.id,
        left=left,
        kind=step.kind,
        stages=stages,
        amount=amount,
        hint=hint,
    )


def _called(position: Position, of: Money) -> Money:
    stages = (Stage.CALLED, Stage.REPAID, Stage.FORGIVEN)
    return Money(sum(at(position, stage, of.commodity) for stage in stages), of.commodity)


def _call_may_exceed(step: Move, pledge: Pledge, position: Position, amount: Money) -> bool:
    most = pledge.max_exposure
    if step.kind is not MoveKind.CALL or step.only or most is None or most.commodity != amount.commodity:
        return False
    return _called(position, amount) + amount <= most


def _refuse_beyond_exposure(step: Move, pledge: Pledge, position: Position, amount: Money) -> None:
    most = pledge.max_exposure
    if step.kind is not MoveKind.CALL or most is None or most.commodity != amount.commodity:
        return
    called = _called(position, amount)
    if called + amount > most:
        raise Refusal(
            "{pledge} may be called for {most} in all; {called} was called before, so not {amount} more",
            pledge=pledge.id,
            most=most,
            called=called,
            amount=amount,
        )


def _memorandum(step: Move, pledge: Pledge) -> list[Posting]:
    if step.paid is None:
        return []
    if step.kind is MoveKind.REPAY:
        return shift(pledge.id, step.paid, debit=Stage.EXCHANGE, credit=Stage.PAID)
    return shift(pledge.id, step.paid, debit=Stage.PAID, credit=Stage.EXCHANGE)


def _returned(step: Move, situation: Situation, pledge: Pledge, order: Sequence[Stage]) -> Draft:
    position = situation.position(pledge.id)
    parent = live(situation, str(pledge.parent)).id
    drawn = situation.drawings(parent, pledge.id)
    postings: list[Posting] = []
    back: list[Drawing] = []
    for amount in _amounts(step, position, order) if step.amounts else _returnable(step, position, order, drawn):
        parts, missing = take(position, order, amount)
        if missing:
            raise _shortage(step, pledge, position, amount)
        returned = _as_drawn(pledge, parent, drawn, amount)
        other = promise_side(pledge.id, position, amount)
        postings += [*(Posting(pledge.id, stage, -part) for stage, part in parts), *other]
        postings += [Posting(parent, stage, part) for stage, part in returned]
        postings += [Posting(parent, posting.stage, -posting.amount) for posting in other]
        back += [Drawing(parent, pledge.id, stage, -part) for stage, part in returned]
    facts = {"draws": [drawing.facts() for drawing in back]}
    return draft(step, situation, step.kind, pledge=pledge.id, facts=facts, postings=postings)


def _returnable(step: Move, position: Position, order: Sequence[Stage], drawn: Sequence[Drawing]) -> Sequence[Money]:
    came = total(drawn)
    left = [Money(min(sum(at(position, s, of) for s in order), came[of]), of) for of in promised(position)]
    amounts = [amount for amount in left if amount.units > 0]
    if not amounts:
        raise Shortage(
            "{pledge} has nothing left to return to its facility ({stages})",
            pledge=step.pledge,
            stages=_by_stage(position, order),
        )
    return amounts


def _as_drawn(pledge: Pledge, parent: str, drawn: Sequence[Drawing], amount: Money) -> list[tuple[Stage, Money]]:
    """The stages of the parent that an amount came from, and goes back to, the least firm first."""
    held: dict[Stage, int] = {}
    for drawing in drawn:
        if drawing.amount.commodity == amount.commodity:
            held[drawing.stage] = held.get(drawing.stage, 0) + drawing.amount.units
    position = {stage: total([Drawing("", "", stage, Money(units, amount.commodity))]) for stage, units in held.items()}
    parts, missing = take(position, UNDELIVERED, amount)
    if missing:
        raise Shortage(
            "{pledge} drew {amount} from {parent}, so {more} cannot go back to it",
            pledge=pledge.id,
            amount=amount - missing,
            parent=parent,
            more=amount,
        )
    return parts


def promise_side(pledge: str, position: Position, less: Money) -> list[Posting]:
    """The other side of a promise that shrinks: the undertaking, then what was in excess of it."""
    sides = (Stage.UNDERTAKING, Stage.EXCESS)
    undertaken = {stage: -position.get(stage, NOTHING) for stage in sides}
    parts, _ = take(undertaken, sides, less)
    return [Posting(pledge, stage, part) for stage, part in parts]
