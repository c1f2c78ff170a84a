"""SVG: charts below each other in one drawing that needs nothing else, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.formats.drawing.palette import LIGHT
from ledger.formats.drawing.panel import WIDTH, described, panel
from ledger.formats.markup import template
from ledger.locale import Language
from ledger.reports.chart import Chart, in_language

_BETWEEN = 12


def svg(
    charts: Sequence[Chart],
    language: Language,
    *,
    name: str = "chart",
    wide: int = WIDTH,
    said: Callable[[str], str] = str,
) -> str:
    """The drawing of these charts as an SVG document, or as part of an HTML page that holds no other ``name``.

    A title and a description say in words what it shows, each bar what it stands for. What stands in the data is
    text and never markup. ``said`` says messages in the reader's language; without it they are English.
    """
    placed, height = [], 0
    spoken = [in_language(chart, said) for chart in charts]
    for chart in spoken:
        laid = panel(chart, language, wide, said=said)
        placed.append((height, laid))
        height += laid.height + _BETWEEN
    text = template("ledger.formats.drawing", "figure.svg.jinja").render(
        name=name,
        title="; ".join(dict.fromkeys(chart.title for chart in spoken)),
        description=" ".join(said(described(chart, language)) for chart in spoken),
        width=wide,
        height=max(height - _BETWEEN, 1),
        panels=placed,
        colours=LIGHT,
    )
    return f"{text}\n"
