"""Other people's programs: hledger and Beancount read what is exported for them, and say what they understood.

Their names of accounts are read back here by the rules in docs/formats.md, not by the ledger's own code.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from ledger.book import Book
from ledger.formats.plaintext import beancount, hledger
from ledger.formats.plaintext.content import Content
from ledger.selection import EVERYTHING, Selection
from tests import places
from tests.world import announce, commit, disburse, draw, records, register_item, reverse

Account = tuple[str, str, str, str]
"""Stage, donor, pledge, commodity."""

needs_hledger = pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is missing: apt install hledger")


def for_hledger(book: Book, chosen: Selection = EVERYTHING, rates: Sequence[str] = ("ecb",)) -> str:
    """The journal as hledger is handed it."""
    with book.journal_for_others(chosen, rates) as content:
        return "".join(hledger.journal(content))


def for_beancount(book: Book, chosen: Selection = EVERYTHING, rates: Sequence[str] = ("ecb",)) -> str:
    """The journal as Beancount is handed it."""
    with book.journal_for_others(chosen, rates) as content:
        return "".join(beancount.journal(content))


def content(**parts: Any) -> Content:
    """A journal of nothing, but for these parts."""
    nothing: dict[str, Any] = dict.fromkeys(("commodities", "kinds", "accounts", "prices", "unpriced", "entries"), ())
    return Content(**{"about": ("a journal",), "since": "2025-03-02"} | nothing | parts)


@contextmanager
def kept_small(empty_book: Path, folder: Path) -> Iterator[Book]:
    """A book whose exports fit on two pages: an escape, a facility, items, a memorandum, a reversal, two citations."""
    place = places.copied(empty_book, folder / "small.db")
    with Book.open(place, clock=lambda: datetime(2025, 3, 2, 18, 30, tzinfo=UTC), recorded_by="ada") as book:
        register_item(book)
        parent = announce(
            book, "GB", "3500000000 GBP", "at_least 5000 air-defence-missile", id="limit/2025;a", on="2025-03-01"
        )
        child = announce(book, "GB", "250.50 GBP", id="part", title='Missiles; "5,000+" | «Ракети»', on="2025-02-28")
        draw(book, parent, child, "100 GBP", on="2025-03-01", note="of the limit")
        commit(
            book, child, on="2025-03-01", cite="https://example.org/a?b=1,2;c", note='said "so", he', origin="paper:7"
        )
        disburse(book, child, "50.25 GBP", on="2025-03-02", paid="9007199254740993 JPY")
        reverse(book, 7, note="not paid; after all")
        announce(book, "NO", title="Not disclosed")
        yield book


def as_golden(journal: str, book: Book) -> str:
    """A journal without what differs from one making of the book to the next."""
    return journal.replace(book.uid, "00000000-0000-4000-8000-000000000000")


# The programs


def asked_of_hledger(journal: str, *words: str) -> str:
    """What hledger prints of a journal; it says nothing else, and finds nothing wrong."""
    return _run(["hledger", "-f", "-", *words], journal)


def rows_of_hledger(journal: str, *words: str) -> list[dict[str, str]]:
    """What hledger prints of a journal, as rows."""
    return list(csv.DictReader(io.StringIO(asked_of_hledger(journal, *words, "-O", "csv"), newline="")))


def beans_check(journal: str, folder: Path) -> Path:
    """The file of a journal that bean-check finds nothing wrong with."""
    path = folder / "book.beancount"
    path.write_text(journal, encoding="utf-8", newline="")
    assert _run([_beside("bean-check"), str(path)]) == ""
    return path


def rows_of_beancount(path: Path, query: str) -> list[dict[str, str]]:
    """What bean-query answers, as rows."""
    printed = _run([_beside("bean-query"), "-f", "csv", str(path), query])
    return [{name: value.strip() for name, value in row.items()} for row in csv.DictReader(io.StringIO(printed))]


def _beside(program: str) -> str:
    found = shutil.which(program, path=Path(sys.executable).parent) or shutil.which(program)
    assert found, f"{program} is missing: it comes with the extra 'test'"
    return found


def _run(command: list[str], typed: str = "") -> str:
    env = os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    found = subprocess.run(command, input=typed.encode(), env=env, capture_output=True, check=False)
    assert (found.returncode, found.stderr.decode()) == (0, ""), found
    return found.stdout.decode()


# Names and texts, read back


def from_hledger(name: str) -> str:
    """A part of an account's name in hledger as it was: escaped as an address is."""
    return unquote(name, errors="strict")


def said_in_hledger(text: str) -> str:
    """A text of hledger's without its escapes, which are JSON's."""
    return str(json.loads('"' + text.replace('"', '\\"') + '"'))


def from_beancount(name: str) -> str:
    """A part of an account's name in Beancount as it was."""
    return re.sub("--([0-9A-F]+)-|(.)", _letter, name.removeprefix("X-"), flags=re.DOTALL)


def _letter(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[0]


# What they make of a book


def held_by_hledger(journal: str) -> dict[Account, Fraction]:
    """The balance of each account by hledger, those of zero too."""
    rows = rows_of_hledger(journal, "balance", "--flat", "-E", "-N", "--layout=bare")
    found = {}
    for row in rows:
        if row["account"].count(":"):
            stage, *more = row["account"].split(":")
            donor, pledge = map(from_hledger, more)
            found[stage, donor, pledge, row["commodity"]] = Fraction(row["balance"])
    return found


def held_by_beancount(path: Path) -> dict[Account, Fraction]:
    """The balance of each account by bean-query, those of zero too."""
    query = "SELECT account, currency, sum(number) AS held GROUP BY account, currency"
    found = {}
    for row in rows_of_beancount(path, query):
        _, stage, *more = row["account"].split(":")
        donor, pledge = map(from_beancount, more)
        found[stage.lower(), donor, pledge, row["currency"]] = Fraction(row["held"])
    return found


def held(book: Book, chosen: Selection = EVERYTHING, code: Callable[[str], str] = str) -> dict[Account, Fraction]:
    """The balance of each account by ``report trial-balance``; ``code`` is what a commodity is called elsewhere."""
    donors = dict(_donors(book, chosen))
    return {
        (str(row["stage"]), donors[str(row["pledge"])], str(row["pledge"]), code(str(row["commodity"]))): Fraction(
            str(row["balance"])
        )
        for row in records(book.trial_balance(chosen))
    }


def _donors(book: Book, chosen: Selection) -> Iterator[tuple[str, str]]:
    with book.register(chosen) as lines:
        for row in csv.DictReader(io.StringIO("".join(lines), newline="")):
            yield row["pledge"], row["donor"]
