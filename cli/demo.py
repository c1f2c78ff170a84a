"""The demo: a small real book and its auditor's package, made by the commands that anybody could type."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from cli.language import said
from cli.options import Place, Shape, takes
from cli.render import note, say
from cli.script import commands as lines
from cli.session import Session, refuse_in_run
from ledger.errors import Refusal
from ledger.message import message
from ledger.table import Column, Table

NEXT = (
    "aidledger pledge list",
    "aidledger pledge show GB-2025-0001",
    "aidledger report totals --in EUR --policy month",
    'aidledger pledge disburse GB-2024-0001 "752m GBP" --on 2026-03-06 --note "second instalment"',
    "aidledger export csv --out register.csv",
    "aidledger check",
)

SCRIPT = "commands.txt"
"""What is recorded in its book, as `aidledger run` takes it."""

PACKAGE, KEY = "audit", "key"
"""Beside the book: its package, and the key that signed it, which is of no use for anything else."""


@takes
def demo(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help=message("A folder that is not there yet, or empty."))
    ] = "aidledger-demo",
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Make a small real book, show its totals and pipeline, have it verified, and say what to type next."""
    refuse_in_run(message("the demo makes a book of its own: make it outside a run"))
    session = Session(place)
    with _made(Path(folder)) as book, as_file(script()) as file:
        for words in (["init"], ["run", str(file), "--locale", "en"], *_packing(book.parent)):
            if code := _quietly(["--book", str(book), *words]):
                raise typer.Exit(code)
    if shape.format == "table":
        _present(book, session)
    else:
        columns = [Column("path"), Column("package"), Column("key")]
        made = (book, book.with_name(PACKAGE), book.with_name(KEY))
        session.show(Table(columns, [tuple(map(str, made))]), shape)


def _present(book: Path, session: Session) -> None:
    """Show what the book holds, have its package checked, and say what to type next."""
    from cli.main import run

    at = ("--book", str(book))
    locale = ("--locale", session.tag)
    for title, report in {
        message("Totals by country"): ("report", "totals"),
        message("Totals by country in EUR, at the rate of each pledge's day"): ("report", "totals", "--in", "EUR"),
        message("The pipeline"): ("report", "pipeline"),
    }.items():
        typer.echo(f"\n{said(title)}\n")
        if code := run([*report, *at, *locale]):
            raise typer.Exit(code)
    package = message(
        "The auditor's package in {folder}, checked by the verify.py in it", folder=book.with_name(PACKAGE)
    )
    typer.echo(f"\n{said(package)}\n")
    if code := _verified(book.with_name(PACKAGE)):
        raise typer.Exit(code)
    note(message("the book is {book}; next, try:", book=book))
    say(f"  export AIDLEDGER_BOOK={shlex.quote(str(book))}")
    for line in NEXT:
        say(f"  {line}")


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """The book in a new folder; both are taken away again if it cannot be finished."""
    there = folder.exists()
    if there and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(
            "{folder} is there already and not empty: it was left alone",
            folder=folder,
            hint="aidledger demo OTHER-FOLDER",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal("{folder} cannot be made: {reason}", folder=folder, reason=error.strerror) from error
    book = folder / "book.sqlite"
    try:
        yield book
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(folder / PACKAGE, ignore_errors=True)
            for made in (book, folder / KEY, folder / f"{KEY}.pub"):
                made.unlink(missing_ok=True)
            if not there:
                folder.rmdir()
        raise


def _packing(folder: Path) -> Iterator[list[str]]:
    """The commands that make the auditor's package, and the key that signs it."""
    key = ["--key", str(folder / KEY)]
    yield ["key", "create", "demo", *key]
    yield ["export", "audit", "--out", str(folder / PACKAGE), *key]


def _verified(package: Path) -> int:
    """Have the package's own program check it, as an auditor would: what it says, and how it ends."""
    done = subprocess.run(  # noqa: S603 - our own file, and nothing in its way
        [sys.executable, "-I", str(package / "verify.py")],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    typer.echo(done.stdout.rstrip("\n"))
    for line in done.stderr.splitlines():
        say(line)
    return done.returncode


def _quietly(words: list[str]) -> int:
    """Run a command; what it says is heard only where it fails."""
    from cli.main import run

    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(StringIO()) as heard:
        code = run(words)
    for line in heard.getvalue().splitlines() if code else ():
        say(line)
    return code


def commands() -> Iterator[list[str]]:
    """The commands that make the demo's book, the first of which makes an empty one."""
    yield ["init"]
    for line in lines(script().read_text(encoding="utf-8"), SCRIPT):
        yield list(line.words)


def script() -> Traversable:
    """The file of the demo's commands: inside the package when installed, beside it in a checkout."""
    installed = files("cli") / "demo_fixtures"
    folder = installed if installed.is_dir() else Path(__file__).parent.parent / "fixtures" / "demo"
    return folder / SCRIPT
