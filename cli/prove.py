"""The command `prove`: that entries are in the log, without showing the others."""

from __future__ import annotations

import shlex
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from cli.key import Signing, signing_key
from cli.options import Place, Shape, takes
from cli.render import note
from cli.session import Session, refuse_in_run
from cli.whole import whole_folder
from ledger.message import message
from ledger.table import Column, Table


@takes
def prove(
    pledge: Annotated[str, typer.Argument(metavar="PLEDGE", help=message("The pledge whose entries are proven."))],
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="DIR", help=message("The folder to write, whole or not at all; PLEDGE.proof if not said.")
        ),
    ] = None,
    signing: Signing = Signing(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Write each entry that touches a pledge with the proof that the log has it, for who may not see the rest."""
    from functools import partial

    from ledger.audit.proving import entry_name, in_the_way, safe_name
    from ledger.formats.verifier.assembled import text
    from ledger.signing.sshsig import allowed_signers

    refuse_in_run(message("what is signed cannot be taken back: prove it after the run"))
    session, key = Session(place), signing_key(signing)
    with session.book() as book:
        proofs = book.prove(pledge, key)
    name = safe_name(pledge)
    folder = Path(out or f"{name}.proof")
    names = [entry_name(name, each.number) for each in proofs.entries]
    with whole_folder(folder, partial(in_the_way, pledge=name)) as fresh:
        for each, entry in zip(proofs.entries, names, strict=True):
            (fresh / f"{entry}.json").write_bytes(each.line)
            (fresh / f"{entry}.tlog-proof").write_bytes(each.proof.encode())
        (fresh / "allowed_signers").write_bytes(allowed_signers(key.public).encode())
        (fresh / "verify.py").write_bytes(text().encode())
    files = [(str(folder / f"{entry}.json"), str(folder / f"{entry}.tlog-proof")) for entry in names]
    if shape.format == "table":
        typer.echo("\n".join(chain.from_iterable(files)))
    else:
        rows = [(each.number, *paths) for each, paths in zip(proofs.entries, files, strict=True)]
        session.show(Table([Column("entry", "code"), Column("file"), Column("proof")], rows), shape)
    next_step = shlex.join(["python3", "-I", str(folder / "verify.py"), str(folder / f"{names[0]}.tlog-proof")])
    note(message("allowed_signers and verify.py are beside them; next: {command}", command=next_step))
