"""Charts: figures of a report as something to draw, one commodity each, still exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Literal, NamedTuple

from ledger.errors import InputError
from ledger.message import Message, counted, joined, message
from ledger.money import Commodity, Money
from ledger.table import Cell, Column, Table

Form = Literal["bars", "columns"]
Naming = Callable[[str], str]

MOST_BARS = 60
"""A chart of more categories shows the largest, and the others as one bar."""
MOST_COLUMNS = 400
MOST_PANELS = 24
EVERYTHING = message("everything")
"""What a report that is not cut by anything calls its only row."""

_AFTER_LABELS = {"measure", "currency", "commodity"}
_WORDS = {"purpose", "instrument", "stage"}
_TERMS = {
    str(term): term
    for term in (
        message("military"),
        message("humanitarian"),
        message("financial"),
        message("reconstruction"),
        message("other"),
        message("grant"),
        message("in kind"),
        message("loan"),
        message("export credit"),
        message("guarantee"),
        message("swap line"),
        message("interest subsidy"),
        message("pledged"),
        message("committed"),
        message("allocated"),
        message("disbursed"),
        message("called"),
        message("repaid"),
        message("forgiven"),
        message("cancelled"),
    )
}
"""The ledger's own words of these columns, for catalogues of other languages."""
_SERIES = ("pledged", "amount")
_STEPS = (1, 2, 5)
_HIGHEST = 4  # power of a thousand: trillions


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of each category, in the order of the chart's labels."""

    name: str
    values: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Categories, as people read them, with their figures, all of one commodity: currencies never share an axis.

    ``bars`` lie and compare categories; ``columns`` stand, and their categories are periods in order.
    """

    title: str
    unit: Commodity
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    form: Form = "bars"

    def __post_init__(self) -> None:
        for each in self.series:
            if len(each.values) != len(self.labels):
                raise ValueError(f"{len(each.values)} values for {len(self.labels)} labels in {each.name}")
            if any(value.commodity != self.unit for value in each.values):
                raise ValueError(f"a chart in {self.unit} holds nothing else")

    @property
    def values(self) -> tuple[Money, ...]:
        """The figures of all series."""
        return tuple(value for each in self.series for value in each.values)


class Scale(NamedTuple):
    """An axis: where it has its marks, in the commodity's own unit, and the power of a thousand they are shown in."""

    marks: tuple[Fraction, ...]
    power: int

    def place(self, value: Fraction) -> Fraction:
        """Where a value lies between the first mark (0) and the last (1)."""
        return (value - self.marks[0]) / (self.marks[-1] - self.marks[0])

    def shown(self, value: Fraction, digits: int = 2) -> str:
        """A value in the axis's power as plain decimal text, rounded half away from zero to so many digits."""
        return Money.rounded(value / 1000**self.power, Commodity("", digits)).plain()

    def mark(self, value: Fraction) -> str:
        """A mark as plain decimal text, with the digits it has and no more."""
        text = self.shown(value, 9)
        return text.rstrip("0").rstrip(".")


def scale(values: Sequence[Money], most: int = 6) -> Scale:
    """The axis of these values: zero, and at most so many marks at round steps (1, 2 or 5 times a power of ten).

    >>> from ledger.money import Money, currency
    >>> [str(mark) for mark in scale([Money(350, currency("EUR")), Money(-120, currency("EUR"))]).marks]
    ['-2', '-1', '0', '1', '2', '3', '4']
    """
    exact = [value.value for value in values]
    low, high = min([*exact, Fraction()]), max([*exact, Fraction()])
    high = high if high or low else Fraction(1)
    step = _step(low, high, most)
    first, last = low // step, -(-high // step)
    marks = tuple(step * number for number in range(first, last + 1))
    widest = max(abs(marks[0]), abs(marks[-1]))
    return Scale(marks, sum(1 for power in range(1, _HIGHEST + 1) if widest >= 1000**power))


def _step(low: Fraction, high: Fraction, most: int) -> Fraction:
    """The smallest round step of which ``most`` reach from the lowest to the highest value."""
    wanted = (high - low) / most
    power = Fraction(1)
    while power > wanted:
        power /= 10
    while power * 10 <= wanted:
        power *= 10
    return next(step * power for step in (*_STEPS, 10) if step * power >= wanted)


def charts(
    table: Table,
    values: Sequence[str] = (),
    form: Form = "bars",
    *,
    name: Naming = str,
    most: int = MOST_BARS,
    panels: int = MOST_PANELS,
) -> list[Chart]:
    """The charts of a report: one for each currency, and over time one for each combination of the other dimensions.

    ``values`` are names of amount columns, else ``pledged`` or ``amount``, and give the title; ``name`` gives the
    name of a party's code. Over time the report's first column is the period. Of more than ``most`` categories the
    others are one bar. Raises :class:`~ledger.errors.InputError` for a column that is no amount of the report, and
    for more charts than ``panels``.
    """
    named, labels = _chosen(table, values), _labels(table)
    split = 1 if form == "columns" else labels
    found: dict[str, dict[Commodity, list[Sequence[Cell]]]] = {}
    for row in table.rows:
        if (of := _unit(table, row, named)) is not None:
            about = _label(row[split:labels], table.columns[split:labels], name)
            found.setdefault(about, {}).setdefault(of, []).append(row)
    if (count := sum(map(len, found.values()))) > panels:
        raise InputError(
            "this would be {count} charts in one: the most is {panels}",
            count=count,
            panels=panels,
            hint=message("narrow the report with its filters, or cut it by less")
            if "policy" in table.header
            else message("narrow the report with its filters, or cut it by less, or convert it with --in CUR"),
        )
    made = []
    for about, units in found.items():
        for of in sorted(units, key=str):
            series = _series(table, units[of], named, of)
            texts = tuple(_label(row[:split], table.columns[:split], name) or EVERYTHING for row in units[of])
            measures = reduce(_and, (term(each.name) for each in series))
            title = joined(filter(None, (measures, about, _rates(table, units[of]))))
            made.append(_bounded(Chart(title, of, texts, series, form), most))
    return made


def in_language(chart: Chart, said: Naming) -> Chart:
    """The chart with its words as ``said`` says messages: names of measures are the headings of their columns."""
    series = tuple(replace(each, name=said(term(each.name))) for each in chart.series)
    return replace(chart, title=said(chart.title), labels=tuple(map(said, chart.labels)), series=series)


def _and(first: str, second: str) -> Message:
    return message("{first} and {second}", first=first, second=second)


def _rates(table: Table, rows: Sequence[Sequence[Cell]]) -> str:
    """The policy by which the figures of these rows were converted, in words."""
    place = table.header.index("policy") if "policy" in table.header else None
    policy = None if place is None else rows[0][place]
    return message("{policy} rates", policy=policy) if policy else ""


def _chosen(table: Table, values: Sequence[str]) -> tuple[str, ...]:
    """The columns to draw, all of them amounts of the report."""
    amounts = [column.name for column in table.columns if column.kind == "money"]
    named = tuple(values) or next(((name,) for name in _SERIES if name in amounts), tuple(amounts[:1]))
    if not named:
        raise InputError("this report has no amounts to draw")
    for each in named:
        if each not in amounts:
            raise InputError(
                "'{name}' is no amount of this report: choose from {amounts}", name=each, amounts=", ".join(amounts)
            )
    return named


def _labels(table: Table) -> int:
    """How many leading columns say what a row is: those before the currency, or before the first amount."""
    for place, column in enumerate(table.columns):
        if column.name in _AFTER_LABELS or column.kind == "money":
            return place
    return len(table.columns)


def _label(cells: Sequence[Cell], columns: Sequence[Column], name: Naming) -> str:
    """The parts of a label that are there, in words."""
    return joined(
        name(str(cell)) if of.kind == "party" else in_words(str(cell), of)
        for cell, of in zip(cells, columns, strict=True)
        if cell is not None
    )


def in_words(text: str, column: Column) -> str:
    """One of the ledger's own words as people write it: ``export credit``. What others called something stays."""
    return term(text) if column.name in _WORDS else text


def term(text: str) -> Message:
    """A word of the ledger's own, or the name of a column, as people write it: a catalogue may have it by that."""
    plain = text.replace("_", " ")
    return _TERMS.get(plain) or message(plain)


def _unit(table: Table, row: Sequence[Cell], named: Sequence[str]) -> Commodity | None:
    found = (row[table.header.index(each)] for each in named)
    return next((cell.commodity for cell in found if isinstance(cell, Money)), None)


def _series(table: Table, rows: Sequence[Sequence[Cell]], named: Sequence[str], of: Commodity) -> tuple[Series, ...]:
    """The figures of these columns; of several, those that are nothing everywhere are left out."""
    made = [Series(each, tuple(_value(row[table.header.index(each)], of) for row in rows)) for each in named]
    return tuple(each for place, each in enumerate(made) if place == 0 or any(each.values))


def _value(cell: Cell, of: Commodity) -> Money:
    return cell if isinstance(cell, Money) else Money(0, of)


def _bounded(chart: Chart, most: int) -> Chart:
    """The chart with its largest categories, in the order they had, and the sum of the others as a last bar.

    Periods are never put together: raises :class:`~ledger.errors.InputError` where there are too many to draw.
    """
    count = len(chart.labels)
    if chart.form == "columns" and count > MOST_COLUMNS:
        raise InputError(
            "{count} periods are too many for a chart: the most is {most_columns}",
            count=count,
            most_columns=MOST_COLUMNS,
            hint=message("take longer periods, or begin later with --from DATE"),
        )
    if chart.form == "columns" or count <= most:
        return chart
    sizes = [max(abs(each.values[place].units) for each in chart.series) for place in range(count)]
    kept = sorted(sorted(range(count), key=lambda place: (-sizes[place], place))[: most - 1])
    series = tuple(replace(each, values=_gathered(each.values, kept)) for each in chart.series)
    return replace(chart, labels=(*(chart.labels[place] for place in kept), _others(count - most + 1)), series=series)


def _others(count: int) -> Message:
    return counted("{count} other", "{count} others", count=count)


def _gathered(values: Sequence[Money], kept: Sequence[int]) -> tuple[Money, ...]:
    """The values at these places, and the sum of all others."""
    some = [values[place] for place in kept]
    others = sum(value.units for value in values) - sum(value.units for value in some)
    return (*some, Money(others, values[0].commodity))
