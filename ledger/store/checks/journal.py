"""The journal's invariants: numbered, written once and in order, balanced, cited, undone in full."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from ledger.errors import Problem
from ledger.message import message
from ledger.money import Money, commodity
from ledger.store.checks.examined import Examined
from ledger.store.checks.lines import columns_differ, draws_differ, postings_differ, readable
from ledger.store.halves import exact, halves
from ledger.store.log import WRITTEN
from ledger.store.tables import BOOKS, ENTRIES, POSTINGS


def entries_are_there(examined: Examined) -> Iterator[Problem]:
    """The first entry opens the book."""
    first = select(WRITTEN).filter_by(book=examined.book).order_by(ENTRIES.c.number).limit(1)
    line = examined.connection.scalar(first)
    entry = None if line is None else readable(line)
    if line is None or (entry is not None and entry.kind != "open"):
        yield Problem("error", "not-opened", "entry 1", message("the first entry does not open the book"))


def numbers_without_gap(examined: Examined) -> Iterator[Problem]:
    """Entries are numbered 1, 2, 3."""
    found = select(ENTRIES.c.number).filter_by(book=examined.book).order_by(ENTRIES.c.number)
    for expected, number in enumerate(examined.connection.scalars(found.execution_options(yield_per=1000)), 1):
        if number != expected:
            where = f"entry {expected}"
            yield Problem(
                "error",
                "gap",
                where,
                message("there is no entry {expected}; the next one is {number}", expected=expected, number=number),
            )
            return


def lines_equal_columns(examined: Examined) -> Iterator[Problem]:
    """Each entry's canonical line says what its columns say."""
    yield from examined.reading.found[columns_differ]


def postings_equal_lines(examined: Examined) -> Iterator[Problem]:
    """Each entry's postings in the table are those of its line, and no others are there."""
    yield from examined.reading.found[postings_differ]


def every_entry_balances(examined: Examined) -> Iterator[Problem]:
    """Each commodity of an entry sums to zero within each pledge."""
    key = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.commodity)
    high, low = halves(POSTINGS.c.amount)
    found = select(*key, high, low).filter_by(book=examined.book).group_by(*key).order_by(*key)
    for row in examined.connection.execute(found.having(or_(high.element != 0, low.element != 0))):
        if total := exact(row.high, row.low):
            amount = Money(total, commodity(row.commodity))
            yield Problem(
                "error",
                "unbalanced",
                f"entry {row.entry}",
                message("{pledge} is out of balance by {amount}", pledge=row.pledge, amount=amount),
            )


def times_never_go_back(examined: Examined) -> Iterator[Problem]:
    """Entries were written in the order of their numbers."""
    columns = (ENTRIES.c.number, ENTRIES.c.recorded_at)
    before = [func.lag(column).over(order_by=ENTRIES.c.number) for column in columns]
    both = select(*columns, before[0].label("earlier"), before[1].label("then"))
    rows = both.filter_by(book=examined.book).subquery()
    found = select(rows.c.number, rows.c.earlier).where(rows.c.recorded_at < rows.c.then).order_by(rows.c.number)
    for row in examined.connection.execute(found):
        what = message("it was recorded before entry {earlier}", earlier=row.earlier)
        yield Problem("error", "time-goes-back", f"entry {row.number}", what)


def origins_are_unique(examined: Examined) -> Iterator[Problem]:
    """An origin is recorded once."""
    first, last = func.min(ENTRIES.c.number).label("first"), func.max(ENTRIES.c.number).label("last")
    found = select(ENTRIES.c.origin, first, last).filter_by(book=examined.book)
    found = found.where(ENTRIES.c.origin.is_not(None)).group_by(ENTRIES.c.origin)
    for row in examined.connection.execute(found.having(func.count() > 1).order_by(last)):
        what = message("it has the origin {origin}, and so has entry {first}", origin=row.origin, first=row.first)
        yield Problem("error", "origin-twice", f"entry {row.last}", what)


def entries_are_reversed_once(examined: Examined) -> Iterator[Problem]:
    """An entry is reversed once, and by a later one."""
    first, last = func.min(ENTRIES.c.number).label("first"), func.max(ENTRIES.c.number).label("last")
    found = select(ENTRIES.c.reverses, first, last).filter_by(book=examined.book)
    found = found.where(ENTRIES.c.reverses.is_not(None)).group_by(ENTRIES.c.reverses)
    for row in examined.connection.execute(found.having(or_(func.count() > 1, first.element <= ENTRIES.c.reverses))):
        what = message("entry {first} reverses it, and so does {last}", first=row.first, last=row.last)
        if row.first <= row.reverses:
            what = message("entry {first} reverses it, and is not later", first=row.first)
        yield Problem("error", "reversed-twice", f"entry {row.reverses}", what)


def reversals_undo_all(examined: Examined) -> Iterator[Problem]:
    """The postings of a reversal are the opposite of those it reverses."""
    account = (POSTINGS.c.pledge, POSTINGS.c.stage, POSTINGS.c.commodity)
    high, low = halves(POSTINGS.c.amount)
    both = POSTINGS.c.entry.in_((ENTRIES.c.number, ENTRIES.c.reverses))
    left = select(ENTRIES.c.number, ENTRIES.c.reverses, high, low)
    left = left.join_from(ENTRIES, POSTINGS, (POSTINGS.c.book == ENTRIES.c.book) & both)
    left = left.where(ENTRIES.c.book == examined.book, ENTRIES.c.reverses.is_not(None))
    left = left.group_by(ENTRIES.c.number, ENTRIES.c.reverses, *account)
    rows = examined.connection.execute(left.having(or_(high.element != 0, low.element != 0)).order_by(ENTRIES.c.number))
    for number, reverses in dict.fromkeys((row.number, row.reverses) for row in rows if exact(row.high, row.low)):
        yield Problem(
            "error",
            "half-reversed",
            f"entry {number}",
            message("it does not undo what entry {reverses} moved", reverses=reverses),
        )


def draws_equal_postings(examined: Examined) -> Iterator[Problem]:
    """What an entry's facts say is drawn from a facility is what its postings take from it."""
    yield from examined.reading.found[draws_differ]


def citations_where_required(examined: Examined) -> Iterator[Problem]:
    """A book that requires citations has one on each entry about a pledge."""
    if not examined.connection.scalar(select(BOOKS.c.require_citation).filter_by(id=examined.book)):
        return
    found = select(ENTRIES.c.number, WRITTEN).filter_by(book=examined.book, reverses=None)
    found = found.where(or_(ENTRIES.c.pledge.is_not(None), ENTRIES.c.kind == "joint"), ENTRIES.c.citation_url.is_(None))
    for row in examined.connection.execute(found.order_by(ENTRIES.c.number).execution_options(yield_per=1000)):
        if (entry := readable(row.line)) and not entry.citations:
            yield Problem("error", "uncited", f"entry {row.number}", message("this book requires a citation"))
