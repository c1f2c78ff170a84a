"""What only someone with the file in hand can do: take the triggers away, alter the book, and put them back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from ledger.book import Book
from ledger.journal import Entry
from ledger.store import records
from tests.world import errors


@contextmanager
def tampering(book: Book) -> Iterator[sqlite3.Connection]:
    """The file without its triggers and without foreign keys; the triggers are put back afterwards."""
    with closing(sqlite3.connect(book.database.path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in guards:
            connection.execute(statement)
        connection.commit()


def tamper(book: Book, *statements: str) -> None:
    """Alter the file by these statements."""
    with tampering(book) as connection:
        for statement in statements:
            connection.execute(statement)


def forge(book: Book, number: int, change: Callable[[Entry], Entry]) -> None:
    """Write an entry anew as if it had always said something else: line, columns and postings."""
    with book._view() as view:
        entry = change(view.entry(number))
    with tampering(book) as connection:
        _insert(connection, "entry", [records.entry_row(entry, book.key)])
        connection.execute("DELETE FROM posting WHERE entry = ?", (number,))
        _insert(connection, "posting", records.posting_rows(entry, book.key))


def _insert(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608


def found(book: Book) -> set[tuple[str, str]]:
    """What ``check`` calls broken, by code and place."""
    return {(problem.code, problem.where) for problem in errors(book)}


def codes(book: Book) -> set[str]:
    """What ``check`` calls broken, by code."""
    return {code for code, _ in found(book)}
