"""The command `run`: the commands of a file as one transaction, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.kept import Kept
from cli.options import Place, takes
from cli.render import note
from cli.script import PROGRAM, Line, commands, name_of, place_of, read
from cli.session import Session, holding, refuse_in_run
from ledger.errors import InputError, Refusal
from ledger.message import message

if TYPE_CHECKING:
    from cli.main import Ending

FORMATS = ("table", "json")
WRONG_CALL = 2


@dataclass(frozen=True, slots=True)
class Running:
    """What becomes of a run, and how its results are printed."""

    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=message("Show what would come of the commands; keep nothing."))
    ] = False
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="table|json", help=message("What each command prints, or all of it as one list.")
        ),
    ] = "table"

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise InputError(
                "--format is table or json, not '{format}': the commands of a run have different columns",
                format=self.format,
            )

    def show(self, kept: Kept) -> None:
        """Print what the commands printed."""
        if self.format == "json":
            kept.show_json()
        else:
            kept.show()


@takes
def run(
    file: Annotated[str, typer.Argument(metavar="FILE", help=message("Commands, one a line; - is standard input."))],
    running: Running = Running(),
    place: Place = Place(),
) -> None:
    """Run the commands of a file as one transaction: all of them are recorded, or none.

    Each sees what those before it recorded. What they print comes once all of it is kept.
    """
    refuse_in_run(message("a run is no part of another: put its commands in its place"))
    session = Session(place)
    lines = commands(read(file), file)
    with Kept() as kept:
        with session.book() as book, holding(book), book.together(rehearse=running.dry_run):
            _all(lines, _Under(file, _before(session), running, kept))
        with _recorded(running):
            running.show(kept)
    if not kept.outputs:
        note(message("there is no command in {file}: nothing to do", file=name_of(file)))
    elif running.dry_run:
        note(message("this was a dry run: nothing was written"))


def _before(session: Session) -> list[str]:
    """What holds for every command: the book, and the locale where one is named."""
    locale = session.place.locale
    return ["--book", session.path, *(["--locale", locale] if locale else [])]


@contextmanager
def _recorded(running: Running) -> Iterator[None]:
    """Print; where that cannot be done, say that all is recorded, lest it be recorded again."""
    try:
        yield
    except OSError as error:
        if running.dry_run:
            raise
        reason = message("{reason}; what was run is recorded all the same", reason=error.strerror)
        raise OSError(error.errno, reason) from error


# One command after the other


@dataclass(frozen=True, slots=True)
class _Under:
    """A run under way: ``before`` are the words that each of its commands begins with."""

    file: str
    before: Sequence[str]
    running: Running
    kept: Kept

    def words(self, line: Line) -> list[str]:
        """A command as it is called."""
        if self.running.format == "table":
            return [*self.before, *line.words]
        until = line.words.index("--") if "--" in line.words else len(line.words)
        return [*self.before, *line.words[:until], "--format", "json", *line.words[until:]]


def _all(lines: Iterator[Line], under: _Under) -> None:
    """Run each command. Raises what the first that fails says, with its line."""
    from cli.lazy import root
    from cli.main import NOUNS, ended

    command = root(NOUNS)  # once, and each command in it: to make one takes as long as to run it

    def call(line: Line) -> None:
        with command.make_context(PROGRAM, under.words(line)) as context:
            command.invoke(context)

    for line in lines:
        with under.kept.of(line.number):
            ending = ended(partial(call, line), line.words)
        if ending.code:
            _fail(line, ending, under)
        if under.running.format == "json" and not under.kept.holds_json():
            raise InputError("{place}: this prints no JSON", place=place_of(under.file, line.number))


def _fail(line: Line, ending: Ending, under: _Under) -> None:
    """End the run as its command ended: with its error; or with what it found, where that is what it printed."""
    from cli.main import INTERRUPTED

    if ending.code == INTERRUPTED:
        raise KeyboardInterrupt
    del under.kept.outputs[:-1]  # what the others said has not come to be
    place, kind = place_of(under.file, line.number), InputError if ending.code == WRONG_CALL else Refusal
    if ending.message is not None:
        under.kept.tell()
        raise kind(message("{place}: {reason}", place=place, reason=ending.message), hint=ending.hint)
    if ending.code == WRONG_CALL:  # which was answered with the help
        noun = line.words[-1]
        what = message("{place}: '{noun}' alone is no command", place=place, noun=noun)
        raise kind(what, hint=f"{PROGRAM} {noun} --help")
    under.running.show(under.kept)
    raise kind(
        message("{place}: the command exits {code}, so that nothing was recorded", place=place, code=ending.code)
    )
