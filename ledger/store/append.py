"""Append: the one way anything is written. Postings first, then their entry, then the projections."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from ledger.journal import Draft, Entry
from ledger.store import records
from ledger.store.projections import Stored, project
from ledger.store.tables import BOOKS, ENTRIES, POSTINGS


def open_book(connection: Connection, book: int, name: str, draft: Draft, *, uid: str, at: datetime, by: str) -> Entry:
    """A new book and its first entry, which holds everything the book starts with."""
    entry = draft.numbered(uid, 1, at=at, by=by)
    connection.execute(
        insert(BOOKS).values(
            id=book,
            uid=uid,
            name=name,
            recipient=draft.facts["recipient"],
            require_citation=int(bool(draft.facts["require_citation"])),
            closed_before=None,
        )
    )
    _write(connection, book, entry)
    return entry


def append(connection: Connection, book: int, draft: Draft, *, at: datetime, by: str) -> Entry:
    """The draft as the book's next entry, numbered without a gap; its time never goes back.

    The connection holds the write lock, so that number and time are those of the order of writing.
    """
    last = select(ENTRIES.c.number, ENTRIES.c.recorded_at).filter_by(book=book).order_by(ENTRIES.c.number.desc())
    number, latest = connection.execute(last.limit(1)).one()
    uid = connection.scalars(select(BOOKS.c.uid).filter_by(id=book)).one()
    moment = max(at.astimezone(UTC), datetime.fromisoformat(latest))
    entry = draft.numbered(uid, number + 1, at=moment, by=by)
    _write(connection, book, entry)
    return entry


def _write(connection: Connection, book: int, entry: Entry) -> None:
    if postings := records.posting_rows(entry, book):
        connection.execute(insert(POSTINGS), postings)
    connection.execute(insert(ENTRIES), records.entry_row(entry, book))
    project(Stored(connection), book, entry, entry.number)


def find_book(connection: Connection, name: str) -> tuple[int, str] | None:
    """The id and uid of the book with this name, None where there is none."""
    found = connection.execute(select(BOOKS.c.id, BOOKS.c.uid).filter_by(name=name)).first()
    return (found.id, found.uid) if found else None
