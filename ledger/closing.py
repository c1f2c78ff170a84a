"""Closing: what a closed period refuses.

Closing a period closes everything up to its end, so that one day says it all: the
first open day. Reopening a period moves that day back to its beginning.
"""

from __future__ import annotations

from datetime import date

from ledger.errors import ClosedPeriod, Refusal
from ledger.period import Period

UNDATED = frozenset({"open", "party", "member", "source", "item", "match", "close", "reopen"})
"""Kinds of entries that no closed period refuses: they move no money."""


def refuse_closed(on: date, closed_before: date | None) -> None:
    """Refuse an entry dated inside what was closed.

    Raises :class:`~ledger.errors.ClosedPeriod`, naming the first open day.
    """
    if closed_before is not None and on < closed_before:
        raise ClosedPeriod(
            "{on} is closed: the first open day is {closed_before}",
            on=on,
            closed_before=closed_before,
            hint=f"aidledger journal reopen {Period.of(on, 'month')} --note WHY",
        )


def first_open_after_close(period: Period, closed_before: date | None, today: date) -> date:
    """The first open day once a period is closed.

    Raises :class:`~ledger.errors.Refusal` for a period that is closed already, or has not ended.
    """
    if closed_before is not None and period.end <= closed_before:
        raise Refusal(
            "{period} is closed already: the first open day is {closed_before}",
            period=period,
            closed_before=closed_before,
        )
    if period.end > today:
        raise Refusal("{period} has not ended: it can be closed from {end} on", period=period, end=period.end)
    return period.end


def first_open_after_reopen(period: Period, closed_before: date | None) -> date:
    """The first open day once a period is opened again.

    Raises :class:`~ledger.errors.Refusal` for a period that is not closed.
    """
    if closed_before is None:
        raise Refusal("{period} is not closed: nothing was ever closed", period=period)
    if period.end > closed_before:
        raise Refusal(
            "{period} is not closed: the first open day is {closed_before}", period=period, closed_before=closed_before
        )
    return period.start
