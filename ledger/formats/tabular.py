"""Tabular files: the plain CSV register of postings (RFC 4180, UTF-8 without a mark, CRLF)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.money import commodity, plain

COLUMNS = (
    "entry",
    "line",
    "on",
    "recorded_at",
    "kind",
    "pledge",
    "donor",
    "recipient",
    "purpose",
    "instrument",
    "source",
    "stage",
    "commodity",
    "debit",
    "credit",
    "amount",
    "title",
    "note",
    "citation_url",
    "citation_quote",
    "reverses",
    "origin",
)
"""The register's columns, in order: a promise to the programs that read it."""


def register(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The register as CSV text, line by line: its header, then a line per posting.

    ``amount`` is signed, debit positive; exactly one of ``debit`` and ``credit`` is filled.
    """
    yield _line(COLUMNS)
    for row in rows:
        yield _line([_cell(row, name) for name in COLUMNS])


def _cell(row: Mapping[str, Any], name: str) -> object:
    units = row["amount"]
    if name in {"debit", "credit"}:
        filled = (units > 0) is (name == "debit")
        return plain(abs(units), commodity(row["commodity"])) if filled else None
    if name == "amount":
        return plain(units, commodity(row["commodity"]))
    return row[{"entry": "number", "on": "on_date"}.get(name, name)]


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()
