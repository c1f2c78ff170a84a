"""Listings: rows of registers, pledges, entries and postings, in order, as the reports want them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from ledger.journal import Stage
from ledger.period import parse_date
from ledger.pledge import Membership, Party, PartyKind, Pledge, Source
from ledger.store import records
from ledger.store.scope import SCHEDULE, Scope
from ledger.store.subjects import touching_any
from ledger.store.tables import ACCOUNTS, ENTRIES, ITEMS, MEMBERSHIPS, PARTIES, PLEDGES, POSTINGS, SOURCES

_PLEDGE_FILTERS = ("donor", "group", "recipient", "purpose", "instrument", "source", "package", "pledge")


def pledges(scope: Scope) -> list[Pledge]:
    """The selected pledges with the facts known then, in order of their opening."""
    found = scope.pledges()
    chosen = select(found.c.facts, found.c.void).where(*scope.days(found.c.on_date)).order_by(found.c.entry, found.c.id)
    return [records.pledge_from(row.facts, row.void) for row in scope.connection.execute(chosen)]


def scheduled(scope: Scope) -> list[Pledge]:
    """The selected pledges that state a schedule."""
    return in_force(scope.narrowed(*SCHEDULE))


def in_force(scope: Scope) -> list[Pledge]:
    """The selected pledges with the facts known then, whatever happened on the selected days."""
    found = scope.pledges()
    chosen = select(found.c.facts, found.c.void).order_by(found.c.entry, found.c.id)
    return [records.pledge_from(row.facts, row.void) for row in scope.connection.execute(chosen)]


def undisclosed(scope: Scope) -> int:
    """How many selected pledges have no promise in a currency: they are counted, not valued."""
    found = scope.pledges()
    rows = ACCOUNTS if scope.last_number is None else POSTINGS
    promised = (
        select(rows.c.pledge)
        .filter_by(book=scope.book)
        .where(
            rows.c.pledge == found.c.id,
            rows.c.stage == str(Stage.UNDERTAKING),
            func.length(rows.c.commodity) == 3,  # noqa: PLR2004 - a currency's code
        )
    )
    if scope.last_number is not None:
        promised = promised.where(POSTINGS.c.entry <= scope.last_number)
    chosen = select(func.count()).select_from(found).where(found.c.void.is_(None), ~promised.exists())
    return scope.connection.scalar(chosen.where(*scope.days(found.c.on_date))) or 0


def entries(scope: Scope) -> Iterator[Mapping[str, Any]]:
    """The selected entries: number, day, time of writing, kind, pledge, note; those touching a selected pledge."""
    columns = (
        ENTRIES.c.number,
        ENTRIES.c.on_date,
        ENTRIES.c.recorded_at,
        ENTRIES.c.kind,
        ENTRIES.c.pledge,
        ENTRIES.c.note,
    )
    for row in scope.connection.execute(chosen_entries(scope, *columns)).mappings():
        yield dict(row)


def chosen_entries(scope: Scope, *columns: ColumnElement[Any]) -> Select[Any]:
    """These columns of the selected entries, in the order of their numbers."""
    found = select(*columns).filter_by(book=scope.book).where(*scope.days(ENTRIES.c.on_date))
    if scope.last_number is not None:
        found = found.where(ENTRIES.c.number <= scope.last_number)
    wanted = scope.selection
    if any(getattr(wanted, name) for name in _PLEDGE_FILTERS) or wanted.contingent != "include":
        pledges = select(scope.pledges().c.id)
        found = found.where(ENTRIES.c.number.in_(touching_any(scope.book, pledges)))
    if wanted.currency:
        in_currency = select(POSTINGS.c.entry).filter_by(book=scope.book)
        in_currency = in_currency.where(POSTINGS.c.commodity.in_(wanted.currency))
        found = found.where(ENTRIES.c.number.in_(in_currency))
    return found.order_by(ENTRIES.c.number)


def register(scope: Scope) -> Iterator[Mapping[str, Any]]:
    """The selected postings in entry order, each with its entry's and its pledge's facts."""
    found = scope.pledges()
    columns = (
        ENTRIES.c.number,
        POSTINGS.c.line,
        ENTRIES.c.on_date,
        ENTRIES.c.recorded_at,
        ENTRIES.c.kind,
        POSTINGS.c.pledge,
        *(found.c[name] for name in ("donor", "recipient", "purpose", "instrument", "source", "title")),
        POSTINGS.c.stage,
        POSTINGS.c.commodity,
        POSTINGS.c.amount,
        ENTRIES.c.note,
        ENTRIES.c.citation_url,
        ENTRIES.c.citation_quote,
        ENTRIES.c.reverses,
        ENTRIES.c.origin,
    )
    entry = (POSTINGS.c.book == ENTRIES.c.book) & (POSTINGS.c.entry == ENTRIES.c.number)
    rows = select(*columns).join_from(POSTINGS, ENTRIES, entry).join(found, POSTINGS.c.pledge == found.c.id)
    rows = scope.events(rows.where(POSTINGS.c.book == scope.book), POSTINGS)
    ordered = rows.order_by(POSTINGS.c.entry, POSTINGS.c.line).execution_options(yield_per=1000)
    result = scope.connection.execute(ordered)
    names = tuple(result.keys())
    for row in result:
        yield dict(zip(names, row, strict=True))


def parties(scope: Scope) -> list[tuple[Party, list[Membership]]]:
    """The registered parties and the countries in use, each with its memberships, by code."""
    members: dict[str, list[Membership]] = {}
    for membership in _memberships(scope):
        members.setdefault(membership.party, []).append(membership)
    known = registered(scope)
    known += [_country(code) for code in _countries_in_use(scope, members) - {party.code for party in known}]
    return [(party, members.get(party.code, [])) for party in sorted(known, key=lambda party: party.code)]


def registered(scope: Scope) -> list[Party]:
    """The registered parties, in no order."""
    found = select(PARTIES.c.code, PARTIES.c.name, PARTIES.c.kind).filter_by(book=scope.book)
    return [Party(row.code, row.name, PartyKind(row.kind)) for row in scope.connection.execute(found)]


def party(scope: Scope, code: str) -> tuple[Party, list[Membership]]:
    """One party, registered or a country, with its memberships."""
    found = select(PARTIES.c.code, PARTIES.c.name, PARTIES.c.kind).filter_by(book=scope.book, code=code)
    row = scope.connection.execute(found).first()
    known = Party(row.code, row.name, PartyKind(row.kind)) if row else _country(code)
    return known, _memberships(scope, MEMBERSHIPS.c.party == code)


def members(scope: Scope, code: str) -> list[Membership]:
    """The memberships in one group."""
    return _memberships(scope, MEMBERSHIPS.c.circle == code)


def _memberships(scope: Scope, *which: ColumnElement[bool]) -> list[Membership]:
    rows = select(MEMBERSHIPS).filter_by(book=scope.book).where(*which)
    ordered = rows.order_by(MEMBERSHIPS.c.party, MEMBERSHIPS.c.circle, MEMBERSHIPS.c.entry, MEMBERSHIPS.c.line)
    return [
        Membership(row.party, row.circle, *(parse_date(day) if day else None for day in (row.since, row.until)))
        for row in scope.connection.execute(ordered)
    ]


def known_moment(scope: Scope) -> datetime | None:
    """The moment up to which rates were known, where the selection looks back to an earlier state."""
    known_at = scope.selection.known_at
    if known_at is None or isinstance(known_at, datetime):
        return known_at
    moment = scope.connection.scalar(select(ENTRIES.c.recorded_at).filter_by(book=scope.book, number=known_at))
    return datetime.fromisoformat(moment) if moment else None


def _countries_in_use(scope: Scope, members: Mapping[str, object]) -> set[str]:
    used = set(members)
    for column in (PLEDGES.c.donor, PLEDGES.c.recipient):
        used |= set(scope.connection.scalars(select(column).filter_by(book=scope.book).distinct()))
    return used


def _country(code: str) -> Party:
    from iso3166 import countries_by_alpha2  # noqa: PLC0415

    return Party(code, countries_by_alpha2[code].apolitical_name, PartyKind.COUNTRY)


def sources(scope: Scope) -> list[Source]:
    """The funding sources, by code."""
    found = select(SOURCES.c.code, SOURCES.c.name).filter_by(book=scope.book).order_by(SOURCES.c.code)
    return [Source(row.code, row.name) for row in scope.connection.execute(found)]


def items(scope: Scope) -> list[tuple[str, str]]:
    """The items' codes and names, by code."""
    found = select(ITEMS.c.code, ITEMS.c.name).filter_by(book=scope.book).order_by(ITEMS.c.code)
    return [(row.code, row.name) for row in scope.connection.execute(found)]


def origin_of(scope: Scope, origin: str) -> int | None:
    """The entry that carries this origin."""
    if "\0" in origin:  # which none carries, and PostgreSQL cannot be asked
        return None
    return scope.connection.scalar(select(ENTRIES.c.number).filter_by(book=scope.book, origin=origin))
