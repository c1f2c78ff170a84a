"""Proofs of inclusion as files (C2SP tlog-proof): that one entry is in the log, without showing the others.

c2sp.org/tlog-proof@v1
index 6
<hashes in base64, from the sibling of the leaf up>

<the signed checkpoint>
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from ledger.errors import InputError
from ledger.message import counted, message
from ledger.proof.checkpoint import hash_text, read_base64, read_hash, read_number

HEADER = "c2sp.org/tlog-proof@v1"

LONGEST = 2**20
"""Characters. A proof of one entry among 2**53, under a head with 16 signatures, is shorter."""

MOST_HASHES = 64
"""How many hashes a proof may have: more than any tree is high."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A proof that leaf ``index``, from 0, is in a log: ``path``, from its sibling up, and a signed ``checkpoint``.

    ``extra`` is what others may have put beside it. It proves nothing, and nothing here writes it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The file."""
        extra = [] if self.extra is None else [f"extra {hash_text(self.extra)}"]
        head = [HEADER, *extra, f"index {self.index}", *map(hash_text, self.path)]
        return "\n".join([*head, "", self.checkpoint])

    @classmethod
    def read(cls, text: str) -> Self:
        """Read such a file; its checkpoint is left as the text that it is. Raises :class:`InputError` for others."""
        if len(text) > LONGEST or not text.startswith(f"{HEADER}\n"):
            raise InputError("this is no proof: it begins with the line {header}", header=HEADER)
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")[1:]
        if not blank or not checkpoint:
            raise InputError("this proof has no checkpoint: it stands below an empty line")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = read_base64(lines.pop(0)[6:], message("the extra line of a proof"))
        if not lines or not lines[0].startswith("index "):
            raise InputError("this proof does not say which entry it is of: a line `index` and a number")
        index = read_number(lines.pop(0)[6:], message("the index of a proof"))
        if len(lines) > MOST_HASHES:
            raise InputError(
                counted(
                    "this proof has {count} hash: no tree is so high",
                    "this proof has {count} hashes: no tree is so high",
                    count=len(lines),
                )
            )
        path = tuple(
            read_hash(line, message("hash {place} of a proof", place=place)) for place, line in enumerate(lines, 1)
        )
        return cls(index, path, checkpoint, extra)
