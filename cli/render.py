"""How a table is shown: for people laid out to fit, for programs as JSON or CSV; and what is said beside it.

Results go to stdout, sentences to stderr, one line each. Nothing that stands in the
data can command the terminal: control characters are replaced, and there is no markup.

The layout is our own, not Rich's, which cuts digits where a table is too wide and
takes a second for a thousand rows. Here amounts are never cut: text wraps, and what
still does not fit goes below, beside the leading columns once more.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from errno import EBADF
from itertools import chain, takewhile
from typing import NamedTuple, Protocol, TextIO

from cli.headings import heading
from cli.language import said
from ledger.message import message
from ledger.money import Money
from ledger.table import Cell, Column, Table, plain_cell

GAP = "  "
NARROWEST = 12
"""No text is wrapped into fewer cells than this to make a table fit."""

_BOLD = "\x1b[1m{}\x1b[0m"
_RIGHT = {"money", "number", "count"}
_NAMES_MONEY = {"currency", "commodity"}
_WRAPS = {"text", "party"}
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_BREAKS = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_CLEAN = dict.fromkeys(_CONTROLS, "\ufffd") | dict.fromkeys(_BREAKS, " ")
_SECRET = re.compile(r"(\bpostgres\w*(?:\+\w+)?://[^:@\s]*:)\S+(?=@)|(\bpassword=)[^&\s'\"]+", re.IGNORECASE)


class Language(Protocol):
    """How people read figures: what a table for people asks of a locale."""

    def money(self, money: Money, /) -> str:
        """Write an amount with its currency."""

    def party(self, code: str, fallback: str, /) -> str:
        """Name a party, or give the fallback where it has no name."""

    def day(self, day: date, /) -> str:
        """Write a date."""

    def number(self, number: int, /) -> str:
        """Write a whole number."""

    def decimal(self, text: str, /) -> str:
        """Write a number that is given in plain decimal notation, with all its digits."""


def show(table: Table, format: str, language: Language, stream: TextIO | None = None) -> None:
    """Print a table as ``table``, ``json`` or ``csv``, on stdout unless a stream is given.

    ``table`` is localised and laid out for the terminal, with its notes on stderr;
    ``json`` and ``csv`` are UTF-8 whatever the terminal's encoding, and never localised.
    """
    target = stream or sys.stdout
    if target is None:
        raise OSError(EBADF, "standard output is closed")
    if format == "table":
        _show_people(table, language, target)
    else:
        _write(target, _json(table) if format == "json" else _csv(table))


def say(text: str) -> None:
    """Say one line on stderr, beside the results."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # nobody listens
            sys.stderr.write(_SECRET.sub(r"\1\2***", clean(said(text))) + "\n")
            sys.stderr.flush()


def note(text: str) -> None:
    """Say what one should know beside the figures: ``note: ...``."""
    say(f"note: {said(text)}")


def warn(text: str) -> None:
    """Say what looks wrong and stops nothing: ``warning: ...``."""
    say(f"warning: {said(text)}")


def complain(message: str, hint: str | None = None) -> None:
    """Say what went wrong, ``error: ...``, and what to do about it, ``hint: ...``."""
    say(f"error: {said(message)}")
    if hint:
        say(f"hint: {said(hint)}")


def detail(error: BaseException) -> None:
    """Say where an exception came from, for whoever mends it."""
    for line in "".join(traceback.format_exception(error)).splitlines():
        say(line)


def clean(text: str) -> str:
    r"""Text that cannot command a terminal, on one line: controls become U+FFFD, line breaks and tabs spaces.

    >>> clean("a\nb\x1b[31m") == "a b\ufffd[31m"
    True
    """
    return text if text.isprintable() else text.translate(_CLEAN)


def _write(stream: TextIO, chunks: Iterable[str]) -> None:
    """Write text as UTF-8 bytes where the stream has bytes below, else as text."""
    stream.flush()
    buffer = getattr(stream, "buffer", None)
    for chunk in chunks:
        if buffer is None:
            stream.write(chunk)
        else:
            buffer.write(chunk.encode())


def _json(table: Table) -> Iterator[str]:
    """The rows as ``json.dumps(rows, ensure_ascii=False, indent=2)`` writes them, one at a time."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    names = [encode(name) for name in table.header]
    opening = "[\n"
    for row in table.rows:
        cells = (encode(cell if isinstance(cell, int) else plain_cell(cell)) for cell in row)
        members = ",\n".join(f"    {name}: {cell}" for name, cell in zip(names, cells, strict=True))
        yield f"{opening}  {{\n{members}\n  }}"
        opening = ",\n"
    yield "\n]\n" if table.rows else "[]\n"


class _Line:
    """What ``csv.writer`` writes to, so that each line comes back."""

    @staticmethod
    def write(line: str) -> str:
        return line


def _csv(table: Table) -> Iterator[str]:
    """A header and the rows as RFC 4180 has them: CRLF, quotes where they are needed, absent is empty."""
    row_of = csv.writer(_Line).writerow
    yield str(row_of(table.header))
    for row in table.rows:
        yield str(row_of([plain_cell(cell) for cell in row]))


def _show_people(table: Table, language: Language, stream: TextIO) -> None:
    """Lay the table out, then say its notes; of one without either, say so."""
    if not table.rows and not table.notes:
        say(message("nothing to show"))
    elif table.rows:
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[attr-defined] # a terminal without the pound sign
        stream.writelines(f"{line}\n" for line in _lay_out(table, language, _screen(stream)))
        stream.flush()
    for sentence in table.notes:
        note(sentence)


class _Screen(NamedTuple):
    """What a stream can show: how many cells side by side (None: any number), headings, and a rule."""

    room: int | None
    bold: Callable[[str], str]
    rule: str


def _screen(stream: TextIO) -> _Screen:
    """What this stream can show: only a terminal has a width, and headings in bold unless it may not."""
    terminal = stream.isatty()
    plain = not terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    try:
        "─".encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        rule = "-"
    else:
        rule = "─"
    return _Screen(shutil.get_terminal_size().columns if terminal else None, str if plain else _BOLD.format, rule)


def _lay_out(table: Table, language: Language, screen: _Screen) -> Iterator[str]:
    """The lines of a table: a title, then one block of columns, or several where they do not fit side by side."""
    header = [clean(heading(name)) for name in table.header]
    rows = [_texts(row, table.columns, language) for row in table.rows]
    totals = [_texts(row, table.columns, language) for row in table.totals]
    widths = [max(map(_cells, column)) for column in zip(header, *rows, *totals, strict=True)]
    if screen.room is not None:
        widths = _narrow(widths, table.columns, screen.room)
    if table.title:
        title = clean(said(table.title))
        yield from (screen.bold(line) for line in _wrap(title, screen.room or _cells(title)))
    for number, block in enumerate(_blocks(widths, table.columns, screen.room)):
        pad = _padding(block, widths, table.columns)
        rule = GAP.join(screen.rule * widths[k] for k in block)
        if table.title or number:
            yield ""
        yield from map(screen.bold, pad(header))
        yield rule
        yield from chain.from_iterable(map(pad, rows))
        if totals:
            yield rule
            yield from map(screen.bold, chain.from_iterable(map(pad, totals)))


def _texts(row: Sequence[Cell], columns: Sequence[Column], language: Language) -> list[str]:
    bare = any(column.name in _NAMES_MONEY for column in columns)
    return [clean(_text(cell, column, language, bare=bare)) for cell, column in zip(row, columns, strict=True)]


def _text(cell: Cell, column: Column, language: Language, *, bare: bool) -> str:
    """A cell as people read it; ``bare``: a column of its own says what amounts are of."""
    if isinstance(cell, Money):
        return language.decimal(cell.plain()) if bare else language.money(cell)
    if isinstance(cell, int) and column.kind == "count":
        return language.number(cell)
    if isinstance(cell, str) and column.kind in {"party", "number"}:
        return said(language.party(cell, cell)) if column.kind == "party" else language.decimal(cell)
    if isinstance(cell, date) and column.kind == "date":
        return language.day(cell)
    return said(cell) if isinstance(cell, str) else plain_cell(cell) or ""


def _narrow(widths: list[int], columns: Sequence[Column], room: int) -> list[int]:
    """The widths with text made narrower, the widest first, until the table fits, or each is under half of it."""
    texts = [k for k, column in enumerate(columns) if column.kind in _WRAPS]
    narrowed = list(widths)
    while _together(narrowed) > room:
        widest = max(texts, key=narrowed.__getitem__, default=None)
        if widest is None or narrowed[widest] <= NARROWEST:
            half = max(room // 2 - len(GAP), NARROWEST)
            return [min(width, half) if k in texts else width for k, width in enumerate(widths)]
        narrowed[widest] -= 1
    return narrowed


def _blocks(widths: Sequence[int], columns: Sequence[Column], room: int | None) -> list[list[int]]:
    """Which columns stand side by side: all, or as many as fit beside the leading ones, which come each time."""
    everything = list(range(len(columns)))
    if room is None or _together(widths) <= room:
        return [everything]
    half = room // 2
    words = takewhile(lambda k: columns[k].kind not in _RIGHT and _together(widths[: k + 1]) <= half, everything)
    leading = list(words) or [0]
    blocks = [list(leading)]
    for k in everything[len(leading) :]:
        if blocks[-1] != leading and _together([widths[each] for each in (*blocks[-1], k)]) > room:
            blocks.append(list(leading))
        blocks[-1].append(k)
    return blocks


def _together(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _padding(
    block: Sequence[int], widths: Sequence[int], columns: Sequence[Column]
) -> Callable[[Sequence[str]], Iterator[str]]:
    """How a row becomes lines: figures to the right, text wrapped to its column."""

    def pad(row: Sequence[str]) -> Iterator[str]:
        wrapped = [_wrap(row[k], widths[k]) for k in block]
        for line in range(max(map(len, wrapped))):
            parts = [lines[line] if line < len(lines) else "" for lines in wrapped]
            cells = (_pad(part, widths[k], columns[k].kind) for part, k in zip(parts, block, strict=True))
            yield GAP.join(cells).rstrip()

    return pad


def _pad(text: str, width: int, kind: str) -> str:
    space = " " * (width - _cells(text))
    return space + text if kind in _RIGHT else text + space


def _wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most this many cells, broken between words, or within one that is longer.

    >>> _wrap("air-defence missiles", 8)
    ['air-defe', 'nce', 'missiles']
    """
    if _cells(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if _cells(joined) <= width:
            lines[-1] = joined
        else:
            lines.extend(_pieces(word, width))
    return [line for line in lines if line]


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word in pieces of at most this many cells."""
    piece = ""
    for letter in word:
        if piece and _cells(piece + letter) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for a wide letter, none for one that combines.

    >>> _cells("£5"), _cells("日本"), _cells("e\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells_of_letter, text))


def _cells_of_letter(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
