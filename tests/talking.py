"""Conversations as tests hold them: with answers from a list, or typed at a terminal of their own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from cli.conversation.known import Known
from cli.conversation.question import Back, Question
from cli.conversation.talk import Conversation, recorded
from cli.conversation.terminal import prompt
from cli.options import Place
from cli.render import clean
from cli.session import Session
from ledger.book import Book, Recorded
from ledger.errors import LedgerError
from ledger.table import Table, plain_cell
from tests import places
from tests.commandline import PROGRAM, ROOT

CTRL_C, CTRL_D, TAB, SHIFT_TAB, ENTER = "\x03", "\x04", "\t", "\x1b[Z", "\r"
SLOWEST = 30  # seconds, of a machine that does much else


class Answering:
    """Somebody who gives these answers, one to each question, and hears what is said as a list of lines."""

    def __init__(self, answers: Iterable[str]) -> None:
        self.answers = iter(answers)
        self.prompts: list[str] = []
        self.drafts: list[str] = []
        self.heard: list[str] = []
        self.offered: list[list[str]] = []

    def line(self, question: Question, default: str, draft: str) -> str:
        """The next answer; there has to be one."""
        self.prompts.append(prompt(question, default).removesuffix(": "))
        self.drafts.append(draft)
        answer = next(self.answers, None)
        assert answer is not None, f"no answer to {self.prompts[-1]}; heard {self.heard}"
        if answer == CTRL_C:
            raise KeyboardInterrupt
        if answer == SHIFT_TAB:
            raise Back
        self.offered.append([offer.text for offer in question.offers(answer)])
        return answer

    def say(self, text: str) -> None:
        """Hear a line."""
        self.heard.append(clean(text))

    def refuse(self, refusal: LedgerError) -> None:
        """Hear a refusal."""
        self.heard.append(f"! {refusal.message}")

    def show(self, table: Table) -> None:
        """Read a table, a line for each row."""
        self.heard += [" ".join(plain_cell(cell) or "-" for cell in row) for row in table.rows]


def talked(
    kind: Callable[[Session, Book], Conversation], book: Book, *answers: str, locale: str = "en"
) -> tuple[Recorded, Answering]:
    """What comes of a conversation with these answers, and what was heard in it."""
    session, somebody = Session(Place(places.at(places.path_of(book)), locale)), Answering(answers)
    return recorded(kind(session, book), Known(session, book), somebody), somebody


def interrupted(
    kind: Callable[[Session, Book], Conversation], book: Book, *answers: str, locale: str = "en"
) -> Answering:
    """Somebody who gives these answers, and then no more."""
    session, somebody = Session(Place(places.at(places.path_of(book)), locale)), Answering([*answers, CTRL_C])
    with pytest.raises(KeyboardInterrupt):
        recorded(kind(session, book), Known(session, book), somebody)
    return somebody


class Terminal:
    """A command that runs at a terminal of its own, of so many columns, and what the terminal shows."""

    def __init__(self, command: str, *, columns: int = 100, **env: str) -> None:
        self.screen = pyte.Screen(columns, 60)
        self._shows = pyte.Stream(self.screen)
        settings: dict[str, Any] = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | env
        self.process = pexpect.spawn(
            sys.executable,
            ["-c", PROGRAM, *command.split()],
            env=settings,
            dimensions=(60, columns),
            encoding="utf-8",
            timeout=SLOWEST,
        )
        self.process.delaybeforesend = None

    def waits_for(self, pattern: str) -> str:
        """What is shown once its last line looks like this."""
        for _ in range(SLOWEST * 20):
            if re.search(pattern, self.last_line()):
                return self.text()
            self._look()
        raise AssertionError(f"no {pattern!r} in:\n{self.text()}")

    def shows(self, words: str) -> str:
        """What is shown once these words stand anywhere."""
        for _ in range(SLOWEST * 20):
            if words in " ".join(self.text().split()):
                return self.text()
            self._look()
        raise AssertionError(f"no {words!r} in:\n{self.text()}")

    def types(self, text: str, then: str) -> str:
        """What is shown after this was typed, once the last line with something on it looks like ``then``."""
        self.process.send(text)
        return self.waits_for(then)

    def ends(self) -> int:
        """The exit code, once the command has ended."""
        while self.process.isalive() or self._look():
            self._look()
        self.process.close()
        return int(self.process.exitstatus if self.process.exitstatus is not None else -1)

    def text(self) -> str:
        """What is shown, without blanks at the end of lines."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def last_line(self) -> str:
        """The line that the cursor is on, or the last one that says something."""
        here = self.screen.display[self.screen.cursor.y].rstrip()
        return here or self.text().rpartition("\n")[2]

    def _look(self) -> bool:
        try:
            self._shows.feed(self.process.read_nonblocking(8192, timeout=0.05))
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            return False
        return True


@contextmanager
def at_a_terminal(command: str, **settings: Any) -> Iterator[Terminal]:
    """A command at a terminal, which is taken away at the end whatever became of it."""
    terminal = Terminal(command, **settings)
    try:
        yield terminal
    finally:
        terminal.process.close(force=True)


def echoes(terminal: Terminal) -> bool:
    """Whether the terminal shows what is typed again, as it did before."""
    return bool(terminal.process.getecho())


def size(path: Path) -> int:
    """How many bytes a file has."""
    return path.stat().st_size
