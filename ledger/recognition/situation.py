"""What recognition needs to know of the book, and the words it makes entries with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from ledger.errors import InputError, Refusal
from ledger.journal import JSON, Account, Draft, Entry, Posting, Stage
from ledger.message import message
from ledger.money import Balance, Commodity, Money
from ledger.pledge import NO_TERMS, NOTHING, Drawing, Hold, Instrument, MoveKind, Pledge, Position
from ledger.recognition.steps import Announce, Evidence, Step


class Situation(Protocol):
    """The book as it stands before a step: facts, balances and registers, read-only."""

    @property
    def today(self) -> date:
        """The day it is, from the book's clock."""

    @property
    def recipient(self) -> str:
        """Who receives, where a step does not say."""

    @property
    def require_citation(self) -> bool:
        """Whether this book refuses entries on pledges without a citation."""

    @property
    def closed_before(self) -> date | None:
        """The first open day, or None where nothing was closed."""

    def pledge(self, pledge: str) -> Pledge:
        """The pledge with this id. Raises :class:`~ledger.errors.UnknownRecord`."""

    def has_pledge(self, pledge: str) -> bool:
        """Whether this id is taken."""

    def next_id(self, donor: str, year: int) -> str:
        """The next free id of this donor and year."""

    def position(self, pledge: str) -> Position:
        """What each stage of this pledge holds."""

    def drawings(self, parent: str, child: str | None = None) -> Sequence[Drawing]:
        """What was drawn from a parent, net of what came back, by child and stage."""

    def moves_made(self, pledge: str) -> frozenset[MoveKind]:
        """The kinds of moves in this pledge's history that were not reversed."""

    def entry(self, number: int) -> Entry:
        """The entry with this number. Raises :class:`~ledger.errors.UnknownRecord`."""

    def reversed_by(self, number: int) -> int | None:
        """The entry that reversed this one."""

    def distinguished(self, pledge: str, other: str) -> int | None:
        """The entry that says two pledges differ, if one stands."""

    def takers(self, account: Account, after: int) -> Sequence[int]:
        """Entries after this one that took from an account and were not reversed."""

    def require_party(self, code: str) -> None:
        """Refuse a code that is neither a country nor registered."""

    def require_group(self, code: str) -> None:
        """Refuse a code that is not registered as a group or an institution."""

    def require_source(self, code: str) -> None:
        """Refuse a funding source that is not registered."""

    def require_item(self, of: Commodity) -> None:
        """Refuse an item that is not registered."""

    def taken(self, register: str, code: str) -> bool:
        """Whether a party, source or item with this code is there already."""

    def control_totals(self, before: date) -> Sequence[Mapping[str, JSON]]:
        """By commodity: postings, debits and credits of everything dated before this day."""


def at(position: Position, stage: Stage, of: Commodity) -> int:
    """The minor units of a commodity at a stage."""
    return position.get(stage, NOTHING)[of]


def promised(position: Position) -> tuple[Commodity, ...]:
    """The commodities a pledge has something of, the other side included."""
    found = {commodity for balance in position.values() for commodity in balance}
    return tuple(sorted(found, key=lambda commodity: (commodity.kind, commodity.code)))


def live(situation: Situation, pledge: str) -> Pledge:
    """The pledge, if its opening stands. Raises :class:`~ledger.errors.Refusal` where it was reversed."""
    found = situation.pledge(pledge)
    if found.void is not None:
        raise Refusal("{pledge} was withdrawn: entry {void} reversed its opening", pledge=pledge, void=found.void)
    return found


def shift(pledge: str, amount: Money, *, debit: Stage, credit: Stage) -> list[Posting]:
    """An amount from one account of a pledge to another."""
    return [Posting(pledge, debit, amount), Posting(pledge, credit, -amount)]


def draft(
    step: Step,
    situation: Situation,
    kind: str,
    *,
    pledge: str | None = None,
    facts: Mapping[str, JSON] | None = None,
    postings: Sequence[Posting] = (),
    on: date | None = None,
    reverses: int | None = None,
) -> Draft:
    """The entry a step makes, dated today where it does not say."""
    evidence = step.evidence
    said = dict(facts or {})
    if situation.require_citation and (pledge or "about" in said) and reverses is None:
        _require_citation(evidence, pledge or message("a joint pledge"))
    return Draft(
        kind=kind,
        on=on or evidence.on or situation.today,
        pledge=pledge,
        facts=said,
        postings=tuple(postings),
        citations=evidence.citations,
        note=evidence.note,
        origin=evidence.origin,
        reverses=reverses,
    )


def _require_citation(evidence: Evidence, pledge: str) -> None:
    """Refuse an entry without a citation by which its source can be found again.

    A publisher or a day alone finds nothing. A reversal is not asked: it takes back what was cited, and says why.
    """
    if not any(each.url or each.title or each.quote or each.sha256 for each in evidence.citations):
        raise Refusal(
            "this book takes no entry on {pledge} without a citation: add --cite URL",
            pledge=pledge,
            hint=message("--quote TEXT gives its words, --attach FILE keeps a copy of it"),
        )


def require_note(step: Step, what: str) -> None:
    """Refuse a step that must say why and does not."""
    if not (step.evidence.note or "").strip():
        raise InputError("{step} needs a reason: add --note WHY", step=what)


def require_registered(situation: Situation, pledge: Pledge | Announce) -> None:
    """Refuse a pledge whose parties, sources or items the book does not know."""
    for party in (pledge.donor, pledge.recipient, pledge.lender, pledge.obligor):
        if party is not None:
            situation.require_party(party)
    for source in (pledge.source, pledge.repayment_source):
        if source is not None:
            situation.require_source(source)
    for amount in (*pledge.stated, *(due.amount for due in pledge.schedule), pledge.max_exposure):
        if amount is not None:
            situation.require_item(amount.commodity)


def refuse_contradictions(pledge: Pledge | Announce, amounts: Iterable[Money], holds: Sequence[Hold] = ()) -> None:
    """Refuse facts that cannot all be true, in view of what is promised by commodity.

    Raises :class:`~ledger.errors.InputError` for an exposure or a firm part that does not fit its promise, for
    amounts of nothing, and for terms of repayment of what is not repaid.
    """
    promised = Balance(amounts) if holds or pledge.max_exposure else NOTHING
    most = pledge.max_exposure
    if most is not None and (most.units <= 0 or most < promised.money(most.commodity)):
        raise InputError(
            "--max-exposure {most} is less than the face, {money}",
            most=most,
            money=promised.money(most.commodity) or message("nothing"),
        )
    for hold in holds:
        if hold.firm is not None and hold.commodity in promised and hold.firm > promised.money(hold.commodity):
            raise InputError(
                "the firm part, {firm}, is more than the promise, {money}",
                firm=hold.firm,
                money=promised.money(hold.commodity),
            )
    for amount in (*pledge.stated, *(instalment.amount for instalment in pledge.schedule)):
        if amount.units <= 0:
            raise InputError("an amount must be more than nothing, not {amount}", amount=amount)
    lent = (pledge.terms is not NO_TERMS and pledge.terms != NO_TERMS) or pledge.repayment_source or pledge.lender
    if lent and not Instrument(pledge.instrument).repayable:
        raise InputError(
            "terms of repayment go with what is repayable, not with a {instrument}", instrument=pledge.instrument
        )


def total(drawings: Sequence[Drawing]) -> Balance:
    """What was drawn in all, by commodity."""
    return Balance(drawing.amount for drawing in drawings)
