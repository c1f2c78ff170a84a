"""Books at random: lives of pledges as steps, of which a book records those that it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import LedgerError
from ledger.journal import Stage
from ledger.money import Money, currency
from ledger.pledge import MOVES, Instalment, Instrument, MoveKind, Promise, Purpose
from ledger.recognition.steps import Amend, Announce, Draw, Evidence, Move, Reverse, Revise, Step
from tests import places
from tests.world import Clock

FIRST_DAY = date(2024, 11, 20)
CURRENCIES = [currency(code) for code in ("GBP", "EUR", "JPY", "USD")]
TITLES = [None, "Plain", 'Of "5,000+" missiles, [LMM]', "«Ракети»; рядок", "=1+1", " spaced "]

days = st.integers(0, 150).map(lambda count: FIRST_DAY + timedelta(days=count))
DELIVERIES = {MoveKind.DISBURSE, MoveKind.CALL}

units = st.one_of(st.integers(1, 1000), st.integers(1, 10**17))


@contextmanager
def book_of(empty_book: Path, steps: Sequence[Step]) -> Iterator[Book]:
    """A book in which those of these steps are recorded that it does not refuse."""
    with places.folder() as folder:
        place = places.copied(empty_book, folder / "book.db")
        with Book.open(place, clock=Clock("2025-06-01"), recorded_by="ada") as book:
            with book.database.writing() as connection:
                for step in steps:
                    try:
                        with connection.begin_nested():
                            book._record(connection, step)
                    except LedgerError:
                        continue
            yield book


@st.composite
def lives(draw: st.DrawFn, most_pledges: int = 5, most_moves: int = 12) -> list[Step]:
    """Pledges of any kind, then moves and corrections of them in any order of dates."""
    announced = [draw(announcements(number)) for number in range(draw(st.integers(1, most_pledges)))]
    steps = st.one_of(moves(announced), moves(announced), moves(announced), corrections(announced))
    later = draw(st.lists(steps, max_size=most_moves))
    return [*announced, *later]


def evidence(note: str | None = None) -> st.SearchStrategy[Evidence]:
    """A day, and a reason."""
    return st.builds(Evidence, on=days, note=st.just(note))


@st.composite
def announcements(draw: st.DrawFn, number: int) -> Announce:
    """A pledge called P and its number: of one currency, of two, or undisclosed; on its own or of one before it."""
    of = draw(st.sampled_from([[], *([each] for each in CURRENCIES), CURRENCIES[:2], CURRENCIES[1:3]]))
    amounts = [Money(draw(units), each) for each in of]
    schedule = [Instalment(draw(days), Money(draw(units), each)) for each in of if draw(st.booleans())]
    return Announce(
        id=f"P{number}",
        donor=draw(st.sampled_from(["GB", "DE", "FR", "EU"])),
        recipient=draw(st.sampled_from([None, "MD"])),
        purpose=draw(st.sampled_from(Purpose)),
        instrument=draw(st.sampled_from([Instrument.GRANT, Instrument.LOAN, Instrument.GUARANTEE])),
        source=draw(st.sampled_from([None, "budget", "era"])),
        package=draw(st.sampled_from([None, "spring"])),
        title=draw(st.sampled_from(TITLES)),
        promises=tuple(map(Promise, amounts)),
        schedule=tuple(schedule),
        stage=draw(st.sampled_from([None, None, Stage.COMMITTED])),
        parent=draw(st.sampled_from([None, None, *(f"P{earlier}" for earlier in range(number))])),
        evidence=draw(evidence()),
    )


@st.composite
def moves(draw: st.DrawFn, announced: Sequence[Announce]) -> Move:
    """A move of everything, or of a part, topped up where that is too much, paid in euros perhaps."""
    pledge = draw(st.sampled_from(announced))
    parts = tuple(Money(draw(st.integers(1, 1000)), promise.amount.commodity) for promise in pledge.promises[:1])
    kind = draw(st.sampled_from(sorted(MOVES[pledge.instrument])))
    everything = draw(st.booleans())
    return Move(
        kind=kind,
        pledge=str(pledge.id),
        amounts=() if everything else parts,
        everything=everything,
        top_up=kind in DELIVERIES and draw(st.booleans()),
        paid=draw(st.sampled_from([None, Money(1, currency("NOK"))])) if kind in DELIVERIES else None,
        evidence=draw(evidence()),
    )


def corrections(announced: Sequence[Announce]) -> st.SearchStrategy[Step]:
    """A reversal, a revision, an amendment or a drawing."""
    pledges = st.sampled_from([str(each.id) for each in announced])
    why = evidence("why")
    amounts = st.builds(Money, units, st.sampled_from(CURRENCIES))
    changes: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{"donor": "PL"}, {"purpose": Purpose.OTHER}, {"source": "era"}, {"instrument": Instrument.LOAN}]
    )
    steps: list[st.SearchStrategy[Step]] = [
        st.builds(Reverse, number=st.integers(2, 12), evidence=why),
        st.builds(Revise, pledge=pledges, amount=amounts, evidence=why),
        st.builds(Amend, pledge=pledges, changes=changes, evidence=why),
        st.builds(Draw, parent=pledges, child=pledges, amount=amounts, evidence=why),
    ]
    return st.one_of(steps)
