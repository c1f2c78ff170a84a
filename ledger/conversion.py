"""Conversion: what an amount is worth in another currency, by a policy, from which sources, on what evidence.

The first source that has both currencies gives the rate; two are joined through the euro where
none has both; and a currency that became another one keeps the rate fixed by law. Nothing is
rounded but the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from ledger.errors import InputError, MissingRate
from ledger.message import Message, joined, message
from ledger.money import Commodity, Money
from ledger.period import Period
from ledger.quotation import View, combined, each_once, said
from ledger.rate import Conversion, Leg, Pair, Policy, RateSource, RateUsed
from ledger.redenomination import NAME, REDENOMINATIONS, Redenomination, redenominated

BRIDGE = "EUR"
"""The currency through which two sources are joined where none has both currencies."""

_ONE = Fraction(1)


class Converter:
    """Values amounts in one currency, by one policy, from the first source that has both currencies.

    Where none has both, two sources are joined through the euro; a currency that became another one is
    converted at its fixed rate from that day on. ``known_on`` hides whatever became known later than that
    day, so that a figure of the past can be made again as it was.

    Raises :class:`InputError` for a target that is no currency.
    """

    def __init__(
        self, sources: Sequence[RateSource], policy: Policy, target: Commodity, known_on: date | None = None
    ) -> None:
        self.policy, self.target, self.known_on = policy, _only_currency(target), known_on
        then = [source.known(known_on) for source in sources] if known_on else sources
        self._views = [View(source, policy, known_on) for source in then]
        self._used: dict[tuple[str, date], RateUsed] = {}
        self._market: dict[tuple[Pair, Period], RateUsed] = {}

    def used(self, code: str, on: date) -> RateUsed:
        """The rate from this currency to the target for an amount of this date, or :class:`MissingRate`."""
        if (code, on) not in self._used:
            period = self.policy.period_of(on)
            day = period.start if self.policy.period else on
            asked = (code, self.target.code)
            base, quote = (redenominated(each, day) if asked[0] != asked[1] else None for each in asked)
            pair = (base.new if base else asked[0], quote.new if quote else asked[1])
            market = self._at_market(pair, on, period)
            if market is None:
                raise self._missing(asked, pair, on=on, period=period)
            self._used[code, on] = _restated(market, base, quote) if pair != asked else market
        return self._used[code, on]

    def exact(self, money: Money, on: date) -> Fraction:
        """What an amount of this date is worth, unrounded, in the target currency's own unit.

        Raises :class:`MissingRate` where there is no rate, :class:`InputError` for an item.
        """
        return money.value * self.used(_only_currency(money.commodity).code, on).rate

    def convert(self, money: Money, on: date) -> Conversion:
        """What an amount of this date is worth, rounded once, half-up, with its evidence; raises as :meth:`exact`."""
        exact = self.exact(money, on)
        return Conversion(money, exact, Money.rounded(exact, self.target), self.used(money.commodity.code, on))

    def _at_market(self, pair: Pair, on: date, period: Period) -> RateUsed | None:
        """The rate between currencies of that day, looked up once for each period."""
        if (pair, period) not in self._market:
            found = self._same(pair, on, period) or self._first(pair, on, period) or self._bridged(pair, on, period)
            if found is None:
                return None
            self._market[pair, period] = found
        found = self._market[pair, period]
        return found if found.on == on else replace(found, on=on)

    def _same(self, pair: Pair, on: date, period: Period) -> RateUsed | None:
        if pair[0] != pair[1]:
            return None
        return RateUsed(
            *pair, pair[0], _ONE, _ONE, message("same currency"), self.policy, on, str(period), observations=0
        )

    def _first(self, pair: Pair, on: date, period: Period) -> RateUsed | None:
        """By the first source that has both."""
        return next((found for view in self._views if (found := view.used(pair, on, period))), None)

    def _bridged(self, pair: Pair, on: date, period: Period) -> RateUsed | None:
        """Through the euro, by the first source that has each: two sources, or there is no rate."""
        if BRIDGE in pair:
            return None
        halves = [self._first((code, BRIDGE), on, period) for code in pair]
        base, quote = halves
        if base is None or quote is None or base.source == quote.source:
            return None
        legs = [*base.legs, *quote.legs]
        note = message(
            "no source has both {base} and {quote}: through {bridge}, by {base_source} ({base_date})"
            " and {quote_source} ({quote_date})",
            base=pair[0],
            quote=pair[1],
            bridge=BRIDGE,
            base_source=base.source,
            base_date=base.rate_date,
            quote_source=quote.source,
            quote_date=quote.rate_date,
        )
        found = combined(pair, BRIDGE, legs, policy=self.policy, on=on)
        return replace(
            found,
            base_value=1 / base.rate,
            quote_value=1 / quote.rate,
            rate_date=each_once([base.rate_date, quote.rate_date]),
            fallback=said(note, found.fallback),
        )

    def _reasons(self, pair: Pair, on: date, period: Period) -> list[Message]:
        """Why there is no rate, in words: of the pair, or of the half that is missing where two sources could meet."""
        missing = [pair]
        if len(self._views) > 1 and BRIDGE not in pair:
            halves = [(code, BRIDGE) for code in pair]
            missing = [half for half in halves if self._first(half, on, period) is None] or [pair]
        return [reason for half in missing for view in self._views for reason in view.why_not(half, period)]

    def _missing(self, asked: Pair, pair: Pair, *, on: date, period: Period) -> MissingRate:
        """The refusal where no source has a rate: what was asked for, why not, and what there is."""
        by_law = [REDENOMINATIONS[old].sentence for old, now in zip(asked, pair, strict=True) if old != now]
        reasons = joined([*by_law, *(self._reasons(pair, on, period) or [message("no source was given")])], "; ")
        there = [found for view in self._views if (found := view.nearest(pair, period))]
        hint = message(
            "import rates that have both {base} and {quote}, or ask for another currency", base=pair[0], quote=pair[1]
        )
        if there:
            hint = message("the nearest rate there is would be that of the policy fixed:{period}", period=there[0])
        base, quote = asked
        if self.known_on is None:
            return MissingRate(
                "no rate from {base} to {quote} on {on} by policy {policy}: {reasons}",
                base=base,
                quote=quote,
                on=on,
                policy=self.policy,
                reasons=reasons,
                hint=hint,
            )
        return MissingRate(
            "no rate from {base} to {quote} on {on} by policy {policy}, as known on {known_on}: {reasons}",
            base=base,
            quote=quote,
            on=on,
            policy=self.policy,
            known_on=self.known_on,
            reasons=reasons,
            hint=hint,
        )


def _restated(market: RateUsed, base: Redenomination | None, quote: Redenomination | None) -> RateUsed:
    """A market rate between the new currencies as one between the old ones, at the rates fixed by law."""
    first, last = ([_law(end)] if end else [] for end in (base, quote))
    legs = (*first, *market.legs, *last)
    return replace(
        market,
        base=base.old if base else market.base,
        quote=quote.old if quote else market.quote,
        base_value=market.base_value * (base.value if base else 1),
        quote_value=market.quote_value * (quote.value if quote else 1),
        source=each_once(leg.source for leg in legs),
        rate_date=each_once(leg.rate_date for leg in legs),
        observations=min(leg.observations for leg in legs),
        fallback=said(*(end.sentence for end in (base, quote) if end), market.fallback),
        legs=legs,
    )


def _law(end: Redenomination) -> Leg:
    return Leg(NAME, end.new, end.old, end.value, str(end.since), notes=(end.sentence,))


def _only_currency(commodity: Commodity) -> Commodity:
    if not commodity.is_currency:
        raise InputError("{commodity} is an item, not a currency: items have no exchange rate", commodity=commodity)
    return commodity
