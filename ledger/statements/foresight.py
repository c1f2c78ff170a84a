"""Foresight: what is suspicious about an entry, said as it is recorded, by the same judgement as ``check``'s.

Whoever sits before the source can answer at once; a month later it is research. What is looked at is found by
indices, so that it takes as long in a book of a million pledges as in one of ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from ledger.errors import Problem
from ledger.journal import Entry
from ledger.reports.doubles import NEAR_DAYS, NEAR_PERCENT, doubles_of
from ledger.selection import EVERYTHING
from ledger.store import suspected
from ledger.store.checks.days import caused_by
from ledger.store.checks.quotes import quoted_before
from ledger.store.scope import Scope
from ledger.store.view import View

_OPENS = {"pledge", "joint"}
MOST_AT_ONCE = 3
"""How many likely doubles of one pledge are told as it is recorded: the most alike."""


def foreseen(view: View, entry: Entry) -> Iterator[Problem]:
    """What an entry that was just recorded makes suspicious: not what was so before it."""
    yield from caused_by(view, entry)
    scope = Scope(view.connection, view.book, EVERYTHING)
    for pledge in entry.subjects if entry.kind in _OPENS else ():
        yield from _once_more(scope, pledge)
    yield from quoted_before(view, entry)


def _once_more(scope: Scope, pledge: str) -> Iterator[Problem]:
    """The earlier pledges that a new one may be once more, the most alike first."""
    found = doubles_of(pledge, suspected.like(scope, pledge, NEAR_DAYS, NEAR_PERCENT))
    for double in nsmallest(MOST_AT_ONCE, found, key=lambda double: double.rank):
        yield double.problem
