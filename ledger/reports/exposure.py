"""Exposure: what is open in each currency, and what exchange rates did and do to it.

An amount keeps the value of its pledge's day; what the rate of a later day makes of it is the
unrealised difference. What was paid in another currency has a rate really obtained; what it is worth
beside that day's published rate is the realised difference. Neither changes what was pledged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial

from ledger.conversion import Converter
from ledger.money import Commodity, Money, commodity
from ledger.rate import rate_text
from ledger.reports.cell import Cell, Key, Payment
from ledger.reports.evidence import rates_used
from ledger.reports.measures import Group, Valuation, counts_of, valued
from ledger.reports.totals import KINDS
from ledger.table import Cell as TableCell
from ledger.table import Column, Table

OPEN = ("outstanding", "owed")
"""The measures that are still to be paid, one way or the other."""

VALUES = ("at_pledge", "at_date", "settled_at_pledge", "at_payment", "paid_value")
"""What is valued, and when: open amounts, settled ones, and what was paid."""

_OWN = (*(Column(name, "money") for name in (*OPEN, "open", "settled")), Column("paid_currency", "code"))
_PAID = (Column("paid", "money"), Column("realised_rate", "number"), Column("into", "code"))
_DIFFERENCES = ("at_pledge", "at_date", "unrealised", "at_payment", "paid_value", "realised")


@dataclass
class _Sums:
    """Amounts in their own currencies by row and name, and the groups in which they are valued.

    A row is the dimensions with the pledges' currency, the state, and the currency of payment.
    """

    amounts: dict[Key, dict[str, Money]] = field(default_factory=dict)
    groups: dict[Group, int] = field(default_factory=dict)

    def amount(self, key: Key, name: str, amount: Money) -> None:
        """Add an amount of one column."""
        row = self.amounts.setdefault(key, {})
        row[name] = row.get(name, Money(0, amount.commodity)) + amount

    def value(self, key: Key, name: str, amount: Money, day: date) -> None:
        """Have an amount valued at the rate of a day."""
        group = Group(key, name, amount.commodity, day)
        self.groups[group] = self.groups.get(group, 0) + amount.units


def exposure(
    cells: Sequence[Cell], payments: Iterable[Payment], by: Sequence[str], converter: Converter, *, day: date
) -> Table:
    """A row for what is ``open`` in each currency, and one for what each other currency paid or repaid of it.

    ``cells`` are cut by the day of their pledge. Columns: the dimensions; ``currency``, the pledges' own;
    ``state``: open, paid or repaid. In the own currency: ``outstanding``, ``owed``, their sum ``open``, ``settled``
    (what came back is negative). ``paid_currency``, what was ``paid`` of it; ``realised_rate``, paid / settled to 12
    digits. In ``into``: ``at_pledge``, the open or settled amount at the rate of its pledge's day; ``at_date``, at
    that of ``day``; ``unrealised``, the change from one to the other; ``at_payment``, the settled amount at the rate
    of the day of payment; ``paid_value``, what was paid, at that of the same day; ``realised``, paid_value less
    at_payment. Each is exact until it is rounded, once. A payment that settled several currencies at once has no
    currency and no rate of its own. Raises :class:`~ledger.errors.MissingRate`.
    """
    sums, valuation = _Sums(), Valuation(converter)
    _open(sums, cells, day)
    for payment in payments:
        _paid(sums, payment)
    figures = valued(sums.groups, valuation)
    names = [column.name for column in _columns(by)[len(by) :]]
    rows = [
        (*key[: len(by)], *map((_line(key, sums.amounts[key], row, converter) | _said(converter, day)).get, names))
        for key, _, row in figures.rows()
    ]
    whole = [_differences(row, converter.target) for _, _, row in figures.total().rows()]
    return Table(
        _columns(by),
        rows,
        totals=[(*(None for _ in by), *map((row | _said(converter, day)).get, names)) for row in whole],
        evidence=partial(rates_used, sums.groups, valuation, VALUES),
    )


def _columns(by: Sequence[str]) -> list[Column]:
    dimensions = [Column(name, KINDS.get(name, "text")) for name in by]
    last = [*(Column(name, "money") for name in _DIFFERENCES), Column("policy", "code"), Column("on", "date")]
    return [*dimensions, Column("currency", "code"), Column("state", "code"), *_OWN, *_PAID, *last]


def _open(sums: _Sums, cells: Sequence[Cell], day: date) -> None:
    for (key, name, of, announced), units in counts_of(cells, Valuation()).items():
        if name in OPEN and units and announced is not None:
            place, amount = (*key, of.code, "open", None), Money(units, of)
            sums.amount(place, name, amount)
            sums.amount(place, "open", amount)
            sums.value(place, "at_pledge", amount, announced)
            sums.value(place, "at_date", amount, day)


def _paid(sums: _Sums, payment: Payment) -> None:
    own = payment.settled[0].commodity.code if len(payment.settled) == 1 else None
    state = "repaid" if payment.repaid else "paid"
    place = (*payment.key, own, state, payment.paid.commodity.code)
    sums.amount(place, "paid", payment.paid)
    sums.value(place, "paid_value", payment.paid, payment.on)
    for amount in payment.settled:
        if own is not None:
            sums.amount(place, "settled", amount)
        sums.value(place, "settled_at_pledge", amount, payment.announced)
        sums.value(place, "at_payment", amount, payment.on)


def _line(
    key: Key, amounts: Mapping[str, Money], row: Mapping[str, Fraction], converter: Converter
) -> dict[str, TableCell]:
    """One row of the report by its columns' names; what does not apply to its state is absent."""
    own, state, paid = key[-3:]
    found: dict[str, TableCell] = {"currency": own, "state": state, "paid_currency": paid, **amounts}
    values = _differences(row, converter.target)
    if state == "open":
        found |= {name: amounts.get(name, Money(0, commodity(str(own)))) for name in OPEN}
    else:
        found["at_pledge"] = values.pop("settled_at_pledge", None)
    if settled := amounts.get("settled"):
        found["realised_rate"] = rate_text(abs(amounts["paid"].value / settled.value))
    return found | values


def _differences(row: Mapping[str, Fraction], of: Commodity) -> dict[str, TableCell]:
    """Values and what lies between them, each rounded once."""
    exact = dict(row)
    if "at_date" in row:
        exact["unrealised"] = row["at_date"] - row["at_pledge"]
    if "at_payment" in row:
        exact["realised"] = row["paid_value"] - row["at_payment"]
    return {name: Money.rounded(value, of) for name, value in exact.items()}


def _said(converter: Converter, day: date) -> dict[str, TableCell]:
    return {"into": converter.target.code, "policy": str(converter.policy), "on": day}
