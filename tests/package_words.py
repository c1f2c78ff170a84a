"""Words for tests of an auditor's package: its tables as any program reads them, and the book's file as SQL sees it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from ledger.audit.tables.every import Asked, files
from ledger.book import Book
from ledger.exchange import Worth
from ledger.formats.package.csv import lines
from ledger.formats.package.layouts import header
from ledger.period import Period
from ledger.proof.checkpoint import Checkpoint
from tests import places
from tests.many_currencies import BANK, many_currencies
from tests.world import Clock

Row = dict[str, str]
Rows = list[Row]

EUROS = Worth("EUR")
ANYBODYS = Worth("EUR", sources=("ecb", BANK))
"""By the European Central Bank's rates, else by the book's own."""


def texts(book: Book, period: str | None = None, since: int | None = None, worth: Worth = EUROS) -> dict[str, str]:
    """The CSV of each table of a book: of a period, after a checkpoint of so many entries, as worth in a currency."""
    earlier = None if since is None else Checkpoint(book.uid, since, bytes(32))
    within = Period.parse(period) if period else None
    with book._reading() as scope:
        asked = Asked(within, earlier, book._valuation(scope, worth))
        return {name: "".join(lines(header(name), rows)) for name, rows in files(scope, asked)}


def tables(book: Book, period: str | None = None, since: int | None = None, worth: Worth = EUROS) -> dict[str, Rows]:
    """The rows of each table, by its name without the ``.csv``."""
    found = texts(book, period, since, worth)
    return {name.removesuffix(".csv"): read(text) for name, text in found.items()}


def read(text: str) -> Rows:
    """The rows of a CSV: as many cells in each as there are columns."""
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def outsiders(folder: Path) -> Book:
    """The book of many currencies and hostile texts, in a file in this folder."""
    return Book.open(places.at(many_currencies(folder / "many.db")), clock=Clock("2025-04-03"), recorded_by="ada")


def sql(book: Book, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database itself answers about the book."""
    with places.sql(places.path_of(book)) as tables:
        return tables.execute(query, values)


def signed(row: Mapping[str, str], amount: str = "Amount", side: str = "Amount_Credit_Debit_Indicator") -> Fraction:
    """A line's amount, debit positive."""
    return Fraction(row[amount]) * {"D": 1, "C": -1}[row[side]]


def exact(text: str) -> Fraction:
    """A rate as it is written: a decimal, or one over a whole number."""
    whole, _, over = text.partition("/")
    return Fraction(whole) / Fraction(over or 1)


# Reporting amounts, made again from the rates beside them


def reporting(found: Mapping[str, Rows], value_at: str = "pledge", digits: int = 2) -> list[str]:
    """The reporting amount of each line of the ledger, computed from ``fx_rates.csv`` alone; empty without a rate.

    In a loop of its own: whole units are handed out first, then one each to those that were cut by most.
    """
    rates = {
        (row["currency"], row["on"]): exact(row["quote_rate"]) / exact(row["base_rate"]) for row in found["fx_rates"]
    }
    announced = {row["pledge"]: row["on"] for row in found["pledges"]}
    days = {"pledge": lambda row: announced[row["Segment05"]], "event": lambda row: row["Effective_Date"]}
    day = days.get(value_at, lambda _: value_at)
    amounts: dict[tuple[str, str], str] = {}
    ordered = sorted(found["gl_detail"], key=_side)
    for side, group in groupby(ordered, key=_side):
        rows = list(group)
        rate = rates.get((side[2], day(rows[0])))
        units = [""] * len(rows) if rate is None else _parts([Fraction(row["Amount"]) for row in rows], rate, digits)
        amounts |= {_place(row): part for row, part in zip(rows, units, strict=True)}
    return [amounts[_place(row)] for row in found["gl_detail"]]


def _side(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in ("Journal_ID", "Segment05", "Amount_Currency", "Amount_Credit_Debit_Indicator"))


def _place(row: Row) -> tuple[str, str]:
    return row["Journal_ID"], row["Journal_ID_Line_Number"]


def _parts(amounts: Sequence[Fraction], rate: Fraction, digits: int) -> list[str]:
    whole = sum(amounts) * rate * 10**digits
    units = int(whole + Fraction(1, 2))
    shares = [units * amount / sum(amounts) for amount in amounts]
    parts = [int(share) for share in shares]
    for place in sorted(range(len(parts)), key=lambda k: (parts[k] - shares[k], k))[: units - sum(parts)]:
        parts[place] += 1
    return [f"{part // 10**digits}.{part % 10**digits:0{digits}}" if digits else str(part) for part in parts]


def quarters(year: int) -> list[str]:
    """The quarters of a year."""
    return [f"{year}-Q{place}" for place in range(1, 5)]


def days_of(period: str) -> tuple[str, str]:
    """The first and the last day of a period, as text."""
    found = Period.parse(period)
    return found.start.isoformat(), found.last.isoformat()
