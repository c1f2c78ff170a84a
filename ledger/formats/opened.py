"""Files of others, opened: what cannot be is refused in words, and no more is read than a bound allows."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ledger.errors import InputError
from ledger.message import message

MEBIBYTE = 2**20


def opened(path: Path) -> BinaryIO:
    """A file, open to be read. Raises :class:`InputError` saying why it cannot be, without its name."""
    try:
        if path.is_file():
            return path.open("rb")
        why = message("it is not a file") if path.exists() else message("there is no such file")
    except (OSError, ValueError) as error:
        why = message("it cannot be opened: {reason}", reason=getattr(error, "strerror", None) or error)
    raise InputError(why)


def bounded(path: Path, most: int) -> bytes:
    """The bytes of a file of at most this many. Raises :class:`InputError` as :func:`opened`, or for its size."""
    with opened(path) as file:
        try:
            data = file.read(most + 1)
        except OSError as error:
            raise InputError("it cannot be opened: {reason}", reason=error.strerror or error) from None
    if len(data) > most:
        raise InputError("it is larger than {most} MiB", most=most // MEBIBYTE)
    return data
