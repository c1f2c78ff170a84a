"""The summary: the book's reports and sources put together for one document."""

from __future__ import annotations

from datetime import datetime

from ledger.errors import InputError
from ledger.reports import summary
from ledger.reports.measures import Valuation
from ledger.reports.summary import Summary
from ledger.statements import figures
from ledger.statements.timeline import timeline_of
from ledger.store import citations
from ledger.store.scope import Scope
from ledger.table import Column, Table


def summary_of(scope: Scope, valuation: Valuation, *, book: str) -> Summary:
    """Everything a document shows; raises as :func:`~ledger.statements.figures.totals_of`.

    Nothing in it depends on the day it is made: without ``--as-of`` or ``--until``, what is overdue is so on the
    day that the last entry was recorded.
    """
    entry, recorded = citations.head(scope)
    moment = datetime.fromisoformat(recorded)
    day = scope.selection.last_day or moment.date()
    donors = figures.totals_of(scope, ("donor",), valuation)
    sources, more = citations.cited(scope, summary.MOST_SOURCES)
    return Summary(
        book=book,
        entry=entry,
        recorded_at=moment,
        day=day,
        pledges=citations.pledge_count(scope),
        selection=scope.selection,
        valued=summary.valued_how(valuation),
        donors=donors,
        kinds=figures.totals_of(scope, ("purpose", "instrument"), valuation),
        pipeline=figures.pipeline_of(scope, (), valuation, day),
        timeline=_timeline(scope, valuation),
        sources=tuple(sources),
        more_cited=more,
        rates=summary.rates_of(donors),
    )


def _timeline(scope: Scope, valuation: Valuation) -> Table:
    """What stood at the end of each month, or of longer periods where there would be too many months."""
    try:
        return summary.thinned(timeline_of(scope, (), valuation, each="month", cumulative=True))
    except InputError:  # mostly of months in which nothing happened
        return _by_year(scope, valuation)


def _by_year(scope: Scope, valuation: Valuation) -> Table:
    """What stood at the end of each year; where even they are too many, nothing but the reason."""
    try:
        return timeline_of(scope, (), valuation, each="year", cumulative=True)
    except InputError as refused:
        return Table([Column("period", "code"), Column("currency", "code")], [], notes=[refused.message])
