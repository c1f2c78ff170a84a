"""Tracker: our totals beside somebody else's, cell by cell, and which of our pledges make a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.message import counted, joined, message
from ledger.money import Commodity, Money
from ledger.reconcile.tolerance import Tolerance
from ledger.table import Cell, Column, Kind, Table, rounded_off

Key = tuple[str | None, ...]
"""The values of the dimensions that both tables are cut by."""

Place = tuple[Commodity, Key]
Cells = Mapping[Place, Fraction]
"""Totals by currency and dimensions, in the currency's own unit."""

Policy = Callable[[Commodity], str | None]
"""By which policy figures came to a currency; None where they were not converted."""

VERDICTS = {
    "equal": message("{number} equal"),
    "within": message("{number} within"),
    "different": message("{number} different"),
    "only_ours": message("{number} only ours"),
    "only_theirs": message("{number} only theirs"),
}
"""The verdicts on a cell, and how many there are of each, in words."""
APART = ("different", "only_ours", "only_theirs")
"""The verdicts that find something."""

MOST_NAMED = 3
"""How many pledges are named that do not explain a difference alone."""

_RECENT = timedelta(days=365)
_AFTER: tuple[tuple[str, Kind], ...] = (
    ("measure", "code"),
    ("currency", "code"),
    ("ours", "money"),
    ("theirs", "money"),
    ("difference", "money"),
    ("verdict", "code"),
    ("pledges", "text"),
    ("reason", "text"),
    ("policy", "code"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One cell in both tables; None where a table has no such cell."""

    of: Commodity
    key: Key
    ours: Fraction | None
    theirs: Fraction | None
    verdict: str

    @property
    def difference(self) -> Fraction:
        """By how much ours is more."""
        return (self.ours or Fraction(0)) - (self.theirs or Fraction(0))


@dataclass(frozen=True, slots=True)
class Held:
    """One of our pledges in a cell, with its day and what it counts there."""

    pledge: str
    on: date
    value: Fraction


@dataclass(frozen=True, slots=True)
class Cause:
    """The pledges that make a difference, or may, and why they are named."""

    pledges: tuple[str, ...] = ()
    reason: str | None = None


def compare(ours: Cells, theirs: Cells, tolerance: Tolerance, rounding: Fraction) -> list[Line]:
    """Both totals, cell by cell, by currency and dimensions.

    ``equal`` is less than one unit of the currency apart; ``within`` the tolerance, or ``rounding``, which is how
    far their own figures may be rounded. A cell that one table has not and where the other has nothing is no finding.
    """
    lines = []
    for of, key in sorted({*ours, *theirs}, key=lambda place: (place[0].code, tuple(part or "" for part in place[1]))):
        own, other = ours.get((of, key)), theirs.get((of, key))
        if own or other is not None:
            lines.append(Line(of, key, own, other, _verdict(own, other, tolerance, rounding)))
    return sorted(lines, key=lambda line: (tuple(part or "" for part in line.key), line.of.code))


def _verdict(ours: Fraction | None, theirs: Fraction | None, tolerance: Tolerance, rounding: Fraction) -> str:
    difference = (ours or Fraction(0)) - (theirs or Fraction(0))
    if abs(difference) < 1:
        return "equal"
    if theirs is not None and abs(difference) <= rounding:
        return "within"
    if tolerance.covers(difference, theirs or Fraction(0)):
        return "within"
    if theirs is None:
        return "only_ours"
    return "only_theirs" if ours is None else "different"


def cause(line: Line, pledges: Sequence[Held], rounding: Fraction) -> Cause:
    """Which of a cell's pledges, one at least, may make its difference: those worth just that, else recent ones."""
    near, most = max(Fraction(1), rounding), abs(line.difference)
    alone = sorted(held.pledge for held in pledges if held.value and abs(abs(held.value) - most) <= near)
    if alone:
        return Cause(tuple(alone), message("worth the difference alone"))
    last = max(held.on for held in pledges)
    recent = sorted((held for held in pledges if held.on > last - _RECENT), key=lambda held: (-held.value, held.pledge))
    named = tuple(held.pledge for held in recent[:MOST_NAMED])
    if line.theirs is None:
        return Cause(named, message("the table has no such cell: the largest of the year up to {day}", day=last))
    return Cause(named, message("none is worth the difference alone: the largest of the year up to {day}", day=last))


def absence(measure: str, undisclosed: Sequence[str], idle: Sequence[str]) -> Cause:
    """Why we count nothing in a cell: its pledges that are undisclosed, and those with nothing of the measure."""
    reasons = []
    if undisclosed:
        named, count = _named(undisclosed), len(undisclosed)
        reasons.append(counted("{pledges} is undisclosed", "{pledges} are undisclosed", count=count, pledges=named))
    if idle:
        sentence = message(
            "our pledges in this cell have nothing {measure}: {pledges}", measure=measure, pledges=_named(idle)
        )
        reasons.append(sentence)
    reason = joined(reasons, "; ") if reasons else message("no pledge of ours is in this cell")
    return Cause((*undisclosed[:MOST_NAMED], *idle[:MOST_NAMED]), reason)


def _named(pledges: Sequence[str]) -> str:
    named, more = ", ".join(pledges[:MOST_NAMED]), len(pledges) - MOST_NAMED
    return message("{named} and {count} more", named=named, count=more) if more > 0 else named


def tracker(
    lines: Sequence[Line], causes: Mapping[Place, Cause], by: Sequence[str], *, measure: str, policy: Policy
) -> Table:
    """A row for each cell, ours and theirs rounded once each; totals by currency below, from exact sums.

    ``difference`` is ours less theirs, as they are printed; verdicts are of exact figures. A note says by how much
    the printed rows differ from a printed total.
    """
    kinds: dict[str, Kind] = {"donor": "party", "purpose": "code"}
    rows = [_row(line, causes.get((line.of, line.key), Cause()), measure, policy(line.of)) for line in lines]
    totals = [_total(of, lines, len(by), (measure, policy(of))) for of in dict.fromkeys(line.of for line in lines)]
    columns = [*(Column(name, kinds[name]) for name in by), *(Column(name, kind) for name, kind in _AFTER)]
    return Table(columns, rows, totals=totals, notes=[*_notes(lines), *_rounding(rows, totals, len(by))])


def _row(line: Line, why: Cause, measure: str, policy: str | None) -> tuple[Cell, ...]:
    ours, theirs = (Money.rounded(value or Fraction(0), line.of) for value in (line.ours, line.theirs))
    return (
        *line.key,
        measure,
        line.of.code,
        None if line.verdict == "only_theirs" else ours,
        None if line.theirs is None else theirs,
        ours - theirs,
        line.verdict,
        ", ".join(why.pledges) or None,
        why.reason,
        policy,
    )


def _total(of: Commodity, lines: Iterable[Line], dimensions: int, named: tuple[str, str | None]) -> tuple[Cell, ...]:
    own = [line for line in lines if line.of == of]
    ours = Money.rounded(sum((line.ours or Fraction(0) for line in own), Fraction(0)), of)
    theirs = Money.rounded(sum((line.theirs or Fraction(0) for line in own), Fraction(0)), of)
    measure, policy = named
    figures = (ours, theirs, ours - theirs)
    return (*(None for _ in range(dimensions)), measure, of.code, *figures, None, None, None, policy)


def _rounding(rows: Sequence[Sequence[Cell]], totals: Iterable[Sequence[Cell]], dimensions: int) -> Iterator[str]:
    """By how much the printed rows differ from the printed totals of their currency."""
    for total in totals:
        for place, (name, kind) in enumerate(_AFTER, dimensions):
            exact = total[place]
            if kind == "money" and isinstance(exact, Money):
                figures = (row[place] for row in rows)
                own = (
                    money.units for money in figures if isinstance(money, Money) and money.commodity == exact.commodity
                )
                if printed := sum(own) - exact.units:
                    yield rounded_off(name, Money(printed, exact.commodity))


def _notes(lines: Sequence[Line]) -> list[str]:
    counts = Counter(line.verdict for line in lines)
    said = joined([message(many.template, number=counts[word]) for word, many in VERDICTS.items() if counts[word]])
    verdicts = said or message("nothing on either side")
    return [counted("{count} cell: {verdicts}", "{count} cells: {verdicts}", count=len(lines), verdicts=verdicts)]
