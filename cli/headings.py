"""Headings: what the columns of tables are called when people read them. JSON and CSV have the names themselves."""

from __future__ import annotations

from cli.language import said
from ledger.message import message

HEADINGS = {
    "donor": message("donor"),
}
"""By column name; a test says that none is missing."""


def heading(name: str) -> str:
    """A column's heading in the user's language."""
    return said(HEADINGS[name]) if name in HEADINGS else name.replace("_", " ")
