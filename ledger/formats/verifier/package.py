"""A package: its folder, what it was asked for, its entries replayed, and the rates that it names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from ledger.formats.verifier.entries import Entry, entry_of, lines_of
from ledger.formats.verifier.options import Options
from ledger.formats.verifier.replay import Replay

JOURNAL = "journal.jsonl"

Row = tuple[str, ...]
"""The cells of a row; what is absent is empty."""


class RateRow(NamedTuple):
    """A row of ``fx_rates.csv``: its cells, and what one of its currency is worth in the reporting currency."""

    cells: Row
    rate: Fraction


class Package(NamedTuple):
    """What each table is computed from: the journal, and the rates by currency and day."""

    folder: str
    options: Options
    replay: Replay
    rates: Mapping[tuple[str, str], RateRow]

    def entries(self) -> Iterator[Entry]:
        """All entries, read once more."""
        for _, line in lines_of(os.path.join(self.folder, JOURNAL)):
            yield entry_of(line)
