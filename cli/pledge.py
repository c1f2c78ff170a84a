"""Pledges: announced, listed, shown."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import correct, move
from cli.announce import Announcement, announced
from cli.facts import Facts, Items
from cli.lazy import noun, talks
from cli.options import Evidence, Place, Shape, Where, takes
from cli.session import Session
from cli.typed import selection
from ledger.message import message

app = noun(message("Record pledges and what becomes of them."))


@app.command("add")
@talks("cli.conversation.pledge:add")
@takes
def add(
    donor: Annotated[
        str,
        typer.Argument(
            metavar="DONOR", help=message("Who promises: a country's ISO code, or a party's; several as GB,NO,DK.")
        ),
    ],
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help=message('What is promised, such as "1.6bn GBP"; or: undisclosed.'))
    ],
    purpose: Annotated[
        str,
        typer.Option(
            "--purpose", metavar="P", help=message("military, humanitarian, financial, reconstruction or other.")
        ),
    ],
    instrument: Annotated[
        str,
        typer.Option(
            "--instrument",
            metavar="I",
            help=message("grant, in_kind, loan, export_credit, guarantee, swap_line or interest_subsidy."),
        ),
    ],
    id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help=message("Your own id; GB-2025-0001 if not said."))
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option("--stage", metavar="pledged|committed", help=message("Where it begins; pledged if not said.")),
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option("--parent", metavar="PLEDGE", help=message("The facility it is drawn from: no new money.")),
    ] = None,
    share: Annotated[
        str | None,
        typer.Option("--share", metavar="N,N", help=message("Of several donors: weights, per cent or amounts.")),
    ] = None,
    items: Items = Items(),
    facts: Facts = Facts(),
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Record a new pledge, and print its id; one for each donor, where several promise together."""
    typed = Announcement(donor, amount, purpose, instrument, id, stage, parent, items, facts, given, share)
    session = Session(place)
    with session.book() as book:
        recorded = book.record(announced(typed, session, book))
    session.show_created(recorded, list(recorded.entry.subjects), shape)


@app.command("list")
@takes
def listing(where: Where = Where(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """List pledges with what is promised and outstanding. --from and --until are days of their announcement."""
    session = Session(place)
    with session.book() as book:
        session.show(book.pledges(selection(where, session)), shape, book)


@app.command("show")
@takes
def show(
    pledge: Annotated[str, typer.Argument(metavar="PLEDGE", help=message("Its id."))],
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Show one pledge: facts, stages, items, and its history with citations."""
    session = Session(place)
    with session.book() as book:
        session.show(book.pledge(pledge), shape)


for name, command in {**move.COMMANDS, **correct.COMMANDS}.items():
    app.command(name)(command)
