"""Stated: every figure by which a source says a promise once more, beside the promise itself.

"(£1.6bn ($2bn))" claims an equivalent in another currency; three instalments claim to be the whole; a firm part
and what may be added to it claim to be the promise. Each claim is compared, and none is ever used as a rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.message import counted, joined, message
from ledger.money import Balance, Commodity, Money
from ledger.pledge import Pledge
from ledger.rate import RateUsed, rate_text
from ledger.reconcile.tolerance import NONE, Tolerance, half_unit, percent
from ledger.table import Cell, Column, Kind, Table

Rated = Callable[[str, str, date], RateUsed | None]
"""The rate from one currency to another for an amount of a day; None where there is none."""

_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("pledge", "code"),
    ("on", "date"),
    ("check", "code"),
    ("amount", "money"),
    ("currency", "code"),
    ("stated", "money"),
    ("stated_currency", "code"),
    ("parts", "text"),
    ("implied_rate", "number"),
    ("market_rate", "number"),
    ("market", "money"),
    ("difference", "money"),
    ("difference_percent", "number"),
    ("explained", "code"),
    ("rate_date", "code"),
    ("source", "code"),
    ("policy", "code"),
    ("fallback", "text"),
)
_SAID = {
    "equal": message("{number} equal"),
    "rounding": message("{number} explained by rounding"),
    "tolerance": message("{number} within the tolerance"),
    "no": message("{number} unexplained"),
    "no rate": message("{number} without a rate"),
    "no promise": message("{number} of pledges that promise nothing it could be compared with"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One figure a source states of a pledge, and what it is compared with.

    ``promised`` is what it is a figure of: one amount, or those of several currencies together; ``parts`` are the
    amounts it was added up from. ``slack`` is how far rounding may have moved it, in its own currency's unit;
    ``exact`` takes the promise as it is, not as a rounded figure. ``rates`` lead from each promised amount to the
    claim's currency, and are None where one is missing.
    """

    pledge: Pledge
    check: str
    stated: Money
    slack: Fraction
    promised: tuple[Money, ...]
    parts: tuple[Money, ...] = ()
    exact: bool = False
    rates: tuple[RateUsed, ...] | None = ()

    @property
    def converts(self) -> bool:
        """Whether it is compared at rates."""
        return any(money.commodity != self.stated.commodity for money in self.promised)

    @property
    def figure(self) -> Fraction | None:
        """What the promise comes to in the claim's currency, unrounded; None without a promise or a rate."""
        return self._at_rates([money.value for money in self.promised])

    @property
    def promised_slack(self) -> Fraction:
        """How far rounding may have moved what is compared with, in the claim's currency."""
        return Fraction(0) if self.exact else self._at_rates(map(half_unit, self.promised)) or Fraction(0)

    def _at_rates(self, values: Iterable[Fraction]) -> Fraction | None:
        if self.rates is None or not self.promised:
            return None
        rates = [used.rate for used in self.rates] or [Fraction(1)]
        return sum((value * rate for value, rate in zip(values, rates, strict=True)), Fraction(0))

    def explained(self, tolerance: Tolerance) -> str:
        """What explains the difference: ``rounding`` where both figures, unrounded, may have been the same."""
        figure = self.figure
        if figure is None:
            return "no rate" if self.promised else "no promise"
        difference = self.stated.value - figure
        if Money.rounded(figure, self.stated.commodity) == self.stated:
            return "equal"
        if abs(difference) <= self.slack + self.promised_slack:
            return "rounding"
        return "tolerance" if tolerance.covers(difference, figure) else "no"


def stated(
    pledges: Iterable[tuple[Pledge, Balance]], rated: Rated, tolerance: Tolerance = NONE, codes: Sequence[str] = ()
) -> Table:
    """A row for each claim: of each pledge its equivalents, then its parts, then its schedule.

    ``pledges`` come with what they promise; with ``codes``, only claims on or in these currencies. A claim that no
    rate leads to is listed with ``no rate``. Amounts are rounded once each; rates are shown to 12 digits.
    """
    found = [claim for pledge, promised in pledges for claim in _claims(pledge, promised, rated)]
    if codes:
        found = [claim for claim in found if _codes(claim) & set(codes)]
    rows = [_row(claim, tolerance) for claim in found]
    return Table([Column(name, kind) for name, kind in _COLUMNS], rows, notes=_notes(rows))


def _codes(claim: Claim) -> set[str]:
    return {money.commodity.code for money in (claim.stated, *claim.promised)}


def _claims(pledge: Pledge, promised: Balance, rated: Rated) -> Iterator[Claim]:
    whole = tuple(money for money in promised.amounts() if money.commodity.is_currency)
    own = whole[0].commodity if len(whole) == 1 else None
    for money in pledge.stated:
        if money.commodity != own:
            rates = _rates(whole, money.commodity, pledge.on, rated)
            yield Claim(
                pledge=pledge,
                check="equivalent",
                stated=money,
                slack=half_unit(money),
                promised=whole,
                parts=whole if len(whole) > 1 else (),
                rates=rates,
            )
    if own is not None:
        yield from _parts(pledge, whole[0])
    yield from _schedule(pledge, promised)


def _parts(pledge: Pledge, promised: Money) -> Iterator[Claim]:
    """What is stated in the promise's own currency is a part of it, beside the firm part."""
    beside = tuple(money for money in pledge.stated if money.commodity == promised.commodity)
    firm = pledge.hold(promised.commodity).firm
    if beside:
        yield _sum("parts", pledge, (*([firm] if firm else []), *beside), promised)


def _schedule(pledge: Pledge, promised: Balance) -> Iterator[Claim]:
    """The instalments, by currency: they pay out the promise as it is, so that only they may be rounded."""
    planned: dict[Commodity, list[Money]] = {}
    for instalment in sorted(pledge.schedule, key=lambda due: due.on):
        planned.setdefault(instalment.amount.commodity, []).append(instalment.amount)
    for of, amounts in planned.items():
        yield _sum("schedule", pledge, tuple(amounts), promised.money(of), exact=True)


def _sum(check: str, pledge: Pledge, parts: tuple[Money, ...], promised: Money, *, exact: bool = False) -> Claim:
    return Claim(
        pledge=pledge,
        check=check,
        stated=sum(parts[1:], parts[0]),
        slack=sum(map(half_unit, parts), Fraction(0)),
        promised=(promised,) if promised else (),
        parts=parts,
        exact=exact,
    )


def _rates(promised: Iterable[Money], into: Commodity, on: date, rated: Rated) -> tuple[RateUsed, ...] | None:
    if not into.is_currency:
        return None
    found = [rated(money.commodity.code, into.code, on) for money in promised]
    used = tuple(rate for rate in found if rate is not None)
    return used if len(used) == len(found) else None


def _row(claim: Claim, tolerance: Tolerance) -> tuple[Cell, ...]:
    one = claim.promised[0] if len(claim.promised) == 1 else None
    figure = claim.figure
    market = None if figure is None else Money.rounded(figure, claim.stated.commodity)
    rates = claim.rates or ()
    single = rates[0] if len(rates) == 1 else None
    return (
        claim.pledge.id,
        claim.pledge.on,
        claim.check,
        one,
        one.commodity.code if one else None,
        claim.stated,
        claim.stated.commodity.code,
        _added(claim.parts),
        rate_text(claim.stated.value / one.value) if one and claim.converts else None,
        rate_text(single.rate) if single else None,
        market if rates else None,
        None if market is None else claim.stated - market,
        percent((claim.stated.value - figure) / figure) if figure else None,
        claim.explained(tolerance),
        _each(used.rate_date for used in rates),
        _each(used.source for used in rates),
        _each(str(used.policy) for used in rates),
        _each(used.fallback for used in rates if used.fallback),
    )


def _added(parts: Sequence[Money]) -> str | None:
    """The amounts something was added up from, equal ones counted: ``3 x 752000000.00 GBP``."""
    counted = Counter(parts)
    said = [f"{count} x {money}" if count > 1 else str(money) for money, count in counted.items()]
    return " + ".join(said) or None


def _each(words: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(words)) or None


def _notes(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """How many claims are explained by what."""
    if not rows:
        return [message("no source states more of these pledges than their amounts")]
    place = [name for name, _ in _COLUMNS].index("explained")
    counts = Counter(str(row[place]) for row in rows)
    parts = joined([message(said.template, number=counts[word]) for word, said in _SAID.items() if counts[word]])
    return [counted("{count} claim: {parts}", "{count} claims: {parts}", count=len(rows), parts=parts)]
