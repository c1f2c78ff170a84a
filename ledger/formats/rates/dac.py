"""The OECD Development Assistance Committee's annual rates: units of national currency for 1 USD, by country.

Two layouts are read, both as the pydeflate project stores them: ``iso_code,year,exchange``
and ``pydeflate_year,pydeflate_entity_code,pydeflate_EXCHANGE,pydeflate_iso3``. Neither
names a currency: it is that of the country in that year, where that is certain.

- The euro area's members before they joined are restated in euro at their fixed rate
  (Austria 1960: 1.8896, which is 26 schillings): neither schillings nor euros that
  anybody had, and a problem. Croatia's kuna is as it was.
- The euro is taken from the row of the EU institutions (``EUI``; before 1999 theirs
  is the ECU, ``XEU``). Members' rows are quotients of rounded totals that lie within
  0.06 % of it: within a part in a thousand they are the same figure, else a problem.
- Exactly 1 is no rate but says that a country reported in dollars (Cyprus to 2013,
  Romania to 2012, Chinese Taipei 2022): a problem, but for those that use the dollar.
- Totals of groups (DAC members, G7, non-DAC countries, the last coded ``ESH``) are in dollars.
- ``1.8786100000000001`` is what the file says, and all its digits are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.rates.gather import number
from ledger.formats.rates.layout import Layout, Line, Quotation, holding, shown
from ledger.formats.rates.layout import year as year_of
from ledger.formats.rates.lifetimes import EURO_MEMBERS
from ledger.period import Period

NATIONAL: Mapping[str, str] = {
    "ARE": "AED",
    "AUS": "AUD",
    "AZE": "AZN",
    "CAN": "CAD",
    "CHE": "CHF",
    "CZE": "CZK",
    "DNK": "DKK",
    "GBR": "GBP",
    "HUN": "HUF",
    "ISL": "ISK",
    "ISR": "ILS",
    "JPN": "JPY",
    "KAZ": "KZT",
    "KOR": "KRW",
    "KWT": "KWD",
    "LIE": "CHF",
    "MCO": "EUR",
    "NOR": "NOK",
    "NZL": "NZD",
    "POL": "PLN",
    "QAT": "QAR",
    "ROU": "RON",
    "RUS": "RUB",
    "SAU": "SAR",
    "SWE": "SEK",
    "THA": "THB",
    "TLS": "USD",
    "TUR": "TRY",
    "TWN": "TWD",
    "USA": "USD",
}
"""The money of countries that report to the committee, outside the euro area."""
MEMBERS: Mapping[str, tuple[str, int]] = {**EURO_MEMBERS, "EUI": ("XEU", 1999)}
AS_IT_WAS = ("BGR", "EUI", "HRV")
"""Whose figures of the years before the euro are in the money they then had."""
ISSUERS: Mapping[str, str] = {"CHF": "CHE", "EUR": "EUI"}
GROUPS = ("DAC", "G7C", "MUL", "NDA")
FIRST_GROUP = 20_000  # of the entity codes
_ROUNDING = Fraction(1, 1000)


def by_country(line: Line) -> Iterable[Quotation]:
    """A row of the layout ``iso_code,year,exchange``."""
    country = line["iso_code"]
    return _rate(country, line["year"], line["exchange"], "exchange", group=country in GROUPS)


def by_entity(line: Line) -> Iterable[Quotation]:
    """A row of the layout ``pydeflate_year,pydeflate_entity_code,pydeflate_EXCHANGE,pydeflate_iso3``."""
    entity, column = line["pydeflate_entity_code"], "pydeflate_EXCHANGE"
    if not (entity.isascii() and entity.isdigit()) or len(entity) > len(str(FIRST_GROUP)):
        raise InputError("{text} is not the code of an entity, such as 12 for the United Kingdom", text=shown(entity))
    group = int(entity) >= FIRST_GROUP
    return _rate(line["pydeflate_iso3"], line["pydeflate_year"], line[column], column, group=group)


def currency_of(country: str, year: Period) -> str:
    """The currency that a country's figure of a year is in.

    >>> currency_of("HRV", year_of("2021")), currency_of("HRV", year_of("2023"))
    ('HRK', 'EUR')

    Raises :class:`InputError` where that is not certain.
    """
    if country in NATIONAL:
        return NATIONAL[country]
    if country not in MEMBERS:
        raise InputError("what currency {country} reports in is not known here", country=shown(country))
    before, joined = MEMBERS[country]
    if year.start.year >= joined:
        return "EUR"
    if country in AS_IT_WAS:
        return before
    raise InputError(
        "{country} had {before} in {year}, and the table restates that in euro: a rate of neither",
        country=country,
        before=before,
        year=year,
    )


def _rate(country: str, written: str, text: str, field: str, *, group: bool) -> Iterable[Quotation]:
    year = year_of(written)
    if group:
        return [Quotation("USD", "USD", year, text, field)]
    code = currency_of(country, year)
    if code != "USD" and number(text) == 1:
        raise InputError(
            "1 is no rate of {code}: it says that {country} reported in dollars for {year}",
            code=code,
            country=country,
            year=year,
        )
    return [Quotation("USD", code, year, text, field, own=ISSUERS.get(code, country) == country)]


_COUNTRY_COLUMNS = ("iso_code", "year", "exchange")
_ENTITY_COLUMNS = ("pydeflate_year", "pydeflate_entity_code", "pydeflate_EXCHANGE", "pydeflate_iso3")

BY_COUNTRY = Layout("dac-country", "dac", ",".join(_COUNTRY_COLUMNS), holding(*_COUNTRY_COLUMNS), by_country, _ROUNDING)
BY_ENTITY = Layout("dac-entity", "dac", ",".join(_ENTITY_COLUMNS), holding(*_ENTITY_COLUMNS), by_entity, _ROUNDING)
