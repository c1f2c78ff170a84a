"""PNG: the SVG drawing as pixels, for documents that take no SVG."""

from __future__ import annotations

from ledger.errors import Refusal
from ledger.message import message

_SCALE = 2
"""Pixels for each unit of the drawing, so that it stays sharp in print."""


def png(drawing: str) -> bytes:
    """The pixels of an SVG drawing. Raises :class:`~ledger.errors.Refusal` where the extra is not installed."""
    try:
        import vl_convert  # noqa: PLC0415 - 50 MB that only who asks for pixels loads
    except ImportError:
        raise Refusal(
            "a chart as PNG needs the extra 'charts': pip install 'aidledger[charts]'",
            hint=message("an .svg needs nothing more"),
        ) from None
    return vl_convert.svg_to_png(drawing, scale=_SCALE)
