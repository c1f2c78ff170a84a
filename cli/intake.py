"""``import``: files of others, read, reviewed against the book and recorded."""

from __future__ import annotations

import csv
import gc
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.language import said
from cli.lazy import noun
from cli.options import Place, Shape, takes
from cli.render import clean, note, warn
from cli.session import Session
from cli.whole import whole
from ledger.errors import InputError, Refusal
from ledger.message import counted, joined, message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.formats.reading import Reading
    from ledger.intake import Intake
    from ledger.recognition.proposal import Finding, Rejection, Remark

FIRST_PROBLEMS = 20
"""How many problems of a file are named where not every one is asked for."""

LARGE = 1_000_000
"""From how many bytes on a file's progress is shown."""

LONGEST_VALUE = 500
REJECTS = ("source", "row", "column", "value", "reason")

app = noun(message("Record the files of others: tables, the Kiel tracker's workbook, IATI activities."))


@app.callback()
def import_() -> None:
    """Record the files of others: tables, the Kiel tracker's workbook, IATI activities."""


@dataclass(frozen=True, slots=True)
class Taking:
    """How a file is taken in."""

    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=message("Show what would become of the file; write nothing."))
    ] = False
    revise: Annotated[
        bool, typer.Option("--revise", help=message("Post what the file states otherwise than before, by new entries."))
    ] = False
    strict: Annotated[bool, typer.Option("--strict", help=message("Refuse the whole file for any problem."))] = False
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help=message("Write each rejected row to this CSV, and why.")),
    ] = None
    every: Annotated[
        bool,
        typer.Option(
            "--every-problem",
            help=message("Name every problem; those that say the same once, and 20 at most, if not said."),
        ),
    ] = False


@app.command("csv")
@takes
def import_csv(
    file: Annotated[str, typer.Argument(metavar="FILE", help=message("A table: CSV, TSV or XLSX."))],
    mapping: Annotated[
        str | None,
        typer.Option("--map", metavar="MAP.toml", help=message("What its columns mean; else they are the ledger's.")),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help=message("What its origins begin with; the file's name if not said.")),
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest-map", help=message("Print a first map for this table, and record nothing."))
    ] = False,
    how: Taking = Taking(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Record a table of pledges: with the ledger's own columns, or any others through a map."""
    from ledger.formats.mapped.read import read
    from ledger.formats.mapped.suggest import suggest as suggested
    from ledger.formats.mapped.written import load

    if suggest:
        if shape.format != "table":
            raise InputError("--suggest-map prints TOML, whatever --format says: leave one of the two out")
        typer.echo(suggested(Path(file)), nl=False)
        return
    read_by = load(Path(mapping)) if mapping else None
    _take_in(lambda: read(Path(file), read_by, name), (file, mapping), how, shape, place)


@app.command("kiel")
@takes
def import_kiel(
    file: Annotated[str, typer.Argument(metavar="FILE", help=message("The Ukraine Support Tracker's workbook."))],
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help=message("What its origins and its rates are called by."))
    ],
    how: Taking = Taking(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Record the Kiel tracker's workbook: packages, allocations, deliveries, items, and its own exchange rates."""
    from ledger.exchange import EMBEDDED
    from ledger.formats.kiel.read import read

    if name in EMBEDDED:
        raise InputError(
            "--as {name} is the name of the rates that come with the ledger: give the release another", name=name
        )
    _take_in(lambda: read(Path(file), name), (file,), how, shape, place)


@app.command("iati")
@takes
def import_iati(
    path: Annotated[str, typer.Argument(metavar="FILE|FOLDER", help=message("IATI activities, versions 1.x to 2.03."))],
    how: Taking = Taking(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Record IATI activities and their transactions."""
    from ledger.formats.iati.read import read

    _take_in(lambda: read(Path(path)), (path,), how, shape, place)


def _take_in(
    read: Callable[[], Reading], files: tuple[str | None, ...], how: Taking, shape: Shape, place: Place
) -> None:
    """Read a file, record it, and say what became of it."""
    from ledger.intake import Refused
    from ledger.reports.rates import import_count

    session = Session(place)
    refused, kept = None, list[int]()
    with _all_the_same(kept), session.book() as book:
        _refuse_overwriting(how.rejects, [str(book.database.place), *files])
        with _heard(how) as heard:
            try:
                result = _recorded(book, read(), how, heard)
                kept.append(0 if how.dry_run else result.imported)
            except Refused as error:  # and what was rejected is kept all the same
                refused, result = error, error.result
    _mention(result)
    if refused is not None:
        raise refused
    if how.dry_run:
        note(message("this was a dry run: nothing was written"))
    counts = import_count(
        read=result.read, imported=result.imported, unchanged=result.unchanged, rejected=result.rejected
    )
    with _all_the_same(kept):
        session.show(counts, shape)
    if result.rejected and not result.imported + result.unchanged:
        raise Refusal(
            "nothing in this file could be recorded",
            hint=message("--rejects FILE keeps each row with the reason"),
        )


@contextmanager
def _all_the_same(kept: list[int]) -> Iterator[None]:
    """What goes wrong once entries are recorded says that they are, lest the import be taken for undone."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, Refusal) as error:
        if not any(kept):
            raise
        why = error.strerror if isinstance(error, OSError) else error.message
        reason = message("{reason}; what was imported is recorded all the same", reason=why)
        raise (OSError(error.errno, reason) if isinstance(error, OSError) else Refusal(reason)) from error


MOST_NEW_OBJECTS = 200_000


def _recorded(book: Book, reading: Reading, how: Taking, heard: _Heard) -> Intake:
    usual = gc.get_threshold()
    gc.set_threshold(MOST_NEW_OBJECTS, 20, 20)  # what a file makes is let go of by itself: looking for it takes a tenth
    try:
        with _watched(reading) as watched:
            return book.take_in(watched, revise=how.revise, strict=how.strict, rehearse=how.dry_run, tell=heard.tell)
    finally:
        gc.set_threshold(*usual)


def _mention(result: Intake) -> None:
    if result.rates is not None:
        note(
            message(
                "rates: {imported} imported, {unchanged} known before",
                imported=result.rates.imported,
                unchanged=result.rates.unchanged,
            )
        )
    if result.gone:
        shown = ", ".join(result.gone[:FIRST_PROBLEMS])
        more = len(result.gone) - FIRST_PROBLEMS
        note(
            message(
                "not in this file any more, and left as they are: {origins}",
                origins=message("{named} and {count} more", named=shown, count=more) if more > 0 else shown,
            )
        )


LONGEST_LINE = 1_000


class _Heard:
    """What is said about a file while it is read: the first problems on stderr, each rejection in its file."""

    def __init__(self, writer: Any, *, every: bool) -> None:  # noqa: ANN401 - csv's writer has no public name
        self._writer = writer
        self._every = every
        self._named: dict[tuple[str, str], str] = {}
        self._unnamed = 0

    def tell(self, finding: Finding) -> None:
        """Hear a rejection or a remark."""
        from ledger.recognition.proposal import Rejection, Remark

        if isinstance(finding, Rejection | Remark):
            self._say(finding)
        if isinstance(finding, Rejection) and self._writer:
            at = finding.at
            cells = (at.source, at.row, at.column, at.value[:LONGEST_VALUE], finding.reason[:LONGEST_LINE])
            self._writer.writerow([clean(cell) for cell in cells])

    def _say(self, finding: Rejection | Remark) -> None:
        """Name a problem, and of those that say the same in the same column the first only."""
        at = finding.at
        row = message("row {number}", number=at.row) if at.row else ""
        where = joined(part for part in (at.source, row, at.column) if part)
        problem: str = message("{where}: {problem}", where=where, problem=finding.reason)
        problem = problem if len(problem) <= LONGEST_LINE else problem[:LONGEST_LINE]
        if self._every:
            warn(problem)
        elif (at.column, finding.reason) in self._named or len(self._named) == FIRST_PROBLEMS:
            self._unnamed += 1
        else:
            self._named[at.column, finding.reason] = problem

    def finish(self) -> None:
        """Name the problems, now that no bar of progress is in the way, and say how many there were beside."""
        for problem in self._named.values():
            warn(problem)
        if self._unnamed:
            note(
                counted(
                    "{count} more problem, of these kinds or others: --every-problem names them all",
                    "{count} more problems, of these kinds or others: --every-problem names them all",
                    count=self._unnamed,
                )
            )


@contextmanager
def _heard(how: Taking) -> Iterator[_Heard]:
    """What hears problems; the file of rejects appears when the reading has ended."""
    with _rejects(how.rejects) as writer:
        heard = _Heard(writer, every=how.every)
        try:
            yield heard
        finally:
            heard.finish()


@contextmanager
def _rejects(path: str | None) -> Iterator[Any]:
    """The writer of the file of rejects, if there is to be one."""
    if path is None:
        yield None
        return
    with whole(Path(path)) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            writer = csv.writer(text)
            writer.writerow(REJECTS)
            yield writer
        finally:
            text.detach()  # the file goes on to its place


def _refuse_overwriting(rejects: str | None, files: list[str | None]) -> None:
    """Refuse to write what was rejected over what is read."""
    if rejects is None:
        return
    path = Path(rejects)
    if path.is_dir():
        raise InputError("--rejects {rejects} is a folder: name a file", rejects=rejects)
    if not path.parent.is_dir():
        raise InputError("--rejects {rejects}: there is no folder {parent}", rejects=rejects, parent=path.parent)
    for file in files:
        with suppress(OSError):
            if file is not None and path.exists() and path.samefile(file):
                raise InputError(
                    "--rejects {rejects} would be written over what is read: name another file", rejects=rejects
                )


@contextmanager
def _watched(reading: Reading) -> Iterator[Reading]:
    """The reading with a bar of its progress on a terminal, where it takes long, and nothing elsewhere."""
    if reading.total < LARGE or not sys.stderr.isatty():
        yield reading
        return
    with typer.progressbar(length=reading.total, label=said(message("reading")), file=sys.stderr) as bar:

        def moving() -> Iterator[Finding]:
            for count, finding in enumerate(reading.findings):
                if not count % 256:
                    bar.update(reading.done() - bar.pos)
                yield finding
            bar.update(reading.total - bar.pos)

        yield replace(reading, findings=moving())
