"""Words: what a pledge states and IATI has no element for, told in the description."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.formats.iati.written.content import Activity
from ledger.formats.iati.written.lending import PLANS
from ledger.money import Money
from ledger.pledge import Hold, Pledge

ENGLISH = "en"
"""The language of descriptions and of the names of countries. The standard wants one stated for all that is said, and
nobody knows that of titles, notes and quotes: they stand as people wrote them."""


def description(of: Activity) -> str:
    """A pledge in sentences."""
    return " ".join(_sentences(of))


def lent_otherwise(pledge: Pledge) -> bool:
    """Whether a pledge says more of its lending than a loan's terms have room for."""
    named = (pledge.lender, pledge.obligor, pledge.repayment_source)
    return any(named) or pledge.terms.payments not in {None, *PLANS}


def _sentences(of: Activity) -> Iterator[str]:
    pledge = of.pledge
    kind = f"{pledge.purpose} aid, {pledge.instrument.replace('_', ' ')}".capitalize()
    yield f"{kind}, announced on {pledge.on} by {of.donor.name} for {of.recipient.name}."
    yield from (_held(hold) for hold in pledge.holds)
    for account in of.accounts:
        if not account.of.is_currency:
            promised, delivered = (Money(account.figures[name], account.of) for name in ("pledged", "disbursed"))
            yield f"Promised are {promised}, of which {delivered.plain()} delivered."
    if pledge.stated:
        yield f"Its source states it as {', '.join(map(str, pledge.stated))}."
    if pledge.max_exposure:
        yield f"The exposure is at most {pledge.max_exposure}."
    yield from _lent(of)


def _held(hold: Hold) -> str:
    firm = f", of which {hold.firm} firm" if hold.firm is not None else ""
    return f"The promise in {hold.commodity} is {hold.firmness.replace('_', ' ')}{firm}."


def _lent(of: Activity) -> Iterator[str]:
    pledge = of.pledge
    if of.lender:
        yield f"The lender is {of.lender.name}."
    if pledge.obligor:
        yield f"The obligor is {pledge.obligor}."
    if pledge.repayment_source:
        yield f"It is repaid from {pledge.repayment_source}."
    if pledge.terms.payments not in {None, *PLANS}:
        yield f"Payments a year: {pledge.terms.payments}."
