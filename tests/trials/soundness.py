"""Soundness: what holds of an exported book by itself, whoever wrote it and in whatever order.

Each check looks at one thing after the other and gives ``None`` where it is well, so that what was looked at can be
counted, and a :class:`Broken` with the lines that show it where it is not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from tests.trials.exported import OTHER_SIDES, Exported, Fold, Record, control_totals, leaf_hash, units

UNDATED = ("open", "party", "member", "source", "item", "match", "close", "reopen")
"""The kinds of entries that move no money, and that no closed period refuses."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept: what was found, and the lines that show it."""

    found: str
    lines: Sequence[str]


Findings = Iterator[Broken | None]
Check = Callable[[Exported], Findings]


def _entries(*entries: Record) -> Sequence[str]:
    return [json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in entries]


def numbers(book: Exported) -> Findings:
    """Numbers are 1, 2, 3, ... without a gap, each once."""
    for number, entry in enumerate(book.entries, 1):
        right = entry["number"] == number
        yield None if right else Broken(f"entry {entry['number']} stands at place {number}", _entries(entry))


def balance(book: Exported) -> Findings:
    """In each entry, each commodity sums to zero within each pledge."""
    for entry in book.entries:
        sums: Counter[tuple[str, str]] = Counter()
        for posting in entry["postings"]:
            sums[posting["pledge"], posting["commodity"]] += units(posting["amount"])
        right = not any(sums.values())
        yield None if right else Broken(f"entry {entry['number']} does not balance", _entries(entry))


def moments(book: Exported) -> Findings:
    """The moment of recording never goes back."""
    for before, after in pairwise(book.entries):
        right = before["recorded_at"] <= after["recorded_at"]
        yield None if right else Broken(f"time goes back at entry {after['number']}", _entries(before, after))


def register(book: Exported) -> Findings:
    """The plain register holds each posting of the journal, in its order, and nothing else."""
    expected = [
        (str(entry["number"]), str(line), entry["recorded_at"], *map(posting.get, _POSTING))
        for entry in book.entries
        for line, posting in enumerate(entry["postings"], 1)
    ]
    shown = [tuple(row[name] for name in ("entry", "line", "recorded_at", *_POSTING)) for row in book.register]
    for journal, row in zip_longest(expected, shown):
        yield None if journal == row else Broken("register and journal differ", [f"{journal}", f"{row}"])


_POSTING = ("pledge", "stage", "commodity", "amount")


def listed(book: Exported) -> Findings:
    """The package's list has each entry of the journal with the hash of its line."""
    hashes = {(row["Journal_ID"], row["Leaf_Hash"]) for row in book.listed}
    known = {(str(entry["number"]), leaf_hash(line)) for entry, line in zip(book.entries, book.lines, strict=True)}
    for one in sorted(known | hashes):
        yield None if one in known & hashes else Broken("entries.csv and the journal differ", [f"{one}"])


def overdrawn(book: Exported) -> Findings:
    """No stage ever holds less than nothing, after any entry."""
    fold = Fold()
    for entry in book.entries:
        for (pledge, stage, commodity), held in fold.add(entry):
            right = held <= 0 if stage in OTHER_SIDES else held >= 0
            said = f"{pledge} has {held} {commodity} {stage} after entry {entry['number']}"
            yield None if right else Broken(said, _entries(entry))


def facilities(book: Exported) -> Findings:
    """Nobody draws more from a facility than it promised, and was given by others."""
    fold, promised = Fold(), Counter[tuple[str, str]]()
    for entry in book.entries:
        for posting in entry["postings"] if entry["kind"] == "pledge" else ():
            if posting["stage"] == "undertaking" and posting["pledge"] == entry["pledge"]:
                promised[posting["pledge"], posting["commodity"]] -= units(posting["amount"])
        fold.add(entry)
        for draw in entry["facts"].get("draws", ()):
            amount, commodity = draw["amount"].split(" ")
            of = (draw["parent"], commodity)
            if entry["kind"] != "pledge":  # what a pledge opens with is its promise already
                promised[draw["child"], commodity] += units(amount)
            right = 0 <= fold.drawn[of] <= promised[of]
            said = f"{fold.drawn[of]} of {promised[of]} {of[1]} are drawn from {of[0]} after entry {entry['number']}"
            yield None if right else Broken(said, _entries(entry))


def closings(book: Exported) -> Findings:
    """No entry is dated inside what was closed before it, and each closing has the totals of its day."""
    first_open = ""
    for place, entry in enumerate(book.entries):
        if entry["kind"] in {"close", "reopen"}:
            before, first_open = entry["facts"]["closed_before"][0], entry["facts"]["closed_before"][1]
            yield from _closed(entry, book.entries[:place], before)
        elif entry["kind"] not in UNDATED and first_open:
            right = entry["on"] >= first_open
            said = f"entry {entry['number']} is dated before {first_open}, the first open day"
            yield None if right else Broken(said, _entries(entry))


def _closed(entry: Record, before: Sequence[Record], since: str | None) -> Findings:
    closings = [each for each in before if each["kind"] in {"close", "reopen"}]
    last = closings[-1]["facts"]["closed_before"][1] if closings else None
    yield None if since == last else Broken(f"entry {entry['number']} closes from {since}", _entries(entry))
    if entry["kind"] == "close":
        expected = control_totals(before, entry["facts"]["closed_before"][1])
        right = entry["facts"]["control_totals"] == expected
        said = f"the control totals of entry {entry['number']} are not those of its day"
        yield None if right else Broken(said, [*_entries(entry), json.dumps(expected)])


def reversals(book: Exported) -> Findings:
    """An entry is reversed once, by an entry after it that posts its opposite."""
    seen: set[int] = set()
    for entry in book.entries:
        if (number := entry["reverses"]) is None:
            continue
        of = book.by_number.get(number)
        right = of is not None and number < entry["number"] and number not in seen and _opposite(of, entry)
        said = f"entry {entry['number']} is no reversal of entry {number}, or not the only one"
        yield None if right else Broken(said, _entries(*([of] if of else []), entry))
        seen.add(number)


def _opposite(one: Record, other: Record) -> bool:
    sums: Counter[tuple[str, str, str]] = Counter()
    for posting in (*one["postings"], *other["postings"]):
        sums[posting["pledge"], posting["stage"], posting["commodity"]] += units(posting["amount"])
    return not any(sums.values())


def corrections(book: Exported) -> Findings:
    """Each correction of a fact names the old one as it stood: nobody's correction is lost."""
    fold = Fold()
    for entry in book.entries:
        for name, (old, _) in entry["facts"].get("changes", {}).items():
            stood = fold.facts.get(entry["pledge"], {}).get(name)
            said = f"entry {entry['number']} corrects {name} from {old!r}, where it was {stood!r}"
            yield None if old == stood else Broken(said, _entries(entry))
        fold.add(entry)


CHECKS: Sequence[Check] = (
    numbers,
    balance,
    moments,
    register,
    listed,
    overdrawn,
    facilities,
    closings,
    reversals,
    corrections,
)
"""Everything that is looked at, in the order in which it is told."""
