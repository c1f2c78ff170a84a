"""A script: the commands of a text, one a line, as a shell takes words apart, and nothing else of a shell."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import InputError
from ledger.message import message

MOST_MIB = 64
"""A longer text is no script: tables are imported."""

STANDARD_INPUT = "-"
PROGRAM = "aidledger"

_MARK = b"\xef\xbb\xbf"
_CODE = re.compile(r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\#]|(?<=\S)#|\s)*""", re.DOTALL)
"""All of a line up to its comment, or to a quote that is never closed: ``#`` inside a word begins none."""
_GOES_ON = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A command: its words, without the name of the program, and the place where it begins."""

    number: int
    words: tuple[str, ...]


def read(file: str) -> str:
    """The text of a file; of standard input, if it is called ``-``.

    Raises :class:`InputError` where there is none, or it is not UTF-8 (with the line).
    """
    data = (_typed() if file == STANDARD_INPUT else _bytes(file)).removeprefix(_MARK)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = place_of(file, data.count(b"\n", 0, error.start) + 1)
        raise InputError("{place}: this is no text in UTF-8", place=place) from None
    if "\0" in text:
        place = place_of(file, text.count("\n", 0, text.index("\0")) + 1)
        raise InputError("{place}: this is no text: it holds a NUL byte", place=place)
    return text


def place_of(file: str, number: int) -> str:
    """A line as messages name it: ``pledges.txt:12``."""
    return f"{name_of(file)}:{number}"


def name_of(file: str) -> str:
    """A file as messages name it."""
    return "stdin" if file == STANDARD_INPUT else file


def _typed() -> bytes:
    if sys.stdin is None:
        raise InputError("standard input is closed: name a file")
    found = sys.stdin.buffer.read(MOST_MIB * 2**20 + 1)
    if len(found) > MOST_MIB * 2**20:
        raise InputError(
            "standard input is larger than {most} MiB", most=MOST_MIB, hint=message("aidledger import csv FILE")
        )
    return found


def _bytes(file: str) -> bytes:
    from ledger.formats.opened import bounded

    try:
        return bounded(Path(file), MOST_MIB * 2**20)
    except InputError as error:
        raise InputError("{file}: {reason}", file=file, reason=error.message) from None


def commands(text: str, file: str) -> Iterator[Line]:
    """The commands of a text. Raises :class:`InputError`, with its line, for one whose quotes are not closed."""
    for number, code in _logical(text):
        try:
            words = shlex.split(code)
        except ValueError:
            place = place_of(file, number)
            raise InputError("{place}: a quote is opened that the line does not close", place=place) from None
        if words[:1] == [PROGRAM]:
            del words[0]
        if words:
            yield Line(number, tuple(words))


def _logical(text: str) -> Iterator[tuple[int, str]]:
    r"""Lines without their comments, each with the number of its first: a backslash at the end goes on.

    >>> list(_logical('init # new\nitem add \\\n  a "#1"\n'))
    [(1, 'init '), (2, 'item add   a "#1"'), (4, '')]
    """
    begun, number = "", 1
    for count, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        whole = begun + line
        until = _code(whole)
        commented = whole[until : until + 1] == "#"
        if not commented and _GOES_ON.search(whole):
            begun = whole[:-1]
            continue
        yield number, whole[:until] if commented else whole
        begun, number = "", count + 1
    if begun:
        yield number, begun


def _code(line: str) -> int:
    """How far a line goes before its comment."""
    found = _CODE.match(line)
    return found.end() if found else 0
