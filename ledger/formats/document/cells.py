"""Cells: tables as a document shows them, figures in the reader's notation with their exact values behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.locale import Language
from ledger.message import Message, counted
from ledger.money import Money
from ledger.reports.chart import in_words, term
from ledger.reports.summary import MOST_ROWS
from ledger.table import Cell, Column, Table, plain_cell

Tag = Literal["data", "time", ""]

_FIGURES = {"money", "number", "count"}
_MONEY_OF = {"currency", "commodity"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell: its text, the element that says it exactly and the exact value; whether it is a figure."""

    text: str
    tag: Tag = ""
    exact: str = ""
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table for a document: the first cell of each row says what it is about."""

    name: str
    caption: str
    header: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Shown, ...], ...]
    totals: tuple[tuple[Shown, ...], ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a document writes: figures and days in this language, parties by these names, messages as they are said."""

    language: Language
    name: Callable[[str], str]
    said: Callable[[str], str] = str

    def grid(self, name: str, caption: str, table: Table, most: int = MOST_ROWS) -> Grid:
        """A table of at most so many rows, and how many more there are."""
        return Grid(
            name=name,
            caption=caption,
            header=tuple((self.said(term(column.name)), column.kind in _FIGURES) for column in table.columns),
            rows=tuple(self._row(row, table.columns) for row in table.rows[:most]),
            totals=tuple(self._row(row, table.columns) for row in table.totals),
            more=self._more(len(table.rows) - most, totals=bool(table.totals)),
        )

    def _more(self, count: int, *, totals: bool) -> str:
        if count <= 0:
            return ""
        number = self.language.number(count)
        if totals:
            return self.said(
                counted(
                    "{number} more row is not shown, and is in the total.",
                    "{number} more rows are not shown, and are in the total.",
                    count=count,
                    number=number,
                )
            )
        return self.said(
            counted("{number} more row is not shown.", "{number} more rows are not shown.", count=count, number=number)
        )

    def _row(self, row: Sequence[Cell], columns: Sequence[Column]) -> tuple[Shown, ...]:
        bare = any(column.name in _MONEY_OF for column in columns)
        return tuple(self._cell(cell, column, bare=bare) for cell, column in zip(row, columns, strict=True))

    def _cell(self, cell: Cell, column: Column, *, bare: bool) -> Shown:
        if cell is None:
            return Shown("", figure=column.kind in _FIGURES)
        exact = str(plain_cell(cell))
        if isinstance(cell, Money):
            text = self.language.decimal(exact) if bare else self.language.money(cell)
            return Shown(text, "data", exact, figure=True)
        if isinstance(cell, date):
            return Shown(self.language.day(cell), "time", exact)
        if column.kind == "party":
            return Shown(self.name(exact), "data", exact)
        if column.kind in _FIGURES:
            return Shown(self.language.decimal(exact), "data", exact, figure=True)
        return Shown(self.said(cell if isinstance(cell, Message) else in_words(exact, column)))
