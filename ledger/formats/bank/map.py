"""The map of a bank's table: which columns hold what, read from TOML as the maps of imports are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from ledger.errors import InputError
from ledger.formats.mapped import keys
from ledger.formats.mapped.keys import Written, near
from ledger.formats.mapped.map import Conventions, Map, Rule, fold
from ledger.formats.mapped.written import conventions_of, layout_of, rule_of, text_of_map, toml
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.message import message

FIELDS = MappingProxyType(
    {
        "account": message("the account, as an IBAN or otherwise"),
        "statement": message("what the statement is known by; the file's name where it is left out"),
        "currency": message("the ISO 4217 code of the account's currency"),
        "booked_on": message("the day of booking"),
        "value_on": message("the day of value"),
        "amount": message("the amount, credits positive"),
        "debit": message("what went out"),
        "credit": message("what came in"),
        "direction": message("whether an amount is a credit or a debit, where it is written without a sign"),
        "balance": message("what the account held after the entry"),
        "opening": message("what it held before the first entry"),
        "closing": message("what it held after the last one"),
        "reference": message("references of the bank and of whoever paid"),
        "party": message("the other side"),
        "text": message("what the payment was for"),
        "key": message("what the bank knows the entry by, for good"),
    }
)
"""The fields that columns of a bank's table can fill."""

_TOP = ("file", "conventions", "fields")
_DIRECTIONS = MappingProxyType(
    {"c": "credit", "cr": "credit", "crdt": "credit", "d": "debit", "dr": "debit", "dbit": "debit"}
)


def load(path: Path) -> Map:
    """The map in a TOML file. Raises :class:`InputError` for one that is wrong, naming the key."""
    written = toml(text_of_map(path), str(path))
    try:
        return _map(written)
    except InputError as error:
        raise InputError("{path}: {reason}", path=path, reason=error.message) from None


def _map(written: Written) -> Map:
    keys.known("", written, _TOP)
    conventions = conventions_of("conventions", keys.table("", written, "conventions"), Conventions(), strict=True)
    fields = keys.table("", written, "fields")
    keys.known("fields", fields, tuple(FIELDS))
    rules = {name: rule_of(f"fields.{name}", said, conventions) for name, said in fields.items()}
    found = Map(layout=layout_of(keys.table("", written, "file")), fields=rules, amounts=())
    refuse_incomplete(found)
    return found


def columns_of(header: Sequence[str]) -> Map:
    """The map of a table whose columns bear the fields' own names. Raises :class:`InputError` for other columns."""
    names = [fold(cleaned(name)) for name in header if cleaned(name)]
    for name in names:
        if name not in FIELDS:
            raise InputError(
                "its column {column} needs a map (--map MAP.toml): {advice}",
                column=shown(name),
                advice=near(name, FIELDS),
            )
    found = Map(fields={name: Rule(columns=(name,), conventions=Conventions()) for name in names}, amounts=())
    refuse_incomplete(found)
    return found


def refuse_incomplete(found: Map) -> None:
    """Refuse a map that leaves out what no statement can do without, or says an amount twice."""
    for name in ("account", "currency", "booked_on"):
        if name not in found.fields:
            raise InputError(
                "fields.{name} is missing: {says}, as a column or {{ constant = ... }}", name=name, says=FIELDS[name]
            )
    sides = [name for name in ("debit", "credit") if name in found.fields]
    if ("amount" in found.fields) == bool(sides):
        raise InputError("fields has amount, or debit and credit: one of the two")
    if len(sides) == 1:
        raise InputError("fields has debit without credit, or the other way round: both are needed")
    if "direction" in found.fields and sides:
        raise InputError("fields.direction goes with amount: debit and credit say it themselves")


def direction(text: str) -> str:
    """Whether an amount is a ``credit`` or a ``debit``, as banks write it. Raises :class:`InputError`."""
    said = fold(text)
    found = _DIRECTIONS.get(said, said)
    if found not in {"credit", "debit"}:
        raise InputError(
            "{text} is neither credit nor debit: let fields.direction.values say which it means", text=shown(text)
        )
    return found
