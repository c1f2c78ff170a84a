"""Heads of a journal: what a checkpoint says of it (C2SP tlog-checkpoint), signed or not."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from ledger.formats.verifier.signatures import hash_of, opened
from ledger.formats.verifier.words import Unsound


class Head(NamedTuple):
    """Which book, how many entries, and the root of the tree over them."""

    origin: str
    size: int
    root: bytes

    @property
    def root_text(self) -> str:
        """The root in Base64, as a checkpoint writes it."""
        return base64.b64encode(self.root).decode()


class Note(NamedTuple):
    """A checkpoint as it was handed over: its head, the text that is signed, the signatures."""

    head: Head
    text: str
    signatures: list[tuple[str, bytes]]


def note_of(text: str) -> Note:
    """The checkpoint that a file holds."""
    said, signatures = opened(text)
    lines = said.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise Unsound("is no checkpoint: three lines with the book, the number of entries and the root")
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", lines[1]):
        raise Unsound("does not name a number of entries in its second line")
    return Note(Head(lines[0], int(lines[1]), hash_of(lines[2])), said, signatures)
