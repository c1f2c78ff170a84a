"""A question as a value, and a conversation: questions asked one after the other, each answer read at once.

Nothing here knows a terminal. Whoever asks is an :class:`Asker`: a person's terminal, or a test's list of answers.
Answers are text, as they would stand on a command line; "" is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ledger.errors import InputError, LedgerError
from ledger.message import message

BACK, HELP, NOTHING = "<", "?", "-"
"""What may be answered to any question: ask the one before it again; explain it; nothing at all."""

Answers = Mapping[str, str]


class Back(Exception):
    """Whoever is asked wants to answer the question before once more."""


class Offer(NamedTuple):
    """What an answer may be completed to: the text, what it means, and how much of what was typed it replaces."""

    text: str
    says: str = ""
    replaces: int = 0


def as_typed(text: str) -> str:
    """An answer that is shown as it is kept."""
    return text


def nothing_offered(_: str) -> Iterable[Offer]:
    """What is offered where anything may be answered."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, in a word or two; ``explains`` says more, a line each.

    ``read`` takes what was typed to what is kept of it and raises a :class:`LedgerError` for what cannot be taken;
    ``default`` is what an empty answer means, ``shown`` how people read it. ``notice`` is said before it is asked.
    """

    asks: str
    explains: tuple[str, ...]
    read: Callable[[str], str]
    offers: Callable[[str], Iterable[Offer]] = nothing_offered
    default: str = ""
    optional: bool = False
    shown: Callable[[str], str] = as_typed
    notice: str = ""
    few: bool = False
    """Whether the offers are so few that they are shown before anything is typed."""


Maker = Callable[[Answers], Question | None]
"""The question that follows from the answers so far; None where there is nothing to ask."""


class Asker(Protocol):
    """Whoever puts the questions to somebody."""

    def line(self, question: Question, default: str, draft: str) -> str:
        """One line of answer; ``draft`` is there to be edited. Raises :class:`Back`."""

    def say(self, text: str) -> None:
        """Say one line."""

    def refuse(self, refusal: LedgerError) -> None:
        """Say why an answer cannot be taken."""


def converse(questions: Mapping[str, Maker], asker: Asker, answers: Answers | None = None) -> dict[str, str]:
    """Ask questions in their order, and give the answers by their names.

    With ``answers`` given before, the last of them is asked for again, and each of them is its question's default.
    """
    given = dict(answers or {})
    names = list(questions)
    asked = [name for name in names if name in given]
    place = names.index(asked.pop()) if asked else 0
    while place < len(names):
        name = names[place]
        question = questions[name](given)
        if question is None:
            given.pop(name, None)
            place += 1
            continue
        try:
            given[name] = answered(question, given.get(name, question.default), asker)
            asked.append(name)
            place += 1
        except Back:
            place = names.index(asked.pop()) if asked else place
    return given


def answered(question: Question, default: str, asker: Asker) -> str:
    """One answer that can be taken; until then, the question again with what was typed still there.

    ``default`` is what an empty answer means. Raises :class:`Back`.
    """
    draft = ""
    if question.notice:
        asker.say(question.notice)
    while True:
        said = asker.line(question, default, draft).strip()
        added = said.removeprefix(draft).strip()  # behind what was refused, which is still there
        if BACK in {said, added}:
            raise Back
        if HELP in {said, added}:
            for line in question.explains:
                asker.say(line)
            continue
        text = said or default
        if question.optional and text in {"", NOTHING}:
            return ""
        try:
            return question.read(_required(text))
        except LedgerError as refusal:
            asker.refuse(refusal)
            draft = text


def _required(text: str) -> str:
    if text in {"", NOTHING}:
        raise InputError("this cannot be left empty", hint=message("? explains the question"))
    return text
