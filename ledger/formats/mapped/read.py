"""A table as a reading: delimited text or a workbook, by a map or by the columns that are read without one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.delimited import Delimited, Unfit
from ledger.formats.mapped.cells import Cell, text_of
from ledger.formats.mapped.header import contract, places, unnamed
from ledger.formats.mapped.map import Layout, Map
from ledger.formats.mapped.rows import Rows
from ledger.formats.reading import Reading, cleaned, refuse_name
from ledger.formats.workbook import Cell as Kept
from ledger.formats.workbook import load
from ledger.message import counted, message
from ledger.recognition.proposal import Finding, Rejection, Remark, Spot

Row = tuple[int, Sequence[Cell]]

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zips, and older workbooks that are refused in words
_UNNAMED = re.compile("[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: the names of its columns, and its rows by their numbers."""

    header: Sequence[str]
    rows: Callable[[], Iterator[Row | Unfit]]
    total: int = 0
    done: Callable[[], int] = lambda: 0


def read(path: Path, mapping: Map | None = None, name: str | None = None) -> Reading:
    """The findings of a table; ``name`` begins its origins, else the map's, else the file's own without its ending.

    Raises :class:`InputError` for a file that cannot be read as a whole, and for a map that does not fit it.
    """
    refuse_name(name)
    table = open_sheet(path, mapping.layout if mapping else Layout())
    try:
        chosen = mapping or contract(table.header)
        index = places(table.header, chosen)
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message, hint=error.hint) from None
    called = name or chosen.name or named_after(path)
    empty = () if mapping else unnamed(table.header)
    rows = Rows(chosen, index, name=called, source=path.name, unnamed=empty)
    findings = _findings(table.rows(), rows, path.name)
    return Reading(name=called, findings=findings, complete=chosen.complete, total=table.total, done=table.done)


def open_sheet(path: Path, layout: Layout) -> Sheet:
    """The table in a file, by what the file is and not by what it is called."""
    if is_workbook(path):
        return _sheet(path, layout)
    text = Delimited(path, delimiter=layout.delimiter, encoding=layout.encoding, row=layout.header)
    return Sheet(text.header, text.rows, text.total, lambda: text.done)


def is_workbook(path: Path) -> bool:
    """Whether a file begins as workbooks do, older ones that are refused in words among them."""
    try:
        if not path.is_file():
            return False  # what is wrong is said where it is opened
        with path.open("rb") as file:
            return file.read(4) in _WORKBOOK
    except (OSError, ValueError):
        return False


def _sheet(path: Path, layout: Layout) -> Sheet:
    book = load(path)
    sheet = layout.sheet if layout.sheet is not None else _only(path, book.sheets)
    rows = iter(book.rows(sheet))
    for number, row in rows:
        if number >= layout.header and any(cell is not None for cell in row):
            names = [text_of(_plain(cell)) for cell in row]
            return Sheet(names, partial(_sheet_rows, rows, len(names)))
    raise InputError("{path} cannot be read: its sheet '{sheet}' has no header", path=path, sheet=cleaned(sheet))


def _only(path: Path, sheets: Sequence[str]) -> str:
    if len(sheets) == 1:
        return sheets[0]
    listed = ", ".join(map(cleaned, sheets)) or message("none")
    raise InputError(
        "{path} cannot be read: it has several sheets ({sheets}): name one in a map, [file] sheet = ...",
        path=path,
        sheets=listed,
    )


def _sheet_rows(rows: Iterable[tuple[int, tuple[Kept, ...]]], width: int) -> Iterator[Row | Unfit]:
    """Rows of a sheet as wide as its header: empty cells beyond it are none."""
    for number, row in rows:
        cells = [_plain(cell) for cell in row]
        if all(cell == "" for cell in cells):
            continue
        if any(cell != "" for cell in cells[width:]):
            yield Unfit(
                number,
                message(
                    "it has a cell in column {column}, and the header ends at {width}", column=len(cells), width=width
                ),
            )
        else:
            yield number, cells[:width] + [""] * (width - len(cells))


def _plain(cell: Kept) -> Cell:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell


def _findings(table: Iterator[Row | Unfit], rows: Rows, source: str) -> Iterator[Finding]:
    """What each row proposes; at the end, how many the map left out."""
    for row in table:
        if isinstance(row, Unfit):
            yield Rejection(Spot(source, str(row.number)), row.reason)
        elif (found := rows.finding(*row)) is not None:
            yield found
    for why, count in rows.skipped.items():
        yield Remark(
            Spot(source, ""),
            counted("{count:,} row is left out: {why}", "{count:,} rows are left out: {why}", count=count, why=why),
        )


def named_after(path: Path) -> str:
    """A name for origins from the file's: ``Pledges (2025).csv`` is ``pledges-2025``."""
    found = _UNNAMED.sub("-", path.stem.lower()).strip("-.")[:64]
    if not found:
        raise InputError("{path}: give it a name of letters a-z and digits: its records are known by it", path=path)
    return found
