"""Questions put to a person at a terminal: the only place that knows prompt_toolkit.

A terminal that can do nothing but print (``TERM=dumb``) is asked line by line, without completion.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING, Protocol

from cli.conversation.question import NOTHING, Asker, Back, Question
from cli.language import said
from cli.options import Shape
from cli.render import clean

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.document import Document
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

    from cli.session import Session
    from ledger.book import Book
    from ledger.errors import LedgerError
    from ledger.table import Table

_DUMB = {"", "dumb", "unknown"}
_LONGEST = 40  # cells of a default between brackets
_INDENT = "  "
_MENU = 8  # lines for what is offered


class Voice(Asker, Protocol):
    """An asker that can show tables as well."""

    def show(self, table: Table) -> None:
        """Show a table."""


class _Person:
    """Whoever sits at the terminal: what is said to them stands where their answers stand."""

    def __init__(self, session: Session, book: Book) -> None:
        self.session, self.book = session, book

    def say(self, text: str) -> None:
        """Say one sentence, in as many lines as the terminal needs."""
        lines = wrap(
            clean(said(text)), get_terminal_size().columns - 1, subsequent_indent=_INDENT, break_on_hyphens=False
        )
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    def refuse(self, refusal: LedgerError) -> None:
        """Say why an answer cannot be taken, and what to do."""
        self.say(f"! {said(refusal.message)}")
        if refusal.hint:
            self.say(f"  {said(refusal.hint)}")

    def show(self, table: Table) -> None:
        """Show a table as commands show theirs."""
        self.session.show(table, Shape(), self.book)


class Plain(_Person):
    """A person at a terminal that can only print."""

    def line(self, question: Question, default: str, draft: str) -> str:  # noqa: ARG002 - what was typed still stands above
        """One line of answer."""
        sys.stdout.write(prompt(question, default))
        sys.stdout.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise KeyboardInterrupt
        return typed


class Terminal(_Person):
    """A person at a terminal: answers are edited, and completed as they are typed."""

    def line(self, question: Question, default: str, draft: str) -> str:
        """One line of answer; the end of the input is an interruption as well."""
        asked = _asked(question, starts_open=question.few and not draft)
        try:
            return asked.prompt(prompt(question, default), default=draft)
        except EOFError:
            raise KeyboardInterrupt from None


def person(session: Session, book: Book) -> Voice:
    """Whoever sits at this terminal."""
    plain = os.environ.get("TERM", "").casefold() in _DUMB
    return Plain(session, book) if plain else Terminal(session, book)


def prompt(question: Question, default: str) -> str:
    """What stands before an answer: the question, and in brackets what an empty answer means.

    >>> prompt(Question(asks="Donor", explains=(), read=str, optional=True), "")
    'Donor [-]: '
    """
    meant = question.shown(default) if default else NOTHING if question.optional else ""
    short = meant if len(meant) <= _LONGEST else f"{meant[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    return clean(f"{said(question.asks)} [{short}]: " if meant else f"{said(question.asks)}: ")


def _asked(question: Question, *, starts_open: bool) -> PromptSession[str]:
    """One line of a terminal that is edited, with what the question offers below it."""
    from prompt_toolkit import PromptSession

    asked: PromptSession[str] = PromptSession(
        completer=_completer(question),
        complete_while_typing=True,
        key_bindings=_keys(),
        reserve_space_for_menu=_MENU,
        output=_output(),
    )
    if starts_open:
        asked.app.pre_run_callables.append(asked.default_buffer.start_completion)
    return asked


def _output() -> Output:
    """The terminal, which is not asked where its cursor stands: not every one answers."""
    from prompt_toolkit.output import create_output
    from prompt_toolkit.output.vt100 import Vt100_Output

    output = create_output()
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False
    return output


def _completer(question: Question) -> Completer:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion

    class Offers(Completer):
        """What the question offers to what was typed so far."""

        def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
            for offer in question.offers(document.text_before_cursor):
                yield Completion(offer.text, -offer.replaces, display=clean(offer.text), display_meta=clean(offer.says))

    return Offers()


def _keys() -> KeyBindings:
    """Shift-Tab goes back, unless it goes through what is offered."""
    from prompt_toolkit.filters import completion_is_selected
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("s-tab", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back())

    return keys
