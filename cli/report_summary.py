"""The summary: one HTML file for the public."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.chart import party_namer, refuse_book
from cli.language import said, tongue
from cli.options import Place, Shape, Valuation, Where, takes
from cli.session import Session
from cli.typed import selection, worth
from cli.whole import show_written, whole
from ledger.errors import InputError
from ledger.message import message

_ENDINGS = (".html", ".htm")


@takes
def summary(
    out: Annotated[
        str,
        typer.Option(
            "--out", metavar="FILE", help=message("The .html file to write, whole or not at all."), show_default=False
        ),
    ],
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="T", help=message("The heading of the page; 'Aid pledges' if not said.")),
    ] = None,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write totals, pipeline, timeline, sources and charts as one HTML page that needs nothing else."""
    from ledger.formats.document.page import page
    from ledger.formats.document.words import TITLE

    target, session = Path(out), Session(place)
    if target.suffix.lower() not in _ENDINGS:
        raise InputError("--out {out}: the summary is a page, written to a file ending in .html", out=out)
    refuse_book(target, session, "--out")
    with session.book() as book:
        found = book.summary(selection(where, session), worth(valuation, session))
        namer = party_namer(session, book)
        text = page(found, session.language, namer, title=title or TITLE, said=said, spoken=tongue())
    with whole(target) as file:
        file.write(text.encode())
    if shape.format == "table":
        typer.echo(out)
    show_written(out, shape)
