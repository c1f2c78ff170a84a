"""A batch: many entries in one transaction, each recognised in view of those before it.

The rules are those of a single entry (:mod:`ledger.store.append`): numbered without a gap, balanced, written
once, with their projections. Only the writing waits, until some thousands have come together. The database's
own triggers then look at each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from iso3166 import countries_by_alpha2
from sqlalchemy import Connection, select

from ledger.errors import UnknownRecord
from ledger.journal import JSON, Account, Draft, Entry, Stage
from ledger.money import Balance, Commodity, Money, commodity
from ledger.pledge import Drawing, MoveKind, Pledge, Position
from ledger.proof import leaf
from ledger.store import records
from ledger.store.buffered import Buffered
from ledger.store.dialects import add_rows, among
from ledger.store.projections import project
from ledger.store.tables import BOOKS, ENTRIES, PLEDGES, POSTINGS, SERIALS
from ledger.store.view import REGISTERS, View

_ANNOUNCED = {"pledge"}


class Batch:
    """A :class:`~ledger.recognition.situation.Situation` that entries are added to.

    The connection holds the write lock. :meth:`append` adds an entry, :meth:`flush` writes what was added;
    after :meth:`mark`, what was added since can be taken back.
    """

    def __init__(self, connection: Connection, book: int, today: date, by: str) -> None:
        self._connection = connection
        self._book = book
        self._by = by
        self._view = View(connection, book, today)
        self._shelf = Buffered(connection, book)
        self._uid = connection.scalars(select(BOOKS.c.uid).filter_by(id=book)).one()
        last = select(ENTRIES.c.number, ENTRIES.c.recorded_at).filter_by(book=book).order_by(ENTRIES.c.number.desc())
        self._number, latest = connection.execute(last.limit(1)).one()
        self._latest = datetime.fromisoformat(latest)
        self._entries: list[tuple[Draft, int, datetime, str | None]] = []
        self._marked = 0
        self._pledges: dict[str, Pledge] = {}
        self._registered: set[tuple[str, str]] = set()
        self.today = today
        self.recipient = self._view.recipient
        self.require_citation = self._view.require_citation
        self.closed_before = self._view.closed_before

    # What is added

    def append(self, draft: Draft, at: datetime) -> None:
        """The draft as the next entry. Raises :class:`~ledger.errors.Refusal` as a single one would."""
        self._latest = max(at.astimezone(UTC), self._latest)
        project(self._shelf, self._book, draft, self._number + 1)
        self._number += 1
        self._entries.append((draft, self._number, self._latest, self._facts(draft)))
        for pledge in draft.subjects:
            self._pledges.pop(pledge, None)

    def mark(self) -> None:
        """Begin something that may have to be taken back."""
        self._shelf.mark()
        self._marked = len(self._entries)

    def take_back(self) -> None:
        """Drop what was added since the mark, as if it had never been."""
        self._shelf.take_back()
        for draft, *_ in self._entries[self._marked :]:
            for pledge in draft.subjects:
                self._pledges.pop(pledge, None)
        self._number -= len(self._entries) - self._marked
        del self._entries[self._marked :]

    def flush(self) -> None:
        """Write what was added: postings, then their entries, then the projections."""
        entries = [(self._book, *self._values(*entry)) for entry in self._entries]
        postings = [
            (self._book, *values)
            for draft, number, *_ in self._entries
            for values in records.posting_values(draft, number)
        ]
        for table, rows in ((POSTINGS, postings), (ENTRIES, entries)):
            if rows:
                add_rows(self._connection, table, rows)
        self._shelf.flush()
        self._entries.clear()
        self._pledges.clear()
        self._marked = 0

    def _facts(self, draft: Draft) -> str | None:
        """The canonical facts of an announcement, from the row that was just made of them."""
        row = self._held(draft.pledge) if draft.pledge and draft.facts.keys() == _ANNOUNCED else None
        return None if row is None else f'{{"pledge":{row["facts"]}}}'

    def _values(self, draft: Draft, number: int, at: datetime, facts: str | None) -> tuple[Any, ...]:
        line = leaf.line_of(draft, self._uid, number, at=at, by=self._by, facts=facts)
        return records.entry_values(draft, number, line, at=at, by=self._by)

    # What is there already

    def expect(self, pledges: Collection[str]) -> None:
        """Read what there is of these pledges at once."""
        self._shelf.expect(pledges)

    def recorded(self, origins: Iterable[str]) -> dict[str, Entry]:
        """The entries that carry these origins, by origin, as they were written."""
        self.flush()
        found: dict[str, Entry] = {}
        lines = select(ENTRIES.c.origin, ENTRIES.c.line).filter_by(book=self._book)
        for row in self._connection.execute(lines.where(among(ENTRIES.c.origin, origins))):
            found[row.origin] = leaf.read(row.line)
        return found

    def origins(self, prefix: str, *, restated: bool = False) -> list[str]:
        """The origins in the book that begin so, in order: all, or those that hold a version (``@2``)."""
        self.flush()
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        found = select(ENTRIES.c.origin).filter_by(book=self._book)
        found = found.where(ENTRIES.c.origin >= prefix, ENTRIES.c.origin < after)
        if restated:
            found = found.where(ENTRIES.c.origin.contains("@"))
        return [str(origin) for origin in self._connection.scalars(found.order_by(ENTRIES.c.origin))]

    def written(self) -> View:
        """The book as it stands with everything that was added, for questions that are rarely asked."""
        self.flush()
        return self._view

    # The situation

    def pledge(self, pledge: str) -> Pledge:
        """The pledge with this id. Raises :class:`UnknownRecord`."""
        if pledge not in self._pledges:
            row = self._held(pledge)
            if row is None:
                raise UnknownRecord(
                    "there is no pledge {pledge!r} in this book",
                    pledge=pledge,
                    hint="aidledger pledge list",
                )
            self._pledges[pledge] = records.pledge_from(row["facts"], row["void"])
        return self._pledges[pledge]

    def _held(self, pledge: str) -> Mapping[str, Any] | None:
        return self._shelf.held(PLEDGES, (self._book, pledge))

    def has_pledge(self, pledge: str) -> bool:
        """Whether this id is taken."""
        return self._held(pledge) is not None

    def next_id(self, donor: str, year: int) -> str:
        """The next free id of this donor and year."""
        prefix = f"{donor}-{year}-"
        held = self._shelf.held(SERIALS, (self._book, prefix))
        return f"{prefix}{(held['last'] if held else 0) + 1:04}"

    def position(self, pledge: str) -> Position:
        """What each stage of this pledge holds."""
        amounts: dict[Stage, list[Money]] = {}
        for (_, _, stage, code), units in self._shelf.balances(pledge).items():
            amounts.setdefault(Stage(stage), []).append(Money(units, commodity(code)))
        return {stage: Balance(found) for stage, found in amounts.items()}

    def drawings(self, parent: str, child: str | None = None) -> Sequence[Drawing]:
        """What was drawn from a parent, net of what came back, by child and stage."""
        return [
            Drawing(parent, whose, Stage(stage), Money(units, commodity(code)))
            for (_, _, whose, stage, code), units in self._shelf.drawings(parent)
            if units and child in {None, whose}
        ]

    def moves_made(self, pledge: str) -> frozenset[MoveKind]:
        """The kinds of moves in this pledge's history that stand."""
        return self.written().moves_made(pledge)

    def entry(self, number: int) -> Entry:
        """The entry with this number. Raises :class:`UnknownRecord`."""
        return self.written().entry(number)

    def reversed_by(self, number: int) -> int | None:
        """The entry that reversed this one."""
        return self.written().reversed_by(number)

    def distinguished(self, pledge: str, other: str) -> int | None:
        """The entry that says two pledges differ, if one stands."""
        return self.written().distinguished(pledge, other)

    def takers(self, account: Account, after: int) -> Sequence[int]:
        """Entries after this one that took from an account and were not reversed."""
        return self.written().takers(account, after)

    def require_party(self, code: str) -> None:
        """Refuse a code that is neither a country nor registered."""
        if not self.taken("party", code):
            self._view.require_party(code)

    def require_group(self, code: str) -> None:
        """Refuse a code that is not registered as a group or an institution."""
        self.written().require_group(code)

    def require_source(self, code: str) -> None:
        """Refuse a funding source that is not registered."""
        if not self.taken("source", code):
            self._view.require_source(code)

    def require_item(self, of: Commodity) -> None:
        """Refuse an item that is not registered."""
        if not of.is_currency and not self.taken("item", of.code):
            self._view.require_item(of)

    def taken(self, register: str, code: str) -> bool:
        """Whether a party, source or item with this code is there already."""
        if (register, code) in self._registered:
            return True
        if register == "party" and code in countries_by_alpha2:
            there = True
        else:
            there = self._shelf.held(REGISTERS[register], (self._book, code)) is not None
            if there and self._shelf.unwritten(REGISTERS[register]):
                return True  # and may still be taken back
        if there:
            self._registered.add((register, code))
        return there

    def control_totals(self, before: date) -> Sequence[Mapping[str, JSON]]:
        """By commodity: postings, debits and credits of everything dated before this day."""
        return self.written().control_totals(before)
