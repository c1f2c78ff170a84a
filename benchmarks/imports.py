"""How fast a table of pledges is imported, beside plain SQLite writing the same rows.

    python benchmarks/imports.py [ROWS | FILE.csv]

A table with the columns of ``gen-map.toml`` is imported into a new book by the command, a process of its own from
start to end. Then ``sqlite3.executemany`` writes every row that the import made into another new book: the same
tables, indexes and triggers, one transaction. The ratio of the two rates is what counts; nothing is imported twice.
Standard library only.
"""

import csv
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = 100_000
HEADER = [
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
]
TABLES = ("posting", "entry", "pledge", "account", "tally", "serial", "source")
AIDLEDGER = "import sys; from cli.main import main; sys.argv[0] = 'aidledger'; main()"


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


def command(*words: str) -> None:
    """Run the command line in a process of its own."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", AIDLEDGER, *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def imported(file: Path, book: Path) -> tuple[float, int]:
    """The seconds that an import takes, and the most memory it held, in MiB."""
    command("init", "--book", str(book))
    start = time.perf_counter()
    command("import", "csv", str(file), "--map", "benchmarks/gen-map.toml", "--book", str(book), "--format", "csv")
    taken = time.perf_counter() - start
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def written_plainly(made: Path, book: Path) -> float:
    """The seconds in which plain SQLite writes what an import made into a new book."""
    command("init", "--book", str(book))
    there, here = sqlite3.connect(made), sqlite3.connect(book, isolation_level=None)
    (own,) = here.execute("SELECT id FROM book").fetchone()
    rows = {}
    for table in TABLES:
        known = {row[1:3] for row in here.execute(f"SELECT * FROM {table}")}  # noqa: S608 - tables named above
        found = there.execute(f"SELECT * FROM {table}")  # noqa: S608
        rows[table] = [(own, *row[1:]) for row in found if row[1:3] not in known and row[1:2] != (1,)]
    for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "recursive_triggers=ON"):
        here.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    here.execute("BEGIN IMMEDIATE")
    for table, some in rows.items():
        if some:
            here.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)  # noqa: S608
    here.execute("COMMIT")
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print rows a second and the ratio."""
    given = sys.argv[1] if len(sys.argv) > 1 else str(ROWS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "pledges.csv" if given.isdigit() else Path(given).resolve()
        if given.isdigit():
            with file.open("w", encoding="utf-8", newline="") as to:
                csv.writer(to).writerows([HEADER, *pledges(int(given))])
        with file.open(encoding="utf-8") as lines:
            count = sum(1 for _ in lines) - 1
        ours, memory = imported(file, folder / "imported.db")
        plain = written_plainly(folder / "imported.db", folder / "plain.db")
    print(
        f"{count} rows: import {count / ours:,.0f} a second ({memory} MiB), plain SQLite {count / plain:,.0f} a second"
    )
    print(f"the import's rate is {plain / ours:.2f} of it")


if __name__ == "__main__":
    main()
