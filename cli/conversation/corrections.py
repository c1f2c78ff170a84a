"""The conversations of corrections: a promise drawn, superseded, revised, amended, told apart from another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import typer

from cli.conversation import words
from cli.conversation.evidence import Sourced, given, text
from cli.conversation.known import Known
from cli.conversation.offers import among
from cli.conversation.question import Answers, Maker, Question
from cli.conversation.spelled import spelled
from cli.conversation.standing import standing
from cli.conversation.talk import Conversation, recorded, say_recorded
from cli.conversation.terminal import person
from cli.correct import CLEARED, Amendment, Revision, amended, revised
from cli.facts import Facts
from cli.options import Place, takes
from cli.session import Session
from cli.typed import evidence
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.recognition.steps import Step


@takes
def correct(context: typer.Context, place: Place = Place()) -> None:
    """Ask what is to be corrected, show the entry and record it: the step is the command that was called."""
    session = Session(place)
    with session.book() as book:
        correction = CORRECTIONS[str(context.info_name)](session, book)
        found = recorded(correction, Known(session, book), person(session, book))
    say_recorded(found, session)


class _Correction:
    """What every correction asks: pledges, the day, the reason, the source."""

    def __init__(self, session: Session, book: Book) -> None:
        self.session, self.book, self.known = session, book, Known(session, book)
        self.sourced = Sourced(session, book.clock().date().isoformat(), required=book.requires_citation())

    def _closing(self, why: Maker) -> Mapping[str, Maker]:
        return {"on": self.sourced.day, "note": why, **self.sourced.citation()}

    def _pledge(self, asks: str, explains: str) -> Question:
        return Question(asks=asks, explains=(explains,), read=self.known.pledge, offers=self.known.pledges)

    def _money(self, explains: str, notice: str, read: Callable[[str], object]) -> Question:
        def checked(typed: str) -> str:
            read(typed)
            return typed

        return Question(
            asks=message("Amount"), explains=(explains,), read=checked, offers=self.known.commodities, notice=notice
        )

    def _existing(self, _: Answers) -> Question:
        explains = message("Whether the newer pledge was recorded as new money: then only the older one goes down.")
        return words.choice(message("Recorded already as new money"), explains, words.YES_NO, default="no")

    def _spelled(self, step: tuple[str, ...], answers: Answers, options: Mapping[str, str] | None = None) -> str:
        existing = ("--existing",) if answers.get("existing") == "yes" else ()
        return spelled(self.session.place, ("pledge", *step, *existing), answers, options or {})


class Drawing(_Correction):
    """A pledge takes its promise from a facility."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "parent": lambda _: self._pledge(message("Facility"), message("The pledge that it is drawn from.")),
            "child": lambda _: self._pledge(message("Pledge"), message("The pledge that draws on it.")),
            "amount": self._amount,
            "existing": self._existing,
            **self._closing(self.sourced.note),
        }

    def _amount(self, answers: Answers) -> Question:
        return self._money(
            message("How much of the facility it takes."),
            standing(answers["parent"], self.known),
            lambda typed: self.session.amount(typed, self.known.items),
        )

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        from ledger.recognition.steps import Draw

        return Draw(
            parent=answers["parent"],
            child=answers["child"],
            amount=self.session.amount(answers["amount"], self.known.items),
            existing=answers["existing"] == "yes",
            evidence=evidence(given(answers), self.session),
        )

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        return self._spelled(("draw", answers["parent"], answers["child"], answers["amount"]), answers)


class Superseding(_Correction):
    """A pledge takes over what an older one has not delivered."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "old": lambda _: self._pledge(message("Old pledge"), message("The pledge that is replaced.")),
            "new": lambda _: self._pledge(message("New pledge"), message("The pledge that takes over.")),
            "existing": self._existing,
            **self._closing(self.sourced.reason),
        }

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        from ledger.recognition.steps import Supersede

        return Supersede(
            old=answers["old"],
            new=answers["new"],
            existing=answers["existing"] == "yes",
            evidence=evidence(given(answers), self.session),
        )

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        return self._spelled(("supersede", answers["old"], answers["new"]), answers)


class Distinguishing(_Correction):
    """Two pledges that look alike are two."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "pledge": lambda _: self._pledge(message("Pledge"), message("One of the two.")),
            "other": lambda _: self._pledge(message("Other pledge"), message("The pledge it looks like.")),
            **self._closing(self.sourced.reason),
        }

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        from ledger.recognition.steps import Distinguish

        said = evidence(given(answers), self.session)
        return Distinguish(pledge=answers["pledge"], other=answers["other"], evidence=said)

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        return self._spelled(("distinguish", answers["pledge"], answers["other"]), answers)


class Revising(_Correction):
    """The whole promise is another one now."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "pledge": lambda _: self._pledge(message("Pledge"), message("The pledge whose promise changed.")),
            "amount": self._amount,
            **self._closing(self.sourced.reason),
        }

    def _amount(self, answers: Answers) -> Question:
        return self._money(
            message("The whole promise now, what is drawn and cancelled included."),
            standing(answers["pledge"], self.known),
            lambda typed: self.session.promise(typed, self.known.items),
        )

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        typed = Revision(answers["pledge"], answers["amount"], given=given(answers))
        return revised(typed, self.session, self.book)

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        return self._spelled(("revise", answers["pledge"], answers["amount"]), answers)


FACTS: Mapping[str, str] = {
    "donor": message("donor"),
    "to": message("recipient"),
    "title": message("title"),
    "purpose": message("purpose"),
    "instrument": message("instrument"),
    "source": message("source of funds"),
    "package": message("package"),
    "lender": message("lender"),
    "obligor": message("obligor"),
    "repayment-source": message("source of repayment"),
}
"""The facts that a conversation amends, by their options; the others are amended by a command line."""

_PARTIES = {"donor", "to", "lender", "obligor"}
_WORDS = {"purpose": words.PURPOSES, "instrument": words.INSTRUMENTS}
_SOURCES = {"source", "repayment-source"}


class Amending(_Correction):
    """A fact was misread, and is corrected for the pledge's whole life."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""
        return {
            "pledge": lambda _: self._pledge(message("Pledge"), message("The pledge whose fact is wrong.")),
            "fact": lambda _: words.choice(message("Fact"), message("Which fact is wrong."), FACTS),
            "value": self._value,
            **self._closing(self.sourced.reason),
        }

    def _value(self, answers: Answers) -> Question:
        fact, explains = answers["fact"], message("The right value; - takes it away, where it can be absent.")
        if fact in _WORDS:
            return words.choice(message("Right value"), explains, _WORDS[fact])
        is_party, is_source = fact in _PARTIES, fact in _SOURCES
        return Question(
            asks=message("Right value"),
            explains=(explains,),
            read=self.known.party if is_party else self.known.source if is_source else text,
            offers=self.known.offered_parties() if is_party else among(self.known.sources if is_source else {}),
            optional=fact in CLEARED,
            notice=self._now(answers["pledge"], fact),
        )

    def _now(self, pledge: str, fact: str) -> str:
        """What the pledge says of the fact now."""
        name = {"to": "recipient"}.get(fact, fact.replace("-", "_"))
        now = getattr(self.book.facts(pledge), name)
        return message("now: {value}", value=now) if now else message("now: nothing")

    def step(self, answers: Answers) -> Step:
        """The step, as the typed command makes it."""
        fact, value = answers["fact"], answers["value"]
        said: dict[str, Any] = {fact.replace("-", "_"): value}
        if not value:
            said = {"clear": (fact,)}
        elif fact not in {"donor", "purpose", "instrument"}:
            said = {"facts": Facts(**said)}
        return amended(Amendment(answers["pledge"], **said, given=given(answers)), self.session, self.book)

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""
        fact = answers["fact"]
        if not answers["value"]:
            return self._spelled(("amend", answers["pledge"], "--clear", fact), answers)
        return self._spelled(("amend", answers["pledge"]), answers, {"value": f"--{fact}"})


CORRECTIONS: Mapping[str, Callable[[Session, Book], Conversation]] = {
    "draw": Drawing,
    "supersede": Superseding,
    "revise": Revising,
    "amend": Amending,
    "distinguish": Distinguishing,
}
"""What is asked by each command."""
