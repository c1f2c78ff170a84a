"""The header of a file beside the columns that a map names: each found once, or a refusal with the nearest name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from ledger.errors import InputError
from ledger.formats.mapped.fields import CONTRACT, REQUIRED
from ledger.formats.mapped.map import Amount, Conventions, Map, Rule, fold
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned

_NUMBERED = re.compile(r"(.*?) ?#([0-9]{1,4})", re.DOTALL)
_MOST_SHOWN = 20


def places(header: Sequence[str], mapping: Map) -> Mapping[str, int]:
    """Where each column that a map names stands. ``Name #2`` is the second of that name, ``#5`` the fifth column.

    Raises :class:`InputError` for a column that is not there, or there twice.
    """
    folded = [fold(cleaned(name)) for name in header]
    return {column: _place(column, where, folded, header) for column, where in mapping.columns().items()}


def unnamed(header: Sequence[str]) -> tuple[int, ...]:
    """Where columns without a name stand."""
    return tuple(place for place, name in enumerate(header) if not cleaned(name))


def _place(column: str, where: str, folded: Sequence[str], header: Sequence[str]) -> int:
    found = [place for place, name in enumerate(folded) if name == fold(column)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            "{where}: the file has {count} columns {shown}: write '{column} #2' for the second",
            where=where,
            count=len(found),
            shown=shown(column),
            column=column,
        )
    if numbered := _NUMBERED.fullmatch(column):
        name, number = fold(numbered[1]), int(numbered[2])
        found = [place for place, one in enumerate(folded) if not name or one == name]
        if 1 <= number <= len(found):
            return found[number - 1]
    raise InputError(
        "{where}: the file has no column {shown}{nearest}",
        where=where,
        shown=shown(column),
        nearest=_nearest(fold(column), header),
    )


def _nearest(wanted: str, header: Sequence[str]) -> str:
    names = {fold(cleaned(name)): cleaned(name) for name in header if name.strip()}
    if close := get_close_matches(wanted, names, 1):
        return f": did you mean {shown(names[close[0]])}?"
    return f": it has {_listed(names.values())}"


def contract(header: Sequence[str]) -> Map:
    """The map of a file whose columns are those that are read without one.

    Raises :class:`InputError` for a column that is none of them (a slip of the pen would lose what it holds), for
    one that is there twice, and where one is missing that no pledge can do without.
    """
    names = [fold(cleaned(name)) for name in header]
    for name, said in zip(names, header, strict=True):
        if not name:
            continue  # a spreadsheet's empty columns: a row that holds something there is rejected
        if name not in CONTRACT:
            raise InputError(
                "it has a column {shown}{meant}; other columns need a map: --suggest-map",
                shown=shown(said),
                meant=_meant(name),
            )
        if names.count(name) > 1:
            raise InputError("its column {shown} is there twice", shown=shown(said))
    if missing := [name for name in REQUIRED if name not in names]:
        raise InputError(
            "it has no column {missing}: other columns need a map: --suggest-map", missing=" or ".join(missing)
        )
    rules = {name: Rule(columns=(name,), conventions=Conventions()) for name in names if name}
    amount = Amount(rule=rules.pop("amount"))
    return Map(fields=rules, amounts=(amount,), key=rules.get("id"), strict=True)


def _meant(name: str) -> str:
    if close := get_close_matches(name, CONTRACT, 1):
        return f": did you mean {close[0]}? There are {_listed(CONTRACT)}"
    return f", which is none of {_listed(CONTRACT)}"


def _listed(names: Iterable[str]) -> str:
    listed = [shown(name)[1:-1] for name in names]
    return ", ".join(listed[:_MOST_SHOWN]) + (", ..." if len(listed) > _MOST_SHOWN else "")
