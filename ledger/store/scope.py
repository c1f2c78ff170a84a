"""Scope: a selection turned into SQL. Which pledges, as known when, and which events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Subquery,
    func,
    or_,
    select,
    union_all,
)

from ledger.period import stamp
from ledger.pledge import Instrument
from ledger.proof import leaf
from ledger.selection import Contingent, Selection
from ledger.store import records
from ledger.store.dialects import rows_like
from ledger.store.tables import ENTRIES, MEMBERSHIPS, PLEDGES, POSTINGS, TALLIES
from ledger.store.view import View

_RESTATING = ("amend", "revise", "draw", "reverse")
_COLUMNS = tuple(each.name for each in PLEDGES.c if each.name != "book")

SCHEDULE = ('"schedule":',)
EXPOSURE = ('"max_exposure":',)
RANGE = ('"firmness":"at_least"', '"firmness":"up_to"', *EXPOSURE)
"""What the facts of a pledge hold that states when its instalments are due, what it may come to, how firm it is."""


@dataclass(frozen=True)
class Scope:
    """A selection over one book, seen through one connection.

    With ``stating``, of the pledges whose facts hold one of these texts only.
    """

    connection: Connection
    book: int
    selection: Selection
    stating: tuple[str, ...] = ()

    def narrowed(self, *stating: str, **filters: object) -> Self:
        """The same book with these filters in place of the selection's own, and of pledges that state something."""
        selection = replace(self.selection, **filters)  # type: ignore[arg-type] # the names are those of a selection
        return replace(self, selection=selection, stating=stating or self.stating)

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
        found = self._chosen(everyone)
        for name in ("recipient", "purpose", "source", "package"):
            if chosen := getattr(self.selection, name):
                found = found.where(everyone.c[name].in_(chosen))
        if self.selection.pledge:
            found = found.where(everyone.c.id.in_(self.selection.pledge))
        if self.stating:
            found = found.where(or_(*(everyone.c.facts.contains(text) for text in self.stating)))
        return found.subquery("pledges")

    def tallies(self) -> Subquery:
        """The selected tallies, in place of pledges and their accounts; see :attr:`needs_pledges`."""
        columns = [each for each in TALLIES.c if each.name != "book"]
        return self._chosen(select(*columns).filter_by(book=self.book).subquery("all_tallies")).subquery("tallies")

    @property
    def needs_pledges(self) -> bool:
        """Whether more is asked of a pledge than tallies are kept by: by a filter, or by a scope of its own kind."""
        wanted = self.selection
        return type(self) is not Scope or bool(
            wanted.recipient or wanted.purpose or wanted.source or wanted.package or wanted.pledge or self.stating
        )

    def _chosen(self, everyone: Subquery) -> Select[Any]:
        """Those of these donors and groups, guarantees or not: what pledges and tallies both tell."""
        found = select(everyone)
        for name in ("donor", "instrument"):
            if chosen := getattr(self.selection, name):
                found = found.where(everyone.c[name].in_(chosen))
        if self.selection.group:
            found = found.where(self._member(everyone))
        if self.selection.contingent is not Contingent.INCLUDE:
            guarantee = everyone.c.instrument == str(Instrument.GUARANTEE)
            found = found.where(guarantee if self.selection.contingent is Contingent.ONLY else ~guarantee)
        return found

    def events(self, found: Select[Any], rows: FromClause) -> Select[Any]:
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
        changed = or_(PLEDGES.c.id.in_(restated), PLEDGES.c.id.in_(self._withdrawn_jointly(last)))
        columns = [PLEDGES.c[name] for name in _COLUMNS]
        known = select(*columns).filter_by(book=self.book).where(PLEDGES.c.entry <= last)
        rows = [self._then(row, last) for row in self.connection.execute(known.where(changed))]
        unchanged = known.where(~changed)
        if not rows:
            return unchanged.subquery("known_pledges")
        then = rows_like(self.connection, PLEDGES, _COLUMNS, rows)
        return union_all(unchanged, select(then)).subquery("known_pledges")

    def _withdrawn_jointly(self, last: int) -> list[str]:
        """The pledges that reversals after entry ``last`` are about with others: such a reversal names none."""
        found = select(ENTRIES.c.line).filter_by(book=self.book, kind="reverse", pledge=None)
        lines = self.connection.scalars(found.where(ENTRIES.c.number > last))
        return [pledge for line in lines for pledge in leaf.read(line).subjects]

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
