"""Exact sums: thousands of fractions added without rounding, and without reducing each step to lowest terms."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

Part = tuple[int, int]
"""A numerator over a denominator greater than zero, not necessarily in lowest terms."""


def exact_sum(parts: Iterable[Part]) -> Fraction:
    """The sum of these fractions.

    Those of one denominator are added first, then neighbours two by two, so that long numbers meet only at the end:
    each day's rate brings a denominator of its own.

    >>> exact_sum([(1, 3), (1, 6), (1, 2), (1, 3)])
    Fraction(4, 3)
    """
    by_denominator: dict[int, int] = {}
    for numerator, denominator in parts:
        by_denominator[denominator] = by_denominator.get(denominator, 0) + numerator
    level = [(numerator, denominator) for denominator, numerator in by_denominator.items()] or [(0, 1)]
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [(a * d + c * b, b * d) for (a, b), (c, d) in pairs] + odd
    return Fraction(*level[0])
