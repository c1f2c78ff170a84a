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
"""All of a line up to its comment, or to a quote that it leaves open: ``#`` inside a word begins none."""
_QUOTED = {"'": re.compile("[^']*'"), '"': re.compile(r'(?:\\.|[^"\\])*"', re.DOTALL)}
"""The rest of what a quote holds that an earlier line left open."""
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
    begun, number, quote, before = list[str](), 1, "", ""
    for count, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        goes_on = _GOES_ON.search(line) is not None
        code = line[:-1] if goes_on else line
        until, quote = _code(code, before, quote)
        begun.append(code[:until])
        if goes_on and until == len(code):
            before = code[-1:] or before
            continue
        yield number, "".join(begun)
        begun, number, quote, before = [], count + 1, "", ""
    if left := "".join(begun):
        yield number, left


def _code(line: str, before: str, quote: str) -> tuple[int, str]:
    """How far a line goes before its comment, and the quote it leaves open.

    ``before`` is the last character of the line that goes on in it, ``quote`` the one that is open there: each
    character is looked at once, however many lines a command has.
    """
    at = 0
    if quote:
        inside = _QUOTED[quote].match(line)
        if inside is None:
            return len(line), quote
        at, before = inside.end(), quote
    found = _CODE.match(before + line[at:], len(before))
    until = at + (found.end() - len(before) if found else 0)
    opened = line[until : until + 1]
    return (until, "") if opened in {"", "#"} else (len(line), opened)
