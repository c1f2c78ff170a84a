"""Operations: what a process of the trial asks the book for, as a step for the ledger and as words for its command.

Each carries marks or origins by which the checker finds its entries again (:mod:`tests.trials.asked`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.period import Period
from ledger.recognition.steps import Amend, Close, Draw, Evidence, Reopen, Reverse, Step, Supersede
from tests.world import announcement, day, money, movement

ROWS = 5
"""How many pledges an imported file states."""

BATCH = "batch"
"""What the origins of imported rows begin with."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something to ask: ``words`` are its command line, ``steps`` the same for :meth:`ledger.book.Book.record_all`."""

    kind: str
    words: Sequence[str]
    steps: Sequence[Step] = ()
    origins: Sequence[str] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None

    @property
    def marks(self) -> Sequence[str]:
        """The notes of its entries, where no origin tells them."""
        return [str(step.evidence.note) for step in self.steps if step.evidence.origin is None]


@dataclass(frozen=True, slots=True)
class Told:
    """What goes with each operation: when it happened, and its mark, which its entry carries as a note."""

    mark: str
    on: str | None = None

    @property
    def words(self) -> list[str]:
        """The options of a command."""
        return [*(["--on", self.on] if self.on else []), "--note", self.mark]

    @property
    def evidence(self) -> Evidence:
        """The evidence of a step."""
        return Evidence(on=day(self.on), note=self.mark)


def announced(donor: str, amount: str, told: Told, **more: str) -> Operation:
    """A new pledge; ``more`` are its instrument, its id, its parent, its origin."""
    said = {"purpose": "military", "instrument": "grant", **more}
    options = [word for name, value in said.items() for word in (f"--{name}", value)]
    step = announcement(donor, amount, on=told.on, note=told.mark, **said)
    asks = {"parent": said["parent"], "amount": amount} if "parent" in said else {}
    origins = [said["origin"]] if "origin" in said else []
    return Operation("announce", ["pledge", "add", donor, amount, *options, *told.words], [step], origins, asks)


def moved(kind: str, pledge: str, amount: str, told: Told, *, back: bool = False) -> Operation:
    """Money of a pledge goes to another stage; ``back``: cancelled, it goes back to the facility."""
    step = movement(kind, pledge, amount, on=told.on, note=told.mark, to_parent=back)
    words = ["pledge", kind, pledge, amount, *(["--return"] if back else []), *told.words]
    return Operation("return" if back else kind, words, [step])


def drawn(parent: str, child: str, amount: str, told: Told) -> Operation:
    """A pledge takes a part of its promise from a facility."""
    step = Draw(parent=parent, child=child, amount=money(amount), evidence=told.evidence)
    asks = {"parent": parent, "amount": amount}
    return Operation("draw", ["pledge", "draw", parent, child, amount, *told.words], [step], asks=asks)


def superseded(old: str, new: str, told: Told) -> Operation:
    """What a pledge has not delivered goes to another one."""
    words = ["pledge", "supersede", old, new, *told.words]
    return Operation("supersede", words, [Supersede(old=old, new=new, evidence=told.evidence)])


def amended(pledge: str, told: Told) -> Operation:
    """A pledge is given another title: the mark."""
    words = ["pledge", "amend", pledge, "--title", told.mark, *told.words]
    return Operation("amend", words, [Amend(pledge=pledge, changes={"title": told.mark}, evidence=told.evidence)])


def reversal(number: int, mark: str) -> Operation:
    """The opposite of an entry."""
    told = Told(mark)
    return Operation("reverse", ["journal", "reverse", str(number), *told.words], [_reverse(number, told)])


def _reverse(number: int, told: Told) -> Reverse:
    return Reverse(number=number, evidence=told.evidence)


def closed(month: str, told: Told) -> Operation:
    """A month is closed, with everything before it."""
    step = Close(period=Period.parse(month), evidence=told.evidence)
    return Operation("close", ["journal", "close", month, *told.words], [step])


def reopened(month: str, told: Told) -> Operation:
    """A month is opened again."""
    step = Reopen(period=Period.parse(month), evidence=told.evidence)
    return Operation("reopen", ["journal", "reopen", month, *told.words], [step])


def paired(one: Operation, other: Operation) -> Operation:
    """Two steps in one transaction."""
    return Operation("pair", [], [*one.steps, *other.steps])


def imported(folder: Path, number: int) -> Operation:
    """A file of new pledges, the same for everybody who is at this number."""
    path = folder / f"{number}.csv"
    names = [f"B{number}-{row}" for row in range(ROWS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "donor", "recipient", "amount", "currency", "on", "purpose", "instrument"])
        rows.writerows([name, "FR", "UA", f"{number + 1}.00", "EUR", "2025-12-02", "other", "loan"] for name in names)
    words = ["import", "csv", str(path), "--as", BATCH]
    return Operation("import", words, origins=[f"{BATCH}:{name}" for name in names], file=path)


def reported(known_at: str | None) -> Operation:
    """The totals by donor: of the present, or as they were known at a moment."""
    known = ["--known-at", known_at] if known_at else []
    asks = {"known_at": known_at} if known_at else {}
    return Operation("report", ["report", "totals", *known], asks=asks)
