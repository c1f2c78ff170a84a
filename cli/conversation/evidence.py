"""When something happened and where that is from: the questions that every conversation ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cli.conversation.question import Answers, Maker, Question
from cli.conversation.words import PUBLISHED_BY, choice
from cli.options import Evidence
from cli.typed import evidence
from ledger.journal import Citation, refuse_controls
from ledger.message import message

if TYPE_CHECKING:
    from cli.session import Session

NOTHING_CITED = Citation()


@dataclass(frozen=True)
class Sourced:
    """The questions on the day and the source of an entry; ``on`` and ``cited`` are their defaults."""

    session: Session
    on: str
    cited: Citation = field(default=NOTHING_CITED)
    required: bool = False

    def day(self, _: Answers) -> Question:
        """The day it happened."""
        return Question(
            asks=message("Date"),
            explains=(message("The day it was announced, or happened, such as 2025-03-02."),),
            read=lambda text: self.session.day(text).isoformat(),
            default=self.on,
        )

    def citation(self) -> Mapping[str, Maker]:
        """Where it is from, and in which words."""
        return {"cite": self._cite, "quote": self._quote, "publisher": self._publisher, "official": self._official}

    def _cite(self, _: Answers) -> Question:
        return Question(
            asks=message("Citation (address)"),
            explains=(message("The address of the page that says it, beginning with https://."),),
            read=self._checked("cite"),
            optional=True,
        )

    def _quote(self, answers: Answers) -> Question:
        return Question(
            asks=message("Quote"),
            explains=(message("The words of the page that say it, as they stand there."),),
            read=self._checked("quote"),
            optional=not self.required or bool(answers.get("cite")),
        )

    def _publisher(self, answers: Answers) -> Question | None:
        if not _cites(answers):
            return None
        return Question(
            asks=message("Publisher"),
            explains=(message("Who published it, such as a ministry or a newspaper."),),
            read=self._checked("publisher"),
            default=self.cited.publisher or "",
            optional=True,
        )

    def _official(self, answers: Answers) -> Question | None:
        if not _cites(answers):
            return None
        last = {True: "official", False: "press", None: ""}[self.cited.official]
        explains = message("Whether the publisher is official, or the press.")
        return choice(message("Official or press"), explains, PUBLISHED_BY, default=last, optional=True)

    def note(self, _: Answers) -> Question:
        """Anything else that should be known."""
        return Question(
            asks=message("Note"),
            explains=(message("Anything else that whoever reads this should know, or the reason for a correction."),),
            read=self._checked("note"),
            optional=True,
        )

    def reason(self, answers: Answers) -> Question:
        """A note that a correction has to have."""
        asked = self.note(answers)
        return replace(asked, asks=message("Reason"), optional=False)

    def _checked(self, option: str) -> Callable[[str], str]:
        """Words that the command's option takes too."""

        def read(typed: str) -> str:
            found = text(typed)
            said: dict[str, Any] = {option: found}
            evidence(Evidence(**said), self.session)
            return found

        return read


def text(typed: str) -> str:
    """Words on one line, as they may be recorded. Raises :class:`~ledger.errors.InputError` for control characters."""
    found = " ".join(typed.split())
    refuse_controls(found, message("the answer"))
    return found


def given(answers: Answers) -> Evidence:
    """The answers as a command's options."""
    said: dict[str, Any] = {
        name: answers[name] for name in ("on", "cite", "quote", "publisher", "note") if answers.get(name)
    }
    official = {"official": True, "press": False}.get(answers.get("official", ""))
    return Evidence(**said, official=official)


def _cites(answers: Answers) -> bool:
    return bool(answers.get("cite") or answers.get("quote"))
