"""The header of a file beside the columns that a map names: each found once, or a refusal with the nearest name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import reduce

from ledger.errors import InputError
from ledger.formats.mapped.fields import CONTRACT, REQUIRED
from ledger.formats.mapped.map import Amount, Conventions, Map, Rule, fold
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.message import Message, counted, message

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
            counted(
                "{where}: the file has {count} column {name}: write '{column} #2' for the second",
                "{where}: the file has {count} columns {name}: write '{column} #2' for the second",
                count=len(found),
                where=where,
                name=shown(column),
                column=column,
            )
        )
    if numbered := _NUMBERED.fullmatch(column):
        name, number = fold(numbered[1]), int(numbered[2])
        found = [place for place, one in enumerate(folded) if not name or one == name]
        if 1 <= number <= len(found):
            return found[number - 1]
    raise InputError(
        "{where}: the file has no column {column}: {advice}",
        where=where,
        column=shown(column),
        advice=_nearest(fold(column), header),
    )


def _nearest(wanted: str, header: Sequence[str]) -> Message:
    names = {fold(cleaned(name)): cleaned(name) for name in header if name.strip()}
    if close := get_close_matches(wanted, names, 1):
        return message("did you mean {nearest}?", nearest=shown(names[close[0]]))
    return message("it has {columns}", columns=_listed(names.values()))


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
            raise _unknown(name, said)
        if names.count(name) > 1:
            raise InputError("its column {column} is there twice", column=shown(said))
    if missing := [name for name in REQUIRED if name not in names]:
        raise InputError(
            "it has no column {columns}: other columns need a map: --suggest-map", columns=reduce(_either, missing)
        )
    rules = {name: Rule(columns=(name,), conventions=Conventions()) for name in names if name}
    amount = Amount(rule=rules.pop("amount"))
    return Map(fields=rules, amounts=(amount,), key=rules.get("id"), strict=True)


def _unknown(name: str, said: str) -> InputError:
    if close := get_close_matches(name, CONTRACT, 1):
        return InputError(
            "it has a column {column}: did you mean {nearest}? There are {columns};"
            " other columns need a map: --suggest-map",
            column=shown(said),
            nearest=close[0],
            columns=_listed(CONTRACT),
        )
    return InputError(
        "it has a column {column}, which is none of {columns}; other columns need a map: --suggest-map",
        column=shown(said),
        columns=_listed(CONTRACT),
    )


def _either(first: str, second: str) -> str:
    return message("{first} or {second}", first=first, second=second)


def _listed(names: Iterable[str]) -> str:
    listed = [shown(name)[1:-1] for name in names]
    return ", ".join(listed[:_MOST_SHOWN]) + (", ..." if len(listed) > _MOST_SHOWN else "")
