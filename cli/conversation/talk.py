"""A conversation from its first question to the entry: asked, shown, confirmed, recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from cli.conversation import shown
from cli.conversation.question import Answers, Back, Maker, answered, converse
from cli.conversation.terminal import Voice
from cli.conversation.words import RECORD, choice
from cli.render import note
from ledger.errors import LedgerError
from ledger.message import message

if TYPE_CHECKING:
    from cli.conversation.known import Known
    from cli.session import Session
    from ledger.book import Recorded
    from ledger.recognition.steps import Step

HOW = message(
    "Enter takes what stands in [brackets], - is nothing, Tab completes, ? explains, < (or Shift-Tab) goes back;"
    " Ctrl-C ends this, and nothing is recorded."
)


class Conversation(Protocol):
    """What is asked, and what the answers ask for."""

    def questions(self) -> Mapping[str, Maker]:
        """The questions, in their order."""

    def step(self, answers: Answers) -> Step:
        """What the answers ask to be recorded."""

    def typed(self, answers: Answers) -> str:
        """The command line that says the same."""


def recorded(conversation: Conversation, known: Known, voice: Voice) -> Recorded:
    """Ask until it is confirmed, and record it. Raises :class:`KeyboardInterrupt` where it is not to be.

    What the book refuses is said, and the last question asked again, with all answers kept.
    """
    known.book.preview([])  # where nothing can be written, that is said now, and not after the last answer
    voice.say(HOW)
    answers: dict[str, str] = {}
    while True:
        answers = converse(conversation.questions(), voice, answers)
        try:
            step = conversation.step(answers)
            (proposed,) = known.book.preview([step])
            shown.show(proposed, known, voice)
            if not _confirmed(voice, "no" if proposed.problems else "yes"):
                raise KeyboardInterrupt
            found = known.book.record(step)
        except LedgerError as refusal:
            voice.refuse(refusal)
        except Back:
            pass
        else:
            note(message("the same in one line: {command}", command=conversation.typed(answers)))
            said = set(proposed.problems)
            return replace(found, problems=tuple(problem for problem in found.problems if problem not in said))


def _confirmed(voice: Voice, default: str) -> bool:
    """Whether it is to be recorded. Raises :class:`Back` where the last answer is to be changed."""
    asked = choice(message("Record this?"), message("Nothing is recorded until you say yes."), RECORD, default=default)
    said = answered(asked, asked.default, voice)
    if said == "back":
        raise Back
    return said == "yes"


def say_recorded(found: Recorded, session: Session) -> None:
    """Say which entry was recorded: its postings were shown before."""
    session.mention(found)
    note(message("entry {number} is recorded", number=found.entry.number))
