"""Reports: totals, the pipeline, the trial balance."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Shape, Valuation, Where, takes
from cli.session import Session, selection, worth

app = noun("Totals, pipeline and trial balance.")
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="D,D",
        help="donor, recipient, purpose, instrument, source, currency, pledge, package, year, quarter, month, parent.",
    ),
]


@app.command("totals")
@takes
def totals(
    by: By = None,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What is pledged, committed, allocated, disbursed and so on: by donor, or by any dimensions."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        session.show(book.totals(selection(where), dimensions(by), worth(valuation)), shape, book)


@app.command("pipeline")
@takes
def pipeline(
    by: By = None,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """How much stands at each stage, and what of it is overdue by the pledges' schedules."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        session.show(book.pipeline(selection(where), dimensions(by, ()), worth(valuation)), shape, book)


@app.command("trial-balance")
@takes
def trial_balance(where: Where = Where(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Every account with its debits, its credits and its balance."""
    session = Session(place)
    with session.book() as book:
        session.show(book.trial_balance(selection(where)), shape)
