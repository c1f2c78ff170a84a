"""From what the lines of a file state to rates that can be relied on: nothing guessed, nothing lost.

Each statement becomes exactly one of three: a rate, a problem, or nothing new (the
same figure again, a currency against itself). Two different figures for the same
pair and period contradict each other: unless one of them is of the currency's own
issuer, neither is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ledger.errors import InputError, Problem
from ledger.formats.rates.contents import Broken
from ledger.formats.rates.layout import Layout, Line, Quotation, one_line, place, shown
from ledger.formats.rates.lifetimes import refuse_unless_alive
from ledger.message import Message, message
from ledger.period import Period
from ledger.rate import Kind, Rate, parse_rate

LONGEST_NUMBER = 64  # characters
LONGEST_WHERE = 80  # characters
LONGEST_MESSAGE = 400  # characters
MOST_RATES = 1_000_000
MOST_PROBLEMS = 20_000

_KINDS: dict[str, Kind] = {"day": "spot", "month": "month", "quarter": "quarter", "year": "year"}
_Key = tuple[str, str, Period | None]


@dataclass(frozen=True, slots=True)
class RateFile:
    """What a file of rates holds, as proposed: nothing of it is written anywhere yet.

    ``source`` is who published it, ``layout`` the word of the layout that was
    recognised, ``sha256`` that of the file. A problem of severity ``error`` is a figure
    that was not taken, a ``warning`` one that was; ``where`` names line and column.
    ``set_aside`` counts the figures that tell nothing new.
    """

    source: str
    layout: str
    sha256: str
    rates: Sequence[Rate]
    problems: Sequence[Problem]
    set_aside: int


@dataclass(frozen=True, slots=True)
class _Claim:
    """A rate as one line states it; ``own`` as in :class:`Quotation`."""

    line: int | str
    column: str
    rate: Rate
    own: bool

    @property
    def place(self) -> Message:
        """Where it stands, for people."""
        return place(self.line, self.column)


@dataclass
class _Findings:
    """What has been found in a file so far."""

    layout: Layout
    source: str
    sha256: str
    claims: dict[_Key, list[_Claim]] = field(default_factory=dict)
    rates: list[Rate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    set_aside: int = 0
    stated: int = 0

    def take(self, line: Line) -> None:
        """Take what one line states; one that cannot be read leaves its neighbours alone."""
        before = self.stated
        try:
            for quotation in self.layout.quotations(line):
                self.stated += 1
                self.claim(quotation, line.where)
        except InputError as error:
            self.refuse(place(line.where), error.message)
        else:
            self.set_aside += self.stated == before
        if self.stated > MOST_RATES:
            raise InputError("it states more than {most:,} rates", most=MOST_RATES)

    def claim(self, quotation: Quotation, line: int | str) -> None:
        try:
            rate = self.read(quotation)
        except InputError as error:
            self.refuse(place(line, quotation.field), error.message)
            return
        if rate is None:
            self.set_aside += 1
        else:
            key = (rate.base, rate.quote, rate.period)
            self.claims.setdefault(key, []).append(_Claim(line, quotation.field, rate, quotation.own))

    def read(self, quotation: Quotation) -> Rate | None:
        """The rate that is stated; None where a currency is given in itself."""
        value, period = number(quotation.text), quotation.period
        base, quote = quotation.base, quotation.quote
        if base == quote:
            _refuse_unless_one(value, base)
            return None
        rate = Rate(self.source, base, quote, period, _kind(period), value, self.sha256)
        if self.layout.source and period:
            refuse_unless_alive(period, base, quote)
        return rate

    def refuse(self, where: str, why: str, code: str = "unreadable-rate") -> None:
        self.problems.append(problem("error", code, where, why))
        if len(self.problems) > MOST_PROBLEMS:
            first = self.problems[0]
            raise InputError(
                "more than {most:,} of its figures cannot be read; the first, {place}: {reason}",
                most=MOST_PROBLEMS,
                place=first.where,
                reason=first.message,
            )

    def settle(self, claims: Sequence[_Claim]) -> None:
        """Take one of several statements about the same pair and period, or none where they contradict."""
        leaders = [claim for claim in claims if claim.own] or claims
        chosen = leaders[0]
        if any(leader.rate.value != chosen.rate.value for leader in leaders):
            for claim in claims:
                other = next(other for other in leaders if other.rate.value != claim.rate.value)
                self.contradicted(claim, other, message("neither is taken"))
            return
        self.rates.append(chosen.rate)
        for claim in claims:
            if _near(claim.rate.value, chosen.rate.value, self.layout.tolerance):
                self.set_aside += claim is not chosen
            else:
                self.contradicted(claim, chosen, message("that one is taken"))

    def contradicted(self, claim: _Claim, other: _Claim, outcome: str) -> None:
        rate, period = claim.rate, claim.rate.period
        both = {"base": rate.base, "quote": rate.quote, "here": rate.text, "there": other.rate.text}
        if period is None:
            why = message(
                "1 {base} in {quote} of no date is {here} here and {there} in {place}: {outcome}",
                **both,
                place=other.place,
                outcome=outcome,
            )
        else:
            why = message(
                "1 {base} in {quote} of {period} is {here} here and {there} in {place}: {outcome}",
                **both,
                period=period,
                place=other.place,
                outcome=outcome,
            )
        self.refuse(claim.place, why, "contradicting-rate")


def gather(lines: Iterable[Line | Broken], layout: Layout, source: str, sha256: str) -> RateFile:
    """All rates that the lines of a file state, in their order, and whatever is wrong with the others.

    Raises :class:`InputError` for a file without any line, one that states more than a
    million rates, and one with more than 20,000 problems: that is no file of this layout.
    """
    found = _Findings(layout, source, sha256)
    for line in lines:
        if isinstance(line, Broken):
            found.refuse(place(line.where), line.why)
        else:
            found.take(line)
    for claims in found.claims.values():
        if len(claims) == 1:
            found.rates.append(claims[0].rate)
        else:
            found.settle(claims)
    if not (found.rates or found.problems or found.set_aside):
        raise InputError("it holds no rates")
    return RateFile(source, layout.word, sha256, tuple(found.rates), tuple(found.problems), found.set_aside)


def number(text: str) -> Decimal:
    """The exact value of a rate as its publisher wrote it, every digit kept.

    >>> number("1.8786100000000001")
    Decimal('1.8786100000000001')

    Raises :class:`InputError` for anything but a number above zero in plain notation:
    ``1_000``, ``1e5``, ``1,234.5``, ``-3``, ``0``, ``NaN``, nothing at all.
    """
    if len(text) > LONGEST_NUMBER:
        raise InputError("a number of {length} characters is not a rate", length=len(text))
    try:
        return parse_rate(text)
    except InputError:
        if not text:
            raise InputError("there is no rate") from None
        raise InputError(
            "{text} is not a rate: write a number above zero in plain notation, such as 0.82608", text=shown(text)
        ) from None


def problem(severity: Literal["error", "warning"], code: str, where: str, message: str) -> Problem:
    """A finding about a file, fit to be shown on one line whatever the file holds."""
    return Problem(severity, code, _fit(where, LONGEST_WHERE), _fit(message, LONGEST_MESSAGE))


def _fit(text: str, longest: int) -> str:
    """What fits on one line as it is, and so can be said in another language; else what of it does."""
    fit = one_line(text, longest)
    return text if fit == text else fit


def _kind(period: Period | None) -> Kind:
    return _KINDS[period.size] if period else "table"


def _refuse_unless_one(value: Decimal, code: str) -> None:
    if value != 1:
        raise InputError(
            "1 {code} is 1 {code}, not {rate}: the figure is another currency's", code=code, rate=f"{value:f}"
        )


def _near(value: Decimal, other: Decimal, tolerance: Fraction) -> bool:
    """Whether two values are equal, or no further apart than this part of the second."""
    return value == other or abs(Fraction(value) - Fraction(other)) <= tolerance * Fraction(other)
