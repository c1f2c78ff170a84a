"""The timeline, from cells to a table."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import InputError
from ledger.reports import timeline
from ledger.reports.measures import Valuation
from ledger.selection import TIMES
from ledger.statements.figures import cells_of, without_currency
from ledger.statements.ranges import exposures_of
from ledger.store import listing
from ledger.store.scope import Scope
from ledger.table import Table


def timeline_of(
    scope: Scope, by: Sequence[str], valuation: Valuation, *, each: str = "month", cumulative: bool = False
) -> Table:
    """Every measure by period; raises :class:`~ledger.errors.MissingRate` where there is no rate.

    Raises :class:`~ledger.errors.InputError` for what is no month, quarter or year, for a dimension of time
    beside it, and for a timeline of too many rows in which nothing happened.
    """
    size = next((size for size in TIMES if size == each), None)
    if size is None:
        raise InputError(
            "--each is {choices} or {last}, not '{given}'", choices=", ".join(TIMES[:0:-1]), last=TIMES[0], given=each
        )
    for name in by:
        if name in TIMES:
            raise InputError("--by {name}: the periods of a timeline are those of --each {name}", name=name)
    by = without_currency(by, valuation)
    cells = cells_of(scope, (size, *by), valuation)
    stated = exposures_of(scope, cells, valuation)
    undisclosed = listing.undisclosed(scope)
    return timeline.timeline(
        cells, by, valuation, each=size, cumulative=cumulative, stated=stated, undisclosed=undisclosed
    )
