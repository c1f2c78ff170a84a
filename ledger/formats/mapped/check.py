"""What a map as a whole must hold: the fields that a pledge cannot do without, and no term that is not ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ledger.errors import InputError
from ledger.formats.mapped.days import read_day
from ledger.formats.mapped.fields import FIELDS, STAGES, Kind, term
from ledger.formats.mapped.keys import near
from ledger.formats.mapped.map import Map, Rule
from ledger.formats.rates.layout import shown
from ledger.formats.reading import refuse_name
from ledger.money import commodity, item
from ledger.recognition.proposal import Register

CODE = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")

_EACH = ("donor", "purpose", "instrument")


def refuse_contradictions(found: Map) -> None:
    """Refuse a map that could not make one pledge or step of any row, naming the key to mend."""
    refuse_name(found.name)
    for register in (found.parties, found.sources, found.items):
        _refuse_codes(register)
    for code in found.items:
        item(code)
    for where, kind, rule in _rules(found):
        for value in _given(rule):
            refuse_value(where, value, kind)
    _refuse_missing(found)
    _refuse_mixed(found)


def refuse_value(where: str, value: str, kind: str) -> None:
    """Refuse a value of the map's own that no row could take."""
    field = FIELDS[kind]
    if field.kind is Kind.TERM and term(value) not in field.terms:
        raise InputError(
            "{where}: {text} is no {field}: {advice}",
            where=where,
            text=shown(value),
            field=kind,
            advice=near(value, field.terms),
        )
    try:
        if field.kind is Kind.COMMODITY:
            commodity(value)
        if field.kind is Kind.DAY:
            read_day(value, ("iso",))
    except InputError as error:
        raise InputError("{place}: {reason}", place=where, reason=error.message) from None
    if field.kind in {Kind.PARTY, Kind.SOURCE} and not CODE.fullmatch(value):
        raise InputError(
            "{where}: {text} is no code: letters, digits and hyphens, such as GB or eu-budget",
            where=where,
            text=shown(value),
        )


def _refuse_codes(register: Mapping[str, Register]) -> None:
    for code, step in register.items():
        if not CODE.fullmatch(code):
            raise InputError("{text} is no code: letters, digits and hyphens only", text=shown(code))
        if not getattr(step, "name", ""):
            raise InputError("{code} needs a name", code=code)


def _rules(found: Map) -> Iterator[tuple[str, str, Rule]]:
    """Every rule, where it stands, and the field whose values it gives; amounts aside, which are numbers."""
    for name, rule in found.fields.items():
        yield f"fields.{name}", name, rule
    for number, amount in enumerate(found.amounts, 1):
        if amount.currency:
            yield f"amounts {number}.currency", "currency", amount.currency
        if amount.on:
            yield f"amounts {number}.on", "on", amount.on


def _given(rule: Rule) -> Iterator[str]:
    yield from rule.values.values()
    for value in (rule.constant, rule.default):
        if value is not None:
            yield value


def _refuse_missing(found: Map) -> None:
    wanted = [*_EACH, "on"] if announces(found) else ["pledge", "on"]
    for name in wanted:
        if name not in found.fields:
            raise InputError(
                "fields.{name} is missing: {says}: a column, or {{ constant = ... }}", name=name, says=FIELDS[name].says
            )
    if not found.amounts:
        raise InputError("fields.amount is missing: the column of the amounts")
    if "currency" not in found.fields and any(amount.currency is None for amount in found.amounts):
        raise InputError('fields.currency is missing: a column, or a constant such as { constant = "EUR" }')


def _refuse_mixed(found: Map) -> None:
    if "stated" in found.fields and "stated_currency" not in found.fields:
        raise InputError("fields.stated needs fields.stated_currency")
    for name in ("id", "pledge"):
        if name in found.fields and found.fields[name].constant is not None:
            raise InputError("fields.{name} is the same in every row: name a column", name=name)


def announces(found: Map) -> bool:
    """Whether a row of this map can announce a pledge: not where each is a step on one that is there."""
    rule = found.fields.get("stage")
    if rule is None:
        return True
    said = [term(value) for value in _given(rule)]
    open_ended = rule.columns and (rule.keep or not rule.values)
    return bool(open_ended) or any(value in STAGES for value in said)
