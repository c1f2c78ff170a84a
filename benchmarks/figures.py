"""Figures: medians of what was measured, their ratios, and how they grow with the book."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

MEASURES = ("wall", "processor", "memory")


class Figures:
    """What was measured, by case, program and size."""

    def __init__(self, measurements: Mapping[str, Any]) -> None:
        self._found: dict[tuple[str, str, int], Sequence[Mapping[str, float]]] = {
            (each["case"], each["program"], each["size"]): each["runs"] for each in measurements["figures"]
        }

    @property
    def sizes(self) -> list[int]:
        """The sizes that were measured, in order."""
        return sorted({size for *_, size in self._found})

    def programs(self, case: str) -> list[str]:
        """The programs that were asked this, in the order in which they were."""
        return list(dict.fromkeys(program for asked, program, _ in self._found if asked == case))

    def median(self, case: str, program: str, size: int, measure: str = "wall") -> float | None:
        """Seconds, or MiB: None where it was not measured."""
        runs = self._found.get((case, program, size))
        return None if runs is None else statistics.median(run[measure] for run in runs)

    def runs(self, case: str, program: str, size: int) -> int:
        """How many runs the median is of."""
        return len(self._found.get((case, program, size), ()))

    def exponent(self, case: str, program: str, measure: str = "wall") -> float | None:
        """The slope from the smallest to the largest size, both logarithmic: 1 is in proportion, 0 not at all."""
        points = [(size, found) for size in self.sizes if (found := self.median(case, program, size, measure))]
        if len(points) < 2:  # noqa: PLR2004 - a slope has two ends
            return None
        (small, least), (large, most) = points[-2:]
        return math.log(most / least) / math.log(large / small)
