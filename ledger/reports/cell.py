"""Cells: the sums that reports are made of, as the store hands them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.journal import Stage
from ledger.pledge import Instrument

Key = tuple[str | None, ...]
"""The values of the dimensions a report is cut by, in their order."""


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


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """The debits and credits of one account, both zero or more, in minor units."""

    pledge: str
    stage: Stage
    commodity: str
    debit: int
    credit: int
