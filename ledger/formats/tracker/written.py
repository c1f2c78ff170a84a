"""A map of a table of totals, as people write it: TOML, read strictly, wrong keys named before a row is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.delimited import DELIMITERS, ENCODINGS, known_encoding
from ledger.formats.mapped import keys
from ledger.formats.mapped.keys import Written
from ledger.formats.mapped.map import UNITS, Conventions, Layout, fold
from ledger.formats.mapped.written import toml
from ledger.formats.opened import bounded
from ledger.formats.rates.layout import shown
from ledger.formats.tracker.published import Columns
from ledger.money import currency
from ledger.pledge import Purpose
from ledger.reports.measures import MEASURES

_LARGEST = 2**20  # bytes
_LAST_HEADER = 1000
_COLUMNS = ("donor", "purpose", "amount", "columns", "currency", "currency_column", "unit", "measure")
_TOP = (*_COLUMNS, "skip", "donors", "purposes", "file", "conventions")
_FILE = ("sheet", "header", "delimiter", "encoding")
_CONVENTIONS = ("absent", "decimal", "thousands")
_MARKS = {"decimal": (".", ","), "thousands": ("", ",", ".", " ", "'")}


def load(path: Path) -> Columns:
    """The map in a TOML file. Raises :class:`InputError` for what cannot be read, or is wrong, naming the key."""
    written = toml(_text(path), str(path))
    try:
        return _map(written)
    except InputError as error:
        raise InputError("{path}: {reason}", path=path, reason=error.message) from None


def _text(path: Path) -> str:
    try:
        return bounded(path, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("{path} is no map: it is not in UTF-8", path=path) from None
    except InputError as error:
        raise InputError("{path}: {reason}", path=path, reason=error.message) from None


def _map(written: Written) -> Columns:
    keys.known("", written, _TOP)
    said = {name: keys.text(name, written[name]) for name in _COLUMNS if name in written and name not in _TABLES}
    if "donor" not in said:
        raise InputError("donor is missing: the column of the donors")
    if ("amount" in said) == ("columns" in written):
        raise InputError("it has one of amount, a column, and columns, a table such as { Military = 'military' }")
    if "columns" in written and "purpose" in said:
        raise InputError("purpose is a column of a long table, and columns are those of a wide one: keep one of them")
    if "currency" in said and "currency_column" in said:
        raise InputError("it has one of currency, a code, and currency_column")
    return Columns(
        donor=said["donor"],
        purpose=said.get("purpose"),
        amount=said.get("amount"),
        wide=_purposes("columns", keys.table("", written, "columns"), folded=False),
        currency=currency(said["currency"].upper()) if "currency" in said else None,
        currency_column=said.get("currency_column"),
        unit=_unit(written["unit"]) if "unit" in written else None,
        measure=keys.choice("measure", said["measure"], tuple(MEASURES)) if "measure" in said else None,
        layout=_layout(keys.table("", written, "file")),
        conventions=_conventions(keys.table("", written, "conventions")),
        donors={fold(name): keys.text("donors", code) for name, code in keys.table("", written, "donors").items()},
        purposes=_purposes("purposes", keys.table("", written, "purposes"), folded=True),
        skips=frozenset(map(fold, keys.texts("skip", written.get("skip", []), '["World"]'))),
    )


_TABLES = ("columns", "unit")


def _purposes(where: str, written: Written, *, folded: bool) -> Mapping[str, str]:
    allowed = tuple(map(str, Purpose))
    found = {name: keys.choice(f"{where}.{shown(name)}", said, allowed) for name, said in written.items()}
    return {fold(name): said for name, said in found.items()} if folded else found


def _unit(written: object) -> int:
    return (
        UNITS[keys.choice("unit", written, tuple(UNITS))] if isinstance(written, str) else keys.whole("unit", written)
    )


def _layout(written: Written) -> Layout:
    keys.known("file", written, _FILE)
    texts = {name: keys.text(f"file.{name}", written[name]) for name in ("sheet", "encoding") if name in written}
    encoding = known_encoding(texts["encoding"]) if "encoding" in texts else None
    if "encoding" in texts and encoding is None:
        raise InputError(
            "file.encoding: {text} is none of {encodings}", text=shown(texts["encoding"]), encodings=ENCODINGS
        )
    marks = (*DELIMITERS, "|")
    delimiter = keys.choice("file.delimiter", written["delimiter"], marks) if "delimiter" in written else None
    header = keys.whole("file.header", written.get("header", 1), _LAST_HEADER)
    return Layout(sheet=texts.get("sheet"), header=header, delimiter=delimiter, encoding=encoding)


def _conventions(written: Written) -> Conventions:
    keys.known("conventions", written, _CONVENTIONS)
    decimal, thousands = (
        keys.choice(f"conventions.{name}", written.get(name, usual), _MARKS[name])
        for name, usual in (("decimal", "."), ("thousands", ""))
    )
    absent = keys.texts("conventions.absent", written.get("absent", []), '[".", "n/a"]')
    found = Conventions(absent=frozenset({"", *map(fold, absent)}), decimal=decimal, thousands=thousands)
    if found.decimal == found.thousands:
        raise InputError("conventions: decimal and thousands cannot both be {mark}", mark=shown(found.decimal))
    return found
