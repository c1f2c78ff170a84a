"""Tables of what was measured, as Markdown: the goals for the README, every figure for whoever looks closer."""

from collections.abc import Mapping
from typing import Any

from figures import Figures
from goals import Result, results
from programs import CASES
from workload import named

BEGINS, ENDS = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
TITLES = {
    "import": "import of a table",
    "check": "check",
    "totals": "totals by country",
    "euros": "totals in euros at each day's rate",
    "csv": "everything as CSV",
    "add": "one pledge added",
}


def written_into(text: str, measurements: Mapping[str, Any]) -> str:
    """A document with the table of goals between its marks, and all else as it was."""
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise SystemExit(f"error: there is no place for the table: write {BEGINS} and {ENDS} where it belongs")
    return f"{before}{BEGINS}\n\n{goals_table(measurements)}\n\n{ENDS}{after}"


def printed_figures(measurements: Mapping[str, Any]) -> str:
    """All of it: what it was measured on, goals, seconds, processor time and memory, with exponents."""
    on = ", ".join(f"{name} {said}" for name, said in measurements["on"].items())
    parts = [f"Measured on: {on}.", goals_table(measurements)]
    figures = Figures(measurements)
    for measure, unit in (("wall", "seconds"), ("processor", "seconds of processor"), ("memory", "MiB at most")):
        parts.append(_growth(figures, measure, unit))
    return "\n\n".join(parts)


def goals_table(measurements: Mapping[str, Any]) -> str:
    """Each goal with what was measured, and whether it is met: by the clock, or by processor time."""
    figures, seconds = Figures(measurements), measurements["by"]
    rows = [_goal(result) for result in results(figures, seconds)]
    return _table(["what", "pledges", "takes", "beside", "which takes", "ratio", "goal", ""], rows)


def _goal(result: Result) -> list[str]:
    goal = result.goal
    unit = "MiB" if goal.memory else "s"
    return [
        goal.says,
        named(result.size),
        f"{_figure(result.ours)} {unit}",
        result.other if goal.others else "itself, a size smaller",
        f"{_figure(result.theirs)} {unit}",
        _figure(result.ratio),
        f"≤ {_figure(goal.most)}",
        "met" if result.met else "missed",
    ]


def _growth(figures: Figures, measure: str, unit: str) -> str:
    """A row for each case and program: the median at each size, and the exponent between the largest two."""
    rows = []
    for case in CASES:
        for program in figures.programs(case):
            medians = [figures.median(case, program, size, measure) for size in figures.sizes]
            exponent = figures.exponent(case, program, measure)
            cells = ["" if median is None else _figure(median) for median in medians]
            rows.append([TITLES[case], program, *cells, "" if exponent is None else f"{exponent:.2f}"])
    return _table([unit, "", *map(named, figures.sizes), "exponent"], rows)


def _figure(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def _table(head: list[str], rows: list[list[str]]) -> str:
    ruled = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ruled, *rows])
