"""The command `export audit`: the auditor's package as a folder."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.key import Signing, key_path
from cli.options import Place, Shape, Valuation, takes
from cli.progress import watched
from cli.render import note
from cli.session import Session
from cli.typed import worth
from cli.whole import show_written, whole_folder
from ledger.errors import InputError, Refusal
from ledger.message import counted, message

if TYPE_CHECKING:
    from ledger.audit.package import Wanted
    from ledger.book import Worth
    from ledger.formats.package.about import About
    from ledger.signing.key import Key

REPORTING = "EUR"
"""The reporting currency where none is named."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What of the book a package covers, and who answers for it."""

    period: Annotated[
        str | None,
        typer.Option(
            "--period", metavar="PERIOD", help=message("Only this period's activity: 2025, 2025-Q1 or 2025-03.")
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="CHECKPOINT", help=message("A file with an earlier checkpoint, which this continues.")
        ),
    ] = None
    unsigned: Annotated[bool, typer.Option("--unsigned", help=message("Leave the package without a signature."))] = (
        False
    )
    spreadsheet_safe: Annotated[
        bool, typer.Option("--spreadsheet-safe", help=message("Add copies in which no text is taken for a formula."))
    ] = False


@takes
def audit(
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help=message("The folder to write, whole or not at all."))
    ] = None,
    packing: Packing = Packing(),
    signing: Signing = Signing(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write a package that an auditor can check without this program: tables, journal, proof, signature."""
    from functools import partial

    from ledger.formats.package.earlier import in_the_way

    if out is None:
        raise InputError("a package is a folder: name it with --out DIR")
    if packing.unsigned and signing.key not in {None, os.environ.get("AIDLEDGER_KEY")}:
        raise InputError("--unsigned has no use for --key: leave one of the two out")
    session = Session(place)
    asked, wanted = _reporting(valuation, session), _wanted(packing, signing)
    with (
        session.book() as book,
        whole_folder(Path(out), partial(in_the_way, book=book.uid)) as folder,
    ):
        made = book.package(folder, asked, wanted, watched)
    if shape.format == "table":
        typer.echo(out)
    show_written(out, shape)
    _mention(made, out)


def _reporting(valuation: Valuation, session: Session) -> Worth:
    """What amounts are worth, in a currency of its own where none is named."""
    asked = worth(replace(valuation, into=valuation.into or REPORTING), session)
    assert asked is not None  # noqa: S101 - a currency is named
    return asked


def _wanted(packing: Packing, signing: Signing) -> Wanted:
    """What is asked for, as the ledger takes it."""
    from ledger.audit.package import Wanted
    from ledger.audit.presented import read_note
    from ledger.period import Period

    return Wanted(
        Period.parse(packing.period) if packing.period else None,
        read_note(Path(packing.since)) if packing.since else None,
        None if packing.unsigned else _key(signing),
        packing.spreadsheet_safe,
    )


def _key(signing: Signing) -> Key:
    """The key that signs. Raises :class:`Refusal` where there is none, or it is not safe to use."""
    from ledger.signing.key import load

    path = key_path(signing.key)
    if not path.exists():
        raise Refusal(
            "there is no key at {path} to sign the package with",
            path=path,
            hint=message("aidledger key create, or --unsigned"),
        )
    return load(path)


def _mention(made: About, out: str) -> None:
    from ledger.formats.package.about import root_text

    entries = counted("{count} entry", "{count} entries", count=made.head.size)
    root, signer = root_text(made.head), made.signer
    if signer is None:
        note(message("{entries}, root {root}, not signed", entries=entries, root=root))
    else:
        note(
            message(
                "{entries}, root {root}, signed by {signer}, {fingerprint}",
                entries=entries,
                root=root,
                signer=signer.name,
                fingerprint=signer.fingerprint,
            )
        )
    note(message("next: {command}", command=shlex.join(["python3", "-I", str(Path(out) / "verify.py")])))
