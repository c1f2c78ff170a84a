"""A map as people write it: TOML, read strictly. A wrong key, column or term is named before a row is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ledger.errors import InputError
from ledger.formats.delimited import DELIMITERS, ENCODINGS, known_encoding
from ledger.formats.mapped import keys
from ledger.formats.mapped.check import refuse_contradictions
from ledger.formats.mapped.days import refuse_format
from ledger.formats.mapped.fields import FIELDS, STAGES
from ledger.formats.mapped.keys import Written
from ledger.formats.mapped.map import UNITS, Amount, Conventions, Layout, Map, Rule, Skip, fold
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.pledge import PartyKind
from ledger.recognition.proposal import Register
from ledger.recognition.steps import RegisterItem, RegisterParty, RegisterSource

_LARGEST = 2**20  # bytes
_LAST_HEADER = 1000
_LONGEST_REASON = 200  # characters of what the TOML library says
_TOP = ("name", "complete", "key", "file", "conventions", "fields", "amounts", "skip", "parties", "sources", "items")
_FILE = ("sheet", "header", "delimiter", "encoding")
_CONVENTIONS = ("absent", "dates", "decimal", "thousands", "unit", "round", "zero", "negative")
_RULE = ("column", "columns", "join", "constant", "values", "default", "keep", *_CONVENTIONS)
_AMOUNT = (*_RULE, "beyond")
_MARKS = {"decimal": (".", ","), "thousands": ("", ",", ".", " ", "'")}
_CHOICES = {**_MARKS, "zero": ("reject", "skip", "undisclosed"), "negative": ("reject", "correct")}
_ENDLESS = re.compile(
    r"""(?:(?<![\w-])[\w-]++|"(?:\\.|[^"\\\n]){0,200}+"|'[^'\n]{0,200}+')"""
    r"""(?:[ \t]*+\.[ \t]*+(?:[\w-]++|"(?:\\.|[^"\\\n]){0,200}+"|'[^'\n]{0,200}+')){32}"""
)
"""A key of more than 32 parts: tomllib keeps each beginning of it, which takes memory by the square of its parts."""
_BEYOND = ("refuse", "top_up", "new_money")


def load(path: Path) -> Map:
    """The map in a TOML file.

    Raises :class:`InputError` for a file that cannot be read, and for a map that is wrong, naming the key.
    """
    return parse(text_of_map(path), str(path))


def text_of_map(path: Path) -> str:
    """The text of a file that holds a map. Raises :class:`InputError` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise InputError("{path} is no map: it is larger than {most} MiB", path=path, most=_LARGEST // 2**20)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("{path} is no map: it is not in UTF-8", path=path) from None
    except (OSError, ValueError) as error:
        raise InputError(
            "{path} cannot be opened: {reason}", path=path, reason=getattr(error, "strerror", None) or error
        ) from None


def parse(text: str, where: str = message("the map")) -> Map:
    """The map that a TOML text states; ``where`` names it in refusals. Raises :class:`InputError`."""
    written = toml(text, where)
    try:
        found = _map(written)
        refuse_contradictions(found)
    except InputError as error:
        raise InputError("{place}: {reason}", place=where, reason=error.message) from None
    return found


def toml(text: str, where: str) -> Written:
    """What a TOML text states, its numbers exact. Raises :class:`InputError` where it is none."""
    if _ENDLESS.search(text):
        raise InputError("{where} cannot be read: it is nested too deeply", where=where)
    try:
        return tomllib.loads(text, parse_float=exact)
    except RecursionError:
        raise InputError("{where} cannot be read: it is nested too deeply", where=where) from None
    except ValueError as error:
        raise InputError(
            "{where} cannot be read as TOML: {reason}", where=where, reason=cleaned(str(error))[:_LONGEST_REASON]
        ) from None


def exact(text: str) -> Decimal:
    """A number of a TOML text, every digit kept. Raises :class:`ValueError` for an exponent that no number has."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]} is no number that can be held") from None


def _map(written: Written) -> Map:
    keys.known("", written, _TOP)
    conventions = conventions_of("conventions", keys.table("", written, "conventions"), Conventions(), strict=True)
    fields = keys.table("", written, "fields")
    keys.known("fields", fields, tuple(FIELDS))
    rules = {name: rule_of(f"fields.{name}", said, conventions) for name, said in fields.items() if name != "amount"}
    return Map(
        name=keys.text("name", written["name"]) if "name" in written else None,
        complete=keys.flag("complete", written.get("complete", False)),
        layout=layout_of(keys.table("", written, "file")),
        fields=rules,
        amounts=_amounts(written, fields, conventions),
        key=_key(written.get("key"), conventions) if "key" in written else rules.get("id"),
        skips=tuple(_skip(f"skip {k}", said) for k, said in enumerate(keys.tables(written, "skip"), 1)),
        parties={code: _party(code, said) for code, said in keys.table("", written, "parties").items()},
        sources={code: RegisterSource(code=code, name=name) for code, name in _names(written, "sources")},
        items={code: RegisterItem(code=code, name=name) for code, name in _names(written, "items")},
    )


def layout_of(written: Written) -> Layout:
    """Where in its file the table is, as the map's table ``file`` says."""
    keys.known("file", written, _FILE)
    encoding = delimiter = sheet = None
    if "encoding" in written:
        encoding = known_encoding(said := keys.text("file.encoding", written["encoding"]))
        if encoding is None:
            raise InputError("file.encoding: {text} is none of {encodings}", text=shown(said), encodings=ENCODINGS)
    if "delimiter" in written:
        delimiter = keys.choice("file.delimiter", written["delimiter"], (*DELIMITERS, "|"))
    if "sheet" in written:
        sheet = keys.text("file.sheet", written["sheet"])
    header = keys.whole("file.header", written.get("header", 1), _LAST_HEADER)
    return Layout(sheet=sheet, header=header, delimiter=delimiter, encoding=encoding)


def conventions_of(where: str, written: Written, above: Conventions, *, strict: bool = False) -> Conventions:
    """What a table says of how the file writes things; the rest is as it is said above."""
    if strict:
        keys.known(where, written, _CONVENTIONS)
    found: dict[str, Any] = {}
    if "absent" in written:
        marks = keys.texts(f"{where}.absent", written["absent"], '[".", "n/a"]')
        found["absent"] = frozenset({"", *map(fold, marks)})
    if "dates" in written:
        found["dates"] = keys.texts(f"{where}.dates", written["dates"], '["iso", "dmy"]')
        for form in found["dates"]:
            refuse_format(f"{where}.dates", form)
    if "unit" in written:
        found["unit"] = _unit(f"{where}.unit", written["unit"])
    if "round" in written:
        found["round"] = keys.flag(f"{where}.round", written["round"])
    for name, allowed in _CHOICES.items():
        if name in written:
            found[name] = keys.choice(f"{where}.{name}", written[name], allowed)
    merged = replace(above, **found)
    if merged.decimal == merged.thousands:
        raise InputError(
            "{where}: decimal and thousands cannot both be {mark}", where=where, mark=shown(merged.decimal)
        )
    return merged


def _unit(where: str, written: object) -> int:
    if isinstance(written, str):
        return UNITS[keys.choice(where, written, tuple(UNITS))]
    return keys.whole(where, written)


def rule_of(where: str, written: object, conventions: Conventions, allowed: tuple[str, ...] = _RULE) -> Rule:
    """A field's rule: a text is a column's name, a table says more."""
    if isinstance(written, str):
        return Rule(columns=(written,), conventions=conventions)
    if not isinstance(written, dict):
        raise InputError('{where} is the name of a column, or a table such as {{ constant = "EUR" }}', where=where)
    keys.known(where, written, allowed)
    if sum(key in written for key in ("column", "columns", "constant")) != 1:
        raise InputError("{where} has one of column, columns and constant", where=where)
    if "constant" in written:
        if more := next((key for key in ("values", "default", "keep", "join") if key in written), None):
            raise InputError("{where}: a constant has no {key}", where=where, key=more)
        constant = keys.text(f"{where}.constant", written["constant"])
        return Rule(constant=constant, conventions=conventions_of(where, written, conventions))
    return Rule(
        columns=_columns(where, written),
        join=keys.text(f"{where}.join", written.get("join", " ")),
        values=_values(f"{where}.values", keys.table(where, written, "values")),
        default=keys.text(f"{where}.default", written["default"]) if "default" in written else None,
        keep=keys.flag(f"{where}.keep", written.get("keep", False)),
        conventions=conventions_of(where, written, conventions),
    )


def _columns(where: str, written: Written) -> tuple[str, ...]:
    if "column" in written:
        return (keys.text(f"{where}.column", written["column"]),)
    found = keys.texts(f"{where}.columns", written["columns"], '["payee", "description"]')
    if not found:
        raise InputError("{where}.columns names no column", where=where)
    return found


def _values(where: str, written: Written) -> Mapping[str, str]:
    """A value table: spellings as they are compared, to our terms."""
    found: dict[str, str] = {}
    for spelling, said in written.items():
        meaning = keys.text(f"{where}.{shown(spelling)}", said)
        if found.setdefault(fold(spelling), meaning) != meaning:
            raise InputError(
                "{where}: {text} is there twice (case and blanks do not matter)", where=where, text=shown(spelling)
            )
    return found


def _amounts(written: Written, fields: Written, conventions: Conventions) -> tuple[Amount, ...]:
    several = keys.tables(written, "amounts")
    if several and (twice := next((name for name in ("amount", "stage") if name in fields), None)):
        raise InputError("fields.{field} and [[amounts]] say the same: keep one of them", field=twice)
    if several:
        return tuple(_amount(f"amounts {k}", said, conventions) for k, said in enumerate(several, 1))
    if "amount" not in fields:
        return ()
    said = fields["amount"]
    rule = rule_of("fields.amount", said, conventions, _AMOUNT)
    return (Amount(rule=rule, beyond=_beyond("fields.amount", said)),)


def _amount(where: str, written: Written, conventions: Conventions) -> Amount:
    keys.known(where, written, (*_AMOUNT, "stage", "currency", "on"))
    if "stage" not in written:
        raise InputError("{where} has no stage: {stages}", where=where, stages=", ".join(STAGES))
    own = {key: said for key, said in written.items() if key not in {"stage", "currency", "on"}}
    return Amount(
        rule=rule_of(where, own, conventions, _AMOUNT),
        stage=keys.choice(f"{where}.stage", written["stage"], STAGES),
        currency=rule_of(f"{where}.currency", written["currency"], conventions) if "currency" in written else None,
        on=rule_of(f"{where}.on", written["on"], conventions) if "on" in written else None,
        beyond=_beyond(where, written),
    )


def _beyond(where: str, written: object) -> Any:  # noqa: ANN401 - one of the words that were just checked
    if not isinstance(written, dict):
        return "refuse"
    return keys.choice(f"{where}.beyond", written.get("beyond", "refuse"), _BEYOND)


def _key(written: object, conventions: Conventions) -> Rule | None:
    """What a record is known by: columns, or its row."""
    if written == {"row": True}:
        return None
    if isinstance(written, list):
        return Rule(columns=keys.texts("key", written, '["project", "date"]'), join="-", conventions=conventions)
    if isinstance(written, str):
        return Rule(columns=(written,), conventions=conventions)
    raise InputError("key is the name of a column, a list of them, or { row = true } for the row's number")


def _skip(where: str, written: Written) -> Skip:
    keys.known(where, written, ("column", "values", "unless", "why"))
    if "column" not in written or ("values" in written) == ("unless" in written):
        raise InputError(
            '{where} has a column, and values or unless, such as column = "Type", values = ["Total"]', where=where
        )
    unless = "unless" in written
    listed = keys.texts(where, written["unless" if unless else "values"], '["Total"]')
    why = keys.text(f"{where}.why", written["why"]) if "why" in written else None
    return Skip(keys.text(f"{where}.column", written["column"]), frozenset(map(fold, listed)), unless, why)


def _party(code: str, written: object) -> Register:
    said: Written = written if isinstance(written, dict) else {"name": written}
    where = f"parties.{code}"
    keys.known(where, said, ("name", "kind"))
    kind = keys.choice(f"{where}.kind", said.get("kind", "institution"), tuple(map(str, PartyKind)))
    return RegisterParty(code=code, name=cleaned(keys.text(f"{where}.name", said.get("name"))), kind=PartyKind(kind))


def _names(written: Written, register: str) -> list[tuple[str, str]]:
    listed = keys.table("", written, register)
    return [(code, cleaned(keys.text(f"{register}.{code}", name))) for code, name in listed.items()]
