"""The demo: a small real book and its auditor's package, made by the commands that anybody could type."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Place, takes
from cli.render import note, say
from cli.session import Session
from ledger.errors import Refusal
from ledger.message import message

NEXT = (
    "aidledger pledge list",
    "aidledger pledge show GB-2025-0001",
    "aidledger report totals --in EUR --policy month",
    'aidledger pledge disburse GB-2024-0001 "752m GBP" --on 2026-03-06 --note "second instalment"',
    "aidledger export csv --out register.csv",
    "aidledger check",
)

PACKAGE, KEY = "audit", "key"
"""Beside the book: its package, and the key that signed it, which is of no use for anything else."""


@takes
def demo(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help=message("A folder that is not there yet, or empty."))
    ] = "aidledger-demo",
    place: Place = Place(),
) -> None:
    """Make a small real book, show its totals and pipeline, have it verified, and say what to type next."""
    from cli.main import run

    session = Session(place)
    with _made(Path(folder)) as book:
        at = ("--book", str(book))
        for words in (*commands(), *_packing(book.parent)):
            if code := _quietly([*at, *words]):
                raise typer.Exit(code)
    locale = ("--locale", session.tag)
    for title, report in {
        "Totals by country": ("report", "totals"),
        "Totals by country in EUR, at the rate of each pledge's day": ("report", "totals", "--in", "EUR"),
        "The pipeline": ("report", "pipeline"),
    }.items():
        typer.echo(f"\n{title}\n")
        if code := run([*report, *at, *locale]):
            raise typer.Exit(code)
    typer.echo(f"\nThe auditor's package in {book.with_name(PACKAGE)}, checked by the verify.py in it\n")
    if code := _verified(book.with_name(PACKAGE)):
        raise typer.Exit(code)
    note(message("the book is {book}; next, try:", book=book))
    say(message("  export AIDLEDGER_BOOK={quote}", quote=shlex.quote(str(book))))
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
        raise Refusal("{folder} cannot be made: {strerror}", folder=folder, strerror=error.strerror) from error
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

    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        code = run(words)
    for line in said.getvalue().splitlines() if code else ():
        say(line)
    return code


def commands() -> Iterator[list[str]]:
    """The demo's commands, one a line; ``#`` begins a comment, a backslash at the end goes on."""
    text = (_fixtures() / "commands.txt").read_text(encoding="utf-8")
    for line in text.replace("\\\n", " ").splitlines():
        if words := shlex.split(line, comments=True):
            yield words


def _fixtures() -> Traversable:
    """The demo's fixtures: inside the package when installed, beside it in a checkout."""
    installed = files("cli") / "demo_fixtures"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "fixtures" / "demo"
