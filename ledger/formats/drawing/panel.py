"""Panels: a chart laid out, every mark at its place. Places are exact fractions, written to a tenth of a unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.formats.drawing.palette import SERIES
from ledger.locale import Language
from ledger.message import Message, counted, message
from ledger.money import Commodity, Money
from ledger.reports.chart import Chart, Scale, scale

WIDTH = 720
"""How wide a drawing is in its own units, where nothing else is asked for."""

_MARGIN, _GAP = 12, 8
_LINE = 15
_LETTER = Fraction(7)
"""About how wide a letter of 12 units is: what is wider in a reader's font still has the gaps to grow into."""
_VALUES = 66
_PLOT = 220
_WIDEST = 72
_DESCRIBED = 12

Place = Fraction | int


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place; ``full`` is what they say in full, where they had to be cut."""

    x: str
    y: str
    text: str
    kind: str = "label"
    anchor: str = "start"
    full: str = ""


_UNITS = (
    message("thousand {unit}"),
    message("million {unit}"),
    message("billion {unit}"),
    message("trillion {unit}"),
)
"""What an axis is in, by the power of a thousand."""


@dataclass(frozen=True, slots=True)
class Block:
    """A bar or a column, and what it says."""

    x: str
    y: str
    width: str
    height: str
    series: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line; ``kind`` is ``rule``, or ``axis`` for the one at zero."""

    x1: str
    y1: str
    x2: str
    y2: str
    kind: str = "rule"


@dataclass(slots=True)
class Panel:
    """One chart with all its marks, as high as it had to become."""

    chart: Chart
    language: Language
    wide: int
    unit: str
    height: int = 0
    texts: list[Text] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    @property
    def scale(self) -> Scale:
        """The axis of the chart's figures."""
        return scale(self.chart.values)

    def amount(self, scale: Scale, value: Money) -> str:
        """A figure short enough to stand beside its bar: in the axis's unit, to two digits."""
        digits = 2 if scale.power else value.commodity.digits
        shown = scale.shown(value.value, digits)
        if value and not shown.strip("-0."):
            least = self.language.decimal(Money(1, Commodity("", digits)).plain())
            return f"< {least}" if value.units > 0 else f"> -{least}"
        return self.language.decimal(shown)


def unit_of(chart: Chart, scale: Scale) -> str:
    """The unit of an axis in words: ``billion EUR``."""
    return message(_UNITS[scale.power - 1], unit=chart.unit) if scale.power else chart.unit.code


def described(chart: Chart, language: Language) -> Message:
    """A chart in words, for who does not see it: the unit, and the first of its figures."""
    lead = chart.series[0]
    said = [
        f"{label} {language.decimal(value.plain())}"
        for label, value in list(zip(chart.labels, lead.values, strict=True))[:_DESCRIBED]
    ]
    more = len(chart.labels) - len(said)
    if more <= 0:
        return message("{title} in {unit}: {figures}.", title=chart.title, unit=chart.unit, figures="; ".join(said))
    return counted(
        "{title} in {unit}: {figures} and {count} more.",
        "{title} in {unit}: {figures} and {count} more.",
        count=more,
        title=chart.title,
        unit=chart.unit,
        figures="; ".join(said),
    )


def panel(chart: Chart, language: Language, wide: int = WIDTH, *, said: Callable[[str], str] = str) -> Panel:
    """A chart laid out for a drawing of this width; ``said`` says its unit."""
    made = Panel(chart, language, wide, said(unit_of(chart, scale(chart.values))))
    top = _head(made)
    made.height = (_columns if chart.form == "columns" else _bars)(made, top) + _MARGIN
    return made


def _head(made: Panel) -> int:
    """The title, the unit, and what the colours mean where there are several; gives where the plot begins."""
    chart, y = made.chart, 24
    title = cut(chart.title, made.wide - 2 * _MARGIN, _LETTER * 5 / 4)
    made.texts.append(Text(at(_MARGIN), at(y), title, "title", full=chart.title if title != chart.title else ""))
    y += 18
    made.texts.append(Text(at(_MARGIN), at(y), made.unit, "muted"))
    x = Fraction(_MARGIN)
    if len(chart.series) > 1:
        y += 20
        for series, colour in zip(chart.series, SERIES, strict=False):
            made.blocks.append(Block(at(x), at(y - 10), at(10), at(10), colour))
            made.texts.append(Text(at(x + 16), at(y), words(series.name)))
            x += 16 + width(words(series.name)) + 20
    return y + 14


def words(name: str) -> str:
    """A column's name as people read it."""
    return name.replace("_", " ")


def _bars(made: Panel, top: int) -> int:
    """Lying bars, categories from top to bottom; gives where they end."""
    chart, scale = made.chart, made.scale
    labels = [wrapped(label, made.wide * 3 // 10) for label in chart.labels]
    left = _MARGIN + max((width(line) for lines in labels for line in lines), default=Fraction()) + _GAP
    low = left + (_VALUES if any(value.units < 0 for value in chart.values) else 0)
    span = made.wide - _MARGIN - _VALUES - low
    thick = 16 if len(chart.series) == 1 else 13
    y = top
    for place, lines in enumerate(labels):
        height = max(thick * len(chart.series), _LINE * len(lines))
        _label(made, lines, chart.labels[place], x=left - _GAP, middle=y + Fraction(height, 2))
        begin = y + Fraction(height - thick * len(chart.series), 2)
        for number, series in enumerate(chart.series):
            _bar(made, series.values[place], number, low=low, span=span, y=begin + number * thick, thick=thick)
        y += height + _GAP
    _marks_below(made, scale, low, span, top=top, bottom=y)
    return y + 20


def _label(made: Panel, lines: Sequence[str], label: str, *, x: Fraction, middle: Fraction) -> None:
    """The lines of a label, around the middle of its bars."""
    full = label if "".join(lines).endswith("…") else ""
    first = middle - Fraction(_LINE * len(lines), 2) + 11
    for number, line in enumerate(lines):
        made.texts.append(Text(at(x), at(first + number * _LINE), line, anchor="end", full=full))


def _bar(made: Panel, value: Money, number: int, *, low: Fraction, span: Fraction, y: Fraction, thick: int) -> None:
    """One bar from zero to its value, and the value beside its end."""
    scale, chart = made.scale, made.chart
    zero, end = (low + span * scale.place(place) for place in (Fraction(), value.value))
    says = f"{words(chart.series[number].name)}: {made.language.money(value)}"
    made.blocks.append(
        Block(at(min(zero, end)), at(y + 1), at(abs(end - zero)), at(thick - 2), SERIES[number % len(SERIES)], says)
    )
    beyond, anchor = (end + 5, "start") if value.units >= 0 else (end - 5, "end")
    made.texts.append(Text(at(beyond), at(y + Fraction(thick, 2) + 4), made.amount(scale, value), "value", anchor))


def _marks_below(made: Panel, scale: Scale, low: Fraction, span: Fraction, *, top: int, bottom: int) -> None:
    """The marks of a lying axis: a rule through all bars, and its figure below."""
    for mark in scale.marks:
        x = low + span * scale.place(mark)
        made.rules.append(Rule(at(x), at(top - 4), at(x), at(bottom), "rule" if mark else "axis"))
        made.texts.append(Text(at(x), at(bottom + 15), made.language.decimal(scale.mark(mark)), "muted", "middle"))


def _columns(made: Panel, top: int) -> int:
    """Standing columns, periods from left to right; gives where they end."""
    chart, scale, bottom = made.chart, made.scale, top + _PLOT
    shown = [made.language.decimal(scale.mark(mark)) for mark in scale.marks]
    left = _MARGIN + max(map(width, shown)) + _GAP
    slot = (made.wide - _MARGIN - left) / max(len(chart.labels), 1)
    for mark, text in zip(scale.marks, shown, strict=True):
        y = bottom - _PLOT * scale.place(mark)
        made.rules.append(Rule(at(left), at(y), at(made.wide - _MARGIN), at(y), "rule" if mark else "axis"))
        made.texts.append(Text(at(left - _GAP), at(y + 4), text, "muted", "end"))
    for place, label in enumerate(chart.labels):
        for number, series in enumerate(chart.series):
            thick = min(slot * 4 / 5, Fraction(_WIDEST)) / len(chart.series)
            x = left + slot * place + slot / 2 + thick * (number - Fraction(len(chart.series), 2))
            zero, end = (bottom - _PLOT * scale.place(value) for value in (Fraction(), series.values[place].value))
            says = f"{label}, {words(series.name)}: {made.language.money(series.values[place])}"
            colour = SERIES[number % len(SERIES)]
            made.blocks.append(Block(at(x), at(min(zero, end)), at(thick), at(abs(end - zero)), colour, says))
    made.texts += _periods(chart.labels, left, slot, bottom + 17)
    return bottom + 24


def _periods(labels: Sequence[str], left: Fraction, slot: Fraction, y: int) -> Iterator[Text]:
    """As many of the periods' names as fit below their columns, at even steps."""
    room = max(map(width, labels), default=Fraction()) + 2 * _GAP
    step = max(1, -(-room // slot))
    for place in range(0, len(labels), step):
        x = left + slot * place + slot / 2
        yield Text(at(x), at(y), labels[place], "muted", "middle")


def at(place: Place) -> str:
    """A place as decimal text, to a tenth.

    >>> at(Fraction(1, 3)), at(12), at(Fraction(-1, 2))
    ('0.3', '12', '-0.5')
    """
    return Money.rounded(Fraction(place), Commodity("", 1)).plain().removesuffix(".0")


def width(text: str, letter: Fraction = _LETTER) -> Fraction:
    """About how wide a text is: wide letters count double, those that combine not at all."""
    return letter * sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrapped(text: str, room: int, most: int = 2) -> list[str]:
    """A text in at most so many lines that fit; the last one is cut where there is more.

    >>> wrapped("Ministry of Defence of the Kingdom of the Netherlands", 140)
    ['Ministry of Defence', 'of the Kingdom of t…']
    """
    lines = [""]
    rest = text.split()
    while rest:
        joined = f"{lines[-1]} {rest[0]}".strip()
        if width(joined) <= room or not lines[-1]:
            lines[-1] = joined
            rest.pop(0)
        elif len(lines) < most:
            lines.append("")
        else:
            lines[-1] = f"{lines[-1]} {' '.join(rest)}"
            break
    return [cut(line, room) for line in lines]


def cut(text: str, room: int, letter: Fraction = _LETTER) -> str:
    """A text that fits, with an ellipsis where something is missing."""
    if width(text, letter) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", letter) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
