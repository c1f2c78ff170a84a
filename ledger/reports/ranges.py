"""Ranges: how firmly figures hold. The least and the most of what is promised, and what guarantees may come to.

A range is made of the pledges' own statements, of each promised amount by itself. What a statement takes off a figure,
or adds to it, belongs to the pledge's own day and its own dimensions, whatever happened later: so every way of cutting
a selection adds up to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from ledger.message import Message, message
from ledger.money import Commodity
from ledger.period import Period
from ledger.pledge import Firmness, Instrument, Pledge
from ledger.reports.cell import Cell, CountsIn, Key, LayerCell
from ledger.reports.layers import oldest
from ledger.reports.measures import Group, Valuation, counts_of, measures_of, money, valued
from ledger.selection import TIMES

RANGE = ("low", "high", "open", "max_exposure")
"""The columns of a range, beside the measures. The point between ``low`` and ``high`` is the measure ``pledged``."""

Held = Mapping[tuple[str, str], int]
"""What one pledge holds, by measure and by the code of the currency, in minor units."""

Layered = Mapping[tuple[str, str, str], list[LayerCell]]
"""The layers of pledges, oldest first: by pledge, measure and currency."""

_STANDING = ("pledged", "committed", "allocated")
"""The stages at which the face of a guarantee is outstanding."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report: what a pledge states counts if its day is not before the first, and from then on."""

    since: date | None = None
    last: date | None = None

    def day_of(self, pledge: Pledge) -> date | None:
        """The day a pledge's statement belongs to, None where that lies before the span.

        It is the pledge's own, but never after the last day looked at: a pledge may be dated later than what
        happened to it.
        """
        day = min(pledge.on, self.last) if self.last else pledge.on
        return None if self.since and day < self.since else day

    def began(self, pledge: Pledge) -> bool:
        """Whether the pledge had been announced by the last day."""
        return self.last is None or pledge.on <= self.last


@dataclass(frozen=True, slots=True)
class Statement:
    """What a pledge's words add to one figure of a range (or take off it), in minor units of one currency.

    ``measure`` is what it is a part of, and is valued as; without one it is an amount of the pledge's own day.
    """

    figure: str
    of: str
    units: int
    measure: str | None = None


def statements_of(pledge: Pledge, held: Held, *, undisclosed: bool) -> Iterator[Statement]:
    """What the words of a pledge do to its figures, in view of what it holds.

    ``up_to`` takes off the point what is neither firm nor committed; ``at_least`` leaves it open upwards. What a
    guarantee may come to is its face outstanding, or in its place the maximum that was stated, less what was called
    of it in that currency, as long as any of the face is outstanding (or none was ever disclosed).
    """
    for hold in pledge.holds:
        code = hold.commodity.code
        point = held.get(("pledged", code), 0)
        if hold.firmness is Firmness.UP_TO:
            firm = max(hold.firm.units if hold.firm else 0, held.get(("committed", code), 0))
            yield Statement("low", code, -max(0, point - firm), "pledged")
        elif hold.firmness is Firmness.AT_LEAST:
            yield Statement("open", code, max(0, point), "pledged")
    most = pledge.max_exposure
    face = {code: units for (measure, code), units in held.items() if measure == "outstanding" and units > 0}
    if most and pledge.instrument is Instrument.GUARANTEE and (face or (undisclosed and pledge.void is None)):
        yield from (Statement("max_exposure", code, -units, "outstanding") for code, units in face.items())
        left = most.units - held.get(("called", most.commodity.code), 0)
        yield Statement("max_exposure", most.commodity.code, max(left, face.get(most.commodity.code, 0)))


def stated_cells(
    pledges: Iterable[Pledge], cells: Iterable[Cell], by: Sequence[str], span: Span, *, layers: Layered | None = None
) -> list[LayerCell]:
    """What the statements of pledges do to the figures of a range, cut by these dimensions.

    ``cells`` are what the pledges hold, their undertakings included, cut by the pledge alone; so are ``layers``,
    where amounts are valued at their own days. An amount is of the pledge's day, else of its layers' days.
    """
    positions: dict[str, dict[tuple[str, str], int]] = {}
    for cell in cells:
        held = positions.setdefault(str(cell.key[0]), {})
        for measure in measures_of(cell.stage, cell.instrument):
            place = (measure, cell.commodity)
            held[place] = held.get(place, 0) + cell.units
    found: list[LayerCell] = []
    for pledge in pledges:
        if (day := span.day_of(pledge)) is None:
            continue
        undisclosed = pledge.id not in positions and span.began(pledge)
        for said in statements_of(pledge, positions.get(pledge.id, {}), undisclosed=undisclosed):
            key = _key(pledge, by, said.of, day)
            found += [
                LayerCell(key, said.figure, pledge.instrument, said.of, units, arrived)
                for units, arrived in _parts(pledge, said, layers)
            ]
    return found


def _parts(pledge: Pledge, said: Statement, layers: Layered | None) -> Iterator[tuple[int, date]]:
    """The amount of a statement with the days it is valued at: those of the oldest layers of what it is a part of."""
    if layers is None or said.measure is None:
        yield said.units, pledge.on
        return
    sign = 1 if said.units > 0 else -1
    for part in oldest(layers.get((pledge.id, said.measure, said.of), []), abs(said.units)):
        yield sign * part.units, part.arrived


def _key(pledge: Pledge, by: Sequence[str], of: str, day: date) -> Key:
    """The pledge's own dimensions, with the times of a day."""
    beside: dict[str, str] = {
        "currency": of,
        "pledge": pledge.id,
        **{str(size): str(Period.of(day, size)) for size in TIMES},
    }
    values = [beside[name] if name in beside else getattr(pledge, name) for name in by]
    return tuple(None if value is None else str(value) for value in values)


def ranges(
    counts: Mapping[Group, int], face: Mapping[Group, int], stated: Sequence[LayerCell], valuation: Valuation
) -> dict[Group, int]:
    """The groups of a report with those of its range: the point is the least and the most but for what is stated."""
    point = {group: units for group, units in counts.items() if group.figure == "pledged"}
    both = [{group._replace(figure=name): units for group, units in point.items()} for name in ("low", "high")]
    return merged(counts, *both, face, counts_of(stated, valuation))


def faces(cells: Iterable[Cell | LayerCell], valuation: Valuation, figures: CountsIn = measures_of) -> dict[Group, int]:
    """What guarantees may come to, as far as that is their face outstanding; ``figures`` are measures, or stages."""
    guarantees = [cell for cell in cells if cell.instrument is Instrument.GUARANTEE]
    standing = ("outstanding",) if figures is measures_of else _STANDING
    found: dict[Group, int] = {}
    for group, units in counts_of(guarantees, valuation, figures).items():
        if group.figure in standing:
            face = group._replace(figure="max_exposure")
            found[face] = found.get(face, 0) + units
    return found


def merged(*all_counts: Mapping[Group, int]) -> dict[Group, int]:
    """Counted groups added up."""
    found: dict[Group, int] = {}
    for counts in all_counts:
        for group, units in counts.items():
            found[group] = found.get(group, 0) + units
    return found


def contingent(face: Mapping[Group, int], stated: Sequence[LayerCell], valuation: Valuation) -> list[str]:
    """How much of a report is contingent: guarantees at face, and what more they may come to where that is stated.

    A stated maximum that cannot be converted is told in its own currency: for a note no report is refused.
    """
    lenient = replace(valuation, list_missing=True)
    most = counts_of([cell for cell in stated if cell.figure == "max_exposure"], valuation)
    at_face = {group._replace(figure="face"): units for group, units in face.items()}
    notes: list[str] = []
    for _, of, row in valued(merged(at_face, face, most), lenient).total().rows():
        if row.get("face"):
            notes.append(_at_face(row, of))
        elif row.get("max_exposure", 0) > 0:
            notes.append(
                message(
                    "guarantees whose maximum is stated in {currency} may come to {most}",
                    currency=of,
                    most=money(row, "max_exposure", of),
                )
            )
    return notes


def _at_face(row: Mapping[str, Fraction], of: Commodity) -> Message:
    """The face of guarantees, and what they may come to where that is more or some state it in another currency."""
    face, most = row["face"], row.get("max_exposure", Fraction())
    shown = {"face": money(row, "face", of), "most": money(row, "max_exposure", of)}
    if most == face or most <= 0:
        return message("of what is pledged, {face} is contingent: guarantees at face", face=shown["face"])
    if most > face:
        return message(
            "of what is pledged, {face} is contingent: guarantees at face, which may come to {most}", **shown
        )
    return message(
        "of what is pledged, {face} is contingent: guarantees at face; those whose maximum is not stated in another"
        " currency may come to {most}",
        **shown,
    )
