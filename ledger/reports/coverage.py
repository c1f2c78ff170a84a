"""Coverage: which pledges no rate values, because there is none for their currency and day, or the rates end before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ledger.conversion import BRIDGE, Converter
from ledger.errors import MissingRate, Problem
from ledger.message import Message, counted, either, message
from ledger.money import currency
from ledger.quotation import View
from ledger.rate import Policy, RateSource

_SPOT = Policy("spot")


class Valued(NamedTuple):
    """How many pledges announced on a day promise something in a currency."""

    currency: str
    on: date
    pledges: int


def uncovered(valued: Iterable[Valued], sources: Sequence[RateSource]) -> Iterator[Problem]:
    """Pledges that no rate values by the policy ``spot``: for each currency, what is missing and what came too late.

    A currency is valued by the first source if that ever published it, else by all that did. ``valued`` comes by
    currency and day.
    """
    for code, days in groupby(valued, key=lambda each: each.currency):
        if code != BRIDGE:
            yield from _of_currency(code, list(days), _publishing(code, sources))


def _publishing(code: str, sources: Sequence[RateSource]) -> Sequence[RateSource]:
    having = [source for source in sources if any(code in pair for pair in source.pairs)]
    return having[:1] if having and having[0] is sources[0] else having


def _of_currency(code: str, days: Sequence[Valued], sources: Sequence[RateSource]) -> Iterator[Problem]:
    converter = Converter(sources, _SPOT, currency(BRIDGE))
    without = [each for each in days if not _covers(converter, each)]
    if not without:
        return
    names = either(source.name for source in sources)
    last = max((day for source in sources if (day := _last(code, source))), default=None)
    stale = [each for each in without if last and each.on > last]
    if missing := [each for each in without if each not in stale]:
        yield Problem("warning", "missing-rate", code, _missing(code, names, _pledges(missing)))
    if stale:
        what = message(
            "the last rate of {code} in {names} is of {last}, too early for {pledges}: bring the rates up to date",
            code=code,
            names=names,
            last=last,
            pledges=_pledges(stale),
        )
        yield Problem("warning", "stale-rate", code, what)


def _missing(code: str, names: str, pledges: Message) -> Message:
    if not names:
        return message(
            "no source has ever published a rate of {code} for {pledges}: import one, or none of them can be converted",
            code=code,
            pledges=pledges,
        )
    return message(
        "{sources} has no rate of {code} for {pledges}: import one, or none of them can be converted",
        sources=names,
        code=code,
        pledges=pledges,
    )


def _covers(converter: Converter, each: Valued) -> bool:
    try:
        converter.used(each.currency, each.on)
    except MissingRate:
        return False
    return True


def _last(code: str, source: RateSource) -> date | None:
    """The last day that a source's rates of a currency are of; none of an undated table."""
    view = View(source, _SPOT, None)
    days = [period.last for pair in source.pairs if code in pair for period in view.history(pair)]
    return max(days, default=None)


def _pledges(days: Sequence[Valued]) -> Message:
    """How many pledges, of which days."""
    count, first, last = sum(each.pledges for each in days), days[0].on, days[-1].on
    if first == last:
        return counted("{count} pledge of {day}", "{count} pledges of {day}", count=count, day=first)
    return counted(
        "{count} pledge from {first} to {last}",
        "{count} pledges from {first} to {last}",
        count=count,
        first=first,
        last=last,
    )
