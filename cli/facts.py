"""The facts of a pledge as options: what ``pledge add`` states and ``pledge amend`` corrects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.session import Session
from cli.typed import whole
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.money import Commodity
    from ledger.pledge import Instalment, Promise, Terms

UNDISCLOSED = "undisclosed"


@dataclass(frozen=True, slots=True)
class Items:
    """What is promised by the piece."""

    item: Annotated[
        list[str] | None,
        typer.Option(
            "--item", metavar='"N CODE"', help=message('Pieces: "5000 air-defence-missile", "5000+ ..." for at least.')
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pledge states beside its donor, amount, purpose and instrument."""

    to: Annotated[
        str | None, typer.Option("--to", metavar="CODE", help=message("Who receives; the book's recipient."))
    ] = None
    source: Annotated[str | None, typer.Option("--source", metavar="CODE", help=message("The funding source."))] = None
    title: Annotated[str | None, typer.Option("--title", metavar="T", help=message("What it is called."))] = None
    package: Annotated[
        str | None, typer.Option("--package", metavar="NAME", help=message("What it was announced together with."))
    ] = None
    firmness: Annotated[
        str | None, typer.Option("--firmness", metavar="F", help=message("exact, up_to, at_least or about."))
    ] = None
    firm: Annotated[
        str | None, typer.Option("--firm", metavar="AMOUNT", help=message("The firm part of the amount."))
    ] = None
    stated: Annotated[
        list[str] | None, typer.Option("--stated", metavar="AMOUNT", help=message("An equivalent the source states."))
    ] = None
    max_exposure: Annotated[
        str | None,
        typer.Option("--max-exposure", metavar="AMOUNT", help=message("The most it may come to, interest included.")),
    ] = None
    schedule: Annotated[
        list[str] | None,
        typer.Option("--schedule", metavar='"DATE AMOUNT"', help=message("An instalment and its day.")),
    ] = None
    interest: Annotated[str | None, typer.Option("--interest", metavar="PCT", help=message("Per cent a year."))] = None
    maturity: Annotated[
        str | None, typer.Option("--maturity", metavar="Y", help=message("Years to the last payment."))
    ] = None
    grace: Annotated[
        str | None, typer.Option("--grace", metavar="Y", help=message("Years to the first repayment."))
    ] = None
    payments: Annotated[str | None, typer.Option("--payments", metavar="N", help=message("Payments a year."))] = None
    repayment: Annotated[
        str | None,
        typer.Option(
            "--repayment", metavar="TYPE", help=message("1 equal principal, 2 annuity, 3 lump sum, 5 other (IATI).")
        ),
    ] = None
    lender: Annotated[str | None, typer.Option("--lender", metavar="CODE", help=message("Who lends."))] = None
    obligor: Annotated[str | None, typer.Option("--obligor", metavar="CODE", help=message("Who owes."))] = None
    repayment_source: Annotated[
        str | None,
        typer.Option("--repayment-source", metavar="CODE", help=message("The funding source it is repaid from.")),
    ] = None

    def amounts(self, session: Session, items: Mapping[str, Commodity]) -> dict[str, Any]:
        """The facts that are amounts, read: stated equivalents, the schedule, the largest exposure."""
        return {
            "stated": tuple(session.amount(text, items) for text in self.stated or ()),
            "schedule": tuple(_instalment(session, text, items) for text in self.schedule or ()),
            "max_exposure": session.amount(self.max_exposure, items) if self.max_exposure else None,
        }


def _instalment(session: Session, text: str, items: Mapping[str, Commodity]) -> Instalment:
    from ledger.period import parse_date
    from ledger.pledge import Instalment

    day, _, amount = text.strip().partition(" ")
    if not amount:
        raise InputError("--schedule '{text}': write a day and an amount, such as \"2025-03-06 752m GBP\"", text=text)
    return Instalment(parse_date(day), session.amount(amount, items))


def terms(facts: Facts) -> Terms:
    """The terms of a loan, as the ledger takes them."""
    from ledger.pledge import Terms

    years = {
        name: whole(text, f"--{name}") if (text := getattr(facts, name)) else None
        for name in ("grace", "maturity", "payments")
    }
    return Terms(interest=facts.interest, repayment=facts.repayment, **years)


def promises(
    session: Session, amount: str, items: Items, facts: Facts, known: Mapping[str, Commodity]
) -> tuple[Promise, ...]:
    """What is promised: the amount with its firmness and firm part, and the items, each with its own."""
    pieces = [session.promise(text, known) for text in items.item or ()]
    if amount.strip().casefold() == UNDISCLOSED:
        if facts.firm or facts.firmness:
            raise InputError("an undisclosed amount has no --firmness and no --firm part")
        return tuple(pieces)
    promise = session.promise(amount, known, facts.firmness)
    if facts.firm:
        firm = session.amount(facts.firm, known)
        if firm.commodity != promise.amount.commodity:
            raise InputError(
                "--firm {firm}: the firm part of {amount} is in {commodity} too",
                firm=firm,
                amount=promise.amount,
                commodity=promise.amount.commodity,
            )
        promise = replace(promise, firm=firm)
    return (promise, *pieces)
