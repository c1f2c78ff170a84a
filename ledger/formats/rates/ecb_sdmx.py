"""The European Central Bank's exchange rates as its data portal gives them: SDMX-CSV of the dataflow EXR.

A line is an observation: ``CURRENCY`` for 1 ``CURRENCY_DENOM`` in ``TIME_PERIOD``.
Read are the reference rates (``EXR_TYPE`` SP00) with ``EXR_SUFFIX`` A: for a day the
fixing itself, for a month, quarter or year the bank's own average of the fixings.
Indices, effective rates, end-of-period values and half-years are problems, since no
policy may take them for a mean. An observation without a value is a day without a fixing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import InputError
from ledger.formats.rates.layout import Layout, Line, Quotation, holding, period, shown

SIZES = {"D": "day", "M": "month", "Q": "quarter", "A": "year"}
_ABSENT = ("", "NaN")
_WITHOUT_VALUE = ("", "H", "L", "M", "O", "Q", "S")
"""``OBS_STATUS`` of an observation that may have no value: not stated, a holiday, missing, suppressed."""
_COLUMNS = ("FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX", "TIME_PERIOD", "OBS_VALUE")


def quotations(line: Line) -> Iterator[Quotation]:
    """The observation, if it has a value."""
    series = (line["EXR_TYPE"], line["EXR_SUFFIX"])
    if series != ("SP00", "A"):
        raise InputError(
            "the series {series} is no reference rate (SP00) or average (A)", series=shown(".".join(series))
        )
    if line.get("UNIT_MULT") not in ("", "0"):
        raise InputError(
            "a UNIT_MULT of {text} is not read: rates are in single units", text=shown(line.get("UNIT_MULT"))
        )
    if line.get("ACTION").upper() in ("D", "DELETE"):
        raise InputError("the line takes an observation back")
    text, within = line["OBS_VALUE"], period(line["TIME_PERIOD"])
    if text not in _ABSENT or line.get("OBS_STATUS") not in _WITHOUT_VALUE:
        if SIZES.get(line["FREQ"]) != within.size:
            raise InputError("FREQ {text} does not fit the period {period}", text=shown(line["FREQ"]), period=within)
        yield Quotation(line["CURRENCY_DENOM"], line["CURRENCY"], within, text, "OBS_VALUE")


LAYOUT = Layout("ecb-sdmx", "ecb", f"KEY,{','.join(_COLUMNS)},...", holding(*_COLUMNS), quotations)
