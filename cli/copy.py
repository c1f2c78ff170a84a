"""The command `copy`: a whole book put into another file or database."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from cli.backup import make_room, show_held
from cli.options import Place, Shape, takes
from cli.progress import watched
from cli.session import Session, refuse_in_run
from ledger.message import message


@takes
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help=message("A book: a file or postgresql://...; it is left as it is."))
    ],
    target: Annotated[
        str,
        typer.Argument(metavar="TO", help=message("A file that is not there, or postgresql://...?book=NAME.")),
    ],
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Copy a whole book, as it stands, to another file or database, where it is the same book: --book is not asked."""
    from ledger.store.place import located

    refuse_in_run(message("a run is one transaction: copy the book before it, or after"))
    session = Session(replace(place, book=source))
    to = located(target)
    with session.book() as book:
        make_room(to)
        held = book.copy(to, watched)
    show_held(str(to), held, session, shape)
