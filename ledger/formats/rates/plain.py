"""Anybody's rates as a plain CSV, ``date,base,quote,rate``: 1 ``base`` = ``rate`` ``quote``.

The date is a day, a month, a quarter or a year (``2025-03-02``, ``2025-03``, ``2025-Q1``,
``2025``), which makes the rate a spot rate or that period's; without one it belongs to
an undated table that serves every date. The columns may stand in any order, but there
is no other: a column that is not understood (``per 100``) could change the figures.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from ledger.errors import InputError, Problem
from ledger.formats.rates.gather import problem
from ledger.formats.rates.layout import Layout, Line, Quotation, period
from ledger.message import message
from ledger.money import currency
from ledger.rate import Rate

COLUMNS = ("date", "base", "quote", "rate")


def recognises(header: tuple[str, ...]) -> bool:
    """These columns, in any order, and no other."""
    return set(header) == set(COLUMNS)


def quotations(line: Line) -> Iterable[Quotation]:
    """The one rate of the line."""
    within = period(line["date"]) if line["date"] else None
    return [Quotation(line["base"], line["quote"], within, line["rate"], "rate")]


def doubts(rates: Sequence[Rate]) -> Iterator[Problem]:
    """A warning for each currency that no amount can be in, such as a mistyped ``UHA``: its rates are kept."""
    for code in dict.fromkeys(code for rate in rates for code in (rate.base, rate.quote)):
        try:
            currency(code)
        except InputError as error:
            yield problem(
                "warning",
                "unknown-currency",
                code,
                message("{reason}; its rates are kept all the same", reason=error.message),
            )


def write(rates: Iterable[Rate]) -> Iterator[str]:
    """Rates as this plain CSV, line by line, header first (RFC 4180, UTF-8, CRLF); sources are not in it."""
    yield _line(COLUMNS)
    for rate in rates:
        yield _line([str(rate.period or ""), rate.base, rate.quote, rate.text])


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


LAYOUT = Layout("plain", None, ",".join(COLUMNS), recognises, quotations)
