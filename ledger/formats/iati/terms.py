"""The terms of a loan, as the additions for the OECD's Creditor Reporting System state them (``crs-add``)."""

from __future__ import annotations

import re
from datetime import date

from ledger.errors import InputError
from ledger.formats.iati.codes import PAYMENTS_A_YEAR, REPAYMENT_TYPES
from ledger.formats.iati.element import Element, Unreadable
from ledger.message import Message, message
from ledger.period import parse_date
from ledger.pledge import Terms

_RATE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,20})?")
_MOST_YEARS = 400


def terms(element: Element | None, odd: list[Unreadable]) -> Terms:
    """The terms that an element states, as far as the ledger holds them; the rest is added to what is ``odd``."""
    if element is None:
        return Terms()
    rate = element.get("rate-1")
    if rate and not _RATE.fullmatch(rate):
        odd.append(
            _left_out("@rate-1", rate, message("this is no per cent a year, such as 1.3: it is left out of the terms"))
        )
    if element.get("rate-2"):
        why = message("this is a second rate, and the ledger holds one: it is left out of the terms")
        odd.append(_left_out("@rate-2", element.get("rate-2"), why))
    grace, maturity = (_years(element, to, odd) for to in ("repayment-first-date", "repayment-final-date"))
    if grace is not None and maturity is not None and grace > maturity:
        odd.append(
            _left_out(
                "repayment-first-date",
                str(grace),
                message("this is later than the last repayment: it is left out of the terms"),
            )
        )
        grace = None
    return Terms(
        interest=rate if _RATE.fullmatch(rate) else None,
        grace=grace,
        maturity=maturity,
        payments=PAYMENTS_A_YEAR.get(_listed(element, "repayment-plan", set(PAYMENTS_A_YEAR), odd)),
        repayment=_listed(element, "repayment-type", set(REPAYMENT_TYPES), odd) or None,
    )


def _listed(element: Element, tag: str, known: set[str], odd: list[Unreadable]) -> str:
    code = element.code(tag)
    if code and code not in known:
        odd.append(_left_out(f"{tag}/@code", code, message("this is no code of its list: it is left out of the terms")))
        return ""
    return code


def _years(element: Element, to: str, odd: list[Unreadable]) -> int | None:
    """The whole years from the commitment to a repayment: the ledger holds no parts of them."""
    since, until = element.code("commitment-date", "iso-date"), element.code(to, "iso-date")
    if not until:
        return None
    try:
        first, last = parse_date(since), parse_date(until)
    except InputError:
        odd.append(
            _left_out(
                to, f"{since} to {until}", message("this cannot be counted in years: it is left out of the terms")
            )
        )
        return None
    years = last.year - first.year
    if anniversary(first, last.year) != last or not 0 <= years <= _MOST_YEARS:
        odd.append(
            _left_out(
                to, f"{since} to {until}", message("this is no whole number of years: it is left out of the terms")
            )
        )
        return None
    return years


def anniversary(day: date, year: int) -> date:
    """The same day of another year; the last of February where that year does not have it."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _left_out(column: str, value: str, why: Message) -> Unreadable:
    return Unreadable(f"crs-add/loan-terms/{column}", value, why)
