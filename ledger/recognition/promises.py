"""Promises: a pledge announced, drawn from a facility, superseded, or revised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ledger.errors import InputError, Refusal, Shortage
from ledger.journal import JSON, Draft, Posting, Stage, fold, refuse_controls
from ledger.message import all_of, message
from ledger.money import Commodity, Money
from ledger.pledge import (
    NOTHING,
    UNDELIVERED,
    Drawing,
    Hold,
    Pledge,
    Position,
    Promise,
)
from ledger.recognition.moves import promise_side, take
from ledger.recognition.situation import (
    Situation,
    at,
    draft,
    live,
    promised,
    refuse_contradictions,
    require_note,
    require_registered,
    shift,
    total,
)
from ledger.recognition.statement import announced
from ledger.recognition.steps import Announce, Draw, Revise, Supersede

_LONGEST_ID = 100
_ID = re.compile(rf"[^\s,-][^\s,]{{0,{_LONGEST_ID - 1}}}")


def recognise_announcement(step: Announce, situation: Situation) -> Draft:
    """The entry that opens a pledge: its facts, and each promise against the undertaking.

    With a parent, what the parent has of it is drawn from there in the same entry.
    """
    opened = opening(step, situation)
    facts: dict[str, JSON] = {"pledge": opened.facts}
    if opened.drawings:
        facts["draws"] = [drawing.facts() for drawing in opened.drawings]
    return draft(step, situation, "pledge", pledge=str(opened.facts["id"]), facts=facts, postings=opened.postings)


class Opening(NamedTuple):
    """What opens one pledge: its facts, what it draws from its facility, its postings."""

    facts: dict[str, JSON]
    drawings: list[Drawing]
    postings: list[Posting]


def opening(step: Announce, situation: Situation, earlier: Sequence[Posting] = ()) -> Opening:
    """What opens the pledge of an announcement, where ``earlier`` is posted before it in the same entry."""
    on = step.evidence.on or situation.today
    situation.require_party(step.donor)
    _refuse_promises(step)
    pledge = id_of(step, situation, on.year)
    require_registered(situation, step)
    refuse_contradictions(step, (promise.amount for promise in step.promises))
    for promise in step.promises:
        situation.require_item(promise.amount.commodity)
    facility = _facility(step, situation, earlier)
    drawings = _drawn_at_opening(step, facility, pledge)
    postings: list[Posting] = []
    for promise in step.promises:
        postings += _opening(promise.amount, pledge, drawings, facility)
    if step.stage is Stage.COMMITTED:
        postings += _committed_at_once(pledge, postings)
    dated = step if step.evidence.on else replace(step, evidence=replace(step.evidence, on=on))
    return Opening(announced(dated, pledge, situation.recipient), drawings, postings)


def _refuse_promises(step: Announce) -> None:
    of = [promise.amount.commodity for promise in step.promises]
    if len(of) > 1 and len(set(of)) != len(of):
        raise InputError("the same currency or item is promised twice: add the amounts up")
    if step.stage not in {None, Stage.PLEDGED, Stage.COMMITTED}:
        raise InputError("--stage {stage}: a pledge begins as pledged or committed", stage=step.stage)


def id_of(step: Announce, situation: Situation, year: int) -> str:
    """The id that a pledge gets: its own, or the next one of its donor and year. Raises where it cannot be one."""
    if step.id is None:
        return situation.next_id(step.donor, year)
    refuse_controls(step.id, message("the pledge's id"))
    if not _ID.fullmatch(step.id):
        shown = step.id[:_LONGEST_ID]
        raise InputError(
            "'{id}' cannot be a pledge's id: 1 to {longest} characters, no blanks or commas",
            id=shown,
            longest=_LONGEST_ID,
        )
    if situation.has_pledge(step.id):
        raise Refusal(
            "there is a pledge {pledge} already",
            pledge=step.id,
            hint=f"aidledger pledge show {step.id}",
        )
    return step.id


def _facility(step: Announce, situation: Situation, earlier: Sequence[Posting]) -> Position:
    """What the stages of the facility hold that a new pledge draws on; nothing, where it draws on none."""
    if step.parent is None:
        return {}
    held = situation.position(live(situation, step.parent).id)
    moved = fold(earlier).get(step.parent, {})
    return {stage: held.get(stage, NOTHING) + moved.get(stage, NOTHING) for stage in {*held, *moved}}


def _drawn_at_opening(step: Announce, facility: Position, pledge: str) -> list[Drawing]:
    drawings: list[Drawing] = []
    for promise in step.promises if step.parent is not None else ():
        of = promise.amount.commodity
        if of.is_currency or at(facility, Stage.UNDERTAKING, of):
            drawings += _drawn(str(step.parent), pledge, facility, promise.amount)
    return drawings


def _drawn(parent: str, child: str, position: Position, amount: Money) -> list[Drawing]:
    """What a facility gives of its promise: what was recorded beyond it is not drawn on."""
    drawings = _drawings(parent, child, position, amount)
    own = Money(-at(position, Stage.UNDERTAKING, amount.commodity), amount.commodity)
    if amount > own:
        raise Shortage(
            "{parent} has {own} of its promise left to draw on, not {amount}", parent=parent, own=own, amount=amount
        )
    return drawings


def _drawings(parent: str, child: str, position: Position, amount: Money) -> list[Drawing]:
    """What each stage of the parent gives, the least advanced first. Raises where it has less."""
    parts, missing = take(position, UNDELIVERED, amount)
    if missing:
        left = Money(sum(max(0, at(position, s, amount.commodity)) for s in UNDELIVERED), amount.commodity)
        stages = ", ".join(f"{s} {Money(at(position, s, amount.commodity), amount.commodity)}" for s in UNDELIVERED)
        raise Shortage(
            "{parent} has {left} left to draw on ({stages}), not {amount}",
            parent=parent,
            left=left,
            stages=stages,
            amount=amount,
        )
    return [Drawing(parent, child, stage, part) for stage, part in parts]


def _opening(amount: Money, pledge: str, drawings: Sequence[Drawing], facility: Position) -> list[Posting]:
    own = [drawing for drawing in drawings if drawing.amount.commodity == amount.commodity]
    if not own:
        return shift(pledge, amount, debit=Stage.PLEDGED, credit=Stage.UNDERTAKING)
    return _drawing_postings(own, facility)


def _drawing_postings(drawings: Sequence[Drawing], position: Position, *, existing: bool = False) -> list[Posting]:
    """Parent stage and its other side go down, the child's go up by the same; only the parent's if it existed."""
    parent, child = drawings[0].parent, drawings[0].child
    down = [Posting(parent, drawing.stage, -drawing.amount) for drawing in drawings]
    up = [Posting(child, drawing.stage, drawing.amount) for drawing in drawings]
    amounts = total(drawings).amounts()
    other = [posting for amount in amounts for posting in promise_side(parent, position, amount)]
    mirrored = [Posting(child, posting.stage, -posting.amount) for posting in other]
    return [*down, *other] if existing else [*down, *other, *up, *mirrored]


def _committed_at_once(pledge: str, postings: Sequence[Posting]) -> list[Posting]:
    own = [posting.amount for posting in postings if posting.pledge == pledge and posting.stage is Stage.PLEDGED]
    return [move for amount in own for move in shift(pledge, amount, debit=Stage.COMMITTED, credit=Stage.PLEDGED)]


def recognise_draw(step: Draw, situation: Situation) -> Draft:
    """The entry by which a child takes part of its promise from its facility: the total does not move."""
    parent, child = live(situation, step.parent), live(situation, step.child)
    _refuse_circle(situation, parent, child)
    _refuse_giving_back(situation, parent.id, child.id)
    if step.amount.units <= 0:
        raise InputError("an amount must be more than nothing, not {amount}", amount=step.amount)
    situation.require_item(step.amount.commodity)
    position = situation.position(parent.id)
    if step.existing:
        _refuse_more_than_new(situation, parent.id, child.id, step.amount)
    drawings = _drawn(parent.id, child.id, position, step.amount)
    facts: dict[str, JSON] = {"draws": [drawing.facts() for drawing in drawings]}
    if child.parent is None:
        facts["changes"] = {"parent": [None, parent.id]}
    postings = _drawing_postings(drawings, position, existing=step.existing)
    return draft(step, situation, "draw", pledge=child.id, facts=facts, postings=postings)


def _refuse_circle(situation: Situation, parent: Pledge, child: Pledge) -> None:
    if child.parent not in {None, parent.id}:
        raise Refusal(
            "{child} draws on {parent} already, and a pledge draws on one facility", child=child.id, parent=child.parent
        )
    above: str | None = parent.id
    while above is not None:
        if above == child.id:
            raise Refusal(
                "{parent} cannot be a facility of {child}: it draws on it, or is the same pledge",
                parent=parent.id,
                child=child.id,
            )
        above = situation.pledge(above).parent


def _refuse_giving_back(situation: Situation, giver: str, taker: str) -> None:
    """What a pledge was given does not go back by a draw the other way: both would count it as drawn."""
    if given := total(situation.drawings(taker, giver)):
        raise Refusal(
            "{taker} gave {giver} {given} of its promise, so {giver} cannot give to it",
            taker=taker,
            giver=giver,
            given=given,
            hint=message("reverse that entry, or cancel what is left with --return"),
        )


def _refuse_more_than_new(situation: Situation, parent: str, child: str, amount: Money) -> None:
    """What a child holds as new money: its gross promise, less what was drawn for it before."""
    of = amount.commodity
    gross = _gross(situation, child, situation.position(child), of)
    new = Money(max(0, gross - total(situation.drawings(parent, child))[of]), of)
    if new < amount:
        raise Shortage(
            "{child} holds {new} as new money, so {amount} of it cannot come from {parent}",
            child=child,
            new=new,
            amount=amount,
            parent=parent,
        )


def recognise_supersession(step: Supersede, situation: Situation) -> Draft:
    """The entry by which what one pledge has not delivered goes to another."""
    require_note(step, "supersede")
    old, new = live(situation, step.old), live(situation, step.new)
    if old.id == new.id:
        raise InputError("{old} cannot supersede itself", old=old.id)
    _refuse_giving_back(situation, old.id, new.id)
    position = situation.position(old.id)
    rest = [Money(sum(at(position, s, of) for s in UNDELIVERED), of) for of in promised(position)]
    drawings = [drawing for left in rest if left for drawing in _drawings(old.id, new.id, position, left)]
    if not drawings:
        raise Shortage("{old} has nothing left that {new} could take over", old=old.id, new=new.id)
    if step.existing:
        for amount in total(drawings).amounts():
            _refuse_more_than_new(situation, old.id, new.id, amount)
    facts: dict[str, JSON] = {
        "draws": [drawing.facts() for drawing in drawings],
        "supersedes": old.id,
    }
    postings = _drawing_postings(drawings, position, existing=step.existing)
    return draft(step, situation, "supersede", pledge=new.id, facts=facts, postings=postings)


def recognise_revision(step: Revise, situation: Situation) -> Draft:
    """The entry that brings a promise to its new gross amount, what is drawn and cancelled included.

    Raises :class:`~ledger.errors.Shortage` below what was already delivered, drawn or cancelled.
    """
    require_note(step, "revise")
    pledge = live(situation, step.pledge)
    situation.require_item(step.amount.commodity)
    position = situation.position(pledge.id)
    raised: dict[str, JSON] = {"by": str(step.amount)} if step.by else {}
    if step.by:
        gross = Money(_gross(situation, pledge.id, position, step.amount.commodity), step.amount.commodity)
        if (gross + step.amount).units < 0:
            raise Shortage(
                "{pledge} promises {gross}, so the promise cannot be lowered by {amount}",
                pledge=pledge.id,
                gross=gross,
                amount=-step.amount,
            )
        step = replace(step, amount=gross + step.amount)
    if step.amount.units < 0:
        raise InputError("a promise cannot be less than nothing, not {amount}", amount=step.amount)
    old = None if step.by else _replaced(step, pledge, situation)
    postings = _changed(situation, pledge, position, step.amount)
    if old is not None:
        postings = [*_changed(situation, pledge, position, Money(0, old)), *postings]
    revised = _held(step, pledge, old)
    facts: dict[str, JSON] = {"promise": str(step.amount), **raised}
    if revised.holds != pledge.holds:
        facts["changes"] = {"holds": [pledge.facts().get("holds"), revised.facts().get("holds")]}
    if not postings and "changes" not in facts:
        raise Refusal(
            "{pledge} promises {amount} already: there is nothing to revise", pledge=pledge.id, amount=step.amount
        )
    return draft(step, situation, "revise", pledge=pledge.id, facts=facts, postings=postings)


def _gross(situation: Situation, pledge: str, position: Position, of: Commodity) -> int:
    return -at(position, Stage.UNDERTAKING, of) + total(situation.drawings(pledge))[of]


def _changed(situation: Situation, pledge: Pledge, position: Position, promise: Money) -> list[Posting]:
    of = promise.commodity
    gross = Money(_gross(situation, pledge.id, position, of), of)
    change = promise - gross
    if change.units > 0:
        return shift(pledge.id, change, debit=Stage.PLEDGED, credit=Stage.UNDERTAKING)
    parts, missing = take(position, UNDELIVERED, -change)
    undertaken = Money(-at(position, Stage.UNDERTAKING, of), of)
    if missing or -change > undertaken:
        free = min(sum(max(0, at(position, stage, of)) for stage in UNDELIVERED), undertaken.units)
        least = gross - Money(free, of)
        raise Shortage(
            "{pledge} cannot promise less than {least}: so much was already delivered, drawn or cancelled",
            pledge=pledge.id,
            least=least,
        )
    return [*(Posting(pledge.id, stage, -part) for stage, part in parts), *promise_side(pledge.id, position, -change)]


def _replaced(step: Revise, pledge: Pledge, situation: Situation) -> Commodity | None:
    """The currency whose promise a revision replaces, if it does: what was drawn of it is promised too."""
    new = step.amount.commodity
    undertaken = situation.position(pledge.id).get(Stage.UNDERTAKING, NOTHING)
    gross = total(situation.drawings(pledge.id)) - undertaken
    held = [amount.commodity for amount in gross.amounts() if amount.commodity.is_currency]
    if step.replaces is not None:
        if step.replaces not in held or step.replaces == new:
            raise InputError(
                "--replaces {replaces}: {pledge} promises {held}",
                replaces=step.replaces,
                pledge=pledge.id,
                held=", ".join(map(str, held)) or message("nothing"),
            )
        return step.replaces
    if not new.is_currency or not held or new in held:
        return None
    if len(held) > 1:
        raise InputError(
            "{pledge} promises {held}: say which with --replaces", pledge=pledge.id, held=all_of(map(str, held))
        )
    return held[0]


def _held(step: Revise, pledge: Pledge, old: Commodity | None) -> Pledge:
    of = step.amount.commodity
    now = pledge.hold(of)
    firm = now.firm if step.firm is None else step.firm
    if step.amount.units == 0:
        return replace(pledge, holds=tuple(hold for hold in pledge.holds if hold.commodity != of))
    promise = Promise(step.amount, step.firmness or now.firmness, firm)
    others = tuple(hold for hold in pledge.holds if hold.commodity not in {of, old})
    hold = Hold(of, promise.firmness, promise.firm)
    plain = hold == Hold(of)
    return replace(pledge, holds=others if plain else (*others, hold))
