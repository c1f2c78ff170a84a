"""HM Revenue & Customs' monthly rates: units of each currency for 1 GBP, one JSON document a month.

``{"base": "GBP", "period": {"start": ..., "end": ...}, "rates": {"USD": "1.2585", ...}}``:
the month is what the document says, wherever the file lies. HMRC fixes the rates before
the month begins, for the whole of it: they are not the month's mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.errors import InputError
from ledger.formats.rates.layout import Layout, Line, Quotation, day, holding, shown
from ledger.message import message
from ledger.period import Period, Size

_SIZES: tuple[Size, ...] = ("month", "year")


def keys(document: object) -> tuple[str, ...]:
    """The names at the top of a JSON document, which are its header; none if it is no object."""
    return tuple(str(name) for name, _ in document) if isinstance(document, tuple) else ()


def lines(document: object) -> Iterator[Line]:
    """A line for each currency of a document that was recognised.

    Raises :class:`InputError` where its parts are not what they should be.
    """
    parts = _object(document, message("the document"), ("base", "period", "rates"))
    bounds = _object(parts["period"], message("its 'period'"), ("start", "end"))
    if parts["base"] != "GBP":
        raise InputError("its 'base' is {text}, and HMRC's rates are for 1 GBP", text=shown(str(parts["base"])))
    shared = {"start": str(bounds["start"]), "end": str(bounds["end"])}
    _period(shared["start"], shared["end"])
    if not isinstance(parts["rates"], tuple):
        raise InputError("its 'rates' are not an object of currencies")
    for code, rate in parts["rates"]:
        yield Line("rates", {**shared, "code": code, "rate": rate if isinstance(rate, str) else ""})


def quotations(line: Line) -> Iterable[Quotation]:
    """The one rate of the line."""
    within = _period(line["start"], line["end"])
    return [Quotation("GBP", line["code"], within, line["rate"], line["code"])]


def _object(value: object, what: str, names: tuple[str, ...]) -> dict[str, object]:
    """An object of a JSON document that has each of these names once, and perhaps others."""
    pairs = value if isinstance(value, tuple) else ()
    found = [name for name, _ in pairs if name in names]
    if sorted(found) != sorted(names):
        raise InputError("{what} should have {names}, each once", what=what, names=", ".join(names))
    return dict(pairs)


def _period(start: str, end: str) -> Period:
    """The whole month (or year) from one day to another."""
    first, last = day(start), day(end)
    for size in _SIZES:
        found = Period.of(first.start, size)
        if (found.start, found.last) == (first.start, last.start):
            return found
    raise InputError("its 'period' from {start} to {end} is neither a month nor a year", start=start, end=end)


LAYOUT = Layout(
    "hmrc-monthly",
    "hmrc",
    '{"base":"GBP","period":{...},"rates":{...}}',
    holding("base", "period", "rates"),
    quotations,
)
