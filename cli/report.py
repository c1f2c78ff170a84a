"""Reports: totals, the pipeline, the exposure, the trial balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Shape, Valuation, Where, takes
from cli.session import Session, selection, worth
from ledger.errors import InputError

if TYPE_CHECKING:
    from ledger.book import Worth

app = noun("Totals, pipeline, exposure and trial balance.")
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="D,D",
        help="donor, recipient, purpose, instrument, source, currency, pledge, package, year, quarter, month, parent.",
    ),
]


Explain = Annotated[
    bool, typer.Option("--explain", help="Show each rate and what it valued; in JSON and CSV in place of the report.")
]


@dataclass(frozen=True, slots=True)
class Policies:
    """Whether rate policies are compared, and by which measure."""

    compare: Annotated[
        bool, typer.Option("--compare-policies", help="One measure under spot, month, year and fixed, and the spread.")
    ] = False
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="MEASURE", help="The measure to compare; pledged if not said.")
    ] = None

    def __post_init__(self) -> None:
        if self.measure is not None and not self.compare:
            raise InputError("--measure goes with --compare-policies: the report itself has every measure")


@app.command("totals")
@takes
def totals(
    by: By = None,
    explain: Explain = False,
    policies: Policies = Policies(),
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What is pledged, committed, allocated, disbursed and so on: by donor, or by any dimensions."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        asked = (selection(where), dimensions(by))
        if policies.compare:
            found = book.compare_policies(_required(valuation), *asked, policies.measure or "pledged")
        else:
            found = book.totals(*asked, worth(valuation))
        session.show_explained(found, shape, book, explain=explain)


@app.command("pipeline")
@takes
def pipeline(
    by: By = None,
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """How much stands at each stage, and what of it is overdue by the pledges' schedules."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        found = book.pipeline(selection(where), dimensions(by, ()), worth(valuation))
        session.show_explained(found, shape, book, explain=explain)


@app.command("exposure")
@takes
def exposure(
    by: By = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day whose balances and rates are looked at; today if not said."),
    ] = None,
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What is open in each currency, and what exchange rates make of it: unrealised and realised differences."""
    from ledger.period import parse_date
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        day = parse_date(on) if on else None
        found = book.exposure(_required(valuation), selection(where), dimensions(by, ()), day)
        session.show_explained(found, shape, book, explain=explain)


def _required(valuation: Valuation) -> Worth:
    """What to convert to, where a report is nothing without it."""
    if (asked := worth(valuation)) is None:
        raise InputError("this report is in one currency: name it with --in CUR")
    return asked


@app.command("trial-balance")
@takes
def trial_balance(where: Where = Where(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Every account with its debits, its credits and its balance."""
    session = Session(place)
    with session.book() as book:
        session.show(book.trial_balance(selection(where)), shape)
