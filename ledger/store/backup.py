"""A backup: one state of a book as another file, whole or absent, which is a book itself.

Of a file, the pages are copied by SQLite (its online backup API) in one transaction that reads: others read and record
meanwhile, and those who record wait with what they commit until the pages are copied. Of a book in PostgreSQL, the
rows are (:mod:`ledger.store.copied`), and nobody waits. The file is written beside its place, is
examined there, and gets its name last, after the copies of the sources in its own folder. So a book is restored
by backing up the backup.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ledger.errors import Refusal
from ledger.message import message
from ledger.proof.checkpoint import Checkpoint
from ledger.store import log, schema
from ledger.store.attachments import Copies, InFolder, folder_of
from ledger.store.checks.attachments import named
from ledger.store.checks.every import check
from ledger.store.copied import Side, Watch, copy_rows, unwatched
from ledger.store.database import Database
from ledger.store.durable import put_new, sync, take_away
from ledger.store.place import MAIN
from ledger.store.sqlite import SQLite

AT_ONCE = 4096
"""Pages that are copied before an interrupt is heard: some 16 MB."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy of a book holds: the head of its entries, how many sources are copied, and a file's bytes."""

    head: Checkpoint
    attachments: int
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """What is copied: a book, and the database it is in."""

    database: Database
    book: int
    uid: str

    def head(self, connection: Connection) -> Checkpoint:
        """The head over all entries, as this connection sees them."""
        return log.head(connection, self.book, self.uid)


def back_up(source: Source, target: Path, watch: Watch = unwatched, *, examine: bool = True) -> Held:
    """Copy a book to a new file, and say what it holds; the copy is sound, and its head is the book's.

    Without ``examine``, a copy made of rows, each of which was compared, is not examined as well.

    Raises :class:`Refusal` where something has this name already, where nothing can be written there, and where the
    book is not sound: then nothing is left of the copy.
    """
    if os.path.lexists(target):
        raise _there(target)
    with refusing(source, target), ExitStack() as undo:
        beside = _new(target)
        with ExitStack() as always:
            always.callback(take_away, beside)
            always.callback(take_away, beside.with_name(f"{beside.name}-journal"))
            with source.database.reading() as connection:
                head = source.head(connection)  # the first look: of a file, no other process commits from here on
                _fill(source, connection, beside, watch)
            thorough = examine or isinstance(source.database, SQLite)
            attachments = _kept(source, beside, InFolder(folder_of(target)), undo, examine=thorough)
            _require_head(source, beside, head)
            sync(beside)
            held = Held(head, attachments, beside.stat().st_size)
            put_new(beside, target)
        source.database.settled()
        undo.pop_all()
    return held


def _new(target: Path) -> Path:
    """A new file beside the place, readable by the owner only, as a book is."""
    from tempfile import mkstemp  # noqa: PLC0415 - only who backs up pays

    handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    return Path(name)


def _fill(source: Source, connection: Connection, beside: Path, watch: Watch) -> None:
    """Have the new file hold the book: its pages, or its rows."""
    if isinstance(source.database, SQLite):
        copy_pages(connection, beside)
        return
    copy = SQLite(beside)
    with copy.making() as new:
        schema.made(new, copy.place)
    with copy.making() as new:  # on a connection that has read by now how large the tables grow
        copy_rows(Side(connection, source.book), Side(new, source.book), MAIN, watch)


def copy_pages(connection: Connection, beside: Path) -> None:
    """Copy the pages of an open file to another one, as one state of it."""
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)  # noqa: S101 - the engine's
    with closing(sqlite3.connect(beside, isolation_level=None)) as copy:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):  # it is synced once, when it is whole
            copy.execute(f"PRAGMA {pragma}")
        source.backup(copy, pages=AT_ONCE, progress=lambda *_: None)


def _kept(source: Source, beside: Path, copies: InFolder, undo: ExitStack, *, examine: bool) -> int:
    """Keep the sources that the copied entries cite, examine the copy, and give how many sources there are."""
    copy = SQLite(beside)
    with closing(copy), copy.reading() as connection:
        attachments = keep_sources(source, connection, copies, undo)
        if examine:
            require_sound(source, connection, source.book, copies)
    return attachments


def _require_head(source: Source, beside: Path, head: Checkpoint) -> None:
    with closing(SQLite(beside)) as copy, copy.reading() as connection:
        if source.head(connection) != head:
            raise Refusal("the copy of {book} is not what was copied: try again", book=source.database.place)


def require_sound(source: Source, connection: Connection, book: int, copies: Copies) -> None:
    """Refuse a copy in which an invariant is broken."""
    broken = [found for found in check(connection, book, copies) if found.severity == "error"]
    if broken:
        raise Refusal(
            "{book} is not sound, and was not copied: {where}: {problem}",
            book=source.database.place,
            where=broken[0].where,
            problem=broken[0].message,
            hint=message("aidledger check lists what is wrong; to keep the file as it is, copy it by other means"),
        )


def keep_sources(source: Source, connection: Connection, copies: Copies, undo: ExitStack) -> int:
    """Keep the copies that entries cite, as a connection sees these, and give how many there are.

    Raises :class:`Refusal` where one is missing or altered.
    """
    cited = dict.fromkeys(sha256 for _, _, sha256 in named(connection, source.book))
    with source.database.reading() as reading:
        kept = source.database.copies(reading, source.book)
        for sha256 in cited:
            if wrong := kept.wrong(sha256):
                raise Refusal("{book} was not copied: {problem}", book=source.database.place, problem=wrong.message)
            with kept.opened(sha256) as content:
                copies.put(sha256, content, undo.callback)
    return len(cited)


@contextmanager
def refusing(source: Source, target: object) -> Iterator[None]:
    """What the disk or SQLite refuses of a copy, in words."""
    try:
        yield
    except FileExistsError:
        raise _there(target) from None
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refusal(
            "{book} cannot be copied to {path}: {reason}; nothing was kept",
            book=source.database.place,
            path=target,
            reason=reason,
        ) from error


def _there(target: object) -> Refusal:
    return Refusal("{path} is there already, and was left alone: choose another name", path=target)
