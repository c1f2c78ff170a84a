"""The newest rates, fetched from where they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Place, Shape, takes
from cli.render import note
from cli.session import Session, refuse_in_run
from ledger.message import message


@takes
def update(
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="URL", envvar="AIDLEDGER_ECB_URL", help=message("Another place that has the ECB's file.")
        ),
    ] = None,
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Fetch the ECB's current reference rates, and keep in the book what is new or changed.

    Nothing is kept unless all of the file came, can be read, and has whatever is known already.
    """
    from tempfile import TemporaryDirectory

    from ledger.formats import ecb
    from ledger.formats.fetch import fetch
    from ledger.reports.rates import import_count

    refuse_in_run(message("nobody waits for the network with a book in hand: update the rates before the run"))
    session = Session(place)
    with session.book() as book, TemporaryDirectory(prefix="aidledger-") as folder:
        address = ecb.ADDRESS if url is None else url
        fetched = fetch(address, Path(folder) / ecb.FILE, clock=book.clock, tell=note)
        found = book.update_rates(fetched.path, fetched.url)
    if not found.imported:
        note(message("nothing new: all of these rates are known already"))
    counts = import_count(read=found.read, imported=found.imported, unchanged=found.unchanged, rejected=found.rejected)
    session.show(counts, shape)
