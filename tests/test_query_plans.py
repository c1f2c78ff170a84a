"""How the database finds what a report asks for: by its indices, whatever the size of the book."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ledger.book import Book, Worth
from ledger.selection import EVERYTHING, Selection
from tests import oracle, places
from tests.everything import filled, opened
from tests.world import (
    amend,
    announce,
    commit,
    draw,
    reverse,
    selection,
)

EURO = Worth("EUR")

pytestmark = places.of_files("plans of SQLite")


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


SELECTIONS = {
    "everything": EVERYTHING,
    "a span": selection(since="2025-01-01", until="2025-12-31"),
    "known then, of a group": selection(known_at=10, group="EU", donor="DE", contingent="exclude"),
}
ASKED: dict[str, Callable[[Book, Selection], object]] = {
    "totals": lambda book, chosen: book.totals(chosen),
    "totals by time": lambda book, chosen: book.totals(chosen, by=("quarter", "parent", "source")),
    "totals in euros": lambda book, chosen: book.totals(chosen, worth=EURO),
    "pipeline": lambda book, chosen: book.pipeline(chosen, by=("donor",)),
    "trial balance": lambda book, chosen: book.trial_balance(chosen),
    "pledges": lambda book, chosen: book.pledges(chosen),
    "journal": lambda book, chosen: book.journal(chosen),
    "register": oracle.register,
    "a pledge": lambda book, _: book.pledge("GB-2025-0001"),
    "an entry": lambda book, _: book.entry(7),
    "a party": lambda book, _: book.party("GB"),
    "check": lambda book, _: book.check(),
}


def slow_steps(connection: sqlite3.Connection, statement: str, parameters: Any) -> list[str]:
    """The steps of a query plan that go through a whole table again and again.

    In each part of a plan the first step may go through a table; every step nested in it, and every
    step of a part that is run for each row, must find its rows by an index on more than the book's id.
    """
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    parents = {number: (parent, detail) for number, parent, _, detail in rows}
    seen: set[int] = set()
    slow = []
    for _number, parent, _, detail in rows:
        if not detail.startswith(("SEARCH", "SCAN")):
            continue
        again = parent in seen or _for_each_row(parents, parent)
        seen.add(parent)
        found = detail.count("=?") > 1 or "rowid=?" in detail or "AUTOMATIC" in detail
        if again and not found:
            slow.append(detail)
    return slow


def _for_each_row(parents: dict[int, tuple[int, str]], number: int) -> bool:
    while number in parents:
        number, detail = parents[number]
        if detail.startswith("CORRELATED"):
            return True
        if detail.startswith(("MATERIALIZE", "LIST SUBQUERY", "CO-ROUTINE")):
            return False
    return False


@pytest.mark.parametrize("chosen", SELECTIONS)
@pytest.mark.parametrize("report", ASKED)
def test_no_report_goes_through_a_table_again_for_each_row_of_another(full, report, chosen):
    asked: list[tuple[str, Any]] = []

    def listen(*said: object) -> None:
        asked.append((str(said[2]), said[3]))

    event.listen(full.database._engine, "before_cursor_execute", listen)
    try:
        ASKED[report](full, SELECTIONS[chosen])
    finally:
        event.remove(full.database._engine, "before_cursor_execute", listen)
    selects = [(said, given) for said, given in asked if said.lstrip().startswith(("SELECT", "WITH"))]
    assert selects
    with closing(sqlite3.connect(full.database.path)) as connection:
        assert [slow for said, given in selects for slow in slow_steps(connection, said, given)] == []


def test_a_step_goes_through_no_table_again_for_each_row_of_another(book):
    pledge = announce(book, "GB", "100 GBP")
    asked: list[tuple[str, Any]] = []
    event.listen(book.database._engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    commit(book, pledge, "50 GBP")
    draw(book, pledge, announce(book, "GB", "1 GBP"), "5 GBP")
    amend(book, pledge, title="new")
    reverse(book, 3)
    selects = [(said, given) for said, given in asked if said.startswith(("SELECT", "WITH"))]
    with closing(sqlite3.connect(book.database.path)) as connection:
        slow = [slow for said, given in selects for slow in slow_steps(connection, said, given)]
        whole_tables = [
            detail
            for said, given in selects
            for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {said}", given)
            if detail.startswith("SCAN")
            or detail.endswith(("posting USING PRIMARY KEY (book=?)", "autoindex_entry_1 (book=?)"))
        ]
    assert slow == []
    last_entry = "SEARCH entry USING INDEX sqlite_autoindex_entry_1 (book=?)"  # read backwards, one row
    assert set(whole_tables) <= {last_entry, "SCAN CONSTANT ROW"}


def test_a_plan_that_is_quadratic_would_be_seen(full):
    slow = "SELECT 1 FROM pledge CROSS JOIN posting ON posting.book = pledge.book AND +posting.pledge = pledge.id"
    with closing(sqlite3.connect(full.database.path)) as connection:
        assert slow_steps(connection, slow, ()) != []
