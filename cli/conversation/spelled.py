"""The command line that says the same as a conversation's answers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cli.conversation.question import Answers

if TYPE_CHECKING:
    from cli.options import Place

CITED: Mapping[str, str] = {
    "on": "--on",
    "cite": "--cite",
    "quote": "--quote",
    "publisher": "--publisher",
    "note": "--note",
}
"""The options that say when and whence, by the names of answers."""

_SETTINGS = (("book", "--book", "AIDLEDGER_BOOK"), ("locale", "--locale", "AIDLEDGER_LOCALE"))


def spelled(place: Place, words: Iterable[str], answers: Answers, options: Mapping[str, str]) -> str:
    """``aidledger``, these words, and each answer that has an option; quoted as a shell reads it."""
    said = [*words, *_options(answers, {**options, **CITED})]
    if answers.get("official"):
        said.append(f"--{answers['official']}")
    return shlex.join(["aidledger", *said, *_settings(place)])


def _options(answers: Answers, options: Mapping[str, str]) -> Iterator[str]:
    for name, option in options.items():
        if answer := answers.get(name):
            yield from (f"{option}={answer}",) if answer.startswith("-") else (option, answer)


def _settings(place: Place) -> Iterator[str]:
    """What the conversation was called with and its environment does not say."""
    for name, option, variable in _SETTINGS:
        value = getattr(place, name)
        if value and value != os.environ.get(variable):
            yield from (option, value)
