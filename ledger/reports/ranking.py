"""Ranking: the largest rows of a report by one measure, each with its rank and its share of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from ledger.errors import InputError
from ledger.message import counted
from ledger.money import Commodity
from ledger.reports.cell import Key
from ledger.reports.measures import MEASURES, Figures

Figure = Mapping[str, Fraction]
"""The exact figures of a row, by name."""

Place = tuple[int | None, str | None]
"""A row's rank, None for what is several rows, and its share in per cent as decimal text."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How many rows of each currency are shown, the largest first by one measure.

    Raises :class:`InputError` for less than one row, and for a measure there is not.
    """

    top: int
    measure: str = "pledged"

    def __post_init__(self) -> None:
        if self.top < 1:
            raise InputError("--top {top}: say how many rows to show, 1 or more", top=self.top)
        require_measure(self.measure)

    def of(self, row: Figure) -> Fraction:
        """The figure by which a row is ranked."""
        return row.get(self.measure, Fraction())


class Shown(NamedTuple):
    """A row of a report: its dimensions (the first of them at least), currency and figures, and its place if ranked."""

    key: Key
    of: Commodity
    figures: Figure
    place: Place | tuple[()] = ()


def require_measure(name: str) -> None:
    """Refuse what is no measure. Raises :class:`InputError` naming those there are."""
    if name not in MEASURES:
        raise InputError("'{name}' is no measure: choose from {measures}", name=name, measures=", ".join(MEASURES))


def unranked(figures: Figures) -> tuple[list[Shown], list[Shown]]:
    """Every row in the order of its dimensions, and the total of each currency."""
    return [Shown(*row) for row in figures.rows()], [Shown(*row) for row in figures.total().rows()]


def ranked(figures: Figures, ranking: Ranking) -> tuple[list[Shown], list[Shown]]:
    """The largest rows of each currency; then, of each, the others as one row if there are any, and the total.

    Equal rows have one rank, and the next one counts them (1, 2, 2, 4); they stand in the order of their dimensions.
    Rank and share are those of the exact values.
    """
    rows, wholes = unranked(figures)
    total = {row.of: row for row in wholes}
    kept: list[Shown] = []
    others: list[Shown] = []
    for of in sorted({row.of for row in rows}, key=lambda of: of.code):
        whole = ranking.of(total[of].figures) if of in total else Fraction()
        ordered = _placed([row for row in rows if row.of == of], whole, ranking)
        kept += ordered[: ranking.top]
        others += _together(ordered[ranking.top :], whole, ranking)
    below = [row._replace(place=(None, share(*[ranking.of(row.figures)] * 2))) for row in wholes]
    return kept, [*others, *below]


def _placed(rows: Sequence[Shown], whole: Fraction, ranking: Ranking) -> list[Shown]:
    """The rows of one currency, the largest first, with their ranks and shares."""
    found: list[Shown] = []
    rank, last = 0, None
    for number, row in enumerate(
        sorted(rows, key=lambda row: -ranking.of(row.figures)), 1
    ):  # which keeps equals' order
        value = ranking.of(row.figures)
        rank, last = (rank if value == last else number), value
        found.append(row._replace(place=(rank, share(value, whole))))
    return found


def _together(rows: Sequence[Shown], whole: Fraction, ranking: Ranking) -> list[Shown]:
    """The rows of one currency as one, if there are any, with how many they are in place of their first dimension."""
    figures = Figures()
    for row in rows:
        for name, value in row.figures.items():
            figures.add((counted("{count} other", "{count} others", count=len(rows)),), row.of, name, value)
    return [Shown(key, of, row, (None, share(ranking.of(row), whole))) for (key, of), row in figures.sums.items()]


def share(part: Fraction, whole: Fraction) -> str | None:
    """A part in per cent of the whole, as decimal text rounded half-up to two digits; None of a whole that is nothing.

    >>> share(Fraction(1), Fraction(3)), share(Fraction(-1, 8), Fraction(100)), share(Fraction(1), Fraction(0))
    ('33.33', '-0.13', None)
    """
    if not whole:
        return None
    hundredths = int(abs(part / whole) * 10_000 + Fraction(1, 2))
    sign = "-" if hundredths and (part < 0) != (whole < 0) else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02}"
