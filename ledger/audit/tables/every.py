"""Every table of an auditor's package, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.audit.tables import balances, details, entries, fixed, late, pledges
from ledger.audit.tables.worths import worths
from ledger.formats.package.csv import Cells
from ledger.period import Period
from ledger.proof.checkpoint import Checkpoint
from ledger.reports.measures import Valuation
from ledger.store.audited.entries import last_day
from ledger.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tables are to be of.

    ``period`` is that of the general ledger, its balances, rates and listings, the whole book where it is None;
    ``since`` an earlier checkpoint of this book, ``worth`` how amounts are valued in the reporting currency.
    """

    period: Period | None
    since: Checkpoint | None
    worth: Valuation


def files(scope: Scope, asked: Asked) -> Iterator[tuple[str, Iterator[Cells]]]:
    """The name of each CSV with its rows, without the header: :data:`~ledger.formats.package.layouts.LAYOUTS` has it.

    The scope is of the whole book. Rows are read as they are taken, and need no more memory than a page, but for the
    rates: one for each currency and day. Raises :class:`~ledger.errors.MissingRate` before the first file, where
    there is no rate.
    """
    period = asked.period
    within = scope.narrowed(since=period.start, until=period.last) if period else scope
    as_of = period.last if period else last_day(scope)
    worth = worths(within, asked.worth)
    yield "gl_detail.csv", details.gl_detail(within, worth)
    yield "items_detail.csv", details.items_detail(within)
    yield "trial_balance.csv", balances.balances(within, "money", as_of)
    yield "items_balance.csv", balances.balances(within, "items", as_of)
    yield "chart_of_accounts.csv", fixed.chart_of_accounts()
    yield "source_listing.csv", entries.source_listing(within)
    yield "user_listing.csv", entries.user_listing(within)
    yield "entries.csv", entries.entries(scope)
    yield "pledges.csv", pledges.pledges(scope)
    yield "citations.csv", entries.citations(scope)
    yield "fx_rates.csv", worth.rates()
    yield "control_totals.csv", balances.control_totals(scope, within)
    yield "late_entries.csv", late.late_entries(scope, period, asked.since.size if asked.since else None)
