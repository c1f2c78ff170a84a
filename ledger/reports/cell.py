"""Cells: the sums that reports are made of, as the store hands them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.journal import Stage
from ledger.money import Money
from ledger.pledge import Instrument

Key = tuple[str | None, ...]
"""The values of the dimensions a report is cut by, in their order."""

CountsIn = Callable[[Stage, Instrument], Sequence[str]]
"""The figures (measures, or stages) in which an amount at a stage counts, for an instrument."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one stage holds of one commodity, for one combination of dimensions.

    ``amount`` is signed, debit positive; ``units`` may exceed what one amount can hold. ``announced`` is
    the day of the pledges it is of, where figures are valued by it.
    """

    key: Key
    stage: Stage
    instrument: Instrument
    commodity: str
    units: int
    announced: date | None = None


class Event(NamedTuple):
    """One posting as the fold of layers takes it: when it happened, by which entry, and what that entry reverses.

    ``key`` holds the dimensions, those of time from ``on``; ``units`` are signed minor units, debit positive.
    """

    pledge: str
    key: Key
    instrument: Instrument
    entry: int
    on: date
    reverses: int | None
    stage: Stage
    commodity: str
    units: int


@dataclass(frozen=True, slots=True)
class LayerCell:
    """What one figure gained, or lost where negative, of amounts that reached it on one day, ``arrived``.

    ``figure`` is the name of a measure or of a stage. The gain or loss itself is dated by the key's dimensions of
    time: a cancellation of June takes from what arrived in March.
    """

    key: Key
    figure: str
    instrument: Instrument
    commodity: str
    units: int
    arrived: date


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """The debits and credits of one account, both zero or more, in minor units."""

    pledge: str
    stage: Stage
    commodity: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Payment:
    """What was paid in another currency than the pledge's: ``paid``, and what it settled there, by currency.

    ``on`` is the day of the payment, for its reversal too, so that both are worth the same; what came back is
    negative, and ``repaid``. ``announced`` is the day of the pledge.
    """

    key: Key
    on: date
    repaid: bool
    announced: date
    paid: Money
    settled: tuple[Money, ...]
