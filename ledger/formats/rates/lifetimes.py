"""When a currency began and ended, so that a table's figure is not taken for money that did not exist.

Statisticians restate history in today's unit, and not always: one table gives the
Turkish lira of 1957 in old lira and that of 1958 in new lira, both under ``TRY``. A
rate of a period that began before its currency did, or after it had gone, is
therefore never certain. Dates: ISO 4217 and its amendments, and the Council of the
European Union's decisions on the euro. Currencies that are not listed here are not
judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ledger.errors import InputError
from ledger.money import WITHDRAWN
from ledger.period import Period

EURO_MEMBERS: Mapping[str, tuple[str, int]] = {
    "AUT": ("ATS", 1999),
    "BEL": ("BEF", 1999),
    "DEU": ("DEM", 1999),
    "ESP": ("ESP", 1999),
    "FIN": ("FIM", 1999),
    "FRA": ("FRF", 1999),
    "IRL": ("IEP", 1999),
    "ITA": ("ITL", 1999),
    "LUX": ("LUF", 1999),
    "NLD": ("NLG", 1999),
    "PRT": ("PTE", 1999),
    "GRC": ("GRD", 2001),
    "SVN": ("SIT", 2007),
    "CYP": ("CYP", 2008),
    "MLT": ("MTL", 2008),
    "SVK": ("SKK", 2009),
    "EST": ("EEK", 2011),
    "LVA": ("LVL", 2014),
    "LTU": ("LTL", 2015),
    "HRV": ("HRK", 2023),
    "BGR": ("BGN", 2026),
}
"""ISO 3166-1 alpha-3 code of each member: its money before the euro, and its first year with it."""

BEGAN: Mapping[str, date] = {
    "AED": date(1973, 5, 19),
    "AFN": date(2002, 10, 7),
    "AMD": date(1993, 11, 22),
    "AOA": date(1999, 12, 1),
    "ARS": date(1992, 1, 1),
    "AUD": date(1966, 2, 14),
    "AZN": date(2006, 1, 1),
    "BAM": date(1998, 6, 22),
    "BGN": date(1999, 7, 5),
    "BOB": date(1987, 1, 1),
    "BRL": date(1994, 7, 1),
    "BYN": date(2016, 7, 1),
    "CDF": date(1998, 7, 1),
    "CLP": date(1975, 9, 29),
    "CZK": date(1993, 2, 8),
    "EEK": date(1992, 6, 20),
    "EUR": date(1999, 1, 1),
    "GEL": date(1995, 10, 2),
    "GHS": date(2007, 7, 1),
    "HRK": date(1994, 5, 30),
    "ILS": date(1985, 9, 4),
    "ISK": date(1981, 1, 1),
    "KGS": date(1993, 5, 10),
    "KZT": date(1993, 11, 15),
    "LTL": date(1993, 6, 25),
    "LVL": date(1993, 3, 5),
    "MDL": date(1993, 11, 29),
    "MGA": date(2005, 1, 1),
    "MKD": date(1993, 5, 10),
    "MRU": date(2018, 1, 1),
    "MXN": date(1993, 1, 1),
    "MZN": date(2006, 7, 1),
    "NIO": date(1991, 4, 30),
    "NZD": date(1967, 7, 10),
    "PEN": date(1991, 7, 1),
    "PLN": date(1995, 1, 1),
    "RON": date(2005, 7, 1),
    "RUB": date(1998, 1, 1),
    "SDG": date(2007, 1, 10),
    "SKK": date(1993, 2, 8),
    "SLE": date(2022, 7, 1),
    "SRD": date(2004, 1, 1),
    "SSP": date(2011, 7, 18),
    "STN": date(2018, 1, 1),
    "TJS": date(2000, 10, 30),
    "TMT": date(2009, 1, 1),
    "TRY": date(2005, 1, 1),
    "UAH": date(1996, 9, 2),
    "UGX": date(1987, 5, 15),
    "UYU": date(1993, 3, 1),
    "UZS": date(1994, 7, 1),
    "VED": date(2021, 10, 1),
    "VES": date(2018, 8, 20),
    "VND": date(1985, 9, 14),
    "XCG": date(2025, 3, 31),
    "XEU": date(1979, 3, 13),
    "ZAR": date(1961, 2, 14),
    "ZMW": date(2013, 1, 1),
    "ZWG": date(2024, 4, 8),
    "ZWL": date(2019, 2, 22),
}
"""The first day of currencies that came, or came in place of another unit, since 1960."""

ENDED: Mapping[str, date] = {
    **{code: date(first, 1, 1) for code, first in EURO_MEMBERS.values()},
    **{code: last for code, (_, last) in WITHDRAWN.items()},
    "XEU": date(1999, 1, 1),
    "ZWD": date(2008, 8, 1),
}
"""The day on which a currency was money no more."""


def refuse_unless_alive(period: Period, *codes: str) -> None:
    """Refuse a rate of money that did not exist when its period began; raises :class:`InputError`."""
    for code in codes:
        began, ended = BEGAN.get(code), ENDED.get(code)
        if began and period.start < began:
            raise InputError(
                "{code} began on {began}: a figure for {period} is another unit's, or restated",
                code=code,
                began=began,
                period=period,
            )
        if ended and period.start >= ended:
            raise InputError(
                "{code} ended on {ended}: there is no such money in {period}", code=code, ended=ended, period=period
            )
