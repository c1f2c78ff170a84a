"""Calls: what each process said before it asked the book for something, and after it was answered.

A process writes a line of JSON before a call (``invoke``) and one after it: ``ok`` with what was acknowledged,
``refused`` with the words, ``failed`` where something else went wrong. A call without a second line was open when
its process was killed: whether it did anything is unknown. ``at`` is the machine's monotonic clock in nanoseconds.

It imports nothing of ``ledger`` or ``cli``.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from tests.trials.exported import Exported, Record


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was asked, and what came of it.

    An entry that it records carries one of ``marks`` as its note, or one of ``origins``. ``outcome`` is ``ok``,
    ``refused``, ``failed``, or ``open`` without a second line.
    """

    invoke: Record
    answer: Record | None

    @property
    def name(self) -> str:
        """The process, and how many calls it made before this one."""
        return str(self.invoke["call"])

    @property
    def outcome(self) -> str:
        """What came of it."""
        return str(self.answer["is"]) if self.answer else "open"

    @property
    def invoked(self) -> int:
        """When it began."""
        return int(self.invoke["at"])

    @property
    def returned(self) -> int | None:
        """When it was answered."""
        return int(self.answer["at"]) if self.answer else None

    @property
    def marks(self) -> Sequence[str]:
        """The notes of the entries that it is to record."""
        return list(self.invoke.get("marks", ()))

    @property
    def origins(self) -> Sequence[str]:
        """The origins of the entries that it is to record."""
        return list(self.invoke.get("origins", ()))

    @property
    def asks(self) -> Record:
        """What it is about."""
        return dict(self.invoke.get("asks", {}))

    @property
    def says(self) -> Record:
        """What was answered."""
        return dict(self.answer.get("says", {})) if self.answer else {}

    @property
    def entries(self) -> Sequence[Record]:
        """What was acknowledged of entries: some of their members, the number among them."""
        return list(self.says.get("entries", ()))

    @property
    def recorded_all(self) -> bool:
        """Whether it was told that it recorded what it asked for, and nobody before it."""
        return self.says.get("repeated") is False or self.says.get("imported") == len(self.origins)

    def lines(self) -> Sequence[str]:
        """The lines of the history that tell of it."""
        return [json.dumps(line, ensure_ascii=False) for line in (self.invoke, self.answer) if line]


def read_calls(folder: Path) -> list[Call]:
    """Every call that the files of a folder tell of, in the order in which they began.

    The last line of a file may have been cut off: its call was not begun, or is open.
    """
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in _whole(path)]
    answers = {line["call"]: line for line in lines if line["is"] != "invoke"}
    calls = [Call(line, answers.get(line["call"])) for line in lines if line["is"] == "invoke"]
    return sorted(calls, key=lambda call: call.invoked)


def _whole(path: Path) -> Iterator[Record]:
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        yield json.loads(line)


@dataclass(frozen=True)
class Run:
    """Calls, and the book that came of them."""

    calls: Sequence[Call]
    book: Exported

    @cached_property
    def by_origin(self) -> Mapping[str, Sequence[Call]]:
        """The calls that were to record an origin."""
        found: dict[str, list[Call]] = {}
        for call in self.calls:
            for origin in call.origins:
                found.setdefault(origin, []).append(call)
        return found

    @cached_property
    def by_mark(self) -> Mapping[str, Call]:
        """The call that was to record a mark."""
        return {mark: call for call in self.calls for mark in call.marks}

    def recorded(self, call: Call) -> Sequence[int]:
        """The numbers of what is in the book of a call, by its marks and its origins."""
        found = [self.book.by_note.get(mark, ()) for mark in call.marks]
        found += [self.book.by_origin.get(origin, ()) for origin in call.origins]
        return [int(entry["number"]) for entries in found for entry in entries]

    def claimed(self, entry: Record) -> Sequence[Call]:
        """The calls that may have recorded an entry."""
        marked = self.by_mark.get(entry["note"])
        return [marked] if marked else self.by_origin.get(entry["origin"], ())

    @cached_property
    def _acknowledged(self) -> tuple[Sequence[int], Sequence[int]]:
        """When calls were acknowledged, and the highest number that was there by then at the least."""
        known = [call for call in self.calls if call.outcome == "ok"]
        ok = sorted((call.returned or 0, max(self.recorded(call), default=0)) for call in known)
        return [at for at, _ in ok], list(accumulate((number for _, number in ok), max))

    @cached_property
    def _begun(self) -> tuple[Sequence[int], Sequence[int]]:
        """When entries were asked for first, and the lowest number of those asked for from then on."""
        calls = [(self.claimed(entry), int(entry["number"])) for entry in self.book.entries]
        born = sorted((min(call.invoked for call in claimed), number) for claimed, number in calls if claimed)
        lowest = list(accumulate((number for _, number in reversed(born)), min))
        return [at for at, _ in born], lowest[::-1]

    def before(self, call: Call) -> int:
        """The highest number that was acknowledged before a call began: it sees that, and comes after it."""
        times, highest = self._acknowledged
        place = bisect_left(times, call.invoked)
        return highest[place - 1] if place else min(1, len(self.book.entries))

    def after(self, call: Call) -> int:
        """The highest number that a call can have seen: none of what was asked for only after it was answered."""
        times, lowest = self._begun
        place = bisect_left(times, (call.returned or 0) + 1)
        return lowest[place] - 1 if place < len(times) else len(self.book.entries)
