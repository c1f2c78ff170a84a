"""A new pledge as it was typed, on the command line or in answer to questions, and the step it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.facts import Facts, Items, promises, terms
from cli.options import Evidence
from cli.typed import evidence, one_of

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.book import Book
    from ledger.recognition.steps import Announce


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was typed of a new pledge: all of it text, read by :func:`announced`."""

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


def announced(typed: Announcement, session: Session, book: Book) -> Announce:
    """The step that announces the pledge. Raises :class:`~ledger.errors.InputError` for what cannot be read."""
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
