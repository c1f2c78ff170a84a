"""The ledger and the floors: what each is asked by which command, and what is made ready for it first."""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import uuid4

from processes import AIDLEDGER, Program, Taken, done, measured
from workload import PRICES, Workload

HERE = Path(__file__).resolve().parent
CASES = ("import", "check", "totals", "euros", "csv", "add")
"""What is measured, in this order: on a server, what was added stays."""

OURS, EMPTY, SERVER = "aidledger", "aidledger, empty book", "aidledger on PostgreSQL"
HAND, TALLIES, WRITER = "SQL by hand", "SQL by hand over tallies", "csv.writer"
COMMIT, PLAIN, COPY = "import sqlmodel, one commit", "sqlite3", "PostgreSQL COPY"
TELLING = (PLAIN, COPY)
"""Programs that say themselves what their writing took: what else they do is to find the rows."""


class Books:
    """The books of one size: two that are asked, and others that are written to. On a server, each run has its own."""

    def __init__(self, workload: Workload, server: str | None = None) -> None:
        self.workload, self._server = workload, server
        self.filled, self.empty = workload.path("filled.db"), workload.path("empty.db")
        self._run, self._turns = uuid4().hex[:8], count(1)

    def make(self) -> Taken | None:
        """Make the two that are asked, where they are not there yet; what the import took, if there was one."""
        taken = None
        for book in (self.empty, self.filled):
            if not book.exists():
                done(_ours("init", book=book))
        if not _holds(self.filled, "pledge"):
            taken = measured(_importing(self.workload, self.filled), self.workload.path("import.out"))
        if not _holds(self.filled, "rate"):
            done(_pricing(self.workload, self.filled))
        return taken

    def programs(self) -> list[Program]:
        """The ledger, its floors, and both again on a server if one is given."""
        here = [self._on_sqlite(), self._on_empty(), *self._floors()]
        return [*here, *self._on_server()] if self._server else here

    def _on_sqlite(self) -> Program:
        new, more = self.workload.path("new.db"), self.workload.path("more.db")
        importing, adding = _importing(self.workload, new), _adding(self.workload, more)
        return Program(
            OURS,
            {
                "import": lambda: self._anew(self.empty, new, importing),
                "add": lambda: adding if more.exists() else self._anew(self.filled, more, adding),
                **_asking(self.filled),
            },
        )

    def _on_empty(self) -> Program:
        small = self.workload.path("small.db")
        adding = _adding(self.workload, small)
        return Program(EMPTY, {"add": lambda: self._anew(self.empty, small, adding)})

    def _floors(self) -> list[Program]:
        book, plain, commits = self.filled, self.workload.path("plain.db"), self.workload.path("commits.db")
        writing = _by_hand("insert", book, plain)
        return [
            Program(HAND, {"totals": lambda: _by_hand("totals", book), "euros": lambda: _by_hand("euros", book)}),
            Program(TALLIES, {"totals": lambda: _by_hand("tallies", book)}),
            Program(WRITER, {"csv": lambda: _by_hand("csv", book)}),
            Program(COMMIT, {"add": lambda: _by_hand("commit", commits)}),
            Program(PLAIN, {"import": lambda: self._anew(self.empty, plain, writing)}),
        ]

    def _on_server(self) -> list[Program]:
        """The ledger and its floor on a server, where nothing is ever taken away: each import has a new book."""
        book = self._another()
        done(_importing(self.workload, book))
        done(_pricing(self.workload, book))
        return [
            Program(
                SERVER,
                {
                    "import": lambda: _importing(self.workload, self._another()),
                    "add": lambda: _adding(self.workload, book),
                    **_asking(book),
                },
            ),
            Program(COPY, {"import": lambda: _by_hand("copy", self.filled, self._another())}),
        ]

    def _another(self) -> str:
        """A new book on the server."""
        name = f"bench-{self.workload.size}-{self._run}-{next(self._turns)}"
        address = f"{self._server}{'&' if '?' in str(self._server) else '?'}book={name}"
        done(_ours("init", book=address))
        return address

    @staticmethod
    def _anew(of: Path, book: Path, command: list[str]) -> list[str]:
        shutil.copyfile(of, book)
        return command


def _holds(book: Path, table: str) -> bool:
    with closing(sqlite3.connect(book)) as opened:
        return opened.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608 - named above


def _ours(*words: str, book: Path | str) -> list[str]:
    """A command line of the ledger, of the code beside this script."""
    return [sys.executable, "-c", AIDLEDGER, *words, "--book", str(book)]


def _by_hand(what: str, *places: Path | str) -> list[str]:
    return [sys.executable, str(HERE / "by_hand.py"), what, *map(str, places)]


def _importing(workload: Workload, book: Path | str) -> list[str]:
    file, how = str(workload.path("pledges.csv")), str(HERE / "gen-map.toml")
    return _ours("import", "csv", file, "--map", how, "--format", "csv", book=book)


def _pricing(workload: Workload, book: Path | str) -> list[str]:
    return _ours("rate", "import", str(workload.path("rates.csv")), "--as", PRICES, book=book)


def _adding(workload: Workload, book: Path | str) -> list[str]:
    one = workload.one()
    return _ours(
        "pledge", "add", one["donor"], f"{one['amount']} {one['currency']}", "--on", one["date"], "--purpose",
        "humanitarian", "--instrument", "in_kind", "--source", "budget", "--cite", one["source_url"],
        "--title", f"{one['payee']}: {one['description']}", book=book,
    )  # fmt: skip


def _asking(book: Path | str) -> dict[str, Callable[[], list[str]]]:
    """What is asked of a book and changes nothing."""
    totals = ("report", "totals", "--format", "csv")
    return {
        "check": lambda: _ours("check", "--format", "csv", book=book),
        "totals": lambda: _ours(*totals, book=book),
        "euros": lambda: _ours(*totals, "--in", "EUR", "--rates", PRICES, book=book),
        "csv": lambda: _ours("export", "csv", book=book),
    }
