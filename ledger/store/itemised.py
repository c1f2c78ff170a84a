"""Itemised: a selection narrowed to the pledges that promise something by the piece."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Subquery, func, select

from ledger.store.scope import Scope
from ledger.store.tables import ACCOUNTS

FIRMNESS = ('"holds":',)
"""What the facts of a pledge hold that says how firm an amount is; without it, each is exact."""

_CURRENCY = 3  # the length of a currency's code; an item's is longer


@dataclass(frozen=True)
class Itemised(Scope):
    """A selection over the pledges with items alone: what has none is never read."""

    def pledges(self) -> Subquery:
        """The selected pledges that have, or had, an account in an item."""
        found = super().pledges()
        held = select(ACCOUNTS.c.pledge).filter_by(book=self.book)
        held = held.where(func.length(ACCOUNTS.c.commodity) > _CURRENCY)
        return select(found).where(found.c.id.in_(held)).subquery("itemised_pledges")
