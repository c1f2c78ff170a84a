"""Balances: each account before the period, in it and after; the rates used; and what is counted of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ledger.formats.verifier.amounts import is_money, twelve_digits, written
from ledger.formats.verifier.details import SEGMENTS, rate_day, segments
from ledger.formats.verifier.package import Package, Row
from ledger.formats.verifier.replay import Turnover

_ACCOUNT = ("GL_Account_Number", "Fiscal_Year", "Period", "Business_Unit_Code", "Balance_As_Of_Date")

TRIAL_BALANCE = (
    *_ACCOUNT,
    *("Amount_Beginning", "Activity_Debit", "Activity_Credit", "Amount_Ending", "Amount_Currency"),
    *SEGMENTS,
)
ITEMS_BALANCE = (
    *_ACCOUNT,
    *("Quantity_Beginning", "Activity_Debit", "Activity_Credit", "Quantity_Ending", "Item"),
    *SEGMENTS,
)
FX_RATES = tuple(
    "currency into on rate base_rate quote_rate pivot rate_date policy source observations fallback lines".split()
)
CONTROL_TOTALS = tuple(
    "table commodity entries first_number last_number gaps first_on last_on lines debits credits sum".split()
)


def trial_balance(package: Package) -> Iterator[Row]:
    """Every account in money."""
    return _balances(package, money=True)


def items_balance(package: Package) -> Iterator[Row]:
    """Every account in items."""
    return _balances(package, money=False)


def _balances(package: Package, *, money: bool) -> Iterator[Row]:
    """A row for each account with a posting up to the end of the period: beginning + debits - credits = ending."""
    on = package.options.last or package.replay.last_on
    for (pledge, stage, commodity), account in sorted(package.replay.accounts.items(), key=lambda each: each[0]):
        if is_money(commodity) is money:
            ending = account.beginning + account.debit - account.credit
            amounts = (account.beginning, account.debit, account.credit, ending)
            recipient = package.replay.facts(pledge).cell("recipient")
            figures = [written(units, commodity) for units in amounts]
            yield (stage, on[:4], on[5:7], recipient, on, *figures, commodity, *segments(package, pledge))


def fx_rates(package: Package) -> Iterator[Row]:
    """A row for each currency and day that lines are valued at. What was published is taken from the file itself."""
    options = package.options
    for (currency, on), lines in sorted(_valued(package).items()):
        found = package.rates.get((currency, on))
        if found is not None:
            published = dict(zip(FX_RATES, found.cells))
            known = {"currency": currency, "into": options.currency, "on": on, "rate": twelve_digits(found.rate)}
            yield tuple({**published, **known, "policy": options.policy, "lines": str(lines)}.values())


def rates_missing(package: Package) -> Iterator[tuple[str, str]]:
    """The currencies and days that lines would be valued at, had the file a rate."""
    return (each for each in sorted(_valued(package)) if each not in package.rates)


def _valued(package: Package) -> Counter[tuple[str, str]]:
    """How many lines of ``gl_detail.csv`` are of each currency, and valued at each day."""
    lines: Counter[tuple[str, str]] = Counter()
    if package.options.value_at == "pledge":
        for (pledge, _, commodity), account in package.replay.accounts.items():
            if is_money(commodity) and account.lines:
                lines[commodity, rate_day(package, pledge, "")] += account.lines
    else:
        for (commodity, on), number in package.replay.lines_on.items():
            lines[commodity, rate_day(package, "", on)] += number
    return lines


def control_totals(package: Package) -> Iterator[Row]:
    """The whole journal, then each currency and each item of the period."""
    replay = package.replay
    size = str(replay.tree.size)
    days = (replay.first_on, replay.last_on)
    yield ("journal", "", size, "1", size, "0", *days, str(replay.postings), "", "", "")
    for table, money in (("gl_detail", True), ("items_detail", False)):
        for commodity, turnover in sorted(replay.turnovers.items()):
            if is_money(commodity) is money:
                yield (table, commodity, *_counted(commodity, turnover))


def _counted(commodity: str, turnover: Turnover) -> Row:
    (first, last), (first_on, last_on) = turnover.numbers, turnover.days
    sums = (turnover.debit, turnover.credit, turnover.debit - turnover.credit)
    amounts = [written(units, commodity) for units in sums]
    return (str(turnover.entries), str(first), str(last), "", first_on, last_on, str(turnover.lines), *amounts)
