"""Guesses at what the columns of a table mean: which field each fills, by its name and by what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.formats.mapped.fields import STAGES, term
from ledger.formats.mapped.profile import Profile
from ledger.formats.mapped.vocabulary import HEADERS, REACHED

_EXACT, _CALLED, _LOOKS = 100, 40, 30  # how much a name that is ours, a usual name, and what it holds count
_MOST_TERMS = 60  # distinct values that can still be a list of terms
_ORDER = (
    "on", "currency", "donor", "recipient", "amount", "purpose", "instrument", "source", "stage", "firmness", "id",
    "citation_url", "title", "note", "lender", "obligor", "repayment_source", "parent", "package", "max_exposure",
    "citation_quote", "citation_title", "publisher",
)  # fmt: skip


@dataclass
class Guesses:
    """Columns by the fields they seem to fill; ``amounts`` are those of several stages in one row, by their stage."""

    fields: dict[str, Profile] = field(default_factory=dict)
    amounts: dict[str, Profile] = field(default_factory=dict)
    rivals: dict[str, list[Profile]] = field(default_factory=dict)
    """Other columns that might have been meant, by field."""


def guess(columns: Sequence[Profile]) -> Guesses:
    """The likeliest column of each field; none is taken twice, save for a purpose that an instrument gives away."""
    found = Guesses()
    found.amounts = _several(columns)
    taken = {id(column) for column in found.amounts.values()}
    wanted = [name for name in _ORDER if not (found.amounts and name in {"amount", "stage"})]
    for certain in (True, False):
        for name in wanted:
            if name in found.fields:
                continue
            scored = [(_score(name, column), column) for column in columns if id(column) not in taken]
            scored = [(score, column) for score, column in scored if score >= (_EXACT if certain else 1)]
            scored.sort(key=lambda pair: -pair[0])
            if scored:
                best = scored[0][1]
                found.fields[name] = best
                found.rivals[name] = [column for score, column in scored[1:] if score == scored[0][0]]
                taken.add(id(best))
    return found


def _several(columns: Sequence[Profile]) -> dict[str, Profile]:
    """Columns of amounts that are each called by a stage, where there are two or more."""
    found: dict[str, Profile] = {}
    for column in columns:
        if column.marks is None or re.search(r"\b(id|no|number|date|day)\b", column.words):
            continue
        stage = next((stage for stage, pattern in REACHED.items() if re.search(pattern, column.words)), None)
        if stage and stage not in found and not column.dates:
            found[stage] = column
    return {stage: found[stage] for stage in STAGES if stage in found} if len(found) > 1 else {}


def _score(name: str, column: Profile) -> int:
    """How likely a column is a field's: nothing where what it holds cannot be."""
    if term(column.name) == name:
        return _EXACT + 10
    called = _CALLED if re.fullmatch(HEADERS[name], column.words) else 0
    if not column.values:
        return 0
    looks = _LOOKING.get(name, _as_text)(column)
    return called + looks if looks and (called or looks > _LOOKS) else 0


def _as_text(column: Profile) -> int:
    return 1 if column.texts else 0


def _as_day(column: Profile) -> int:
    if not column.dates:
        return 0
    return 1 if column.dates == ("year-end",) else _LOOKS + 1


def _as_amount(column: Profile) -> int:
    return 0 if column.marks is None or column.dates else _LOOKS + bool(re.search("amount|value|total", column.words))


def _as_party(column: Profile) -> int:
    return 0 if column.parties < 6 else _LOOKS + column.parties  # noqa: PLR2004 - in ten


def _as_terms(column: Profile) -> int:
    return 0 if column.marks is not None or column.dates or len(column.texts) > _MOST_TERMS else 2


def _as_key(column: Profile) -> int:
    return 2 if column.is_key and not column.dates else 0


_LOOKING: Mapping[str, Callable[[Profile], int]] = {
    "on": _as_day,
    "currency": lambda column: _LOOKS + 1 if column.is_currency else 0,
    "donor": _as_party,
    "recipient": lambda column: 2 if column.parties >= 6 else 0,  # noqa: PLR2004 - in ten
    "amount": _as_amount,
    "purpose": _as_terms,
    "instrument": _as_terms,
    "source": _as_terms,
    "stage": _as_terms,
    "firmness": _as_terms,
    "id": _as_key,
    "citation_url": lambda column: _LOOKS + 1 if column.is_address else 0,
    "max_exposure": _as_amount,
}
