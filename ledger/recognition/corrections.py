"""Corrections: a fact amended, a suspicion answered, an entry reversed. Nothing is ever changed, only added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.errors import InputError, Refusal, Shortage
from ledger.journal import JSON, OPENINGS, Account, Draft, Entry, Posting, Stage, fold, opposite, wrong_side
from ledger.message import joined, message
from ledger.money import Money
from ledger.pledge import MOVES, NOTHING, Drawing, MoveKind, Pledge, sources
from ledger.recognition.situation import (
    Situation,
    draft,
    live,
    refuse_contradictions,
    require_note,
    require_registered,
    total,
)
from ledger.recognition.steps import Amend, Distinguish, Restate, Reverse

AMENDABLE = (
    "donor",
    "recipient",
    "title",
    "purpose",
    "instrument",
    "source",
    "package",
    "holds",
    "stated",
    "schedule",
    "max_exposure",
    "terms",
    "lender",
    "obligor",
    "repayment_source",
    "on",
)
"""The facts an amendment may correct. Amounts and the currency are a revision's matter."""

_LASTING = {
    "open": message("the opening of the book stands for good"),
    **dict.fromkeys(("party", "member", "source", "item"), message("a register only grows")),
    "close": message("use aidledger journal reopen"),
    "reopen": message("use aidledger journal close"),
    "restate": message("it says what the source said"),
}


def recognise_amendment(step: Amend, situation: Situation) -> Draft:
    """The entry that corrects facts, naming old and new; it holds for the pledge's whole life.

    Raises :class:`~ledger.errors.Refusal` where the pledge's history is illegal under a new instrument.
    """
    require_note(step, "amend")
    pledge = live(situation, step.pledge)
    if unknown := set(step.changes) - set(AMENDABLE):
        raise InputError(
            "{unknown} cannot be amended: only {amendable}",
            unknown=", ".join(sorted(unknown)),
            amendable=", ".join(AMENDABLE),
        )
    amended = replace(pledge, **step.changes)  # type: ignore[arg-type] # the names are checked above
    require_registered(situation, amended)
    undertaken = situation.position(pledge.id).get(Stage.UNDERTAKING, NOTHING)
    # Of what the promise has grown beyond since, by what it took over, only what is changed here is looked at.
    stated = amended if "max_exposure" in step.changes else replace(amended, max_exposure=None)
    holds = amended.holds if "holds" in step.changes else ()
    refuse_contradictions(stated, (total(situation.drawings(pledge.id)) - undertaken).amounts(), holds)
    _refuse_illegal_history(situation, pledge, amended)
    changes = changed(pledge, amended)
    if not changes:
        raise Refusal("{pledge} states this already: there is nothing to amend", pledge=pledge.id)
    return draft(step, situation, "amend", pledge=pledge.id, facts={"changes": changes})


def changed(old: Pledge, new: Pledge) -> dict[str, JSON]:
    """The facts in which two states of a pledge differ: name -> [old, new], None where absent."""
    before, after = old.facts(), new.facts()
    names = sorted(before.keys() | after.keys())
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def _refuse_illegal_history(situation: Situation, old: Pledge, new: Pledge) -> None:
    if old.instrument is new.instrument:
        return
    illegal = sorted(situation.moves_made(old.id) - MOVES[new.instrument])
    if illegal:
        raise Refusal(
            "{old} cannot become {instrument}: its history holds {illegal}, which a {instrument} does not have",
            old=old.id,
            instrument=new.instrument,
            illegal=", ".join(illegal),
            hint=message("reverse those entries first"),
        )


def recognise_distinction(step: Distinguish, situation: Situation) -> Draft:
    """The entry that says two pledges are two, however alike they look; it moves nothing.

    Raises :class:`~ledger.errors.Refusal` where an entry that stands says so already.
    """
    require_note(step, "distinguish")
    pledge, other = live(situation, step.pledge), live(situation, step.other)
    if pledge.id == other.id:
        raise InputError("{pledge} cannot differ from itself: name two pledges", pledge=pledge.id)
    if said := situation.distinguished(pledge.id, other.id):
        raise Refusal(
            "entry {number} says already that {pledge} and {other} differ",
            number=said,
            pledge=pledge.id,
            other=other.id,
        )
    facts: dict[str, JSON] = {"distinct": [pledge.id, other.id]}
    return draft(step, situation, "distinguish", pledge=pledge.id, facts=facts)


def recognise_reversal(step: Reverse, situation: Situation) -> Draft:
    """The opposite of an entry, once: its postings, its drawings and its changes of facts.

    Raises :class:`~ledger.errors.Refusal` where a balance would become negative, naming the entries in the way.
    """
    require_note(step, "reverse")
    entry = situation.entry(step.number)
    _refuse_final(situation, entry)
    _refuse_withdrawn(situation, entry)
    postings = opposite(entry.postings)
    _refuse_negative(situation, entry, postings)
    _refuse_opening_in_use(situation, entry)
    _refuse_restored_move(situation, entry)
    facts: dict[str, JSON] = {**_undone_draws(situation, entry), **_undone_changes(situation, entry)}
    if "about" in entry.facts:
        facts["about"] = entry.facts["about"]
    return draft(
        step,
        situation,
        "reverse",
        pledge=entry.pledge,
        facts=facts,
        postings=postings,
        on=_reversal_date(step, situation, entry),
        reverses=entry.number,
    )


def recognise_restatement(step: Restate, situation: Situation) -> Draft:
    """The entry that says what a source states by now under an origin: what the next import is compared with."""
    require_note(step, "restate")
    facts: dict[str, JSON] = {"restates": {"origin": step.restates, "content": dict(step.content)}}
    return draft(step, situation, "restate", pledge=step.pledge, facts=facts)


def _refuse_final(situation: Situation, entry: Entry) -> None:
    if entry.kind in _LASTING:
        raise Refusal(
            "entry {number} ({kind}) cannot be reversed: {reason}",
            number=entry.number,
            kind=entry.kind,
            reason=_LASTING[entry.kind],
        )
    if by := situation.reversed_by(entry.number):
        raise Refusal("entry {number} was already reversed by entry {by}", number=entry.number, by=by)


def _refuse_withdrawn(situation: Situation, entry: Entry) -> None:
    """Nothing of a withdrawn pledge comes back, but by the reversal of its withdrawal."""
    touched = {posting.pledge for posting in entry.postings} | set(entry.subjects)
    for pledge in sorted(touched):
        if situation.pledge(pledge).void != entry.number:
            live(situation, pledge)


def _refuse_opening_in_use(situation: Situation, entry: Entry) -> None:
    """A pledge is withdrawn only while it holds what its opening gave it, and nothing was drawn from it."""
    for pledge in entry.subjects if entry.kind in OPENINGS else ():
        opened = fold(entry.postings).get(pledge, {})
        held = situation.position(pledge)
        left = {stage: held.get(stage, NOTHING) - opened.get(stage, NOTHING) for stage in Stage}
        still = [f"{amount} {stage}" for stage, rest in left.items() for amount in rest.amounts() if amount.units > 0]
        drawn = total(situation.drawings(pledge)).amounts()
        still += [message("{amount} that was drawn from it", amount=amount) for amount in drawn]
        if still:
            raise Refusal(
                "entry {number} cannot be reversed: {pledge} would still hold {still}",
                number=entry.number,
                pledge=pledge,
                still=joined(still),
                hint=message("reverse what came after it first: aidledger pledge show {pledge}", pledge=pledge),
            )


def _refuse_restored_move(situation: Situation, entry: Entry) -> None:
    """A move that the pledge's instrument does not have any more is not brought back."""
    restored = situation.entry(entry.reverses) if entry.reverses else None
    if restored is None or restored.pledge is None or restored.kind not in set(MoveKind):
        return
    try:
        sources(MoveKind(restored.kind), situation.pledge(restored.pledge).instrument)
    except Refusal as refused:
        raise Refusal(
            "entry {number} cannot be reversed: {reason}", number=entry.number, reason=refused.message
        ) from None


def _reversal_date(step: Reverse, situation: Situation, entry: Entry) -> date:
    if step.evidence.on is not None:
        return step.evidence.on
    return max(entry.on, situation.closed_before or entry.on)


def _refuse_negative(situation: Situation, entry: Entry, postings: tuple[Posting, ...]) -> None:
    for account in dict.fromkeys(posting.account for posting in postings):
        change = sum(posting.amount.units for posting in postings if posting.account == account)
        held = situation.position(account.pledge).get(account.stage, NOTHING)[account.commodity] + change
        if wrong_side(account.stage, held):
            numbers = ", ".join(map(str, situation.takers(account, entry.number)))
            raise Shortage(
                "entry {number} cannot be reversed: {pledge} would hold {money} {stage}; in the way: entry {numbers}",
                number=entry.number,
                pledge=account.pledge,
                money=Money(held, account.commodity),
                stage=account.stage,
                numbers=numbers or message("none"),
                hint=message("reverse those first, the latest one first") if numbers else None,
            )


def _undone_changes(situation: Situation, entry: Entry) -> Mapping[str, JSON]:
    changes = entry.facts.get("changes")
    if not isinstance(changes, Mapping) or entry.pledge is None:
        return {}
    pledge = situation.pledge(entry.pledge)
    now = pledge.facts()
    for name, (_, new) in changes.items():
        if now.get(name) != new:
            raise Refusal(
                "entry {number} cannot be reversed: {name} of {pledge} was changed again after it",
                number=entry.number,
                name=name,
                pledge=entry.pledge,
                hint=message("reverse that change first: aidledger pledge show {pledge}", pledge=entry.pledge),
            )
    undone = {name: [new, old] for name, (old, new) in changes.items()}
    _refuse_illegal_history(situation, pledge, pledge.restated(undone))
    return {"changes": undone}


def _undone_draws(situation: Situation, entry: Entry) -> Mapping[str, JSON]:
    draws = entry.facts.get("draws")
    if not isinstance(draws, list):
        return {}
    drawn = [Drawing.from_facts(draw) for draw in draws]
    for drawing in drawn:
        _refuse_given_back(situation, entry, drawing)
    if "changes" in entry.facts:
        _refuse_drawn_again(situation, entry, drawn)
    return {"draws": [replace(drawing, amount=-drawing.amount).facts() for drawing in drawn]}


def _refuse_given_back(situation: Situation, entry: Entry, drawing: Drawing) -> None:
    """What a child drew and gave back cannot be taken from it once more."""
    of = drawing.amount.commodity
    held = [d for d in situation.drawings(drawing.parent, drawing.child) if d.stage is drawing.stage]
    left = Money(total(held)[of], of) - drawing.amount
    if left.units >= 0:
        return
    numbers = situation.takers(Account(drawing.child, Stage.UNDERTAKING, of), entry.number)
    raise Refusal(
        "entry {number} cannot be reversed: {child} would have drawn {left} from {parent}; in the way: entry {numbers}",
        number=entry.number,
        child=drawing.child,
        left=left,
        parent=drawing.parent,
        numbers=", ".join(map(str, numbers)) or message("none"),
        hint=message("reverse those first, the latest one first"),
    )


def _refuse_drawn_again(situation: Situation, entry: Entry, drawn: Sequence[Drawing]) -> None:
    """The draw that put a child under its facility goes last: what else it drew would have no facility."""
    parent, child = drawn[0].parent, drawn[0].child
    gives = all(drawing.amount.units > 0 for drawing in drawn)
    if gives and total(situation.drawings(parent, child)) != total(drawn):
        raise Refusal(
            "entry {number} cannot be reversed: {child} drew on {parent} again after it",
            number=entry.number,
            child=child,
            parent=parent,
            hint=message("reverse that first: aidledger pledge show {child}", child=child),
        )
