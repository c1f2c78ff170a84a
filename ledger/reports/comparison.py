"""The comparison: one measure under several rate policies, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from ledger.money import Commodity, Money
from ledger.reports.cell import Key
from ledger.reports.evidence import rates_used
from ledger.reports.measures import Figures, Group, Valuation, valued
from ledger.reports.totals import dimension_columns
from ledger.table import Cell, Column, Table


def comparison(
    counts: Mapping[Group, int], by: Sequence[str], valuations: Mapping[str, Valuation], measure: str
) -> Table:
    """A row for each combination of dimensions: the measure under each policy, and the spread between them.

    ``valuations``, by the names of their columns (spot, month, year, fixed), differ in nothing but their policy.
    Columns: the dimensions, ``measure``, ``currency``, one of each policy, ``fixed_period`` (what ``fixed`` means
    here) and ``spread``, the largest less the smallest, rounded once. Raises :class:`~ledger.errors.MissingRate`.
    """
    chosen = {group: units for group, units in counts.items() if group.figure == measure}
    found = {name: valued(chosen, valuation) for name, valuation in valuations.items()}
    kinds = [("measure", "code"), ("currency", "code"), *((name, "money") for name in valuations)]
    kinds += [("fixed_period", "code"), ("spread", "money")]
    columns = [Column(name, kind) for name, kind in kinds]  # type: ignore[arg-type] # kinds
    total = _rows({name: figures.total() for name, figures in found.items()}, valuations, measure)
    return Table(
        [*dimension_columns(by, valuations["spot"]), *columns],
        [(*key, *row) for key, row in _rows(found, valuations, measure)],
        totals=[(*(None for _ in by), *row) for _, row in total] if by else (),
        evidence=partial(_evidence, chosen, valuations, measure),
    )


def _rows(
    found: Mapping[str, Figures], valuations: Mapping[str, Valuation], measure: str
) -> list[tuple[Key, tuple[Cell, ...]]]:
    policy = valuations["fixed"].converter
    period = str(policy.policy.period or "") or None if policy else None
    rows: list[tuple[Key, tuple[Cell, ...]]] = []
    for key, of in _places(found):
        values = [found[name].sums.get((key, of), {}).get(measure, Fraction()) for name in valuations]
        spread = Money.rounded(max(values) - min(values), of)
        rows.append((key, (measure, of.code, *(Money.rounded(value, of) for value in values), period, spread)))
    return rows


def _places(found: Mapping[str, Figures]) -> list[tuple[Key, Commodity]]:
    """Each row in which some policy has anything."""
    return [(key, of) for key, of, _ in Figures({k: v for each in found.values() for k, v in each.sums.items()}).rows()]


def _evidence(counts: Mapping[Group, int], valuations: Mapping[str, Valuation], measure: str) -> Table | None:
    tables = [table for each in valuations.values() if (table := rates_used(counts, each, (measure,)))]
    return replace(tables[0], rows=[row for table in tables for row in table.rows]) if tables else None
