"""The words in which a small history is told: entries of a journal, and the calls that asked for them.

It stands for what a trial leaves behind, and imports nothing of the ledger either.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.trials.asked import Call, Run
from tests.trials.exported import Exported, Fold, control_totals, leaf_hash

SECOND = 1_000_000_000


@dataclass
class Story:
    """Entries and calls as they came; whoever breaks it changes what it likes before it is read."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    now: int = 0

    def entry(self, kind: str, pledge: str | None = None, *amounts: str, **more: Any) -> dict[str, Any]:
        """One more entry; an amount is ``committed 10.00 GBP``, with its sign, of its own pledge or ``F/committed``."""
        number = len(self.entries) + 1
        plain: dict[str, Any] = {"on": "2025-02-01", "facts": {}, "note": None, "origin": None, "reverses": None}
        said = {"kind": kind, "number": number, "pledge": pledge, "recorded_at": moment(number)}
        self.entries.append({**plain, **said, "postings": [posting(str(pledge), text) for text in amounts], **more})
        return self.entries[-1]

    def pledge(self, pledge: str, amount: str, *more: str, donor: str = "GB", **rest: Any) -> dict[str, Any]:
        """The entry that opens a grant."""
        facts = {"pledge": {"id": pledge, "donor": donor, "instrument": "grant"}, **rest.pop("facts", {})}
        opening = (f"pledged {amount}", f"undertaking -{amount}")
        return self.entry("pledge", pledge, *opening, *more, facts=facts, **rest)

    def invoke(self, call: str, **about: Any) -> None:
        """A process asks."""
        self.now += SECOND
        self.lines.append({"call": call, "is": "invoke", "at": self.now, **about})

    def answer(self, call: str, word: str, **says: Any) -> None:
        """A process was answered."""
        self.now += SECOND
        self.lines.append({"call": call, "is": word, "at": self.now, "says": says})

    def records(self, call: str, *entries: dict[str, Any], **about: Any) -> None:
        """A call that records these entries, and is told so."""
        marks = [f"{call}#{part}" for part, _ in enumerate(entries)]
        for mark, entry in zip(marks, entries, strict=True):
            entry["note"] = mark
        self.invoke(call, marks=marks, **about)
        self.answer(call, "ok", entries=deepcopy(entries), repeated=False)

    def reports(self, call: str, upto: int, **asks: Any) -> None:
        """A call that is told the totals of the first entries."""
        self.invoke(call, asks=asks)
        self.answer(call, "ok", text=totals(self.entries[:upto]))

    def said(self, call: str) -> dict[str, Any]:
        """What a call was answered."""
        (line,) = [line for line in self.lines if line["call"] == call and line["is"] != "invoke"]
        return line

    def renumber(self) -> None:
        """Number the entries as they stand, and acknowledge each by its number of now."""
        for number, entry in enumerate(self.entries, 1):
            entry["number"] = number
        numbers = {entry["note"]: entry["number"] for entry in self.entries if entry["note"]}
        for line in self.lines:
            for said in line.get("says", {}).get("entries", ()):
                said["number"] = numbers.get(said.get("note"), said["number"])

    def run(self) -> Run:
        """The story as the checker reads it."""
        answers = {line["call"]: line for line in self.lines if line["is"] != "invoke"}
        calls = [Call(line, answers.get(line["call"])) for line in self.lines if line["is"] == "invoke"]
        return Run(sorted(calls, key=lambda call: call.invoked), self.book())

    def book(self) -> Exported:
        """The book as it is exported."""
        lines = [json.dumps(entry, sort_keys=True) for entry in self.entries]
        register = [
            {"entry": str(entry["number"]), "line": str(line), "recorded_at": entry["recorded_at"], **posted}
            for entry in self.entries
            for line, posted in enumerate(entry["postings"], 1)
        ]
        listed = [
            {"Journal_ID": str(entry["number"]), "Leaf_Hash": leaf_hash(line)}
            for entry, line in zip(self.entries, lines, strict=True)
        ]
        return Exported(lines, register, listed)


def posting(pledge: str, text: str) -> dict[str, str]:
    """A posting told as ``pledged -60.00 GBP``, of another pledge as ``F/pledged -60.00 GBP``."""
    where, amount, commodity = text.split(" ")
    other, _, stage = where.rpartition("/")
    return {"pledge": other or pledge, "stage": stage, "commodity": commodity, "amount": amount.replace("--", "")}


def moment(second: int) -> str:
    """A moment of the day on which the story happens."""
    return f"2026-11-23T09:00:{second:02}.000000Z"


def totals(entries: list[dict[str, Any]]) -> str:
    """The report on these entries."""
    fold = Fold()
    for entry in entries:
        fold.add(entry)
    return fold.totals()


def good() -> Story:
    """A history in which everything is kept: a facility of 100 GBP, of which 60 are drawn and no more can be."""
    story = Story()
    story.entry("open")
    story.records("a.0", story.pledge("F", "100.00 GBP"))
    drawn = {"parent": "F", "child": "C", "stage": "pledged", "amount": "60.00 GBP"}
    from_it = ("F/pledged -60.00 GBP", "F/undertaking 60.00 GBP")
    child = story.pledge("C", "60.00 GBP", *from_it, facts={"draws": [drawn]})
    story.records("b.0", child, asks={"parent": "F", "amount": "60.00 GBP"})
    story.records("a.1", story.entry("commit", "F", "committed 10.00 GBP", "pledged -10.00 GBP"))
    paired = story.pledge("X", "5.00 GBP"), story.entry("commit", "F", "committed 5.00 GBP", "pledged -5.00 GBP")
    story.records("b.1", *paired)
    _race(story)
    story.records("a.3", story.entry("amend", "F", facts={"changes": {"title": [None, "The facility"]}}))
    closing = {"closed_before": [None, "2025-02-01"], "control_totals": control_totals(story.entries, "2025-02-01")}
    story.records("b.3", story.entry("close", facts=closing))
    story.records("a.4", story.entry("reverse", "F", "committed -10.00 GBP", "pledged 10.00 GBP", reverses=4))
    story.reports("a.5", 4, known_at=moment(4))
    story.reports("b.5", 4, known_at=moment(4))
    story.invoke("b.6", marks=["b.6#0"], asks={"parent": "F", "amount": "50.00 GBP"})
    story.answer("b.6", "refused", kind="Shortage", words="F has 40.00 GBP left to draw on")
    _unknown(story)
    story.reports("a.7", len(story.entries))
    return story


def _race(story: Story) -> None:
    """The same origin from two processes, and a file that both import."""
    first = story.pledge("R", "1.00 GBP", origin="race:0")
    for call, repeated in (("a.2", False), ("b.2", True)):
        story.invoke(call, origins=["race:0"])
        story.answer(call, "ok", entries=[deepcopy(first)], repeated=repeated)
    story.pledge("B", "2.00 GBP", origin="batch:B")
    for call, imported in (("a.2i", 1), ("b.2i", 0)):
        story.invoke(call, origins=["batch:B"])
        story.answer(call, "ok", imported=imported, unchanged=1 - imported, rejected=0)


def _unknown(story: Story) -> None:
    """Two calls of killed processes: one did what it was asked, the other did not."""
    story.invoke("c.0", marks=["c.0#0"])
    story.entry("disburse", "F", "disbursed 1.00 GBP", "committed -1.00 GBP", note="c.0#0")
    story.invoke("d.0", marks=["d.0#0"])
