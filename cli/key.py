"""Keys: what signs checkpoints and packages, and what others check them by."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Shape, takes
from cli.render import note
from cli.session import Session, refuse_in_run
from cli.typed import file
from ledger.message import message
from ledger.table import Column, Table

if TYPE_CHECKING:
    from ledger.signing.key import Key, PublicKey

app = noun(message("The key that signs checkpoints and packages."))


@app.callback()
def key() -> None:
    """The key that signs checkpoints and packages."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Which private key signs."""

    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="PATH",
            envvar="AIDLEDGER_KEY",
            help=message("The private key's file; aidledger/key in the user's folder of settings if not said."),
        ),
    ] = None


def key_path(given: str | None) -> Path:
    """Where the private key is: what ``--key`` says, else ``AIDLEDGER_KEY``, else in the user's folder of settings."""
    if given := given or os.environ.get("AIDLEDGER_KEY"):
        return file(given)
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"  # XDG base directories
    return file(home) / "aidledger" / "key"


def signing_key(signing: Signing) -> Key:
    """The key that signs. Raises :class:`~ledger.errors.Refusal` where there is none, or it is not safe to use."""
    from ledger.signing.key import load

    return load(key_path(signing.key))


@app.command("create")
@takes
def create(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help=message("Whose key it is, as its signatures say; who records if not said.")
        ),
    ] = None,
    signing: Signing = Signing(),
    shape: Shape = Shape(),
) -> None:
    """Make a private key (Ed25519), which only its owner may read, and print what others check its signatures by."""
    from ledger.book import user
    from ledger.signing.key import create

    refuse_in_run(message("a key is made for good: make it before the run"))
    path = key_path(signing.key)
    made = create(path, user() if name is None else name)
    if shape.format == "table":
        typer.echo(made.public.verifier)
    else:
        _show(made.public, path, shape)
    note(message("the private key is {path}: keep a copy in a safe place, and hand it to nobody", path=path))
    note(
        message("the line above is for everybody, as {path}.pub is: publish it where your readers trust you", path=path)
    )


@app.command("show")
@takes
def show(signing: Signing = Signing(), shape: Shape = Shape()) -> None:
    """Show the public half of the key: what to compare a package's signature with."""
    _show(signing_key(signing).public, key_path(signing.key), shape)


def _show(public: PublicKey, path: Path, shape: Shape) -> None:
    """Print the public half of a key, in every form that others ask for, and where the private half is."""
    columns = [Column(name, "code") for name in ("name", "fingerprint", "verifier", "public_key", "path")]
    row = (public.name, public.fingerprint, public.verifier, public.ssh_line, str(path))
    Session(Place()).show(Table(columns, [row]), shape)
