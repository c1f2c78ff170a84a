"""The workbook: an XLSX file as sheets of rows, numbers exact, formulas never run.

A cell holds what a person sees there: text, an exact number, a day, yes or no, or nothing. Of a formula the value
that the spreadsheet last showed is read. The file is looked at in :mod:`ledger.formats.workbook_bounds` first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import InputError
from ledger.formats.workbook_bounds import checked

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cell = str | Decimal | date | bool | None
Row = tuple[Cell, ...]

_LONGEST_REASON = 120  # characters of what the library says


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of one file, by their names; rows are read when they are asked for."""

    path: Path
    sheets: tuple[str, ...]
    _book: CalamineWorkbook

    def rows(self, sheet: str) -> Iterator[tuple[int, Row]]:
        """Each row with its number as a spreadsheet shows it; its first cell is column A.

        Raises :class:`InputError` for a sheet that is not there or cannot be read.
        """
        if sheet not in self.sheets:
            raise InputError(
                "{path} has no sheet '{sheet}': it has {sheets}",
                path=self.path,
                sheet=sheet,
                sheets=", ".join(self.sheets),
            )
        with _library(self.path):
            found = self._book.get_sheet_by_name(sheet)
            before: Row = (None,) * (found.start[1] if found.start else 0)  # the library leaves out empty columns
            rows = enumerate(found.iter_rows(), start=1)
        for number, row in rows:
            yield number, (*before, *map(_cell, row))


def load(path: Path) -> Workbook:
    """The workbook in a file.

    Raises :class:`InputError` for a file that is no workbook, is damaged or locked, or too large in any way.
    """
    try:
        copy = checked(path)
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message) from None
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only workbooks need it

    with _library(path):
        book = CalamineWorkbook.from_filelike(io.BytesIO(copy))
        return Workbook(path, tuple(book.sheet_names), book)


@contextmanager
def _library(path: Path) -> Iterator[None]:
    """Whatever the library says of a workbook becomes a refusal; its panics are no ordinary exceptions."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic in Rust derives from BaseException only
        why = " ".join(str(error).split())[:_LONGEST_REASON]
        said = "".join(sign if sign.isprintable() else "?" for sign in why)
        raise InputError(
            "{path} cannot be read: it is a damaged workbook: {reason}; save it again as .xlsx", path=path, reason=said
        ) from None


def _cell(value: object) -> Cell:
    """A cell's value. Here, and nowhere else, does a float become exact: as the shortest digits that mean it."""
    if value == "" or value is None:
        return None
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value)) if isfinite(value) else None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value)  # a time of day, or a span of time
