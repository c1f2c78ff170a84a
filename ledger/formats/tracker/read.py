"""The one door: somebody else's table of totals, long or wide, by a map or by its header, as what it published.

Every figure is exact: a number times the unit its table is in. What is blank is not stated. A figure that cannot be
read refuses the file, for a table with a hole would make differences that are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.delimited import Unfit
from ledger.formats.mapped.amounts import number as exact
from ledger.formats.mapped.cells import Cell, text_of
from ledger.formats.mapped.map import fold
from ledger.formats.mapped.read import Sheet, is_workbook, open_sheet
from ledger.formats.mapped.vocabulary import ABSENT
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.formats.tracker import words
from ledger.formats.tracker.published import Cell as Place
from ledger.formats.tracker.published import Columns, Published
from ledger.formats.tracker.recognise import recognise
from ledger.formats.tracker.units import Unit, unit_of
from ledger.message import counted, message
from ledger.money import Commodity, currency

MOST_ROWS = 100_000
_MOST_DIGITS = 30  # before and after the point
_ABSENT = ABSENT - {"nan"}  # what a calculation that failed leaves behind, unless a map says that it is absent


def read(path: Path, columns: Columns | None = None, sheet: str | None = None) -> Published:
    """What a table of totals says. Raises :class:`InputError` for a file that cannot be read as a whole."""
    chosen = columns or recognise(path, sheet)
    if columns and sheet:
        chosen = replace(columns, layout=replace(columns.layout, sheet=sheet))
    table = open_sheet(path, chosen.layout)
    if sheet and not is_workbook(path):
        raise InputError("--sheet {sheet} goes with a workbook: {path} is none", sheet=shown(sheet), path=path)
    try:
        reader = _Reader(chosen, table.header)
        for number, cells in _rows(table):
            reader.take(number, cells)
        return reader.published()
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message, hint=error.hint) from None


def _rows(table: Sheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    for row in table.rows():
        if isinstance(row, Unfit):
            raise InputError("row {row}: {reason}", row=row.number, reason=row.reason)
        if row[0] > MOST_ROWS:
            raise InputError("it has more than {most:,} rows: a table of totals is small", most=MOST_ROWS)
        yield row


@dataclass
class _Reader:
    """One reading: what was added up so far."""

    columns: Columns
    header: Sequence[str]
    totals: dict[Commodity | None, dict[Place, Fraction]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    digits: int = 0

    def __post_init__(self) -> None:
        of = self.columns
        amounts = (*filter(None, [of.amount]), *of.wide, *of.sums)
        named = filter(None, [of.donor, of.purpose, of.currency_column])
        self._index = {name: _place(name, self.header) for name in (*named, *amounts)}
        self._unit = Unit(of.unit, of.currency)
        self._absent = of.conventions.absent | _ABSENT
        self._amounts = amounts

    def take(self, row: int, cells: Sequence[Cell]) -> None:
        """Add up one row: figures of a donor, or the units below the header."""
        name = self._text(cells, self.columns.donor)
        if not name:
            self._nameless(row, cells)
        elif words.is_total(name) or fold(name) in self.columns.skips:
            self.left_out.append(message("row {row} ({name})", row=row, name=name[:40]))
        else:
            code, known = words.donor(name, self.columns.donors)
            if not known:
                self.unknown[name] = None
            for place, column in self._figures(cells, code, row):
                self._add(place, column, row, cells)

    def published(self) -> Published:
        """What was read. Raises :class:`InputError` where nothing was."""
        if not any(self.totals.values()):
            raise InputError("it states no figure of any donor")
        rounding = Fraction(self._unit.factor or 1, 2 * 10**self.digits)
        return Published(
            totals=self.totals,
            rounding=rounding,
            measure=self.columns.measure,
            left_out=self.left_out,
            unknown=list(self.unknown),
            counts_all=self.columns.counts_all,
        )

    def _figures(self, cells: Sequence[Cell], donor: str, row: int) -> Iterator[tuple[Place, str]]:
        of = self.columns
        if of.amount and of.purpose is None:
            yield (donor, None), of.amount
        elif of.amount and of.purpose:
            category = self._text(cells, of.purpose)
            if words.is_total(category) or fold(category) in of.skips:
                self.left_out.append(message("row {row} ({name})", row=row, name=category[:40]))
                return
            purpose, known = words.purpose(category, of.purposes)
            if not known:
                self.unknown[category] = None
            yield (donor, purpose), of.amount
        for column, purpose in of.wide.items():
            yield (donor, purpose), column
        for column, place in of.sums.items():
            yield place, column

    def _add(self, place: Place, column: str, row: int, cells: Sequence[Cell]) -> None:
        """Add a figure to its cell; one that is blank states nothing."""
        cell = cells[self._index[column]]
        if isinstance(cell, str) and fold(cleaned(cell)) in self._absent:
            return
        try:
            value, digits = self._number(cell)
            of = self._currency(cells)
        except InputError as error:
            raise InputError(
                "row {row}, column {column}: {reason}", row=row, column=shown(column), reason=error.message
            ) from None
        self.digits = max(self.digits, digits)
        sums = self.totals.setdefault(of, {})
        sums[place] = sums.get(place, Fraction(0)) + value * (self._unit.factor or 1)

    def _number(self, cell: Cell) -> tuple[Fraction, int]:
        """The exact value of a figure, and how many digits it has after the point."""
        if isinstance(cell, Decimal):
            exponent = cell.as_tuple().exponent
            if abs(cell.adjusted()) > _MOST_DIGITS or not isinstance(exponent, int):
                raise InputError("{text} is no amount", text=shown(str(cell)))
            return Fraction(cell), max(0, -exponent)
        text, mark = cleaned(text_of(cell)), self.columns.conventions.decimal
        _, _, decimals = text.partition(mark)
        return exact(text, self.columns.conventions), sum(sign.isdigit() for sign in decimals)

    def _currency(self, cells: Sequence[Cell]) -> Commodity | None:
        column = self.columns.currency_column
        said = self._text(cells, column) if column else ""
        return currency(said.upper()) if said else self._unit.of

    def _nameless(self, row: int, cells: Sequence[Cell]) -> None:
        """A row without a donor: the units of the columns, where nothing was read so far, or no figure of anybody's."""
        held = [cells[self._index[column]] for column in self._amounts]
        texts = [cleaned(text_of(cell)) for cell in held if text_of(cell).strip()]
        units = {unit_of(text) for text in texts}
        if not self.totals and len(units) == 1 and units != {Unit()}:
            self._unit = self._unit.under(units.pop())
        elif texts:
            self.left_out.append(message("row {row} (no donor)", row=row))

    def _text(self, cells: Sequence[Cell], column: str) -> str:
        return cleaned(text_of(cells[self._index[column]]))


def _place(column: str, header: Sequence[str]) -> int:
    found = [place for place, name in enumerate(header) if fold(cleaned(name)) == fold(column)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError("it has no column {column}", column=shown(column))
    raise InputError(
        counted(
            "it has {count} column {column}: rename one",
            "it has {count} columns {column}: rename one",
            count=len(found),
            column=shown(column),
        )
    )
