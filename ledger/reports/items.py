"""Items: units promised, delivered and open, and the price of a unit that the money beside them implies.

A price is implied only where a pledge promises one item and nothing else by the piece, in one currency: else its
money is shared in a way that nobody stated. "Up to 1.6bn GBP" for "5,000+" missiles implies at most 320,000 GBP
each: how firm the money is, and how firm the units are, make the price exact, a bound, or about right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from ledger.message import message
from ledger.money import Commodity, Money, commodity
from ledger.pledge import Firmness, Pledge
from ledger.reports.cell import Cell, Key, LayerCell
from ledger.reports.evidence import rates_used
from ledger.reports.measures import Group, Valuation, counts_of, measures_of, valued
from ledger.reports.totals import KINDS
from ledger.table import Cell as TableCell
from ledger.table import Column, Table

PRICED = ("pledged", "disbursed")
"""The measures of money that a price is made of."""

UNITS = ("pledged", "disbursed", "cancelled", "outstanding")
"""The measures of an item, in the order of the columns promised, delivered, cancelled, open."""

_MONEY = ("promised", "delivered", "cancelled", "open")
_PRICES = ("price_promised", "price_firm", "price_delivered")
_OF_MONEY = {Firmness.UP_TO: "at_most", Firmness.AT_LEAST: "at_least", Firmness.ABOUT: "about"}
_OF_UNITS = {Firmness.UP_TO: "at_least", Firmness.AT_LEAST: "at_most", Firmness.ABOUT: "about"}
_EXAMPLES = 3

_Amounts = dict[str, dict[str, int]]
"""Commodity -> measure -> units."""


def _amounts(cells: Iterable[Cell | LayerCell]) -> dict[Key, _Amounts]:
    """Every measure of these cells by row and commodity, items among them."""
    found: dict[Key, _Amounts] = {}
    for cell in cells:
        held = found.setdefault(cell.key, {}).setdefault(cell.commodity, {})
        for name in (cell.figure,) if isinstance(cell, LayerCell) else measures_of(cell.stage, cell.instrument):
            held[name] = held.get(name, 0) + cell.units
    return found


@dataclass(frozen=True, slots=True)
class Promise:
    """What one pledge holds in all: its items, and its money with the share of each currency that is firm."""

    items: tuple[str, ...]
    firm: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Promises:
    """What each pledge promises as a whole, whatever part of its life a report is about, and how firmly."""

    by_pledge: Mapping[str, Promise]
    stated: Mapping[str, Pledge]

    @classmethod
    def of(cls, cells: Iterable[Cell | LayerCell], stated: Mapping[str, Pledge]) -> Promises:
        """``cells`` are cut by the pledge first; ``stated`` are the pledges that say how firm an amount is."""
        whole: dict[str, _Amounts] = {}
        for key, row in _amounts(cells).items():
            for code, measures in row.items():
                held = whole.setdefault(str(key[0]), {}).setdefault(code, {})
                for name, units in measures.items():
                    held[name] = held.get(name, 0) + units
        return cls({pledge: _promise(row, stated.get(pledge)) for pledge, row in whole.items()}, stated)

    def firmness(self, pledge: str, of: Commodity) -> Firmness:
        """How firmly a pledge promises what it does of a commodity: exactly unless it says otherwise."""
        found = self.stated.get(pledge)
        return found.hold(of).firmness if found else Firmness.EXACT

    def bounds(self, pledge: str) -> set[str]:
        """What the money and the units of a pledge with one item make of its price; nothing if both are exact."""
        promise = self.by_pledge[pledge]
        said = [_OF_MONEY.get(self.firmness(pledge, commodity(code))) for code in promise.firm]
        said += [_OF_UNITS.get(self.firmness(pledge, commodity(code))) for code in promise.items]
        return {bound for bound in said if bound}


def _promise(row: _Amounts, stated: Pledge | None) -> Promise:
    kept = {commodity(code): measures for code, measures in row.items() if any(measures.values())}
    money = {of: measures for of, measures in kept.items() if of.is_currency and measures.get("pledged")}
    items = tuple(sorted(of.code for of in kept if not of.is_currency))
    return Promise(items, {of.code: _firm(of, measures, stated) for of, measures in money.items()})


def _firm(of: Commodity, measures: Mapping[str, int], stated: Pledge | None) -> Fraction:
    """The share of a promise that is firm: of "up to", the firm part or what is committed, whichever is more."""
    hold = stated.hold(of) if stated else None
    if hold is None or hold.firmness is not Firmness.UP_TO:
        return Fraction(1)
    low = max(hold.firm.units if hold.firm else 0, measures.get("committed", 0))
    return min(Fraction(1), Fraction(low, measures["pledged"]))


@dataclass
class _Line:
    """A row on its way: units by measure, exact values of money, and how firm they are."""

    units: dict[str, int] = field(default_factory=dict)
    worth: dict[str, Fraction] = field(default_factory=dict)
    firmness: set[Firmness] = field(default_factory=set)
    bounds: set[str] = field(default_factory=set)

    def add(self, units: Mapping[str, int], worth: Mapping[str, Fraction]) -> None:
        """Add the units and the money of one pledge."""
        for name, count in units.items():
            self.units[name] = self.units.get(name, 0) + count
        for name, value in worth.items():
            self.worth[name] = self.worth.get(name, Fraction()) + value

    def price(self, of: Commodity, money: str, units: str) -> Money | None:
        """What a unit costs, rounded once; none where there is no money, or no unit to divide it by."""
        value, count = self.worth.get(money, Fraction()), self.units.get(units, 0)
        return Money.rounded(value / count, of) if value > 0 and count > 0 else None


_Place = tuple[Key, str, Commodity | None]
"""A row: its dimensions, its item, the currency of the price."""

_Worth = dict[Key, dict[str, Fraction]]
"""The exact values of each pledge's money in each row: pledged, the firm part of it, disbursed."""


def items(
    cells: Iterable[Cell | LayerCell],
    promises: Promises,
    by: Sequence[str],
    valuation: Valuation,
    *,
    only: Sequence[str] = (),
) -> Table:
    """A row for each combination of dimensions and item, and for each currency that its units are priced in.

    ``cells`` are cut by the pledge and then by ``by``; ``only`` are the codes of the items and currencies to show.
    Columns: the dimensions, ``item``; in units ``promised`` (not cancelled), ``delivered``, ``cancelled``, ``open``;
    ``firmness`` of the promised units, absent where mixed; ``currency``, absent where no price is implied;
    ``price_promised``, money pledged / units promised; ``price_firm``, its firm part / units promised;
    ``price_delivered``, money disbursed / units delivered; ``bound``: what ``price_promised`` is. Each price is
    exact until it is rounded, once. Raises :class:`~ledger.errors.MissingRate`.
    """
    cells = [cell for cell in cells if _chosen(cell, promises, only)]
    counts = _counts(cells, promises, valuation)
    worth, currencies = _values(counts, promises, valuation)
    lines = _lines(_amounts(cells), promises, worth, currencies)
    shown = sorted(lines, key=_order)
    return Table(
        columns=_columns(by, valuation),
        rows=[_row(place, lines[place], valuation) for place in shown],
        totals=_totals(lines, by, valuation) if by else (),
        notes=[*_unpriced(cells, promises, currencies), *_indeterminate(lines), *_unconverted(lines, valuation)],
        evidence=partial(rates_used, _by_row(counts), valuation, PRICED),
    )


def _unconverted(lines: Iterable[_Place], valuation: Valuation) -> list[str]:
    """The currencies of prices that no rate converts."""
    into = valuation.converter.target if valuation.converter else None
    left = sorted({of.code for *_, of in lines if into is not None and of not in {None, into}})
    if not left:
        return []
    return [
        message(
            "no rate to {currency} for prices in {currencies}: they stand in rows of their own",
            currency=into,
            currencies=", ".join(left),
        )
    ]


def _chosen(cell: Cell | LayerCell, promises: Promises, only: Sequence[str]) -> bool:
    """Whether a cell is of a chosen item, or of a pledge that has one; and its pledge's money in chosen currencies."""
    promise = promises.by_pledge[str(cell.key[0])]
    money = {code for code in only if commodity(code).is_currency}
    chosen = set(only) - money
    if money and not (promise.firm and money.issuperset(promise.firm)):
        return False
    if commodity(cell.commodity).is_currency:
        return not chosen or not chosen.isdisjoint(promise.items)
    return not chosen or cell.commodity in chosen


def _counts(cells: Iterable[Cell | LayerCell], promises: Promises, valuation: Valuation) -> dict[Group, int]:
    """The money of the pledges that may imply a price; the key begins with the pledge and its own currency."""
    return {
        Group((key[0], of.code, *key[1:]), name, of, day): units
        for (key, name, of, day), units in counts_of(cells, valuation).items()
        if name in PRICED and _may_imply(promises.by_pledge[str(key[0])], valuation)
    }


def _may_imply(promise: Promise, valuation: Valuation) -> bool:
    return len(promise.items) == 1 and (len(promise.firm) == 1 or bool(promise.firm and valuation.converter))


def _by_row(counts: Mapping[Group, int]) -> dict[Group, int]:
    """The money as rows have it: not by the pledge and its currency."""
    found: dict[Group, int] = {}
    for group, units in counts.items():
        row = group._replace(key=group.key[2:])
        found[row] = found.get(row, 0) + units
    return found


def _values(
    counts: Mapping[Group, int], promises: Promises, valuation: Valuation
) -> tuple[_Worth, dict[str, Commodity]]:
    """What the money is worth in each row of each pledge, and the one currency that each pledge's price is in."""
    sums = valued(counts, valuation).sums
    found: dict[str, set[Commodity]] = {}
    for key, of in sums:
        found.setdefault(str(key[0]), set()).add(of)
    currencies = {pledge: next(iter(of)) for pledge, of in found.items() if len(of) == 1}
    worth: _Worth = {}
    for (key, _), values in sums.items():
        pledge, own = str(key[0]), str(key[1])
        if pledge in currencies:
            line = worth.setdefault((pledge, *key[2:]), {})
            firm = values.get("pledged", Fraction()) * promises.by_pledge[pledge].firm.get(own, 1)
            for name, value in {**values, "firm": firm}.items():
                line[name] = line.get(name, Fraction()) + value
    return worth, currencies


def _lines(
    rows: Mapping[Key, _Amounts], promises: Promises, worth: _Worth, currencies: Mapping[str, Commodity]
) -> dict[_Place, _Line]:
    """The rows, each made of the units of its pledges and of the money that is their price."""
    lines: dict[_Place, _Line] = {}
    for key, row in rows.items():
        pledge = str(key[0])
        for code, units in row.items():
            if commodity(code).is_currency or not any(units.values()):
                continue
            line = lines.setdefault((key[1:], code, currencies.get(pledge)), _Line())
            line.add(units, worth.get(key, {}))
            if units.get("pledged"):
                line.firmness.add(promises.firmness(pledge, commodity(code)))
                line.bounds |= promises.bounds(pledge)
    return lines


def _columns(by: Sequence[str], valuation: Valuation) -> list[Column]:
    dimensions = [Column(name, KINDS.get(name, "text")) for name in by]
    units = [Column("item", "code"), *(Column(name, "money") for name in _MONEY), Column("firmness", "code")]
    prices = [Column("currency", "code"), *(Column(name, "money") for name in _PRICES), Column("bound", "code")]
    return [*dimensions, *units, *prices, *([Column("policy", "code")] if valuation.converter else [])]


def _order(place: _Place) -> tuple[str, ...]:
    key, code, of = place
    return (*(part or "" for part in key), code, of.code if of else "")


def _row(place: _Place, line: _Line, valuation: Valuation) -> tuple[TableCell, ...]:
    key, code, of = place
    firmness = str(next(iter(line.firmness))) if len(line.firmness) == 1 else None
    units = (*key, code, *_counted(line, code), firmness)
    if of is None:
        return (*units, *(None for _ in ("currency", *_PRICES, "bound")), *([None] if valuation.converter else []))
    promised = line.price(of, "pledged", "pledged")
    prices = (promised, line.price(of, "firm", "pledged"), line.price(of, "disbursed", "disbursed"))
    return (*units, of.code, *prices, _bound(line) if promised else None, *valuation.policy(of))


def _counted(line: _Line, code: str) -> tuple[Money, ...]:
    return tuple(Money(line.units.get(name, 0), commodity(code)) for name in UNITS)


def _bound(line: _Line) -> str | None:
    """What the price is: of bounds that point both ways, or to none, nothing can be said."""
    return next(iter(line.bounds), "exact") if len(line.bounds) < 2 else None  # noqa: PLR2004 - one, or none


def _totals(lines: Mapping[_Place, _Line], by: Sequence[str], valuation: Valuation) -> list[tuple[TableCell, ...]]:
    """The units of each item in all rows: prices of different pledges have no sum."""
    whole: dict[str, _Line] = {}
    for (_, code, _), line in lines.items():
        whole.setdefault(code, _Line()).add(line.units, {})
    rest = len(_columns((), valuation)) - 1 - len(UNITS)
    return [
        (*(None for _ in by), code, *_counted(line, code), *(None for _ in range(rest)))
        for code, line in sorted(whole.items())
    ]


def _unpriced(
    cells: Iterable[Cell | LayerCell], promises: Promises, currencies: Mapping[str, Commodity]
) -> Iterator[str]:
    """Why some of these pledges imply no price."""
    shared, several = [], []
    for pledge in sorted({str(cell.key[0]) for cell in cells} - currencies.keys()):
        promise = promises.by_pledge[pledge]
        if len(promise.items) > 1 and promise.firm:
            shared.append(pledge)
        elif len(promise.firm) > 1 and promise.items:
            several.append(pledge)
    if shared:
        yield message(
            "no price is implied where several items share the money of a pledge: {pledges}", pledges=_named(shared)
        )
    if several:
        yield message(
            "no price is implied by money in several currencies, which --in CUR would add up: {pledges}",
            pledges=_named(several),
        )


def _named(pledges: Sequence[str]) -> str:
    named, more = ", ".join(pledges[:_EXAMPLES]), len(pledges) - _EXAMPLES
    return message("{named} and {count} more", named=named, count=more) if more > 0 else named


def _indeterminate(lines: Mapping[_Place, _Line]) -> Iterator[str]:
    """Where a price is given of which nobody can say whether it is too high or too low."""
    found = {place[1] for place, line in lines.items() if place[2] and len(line.bounds) > 1 and line.worth}
    if found:
        yield message(
            "no bound is given where what is promised is firm in ways that point both up and down: {items}",
            items=_named(sorted(found)),
        )
