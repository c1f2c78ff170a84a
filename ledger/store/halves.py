"""Halves: sums of 64-bit integers that stay exact.

Such a sum may need more than 64 bits, where databases fail or wrap. Each is therefore
taken in two halves, of billions and of the rest, and put together in Python.
"""

from __future__ import annotations

from typing import SupportsInt

from sqlalchemy import ColumnElement, case, func
from sqlalchemy.sql.elements import Label

BILLION = 10**9
"""Minor units that one unit of a high half stands for."""


def halves(amount: ColumnElement[int], suffix: str = "") -> tuple[Label[int], Label[int]]:
    """The sum of a column of minor units as two sums that stay within 64 bits."""
    tail = f"_{suffix}" if suffix else ""
    high = func.sum(amount.op("/")(BILLION)).label(f"high{tail}")
    low = func.sum(amount.op("%")(BILLION)).label(f"low{tail}")
    return high, low


def split(units: int) -> tuple[int, int]:
    """Minor units as their two halves.

    >>> split(-2_500_000_000)
    (-2, -500000000)
    """
    high = abs(units) // BILLION * (-1 if units < 0 else 1)
    return high, units - high * BILLION


def sums_of(high: ColumnElement[int], low: ColumnElement[int]) -> tuple[Label[int], Label[int]]:
    """The sums of two columns that are halves already."""
    return func.sum(high).label("high"), func.sum(low).label("low")


def exact(high: SupportsInt | None, low: SupportsInt | None) -> int:
    """The whole of which these are the halves; nothing at all is zero."""
    return int(high or 0) * BILLION + int(low or 0)


def debits(amount: ColumnElement[int]) -> ColumnElement[int]:
    """The amount where it is a debit, else zero."""
    return case((amount > 0, amount), else_=0)


def credits(amount: ColumnElement[int]) -> ColumnElement[int]:
    """The amount where it is a credit (negative), else zero."""
    return case((amount < 0, amount), else_=0)
