"""How long the command line takes to start and to record one pledge, beside what its libraries cost alone.

    python benchmarks/startup.py [RUNS]

Every case is run once in each round, so that what else the machine does falls on all of
them alike, and with compiled modules, as after an installation, whatever the environment
says. Two ratios matter: ``--help`` to a bare import of Typer, and ``pledge add`` to an
import of SQLModel with one durable commit. Standard library only.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 15

COMMIT = """
import sqlite3, sqlmodel, sys
book = sqlite3.connect(sys.argv[1], isolation_level=None)
book.execute("PRAGMA journal_mode=DELETE")
book.execute("PRAGMA synchronous=EXTRA")
book.execute("BEGIN IMMEDIATE")
book.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY)")
book.execute("INSERT INTO entry VALUES (1)")
book.execute("COMMIT")
"""
AIDLEDGER = "import sys; from cli.main import main; sys.argv[0] = 'aidledger'; main()"
ADD = ["pledge", "add", "GB", "GBP 1600000000", "--on", "2025-03-02", "--purpose", "military", "--instrument", "loan"]

Case = Callable[[Path], list[str]]


def python(code: str, *args: str) -> list[str]:
    """A fresh interpreter that runs this code, as the console script would."""
    return [sys.executable, "-c", code, *args]


CASES: dict[str, Case] = {
    "python -c pass": lambda _: python("pass"),
    "import typer": lambda _: python("import typer"),
    "aidledger --help": lambda _: python(AIDLEDGER, "--help"),
    "import sqlmodel": lambda _: python("import sqlmodel"),
    "import sqlmodel, one commit": lambda folder: python(COMMIT, str(folder / "plain.db")),
    "aidledger pledge add": lambda folder: python(AIDLEDGER, *ADD, "--book", str(folder / "book.db")),
}
RATIOS = (("aidledger --help", "import typer"), ("aidledger pledge add", "import sqlmodel, one commit"))


def run(command: list[str], cache: str) -> tuple[int, str]:
    """Run a command from the repository's root: hundredths of milliseconds, and what it complained of, if it failed."""
    env = os.environ | {"PYTHONPYCACHEPREFIX": cache}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter_ns()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - the commands above
    taken = (time.perf_counter_ns() - start) // 10_000
    complaint = done.stderr.strip() or f"exit code {done.returncode}"
    return taken, complaint.splitlines()[0] if done.returncode else ""


def fresh(template: Path, folder: Path) -> None:
    """A folder as it was before the last run: a book without a pledge, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)


def measure(runs: int) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Run every case in every round: the times of each, and why some could not be run."""
    times: dict[str, list[int]] = {name: [] for name in CASES}
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place:
        template, folder, cache = Path(place, "template"), Path(place, "now"), str(Path(place, "compiled"))
        template.mkdir()
        run(python(AIDLEDGER, "init", "--book", str(template / "book.db")), cache)
        for turn in range(runs + 1):  # the first turn warms the caches and is not counted
            for name, case in CASES.items():
                fresh(template, folder)
                taken, complaint = run(case(folder), cache)
                if complaint:
                    failed[name] = complaint
                elif turn:
                    times[name].append(taken)
    return times, failed


def main() -> None:
    """Measure and print a table of milliseconds, then the two ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    times, failed = measure(runs)
    print(f"{'milliseconds, ' + str(runs) + ' rounds':32}{'best':>8}{'median':>8}")
    for name, taken in times.items():
        if name in failed or not taken:
            print(f"{name:32}  could not be run: {failed.get(name, 'no rounds')}")
        else:
            print(f"{name:32}{min(taken) / 100:8.1f}{statistics.median(taken) / 100:8.1f}")
    print(f"\n{'ratio':32}{'best':>8}{'median':>8}")
    for ours, theirs in RATIOS:
        if times[ours] and times[theirs] and not failed.keys() & {ours, theirs}:
            best = min(times[ours]) / min(times[theirs])
            median = statistics.median(times[ours]) / statistics.median(times[theirs])
            print(f"{ours + ' / ' + theirs:32}{best:8.2f}{median:8.2f}")


if __name__ == "__main__":
    main()
