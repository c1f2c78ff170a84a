"""Flows: what the postings of a pledge add to its measures, day by day, as IATI's transactions can say it.

A transaction adds to one measure: pledged (12), committed (2), disbursed (3), forgiven, repaid (6). So the
transactions of a type add up to its measure, whoever adds them. Each measure is a part of the one before it, on
every day: where the book knows of a delivery before its promise, the promise is written on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from ledger.formats.iati.written.content import Account, Figures, Flow
from ledger.journal import Stage
from ledger.money import Commodity, Money
from ledger.reports.measures import MEASURES

ORDER = ("pledged", "committed", "disbursed", "forgiven", "repaid")
"""The measures that transactions add to, each a part of those before it but for the last two, which share one."""

_NOTHING = dict.fromkeys(ORDER, 0)


class Posted(NamedTuple):
    """A posting on a stage of the pledge, in minor units, with the number, day and note of its entry."""

    entry: int
    on: str
    note: str | None
    stage: Stage
    of: Commodity
    units: int


def accounts(postings: Iterable[Posted]) -> list[Account]:
    """What a pledge came to, by commodity; its postings in any order."""
    by_commodity = sorted(postings, key=lambda one: (one.of.code, one.on, one.entry))
    return [_account(of, rows) for of, rows in groupby(by_commodity, key=lambda one: one.of)]


def possible(figures: Figures) -> Figures:
    """The least figures above these of which each is a part of the one before it."""
    repaid, forgiven = max(0, figures["repaid"]), max(0, figures["forgiven"])
    disbursed = max(figures["disbursed"], repaid + forgiven)
    committed = max(figures["committed"], disbursed)
    pledged = max(figures["pledged"], committed)
    return dict(zip(ORDER, (pledged, committed, disbursed, forgiven, repaid), strict=True))


def _account(of: Commodity, postings: Iterable[Posted]) -> Account:
    held: dict[Stage, int] = {}
    flows: list[Flow] = []
    written: Figures = _NOTHING
    moved = False
    for _, rows in groupby(postings, key=lambda one: one.entry):
        entry = list(rows)
        for one in entry:
            held[one.stage] = held.get(one.stage, 0) + one.units
        true = _figures(held)
        wanted = possible(true)
        flows += _flows(written, wanted, of, entry[0])
        written, moved = wanted, moved or wanted != true
    return Account(of, flows, held, _figures(held), moved)


def _figures(held: dict[Stage, int]) -> Figures:
    return {name: sum(units for stage, units in held.items() if stage in MEASURES[name]) for name in ORDER}


def _flows(before: Figures, after: Figures, of: Commodity, entry: Posted) -> Iterator[Flow]:
    """What changed: first what is taken back, the furthest stage first, then what is added, the nearest first."""
    change = {name: after[name] - before[name] for name in ORDER}
    taken = [name for name in reversed(ORDER) if change[name] < 0]
    added = [name for name in ORDER if change[name] > 0]
    for name in (*taken, *added):
        yield Flow(name, entry.entry, entry.on, Money(change[name], of), entry.note)
