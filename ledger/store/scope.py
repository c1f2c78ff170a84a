"""Scope: a selection turned into SQL. Which pledges, as known when, and which events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    Table,
    column,
    func,
    or_,
    select,
    union_all,
    values,
)

from ledger.period import stamp
from ledger.pledge import Instrument
from ledger.selection import Contingent, Selection
from ledger.store import records
from ledger.store.tables import ENTRIES, MEMBERSHIPS, PLEDGES, POSTINGS
from ledger.store.view import View

_RESTATING = ("amend", "revise", "draw", "reverse")
_COLUMNS = tuple(each.name for each in PLEDGES.c if each.name != "book")


@dataclass(frozen=True)
class Scope:
    """A selection over one book, seen through one connection."""

    connection: Connection
    book: int
    selection: Selection

    @cached_property
    def last_number(self) -> int | None:
        """The last entry that was known, None where all are."""
        known_at = self.selection.known_at
        if isinstance(known_at, datetime):
            last = select(func.max(ENTRIES.c.number)).filter_by(book=self.book)
            return self.connection.scalar(last.where(ENTRIES.c.recorded_at <= stamp(known_at))) or 0
        return known_at

    @property
    def needs_postings(self) -> bool:
        """Whether the balances as they stand do not answer: an earlier time, or a span of days."""
        wanted = self.selection
        return any(value is not None for value in (wanted.since, wanted.last_day, wanted.known_at))

    def pledges(self) -> Subquery:
        """The selected pledges with the facts that were known then."""
        everyone = self._known if self.last_number is not None else self._all()
        found = select(everyone)
        for name in ("donor", "recipient", "purpose", "instrument", "source"):
            if chosen := getattr(self.selection, name):
                found = found.where(everyone.c[name].in_(chosen))
        if self.selection.pledge:
            found = found.where(everyone.c.id.in_(self.selection.pledge))
        if self.selection.group:
            found = found.where(self._member(everyone))
        if self.selection.contingent is not Contingent.INCLUDE:
            guarantee = everyone.c.instrument == str(Instrument.GUARANTEE)
            found = found.where(guarantee if self.selection.contingent is Contingent.ONLY else ~guarantee)
        return found.subquery("pledges")

    def events(self, found: Select[Any], rows: Table) -> Select[Any]:
        """The selected postings: in these commodities, on these days, known by then."""
        wanted = self.selection
        if wanted.currency:
            found = found.where(rows.c.commodity.in_(wanted.currency))
        if rows is not POSTINGS:
            return found
        if self.last_number is not None:
            found = found.where(POSTINGS.c.entry <= self.last_number)
        return found.where(*self.days(POSTINGS.c.on_date))

    def days(self, on_date: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """The conditions that keep a column of days inside the selected span."""
        since, until = self.selection.since, self.selection.last_day
        return [
            *([on_date >= since.isoformat()] if since else []),
            *([on_date <= until.isoformat()] if until else []),
        ]

    def _all(self) -> Subquery:
        columns = [PLEDGES.c[name] for name in _COLUMNS]
        return select(*columns).filter_by(book=self.book).subquery("all_pledges")

    @cached_property
    def _known(self) -> Subquery:
        """Pledges as they were after entry ``last_number``: later changes of facts are undone."""
        last = self.last_number or 0
        restated = select(ENTRIES.c.pledge).distinct().filter_by(book=self.book)
        restated = restated.where(
            ENTRIES.c.number > last, ENTRIES.c.kind.in_(_RESTATING), ENTRIES.c.pledge.is_not(None)
        )
        columns = [PLEDGES.c[name] for name in _COLUMNS]
        known = select(*columns).filter_by(book=self.book).where(PLEDGES.c.entry <= last)
        rows = [self._then(row, last) for row in self.connection.execute(known.where(PLEDGES.c.id.in_(restated)))]
        unchanged = known.where(PLEDGES.c.id.not_in(restated))
        if not rows:
            return unchanged.subquery("known_pledges")
        types = [column(name, PLEDGES.c[name].type) for name in _COLUMNS]
        then = values(*types, literal_binds=True).data(rows).cte("then")
        return union_all(unchanged, select(then)).subquery("known_pledges")

    def _then(self, row: Row[Any], last: int) -> tuple[Any, ...]:
        view = View(self.connection, self.book, date.min, before=last + 1)
        then = records.pledge_row(view.pledge(row.id), row.entry)
        return tuple(then[name] for name in _COLUMNS)

    def _member(self, pledges: Subquery) -> ColumnElement[bool]:
        """Whether the donor was a member of a selected group on the pledge's day, or is the group itself."""
        groups = self.selection.group
        member = (
            select(MEMBERSHIPS.c.party)
            .filter_by(book=self.book)
            .where(
                MEMBERSHIPS.c.party == pledges.c.donor,
                MEMBERSHIPS.c.circle.in_(groups),
                or_(MEMBERSHIPS.c.since.is_(None), MEMBERSHIPS.c.since <= pledges.c.on_date),
                or_(MEMBERSHIPS.c.until.is_(None), MEMBERSHIPS.c.until >= pledges.c.on_date),
            )
        )
        if self.last_number is not None:
            member = member.where(MEMBERSHIPS.c.entry <= self.last_number)
        return or_(member.exists(), pledges.c.donor.in_(groups))


def states_schedule(pledges: Subquery) -> ColumnElement[bool]:
    """Whether a pledge states when its instalments are due."""
    return pledges.c.facts.contains('"schedule":')
