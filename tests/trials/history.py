"""The checker: whether the history of a trial agrees with the book that came of it.

    python -m tests.trials.history FOLDER

It reads the calls of ``FOLDER/history/*.jsonl`` (:mod:`tests.trials.asked`) and what was exported of the book
afterwards (``export.csv``, ``audit/``), and imports nothing of ``ledger`` or ``cli``. It prints how often each
promise was looked at, and ends with 1 and the lines that show it where one was broken.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from tests.trials.asked import Call, Run, read_calls
from tests.trials.exported import Fold, Record, exported, units
from tests.trials.soundness import CHECKS as OF_THE_BOOK
from tests.trials.soundness import Broken, Findings

SHOWN = 3
"""How many counterexamples of one promise are shown."""


def _journal(entries: Sequence[Record]) -> Sequence[str]:
    return [json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in entries]


def acknowledged(run: Run) -> Findings:
    """Each acknowledged entry is there, as it was acknowledged."""
    for call in run.calls:
        for said in call.entries if call.outcome == "ok" else ():
            found = run.book.by_number.get(said["number"])
            if found is None:
                yield Broken(f"lost: entry {said['number']} was acknowledged to {call.name}", call.lines())
            else:
                right = all(found[name] == value for name, value in said.items())
                said_otherwise = f"entry {said['number']} is not as it was acknowledged to {call.name}"
                yield None if right else Broken(said_otherwise, [*call.lines(), *_journal([found])])


def once(run: Run) -> Findings:
    """Each mark of an acknowledged call is there once, of an unknown one at most once, of a refused one not at all."""
    most = {"ok": (1, 1), "refused": (0, 0), "failed": (0, 1), "open": (0, 1)}
    for call in run.calls:
        for mark in call.marks:
            entries = run.book.by_note.get(mark, ())
            low, high = most[call.outcome]
            word = "lost" if len(entries) < low else "doubled" if high else "refused, and recorded"
            right = low <= len(entries) <= high
            said = f"{word}: {mark} is there {len(entries)} times, and its call is {call.outcome}"
            yield None if right else Broken(said, [*call.lines(), *_journal(entries)])


def together(run: Run) -> Findings:
    """What was asked for together is there together, or not at all, and nothing is in between."""
    for call in run.calls:
        if len(call.marks) > 1 and (numbers := run.recorded(call)):
            right = numbers == list(range(numbers[0], numbers[0] + len(call.marks)))
            yield None if right else Broken(f"{call.name} is there in part: {numbers}", call.lines())


def nobodys(run: Run) -> Findings:
    """Every entry but the first was asked for."""
    for entry in run.book.entries[1:]:
        right = bool(run.claimed(entry))
        yield None if right else Broken(f"nobody asked for entry {entry['number']}", _journal([entry]))


def origins(run: Run) -> Findings:
    """An origin is recorded once, by one of those who asked for it; whoever was acknowledged finds it there."""
    for origin, calls in run.by_origin.items():
        entries = run.book.by_origin.get(origin, ())
        known = [call for call in calls if call.outcome == "ok"]
        right = len(entries) <= 1 and (bool(entries) or not known) and _first(calls) <= 1
        lines = [line for call in calls for line in call.lines()]
        said = f"origin {origin} is there {len(entries)} times, acknowledged {len(known)}, as new {_first(calls)}"
        yield None if right else Broken(said, [*lines, *_journal(entries)])


def _first(calls: Sequence[Call]) -> int:
    """How many of them were told that they recorded it, and not somebody else."""
    return sum(call.recorded_all for call in calls if call.outcome == "ok")


def imports(run: Run) -> Findings:
    """Of each row that was imported, it is said once that it is new."""
    for call in run.calls:
        if call.outcome == "ok" and "imported" in call.says:
            said = call.says
            right = said["imported"] + said["unchanged"] == len(call.origins) and not said["rejected"]
            yield None if right else Broken(f"{call.name}: the rows do not add up", call.lines())


def order(run: Run) -> Findings:
    """What was acknowledged before another call began has the lower number."""
    for call in run.calls:
        for number in run.recorded(call) if call.marks or call.recorded_all else ():
            before = run.before(call)
            said = f"entry {number} was asked for after entry {before} was acknowledged"
            yield None if number > before else Broken(said, call.lines())


def same_reports(run: Run) -> Findings:
    """Reports of one known-at are the same, whoever asked for them and when."""
    first: dict[str, Call] = {}
    for call in _reports(run, known=True):
        before = first.setdefault(call.asks["known_at"], call)
        if before is not call:
            right = before.says["text"] == call.says["text"]
            said = f"two reports differ, both known at {call.asks['known_at']}"
            yield None if right else Broken(said, [*before.lines(), *call.lines()])


def known_reports(run: Run) -> Findings:
    """A report of a known-at is what the journal up to that moment adds up to."""
    moments = [entry["recorded_at"] for entry in run.book.entries]
    asked = [(call, bisect_right(moments, call.asks["known_at"])) for call in _reports(run, known=True)]
    texts = _texts(run, {place for _, place in asked})
    for call, place in asked:
        said = f"a report known at {call.asks['known_at']} is not what entries 1 to {place} add up to"
        right = call.says["text"] == texts[place]
        yield None if right else Broken(said, [*call.lines(), json.dumps(texts[place])])


def present_reports(run: Run) -> Findings:
    """A report of the present is one state of the book: nothing acknowledged is missing, nothing later is in it."""
    asked = [(call, range(run.before(call), run.after(call) + 1)) for call in _reports(run, known=False)]
    texts = _texts(run, set(chain.from_iterable(places for _, places in asked)))
    for call, places in asked:
        right = any(texts[place] == call.says["text"] for place in places)
        said = f"a report is none of the states after entries {places.start} to {places.stop - 1}"
        yield None if right else Broken(said, call.lines())


def _reports(run: Run, *, known: bool) -> Iterator[Call]:
    for call in run.calls:
        if call.outcome == "ok" and "text" in call.says and ("known_at" in call.asks) is known:
            yield call


def _texts(run: Run, places: set[int]) -> dict[int, str]:
    """The totals after each of these numbers of entries."""
    fold = Fold()
    found = {0: fold.totals()}
    for place, entry in enumerate(run.book.entries, 1):
        fold.add(entry)
        if place in places:
            found[place] = fold.totals()
    return found


def shortages(run: Run) -> Findings:
    """A drawing refused for want of money asked for more than was left, in some state it may have seen."""
    left = _left(run)
    for call in run.calls:
        if call.outcome == "refused" and call.says["kind"] == "Shortage" and "parent" in call.asks:
            amount, commodity = call.asks["amount"].split(" ")
            low, high = run.before(call), run.after(call)
            states = left.get((call.asks["parent"], commodity), [])
            first = [held for number, held in states if number <= low][-1:] or [0]
            seen = [*first, *(held for number, held in states if low < number <= high)]
            right = any(units(amount) > held for held in seen)
            said = f"{call.asks['parent']} had {seen} left between entries {low} and {high}, and {amount} were refused"
            yield None if right else Broken(said, call.lines())


def _left(run: Run) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """What is left to draw on of each pledge, after each entry that touched it."""
    fold = Fold()
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for entry in run.book.entries:
        for pledge, commodity in dict.fromkeys((pledge, of) for (pledge, _, of), _ in fold.add(entry)):
            found.setdefault((pledge, commodity), []).append((entry["number"], fold.left(pledge, commodity)))
    return found


def faults(run: Run) -> Findings:
    """Every call is answered or refused in words, but for those of processes that were killed."""
    for call in run.calls:
        yield Broken(f"{call.name} failed", call.lines()) if call.outcome == "failed" else None


OF_THE_CALLS: Sequence[Callable[[Run], Findings]] = (
    acknowledged,
    once,
    together,
    nobodys,
    origins,
    imports,
    order,
    same_reports,
    known_reports,
    present_reports,
    shortages,
    faults,
)


def judged(run: Run) -> Iterator[tuple[str, str, int, list[Broken]]]:
    """Each promise: its name, its sentence, how often it was looked at, and what breaks it."""
    for check in OF_THE_BOOK:
        yield _judged(check.__name__, check.__doc__, check(run.book))
    for each in OF_THE_CALLS:
        yield _judged(each.__name__, each.__doc__, each(run))


def _judged(name: str, said: str | None, findings: Findings) -> tuple[str, str, int, list[Broken]]:
    found = list(findings)
    return name, str(said), len(found), [each for each in found if each is not None]


def told(run: Run) -> Iterator[str]:
    """What was looked at, a line for each promise; below those that were broken, what shows it."""
    outcomes = [call.outcome for call in run.calls]
    counted = ", ".join(f"{outcomes.count(word)} {word}" for word in ("ok", "refused", "failed", "open"))
    yield f"{len(run.calls)} calls ({counted}), {len(run.book.entries)} entries"
    for name, sentence, count, broken in judged(run):
        yield f"{'BROKEN' if broken else 'kept':6} {count:7}  {name}: {sentence}"
        for each in broken[:SHOWN]:
            yield from (f"        {each.found}", *(f"            {line}" for line in each.lines))
        if broken[SHOWN:]:
            yield f"        and {len(broken) - SHOWN} more"


def main(arguments: Sequence[str]) -> int:
    """Judge the trial in a folder: 0 where every promise was kept."""
    if len(arguments) != 1:
        sys.exit("error: name one folder: python -m tests.trials.history FOLDER")
    folder = Path(arguments[0])
    run = Run(read_calls(folder / "history"), exported(folder))
    lines = list(told(run))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(any(line.startswith("BROKEN") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
