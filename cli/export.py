"""Exports: the book for other programs and for auditors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Where, takes
from cli.session import Session, selection
from cli.whole import whole
from ledger.errors import InputError

app = noun("Write the book for other programs and for auditors.")


@app.callback()
def export() -> None:
    """Write the book for other programs and for auditors."""


@app.command("csv")
@takes
def csv(
    out: Annotated[
        str | None, typer.Option("--out", metavar="PATH", help="The file to write, whole or not at all; stdout else.")
    ] = None,
    where: Where = Where(),
    place: Place = Place(),
) -> None:
    """Write the plain register: a row for each posting, in entry order (RFC 4180)."""
    session = Session(place)
    with session.book() as book, book.register(selection(where)) as lines:
        if out is None:
            for line in lines:
                sys.stdout.buffer.write(line.encode())
            return
        if Path(out).exists() and Path(out).samefile(session.path):
            raise InputError(f"--out {out} is the book itself: choose another file")
        with whole(Path(out)) as file:
            file.writelines(line.encode() for line in lines)
