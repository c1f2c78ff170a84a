"""Corrections: a fact amended, an entry reversed. Nothing is ever changed, only added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ledger.errors import InputError, Refusal, Shortage
from ledger.journal import JSON, Draft, Entry, Posting, opposite, wrong_side
from ledger.money import Money
from ledger.pledge import MOVES, NOTHING, Drawing, Pledge
from ledger.recognition.situation import Situation, draft, live, require_note, require_registered
from ledger.recognition.steps import Amend, Reverse

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
)
"""The facts an amendment may correct. Amounts and the currency are a revision's matter."""

_LASTING = {
    "open": "the opening of the book stands for good",
    "party": "a register only grows",
    "member": "a register only grows",
    "source": "a register only grows",
    "item": "a register only grows",
    "close": "use aidledger journal reopen",
    "reopen": "use aidledger journal close",
}


def recognise_amendment(step: Amend, situation: Situation) -> Draft:
    """The entry that corrects facts, naming old and new; it holds for the pledge's whole life.

    Raises :class:`~ledger.errors.Refusal` where the pledge's history is illegal under a new instrument.
    """
    require_note(step, "amend")
    pledge = live(situation, step.pledge)
    if unknown := set(step.changes) - set(AMENDABLE):
        raise InputError(f"{', '.join(sorted(unknown))} cannot be amended: only {', '.join(AMENDABLE)}")
    amended = replace(pledge, **step.changes)  # type: ignore[arg-type] # the names are checked above
    require_registered(situation, amended)
    _refuse_illegal_history(situation, pledge, amended)
    changes = changed(pledge, amended)
    if not changes:
        raise Refusal(f"{pledge.id} states this already: there is nothing to amend")
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
            f"{old.id} cannot become {new.instrument}: its history holds {', '.join(illegal)},"
            f" which a {new.instrument} does not have",
            hint="reverse those entries first",
        )


def recognise_reversal(step: Reverse, situation: Situation) -> Draft:
    """The opposite of an entry, once: its postings, its drawings and its changes of facts.

    Raises :class:`~ledger.errors.Refusal` where a balance would become negative, naming the entries in the way.
    """
    require_note(step, "reverse")
    entry = situation.entry(step.number)
    if entry.kind in _LASTING:
        raise Refusal(f"entry {entry.number} ({entry.kind}) cannot be reversed: {_LASTING[entry.kind]}")
    if by := situation.reversed_by(entry.number):
        raise Refusal(f"entry {entry.number} was already reversed by entry {by}")
    postings = opposite(entry.postings)
    _refuse_negative(situation, entry, postings)
    facts = {**_undone_changes(situation, entry), **_undone_draws(entry)}
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


def _reversal_date(step: Reverse, situation: Situation, entry: Entry) -> date:
    if step.evidence.on is not None:
        return step.evidence.on
    return max(entry.on, situation.closed_before or entry.on)


def _refuse_negative(situation: Situation, entry: Entry, postings: tuple[Posting, ...]) -> None:
    after: dict[tuple[str, str, str], int] = {}
    for posting in postings:
        account = posting.account
        key = (account.pledge, account.stage, account.commodity.code)
        held = situation.position(account.pledge).get(account.stage, NOTHING)[account.commodity]
        after[key] = after.get(key, held) + posting.amount.units
        if not wrong_side(account.stage, after[key]) or _mended_later(postings, posting, after[key]):
            continue
        numbers = ", ".join(map(str, situation.takers(account, entry.number)))
        raise Shortage(
            f"entry {entry.number} cannot be reversed: {account.pledge} would hold"
            f" {Money(after[key], account.commodity)} {account.stage}; in the way: entry {numbers or 'none'}",
            hint="reverse those first, the latest one first" if numbers else None,
        )


def _mended_later(postings: tuple[Posting, ...], posting: Posting, held: int) -> bool:
    """Whether later postings of the same entry bring the account back to its right side."""
    at = next(index for index, other in enumerate(postings) if other is posting)
    rest = sum(other.amount.units for other in postings[at + 1 :] if other.account == posting.account)
    return not wrong_side(posting.stage, held + rest)


def _undone_changes(situation: Situation, entry: Entry) -> Mapping[str, JSON]:
    changes = entry.facts.get("changes")
    if not isinstance(changes, Mapping) or entry.pledge is None:
        return {}
    now = situation.pledge(entry.pledge).facts()
    for name, (_, new) in changes.items():
        if now.get(name) != new:
            raise Refusal(
                f"entry {entry.number} cannot be reversed: {name} of {entry.pledge} was changed again after it",
                hint=f"reverse that change first: aidledger pledge show {entry.pledge}",
            )
    return {"changes": {name: [new, old] for name, (old, new) in changes.items()}}


def _undone_draws(entry: Entry) -> Mapping[str, JSON]:
    draws = entry.facts.get("draws")
    if not isinstance(draws, list):
        return {}
    undone = [replace(drawing, amount=-drawing.amount) for drawing in map(Drawing.from_facts, draws)]
    return {"draws": [drawing.facts() for drawing in undone]}
