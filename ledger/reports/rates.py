"""Rates as a report: what sources published, and what became of a file of them."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.period import stamp
from ledger.rate import Rate
from ledger.table import Column, Table

_COLUMNS = (
    Column("source", "code"),
    Column("kind", "code"),
    Column("base", "code"),
    Column("quote", "code"),
    Column("period", "code"),
    Column("rate", "number"),
    Column("sha256", "code"),
    Column("retrieved_at", "code"),
)


def rate_list(rates: Iterable[Rate]) -> Table:
    """A row for each rate, 1 base = rate quote, with the file it is from; embedded ones were never retrieved."""
    return Table(_COLUMNS, [_row(rate) for rate in rates])


def _row(rate: Rate) -> tuple[str | None, ...]:
    period = str(rate.period) if rate.period else None
    retrieved = stamp(rate.retrieved_at) if rate.retrieved_at else None
    return (rate.source, rate.kind, rate.base, rate.quote, period, rate.text, rate.sha256, retrieved)


def import_count(**counts: int) -> Table:
    """One row: how much was read, and what became of it."""
    return Table([Column(name, "count") for name in counts], [tuple(counts.values())])
