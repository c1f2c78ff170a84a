"""An earlier package: whether a folder that is there already may give way to a new one.

Only what this program would write again may be lost: a package of the same book, each file as it was written,
and nothing else beside. A note or a changed cell of an auditor's is somebody's work.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ledger.formats.package import sums
from ledger.message import Message, message

DESCRIPTOR = "datapackage.json"
_LARGEST = 2**20
"""Bytes of a list or a descriptor, which are a few thousand: anything longer is not ours."""


def in_the_way(folder: Path, book: str) -> Message | None:
    """Why a folder has to stay as it is, as the rest of a sentence, or None where it may be replaced.

    ``book`` is the uid of the book whose package would be put there.
    """
    if folder.is_symlink():
        return message("is a link")
    if not folder.is_dir():
        return message("is no folder")
    there = sorted(path.name for path in folder.iterdir())
    if not there:
        return None
    hashes = sums.read(_text(folder / sums.NAME))
    if hashes is None:
        return message("is not empty and is no package: it holds {file}", file=there[0])
    if (whose := _book(_text(folder / DESCRIPTOR))) != book:
        return (
            message("is a package of another book, {book}", book=whose)
            if whose
            else message("is a package that does not say of which book")
        )
    return _somebodys(folder, there, hashes)


def _somebodys(folder: Path, there: list[str], hashes: dict[str, str]) -> Message | None:
    for name in there:
        path = folder / name
        if name not in hashes and name not in sums.UNLISTED:
            return message("holds {file}, which is not the package's own", file=name)
        if path.is_symlink() or not path.is_file():
            return message("holds {file}, which is no file", file=name)
        if name in hashes and _sha256(path) != hashes[name]:
            return message("holds {file}, which was changed since it was written", file=name)
    return None


def _text(path: Path) -> str:
    """What a small file of text says; nothing, where there is no such file."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _book(descriptor: str) -> str | None:
    """The book that a descriptor names."""
    try:
        found: Any = json.loads(descriptor)
        whose = found["aidledger"]["book"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return whose if isinstance(whose, str) and whose.isprintable() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
