"""Every invariant, in one ordered list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from ledger.errors import LedgerError, Problem
from ledger.message import message
from ledger.store.attachments import Copies
from ledger.store.checks.attachments import attachments_are_kept
from ledger.store.checks.examined import Examined
from ledger.store.checks.guards import foreign_keys_hold, guards_in_place
from ledger.store.checks.journal import (
    citations_where_required,
    draws_equal_postings,
    entries_are_reversed_once,
    entries_are_there,
    every_entry_balances,
    lines_equal_columns,
    numbers_without_gap,
    origins_are_unique,
    postings_equal_lines,
    reversals_undo_all,
    times_never_go_back,
)
from ledger.store.checks.lines import UNREADABLE
from ledger.store.checks.log import log_keeps_what_was_recorded
from ledger.store.checks.periods import control_totals_hold, no_entry_in_a_closed_period
from ledger.store.checks.standing import (
    codes_are_registered,
    drawings_within_their_facility,
    facilities_are_there,
    moves_fit_their_instrument,
    projections_equal_entries,
    rates_in_turn,
    stages_hold_no_less_than_nothing,
    withdrawn_pledges_hold_nothing,
)

Subject = TypeVar("Subject")
"""What is examined: a book by its invariants, or by what is suspicious about it."""

CHECKS: Sequence[Callable[[Examined], Iterator[Problem]]] = (
    guards_in_place,
    foreign_keys_hold,
    entries_are_there,
    numbers_without_gap,
    lines_equal_columns,
    postings_equal_lines,
    every_entry_balances,
    times_never_go_back,
    origins_are_unique,
    entries_are_reversed_once,
    reversals_undo_all,
    citations_where_required,
    attachments_are_kept,
    no_entry_in_a_closed_period,
    control_totals_hold,
    log_keeps_what_was_recorded,
    projections_equal_entries,
    stages_hold_no_less_than_nothing,
    withdrawn_pledges_hold_nothing,
    draws_equal_postings,
    drawings_within_their_facility,
    facilities_are_there,
    moves_fit_their_instrument,
    codes_are_registered,
    rates_in_turn,
)
"""Every check, in order."""


def check(connection: Connection, book: int, copies: Copies) -> list[Problem]:
    """Every invariant that is broken, in the order of the checks. Nothing is mended here."""
    examined = Examined(connection, book, copies)
    return [problem for find in CHECKS for problem in found_by(find, examined)]


def found_by(find: Callable[[Subject], Iterator[Problem]], subject: Subject) -> Iterator[Problem]:
    """What one check finds; what was altered so that it cannot even be read is a finding too."""
    try:
        yield from find(subject)
    except UNREADABLE as error:
        what = find.__name__.replace("_", " ")
        reason = error.message if isinstance(error, LedgerError) else error
        said = message("{check}: this cannot be examined ({reason})", check=what, reason=reason)
        yield Problem("error", "unreadable", "book", said)
