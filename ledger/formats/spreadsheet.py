"""The spreadsheet: tables written as a workbook (XLSX) with typed cells, and never a formula.

Amounts are numbers with their currency's digits, days are dates, text is text whatever it begins with. What a
spreadsheet would not keep to the last digit is written as text, marked and told. The same tables, the same bytes.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from ledger.message import Message, counted, joined
from ledger.money import Money
from ledger.table import Cell, Column, Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped] # it states no types
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MOST_ROWS = 1_048_576
"""The rows of a sheet, its header among them; what is longer goes on in a sheet of the same name and a number."""

MOST_DIGITS = 15
"""The digits that a spreadsheet keeps of any number: it holds it as a double."""

LONGEST_TEXT = 32_767
"""What a cell holds of a text, in UTF-16 units."""

FIRST_DAY = date(1900, 3, 1)
"""The first day that all spreadsheets count alike: some know a 29 February 1900."""

LONGEST_NAME = 31
"""The letters of a sheet's name."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}
_NARROWEST, _WIDEST = 8, 60  # characters
_LOOKED_AT = 200  # rows by which a column's width is found
_EXAMPLES = 10
_CUT = " [cut]"
_REFUSED_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
_MARKUP = ("<r>", "</r>")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ESCAPE = re.compile(r"(?<=_)(?=x)")
_FIGURES = {"money", "number", "count"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A name, columns, and rows, which may be a stream; ``filtered`` where people may want some rows only."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    filtered: bool = True

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LONGEST_NAME or _REFUSED_IN_NAMES.search(self.name):
            raise ValueError(f"no spreadsheet takes '{self.name}' as the name of a sheet")

    @classmethod
    def of(cls, name: str, table: Table) -> Sheet:
        """The rows of a table; its totals are left out, which whoever adds up a column would count twice."""
        return cls(name, table.columns, table.rows)


@dataclass
class Places:
    """How many cells, and where the first of them are."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, place: str) -> None:
        """Count one more cell."""
        self.count += 1
        if len(self.first) < _EXAMPLES:
            self.first.append(place)

    @property
    def named(self) -> Message:
        """The first of them, and how many more there are."""
        shown, more = ", ".join(self.first), self.count - len(self.first)
        if not more:
            return joined(self.first)
        return counted("{places} and {count} more", "{places} and {count} more", count=more, places=shown)

    def __str__(self) -> str:
        return str(self.named)


@dataclass
class Remarks:
    """What became of a workbook: the rows of each sheet, numbers that stand as text, texts that were cut."""

    rows: dict[str, int] = field(default_factory=dict)
    as_text: Places = field(default_factory=Places)
    cut: Places = field(default_factory=Places)


def write(
    target: BinaryIO, sheets: Iterable[Sheet], *, created: datetime, cover: Callable[[Remarks], Sheet] | None = None
) -> Remarks:
    """Write a workbook of these sheets, each row as it comes, and say what could not be written as it is.

    ``created`` is when the file says it was made. The ``cover`` is the first sheet, made last: it is handed the
    remarks on the others. Raises :class:`ValueError` for two sheets of one name, :class:`OSError` where a disk is full.
    """
    with _workbook(target, created) as book:
        made, remarks = _Maker(book), Remarks()
        first = made.worksheet("README") if cover else None
        for sheet in sheets:
            made.fill(sheet, remarks)
        if cover and first:
            made.fill(cover(remarks), Remarks(), first)
    return remarks


@contextmanager
def _workbook(target: BinaryIO, created: datetime) -> Iterator[Workbook]:
    """A workbook whose rows wait in a folder of their own, which goes with them."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped] # noqa: PLC0415 - only workbooks need it
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped] # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="aidledger-", ignore_cleanup_errors=True) as folder:
        held = _Held(target)
        book = Workbook(held, {**_OPTIONS, "tmpdir": folder})
        book.set_properties({"created": created.replace(tzinfo=None), "comments": "made by aidledger"})
        try:
            yield book
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None  # an OSError, as every other file's
        finally:
            held.let_go()
            for sheet in book.worksheets():
                sheet.row_data_fh.close()  # where nothing was written, nobody else does
            book.fileclosed = True


class _Held:
    """A file until it is let go: an archive that failed tries to end itself once more when it is thrown away."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def let_go(self) -> None:
        """Have whatever else is written go nowhere."""
        self._target = io.BytesIO()

    def __getattr__(self, name: str) -> object:
        return getattr(self._target, name)


class _Maker:
    """Sheets as they are made: their formats, and the names that are taken."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[str, int], Format] = {}
        self._taken: set[str] = set()
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": False})

    def worksheet(self, name: str) -> Worksheet:
        """A new sheet of this name."""
        if name.casefold() in self._taken:
            raise ValueError(f"two sheets are called '{name}'")
        self._taken.add(name.casefold())
        return self._book.add_worksheet(name)

    def format(self, kind: str, digits: int = 0) -> Format:
        """How cells of a kind look: amounts by the digits of their currency, marked where they are text."""
        if (kind, digits) not in self._formats:
            figure = "#,##0" + ("." + "0" * digits if digits else "")
            looks = {
                "money": {"num_format": figure},
                "date": {"num_format": "yyyy-mm-dd", "align": "left"},
                "text": {"num_format": "@"},
                "marked": {"num_format": "@", "align": "right", "italic": True, "bg_color": "#FFF2CC"},
            }
            self._formats[kind, digits] = self._book.add_format(looks[kind])
        return self._formats[kind, digits]

    def fill(self, sheet: Sheet, remarks: Remarks, first: Worksheet | None = None) -> None:
        """Write a sheet's rows, in as many sheets as they need."""
        page = _Page(self, first or self.worksheet(sheet.name), sheet, remarks)
        number = 1
        for row in sheet.rows:
            if page.filled == MOST_ROWS:
                page.finish()
                number += 1
                name = f"{sheet.name[: LONGEST_NAME - len(f' {number}')]} {number}"
                page = _Page(self, self.worksheet(name), sheet, remarks)
            page.add(row)
        page.finish()


class _Page:
    """One sheet of a workbook, filled from its header on."""

    def __init__(self, maker: _Maker, sheet: Worksheet, of: Sheet, remarks: Remarks) -> None:
        self._maker, self._sheet, self._remarks = maker, sheet, remarks
        self._kinds = [column.kind for column in of.columns]
        self._plain = maker.format("text")
        self._widths = [max(_NARROWEST, len(column.name) + 4) for column in of.columns]  # room for the filter's button
        self._filtered = of.filtered
        self.filled = 1
        for place, column in enumerate(of.columns):
            sheet.write_string(0, place, column.name, maker.header)

    def add(self, row: Sequence[Cell]) -> None:
        """Write one more row."""
        for place, (cell, kind) in enumerate(zip(row, self._kinds, strict=True)):
            if cell is not None:
                self._write(place, cell, kind)
        self.filled += 1

    def finish(self) -> None:
        """Freeze the header, let the rows be filtered, and make the columns as wide as what stands in them."""
        self._sheet.freeze_panes(1, 0)
        if self._filtered:
            self._sheet.autofilter(0, 0, self.filled - 1, len(self._kinds) - 1)
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, min(width, _WIDEST))
        self._remarks.rows[self._sheet.get_name()] = self.filled - 1

    def _write(self, place: int, cell: Cell, kind: str) -> None:
        if isinstance(cell, str):  # most cells are
            if kind == "number" and _DECIMAL.fullmatch(cell):
                self._number(place, cell, "", 0)
            else:
                self._text(place, cell)
        elif isinstance(cell, Money):
            self._number(place, cell.plain(), "money", cell.commodity.digits)
        elif isinstance(cell, date):
            self._day(place, cell)
        else:
            self._number(place, str(cell), "money" if kind == "count" else "", 0)

    def _number(self, place: int, plain: str, kind: str, digits: int) -> None:
        """A number, if a double keeps all its digits; else its text."""
        self._measure(place, len(plain) + len(plain) // 3)
        if len(plain) > MOST_DIGITS and len(plain.replace(".", "").strip("-0")) > MOST_DIGITS:
            self._remarks.as_text.add(self._place(place))
            self._sheet.write_string(self.filled, place, plain, self._maker.format("marked"))
        else:
            shown = self._maker.format(kind, digits) if kind else None
            self._sheet.write_number(self.filled, place, Decimal(plain), shown)

    def _day(self, place: int, day: date) -> None:
        self._measure(place, len("2025-03-02"))
        if day < FIRST_DAY:
            self._sheet.write_string(self.filled, place, day.isoformat(), self._plain)
        else:
            self._sheet.write_datetime(self.filled, place, day, self._maker.format("date"))

    def _text(self, place: int, text: str) -> None:
        self._measure(place, len(text))
        if len(text) > LONGEST_TEXT // 2 and _units(text) > LONGEST_TEXT:
            self._remarks.cut.add(self._place(place))
            text = _shortened(text)
        if text.startswith(_MARKUP[0]) and text.endswith(_MARKUP[1]):  # which the library would take for its own
            self._sheet.write_rich_string(self.filled, place, *_pieces(text), self._plain)
        else:
            self._sheet.write_string(self.filled, place, text, self._plain)

    def _measure(self, place: int, length: int) -> None:
        if self.filled <= _LOOKED_AT and length + 2 > self._widths[place]:
            self._widths[place] = length + 2

    def _place(self, place: int) -> str:
        """Where a cell is, as a spreadsheet writes it."""
        from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped] # noqa: PLC0415 - as above

        return f"{self._sheet.get_name()}!{xl_rowcol_to_cell(self.filled, place)}"


def _units(text: str) -> int:
    """The length of a text as spreadsheets count it: in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _shortened(text: str) -> str:
    """As much of a text as a cell holds, with a mark that it goes on."""
    kept = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - len(_CUT))]
    return kept.decode("utf-16-le", errors="ignore") + _CUT


def _pieces(text: str) -> list[str]:
    """A text that looks like the library's own markup, in pieces that do not: nor like an escape (``_x0041_``)."""
    return [text[0], text[1], *_ESCAPE.split(text[2:])]
