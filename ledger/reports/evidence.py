"""Evidence: the rates a report's converted figures were made with, and what each of them valued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from ledger.message import message
from ledger.money import Commodity, Money
from ledger.rate import RateUsed, rate_text
from ledger.reports.measures import Group, Valuation
from ledger.table import Cell, Column, Table

_COLUMNS = (
    Column("currency", "code"),
    Column("into", "code"),
    Column("on", "date"),
    Column("rate", "number"),
    Column("base_rate", "code"),
    Column("quote_rate", "code"),
    Column("pivot", "code"),
    Column("rate_date", "code"),
    Column("policy", "code"),
    Column("source", "code"),
    Column("observations", "count"),
    Column("fallback", "text"),
    Column("amounts", "count"),
)


def rates_used(counts: Mapping[Group, int], valuation: Valuation, figures: Sequence[str]) -> Table | None:
    """A row for each currency and day that was valued: its rate, and each figure's amount in that currency.

    A converted total is the sum over the rows of amount x ``quote_rate`` / ``base_rate``, rounded once,
    half-up. Both are exact, per one ``pivot``: ``0.82608`` is a fixing, ``19.20405/23`` the mean of 23;
    ``rate`` is their ratio to 12 significant digits, to look at. ``on`` is the day asked for, ``rate_date`` the
    day or period of the rate; ``amounts`` is how many figures of the report's rows were valued at it.
    Other figures are left out. None where nothing is converted; no row for what could not be.
    """
    if valuation.converter is None:
        return None
    sums: dict[tuple[Commodity, date], dict[str, int]] = {}
    amounts: dict[tuple[Commodity, date], int] = {}
    for (_, figure, of, day), units in counts.items():
        if units and day is not None and figure in figures:
            held = sums.setdefault((of, day), {})
            held[figure] = held.get(figure, 0) + units
            amounts[of, day] = amounts.get((of, day), 0) + 1
    rows = [
        (*rate_cells(used, amounts[of, day]), *(Money(sums[of, day].get(name, 0), of) for name in figures))
        for of, day in sorted(sums, key=lambda place: (place[0].code, place[1]))
        if (used := valuation.used(of, day))
    ]
    return Table([*_COLUMNS, *(Column(name, "money") for name in figures)], rows, title=message("Rates used"))


def rate_cells(used: RateUsed, amounts: int) -> tuple[Cell, ...]:
    """The columns of one rate: what it is between, its exact parts, whose it is, how many amounts it valued."""
    return (
        used.base,
        used.quote,
        used.on,
        rate_text(used.rate),
        exact_text(used.base_value, used.observations),
        exact_text(used.quote_value, used.observations),
        used.pivot,
        used.rate_date,
        str(used.policy),
        used.source,
        used.observations,
        used.fallback,
        amounts,
    )


def exact_text(value: Fraction, observations: int = 1) -> str:
    """A positive number with every digit: plain decimal notation, over a whole number where decimals never end.

    A mean is shown as the sum of what was published over how many ``observations`` there were.

    >>> exact_text(Fraction("0.82608")), exact_text(Fraction("18.88934") / 22, 22), exact_text(Fraction(2, 3))
    ('0.82608', '18.88934/22', '2/3')
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    over = observations if rest > 1 and observations % rest == 0 else rest
    finite, digits = value * over, 0
    while finite.denominator > 1:
        finite, digits = finite * 10, digits + 1
    text = str(finite.numerator).rjust(digits + 1, "0")
    text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return text if over == 1 else f"{text}/{over}"
