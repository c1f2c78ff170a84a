"""System calls, read from a trace of strace: what a command did to a folder, call by call.

A trace is made with ``-y -xx``: each descriptor with its path, each path and each byte in hexadecimal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.trials.disk import Disk

Step = Callable[[Disk], object]

_NAMES = (
    *("openat", "open", "creat", "write", "writev", "pwrite64", "pwritev", "lseek", "ftruncate", "truncate"),
    *("fallocate", "fsync", "fdatasync", "sync_file_range", "unlink", "unlinkat", "rmdir", "rename", "renameat"),
    *("renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "sendfile", "copy_file_range"),
)
OPTIONS = ["-y", "-xx", "-s", "100000000", "-e", f"trace={','.join(_NAMES)}"]
"""What strace is told."""

_CALL = re.compile(r"\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)(?:<(?P<path>[^>]*)>)?(?: .*)?")
_ARGUMENT = re.compile(
    r'"(?P<text>[^"]*)"(?P<cut>\.\.\.)?|(?P<number>-?\w+)(?:<(?P<path>[^>]*)>(?P<gone>\(deleted\))?)?|\S+?'
)


@dataclass(frozen=True)
class Argument:
    """An argument: a text or bytes in quotes, or a word, with the path of a descriptor."""

    text: bytes | None
    word: str
    path: str | None


@dataclass
class Calls:
    """The calls of a trace that change a folder, as steps on its disk."""

    folder: Path
    printed: bytes = b""
    """What was written to descriptor 1 so far."""
    _at: dict[str, int] = field(default_factory=dict)

    def steps(self, trace: str) -> Iterator[Step | None]:
        """Each call that changes something as a step; None for one that prints."""
        for line in trace.splitlines():
            assert "unfinished" not in line, "a command with threads"
            if (call := _CALL.fullmatch(line)) and int(call["result"]) >= 0:
                yield from self._step(call["name"], _arguments(call["arguments"]), call)

    def _step(self, name: str, given: list[Argument], call: re.Match[str]) -> Iterator[Step | None]:
        if name == "write" and given[0].word == "1":
            self.printed += given[1].text or b""
            yield None
        elif name in {"openat", "open", "creat"}:
            yield from self._opened(call)
        elif (known := getattr(self, f"_{name}", None)) is None:
            assert not any(self._ours(each) for each in given), f"{name} is not simulated"
        else:
            yield from known(given, int(call["result"]))

    # Paths

    def _relative(self, path: str) -> str | None:
        """A path as the disk names it, None for one that is elsewhere."""
        try:
            found = Path(os.path.normpath(self.folder / path)).relative_to(self.folder)
        except ValueError:
            return None
        return None if str(found) in {"stdout", "stderr"} else str(found)

    def _ours(self, given: Argument) -> str | None:
        return self._relative(given.path) if given.path is not None else None

    def _named(self, base: Argument | None, name: Argument) -> str | None:
        """A path that is given as text, from a folder on where one is given too."""
        text = os.fsdecode(name.text or b"")
        return self._relative(os.path.join(base.path or "", text) if base else text)  # noqa: PTH118 - text, of any kind

    # Calls

    def _opened(self, call: re.Match[str]) -> Iterator[Step]:
        path = self._relative(_decoded(call["path"] or ""))
        if path is None:
            return
        self._at[call["result"]] = 0
        if "O_CREAT" in call["arguments"]:
            yield lambda disk: disk.create(path)
        if "O_TRUNC" in call["arguments"]:
            yield lambda disk: disk.change(path, 0)
        assert "O_APPEND" not in call["arguments"], "appending is not simulated"

    def _write(self, given: list[Argument], result: int) -> Iterator[Step]:
        if (path := self._ours(given[0])) is not None:
            at, data = self._at[given[0].word], (given[1].text or b"")[:result]
            self._at[given[0].word] = at + result
            yield lambda disk: disk.change(path, (at, data))

    def _pwrite64(self, given: list[Argument], result: int) -> Iterator[Step]:
        if (path := self._ours(given[0])) is not None:
            at, data = int(given[3].word), (given[1].text or b"")[:result]
            yield lambda disk: disk.change(path, (at, data))

    def _lseek(self, given: list[Argument], result: int) -> Iterator[Step]:
        if self._ours(given[0]) is not None:
            self._at[given[0].word] = result
        yield from ()

    def _ftruncate(self, given: list[Argument], _: int) -> Iterator[Step]:
        if (path := self._ours(given[0])) is not None:
            yield lambda disk: disk.change(path, int(given[1].word))

    def _fsync(self, given: list[Argument], _: int) -> Iterator[Step]:
        if (path := self._ours(given[0])) is not None:
            yield lambda disk: disk.sync(path)

    _fdatasync = _fsync

    def _unlink(self, given: list[Argument], _: int) -> Iterator[Step]:
        if (path := self._named(None, given[0])) is not None:
            yield lambda disk: disk.remove(path)

    _rmdir = _unlink

    def _unlinkat(self, given: list[Argument], _: int) -> Iterator[Step]:
        if (path := self._named(given[0], given[1])) is not None:
            yield lambda disk: disk.remove(path)

    def _mkdir(self, given: list[Argument], _: int) -> Iterator[Step]:
        if (path := self._named(None, given[0])) is not None:
            yield lambda disk: disk.make_folder(path)

    def _rename(self, given: list[Argument], _: int) -> Iterator[Step]:
        path, to = self._named(None, given[0]), self._named(None, given[1])
        if path is not None and to is not None:
            yield lambda disk: disk.rename(path, to)

    def _renameat2(self, given: list[Argument], _: int) -> Iterator[Step]:
        path, to = self._named(given[0], given[1]), self._named(given[2], given[3])
        if path is not None and to is not None:
            yield lambda disk: disk.rename(path, to, exchange=given[4].word == "RENAME_EXCHANGE")

    def _link(self, given: list[Argument], _: int) -> Iterator[Step]:
        path, to = self._named(None, given[0]), self._named(None, given[1])
        if path is not None and to is not None:
            yield lambda disk: disk.link(path, to)

    def _linkat(self, given: list[Argument], _: int) -> Iterator[Step]:
        path, to = self._named(given[0], given[1]), self._named(given[2], given[3])
        if path is not None and to is not None:
            yield lambda disk: disk.link(path, to)


def _arguments(text: str) -> list[Argument]:
    return [_argument(found) for found in _ARGUMENT.finditer(text) if found.group() != ","]


def _argument(found: re.Match[str]) -> Argument:
    assert not found["cut"], "strace has cut what was written"
    gone = found["path"] is None or found["gone"]
    path = None if gone else _decoded(found["path"])
    text = None if found["text"] is None else bytes.fromhex(found["text"].replace(r"\x", ""))
    return Argument(text, found["number"] or "", path)


def _decoded(path: str) -> str:
    return os.fsdecode(bytes.fromhex(path.replace(r"\x", ""))) if path.startswith(r"\x") else path
