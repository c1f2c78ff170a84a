"""The conversations of moves: of which pledge, how much, when, and where that is from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import typer

from cli.conversation.evidence import NOTHING_CITED, Sourced, given
from cli.conversation.known import Known
from cli.conversation.question import Answers, Maker, Question
from cli.conversation.spelled import spelled
from cli.conversation.standing import standing
from cli.conversation.talk import recorded, say_recorded
from cli.conversation.terminal import person
from cli.move import Moving, moved
from cli.options import Place, takes
from cli.session import Session
from ledger.errors import Shortage
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.pledge import MoveKind
    from ledger.recognition.steps import Step

ALL = "all"


@takes
def move(context: typer.Context, place: Place = Place()) -> None:
    """Ask what moved, show the entry and record it: the step is the command that was called."""
    session = Session(place)
    with session.book() as book:
        moving = NewMove(str(context.info_name), session, book)
        found = recorded(moving, moving.known, person(session, book))
    say_recorded(found, session)


class NewMove:
    """What is asked about a move of one kind."""

    def __init__(self, kind: str, session: Session, book: Book) -> None:
        self.kind, self.session, self.book, self.known = kind, session, book, Known(session, book)

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "pledge": self._pledge,
            "amount": self._amount,
            "on": self._sourced.day,
            "note": self._sourced.note,
            **self._sourced.citation(),
        }

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        return moved(
            Moving(self.kind, answers["pledge"], answers["amount"], given=given(answers)), self.session, self.book
        )

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        words = ("pledge", self.kind, answers["pledge"], answers["amount"])
        return spelled(self.session.place, words, answers, {})

    @cached_property
    def _sourced(self) -> Sourced:
        required = self.book.requires_citation()
        return Sourced(self.session, self.book.clock().date().isoformat(), NOTHING_CITED, required)

    def _pledge(self, _: Answers) -> Question:
        return Question(
            asks=message("Pledge"),
            explains=(message("Its id, or any words of its title; the last pledges are offered."),),
            read=self._read_pledge,
            offers=self.known.pledges,
        )

    def _read_pledge(self, typed: str) -> str:
        """The pledge, if it has such a step."""
        from ledger.pledge import sources

        found = self.book.facts(self.known.pledge(typed))
        sources(self._kind, found.instrument)
        return found.id

    @property
    def _kind(self) -> MoveKind:
        from ledger.pledge import MoveKind

        return MoveKind(self.kind)

    def _amount(self, answers: Answers) -> Question:
        return Question(
            asks=message("Amount"),
            explains=(message('How much, such as "752m GBP"; all: everything that is there.'),),
            read=lambda typed: self._read_amount(typed, answers["pledge"]),
            offers=self.known.commodities,
            default=ALL,
            notice=standing(answers["pledge"], self.known),
        )

    def _read_amount(self, typed: str, pledge: str) -> str:
        """An amount that is there: the ledger is asked at once, and whatever else it may say is for later."""
        from ledger.errors import LedgerError

        amount = ALL if typed.casefold() == ALL else typed
        step = moved(Moving(self.kind, pledge, amount), self.session, self.book)
        try:
            self.book.preview([step])
        except Shortage:
            raise
        except LedgerError:
            pass
        return amount
