"""The command that prints the script by which a shell completes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from cli.completion.shells import SCRIPTS
from cli.options import Place, takes
from cli.render import note
from ledger.errors import InputError
from ledger.message import message

STARTS: Mapping[str, tuple[str, str]] = {
    "bash": ("~/.bashrc", "source <(aidledger completion bash)"),
    "zsh": ("~/.zshrc", "source <(aidledger completion zsh)"),
    "fish": ("~/.config/fish/config.fish", "aidledger completion fish | source"),
}
"""What to write where, so that a shell completes from its start."""


@takes
def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help=message("The shell."))],
    place: Place = Place(),  # noqa: ARG001 - taken everywhere, wherever it stands
) -> None:
    """Print the script by which a shell completes commands, ids and codes at a press of Tab."""
    if shell not in SCRIPTS:
        raise InputError(
            "there is no completion for '{shell}': choose from {shells}", shell=shell, shells=", ".join(SCRIPTS)
        )
    typer.echo(SCRIPTS[shell], nl=False)
    if sys.stdout is not None and sys.stdout.isatty():
        file, line = STARTS[shell]
        note(message("add this line to {file}: {line}", file=file, line=line))
