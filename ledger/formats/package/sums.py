"""Sums: ``SHA256SUMS`` as GNU's ``sha256sum`` writes and reads it, a line per file, sorted by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME, SIGNATURE, SIGNERS = "SHA256SUMS", "SHA256SUMS.sig", "allowed_signers"
"""The list, its signature (SSHSIG), and whose key that is (as ``ssh-keygen -Y verify`` wants it)."""

UNLISTED = frozenset({NAME, SIGNATURE, SIGNERS})
"""What the list cannot hold: itself, and what is made from it."""

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_.-]+)")


def listed(hashes: Mapping[str, str]) -> str:
    """The list of files by name with the SHA-256 of each in hexadecimal digits."""
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))


def read(text: str) -> dict[str, str] | None:
    """The hashes by name that such a list holds, None where it is no list of this form."""
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    return {line[2]: line[1] for line in found if line} if found and all(found) else None
