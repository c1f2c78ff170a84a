"""Books in a PostgreSQL database: several of them, many writers, commits whose answer is lost, and roles."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from ledger.book import Book
from ledger.errors import InputError, NotABook, Refusal, StoreRefusal
from ledger.store.database import TIMES, Collision
from tests import places
from tests.commandline import done, refused
from tests.world import Clock, announce, announcement, commit, errors, last_number, measures, refuses
from tests.world import refused as refused_by

pytestmark = places.of_server("a file holds one book, and has one writer")

SECOND = "book=second"


def address(book: Book) -> str:
    return places.at(places.path_of(book))


def opened(place: str, **more: Any) -> Book:
    return Book.open(place, clock=Clock(), recorded_by="ada", **more)


@contextmanager
def administrator(book: Book) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(address(book), autocommit=True) as connection:
        yield connection


# Several books


def test_a_database_holds_many_books_that_know_nothing_of_each_other(book):
    announce(book, "GB", "100 GBP")
    with Book.create(f"{address(book)}&{SECOND}", clock=Clock(), recorded_by="ada") as second:
        announce(second, "GB", "7 GBP")
        assert (last_number(book), last_number(second)) == (2, 2)
        assert [measures(each)["pledged"] for each in (book, second)] == ["100.00", "7.00"]
        assert errors(second) == errors(book) == []


def test_a_second_book_of_the_same_name_is_refused_and_the_first_left_alone(book):
    with refused_by(Refusal, "has a book main already"):
        Book.create(address(book), clock=Clock(), recorded_by="ada")
    assert last_number(book) == 1


def test_a_book_that_is_not_there_is_refused_with_those_that_are(book):
    with refused_by(InputError, "has no book third", "its books are main"):
        opened(f"{address(book)}&book=third")


def test_a_database_without_a_book_is_no_book(tmp_path):
    with refused_by(NotABook, "has no book of aidledger; aidledger init makes one"):
        opened(places.at(tmp_path / "empty.db"))


def test_a_database_that_is_not_there_is_refused_without_a_traceback(book):
    with refused_by(StoreRefusal, "cannot be reached", "does not exist"):
        opened(address(book).replace("/t_", "/no_"))


# One state to read, one writer at a time


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(book):
    announce(book, "GB", "100 GBP")
    with opened(address(book)) as other, book.database.reading() as connection:
        count = "SELECT count(*) FROM entry"
        before = connection.exec_driver_sql(count).scalar()
        announce(other, "FR", "50 EUR")
        assert connection.exec_driver_sql(count).scalar() == before


def test_a_writer_that_waits_too_long_is_refused_in_one_line(book):
    locked = "is locked by another process: nothing was written"
    with opened(address(book), patience=1) as other, book.database.writing(), refuses(other, StoreRefusal, locked):
        announce(other, "FR", "50 EUR")


def test_writers_at_once_lose_nothing_and_leave_no_gap(book):
    def write() -> None:
        with opened(address(book)) as mine:
            for _ in range(10):
                announce(mine, "GB", "1 GBP")

    writers = [threading.Thread(target=write) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert (last_number(book), measures(book)["pledged"], errors(book)) == (41, "40.00", [])


def test_the_last_euro_is_given_once(book):
    pledge = announce(book, "GB", "1 GBP")
    outcomes: list[str] = []

    def take() -> None:
        with opened(address(book)) as mine:
            try:
                commit(mine, pledge, "1 GBP")
                outcomes.append("taken")
            except Refusal:
                outcomes.append("refused")

    takers = [threading.Thread(target=take) for _ in range(4)]
    for each in takers:
        each.start()
    for each in takers:
        each.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "taken"]


COLLIDES = """
CREATE SEQUENCE tries;
CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('tries') <= {times} THEN RAISE serialization_failure; END IF; RETURN NEW;
END $$;
CREATE TRIGGER collides BEFORE INSERT ON pledge FOR EACH ROW EXECUTE FUNCTION collide();
"""


def test_a_step_that_collides_is_tried_again_until_it_is_recorded_once(book):
    with administrator(book) as connection:
        connection.execute(COLLIDES.format(times=3))
    announce(book, "GB", "100 GBP")
    assert (last_number(book), measures(book)["pledged"]) == (2, "100.00")


def test_a_step_that_collides_each_time_is_refused_and_not_recorded(book):
    with administrator(book) as connection:
        connection.execute(COLLIDES.format(times=TIMES))
    with refuses(book, Collision, "another process was in the way: nothing was written; try again"):
        announce(book, "GB", "100 GBP")


# Commits whose answer is lost


def _commits(monkeypatch: pytest.MonkeyPatch, *, first: bool, error: BaseException) -> None:
    """The connection breaks at the next commit: before the server heard of it, or after it did so."""
    commit_itself = psycopg.Connection.commit

    def broken(connection: "psycopg.Connection[Any]") -> None:
        monkeypatch.setattr(psycopg.Connection, "commit", commit_itself)
        if first:
            commit_itself(connection)
        raise error

    monkeypatch.setattr(psycopg.Connection, "commit", broken)


@pytest.mark.parametrize("error", [psycopg.OperationalError("lost"), KeyboardInterrupt()], ids=["lost", "interrupted"])
def test_a_commit_that_was_made_is_acknowledged_though_its_answer_was_lost(book, monkeypatch, error):
    settled: list[str] = []
    book.database.settled = lambda: settled.append("settled")
    _commits(monkeypatch, first=True, error=error)
    announce(book, "GB", "100 GBP")
    assert (settled, last_number(book)) == (["settled"], 2)


def test_a_commit_that_was_not_made_is_refused_and_nothing_is_recorded(book, monkeypatch):
    _commits(monkeypatch, first=False, error=psycopg.errors.ConnectionFailure("lost"))
    with pytest.raises(StoreRefusal):
        book.record(announcement("GB", "100 GBP"))
    assert last_number(book) == 1


def test_a_connection_that_the_server_ended_is_made_anew(book):
    announce(book, "GB", "100 GBP")
    with administrator(book) as connection:
        ours = "FROM pg_stat_activity WHERE application_name = 'aidledger' AND datname = current_database()"
        connection.execute(f"SELECT pg_terminate_backend(pid) {ours}")
    announce(book, "FR", "50 EUR")
    assert last_number(book) == 3


# Roles


@pytest.fixture
def people(tmp_path) -> Iterator[dict[str, str]]:
    """The addresses of a writer and an auditor of a book with roles, and of its administrator."""
    place = places.at(tmp_path / "book.db")
    database = place.partition("?")[0].rpartition("/")[2]
    with Book.create(place, clock=Clock(), recorded_by="ada", roles=True) as book, administrator(book) as connection:
        assert book.roles == (f"{database}_owner", f"{database}_writer", f"{database}_auditor")
        for who in ("writer", "auditor"):
            connection.execute(f"CREATE ROLE {database}_a_{who} LOGIN IN ROLE {database}_{who}")
        found = {who: place.replace("postgres@", f"{database}_a_{who}@") for who in ("writer", "auditor")}
        yield {**found, "administrator": place}
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(f"REASSIGN OWNED BY {database}_owner TO postgres")
        for role in ("a_writer", "a_auditor", "writer", "auditor", "owner"):
            connection.execute(f"DROP OWNED BY {database}_{role}")
            connection.execute(f"DROP ROLE {database}_{role}")


def test_a_writer_records_and_an_auditor_reads_what_was_recorded(people):
    with opened(people["writer"]) as book:
        commit(book, announce(book, "GB", "100 GBP"), "60 GBP")
    with opened(people["auditor"]) as book:
        assert measures(book)["committed"] == "60.00"
        assert errors(book) == []
        with refuses(book, StoreRefusal, "is read-only: nothing was written"):
            announce(book, "FR", "50 EUR")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET note = 'x'",
        "DELETE FROM posting",
        "TRUNCATE entry CASCADE",
        "UPDATE book SET uid = 'x'",
        "UPDATE counter SET last = 7",
        "DELETE FROM pledge",
        "INSERT INTO entry (book, number, transaction) VALUES (1, 1, '1')",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "DROP TRIGGER entry_is_balanced ON entry",
        "CREATE OR REPLACE FUNCTION balance_entry() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "DROP TABLE tile",
    ],
)
@pytest.mark.parametrize("who", ["writer", "auditor"])
def test_neither_writer_nor_auditor_can_change_what_stands_or_switch_a_guard_off(people, who, statement):
    with psycopg.connect(people[who], autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


def test_an_auditor_can_add_nothing_anywhere(people):
    with psycopg.connect(people["auditor"]) as connection:
        rights = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND ("
            "has_any_column_privilege(oid, 'INSERT') OR has_any_column_privilege(oid, 'UPDATE')"
            " OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE'))"
        ).fetchone()
    assert rights == (0,)


def test_roles_are_told_where_they_are_made(tmp_path, monkeypatch):
    place = places.at(tmp_path / "book.db")
    monkeypatch.setenv("AIDLEDGER_BOOK", place)
    assert done("init --roles") == f"{place}\n"
    assert "has a book main already" in refused(1, "init --roles")
    database = place.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(f"REASSIGN OWNED BY {database}_owner TO postgres")
        for role in ("owner", "writer", "auditor"):
            connection.execute(f"DROP OWNED BY {database}_{role}")
            connection.execute(f"DROP ROLE {database}_{role}")
