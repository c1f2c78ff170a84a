"""Inquiry: what may be asked of an open book. Each public method is one report or one look, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from ledger.exchange import Exchange, Worth, converter
from ledger.formats import tabular
from ledger.money import Balance, Commodity, item
from ledger.pledge import Pledge
from ledger.reports import sheets, trial
from ledger.reports.measures import Valuation
from ledger.selection import EVERYTHING, Selection
from ledger.statements import figures
from ledger.store import listing, sums
from ledger.store.database import Database
from ledger.store.scope import Scope
from ledger.store.view import View
from ledger.table import Table


def now() -> datetime:
    """The moment it is, with the machine's own time zone, so that its day is the user's."""
    return datetime.now(UTC).astimezone()


@dataclass
class Inquiry:
    """A book that is looked at: each look sees one state of it, whatever is written meanwhile.

    ``clock`` gives the present moment with a time zone.
    """

    database: Database
    key: int
    uid: str
    clock: Callable[[], datetime] = now

    def totals(
        self, selection: Selection = EVERYTHING, by: Sequence[str] = ("donor",), worth: Worth | None = None
    ) -> Table:
        """Every measure of a selection, cut by these dimensions, in its own currencies or in one."""
        with self._reading(selection) as scope:
            return figures.totals_of(scope, by, self._valuation(scope, worth))

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

    def trial_balance(self, selection: Selection = EVERYTHING) -> Table:
        """Every account with its debits, its credits and its balance."""
        with self._reading(selection) as scope:
            return trial.trial_balance(sums.account_totals(scope))

    def pledges(self, selection: Selection = EVERYTHING) -> Table:
        """The selected pledges; ``since`` and ``until`` are days of their announcement."""
        everything = replace(selection, since=None, until=None)
        with self._reading(selection) as scope:
            whole = Scope(scope.connection, scope.book, everything)
            return sheets.pledge_list(listing.pledges(scope), sums.cells(whole, ("pledge",)))

    def pledge(self, pledge: str) -> Table:
        """One pledge in full: facts, stages, items, history with citations."""
        with self._view() as view:
            found, position = view.pledge(pledge), view.position(pledge)
            return sheets.pledge_sheet(found, position, view.promised(pledge), view.history(pledge))

    def journal(self, selection: Selection = EVERYTHING) -> Table:
        """The entries of a selection, in the order of their numbers."""
        with self._reading(selection) as scope:
            return sheets.journal_list(listing.entries(scope))

    def entry(self, number: int) -> Table:
        """One entry in full."""
        with self._view() as view:
            return sheets.entry_sheet(view.entry(number))

    def facts(self, pledge: str) -> Pledge:
        """What a pledge states."""
        with self._view() as view:
            return view.pledge(pledge)

    def parties(self) -> Table:
        """The registered parties, and the countries in use."""
        with self._reading() as scope:
            return sheets.party_list(listing.parties(scope), self.clock().date())

    def party(self, code: str) -> Table:
        """One party with its groups and its members."""
        with self._reading() as scope:
            View(scope.connection, self.key, date.min).require_party(code)
            party, memberships = listing.party(scope, code)
            return sheets.party_sheet(party, memberships, listing.members(scope, code))

    def party_names(self) -> dict[str, str]:
        """The names of the registered parties, by code. Countries are a locale's to name."""
        with self._reading() as scope:
            return {party.code: party.name for party in listing.registered(scope)}

    def sources(self) -> Table:
        """The registered funding sources."""
        with self._reading() as scope:
            return sheets.code_list(listing.sources(scope))

    def items(self) -> Table:
        """The registered items."""
        with self._reading() as scope:
            return sheets.code_list(listing.items(scope))

    def promised(self, pledge: str) -> Balance:
        """The gross promise of a pledge by commodity: what was drawn from it and cancelled included."""
        with self._view() as view:
            return view.promised(view.pledge(pledge).id)

    def known_items(self) -> dict[str, Commodity]:
        """The registered items by code, for reading what people type."""
        with self._reading() as scope:
            return {code: item(code) for code, _ in listing.items(scope)}

    @contextmanager
    def register(self, selection: Selection = EVERYTHING) -> Iterator[Iterator[str]]:
        """The plain CSV register of postings, line by line, from one state of the book."""
        with self._reading(selection) as scope:
            yield tabular.register(listing.register(scope))

    @contextmanager
    def _reading(self, selection: Selection = EVERYTHING) -> Iterator[Scope]:
        with self.database.reading() as connection:
            View(connection, self.key, date.min).require_known(selection)
            yield Scope(connection, self.key, selection)

    @contextmanager
    def _view(self) -> Iterator[View]:
        with self.database.reading() as connection:
            yield View(connection, self.key, self.clock().date())

    def _valuation(self, scope: Scope, worth: Worth | None) -> Valuation:
        if worth is None or worth.currency is None:
            return Valuation()
        exchange = Exchange(scope.connection, scope.book, listing.known_moment(scope))
        return Valuation(converter(worth, exchange), worth.on, worth.by_event)
