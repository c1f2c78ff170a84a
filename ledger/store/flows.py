"""Flows: the postings that one selection has and an earlier one has not, by entry; and what facts were restated since.

Both selections say what is known, and may say a last day; ``before`` is inside ``after``. What is read is what lies
between them: entries by their numbers, and where there is a last day, the postings after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, Subquery, and_, case, false, select

from ledger.journal import Stage
from ledger.pledge import Drawing, Instrument, MoveKind
from ledger.proof import leaf
from ledger.reports.flow import Amounts, Flow
from ledger.selection import Selection
from ledger.store import records
from ledger.store.listing import known_moment
from ledger.store.scope import Scope
from ledger.store.sums import dimension_of, key_of
from ledger.store.tables import DRAWINGS, ENTRIES, MEMBERSHIPS, PLEDGES, POSTINGS

_VERSION = re.compile(r"@\d{1,9}$")
"""How the origin ends of what an import records again, stated otherwise: ``NAME:KEY@2``."""

_PLACING = {"donor", "recipient", "purpose", "instrument", "source", "package", "parent", "on"}
"""The facts that say in which row of a report, and at what worth, a pledge is counted."""


@dataclass(frozen=True, kw_only=True)
class Hindsight(Scope):
    """The postings of one selection, of those pledges whose facts were restated, as ``facts`` knows them."""

    facts: Scope
    restated: Select[Any] | CompoundSelect[Any]

    def pledges(self) -> Subquery:
        """The restated pledges that ``facts`` selects, with the facts known there."""
        found = self.facts.pledges()
        return select(found).where(found.c.id.in_(self.restated)).subquery("restated")


def flows(before: Scope, after: Scope, by: Sequence[str]) -> Iterator[Flow]:
    """What each entry did to each pledge of ``after`` and did not in ``before``, in the order of the entries."""
    pledges = after.pledges()
    keys = [dimension_of(name, POSTINGS, pledges).label(f"key_{place}") for place, name in enumerate(by)]
    draws = case((ENTRIES.c.line.contains('"draws":'), ENTRIES.c.line)).label("draws")
    rows = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity)
    facts = (POSTINGS.c.amount, pledges.c.instrument, pledges.c.on_date.label("announced"))
    told = (ENTRIES.c.kind, ENTRIES.c.origin, draws, _along_with_revision().label("along"))
    found: Select[Any] = select(*keys, *rows, *facts, *told).join_from(
        POSTINGS, pledges, POSTINGS.c.pledge == pledges.c.id
    )
    found = found.join(ENTRIES, (ENTRIES.c.book == POSTINGS.c.book) & (ENTRIES.c.number == POSTINGS.c.entry))
    found = after.events(found.where(POSTINGS.c.book == after.book), POSTINGS).order_by(POSTINGS.c.entry)
    telling = _Telling(before, after, by)
    for span in _spans(before):
        each = after.connection.execute(found.where(*span).execution_options(yield_per=1000))
        for _, entry in groupby(each, key=lambda row: row.entry):
            yield from telling.flows(list(entry))


def _along_with_revision() -> ColumnElement[bool]:
    """Whether an entry commits what a restatement revised: its reason is that of the restatement, word for word."""
    restatement = ENTRIES.alias()
    same = (restatement.c[name] == ENTRIES.c[name] for name in ("book", "pledge", "note"))
    found = select(restatement.c.number).where(*same, restatement.c.kind == "restate")
    return and_(ENTRIES.c.kind == str(MoveKind.COMMIT), found.exists())


def _spans(before: Scope) -> Iterator[list[ColumnElement[bool]]]:
    """The postings not in ``before``, in the order of their entries: known, but of later days; then known later."""
    last, day = before.last_number, before.selection.last_day
    known = [] if last is None else [POSTINGS.c.entry <= last]
    if day is not None:
        yield [*known, POSTINGS.c.on_date > day.isoformat()]
    if last is not None:
        yield [POSTINGS.c.entry > last]


class _Telling:
    """Rows of postings told as flows: which were late, and what was drawn from a facility of which day."""

    def __init__(self, before: Scope, after: Scope, by: Sequence[str]) -> None:
        self._by, self._after = by, after
        self._last = before.last_number
        self._day = before.selection.last_day or _day_before(known_moment(before))
        self._announced: dict[str, date] | None = None

    def flows(self, entry: Sequence[Row[Any]]) -> Iterator[Flow]:
        """What one entry did to each pledge it touches, by the dimensions."""
        drawings = _drawings(entry[0].draws)
        places: dict[tuple[str, tuple[Any, ...]], list[Row[Any]]] = {}
        for row in entry:
            places.setdefault((row.pledge, tuple(row[: len(self._by)])), []).append(row)
        for rows in places.values():
            yield self._flow(rows, drawings)

    def _flow(self, rows: Sequence[Row[Any]], drawings: Sequence[Drawing]) -> Flow:
        one, units = rows[0], _units(rows)
        drawings = [each for each in drawings if one.pledge in {each.parent, each.child}]
        on = date.fromisoformat(one.on_date)
        return Flow(
            entry=one.entry,
            kind=one.kind,
            on=on,
            late=self._last is not None and one.entry > self._last and self._day is not None and on <= self._day,
            key=key_of(one, self._by),
            instrument=Instrument(one.instrument),
            announced=date.fromisoformat(one.announced),
            units=units,
            drawn=_drawn(one.pledge, units, drawings),
            facility_day=self._facility_day(drawings[0].parent) if drawings else None,
            restates="again" if _VERSION.search(one.origin or "") else "along" if one.along else None,
        )

    def _facility_day(self, parent: str) -> date:
        """When a facility was announced, by the facts known at the end, whatever is selected."""
        if self._announced is None:
            known = replace(Selection(), known_at=self._after.selection.known_at)
            everyone = Scope(self._after.connection, self._after.book, known).pledges()
            facilities = select(DRAWINGS.c.parent).filter_by(book=self._after.book).distinct()
            found = select(everyone.c.id, everyone.c.on_date).where(everyone.c.id.in_(facilities))
            rows = self._after.connection.execute(found)
            self._announced = {row.id: date.fromisoformat(row.on_date) for row in rows}
        return self._announced[parent]


def _day_before(moment: datetime | None) -> date | None:
    """The last day (UTC) that was over at a moment."""
    return moment.astimezone(UTC).date() - timedelta(days=1) if moment else None


def _units(rows: Sequence[Row[Any]]) -> Amounts:
    units: dict[tuple[Stage, str], int] = {}
    for row in rows:
        account = (Stage(row.stage), row.commodity)
        units[account] = units.get(account, 0) + row.amount
    return units


def _drawings(line: str | None) -> Sequence[Drawing]:
    """What an entry moved from one pledge to another: nothing, where the child held it before."""
    if line is None:
        return ()
    entry = leaf.read(line)
    touched = {posting.pledge for posting in entry.postings}
    return [each for each in records.drawings(entry) if {each.parent, each.child} <= touched]


def _drawn(pledge: str, units: Amounts, drawings: Sequence[Drawing]) -> Amounts:
    """What a pledge drew, or gave where negative, by stage; what was beyond the promise goes along."""
    drawn: dict[tuple[Stage, str], int] = {}
    for each in drawings:
        account = (each.stage, each.amount.commodity.code)
        drawn[account] = drawn.get(account, 0) + (each.amount.units if each.child == pledge else -each.amount.units)
    codes = {code for _, code in drawn}
    beyond = {(stage, code): held for (stage, code), held in units.items() if stage is Stage.EXCESS and code in codes}
    return drawn | beyond


def restating(before: Scope, after: Scope) -> dict[str, list[int]]:
    """The entries between the two that may place a pledge in another row, or at another day, by pledge, in order."""
    found: dict[str, list[int]] = {}
    for number, pledge in sorted([*_changing(before, after), *_joining(before, after)]):
        found.setdefault(pledge, []).append(number)
    return found


def restated(before: Scope, after: Scope) -> Select[Any] | CompoundSelect[Any]:
    """The pledges of :func:`restating`, and some beside them, as SQL."""
    if not after.selection.group:
        return select(ENTRIES.c.pledge).where(*_changes(before, after))
    everything = after.narrowed(known_at=None)  # who joined may have had its pledges taken from it since
    joined = select(MEMBERSHIPS.c.party).where(*_joins(before, after))
    of_joined = select(PLEDGES.c.id).where(PLEDGES.c.book == after.book, PLEDGES.c.donor.in_(joined))
    return select(ENTRIES.c.pledge).where(*_changes(before, everything)).union(of_joined)


def _changing(before: Scope, after: Scope) -> Iterator[tuple[int, str]]:
    """Entries that changed facts of a pledge, each with the pledge."""
    lines = select(ENTRIES.c.number, ENTRIES.c.pledge, ENTRIES.c.line).where(*_changes(before, after))
    for row in after.connection.execute(lines):
        if _PLACING & records.facts_of(leaf.read(row.line), "changes").keys():
            yield row.number, row.pledge


def _joining(before: Scope, after: Scope) -> Iterator[tuple[int, str]]:
    """Entries by which donors became members of a selected group, each with their pledges."""
    if after.selection.group:
        pledges = after.pledges()
        found = select(MEMBERSHIPS.c.entry, pledges.c.id).join_from(
            MEMBERSHIPS, pledges, pledges.c.donor == MEMBERSHIPS.c.party
        )
        for row in after.connection.execute(found.where(*_joins(before, after))):
            yield row.entry, row.id


def _changes(before: Scope, after: Scope) -> list[ColumnElement[bool]]:
    stated = ENTRIES.c.line.contains('"changes":')
    return [ENTRIES.c.book == after.book, *_between(ENTRIES.c.number, before, after), stated]


def _joins(before: Scope, after: Scope) -> list[ColumnElement[bool]]:
    chosen = MEMBERSHIPS.c.circle.in_(after.selection.group)
    return [MEMBERSHIPS.c.book == after.book, *_between(MEMBERSHIPS.c.entry, before, after), chosen]


def _between(number: ColumnElement[int], before: Scope, after: Scope) -> list[ColumnElement[bool]]:
    """The conditions that keep entries to those known later than ``before``, and by ``after``."""
    if before.last_number is None:
        return [false()]
    upper = [] if after.last_number is None else [number <= after.last_number]
    return [number > before.last_number, *upper]
