"""Proposals: what somebody else's file says, read and not yet recorded.

A reader proposes and never writes. Each record of a file (a row, a package's delivery, a transaction)
becomes one finding: steps to be recorded together, or a rejection. A remark says what is odd about a
record that was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ledger.recognition.steps import RegisterItem, RegisterParty, RegisterSource, Step

Register = RegisterParty | RegisterSource | RegisterItem


class Spot(NamedTuple):
    """A place in a file: the file's name, its row or line as people find it, the column, and what stands there."""

    source: str
    row: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One record as steps: all of them are recorded, or none.

    Each step has a day and an origin of its own, ``NAME:KEY`` for the one that announces a pledge and
    ``NAME:KEY:WORD`` for what became of it. ``needs`` are parties, sources and items that the steps name:
    those that the book does not have are registered first.
    """

    at: Spot
    steps: tuple[Step, ...]
    needs: tuple[Register, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that cannot be recorded, and why: what is wrong, and what to do."""

    at: Spot
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a record that was taken all the same."""

    at: Spot
    reason: str


Finding = Proposal | Rejection | Remark
