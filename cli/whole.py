"""Files that commands write: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ledger.errors import Refusal


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
