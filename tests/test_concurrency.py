"""Many processes on one book: a short trial, and what a look at the past waits for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import StoreRefusal
from tests import places
from tests.trials.history import OF_THE_CALLS
from tests.trials.soundness import CHECKS
from tests.world import Clock, announce, entries, measures, records, refused, selection

ROOT = Path(__file__).parent.parent


def test_four_processes_record_and_report_and_every_promise_is_kept(tmp_path: Path) -> None:
    asked = ["--processes", "4", "--seconds", "4", "--seed", "8", "--keep", str(tmp_path / "kept")]
    command = [sys.executable, "-m", "tests.trials.concurrency", "--book", places.at(tmp_path / "trial.db"), *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    kept = [line for line in done.stdout.splitlines() if line.startswith("kept ")]
    assert len(kept) == len(CHECKS) + len(OF_THE_CALLS), done.stdout
    assert "processes were killed and replaced" in done.stdout


@pytest.fixture
def other(book: Book, clock: Clock) -> Iterator[Book]:
    """The same book, opened by somebody who does not wait."""
    place = places.at(places.path_of(book))
    with Book.open(place, clock=clock, recorded_by="bob", patience=0) as opened:
        yield opened


def test_what_was_known_just_now_waits_for_who_writes(book: Book, other: Book, clock: Clock) -> None:
    with book.together():
        announce(book, "GB", "100 GBP")
        moment = clock()
        with refused(StoreRefusal, "is locked by another process"):
            other.totals(selection(known_at=moment))
        with refused(StoreRefusal, "is locked by another process"):
            other.changes(selection(known_at=moment - timedelta(days=1)), selection(known_at=moment))
    assert measures(other, known_at=moment) == {"pledged": "100.00", "outstanding": "100.00"}


def test_what_was_known_before_the_last_entry_waits_for_nobody(book: Book, other: Book) -> None:
    for _ in range(2):
        announce(book, "GB", "100 GBP")
    (*_, earlier, last) = entries(book)
    with book.together():
        announce(book, "GB", "100 GBP")
        assert measures(other, known_at=earlier.recorded_at)["pledged"] == "100.00"
        assert measures(other, known_at=last.number)["pledged"] == "200.00"
        assert measures(other)["pledged"] == "200.00"


def test_who_may_only_read_does_not_wait(book: Book, clock: Clock) -> None:
    announce(book, "GB", "100 GBP")
    with Book.open(places.read_only(places.path_of(book)), clock=clock, recorded_by="eve") as reader:
        assert measures(reader, known_at=clock())["pledged"] == "100.00"


def test_a_look_at_the_past_records_nothing_and_can_be_interrupted(book: Book, clock: Clock) -> None:
    told: list[int] = []
    book.database.settled = lambda: told.append(1)
    before = records(book.journal())
    book.totals(selection(known_at=clock()))
    assert (records(book.journal()), told) == (before, [])
