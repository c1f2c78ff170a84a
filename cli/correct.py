"""Corrections of promises: drawn from a facility, superseded, revised, amended, told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.facts import Facts, terms
from cli.lazy import talks
from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence, one_of
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.pledge import Pledge
    from ledger.recognition.steps import Amend, Revise

PledgeId = Annotated[str, typer.Argument(metavar="PLEDGE", help=message("Its id."))]


@dataclass(frozen=True, slots=True)
class Revision:
    """What was typed of a revision: all of it text, read by :func:`revised`."""

    pledge: str
    amount: str
    firmness: str | None = None
    firm: str | None = None
    replaces: str | None = None
    given: Evidence = Evidence()


def revised(typed: Revision, session: Session, book: Book) -> Revise:
    """The step that states a new gross promise. Raises :class:`InputError` for what cannot be read."""
    from ledger.money import currency
    from ledger.pledge import Firmness
    from ledger.recognition.steps import Revise

    known = book.known_items()
    promise = session.promise(typed.amount, known, typed.firmness)
    said = promise.firmness if promise.firmness is not Firmness.EXACT or typed.firmness else None
    return Revise(
        pledge=typed.pledge,
        amount=promise.amount,
        firmness=said,
        firm=session.amount(typed.firm, known) if typed.firm else None,
        replaces=currency(typed.replaces) if typed.replaces else None,
        evidence=evidence(typed.given, session),
    )


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was typed of an amendment: all of it text, read by :func:`amended`."""

    pledge: str
    donor: str | None = None
    purpose: str | None = None
    instrument: str | None = None
    clear: tuple[str, ...] = ()
    facts: Facts = Facts()
    given: Evidence = Evidence()


def amended(typed: Amendment, session: Session, book: Book) -> Amend:
    """The step that corrects facts. Raises :class:`InputError` for what cannot be read, and where none is named."""
    from ledger.pledge import Instrument, Purpose
    from ledger.recognition.steps import Amend

    changes = _changes(session, book, typed.pledge, typed.facts)
    if typed.donor:
        changes["donor"] = typed.donor
    if typed.purpose:
        changes["purpose"] = one_of(Purpose, typed.purpose, "--purpose")
    if typed.instrument:
        changes["instrument"] = one_of(Instrument, typed.instrument, "--instrument")
    changes |= {name.replace("-", "_"): _nothing(name) for name in typed.clear}
    if not changes:
        raise InputError("nothing to amend: name a fact, such as --title T")
    return Amend(pledge=typed.pledge, changes=changes, evidence=evidence(typed.given, session))


@talks("cli.conversation.corrections:correct")
@takes
def draw(
    parent: Annotated[str, typer.Argument(metavar="PARENT", help=message("The facility's id."))],
    child: Annotated[str, typer.Argument(metavar="CHILD", help=message("The id of the pledge under it."))],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help=message("How much of the facility it takes."))],
    existing: Annotated[
        bool,
        typer.Option("--existing", help=message("The child was recorded as new money: only the facility goes down.")),
    ] = False,
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Let a pledge take its promise from a facility: money announced twice is moved, not created."""
    from ledger.recognition.steps import Draw

    session = Session(place)
    with session.book() as book:
        money = session.amount(amount, book.known_items())
        step = Draw(parent=parent, child=child, amount=money, existing=existing, evidence=evidence(given, session))
        session.show_recorded(book.record(step), shape)


@talks("cli.conversation.corrections:correct")
@takes
def supersede(
    old: Annotated[str, typer.Argument(metavar="OLD", help=message("The pledge that is replaced."))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=message("The pledge that takes over."))],
    existing: Annotated[
        bool, typer.Option("--existing", help=message("NEW holds the money already: only OLD goes down."))
    ] = False,
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Move what OLD has not delivered to NEW. Say why with --note."""
    from ledger.recognition.steps import Supersede

    session = Session(place)
    with session.book() as book:
        step = Supersede(old=old, new=new, existing=existing, evidence=evidence(given, session))
        session.show_recorded(book.record(step), shape)


@talks("cli.conversation.corrections:correct")
@takes
def revise(
    pledge: PledgeId,
    amount: Annotated[
        str,
        typer.Argument(metavar="AMOUNT", help=message("The whole promise now, what is drawn and cancelled included.")),
    ],
    firmness: Annotated[
        str | None, typer.Option("--firmness", metavar="F", help=message("exact, up_to, at_least or about."))
    ] = None,
    firm: Annotated[
        str | None, typer.Option("--firm", metavar="AMOUNT", help=message("The firm part of the amount."))
    ] = None,
    replaces: Annotated[
        str | None, typer.Option("--replaces", metavar="CUR", help=message("The currency whose promise it replaces."))
    ] = None,
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """State the new gross promise, and record the difference. Say why with --note."""
    session = Session(place)
    with session.book() as book:
        typed = Revision(pledge, amount, firmness, firm, replaces, given)
        session.show_recorded(book.record(revised(typed, session, book)), shape)


@talks("cli.conversation.corrections:correct")
@takes
def amend(
    pledge: PledgeId,
    donor: Annotated[str | None, typer.Option("--donor", metavar="CODE", help=message("Who promises."))] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="P", help=message("What it is for."))] = None,
    instrument: Annotated[
        str | None, typer.Option("--instrument", metavar="I", help=message("How it is financed."))
    ] = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="FACT", help=message("A fact to take away, such as title."))
    ] = None,
    facts: Facts = Facts(),
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Correct facts for the pledge's whole life; --known-at still sees the older ones. Say why with --note."""
    session = Session(place)
    with session.book() as book:
        typed = Amendment(pledge, donor, purpose, instrument, tuple(clear or ()), facts, given)
        session.show_recorded(book.record(amended(typed, session, book)), shape)


@talks("cli.conversation.corrections:correct")
@takes
def distinguish(
    pledge: PledgeId,
    other: Annotated[str, typer.Argument(metavar="OTHER", help=message("The id of the pledge it looks like."))],
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Say that two pledges which look alike are two, so that check suspects them no more. Say why with --note."""
    from ledger.recognition.steps import Distinguish

    session = Session(place)
    with session.book() as book:
        step = Distinguish(pledge=pledge, other=other, evidence=evidence(given, session))
        session.show_recorded(book.record(step), shape)


CLEARED: Mapping[str, object] = {
    "title": None,
    "source": None,
    "package": None,
    "max-exposure": None,
    "lender": None,
    "obligor": None,
    "repayment-source": None,
    "stated": (),
    "schedule": (),
}
"""What may be taken away, and what is left then."""


def _nothing(name: str) -> object:
    if name not in CLEARED:
        raise InputError("--clear {name}: choose from {cleared}", name=name, cleared=", ".join(CLEARED))
    return CLEARED[name]


def _changes(session: Session, book: Book, pledge: str, facts: Facts) -> dict[str, Any]:
    """The facts that were named, by the names of a pledge's fields."""
    plain = ("source", "title", "package", "lender", "obligor", "repayment_source")
    changes: dict[str, Any] = {name: value for name in plain if (value := getattr(facts, name))}
    if facts.to:
        changes["recipient"] = facts.to
    changes |= {name: value for name, value in facts.amounts(session, book.known_items()).items() if value}
    now = book.facts(pledge)
    named = terms(facts)
    said = {
        n: v for n in ("interest", "grace", "maturity", "payments", "repayment") if (v := getattr(named, n)) is not None
    }
    if said:
        changes["terms"] = replace(now.terms, **said)
    if facts.firmness or facts.firm:
        changes["holds"] = _holds(session, book, now, facts)
    return changes


def _holds(session: Session, book: Book, now: Pledge, facts: Facts) -> tuple[object, ...]:
    """How firmly the promise in its currency holds, with what was named corrected."""
    from ledger.pledge import Firmness, Promise

    amounts = [amount for amount in book.promised(now.id).amounts() if amount.commodity.is_currency]
    firm = session.amount(facts.firm, {}) if facts.firm else None
    meant = [amount for amount in amounts if firm is None or amount.commodity == firm.commodity]
    if len(meant) != 1:
        raise InputError(
            "{pledge} promises {amounts}: say of which the firm part is",
            pledge=now.id,
            amounts=", ".join(map(str, amounts)) or message("no money"),
        )
    hold = now.hold(meant[0].commodity)
    firmness = one_of(Firmness, facts.firmness, "--firmness") if facts.firmness else hold.firmness
    part = hold.firm if firm is None else firm
    Promise(meant[0], firmness, part)
    corrected = replace(hold, firmness=firmness, firm=part)
    return (*(other for other in now.holds if other.commodity != hold.commodity), corrected)


COMMANDS: dict[str, Callable[..., None]] = {
    "draw": draw,
    "supersede": supersede,
    "revise": revise,
    "amend": amend,
    "distinguish": distinguish,
}
