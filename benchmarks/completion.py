"""How long a shell waits for completions from a large book, beside what Python and Typer take to start alone.

    python benchmarks/completion.py [BOOK [RUNS]]

Without BOOK, one of 100,000 pledges is imported first, which takes a minute. Every case is a whole process and is run
once in each round, so that what else the machine does falls on all of them alike, and with compiled modules, as after
an installation. What counts are the ratios. Standard library only.
"""

import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from processes import AIDLEDGER, ROOT, done

RUNS = 15
ROWS = 100_000
HEADER = (
    "id",
    "date",
    "donor",
    "instrument",
    "funding_source",
    "currency",
    "amount",
    "payee",
    "description",
    "source_url",
)
ALONE = {"python -c pass": "pass", "import typer": "import typer"}
WORDS = {
    "a command": ["pledge", "dis"],
    "a pledge": ["pledge", "disburse", "P00"],
    "a donor": ["pledge", "add", ""],
    "a donor, in Ukrainian": ["--locale", "uk", "pledge", "add", ""],
    "a currency": ["pledge", "add", "GB", "'1.6bn G"],
    "a dimension": ["report", "totals", "--by", "donor,"],
    "an entry": ["journal", "show", ""],
}


def pledges(count: int) -> Iterator[list[str]]:
    """Made-up pledges, the same each time."""
    chance = random.Random(7)  # noqa: S311 - a workload, not a secret
    donors = (("US", "USD"), ("DE", "EUR"), ("GB", "GBP"), ("JP", "JPY"), ("NO", "NOK"), ("KW", "KWD"))
    instruments = ("MilitaryAid", "ExportFinancing", "Loan", "Grant", "Humanitarian")
    sources = ("StateBudget", "DefenceStock", "PeaceFacility", "ExportCreditAgency", "DevelopmentBank", "PrivateFund")
    for number in range(1, count + 1):
        donor, currency = chance.choice(donors)
        on = date(2022, 2, 1) + timedelta(number * 1600 // count)
        yield [
            f"P{number:07}", on.isoformat(), donor, chance.choice(instruments), chance.choice(sources), currency,
            str(chance.randrange(10_000, 300_000_000)), f"{donor} Ministry of Defence",
            f"artillery ammunition, tranche {number % 400}", f"https://aid.example/{donor.lower()}/{number:07}",
        ]  # fmt: skip


def book_of(folder: Path, count: int) -> Path:
    """A new book of so many pledges."""
    file, book = folder / "pledges.csv", folder / "book.db"
    with file.open("w", encoding="utf-8", newline="") as to:
        csv.writer(to).writerows([HEADER, *pledges(count)])
    done([sys.executable, "-c", AIDLEDGER, "init", "--book", str(book)])
    words = ["import", "csv", str(file), "--map", "benchmarks/gen-map.toml", "--book", str(book), "--format", "csv"]
    done([sys.executable, "-c", AIDLEDGER, *words])
    return book


def seconds(code: str, words: list[str], book: Path, cache: str) -> tuple[float, str]:
    """The time that a process takes, and what it prints."""
    env = os.environ | {"PYTHONPYCACHEPREFIX": cache, "_AIDLEDGER_COMPLETE": "fish", "AIDLEDGER_BOOK": str(book)}
    env = {name: value for name, value in env.items() if name not in {"PYTHONDONTWRITEBYTECODE", "AIDLEDGER_LOCALE"}}
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, env=env, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - start, done.stdout.decode()


def measure(book: Path, runs: int) -> dict[str, list[float]]:
    """The seconds of every case, in every round but the first, which warms the caches."""
    cases = {name: (code, []) for name, code in ALONE.items()} | {
        name: (AIDLEDGER, words) for name, words in WORDS.items()
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    with tempfile.TemporaryDirectory() as cache:
        for turn in range(runs + 1):
            for name, (code, words) in cases.items():
                taken, printed = seconds(code, words, book, cache)
                if name in WORDS and printed.count("\n") < 2:  # noqa: PLR2004 - what to do, and one offer
                    sys.exit(f"{name}: nothing is offered")
                times[name] += [taken] if turn else []
    return times


def main() -> None:
    """Measure, and print milliseconds and the ratios of their medians."""
    given, runs = sys.argv[1:2], int(sys.argv[2]) if len(sys.argv) > 2 else RUNS  # noqa: PLR2004 - the second
    with tempfile.TemporaryDirectory() as folder:
        book = Path(given[0]).resolve() if given else book_of(Path(folder), ROWS)
        times = measure(book, runs)
    alone = [statistics.median(times[name]) for name in ALONE]
    print(f"{'milliseconds, ' + str(runs) + ' rounds':24}{'best':>8}{'median':>8}{'/ python':>10}{'/ typer':>10}")
    for name, taken in times.items():
        median = statistics.median(taken)
        ratios = "".join(f"{median / each:10.2f}" for each in alone)
        print(f"{name:24}{1000 * min(taken):8.1f}{1000 * median:8.1f}{ratios}")


if __name__ == "__main__":
    main()
