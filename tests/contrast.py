"""Contrast: how well one colour can be read on another, by the formula of WCAG 2.2 for sRGB."""

from __future__ import annotations

import re
from decimal import Decimal

ENOUGH = Decimal("4.5")
"""What text of ordinary size needs (WCAG 2.2, success criterion 1.4.3, level AA)."""

_WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))


def contrast(one: str, other: str) -> Decimal:
    """The ratio of two colours, from 1 to 21; written ``#1d5fa6`` or ``rgb(29, 95, 166)``.

    >>> contrast("#000000", "rgb(255, 255, 255)")
    Decimal('21')
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return ((lighter + Decimal("0.05")) / (darker + Decimal("0.05"))).normalize()


def _luminance(colour: str) -> Decimal:
    return sum((weight * _linear(each) for weight, each in zip(_WEIGHTS, _channels(colour), strict=True)), Decimal())


def _channels(colour: str) -> list[int]:
    if colour.startswith("#"):
        return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return [int(number) for number in re.findall(r"\d+", colour)[:3]]


def _linear(channel: int) -> Decimal:
    value = Decimal(channel) / 255
    if value <= Decimal("0.04045"):
        return value / Decimal("12.92")
    return ((value + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
