"""Steps: what a person, a file or a program asks the book to record, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ledger.journal import JSON, Citation, Stage
from ledger.money import Commodity, Money
from ledger.period import Period
from ledger.pledge import (
    NO_TERMS,
    Firmness,
    Instalment,
    Instrument,
    Membership,
    MoveKind,
    PartyKind,
    Promise,
    Purpose,
    Terms,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of which a copy is kept beside the book; a citation names it by its SHA-256, in hex."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """When it happened, where it is from, why: what any step may carry.

    ``on`` stays None where it was not said; ``origin`` is a key unique in the book. Of ``attachments``, which
    citations name, copies are kept.
    """

    on: date | None = None
    citations: tuple[Citation, ...] = ()
    note: str | None = None
    origin: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to record. Each kind of step is a class of its own."""

    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce(Step):
    """A new pledge. No promise in a currency means its value is undisclosed.

    With ``parent``, what is promised is drawn from there and is no new money.
    """

    donor: str
    purpose: Purpose
    instrument: Instrument
    promises: tuple[Promise, ...] = ()
    id: str | None = None
    recipient: str | None = None
    source: str | None = None
    title: str | None = None
    stage: Stage | None = None
    stated: tuple[Money, ...] = ()
    schedule: tuple[Instalment, ...] = ()
    max_exposure: Money | None = None
    terms: Terms = NO_TERMS
    lender: str | None = None
    obligor: str | None = None
    repayment_source: str | None = None
    parent: str | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceJointly(Step):
    """The new pledges of several donors, announced as one: a part for each, in one entry and one package.

    :mod:`ledger.recognition.joint` shares what they promise together. The evidence is the step's own.
    """

    parts: tuple[Announce, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Step):
    """Money or items of one pledge go to another stage.

    ``everything`` takes every commodity that is there, but for those ``amounts`` names.
    ``only`` is the one stage to draw from; ``paid`` what was really paid, in another currency.
    What is not there is refused, but with ``top_up`` recorded beyond the promise, and with
    ``new_money`` promised in the same entry.
    """

    kind: MoveKind
    pledge: str
    amounts: tuple[Money, ...] = ()
    everything: bool = False
    only: Stage | None = None
    top_up: bool = False
    new_money: bool = False
    paid: Money | None = None
    to_parent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Step):
    """Part of what earlier moves of one kind recorded, taken back: it was stated too high."""

    kind: MoveKind
    pledge: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restate(Step):
    """What a source says by now under an origin that is recorded: ``content`` is that of the entry it would make.

    It moves nothing: the entries that do were recorded before it.
    """

    pledge: str | None
    restates: str
    content: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Step):
    """A child takes part of its promise from its parent; ``existing``: it holds it already, as new money."""

    parent: str
    child: str
    amount: Money
    existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersede(Step):
    """What the old pledge has not delivered goes to the new one; ``existing``: the new one holds it already."""

    old: str
    new: str
    existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(Step):
    """The new gross promise in one commodity, or in a new currency in place of ``replaces``.

    With ``by``, the amount is what the promise is raised by, or, less than nothing, lowered by: it replaces none.
    """

    pledge: str
    amount: Money
    by: bool = False
    firmness: Firmness | None = None
    firm: Money | None = None
    replaces: Commodity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(Step):
    """A corrected fact: ``changes`` maps the names of :class:`~ledger.pledge.Pledge` to their new values."""

    pledge: str
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguish(Step):
    """Two pledges that look alike are two: what ``check`` suspects of them is answered."""

    pledge: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Step):
    """The opposite of an earlier entry."""

    number: int


class Booked(NamedTuple):
    """A line of a bank's statement: which statement, what it is known by there, its day and signed amount."""

    statement: str
    key: str
    on: date
    amount: Money


class Settled(NamedTuple):
    """What an entry of one pledge paid, as the account would show it: money out is negative."""

    entry: int
    pledge: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Step):
    """Lines of an account's statements, and the entries that they are the payments of. It moves nothing.

    ``partial``: what they differ by is still to be paid.
    """

    account: str
    lines: tuple[Booked, ...]
    settled: tuple[Settled, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Step):
    """No entry dated up to the end of this period any more."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Step):
    """Entries dated in this period, and after it, again."""

    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParty(Step):
    """A party that ISO 3166 does not list, or a group."""

    code: str
    name: str
    kind: PartyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Step):
    """A party's dated membership in a group."""

    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSource(Step):
    """A funding source."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterItem(Step):
    """Something that is promised by the piece."""

    code: str
    name: str
