"""Changes: the walk from one report of a measure to a later one, which always adds up, with the entries behind it.

``opening`` and ``closing`` are the figures of the totals at the two ends. Between them stands what the
postings in the one and not in the other did, each as its entry's kind says, then what amended facts moved from
row to row, and what exchange rates did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.journal import Stage
from ledger.message import message
from ledger.money import Commodity, Money, commodity
from ledger.pledge import Instrument
from ledger.reports.cell import Cell, Key, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.flow import Flow, parts
from ledger.reports.measures import Figures, Group, Valuation, counts_of, measures_of, valued
from ledger.reports.totals import dimension_columns
from ledger.table import Cell as TableCell
from ledger.table import Column, Table

CHANGES = (
    "opening",
    "new",
    "disclosed_late",
    "revised",
    "corrected",
    "cancelled",
    "drawn",
    "advanced",
    "reclassified",
    "exchange",
    "closing",
)
"""The lines of a walk, in their order."""

_ENDS = {"opening", "closing"}
_VALUED = tuple(line for line in CHANGES if line != "exchange")


@dataclass
class Numbers:
    """Numbers of entries in ascending order, as spans.

    >>> behind = Numbers()
    >>> for number in (12, 15, 15, 20, 21, 22):
    ...     behind.add(number)
    >>> behind.count, behind.text(), behind.text(most=1)
    (5, '12 15 20-22', '12 and 4 more')
    """

    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Add a number, the last one again or a higher one."""
        first, last = self.spans[-1] if self.spans else (number, number - 1)
        if number > last + 1:
            self.spans.append((number, number))
        elif number == last + 1:
            self.spans[-1:] = [(first, number)]

    @property
    def count(self) -> int:
        """How many numbers these are."""
        return sum(last - first + 1 for first, last in self.spans)

    def text(self, most: int | None = None) -> str:
        """The numbers as text, ``12 15 20-22``; with ``most``, of so many spans only, and how many more there are."""
        shown = self.spans[:most]
        words = [str(first) if first == last else f"{first}-{last}" for first, last in shown]
        left = self.count - Numbers(shown).count
        numbers = " ".join(words)
        return message("{numbers} and {count} more", numbers=numbers, count=left) if left else numbers


Place = tuple[Key, Commodity, str]
Lines = Mapping[str, Fraction]


@dataclass
class Walk:
    """A walk that is being added up: what is valued as at its opening, what as at its closing, the entries behind.

    Entries are added in the order of their numbers.
    """

    measure: str
    before: Valuation
    after: Valuation
    opened: dict[Group, int] = field(default_factory=dict)
    closed: dict[Group, int] = field(default_factory=dict)
    behind: dict[Place, Numbers] = field(default_factory=dict)

    def open(self, cells: Iterable[Cell | LayerCell]) -> None:
        """Begin with what these cells hold."""
        self._stand(self.opened, "opening", cells, self.before)

    def close(self, cells: Iterable[Cell | LayerCell]) -> None:
        """End with what these cells hold."""
        self._stand(self.closed, "closing", cells, self.after)

    def flow(self, flow: Flow) -> None:
        """Add what an entry did to a pledge."""
        for line, code, units, announced in parts(flow, self.measure):
            if units and (of := commodity(code)).is_currency:
                day = self.after.on or (flow.on if self.after.by_event else announced)
                _add(self.closed, Group(flow.key, line, of, day if self.after.converter else None), units)
                self._name(flow.key, of, line, flow.entry)

    def reclassify(
        self,
        was: Iterable[Cell | LayerCell],
        stays: Iterable[Cell | LayerCell],
        comes: Iterable[Cell | LayerCell],
        entries: Mapping[str, Sequence[int]],
    ) -> None:
        """Move what stood at the opening to where the facts known at the closing place it.

        The last dimension of these cells is the pledge. ``was`` they are by the facts known at the opening, by those
        known since they are ``stays`` (worth what they were) or ``comes`` (selected by the new facts only, worth what
        they are at the closing). ``entries`` are those that restated each pledge.
        """
        moved: dict[tuple[Key, Commodity], int] = {}
        for held, sign, cells in ((self.opened, -1, was), (self.opened, 1, stays), (self.closed, 1, comes)):
            valuation = self.before if held is self.opened else self.after
            for (key, _, of, day), units in counts_of(cells, valuation, self.counts).items():
                _add(held, Group(key[:-1], "reclassified", of, day), sign * units)
                moved[key, of] = moved.get((key, of), 0) + sign * units
        behind = [
            (number, key[:-1], of)
            for (key, of), units in moved.items()
            if units
            for number in entries.get(str(key[-1]), ())
        ]
        for number, key, of in sorted(behind, key=lambda one: one[0]):
            self._name(key, of, "reclassified", number)

    def counts(self, stage: Stage, instrument: Instrument) -> tuple[str, ...]:
        """The one measure, where an amount at this stage counts in it."""
        return (self.measure,) if self.measure in measures_of(stage, instrument) else ()

    def _stand(
        self, held: dict[Group, int], line: str, cells: Iterable[Cell | LayerCell], valuation: Valuation
    ) -> None:
        for group, units in counts_of(cells, valuation, self.counts).items():
            _add(held, group._replace(figure=line), units)

    def _name(self, key: Key, of: Commodity, line: str, number: int) -> None:
        """Note the entry behind a line of its row, and of the whole."""
        shown = self.after.converter.target if self.after.converter else of
        for place in {key, ()}:
            self.behind.setdefault((place, shown, line), Numbers()).add(number)

    @property
    def figures(self) -> Figures:
        """Every line by dimensions and currency, exact; ``exchange`` is what is left.

        Raises :class:`~ledger.errors.MissingRate` where there is no rate, and :class:`ArithmeticError`, which is a
        defect of the ledger, where anything is left without conversion.
        """
        whole = Figures()
        for counts, valuation in ((self.opened, self.before), (self.closed, self.after)):
            for (key, of), row in valued(counts, valuation).sums.items():
                for line, value in row.items():
                    whole.add(key, of, line, value)
        for (key, of), row in whole.sums.items():
            left = row.get("closing", Fraction()) - sum(value for line, value in row.items() if line != "closing")
            if left and self.after.converter is None:
                raise ArithmeticError(f"the walk of {self.measure} in {of} for {key} does not add up: {left} is left")
            row["exchange"] = left
        return whole


def _add(held: dict[Group, int], group: Group, units: int) -> None:
    held[group] = held.get(group, 0) + units


def changes(walk: Walk, by: Sequence[str], notes: Sequence[str] = (), *, most: int | None = None) -> Table:
    """A row for each line of the walk, by dimensions and currency: the amount, and the entries behind it.

    Columns: the dimensions, ``change``, ``currency``, ``measure``, ``amount``, ``count`` (of entries), ``entries``
    (their numbers, at most so many spans of them), and ``policy`` where figures are converted. A line of no
    amount and no entries is left out, but for the opening and the closing. Each amount is rounded once, from exact
    sums; a note says by how much the printed lines miss the printed closing. The evidence has the rates of each end.
    """
    figures = walk.figures
    whole = figures.total()
    labels: tuple[TableCell, ...] = tuple(None for _ in by)
    total = [(*labels, *row) for row in _rows(walk, whole, 0, most)] if by else []
    policy = [Column("policy", "code")] if walk.after.converter else []
    return Table(
        columns=[
            *dimension_columns(by, walk.after),
            Column("change", "code"),
            Column("currency", "code"),
            Column("measure", "code"),
            Column("amount", "money"),
            Column("count", "count"),
            Column("entries"),
            *policy,
        ],
        rows=list(_rows(walk, figures, len(by), most)),
        totals=total,
        notes=[*notes, *_rounding(figures)],
        evidence=_evidence(walk),
    )


def _walks(figures: Figures, behind: Mapping[Place, Numbers], width: int) -> Iterator[tuple[Key, Commodity, Lines]]:
    """The walks in order, those in which anything is not zero or anything happened; by so many dimensions."""
    known = {(key, of) for key, of, row in figures.rows()}
    known |= {(key, of) for key, of, _ in behind if len(key) == width}
    for key, of in sorted(known, key=lambda walk: (tuple(part or "" for part in walk[0]), walk[1].code)):
        yield key, of, figures.sums.get((key, of), {})


def _rows(walk: Walk, figures: Figures, width: int, most: int | None) -> Iterator[tuple[TableCell, ...]]:
    for key, of, lines in _walks(figures, walk.behind, width):
        for line in CHANGES:
            amount, behind = Money.rounded(lines.get(line, Fraction()), of), walk.behind.get((key, of, line))
            if amount or behind or line in _ENDS:
                entries = (behind.count, behind.text(most)) if behind else (None, None)
                yield (*key, line, of.code, walk.measure, amount, *entries, *walk.after.policy(of))


def _rounding(figures: Figures) -> Iterator[str]:
    """By how much the printed lines of converted walks miss their printed closing, at most, by currency."""
    missed: dict[Commodity, int] = {}
    for (_, of), lines in figures.sums.items():
        printed = {line: Money.rounded(value, of).units for line, value in lines.items()}
        units = abs(sum(printed.values()) - 2 * printed.get("closing", 0))
        missed[of] = max(missed.get(of, 0), units)
    for of, units in sorted(missed.items(), key=lambda one: one[0].code):
        if units:
            yield message(
                "the printed lines miss the printed closing by {difference} at most: each is rounded by itself",
                difference=Money(units, of),
            )


def _evidence(walk: Walk) -> Table | None:
    """The rates of both ends, and what each of them valued: amounts are of the end whose rates valued them."""
    ends = (("opening", walk.opened, walk.before), ("closing", walk.closed, walk.after))
    used = [(end, rates_used(counts, valuation, _VALUED)) for end, counts, valuation in ends]
    rows = [(end, *row) for end, table in used if table for row in table.rows]
    columns = next((table.columns for _, table in used if table), None)
    return Table([Column("known_at", "code"), *columns], rows, title=message("Rates used")) if columns else None
