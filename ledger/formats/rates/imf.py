"""The International Monetary Fund's annual averages: units of each currency for 1 USD, a row a country and year.

What the table does to its reader, and what is done about it:

- A currency has a row for each country that uses it, and they differ: from the 15th
  digit on where the same figure was computed twice, by up to 0.14 % for the euro
  (``U2`` has the average of the ECB's fixings, its users another one). The row of the
  currency's own issuer is taken. Another country's is the same figure within a part
  in a million millions, else a problem.
- Rows of Haiti, and of Ecuador and El Salvador before they took the dollar, are coded
  ``USD`` and hold the gourde, the sucre, the colon: a dollar that is not worth a
  dollar is a problem.
- Croatia's kuna is coded ``HRD`` and Uruguay's peso ``UYW``, the Netherlands Antilles
  keep ``NLG`` and San Marino ``ITL`` after both had gone, Zimbabwe's ``ZWG`` and
  Venezuela's ``VED`` go back to 1950: never certain, always a problem.
- Figures of years before a currency existed are restated in its unit, but not all
  (Ghana 1956, Turkey 1957): see ``lifetimes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.rates.layout import Layout, Line, Quotation, day, holding, shown
from ledger.message import message
from ledger.period import Period

ISSUERS: Mapping[str, str] = {"EUR": "U2", "XAF": "5X", "XCD": "5Y", "XOF": "7A"}
"""The table's country codes of monetary unions; another currency's issuer is its own first two letters."""
MISCODED: Mapping[str, str] = {
    "HRD": message("Croatia's kuna (HRK)"),
    "UYW": message("Uruguay's peso (UYU)"),
}
"""Codes that stand on rows of another currency, in every year."""
_NOISE = Fraction(1, 10**12)
_COLUMNS = ("Date", "Rate", "Currency", "Frequency", "Source", "Country code")


def quotations(line: Line) -> Iterable[Quotation]:
    """The average of a year, dated by its last day."""
    code, on = line["Currency"], day(line["Date"])
    year = Period.of(on.start, "year")
    if line["Frequency"] != "A" or on.last != year.last:
        raise InputError(
            "frequency {text} on {day} is not a year's average, dated by its last day",
            text=shown(line["Frequency"]),
            day=on,
        )
    if code in MISCODED:
        raise InputError("{code} stands here for {money}, whose code it is not", code=code, money=MISCODED[code])
    own = line["Country code"] == ISSUERS.get(code, code[:2])
    return [Quotation("USD", code, year, line["Rate"], "Rate", own)]


LAYOUT = Layout("imf-annual", "imf", ",".join(_COLUMNS), holding(*_COLUMNS), quotations, _NOISE)
