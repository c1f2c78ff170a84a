"""A failing disk: each system call by which a command writes is refused in turn, as a bad or full disk would.

    python -m tests.trials.faults
    python -m tests.trials.faults --command "pledge add" --every 3

Each command is run once to count its calls, then once for every call and error: from that call on (``when=N+``) all of
its kind fail, with EIO or ENOSPC, by strace. What is done is looked at from outside: it exits 0 and is done in full, or
exits 1 with one line; then nothing was done, unless that line says it is. ``check`` is clean each time. Ends with 1
where anything else was found.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.commandline import ROOT
from tests.trials.crash import forked, undisturbed, warm
from tests.trials.deeds import BOOK, Deed, Deeds, Seen, at_desk, broken, look, say, strangers
from tests.trials.traced import Ended, traced, why_not

CALLS = ("fsync", "fdatasync", "pwrite64", "write", "ftruncate", "unlink", "rename", "renameat2", "link", "mkdir")
ERRORS = ("EIO", "ENOSPC")
ADMITTED = ("all the same", "is written, but", "look before")
"""What the one line says where something was done, and could not be confirmed or printed."""


@dataclass(frozen=True)
class Fault:
    """From which call of a kind on all of its kind fail, and how."""

    call: str
    number: int
    error: str

    @property
    def options(self) -> list[str]:
        """As strace is told."""
        return ["-e", f"trace={self.call}", "-e", f"inject={self.call}:error={self.error}:when={self.number}+"]

    def __str__(self) -> str:
        return f"{self.call} {self.number}+ {self.error}"


@dataclass
class Trial:
    """Faults of one command: how it ended with each."""

    command: str
    begun: Path
    folder: Path
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def run(self, every: int) -> None:
        """Run the command with each fault there can be, or with every second or third of them."""
        deed = self._deed()
        before = look(self.folder)
        seen = traced(deed, self.folder, ["-e", f"trace={','.join(CALLS)}"])
        assert seen.code == 0, seen
        for number, fault in zip(count(), _faults(seen.trace), strict=False):
            if number % every == 0:
                deed = self._deed()
                self._judge(fault, deed, traced(deed, self.folder, fault.options), before)

    def _deed(self) -> Deed:
        """The command, in the folder as it was."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.begun, self.folder, dirs_exist_ok=True)
        return Deeds(100).kinds[self.command]()

    def _judge(self, fault: Fault, deed: Deed, ended: Ended, before: Seen) -> None:
        self.counted.update(["faults"])
        if "(INJECTED)" not in ended.trace:
            self.counted.update(["not met"])
        try:
            done = _done(deed, before, look(self.folder))
            self.counted.update([_outcome(fault, deed, ended, done=done)])
            problems = [*broken(self.folder / BOOK), *(f"{name} was left" for name in strangers(self.folder))]
            assert not problems, "; ".join(problems)
        except (AssertionError, ValueError, OSError) as error:
            self.counted.update(["wrong"])
            self.wrong.append(f"{self.command}, {fault}: {type(error).__name__} {error} [{ended.code} {ended.said!r}]")


def _faults(trace: str) -> Iterator[Fault]:
    """Every fault that a command can meet, by the calls it made."""
    made = Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE))
    for call in CALLS:
        for number in range(1, made[call] + 1):
            yield from (Fault(call, number, error) for error in ERRORS)


def _done(deed: Deed, before: Seen, now: Seen) -> bool:
    """Whether a deed is done: all of it, or nothing of it."""
    assert now.lines[: len(before.lines)] == before.lines, "what was recorded before is no longer what it was"
    new = len(now.lines) - len(before.lines)
    assert new in {0, deed.entries}, f"{new} of {deed.entries} entries"
    for place in {*before.exports, *now.exports}:
        found, was = now.exports.get(place), before.exports.get(place)
        same = found is not None and was is not None and found.sha256 == was.sha256
        assert same or (place == deed.writes and found and found.current), f"{place} is not what it was"
    written = now.exports.get(deed.writes)
    return new > 0 or bool(written and written.current)


def _outcome(fault: Fault, deed: Deed, ended: Ended, *, done: bool) -> str:
    """How a command ended, where it ended as it may."""
    assert "Traceback" not in ended.said, "a traceback"
    if ended.code == 0:
        assert done, "exit 0, and it is not done"
        return "done"
    assert ended.code == 1, "the exit code is neither 0 nor 1"
    lines = [line for line in ended.said.splitlines() if line.startswith("error: ")]
    silenced = fault.call == "write"  # which also takes away the words
    assert len(lines) == 1 or silenced, f"{len(lines)} lines"
    if not done:
        assert not deed.acknowledged(ended.printed), "acknowledged, and it is not done"
        return "refused"
    assert silenced or any(words in lines[0] for words in ADMITTED), "it is done, and the line does not say so"
    return "done, exit 1"


COLUMNS = ("faults", "refused", "done", "done, exit 1", "not met", "wrong")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every fault of every command, print the report, and return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.faults", description=__doc__)
    parser.add_argument("--command", action="append", choices=list(Deeds().kinds), help="all, unless some are named")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth fault")
    asked = parser.parse_args(arguments)
    if reason := why_not():
        sys.exit(f"error: {reason}")
    began = monotonic()
    warm()
    with TemporaryDirectory() as name:
        begun, folder = Path(name) / "begun", Path(name) / "desk"
        _begin(begun, folder)
        trials = [Trial(command, begun, folder) for command in asked.command or Deeds().kinds]
        for trial in trials:
            trial.run(asked.every)
        os.chdir(ROOT)
    say(f"a failing disk: {sum(trial.counted['faults'] for trial in trials)} faults, {monotonic() - began:.0f} s")
    say(f"{'':14}" + "".join(f"{column:>13}" for column in COLUMNS))
    for trial in trials:
        say(f"{trial.command:14}" + "".join(f"{trial.counted[column]:13}" for column in COLUMNS))
    for line in (line for trial in trials for line in trial.wrong):
        say(line)
    return int(any(trial.wrong for trial in trials))


def _begin(begun: Path, folder: Path) -> None:
    """A folder with a book and earlier exports, which each command finds as it was."""
    folder.mkdir()
    at_desk(folder)
    deeds = Deeds()
    for kind in ("pledge add", "import csv", "export csv", "export audit", "pledge add"):
        undisturbed(forked, deeds.kinds[kind](), folder)
    shutil.copytree(folder, begun)


if __name__ == "__main__":
    sys.exit(main())
