"""Reports: what a book says in figures. Each method is one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger.exchange import Exchange, Worth, converter
from ledger.inquiry.opened import Opened
from ledger.reconcile.tolerance import NONE, Tolerance
from ledger.reports import trial
from ledger.reports.measures import Valuation
from ledger.reports.summary import Summary
from ledger.reports.totals import PLAIN, Extent
from ledger.selection import EVERYTHING, Selection
from ledger.statements import figures
from ledger.store import listing, sums
from ledger.store.scope import Scope
from ledger.store.view import View
from ledger.table import Table

if TYPE_CHECKING:
    from ledger.formats.reading import Reading
    from ledger.formats.tracker.published import Published
    from ledger.reconcile.cash import Terms
    from ledger.reconcile.statement import BankFile
    from ledger.statements.bank import Reconciliation
    from ledger.statements.tracker import Comparing


class Reports(Opened):
    """What may be asked of a book in figures."""

    def totals(
        self,
        selection: Selection = EVERYTHING,
        by: Sequence[str] = ("donor",),
        worth: Worth | None = None,
        *,
        extent: Extent = PLAIN,
    ) -> Table:
        """Every measure of a selection, cut by these dimensions, in its own currencies or in one.

        ``extent`` adds the range of each row, or keeps the largest rows.
        """
        with self._reading(selection) as scope:
            return figures.totals_of(scope, by, self._valuation(scope, worth), extent)

    def timeline(
        self,
        selection: Selection = EVERYTHING,
        by: Sequence[str] = (),
        worth: Worth | None = None,
        *,
        each: str = "month",
        cumulative: bool = False,
    ) -> Table:
        """Every measure by month, quarter or year: what happened in each, or all that happened up to its end."""
        from ledger.statements.timeline import timeline_of  # noqa: PLC0415 - only this report pays

        with self._reading(selection) as scope:
            return timeline_of(scope, by, self._valuation(scope, worth), each=each, cumulative=cumulative)

    def compare_policies(
        self, worth: Worth, selection: Selection = EVERYTHING, by: Sequence[str] = ("donor",), measure: str = "pledged"
    ) -> Table:
        """One measure under spot, month, year and fixed rates side by side, with the spread between them.

        ``fixed`` is the policy of ``worth``, if that is one, else the month of the last amount that is valued.
        """
        with self._reading(selection) as scope:

            def valuation(policy: str) -> Valuation:
                return self._valuation(scope, replace(worth, policy=policy))

            return figures.comparison_of(scope, by, measure, valuation, policy=worth.policy)

    def exposure(
        self, worth: Worth, selection: Selection = EVERYTHING, by: Sequence[str] = (), on: date | None = None
    ) -> Table:
        """What is open in each currency on a day (else the last selected, else today), and what rates did to it."""
        day = on or selection.last_day or self.clock().date()
        with self._reading(replace(selection, as_of=selection.as_of or day)) as scope:
            return figures.exposure_of(scope, by, self._valuation(scope, worth), day)

    def pipeline(self, selection: Selection = EVERYTHING, by: Sequence[str] = (), worth: Worth | None = None) -> Table:
        """How much stands at each stage, and what of it is overdue by the pledges' schedules."""
        day = selection.last_day or self.clock().date()
        with self._reading(selection) as scope:
            return figures.pipeline_of(scope, by, self._valuation(scope, worth), day)

    def stated(
        self, selection: Selection = EVERYTHING, worth: Worth | None = None, tolerance: Tolerance = NONE
    ) -> Table:
        """What sources claim of pledges beside their amounts (equivalents, parts, schedules), compared.

        ``worth`` says by which policy and whose rates; claims are compared in their own currencies.
        """
        from ledger.statements.stated import stated_of  # noqa: PLC0415 - only this report pays

        asked = worth or Worth()
        with self._reading(selection) as scope:
            exchange = Exchange(scope.connection, scope.book, listing.known_moment(scope))
            converter(replace(asked, currency="EUR"), exchange)  # refuses what is wrong where nothing is claimed, too
            return stated_of(scope, lambda code: converter(replace(asked, currency=code), exchange), tolerance)

    def units(
        self, selection: Selection = EVERYTHING, by: Sequence[str] = ("pledge",), worth: Worth | None = None
    ) -> Table:
        """Units of items promised, delivered and open, and the price of a unit that a pledge's money implies."""
        from ledger.statements.items import items_of  # noqa: PLC0415 - only this report pays

        with self._reading(selection) as scope:
            return items_of(scope, by, self._valuation(scope, worth))

    def changes(
        self,
        before: Selection,
        after: Selection,
        by: Sequence[str] = (),
        worth: Worth | None = None,
        *,
        measure: str = "pledged",
        most: int | None = None,
    ) -> Table:
        """The walk of one measure from an earlier selection to a later one with the same filters, line by line.

        Behind each line are its entries, at most so many spans of their numbers.
        """
        from ledger.reports.changes import Walk  # noqa: PLC0415 - only this report pays
        from ledger.statements.changes import changes_of  # noqa: PLC0415 - as above

        with self._reading(before, after) as scope:
            then = Scope(scope.connection, scope.book, after)
            walk = Walk(measure, self._valuation(scope, worth), self._valuation(then, worth))
            return changes_of(scope, then, by, walk, most=most)

    def tracker(
        self,
        published: Published,
        asked: Comparing,
        selection: Selection = EVERYTHING,
        worth: Worth | None = None,
        *,
        issue: Reading | None = None,
    ) -> Table:
        """Our totals beside those of somebody else's table, and which of our pledges make a difference.

        ``issue`` is what the table's file states row by row, where it was imported as ``asked.name``: nothing of it is
        recorded. Raises :class:`~ledger.errors.UnknownRecord` where nothing in the book is by that name.
        """
        from ledger.reconcile.issue import changes  # noqa: PLC0415 - only this report pays
        from ledger.restatement import latest_versions, original  # noqa: PLC0415 - as above
        from ledger.statements.tracker import tracker_of  # noqa: PLC0415 - as above
        from ledger.store.issued import entries_of  # noqa: PLC0415 - as above

        with self._reading(selection) as scope:
            held = entries_of(scope, issue.name) if issue else {}
            latest = {original(origin): origin for origin in held} | latest_versions(held)
            stated = {origin: held[version] for origin, version in latest.items()}
            recipient = View(scope.connection, self.key, date.min).recipient
            changed = changes(issue.findings, stated, recipient) if issue else {}
            return tracker_of(scope, published, asked, self._valuation(scope, worth), changed=changed)

    def statement(
        self, file: BankFile, selection: Selection = EVERYTHING, terms: Terms | None = None
    ) -> Reconciliation:
        """A bank's statements beside what the selected pledges' entries paid, and what would be recorded of it."""
        from ledger.reconcile.cash import Terms  # noqa: PLC0415 - only this report pays
        from ledger.statements.bank import reconciled  # noqa: PLC0415 - as above

        with self._reading(selection) as scope:
            return reconciled(scope, file, terms or Terms())

    def summary(self, selection: Selection = EVERYTHING, worth: Worth | None = None) -> Summary:
        """What a document for the public shows: totals, pipeline, timeline, sources and rates of one state."""
        from ledger.statements.summary import summary_of  # noqa: PLC0415 - only this report pays

        with self._reading(selection) as scope:
            return summary_of(scope, self._valuation(scope, worth), book=self.uid)

    def trial_balance(self, selection: Selection = EVERYTHING) -> Table:
        """Every account with its debits, its credits and its balance."""
        with self._reading(selection) as scope:
            return trial.trial_balance(sums.account_totals(scope))
