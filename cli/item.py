"""Items: what is promised and delivered by the piece."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Evidence, Place, Shape, takes
from cli.session import Session
from cli.typed import evidence
from ledger.message import message

app = noun(message("Items that are promised and delivered by the piece."))


@app.command("add")
@takes
def add(
    code: Annotated[str, typer.Argument(metavar="CODE", help=message("Its code, such as air-defence-missile."))],
    name: Annotated[str, typer.Argument(metavar="NAME", help=message("Its name."))],
    given: Evidence = Evidence(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Register an item."""
    from ledger.recognition.steps import RegisterItem

    session = Session(place)
    with session.book() as book:
        step = RegisterItem(code=code, name=name, evidence=evidence(given, session))
        session.show_created(book.record(step), [code], shape)


@app.command("list")
@takes
def listing(shape: Shape = Shape(), place: Place = Place()) -> None:
    """List the registered items."""
    session = Session(place)
    with session.book() as book:
        session.show(book.items(), shape)
