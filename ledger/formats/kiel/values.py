"""Values: what a package is worth, in the money it was promised in, as its publisher counts it.

A package counts at its `Converted Value in EUR`. Where the amount and the workbook's rate give that figure, the
pledge is kept in its own currency; where they do not, it is kept in euros at the published figure, since the totals
must come out. An amount whose converted value is blank is not counted by the publisher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.figures import EUR, NEAR, Rates, amount, known_currency
from ledger.formats.kiel.layout import CURRENCY, EUROS, TOTAL, Row
from ledger.message import Message, message
from ledger.money import Commodity, Money
from ledger.recognition.proposal import Rejection, Remark

_SHOWN = 40  # characters of a currency that is none


@dataclass(frozen=True, slots=True)
class Value:
    """The amount one row states, and what the publisher counts it for; ``of`` is None for money that is not known."""

    row: Row
    of: Commodity | None
    total: Fraction | None
    euros: Fraction | None

    @property
    def weight(self) -> Fraction:
        """How large it is beside others of its package."""
        size = self.euros or self.total or Fraction()
        return max(size, -size)


@dataclass(frozen=True, slots=True)
class Values:
    """What a package promises: amounts to be promised, and amounts of which the publisher counts nothing.

    ``euros`` is the value as published, ``stated`` the same money in the publisher's or the source's other currency,
    ``beside`` what has an amount and no converted value, ``rows`` all that state an amount.
    """

    promised: Sequence[Money] = ()
    euros: Fraction = Fraction()
    stated: tuple[Money, ...] = ()
    beside: Sequence[Value] = ()
    rows: Sequence[Value] = ()
    findings: list[Rejection | Remark] = field(default_factory=list)

    @property
    def uncounted(self) -> list[Money]:
        """The amounts of which the publisher counts nothing."""
        return _sums(self.beside)


def values(rows: Sequence[Row], rates: Rates) -> Values:
    """What the rows of a package are worth together."""
    findings: list[Rejection | Remark] = []
    stated = [value for row in rows if (value := _value(row, findings))]
    counted = [value for value in stated if value.euros is not None]
    beside = [value for value in stated if value.euros is None and value.total and not value.row.allocates]
    promised, others = _promised(counted, rates, findings)
    euros = sum((value.euros or Fraction() for value in counted), Fraction()) if promised else Fraction()
    return Values(promised, euros, others, beside, stated, findings)


def _value(row: Row, findings: list[Rejection | Remark]) -> Value | None:
    figures: list[Fraction | None] = []
    for column in (TOTAL, EUROS):
        try:
            figures.append(amount(row, column))
        except InputError as error:
            findings.append(Rejection(row.at(column), error.message))
            return None
    total, euros = figures
    return Value(row, known_currency(row.text(CURRENCY)), total, euros) if total or euros else None


def _sums(found: Sequence[Value]) -> list[Money]:
    sums: dict[Commodity, Fraction] = {}
    for value in found:
        if value.of and value.total:
            sums[value.of] = sums.get(value.of, Fraction()) + value.total
    amounts = [Money.rounded(total, of) for of, total in sums.items()]
    return sorted((money for money in amounts if money.units > 0), key=lambda money: money.commodity.code)


def _promised(
    counted: Sequence[Value], rates: Rates, findings: list[Rejection | Remark]
) -> tuple[list[Money], tuple[Money, ...]]:
    """The amounts as they are kept, and what else is stated of the same money."""
    euros = sum((value.euros or Fraction() for value in counted), Fraction())
    own = [_own(of, group, rates, findings) for of, group in _by_currency(counted)]
    if any(money.units < 0 for money in own):
        own = [Money.rounded(euros, EUR)]
        findings.append(
            Remark(counted[0].row.at(EUROS), message("a value below zero: all of it is kept in euros, less that"))
        )
    kept = _added(own)
    if any(money.units < 0 for money in kept):
        findings.append(Rejection(counted[0].row.at(EUROS), message("a package cannot promise less than nothing")))
        return [], ()
    published = Money.rounded(euros, EUR)
    if not kept or not published:
        return kept, ()
    if any(money.commodity != EUR for money in kept):
        return kept, (published,)
    return kept, _stated(counted)


def _by_currency(counted: Sequence[Value]) -> list[tuple[Commodity | None, list[Value]]]:
    found: dict[Commodity | None, list[Value]] = {}
    for value in counted:
        found.setdefault(value.of, []).append(value)
    return sorted(found.items(), key=lambda pair: pair[0].code if pair[0] else "")


def _own(of: Commodity | None, group: Sequence[Value], rates: Rates, findings: list[Rejection | Remark]) -> Money:
    """What is promised in one currency: that, or euros where the publisher's figure is another."""
    euros = sum((value.euros or Fraction() for value in group), Fraction())
    total = sum((value.total or Fraction() for value in group), Fraction())
    rate = rates.of(of.code) if of else None
    if of and rate and abs(Money.rounded(total, of).value / rate - euros) <= NEAR:
        return Money.rounded(total, of)
    first = next((value for value in group if value.euros), group[0])
    if first.euros and not (of == EUR and not total):
        column, why = _why(of, total, rate, first)
        findings.append(
            Remark(first.row.at(column), message("{reason}: it is kept in euros, at the published value", reason=why))
        )
    return Money.rounded(euros, EUR)


def _why(of: Commodity | None, total: Fraction, rate: Fraction | None, first: Value) -> tuple[str, Message]:
    if of is None:
        if given := first.row.text(CURRENCY)[:_SHOWN]:
            return CURRENCY, message("'{text}' is no currency of ISO 4217", text=given)
        return CURRENCY, message("no currency is given")
    if rate is None:
        return CURRENCY, message("the workbook has no rate for {currency}", currency=of)
    if not total:
        return TOTAL, message("no amount in {currency} is given", currency=of)
    own = Money.rounded(total, of)
    at_rate = Money.rounded(own.value / rate, EUR)
    return EUROS, message(
        "{amount} is {euros} at the workbook's rate, not the value that is published", amount=own, euros=at_rate
    )


def _added(amounts: Sequence[Money]) -> list[Money]:
    sums: dict[Commodity, Money] = {}
    for money in amounts:
        sums[money.commodity] = sums.get(money.commodity, Money(0, money.commodity)) + money
    return [sums[of].held() for of in sorted(sums, key=lambda of: of.code) if sums[of]]


def _stated(counted: Sequence[Value]) -> tuple[Money, ...]:
    """The original amounts of what is kept in euros, where they say something else."""
    return tuple(money for money in _sums(counted) if money.commodity != EUR)
