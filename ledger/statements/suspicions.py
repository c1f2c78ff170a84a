"""Suspicions: what may be wrong with a book and breaks no invariant, one small named function each, in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from heapq import nsmallest
from itertools import chain

from ledger.conversion import BRIDGE, Converter
from ledger.errors import MissingRate, Problem
from ledger.message import counted, message
from ledger.money import Money, commodity, currency
from ledger.rate import Policy, RateSource
from ledger.reports.coverage import uncovered
from ledger.reports.doubles import Double, Known, doubles
from ledger.reports.pipeline import lasting, overdue_cells
from ledger.reports.wholes import NEAR_DAYS, Company, companions, packages, wholes
from ledger.store import listing, sums, suspected
from ledger.store.checks.days import pledges_out_of_order
from ledger.store.checks.every import found_by
from ledger.store.checks.quotes import Use, problem, quoted_twice
from ledger.store.scope import SCHEDULE, Scope

MOST = 100
"""How many likely doubles are listed: the most alike."""


@dataclass(frozen=True)
class Suspect:
    """A book that is suspected: as it stands, on a day, with the rate sources there are, the default one first."""

    scope: Scope
    day: date
    sources: Callable[[], Sequence[RateSource]]

    @cached_property
    def rates(self) -> Sequence[RateSource]:
        """The rate sources."""
        return self.sources()

    @cached_property
    def known(self) -> Known:
        """What is known of pledges that look alike."""
        return suspected.known(self.scope)

    @cached_property
    def _converter(self) -> Converter:
        return Converter(self.rates, Policy("spot"), currency(BRIDGE))

    def value(self, amount: Money, day: date) -> Fraction | None:
        """What an amount of a day is worth in euros; None where no rate says."""
        try:
            return self._converter.exact(amount, day)
        except MissingRate:
            return None


def suspicions_of(suspect: Suspect) -> list[Problem]:
    """Everything that is suspicious about a book, in the order of :data:`SUSPICIONS`."""
    return [problem for look in SUSPICIONS for problem in found_by(look, suspect)]


def likely_doubles(suspect: Suspect) -> Iterator[Problem]:
    """Two pledges that may be one, recorded twice."""
    count = 0

    def each() -> Iterator[Double]:
        nonlocal count
        for count, double in enumerate(doubles(suspected.promised(suspect.scope), suspect.known), 1):  # noqa: B007
            yield double

    for double in nsmallest(MOST, each(), key=lambda double: double.rank):
        yield double.problem
    if count > MOST:
        what = message("and {count} more that are less alike: answer these {most} first", count=count - MOST, most=MOST)
        yield Problem("warning", "likely-double", "book", what)


def repeated_quotes(suspect: Suspect) -> Iterator[Problem]:
    """An entry that cites the same words as an earlier one, and may record the same thing once more."""
    count = 0

    def each() -> Iterator[tuple[Use, Use]]:
        nonlocal count
        uses = quoted_twice(suspect.scope.connection, suspect.scope.book, suspect.known)
        for count, pair in enumerate(uses, 1):  # noqa: B007
            yield pair

    for use, earlier in nsmallest(MOST, each(), key=lambda pair: pair[0].number):
        yield problem(use, earlier)
    if count > MOST:
        what = counted(
            "and {count} more entry cites what another does: answer these first",
            "and {count} more entries cite what others do: answer these first",
            count=count - MOST,
        )
        yield Problem("warning", "repeated-quote", "book", what)


def likely_totals(suspect: Suspect) -> Iterator[Problem]:
    """A pledge that may be the total of others, recorded beside them: of its package, or of a group's members."""
    companies = chain(packages(suspected.packaged(suspect.scope)), _companions(suspect.scope))
    for found in wholes(companies, suspect.value, suspect.known):
        total = found.whole.pledge
        what = message(
            "{found}; if they are not its parts: aidledger pledge distinguish {total} {part} --note WHY",
            found=found.said,
            total=total,
            part=found.parts[0].pledge,
        )
        yield Problem("warning", "likely-total", total, what)


def _companions(scope: Scope) -> Iterator[Company]:
    for total in suspected.of_groups(scope):
        yield companions(total, suspected.beside(scope, total, NEAR_DAYS))


def dates_out_of_order(suspect: Suspect) -> Iterator[Problem]:
    """A stage that held less than nothing on some day: real data comes out of order."""
    yield from pledges_out_of_order(suspect.scope.connection, suspect.scope.book)


def overdue_instalments(suspect: Suspect) -> Iterator[Problem]:
    """What a schedule says was due by the day, and was not disbursed."""
    scheduled = suspect.scope.narrowed(*SCHEDULE)
    planned = listing.in_force(scheduled)
    by = ("pledge", "month")
    cells = sums.cells(scheduled, ("pledge", *lasting(by))) if planned else []
    due: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], str] = {}
    for late in overdue_cells(planned, cells, by, suspect.day):
        pledge, month = map(str, late.key)
        due[pledge, late.commodity] = due.get((pledge, late.commodity), 0) + late.units
        first.setdefault((pledge, late.commodity), month)
    for (pledge, code), units in due.items():
        amount = Money(units, commodity(code))
        what = message(
            "by its schedule {amount} were due by {day}, the first in {month}, and not disbursed",
            amount=amount,
            day=suspect.day,
            month=first[pledge, code],
        )
        yield Problem("warning", "overdue", pledge, what)


def days_without_rate(suspect: Suspect) -> Iterator[Problem]:
    """Pledges that no rate values, because there is none, or the rates end too early."""
    if valued := [each for each in suspected.days_valued(suspect.scope) if each.currency != BRIDGE]:
        yield from uncovered(valued, suspect.rates)


SUSPICIONS: Sequence[Callable[[Suspect], Iterator[Problem]]] = (
    likely_doubles,
    likely_totals,
    repeated_quotes,
    dates_out_of_order,
    overdue_instalments,
    days_without_rate,
)
"""Every suspicion, in order."""
