"""A report is data: one table type that every report returns and every renderer takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.message import Message, message
from ledger.money import Money

Kind = Literal["text", "code", "party", "count", "date", "moment", "money", "number"]
Cell = str | int | date | Money | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, as programs read it, and what stands in it.

    ``party`` is a code that people see as a name (a country, an institution);
    ``money`` holds :class:`~ledger.money.Money`; ``number`` is decimal text.
    """

    name: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows, and for people a title, total rows and notes.

    ``totals`` are rows of the same columns that only people are shown;
    ``notes`` are sentences beside the figures. A row has a cell for each column. ``evidence`` is
    the table of the rates that converted figures were made with, or what makes it once it is asked for.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    totals: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()
    evidence: Table | Callable[[], Table | None] | None = None

    def __post_init__(self) -> None:
        for row in (*self.rows, *self.totals):
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns")

    def explained(self) -> Table | None:
        """The rates that converted figures were made with; None where nothing was converted."""
        return self.evidence() if callable(self.evidence) else self.evidence

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)


def plain_cell(cell: Cell) -> str | None:
    """A cell as programs read it: amounts in plain decimal notation, dates ISO 8601, never localised."""
    if cell is None:
        return None
    if isinstance(cell, Message):  # for programs as any text; for people it can still be said in their language
        return cell
    if isinstance(cell, Money):
        return cell.plain()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def rounded_off(measure: str, difference: Money) -> Message:
    """The note on printed rows that do not add up to the printed total: each is rounded once, from its exact value."""
    size = Money(abs(difference.units), difference.commodity)
    if difference.units > 0:
        return message(
            "the printed rows of {measure} add up to {difference} more than the exact total",
            measure=measure,
            difference=size,
        )
    return message(
        "the printed rows of {measure} add up to {difference} less than the exact total",
        measure=measure,
        difference=size,
    )
