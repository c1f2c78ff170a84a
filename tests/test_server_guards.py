"""What a PostgreSQL database itself refuses, whoever writes to it: an outsider, a superuser among them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from ledger.book import Book
from ledger.store import guards
from tests import places
from tests.everything import fill
from tests.world import announce, errors, last_number

pytestmark = places.of_server("SQLite's guards are in test_append_only")

ENTRY = "book, number, on_date, recorded_at, recorded_by, kind, postings, line"
LIKE_ENTRY = "book, {number}, on_date, recorded_at, recorded_by, kind, {postings}, line FROM entry WHERE number = 2"
POSTING = "book, entry, line, on_date, pledge, stage, commodity, amount"
BALANCED = "each commodity of an entry sums to zero within each pledge"
NUMBERED = "entries are numbered 1, 2, 3 without a gap"
STANDS = "nothing is added to an entry that stands"
OF_ANOTHER = "posting_of_its_entrys_transaction"


@contextmanager
def outsider(book: Book) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(places.at(places.path_of(book))) as connection:
        yield connection
        connection.rollback()


@contextmanager
def refused_by_database(words: str) -> Iterator[None]:
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert words in str(caught.value)


def new_entry(number: int, postings: int = 0) -> str:
    return f"INSERT INTO entry ({ENTRY}) SELECT {LIKE_ENTRY.format(number=number, postings=postings)}"


def new_posting(entry: int, line: int, amount: int) -> str:
    like = "FROM posting WHERE entry = 2 AND line = 1"
    return f"INSERT INTO posting ({POSTING}) SELECT book, {entry}, {line}, on_date, pledge, stage, commodity, {amount} {like}"  # noqa: E501


@pytest.fixture
def filled(book: Book) -> Book:
    announce(book, "GB", "100 GBP")
    announce(book, "FR", "50 EUR")
    return book


@pytest.mark.parametrize("table", guards.KEPT)
@pytest.mark.parametrize("words", ["UPDATE {} SET book = book", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_kept_is_never_changed_deleted_or_truncated_not_even_by_a_superuser(filled, table, words):
    statement = words.format(table).replace("UPDATE book SET book = book", "UPDATE book SET uid = uid")
    with outsider(filled) as connection, refused_by_database("is never changed, deleted or truncated"):
        connection.execute(statement)


def test_an_entry_that_does_not_balance_is_refused_when_its_transaction_commits(filled):
    with outsider(filled) as connection:
        connection.execute(new_posting(4, 1, 7))
        connection.execute(new_entry(4, postings=1))
        with refused_by_database(BALANCED):
            connection.commit()


def test_a_balanced_pair_is_never_added_to_an_entry_that_stands(filled):
    with outsider(filled) as connection, refused_by_database(STANDS):
        connection.execute(new_posting(2, 8, 7))
    with outsider(filled) as connection:  # as where the look at what stands was gone
        connection.execute("ALTER TABLE posting DISABLE TRIGGER posting_comes_before_its_entry")
        connection.execute(new_posting(2, 8, 7))
        connection.execute(new_posting(2, 9, -7))
        with refused_by_database(OF_ANOTHER):
            connection.commit()
    assert errors(filled) == []


def test_a_pair_slipped_into_an_entry_while_it_is_written_is_refused_for_its_transaction(filled):
    with outsider(filled) as one, outsider(filled) as other:
        one.execute(new_posting(4, 1, 7))
        one.execute(new_posting(4, 2, -7))
        one.execute(new_entry(4, postings=2))
        other.execute(new_posting(4, 3, 9))  # sees no entry 4 yet
        other.execute(new_posting(4, 4, -9))
        one.commit()
        with refused_by_database(OF_ANOTHER):
            other.commit()
    with places.sql(places.path_of(filled)) as tables:
        assert tables.execute("SELECT line, amount FROM posting WHERE entry = 4 ORDER BY line") == [(1, 7), (2, -7)]


def test_nothing_is_added_to_an_entry_after_its_balance_was_looked_at_in_the_same_transaction(filled):
    with outsider(filled) as connection:
        connection.execute(new_posting(4, 1, 7))
        connection.execute(new_posting(4, 2, -7))
        connection.execute(new_entry(4, postings=2))
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused_by_database(STANDS):
            connection.execute(new_posting(4, 3, 9))


@pytest.mark.parametrize("number", [5, 3, 1, 0, -1])
def test_an_entry_out_of_turn_is_refused(filled, number):
    with outsider(filled) as connection, pytest.raises(psycopg.Error):
        connection.execute(new_entry(number))


def test_the_transaction_of_an_entry_cannot_be_forged_by_a_writer_who_knows_of_it(filled):
    with outsider(filled) as connection:
        forged = new_entry(4).replace(f"({ENTRY})", f"({ENTRY}, transaction)").replace(" FROM", ", '3' FROM")
        connection.execute(forged)
        with refused_by_database(BALANCED):
            connection.commit()


@pytest.mark.parametrize("table", ["rate", "checkpoint"])
def test_rates_and_checkpoints_are_numbered_in_turn(filled, table):
    values = {"rate": "2, 's', 'EUR', 'USD', NULL, NULL, 'table', '1', 'x', 'x'", "checkpoint": "2, 1, 'x', 'x'"}[table]
    with outsider(filled) as connection, refused_by_database(f"{table}s are numbered 1, 2, 3 without a gap"):
        connection.execute(f"INSERT INTO {table} SELECT id, {values} FROM book")  # noqa: S608


def test_two_writers_by_hand_get_numbers_without_a_gap_or_an_error(filled):
    with outsider(filled) as one, outsider(filled) as other:
        one.execute(new_entry(4))
        other.execute("SET lock_timeout = 200")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(new_entry(4))  # waits for the counter
        other.rollback()
        one.rollback()
        other.execute(new_entry(4))
    assert last_number(filled) == 3


@pytest.mark.parametrize("name", guards.TRIGGERS)
def test_check_finds_a_trigger_that_was_switched_off(filled, name):
    table = guards.TRIGGERS[name].partition(" ON ")[2].split(" ")[0]
    with outsider(filled) as connection:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        connection.commit()
    assert [(each.code, each.where) for each in filled.check()] == [("guard-missing", name)]


@pytest.mark.parametrize("name", guards.BODIES)
def test_check_finds_a_function_that_was_replaced(filled, name):
    with outsider(filled) as connection:
        connection.execute("UPDATE pg_proc SET prosrc = prosrc || ' ' WHERE proname = %s", [name.partition("(")[0]])
        connection.commit()
    assert [(each.code, each.where) for each in filled.check()] == [("guard-missing", name)]


def test_check_finds_rows_that_point_at_none(filled):
    with outsider(filled) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM entry WHERE number = 3")
        connection.commit()
    assert ("dangling", "posting") in {(each.code, each.where) for each in filled.check()}


def test_a_book_with_everything_in_it_stands_before_its_guards(book):
    fill(book)
    assert errors(book) == []
    with places.sql(places.path_of(book)) as tables:
        [[last]] = tables.execute("SELECT last FROM counter")
    assert last == last_number(book)
