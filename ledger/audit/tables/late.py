"""Late: entries dated in a period that an auditor may have thought complete.

A closed period was opened again for it (``reopened``); it is dated before the package's period, and came after the
earlier checkpoint or, where there is none, once that period had begun (``earlier_period``); or it came after the
earlier checkpoint and is dated no later than that, whatever the package's period (``before_checkpoint``): who holds
that checkpoint may have seen the period of this package already, whole or in part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.audit.tables.details import day_and_time
from ledger.formats.package.csv import Cells
from ledger.period import Period
from ledger.store.audited.entries import Dated, closings, dated_up_to, recorded_at
from ledger.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Known:
    """What was there already: days before the period's first, the entries an earlier checkpoint covers.

    ``seen`` is how many these are, ``seen_on`` the day its last one was recorded (UTC); days are text, empty where
    there is no period and no checkpoint.
    """

    start: str
    seen: int | None
    seen_on: str

    def reasons(self, entry: Dated, closed_before: str) -> Iterator[str]:
        """Why an entry is late, where days before ``closed_before`` had been closed once."""
        if entry.on < closed_before:
            yield "reopened"
        after = entry.at >= self.start if self.seen is None else entry.number > self.seen
        if after and entry.on < self.start:
            yield "earlier_period"
        if after and entry.on <= self.seen_on:
            yield "before_checkpoint"


def late_entries(scope: Scope, period: Period | None, seen: int | None) -> Iterator[Cells]:
    """The entries that came late, with why: ``seen`` is how many an earlier checkpoint covers."""
    seen_on = "" if seen is None else day_and_time(recorded_at(scope, seen))[0]
    known = Known(period.start.isoformat() if period else "", seen, seen_on)
    ahead, closed_before = deque(closings(scope)), ""
    last = max(known.start, known.seen_on, *(closing.first_open for closing in ahead))
    for entry in dated_up_to(scope, last):
        while ahead and ahead[0].number < entry.number:
            closed_before = max(closed_before, ahead.popleft().first_open)
        if reasons := " ".join(known.reasons(entry, closed_before)):
            told = (entry.by, *day_and_time(entry.at), entry.pledge, reasons)
            yield str(entry.number), entry.kind, entry.on, *told
