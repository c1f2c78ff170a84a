"""The journal: entries listed, shown and reversed; periods closed and reopened."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Evidence, Place, Shape, Where, takes
from cli.session import Session
from cli.typed import evidence, selection, whole
from ledger.message import message

app = noun(message("Entries: list, show, reverse; close and reopen periods."))
Number = Annotated[str, typer.Argument(metavar="N", help=message("The entry's number."))]
PeriodText = Annotated[str, typer.Argument(metavar="PERIOD", help=message("2025-03-02, 2025-03, 2025-Q1 or 2025."))]


@app.command("list")
@takes
def listing(where: Where = Where(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """List entries in the order of their numbers."""
    session = Session(place)
    with session.book() as book:
        session.show(book.journal(selection(where, session)), shape)


@app.command("show")
@takes
def show(number: Number, shape: Shape = Shape(), place: Place = Place()) -> None:
    """Show one entry: what it says, its postings, its citations."""
    session = Session(place)
    with session.book() as book:
        session.show(book.entry(whole(number, message("the entry's number"))), shape)


@app.command("reverse")
@takes
def reverse(number: Number, given: Evidence = Evidence(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Record the opposite of an entry, once. Say why with --note."""
    from ledger.recognition.steps import Reverse

    session = Session(place)
    with session.book() as book:
        step = Reverse(number=whole(number, message("the entry's number")), evidence=evidence(given, session))
        session.show_recorded(book.record(step), shape)


@app.command("close")
@takes
def close(period: PeriodText, given: Evidence = Evidence(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Close everything up to the end of a period: no entry dated inside is accepted any more."""
    from ledger.period import Period
    from ledger.recognition.steps import Close

    session = Session(place)
    with session.book() as book:
        session.show_recorded(book.record(Close(period=Period.parse(period), evidence=evidence(given, session))), shape)


@app.command("reopen")
@takes
def reopen(period: PeriodText, given: Evidence = Evidence(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Open a closed period again, and all that comes after it. Say why with --note."""
    from ledger.period import Period
    from ledger.recognition.steps import Reopen

    session = Session(place)
    with session.book() as book:
        session.show_recorded(
            book.record(Reopen(period=Period.parse(period), evidence=evidence(given, session))), shape
        )
