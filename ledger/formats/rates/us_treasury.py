"""The US Treasury's reporting rates of exchange: units of each currency for 1 USD, a row a country and quarter.

Treasury's report as of a quarter's last day has the rates at which its disbursing
officers could buy each currency on the last business day of the month before, for
balances and transactions as of that day and for the three months that follow. It is
not a mean. Here a rate is of the quarter that ends on its record date.

If a rate moves by 10 % or more, Treasury adds a row with the same record date and a
later effective date, for the months that remain. A quarter has one rate: the first
row's; an amendment is a problem. Currencies have no codes but names, which mean
another currency once it was redenominated: what is not certain is a problem.

The columns are those of fiscaldata.treasury.gov, of its tables (``Record Date``) or of
its interface (``record_date``). The euro is that of ``Euro Zone-Euro``; rows of its
members, and all rows of a currency that several countries share, must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.errors import InputError
from ledger.formats.rates.layout import Layout, Line, Quotation, day, shown
from ledger.formats.rates.us_treasury_names import code_of
from ledger.period import Period

NAMES: Mapping[str, tuple[str, ...]] = {
    "date": ("record_date", "Record Date"),
    "currency": ("country_currency_desc", "Country - Currency Description", "currency", "Currency"),
    "rate": ("exchange_rate", "Exchange Rate"),
    "effective": ("effective_date", "Effective Date"),
    "country": ("country", "Country"),
}
"""The columns under either of their names; only the first three must be there."""


def recognises(header: tuple[str, ...]) -> bool:
    """Record date, currency and exchange rate, whatever else."""
    return all(any(name in header for name in NAMES[part]) for part in ("date", "currency", "rate"))


def quotations(line: Line) -> Iterable[Quotation]:
    """The rate of a currency for the quarter that ends on the record date."""
    on = day(_cell(line, "date"))
    quarter = Period.of(on.start, "quarter")
    if on.last != quarter.last:
        raise InputError("the record date {day} is not the last day of a quarter", day=on)
    effective = _cell(line, "effective")
    if effective and effective != str(on):
        raise InputError(
            "an amendment as of {text}: a quarter has one rate, the one as of {day}", text=shown(effective), day=on
        )
    name = _name(line)
    code = code_of(name, quarter)
    own = code != "EUR" or name.casefold().startswith("euro")
    return [Quotation("USD", code, quarter, _cell(line, "rate"), _column(line, "rate"), own)]


def _column(line: Line, part: str) -> str:
    """The name under which the file has a column."""
    return next((name for name in NAMES[part] if name in line.cells), "")


def _cell(line: Line, part: str) -> str:
    return line.get(_column(line, part))


def _name(line: Line) -> str:
    """Country and currency as Treasury joins them: ``Canada-Dollar``."""
    name, country = _cell(line, "currency"), _cell(line, "country")
    joined = _column(line, "currency") in NAMES["currency"][:2]
    return f"{country}-{name}" if country and not joined else name


LAYOUT = Layout(
    "us-treasury", "ustreasury", "Record Date,Country - Currency Description,Exchange Rate,...", recognises, quotations
)
