"""Guarded text: cells that no spreadsheet takes for a formula, and the way back.

A spreadsheet runs a cell that begins with certain characters, whatever a CSV file means by it. An apostrophe in
front makes it text (OWASP, "CSV Injection"). A cell that begins with an apostrophe is given one more, so that taking
one away always gives back what was there.
"""

from __future__ import annotations

TRIGGERS = frozenset("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
"""What a formula may begin with: the full-width forms are read as the plain ones in some languages."""

MARK = "'"


def guarded(cell: str) -> str:
    """A cell of text as a spreadsheet may be given it. Numbers and days are never handed to this.

    >>> guarded("=1+1"), guarded("'tis"), guarded("plain"), guarded("")
    ("'=1+1", "''tis", 'plain', '')
    """
    return f"{MARK}{cell}" if cell[:1] == MARK or cell[:1] in TRIGGERS else cell


def unguarded(cell: str) -> str:
    """What a guarded cell stands for: the inverse of :func:`guarded`."""
    return cell.removeprefix(MARK)
