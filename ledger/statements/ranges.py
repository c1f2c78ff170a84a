"""Ranges: what the words of pledges do to a report, read from the few pledges that say how firm they are."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.pledge import Instrument
from ledger.reports.cell import Cell, LayerCell
from ledger.reports.layers import layer_cells
from ledger.reports.measures import Valuation, measures_of
from ledger.reports.ranges import Span, stated_cells
from ledger.selection import Contingent
from ledger.store import listing, sums
from ledger.store.scope import EXPOSURE, RANGE, Scope


def ranges_of(scope: Scope, by: Sequence[str], valuation: Valuation) -> list[LayerCell]:
    """What firmness and maximum exposures do to the figures of a range, by dimensions."""
    return _stated(scope.narrowed(*RANGE), by, valuation)


def exposures_of(scope: Scope, cells: Sequence[Cell | LayerCell], valuation: Valuation) -> list[LayerCell]:
    """What guarantees may come to beyond their face, in all; nothing is read where there are none among the cells."""
    if all(cell.instrument is not Instrument.GUARANTEE for cell in cells):
        return []
    return _stated(scope.narrowed(*EXPOSURE, contingent=Contingent.ONLY), (), valuation)


def _stated(scope: Scope, by: Sequence[str], valuation: Valuation) -> list[LayerCell]:
    wanted = scope.selection
    whole = scope.narrowed(since=None, currency=())
    if not (pledges := listing.in_force(whole)):
        return []
    held = sums.cells(whole, ("pledge",), promises=True)
    layers = _layers(whole) if valuation.by_layer else None
    found = stated_cells(pledges, held, by, Span(wanted.since, wanted.last_day), layers=layers)
    return [cell for cell in found if not wanted.currency or cell.commodity in wanted.currency]


def _layers(scope: Scope) -> dict[tuple[str, str, str], list[LayerCell]]:
    """The layers of each pledge, oldest first, by measure and currency."""
    found: dict[tuple[str, str, str], list[LayerCell]] = {}
    for layer in layer_cells(sums.events(scope, ("pledge",)), measures_of):
        found.setdefault((str(layer.key[0]), layer.figure, layer.commodity), []).append(layer)
    for layers in found.values():
        layers.sort(key=lambda layer: layer.arrived)
    return found
