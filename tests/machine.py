"""A book and a model of it, taken through the same steps: what one refuses the other does, and they stay equal."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.book import Book
from ledger.errors import InputError, Refusal
from ledger.journal import CREDIT_STAGES, MEMORANDUM, Stage
from ledger.money import Money, commodity
from ledger.period import Period
from ledger.pledge import Instrument, MoveKind, Promise, Purpose
from ledger.recognition import steps
from ledger.reports.measures import MEASURES
from ledger.selection import Selection
from tests import places
from tests.model import MOVES, NEAREST, UNDELIVERED, Done, Model
from tests.world import Clock, errors, last_number, make_book, money, records, register_item

TODAY, LATER = "2025-05-01", "2025-11-11"
LAST = date(2025, 4, 15)

which = st.integers(0, 11)
tenths = st.sampled_from([1, 3, 5, 5, 10, 10, 10, 11, 25])
days = st.sampled_from([date(2025, 1, 15), date(2025, 2, 15), date(2025, 3, 15), LAST, LAST, LAST])
codes = st.sampled_from(["GBP", "GBP", "GBP", "EUR", "tank"])
units = st.sampled_from([0, 1, 20, 50, 80, 100, 150, 250, -1])
promises = st.dictionaries(codes, st.sampled_from([50, 100, 200]), max_size=2)
instruments = st.sampled_from(sorted(MOVES))
donors = st.sampled_from(["GB", "FR", "EU"])
months = st.sampled_from([Period.parse(f"2025-{month:02}") for month in (1, 1, 1, 2, 3, 5)])
seldom = st.sampled_from([False, False, False, True])


def priced(amounts: dict[str, int]) -> tuple[Money, ...]:
    """Amounts of the ledger's kind."""
    return tuple(Money(units, commodity(code)) for code, units in amounts.items())


@cache
def empty() -> Path:
    """A book in which nothing has happened but that an item was registered, to be copied."""
    path = places.of_process() / "machine.db"
    with make_book(path, Clock(TODAY)) as book:
        register_item(book, "tank", "Main battle tank")
    return path


class BookAndModel(RuleBasedStateMachine):
    """One book in a file of its own, and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = ExitStack()
        place = places.copied(empty(), self.folder.enter_context(places.folder()) / "book.db")
        self.clock = Clock(TODAY)
        self.book = Book.open(place, clock=self.clock, recorded_by="ada")
        self.model = Model(date.fromisoformat(TODAY))
        self.told: list[steps.Step] = []
        self.states: dict[int, dict[tuple[str, str, str], int]] = {}

    def teardown(self) -> None:
        """Look at the whole book, and at it as it was known after each entry."""
        try:
            assert errors(self.book) == []
            assert last_number(self.book) == len(self.model.entries)
            for number, state in self.states.items():
                assert self._held(known_at=number) == state
        finally:
            self.book.close()
            self.folder.close()

    def both(self, expected: Callable[[], Done], step: steps.Step) -> None:
        """Let both take a step, or both refuse it."""
        self.clock.turn_to(TODAY)
        if self.model.attempt(expected):
            recorded = self.book.record(step)
            assert (recorded.entry.number, recorded.repeated) == (len(self.model.entries), False)
            assert recorded.entry.on == self.model.entries[-1].on
            self.told.append(step)
        else:
            with pytest.raises((Refusal, InputError)):
                self.book.record(step)

    def evidence(self, on: date | None = None, note: str | None = None) -> steps.Evidence:
        """What a step carries: an origin of its own, among other things."""
        return steps.Evidence(on=on, note=note, origin=f"try:{len(self.told)}")

    def pledge(self, which: int) -> str:
        """One of the pledges there are."""
        return list(self.model.facts)[which % len(self.model.facts)]

    def code(self, pledge: str, which: int) -> str:
        """One of the commodities that a pledge has something of."""
        found = self.model.commodities(pledge) or ["GBP"]
        return found[which % len(found)]

    # Rules

    @initialize(first=instruments, second=promises)
    def begin(self, first, second):
        """There is a facility with a child, a guarantee, and whatever comes."""
        self.announce({"GBP": 200, "tank": 50}, first, "GB", LAST, "pledged", None)
        self.announce({"GBP": 100}, first, "GB", LAST, "pledged", 0)
        self.announce({"GBP": 100}, "guarantee", "FR", LAST, "committed", None)
        self.announce(second, "loan", "EU", LAST, "pledged", None)

    @rule(
        promises=promises,
        instrument=instruments,
        donor=donors,
        on=days,
        stage=st.sampled_from(["pledged", "committed"]),
        parent=st.none() | which,
    )
    def announce(self, promises, instrument, donor, on, stage, parent):
        name = f"P{len(self.model.entries)}"
        facility = None if parent is None else self.pledge(parent)
        most = 300 if instrument == "guarantee" and "GBP" in promises else None
        step = steps.Announce(
            id=name,
            donor=donor,
            purpose=Purpose.MILITARY,
            instrument=Instrument(instrument),
            promises=tuple(map(Promise, priced(promises))),
            stage=Stage(stage),
            parent=facility,
            max_exposure=Money(most, commodity("GBP")) if most else None,
            evidence=self.evidence(on),
        )
        facts = {"donor": donor, "instrument": instrument, "most": most}
        self.both(lambda: self.model.announce(name, promises, on, stage=stage, parent=facility, **facts), step)

    @rule(a=which, b=which, c=which, on=days, tenths=tenths, only=st.none() | which, top_up=seldom)
    def move(self, a, b, c, on, tenths, only, top_up):
        """One of the pledge's moves, or now and then a step it does not have, of some of what is there."""
        pledge = self.pledge(a)
        kinds = sorted(MOVES[self.model.facts[pledge]["instrument"]]) * 3 + sorted(NEAREST)
        kind, code = kinds[(5 * a + b) % len(kinds)], self.code(pledge, c)
        stage = None if only is None or only > 5 else (*UNDELIVERED, "disbursed", "called", "repaid")[only]
        there = self.model.sum(pledge, code, [stage] if stage else NEAREST[kind])
        self._move(kind, pledge, {code: there * tenths // 10}, on, only=stage, top_up=top_up)

    @rule(a=which, c=which, tenths=tenths, back=st.sampled_from(["repay", "repay", "forgive"]), top_up=seldom)
    def pay_and_pay_back(self, a, c, tenths, back, top_up):
        """What is left of a pledge is delivered, and some of it comes back or is forgiven."""
        pledge = self.pledge(a)
        code = self.code(pledge, c)
        kind = "call" if self.model.facts[pledge]["instrument"] == "guarantee" else "disburse"
        left = self.model.sum(pledge, code, UNDELIVERED) * tenths // 10
        self._move(kind, pledge, {code: left}, LAST, top_up=top_up)
        gone = self.model.sum(pledge, code, ["disbursed", "called"]) // 2
        self._move(back, pledge, {code: gone}, LAST)

    @rule(a=which, kind=st.sampled_from(sorted(NEAREST)), on=days, amounts=st.dictionaries(codes, units, max_size=2))
    def move_several(self, a, kind, on, amounts):
        """Everything, or amounts that may not be there."""
        self._move(kind, self.pledge(a), amounts, on)

    @rule(a=which, c=which, tenths=tenths, everything=seldom, kind=st.sampled_from(["cancel"] * 5 + ["commit"]))
    def give_back(self, a, c, tenths, everything, kind):
        children = [pledge for pledge, facts in self.model.facts.items() if facts["parent"]] or [self.pledge(a)]
        child = children[a % len(children)]
        code = self.code(child, c)
        amounts = {} if everything else {code: self.model.sum(child, code, UNDELIVERED) * tenths // 10}
        self._move(kind, child, amounts, LAST, to_parent=True)

    def _move(self, kind: str, pledge: str, amounts: dict[str, int], on: date, **options: Any) -> None:
        only = options.get("only")
        step = steps.Move(
            kind=MoveKind(kind),
            pledge=pledge,
            amounts=priced(amounts),
            everything=not amounts,
            evidence=self.evidence(on),
            **(options | ({"only": Stage(only)} if only else {})),
        )
        self.both(lambda: self.model.move(kind, pledge, amounts, on, **options), step)

    @rule(a=which, b=which, c=which, tenths=tenths, on=days, existing=seldom)
    def draw(self, a, b, c, tenths, on, existing):
        parent, child = self.pledge(a), self.pledge(b)
        code = self.code(parent, c)
        units = self.model.sum(parent, code, UNDELIVERED) * tenths // 10
        step = steps.Draw(
            parent=parent,
            child=child,
            amount=Money(units, commodity(code)),
            existing=existing,
            evidence=self.evidence(on),
        )
        self.both(lambda: self.model.draw(parent, child, code, units, on, existing=existing), step)

    @rule(a=which, b=which, existing=seldom)
    def supersede(self, a, b, existing):
        self._supersede(self.pledge(a), self.pledge(b), existing=existing)

    @rule(a=which, more=st.sampled_from([0, 0, 5, -5]))
    def supersede_by_a_pledge_that_holds_it_already(self, a, more):
        old = self.pledge(a)
        left = {code: self.model.sum(old, code, UNDELIVERED) for code in self.model.commodities(old)}
        self.announce({code: max(1, units + more) for code, units in left.items()}, "loan", "GB", LAST, "pledged", None)
        self._supersede(old, list(self.model.facts)[-1], existing=True)

    def _supersede(self, old: str, new: str, *, existing: bool) -> None:
        step = steps.Supersede(old=old, new=new, existing=existing, evidence=self.evidence(LAST, "replaced"))
        self.both(lambda: self.model.supersede(old, new, LAST, existing=existing), step)

    @rule(a=which, code=codes, units=units, on=days)
    def revise(self, a, code, units, on):
        pledge = self.pledge(a)
        step = steps.Revise(pledge=pledge, amount=Money(units, commodity(code)), evidence=self.evidence(on, "restated"))
        self.both(lambda: self.model.revise(pledge, code, units, on), step)

    @rule(a=which, donor=donors, on=days)
    def amend_donor(self, a, donor, on):
        pledge = self.pledge(a)
        step = steps.Amend(pledge=pledge, changes={"donor": donor}, evidence=self.evidence(on, "misread"))
        self.both(lambda: self.model.amend(pledge, "donor", donor, on), step)

    @rule(a=which, instrument=instruments)
    def amend_instrument(self, a, instrument):
        pledge, changes = self.pledge(a), {"instrument": Instrument(instrument)}
        step = steps.Amend(pledge=pledge, changes=changes, evidence=self.evidence(LAST, "misread"))
        self.both(lambda: self.model.amend(pledge, "instrument", instrument, LAST), step)

    @rule(back=st.integers(0, 12), on=st.none() | days)
    def reverse(self, back, on):
        number = max(1, len(self.model.entries) - back)
        step = steps.Reverse(number=number, evidence=self.evidence(on, "in error"))
        self.both(lambda: self.model.reverse(number, on), step)

    @rule(back=st.integers(0, 1))
    def reverse_one_of_the_last(self, back):
        self.reverse(back, None)

    @rule(month=months, again=seldom)
    def close(self, month, again):
        if again:
            step: steps.Step = steps.Reopen(period=month, evidence=self.evidence(note="late"))
            self.both(lambda: self.model.reopen(month.start, month.end), step)
        else:
            step = steps.Close(period=month, evidence=self.evidence())
            self.both(lambda: self.model.close(month.end), step)

    @rule(back=st.integers(0, 20))
    def tell_again(self, back):
        """A step that was recorded does nothing when it is told again, whatever came later."""
        self.clock.turn_to(LATER)
        assert self.book.record(self.told[-1 - back % len(self.told)]).repeated

    # Invariants

    @invariant()
    def every_account_holds_what_the_model_says(self):
        held = self._held()
        assert held == {key: units for key, units in self.model.held.items() if units}
        self.states[len(self.model.entries)] = held

    @invariant()
    def every_measure_is_the_models_stages_added_up(self):
        rows = records(self.book.totals(by=("pledge",)))
        said = {
            (row["pledge"], row["currency"]): {name: money(f"{row[name]} {row['currency']}").units for name in MEASURES}
            for row in rows
        }
        assert said == self.model.measures()

    def _held(self, **filters: Any) -> dict[tuple[str, str, str], int]:
        held: dict[tuple[str, str, str], int] = {}
        for row in records(self.book.trial_balance(Selection(**filters))):
            pledge, stage, code = str(row["pledge"]), str(row["stage"]), str(row["commodity"])
            balance = money(f"{row['balance']} {code}").units
            if balance and stage not in MEMORANDUM:
                held[pledge, stage, code] = -balance if stage in CREDIT_STAGES else balance
        return held
