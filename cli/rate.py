"""Exchange rates: what their sources published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Shape, Words, takes
from cli.rate_update import update
from cli.render import note, warn
from cli.session import Session
from ledger.errors import InputError
from ledger.message import counted, message

app = noun(message("Exchange rates: the European Central Bank's, and those the book imported."))


@app.callback()
def rate() -> None:
    """Exchange rates: the European Central Bank's, and those the book imported."""


FIRST_PROBLEMS = 20
"""How many problems of a file are named where not every one is asked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whose rates, and of which days."""

    source: Annotated[Words, typer.Option("--source", metavar="NAME,...", help=message("Only these sources."))] = ()
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=message("From this day on."))] = None
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=message("Up to this day, included."))] = (
        None
    )


@app.command("list")
@takes
def listing(
    currencies: Annotated[
        list[str] | None, typer.Argument(metavar="[CURRENCY]...", help=message("Only these; all if none is named."))
    ] = None,
    span: Span = Span(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """List rates by source: 1 base = rate quote. Without --from, those of the last day or period up to --until."""
    from ledger.exchange import Exchange
    from ledger.reports.rates import rate_list

    session = Session(place)
    first, last = (session.day(day) if day else None for day in (span.since, span.until))
    if first and last and last < first:
        raise InputError(
            "--until {last} is before --from {first}: nothing can lie between them", last=last, first=first
        )
    asked = ([code.upper() for code in currencies or ()], span.source, first, last)
    with session.book_or_none() as book:
        session.show(book.rates(*asked) if book else rate_list(Exchange().listed(*asked)), shape)


@app.command("import")
@takes
def import_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=message("As the ECB, HMRC, the IMF and others publish it."))
    ],
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help=message("What to call the source; the publisher's if not said.")),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--every-problem", help=message("Name every problem; the first 20 and how many more if not said.")
        ),
    ] = False,
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Keep the rates of a file in the book: what is new or changed, beside what was there."""
    from ledger.formats.rates.recognise import read
    from ledger.reports.rates import import_count

    session = Session(place)
    with session.book() as book:
        found = book.import_rates(read(Path(file), name))
    shown = found.problems if every else found.problems[:FIRST_PROBLEMS]
    for problem in shown:
        warn(message("{where}: {problem}", where=problem.where, problem=problem.message))
    if more := len(found.problems) - len(shown):
        note(
            counted(
                "{count} more problem: --every-problem names them all",
                "{count} more problems: --every-problem names them all",
                count=more,
            )
        )
    counts = import_count(read=found.read, imported=found.imported, unchanged=found.unchanged, rejected=found.rejected)
    session.show(counts, shape)


app.command("update")(update)
