"""Items: units promised and delivered with the price they imply, from the store's cells to the table."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.reports import items
from ledger.reports.measures import Valuation
from ledger.statements.figures import cells_of
from ledger.store import listing, sums
from ledger.store.itemised import FIRMNESS, Itemised
from ledger.store.scope import Scope
from ledger.table import Table


def items_of(scope: Scope, by: Sequence[str], valuation: Valuation) -> Table:
    """The units of each item and their price; raises :class:`~ledger.errors.MissingRate` where there is no rate.

    A filter on currencies chooses rows, not postings: a price needs the units and the money of its pledges.
    """
    wanted = scope.selection
    by = [name for name in by if name != "currency"]  # there is a row for each anyway
    selected = Itemised(scope.connection, scope.book, wanted).narrowed(currency=())
    cells = cells_of(selected, ("pledge", *by), valuation)
    whole = cells if wanted.since is None else sums.cells(selected.narrowed(since=None), ("pledge",))
    stated = {pledge.id: pledge for pledge in listing.in_force(selected.narrowed(*FIRMNESS))}
    return items.items(cells, items.Promises.of(whole, stated), by, valuation, only=wanted.currency)
