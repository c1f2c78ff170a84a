"""Parties: donors, recipients, lenders and agencies, and the groups they are in."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence, one_of
from ledger.message import message

app = noun(message("Donors, recipients and agencies. Countries are known by their ISO 3166-1 codes."))
Code = Annotated[
    str, typer.Argument(metavar="CODE", help=message("Its code, such as EIB; a country's is its ISO code."))
]


@app.command("add")
@takes
def add(
    code: Code,
    name: Annotated[str, typer.Argument(metavar="NAME", help=message("Its name."))],
    kind: Annotated[str, typer.Option("--kind", metavar="country|institution|group", help=message("What it is."))],
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Register a party: an institution, a group, or a country that ISO 3166-1 does not list."""
    from ledger.pledge import PartyKind
    from ledger.recognition.steps import RegisterParty

    session = Session(place)
    step = RegisterParty(
        code=code, name=name, kind=one_of(PartyKind, kind, "--kind"), evidence=evidence(given, session)
    )
    with session.book() as book:
        session.show_created(book.record(step), [code], shape)


@app.command("join")
@takes
def join(
    code: Code,
    group: Annotated[str, typer.Argument(metavar="GROUP", help=message("The group's code."))],
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=message("The first day of membership."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help=message("The last day of membership."))
    ] = None,
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Make a party a member of a group, from a day to a day, both included."""
    from ledger.pledge import Membership
    from ledger.recognition.steps import Join

    session = Session(place)
    first, last = (session.day(day) if day else None for day in (since, until))
    step = Join(membership=Membership(code, group, first, last), evidence=evidence(given, session))
    with session.book() as book:
        session.show_created(book.record(step), [code], shape)


@app.command("list")
@takes
def listing(shape: Shape = Shape(), place: Place = Place()) -> None:
    """List the registered parties and the countries in use."""
    session = Session(place)
    with session.book() as book:
        session.show(book.parties(), shape)


@app.command("show")
@takes
def show(code: Code, shape: Shape = Shape(), place: Place = Place()) -> None:
    """Show one party, with the groups it is in and its members."""
    session = Session(place)
    with session.book() as book:
        session.show(book.party(code), shape)
