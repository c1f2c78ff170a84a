"""Reconciliation: the book beside what sources, banks and trackers say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.convert import Rates
from cli.lazy import noun
from cli.options import Explain, Place, Shape, Valuation, Where, takes
from cli.reconcile_statement import statement
from cli.session import Session
from cli.typed import selection, worth
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from ledger.reconcile.tolerance import Tolerance

app = noun(message("Compare the book with what its sources, banks and other trackers say."))


@app.command("stated")
@takes
def stated(
    tolerance: Annotated[
        str | None,
        typer.Option(
            "--tolerance", metavar="PCT", help=message("How far a claim may be off, as in 0.5%; nothing if not said.")
        ),
    ] = None,
    rates: Rates = Rates(),
    where: Where = Where(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """What sources say of pledges beside their amounts: equivalents at market rates, parts, schedules."""
    from ledger.book import Worth

    session = Session(place)
    within = read_tolerance(session, tolerance)
    with session.book() as book:
        worth = Worth(policy=rates.policy, sources=rates.rates or ("ecb",))
        session.show(book.stated(selection(where, session), worth, within), shape)


@dataclass(frozen=True, slots=True)
class Theirs:
    """How somebody else's table is read, and compared with the book."""

    by: Annotated[
        str | None,
        typer.Option("--by", metavar="D,D", help=message("donor, purpose or both; what the table has if not said.")),
    ] = None
    measure: Annotated[
        str | None,
        typer.Option(
            "--measure", metavar="MEASURE", help=message("Which of our measures; what the table says, else pledged.")
        ),
    ] = None
    tolerance: Annotated[
        str | None,
        typer.Option(
            "--tolerance", metavar="AMOUNT|PCT", help=message("How far cells may lie apart, as in 1m EUR or 0.5%.")
        ),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="NAME", help=message("What Kiel's workbook was imported as: names what it states anew.")
        ),
    ] = None
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="S", help=message("The sheet of a workbook."))] = None
    mapping: Annotated[
        str | None, typer.Option("--map", metavar="MAP.toml", help=message("What the table's columns mean."))
    ] = None


@app.command("tracker")
@takes
def tracker(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=message("Totals by donor and category: CSV, TSV or XLSX."))
    ],
    theirs: Theirs = Theirs(),
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Our totals beside somebody else's by donor and category; exits 1 where they differ beyond the tolerance."""
    from ledger.formats.kiel.read import read as read_rows
    from ledger.formats.mapped.read import is_workbook
    from ledger.formats.tracker.read import read
    from ledger.formats.tracker.written import load
    from ledger.reconcile.tracker import APART
    from ledger.selection import dimensions
    from ledger.statements.tracker import Comparing

    session, path = Session(place), Path(file)
    if theirs.name and not is_workbook(path):
        raise InputError(
            "--as goes with Kiel's workbook, which holds rows beside its totals: {path} is no workbook", path=path
        )
    within = read_tolerance(session, theirs.tolerance)
    published = read(path, load(Path(theirs.mapping)) if theirs.mapping else None, theirs.sheet)
    into = valuation.into or (published.currency.code if published.currency else None)
    by = tuple(dimensions(theirs.by)) if theirs.by else None
    asked = Comparing(by=by, measure=theirs.measure, tolerance=within, name=theirs.name)
    with session.book() as book:
        issue = read_rows(path, theirs.name) if theirs.name else None
        worth_in = worth(replace(valuation, into=into), session)
        found = book.tracker(published, asked, selection(where, session), worth_in, issue=issue)
        session.show_explained(found, shape, book, explain=explain)
    verdict = found.header.index("verdict")
    if any(row[verdict] in APART for row in found.rows):
        raise typer.Exit(1)


def read_tolerance(session: Session, text: str | None) -> Tolerance:
    """A tolerance as it was typed: a percentage such as ``0.5%``, or an amount. Raises :class:`InputError`."""
    from fractions import Fraction

    from ledger.rate import parse_rate
    from ledger.reconcile.tolerance import NONE, Tolerance

    if text is None:
        return NONE
    try:
        if text.endswith("%"):
            return Tolerance(share=Fraction(parse_rate(text.removesuffix("%").strip())) / 100)
        return Tolerance(session.amount(text, {}))
    except InputError:
        raise InputError(
            "--tolerance '{text}': write a percentage such as 0.5%, or an amount such as 1m EUR", text=text
        ) from None


app.command("statement")(statement)
