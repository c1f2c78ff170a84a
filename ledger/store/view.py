"""The view: the book as it stands for recognition, or as it stood before one of its entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from iso3166 import countries_by_alpha2
from sqlalchemy import ColumnElement, Connection, Row, func, select

from ledger.errors import Refusal, UnknownRecord
from ledger.journal import CREDIT_STAGES, JSON, Account, Entry, Posting, Stage
from ledger.message import message
from ledger.money import Balance, Commodity, Money, commodity, plain
from ledger.pledge import NOTHING, Drawing, MoveKind, Pledge, Position
from ledger.proof import leaf
from ledger.selection import Selection
from ledger.store import records
from ledger.store.halves import credits, debits, exact, halves
from ledger.store.subjects import touching
from ledger.store.tables import (
    ACCOUNTS,
    BOOKS,
    DRAWINGS,
    ENTRIES,
    ITEMS,
    MEMBERSHIPS,
    PARTIES,
    PLEDGES,
    POSTINGS,
    SERIALS,
    SOURCES,
)

REGISTERS = {"party": PARTIES, "source": SOURCES, "item": ITEMS}
"""The table of each register."""
_OTHERWISE = {"UK": "GB", "EL": "GR"}
"""What the European Union writes, and ISO 3166-1 does not."""


@dataclass(frozen=True)
class View:
    """A :class:`~ledger.recognition.situation.Situation` read from the store.

    With ``before``, pledges and their balances are those before the entry with that number.
    """

    connection: Connection
    book: int
    today: date
    before: int | None = None

    @cached_property
    def _row(self) -> Row[Any]:
        return self.connection.execute(select(BOOKS).filter_by(id=self.book)).one()

    @property
    def recipient(self) -> str:
        """Who receives, where a step does not say."""
        return str(self._row.recipient)

    @property
    def require_citation(self) -> bool:
        """Whether this book refuses entries on pledges without a citation."""
        return bool(self._row.require_citation)

    @property
    def closed_before(self) -> date | None:
        """The first open day, or None where nothing was closed."""
        closed = self._row.closed_before if self.before is None else self._closed_then()
        return date.fromisoformat(closed) if closed else None

    def _closed_then(self) -> str | None:
        periods = select(ENTRIES.c.line).filter_by(book=self.book).where(ENTRIES.c.kind.in_(("close", "reopen")))
        last = periods.where(ENTRIES.c.number < self.before).order_by(ENTRIES.c.number.desc()).limit(1)
        line = self.connection.scalar(last)
        return None if line is None else leaf.read(line).facts["closed_before"][1]  # type: ignore[index] # old, new

    def pledge(self, pledge: str) -> Pledge:
        """The pledge with this id. Raises :class:`UnknownRecord`."""
        if self.before is not None:
            found = self._pledge_then(pledge)
        else:
            columns = select(PLEDGES.c.facts, PLEDGES.c.void).filter_by(book=self.book, id=pledge)
            row = self.connection.execute(columns).first()
            found = records.pledge_from(row.facts, row.void) if row else None
        if found is None:
            raise UnknownRecord(
                "there is no pledge {pledge!r} in this book",
                pledge=pledge,
                hint="aidledger pledge list",
            )
        return found

    def _pledge_then(self, pledge: str) -> Pledge | None:
        found: Pledge | None = None
        opened = 0
        for entry in self.history(pledge):
            if stated := next((facts for facts in records.openings(entry) if facts["id"] == pledge), None):
                found, opened = Pledge.from_facts(stated), entry.number
            elif pledge in entry.subjects:
                found = records.restated(found, opened, entry, entry.number)
        return found

    def has_pledge(self, pledge: str) -> bool:
        """Whether this id is taken."""
        found = select(PLEDGES.c.entry).filter_by(book=self.book, id=pledge)
        opened = self.connection.scalar(found)
        return opened is not None and (self.before is None or opened < self.before)

    def next_id(self, donor: str, year: int) -> str:
        """The next free id of this donor and year."""
        prefix = f"{donor}-{year}-"
        last = self.connection.scalar(select(SERIALS.c.last).filter_by(book=self.book, prefix=prefix)) or 0
        return f"{prefix}{last + 1:04}"

    def position(self, pledge: str) -> Position:
        """What each stage of this pledge holds."""
        if self.before is None:
            held = select(ACCOUNTS.c.stage, ACCOUNTS.c.commodity, ACCOUNTS.c.balance)
            rows = self.connection.execute(held.filter_by(book=self.book, pledge=pledge))
            found = [(row.stage, Money(row.balance, commodity(row.commodity))) for row in rows]
        else:
            held = select(POSTINGS.c.stage, POSTINGS.c.commodity, *halves(POSTINGS.c.amount))
            held = held.filter_by(book=self.book, pledge=pledge).where(POSTINGS.c.entry < self.before)
            rows = self.connection.execute(held.group_by(POSTINGS.c.stage, POSTINGS.c.commodity))
            found = [(row.stage, Money(exact(row.high, row.low), commodity(row.commodity))) for row in rows]
        stages = {stage for stage, _ in found}
        return {Stage(stage): Balance(amount for at, amount in found if at == stage) for stage in stages}

    def promised(self, pledge: str) -> Balance:
        """The gross promise by commodity: a pledge's own undertaking, and what was drawn from it."""
        drawn = Balance(drawing.amount for drawing in self.drawings(pledge))
        return drawn - self.position(pledge).get(Stage.UNDERTAKING, NOTHING)

    def drawings(self, parent: str, child: str | None = None) -> Sequence[Drawing]:
        """What was drawn from a parent, net of what came back, by child and stage."""
        if self.before is not None:
            made = [drawing for entry in self.history(parent) for drawing in records.drawings(entry)]
            return [d for d in made if d.parent == parent and child in {None, d.child}]
        found = select(DRAWINGS.c.child, DRAWINGS.c.stage, DRAWINGS.c.commodity, DRAWINGS.c.amount)
        found = found.filter_by(book=self.book, parent=parent)
        if child is not None:
            found = found.filter_by(child=child)
        return [
            Drawing(parent, row.child, Stage(row.stage), Money(row.amount, commodity(row.commodity)))
            for row in self.connection.execute(found)
            if row.amount
        ]

    def moves_made(self, pledge: str) -> frozenset[MoveKind]:
        """The kinds of moves in this pledge's history that stand: not reversed, or reversed and restored."""
        standing: dict[int, Entry] = {}
        undone: dict[int, Entry] = {}
        for entry in self.history(pledge):
            standing[entry.number] = entry
            if entry.reverses in standing:
                gone = standing.pop(entry.reverses)
                undone[entry.number] = gone
                if gone.number in undone:
                    standing[undone[gone.number].number] = undone[gone.number]
        kinds = {entry.kind for entry in standing.values() if entry.pledge == pledge}
        return frozenset(MoveKind(kind) for kind in kinds if kind in set(MoveKind))

    def history(self, pledge: str) -> list[Entry]:
        """The entries that touch a pledge, in order."""
        found = select(ENTRIES.c.line).filter_by(book=self.book)
        found = found.where(ENTRIES.c.number.in_(touching(self.book, pledge)))
        if self.before is not None:
            found = found.where(ENTRIES.c.number < self.before)
        return [leaf.read(line) for line in self.connection.scalars(found.order_by(ENTRIES.c.number))]

    def entry(self, number: int) -> Entry:
        """The entry with this number. Raises :class:`UnknownRecord`."""
        line = self.connection.scalar(select(ENTRIES.c.line).filter_by(book=self.book, number=number))
        if line is None:
            raise UnknownRecord(
                "there is no entry {number} in this book",
                number=number,
                hint="aidledger journal list",
            )
        return leaf.read(line)

    def reversed_by(self, number: int) -> int | None:
        """The entry that reversed this one."""
        found = self.connection.scalar(select(ENTRIES.c.number).filter_by(book=self.book, reverses=number))
        return None if found is None or (self.before is not None and found >= self.before) else found

    def stands(self, number: int) -> bool:
        """Whether an entry was not reversed, or the entry that did so was."""
        by = self.reversed_by(number)
        return by is None or not self.stands(by)

    def distinguished(self, pledge: str, other: str) -> int | None:
        """The entry that says two pledges differ, if one stands."""
        said = select(ENTRIES.c.number, ENTRIES.c.line).filter_by(book=self.book, kind="distinguish")
        said = said.where(ENTRIES.c.pledge.in_((pledge, other)), *self._before(ENTRIES.c.number))
        for row in self.connection.execute(said.order_by(ENTRIES.c.number)).all():
            if sorted(leaf.read(row.line).facts["distinct"]) == sorted((pledge, other)) and self.stands(row.number):  # type: ignore[call-overload] # a list of two
                return int(row.number)
        return None

    def takers(self, account: Account, after: int) -> Sequence[int]:
        """Entries after this one that took from an account and were not reversed."""
        reversed_ones = select(ENTRIES.c.reverses).filter_by(book=self.book).where(ENTRIES.c.reverses.is_not(None))
        found = (
            select(POSTINGS.c.entry)
            .distinct()
            .filter_by(
                book=self.book, pledge=account.pledge, stage=str(account.stage), commodity=account.commodity.code
            )
        )
        takes = POSTINGS.c.amount > 0 if account.stage in CREDIT_STAGES else POSTINGS.c.amount < 0
        found = found.where(takes, POSTINGS.c.entry > after, POSTINGS.c.entry.not_in(reversed_ones))
        return list(self.connection.scalars(found.order_by(POSTINGS.c.entry)))

    def require_party(self, code: str) -> None:
        """Refuse a code that is neither a country nor registered."""
        if not self.taken("party", code):
            meant = _OTHERWISE.get(code.upper(), code.upper())
            refusal = UnknownRecord(
                "'{code}' is neither a country (ISO 3166-1 alpha-2, such as GB) nor a registered party",
                code=code,
                hint=message("did you mean {meant}?", meant=meant)
                if self.taken("party", meant)
                else message("aidledger party list shows them, aidledger party add CODE NAME --kind KIND adds one"),
            )
            refusal.party = code
            raise refusal

    def require_members(self, group: str) -> None:
        """Refuse a group that nobody ever was in."""
        members = select(MEMBERSHIPS.c.party).filter_by(book=self.book, circle=group).limit(1)
        if self.connection.scalar(members) is None:
            raise UnknownRecord("'{group}' has no members in this book", group=group, hint="aidledger party list")

    def require_group(self, code: str) -> None:
        """Refuse a code that is not registered as a group or an institution: a country has no members."""
        self.require_party(code)
        kind = self.connection.scalar(select(PARTIES.c.kind).filter_by(book=self.book, code=code))
        if kind in {None, "country"}:
            raise Refusal("{code} is no group: a country has no members", code=code, hint="aidledger party list")

    def require_source(self, code: str) -> None:
        """Refuse a funding source that is not registered."""
        if not self.taken("source", code):
            raise UnknownRecord(
                "'{code}' is not a registered funding source",
                code=code,
                hint=message("aidledger source list shows them, aidledger source add CODE NAME adds one"),
            )

    def require_item(self, of: Commodity) -> None:
        """Refuse an item that is not registered."""
        if not of.is_currency and not self.taken("item", of.code):
            raise UnknownRecord("'{item}' is not a registered item", item=of, hint=f"aidledger item add {of} NAME")

    def require_package(self, package: str) -> None:
        """Refuse a package that no pledge is in, and none was announced in."""
        found = select(PLEDGES.c.id).filter_by(book=self.book, package=package).limit(1)
        said = select(ENTRIES.c.number).filter_by(book=self.book).limit(1)
        once = said.where(ENTRIES.c.line.contains(f'"package":{leaf.canonical(package)}', autoescape=True))
        if self.connection.scalar(found) is None and self.connection.scalar(once) is None:
            raise UnknownRecord(
                "no pledge in this book is in the package '{package}'", package=package, hint="aidledger pledge list"
            )

    def require_known(self, selection: Selection) -> None:
        """Refuse filters on what this book does not know: a misspelt code would quietly show nothing."""
        for party in (*selection.donor, *selection.recipient):
            self.require_party(party)
        for group in selection.group:
            self.require_members(group)
        for source in selection.source:
            self.require_source(source)
        for package in selection.package:
            self.require_package(package)
        for pledge in selection.pledge:
            self.pledge(pledge)
        for code in selection.currency:
            self.require_item(commodity(code))

    def taken(self, register: str, code: str) -> bool:
        """Whether a party, source or item with this code is there already."""
        if register == "party" and code in countries_by_alpha2:
            return True
        if self.before is not None and self._registered_here(register, code):
            return False
        row = REGISTERS[register]
        return self.connection.scalar(select(row.c.code).filter_by(book=self.book, code=code)) is not None

    def _registered_here(self, register: str, code: str) -> bool:
        """Whether it is the very entry this view stands before that registered a code."""
        facts = records.facts_of(self.entry(self.before or 0), register)
        return facts.get("code") == code

    def control_totals(self, before: date) -> Sequence[Mapping[str, JSON]]:
        """By commodity: postings, debits and credits of everything dated before this day."""
        sides = (*halves(debits(POSTINGS.c.amount), "debit"), *halves(credits(POSTINGS.c.amount), "credit"))
        found = select(POSTINGS.c.commodity, func.count().label("postings"), *sides)
        found = found.filter_by(book=self.book).where(POSTINGS.c.on_date < before.isoformat(), *self._earlier())
        rows = self.connection.execute(found.group_by(POSTINGS.c.commodity).order_by(POSTINGS.c.commodity))
        return [
            {
                "commodity": row.commodity,
                "postings": row.postings,
                "debit": plain(exact(row.high_debit, row.low_debit), commodity(row.commodity)),
                "credit": plain(-exact(row.high_credit, row.low_credit), commodity(row.commodity)),
            }
            for row in rows
        ]

    def dated_postings(self, pledge: str) -> list[tuple[date, Posting]]:
        """A pledge's postings with their days, in order."""
        found = select(POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity, POSTINGS.c.amount)
        rows = self.connection.execute(
            found.filter_by(book=self.book, pledge=pledge)
            .where(*self._earlier())
            .order_by(POSTINGS.c.entry, POSTINGS.c.line)
        )
        return [
            (
                date.fromisoformat(row.on_date),
                Posting(pledge, Stage(row.stage), Money(row.amount, commodity(row.commodity))),
            )
            for row in rows
        ]

    def _earlier(self) -> list[ColumnElement[bool]]:
        """The condition that keeps postings to those this view stands after."""
        return self._before(POSTINGS.c.entry)

    def _before(self, number: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """The condition that keeps rows to those of entries this view stands after."""
        return [] if self.before is None else [number < self.before]
