"""Power cuts: commands are traced, and the disk is looked at as a cut at any of their calls may leave it.

    python -m tests.trials.power --states 3 --seed 8
    python -m tests.trials.power --control off

Each command runs once under strace, which sees what it really writes, syncs, renames and takes away. After each such
call the trial makes the states that a disk may be in then (:mod:`tests.trials.disk`): all that was not synced kept, all
of it lost, and some drawn by chance, in which it is lost, kept, reordered or torn. In each, the book is opened: what
was acknowledged is there, entries come whole and in order, ``check`` is clean, an export is whole or absent. Ends with
1 where anything else was found. A control takes a safeguard away, and has to find losses.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from cli import whole
from ledger.store import sqlite
from tests.commandline import ROOT
from tests.trials.calls import OPTIONS, Calls, Step
from tests.trials.crash import warm
from tests.trials.deeds import BOOK, Deed, Deeds, at_desk, broken, lines_of, look, say, strangers
from tests.trials.disk import Disk, State
from tests.trials.traced import traced, why_not

SCENE = (
    *("pledge add", "add --attach", "import csv", "export csv", "export audit", "journal close", "run"),
    *("export csv", "export audit", "backup", "pledge add"),
)
"""The commands, in order: exports into an empty place, and in place of an earlier one."""


def _synchronous(level: str) -> None:
    pragmas = tuple(pragma.replace("=EXTRA", f"={level}") for pragma in sqlite._PRAGMAS)
    vars(sqlite)["_PRAGMAS"] = pragmas


def _no_sync() -> None:
    vars(whole)["sync"] = lambda _: None


CONTROLS: dict[str, Callable[[], object]] = {
    "off": lambda: _synchronous("OFF"),
    "full": lambda: _synchronous("FULL"),
    "exports": _no_sync,
}
"""A safeguard taken away: SQLite syncs nothing; or not the folder, once a journal is gone; or exports do not sync."""


@dataclass(frozen=True)
class Promised:
    """What has been acknowledged at a moment: so many entries, and which exports are of how many entries."""

    entries: int
    exports: dict[str, int]


@dataclass
class Trial:
    """A scene as it was traced, and what its power cuts left."""

    random: Random
    states: int
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _judged: set[str] = field(default_factory=set)
    _bounds: list[int] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)

    def run(self, every: int, before: Callable[[], object]) -> None:
        """Trace the scene, and cut the power at every call, or every second or third."""
        with TemporaryDirectory() as name, TemporaryDirectory(dir=_quick()) as there:
            folder = Path(name)
            at_desk(folder)
            disk = Disk(dict(_contents(folder)))
            scene = list(self._traced(folder, before))
            self._lines = lines_of(folder / BOOK)
            promised = Promised(1, {})
            for number, (deed, step, said) in enumerate(_moments(scene)):
                if step is not None:
                    step(disk)
                if said:
                    promised = self._more(promised, deed)
                self.counted.update(["calls"])
                if number % every == 0 or said:
                    self._cut(disk, promised, Path(there), f"call {number}, in {deed.command}")
            assert disk.seen() == dict(_contents(folder)), "the simulated disk is not what the real one is"
            os.chdir(ROOT)

    def _traced(self, folder: Path, before: Callable[[], object]) -> Iterator[tuple[Deed, str]]:
        deeds = Deeds()
        self._bounds = [1]
        for command in SCENE:
            deed = deeds.kinds[command]()
            ended = traced(deed, folder, OPTIONS, before)
            assert ended.code == 0, ended
            self._bounds.append(self._bounds[-1] + deed.entries)
            yield deed, ended.trace

    def _more(self, promised: Promised, deed: Deed) -> Promised:
        entries = promised.entries + deed.entries
        exports = {place: size for place, size in promised.exports.items() if place not in deed.cleared}
        return Promised(entries, exports | ({deed.writes: entries} if deed.writes else {}))

    def _cut(self, disk: Disk, promised: Promised, folder: Path, where: str) -> None:
        drawn = (disk.survived(self.random) for _ in range(self.states))
        for state in (disk.surely(), disk.seen(), *drawn):
            digest = _digest(state, promised)
            self.counted.update(["states"])
            if digest not in self._judged:
                self._judged.add(digest)
                self._judge(state, promised, folder, where)

    def _judge(self, state: State, promised: Promised, folder: Path, where: str) -> None:
        self.counted.update(["different"])
        _lay(state, folder)
        try:
            self._require(promised, folder)
        except Exception as error:  # noqa: BLE001 - whatever it is, it was found
            self.counted.update(["wrong"])
            self.wrong.append(f"{where}: {type(error).__name__} {error}"[:300])

    def _require(self, promised: Promised, folder: Path) -> None:
        journal = folder / f"{BOOK}-journal"
        self.counted.update(["journals"] if journal.exists() else [])
        seen = look(folder)
        assert seen.lines == self._lines[: len(seen.lines)], "the entries are not those that were recorded"
        assert len(seen.lines) in self._bounds, "a part of what is recorded together"
        assert len(seen.lines) >= promised.entries, f"{len(seen.lines)} of {promised.entries} acknowledged entries"
        for place in promised.exports:
            assert place in seen.exports, f"{place} is acknowledged, and gone"
        problems = [*broken(folder / BOOK), *(f"{name} was left" for name in strangers(folder))]
        assert not problems, "; ".join(problems)


def _moments(scene: Sequence[tuple[Deed, str]]) -> Iterator[tuple[Deed, Step | None, bool]]:
    """Every call of the scene that changes the disk, with its command, and whether that is acknowledged by now."""
    for deed, trace in scene:
        calls, said = Calls(Path.cwd()), False
        for step in calls.steps(trace):
            now = not said and deed.acknowledged(calls.printed.decode())
            said = said or now
            yield deed, step, now
        if not said:
            yield deed, None, True


def _quick() -> str | None:
    """A folder in memory for what is only looked at, where the system has one."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None


def _contents(folder: Path) -> Iterator[tuple[str, bytes | None]]:
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name not in {"stdout", "stderr"} and not name.startswith("input."):
            yield name, path.read_bytes() if path.is_file() else None


def _lay(state: State, folder: Path) -> None:
    """Make a folder hold a state, writing only what is not there already."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if str(path.relative_to(folder)) not in state:
            path.rmdir() if path.is_dir() else path.unlink()
    for name, content in sorted(state.items()):
        path = folder / name
        if content is None:
            path.mkdir(exist_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def _digest(state: State, promised: Promised) -> str:
    found = hashlib.sha256(repr((promised.entries, sorted(promised.exports))).encode())
    for name, content in sorted(state.items()):
        found.update(f"{name}\0{'' if content is None else len(content)}\0".encode())
        found.update(content or b"")
    return found.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Cut the power, print the report, and return 1 where anything was lost; of a control, where nothing was."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.power", description=__doc__)
    parser.add_argument("--states", type=int, default=3, help="drawn by chance for each call, beside the two extremes")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only at every Nth call")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--control", choices=list(CONTROLS), help="take a safeguard away")
    asked = parser.parse_args(arguments)
    if reason := why_not():
        sys.exit(f"error: {reason}")
    began = monotonic()
    warm()
    trial = Trial(Random(asked.seed), asked.states)  # noqa: S311 - a trial is to be repeated
    trial.run(asked.every, CONTROLS[asked.control] if asked.control else lambda: None)
    what = f"power cuts, without a safeguard ({asked.control})" if asked.control else "power cuts"
    say(f"{what}: seed {asked.seed}, {monotonic() - began:.0f} s")
    say(", ".join(f"{trial.counted[name]} {name}" for name in ("calls", "states", "different", "journals", "wrong")))
    for line in islice(trial.wrong, 20):
        say(line)
    return int(bool(trial.wrong) != bool(asked.control))


if __name__ == "__main__":
    sys.exit(main())
