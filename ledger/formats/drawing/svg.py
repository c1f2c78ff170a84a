"""SVG: charts below each other in one drawing that needs nothing else, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.formats.drawing.palette import LIGHT
from ledger.formats.drawing.panel import WIDTH, described, panel
from ledger.formats.markup import template
from ledger.locale import Language
from ledger.reports.chart import Chart

_BETWEEN = 12


def svg(charts: Sequence[Chart], language: Language, *, name: str = "chart", wide: int = WIDTH) -> str:
    """The drawing of these charts as an SVG document, or as part of an HTML page that holds no other ``name``.

    A title and a description say in words what it shows, each bar what it stands for. What stands in the data is
    text and never markup.
    """
    placed, height = [], 0
    for chart in charts:
        laid = panel(chart, language, wide)
        placed.append((height, laid))
        height += laid.height + _BETWEEN
    text = template("ledger.formats.drawing", "figure.svg.jinja").render(
        name=name,
        title="; ".join(dict.fromkeys(chart.title for chart in charts)),
        description=" ".join(described(chart, language) for chart in charts),
        width=wide,
        height=max(height - _BETWEEN, 1),
        panels=placed,
        colours=LIGHT,
    )
    return f"{text}\n"
