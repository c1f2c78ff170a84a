"""The workbook: the book for people and auditors, as sheets of the tables that reports give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, BinaryIO

from ledger.errors import InputError
from ledger.formats import spreadsheet
from ledger.formats.spreadsheet import Remarks, Sheet
from ledger.formats.tabular import COLUMNS
from ledger.money import Money, commodity
from ledger.period import stamp
from ledger.reports import sheets
from ledger.reports.measures import Valuation
from ledger.selection import Contingent, Selection
from ledger.statements import figures, items
from ledger.statements.timeline import timeline_of
from ledger.store import extract, listing
from ledger.store.scope import Scope
from ledger.table import Cell, Column, Kind, Table

Watch = Callable[[str, Iterator[Sequence[Cell]]], Iterator[Sequence[Cell]]]
"""Who looks on while rows are written: a function of a sheet's name and rows that hands on the rows."""

_KINDS: Mapping[str, Kind] = {
    "on": "date",
    "recorded_at": "moment",
    "debit": "money",
    "credit": "money",
    "amount": "money",
    "title": "text",
    "note": "text",
    "citation_url": "text",
    "citation_quote": "text",
}
_REGISTER = tuple(Column(name, _KINDS.get(name, "code")) for name in COLUMNS)
_ABOUT = {
    "Totals": "every measure by donor and currency",
    "Grand total": "every measure of the whole selection, rounded once from exact sums",
    "Pipeline": "what stands at each stage, and what of it is overdue",
    "Timeline": "what came to every measure in each month, less what left it",
    "Items": "units promised, delivered and open, and the price of a unit that a pledge's money implies",
    "Pledges": "a row for each pledge and currency",
    "Register": "a row for each posting, in entry order: the columns of `export csv`; debit is positive",
    "Rates used": "the rates that amounts were converted with, and what each of them valued",
}
_READING = (
    ("codes", "text, as they are in the book: NA is Namibia, and no missing value"),
    ("amounts", "numbers, in the currency or unit that the row names; the workbook holds no formula"),
    ("empty cells", "absent: nothing was said, or nothing can be said"),
)


@dataclass(frozen=True, slots=True)
class State:
    """What a workbook is of: the book's name that lasts, its last entry, and when that was written."""

    uid: str
    number: int
    at: datetime


def write(scope: Scope, valuation: Valuation, target: BinaryIO, *, uid: str, watch: Watch) -> Remarks:
    """Write the workbook of a selection; the same book, selection and valuation give the same bytes.

    ``watch`` is handed the name and the rows of each long sheet, and hands them on. Raises
    :class:`~ledger.errors.MissingRate` where there is no rate, before anything is written.
    """
    state = State(uid, *extract.last_entry(scope))
    tables = _tables(scope, valuation, state.at.date())
    streamed = [
        Sheet("Pledges", sheets.pledge_list([], []).columns, watch("Pledges", _pledges(scope))),
        Sheet("Register", _REGISTER, watch("Register", _register(scope))),
    ]
    rates = {"Rates used": used} if (used := tables["Totals"].explained()) else {}
    made = [Sheet.of(name, table) for name, table in tables.items()]
    more = [Sheet.of(name, table) for name, table in rates.items()]

    def cover(remarks: Remarks) -> Sheet:
        rows = [*_of_book(scope.selection, valuation, state), *_of_sheets(remarks), *_READING, *_noted(tables, remarks)]
        return Sheet("README", (Column("about"), Column("says")), rows, filtered=False)

    return spreadsheet.write(target, [*made, *streamed, *more], created=state.at, cover=cover)


def _tables(scope: Scope, valuation: Valuation, day: date) -> dict[str, Table]:
    """The reports, by the names of their sheets; overdue is what was due when the book was last written."""
    by = ("donor",)
    totals = figures.totals_of(scope, by, valuation)
    whole = Table(totals.columns[len(by) :], [row[len(by) :] for row in totals.totals])
    last = scope.selection.last_day or day
    found = {"Totals": totals, "Grand total": whole, "Pipeline": figures.pipeline_of(scope, (), valuation, last)}
    found["Timeline"] = _timeline(scope, valuation)
    return found | ({"Items": items.items_of(scope, ("pledge",), valuation)} if listing.items(scope) else {})


def _timeline(scope: Scope, valuation: Valuation) -> Table:
    """Every measure by month; where a stray day stretches that beyond all reason, nothing but a note that says so."""
    try:
        return timeline_of(scope, (), valuation)
    except InputError as error:
        return Table([Column("period")], [], notes=[f"left out: {error.message}"])


def _pledges(scope: Scope) -> Iterator[Sequence[Cell]]:
    """The list of pledges, page by page."""
    for page in extract.pledges(scope):
        yield from sheets.pledge_list(*page).rows


def _register(scope: Scope) -> Iterator[Sequence[Cell]]:
    """The postings as the CSV register has them, with amounts and days as values."""
    for row in listing.register(scope):
        cells = _posting(row)
        yield tuple(cells.get(name, row.get(name)) for name in COLUMNS)


def _posting(row: Mapping[str, Any]) -> dict[str, Cell]:
    units, of = row["amount"], commodity(row["commodity"])
    return {
        "entry": row["number"],
        "on": date.fromisoformat(row["on_date"]),
        "debit": Money(units, of) if units > 0 else None,
        "credit": Money(-units, of) if units < 0 else None,
        "amount": Money(units, of),
    }


def _of_book(selection: Selection, valuation: Valuation, state: State) -> list[tuple[Cell, ...]]:
    return [
        ("book", state.uid),
        ("last entry", state.number),
        ("recorded at", stamp(state.at)),
        ("selection", selection_in_words(selection)),
        ("currency", valuation_in_words(valuation)),
    ]


def _of_sheets(remarks: Remarks) -> Iterator[tuple[Cell, ...]]:
    for name, rows in remarks.rows.items():
        about = _ABOUT.get(name, "which goes on here")
        yield f"sheet {name}", f"{about}; {rows} row{'' if rows == 1 else 's'}"


def _noted(tables: Mapping[str, Table], remarks: Remarks) -> Iterator[tuple[Cell, ...]]:
    """What stands beside the figures, and what a spreadsheet could not hold as it is."""
    for name, table in tables.items():
        yield from ((f"note on {name}", note) for note in table.notes)
    if remarks.as_text.count:
        why = f"have more than {spreadsheet.MOST_DIGITS} digits, which no spreadsheet keeps, and stand as marked text"
        yield "numbers as text", f"{remarks.as_text.count} {why}: {remarks.as_text}"
    if remarks.cut.count:
        longest = spreadsheet.LONGEST_TEXT
        why = f"longer than the {longest} letters of a cell end in [cut]; `export csv` has all of them"
        yield "texts cut", f"{remarks.cut.count} {why}: {remarks.cut}"


def selection_in_words(selection: Selection) -> str:
    """The filters of a selection, as a sentence has them."""
    chosen = [(field.name, getattr(selection, field.name)) for field in fields(selection)]
    said = [f"{name} {' or '.join(value)}" for name, value in chosen if isinstance(value, tuple) and value]
    days = (("from", selection.since), ("until", selection.until), ("as of", selection.as_of))
    said += [f"{word} {day}" for word, day in days if day]
    if (known_at := selection.known_at) is not None:
        said.append(f"as known at {stamp(known_at) if isinstance(known_at, datetime) else f'entry {known_at}'}")
    if selection.contingent is not Contingent.INCLUDE:
        said.append("without guarantees" if selection.contingent is Contingent.EXCLUDE else "guarantees only")
    return ", ".join(said) or "everything"


def valuation_in_words(valuation: Valuation) -> str:
    """What amounts are shown in, and by which rates of which days."""
    if valuation.converter is None:
        return "each amount in its own"
    when = "each amount at the day it reached its stage" if valuation.by_event else "each amount at its pledge's day"
    day = f"everything at {valuation.on}" if valuation.on else when
    return (
        f"{valuation.converter.target} in reports, by policy {valuation.converter.policy}, {day}; the register as it is"
    )
