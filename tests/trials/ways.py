"""Ways: by which a process asks a book, through the ledger's own interface or by typing commands.

Either gives what was acknowledged as the checker reads it, and raises :class:`Refused` with the words of a refusal.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from cli.render import show
from ledger.book import Book
from ledger.errors import LedgerError
from ledger.formats.mapped.read import read
from ledger.locale import Language
from ledger.period import parse_moment
from ledger.proof import leaf
from ledger.selection import Selection
from tests.trials.operations import BATCH, Operation

ROOT = Path(__file__).parent.parent.parent
PROGRAM = "import sys; from cli.main import main; sys.argv[0] = 'aidledger'; main()"
SETTINGS = {"AIDLEDGER_LOCALE": "en", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}

_NOT_LEFT = ("left to draw on", "of its promise left")
"""How the refusal of a drawing reads, where all that is known of it is its words."""


class Refused(Exception):
    """The book said no: ``kind`` is the error's, as far as it can be known."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


class Way(Protocol):
    """How a book is asked."""

    name: str

    def ask(self, operation: Operation) -> Mapping[str, Any]:
        """What was acknowledged. Raises :class:`Refused`, or anything at all where something is wrong."""


class Direct:
    """Through the ledger's own interface, in a process that keeps the book open."""

    name = "api"

    def __init__(self, book: Book) -> None:
        self._book = book

    def ask(self, operation: Operation) -> Mapping[str, Any]:
        """What was acknowledged."""
        try:
            return self._asked(operation)
        except LedgerError as refused:
            raise Refused(type(refused).__name__, str(refused)) from None

    def _asked(self, operation: Operation) -> Mapping[str, Any]:
        if operation.kind == "report":
            return {"text": self._report(operation)}
        if operation.file:
            taken = self._book.take_in(read(operation.file, None, BATCH))
            return {name: getattr(taken, name) for name in ("imported", "unchanged", "rejected")}
        recorded = self._book.record_all(operation.steps)
        entries = [json.loads(leaf.line(each.entry)) for each in recorded]
        return {"entries": entries, "repeated": any(each.repeated for each in recorded)}

    def _report(self, operation: Operation) -> str:
        moment = operation.asks.get("known_at")
        table = self._book.totals(Selection(known_at=parse_moment(moment) if moment else None))
        stream = io.StringIO(newline="")
        show(table, "csv", Language("en"), stream)
        return stream.getvalue()


@contextmanager
def direct(place: str, name: str) -> Iterator[Direct]:
    """The book at a place, held open under the name of a process."""
    with Book.open(place, recorded_by=name) as book:
        yield Direct(book)


class Typed:
    """By the command line: each operation is a process of its own."""

    name = "cli"

    def __init__(self, place: str, name: str) -> None:
        self._place = place
        self._user = name

    def ask(self, operation: Operation) -> Mapping[str, Any]:
        """What was acknowledged."""
        shape = "csv" if operation.kind == "report" else "json"
        answer = typed(self._place, self._user, *operation.words, "--format", shape)
        if operation.kind == "report":
            return {"text": answer}
        found = json.loads(answer)
        if operation.file:
            return {name: found[0][name] for name in ("imported", "unchanged", "rejected")}
        return {"entries": [_entry(found)], "repeated": found[0].get("outcome") == "repeated"}


def typed(place: str, user: str, *words: str) -> str:
    """What a command prints about the book at a place. Raises :class:`Refused`."""
    command = [sys.executable, "-c", PROGRAM, *words, "--book", place]
    env = os.environ | SETTINGS | {"AIDLEDGER_USER": user}
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    said = done.stderr.decode()
    if done.returncode == 0:
        return done.stdout.decode()
    line = next((line for line in said.splitlines() if line.startswith("error: ")), "")
    if done.returncode not in {1, 2} or not line or "Traceback" in said:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {said}")
    raise Refused("Shortage" if any(words in line for words in _NOT_LEFT) else f"exit {done.returncode}", line)


def _entry(rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What the rows of a command say of the entry it recorded, by the names of the journal."""
    first = rows[0]
    entry = {"number": first["entry"], "on": first["on"], "kind": first["kind"]}
    if "id" in first:
        return entry | {"pledge": first["id"]}
    names = ("pledge", "stage", "commodity")
    postings = [
        {name: row[name] for name in names} | {"amount": row["debit"] or f"-{row['credit']}"}
        for row in rows
        if row["line"]
    ]
    return entry | {"postings": postings}
