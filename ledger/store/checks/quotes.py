"""Quotes in the journal: entries that cite the words of an earlier one, and may record the same thing once more.

An entry that was reversed counts no more, so that what is recorded anew may cite what it cited before. What a file
restated under its origin (``NAME:KEY``, then ``NAME:KEY@2``) is one thing in several entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from ledger.errors import Problem
from ledger.journal import Entry
from ledger.message import message
from ledger.pledge import MoveKind
from ledger.reports.doubles import Known
from ledger.store.quotes import cited
from ledger.store.tables import ENTRIES, PLEDGES, QUOTES
from ledger.store.view import View

LOOKED_AT = 20
"""How many entries that cite the same words are looked at for one that counts."""
_OPENINGS = frozenset({"pledge", "joint"})
_OF_MONEY = _OPENINGS | {"revise", *map(str, MoveKind)}
"""Entries by which there is more money, or more of it has come further: others correct, register or tell apart."""
_CITED = (ENTRIES.c.book == QUOTES.c.book) & (ENTRIES.c.number == QUOTES.c.entry)
_ABOUT = (PLEDGES.c.book == ENTRIES.c.book) & (PLEDGES.c.id == ENTRIES.c.pledge)


@dataclass(frozen=True, slots=True)
class Use:
    """An entry that cites some words: what it is about, its kind, the pledge's package, its origin's first version."""

    number: int
    pledge: str | None
    kind: str
    package: str | None
    origin: str | None

    def repeats(self, other: Use) -> bool:
        """Whether the words that both cite are cited twice: not where a file restates what it said."""
        return self.number != other.number and (self.origin is None or self.origin != other.origin)

    def may_be_one_with(self, other: Use, known: Known) -> bool:
        """Whether what both record may be one thing: both record money, and nothing says that they are two.

        A source often tells in one sentence of all that is in a package, and of a promise and its payment.
        """
        kinds = {self.kind, other.kind}
        if not kinds <= (_OPENINGS if "joint" in kinds else _OF_MONEY):
            return False
        if self.pledge == other.pledge:
            return self.kind == other.kind != "revise"
        pair = frozenset(pledge for pledge in (self.pledge, other.pledge) if pledge)
        together = self.package is not None and self.package == other.package
        return not together and pair not in known.linked and pair not in known.distinct


def quoted_before(view: View, entry: Entry) -> Iterator[Problem]:
    """The earlier entries that cite the words of one that was just recorded: for each quote the first that stands."""
    digests = [digest for _, digest in cited(entry)]
    if not digests:
        return
    [own] = _uses(view.connection, _select(view.book).where(QUOTES.c.entry == entry.number).limit(1))
    said: set[int] = set()
    for digest in digests:
        found = _select(view.book).where(QUOTES.c.digest == digest, QUOTES.c.entry < entry.number)
        for use in _uses(view.connection, found.order_by(QUOTES.c.entry).limit(LOOKED_AT)):
            if own.repeats(use) and view.stands(use.number):
                if use.number not in said:
                    yield problem(own, use)
                said.add(use.number)
                break


def quoted_twice(connection: Connection, book: int, known: Known) -> Iterator[tuple[Use, Use]]:
    """Every entry that cites the words of an earlier one and may be that one once more, each with the first such."""
    seen: set[tuple[int, int]] = set()
    reversals = select(ENTRIES.c.reverses, ENTRIES.c.number).filter_by(book=book).where(ENTRIES.c.reverses.is_not(None))
    undone = {row.reverses: row.number for row in connection.execute(reversals)}
    again = select(QUOTES.c.digest).filter_by(book=book).group_by(QUOTES.c.digest).having(func.count() > 1)
    found = _select(book).where(QUOTES.c.digest.in_(again)).order_by(QUOTES.c.digest, QUOTES.c.entry)
    rows = connection.execute(found.execution_options(yield_per=1000))
    for _, group in groupby(rows, key=lambda row: row.digest):
        earlier: list[Use] = []
        for use in map(_use, group):
            if not _stands(use.number, undone):
                continue
            other = next((one for one in earlier if use.repeats(one) and use.may_be_one_with(one, known)), None)
            if other is not None and (use.number, other.number) not in seen:
                seen.add((use.number, other.number))
                yield use, other
            if len(earlier) < LOOKED_AT:
                earlier.append(use)


def problem(use: Use, earlier: Use) -> Problem:
    """What is said of an entry that cites what an earlier one does."""
    number, pledge = earlier.number, earlier.pledge
    what = message("the same quote is cited by entry {entry}", entry=number)
    if pledge is not None:
        what = message("the same quote is cited by entry {entry} ({pledge})", entry=number, pledge=pledge)
    if use.pledge is not None and pledge not in {None, use.pledge}:
        what = message(
            "{cited}; if the pledges are two: aidledger pledge distinguish {pledge} {other} --note WHY",
            cited=what,
            pledge=use.pledge,
            other=pledge,
        )
    return Problem("warning", "repeated-quote", f"entry {use.number}", what)


def _select(book: int) -> Select[Any]:
    """The uses of quotes in a book, one row for each quote of an entry."""
    names = (ENTRIES.c.number, ENTRIES.c.pledge, ENTRIES.c.kind, ENTRIES.c.origin)
    found = select(QUOTES.c.digest, *names, PLEDGES.c.package).join_from(QUOTES, ENTRIES, _CITED)
    return found.outerjoin(PLEDGES, _ABOUT).where(QUOTES.c.book == book)


def _uses(connection: Connection, found: Select[Any]) -> list[Use]:
    return list(map(_use, connection.execute(found)))


def _use(row: Row[Any]) -> Use:
    origin = None if row.origin is None else str(row.origin).partition("@")[0]
    return Use(row.number, row.pledge, row.kind, row.package, origin)


def _stands(number: int, undone: Mapping[int, int]) -> bool:
    """Whether an entry was not reversed, or the entry that did so was."""
    by = undone.get(number)
    return by is None or not _stands(by, undone)
