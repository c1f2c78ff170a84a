"""Completion about a book on a server: what is suggested, and that nothing is said of one that cannot be asked."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import places
from tests.commandline import SMALL, done
from tests.completing import asked, offered

BOOK = SMALL

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that lets people in and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://ada@127.0.0.1:{server.getsockname()[1]}/books"


@places.of_server("a file holds one")
def test_the_book_that_the_address_names_is_asked():
    place = f"{places.at(Path('book.db'))}&book=other"
    done(f"init --book {place}")
    done(f"pledge add FR 1EUR --book {place} --id OTHER --on 2025-03-02 --purpose other --instrument grant")
    assert offered(f"pledge show --book {place}") == ["OTHER"]
    assert offered("pledge show") == ["G", "P"]
    assert offered(f"pledge show --book {place}-which-is-not-there") == []


@places.of_server("a file has no roles")
def test_to_ask_takes_no_right_to_write():
    place = places.at(Path("book.db"))
    with places.sql("book.db") as tables:
        tables.execute(
            "ALTER DATABASE " + place.partition("?")[0].rpartition("/")[2] + " SET default_transaction_read_only = on"
        )
    assert offered("pledge show") == ["G", "P"]


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://ada@127.0.0.1:1/books",
        "postgresql://ada@/books?host=/no/such/folder",
        "postgresql://ada@127.0.0.1:1/books?book=",
        "postgresql://ada@127.0.0.1:1/books?no-such-option=1",
        "mysql://ada@127.0.0.1/books",
    ],
)
def test_a_server_that_is_not_there_suggests_nothing_and_says_nothing(place):
    assert asked("pledge", "show", "--book", place, "") == ("offers", {})


def test_a_server_that_does_not_answer_is_given_up(silent):
    assert asked("pledge", "show", "--book", silent, "") == ("offers", {})
