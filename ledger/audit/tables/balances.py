"""Balances: each account before the period, what happened in it, and after; and what is counted of it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger.audit.tables.details import number
from ledger.formats.package.csv import Cells
from ledger.money import plain
from ledger.store.audited import postings
from ledger.store.audited.postings import Control, Of
from ledger.store.scope import Scope


def balances(scope: Scope, of: Of, as_of: date) -> Iterator[Cells]:
    """A row for each account with a posting up to the end of the period: beginning + debits - credits = ending."""
    day = as_of.isoformat()
    for each in postings.accounts(scope, of):
        ending = each.beginning + each.debit - each.credit
        amounts = (plain(units, each.commodity) for units in (each.beginning, each.debit, each.credit, ending))
        segments = (each.donor, each.purpose, each.instrument, each.source, each.pledge)
        yield (each.stage, day[:4], day[5:7], each.recipient, day, *amounts, each.commodity.code, *segments)


def control_totals(whole: Scope, period: Scope) -> Iterator[Cells]:
    """The whole journal, then each currency and each item of the period: what both sides add up to is the same."""
    journal = postings.control_of_journal(whole)
    yield _control("journal", journal, gaps=journal.last - journal.entries)
    for table, of in _DETAILS:
        for control in postings.controls(period, of):
            yield _control(table, control)


_DETAILS: tuple[tuple[str, Of], ...] = (("gl_detail", "money"), ("items_detail", "items"))


def _control(table: str, found: Control, gaps: int | None = None) -> Cells:
    of = found.commodity
    sums = (found.debits, found.credits, found.debits - found.credits)
    return (
        table,
        of.code if of else None,
        str(found.entries),
        str(found.first),
        str(found.last),
        number(gaps),
        found.first_on,
        found.last_on,
        str(found.lines),
        *(plain(units, of) if of else None for units in sums),
    )
