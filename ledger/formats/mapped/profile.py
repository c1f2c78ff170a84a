"""The profile of a column: what its first rows hold, and what they look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice

from ledger.errors import InputError
from ledger.formats.delimited import Unfit
from ledger.formats.mapped.amounts import number
from ledger.formats.mapped.cells import Cell, text_of
from ledger.formats.mapped.days import read_day
from ledger.formats.mapped.map import Conventions, fold
from ledger.formats.mapped.read import Sheet
from ledger.formats.mapped.vocabulary import ABSENT, UNITS, parties, words
from ledger.formats.reading import cleaned
from ledger.money import currency

SAMPLE = 5_000  # rows
COLUMNS = 300

_LONGEST = 200  # characters of a value
_MOST_FORMATS = 3
_DAYS = ("iso", "iso-time", "dmy", "mdy", "ymd", "month-end", "year-end")
_MARKS = ((".", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", ""))


@dataclass(frozen=True)
class Profile:
    """One column: its name, how a map names it, and its distinct values with how often they stand there.

    ``absent`` are spellings that usually mean nothing, ``filled`` is in how many rows there is anything else.
    """

    name: str
    reference: str
    values: Counter[Cell]
    absent: frozenset[str]

    @cached_property
    def words(self) -> str:
        """The name as words."""
        return words(self.name)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The distinct values as text, the most frequent first; spellings that compare the same once."""
        found = {fold(text): text for value, _ in reversed(self.values.most_common()) if (text := _text(value))}
        return tuple(reversed(found.values()))

    @property
    def filled(self) -> int:
        """In how many rows there is something."""
        return self.values.total()

    def is_mostly(self, fits: Callable[[str], bool]) -> bool:
        """Whether nine in ten of the distinct values fit, and there are any."""
        return bool(self.texts) and 10 * sum(map(fits, self.texts)) >= 9 * len(self.texts)

    @cached_property
    def is_currency(self) -> bool:
        """Whether it holds ISO 4217 codes."""
        return self.is_mostly(_is_currency)

    @cached_property
    def is_address(self) -> bool:
        """Whether it holds addresses on the web."""
        return self.is_mostly(lambda text: text.startswith(("https://", "http://", "www.")))

    @cached_property
    def is_key(self) -> bool:
        """Whether each row has a short value of its own."""
        short = all(len(text) <= 40 and " " not in text and "," not in text for text in self.texts)  # noqa: PLR2004
        return bool(self.texts) and short and not self.absent and len(self.texts) == self.filled

    @cached_property
    def parties(self) -> int:
        """How many of ten distinct values are countries or institutions that are known."""
        known = sum(fold(text) in parties() for text in self.texts)
        return 10 * known // max(1, len(self.texts))

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """The formats in which nearly all of its days can be read, the likeliest first; none where it has no days."""
        if self.values and all(isinstance(value, date) for value in self.values):
            return ("iso",)
        left = set(self.texts)
        found: list[str] = []
        while left and len(found) < _MOST_FORMATS and (best := max(_DAYS, key=lambda form: self._days(form, left))):
            if not self._days(best, left):
                break
            found.append(best)
            left = {text for text in left if not _is_day(text, best)}
        return tuple(found) if 10 * len(left) <= len(self.texts) else ()

    @property
    def rival_dates(self) -> tuple[str, ...]:
        """Other formats that read as many of its days as the likeliest."""
        texts = set(self.texts)
        most = self._days(self.dates[0], texts)
        return tuple(form for form in _DAYS if form not in self.dates and self._days(form, texts) == most)

    def _days(self, form: str, texts: set[str]) -> int:
        return sum(_is_day(text, form) for text in texts)

    @cached_property
    def marks(self) -> tuple[str, str] | None:
        """Decimal mark and mark of thousands by which nearly all of its numbers can be read; None where it has none."""
        if any(isinstance(value, date) for value in self.values):
            return None
        for decimal, thousands in _MARKS:
            how = Conventions(decimal=decimal, thousands=thousands)
            if self.is_mostly(lambda text, how=how: _is_number(text, how)):  # type: ignore[misc] # bound at once
                return decimal, thousands
        return None

    @cached_property
    def is_contested(self) -> bool:
        """Whether what is taken for a decimal point may part thousands: three digits follow it wherever it stands."""
        marked = [text for text in self.texts if "." in text or "," in text]
        return bool(marked) and all(_parts_three(text) for text in marked)

    def is_called_in(self, unit: str) -> bool:
        """Whether its name says that its amounts are in this unit."""
        return re.search(UNITS[unit], self.words) is not None

    @property
    def has_fine_digits(self) -> bool:
        """Whether some of its numbers have more than three decimals, which no currency has."""
        return any((1000 * value).denominator != 1 for value in self._numbers)

    @property
    def has_zeros(self) -> bool:
        """Whether some of its numbers are zero."""
        return not all(self._numbers)

    @cached_property
    def _numbers(self) -> tuple[Fraction, ...]:
        decimal, thousands = self.marks or (".", "")
        how = Conventions(decimal=decimal, thousands=thousands)
        return tuple(number(text, how) for text in self.texts if _is_number(text, how))


def profiles(table: Sheet) -> tuple[list[Profile], int]:
    """Each column of a table by its first rows, and how many those were."""
    names = [cleaned(name)[:_LONGEST] for name in table.header[:COLUMNS]]
    values: list[Counter[Cell]] = [Counter() for _ in names]
    absent: list[set[str]] = [set() for _ in names]
    read = 0
    for row in islice(table.rows(), SAMPLE):
        if isinstance(row, Unfit):
            continue
        read += 1
        for place, cell in enumerate(row[1][:COLUMNS]):
            value = cell[:_LONGEST] if isinstance(cell, str) else cell
            said = fold(value) if isinstance(value, str) else ""
            if said in ABSENT or (isinstance(value, str) and not said):
                absent[place].add(said)
            else:
                values[place][value] += 1
    references = _references(names)
    columns = zip(names, references, values, absent, strict=True)
    return [Profile(name, of, counted, frozenset(none)) for name, of, counted, none in columns], read


def _references(names: Sequence[str]) -> list[str]:
    """How a map names each column: by its name, by its place where it has none, by its turn where it has company."""
    folded = [fold(name) for name in names]
    found: list[str] = []
    for place, (name, said) in enumerate(zip(names, folded, strict=True)):
        if not said:
            found.append(f"#{place + 1}")
        elif folded.count(said) > 1:
            found.append(f"{name} #{folded[: place + 1].count(said)}")
        else:
            found.append(name)
    return found


def _text(value: Cell) -> str:
    return cleaned(text_of(value))


def _is_currency(text: str) -> bool:
    try:
        return len(text) == len("EUR") and text.isascii() and bool(currency(text))
    except InputError:
        return False


def _is_day(text: str, form: str) -> bool:
    try:
        return bool(read_day(text, (form,)))
    except InputError:
        return False


def _is_number(text: str, how: Conventions) -> bool:
    try:
        number(text, how)
    except InputError:
        return False
    return True


def _parts_three(text: str) -> bool:
    head, _, tail = text.replace(",", ".").rpartition(".")
    return len(tail) == len("000") and head.lstrip("-").isdigit() and len(head.lstrip("-")) <= len("000")
