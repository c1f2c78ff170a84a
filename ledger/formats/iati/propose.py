"""The proposals of one activity: its pledges announced, then its transactions in the order of their days.

An activity is one pledge, unless it says more than a pledge can: several recipients, a second way of
financing. Each of these is a pledge of its own beside the first, whose id is the activity's with a word after
a colon. Each transaction states itself alone: what it adds, not what it comes to with those before it.

Origins are those of the activity and of its transactions, whichever pledges they are kept in: where a later
issue divides them otherwise, they meet what is recorded, and nothing is counted a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.formats.iati.activity import Activity, activity, fitted
from ledger.formats.iati.element import Element, Unreadable
from ledger.formats.iati.parties import NOBODY_SAID, WHOLE, Named, Share
from ledger.formats.iati.promised import Promised
from ledger.formats.iati.transactions import Transaction, transaction
from ledger.message import message
from ledger.money import Money, split
from ledger.pledge import Instrument, MoveKind, Terms
from ledger.recognition.proposal import Finding, Proposal, Register, Rejection, Remark, Spot
from ledger.recognition.steps import Announce, Correct, Evidence, Move, Revise, Step

NAME = "iati"
_LONGEST_VALUE = 500

Family = dict[str, str]
"""The pledges of an activity by their recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of an activity before it is read: its file, its id, the currencies and pledges around it.

    ``unfit`` is why it cannot be recorded at all, ``remarks`` what is odd about it already.
    """

    source: str
    key: str
    defaults: Mapping[str, str]
    parent: Family | None = None
    unfit: str = ""
    remarks: tuple[str, ...] = ()


class Branch(NamedTuple):
    """One pledge of an activity: who receives, and how it is financed."""

    recipient: Named
    instrument: Instrument


def propose(element: Element, setting: Setting, family: Family) -> Iterator[Finding]:
    """What one activity becomes; ``family`` is filled with its pledges, by recipient."""
    stated = list(element.all("transaction"))
    try:
        of, day, read, refused = _opened(element, stated, setting)
    except Unreadable as error:
        yield _rejection(setting, error, element.line)
        yield from (_orphan(setting, found, place) for place, found in enumerate(stated, 1))
        return
    yield from (_remark(setting, Unreadable("related-activity", "", said), of.line) for said in setting.remarks)
    yield from (_remark(setting, odd, odd.line or of.line) for odd in of.odd)
    yield from _Proposer(of, day, setting, read).findings(refused, family)


def _opened(
    element: Element, stated: Sequence[Element], setting: Setting
) -> tuple[Activity, date, list[Transaction], list[Rejection]]:
    """An activity, its day and its transactions. Raises :class:`Unreadable` where it cannot be a pledge."""
    if setting.unfit:
        raise Unreadable("iati-identifier", setting.key, setting.unfit)
    of = activity(element, setting.key, setting.defaults)
    read, refused = _transactions(stated, of, setting)
    day = of.on or (read[0].day if read else None)
    if day is None:
        raise Unreadable("activity-date", "", message("neither a start nor a transaction that can be read has a date"))
    return of, day, read, refused


def _transactions(
    stated: Sequence[Element], of: Activity, setting: Setting
) -> tuple[list[Transaction], list[Rejection]]:
    read: list[Transaction] = []
    refused: list[Rejection] = []
    for place, found in enumerate(stated, 1):
        try:
            read.append(transaction(found, place, of))
        except Unreadable as error:
            refused.append(_rejection(setting, error, error.line or found.line, place))
    return sorted(read, key=lambda one: (one.day, one.place)), refused


class _Proposer:
    """Makes the proposals of one activity that can be read: once, since it adds up what was promised on the way."""

    def __init__(self, of: Activity, day: date, setting: Setting, read: Sequence[Transaction]) -> None:
        self._of, self._day, self._setting, self._read = of, day, setting, read
        self._own = tuple(share.recipient for share in of.shares) or _named(read)
        self._parts = {one.place: self._divided(one) for one in read}
        self._branches = self._all_branches()
        self._promised = Promised()
        self._references = Counter(one.reference for one in read)  # one that is there twice is nobody's own
        self._reserved = {"", *(word for branch in self._branches for word in self._words(branch))}

    def findings(self, refused: Sequence[Rejection], family: Family) -> Iterator[Finding]:
        """The announcement, what is refused, and each transaction."""
        for branch in self._branches:
            family.setdefault(branch.recipient.code, self._id(branch))
        yield from self._announcement()
        yield from refused
        for one in self._read:
            yield from (_remark(self._setting, odd, one.line, "transaction/") for odd in one.odd)
            yield self._proposal(one)

    def _all_branches(self) -> tuple[Branch, ...]:
        """The activity's own pledges first, then those that its transactions add."""
        own = [Branch(recipient, self._of.instrument) for recipient in self._own]
        added = [branch for parts in self._parts.values() for branch, _ in parts]
        return tuple(dict.fromkeys([*own, *added]))

    def _divided(self, one: Transaction) -> list[tuple[Branch, Money]]:
        """The pledges a transaction belongs to, with its parts of the amount."""
        shares = (Share(one.recipient, WHOLE),) if one.recipient else self._of.shares or (Share(NOBODY_SAID, WHOLE),)
        parts = (one.amount,) if len(shares) == 1 else split(one.amount, [share.part or 0 for share in shares])
        return [
            (Branch(share.recipient, one.instrument), part) for share, part in zip(shares, parts, strict=True) if part
        ]

    def _id(self, branch: Branch) -> str:
        return fitted(":".join([self._of.id, *self._words(branch)]))

    def _words(self, branch: Branch) -> list[str]:
        """What sets a pledge apart from the activity's first one."""
        recipient = "" if (branch.recipient,) == self._own else branch.recipient.code
        instrument = "" if branch.instrument is self._of.instrument else str(branch.instrument)
        return [word for word in (recipient, instrument) if word]

    def _announcement(self) -> Iterator[Finding]:
        steps = []
        if self._own == (NOBODY_SAID,) and not self._of.shares:
            unsaid = message(
                "no recipient is stated: it is kept under {code} ({name})", code=NOBODY_SAID.code, name=NOBODY_SAID.name
            )
            yield _remark(self._setting, Unreadable("recipient-country", "", unsaid), self._of.line)
        for branch in self._branches:
            parent, said = self._parent(branch)
            if said:
                yield _remark(self._setting, Unreadable("related-activity", "", said), self._of.line)
            steps.append(self._announce(branch, parent))
        if self._of.terms != Terms() and not any(branch.instrument.repayable for branch in self._branches):
            said = message(
                "a {instrument} is not repaid: the terms of repayment are left out", instrument=self._of.instrument
            )
            yield _remark(self._setting, Unreadable("crs-add/loan-terms", "", said), self._of.line)
        who = [self._of.donor, *(branch.recipient for branch in self._branches)]
        needs: dict[Register, None] = dict.fromkeys(register for one in who for register in one.needs)
        if self._of.source:
            needs[self._of.source] = None
        yield Proposal(_spot(self._setting, self._of.line, "iati-activity", self._of.id), tuple(steps), tuple(needs))

    def _announce(self, branch: Branch, parent: str | None) -> Announce:
        words = [] if branch == self._branches[0] else self._words(branch)
        origin = ":".join([NAME, self._of.id, *words])
        return Announce(
            evidence=Evidence(on=self._day, citations=self._of.citations, origin=origin),
            id=self._id(branch),
            donor=self._of.donor.code,
            recipient=branch.recipient.code,
            purpose=self._of.purpose,
            instrument=branch.instrument,
            source=self._of.source.code if self._of.source else None,
            title=self._of.title,
            package=self._of.package,
            terms=self._of.terms if branch.instrument.repayable else Terms(),
            parent=parent,
        )

    def _parent(self, branch: Branch) -> tuple[str | None, str]:
        """The pledge it belongs under: the parent's for the same recipient, or its only one."""
        above = self._setting.parent
        if not above:
            return None, ""
        found = above.get(branch.recipient.code) or (next(iter(above.values())) if len(above) == 1 else None)
        if found is None:
            return None, message(
                "its parent has several pledges and none for {recipient}: recorded without it",
                recipient=branch.recipient.code,
            )
        return found, ""

    def _proposal(self, one: Transaction) -> Proposal:
        spot = _spot(self._setting, one.line, f"transaction {one.place}", str(one.amount))
        made = zip(self._origins(one), self._parts[one.place], strict=True)
        steps = tuple(step for origin, part in made for step in self._steps(one, origin, *part))
        return Proposal(spot, steps, one.needs)

    def _steps(self, one: Transaction, origin: str, branch: Branch, amount: Money) -> Iterator[Step]:
        """What a part of a transaction becomes; what a commitment gives up may have been pledged by itself."""
        pledge = self._id(branch)
        pledged = self._promised.taken(branch, one, amount)
        yield self._step(one, origin, pledge, amount)
        if pledged:
            evidence = Evidence(
                on=one.day, citations=self._of.citations, note=f"{one.note}: pledged still", origin=f"{origin}:pledged"
            )
            yield Revise(pledge=pledge, amount=pledged, by=True, evidence=evidence)

    def _origins(self, one: Transaction) -> list[str]:
        """The origin of each part of a transaction: the first part has the transaction's own."""
        refers = self._references[one.reference] == 1 and one.reference not in self._reserved
        own = ":".join([NAME, self._of.id, one.reference if refers else f"transaction-{one.place}"])
        return [own, *(f"{own}:{branch.recipient.code}" for branch, _ in self._parts[one.place][1:])]

    def _step(self, one: Transaction, origin: str, pledge: str, amount: Money) -> Step:
        evidence = Evidence(on=one.day, citations=self._of.citations, note=one.note, origin=origin)
        if one.move is None:
            return Revise(pledge=pledge, amount=amount, by=True, evidence=evidence)
        if amount.units < 0:
            return Correct(kind=one.move, pledge=pledge, amounts=(-amount,), evidence=evidence)
        return Move(
            kind=one.move,
            pledge=pledge,
            amounts=(amount,),
            top_up=one.move in {MoveKind.DISBURSE, MoveKind.CALL},
            new_money=one.move is MoveKind.COMMIT,
            evidence=evidence,
        )


def _named(read: Sequence[Transaction]) -> tuple[Named, ...]:
    """The recipients that only transactions name; whoever is not said where one names none."""
    named = dict.fromkeys(one.recipient or NOBODY_SAID for one in read)
    return tuple(sorted(named, key=lambda who: who.code)) or (NOBODY_SAID,)


def _spot(setting: Setting, line: int, column: str, value: str) -> Spot:
    return Spot(setting.source, str(line), column, value[:_LONGEST_VALUE])


def _rejection(setting: Setting, error: Unreadable, line: int, transaction: int | None = None) -> Rejection:
    if transaction is None:
        why = message("{activity}: {reason}", activity=_name(setting), reason=error.reason)
        return Rejection(_spot(setting, line, error.column, error.value), why)
    why = message(
        "{activity}: transaction {number}: {reason}",
        activity=_name(setting),
        number=transaction,
        reason=error.reason,
    )
    return Rejection(_spot(setting, line, f"transaction/{error.column}", error.value), why)


def _orphan(setting: Setting, element: Element, place: int) -> Rejection:
    return Rejection(
        _spot(setting, element.line, "transaction", element.get("ref")),
        message(
            "{activity}: transaction {number}: its activity cannot be recorded",
            activity=_name(setting),
            number=place,
        ),
    )


def _name(setting: Setting) -> str:
    return setting.key or message("an activity without an identifier")


def _remark(setting: Setting, odd: Unreadable, line: int, under: str = "") -> Remark:
    why = message("{activity}: {reason}", activity=setting.key, reason=odd.reason)
    return Remark(_spot(setting, line, f"{under}{odd.column}", odd.value), why)
