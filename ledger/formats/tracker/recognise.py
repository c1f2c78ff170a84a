"""Recognition: which columns of somebody else's table are donors, categories and amounts, by their names alone.

Kiel's `Country Summary` is found in its workbook by itself. Of any other table the header must leave no doubt: a
column too many is refused, and a map names the one that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.mapped.map import Layout
from ledger.formats.mapped.read import is_workbook, open_sheet
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.formats.tracker.published import Columns
from ledger.formats.tracker.units import Unit, unit_of
from ledger.formats.tracker.words import FIELDS, bare, measure, named_purpose
from ledger.formats.workbook import Workbook, load
from ledger.message import message
from ledger.money import currency

SUMMARY = "Country Summary"
"""Kiel's sheet of totals."""

_HEADER_WITHIN = 30  # rows from the top of a sheet
_SHARES = {
    "Share in EPF commitments": ("EPF", "military"),
    "Share in EIB commitments": ("EIB", "financial"),
}
_HINT = message("a map names the columns: --map MAP.toml")


def recognise(path: Path, sheet: str | None = None) -> Columns:
    """What the columns of a table mean. Raises :class:`InputError` where its header does not say."""
    if not is_workbook(path):
        return _columns(path, open_sheet(path, Layout()).header, Layout())
    book = load(path)
    chosen = sheet or (SUMMARY if SUMMARY in book.sheets else None)
    if chosen is None and len(book.sheets) != 1:
        listed = ", ".join(map(cleaned, book.sheets))[:500]
        raise InputError(
            "{path} has several sheets ({sheets}): name the one of the totals with --sheet", path=path, sheets=listed
        )
    name = chosen or book.sheets[0]
    refusal: InputError | None = None
    for number, header in _headers(book, name):
        layout = Layout(sheet=name, header=number)
        try:
            return _kiel(header, layout) or _columns(path, header, layout)
        except InputError as error:
            refusal = refusal or error
    raise refusal or InputError(
        "{path}: the sheet '{sheet}' has no column of donors", path=path, sheet=cleaned(name), hint=_HINT
    )


def _headers(book: Workbook, sheet: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows near the top that name donors."""
    for number, row in book.rows(sheet):
        if number > _HEADER_WITHIN:
            return
        names = [cell if isinstance(cell, str) else "" for cell in row]
        if any(FIELDS["donor"].fullmatch(bare(name)) for name in names):
            yield number, names


def _kiel(header: Sequence[str], layout: Layout) -> Columns | None:
    """The summary of Kiel's tracker: what the EPF and the EIB give stands as the shares of their members."""
    names = [cleaned(name) for name in header]
    wide = {name: purpose for name in names if name.endswith(" commitments") and (purpose := named_purpose(name))}
    if "Country" not in names or len(wide) != 3 or not set(_SHARES) <= set(names):  # noqa: PLR2004 - its categories
        return None
    return Columns(
        donor="Country",
        wide=wide,
        sums=_SHARES,
        currency=currency("EUR"),
        unit=10**9,
        measure="committed",
        layout=layout,
        counts_all=False,
    )


def _columns(path: Path, header: Sequence[str], layout: Layout) -> Columns:
    found = {field: _one(path, header, field) for field in ("donor", "purpose", "currency")}
    if found["donor"] is None:
        raise InputError("{path} has no column of donors, such as donor or country", path=path, hint=_HINT)
    wide = _wide(path, header)
    amount = None if wide and found["purpose"] is None else _one(path, header, "amount")
    if amount is None and not wide:
        raise InputError("{path} has no column of amounts, such as amount or military", path=path, hint=_HINT)
    columns = [amount] if amount else list(wide)
    unit = _unit(path, columns)
    return Columns(
        donor=found["donor"],
        purpose=found["purpose"] if amount else None,
        amount=amount,
        wide={} if amount else wide,
        currency=unit.of,
        currency_column=found["currency"],
        unit=unit.factor,
        measure=_measure(columns),
        layout=layout,
    )


def _one(path: Path, header: Sequence[str], field: str) -> str | None:
    names = [cleaned(name) for name in header if FIELDS[field].fullmatch(bare(name))]
    if len(names) > 1:
        listed = ", ".join(map(shown, names))
        raise InputError(
            "{path}: which column is the {field}, {columns}?", path=path, field=field, columns=listed, hint=_HINT
        )
    return names[0] if names else None


def _wide(path: Path, header: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in map(cleaned, header):
        purpose = named_purpose(name)
        if purpose and purpose in found.values():
            raise InputError(
                "{path}: two columns are of {purpose}: {column} and another",
                path=path,
                purpose=purpose,
                column=shown(name),
                hint=_HINT,
            )
        if purpose:
            found[name] = purpose
    return found


def _unit(path: Path, columns: Sequence[str]) -> Unit:
    """The unit that all these columns give, if they do."""
    units = {unit_of(name) for name in columns}
    if len(units) > 1:
        raise InputError("{path}: its columns of amounts are in different units", path=path, hint=_HINT)
    return units.pop()


def _measure(columns: Sequence[str]) -> str | None:
    said = {measure(name) for name in columns}
    return said.pop() if len(said) == 1 else None
