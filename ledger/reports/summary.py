"""The summary: what a document for the public shows of a book, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.journal import Citation
from ledger.message import message
from ledger.money import Money
from ledger.period import Period, Size, stamp
from ledger.reports.measures import MEASURES, Valuation
from ledger.selection import Contingent, Selection
from ledger.table import Cell, Table

MOST_ROWS = 500
"""A document shows no more rows of a table, and says how many more there are."""
MOST_SOURCES = 200
MOST_RATES = 100
MOST_PERIODS = 40

_ALWAYS = ("pledged", "committed", "allocated", "disbursed", "outstanding")
_LONGER: tuple[Size, ...] = ("quarter", "year")
_RATES = ("currency", "into", "on", "rate", "rate_date", "policy", "source", "fallback")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, and the pledges it is given for."""

    citation: Citation
    pledges: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A book in one document: what was looked at, and the tables.

    ``entry`` is the last one that counts, recorded at ``recorded_at``; ``day`` that up to which instalments are
    due; ``valued`` says how figures are converted, empty where they are not.
    Of sources there may be more than are listed: ``more_cited`` is the number of entries that cite something
    after those.
    """

    book: str
    entry: int
    recorded_at: datetime
    day: date
    pledges: int
    selection: Selection
    valued: str
    donors: Table
    kinds: Table
    pipeline: Table
    timeline: Table
    sources: tuple[Cited, ...]
    more_cited: int = 0
    rates: Table | None = None


def valued_how(valuation: Valuation) -> str:
    """In what figures are shown, by which policy, and of which day, in words; empty where nothing is converted."""
    if valuation.converter is None:
        return ""
    how = {"currency": valuation.converter.target, "policy": valuation.converter.policy}
    if valuation.on:
        return message("{currency}, by the policy {policy}, at {day}", day=valuation.on, **how)
    if valuation.by_event:
        return message("{currency}, by the policy {policy}, at the day each amount reached its stage", **how)
    return message("{currency}, by the policy {policy}, at each pledge's day", **how)


def chosen(selection: Selection) -> list[tuple[str, tuple[str, ...]]]:
    """The filters that narrow a selection, in words: what is filtered, and by what."""
    names = ("donor", "group", "recipient", "purpose", "instrument", "source", "package", "pledge", "currency")
    said = [(name, getattr(selection, name)) for name in names if getattr(selection, name)]
    days = {message("from"): selection.since, message("until"): selection.until, message("as of"): selection.as_of}
    said += [(name, (day.isoformat(),)) for name, day in days.items() if day]
    if (known := selection.known_at) is not None:
        moment = message("entry {number}", number=known) if isinstance(known, int) else stamp(known)
        said.append((message("known at"), (moment,)))
    if selection.contingent is not Contingent.INCLUDE:
        said.append((message("guarantees"), (_GUARANTEES[selection.contingent],)))
    return said


_GUARANTEES = {Contingent.EXCLUDE: message("left out"), Contingent.ONLY: message("alone")}


def shortened(table: Table) -> Table:
    """A report without the columns that say the same in every row: the policy, and measures that are nothing."""
    dull = {"policy"} | {name for name in MEASURES if name not in _ALWAYS and not _any(table, name)}
    return narrowed(table, [name for name in table.header if name not in dull])


def narrowed(table: Table, names: Sequence[str]) -> Table:
    """A report with these of its columns only."""
    places = [table.header.index(name) for name in names]
    return replace(
        table,
        columns=[table.columns[place] for place in places],
        rows=[[row[place] for place in places] for row in table.rows],
        totals=[[row[place] for place in places] for row in table.totals],
    )


def rates_of(table: Table) -> Table | None:
    """The rates that a report was converted with, without what each of them valued; None where there are none."""
    found = table.explained()
    if found is None:
        return None
    kept = narrowed(found, [name for name in _RATES if name in found.header])
    rows = [row for row in kept.rows if row[0] != row[1]]  # what is in that currency already has no rate
    return replace(kept, rows=rows) if rows else None


def _any(table: Table, name: str) -> bool:
    place = table.header.index(name) if name in table.header else None
    return place is not None and any(isinstance(cell := row[place], Money) and cell for row in table.rows)


def thinned(timeline: Table, most: int = MOST_PERIODS) -> Table:
    """A cumulative timeline at the ends of longer periods, where it would have too many: quarters, else years.

    What stands at the end of a quarter is what stands at the end of its last month.
    """
    for size in _LONGER:
        if len({row[0] for row in timeline.rows}) <= most:
            break
        last: dict[tuple[Cell, ...], Sequence[Cell]] = {}
        place = timeline.header.index("currency")
        for row in timeline.rows:
            period = str(Period.of(Period.parse(str(row[0])).start, size))
            last[period, *row[1 : place + 1]] = (period, *row[1:])
        timeline = replace(timeline, rows=list(last.values()))
    return timeline
