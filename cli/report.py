"""Reports: totals, the pipeline, the exposure, the trial balance; and the door to the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.chart import COMPARED, Drawn, show_drawn
from cli.lazy import noun
from cli.options import By, Explain, Place, Shape, Valuation, Where, takes
from cli.report_changes import changes
from cli.report_items import items
from cli.report_summary import summary
from cli.report_timeline import timeline
from cli.session import Session
from cli.typed import selection, whole, worth
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Worth
    from ledger.reports.totals import Extent

app = noun(message("Totals, pipeline, timeline, items, changes, exposure, trial balance, a summary."))


@dataclass(frozen=True, slots=True)
class Policies:
    """Whether rate policies are compared."""

    compare: Annotated[
        bool,
        typer.Option(
            "--compare-policies", help=message("One measure under spot, month, year and fixed, and the spread.")
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Whether rows have ranges, which of them are shown, and by which measure."""

    ranged: Annotated[
        bool,
        typer.Option(
            "--range", help=message("How firmly amounts hold: the least, the most, what guarantees may come to.")
        ),
    ] = False
    top: Annotated[
        str | None,
        typer.Option("--top", metavar="N", help=message("Only the N largest rows, with their ranks and shares.")),
    ] = None
    measure: Annotated[
        str | None,
        typer.Option(
            "--measure", metavar="MEASURE", help=message("The measure to rank, draw or compare; pledged if not said.")
        ),
    ] = None

    def extent(self) -> Extent:
        """What is shown, as the ledger takes it."""
        from ledger.reports.ranking import Ranking
        from ledger.reports.totals import Extent

        ranking = Ranking(whole(self.top, "--top"), self.measure or "pledged") if self.top else None
        return Extent(self.ranged, ranking)


@app.command("totals")
@takes
def totals(
    by: By = None,
    explain: Explain = False,
    rows: Rows = Rows(),
    policies: Policies = Policies(),
    drawn: Drawn = Drawn(),
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What is pledged, committed, allocated, disbursed and so on: by donor, or by any dimensions."""
    from ledger.selection import dimensions

    session = Session(place)
    measure = rows.measure or "pledged"
    _refuse_useless(rows, policies, drawn)
    with session.book() as book:
        asked = (selection(where, session), dimensions(by))
        if policies.compare:
            found = book.compare_policies(_required(valuation, session), *asked, measure)
        else:
            found = book.totals(*asked, worth(valuation, session), extent=rows.extent())
        values = COMPARED if policies.compare else (measure,)
        show_drawn(session, found, shape, book, drawn, explain=explain, values=values)


def _refuse_useless(rows: Rows, policies: Policies, drawn: Drawn) -> None:
    """Refuse options that would change nothing beside the others."""
    if rows.measure is not None and not (rows.top or policies.compare or drawn.chart):
        raise InputError(
            "--measure goes with --top, --chart or --compare-policies: the report itself has every measure"
        )
    if policies.compare and (rows.top or rows.ranged):
        raise InputError("--compare-policies shows one measure under each policy: leave --top and --range out")


@app.command("pipeline")
@takes
def pipeline(
    by: By = None,
    explain: Explain = False,
    drawn: Drawn = Drawn(),
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """How much stands at each stage, and what of it is overdue by the pledges' schedules."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        found = book.pipeline(selection(where, session), dimensions(by, ()), worth(valuation, session))
        show_drawn(session, found, shape, book, drawn, explain=explain, values=("amount", "overdue"))


@app.command("exposure")
@takes
def exposure(
    by: By = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="DATE", help=message("The day whose balances and rates are looked at; today if not said.")
        ),
    ] = None,
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What is open in each currency, and what exchange rates make of it: unrealised and realised differences."""
    from ledger.selection import dimensions

    session = Session(place)
    with session.book() as book:
        day = session.day(on) if on else None
        found = book.exposure(_required(valuation, session), selection(where, session), dimensions(by, ()), day)
        session.show_explained(found, shape, book, explain=explain)


def _required(valuation: Valuation, session: Session) -> Worth:
    """What to convert to, where a report is nothing without it."""
    if (asked := worth(valuation, session)) is None:
        raise InputError("this report is in one currency: name it with --in CUR")
    return asked


@app.command("trial-balance")
@takes
def trial_balance(where: Where = Where(), shape: Shape = Shape(), place: Place = Place()) -> None:
    """Every account with its debits, its credits and its balance."""
    session = Session(place)
    with session.book() as book:
        session.show(book.trial_balance(selection(where, session)), shape)


app.command("timeline")(timeline)
app.command("items")(items)
app.command("changes")(changes)
app.command("summary")(summary)
