"""What the log costs: recording beside a first head over a large book, and later heads beside that one.

    python benchmarks/log.py [ENTRIES]

It makes a new book of so many entries (1,000,000 if not said) by writing their rows, then measures in one process: an
entry recorded before there is any head and after the first one; the first head; the head after a few more entries and
after a thousand more; and hashing every line again, as `verify` does: processor time. What counts are the ratios.
"""

import gc
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli.session import RARELY  # noqa: E402 - the code beside this script
from ledger.audit.verification import Trust  # noqa: E402
from ledger.book import Book  # noqa: E402
from ledger.recognition.steps import RegisterItem  # noqa: E402
from ledger.signing.key import create  # noqa: E402

COPY = """
    INSERT INTO entry (book, number, on_date, recorded_at, recorded_by, kind, pledge, postings, line)
    SELECT book, ?, on_date, recorded_at, recorded_by, kind, pledge, postings, replace(line, '"number":2', ?)
    FROM entry WHERE number = 2
"""
ROUNDS = 20


def seconds(case: Callable[[], object]) -> float:
    """The processor time that something takes."""
    start = time.process_time()
    case()
    return time.process_time() - start


def recorded(book: Book, first: int, count: int = ROUNDS) -> float:
    """How long an entry takes to be recorded by itself: the least of a few."""
    return min(
        seconds(lambda number=number: book.record(RegisterItem(code=f"item-{number}", name="An item")))
        for number in range(first, first + count)
    )


def main() -> None:
    """Measure, and print seconds."""
    gc.set_threshold(*RARELY)  # as the command line has it
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.sqlite"
        key = create(Path(folder) / "key", "benchmark")
        with Book.create(str(path), recorded_by="benchmark") as book:
            book.record(RegisterItem(code="item-2", name="An item with a name as long as the note of a pledge"))
            with sqlite3.connect(path) as plain:
                plain.executemany(COPY, ((number, f'"number":{number}') for number in range(3, size + 1)))
            plain.close()
            print(f"| over {size:,} entries | processor time, s |\n|---|---|")
            before = recorded(book, size + 1)
            first = seconds(lambda: book.checkpoint(key))
            for name, taken in (
                ("an entry recorded, no head yet", before),
                ("the first head", first),
                ("an entry recorded after it", recorded(book, size + 1 + ROUNDS)),
                (f"the head after {ROUNDS} more", seconds(lambda: book.checkpoint(key))),
                ("the same head again", seconds(lambda: book.checkpoint(key))),
                ("an entry recorded after several", recorded(book, size + 1 + 2 * ROUNDS, 1000)),
                ("the head after 1,000 more", seconds(lambda: book.checkpoint(key))),
                ("every line hashed again: verify", seconds(lambda: book.verify(Trust()))),
            ):
                print(f"| {name} | {taken:.4f} |", flush=True)


if __name__ == "__main__":
    main()
