"""The map: what a file's columns mean, as a value. :mod:`ledger.formats.mapped.written` reads it from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ledger.recognition.proposal import Register

Beyond = Literal["refuse", "top_up", "new_money"]
Zero = Literal["reject", "skip", "undisclosed"]

UNITS: Mapping[str, int] = MappingProxyType({"one": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """How a file writes things: what is absent, days, numbers.

    ``absent`` spellings are compared as :func:`fold` gives them; an empty cell is absent always. ``dates`` are tried
    in order, and a day that two of them read differently is refused. ``unit`` is what a number is of.
    """

    absent: frozenset[str] = frozenset({""})
    dates: tuple[str, ...] = ("iso",)
    decimal: str = "."
    thousands: str = ""
    unit: int = 1
    round: bool = False
    zero: Zero = "reject"
    negative: Literal["reject", "correct"] = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a field's value comes from: a constant, or columns (joined where there are several) with a value table.

    ``values`` maps spellings, as :func:`fold` gives them, to our terms. A spelling it does not list is refused, but
    kept with ``keep``, and ``default`` with one; the default holds for absent cells too.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    keep: bool = False
    conventions: Conventions = Conventions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One column of amounts, and what the pledge has come to with them.

    ``stage`` is None where the row's own field says it. Amounts of a later stage than the map's first are moves
    to it; ``beyond`` says what becomes of what is more than the earlier stages hold.
    """

    rule: Rule
    stage: str | None = None
    currency: Rule | None = None
    on: Rule | None = None
    beyond: Beyond = "refuse"


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are left out: those whose column holds one of these values, or (``unless``) none of them."""

    column: str
    values: frozenset[str]
    unless: bool = False
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where in a file the table is: ``header`` is the row that names the columns."""

    sheet: str | None = None
    header: int = 1
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """What each column of a file means, and what else is to be known of it.

    ``fields`` are rules by the names of :data:`~ledger.formats.mapped.fields.FIELDS`, amounts and key aside;
    ``key`` is what a record is known by in every issue of the file, None the row's number; ``registers`` are
    parties, sources and items by their codes. ``strict`` tables are those without a map: their pledges are
    numbered by the book unless they have an id, and an amount and its currency are absent together only.
    """

    name: str | None = None
    complete: bool = False
    layout: Layout = Layout()
    fields: Mapping[str, Rule]
    amounts: tuple[Amount, ...]
    key: Rule | None = None
    skips: tuple[Skip, ...] = ()
    parties: Mapping[str, Register] = field(default_factory=dict)
    sources: Mapping[str, Register] = field(default_factory=dict)
    items: Mapping[str, Register] = field(default_factory=dict)
    strict: bool = False

    def columns(self) -> dict[str, str]:
        """Every column that the map names, and where it does so."""
        named: dict[str, str] = {}
        for name, rule in self.fields.items():
            named.update((column, f"fields.{name}") for column in rule.columns)
        for amount in self.amounts:
            rules = (amount.rule, amount.currency, amount.on)
            named.update((column, "amounts") for rule in rules if rule is not None for column in rule.columns)
        named.update((column, "key") for column in (self.key.columns if self.key else ()))
        named.update((skip.column, "skip") for skip in self.skips)
        return named


def fold(text: str) -> str:
    """A spelling as it is compared: small letters, single blanks, none around it.

    >>> fold(" Weapons  and Equipment ")
    'weapons and equipment'
    """
    return " ".join(text.casefold().split())
