"""A worker: one process of the trial, which asks the book for one thing after the other until time is up.

Everybody works on the same few pledges and facilities, announced anew in each stretch of the trial by whoever comes
first, so that each stretch has its fight for the last euro; a year of book dates passes while the trial lasts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic_ns
from typing import Any

from ledger.period import stamp
from tests.trials import operations
from tests.trials.operations import Operation, Told
from tests.trials.ways import Direct, Refused, Typed, Way, direct

STRETCH = 4.0
"""The seconds after which the common pledges are new ones."""

COMMON = 3
"""How many common pledges there are, beside the facility."""

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2025, 12, 1)
"""When what has an origin, and must be the same whoever records it, happened: never closed."""

FACILITY = "250.00 GBP"
"""What each facility promises: less than everybody together asks of it."""

SHARED = 2
"""The seconds for which everybody asks what was known at the same moment."""

LATEST = 4
"""How many of its latest pledges and moments a process goes back to."""

OFTEN: Mapping[str, int] = {
    "announce": 10,
    "draw": 25,
    "move": 20,
    "return": 4,
    "reverse": 8,
    "supersede": 4,
    "amend": 5,
    "race": 8,
    "import": 2,
    "pair": 6,
    "close": 3,
    "reopen": 2,
    "report": 20,
}
"""How often each kind of operation is asked for, against the others."""


@dataclass(frozen=True)
class Trial:
    """What all workers share: the place of the book, a folder, and the time between two moments (nanoseconds)."""

    place: str
    folder: Path
    seed: int
    start: int
    end: int

    @property
    def passed(self) -> float:
        """How much of the time has passed, from 0 to 1."""
        return (monotonic_ns() - self.start) / (self.end - self.start)

    @property
    def today(self) -> date:
        """The day in the book."""
        return FIRST_DAY + timedelta(days=int(self.passed * (LAST_DAY - FIRST_DAY).days))

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        return (monotonic_ns() - self.start) / 1e9


@dataclass
class History:
    """The file in which a process tells what it does: each line is written at once, before anything goes on."""

    path: Path

    def __post_init__(self) -> None:
        self._file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def tell(self, **line: Any) -> None:
        """Write one line, with the moment."""
        os.write(self._file, json.dumps({"at": monotonic_ns(), **line}, ensure_ascii=False).encode() + b"\n")


@dataclass
class Worker:
    """One process: ``name`` is its place among the others and how often it was replaced, as ``3.0``."""

    trial: Trial
    name: str
    way: Way
    history: History
    chance: Random
    count: int = 0
    own: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    last: int = 1
    moments: list[str] = field(default_factory=list)
    stretch: int = -1

    def work(self) -> None:
        """Ask until time is up."""
        while monotonic_ns() < self.trial.end:
            for operation in self._next():
                self._ask(operation)

    def _ask(self, operation: Operation) -> None:
        call = f"{self.name}.{self.count}"
        self.count += 1
        about: dict[str, Any] = {"marks": operation.marks, "origins": operation.origins, "asks": operation.asks}
        self.history.tell(
            call=call, **{"is": "invoke"}, process=self.name, way=self.way.name, kind=operation.kind, **about
        )
        try:
            says = self.way.ask(operation)
        except Refused as refused:
            self.history.tell(call=call, **{"is": "refused"}, says={"kind": refused.kind, "words": str(refused)})
        except Exception as error:  # noqa: BLE001 - whatever it is, the checker shows it
            self.history.tell(call=call, **{"is": "failed"}, says={"words": repr(error)})
        else:
            self.history.tell(call=call, **{"is": "ok"}, says=says)
            self._learn(operation, says)

    def _learn(self, operation: Operation, says: Mapping[str, Any]) -> None:
        for entry in says.get("entries", ()):
            self.last = max(self.last, entry["number"])
            self.moments = [*self.moments[-LATEST:], *([entry["recorded_at"]] if "recorded_at" in entry else [])]
            if entry["kind"] == "pledge" and operation.kind == "announce" and not operation.origins:
                if "parent" in operation.asks:
                    self.children = [*self.children[-LATEST:], entry["pledge"]]
                else:
                    self.own = [*self.own[-LATEST:], entry["pledge"]]

    # What is asked next

    def _next(self) -> Iterator[Operation]:
        stretch = int(self.trial.seconds / STRETCH)
        if stretch != self.stretch:
            self.stretch, self.children = stretch, []
            yield self._new("GB", FACILITY, id=f"F{stretch}")
            number = int(self.name.partition(".")[0]) % COMMON
            yield self._new("DE", "900.00 EUR", id=self._common(number), instrument=["grant", "loan"][number % 2])
        (kind,) = self.chance.choices([*OFTEN], [*OFTEN.values()])
        made: Callable[[], Operation | None] = getattr(self, f"_{kind}")
        if operation := made():
            yield operation

    def _told(self, part: int = 0, *, late: int = 20) -> Told:
        on = self.trial.today - timedelta(days=self.chance.randint(0, late))
        return Told(f"{self.name}.{self.count}#{part}", on.isoformat())

    def _new(self, donor: str, amount: str, **more: str) -> Operation:
        return operations.announced(donor, amount, self._told(), **more)

    def _common(self, number: int | None = None, *, earlier: int = 0) -> str:
        chosen = self.chance.randrange(COMMON) if number is None else number
        return f"P{max(0, self.stretch - earlier)}-{chosen}"

    def _amount(self, most: int, currency: str) -> str:
        units = self.chance.choice([1, self.chance.randint(1, 100 * most)])
        return f"{units // 100}.{units % 100:02} {currency}"

    def _announce(self) -> Operation:
        donor, currency = self.chance.choice([("US", "USD"), ("GB", "GBP"), ("FR", "EUR")])
        return self._new(donor, self._amount(1000, currency), instrument=self.chance.choice(["grant", "loan"]))

    def _draw(self) -> Operation:
        facility, amount = f"F{self.stretch}", self._amount(60, "GBP")
        if self.own and self.chance.random() < 1 / 4:
            return operations.drawn(facility, self.chance.choice(self.own), amount, self._told())
        return self._new("GB", amount, parent=facility)

    def _move(self) -> Operation:
        kind = self.chance.choice(["commit", "allocate", "disburse", "cancel"])
        pledge, currency = self.chance.choice([(self._common(), "EUR"), (f"F{self.stretch}", "GBP")])
        return operations.moved(kind, pledge, self._amount(40, currency), self._told())

    def _return(self) -> Operation | None:
        if not self.children:
            return None
        child = self.chance.choice(self.children)
        return operations.moved("cancel", child, self._amount(5, "GBP"), self._told(), back=True)

    def _reverse(self) -> Operation:
        number = max(2, self.last - self.chance.randint(0, 12))
        return operations.reversal(number, self._told().mark)

    def _supersede(self) -> Operation:
        return operations.superseded(self._common(earlier=1), self._common(), self._told())

    def _amend(self) -> Operation:
        return operations.amended(self._common(), self._told())

    def _race(self) -> Operation:
        """The same origin from everybody, at the same time; of every third, two contents."""
        number = int(self.trial.seconds * 4)
        other = self.chance.randrange(2) if number % 3 == 0 else 0
        told = Told(f"race {number}", LAST_DAY.isoformat())
        return operations.announced("JP", f"{number + 1 + other} JPY", told, id=f"R{number}", origin=f"race:{number}")

    def _import(self) -> Operation:
        folder = self.trial.folder / "imports" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return operations.imported(folder, int(self.trial.seconds))

    def _pair(self) -> Operation | None:
        if self.way.name != Direct.name:
            return None
        mark = f"{self.name}.{self.count}"
        one = operations.announced("US", "10.00 USD", self._told(), id=f"X{mark}")
        move = operations.moved("disburse", self._common(), self._amount(40, "EUR"), self._told(1))
        return operations.paired(one, move)

    def _close(self) -> Operation:
        month = (self.trial.today - timedelta(days=self.chance.randint(20, 40))).strftime("%Y-%m")
        return operations.closed(month, Told(self._told().mark))

    def _reopen(self) -> Operation:
        month = (self.trial.today - timedelta(days=self.chance.randint(20, 40))).strftime("%Y-%m")
        return operations.reopened(month, Told(self._told().mark))

    def _report(self) -> Operation:
        """The present; or what was known right now, at a moment that was asked about before, or of an own entry."""
        which = self.chance.randrange(5)
        if which == 0:
            return operations.reported(None)
        if which == 1 and self.moments:
            return operations.reported(self.chance.choice(self.moments))
        now = datetime.now(UTC)
        if which >= 3:  # everybody asks about the same one
            now = datetime.fromtimestamp(int(now.timestamp() // SHARED) * SHARED, UTC)
        self.moments = [*self.moments[-LATEST:], stamp(now)]
        return operations.reported(self.moments[-1])


def work(trial: Trial, name: str, *, types: bool) -> None:
    """Be one process of a trial, by the ledger's own interface or typing commands."""
    os.setsid()  # so that what it types is killed with it
    history = History(trial.folder / "history" / f"{name}.jsonl")
    way: AbstractContextManager[Way] = nullcontext(Typed(trial.place, name)) if types else direct(trial.place, name)
    with way as asked:
        chance = Random(f"{trial.seed}/{name}")  # noqa: S311 - it guards nothing
        Worker(trial, name, asked, history, chance).work()
