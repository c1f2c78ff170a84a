"""The timeline: every measure by month, quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from cli.chart import Plotted, show_drawn
from cli.options import By, Explain, Place, Shape, Valuation, Where, takes
from cli.session import Session
from cli.typed import selection, worth
from ledger.message import message


@dataclass(frozen=True, slots=True)
class Times:
    """Which periods there are, and whether each has all that happened up to its end."""

    each: Annotated[
        str,
        typer.Option(
            "--each",
            metavar="month|quarter|year",
            autocompletion=lambda: ["month", "quarter", "year"],
            help=message("The periods, one after the other."),
        ),
    ] = "month"
    cumulative: Annotated[
        bool, typer.Option("--cumulative", help=message("All that happened up to the end of each period, not in it."))
    ] = False


@takes
def timeline(
    by: By = None,
    times: Times = Times(),
    explain: Explain = False,
    plotted: Plotted = Plotted(),
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What was pledged, committed, disbursed and so on, month by month; or all of it up to each month."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        asked = (selection(where, session), dimensions(by, ()), worth(valuation, session))
        found = book.timeline(*asked, each=times.each, cumulative=times.cumulative)
        values = (plotted.measure or "pledged",)
        show_drawn(session, found, shape, book, plotted, explain=explain, values=values, form="columns")
