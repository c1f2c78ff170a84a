"""Somebody else's totals in tests, and our own beside them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ledger.book import Book, Worth
from ledger.formats.tracker.published import Published
from ledger.money import Commodity, currency
from ledger.statements.tracker import Comparing
from ledger.table import Table
from tests.world import records, selection


def published(*figures: str, rounding: str = "0", **said: Any) -> Published:
    """Somebody's totals, as ``DK military 100 EUR``; ``DK 100 EUR`` where there are no categories."""
    totals: dict[Commodity | None, dict[tuple[str, str | None], Fraction]] = {}
    for figure in figures:
        donor, *purpose, value, code = figure.split()
        totals.setdefault(currency(code), {})[donor, purpose[0] if purpose else None] = Fraction(value)
    return Published(totals=totals, rounding=Fraction(rounding), **said)


def compared(book: Book, theirs: Published, worth: Worth | None = None, **options: Any) -> Table:
    """The report: with how the tables are compared, the rows of the file where it has them, and filters."""
    said = {name: options.pop(name) for name in ("by", "measure", "tolerance", "name") if name in options}
    issue = options.pop("issue", None)
    return book.tracker(theirs, Comparing(**said), selection(**options), worth, issue=issue)


def verdicts(book: Book, theirs: Published, worth: Worth | None = None, **options: Any) -> dict[str, str | None]:
    """What is found of each cell, by its dimensions."""
    by = options.get("by") or (("donor", "purpose") if theirs.by_purpose else ("donor",))
    rows = records(compared(book, theirs, worth, **options))
    return {" ".join(str(row[name]) for name in by): row["verdict"] for row in rows}
