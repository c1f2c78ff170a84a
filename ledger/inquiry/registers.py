"""Registers: the pledges, entries, parties, sources and items of a book, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ledger.inquiry.opened import Opened
from ledger.journal import Entry
from ledger.money import Balance, Commodity, item
from ledger.pledge import Pledge, Position
from ledger.reports import sheets
from ledger.selection import EVERYTHING, Selection
from ledger.store import latest, listing, sums
from ledger.store.scope import Scope
from ledger.store.view import View
from ledger.table import Table


class Registers(Opened):
    """What is kept in a book, listed and shown."""

    def pledges(self, selection: Selection = EVERYTHING) -> Table:
        """The selected pledges; ``since`` and ``until`` are days of their announcement."""
        everything = replace(selection, since=None, until=None)
        with self._reading(selection) as scope:
            whole = Scope(scope.connection, scope.book, everything)
            return sheets.pledge_list(listing.pledges(scope), sums.cells(whole, ("pledge",), promises=True))

    def pledge(self, pledge: str) -> Table:
        """One pledge in full: facts, stages, items, history with citations."""
        with self._view() as view:
            found, position = view.pledge(pledge), view.position(pledge)
            return sheets.pledge_sheet(
                found,
                position,
                view.promised(pledge),
                view.history(pledge),
                files=self.database.copies(view.connection, self.key).name,
            )

    def journal(self, selection: Selection = EVERYTHING) -> Table:
        """The entries of a selection, in the order of their numbers."""
        with self._reading(selection) as scope:
            return sheets.journal_list(listing.entries(scope))

    def entry(self, number: int) -> Table:
        """One entry in full."""
        with self._view() as view:
            return sheets.entry_sheet(view.entry(number), files=self.database.copies(view.connection, self.key).name)

    def facts(self, pledge: str) -> Pledge:
        """What a pledge states."""
        with self._view() as view:
            return view.pledge(pledge)

    def latest(self, most: int = 1) -> list[tuple[Pledge, Entry]]:
        """The pledges that were opened last and stand, the latest first, each with the entry that opened it."""
        with self._reading() as scope:
            return latest.opened(scope, most)

    def beginning(self, prefix: str, most: int) -> list[Pledge]:
        """Pledges that stand and whose ids begin so."""
        with self._reading() as scope:
            return latest.beginning(scope, prefix, most)

    def position(self, pledge: str) -> Position:
        """What each stage of a pledge holds."""
        with self._view() as view:
            return view.position(view.pledge(pledge).id)

    def requires_citation(self) -> bool:
        """Whether the book refuses entries on pledges without a citation."""
        with self._view() as view:
            return view.require_citation

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
