"""Corrections of promises: drawn from a facility, superseded, revised, amended, told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.facts import Facts, terms
from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence, one_of
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.pledge import Pledge

PledgeId = Annotated[str, typer.Argument(metavar="PLEDGE", help=message("Its id."))]


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
    from ledger.money import currency
    from ledger.pledge import Firmness
    from ledger.recognition.steps import Revise

    session = Session(place)
    with session.book() as book:
        known = book.known_items()
        promise = session.promise(amount, known, firmness)
        said = promise.firmness if promise.firmness is not Firmness.EXACT or firmness else None
        step = Revise(
            pledge=pledge,
            amount=promise.amount,
            firmness=said,
            firm=session.amount(firm, known) if firm else None,
            replaces=currency(replaces) if replaces else None,
            evidence=evidence(given, session),
        )
        session.show_recorded(book.record(step), shape)


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
    from ledger.pledge import Instrument, Purpose
    from ledger.recognition.steps import Amend

    session = Session(place)
    with session.book() as book:
        changes = _changes(session, book, pledge, facts)
        if donor:
            changes["donor"] = donor
        if purpose:
            changes["purpose"] = one_of(Purpose, purpose, "--purpose")
        if instrument:
            changes["instrument"] = one_of(Instrument, instrument, "--instrument")
        changes |= {name: _nothing(name) for name in clear or ()}
        if not changes:
            raise InputError("nothing to amend: name a fact, such as --title T")
        session.show_recorded(
            book.record(Amend(pledge=pledge, changes=changes, evidence=evidence(given, session))), shape
        )


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


_CLEARED: Mapping[str, object] = {
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


def _nothing(name: str) -> object:
    if name not in _CLEARED:
        raise InputError("--clear {name}: choose from {cleared}", name=name, cleared=", ".join(_CLEARED))
    return _CLEARED[name]


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
            "{now} promises {amounts}: say of which the firm part is",
            now=now.id,
            amounts=", ".join(map(str, amounts)) or "no money",
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
