"""Files that commands write: whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ledger.errors import InputError, Refusal

if TYPE_CHECKING:
    from ledger.book import Book


@contextmanager
def output(out: str | None, book: Book) -> Iterator[BinaryIO]:
    """Where an export goes: the file that is named, whole or not at all and never onto the book; stdout else."""
    if out is None:
        yield sys.stdout.buffer
        return
    path = Path(out)
    if path.is_dir():
        raise InputError(f"--out {out} is a folder: name a file in it")
    if path.exists() and path.samefile(book.database.path):
        raise InputError(f"--out {out} is the book itself: choose another file")
    with whole(path) as file:
        yield file


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is written beside its place, and put there once all of it is on the disk.

    What fails on the way leaves no trace. Raises :class:`Refusal` where it cannot be written.
    """
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), _as_any_file())
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(beside).unlink()
        if isinstance(error, OSError):
            raise Refusal(f"{path} cannot be written: {error.strerror}") from error
        raise


def _as_any_file() -> int:
    """The mode that a new file of this user's has: what is exported is for others, unlike the book."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
