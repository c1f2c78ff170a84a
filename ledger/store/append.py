"""Append: the one way anything is written. Postings first, then their entry, then the projections."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from ledger.errors import InputError, Refusal
from ledger.journal import Draft, Entry
from ledger.message import joined, message
from ledger.store import records
from ledger.store.place import MAIN, File, Place, Server
from ledger.store.projections import Stored, project
from ledger.store.tables import BOOKS, ENTRIES, POSTINGS

_FEW = 10
"""So many of a database's books are named to who looked for another one."""


def open_book(
    connection: Connection, book: int, where: Place, draft: Draft, *, uid: str, at: datetime, by: str
) -> Entry:
    """A new book and its first entry, which holds everything the book starts with.

    Raises :class:`Refusal` where a book with this name is there already.
    """
    name = name_in(where)
    if connection.scalar(select(BOOKS.c.id).filter_by(name=name)) is not None:
        raise Refusal(
            "{place} has a book {name} already, and it was left alone: choose another --book", place=where, name=name
        )
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


def name_in(where: Place) -> str:
    """The name of the book at a place: a file holds one."""
    return where.book if isinstance(where, Server) else MAIN


def find_book(connection: Connection, where: Place) -> tuple[int, str]:
    """The id and uid of the book at a place.

    Raises :class:`InputError` where there is none, with the names of those there are.
    """
    name = name_in(where)
    found = connection.execute(select(BOOKS.c.id, BOOKS.c.uid).filter_by(name=name)).first()
    if found is None and isinstance(where, File):
        raise InputError("{path} holds no book", path=where)
    if found is None:
        names = connection.scalars(select(BOOKS.c.name).order_by(BOOKS.c.name).limit(_FEW)).all()
        raise InputError(
            "{place} has no book {name}",
            place=where,
            name=name,
            hint=message("its books are {names}", names=joined(names, ", ")) if names else None,
        )
    return found.id, found.uid


def books(connection: Connection) -> list[int]:
    """The ids of all books of a database."""
    return list(connection.scalars(select(BOOKS.c.id)))
