"""The fields of a suggested map: columns, constants where there are none, value tables, and what they register."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ledger.formats.mapped.check import CODE
from ledger.formats.mapped.fields import FIELDS, Kind, term
from ledger.formats.mapped.guesses import Guesses
from ledger.formats.mapped.map import fold
from ledger.formats.mapped.profile import Profile
from ledger.formats.mapped.toml import quoted
from ledger.formats.mapped.vocabulary import MEANINGS, meaning, parties, words

_MOST_VALUES = 500  # of a value table
_STAND_INS = {
    "donor": ("XX", "whose pledges are these?"),
    "currency": ("EUR", "no column has currencies"),
    "on": ("2025-01-01", "no column has days: when were they announced?"),
    "purpose": ("other", "no column says what they are for"),
    "instrument": ("grant", "no column says how they are financed"),
}
_OTHERWISE = {"purpose": "other", "instrument": "grant", "stage": "pledged", "firmness": "about"}
_FROM_INSTRUMENT = " # UNSURE: guessed from how they are financed"
_TABLES = (Kind.TERM, Kind.PARTY, Kind.SOURCE)


def inline(guesses: Guesses) -> Iterator[str]:
    """The fields that take one line each."""
    for name in FIELDS:
        if name == "currency" and (code := _named_currency(guesses)):
            yield f'currency = {{ constant = "{code}" }} # UNSURE: the column of the amounts is called so'
        elif (column := guesses.fields.get(name)) is not None:
            if not _translated(name, column):
                yield f"{name} = {quoted(column.reference)}{_doubt(name, column) or _rivals(guesses, name)}"
        elif name in _STAND_INS and not (name == "purpose" and "instrument" in guesses.fields):
            value, why = _STAND_INS[name]
            yield f"{name} = {{ constant = {quoted(value)} }} # UNSURE: {why}"
        elif name == "amount" and not guesses.amounts:
            yield 'amount = { constant = "1" } # UNSURE: no column has amounts'


def blocks(guesses: Guesses) -> Iterator[str]:
    """The fields with value tables, and amounts of several stages, each a block of its own."""
    tables = dict(guesses.fields)
    if "purpose" not in tables and "instrument" in tables:
        tables["purpose"] = tables["instrument"]
    for name, column in tables.items():
        if _translated(name, column) and not (name == "currency" and _named_currency(guesses)):
            unsure = _rivals(guesses, name) if name in guesses.fields else _FROM_INSTRUMENT
            yield from ("", f"[fields.{name}]{unsure}", f"column = {quoted(column.reference)}")
            yield from _values(name, column)
    for stage, column in guesses.amounts.items():
        yield from ("", "[[amounts]]", f'stage = "{stage}"', f"column = {quoted(column.reference)}")


def registers(guesses: Guesses) -> Iterator[str]:
    """Parties and sources that the value tables name and no book begins with."""
    for heading, kind in (("parties", Kind.PARTY), ("sources", Kind.SOURCE)):
        found: dict[str, str] = {}
        for name, column in guesses.fields.items():
            if FIELDS[name].kind is kind and _translated(name, column):
                found |= {code_of(text): text for text in column.texts[:_MOST_VALUES] if known(name, text) is None}
        if found:
            yield from ("", f"[{heading}]")
            yield from (f"{quoted(code)} = {quoted(text)}" for code, text in sorted(found.items()))


def known(name: str, text: str) -> str | None:
    """What a spelling means, as far as that is known."""
    field = FIELDS[name]
    if field.kind is Kind.PARTY:
        return parties().get(fold(text))
    if field.kind is Kind.TERM and term(text) in field.terms:
        return term(text)
    if field.kind is Kind.SOURCE and text in MEANINGS["source"]:
        return text
    return meaning(name, text) if name in MEANINGS else meaning("source", text)


def code_of(text: str) -> str:
    """A code made of a name.

    >>> code_of("DevelopmentBank")
    'development-bank'
    """
    plain = unicodedata.normalize("NFKD", words(text)).encode("ascii", "ignore").decode()
    found = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return found or f"party-{len(text)}"


def _translated(name: str, column: Profile) -> bool:
    """Whether a field needs a value table: what its column holds are not our own terms and codes yet."""
    field = FIELDS[name]
    if field.kind not in _TABLES:
        return False
    if field.kind is Kind.TERM:
        return not all(term(text) in field.terms for text in column.texts)
    if field.kind is Kind.PARTY:
        return not all(parties().get(fold(text)) == text for text in column.texts)
    return not all(CODE.fullmatch(text) and text == text.lower() for text in column.texts)


def _values(name: str, column: Profile) -> Iterator[str]:
    if len(column.texts) > _MOST_VALUES:
        yield f"keep = true # UNSURE: more than {_MOST_VALUES} spellings: only those below are translated"
    yield f"[fields.{name}.values]"
    for text in column.texts[:_MOST_VALUES]:
        found = known(name, text)
        if found is not None:
            yield f"{quoted(text)} = {quoted(found)}"
        elif name in _OTHERWISE:
            yield f"{quoted(text)} = {quoted(_OTHERWISE[name])} # UNSURE: which of {', '.join(FIELDS[name].terms[:8])}?"
        else:
            unsure = " # UNSURE: a party that is not known" if FIELDS[name].kind is Kind.PARTY else ""
            yield f"{quoted(text)} = {quoted(code_of(text))}{unsure}"


def _doubt(name: str, column: Profile) -> str:
    """What is unsure of a column that is called by the field's name and does not hold what it should."""
    doubts = {
        "on": ("no format reads its days", bool(column.dates)),
        "amount": ("not all of it are numbers", column.marks is not None),
        "currency": ("not all of it are currencies", column.is_currency),
    }
    why, holds = doubts.get(name, ("", True))
    return "" if holds else f" # UNSURE: {why}"


def _rivals(guesses: Guesses, name: str) -> str:
    others = [column.reference for column in guesses.rivals.get(name, [])][:4]
    return f" # UNSURE: or {', '.join(map(quoted, others))}" if others else ""


def _named_currency(guesses: Guesses) -> str | None:
    """The currency that the column of the amounts is called by, where another column holds currencies or none does."""
    column = guesses.fields.get("amount") or next(iter(guesses.amounts.values()), None)
    named = {"eur", "usd", "gbp", "euro", "dollars"} & set(column.words.split()) if column else set()
    if len(named) != 1:
        return None
    return {"euro": "EUR", "dollars": "USD"}.get(found := named.pop(), found.upper())
