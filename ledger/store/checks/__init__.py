"""Checks: every invariant of a book, one small named function each, in the ordered list of ``every``.

``GUARDS`` are the triggers that a book's database holds.
"""

from ledger.store.checks.guards import GUARDS, JOURNAL_GUARDS

__all__ = ["GUARDS", "JOURNAL_GUARDS"]
