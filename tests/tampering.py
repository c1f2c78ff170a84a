"""What only someone with the database in hand can do: take the guards away, alter the book, and put them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ledger.book import Book
from ledger.journal import Entry
from ledger.store import guards, records
from ledger.store.checks.guards import GUARDS as OF_FILES
from tests.places import ON_SERVER, Tables, path_of, sql, unguarded
from tests.world import errors

GUARDS = tuple(guards.TRIGGERS) if ON_SERVER else OF_FILES
"""The triggers that there are."""


@contextmanager
def tampering(book: Book) -> Iterator[Tables]:
    """The book's tables without its triggers and without foreign keys; both are back afterwards."""
    with unguarded(path_of(book)) as tables:
        yield tables


def tamper(book: Book, *statements: str) -> None:
    """Alter the book by these statements."""
    with tampering(book) as tables:
        for statement in statements:
            tables.execute(statement)


def forge(book: Book, number: int, change: Callable[[Entry], Entry]) -> None:
    """Write an entry anew as if it had always said something else: line, columns and postings."""
    with book._view() as view:
        entry = change(view.entry(number))
    with tampering(book) as tables:
        tables.execute("DELETE FROM posting WHERE entry = ?", (number,))
        tables.execute("DELETE FROM entry WHERE number = ?", (number,))
        _insert(tables, "entry", [records.entry_row(entry, book.key)])
        _insert(tables, "posting", records.posting_rows(entry, book.key))


def drop_guard(book: Book, name: str) -> None:
    """Take a trigger away for good."""
    with sql(path_of(book)) as tables:
        tables.execute(f"DROP TRIGGER {name}{f' ON {guards.TRIGGERS[name][0]}' if ON_SERVER else ''}")


def without_unique_keys(book: Book, *statements: str, numbered: bool = True) -> None:
    """Alter the journal's table once it has no key but its number."""
    with tampering(book) as tables:
        if ON_SERVER:
            tables.execute("ALTER TABLE entry DROP CONSTRAINT uq_entry_book_origin")
            tables.execute("ALTER TABLE entry DROP CONSTRAINT uq_entry_book_reverses")
        else:
            tables.execute("CREATE TABLE loose AS SELECT * FROM entry")
            tables.execute("DROP TABLE entry")
            tables.execute("ALTER TABLE loose RENAME TO entry")
        for statement in statements:
            tables.execute(statement)
        if numbered and not ON_SERVER:
            tables.execute("CREATE UNIQUE INDEX numbers ON entry (book, number)")


def _insert(tables: Tables, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        tables.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def found(book: Book) -> set[tuple[str, str]]:
    """What ``check`` calls broken, by code and place."""
    return {(problem.code, problem.where) for problem in errors(book)}


def codes(book: Book) -> set[str]:
    """What ``check`` calls broken, by code."""
    return {code for code, _ in found(book)}
