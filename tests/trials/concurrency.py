"""The concurrency trial: many processes on one book for a while, some of them killed, and then the books are checked.

    python -m tests.trials.concurrency --processes 8 --seconds 60
    python -m tests.trials.concurrency --book "postgresql://localhost/aid?book=trial" --keep FOLDER

Every fourth process types commands, the others keep the book open. Now and then one is killed (SIGKILL) and replaced.
What each asked and was answered goes to ``FOLDER/history``; afterwards the book is exported and judged by
:mod:`tests.trials.history`, which knows nothing of the ledger. Ends with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory
from time import monotonic_ns, sleep

from ledger.book import Book
from ledger.store.database import PATIENCE
from tests.server import start
from tests.trials.pace import paces
from tests.trials.ways import ROOT, Refused, typed
from tests.trials.worker import Trial, work

TYPING = 4
"""Each process of so many types commands."""

KILLING = 2.0
"""Seconds from one killing to the next, on the average."""

_SECOND = 1_000_000_000
_FORK = multiprocessing.get_context("fork")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try it, check it, and say what came of it."""
    asked = _parser().parse_args(arguments)
    with _folder(asked.keep) as folder, _server(asked):
        place = asked.book or str(folder / "book.db")
        typed(place, "trial", "init")
        _tell(f"seed {asked.seed}: {asked.processes} processes for {asked.seconds} seconds")
        _run(asked, place, folder)
        return _judge(place, folder)


@contextmanager
def _server(asked: argparse.Namespace) -> Iterator[None]:
    """A server of the trial's own, where one is wanted: it acknowledges what is on the disk, as others do."""
    if not asked.server:
        yield
        return
    place, stop = start(fsync="on", full_page_writes="on", synchronous_commit="on")
    asked.book = place.replace("/?", "/postgres?")
    try:
        yield
    finally:
        stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.concurrency", description=str(__doc__).split("\n")[0])
    parser.add_argument("--book", metavar="PLACE", help="where the book is made: a path or an address; a file if not")
    parser.add_argument("--server", action="store_true", help="a PostgreSQL server is started for it, which syncs")
    parser.add_argument("--processes", type=int, default=8, help="how many at once; 8 if not said")
    parser.add_argument("--seconds", type=int, default=60, help="for how long; 60 if not said")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**32), help="what chance begins with")
    parser.add_argument("--keep", metavar="DIR", help="a folder for the history and the exports, which stay there")
    return parser


@contextmanager
def _folder(kept: str | None) -> Iterator[Path]:
    """A folder for one trial: the one that is named, else one for the time being."""
    with TemporaryDirectory() as passing:
        folder = Path(kept or passing).absolute()
        (folder / "history").mkdir(parents=True)
        yield folder


def _run(asked: argparse.Namespace, place: str, folder: Path) -> None:
    """Let them work until time is up, and kill one now and then."""
    with Book.open(place) as book:  # what is loaded here, no process has to load again
        book.totals()
    start = monotonic_ns()
    trial = Trial(place, folder, asked.seed, start, start + asked.seconds * _SECOND)
    running = [_begun(trial, number, 0) for number in range(asked.processes)]
    chance, killed = Random(asked.seed), 0  # noqa: S311 - it guards nothing
    while monotonic_ns() < trial.end:
        sleep(chance.uniform(0.5, 1.5) * KILLING)
        if monotonic_ns() < trial.end:
            killed += 1
            number = chance.randrange(asked.processes)
            _kill(running[number])
            running[number] = _begun(trial, number, killed)
    _await(running)
    _tell(f"{killed} processes were killed and replaced")


def _begun(trial: Trial, number: int, times: int) -> BaseProcess:
    types = number % TYPING == TYPING - 1
    process = _FORK.Process(target=work, args=(trial, f"{number}.{times}"), kwargs={"types": types})
    process.start()
    return process


def _kill(process: BaseProcess) -> None:
    """Kill a process, and the command that it types."""
    with suppress(ProcessLookupError):  # before it has a group of its own, it has typed nothing
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    process.join()


def _await(running: Sequence[BaseProcess]) -> None:
    """Wait for the last answers. Raises where a process does not end, or not well."""
    for process in running:
        process.join(2 * PATIENCE)
        if process.exitcode != 0:
            for each in running:
                _kill(each)
            raise RuntimeError(f"a process ended with {process.exitcode}: see what it said above")


def _judge(place: str, folder: Path) -> int:
    """Export the book, let the checker judge it, and say how fast it went."""
    try:
        typed(place, "trial", "export", "csv", "--out", str(folder / "export.csv"))
        typed(place, "trial", "export", "audit", "--unsigned", "--out", str(folder / "audit"))
        typed(place, "trial", "check")
    except Refused as refused:
        _tell(f"BROKEN: {refused}")
        return 1
    sys.stdout.flush()
    verify = [sys.executable, "-I", str(folder / "audit" / "verify.py")]
    verified = subprocess.run(verify, capture_output=True, text=True, check=False)
    if verified.returncode:
        _tell(f"BROKEN: {verified.stdout}{verified.stderr}")
    checker = [sys.executable, "-m", "tests.trials.history", str(folder)]
    judged = subprocess.run(checker, cwd=ROOT, check=False)
    for line in paces(folder):
        _tell(line)
    return int(bool(verified.returncode or judged.returncode))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
