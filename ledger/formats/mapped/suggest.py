"""A first map: what a table's header and values seem to mean, written as TOML for a person to settle.

Whatever is a guess carries ``# UNSURE`` and why. What is suggested can be read as a map as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ledger.errors import InputError
from ledger.formats.mapped.guesses import Guesses, guess
from ledger.formats.mapped.map import Layout
from ledger.formats.mapped.profile import Profile, profiles
from ledger.formats.mapped.read import is_workbook, named_after, open_sheet
from ledger.formats.mapped.suggested_fields import blocks, inline, registers
from ledger.formats.mapped.toml import quoted, remark
from ledger.formats.mapped.vocabulary import UNITS
from ledger.formats.workbook import load

_MOST_SHEETS = 20


def suggest(path: Path) -> str:
    """A first map of a table, as TOML: from its header and up to 5,000 of its rows.

    Raises :class:`InputError` for a file that cannot be read as a whole.
    """
    layout, columns, rows, unsure = _looked_at(path)
    guesses = guess(columns)
    several = f"{rows:,} rows" if rows != 1 else "1 row"
    lines = [
        f"# A first map of {remark(path.name)}, from its header and its first {several}.",
        "# What is marked UNSURE is a guess: settle it, and take the mark away.",
        "",
        f"name = {quoted(named_after(path))}",
        *_key(guesses),
        *_file(layout, unsure),
        *_conventions(guesses),
        "",
        "[fields]",
        *inline(guesses),
        *blocks(guesses),
        *registers(guesses),
        *_unused(columns, guesses),
    ]
    return "\n".join(lines) + "\n"


def _looked_at(path: Path) -> tuple[Layout, list[Profile], int, str]:
    """The layout that a table seems to have, its columns, how many rows were read, and what is unsure of it."""
    if is_workbook(path):
        return _best_sheet(path)
    try:
        return Layout(), *profiles(open_sheet(path, Layout())), ""
    except InputError as error:
        if "encoding = " not in error.message:
            raise
    western = Layout(encoding="cp1252")
    return western, *profiles(open_sheet(path, western)), "the text is not in UTF-8: this is what Western Excel writes"


def _best_sheet(path: Path) -> tuple[Layout, list[Profile], int, str]:
    """The sheet that most fields were found in, and of those the longest in sight."""
    sheets = load(path).sheets
    found = []
    for sheet in sheets[:_MOST_SHEETS]:
        layout = Layout(sheet=sheet)
        try:
            columns, rows = profiles(open_sheet(path, layout))
        except InputError:
            continue
        found.append((len(guess(columns).fields), rows, layout, columns))
    if not found:
        raise InputError("{path} cannot be read: none of its sheets has a header", path=path)
    _, rows, layout, columns = max(found, key=lambda one: one[:2])
    return layout, columns, rows, "" if len(sheets) == 1 else f"there are {len(sheets)} sheets"


def _key(guesses: Guesses) -> Iterator[str]:
    if "id" not in guesses.fields:
        yield "key = { row = true } # UNSURE: no column is a key, so a row that moves is a new one"


def _file(layout: Layout, unsure: str) -> Iterator[str]:
    if layout == Layout():
        return
    yield from ("", "[file]")
    for key in ("sheet", "encoding"):
        if (value := getattr(layout, key)) is not None:
            yield f"{key} = {quoted(value)}{_unsure(unsure)}"


def _conventions(guesses: Guesses) -> Iterator[str]:
    """How the file writes what is absent, its days and its numbers, where that is not the usual."""
    used = [*guesses.fields.values(), *guesses.amounts.values()]
    lines = [*_absent(used), *_days(guesses.fields.get("on")), *_numbers(_amounts(guesses))]
    if lines:
        yield from ("", "[conventions]", *lines)


def _amounts(guesses: Guesses) -> list[Profile]:
    alone = guesses.fields.get("amount")
    return [alone] if alone else list(guesses.amounts.values())


def _absent(used: Iterable[Profile]) -> Iterator[str]:
    marks = sorted({mark for column in used for mark in column.absent if mark})
    if marks:
        yield f"absent = [{', '.join(map(quoted, marks))}]"


def _days(column: Profile | None) -> Iterator[str]:
    if column is None or column.dates in {(), ("iso",)}:
        return
    unsure = [f"{other} reads all of them as well" for other in column.rival_dates]
    if {"year-end", "month-end"} & set(column.dates):
        unsure.append("a last day stands for what has no day")
    yield f"dates = [{', '.join(map(quoted, column.dates))}]{_unsure('; '.join(unsure))}"


def _numbers(amounts: Sequence[Profile]) -> Iterator[str]:
    if not amounts:
        return
    decimal, thousands = amounts[0].marks or (".", "")
    unsure = "perhaps it parts thousands, and no decimals" if any(column.is_contested for column in amounts) else ""
    if decimal != "." or (unsure and not thousands):
        yield f"decimal = {quoted(decimal)}{_unsure(unsure)}"
    if thousands:
        yield f"thousands = {quoted(thousands)}{_unsure(unsure)}"
    for unit in UNITS:
        if any(column.is_called_in(unit) for column in amounts):
            yield f"unit = {quoted(unit)}{_unsure('the name of the column says so')}"
            break
    if any(column.has_fine_digits for column in amounts):
        yield f"round = true{_unsure('some amounts have more digits than a currency')}"
    if any(column.has_zeros for column in amounts):
        yield f'zero = "skip"{_unsure("rows of zero are left out; or undisclosed, or reject")}'


def _unused(columns: Sequence[Profile], guesses: Guesses) -> Iterator[str]:
    used = {id(column) for column in (*guesses.fields.values(), *guesses.amounts.values())}
    left = [remark(column.reference) for column in columns if id(column) not in used]
    if left:
        yield from ("", f"# Columns that nothing is read from: {', '.join(left)}")


def _unsure(why: str) -> str:
    return f" # UNSURE: {why}" if why else ""
