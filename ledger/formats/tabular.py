"""Tabular files: the plain CSV register of postings (RFC 4180, UTF-8 without a mark, CRLF)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
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

_SUMS = COLUMNS.index("debit"), COLUMNS.index("amount") + 1
_BEFORE = itemgetter("number", "line", "on_date", *COLUMNS[3 : _SUMS[0]])
_AFTER = itemgetter(*COLUMNS[_SUMS[1] :])
_AT_ONCE = 1000


def register(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The register as CSV text: its header, then a line per posting, some hundreds of them at a time.

    ``amount`` is signed, debit positive; exactly one of ``debit`` and ``credit`` is filled.
    """
    yield _text([COLUMNS])
    lines = map(_cells, rows)
    while some := list(islice(lines, _AT_ONCE)):
        yield _text(some)


def _cells(row: Mapping[str, Any]) -> Sequence[object]:
    units = row["amount"]
    of = commodity(row["commodity"])
    amount = plain(units, of)
    sides = (amount, None) if units > 0 else (None, amount[1:])  # without its minus
    return (*_BEFORE(row), *sides, amount, *_AFTER(row))


def _text(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # which leaves None empty
    return text.getvalue()
