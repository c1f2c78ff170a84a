"""Checks: every invariant of a book, one small named function each, in one ordered list.

A broken invariant is an ``error``; a suspicion is a ``warning``. Nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby

from sqlalchemy import Connection, Table, func, select, text, update

from ledger import proof
from ledger.closing import UNDATED
from ledger.errors import LedgerError, Problem
from ledger.journal import Entry, first_negative, wrong_side
from ledger.money import Money, commodity
from ledger.store import records
from ledger.store.halves import exact, halves
from ledger.store.projections import Recomputed, project
from ledger.store.tables import ACCOUNTS, BOOKS, DRAWINGS, ENTRIES, PLEDGES, POSTINGS, PROJECTIONS
from ledger.store.view import View

JOURNAL_GUARDS = (
    "book_is_never_deleted",
    "book_is_never_replaced",
    "book_keeps_its_name",
    "entry_is_balanced",
    "entry_is_never_changed",
    "entry_is_never_deleted",
    "entry_is_never_replaced",
    "entry_is_numbered_in_turn",
    "posting_comes_before_its_entry",
    "posting_is_never_changed",
    "posting_is_never_deleted",
)
GUARDS = (
    *JOURNAL_GUARDS,
    "rate_is_never_changed",
    "rate_is_never_deleted",
    "rate_is_numbered_in_turn",
)
"""The triggers that keep the journal append-only and balanced, and the rates append-only."""

UNREADABLE = (LedgerError, ValueError, KeyError, IndexError, TypeError, AttributeError)
"""What reading raises where someone wrote what the ledger never would."""


@dataclass(frozen=True)
class Examined:
    """A book under examination: its entries as their lines say, and its tables."""

    connection: Connection
    book: int

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """Every entry that can be read from its line, in order."""
        lines = select(ENTRIES.c.line).filter_by(book=self.book).order_by(ENTRIES.c.number)
        return [entry for entry in map(_readable, self.connection.scalars(lines)) if entry is not None]


def _readable(line: str) -> Entry | None:
    try:
        return proof.read(line)
    except UNREADABLE:
        return None


def check(connection: Connection, book: int) -> list[Problem]:
    """Everything that is wrong with a book, errors and warnings, in the order of the checks."""
    examined = Examined(connection, book)
    return [problem for find in CHECKS for problem in _found(find, examined)]


def _found(find: Callable[[Examined], Iterator[Problem]], examined: Examined) -> Iterator[Problem]:
    """What one check finds; what was altered so that it cannot even be read is a finding too."""
    try:
        yield from find(examined)
    except UNREADABLE as error:
        what = find.__name__.replace("_", " ")
        yield Problem("error", "unreadable", "book", f"{what}: this cannot be examined ({error})")


def guards_in_place(examined: Examined) -> Iterator[Problem]:
    """The database itself refuses changes of the journal."""
    if examined.connection.dialect.name != "sqlite":
        return
    found = set(examined.connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    for name in GUARDS:
        if name not in found:
            yield Problem("error", "guard-missing", name, "this trigger is gone: the book can be altered unseen")


def numbers_without_gap(examined: Examined) -> Iterator[Problem]:
    """Entries are numbered 1, 2, 3."""
    found = examined.connection.scalars(
        select(ENTRIES.c.number).filter_by(book=examined.book).order_by(ENTRIES.c.number)
    )
    for expected, number in enumerate(found, 1):
        if number != expected:
            yield Problem(
                "error", "gap", f"entry {expected}", f"there is no entry {expected}; the next one is {number}"
            )
            return


def lines_equal_columns(examined: Examined) -> Iterator[Problem]:
    """Each entry's canonical line says what its columns and postings say."""
    uid = examined.connection.scalar(select(BOOKS.c.uid).filter_by(id=examined.book))
    rows = examined.connection.execute(select(ENTRIES).filter_by(book=examined.book)).mappings()
    for row in sorted(rows, key=lambda row: row["number"]):
        where = f"entry {row['number']}"
        entry = _readable(row["line"])
        if entry is None:
            yield Problem("error", "unreadable-line", where, "its canonical line is no entry")
        elif entry.book != uid or records.entry_row(entry, examined.book) != dict(row):
            yield Problem("error", "altered-entry", where, "its canonical line and its columns differ")


def postings_equal_lines(examined: Examined) -> Iterator[Problem]:
    """Each entry's postings in the table are those of its line, and no others are there."""
    rows = select(POSTINGS).filter_by(book=examined.book).order_by(POSTINGS.c.entry, POSTINGS.c.line)
    held = {
        number: [dict(row) for row in group]
        for number, group in groupby(examined.connection.execute(rows).mappings(), key=lambda row: row["entry"])
    }
    for entry in examined.entries:
        if held.pop(entry.number, []) != records.posting_rows(entry, examined.book):
            yield Problem("error", "altered-postings", f"entry {entry.number}", "its postings differ from its line")
    for number in held:
        yield Problem("error", "stray-postings", f"entry {number}", "there are postings, but no such entry")


def every_entry_balances(examined: Examined) -> Iterator[Problem]:
    """Each commodity of an entry sums to zero within each pledge."""
    key = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.commodity)
    found = select(*key, *halves(POSTINGS.c.amount)).filter_by(book=examined.book).group_by(*key).order_by(*key)
    for row in examined.connection.execute(found):
        if total := exact(row.high, row.low):
            amount = Money(total, commodity(row.commodity))
            yield Problem("error", "unbalanced", f"entry {row.entry}", f"{row.pledge} is out of balance by {amount}")


def times_never_go_back(examined: Examined) -> Iterator[Problem]:
    """Entries were written in the order of their numbers."""
    for earlier, later in zip(examined.entries, examined.entries[1:], strict=False):
        if later.recorded_at < earlier.recorded_at:
            message = f"it was recorded before entry {earlier.number}"
            yield Problem("error", "time-goes-back", f"entry {later.number}", message)


def no_entry_in_a_closed_period(examined: Examined) -> Iterator[Problem]:
    """No entry is dated inside what was closed when it was recorded."""
    closed: str | None = None
    for entry in examined.entries:
        if "closed_before" in entry.facts:
            closed = entry.facts["closed_before"][1]  # type: ignore[index] # a pair: old, new
        elif closed and entry.on < date.fromisoformat(closed) and entry.kind not in UNDATED:
            message = f"dated {entry.on}, but everything before {closed} was closed"
            yield Problem("error", "in-closed-period", f"entry {entry.number}", message)


def projections_equal_entries(examined: Examined) -> Iterator[Problem]:
    """Every other table is what the entries make of it."""
    try:
        expected = recomputed(examined.connection, examined.book, examined.entries)
    except LedgerError as refused:
        yield Problem("error", "impossible-entry", "journal", str(refused))
        return
    for table in (BOOKS, *PROJECTIONS):
        yield from _differences(examined, table, expected)


def _differences(examined: Examined, table: Table, expected: Recomputed) -> Iterator[Problem]:
    keys = [column.name for column in table.primary_key]
    mine = table.c.id == examined.book if table is BOOKS else table.c.book == examined.book
    rows = examined.connection.execute(select(table).where(mine)).mappings()
    held = {tuple(found[key] for key in keys): dict(found) for found in rows}
    should = expected.rows.get(table, {})
    for key in sorted(held.keys() | should.keys(), key=str):
        if held.get(key) != should.get(key):
            where = f"{table.name} {':'.join(str(part) for part in key[1:]) or key[0]}"
            yield Problem("error", "projection", where, "this row is not what the entries say")


def recomputed(connection: Connection, book: int, entries: Iterable[Entry]) -> Recomputed:
    """What every projection should hold, from the entries alone."""
    shelf = Recomputed()
    row = connection.execute(select(BOOKS).filter_by(id=book)).mappings().one()
    for entry in entries:
        if entry.kind == "open":
            opened = {name: entry.facts[name] for name in ("recipient", "require_citation")}
            opened["require_citation"] = int(bool(opened["require_citation"]))
            shelf.put(BOOKS, (book,), {"uid": entry.book, "name": row["name"], **opened, "closed_before": None})
        project(shelf, book, entry, entry.number)
    return shelf


def rebuild(connection: Connection, book: int) -> None:
    """Fill every projection again from the entries' lines, in place of what the tables hold."""
    expected = recomputed(connection, book, Examined(connection, book).entries)
    for table in PROJECTIONS:
        connection.execute(table.delete().where(table.c.book == book))
        if rows := list(expected.rows.get(table, {}).values()):
            connection.execute(table.insert(), rows)
    closed = expected.rows[BOOKS][(book,)]["closed_before"]
    connection.execute(update(BOOKS).where(BOOKS.c.id == book).values(closed_before=closed))


def stages_hold_no_less_than_nothing(examined: Examined) -> Iterator[Problem]:
    """No stage account is on its wrong side."""
    held = select(ACCOUNTS).filter_by(book=examined.book)
    for row in examined.connection.execute(held):
        if wrong_side(row.stage, row.balance):
            amount = Money(row.balance, commodity(row.commodity))
            yield Problem("error", "negative", row.pledge, f"holds {amount} {row.stage}")


def drawings_within_their_facility(examined: Examined) -> Iterator[Problem]:
    """No child gave back more than it drew."""
    for row in examined.connection.execute(select(DRAWINGS).filter_by(book=examined.book)):
        if row.amount < 0:
            amount = Money(row.amount, commodity(row.commodity))
            yield Problem("error", "overdrawn", row.child, f"has drawn {amount} from {row.parent}")


def citations_where_required(examined: Examined) -> Iterator[Problem]:
    """A book that requires citations has one on each entry about a pledge."""
    if not View(examined.connection, examined.book, date.min).require_citation:
        return
    for entry in examined.entries:
        if entry.pledge and entry.reverses is None and not entry.citations:
            yield Problem("error", "uncited", f"entry {entry.number}", "this book requires a citation")


def dates_in_order(examined: Examined) -> Iterator[Problem]:
    """A stage held no less than nothing on each day: a suspicion only, since real data comes out of order."""
    pledges = select(PLEDGES.c.id).filter_by(book=examined.book).order_by(PLEDGES.c.entry)
    view = View(examined.connection, examined.book, date.min)
    for pledge in list(examined.connection.scalars(pledges)):
        if found := out_of_order(view, pledge):
            yield found


def out_of_order(view: View, pledge: str) -> Problem | None:
    """The first day on which a stage of this pledge would have held less than nothing."""
    if found := first_negative(view.dated_postings(pledge)):
        day, account, units = found
        amount = Money(units, account.commodity)
        message = f"on {day} it held {amount} {account.stage}: something is dated before what it draws on"
        return Problem("warning", "out-of-order", pledge, message)
    return None


def caused_by(view: View, entry: Entry) -> Iterator[Problem]:
    """What an entry makes suspicious: not what was so before it."""
    before = replace(view, before=entry.number)
    for pledge in sorted({posting.pledge for posting in entry.postings}):
        if (found := out_of_order(view, pledge)) and found != out_of_order(before, pledge):
            yield found


def foreign_keys_hold(examined: Examined) -> Iterator[Problem]:
    """No row points at one that is not there."""
    if examined.connection.dialect.name == "sqlite":
        for row in examined.connection.execute(text("PRAGMA foreign_key_check")):
            yield Problem("error", "dangling", str(row[0]), f"a row points at a {row[2]} that is not there")


def entries_are_there(examined: Examined) -> Iterator[Problem]:
    """The first entry opens the book."""
    count = examined.connection.scalar(select(func.count()).select_from(ENTRIES).filter_by(book=examined.book))
    if not count or (examined.entries and examined.entries[0].kind != "open"):
        yield Problem("error", "not-opened", "entry 1", "the first entry does not open the book")


CHECKS: Sequence[Callable[[Examined], Iterator[Problem]]] = (
    guards_in_place,
    foreign_keys_hold,
    entries_are_there,
    numbers_without_gap,
    lines_equal_columns,
    postings_equal_lines,
    every_entry_balances,
    times_never_go_back,
    no_entry_in_a_closed_period,
    projections_equal_entries,
    stages_hold_no_less_than_nothing,
    drawings_within_their_facility,
    citations_where_required,
    dates_in_order,
)
"""Every check, in order."""
