"""Lending: the terms of a loan and what of it is owed, as additions for the OECD's Creditor Reporting System."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ledger.formats.iati.codes import PAYMENTS_A_YEAR
from ledger.formats.iati.terms import anniversary
from ledger.formats.iati.written.content import Account, Activity
from ledger.formats.iati.written.markup import Node, coded, dated
from ledger.journal import Stage
from ledger.money import Money
from ledger.period import parse_date
from ledger.pledge import NO_TERMS, Instrument

PLANS = {payments: code for code, payments in PAYMENTS_A_YEAR.items()}
"""The codes of so many payments a year; there are none for other numbers of them."""


def lending(of: Activity, on: date) -> Iterator[Node]:
    """The element of a loan's terms and status, if there is anything to say; ``on`` is the day of the status."""
    inside = [*_terms(of), *_status(of, on)]
    if inside:
        yield Node("crs-add", inside=inside)


def _terms(of: Activity) -> Iterator[Node]:
    terms = of.pledge.terms
    if terms == NO_TERMS:
        return
    inside = [] if terms.repayment is None else [coded("repayment-type", terms.repayment)]
    if terms.payments in PLANS:
        inside.append(coded("repayment-plan", PLANS[terms.payments]))
    since = _committed_on(of)
    inside.append(dated("commitment-date", since.isoformat()))
    for name, years in (("repayment-first-date", terms.grace), ("repayment-final-date", terms.maturity)):
        if years is not None:
            inside.append(dated(name, anniversary(since, since.year + years).isoformat()))
    rate = None if terms.interest is None else f"{Decimal(terms.interest):f}"
    yield Node("loan-terms", {"rate-1": rate}, inside)


def _committed_on(of: Activity) -> date:
    """The day of the first commitment, else of the announcement."""
    committed = (flow.on for account in of.accounts for flow in account.flows if flow.measure == "committed")
    return parse_date(min(committed, default=of.pledge.on.isoformat()))


def _status(of: Activity, on: date) -> Iterator[Node]:
    """The principal that is owed, where that is in one currency: there is room for one."""
    if not of.pledge.instrument.repayable or of.pledge.instrument is Instrument.GUARANTEE:
        return
    lent = [account for account in of.accounts if account.of.is_currency and account.figures["disbursed"]]
    if len(lent) == 1:
        about = {"year": str(on.year), "currency": lent[0].of.code, "value-date": on.isoformat()}
        yield Node("loan-status", about, [Node("principal-outstanding", inside=_owed(lent[0]).plain())])


def _owed(account: Account) -> Money:
    return Money(account.held.get(Stage.DISBURSED, 0), account.of)
