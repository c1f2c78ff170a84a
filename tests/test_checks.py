"""Checks: whatever is altered behind the ledger's back is found, and named.

Each test does what only someone with the file in hand can do: it takes the triggers away, alters
the book, and puts them back.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from ledger import proof
from ledger.book import Book
from ledger.errors import Problem
from ledger.journal import Entry, Posting, Stage
from ledger.money import MOST_UNITS, Money
from ledger.period import parse_date
from ledger.store import records
from ledger.store.checks import CHECKS, GUARDS
from ledger.store.tables import PROJECTIONS
from tests import everything
from tests.world import (
    GBP,
    announce,
    close,
    commit,
    disburse,
    draw,
    errors,
    last_number,
    make_book,
    register_party,
    reopen,
    reverse,
    warnings,
)


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
    return {code for code, _ in found(book)}


@pytest.fixture(scope="module")
def filled(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book in which everything has happened, to be copied."""
    return everything.filled(empty_book, tmp_path_factory.mktemp("filled"))


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Iterator[Book]:
    """An open book in which everything has happened."""
    shutil.copy(filled, tmp_path / "full.db")
    with everything.opened(tmp_path / "full.db") as book:
        yield book


@pytest.fixture
def kept(book: Book) -> Book:
    """A book of four entries: opened, a pledge, its commitment, a party."""
    commit(book, announce(book, "GB", "100.00 GBP", origin="paper:1"), "60.00 GBP")
    register_party(book, "CZI", "The Czech initiative")
    return book


def test_a_book_that_nobody_altered_has_no_problem(book, full):
    assert (book.check(), full.check()) == ([], [])


def test_taking_the_triggers_away_and_putting_them_back_is_no_problem(kept):
    tamper(kept)
    assert kept.check() == []


def test_each_check_says_in_its_docstring_what_holds_in_a_sound_book():
    assert len(CHECKS) == len(set(CHECKS)) == 14
    assert all((check.__doc__ or "").endswith(".") for check in CHECKS)


# One test for each check


@pytest.mark.parametrize("guard", GUARDS)
def test_guards_in_place_finds_a_trigger_that_is_gone(kept, guard):
    with closing(sqlite3.connect(kept.database.path)) as connection:
        connection.execute(f"DROP TRIGGER {guard}")
    [problem] = kept.check()
    assert problem == Problem("error", "guard-missing", guard, "this trigger is gone: the book can be altered unseen")


def test_foreign_keys_hold_finds_a_row_that_points_at_nothing(kept):
    tamper(kept, "INSERT INTO source VALUES (7, 'era', 'Of another book')")
    [problem] = kept.check()
    assert (problem.code, problem.where) == ("dangling", "source")
    assert problem.message == "a row points at a book that is not there"


def test_entries_are_there_finds_a_journal_that_does_not_begin_with_the_opening(kept):
    forge(kept, 1, lambda entry: replace(entry, kind="party"))
    assert ("not-opened", "entry 1") in found(kept)
    assert codes(kept) == {"not-opened", "projection"}


def test_entries_are_there_finds_an_empty_journal(kept):
    tamper(kept, "DELETE FROM posting", "DELETE FROM entry")
    assert ("not-opened", "entry 1") in found(kept)
    assert codes(kept) == {"not-opened", "projection"}


def test_numbers_without_gap_finds_an_entry_that_was_taken_out(kept):
    announce(kept, "NO")
    tamper(kept, "DELETE FROM entry WHERE number = 4", "DELETE FROM party WHERE code = 'CZI'")
    [problem] = kept.check()
    assert problem == Problem("error", "gap", "entry 4", "there is no entry 4; the next one is 5")


def test_lines_equal_columns_finds_a_line_that_is_no_entry(kept):
    tamper(kept, "UPDATE entry SET line = '{}' WHERE number = 4", "DELETE FROM party WHERE code = 'CZI'")
    [problem] = kept.check()
    assert problem == Problem("error", "unreadable-line", "entry 4", "its canonical line is no entry")


@pytest.mark.parametrize("line", ["", "null", "[]", "7", '"a"', "{", '{"v":1}', '{"book":1}', "\0"])
def test_lines_equal_columns_takes_any_text_for_a_line(kept, line):
    with tampering(kept) as connection:
        connection.execute("UPDATE entry SET line = ? WHERE number = 4", (line,))
        connection.execute("DELETE FROM party WHERE code = 'CZI'")
    assert found(kept) == {("unreadable-line", "entry 4")}


@pytest.mark.parametrize(
    "altered",
    [
        "on_date = '2024-01-01'",
        "recorded_at = '2024-01-01T00:00:00.000000Z'",
        "recorded_by = 'someone'",
        "kind = 'allocate'",
        "pledge = 'GB-2025-0002'",
        "origin = 'paper:2'",
        "reverses = 2",
        "note = 'never said'",
        "citation_url = 'https://example.org'",
        "citation_quote = 'never said'",
        "postings = 3",
        "line = line || ' '",
        "line = replace(line, ',', ', ')",
    ],
)
def test_lines_equal_columns_finds_each_column_that_was_altered(kept, altered):
    tamper(kept, f"UPDATE entry SET {altered} WHERE number = 3")  # noqa: S608 - the words above
    assert found(kept) == {("altered-entry", "entry 3")}


def test_lines_equal_columns_finds_an_entry_of_another_book(kept):
    forge(kept, 3, lambda entry: replace(entry, book="a16b8e0b-4fc3-4e5a-8ea1-7e5eb5a0a3d9"))
    assert found(kept) == {("altered-entry", "entry 3")}


def test_postings_equal_lines_finds_amounts_that_were_altered(kept):
    tamper(kept, "UPDATE posting SET amount = 2 * amount WHERE entry = 2")
    assert found(kept) == {("altered-postings", "entry 2")}


def test_postings_equal_lines_finds_postings_that_were_taken_out(kept):
    tamper(kept, "DELETE FROM posting WHERE entry = 3")
    assert found(kept) == {("altered-postings", "entry 3")}


def test_postings_equal_lines_finds_postings_of_no_entry(kept):
    tamper(
        kept,
        "INSERT INTO posting SELECT book, 99, line, on_date, 'X', stage, commodity, amount FROM posting"
        " WHERE entry = 2",
    )
    assert found(kept) == {("stray-postings", "entry 99"), ("dangling", "posting")}


def test_every_entry_balances_finds_an_amount_that_was_altered_on_one_side(kept):
    tamper(kept, "UPDATE posting SET amount = amount + 1 WHERE entry = 2 AND line = 1")
    assert found(kept) == {("unbalanced", "entry 2"), ("altered-postings", "entry 2")}
    [message] = [problem.message for problem in errors(kept) if problem.code == "unbalanced"]
    assert message == "GB-2025-0001 is out of balance by 0.01 GBP"


def test_times_never_go_back_finds_an_entry_written_before_the_one_before_it(kept):
    forge(kept, 4, lambda entry: replace(entry, recorded_at=entry.recorded_at - timedelta(days=1)))
    [problem] = kept.check()
    assert problem == Problem("error", "time-goes-back", "entry 4", "it was recorded before entry 3")


def test_no_entry_in_a_closed_period_finds_one_that_was_moved_there(kept):
    close(kept, "2025-01")
    late = announce(kept, "NO", "5.00 EUR", on="2025-02-01")
    forge(kept, last_number(kept), lambda entry: replace(entry, on=parse_date("2025-01-31")))
    [problem] = kept.check()
    assert (problem.code, problem.where) == ("in-closed-period", f"entry {last_number(kept)}")
    assert problem.message == "dated 2025-01-31, but everything before 2025-02-01 was closed"
    assert late == "NO-2025-0001"


def test_no_entry_in_a_closed_period_takes_what_was_dated_there_before_and_after_it_was_closed(kept):
    announce(kept, "NO", on="2025-01-02")
    close(kept, "2025-01")
    register_party(kept, "XYZ", "Registered while closed", on="2025-01-03")
    reopen(kept, "2025-01")
    announce(kept, "NO", on="2025-01-04")
    close(kept, "2025-01")
    assert kept.check() == []


ALTERED_ROWS = {
    "book": "recipient = 'PL'",
    "pledge": "title = 'Never said'",
    "account": "balance = 2 * balance",
    "drawing": "amount = amount + 1",
    "party": "name = 'Never said'",
    "membership": "until = '2030-01-01'",
    "source": "name = 'Never said'",
    "item": "name = 'Never said'",
    "serial": "last = last + 1",
}


def test_every_projection_is_altered_in_a_test():
    assert set(ALTERED_ROWS) == {"book", *(table.name for table in PROJECTIONS)}


@pytest.mark.parametrize(("table", "altered"), ALTERED_ROWS.items())
def test_projections_equal_entries_finds_a_row_that_was_altered(full, table, altered):
    tamper(full, f"UPDATE {table} SET {altered}")  # noqa: S608 - the words above
    assert codes(full) == {"projection"}
    assert {where.split(" ")[0] for _, where in found(full)} == {table}


@pytest.mark.parametrize("altered", ["closed_before = NULL", "closed_before = '2024-01-01'", "require_citation = 1"])
def test_projections_equal_entries_finds_a_book_that_was_altered(book, altered):
    close(book, "2025-01")
    tamper(book, f"UPDATE book SET {altered}")  # noqa: S608 - the words above
    assert found(book) >= {("projection", f"book {book.key}")}


def test_projections_equal_entries_finds_a_book_under_another_uid(kept):
    tamper(kept, "UPDATE book SET uid = 'another'")
    assert ("projection", f"book {kept.key}") in found(kept)
    assert codes(kept) == {"projection", "altered-entry"}


@pytest.mark.parametrize("table", [table.name for table in PROJECTIONS])
def test_projections_equal_entries_finds_rows_that_were_taken_out(full, table):
    tamper(full, f"DELETE FROM {table}")  # noqa: S608 - our own names
    assert codes(full) == {"projection"}
    assert {where.split(" ")[0] for _, where in found(full)} == {table}


def test_projections_equal_entries_finds_a_row_that_was_put_in_and_names_it(kept):
    tamper(kept, "INSERT INTO party SELECT id, 'GHOST', 'Nobody', 'institution' FROM book")
    [problem] = kept.check()
    assert problem == Problem("error", "projection", "party GHOST", "this row is not what the entries say")


def test_projections_equal_entries_finds_a_journal_that_moves_more_than_there_is(kept):
    forge(kept, 3, _times_ten)
    [problem] = errors(kept)
    assert (problem.code, problem.where) == ("impossible-entry", "journal")
    assert problem.message == "GB-2025-0001 would hold -500.00 GBP pledged: nothing was recorded"
    assert warnings(kept) == ["out-of-order GB-2025-0001"]


def _times_ten(entry: Entry) -> Entry:
    postings = [replace(each, amount=Money(10 * each.amount.units, each.amount.commodity)) for each in entry.postings]
    return replace(entry, postings=tuple(postings))


def test_stages_hold_no_less_than_nothing_finds_an_account_on_its_wrong_side(kept):
    tamper(kept, "UPDATE account SET balance = -1 WHERE stage = 'committed'")
    assert found(kept) == {("negative", "GB-2025-0001"), ("projection", "account GB-2025-0001:committed:GBP")}
    [message] = [problem.message for problem in errors(kept) if problem.code == "negative"]
    assert message == "holds -0.01 GBP committed"


def test_drawings_within_their_facility_finds_a_child_that_gave_back_more_than_it_drew(kept):
    child = announce(kept, "GB", "1.00 GBP")
    draw(kept, "GB-2025-0001", child, "5.00 GBP")
    tamper(kept, "UPDATE drawing SET amount = -500")
    assert codes(kept) == {"overdrawn", "projection"}
    [problem] = [problem for problem in errors(kept) if problem.code == "overdrawn"]
    assert (problem.where, problem.message) == (child, "has drawn -5.00 GBP from GB-2025-0001")


def test_citations_where_required_finds_an_entry_without_one(tmp_path, clock):
    with make_book(tmp_path / "cited.db", clock, require_citation=True) as book:
        pledge = announce(book, "GB", "100.00 GBP", cite="https://example.org/1")
        commit(book, pledge, cite="https://example.org/2")
        reverse(book, 3)
        assert book.check() == []
        forge(book, 2, lambda entry: replace(entry, citations=()))
        assert book.check() == [Problem("error", "uncited", "entry 2", "this book requires a citation")]


def test_dates_in_order_only_suspects_what_is_dated_before_what_it_draws_on(kept):
    disburse(kept, "GB-2025-0001", "5.00 GBP", on="2025-02-01")
    assert kept.check() == [
        Problem(
            "warning",
            "out-of-order",
            "GB-2025-0001",
            "on 2025-02-01 it held -5.00 GBP committed: something is dated before what it draws on",
        )
    ]


def test_the_command_ends_with_1_where_something_is_broken_and_with_0_for_a_suspicion(kept, capsys):
    disburse(kept, "GB-2025-0001", "5.00 GBP", on="2025-02-01")
    command = ["check", "--book", str(kept.database.path), "--format", "csv"]
    assert run(command) == 0
    assert capsys.readouterr().out.startswith("severity,code,where,message\r\nwarning,out-of-order,GB-2025-0001,")
    tamper(kept, "UPDATE account SET balance = 7")
    assert run(command) == 1
    assert "error,projection,account GB-2025-0001:committed:GBP," in capsys.readouterr().out


# What cannot even be read is a finding, never an end of the examination


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE posting SET stage = 'promised' WHERE entry = 2",
        "UPDATE posting SET commodity = 'Not a code!' WHERE entry = 2 AND line = 1",
        "UPDATE posting SET on_date = 'yesterday' WHERE entry = 2",
        "UPDATE account SET commodity = 'QQQ', balance = -1 WHERE stage = 'pledged'",
        "UPDATE drawing SET commodity = 'QQQ', amount = -1",
    ],
)
def test_values_the_ledger_never_writes_are_reported_and_the_other_checks_go_on(kept, altered):
    draw(kept, "GB-2025-0001", announce(kept, "GB", "1.00 GBP"), "5.00 GBP")
    tamper(kept, altered, "UPDATE source SET name = 'Never said' WHERE code = 'era'")
    assert ("unreadable", "book") in found(kept)
    assert ("projection", "source era") in found(kept)


@pytest.mark.parametrize(
    "facts",
    [
        {"pledge": {"id": "GB-2025-0001"}},
        {"pledge": {"id": "GB-2025-0001", "colour": "blue"}},
        {"pledge": "GB-2025-0001"},
        {"draws": [{"parent": "A"}]},
        {"closed_before": "2025-01-01"},
        {"closed_before": ["2025-01-01"]},
        {"party": {"name": "without a code"}},
        {"member": {"party": "GB"}},
    ],
)
def test_facts_the_ledger_never_states_are_reported_and_the_other_checks_go_on(kept, facts):
    forge(kept, 2, lambda entry: replace(entry, facts=facts))
    tamper(kept, "UPDATE entry SET note = 'never said' WHERE number = 3")
    assert ("altered-entry", "entry 3") in found(kept)
    assert codes(kept) & {"unreadable", "impossible-entry"}


def test_an_amount_beyond_64_bits_in_a_line_is_reported(kept):
    with kept._view() as view:
        line = proof.line(view.entry(2)).replace("100.00", "99999999999999999999.00")
    with tampering(kept) as connection:
        connection.execute("UPDATE entry SET line = ? WHERE number = 2", (line,))
    assert ("unreadable-line", "entry 2") in found(kept)


def test_entries_that_only_together_exceed_64_bits_are_reported_as_impossible(kept):
    most = Money(MOST_UNITS, GBP)
    both = (Posting("GB-2025-0001", Stage.PLEDGED, most), Posting("GB-2025-0001", Stage.UNDERTAKING, -most))
    forge(kept, 3, lambda entry: replace(entry, postings=both))
    [problem] = [problem for problem in errors(kept) if problem.code == "impossible-entry"]
    assert "is more than the ledger can hold" in problem.message
