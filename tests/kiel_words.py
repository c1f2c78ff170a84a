"""The tracker's workbooks in tests: made by hand from rows, read, and recorded step by step."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from ledger.book import Book
from ledger.exchange import Worth
from ledger.formats.kiel.read import read
from ledger.formats.reading import Reading
from ledger.recognition.proposal import Finding, Proposal, Rejection, Remark
from ledger.recognition.steps import Announce, Correct, Move, Step
from ledger.reports.measures import MEASURES
from ledger.selection import Selection
from tests.world import records

NAME = "kiel-made"
RELEASE_7 = (
    "ID", "countries", "Announcement Date", "Type of Aid General", "Type of Aid Specific", "Explanation",
    "Original Currency", "Monetary Value as Given by Source", "", "Type of item", "Sub-type of item",
    "Soviet origin (1)", "No. of Units", "No. of Units delivered (in-kind military aid)", "Total ",
    "Converted Value in EUR", "Total monetary value delivered in EUR", "Official Source", "Source of Aid 1",
    "Source of Aid 2", "Source for Delivery", "Sub-type of item",
)  # fmt: skip
LATER = (
    "ID", "Countries", "Announcement Date", "Type of Aid General", "Type of Aid Specific", "Explanation",
    "Original Currency", "Type of donation", "Monetary Value as Given by Source", "Items", "Type of Item",
    "Sub-type of item", "No. of Units", "No. of Units Delivered (in-kind military aid)", "Total ",
    "Converted Value in EUR", "Total monetary value delivered in EUR", "Allocated Total", "Allocated Total in EUR",
    "Allocated Total in EUR (redistributed)", "Allocation ID", "Reallocation_package_ID", "Official Source",
    "Source of Aid 1", "International Initiative", "Source for Delivery",
)  # fmt: skip
RATES = (("EUR", 1), ("USD", 1.25), ("GBP", 0.8), ("JPY", 150), ("SEK", 10.8012))
SHORT = {
    "id": "ID", "country": "Countries", "on": "Announcement Date", "purpose": "Type of Aid General",
    "kind": "Type of Aid Specific", "why": "Explanation", "currency": "Original Currency", "total": "Total ",
    "eur": "Converted Value in EUR", "delivered": "Total monetary value delivered in EUR", "item": "Items",
    "units": "No. of Units", "arrived": "No. of Units Delivered (in-kind military aid)", "donation": "Type of donation",
    "allocated": "Allocated Total in EUR", "redistributed": "Allocated Total in EUR (redistributed)",
    "allocation": "Allocation ID", "linked": "Reallocation_package_ID", "official": "Official Source",
    "source": "Source of Aid 1", "source_2": "Source of Aid 2", "initiative": "International Initiative",
    "delivery_source": "Source for Delivery",
}  # fmt: skip
"""Short names of columns, so that a row reads as what it says."""


def row(key: str, **said: Any) -> dict[str, Any]:
    """A row of a package, by the columns' short names: Britain's military grant in euros, unless it says otherwise."""
    usual = {"country": "United Kingdom", "on": date(2023, 3, 1), "purpose": "Military", "kind": "Grant"}
    if said.get("total") is not None or said.get("eur") is not None:
        usual["currency"] = "EUR"
    return {"id": key} | usual | said


def commitment(key: str, euros: Any = None, **said: Any) -> dict[str, Any]:
    """A row that commits so many euros."""
    values = {"total": euros, "eur": euros} if euros is not None else {}
    return row(key, **({"donation": "Commitment"} | values | said))


def allocation(key: str, euros: Any = None, **said: Any) -> dict[str, Any]:
    """A row that allocates so many euros."""
    return row(key, **({"donation": "Allocation", "redistributed": euros, "currency": "EUR"} | said))


def workbook(
    path: Path,
    rows: Iterable[dict[str, Any]],
    *,
    header: Sequence[str] = LATER,
    rates: Sequence[tuple[str, Any]] = RATES,
    sheet: str = "Bilateral Assistance, MAIN DATA",
) -> Path:
    """A workbook with these rows, and a sheet of rates where there are any."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        write(book.add_worksheet("ReadMe"), [["a workbook made by hand"]])
        write(book.add_worksheet(sheet), [header, *(_placed(header, row) for row in rows)])
        if rates:
            write(book.add_worksheet("Exchange rates"), [[], ["", "Currency", "1 EUR"], *(("", *one) for one in rates)])
    return path


def seventh(folder: Path, *rows: dict[str, Any]) -> Path:
    """A workbook of release 7 with these rows."""
    return workbook(folder / "rows.xlsx", rows, header=RELEASE_7)


def write(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a sheet as they are: text stays text."""
    for number, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell)
            elif cell is not None:
                sheet.write(number, place, float(cell) if isinstance(cell, Fraction | Decimal) else cell)


def _placed(header: Sequence[str], said: dict[str, Any]) -> list[Any]:
    cells: list[Any] = [None] * len(header)
    folded = [name.casefold() for name in header]
    for name, value in said.items():
        column = SHORT[name].casefold()
        place = folded.index(column) if column in folded else header.index("")  # the items of release 7 have no name
        cells[place] = value
    return cells


def found(path: Path, name: str = NAME) -> list[Finding]:
    """Everything that is found in a workbook."""
    return list(read(path, name).findings)


def steps(findings: Iterable[Finding]) -> dict[str, Step]:
    """The steps that are proposed, by origin: each origin is there once."""
    every = [step for one in findings if isinstance(one, Proposal) for step in one.steps]
    by_origin = {str(step.evidence.origin): step for step in every}
    assert len(by_origin) == len(every)
    return by_origin


def announcement(findings: Iterable[Finding], key: str = "X1", name: str = NAME) -> Announce:
    """The step that announces a package."""
    step = steps(findings)[f"{name}:{key}"]
    assert isinstance(step, Announce)
    return step


def rejected(findings: Iterable[Finding]) -> list[str]:
    """What was rejected, as ``row column 'value': reason``."""
    return [_told(one) for one in findings if isinstance(one, Rejection)]


def remarked(findings: Iterable[Finding]) -> list[str]:
    """What was remarked on, as ``row column 'value': reason``."""
    return [_told(one) for one in findings if isinstance(one, Remark)]


def _told(one: Rejection | Remark) -> str:
    return f"{one.at.row} {one.at.column} '{one.at.value}': {one.reason}"


def record(book: Book, reading: Reading) -> None:
    """Record all that is proposed, and the rates that came with it."""
    needed: dict[str, Step] = {}
    every: list[Step] = []
    for one in reading.findings:
        if isinstance(one, Proposal):
            needed |= {need.code: need for need in one.needs}
            every += one.steps
    book.record_all([*needed.values(), *every])
    if reading.rates:
        book.import_rates(reading.rates)


def totals(
    book: Book, name: str = NAME, *, leaving_out: Iterable[str] = ()
) -> dict[tuple[str, str], dict[str, Fraction]]:
    """What the book has for each donor and purpose in euros, at the workbook's own rates, by measure."""
    worth = Worth("EUR", "spot", (name,))
    table = records(book.totals(Selection(), by=("donor", "purpose"), worth=worth))
    sums = {(str(one["donor"]), str(one["purpose"])): _figures(one) for one in table}
    for pledge in leaving_out:
        for one in records(book.totals(Selection(pledge=(pledge,)), by=("donor", "purpose"), worth=worth)):
            cell = sums[str(one["donor"]), str(one["purpose"])]
            for measure, value in _figures(one).items():
                cell[measure] -= value
    return sums


def _figures(cells: dict[str, str | None]) -> dict[str, Fraction]:
    return {name: Fraction(cells[name] or 0) for name in MEASURES if name in cells}


# Files made by hand, and what is read from them


def rows_of(path: Path) -> list[list[object]]:
    """The cells of a CSV as a spreadsheet would hold them: figures as numbers, ISO days as days, the rest as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return [[_cell(text) for text in line] for line in csv.reader(file)]


def _cell(text: str) -> object:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else text or None


def case(source: Path, target: Path) -> Path:
    """The workbook of a case: its rows, and a sheet of round rates. The same bytes every time."""
    rates = (*RATES[:-1], ("CZK", 25), ("DKK", 7.5), ("SEK", 10), ("TWD", "not quoted"))
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": datetime(2025, 1, 1, tzinfo=UTC)})
        write(book.add_worksheet("Bilateral assistance, MAIN DATA"), rows_of(source))
        write(book.add_worksheet("Exchange rates"), [[], ["", "Currency", "1 EUR"], *(("", *one) for one in rates)])
    return target


def told(reading: Reading) -> str:
    """A reading as ``expected.txt`` has it: rates, then each finding in a paragraph."""
    table = [f"1 EUR = {rate.text} {rate.quote}" for rate in reading.rates.rates] if reading.rates else []
    problems = [f"{seen.code} {seen.where}: {seen.message}" for seen in reading.rates.problems] if reading.rates else []
    return "\n".join([*table, *problems, "", *map(_finding, reading.findings)]) + "\n"


def _finding(one: Finding) -> str:
    if isinstance(one, Proposal):
        needs = [f"  needs {need.code} ({need.name})" for need in one.needs]
        return "\n".join(
            [f"row {one.at.row} proposal", *(line for step in one.steps for line in _step(step)), *needs, ""]
        )
    return f"row {one.at.row} {type(one).__name__.lower()} {_told(one).partition(' ')[2]}\n"


def _step(step: Step) -> Iterator[str]:
    evidence = step.evidence
    if isinstance(step, Announce):
        yield f"  {evidence.origin} {evidence.on} {step.donor} {step.purpose} {step.instrument} {step.source or '-'}"
        yield from (f"    {one.firmness} {one.amount}" for one in step.promises)
        yield from (f"    stated {one}" for one in step.stated)
        yield f"    {step.stage or 'undisclosed'}: {step.title}" + (f" [{step.package}]" if step.package else "")
    else:
        assert isinstance(step, Move | Correct)
        kind = "correct " if isinstance(step, Correct) else ""
        yield f"  {evidence.origin} {evidence.on} {kind}{step.kind} {', '.join(map(str, step.amounts))}"
    yield from [f"    note: {evidence.note}"] if evidence.note else []
    yield from (f"    {one.url} official: {one.official}" for one in evidence.citations)
