"""The European Central Bank's reference rates as one table: ``eurofxref-hist.csv``, or the zip of it.

A line is a day, a column a currency, 1 EUR = x. ``N/A`` and empty cells are days
without a fixing; the last column has no name, since each line ends in a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.formats.rates.layout import Layout, Line, Quotation, day

ABSENT = ("", "N/A")
_CODE = re.compile(r"[A-Z]{3}")


def recognises(header: tuple[str, ...]) -> bool:
    """``Date``, and after it nothing but currencies."""
    codes = [name for name in header[1:] if name]
    return header[:1] == ("Date",) and bool(codes) and all(map(_CODE.fullmatch, codes))


def quotations(line: Line) -> Iterator[Quotation]:
    """The fixings of a day."""
    on = day(line["Date"])
    for code, text in line.cells.items():
        if code not in ("", "Date") and text not in ABSENT:
            yield Quotation("EUR", code, on, text, code)


LAYOUT = Layout("eurofxref-hist", "ecb", "Date,USD,JPY,...", recognises, quotations)
