"""Exchange rates: what their sources published."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Shape, takes
from cli.session import Session
from ledger.table import Column, Table

app = noun("Exchange rates: the reference rates of the European Central Bank.")


@app.callback()
def rate() -> None:
    """Exchange rates: the reference rates of the European Central Bank."""


@app.command("list")
@takes
def listing(
    currencies: Annotated[
        list[str] | None, typer.Argument(metavar="[CURRENCY]...", help="Only these; all if none is named.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Up to this day, included.")] = None,
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """List rates, day by day: 1 base = rate quote. Without --from, those of the last day up to --until."""
    from ledger.book import rates
    from ledger.period import parse_date

    first, last = (parse_date(day) if day else None for day in (since, until))
    found = rates([code.upper() for code in currencies or ()], first, last)
    names = (("source", "code"), ("kind", "code"), ("base", "code"), ("quote", "code"), ("period", "code"))
    columns = [Column(name, kind) for name, kind in (*names, ("rate", "number"))]  # type: ignore[arg-type] # kinds
    rows = [(rate.source, rate.kind, rate.base, rate.quote, str(rate.period), rate.text) for rate in found]
    Session(place).show(Table(columns, rows), shape)
