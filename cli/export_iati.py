"""`export iati`: the pledges as activities of the International Aid Transparency Initiative."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Place, Shape, Where, takes
from cli.progress import watched
from cli.render import note
from cli.session import Session
from cli.typed import selection
from cli.whole import output, show_written
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.formats.iati.written.content import Reporter


@dataclass(frozen=True, slots=True)
class Reporting:
    """Where the activities go, and who reports them."""

    out: Annotated[
        str | None,
        typer.Option("--out", metavar="PATH", help=message("The file to write, whole or not at all; stdout else.")),
    ] = None
    organisation: Annotated[
        str | None,
        typer.Option(
            "--reporting-org", metavar="REF", help=message("The identifier of who publishes it; else the book's own.")
        ),
    ] = None
    name: Annotated[
        str | None, typer.Option("--reporting-name", metavar="NAME", help=message("The name of who publishes it."))
    ] = None
    type: Annotated[
        str,
        typer.Option(
            "--reporting-type", metavar="CODE", help=message("Its type in IATI's list; 90, other, if not said.")
        ),
    ] = "90"


@takes
def iati(
    reporting: Reporting = Reporting(), where: Where = Where(), shape: Shape = Shape(), place: Place = Place()
) -> None:
    """Write IATI activities (version 2.03): one for each selected pledge, its flows as transactions."""
    from ledger.formats.iati.written.document import document

    session = Session(place)
    with session.book() as book:
        reporter = _reporter(reporting, book.uid)
        with (
            book.activities(reporter, selection(where, session)) as content,
            output(reporting.out, book, shape) as file,
        ):
            shown = replace(content, activities=watched("activities", content.activities))
            file.writelines(piece.encode() for piece in document(shown))
    for line in content.left.told():
        note(line)
    show_written(reporting.out, shape)


def _reporter(said: Reporting, uid: str) -> Reporter:
    from ledger.formats.iati.codes import ORGANISATION_TYPES
    from ledger.formats.iati.written.content import Reporter
    from ledger.formats.iati.written.identifier import is_reporter

    ref = said.organisation or uid
    if not is_reporter(ref):
        raise InputError(
            "--reporting-org '{ref}': an identifier begins with it, so use letters, digits, '.', '-' and '_'",
            ref=ref[:80],
        )
    if said.type not in ORGANISATION_TYPES:
        raise InputError(
            "--reporting-type '{type}': use one of {types}",
            type=said.type[:20],
            types=", ".join(sorted(ORGANISATION_TYPES)),
        )
    return Reporter(ref, said.name or said.organisation or f"aidledger, book {uid}", said.type)
