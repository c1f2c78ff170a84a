"""The goals: which ratio is to be how small, at which size."""

from collections.abc import Sequence
from dataclasses import dataclass

import peers
from figures import Figures
from programs import COMMIT, EMPTY, HAND, OURS, PLAIN, WRITER

SMALLEST, LARGEST = "smallest", "largest"
ALIKE = 1.1
"""The most by which two medians of the same may differ, given how much the same process does from run to run."""


@dataclass(frozen=True)
class Goal:
    """What a case of the ledger may take at most, as a multiple of what the fastest of others takes, or itself."""

    says: str
    case: str
    others: Sequence[str]
    most: float
    at: str = LARGEST
    memory: bool = False


@dataclass(frozen=True)
class Result:
    """A goal beside what was measured: ``ours`` and ``theirs`` are medians of seconds, or of MiB."""

    goal: Goal
    size: int
    ours: float
    theirs: float
    other: str

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.ours / self.theirs

    @property
    def met(self) -> bool:
        """Whether it is small enough."""
        return self.ratio <= self.goal.most


GOALS = (
    Goal("adding a pledge costs what it costs in an empty book", "add", (EMPTY,), ALIKE),
    Goal("adding a pledge", "add", (COMMIT,), 1.5),
    Goal("totals by country", "totals", (HAND,), 2),
    Goal("totals by country", "totals", peers.NAMES, 1 / 15),
    Goal("totals by country, small", "totals", (peers.BEANCOUNT,), 1, SMALLEST),
    Goal("totals in euros at each day's rate", "euros", (HAND,), 2),
    Goal("totals in euros at each day's rate", "euros", peers.NAMES, 1 / 15),
    Goal("totals in euros, small", "euros", (peers.BEANCOUNT,), 1, SMALLEST),
    Goal("import", "import", (PLAIN,), 2),
    Goal("export as CSV", "csv", (WRITER,), 2),
    Goal("memory of an import, to that of the size before", "import", (), ALIKE, memory=True),
    Goal("memory of an export, to that of the size before", "csv", (), ALIKE, memory=True),
    Goal("memory of totals, to that of the size before", "totals", (), ALIKE, memory=True),
    Goal("memory of totals in euros, to that of the size before", "euros", (), ALIKE, memory=True),
)


def results(figures: Figures, seconds: str) -> list[Result]:
    """Each goal whose figures were measured, at the largest size that both sides have, or at the smallest.

    ``seconds`` are those of the clock (``wall``) or of the ``processor``.
    """
    found = (_result(goal, figures, "memory" if goal.memory else seconds) for goal in GOALS)
    return [result for result in found if result is not None]


def _result(goal: Goal, figures: Figures, measure: str) -> Result | None:
    if not goal.others:
        return _beside_smaller(goal, figures, measure)
    found = [
        Result(goal, size, ours, theirs, other)
        for size in figures.sizes
        for other in goal.others
        if (ours := figures.median(goal.case, OURS, size, measure))
        and (theirs := figures.median(goal.case, other, size, measure))
    ]
    sizes = [each.size for each in found]
    at = (min if goal.at == SMALLEST else max)(sizes, default=None)
    return min((each for each in found if each.size == at), key=lambda each: each.theirs, default=None)


def _beside_smaller(goal: Goal, figures: Figures, measure: str) -> Result | None:
    """What a case takes at the largest size, beside itself at the size before."""
    found = [(size, each) for size in figures.sizes if (each := figures.median(goal.case, OURS, size, measure))]
    if len(found) < 2:  # noqa: PLR2004 - two sizes
        return None
    (_, before), (size, ours) = found[-2:]
    return Result(goal, size, ours, before, OURS)
