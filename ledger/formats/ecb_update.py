"""What a freshly fetched history of the European Central Bank adds to the rates that are known already.

A file that comes over a network is not believed at once: each of its cells must be
readable, it must be as new as what is known, hold every fixing that is known, and
none of a day to come. What it says in the very words of the known history is not
read again, so that a daily update takes a second and not ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from ledger.errors import FetchError, InputError
from ledger.formats.ecb import EcbHistory, Fixing
from ledger.formats.rates import contents
from ledger.formats.rates.contents import Broken
from ledger.formats.rates.ecb_history import ABSENT, LAYOUT
from ledger.formats.rates.gather import RateFile, gather
from ledger.formats.rates.layout import Line
from ledger.formats.rates.layout import day as day_of
from ledger.formats.rates.layout import place as place_of
from ledger.message import counted, message
from ledger.rate import Rate, parse_rate

_LATER = message("nothing was changed; try again later, or from another mirror with --url")


@dataclass(frozen=True, slots=True)
class Known:
    """The fixings known so far: those of a history, and what was imported since, which goes before them."""

    history: EcbHistory
    imported: Mapping[Fixing, Decimal]

    @property
    def last(self) -> date:
        """The last day of which there is a fixing."""
        return max(self.history.last, *(day for day, _ in self.imported), date.min)

    @property
    def overruling(self) -> dict[Fixing, Decimal]:
        """What was imported and is not what the history says."""
        return {
            fixing: rate for fixing, rate in self.imported.items() if self.history.value(fixing[1], fixing[0]) != rate
        }

    def but_for(self, days: AbstractSet[date]) -> dict[Fixing, Decimal]:
        """The fixings of all days but these."""
        others = set(self.history.days(date.min, date.max)) - days
        said = {(day, code): text for day in others for code, text in self.history.published(day).items()}
        imported = {fixing: rate for fixing, rate in self.imported.items() if fixing[0] not in days}
        return {fixing: parse_rate(text) for fixing, text in said.items()} | imported


def news(path: Path, place: str, known: Known, today: date) -> RateFile:
    """The rates in a fetched file that are new, or are not what is known; ``place`` says where it is from.

    Raises :class:`~ledger.errors.FetchError` for a file that is not a sound history, or knows less than is known.
    """
    try:
        sha256, lines = _read(path)
        _refuse_age(place, max(lines), known.last, today)
        overruled = {day for day, _ in known.overruling}
        repeated = {
            day for day, line in lines.items() if day not in overruled and _said(line) == known.history.published(day)
        }
        file = _sound([line for day, line in lines.items() if day not in repeated], sha256)
    except InputError as error:
        raise FetchError(
            "{place} is not a history of ECB rates: {reason}", place=place, reason=error.message, hint=_LATER
        ) from error
    found, before = {_fixing(rate): rate for rate in file.rates}, known.but_for(repeated)
    _refuse_loss(place, before.keys() - found.keys())
    added = tuple(rate for fixing, rate in found.items() if before.get(fixing) != rate.value)
    return replace(file, rates=added, set_aside=sum(len(_said(line)) for line in lines.values()) - len(added))


def _read(path: Path) -> tuple[str, dict[date, Line]]:
    """The SHA-256 of a history and its lines by their days."""
    content, found = contents.load(path), dict[date, Line]()
    if not LAYOUT.recognises(contents.header(content.text)):
        raise InputError("it does not begin with a header {header}", header=LAYOUT.header)
    for line in contents.lines(content.text):
        if isinstance(line, Broken):
            raise InputError("{place}: {reason}", place=place_of(line.where), reason=line.why)
        if (on := _day(line)) in found:
            raise InputError("{place}: {day} is there twice", place=place_of(line.where), day=on)
        found[on] = line
    if not found:
        raise InputError("nothing follows its header")
    return content.sha256, found


def _day(line: Line) -> date:
    try:
        return day_of(line["Date"]).start
    except InputError as error:
        raise InputError("{place}: {reason}", place=place_of(line.where), reason=error.message) from None


def _said(line: Line) -> dict[str, str]:
    """The rates of a line as they are written, by currency."""
    return {code: text for code, text in line.cells.items() if code not in ("", "Date") and text not in ABSENT}


def _sound(lines: Sequence[Line], sha256: str) -> RateFile:
    """What the lines say, each of their cells having been read."""
    if not lines:
        return RateFile(str(LAYOUT.source), LAYOUT.word, sha256, (), (), 0)
    file = gather(lines, LAYOUT, str(LAYOUT.source), sha256)
    for problem in file.problems:
        raise InputError("{place}: {reason}", place=problem.where, reason=problem.message)
    return file


def _refuse_age(place: str, last: date, before: date, today: date) -> None:
    """Refuse a history that ends before what is known does, or in the future."""
    if last < before:
        raise FetchError(
            "{place} is older than what is there: its last fixings are of {last}, those known already of {before}",
            place=place,
            last=last,
            before=before,
            hint=_LATER,
        )
    if last > max(before, today + timedelta(1)):  # where the day begins first, it is tomorrow already
        raise FetchError(
            "{place} has fixings of {last}, and today is {today}",
            place=place,
            last=last,
            today=today,
            hint=message("nothing was changed; if this machine's clock is right, the file is not to be trusted"),
        )


def _refuse_loss(place: str, vanished: AbstractSet[Fixing]) -> None:
    """Refuse a history without a fixing that is known."""
    if vanished:
        day, code = min(vanished)
        raise FetchError(
            counted(
                "{place} lacks a fixing that is known already: {currency} of {day}",
                "{place} lacks {count} fixings that are known already: first {currency} of {day}",
                count=len(vanished),
                place=place,
                currency=code,
                day=day,
            ),
            hint=message(
                "nothing was changed; if the ECB took them back, its file can be imported: aidledger rate import FILE"
            ),
        )


def _fixing(rate: Rate) -> Fixing:
    return (rate.period.start if rate.period else date.min, rate.quote)
