"""Details: every posting of the period, in the order of entries; money in one file, items in another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from ledger.audit.tables.worths import Worths
from ledger.formats.package.csv import Cells
from ledger.money import commodity, plain
from ledger.store.audited import postings
from ledger.store.audited.postings import Line
from ledger.store.scope import Scope


def gl_detail(scope: Scope, worths: Worths) -> Iterator[Cells]:
    """The postings in money, each with what it is worth."""
    into = worths.target.code
    for _, entry in groupby(postings.details(scope, "money"), key=attrgetter("number")):
        lines = list(entry)
        for line, worth in zip(lines, worths.of_entry(lines), strict=True):
            reporting = (worth.plain(), into) if worth is not None else (None, None)
            yield (*_header(line), *_amount(line), *_entered(line), *reporting, *_reversal(line), *_segments(line))


def items_detail(scope: Scope) -> Iterator[Cells]:
    """The postings in items."""
    for line in postings.details(scope, "items"):
        yield (*_header(line), *_amount(line), *_entered(line), *_reversal(line), *_segments(line))


def day_and_time(at: str) -> tuple[str, str]:
    """The day and the time of a moment, both in UTC.

    >>> day_and_time("2026-11-22T09:00:01.000000Z")
    ('2026-11-22', '09:00:01.000000')
    """
    day, _, time = at.removesuffix("Z").partition("T")
    return day, time


def number(value: int | None) -> str | None:
    """A whole number as a cell holds it."""
    return None if value is None else str(value)


def _header(line: Line) -> Cells:
    return (
        str(line.number),
        str(line.line),
        line.note,
        line.title,
        line.kind,
        line.recipient,
        line.on,
        line.on[:4],
        line.on[5:7],
        line.stage,
    )


def _amount(line: Line) -> Cells:
    return plain(abs(line.units), commodity(line.commodity)), "D" if line.units > 0 else "C", line.commodity


def _entered(line: Line) -> Cells:
    return line.by, *day_and_time(line.at)


def _reversal(line: Line) -> Cells:
    return "0" if line.reverses is None else "1", number(line.reverses)


def _segments(line: Line) -> Cells:
    return line.donor, line.purpose, line.instrument, line.source, line.pledge
