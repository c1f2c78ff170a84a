"""Tables: which CSVs a package has, and each beside what the journal says; their copies for spreadsheets too."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ledger.formats.verifier.amounts import exact
from ledger.formats.verifier.balances import (
    CONTROL_TOTALS,
    FX_RATES,
    ITEMS_BALANCE,
    TRIAL_BALANCE,
    control_totals,
    fx_rates,
    items_balance,
    rates_missing,
    trial_balance,
)
from ledger.formats.verifier.comparison import Layout, cells_of, differences
from ledger.formats.verifier.details import GL_DETAIL, ITEMS_DETAIL, gl_detail, items_detail
from ledger.formats.verifier.entries import lines_of
from ledger.formats.verifier.listings import (
    CHART_OF_ACCOUNTS,
    CITATIONS,
    ENTRIES,
    LATE_ENTRIES,
    PLEDGES,
    SOURCE_LISTING,
    USER_LISTING,
    chart_of_accounts,
    citations,
    entries,
    late_entries,
    pledges,
    source_listing,
    user_listing,
)
from ledger.formats.verifier.options import Options
from ledger.formats.verifier.package import Package, RateRow, Row
from ledger.formats.verifier.words import Problem, Unsound, shown

_POSTING = ("Journal_ID", "Journal_ID_Line_Number")
RATES, VALUED = "fx_rates.csv", "gl_detail.csv"
"""The rates, and the table whose amounts are valued with them."""

TABLES = {
    RATES: Layout(FX_RATES, ("currency", "on"), fx_rates),
    VALUED: Layout(GL_DETAIL, _POSTING, gl_detail),
    "items_detail.csv": Layout(ITEMS_DETAIL, _POSTING, items_detail),
    "trial_balance.csv": Layout(TRIAL_BALANCE, ("Segment05", "GL_Account_Number", "Amount_Currency"), trial_balance),
    "items_balance.csv": Layout(ITEMS_BALANCE, ("Segment05", "GL_Account_Number", "Item"), items_balance),
    "chart_of_accounts.csv": Layout(CHART_OF_ACCOUNTS, ("GL_Account_Number",), chart_of_accounts),
    "source_listing.csv": Layout(SOURCE_LISTING, ("Source",), source_listing),
    "user_listing.csv": Layout(USER_LISTING, ("User_ID",), user_listing),
    "entries.csv": Layout(ENTRIES, ("Journal_ID", "Change"), entries),
    "pledges.csv": Layout(PLEDGES, ("pledge",), pledges),
    "citations.csv": Layout(CITATIONS, ("Journal_ID", "Citation"), citations),
    "control_totals.csv": Layout(CONTROL_TOTALS, ("table", "commodity"), control_totals),
    "late_entries.csv": Layout(LATE_ENTRIES, ("Journal_ID",), late_entries),
}
"""The tables of a package; the rates first, which another is computed with."""

_GUARDED = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20'")
"""What a spreadsheet takes for the beginning of a formula, and the apostrophe that guards against it."""

_SIGNED = frozenset("Amount_Beginning Amount_Ending Quantity_Beginning Quantity_Ending sum".split())
"""Columns of numbers that may be negative. All other numbers and days begin with a digit."""


def table_problems(package: Package, name: str, layout: Layout) -> Iterator[Problem]:
    """What is wrong with one table, and with its copy for spreadsheets, if there is one."""
    for found in (name, copy_of(name)):
        path = os.path.join(package.folder, found)
        rows = layout.rows(package)
        if os.path.isfile(path) and not os.path.islink(path):
            guarded = rows if found == name else (_guarded(layout.columns, row) for row in rows)
            yield from differences(found, layout, guarded, lines_of(path))
    if name == RATES and not package.options.may_miss:
        for currency, on in rates_missing(package):
            yield name, f"has no rate for {shown(currency)} on {on}, and amounts are valued at it"


def copy_of(name: str) -> str:
    """The name of a table's copy for spreadsheets."""
    return name.replace(".csv", ".excel.csv")


def _guarded(columns: tuple[str, ...], row: Row) -> Row:
    """A row for spreadsheets: text that could be a formula has an apostrophe in front."""
    return tuple(
        "'" + each if each[:1] in _GUARDED and each and column not in _SIGNED else each
        for column, each in zip(columns, row)
    )


def _unguarded(row: Row) -> Row:
    """A row of a copy as the table has it: no number begins with an apostrophe."""
    return tuple(each[1:] if each[:1] == "'" else each for each in row)


def read_rates(path: str, options: Options, rates: dict[tuple[str, str], RateRow]) -> Iterator[Problem]:
    """Read rates by currency and day from the table or its copy, and say what cannot be right about them."""
    name = os.path.basename(path)
    for number, line in lines_of(path):
        cells = cells_of(line) if name == RATES else _unguarded(cells_of(line))
        if number == 1 or len(cells) != len(FX_RATES):
            continue  # comparing the lines says what is wrong with it
        row = dict(zip(FX_RATES, cells))
        try:
            base, quote = exact(row["base_rate"]), exact(row["quote_rate"])
        except Unsound as error:
            yield f"{name} line {number}", str(error)
            continue
        if (row["currency"], row["on"]) in rates:
            yield f"{name} line {number}", f"is a second rate of {shown(row['currency'])} on {shown(row['on'])}"
            continue
        rates[row["currency"], row["on"]] = RateRow(cells, quote / base)
        for said in _of_one_pivot(row, options.currency, quote / base == 1):
            yield f"{name} line {number}", said


def _of_one_pivot(row: dict[str, str], into: str, is_one: bool) -> Iterator[str]:  # noqa: FBT001 - a plain fact
    """What of a rate does not fit together."""
    if row["pivot"] == row["currency"] and row["base_rate"] != "1":
        yield f"base_rate is {shown(row['base_rate'])}, and is of the pivot itself"
    if row["pivot"] == into and row["quote_rate"] != "1":
        yield f"quote_rate is {shown(row['quote_rate'])}, and is of the pivot itself"
    if row["currency"] == into and not is_one:
        yield f"rate is {shown(row['rate'])}, and the reporting currency is worth itself"
    if not row["observations"].isdecimal():
        yield f"observations is {shown(row['observations'])}, and should be a number"
