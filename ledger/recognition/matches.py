"""Matches: lines of a bank's statement that are the payments of entries, kept beside the book. Nothing moves."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.errors import InputError, Refusal
from ledger.journal import JSON, Draft
from ledger.recognition.situation import Situation, draft
from ledger.recognition.steps import Match, Settled


def recognise_match(step: Match, situation: Situation) -> Draft:
    """The entry that says which lines pay which entries, dated as the last line; it has no postings.

    Raises :class:`~ledger.errors.Refusal` for an entry that was reversed, or has nothing on that pledge.
    """
    if not step.lines or not step.settled:
        raise InputError("a match has lines of a statement and entries of the book")
    for settled in step.settled:
        _refuse_unpaid(settled, situation)
    pledges = {settled.pledge for settled in step.settled}
    return draft(
        step,
        situation,
        "match",
        pledge=pledges.pop() if len(pledges) == 1 else None,
        facts={"match": facts(step)},
        on=max(line.on for line in step.lines),
    )


def facts(step: Match) -> Mapping[str, JSON]:
    """What a match states: amounts as text, signed as the account shows them."""
    amounts, paid = [line.amount for line in step.lines], [settled.amount for settled in step.settled]
    theirs, ours = sum(amounts[1:], amounts[0]), sum(paid[1:], paid[0])
    return {
        "account": step.account,
        "currency": theirs.commodity.code,
        "lines": [
            {"statement": line.statement, "key": line.key, "on": line.on.isoformat(), "amount": line.amount.plain()}
            for line in step.lines
        ],
        "entries": [
            {"entry": settled.entry, "pledge": settled.pledge, "amount": settled.amount.plain()}
            for settled in step.settled
        ],
        "theirs": theirs.plain(),
        "difference": (theirs - ours).plain(),
        "partial": step.partial,
    }


def _refuse_unpaid(settled: Settled, situation: Situation) -> None:
    """Refuse an entry that does not stand, or has nothing on the pledge that it is to have paid."""
    entry = situation.entry(settled.entry)
    if (by := standing(settled.entry, situation)) is not None:
        raise Refusal(
            "entry {entry} was reversed by entry {by}: no payment can be matched with it", entry=settled.entry, by=by
        )
    if settled.pledge not in {posting.pledge for posting in entry.postings}:
        raise Refusal(
            "entry {entry} posts nothing on {pledge}: no payment can be matched with it",
            entry=settled.entry,
            pledge=settled.pledge,
        )


def standing(number: int, situation: Situation) -> int | None:
    """The entry by whose reversal this one does not stand; None where it stands, or was restored."""
    by = situation.reversed_by(number)
    return None if by is None or standing(by, situation) is not None else by
