"""A new pledge as it was typed, on the command line or in answer to questions, and the step it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cli.facts import Facts, Items, promises, terms
from cli.options import Evidence
from cli.shares import several, shares
from cli.typed import evidence, one_of
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.book import Book
    from ledger.recognition.steps import Announce, AnnounceJointly


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was typed of a new pledge: all of it text, read by :func:`announced`.

    Several donors (``GB,NO,DK``) announce one together, and ``share`` says what each of them promises of it.
    """

    donor: str
    amount: str
    purpose: str
    instrument: str
    id: str | None = None
    stage: str | None = None
    parent: str | None = None
    items: Items = Items()
    facts: Facts = Facts()
    given: Evidence = Evidence()
    share: str | None = None


def announced(typed: Announcement, session: Session, book: Book) -> Announce | AnnounceJointly:
    """The step that announces the pledge, or those of several donors.

    Raises :class:`~ledger.errors.InputError` for what cannot be read.
    """
    if "," in typed.donor:
        return _jointly(typed, session, book)
    if typed.share is not None:
        raise InputError("--share goes with several donors, such as GB,NO,DK: leave it out")
    return _announced(typed, session, book)


def _jointly(typed: Announcement, session: Session, book: Book) -> AnnounceJointly:
    """The step of several donors: one pledge for each, with its share of everything that is an amount."""
    from ledger.recognition.joint import shared
    from ledger.recognition.steps import AnnounceJointly

    donors = several(typed.donor, "DONOR")
    ids = several(typed.id, "--id") if typed.id is not None else [None] * len(donors)
    if len(ids) != len(donors):
        raise InputError(
            "--id '{id}' does not name a pledge for each of {donors}: give as many ids, or none",
            id=typed.id,
            donors=", ".join(donors),
        )
    whole = _announced(replace(typed, id=None), session, book)
    parts = shared(whole, donors, _weights(typed.share, donors, whole, session, book))
    named = tuple(replace(part, id=pledge) for part, pledge in zip(parts, ids, strict=True))
    return AnnounceJointly(parts=named, evidence=whole.evidence)


def _weights(
    share: str | None, donors: Sequence[str], whole: Announce, session: Session, book: Book
) -> tuple[Fraction, ...]:
    amounts = bool(whole.promises or whole.stated or whole.schedule or whole.max_exposure)
    if share is None and amounts:
        raise InputError(
            "several donors share what they promise: add --share, one for each of them",
            hint=message("{example} are parts alike; weights, per cent and amounts are taken", example=_alike(donors)),
        )
    if share is not None and not amounts:
        raise InputError("--share: there is no amount to share, since it is undisclosed: leave it out")
    of = next((each.amount for each in whole.promises if each.amount.commodity.is_currency), None)
    return shares(share, donors, of, session, book.known_items()) if share is not None else ()


def _alike(donors: Sequence[str]) -> str:
    return f"--share {','.join('1' for _ in donors)}"


def _announced(typed: Announcement, session: Session, book: Book) -> Announce:
    from ledger.journal import Stage
    from ledger.pledge import Instrument, Purpose
    from ledger.recognition.steps import Announce

    known, facts = book.known_items(), typed.facts
    return Announce(
        donor=typed.donor,
        purpose=one_of(Purpose, typed.purpose, "--purpose"),
        instrument=one_of(Instrument, typed.instrument, "--instrument"),
        promises=promises(session, typed.amount, typed.items, facts, known),
        id=typed.id,
        recipient=facts.to,
        source=facts.source,
        title=facts.title,
        stage=one_of(Stage, typed.stage, "--stage") if typed.stage else None,
        terms=terms(facts),
        lender=facts.lender,
        obligor=facts.obligor,
        repayment_source=facts.repayment_source,
        parent=typed.parent,
        package=facts.package,
        evidence=evidence(typed.given, session),
        **facts.amounts(session, known),
    )
