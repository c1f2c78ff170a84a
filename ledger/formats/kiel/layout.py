"""Layouts: the two ways in which the tracker's main sheet was laid out, told apart by the names of its columns.

Columns are found by name wherever they stand; case, blanks and footnote blanks do not matter. Release 7 leaves the
name of the items' column empty: it is the nameless one right before ``Type of item``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.errors import InputError
from ledger.formats.workbook import Cell, Workbook
from ledger.message import Message, message
from ledger.recognition.proposal import Spot

MOST_ROWS = 100_000
LONGEST_VALUE = 500  # characters of a cell that are shown

_HEADER_WITHIN = 30  # rows from the top
_ALIKE = 4  # columns that a sheet must share with the tracker's to be named in a refusal
_ABSENT = frozenset({"", ".", "..", "-", "n/a", "na", "nan", "none", "null", "not given", "not available"})

ID = "id"
COUNTRY = "countries"
DAY = "announcement date"
PURPOSE = "type of aid general"
SPECIFIC = "type of aid specific"
EXPLANATION = "explanation"
CURRENCY = "original currency"
DONATION = "type of donation"
ITEM = "items"
ITEM_TYPE = "type of item"
UNITS = "no. of units"
UNITS_DELIVERED = "no. of units delivered (in-kind military aid)"
TOTAL = "total"
EUROS = "converted value in eur"
DELIVERED = "total monetary value delivered in eur"
ALLOCATED = "allocated total in eur"
REDISTRIBUTED = "allocated total in eur (redistributed)"
ALLOCATION = "allocation id"
REALLOCATED = "reallocation_package_id"
OFFICIAL = "official source"
SOURCES = ("source of aid 1", "source of aid 2", "source of aid 3", "source of aid 4")
INITIATIVE = "international initiative"
DELIVERY_SOURCE = "source for delivery"

_BOTH = (ID, COUNTRY, DAY, PURPOSE, SPECIFIC, CURRENCY, TOTAL, EUROS)
_LATER = (DONATION, REDISTRIBUTED)
_USED = frozenset({
    *_BOTH, *_LATER, *SOURCES, EXPLANATION, ITEM, UNITS, UNITS_DELIVERED, DELIVERED, ALLOCATED, ALLOCATION,
    REALLOCATED, OFFICIAL, INITIATIVE, DELIVERY_SOURCE,
})  # fmt: skip


def words(cell: Cell) -> str:
    """What a cell says in words, blanks of any kind as one; nothing, where it says that it says nothing."""
    if isinstance(cell, Decimal):
        return format(cell.to_integral_value() if cell == cell.to_integral_value() else cell, "f")
    text = " ".join(str("" if cell is None else cell).split())
    return "" if text.casefold() in _ABSENT else text


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the main sheet: the number a spreadsheet shows, and its cells by the names of their columns."""

    file: str
    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells.get(column)

    def text(self, column: str) -> str:
        """What a cell says in words."""
        return words(self.cells.get(column))

    def at(self, column: str = "") -> Spot:
        """Where a cell stands and what it holds; the name of its column as Release 7 and 2024 capitalise it."""
        cell = self.cells.get(column)
        held = "" if cell is None else words(cell) if isinstance(cell, Decimal) else str(cell)
        return Spot(self.file, str(self.number), _TITLES.get(column, column), held[:LONGEST_VALUE])

    @property
    def allocates(self) -> bool:
        """Whether the row is of an allocation; every row of release 7 is of a commitment."""
        return self.text(DONATION).casefold().startswith("allocat")


_TITLES = {
    ID: "ID",
    COUNTRY: "Countries",
    DAY: "Announcement Date",
    PURPOSE: "Type of Aid General",
    SPECIFIC: "Type of Aid Specific",
    CURRENCY: "Original Currency",
    DONATION: "Type of donation",
    ITEM: "Items",
    UNITS: "No. of Units",
    UNITS_DELIVERED: "No. of Units Delivered (in-kind military aid)",
    TOTAL: "Total",
    EUROS: "Converted Value in EUR",
    DELIVERED: "Total monetary value delivered in EUR",
    ALLOCATED: "Allocated Total in EUR",
    REDISTRIBUTED: "Allocated Total in EUR (redistributed)",
    ALLOCATION: "Allocation ID",
}


@dataclass(frozen=True, slots=True)
class Main:
    """The main sheet: its name, the row of its header, where each column stands, and whether rows allocate."""

    sheet: str
    header: int
    columns: Mapping[str, int]
    allocates: bool


def find(book: Workbook) -> Main:
    """The main sheet of a tracker's workbook, whatever it is called.

    Raises :class:`InputError` where no sheet has the columns of a known layout, naming those that are missing.
    """
    best: Main | None = None
    for sheet in book.sheets:
        for candidate in _headers(book, sheet):
            if not missing(candidate.columns):
                return candidate
            if best is None or _shared(candidate) > _shared(best):
                best = candidate
    raise InputError(
        _nothing_like_it(book, best), hint=message("any other table is read by a map: aidledger import csv")
    )


def rows(book: Workbook, main: Main) -> Iterator[Row]:
    """The rows under the header that say anything at all. Raises :class:`InputError` beyond 100,000."""
    for number, cells in book.rows(main.sheet):
        if number <= main.header:
            continue
        if number > MOST_ROWS:
            raise InputError(
                "{path} cannot be read: its sheet '{sheet}' has more than {most:,} rows",
                path=book.path,
                sheet=main.sheet,
                most=MOST_ROWS,
            )
        found = {name: cells[place] for name, place in main.columns.items() if place < len(cells)}
        if any(words(cell) for cell in found.values()):
            yield Row(book.path.name, number, found)


def missing(columns: Mapping[str, int]) -> list[str]:
    """The names of columns that a layout needs and a header has not; both additions of 2024, or neither."""
    needed = [*_BOTH, *(_LATER if any(name in columns for name in (*_LATER, ALLOCATION)) else ())]
    return [_TITLES.get(name, name) for name in needed if name not in columns]


def _headers(book: Workbook, sheet: str) -> Iterator[Main]:
    for number, cells in book.rows(sheet):
        if number > _HEADER_WITHIN:
            return
        columns = _columns(cells)
        if len(columns) >= _ALIKE:
            yield Main(sheet, number, columns, REDISTRIBUTED in columns)


def _columns(cells: tuple[Cell, ...]) -> dict[str, int]:
    """Where each column that is used stands; of two with one name, the first."""
    names = [" ".join(cell.split()).casefold() if isinstance(cell, str) else "" for cell in cells]
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in _USED:
            found.setdefault(name, place)
        elif name == ITEM_TYPE and place and not names[place - 1]:
            found.setdefault(ITEM, place - 1)
    return found


def _shared(main: Main) -> int:
    return sum(name in main.columns for name in _BOTH)


def _nothing_like_it(book: Workbook, best: Main | None) -> Message:
    if best is None:
        return message(
            "{path} cannot be read: no sheet has the columns of the tracker's release 7 or of its layout of 2024;"
            " its sheets are {sheets}",
            path=book.path,
            sheets=", ".join(book.sheets)[:LONGEST_VALUE],
        )
    return message(
        "{path} cannot be read: no sheet has the columns of the tracker's release 7 or of its layout of 2024;"
        " '{sheet}' comes nearest, and lacks {columns}",
        path=book.path,
        sheet=best.sheet,
        columns=", ".join(missing(best.columns)),
    )
