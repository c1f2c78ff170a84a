"""What is to outlive a power cut: files and the names of files, on the disk before anybody is told of them.

A name is kept by its folder: a file that is synced may still be lost with its name, until the folder is synced too
(POSIX, fsync).
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

_CANNOT_LINK = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk. Raises :class:`OSError`."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(path: Path) -> None:
    """A folder and those above it, as far as they are not there; each on the disk. Raises :class:`OSError`."""
    if path.is_dir():
        return
    make_folders(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def take_away(path: Path) -> None:
    """Take a file away, as far as it is there and can be."""
    with suppress(OSError):
        path.unlink()


def put_new(beside: Path, place: Path) -> None:
    """Give a finished file its name, unless something has it; the two names are in one folder, and both may stay.

    Raises :class:`FileExistsError` where something is there: it is left alone. Any other :class:`OSError` leaves
    nothing at the place.
    """
    try:
        os.link(beside, place)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        beside.rename(place)
    try:
        sync(place.parent)
    except OSError:
        take_away(place)
        raise
