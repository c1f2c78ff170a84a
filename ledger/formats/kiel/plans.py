"""Plans: everything that one package comes to, before any of it is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.allocations import Allocation, Pool, allocations
from ledger.formats.kiel.days import BEGINNING, Said, earliest
from ledger.formats.kiel.deliveries import Deliverable, deliveries
from ledger.formats.kiel.figures import Rates
from ledger.formats.kiel.items import Items, items
from ledger.formats.kiel.layout import EUROS, SPECIFIC, Row
from ledger.formats.kiel.packages import Package
from ledger.formats.kiel.sayings import explanation
from ledger.formats.kiel.values import Value, Values, values
from ledger.formats.kiel.words import instrument
from ledger.message import message
from ledger.money import Money
from ledger.pledge import Instrument
from ledger.recognition.proposal import Finding, Rejection, Remark


@dataclass(frozen=True, slots=True)
class Tracker:
    """What holds for a whole workbook: the name of its origins, whether its rows allocate, and its rates."""

    name: str
    allocates: bool
    rates: Rates


@dataclass(frozen=True, slots=True)
class Plan:
    """What a package comes to.

    ``explained`` is its explanation, which its allocations need not repeat;
    ``pool`` fills as its allocations are proposed; ``owing`` is what they take back and the package does not hold.
    """

    tracker: Tracker
    package: Package
    instrument: Instrument
    said: Said
    values: Values
    items: Items
    allocations: Sequence[Allocation]
    pool: Pool
    findings: Sequence[Finding]
    explained: str
    owing: list[tuple[Allocation, Fraction]] = field(default_factory=list)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that speak of the promise: those of commitments, where there are any."""
        return [row for row in self.package.rows if not row.allocates] or self.package.rows

    @property
    def uncounted(self) -> bool:
        """Whether all it promises is an amount that the publisher does not count."""
        return not self.values.promised and bool(self.values.uncounted) and not any(a.euros for a in self.allocations)

    @property
    def promised(self) -> Sequence[Money]:
        """The money it promises."""
        return self.values.uncounted if self.uncounted else self.values.promised


def plan(package: Package, tracker: Tracker) -> Plan | Rejection:
    """What a package comes to, or why it cannot be recorded at all."""
    try:
        return _plan(package, tracker)
    except InputError as error:
        return Rejection(package.first.at(EUROS), error.message)


def _plan(package: Package, tracker: Tracker) -> Plan:
    worth = values(package.rows, tracker.rates)
    pieces, uncountable = items(package.rows)
    earmarked, unread = allocations(package) if tracker.allocates else ([], [])
    kind, guessed = _instrument(package, worth.rows)
    found = Plan(
        tracker=tracker,
        package=package,
        instrument=kind,
        said=earliest(package.said(package.rows)),
        values=worth,
        items=pieces,
        allocations=earmarked,
        pool=Pool(tracker.rates, {money.commodity: money for money in worth.promised}),
        findings=[*guessed, *worth.findings, *uncountable, *unread],
        explained=explanation([row for row in package.rows if not row.allocates] or package.rows),
    )
    for money in found.promised:
        money.held()
    return found


def delivered(of: Plan) -> list[Finding]:
    """What of a package was delivered."""
    rates, amounts, said = of.tracker.rates, of.promised, of.said
    if of.tracker.allocates:
        held = [of.pool.held[one] for one in sorted(of.pool.held, key=lambda one: one.code)]
        dated = [one.said for one in of.allocations if one.euros > 0 or of.items.allocated(one.rows)]
        said = max(dated, key=lambda one: (one.on or BEGINNING, one.words), default=of.said)
        what = Deliverable(
            held, of.pool.euros, of.items, allocated=True, like="last allocation" if dated else "package"
        )
    elif of.uncounted:
        known = [money for money in amounts if rates.of(money.commodity.code)]
        what = Deliverable(known, sum(map(rates.euros, known), Fraction()), of.items)
    else:
        what = Deliverable(amounts, of.values.euros, of.items)
    return deliveries(of.package, of.instrument, what, said)


def _instrument(package: Package, valued: Sequence[Value]) -> tuple[Instrument, list[Remark]]:
    """How it is financed, by the rows that hold most of its value; a remark where that is a guess."""
    weights: dict[Instrument, Fraction] = {}
    unsure: dict[Instrument, Row] = {}
    weighed = [(value.row, value.weight) for value in valued]
    for row, weight in weighed or [(row, Fraction(1)) for row in package.rows]:
        kind, sure = instrument(row.text(SPECIFIC))
        weights[kind] = weights.get(kind, Fraction()) + weight
        if not sure:
            unsure.setdefault(kind, row)
    chosen = min(weights, key=lambda kind: (-weights[kind], kind))
    if len(weights) > 1:
        others = ", ".join(sorted(kind for kind in weights if kind is not chosen))
        why = message(
            "taken for a pledge of {instrument}, which most of its value is; other rows say {others}",
            instrument=chosen,
            others=others,
        )
        return chosen, [Remark(package.first.at(SPECIFIC), why)]
    if chosen in unsure:
        return chosen, [
            Remark(
                unsure[chosen].at(SPECIFIC),
                message("taken for {instrument}: the words do not say it", instrument=chosen),
            )
        ]
    return chosen, []
