"""The oracle: every figure a report gives, computed again from the CSV register alone.

It knows nothing of the ledger's own sums: it reads the register with Python's ``csv`` and adds
fractions, by what accounting.md says that each measure counts.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ledger.book import Book
from ledger.selection import EVERYTHING, Selection
from tests.world import records

Row = dict[str, str]
Key = tuple[str | None, ...]
Figures = dict[Key, dict[str, Fraction]]

REACHED = ["pledged", "committed", "allocated", "disbursed"]
"""The stages in their order: what stands at one of them has reached those before it."""

GONE = {"disbursed", "called", "repaid", "forgiven"}
REPAYABLE = {"loan", "export_credit", "swap_line", "guarantee"}
MEASURES = [*REACHED, "called", "repaid", "forgiven", "cancelled", "top_up", "outstanding", "owed"]


def register(book: Book, selection: Selection = EVERYTHING) -> list[Row]:
    """The rows of the CSV register, as any program reads them."""
    with book.register(selection) as lines:
        return list(csv.DictReader("".join(lines).splitlines(keepends=True)))


def measured(row: Row) -> dict[str, Fraction]:
    """What one posting adds to each measure."""
    stage, instrument, amount = row["stage"], row["instrument"], Fraction(row["amount"])
    found = {"cancelled": amount} if stage == "cancelled" else {}
    if stage == "excess":
        found["top_up"] = -amount
    place = 3 if stage in GONE else REACHED.index(stage) if stage in REACHED else -1
    found |= dict.fromkeys(REACHED[: place + 1], amount)
    if stage in {"repaid", "forgiven"}:
        found[stage] = amount
    if instrument == "guarantee" and stage in {"called", "repaid", "forgiven"}:
        found["called"] = amount
    if stage in {"pledged", "committed", "allocated"}:
        found["outstanding"] = amount
    if stage in {"disbursed", "called"} and instrument in REPAYABLE:
        found["owed"] = amount
    return found


def totals(
    rows: Iterable[Row], by: Sequence[str], of_pledge: Mapping[str, Mapping[str, str | None]] | None = None
) -> Figures:
    """Every measure by these dimensions and by currency: only figures that are not zero."""
    figures: Figures = {}
    for row in rows:
        if len(row["commodity"]) == 3:
            key = (*(_dimension(name, row, of_pledge or {}) for name in by), row["commodity"])
            for name, amount in measured(row).items():
                held = figures.setdefault(key, {})
                held[name] = held.get(name, Fraction()) + amount
    kept = {key: {name: value for name, value in held.items() if value} for key, held in figures.items()}
    return {key: held for key, held in kept.items() if held}


def _dimension(name: str, row: Row, of_pledge: Mapping[str, Mapping[str, str | None]]) -> str | None:
    year, month = row["on"][:4], int(row["on"][5:7])
    times = {"year": year, "month": row["on"][:7], "quarter": f"{year}-Q{(month + 2) // 3}"}
    if name in times:
        return times[name]
    if name in {"package", "parent"}:
        return of_pledge[row["pledge"]][name]
    return row["commodity" if name == "currency" else name] or None


def of_pledges(book: Book) -> dict[str, dict[str, str | None]]:
    """What the list of pledges says of each, by its id."""
    return {str(row["pledge"]): row for row in records(book.pledges())}


def reported(rows: Sequence[dict[str, str | None]], by: Sequence[str]) -> Figures:
    """A report of totals in the oracle's own form."""
    return {
        (*(row[name] for name in by), row["currency"]): {
            name: Fraction(str(row[name])) for name in MEASURES if Fraction(str(row[name]))
        }
        for row in rows
    }


def keeping(selection: Selection) -> Callable[[Row], bool]:
    """Whether a selection keeps a row of the register, as far as the row itself can tell: groups it cannot."""
    last = selection.last_day.isoformat() if selection.last_day else "9999"
    first = selection.since.isoformat() if selection.since else "0000"

    def keeps(row: Row) -> bool:
        columns: dict[str, Any] = {"currency": "commodity"}
        names = ("donor", "recipient", "purpose", "instrument", "source", "pledge", "currency")
        chosen = {name: getattr(selection, name) for name in names}
        listed = all(not codes or row[columns.get(name, name)] in codes for name, codes in chosen.items())
        contingent = {"include": True, "exclude": row["instrument"] != "guarantee"}
        kept = contingent.get(selection.contingent, row["instrument"] == "guarantee")
        return listed and kept and first <= row["on"] <= last

    return keeps
