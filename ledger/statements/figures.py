"""Figures: the totals, the pipeline, the exposure and the comparison of policies, from cells to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from ledger.errors import InputError, MissingRate
from ledger.message import message
from ledger.period import Period
from ledger.rate import Policy
from ledger.reports import exposure, pipeline, totals
from ledger.reports.cell import Cell, CountsIn, LayerCell
from ledger.reports.comparison import comparison
from ledger.reports.layers import layer_cells
from ledger.reports.measures import Group, Valuation, counts_of, measures_of
from ledger.reports.ranking import require_measure
from ledger.reports.totals import PLAIN, Extent
from ledger.statements.ranges import exposures_of, ranges_of
from ledger.store import listing, settlements, sums
from ledger.store.scope import SCHEDULE, Scope
from ledger.table import Table


def totals_of(scope: Scope, by: Sequence[str], valuation: Valuation, extent: Extent = PLAIN) -> Table:
    """Every measure of a selection; raises :class:`~ledger.errors.MissingRate` where there is no rate."""
    by = without_currency(by, valuation)
    cells = cells_of(scope, by, valuation)
    stated = ranges_of(scope, by, valuation) if extent.ranged else exposures_of(scope, cells, valuation)
    undisclosed = listing.undisclosed(scope)
    return totals.totals(cells, by, valuation, extent=extent, stated=stated, undisclosed=undisclosed)


def pipeline_of(scope: Scope, by: Sequence[str], valuation: Valuation, day: date) -> Table:
    """What stands at each stage, and what of it was due by a day; raises as :func:`totals_of`."""
    by = without_currency(by, valuation)
    cells = cells_of(scope, by, valuation, pipeline.counts_at)
    stated = exposures_of(scope, cells, valuation)
    return pipeline.pipeline(cells, _overdue(scope, by, valuation, day), by, valuation, day=day, stated=stated)


def exposure_of(scope: Scope, by: Sequence[str], valuation: Valuation, day: date) -> Table:
    """What is open in each currency and what was paid in another, at the rates of their days and of ``day``.

    Raises :class:`~ledger.errors.InputError` without a currency to convert to, or where amounts are to be valued
    at one day: that is what this report compares.
    """
    if valuation.converter is None:
        raise InputError("the exposure is worth something in one currency: name it with --in CUR")
    if valuation.on is not None or valuation.by_event:
        raise InputError("the exposure compares the pledges' days with --on DATE: leave --value-at out")
    if valuation.converter.policy.period is not None:
        raise InputError("the exposure compares two days, and a fixed rate makes them one: ask for spot, month or year")
    if valuation.list_missing:
        raise InputError("the exposure compares values in one currency: leave --missing list out")
    by = [name for name in by if name != "currency"]
    cells = sums.cells(scope, by, announced=True)
    try:
        return exposure.exposure(cells, settlements.payments(scope, by), by, valuation.converter, day=day)
    except MissingRate as missing:
        hint = message("look at a day that has rates, --on DATE, or fetch newer ones: aidledger rate update")
        raise MissingRate(missing.message, hint=hint) from None


def comparison_of(
    scope: Scope, by: Sequence[str], measure: str, valuation: Callable[[str], Valuation], *, policy: str
) -> Table:
    """One measure under each policy side by side; ``fixed`` is ``policy``, if that is one, else of the last month.

    Raises :class:`~ledger.errors.InputError` for a measure there is not, or without a currency to convert to.
    """
    require_measure(measure)
    if (spot := valuation("spot")).converter is None:
        raise InputError("policies are compared in one currency: name it with --in CUR")
    if spot.list_missing:
        raise InputError("a comparison of policies compares values in one currency: leave --missing list out")
    counts = {group: units for group, units in counts_of(cells_of(scope, by, spot), spot).items() if units}
    fixed = policy if Policy.parse(policy).period else _last_month(scope, counts, measure)
    named = {"spot": spot} | {name: valuation(name) for name in ("month", "year")} | {"fixed": valuation(fixed)}
    return comparison(counts, by, named, measure)


def _last_month(scope: Scope, groups: Iterable[Group], measure: str) -> str:
    """The month of the last day of the selection, else of the last amount that is valued, as a policy."""
    days = [group.day for group in groups if group.figure == measure and group.day is not None]
    last = scope.selection.last_day or max(days, default=None)
    return f"fixed:{Period.of(last, 'month')}" if last else "spot"


def cells_of(
    scope: Scope, by: Sequence[str], valuation: Valuation, figures: CountsIn = measures_of
) -> Sequence[Cell | LayerCell]:
    """What reports add up: sums of stages, or layers where each amount is valued at its own day."""
    if not valuation.by_layer:
        return sums.cells(scope, by, announced=valuation.by_pledge_day)
    since = scope.selection.since
    return layer_cells(sums.events(scope.narrowed(since=None), by), figures, since)


def _overdue(scope: Scope, by: Sequence[str], valuation: Valuation, day: date) -> Sequence[Cell | LayerCell]:
    """What schedules say was due and was not disbursed, at the stages it would be paid from."""
    late, cut = scope.narrowed(*SCHEDULE, since=None), ("pledge", *pipeline.lasting(by))
    if not (planned := listing.in_force(late)):
        return []
    cells = sums.cells(late, cut, announced=valuation.by_pledge_day)
    if not valuation.by_layer:
        return pipeline.overdue_cells(planned, cells, by, day)
    layers = layer_cells(sums.events(late, cut), pipeline.counts_at, None)
    return pipeline.overdue_layers(planned, cells, layers, by, day=day)


def without_currency(by: Sequence[str], valuation: Valuation) -> Sequence[str]:
    """Without conversion there is a row per currency anyway."""
    return by if valuation.converter else [name for name in by if name != "currency"]
