"""The line that is being typed: which command it calls so far, and what the word at the cursor is to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import typer

from cli.lazy import HELP

Awaited = Literal["verb", "option", "value", "nothing"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor stands.

    ``path`` are the words of the command, ``word`` what is typed of the word at the cursor: of its value only, where
    the option stands in the same word, which is then the ``lead`` (``--donor=``). ``value`` is the parameter whose
    value the word is. ``given`` holds the last value of each option that stands before the cursor.
    """

    command: Any
    path: tuple[str, ...]
    word: str
    awaited: Awaited
    value: Any = None
    lead: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def options(self) -> list[Any]:
        """The options of the command."""
        return [param for param in _parameters(self.command) if param.param_type_name == "option"]


def key(param: Any) -> str:  # noqa: ANN401 - a parameter of whichever Click Typer carries
    """What a parameter is called on the command line: an option's name, or what stands in the help for an argument.

    ``--donor``, ``PLEDGE``, ``AMOUNT|all``.
    """
    return str(param.opts[0]) if param.param_type_name == "option" else re.sub(r"[\[\]{}.]", "", str(param.metavar))


def cursor(command: Any, words: Sequence[str]) -> Cursor:  # noqa: ANN401
    """Where the cursor stands after these words, at the end of the last one, which may be empty."""
    *before, word = words
    walk = _Walk(command)
    for each in before:
        walk.take(each)
    return walk.end(word)


class _Walk:
    """The words before the cursor, taken one by one."""

    def __init__(self, command: Any) -> None:  # noqa: ANN401
        self._command = command
        self._path: list[str] = []
        self._arguments = 0
        self._awaits: Any = None
        self._only_arguments = False
        self._given: dict[str, str] = {}

    def take(self, word: str) -> None:
        """Go past a word."""
        if self._awaits is not None and not self._left_out(word):
            self._given[key(self._awaits)] = word
            self._awaits = None
        elif self._is_option(word):
            self._take_option(word)
        elif not _is_group(self._command):
            self._arguments += 1
        elif self._command is not None:
            self._path.append(word)
            self._command = _named(self._command, word)

    def end(self, word: str) -> Cursor:
        """Stand in a word."""
        if self._command is None:
            return self._at(word, "nothing")
        if self._awaits is not None and not self._left_out(word):
            return self._at(word, "value", self._awaits)
        if self._is_option(word) or (word == "-" and not self._only_arguments):
            return self._in_option(word)
        if _is_group(self._command):
            return self._at(word, "verb")
        argument = self._argument()
        if argument is None:  # nothing but options can follow
            return self._at(word, "nothing" if word or self._only_arguments else "option")
        return self._at(word, "value", argument)

    def _in_option(self, word: str) -> Cursor:
        name, equals, value = word.partition("=")
        if not equals:
            return self._at(word, "option")
        option = self._options().get(name)
        takes = option is not None and not option.is_flag
        return self._at(value, "value" if takes else "nothing", option if takes else None, f"{name}=")

    def _at(self, word: str, awaited: Awaited, value: Any = None, lead: str = "") -> Cursor:  # noqa: ANN401
        return Cursor(self._command, tuple(self._path), word, awaited, value, lead, self._given)

    def _is_option(self, word: str) -> bool:
        return word.startswith("-") and word != "-" and not self._only_arguments

    def _left_out(self, word: str) -> bool:
        """Whether an option that may be left without its value is followed by another one (see :mod:`cli.lazy`)."""
        return str(self._awaits.metavar).startswith("[") and word.startswith("-") and word != "-"

    def _take_option(self, word: str) -> None:
        self._awaits = None
        name, equals, value = word.partition("=")
        option = self._options().get(name)
        if word == "--":
            self._only_arguments = True
        elif option is not None and equals:
            self._given[key(option)] = value
        elif option is not None and option.is_flag:
            self._given[name] = ""
        else:
            self._awaits = option

    def _options(self) -> dict[str, Any]:
        return {
            name: param
            for param in _parameters(self._command)
            if param.param_type_name == "option"
            for name in (*param.opts, *param.secondary_opts)
        }

    def _argument(self) -> Any:  # noqa: ANN401
        """The argument that comes next, None where there are enough."""
        arguments = [param for param in self._command.params if param.param_type_name == "argument"]
        if arguments and arguments[-1].nargs == -1:
            return arguments[min(self._arguments, len(arguments) - 1)]
        return arguments[self._arguments] if self._arguments < len(arguments) else None


def verbs(command: Any) -> Iterator[str]:  # noqa: ANN401
    """The words that may follow a group's own."""
    yield from getattr(command, "commands", ())


def _is_group(command: Any) -> bool:  # noqa: ANN401
    return command is None or hasattr(command, "commands")


def _parameters(command: Any) -> list[Any]:  # noqa: ANN401
    return [] if command is None else list(command.get_params(typer.Context(command, help_option_names=HELP)))


def _named(group: Any, name: str) -> Any:  # noqa: ANN401
    """The command of this name, None where there is none."""
    if name not in group.commands:
        return None
    return group.resolve_command(typer.Context(group, resilient_parsing=True), [name])[1]
