"""Attachments that entries name: whether each copy is there, and is what it was."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from ledger.errors import Problem
from ledger.message import message
from ledger.store.checks.examined import Examined
from ledger.store.checks.lines import readable
from ledger.store.log import WRITTEN
from ledger.store.tables import ENTRIES

_NAMED = '"sha256":"'


def attachments_are_kept(examined: Examined) -> Iterator[Problem]:
    """Each file that an entry keeps a copy of is beside the book, and unaltered; each copy is read once."""
    known: dict[str, Problem | None] = {}
    for number, file, sha256 in named(examined.connection, examined.book):
        if sha256 not in known:
            known[sha256] = examined.copies.wrong(sha256)
        if found := known[sha256]:
            what = message("{file}: {wrong}", file=file, wrong=found.message)
            yield Problem(found.severity, found.code, f"entry {number}", what)


def named(connection: Connection, book: int) -> Iterator[tuple[int, str, str]]:
    """The copies that entries name: the entry, the original's name and the SHA-256."""
    found = select(ENTRIES.c.number, WRITTEN).filter_by(book=book).where(ENTRIES.c.line.contains(_NAMED))
    for row in connection.execute(found.order_by(ENTRIES.c.number).execution_options(yield_per=1000)):
        entry = readable(row.line)
        for citation in entry.copied if entry else ():
            yield row.number, citation.file or "", str(citation.sha256)
