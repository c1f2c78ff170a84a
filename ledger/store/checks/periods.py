"""Closed periods: nothing came into them, and what they held when they were closed they held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise, zip_longest
from typing import Any

from sqlalchemy import func, select

from ledger.closing import UNDATED
from ledger.errors import Problem
from ledger.journal import Entry
from ledger.message import message
from ledger.money import commodity, plain
from ledger.proof import leaf
from ledger.store.checks.examined import Examined
from ledger.store.halves import credits, debits, exact, halves
from ledger.store.tables import ENTRIES, POSTINGS

Totals = dict[tuple[str, str], list[int]]
"""Postings, debits and credits in minor units, by day and commodity."""


def no_entry_in_a_closed_period(examined: Examined) -> Iterator[Problem]:
    """No entry is dated inside what was closed when it was recorded."""
    for turn, after in zip_longest(turns := _turns(examined), turns[1:]):
        closed = _closed_before(turn)
        found = select(ENTRIES.c.number, ENTRIES.c.on_date).filter_by(book=examined.book)
        found = found.where(ENTRIES.c.number > turn.number, *([ENTRIES.c.number < after.number] if after else []))
        found = found.where(ENTRIES.c.on_date < closed, ENTRIES.c.kind.not_in(UNDATED))
        for row in examined.connection.execute(found.order_by(ENTRIES.c.number)):
            what = message("dated {day}, but everything before {closed} was closed", day=row.on_date, closed=closed)
            yield Problem("error", "in-closed-period", f"entry {row.number}", what)


def control_totals_hold(examined: Examined) -> Iterator[Problem]:
    """What a closing counted is what the entries dated before it, and recorded by then, add up to."""
    running: Totals = {}
    closings = [entry for entry in _turns(examined) if entry.kind == "close"]
    for after, number in pairwise([0, *(entry.number for entry in closings)]):
        _count(examined, running, after, number)
        closing = next(entry for entry in closings if entry.number == number)
        if closing.facts["control_totals"] != _totals(running, _closed_before(closing)):
            what = message(
                "everything before {day} adds up to other totals than it recorded", day=_closed_before(closing)
            )
            yield Problem("error", "control-totals", f"entry {number}", what)


def _turns(examined: Examined) -> list[Entry]:
    """The entries by which periods were closed and opened again, in order."""
    kinds = select(ENTRIES.c.line).filter_by(book=examined.book).where(ENTRIES.c.kind.in_(("close", "reopen")))
    return [leaf.read(line) for line in examined.connection.scalars(kinds.order_by(ENTRIES.c.number))]


def _closed_before(turn: Entry) -> str:
    """The first open day once a period was closed or opened again."""
    day = turn.facts["closed_before"][1]  # type: ignore[index] # a pair: old, new
    return date.fromisoformat(str(day)).isoformat()


def _count(examined: Examined, running: Totals, after: int, up_to: int) -> None:
    """Add the postings of the entries between two numbers, both left out: each posting is read once in all."""
    sides = (*halves(debits(POSTINGS.c.amount), "debit"), *halves(credits(POSTINGS.c.amount), "credit"))
    key = (POSTINGS.c.on_date, POSTINGS.c.commodity)
    found = select(*key, func.count().label("postings"), *sides).filter_by(book=examined.book)
    found = found.where(POSTINGS.c.entry > after, POSTINGS.c.entry < up_to).group_by(*key)
    for row in examined.connection.execute(found):
        counted = running.setdefault((row.on_date, row.commodity), [0, 0, 0])
        debit, credit = exact(row.high_debit, row.low_debit), -exact(row.high_credit, row.low_credit)
        for place, more in enumerate((row.postings, debit, credit)):
            counted[place] += more


def _totals(running: Totals, before: str) -> list[Mapping[str, Any]]:
    """The control totals of everything dated before a day, as a closing states them."""
    totals: dict[str, list[int]] = {}
    for (day, code), counted in running.items():
        if day < before:
            sums = totals.setdefault(code, [0, 0, 0])
            sums[:] = [mine + more for mine, more in zip(sums, counted, strict=True)]
    return [
        {
            "commodity": code,
            "postings": postings,
            "debit": plain(debit, commodity(code)),
            "credit": plain(credit, commodity(code)),
        }
        for code, (postings, debit, credit) in sorted(totals.items())
    ]
