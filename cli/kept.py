"""What commands print, kept until it is known that what they say is so."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from errno import EBADF
from tempfile import TemporaryFile
from textwrap import indent
from types import TracebackType
from typing import Self

from cli.render import note, say, warn
from ledger.message import message

CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Output:
    """What the command of one line printed, as so many bytes from a place on, and what it said beside that."""

    number: int
    begin: int
    size: int
    said: str


class _Screen(io.TextIOWrapper):
    """What stands for stdout meanwhile: a file, laid out for the terminal where stdout is one."""

    def __init__(self) -> None:
        self.file = TemporaryFile()  # noqa: SIM115 - closed with the stream
        self._real = sys.stdout
        encoding = getattr(self._real, "encoding", None) or "utf-8"
        super().__init__(self.file, encoding=encoding, errors="replace", newline="")

    def isatty(self) -> bool:
        return self._real is not None and self._real.isatty()


@dataclass
class Kept:
    """The outputs of several commands, in order. Use it as a context manager."""

    outputs: list[Output] = field(default_factory=list)
    _screen: _Screen = field(default_factory=_Screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._screen.close()

    @contextmanager
    def of(self, number: int) -> Iterator[None]:
        """Keep what is printed and said by the command of this line; nobody types while it runs."""
        begin, typing, said = self._end(), sys.stdin, io.StringIO()
        sys.stdin = io.StringIO()
        try:
            with redirect_stdout(self._screen), redirect_stderr(said):
                yield
        finally:
            sys.stdin = typing
        self.outputs.append(Output(number, begin, self._end() - begin, said.getvalue()))

    def _end(self) -> int:
        self._screen.flush()
        return self._screen.file.seek(0, io.SEEK_END)

    def holds_json(self) -> bool:
        """Whether the last command printed a list: help and versions are for people."""
        return next(self._read(self.outputs[-1]), b"").startswith(b"[")

    def tell(self) -> None:
        """Say what was said beside the results, and leave the results out."""
        for output in self.outputs:
            _tell(output)

    def show(self) -> None:
        """Print what each command printed, followed by what it said beside."""
        for output in self.outputs:
            for chunk in self._read(output):
                _write(chunk)
            _tell(output)

    def show_json(self) -> None:
        """Print the rows of all commands, which printed JSON, as one list: each row begins with its line."""
        opening = "[\n"
        for output in self.outputs:
            for row in json.loads(b"".join(self._read(output)) or b"[]"):
                member = json.dumps({"run_line": output.number, **row}, ensure_ascii=False, indent=2)
                _write((opening + indent(member, "  ")).encode())
                opening = ",\n"
            _tell(output)
        _write(b"\n]\n" if opening == ",\n" else b"[]\n")

    def _read(self, output: Output) -> Iterator[bytes]:
        """What one command printed, piece by piece."""
        self._screen.file.seek(output.begin)
        left = output.size
        while left and (chunk := self._screen.file.read(min(left, CHUNK))):
            yield chunk
            left -= len(chunk)


def _write(chunk: bytes) -> None:
    """Write bytes to stdout, as they were printed."""
    if sys.stdout is None:
        raise OSError(EBADF, "standard output is closed")
    sys.stdout.flush()
    sys.stdout.buffer.write(chunk)


def _tell(output: Output) -> None:
    """Say what a command said beside its results, with its line."""
    if output.said and sys.stdout is not None:
        sys.stdout.flush()
    for sentence in output.said.splitlines():
        kind, _, rest = sentence.partition(": ")
        speak = {"note": note, "warning": warn}.get(kind, say)
        speak(message("line {number}: {sentence}", number=output.number, sentence=sentence if speak is say else rest))
