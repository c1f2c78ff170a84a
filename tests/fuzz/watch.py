"""The watch: while something hostile is read, nothing is written, started or called, and no other file is opened."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent

_PACKAGES = [place for place in sys.path if place.endswith("site-packages")]
_HOMES: list[str | Path] = [*sysconfig.get_paths().values(), sys.base_prefix, *_PACKAGES, ROOT]
_OWN = tuple(str(Path(place).resolve()) for place in _HOMES)
_LISTS = ("/etc/localtime", "/usr/share/zoneinfo", "/proc/self")  # what the interpreter itself looks at
_NEVER = (
    *("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "ftplib.", "urllib."),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"),
    *("os.putenv", "shutil.", "webbrowser.", "pty.", "ctypes.dlopen"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

_folder: list[str] = []
"""The folder that may be read in while a watch is kept."""


class StrayError(BaseException):
    """A reader did what no reader does. No ``except Exception`` hides it."""


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _folder:
        return
    if event.startswith(_NEVER):
        raise StrayError(f"{event} {args!r}"[:500])
    if event == "open" and not isinstance(args[0], int):
        _look_at(os.fsdecode(args[0]), str(args[1] or ""), args[2])


def _look_at(path: str, mode: str, flags: object) -> None:
    writes = any(sign in mode for sign in "wax+") or (isinstance(flags, int) and flags & _WRITING)
    place = str(Path(path).resolve()) if "\0" not in path else path
    if writes and not place.endswith(".pyc") and ".pyc." not in place and place != os.devnull:
        raise StrayError(f"{path} was opened to be written")
    if not place.startswith((*_OWN, *_folder, *_LISTS)) and place != os.devnull:
        raise StrayError(f"{path} was opened")


sys.addaudithook(_hook)


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Raise :class:`StrayError` where anything but this folder, Python's and the project's files is touched."""
    _folder.append(str(folder.resolve()))
    try:
        yield
    finally:
        _folder.pop()


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is to be read."""
    return tempfile.TemporaryDirectory(prefix="fuzz")
