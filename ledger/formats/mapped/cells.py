"""Cells read by rules: each rule of a map becomes one function, which remembers what it has read before.

A cell is a text, or an exact number or a day of a workbook. The same few donors, days and words stand in every
row of a large file: they are judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

from ledger.errors import InputError
from ledger.formats.mapped.check import CODE
from ledger.formats.mapped.days import read_day
from ledger.formats.mapped.fields import Field, Kind, term
from ledger.formats.mapped.keys import near
from ledger.formats.mapped.map import Rule, fold
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.money import Commodity, commodity

Cell = str | Decimal | date
Cells = Sequence[Cell]
Value = TypeVar("Value")
Read = Callable[[Cells], Value | None]

_MOST_KEPT = 20_000  # values that one rule remembers
_LONGEST_KEPT = 100  # characters of one of them


class UnreadableError(Exception):
    """A cell that cannot be read: its column, what stands there, and what would be right."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def text_of(cell: Cell) -> str:
    """A cell as text: a number in plain notation, a day as ISO 8601 has it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Decimal):
        whole = cell.to_integral_value()
        return format(whole if whole == cell else cell.normalize(), "f")
    return cell.isoformat()


def texts(rule: Rule, index: Mapping[str, int]) -> Read[str]:
    """The text of a rule's cells, cleaned; None where it is absent. Nothing is remembered: few texts come twice."""
    if rule.constant is not None or rule.values or rule.default is not None or len(rule.columns) != 1:
        return remembered(rule, index, str) if len(rule.columns) <= 1 else _joined(rule, index)
    (column,) = rule.columns
    place, absent = index[column], rule.conventions.absent
    longest = max(map(len, absent))

    def read(cells: Cells) -> str | None:
        cell = cells[place]
        if type(cell) is str and cell.isascii() and cell.isprintable() and "  " not in cell:
            text = cell.strip()
        else:
            text = cleaned(text_of(cell))
        return None if len(text) <= longest and fold(text) in absent else text

    return read


def _joined(rule: Rule, index: Mapping[str, int]) -> Read[str]:
    """Several columns as one text: what is absent leaves no trace."""
    parts = [texts(Rule(columns=(column,), conventions=rule.conventions), index) for column in rule.columns]

    join, default, names = rule.join.join, rule.default, " + ".join(rule.columns)

    def read(cells: Cells) -> str | None:
        found = [text for part in parts if (text := part(cells)) is not None]
        if not found:
            return default
        return meaning(rule, join(found), names) if rule.values else join(found)

    return read


def remembered(rule: Rule, index: Mapping[str, int], convert: Callable[[str], Value]) -> Read[Value]:
    """What a rule's cells mean, by ``convert``, which raises :class:`InputError` for what means nothing."""
    if rule.constant is not None:
        constant = convert(rule.constant)
        return lambda _: constant
    if len(rule.columns) > 1:
        joined = _joined(rule, index)
        return lambda cells: None if (text := joined(cells)) is None else _converted(text, rule, convert)
    place = index[rule.columns[0]]
    known: dict[Cell, Value | None] = {}

    def read(cells: Cells) -> Value | None:
        cell = cells[place]
        if cell in known:
            return known[cell]
        value = _learnt(cell, rule, convert)
        if len(known) < _MOST_KEPT and (not isinstance(cell, str) or len(cell) <= _LONGEST_KEPT):
            known[cell] = value
        return value

    return read


def _learnt(cell: Cell, rule: Rule, convert: Callable[[str], Value]) -> Value | None:
    text = cleaned(text_of(cell))
    said = fold(text)
    if said in rule.conventions.absent and said not in rule.values:
        return None if rule.default is None else convert(rule.default)
    return _converted(meaning(rule, text, rule.columns[0]), rule, convert)


def meaning(rule: Rule, text: str, column: str) -> str:
    """What a spelling means by the rule's value table."""
    if not rule.values:
        return text
    found = rule.values.get(fold(text))
    if found is not None:
        return found
    if rule.keep:
        return text
    if rule.default is not None:
        return rule.default
    close = get_close_matches(fold(text), rule.values, 1)
    advice = message("add it to them, or say default or keep")
    if close:
        advice = message("did you mean {nearest}?", nearest=shown(close[0]))
    raise UnreadableError(
        column, text, message("{text} is not among the map's values: {advice}", text=shown(text), advice=advice)
    )


def _converted(text: str, rule: Rule, convert: Callable[[str], Value]) -> Value:
    try:
        return convert(text)
    except InputError as error:
        raise UnreadableError(" + ".join(rule.columns), text, error.message) from None


def converter(name: str, field: Field, rule: Rule) -> Callable[[str], object]:
    """How the text of a field becomes its value."""
    if field.kind is Kind.TERM:
        return lambda text: _term(text, name, field)
    ours = {*rule.values.values(), rule.default, rule.constant}  # what the map itself says is in ISO 8601
    by_kind: Mapping[Kind, Callable[[str], object]] = {
        Kind.COMMODITY: _commodity,
        Kind.DAY: lambda text: read_day(text, ("iso",) if text in ours else rule.conventions.dates),
        Kind.COUNT: _count,
        Kind.PARTY: _party,
        Kind.SOURCE: _source,
    }
    return by_kind.get(field.kind, str)


def _term(text: str, name: str, field: Field) -> str:
    found = term(text)
    if found not in field.terms:
        raise InputError(
            "{text} is no {field}: {advice}", text=shown(text), field=name, advice=near(found, field.terms)
        )
    return found


def _commodity(text: str) -> Commodity:
    return commodity(text)


def _count(text: str) -> int:
    if not (text.isdigit() and text.isascii() and len(text) <= len("400")):
        raise InputError("{text} is not a whole number, such as 5", text=shown(text))
    return int(text)


def _party(text: str) -> str:
    if not _is_code(text):
        raise InputError(
            "{text} is not the code of a party, such as GB or EU (a map may translate it)", text=shown(text)
        )
    return text


def _source(text: str) -> str:
    if not _is_code(text):
        raise InputError(
            "{text} is not the code of a funding source, such as budget or ukef (a map may translate it)",
            text=shown(text),
        )
    return text


def _is_code(text: str) -> bool:
    return bool(CODE.fullmatch(text)) and len(text) <= 64  # noqa: PLR2004 - as registers have it
