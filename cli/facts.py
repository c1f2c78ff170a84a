"""The facts of a pledge as options: what ``pledge add`` states and ``pledge amend`` corrects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.session import Session, whole
from ledger.errors import InputError

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
            "--item", metavar='"N CODE"', help='Pieces: "5000 air-defence-missile", "5000+ ..." for at least.'
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pledge states beside its donor, amount, purpose and instrument."""

    to: Annotated[str | None, typer.Option("--to", metavar="CODE", help="Who receives; the book's recipient.")] = None
    source: Annotated[str | None, typer.Option("--source", metavar="CODE", help="The funding source.")] = None
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="What it is called.")] = None
    package: Annotated[
        str | None, typer.Option("--package", metavar="NAME", help="What it was announced together with.")
    ] = None
    firmness: Annotated[
        str | None, typer.Option("--firmness", metavar="F", help="exact, up_to, at_least or about.")
    ] = None
    firm: Annotated[str | None, typer.Option("--firm", metavar="AMOUNT", help="The firm part of the amount.")] = None
    stated: Annotated[
        list[str] | None, typer.Option("--stated", metavar="AMOUNT", help="An equivalent the source states.")
    ] = None
    max_exposure: Annotated[
        str | None, typer.Option("--max-exposure", metavar="AMOUNT", help="The most it may come to, interest included.")
    ] = None
    schedule: Annotated[
        list[str] | None, typer.Option("--schedule", metavar='"DATE AMOUNT"', help="An instalment and its day.")
    ] = None
    interest: Annotated[str | None, typer.Option("--interest", metavar="PCT", help="Per cent a year.")] = None
    maturity: Annotated[str | None, typer.Option("--maturity", metavar="Y", help="Years to the last payment.")] = None
    grace: Annotated[str | None, typer.Option("--grace", metavar="Y", help="Years to the first repayment.")] = None
    payments: Annotated[str | None, typer.Option("--payments", metavar="N", help="Payments a year.")] = None
    repayment: Annotated[
        str | None,
        typer.Option("--repayment", metavar="TYPE", help="1 equal principal, 2 annuity, 3 lump sum, 5 other (IATI)."),
    ] = None
    lender: Annotated[str | None, typer.Option("--lender", metavar="CODE", help="Who lends.")] = None
    obligor: Annotated[str | None, typer.Option("--obligor", metavar="CODE", help="Who owes.")] = None
    repayment_source: Annotated[
        str | None, typer.Option("--repayment-source", metavar="CODE", help="The funding source it is repaid from.")
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
        raise InputError(f"--schedule '{text}': write a day and an amount, such as \"2025-03-06 752m GBP\"")
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
            raise InputError(f"--firm {firm}: the firm part of {promise.amount} is in {promise.amount.commodity} too")
        promise = replace(promise, firm=firm)
    return (promise, *pieces)
