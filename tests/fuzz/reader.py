"""A reader: whatever takes text or bytes of somebody else's, and what holds for each of them.

Whatever it is given, it gives findings or raises one :class:`LedgerError` of one line. It never raises anything
else, never takes long, never writes, starts or calls anything, and reads no file but its own.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cli.render import clean
from ledger.errors import LedgerError
from tests.fuzz.watch import watched

SECONDS = 20
"""What no input of a few kilobytes may take, however slow the machine is: one takes milliseconds."""


@dataclass(frozen=True)
class Reader:
    """One way in: ``read`` takes a path where the reader has a ``file``'s name, and else a text as it was typed.

    ``modules`` are the modules that are tried by it, ``seeds`` sound inputs that are damaged. ``beside`` makes the
    folder what it has to be before the file is read.
    """

    name: str
    modules: tuple[str, ...]
    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[Any], object]
    file: str | None = None
    beside: Callable[[Path], object] = str
    tries: int = 50
    """How often it is tried in the suite."""

    def take(self, data: bytes, folder: Path) -> LedgerError | None:
        """Read this, and give what it was refused with; whatever else is raised is a defect.

        A text comes as the system hands it in: bytes that are no UTF-8 become lone surrogates.
        """
        given: Path | str = os.fsdecode(data.replace(b"\0", b""))  # no system hands in a word with a NUL
        if self.file is not None:
            given = folder / self.file
            given.write_bytes(data)
            self.beside(given)
        with watched(folder), at_most(SECONDS):
            try:
                self.read(given)
            except LedgerError as refusal:
                refused_well(refusal, LONGEST + (len(data) if self.file is None else 0))
                return refusal
        return None


def each_of(*reads: Callable[[], object]) -> None:
    """Try several readers of the same; refused is what all of them refuse."""
    refusals = []
    for read in reads:
        try:
            read()
        except LedgerError as refusal:
            refused_well(refusal, 10**6)  # of what was typed, however long
            refusals.append(refusal)
    if len(refusals) == len(reads):
        raise refusals[0]


def refused_well(refusal: LedgerError, longest: int) -> None:
    """One line each, of no more characters than these, as a terminal is shown it."""
    for said in (refusal.message, refusal.hint or ""):
        assert len(said) <= longest, f"{len(said)} characters: {said[:200]}"
        assert len(clean(said).splitlines()) <= 1, said


LONGEST = 10_000
"""Characters of one refusal; what was typed may be quoted beside."""


class TooLongError(Exception):
    """A reader took longer than any input of its size may take."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise where the block takes longer, in the main thread."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
