"""The commands `backup` and `restore`: a whole copy of a book, and a book made of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Place, Shape, takes
from cli.progress import watched
from cli.session import Session, patience, refuse_in_run, too_late
from ledger.errors import Refusal
from ledger.message import message
from ledger.table import Column, Table

if TYPE_CHECKING:
    from ledger.store.backup import Held
    from ledger.store.place import Place as Target


@takes
def backup(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=message("The file to write, whole or not at all; never over another."))
    ],
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Copy the whole book to a new file, while others write. The copy is checked, and is a book itself."""
    from ledger.store.place import File

    refuse_in_run(message("a run is one transaction: back the book up before it, or after"))
    session = Session(place)
    with session.book() as book:
        held = book.copy(File(Path(file)), watched, examine=True)
    show_held(file, held, session, shape)


@takes
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help=message("A backup; it is left as it is."))],
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Make a book from a backup, which is checked first. A book that is there already is left alone."""
    from ledger.book import Book
    from ledger.store.place import located

    refuse_in_run(message("a run is about a book that is there: make it before the run"))
    session = Session(place)
    target = located(session.path)
    with Book.open(file, patience=patience()) as kept:
        kept.database.settled = too_late
        make_room(target)
        held = kept.copy(target, watched, examine=True)
    show_held(session.shown, held, session, shape)


def make_room(target: Target) -> None:
    """Make the folder in which a file is to be, if need be. Raises :class:`Refusal` where that cannot be done."""
    from ledger.store.durable import make_folders
    from ledger.store.place import File

    if not isinstance(target, File):
        return
    parent = target.path.parent
    try:
        make_folders(parent)
    except OSError as error:
        raise Refusal("{parent} cannot be made a folder: {reason}", parent=parent, reason=error.strerror) from error


def show_held(path: str, held: Held, session: Session, shape: Shape) -> None:
    """Print what a copy of a book holds, and where it is."""
    from ledger.proof.checkpoint import hash_text

    columns = [Column("path"), Column("entries", "count"), Column("root", "code")]
    columns += [Column("attachments", "count"), Column("bytes", "count")]
    row = (path, held.head.size, hash_text(held.head.root), held.attachments, held.bytes)
    session.show(Table(columns, [row]), shape)
