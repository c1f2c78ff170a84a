"""The National Bank of Ukraine's official rates: hryvnias for one unit of each currency, a row a currency and day.

Days are written ``02.03.2025``. The bank states a rate for every day of the calendar:
that of Saturday and Sunday is nearly always Friday's. They are kept as it published
them, and so a month's mean is one over calendar days; a day without rates (2 March
2022) stays without. Gold, silver, platinum and palladium (an ounce) and the
SDR have ISO 4217 codes and are rates like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledger.errors import InputError
from ledger.formats.rates.layout import Layout, Line, Quotation, day, holding, shown

_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_COLUMNS = ("exchangedate", "currency", "uah_per_unit")


def quotations(line: Line) -> Iterable[Quotation]:
    """The rate of a currency on a day."""
    written = _DAY.fullmatch(line["exchangedate"])
    if not written:
        raise InputError(
            "{text} is not a day as the bank writes it, such as 02.03.2025", text=shown(line["exchangedate"])
        )
    on = day(f"{written[3]}-{written[2]}-{written[1]}")
    return [Quotation(line["currency"], "UAH", on, line["uah_per_unit"], "uah_per_unit")]


LAYOUT = Layout("nbu-daily", "nbu", ",".join(_COLUMNS), holding(*_COLUMNS), quotations)
