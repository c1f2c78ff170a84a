"""Cash: what the book says was paid, and how near what a bank says must come to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.errors import InputError
from ledger.money import Commodity, Money
from ledger.reconcile.tolerance import NONE, Tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """What one entry of one pledge paid or got back, as the account would show it: money out is negative.

    ``names`` are those of the other side and of the pledge, ``references`` the texts by which a payment may name
    the entry (its origin, its citation, its note). ``paid_before`` is what accepted matches hold of it already:
    ``amount`` is the rest.
    """

    entry: int
    pledge: str
    on: date
    amount: Money
    names: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    paid_before: Money | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """What cash is put in order by, whatever order it came in."""
        return (self.on, self.entry, self.pledge, self.amount.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How statements are compared with the book.

    ``received``: the account is the recipient's, and what was disbursed came in. ``days`` may lie between a booking
    and the day the book has. Bank charges up to ``fees`` may be missing from what came in, or be in what went out;
    ``tolerance`` is a difference either way.
    """

    received: bool = False
    days: int = 5
    fees: Money | None = None
    tolerance: Tolerance = NONE

    def __post_init__(self) -> None:
        for option, amount in (("--fees", self.fees), ("--tolerance", self.tolerance.amount)):
            if amount is not None and (amount.units < 0 or not amount.commodity.is_currency):
                raise InputError(
                    "{option} {amount}: give an amount of money, such as '25 GBP', that is not negative",
                    option=option,
                    amount=amount,
                )
        if not 0 <= self.tolerance.share < 1:
            raise InputError("--tolerance as a share lies from 0% to below 100%")

    def of(self, currency: Commodity) -> Terms:
        """The terms for one currency: amounts in others allow nothing there."""
        fees = self.fees if self.fees and self.fees.commodity == currency else None
        amount = self.tolerance.amount
        tolerance = self.tolerance if amount is None or amount.commodity == currency else NONE
        return replace(self, fees=fees, tolerance=tolerance)

    def difference(self, theirs: int, ours: int) -> str | None:
        """What a difference in minor units is by these terms: ``exact``, ``fees``, ``tolerance``, or None: too much."""
        over = theirs - ours
        if not over:
            return "exact"
        if self.fees is not None and -self.fees.units <= over < 0:
            return "fees"
        return "tolerance" if abs(over) <= self._slack(ours) else None

    def theirs(self, ours: int) -> tuple[int, int]:
        """The least and the most minor units that theirs may have for an amount of ours."""
        slack = self._slack(ours)
        return ours - max(slack, self.fees.units if self.fees else 0), ours + slack

    def ours(self, theirs: int) -> tuple[int, int]:
        """The least and the most minor units that ours may have for an amount of theirs."""
        share = self.tolerance.share
        slack = int(abs(theirs) * share / (1 - share)) + 1 if share else self._slack(theirs)
        return theirs - slack, theirs + max(slack, self.fees.units if self.fees else 0)

    def _slack(self, ours: int) -> int:
        """The tolerance in minor units, for an amount of ours."""
        amount = self.tolerance.amount
        return int(abs(ours) * self.tolerance.share) if amount is None else amount.units


def widened(since: date, until: date, days: int) -> tuple[date, date]:
    """A span of days with some more on either side, as far as the calendar goes."""
    first = since - timedelta(min(days, (since - date.min).days))
    return first, until + timedelta(min(days, (date.max - until).days))
