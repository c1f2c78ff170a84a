"""The ledger's rules once more, with dictionaries of whole numbers: what the book is compared with.

Nothing here is taken from the ledger. A balance is a number of minor units by (pledge, stage,
commodity), more than nothing on every stage, the two promise sides included; the memorandum pair
is left out. A step either changes everything it should, or raises :class:`Refused` and nothing.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

UNDELIVERED = ("pledged", "committed", "allocated")
NEAREST = {
    "commit": ("pledged",),
    "allocate": ("committed", "pledged"),
    "disburse": ("allocated", "committed", "pledged"),
    "call": ("allocated", "committed", "pledged"),
    "cancel": UNDELIVERED,
    "repay": ("disbursed", "called"),
    "forgive": ("disbursed", "called"),
}
REACHED = {
    "commit": "committed",
    "allocate": "allocated",
    "disburse": "disbursed",
    "call": "called",
    "cancel": "cancelled",
    "repay": "repaid",
    "forgive": "forgiven",
}
EVERYONE = {"commit", "allocate", "cancel", "repay"}
MOVES = {
    "grant": EVERYONE | {"disburse"},
    "loan": EVERYONE | {"disburse", "forgive"},
    "guarantee": EVERYONE | {"call", "forgive"},
}
CURRENCIES = ("GBP", "EUR")
LASTING = {"open", "item", "close", "reopen"}

Key = tuple[str, str, str]


class Refused(Exception):
    """The model says no."""


def refuse(no: object) -> None:
    """Say no, if there is a reason to."""
    if no:
        raise Refused


@dataclass
class Done:
    """An entry: what it changed, and what it was about."""

    kind: str
    on: date
    pledge: str | None = None
    change: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    drawn: dict[tuple[str, str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    facts: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    reverses: int | None = None

    def move(self, pledge: str, of: str, **stages: int) -> None:
        """Add to stages of a pledge."""
        for stage, units in stages.items():
            self.change[pledge, stage, of] += units


class Model:
    """A book in memory: balances, drawings, facts and every entry."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.closed: date | None = None
        self.held: dict[Key, int] = defaultdict(int)
        self.drawn: dict[tuple[str, str, str, str], int] = defaultdict(int)
        self.facts: dict[str, dict[str, Any]] = {}
        self.entries: list[Done] = [Done("open", today), Done("item", today)]

    def attempt(self, step: Callable[[], Done]) -> bool:
        """Take a step whole or not at all: whether it was taken."""
        try:
            done = step()
            if done.kind not in {"close", "reopen"}:
                refuse(self.closed and done.on < self.closed)
            held = copy.copy(self.held)
            for key, units in done.change.items():
                held[key] += units
            refuse(min(held.values(), default=0) < 0)
        except Refused:
            return False
        self.held = held
        for drawing, units in done.drawn.items():
            self.drawn[drawing] += units
        self.entries.append(done)
        self._restate(done)
        return True

    def _restate(self, done: Done) -> None:
        number = len(self.entries)
        if done.kind == "pledge" and done.pledge:
            self.facts[done.pledge] = {name: new for name, (_, new) in done.facts.items()} | {"void": None}
        elif done.pledge:
            facts = self.facts[done.pledge]
            facts.update({name: new for name, (_, new) in done.facts.items()})
            if done.reverses and done.reverses == facts["void"]:
                facts["void"] = None
            elif done.reverses and self.entries[done.reverses - 1].kind == "pledge":
                facts["void"] = number

    # What is asked of it

    def live(self, pledge: str) -> dict[str, Any]:
        """The facts of a pledge that was not withdrawn."""
        refuse(self.facts[pledge]["void"])
        return self.facts[pledge]

    def sum(self, pledge: str, of: str, stages: Iterable[str]) -> int:
        """What some stages hold together."""
        return sum(self.held[pledge, stage, of] for stage in stages)

    def given(self, parent: str, child: str | None = None, of: str | None = None) -> int:
        """What was drawn from a parent, by all or by one, net."""
        return sum(
            units
            for (giver, taker, _, what), units in self.drawn.items()
            if giver == parent and child in {None, taker} and of in {None, what}
        )

    def gross(self, pledge: str, of: str) -> int:
        """The promise, what was drawn from it included."""
        return self.held[pledge, "undertaking", of] + self.given(pledge, of=of)

    def commodities(self, pledge: str) -> list[str]:
        """What a pledge has anything of."""
        return sorted({of for (whose, _, of), units in self.held.items() if whose == pledge and units})

    def in_force(self, number: int) -> bool:
        """Whether an entry stands: no reversal of it does."""
        undone = [n for n, done in enumerate(self.entries, 1) if done.reverses == number]
        return not any(map(self.in_force, undone))

    def moves_made(self, pledge: str) -> set[str]:
        """The kinds of moves in a pledge's history that stand."""
        numbered = enumerate(self.entries, 1)
        return {
            done.kind for n, done in numbered if done.pledge == pledge and done.kind in REACHED and self.in_force(n)
        }

    def measures(self) -> dict[tuple[str, str], dict[str, int]]:
        """Every measure of each pledge in each currency of which anything is not zero."""
        found = {(pledge, of): self._measures(pledge, of) for pledge in self.facts for of in CURRENCIES}
        return {key: row for key, row in found.items() if any(row.values())}

    def _measures(self, pledge: str, of: str) -> dict[str, int]:
        at = {stage: self.held[pledge, stage, of] for stage in (*UNDELIVERED, "disbursed", *REACHED.values(), "excess")}
        instrument = self.facts[pledge]["instrument"]
        disbursed = at["disbursed"] + at["called"] + at["repaid"] + at["forgiven"]
        allocated = disbursed + at["allocated"]
        committed = allocated + at["committed"]
        pledged = committed + at["pledged"]
        return {
            "pledged": pledged,
            "committed": committed,
            "allocated": allocated,
            "disbursed": disbursed,
            "called": disbursed if instrument == "guarantee" else 0,
            "repaid": at["repaid"],
            "forgiven": at["forgiven"],
            "cancelled": at["cancelled"],
            "top_up": at["excess"],
            "outstanding": pledged - disbursed,
            "owed": 0 if instrument == "grant" else at["disbursed"] + at["called"],
        }

    # Steps

    def announce(
        self, pledge: str, amounts: Mapping[str, int], on: date, *, stage: str, parent: str | None, **facts: Any
    ) -> Done:
        """A new pledge, of new money or a facility's."""
        done = Done("pledge", on, pledge)
        done.facts = {name: (None, value) for name, value in {"parent": parent, **facts}.items()}
        for of, units in amounts.items():
            refuse(units <= 0)
            if parent is None or (of not in CURRENCIES and not self.held[parent, "undertaking", of]):
                done.move(pledge, of, pledged=units, undertaking=units)
            else:
                self.live(parent)
                self._draw(done, parent, pledge, of, units)
            if stage == "committed":
                pledged = done.change[pledge, "pledged", of]
                done.move(pledge, of, pledged=-pledged, committed=pledged)
        if parent is not None:
            self.live(parent)
        return done

    def move(
        self,
        kind: str,
        pledge: str,
        amounts: Mapping[str, int],
        on: date,
        *,
        only: str | None = None,
        top_up: bool = False,
        to_parent: bool = False,
    ) -> Done:
        """A step from stage to stage; no amounts mean everything."""
        instrument = self.live(pledge)["instrument"]
        refuse(kind not in MOVES[instrument])
        order = (only,) if only else NEAREST[kind]
        refuse(only and only not in NEAREST[kind])
        refuse(kind in {"repay", "forgive"} and only == ("disbursed" if instrument == "guarantee" else "called"))
        refuse(top_up and kind not in {"commit", "allocate", "disburse", "call"})
        done = Done(kind, on, pledge)
        if to_parent:
            self._return(done, pledge, amounts, order)
            return done
        there = {of: self.sum(pledge, of, order) for of in self.commodities(pledge)}
        amounts = amounts or {of: units for of, units in there.items() if units}
        refuse(not amounts)
        for of, units in amounts.items():
            refuse(units <= 0)
            self._move(done, pledge, of, units, order=order, top_up=top_up, only=only)
        return done

    def _move(
        self, done: Done, pledge: str, of: str, units: int, *, order: Iterable[str], top_up: bool, only: str | None
    ) -> None:
        most = self.facts[pledge]["most"] if done.kind == "call" and of == "GBP" else None
        called = self.sum(pledge, of, ("called", "repaid", "forgiven"))
        short = units - self.take(done, pledge, of, units, order)
        refuse(short and not (top_up or (most is not None and only is None)))
        refuse(most is not None and called + units > most)
        done.move(pledge, of, excess=short, **{REACHED[done.kind]: units})

    def take(self, done: Done, pledge: str, of: str, units: int, order: Iterable[str]) -> int:
        """Take what is there, stage by stage, and say how much that was."""
        left = units
        for stage in order:
            part = min(left, self.held[pledge, stage, of])
            done.move(pledge, of, **{stage: -part})
            left -= part
        return units - left

    def _return(self, done: Done, child: str, amounts: Mapping[str, int], order: Iterable[str]) -> None:
        parent = self.facts[child]["parent"]
        refuse(parent is None or done.kind != "cancel")
        self.live(parent)
        most = {of: min(self.sum(child, of, order), self.given(parent, child, of)) for of in self.commodities(child)}
        amounts = amounts or {of: units for of, units in most.items() if units > 0}
        refuse(not amounts)
        for of, units in amounts.items():
            refuse(units <= 0 or units > most.get(of, 0))
            self.take(done, child, of, units, order)
            self._other_side(done, child, parent, of, units)
            left = units
            for stage in UNDELIVERED:
                part = min(left, self.drawn[parent, child, stage, of])
                done.move(parent, of, **{stage: part})
                done.drawn[parent, child, stage, of] -= part
                left -= part

    def _other_side(self, done: Done, giver: str, taker: str | None, of: str, units: int) -> None:
        for side in ("undertaking", "excess"):
            part = min(units, self.held[giver, side, of])
            done.move(giver, of, **{side: -part})
            if taker is not None:
                done.move(taker, of, **{side: part})
            units -= part

    def _draw(
        self, done: Done, parent: str, child: str, of: str, units: int, *, existing: bool = False, beyond: bool = False
    ) -> None:
        refuse(units > self.sum(parent, of, UNDELIVERED))
        refuse(not beyond and units > self.held[parent, "undertaking", of])
        refuse(existing and units > self.gross(child, of) - self.given(parent, child, of))
        self._other_side(done, parent, None if existing else child, of, units)
        for stage in UNDELIVERED:
            part = min(units, self.held[parent, stage, of])
            done.move(parent, of, **{stage: -part})
            done.move(child, of, **({} if existing else {stage: part}))
            done.drawn[parent, child, stage, of] += part
            units -= part

    def draw(self, parent: str, child: str, of: str, units: int, on: date, *, existing: bool) -> Done:
        """A child takes part of its promise from its facility."""
        self.live(parent)
        refuse(self.live(child)["parent"] not in {None, parent})
        above: str | None = parent
        while above is not None:
            refuse(above == child)
            above = self.facts[above]["parent"]
        refuse(self.given(child, parent) or units <= 0)
        done = Done("draw", on, child)
        self._draw(done, parent, child, of, units, existing=existing)
        if self.facts[child]["parent"] is None:
            done.facts["parent"] = (None, parent)
        return done

    def supersede(self, old: str, new: str, on: date, *, existing: bool) -> Done:
        """What a pledge has not delivered goes to another."""
        self.live(old)
        self.live(new)
        left = {of: self.sum(old, of, UNDELIVERED) for of in self.commodities(old)}
        refuse(old == new or self.given(new, old) or not any(left.values()))
        done = Done("supersede", on, new)
        for of, units in left.items():
            self._draw(done, old, new, of, units, existing=existing, beyond=True)
        return done

    def revise(self, pledge: str, of: str, units: int, on: date) -> Done:
        """The new gross promise, in the same currency or in place of another."""
        self.live(pledge)
        refuse(units < 0)
        now = [each for each in CURRENCIES if self.gross(pledge, each)]
        replaced = now if of in CURRENCIES and of not in now else []
        refuse(len(replaced) > 1)
        done = Done("revise", on, pledge)
        for each, promise in [(of, units), *((other, 0) for other in replaced)]:
            change = promise - self.gross(pledge, each)
            done.move(pledge, each, undertaking=change, pledged=max(change, 0))
            refuse(change < 0 and self.take(done, pledge, each, -change, UNDELIVERED) < -change)
        refuse(not any(done.change.values()))
        return done

    def amend(self, pledge: str, name: str, value: str, on: date) -> Done:
        """A corrected fact."""
        old = self.live(pledge)[name]
        refuse(old == value)
        refuse(name == "instrument" and self.moves_made(pledge) - MOVES[value])
        done = Done("amend", on, pledge)
        done.facts = {name: (old, value)}
        return done

    def reverse(self, number: int, on: date | None) -> Done:
        """The opposite of an entry."""
        was = self.entries[number - 1]
        refuse(was.kind in LASTING or any(done.reverses == number for done in self.entries))
        done = Done("reverse", on or max(was.on, self.closed or was.on), was.pledge, reverses=number)
        for pledge in {key[0] for key in was.change} | {str(was.pledge)}:
            refuse(self.facts[pledge]["void"] not in {None, number})
        for key, units in was.change.items():
            done.change[key] = -units
        for drawing, units in was.drawn.items():
            refuse(self.drawn[drawing] < units)
            done.drawn[drawing] = -units
        self._undo_facts(done, was)
        if was.kind == "pledge":
            mine = {key for key in self.held if key[0] == was.pledge}
            refuse(any(self.held[key] + done.change[key] for key in mine) or self.given(str(was.pledge)))
        restored = self.entries[was.reverses - 1].kind if was.reverses else None
        refuse(restored in REACHED and restored not in MOVES[self.facts[str(was.pledge)]["instrument"]])
        return done

    def _undo_facts(self, done: Done, was: Done) -> None:
        if was.kind == "pledge" or was.pledge is None:
            return
        for name, (old, new) in was.facts.items():
            refuse(self.facts[was.pledge][name] != new)
            refuse(name == "instrument" and self.moves_made(was.pledge) - MOVES[old])
            drew = sum(was.drawn.values())
            refuse(name == "parent" and new is not None and self.given(new, was.pledge) != drew)
            done.facts[name] = (new, old)

    def close(self, end: date) -> Done:
        """Nothing dated before the end any more."""
        refuse((self.closed and end <= self.closed) or end > self.today)
        self.closed = end
        return Done("close", self.today)

    def reopen(self, start: date, end: date) -> Done:
        """Everything from the start on again."""
        refuse(self.closed is None or end > self.closed)
        self.closed = start
        return Done("reopen", self.today)
