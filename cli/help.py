"""Help in the user's language: what a command says of itself with ``--help``. English is as Typer writes it.

A command is built in English, as plain text; here each of its texts is looked up in the catalogue. Of Typer's own
words, it has a function that looks most of them up, as GNU gettext does, and it is given ours.
"""

from __future__ import annotations

from typing import Any

import typer.core
from typer._click.formatting import HelpFormatter

from cli.language import told
from ledger.message import message

TYPERS = (
    message("Usage: "),
    message("Arguments"),
    message("Options"),
    message("Commands"),
    message("required"),
    message("default: {default}"),
    message("env var: {var}"),
    message("Show this message and exit."),
)
"""What Typer says in a help: each is found in the catalogue by its English text."""


def translate(command: Any, params: list[Any]) -> None:  # noqa: ANN401 - of whichever Click Typer carries
    """Have a command and its parameters, ``--help`` among them, speak of themselves in the user's language."""
    vars(typer.core)["_"] = _looked_up
    command.context_class = _Context
    command.help, command.short_help = told(command.help), told(command.short_help)
    for param in params:
        param.help = told(param.help)


def _looked_up(text: str) -> str:
    """What Typer asks for, in place of :func:`gettext.gettext`; wrong calls stay English, for cli.usage to read."""
    return told(text) if text in TYPERS else text


class _Usage(HelpFormatter):
    """A help whose first line begins in the user's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, told(TYPERS[0]) if prefix is None else prefix)


class _Context(typer.Context):
    """A command's context that writes such a help."""

    formatter_class = _Usage
