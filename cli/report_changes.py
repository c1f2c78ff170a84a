"""The report of changes: the walk from one report to a later one, with the entries behind each line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import By, Explain, Place, Shape, Valuation, Where, takes
from cli.session import Session
from cli.typed import selection, whole, worth
from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.period import Period
    from ledger.selection import Selection

_YEAR = len("2025")
_MOST_SPANS = 10
"""So many spans of entries people are shown behind a line; programs get all."""

_HINT = message(
    "two days 2025-02-28,2025-03-31 (or 2025-02,2025-03), or two entries 120,188, or times 2025-03-01T12:00Z"
)


@takes
def changes(
    between: Annotated[
        str,
        typer.Option(
            "--between", metavar="T1,T2", help=message("Two days, months, quarters, years; or entries or times.")
        ),
    ],
    by: By = None,
    measure: Annotated[
        str, typer.Option("--measure", metavar="MEASURE", help=message("The measure whose change is told."))
    ] = "pledged",
    explain: Explain = False,
    where: Where = Where(),
    valuation: Valuation = Valuation(),
    shape: Shape = Shape(),
    place: Place = Place(),
) -> None:
    """Why a total changed: from one report to a later one, line by line, with the entries behind each line."""
    from ledger.selection import dimensions

    session = Session(place)
    before, after = ends(between, where, session)
    with session.book() as book:
        most = _MOST_SPANS if shape.format == "table" else None
        found = book.changes(before, after, dimensions(by, ()), worth(valuation, session), measure=measure, most=most)
        session.show_explained(found, shape, book, explain=explain)


def ends(between: str, where: Where, session: Session) -> tuple[Selection, Selection]:
    """The two selections of a walk, from ``T1,T2`` and the filters.

    Two days are reports as of them and as known at their ends, or with ``--known-at`` both as known then. Two
    entries, or times, are reports as known then, as of any day. Raises :class:`InputError` for anything else.
    """
    if where.since or where.until or where.as_of:
        raise InputError("--between says from when to when: leave --from, --until and --as-of out")
    words = [word.strip() for word in between.split(",")]
    if len(words) != 2 or not all(words):  # noqa: PLR2004 - from one to another
        raise InputError("--between '{between}': give two ends", between=between, hint=_HINT)
    chosen = selection(where, session)
    periods = [_period(word) for word in words]
    if all(periods):
        first, then = (_as_of(chosen, period) for period in periods if period)
        return first, then
    if any(period and not word.isdigit() for period, word in zip(periods, words, strict=True)):
        raise InputError("--between {between} mixes a day with an entry or a time", between=between, hint=_HINT)
    if where.known_at:
        raise InputError("--known-at goes with two days: an entry or a time in --between says itself what was known")
    return replace(chosen, known_at=_known(words[0])), replace(chosen, known_at=_known(words[1]))


def _period(word: str) -> Period | None:
    """The day, month, quarter or year that a word is; four digits are a year, ``02025`` is entry 2025."""
    from ledger.period import Period

    number, time = word.isdigit() and len(word) != _YEAR, "T" in word or " " in word
    return None if number or time else Period.parse(word)


def _as_of(chosen: Selection, period: Period) -> Selection:
    from ledger.period import parse_moment

    known = parse_moment(period.last.isoformat()) if chosen.known_at is None else chosen.known_at
    return replace(chosen, as_of=period.last, known_at=known)


def _known(word: str) -> int | datetime:
    from ledger.period import parse_moment

    return whole(word, "--between") if word.isdigit() else parse_moment(word)
