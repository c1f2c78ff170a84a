"""kill -9: commands are killed at random moments, and what they leave is looked at from outside.

    python -m tests.trials.crash --rounds 500 --seed 8

In each round one command runs as a process group of its own, which is killed at a moment drawn evenly from the time
that an undisturbed one takes; in every third round the moment is aimed at the writing itself, some milliseconds after
a journal or a temporary file appears. Most are forked from a process that has everything loaded; every tenth starts
Python as a user does. Ends with 1 where anything is lost, doubled or half-written.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.commandline import PROGRAM, ROOT, typed
from tests.trials.deeds import BOOK, Deed, Deeds, Seen, at_desk, broken, look, run_here, say, strangers

GENERATION = 60
"""Rounds on one book: it stays small, so that looking at all of it stays quick."""

Start = Callable[[Deed, Path], int]


@dataclass
class Trial:
    """Rounds under way on one book after the other."""

    random: Random
    usual: dict[tuple[str, Start], float]
    """Seconds that a command takes undisturbed, by how it is started."""
    counted: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    def generation(self, rounds: Sequence[int]) -> None:
        """So many rounds on a new book."""
        with TemporaryDirectory() as name:
            folder, deeds, self.hidden = Path(name), Deeds(), set()
            at_desk(folder)
            undisturbed(forked, deeds.add(), folder)
            seen = look(folder)
            for number in rounds:
                deed = deeds.kinds[self.random.choice(list(deeds.kinds))]()
                before, seen = seen, self._round(number, deed, folder, seen)
                if deed.command == "journal close" and len(seen.lines) > len(before.lines):
                    deeds.closed()
            os.chdir(ROOT)

    def _round(self, number: int, deed: Deed, folder: Path, before: Seen) -> Seen:
        start = typed_anew if number % 10 == 0 else forked
        seconds = self.usual[deed.command, start]
        group = start(deed, folder)
        if number % 3 == 0:
            _await_writing(folder, seconds)
            sleep(self.random.uniform(0, 0.2 * self.usual[deed.command, forked]))
        else:
            sleep(self.random.uniform(0, 1.2 * seconds))
        code = kill(group)
        tally = self.counted.setdefault(deed.command, Counter())
        tally.update(["rounds", "too late" if code == 0 else "killed", *self._left(folder)])
        try:
            assert code in {0, -signal.SIGKILL}, f"exit {code}: {(folder / 'stderr').read_text()}"
            seen = look(folder)
            acknowledged = code == 0 or deed.acknowledged((folder / "stdout").read_text())
            tally.update(_judged(deed, before, seen, acknowledged=acknowledged))
            problems = [*broken(folder / BOOK), *(f"{name} was left" for name in strangers(folder))]
            assert not problems, "; ".join(problems)
        except (AssertionError, ValueError, OSError) as error:
            tally.update(["lost"])
            self.wrong.append(f"round {number}, {deed.command}: {type(error).__name__} {error}")
            seen = look(folder)
        return seen

    def _left(self, folder: Path) -> list[str]:
        """What the dead left behind, which nobody would take for the book or an export."""
        journal = folder / f"{BOOK}-journal"
        found = ["journals"] if journal.exists() and journal.stat().st_size else []
        hidden = {path.name for path in folder.iterdir() if path.name.startswith(".")}
        new, self.hidden = hidden - self.hidden, hidden
        return found + ["remainders"] * len(new)


def _judged(deed: Deed, before: Seen, now: Seen, *, acknowledged: bool) -> list[str]:
    """What has become of a deed. Raises :class:`AssertionError` where it is neither done nor not done."""
    assert now.lines[: len(before.lines)] == before.lines, "what was recorded before is no longer what it was"
    new = len(now.lines) - len(before.lines)
    assert new in (0, deed.entries), f"{new} of {deed.entries} entries"
    for place in {*before.exports, *now.exports} - set(deed.cleared):
        was, found = before.exports.get(place), now.exports.get(place)
        assert found is not None, f"{place} was there, and is gone"
        changed = was is None or found.sha256 != was.sha256
        assert not changed or (place == deed.writes and found.current), f"{place} is not of this book as it stands"
    if acknowledged:
        assert new == deed.entries, f"acknowledged, and {new} of {deed.entries} entries are there"
        assert not deed.writes or now.exports[deed.writes].current, f"{deed.writes} is acknowledged, and an older one"
    done = new > 0 or (deed.writes and now.exports != before.exports)
    return ["acknowledged"] if acknowledged else ["unacknowledged"] if done else []


# Processes


def forked(deed: Deed, folder: Path) -> int:
    """Run a command in a child of this process, the leader of its own group."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        run_here(deed, folder)
    with suppress(OSError):
        os.setpgid(child, child)
    return child


def typed_anew(deed: Deed, folder: Path) -> int:
    """Run a command as a user does, Python and all, as the leader of its own group."""
    with (folder / "stdout").open("w") as stdout, (folder / "stderr").open("w") as stderr:
        started = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *deed.words],
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    started.returncode = 0  # it is waited for by its id
    return started.pid


def kill(group: int) -> int:
    """Kill a process group, and give its leader's exit code, which is negative for a signal that was in time."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    _, status = os.waitpid(group, 0)
    return os.waitstatus_to_exitcode(status)


def undisturbed(start: Start, deed: Deed, folder: Path) -> float:
    """Seconds that a command takes if nothing happens to it."""
    began = monotonic()
    _, status = os.waitpid(start(deed, folder), 0)
    took = monotonic() - began
    assert os.waitstatus_to_exitcode(status) == 0, (deed, (folder / "stderr").read_text())
    return took


def _await_writing(folder: Path, seconds: float) -> None:
    """Wait until something is being written: a journal or a temporary file is there."""
    there, until = set(os.listdir(folder)), monotonic() + 2 * seconds  # noqa: PTH208 - quicker, and it is asked often
    while set(os.listdir(folder)) == there and monotonic() < until:  # noqa: PTH208
        sleep(0.0001)


def usual_times() -> dict[tuple[str, Start], float]:
    """How long each command takes undisturbed: the median of three, and what it takes longer when typed anew."""
    with TemporaryDirectory() as name:
        folder, deeds = Path(name), Deeds()
        at_desk(folder)
        begun = undisturbed(typed_anew, deeds.add(), folder) - undisturbed(forked, deeds.add(), folder)
        found: dict[tuple[str, Start], float] = {}
        for command, make in deeds.kinds.items():
            took = []
            for _ in range(3):
                took.append(undisturbed(forked, make(), folder))
                if command == "journal close":
                    deeds.closed()
            found[command, forked] = median(took)
            found[command, typed_anew] = median(took) + max(0, begun)
        os.chdir(ROOT)
    return found


# The report

COLUMNS = ("rounds", "killed", "too late", "acknowledged", "unacknowledged", "journals", "remainders", "lost")


def report(trial: Trial) -> None:
    """Print what was tried and what was found, a line for each command."""
    say(f"{'':14}" + "".join(f"{column:>15}" for column in COLUMNS))
    total: Counter[str] = Counter()
    for command in Deeds().kinds:
        tally = trial.counted.get(command, Counter())
        total.update(tally)
        say(f"{command:14}" + "".join(f"{tally[column]:15}" for column in COLUMNS))
    say(f"{'all':14}" + "".join(f"{total[column]:15}" for column in COLUMNS))
    for each in trial.wrong:
        say(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds, print the report, and return 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=8)
    asked = parser.parse_args(arguments)
    began = monotonic()
    warm()
    trial = Trial(Random(asked.seed), usual_times())  # noqa: S311 - a trial is to be repeated
    for first in range(1, asked.rounds + 1, GENERATION):
        trial.generation(range(first, min(first + GENERATION, asked.rounds + 1)))
    say(f"kill -9: {asked.rounds} rounds, seed {asked.seed}, {monotonic() - began:.0f} s")
    report(trial)
    return int(bool(trial.wrong))


def warm() -> None:
    """Load all that the commands load, so that a child has it already."""
    with TemporaryDirectory() as name:
        at_desk(Path(name))
        deeds = Deeds()
        for make in deeds.kinds.values():
            deed = make()
            answer = typed("", *deed.words)
            assert answer.code == 0, answer
        os.chdir(ROOT)


if __name__ == "__main__":
    sys.exit(main())
