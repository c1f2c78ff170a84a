"""Charts of reports: bars in the terminal, or a drawing in a file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cli.language import said
from cli.options import Shape
from cli.render import clean, note
from cli.session import Session
from cli.whole import whole
from ledger.errors import InputError, Refusal
from ledger.message import message

if TYPE_CHECKING:
    from ledger.book import Book
    from ledger.locale import Language
    from ledger.money import Money
    from ledger.reports.chart import Chart, Form
    from ledger.table import Table

HERE = "-"
"""What ``--chart`` means where no file follows: in the terminal, below the table."""

COMPARED = ("spot", "month", "year", "fixed")
"""What is drawn where rate policies are compared."""

_ENDINGS = (".svg", ".png")
_GAP = "  "
_PIPED = 80
"""How wide bars are where there is no terminal to fill."""
_SHORTEST = 8
_COLOURS = ("\x1b[36m{}\x1b[0m", "\x1b[33m{}\x1b[0m", "\x1b[32m{}\x1b[0m", "\x1b[35m{}\x1b[0m")
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whether a report is drawn, and where: ``-`` in the terminal, else in this file."""

    chart: Annotated[
        str | None,
        typer.Option(
            "--chart", metavar="[FILE]", help=message("Draw it as well: here, or in a file ending in .svg or .png.")
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.chart not in {None, HERE} and Path(str(self.chart)).suffix.lower() not in _ENDINGS:
            raise InputError("--chart {chart}: a chart is drawn in a file ending in .svg or .png", chart=self.chart)


@dataclass(frozen=True, slots=True)
class Plotted(Drawn):
    """Whether and where a report is drawn that has every measure, and which of them."""

    measure: Annotated[
        str | None,
        typer.Option("--measure", metavar="MEASURE", help=message("The measure to draw; pledged if not said.")),
    ] = None

    def __post_init__(self) -> None:
        Drawn.__post_init__(self)
        if self.measure is not None and self.chart is None:
            raise InputError("--measure goes with --chart: the report itself has every measure")


def show_drawn(
    session: Session,
    table: Table,
    shape: Shape,
    book: Book,
    drawn: Drawn,
    *,
    explain: bool = False,
    values: Sequence[str] = (),
    form: Form = "bars",
) -> None:
    """Print a report, and draw it where that is asked for.

    A file is written first, so that what is refused prints nothing. Raises
    :class:`~ledger.errors.InputError` for bars among the rows of JSON or CSV.
    """
    if drawn.chart is None or (explain and table.explained() is None):  # which is refused
        session.show_explained(table, shape, book, explain=explain)
        return
    if drawn.chart == HERE and shape.format != "table":
        raise InputError(
            "--chart draws for people, and --format {format} is for programs",
            format=shape.format,
            hint=message("leave one of them out, or draw in a file: --chart FILE.svg"),
        )
    made = _charts(session, table, book, values, form)
    if drawn.chart != HERE:
        _write(made, Path(drawn.chart), session)
    session.show_explained(table, shape, book, explain=explain)
    if drawn.chart == HERE:
        _print(made, session.language)
    else:
        note(message("the chart is {file}", file=drawn.chart))


def _charts(session: Session, table: Table, book: Book, values: Sequence[str], form: Form) -> list[Chart]:
    """The charts of a report, with names where parties have codes."""
    from ledger.reports.chart import charts

    return charts(table, values, form, name=party_namer(session, book))


def party_namer(session: Session, book: Book) -> Callable[[str], str]:
    """How parties are called: by the book where it registered them, else, being countries, by the locale."""
    names = book.party_names()
    return lambda code: session.language.party(names.get(code, code), names.get(code, code))


def refuse_book(out: Path, session: Session, option: str) -> None:
    """Refuse to write over the book. Raises :class:`~ledger.errors.InputError`."""
    from ledger.store.place import located

    if located(session.path).is_at(out):
        raise InputError("{option} {out} is the book itself: choose another file", option=option, out=out)


def _write(made: Sequence[Chart], out: Path, session: Session) -> None:
    """Draw these charts in a file, whole or not at all."""
    from ledger.formats.drawing.png import png
    from ledger.formats.drawing.svg import svg

    refuse_book(out, session, "--chart")
    if not made:
        raise Refusal("there is nothing to draw, and {out} was not written: the report has no rows", out=out)
    drawing = svg(made, session.language, said=said)
    content = png(drawing) if out.suffix.lower() == ".png" else drawing.encode()
    with whole(out) as file:
        file.write(content)


class Screen(NamedTuple):
    """What bars are drawn on: how many cells wide, whether it has blocks, and whether colours."""

    room: int
    blocks: bool
    colours: bool


def _screen() -> Screen:
    terminal = sys.stdout.isatty()
    plain = not terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    try:
        f"{_EIGHTHS}▐│…".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        blocks = False
    else:
        blocks = True
    return Screen(shutil.get_terminal_size().columns if terminal else _PIPED, blocks, not plain)


def _print(made: Sequence[Chart], language: Language) -> None:
    for line in bars(made, language, _screen()):
        typer.echo(line)


def bars(made: Sequence[Chart], language: Language, screen: Screen) -> Iterator[str]:
    """The lines of these charts, each after an empty one: a title with the unit, then a bar for each figure.

    Figures stand with all their digits before the bars; what is below zero goes to the left. A label is cut
    where the width asks for it, a figure never.
    """
    from fractions import Fraction

    from ledger.formats.drawing.panel import cut, width
    from ledger.reports.chart import in_language

    for chart in (in_language(each, said) for each in made):
        yield ""
        yield clean(f"{chart.title}, {chart.unit}")
        rows = list(_rows(chart))
        amounts = [language.decimal(value.plain()) for _, _, value in rows]
        figures = max(map(len, amounts), default=0)
        most = max(screen.room - figures - 2 * len(_GAP) - _SHORTEST, 4)
        labels = [cut(clean(label), min(most, max(screen.room // 3, _SHORTEST)), Fraction(1)) for label, _, _ in rows]
        cells = [int(width(label, Fraction(1))) for label in labels]
        widest = max(cells, default=0)
        span = max(screen.room - widest - figures - 2 * len(_GAP), 4)
        draw = _bar(chart, span, screen)
        for label, used, amount, (_, series, value) in zip(labels, cells, amounts, rows, strict=True):
            bar = draw(value, series)
            text = label if screen.blocks else label.replace("…", "~")
            yield f"{text}{' ' * (widest - used)}{_GAP}{amount:>{figures}}{_GAP}{bar}".rstrip()


def _rows(chart: Chart) -> Iterator[tuple[str, int, Money]]:
    """A row for each figure: its label, which below the first one of a category is the name of the series."""
    for place, label in enumerate(chart.labels):
        for number, series in enumerate(chart.series):
            yield (label if number == 0 else f"  {series.name}"), number, series.values[place]


def _bar(chart: Chart, span: int, screen: Screen) -> Callable[[Money, int], str]:
    """How a figure of this chart becomes a bar of at most ``span`` cells, those below zero left of a line."""
    units = [value.units for value in chart.values]
    low, high = -min([*units, 0]), max([*units, 0])
    left = 0 if not low else min(max(low * (span - 1) // (low + high), 1), span - 2)
    right = span - left - bool(low)

    def draw(value: Money, series: int) -> str:
        before = _leftward(-value.units, low, left, blocks=screen.blocks) if value.units < 0 else ""
        after = _rightward(value.units, high, right, blocks=screen.blocks) if value.units > 0 else ""
        axis = ("│" if screen.blocks else "|") if low else ""
        paint = _COLOURS[series % len(_COLOURS)].format if screen.colours else str
        shown = [" " * (left - len(before)), paint(before) if before else "", axis, paint(after) if after else ""]
        return "".join(shown)

    return draw


def _rightward(units: int, most: int, span: int, *, blocks: bool) -> str:
    """A bar that begins at the left: whole cells and an eighth of one, at least the thinnest."""
    if not blocks:
        return "#" * max((2 * units * span + most) // (2 * most), 1)
    eighths = max((2 * units * span * 8 + most) // (2 * most), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _leftward(units: int, most: int, span: int, *, blocks: bool) -> str:
    """A bar that begins at the right: whole cells and half of one, for there are no eighths from the right."""
    halves = max((2 * units * span * 2 + most) // (2 * most), 1)
    if not blocks:
        return "#" * max(halves // 2, 1)
    return "▐" * (halves % 2) + "█" * (halves // 2)
