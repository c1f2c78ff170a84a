"""What is pledged still: an activity's pledges (type 12) beside its commitments (types 2 and 10), added up in order.

A commitment that no pledge covers is new money: it makes the promise larger. A commitment that is taken back takes
back new money first, and the promise with it; what is left of it is pledged still. Pledged 100, committed 60, taken
back 20: that is 100 pledged and 40 committed.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from ledger.formats.iati.transactions import Transaction
from ledger.money import Commodity, Money
from ledger.pledge import MoveKind


class _Sums(NamedTuple):
    """In minor units: what was pledged, what committed, and how much of that was new money."""

    pledged: int = 0
    committed: int = 0
    new: int = 0


class Promised:
    """The sums of an activity up to a transaction, by pledge and currency."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Hashable, Commodity], _Sums] = {}

    def taken(self, pledge: Hashable, one: Transaction, amount: Money) -> Money | None:
        """Take in a transaction's amount of a pledge, and say what is pledged still of a commitment it takes back."""
        key = (pledge, amount.commodity)
        sums = self._sums.get(key, _Sums())
        still = 0
        if one.move is None:
            sums = sums._replace(pledged=sums.pledged + amount.units)
        elif one.move is MoveKind.COMMIT:
            sums, still = _committed(sums, amount.units)
        self._sums[key] = sums
        return Money(still, amount.commodity) if still else None


def _committed(sums: _Sums, units: int) -> tuple[_Sums, int]:
    committed = sums.committed + units
    if units > 0:
        return sums._replace(committed=committed, new=max(sums.new, committed - sums.pledged)), 0
    less = min(-units, sums.new)
    still = min(-units - less, max(0, sums.pledged))
    return sums._replace(committed=committed, new=sums.new - less), still
