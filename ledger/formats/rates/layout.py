"""What a layout is: how its header is recognised, and what one of its lines says.

A layout's own module holds nothing but a :class:`Layout`; whatever all of them share
(numbers, repetitions, contradictions, what is no rate at all) is judged in ``gather``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ledger.errors import InputError
from ledger.message import Message, joined, message
from ledger.period import Period

_SHOWN = 60  # characters of somebody else's text that fit in a line of ours


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file by the names of its columns; ``where`` is its number, or the part of a document it is in."""

    where: int | str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """The cell of a column that not every such file has; empty where there is none."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A rate as a file states it, not yet read as a number: 1 ``base`` = ``text`` ``quote`` in ``period``.

    ``field`` is the column (or key) that holds the number. ``own`` is False where the
    line is of a country that merely uses the currency: the row of the currency's own
    issuer goes before it.
    """

    base: str
    quote: str
    period: Period | None
    text: str
    field: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which rates are published: what its header must look like, and what a line says.

    ``word`` is its stable name, ``header`` what a person would see at the top of the file.
    ``source`` is who publishes it, or None where the caller names that.
    ``quotations`` returns what one line states (nothing, where it states no rate) and
    raises :class:`InputError` for a line that cannot be read. ``tolerance`` is how far,
    relatively, the rows of countries that share a currency may lie from its own row and
    still be the same figure.
    """

    word: str
    source: str | None
    header: str
    recognises: Callable[[tuple[str, ...]], bool]
    quotations: Callable[[Line], Iterable[Quotation]]
    tolerance: Fraction = Fraction(0)


def place(where: int | str, column: str = "") -> Message:
    """A line, and a column of it, as people find it.

    >>> place(12), place(12, "USD"), place("rates", "USD")
    ('line 12', 'line 12, USD', 'rates, USD')
    """
    if isinstance(where, str):
        return joined(filter(None, (where, column)))
    if not column:
        return message("line {number}", number=where)
    return message("line {number}, {column}", number=where, column=column)


def holding(*columns: str) -> Callable[[tuple[str, ...]], bool]:
    """Recognition of a header by the columns it must hold, in any order, whatever others there are."""
    return frozenset(columns).issubset


def shown(text: str) -> str:
    r"""Somebody else's text in quotation marks, on one line, cut where it is long.

    >>> print(shown("1,234.5"), shown("two" + chr(10) + "lines"))
    '1,234.5' 'two\nlines'
    """
    return f"'{one_line(text, _SHOWN)}'"


def one_line(text: str, longest: int) -> str:
    """Text that a terminal shows as it is: what cannot be printed is escaped, what is too long is cut."""
    cut = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in cut)


@lru_cache(maxsize=4096)
def period(text: str) -> Period:
    """A day, month, quarter or year as ISO 8601 writes it, in plain ASCII digits.

    Raises :class:`InputError` for anything else, and for a day that does not exist.
    """
    if not text.isascii() or len(text) > len("2025-03-02"):
        raise InputError("{text} is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025", text=shown(text))
    return Period.parse(text)


def day(text: str) -> Period:
    """One day, ``2025-03-02``; raises :class:`InputError` for anything else."""
    found = period(text)
    if found.size != "day":
        raise InputError("{text} is not a day, such as 2025-03-02", text=shown(text))
    return found


def year(text: str) -> Period:
    """One year, ``2025``; raises :class:`InputError` for anything else."""
    found = period(text)
    if found.size != "year":
        raise InputError("{text} is not a year, such as 2025", text=shown(text))
    return found
