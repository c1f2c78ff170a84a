"""What all tests share: how Hypothesis looks for counterexamples, a clock, and a book to write in."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from hypothesis import HealthCheck, settings

from cli.language import CATALOGUES
from ledger.book import Book
from tests import places
from tests.commandline import done, settings_for
from tests.server import GIVEN, start
from tests.world import Clock, make_book

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("exploring", deadline=None)
# The same examples every time, so that a change is judged by what it changed.
settings.register_profile(
    "the same every time",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("exploring" if os.environ.get("HYPOTHESIS_EXPLORE") else "the same every time")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server of the tests where they want one, once for all their processes; have catalogues compiled."""
    if places.ON_SERVER and places.SERVER not in os.environ and GIVEN not in os.environ:
        os.environ[places.SERVER], stop = start()
        config.add_cleanup(stop)
    _compile_catalogues()


def pytest_report_header() -> str:
    """Say which engine the books are kept by."""
    return f"books: {'PostgreSQL' if places.ON_SERVER else 'SQLite'}"


@pytest.hookimpl(trylast=True)  # once the fixtures have closed what they opened
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Take away the books of a test that is over."""
    if places.ON_SERVER and (folder := getattr(item, "funcargs", {}).get("tmp_path")):
        places.forget(folder)


def pytest_sessionfinish() -> None:
    """Let go of the server."""
    places.leave()


def _compile_catalogues() -> None:
    """Compile the catalogues of translations where the checkout's are older than their sources, as a build does."""
    sources = list(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    compiled = [source.with_suffix(".mo") for source in sources]
    if any(
        not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime for po, mo in zip(sources, compiled, strict=True)
    ):
        CommandLineInterface().run(["pybabel", "--quiet", "compile", "-d", str(CATALOGUES), "-D", "aidledger"])


@pytest.fixture
def clock() -> Clock:
    """The book's clock: 2 March 2025, unless a test turns it."""
    return Clock()


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book that holds its opening only, to be copied: making one takes ten times as long."""
    path = tmp_path_factory.mktemp("books") / "empty.db"
    make_book(path, Clock()).close()
    return path


@pytest.fixture
def book(empty_book: Path, tmp_path: Path, clock: Clock) -> Iterator[Book]:
    """An open book that holds its opening only."""
    with Book.open(places.copied(empty_book, tmp_path / "book.db"), clock=clock, recorded_by="ada") as opened:
        yield opened


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, empty_book: Path) -> Callable[..., Path]:
    """A function that gives the file of a book made by these commands, to be copied."""

    @cache
    def make(*commands: str) -> Path:
        folder = tmp_path_factory.mktemp("made")
        places.copied(empty_book, folder / "book.db")
        with pytest.MonkeyPatch.context() as monkeypatch:
            settings_for(folder, monkeypatch)
            for command in commands:
                done(command)
        return folder / "book.db"

    return make


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, made: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder to type commands in, about a book in which the commands of ``BOOK`` in the test's module were done."""
    places.copied(made(*getattr(request.module, "BOOK", ())), tmp_path / "book.db")
    settings_for(tmp_path, monkeypatch)
    return tmp_path
