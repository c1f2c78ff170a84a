"""Layers: each amount at the day it reached a stage, followed through everything that happened to it.

A figure (a measure, or one stage) holds layers: amounts with the day on which they reached it.
What reaches it adds a layer of that day. What leaves it (cancelled, drawn, paid, revised down)
takes the oldest layers first. A reversal undoes exactly what its own entry did: the layer that
entry added goes, the layers it took come back, with their own days. Layers are never of both
signs, so a figure that holds nothing has no layer left, and is worth nothing at any rate.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from ledger.pledge import Instrument
from ledger.reports.cell import CountsIn, Event, Key, LayerCell

Layer = tuple[date, int]
"""What names a layer: the day its amount arrived, and the entry that brought it."""

Change = tuple[Layer, int]
"""What a layer gained, or lost where negative, in minor units."""

_Account = tuple[str, str]
_Place = tuple[Key, str, Instrument, str, date]


@dataclass
class Layers:
    """The layers of one figure of one pledge in one commodity, oldest first, in signed minor units.

    >>> held = Layers()
    >>> for entry, units in enumerate((100, 50, -120), 1):
    ...     _ = held.change((date(2025, entry, 1), entry), units)
    >>> held.left
    {(datetime.date(2025, 2, 1), 2): 30}
    """

    left: dict[Layer, int] = field(default_factory=dict)
    _order: list[Layer] = field(default_factory=list)
    _made: dict[int, list[Change]] = field(default_factory=dict)

    def change(self, layer: Layer, units: int, reverses: int | None = None) -> list[Change]:
        """Add or take units by the entry that ``layer`` names, and give what each layer gained or lost by it.

        ``reverses`` is the entry it undoes, if any. What was taken before anything came (entries out of the
        order of their days) is a layer below zero, which what comes later fills first.
        """
        undone = self._made.get(reverses, []) if reverses is not None else []
        changes: list[Change] = []
        for own, done in undone:
            units -= self._take(own, -done, changes)
        while units and self._order and self.left[self._order[0]] * units < 0:
            units -= self._take(self._order[0], units, changes)
        for own, done in undone:
            units -= self._add(own, _smaller(-done, units), changes)
        self._add(layer, units, changes)
        self._made[layer[1]] = changes
        return changes

    def _take(self, layer: Layer, units: int, changes: list[Change]) -> int:
        """Take from a layer what it has of the other sign, and no more; give what was taken."""
        held = self.left.get(layer, 0)
        return 0 if held * units >= 0 else self._add(layer, _smaller(units, -held), changes)

    def _add(self, layer: Layer, units: int, changes: list[Change]) -> int:
        if units:
            changes.append((layer, units))
            if layer not in self.left:
                insort(self._order, layer)
            self.left[layer] = self.left.get(layer, 0) + units
            if not self.left[layer]:
                del self.left[layer]
                self._order.remove(layer)  # nearly always the first
        return units


def _smaller(one: int, other: int) -> int:
    """The nearer to zero of two amounts; zero where they are of different signs."""
    return 0 if one * other <= 0 else min(one, other, key=abs)


def oldest(layers: list[LayerCell], units: int) -> list[LayerCell]:
    """Take units from layers, the oldest first, which then hold that much less; what is below zero gives nothing."""
    parts: list[LayerCell] = []
    while units and layers:
        layer = layers.pop(0)
        part = min(max(layer.units, 0), units)
        units -= part
        if part:
            parts.append(replace(layer, units=part))
        if layer.units > part:
            layers.insert(0, replace(layer, units=layer.units - part))
    return parts


def layer_cells(events: Iterable[Event], figures: CountsIn, since: date | None = None) -> list[LayerCell]:
    """What every figure gained and lost, by dimensions and by the day its amounts had arrived.

    ``events`` come pledge by pledge, each in the order of its entries' numbers, from the first on: those before
    ``since`` make layers and are not counted. The sums over the cells are what the layers hold.
    """
    found: dict[_Place, int] = {}
    for _, history in groupby(events, key=lambda event: event.pledge):
        for place, units in _followed(history, figures, since):
            found[place] = found.get(place, 0) + units
    return [
        LayerCell(key, figure, instrument, commodity, units, arrived)
        for (key, figure, instrument, commodity, arrived), units in found.items()
        if units
    ]


def _followed(history: Iterable[Event], figures: CountsIn, since: date | None) -> Iterator[tuple[_Place, int]]:
    """The history of one pledge, entry by entry."""
    held: dict[_Account, Layers] = {}
    for number, postings in groupby(history, key=lambda event: event.entry):
        for account, (event, units) in _changes(postings, figures).items():
            layers = held.setdefault(account, Layers())
            changes = layers.change((event.on, number), units, event.reverses)
            if since is None or event.on >= since:
                figure, commodity = account
                yield from (((event.key, figure, event.instrument, commodity, on), u) for (on, _), u in changes)


def _changes(postings: Iterable[Event], figures: CountsIn) -> Mapping[_Account, tuple[Event, int]]:
    """By how much one entry changes each figure of a pledge: a move inside a figure does not change it."""
    changes: dict[_Account, tuple[Event, int]] = {}
    for event in postings:
        for figure in figures(event.stage, event.instrument):
            account = (figure, event.commodity)
            changes[account] = (event, changes.get(account, (event, 0))[1] + event.units)
    return {account: change for account, change in changes.items() if change[1]}
