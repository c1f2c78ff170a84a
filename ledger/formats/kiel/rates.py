"""The rates that came with the workbook: units of each currency per euro, one table for everything in it.

The sheet is found by its name and by its first column of codes; release 7 writes ``Currency`` and ``1 EUR`` above
them, but the layout is not relied on: the figure is the one under ``1 EUR``, else the first one right of the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ledger.errors import InputError, Problem
from ledger.formats.kiel.layout import words
from ledger.formats.rates.gather import RateFile, problem
from ledger.formats.workbook import Row as Cells
from ledger.formats.workbook import Workbook
from ledger.message import message
from ledger.money import currency
from ledger.rate import Rate

_MOST_ROWS = 1000
_MOST_DIGITS = 20  # before and after the point
_NAMED = ("exchange rate", "exchange_rate", "exchangerate", "fx rate", "currency rate")
_PER_EURO = frozenset({"1 eur", "1eur", "1 euro", "eur 1", "per eur", "units per eur", "rate", "exchange rate"})
_LAYOUT = "kiel"


def read(book: Workbook, name: str, sha256: str) -> RateFile | None:
    """The rates of the workbook as a file of the source ``name``; None where it has no sheet of them."""
    sheets = [sheet for sheet in book.sheets if any(word in sheet.casefold() for word in _NAMED)]
    for sheet in sheets:
        found = _read(book, sheet, name, sha256)
        if found.rates:
            return found
    return None


def _read(book: Workbook, sheet: str, name: str, sha256: str) -> RateFile:
    rates: dict[str, Rate] = {}
    problems: list[Problem] = []
    aside = 0
    for number, code, value in _stated(book, sheet):
        where = message("{sheet}, row {row}", sheet=sheet, row=number)
        try:
            rate = None if code == "EUR" else Rate(name, "EUR", code, None, "table", _figure(value), sha256)
        except InputError as error:
            why = message("{currency}: {reason}", currency=code, reason=error.message)
            problems.append(problem("error", "unreadable-rate", where, why))
            continue
        if rate is None or (code in rates and rates[code].value == rate.value):
            aside += 1
        elif code in rates:
            why = message(
                "1 EUR is {here} {currency} here and {above} above: the first is taken",
                here=rate.text,
                currency=code,
                above=rates[code].text,
            )
            problems.append(problem("error", "contradicting-rate", where, why))
        else:
            rates[code] = rate
    return RateFile(name, _LAYOUT, sha256, tuple(rates.values()), tuple(problems), aside)


def _stated(book: Workbook, sheet: str) -> Iterator[tuple[int, str, object]]:
    """Each row that names a currency, and the figure it gives, or whatever stands in its place."""
    under: int | None = None
    for number, cells in book.rows(sheet):
        if number > _MOST_ROWS:
            return
        headed = [place for place, cell in enumerate(cells) if words(cell).casefold() in _PER_EURO]
        under = headed[0] if headed else under
        found = _code(cells)
        if found:
            place, code = found
            yield number, code, _right_of(cells, place, under)


def _code(cells: Cells) -> tuple[int, str] | None:
    for place, cell in enumerate(cells):
        text = words(cell) if isinstance(cell, str) else ""
        if len(text) == 3 and text.isascii() and text.isalpha() and text.isupper():  # noqa: PLR2004 - ISO 4217
            try:
                return place, currency(text).code
            except InputError:
                return None
    return None


def _right_of(cells: Cells, place: int, under: int | None) -> object:
    if under is not None and place < under < len(cells):
        return cells[under]
    return next((cell for cell in cells[place + 1 :] if isinstance(cell, Decimal)), None)


def _figure(value: object) -> Decimal:
    if not isinstance(value, Decimal) or abs(value.adjusted()) > _MOST_DIGITS:
        raise InputError("there is no rate beside it")
    return value.normalize() if value != value.to_integral_value() else value.quantize(Decimal(1))
