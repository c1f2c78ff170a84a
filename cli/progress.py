"""Progress: how far long work has come, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

import typer

Row = TypeVar("Row")
LARGE = 20_000
"""After how many rows of a sheet or a file its progress is shown."""


def watched(name: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows of a sheet or a file, with a bar of their progress where there are many."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from rows
        return
    yield from islice(rows, LARGE)
    for row in rows:
        with typer.progressbar(rows, label=name, file=sys.stderr, show_pos=True, update_min_steps=1000) as bar:
            yield row
            yield from bar
