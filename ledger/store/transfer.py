"""A transfer: a whole book put into another database, where it is the same book, whole or absent.

Into a file, it is a backup (:mod:`ledger.store.backup`). Into PostgreSQL, its rows are copied in one transaction, and
compared with what was read before that is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from ledger.errors import Refusal
from ledger.message import message
from ledger.store import schema
from ledger.store.backup import Held, Source, back_up, copy_pages, keep_sources, refusing, require_sound
from ledger.store.copied import Side, Watch, copy_rows, unwatched
from ledger.store.database import made
from ledger.store.place import File, Place, Server
from ledger.store.sqlite import SQLite
from ledger.store.tables import BOOKS


def transfer(source: Source, target: Place, watch: Watch = unwatched, *, examine: bool = False) -> Held:
    """Put a copy of a book at a place, and say what it holds; numbers, times, lines and signed heads are the book's.

    With ``examine``, every invariant is examined in the copy as well, which takes several times as long.

    Raises :class:`Refusal` where the place has such a book, and where not everything can be copied: then it is as
    before.
    """
    if isinstance(target, File):
        return back_up(source, target.path, watch, examine=examine)
    with refusing(source, target), _state(source) as connection, made(target) as database, closing(database):
        database.settled = source.database.settled
        with database.making() as there, ExitStack() as undo:
            schema.made(there, target)
            side = Side(there, _number(there, source, target))
            copy_rows(Side(connection, source.book), side, target.book, watch)
            copies = database.copies(there, side.book)
            attachments = keep_sources(source, connection, copies, undo)
            if examine:
                require_sound(source, there, side.book, copies)
            return Held(Source(database, side.book, source.uid).head(there), attachments, None)


def _number(connection: Connection, source: Source, target: Server) -> int:
    """The number by which a database is to know a book: its own, unless another one has it.

    Raises :class:`Refusal` where the book, or one of its name, is there already.
    """
    there = connection.execute(select(BOOKS.c.id, BOOKS.c.uid, BOOKS.c.name)).all()
    for _, uid, name in there:
        if name == target.book:
            raise Refusal("{place} is there already, and was left alone", place=target, hint=_OTHER)
        if uid == source.uid:
            raise Refusal(
                "{place} has this book already, as {name}, and it was left alone: it cannot be there twice",
                place=target,
                name=name,
            )
    numbers = {number for number, _, _ in there}
    return max(numbers) + 1 if source.book in numbers else source.book


_OTHER = message("name another book of this database with ?book=NAME")


@contextmanager
def _state(source: Source) -> Iterator[Connection]:
    """One state of a book, which may be read for minutes while others write to the book.

    Of a file, it is a copy of the pages, since who records would wait with what they commit until the last row is read.
    """
    if not isinstance(source.database, SQLite):
        with source.database.reading() as connection:
            yield connection
        return
    with TemporaryDirectory() as folder:
        beside = Path(folder, source.database.path.name)
        with source.database.reading() as connection:
            copy_pages(connection, beside)
        with closing(SQLite(beside)) as copy, copy.reading() as connection:
            yield connection
