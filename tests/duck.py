"""DuckDB, as an analyst uses it: exported files as tables, and the ledger's figures added up anew in plain SQL."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from ledger.formats.parquet import LAYOUTS
from tests import oracle
from tests.oracle import Figures

MONEY = "length(commodity) = 3 AND NOT regexp_matches(commodity, '[^A-Z]')"
EUROS = """
    WITH held AS (
        SELECT p.donor, p.stage, p.instrument, p.commodity, l."on" AS day, sum(p.amount) AS amount
        FROM postings p JOIN pledges l USING (book, pledge)
        WHERE {MONEY} GROUP BY ALL
    ), fixings AS (
        SELECT quote, since, rate FROM rates WHERE source = 'ecb'
        UNION ALL SELECT 'EUR', DATE '1999-01-01', 1
    )
    SELECT held.donor, held.stage, held.instrument,
           sum((held.amount * 10000)::HUGEINT * 10000000000 // (fixings.rate::DECIMAL(38, 6) * 1000000)::HUGEINT)
    FROM held ASOF JOIN fixings ON held.commodity = fixings.quote AND held.day >= fixings.since GROUP BY ALL
"""
"""Everything at its pledge's day and the last fixing by then, in millionths of a cent: nothing but whole numbers."""

LACKING = """
    SELECT p.donor, p.stage, p.instrument, p.amount, r.published
    FROM postings p JOIN pledges l USING (book, pledge) JOIN rates r ON r.book = p.book AND r.quote = p.commodity
    WHERE r.source = '{source}' AND (r.since IS NULL OR l."on" BETWEEN r.since AND r.until)
      AND p.commodity NOT IN (SELECT quote FROM rates WHERE source = 'ecb')
"""
"""Everything in currencies that the bank does not publish, with the text of the other source's rate of that day."""


class Duck:
    """Folders of exported files, read together."""

    def __init__(self, *folders: Path) -> None:
        self._connection = duckdb.connect()
        for name in LAYOUTS:
            files = [str(folder / f"{name}.parquet") for folder in folders]
            self._connection.read_parquet(files).create_view(name)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        return self._connection.execute(query.replace("{MONEY}", MONEY)).fetchall()

    def books(self, name: str) -> set[str]:
        """The books of which a table has rows."""
        return {uid for (uid,) in self._connection.view(name).project("book").distinct().fetchall()}

    def totals(self) -> Figures:
        """Every measure by donor and currency."""
        query = "SELECT donor, commodity, stage, instrument, sum(amount) FROM postings WHERE {MONEY} GROUP BY ALL"
        return _measured(((donor, code), *told, Fraction(held)) for donor, code, *told, held in self.ask(query))

    def totals_in_euros(self, source: str = "none") -> Figures:
        """Every measure by donor, rounded once: by the central bank's fixings, and another source of what it lacks."""
        held: list[tuple[Any, ...]] = [
            (donor, *told, Fraction(millionths)) for donor, *told, millionths in self.ask(EUROS)
        ]
        for donor, *told, amount, rate in self.ask(LACKING.replace("{source}", source)):
            held.append((donor, *told, Fraction(amount) * 10**8 / Fraction(rate)))
        figures = _measured(((donor, "EUR"), *more) for donor, *more in held)
        return _kept({key: {name: _euros(value) for name, value in of.items()} for key, of in figures.items()})

    def trial_balance(self) -> dict[tuple[str, ...], list[Fraction]]:
        """Debits, credits and balance by account."""
        query = "SELECT pledge, stage, commodity, sum(debit), sum(credit), sum(amount) FROM postings GROUP BY ALL"
        return {row[:3]: [Fraction(value or 0) for value in row[3:]] for row in self.ask(query)}


def _measured(held: Iterable[tuple[Any, ...]]) -> Figures:
    """Each measure, by key: what is held at a stage, of an instrument."""
    found: Figures = {}
    for key, stage, instrument, amount in held:
        figures = found.setdefault(key, {})
        row = {"stage": stage, "instrument": instrument, "amount": str(amount)}
        for name, value in oracle.measured(row).items():
            figures[name] = figures.get(name, Fraction()) + value
    return _kept(found)


def _kept(found: Figures) -> Figures:
    """Those that are not zero."""
    kept = {key: {name: value for name, value in of.items() if value} for key, of in found.items()}
    return {key: of for key, of in kept.items() if of}


def _euros(millionths: Fraction) -> Fraction:
    """Millionths of a cent as euros, in whole cents, halves away from zero."""
    units = (2 * abs(millionths) + 10**6) // (2 * 10**6)
    return Fraction(units if millionths >= 0 else -units, 100)
