"""Published: what somebody else's table of totals says, as a value, and the map by which it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.formats.mapped.map import Conventions, Layout
from ledger.money import Commodity

Cell = tuple[str, str | None]
"""A donor, and a purpose or None where the table has no categories: our codes, or the table's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a table of totals mean.

    A long table has ``amount`` and perhaps ``purpose``; a wide one a column for each purpose, ``wide``. ``sums`` are
    columns that count as a whole for one donor and purpose. ``currency`` is a code or, with ``currency_column``, read
    from each row. ``donors`` and ``purposes`` translate spellings, folded; rows of donors in ``skips`` are left out.
    ``measure`` is which of ours the figures are to be compared with, None where the table does not say;
    ``counts_all`` is false where the publisher leaves packages out that it lists, as Kiel's tracker does.
    """

    donor: str
    purpose: str | None = None
    amount: str | None = None
    wide: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    currency: Commodity | None = None
    currency_column: str | None = None
    unit: int | None = None
    measure: str | None = None
    layout: Layout = field(default_factory=Layout)
    conventions: Conventions = field(default_factory=Conventions)
    donors: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)
    skips: frozenset[str] = frozenset()
    counts_all: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The totals of a table in their currency's own unit, by currency (None: it does not say) and cell.

    ``rounding`` is half a unit of the last digit that any figure has, ``left_out`` are rows that are totals of
    others, ``unknown`` names that are none of ours. ``measure`` and ``counts_all`` are those of the columns.
    """

    totals: Mapping[Commodity | None, Mapping[Cell, Fraction]]
    rounding: Fraction
    measure: str | None = None
    left_out: Sequence[str] = ()
    unknown: Sequence[str] = ()
    counts_all: bool = True

    @property
    def by_purpose(self) -> bool:
        """Whether the totals are cut by purpose."""
        return any(purpose is not None for cells in self.totals.values() for _, purpose in cells)

    @property
    def currency(self) -> Commodity | None:
        """The one currency that all its figures are in; None where it does not say, or where there are several."""
        return next(iter(self.totals)) if len(self.totals) == 1 else None
