"""Files of a package, written one after the other, with the size and the hash that its lists name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import tee
from pathlib import Path

from ledger.formats.package.csv import Cells, lines
from ledger.formats.package.guarded import guarded
from ledger.formats.package.layouts import LAYOUTS, header

Write = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it was written: how many bytes, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one folder, by name in the order they were written; none is ever written over."""

    folder: Path
    written: dict[str, Written] = field(default_factory=dict)

    @contextmanager
    def new(self, name: str) -> Iterator[Write]:
        """A new file: what it is handed is written, counted and hashed."""
        size, sha256 = 0, hashlib.sha256()
        with (self.folder / name).open("xb") as file:

            def write(data: bytes) -> None:
                nonlocal size
                size += len(data)
                sha256.update(data)
                file.write(data)

            yield write
        self.written[name] = Written(size, sha256.hexdigest())

    def add(self, name: str, *texts: str) -> None:
        """A new file that holds these texts, in UTF-8."""
        self.add_all(name, texts)

    def add_all(self, name: str, texts: Iterable[str]) -> None:
        """The same, of texts that are handed over one by one."""
        with self.new(name) as write:
            for text in texts:
                write(text.encode())

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file that was written."""
        return {name: file.sha256 for name, file in self.written.items()}


def add_table(files: Files, name: str, rows: Iterable[Cells]) -> None:
    """Write one of the package's tables: its header, then its rows."""
    files.add_all(name, lines(header(name), rows))


def add_table_and_copy(files: Files, name: str, rows: Iterable[Cells]) -> None:
    """The same, and beside it a copy whose texts no spreadsheet takes for formulas; other columns are as they are."""
    written, copied = tee(rows)  # both go forward page by page, so that no more than one is held
    texts = tuple(column.type == "string" for column in LAYOUTS[name])
    copy = ([guarded(cell) if text and cell else cell for cell, text in zip(row, texts, strict=True)] for row in copied)
    with files.new(name) as write, files.new(copy_of(name)) as write_copy:
        for text, guarded_text in zip(lines(header(name), written), lines(header(name), copy), strict=True):
            write(text.encode())
            write_copy(guarded_text.encode())


def copy_of(name: str) -> str:
    """The name of a table's guarded copy."""
    return f"{name.removesuffix('.csv')}.excel.csv"
