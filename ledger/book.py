"""The book: the thing one opens. Each public method is one step, one report or one look, in one transaction."""

from __future__ import annotations

import getpass
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from ledger.closing import refuse_closed
from ledger.errors import InputError, Problem
from ledger.formats import ecb, tabular
from ledger.journal import Entry, Stage, refuse_controls
from ledger.money import Balance, Commodity, Money, currency, item
from ledger.pledge import Pledge
from ledger.rate import Conversion, Converter, Policy, Rate, RateSource
from ledger.recognition.opening import opening
from ledger.recognition.recognise import recognise
from ledger.recognition.situation import total
from ledger.recognition.steps import Step
from ledger.reports import pipeline, sheets, totals, trial
from ledger.reports.measures import Valuation
from ledger.selection import EVERYTHING, Selection
from ledger.store import checks, listing, schema, sums
from ledger.store.append import append, find_book, open_book
from ledger.store.database import PATIENCE, Connection, Database, new_file, path_of, require_file
from ledger.store.origins import recorded_before
from ledger.store.scope import Scope
from ledger.store.view import View
from ledger.table import Table

UNDATED = frozenset({"open", "party", "member", "source", "item", "close", "reopen"})
"""Kinds of entries that no closed period refuses: they move no money."""


def now() -> datetime:
    """The moment it is, with the machine's own time zone, so that its day is the user's."""
    return datetime.now(UTC).astimezone()


def user() -> str:
    """Who records: ``AIDLEDGER_USER``, else the system's user.

    Raises :class:`~ledger.errors.InputError` where neither says.
    """
    try:
        name = os.environ.get("AIDLEDGER_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user id without a name, as in some containers
        raise InputError("the system has no name for this user: set AIDLEDGER_USER") from None
    refuse_controls(name, "AIDLEDGER_USER")
    return name


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a step: its entry, suspicions about it, and whether it was there before (same origin)."""

    entry: Entry
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """What figures are to be shown in: a currency, a policy, rate sources in order, and one day if not each its own."""

    currency: str | None = None
    policy: str = "spot"
    sources: tuple[str, ...] = ("ecb",)
    on: date | None = None


@dataclass
class Book:
    """An open book: pledges recorded, moved and counted.

    ``clock`` gives the present moment with a time zone, ``recorded_by`` is written into each entry.
    Use it as a context manager, or :meth:`close` it.
    """

    database: Database
    key: int
    uid: str
    clock: Callable[[], datetime] = now
    recorded_by: str = field(default_factory=user)

    @classmethod
    def create(
        cls,
        place: str,
        *,
        recipient: str = "UA",
        require_citation: bool = False,
        clock: Callable[[], datetime] = now,
        recorded_by: str | None = None,
    ) -> Book:
        """A new book at a path, readable by its owner only.

        Raises :class:`~ledger.errors.Refusal` where something is there already: it is left alone.
        """
        path, by = path_of(place), recorded_by or user()
        uid = str(uuid.uuid4())
        draft = opening(on=clock().date(), recipient=recipient, require_citation=require_citation)
        with new_file(path):
            book = cls(Database(path), uuid.UUID(uid).int >> 65, uid, clock, by)
            with book.database.writing() as connection:
                schema.upgrade(connection)
                open_book(connection, book.key, "main", draft, uid=uid, at=clock().astimezone(UTC), by=by)
                View(connection, book.key, clock().date()).require_party(recipient)
        return book

    @classmethod
    def open(
        cls,
        place: str,
        *,
        clock: Callable[[], datetime] = now,
        recorded_by: str | None = None,
        patience: int = PATIENCE,
    ) -> Book:
        """The book at a path.

        Raises :class:`~ledger.errors.NotABook` for any other file, :class:`~ledger.errors.StoreRefusal` where
        its schema is not this version's.
        """
        path = path_of(place)
        require_file(path)
        database = Database(path, patience)
        with database.reading() as connection:
            schema.require_current(connection, path)
            found = find_book(connection, "main")
        if found is None:
            raise InputError(f"{path} holds no book")
        return cls(database, *found, clock, recorded_by or user())

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What is recorded

    def record(self, step: Step) -> Recorded:
        """Record one step: all of it, or nothing.

        The same origin with the same content records nothing and gives the entry that is there.
        Raises a :class:`~ledger.errors.LedgerError` that says what, where and what to do.
        """
        return self.record_all([step])[0]

    def record_all(self, steps: Sequence[Step]) -> list[Recorded]:
        """Record several steps in one transaction: all of them, or nothing."""
        with self.database.writing() as connection:
            return [self._record(connection, step) for step in steps]

    def _record(self, connection: Connection, step: Step) -> Recorded:
        today = self.clock().date()
        if step.evidence.origin is not None:
            number = listing.origin_of(self._scope(connection), step.evidence.origin)
            if number is not None:
                return Recorded(recorded_before(step, View(connection, self.key, today, before=number)), repeated=True)
        view = View(connection, self.key, today)
        draft = recognise(step, view)
        if draft.kind not in UNDATED:
            refuse_closed(draft.on, view.closed_before)
        entry = append(connection, self.key, draft, at=self.clock(), by=self.recorded_by)
        return Recorded(entry, tuple(_suspicions(view, entry)))

    # What is shown

    def totals(
        self, selection: Selection = EVERYTHING, by: Sequence[str] = ("donor",), worth: Worth | None = None
    ) -> Table:
        """Every measure of a selection, cut by these dimensions, in its own currencies or in one."""
        with self._reading(selection) as scope:
            valuation = self._valuation(scope, worth)
            by = _without_currency(by, valuation)
            cells = sums.cells(scope, by, announced=valuation.by_pledge_day)
            return totals.totals(cells, by, valuation, undisclosed=listing.undisclosed(scope))

    def pipeline(self, selection: Selection = EVERYTHING, by: Sequence[str] = (), worth: Worth | None = None) -> Table:
        """How much stands at each stage, and what of it is overdue by the pledges' schedules."""
        day = selection.last_day or self.clock().date()
        with self._reading(selection) as scope:
            valuation = self._valuation(scope, worth)
            by = _without_currency(by, valuation)
            cells = sums.cells(scope, by, announced=valuation.by_pledge_day)
            planned, cut = listing.scheduled(scope), ("pledge", *pipeline.lasting(by))
            late = Scope(scope.connection, scope.book, replace(selection, since=None))
            held = sums.cells(late, cut, announced=valuation.by_pledge_day, scheduled=True)
            overdue = pipeline.overdue_cells(planned, held, by, day)
            return pipeline.pipeline(cells, overdue, by, valuation, day=day)

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
            return sheets.pledge_sheet(found, position, _gross(view, pledge), view.history(pledge))

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
            return _gross(view, view.pledge(pledge).id)

    def known_items(self) -> dict[str, Commodity]:
        """The registered items by code, for reading what people type."""
        with self._reading() as scope:
            return {code: item(code) for code, _ in listing.items(scope)}

    def check(self) -> list[Problem]:
        """Everything that is wrong with the book: broken invariants, and suspicions."""
        with self.database.reading() as connection:
            return checks.check(connection, self.key)

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

    def _scope(self, connection: Connection) -> Scope:
        return Scope(connection, self.key, EVERYTHING)

    def _valuation(self, scope: Scope, worth: Worth | None) -> Valuation:
        if worth is None or worth.currency is None:
            return Valuation()
        return Valuation(converter(worth, listing.known_on(scope)), worth.on)


def upgrade(place: str, *, patience: int = PATIENCE) -> tuple[str, str]:
    """Bring a book of an older schema up to date; its projections are filled from its entries.

    Returns the schema's revision before and after. Raises as :meth:`Book.open`.
    """
    path = path_of(place)
    require_file(path)
    database = Database(path, patience)
    with database.writing() as connection:
        before = schema.revision_of(connection, path)
        if before not in schema.REVISIONS:
            schema.require_current(connection, path)
        if before != schema.HEAD:
            schema.upgrade(connection)
            if found := find_book(connection, "main"):
                checks.rebuild(connection, found[0])
    database.close()
    return before, schema.HEAD


def rate_sources(names: Sequence[str] = ("ecb",)) -> list[RateSource]:
    """The rate sources with these names, in order. Raises :class:`~ledger.errors.InputError` for an unknown one."""
    known = {"ecb": ecb.embedded}
    for name in names:
        if name not in known:
            raise InputError(f"there is no rate source '{name}': choose from {', '.join(known)}")
    return [known[name]() for name in names]


def converter(worth: Worth, known_on: date | None = None) -> Converter:
    """What values amounts as asked. Raises :class:`~ledger.errors.InputError` for an unknown policy or source."""
    target = currency(str(worth.currency).upper())
    return Converter(rate_sources(worth.sources), Policy.parse(worth.policy), target, known_on)


def convert(amount: Money, worth: Worth, on: date) -> Conversion:
    """What an amount of a day is worth, with its evidence."""
    return converter(worth).convert(amount, on)


def rates(currencies: Sequence[str] = (), since: date | None = None, until: date | None = None) -> Iterator[Rate]:
    """The embedded rates of these currencies (all, if none are named), day by day, both days included.

    Without ``since``, those of the last day up to ``until``.
    """
    history = ecb.embedded()
    last = min(until or history.last, history.last)
    if since is None:
        known = history.days(date.min, last)
        since = known[-1] if known else last
    return history.rates(currencies, since, last)


def _without_currency(by: Sequence[str], valuation: Valuation) -> Sequence[str]:
    """Without conversion there is a row per currency anyway."""
    return by if valuation.converter else [name for name in by if name != "currency"]


def _gross(view: View, pledge: str) -> Balance:
    """The gross promise by commodity: its own undertaking, and what was drawn from it."""
    undertaken = view.position(pledge).get(Stage.UNDERTAKING, Balance())
    return total(view.drawings(pledge)) - undertaken


def _suspicions(view: View, entry: Entry) -> Iterator[Problem]:
    """What this entry makes suspicious: not what was so before it."""
    before = replace(view, before=entry.number)
    for pledge in sorted({posting.pledge for posting in entry.postings}):
        if (found := checks.out_of_order(view, pledge)) and found != checks.out_of_order(before, pledge):
            yield found
