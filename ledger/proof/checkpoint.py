"""Checkpoints: the head of a book's log as text (C2SP tlog-checkpoint), which a signed note carries.

Three lines: the book's uid, how many entries there are, and the root of their tree in base64. Readers are strict, so
that there is one text for a head; lines beyond these three, which the format would allow, are never written here, and
refused, since nobody could check what they say.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from ledger.errors import InputError
from ledger.message import message
from ledger.proof.leaf import MOST_INTEGER
from ledger.proof.tree import HASH_BYTES

LONGEST_ORIGIN = 1000
"""Characters. An origin is a book's uid; others' may be addresses."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of a log: ``origin``, the book's uid; ``size``, its entries; ``root``, 32 bytes over their lines."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not 0 < len(self.origin) <= LONGEST_ORIGIN or _CONTROLS.search(self.origin):
            raise InputError("a checkpoint begins with the book's lasting name, one line of text")
        if not 0 <= self.size <= MOST_INTEGER:
            raise InputError("a checkpoint's size is a number of entries, not {size}", size=self.size)
        if len(self.root) != HASH_BYTES:
            raise InputError(
                "a checkpoint's root has {expected} bytes, not {found}", expected=HASH_BYTES, found=len(self.root)
            )

    @property
    def text(self) -> str:
        """The three lines, each with its line break: what is signed."""
        return f"{self.origin}\n{self.size}\n{hash_text(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the text of a checkpoint, without signatures. Raises :class:`InputError` for anything else."""
        lines = text.split("\n", _LINES + 1)
        if len(lines) != _LINES + 1 or lines[_LINES]:
            raise InputError("this is no checkpoint: it has three lines, a book's name, a size and a root")
        origin, size, root, _ = lines
        entries = read_number(size, message("the size of a checkpoint"))
        return cls(origin, entries, read_hash(root, message("the root of a checkpoint")))


def hash_text(found: bytes) -> str:
    """A hash as checkpoints and proofs write it: standard base64 (RFC 4648, section 4), with padding."""
    return b64encode(found).decode()


def read_hash(text: str, what: str) -> bytes:
    """Read a hash of 32 bytes in base64. Raises :class:`InputError`, naming ``what`` it is, for any other text."""
    found = read_base64(text, what)
    if len(found) != HASH_BYTES:
        raise InputError(
            "{what} is a hash of {expected} bytes in base64, and this has {found}",
            what=what,
            expected=HASH_BYTES,
            found=len(found),
        )
    return found


def read_base64(text: str, what: str) -> bytes:
    """Read standard base64, exactly as it would be written. Raises :class:`InputError` for any other text."""
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        found = None
    if found is None or b64encode(found).decode() != text:
        raise InputError("{what} is not in base64 as it has to be written", what=what)
    return found


def read_number(text: str, what: str) -> int:
    """Read a whole number without a sign or leading zeros. Raises :class:`InputError` for any other text."""
    if not _NUMBER.fullmatch(text):
        raise InputError("{what} is a whole number in decimal digits, without leading zeros", what=what)
    return int(text)
