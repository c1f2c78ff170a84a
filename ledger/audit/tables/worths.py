"""Worths: what postings are worth in the reporting currency, and the rates that say so.

Within an entry, a pledge and a currency, all debits together are converted exactly and rounded once, and the result
is split over the debits by largest remainder in proportion to their amounts; the credits likewise. Debits and credits
there are the same amount, so that every entry balances in the reporting currency too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.errors import InputError, MissingRate
from ledger.formats.package.csv import Cells
from ledger.message import message
from ledger.money import Commodity, Money, commodity, split
from ledger.rate import RateUsed
from ledger.reports.evidence import rate_cells
from ledger.reports.measures import Valuation
from ledger.store.audited import postings
from ledger.store.audited.postings import Line
from ledger.store.scope import Scope

_HINT = message("--rates SOURCE,... asks others too; --missing list leaves empty what no source has")


@dataclass(frozen=True, slots=True)
class Worths:
    """The rates that the postings of a period are valued at, by currency and day: as many as there are such pairs."""

    target: Commodity
    valuation: Valuation
    used: Mapping[tuple[str, str], tuple[RateUsed, int]]

    def rates(self) -> Iterator[Cells]:
        """A row for each rate, with how many lines it values: what every reporting amount can be made from again."""
        for rate, lines in self.used.values():
            yield tuple(None if cell is None else str(cell) for cell in rate_cells(rate, lines))

    def of_entry(self, lines: Sequence[Line]) -> list[Money | None]:
        """What each posting of one entry is worth, without a sign; None where there is no rate."""
        sides: dict[tuple[str, str, bool], list[int]] = {}
        for place, line in enumerate(lines):
            sides.setdefault((line.pledge, line.commodity, line.units > 0), []).append(place)
        found: list[Money | None] = [None] * len(lines)
        for places in sides.values():
            rate = self._rate(lines[places[0]])
            if rate is not None:
                worth = self._worth([abs(lines[place].units) for place in places], rate)
                for place, part in zip(places, worth, strict=True):
                    found[place] = part
        return found

    def _worth(self, units: Sequence[int], rate: RateUsed) -> Sequence[Money]:
        whole = Money.rounded(Money(sum(units), commodity(rate.base)).value * rate.rate, self.target)
        return split(whole, units) if len(units) > 1 else (whole,)

    def _rate(self, line: Line) -> RateUsed | None:
        """The rate of a line's currency on the day at which the line is valued."""
        on = self.valuation.on
        day = on.isoformat() if on else line.on if self.valuation.by_event else line.announced
        found = self.used.get((line.commodity, day))
        return found and found[0]


def worths(scope: Scope, valuation: Valuation) -> Worths:
    """The rates of the selected days' postings; the pledge's own day, unless the valuation says another.

    Raises :class:`~ledger.errors.MissingRate` where there is none and what is missing is not to be listed.
    """
    if valuation.converter is None:
        raise InputError("a package says what its amounts are worth: name the currency to convert to")
    days = postings.valued_days(scope, valuation.on or ("event" if valuation.by_event else "pledge"))
    used = {(of.code, day.isoformat()): (rate, lines) for of, day, lines in days if (rate := _used(valuation, of, day))}
    return Worths(valuation.converter.target, valuation, used)


def _used(valuation: Valuation, of: Commodity, day: date) -> RateUsed | None:
    try:
        return valuation.used(of, day)
    except MissingRate as error:
        raise MissingRate(error.message, hint=_HINT) from None
