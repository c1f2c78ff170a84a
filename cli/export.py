"""Exports: the book for other programs and for auditors."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cli.lazy import noun
from cli.options import Place, Where, takes
from cli.session import Session, selection
from ledger.errors import InputError, Refusal

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
        write_whole(Path(out), lines)


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(line.encode() for line in lines)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(beside).unlink()
        if isinstance(error, OSError):
            raise Refusal(f"{path} cannot be written: {error.strerror}") from error
        raise
