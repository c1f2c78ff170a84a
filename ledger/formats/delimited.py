"""Delimited text: a CSV or TSV file as rows, read while it is asked for, whatever it holds.

Quoted cells may run over lines (RFC 4180). A cell has at most 131,072 characters and a row
1,048,576, so that neither a cell of two gigabytes nor a quotation mark that is never closed
fills the memory. Rows are counted as a spreadsheet shows them: a cell of several lines is one.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from ledger.errors import InputError
from ledger.formats.opened import opened
from ledger.message import Message, counted, message

LONGEST_CELL = 131_072  # characters: what Python's csv module takes, unless another program changes it
LONGEST_ROW = 2**20  # characters
DELIMITERS = (",", "\t", ";")
ENCODINGS = "utf-8, utf-16, cp1250 to cp1258, iso8859-1 to iso8859-16, koi8-u, koi8-r, mac-roman, shift_jis, gb18030"

_BLOCK = 2**18  # bytes read at once
_NOT_TEXT = {
    b"PK\x03\x04": message("it is a zip or a workbook"),
    b"\xd0\xcf\x11\xe0": message("it is a workbook of an older Excel: save it as .xlsx"),
    b"%PDF": message("it is a PDF"),
    b"\x1f\x8b": message("it is compressed: unpack it first"),
}
_EITHER = {
    ";,": message('its columns may be parted by a semicolon or a comma: say which in a map, such as delimiter = ";"'),
    ";\t": message('its columns may be parted by a semicolon or a tab: say which in a map, such as delimiter = ";"'),
    ",\t": message('its columns may be parted by a comma or a tab: say which in a map, such as delimiter = ";"'),
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_KNOWN = re.compile(
    "utf-8(-sig)?|utf-16(-[lb]e)?|ascii|cp[0-9]+|iso8859-[0-9]+|koi8-[rut]|mac-[a-z]+|shift_jis|gb18030"
)


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row that cannot be split into the header's columns, or cannot be text: its number, and why."""

    number: int
    reason: str


class Delimited:
    """One delimited file: its header at once, its rows in order when they are asked for, each with its number.

    ``delimiter`` and ``encoding`` are looked for where they are not given: a comma, tab or semicolon,
    and UTF-8, or UTF-16 where the file begins with its mark. ``row`` is the one that names the columns.

    Raises :class:`InputError` for what is no such file, also in its midst: a row after which nothing can be
    trusted (a quotation mark that is never closed, text in another encoding) ends the reading.
    """

    def __init__(self, path: Path, *, delimiter: str | None = None, encoding: str | None = None, row: int = 1) -> None:
        self._path = path
        with _opened(path) as file:
            self.total = file.seek(0, io.SEEK_END)
            file.seek(0)
            self._encoding = _encoding(path, file.read(_BLOCK), encoding)
            file.seek(0)
            self._pass = _Pass(path, file, self._encoding, delimiter or row)
            self._row, self.header = self._pass.header(row)
        self._delimiter = self._pass.delimiter

    @property
    def done(self) -> int:
        """The bytes that were read so far."""
        return self._pass.done

    def rows(self) -> Iterator[tuple[int, list[str]] | Unfit]:
        """Each row after the header with its number; blank rows are counted and left out."""
        with _opened(self._path) as file:
            self._pass = _Pass(self._path, file, self._encoding, self._delimiter)
            self._pass.header(self._row)
            yield from self._pass.rows(len(self.header))


class _Pass:
    """One reading of a file from its start: where it is, and what it met.

    ``delimiter`` may be the number of the line that it is looked for in.
    """

    def __init__(self, path: Path, file: BinaryIO, encoding: str, delimiter: str | int) -> None:
        self._path, self._file, self._encoding = path, file, encoding
        self.done = 0  # bytes
        self.number = 0  # of the row that is being read
        self._began = 0  # the line it began after
        self._has_nul = False
        lines = self._lines()
        seen = list(islice(lines, delimiter)) if isinstance(delimiter, int) else []
        self.delimiter = delimiter if isinstance(delimiter, str) else self._sniffed(seen[-1] if seen else "")
        self._reader = csv.reader(chain(seen, lines), delimiter=self.delimiter, strict=True)
        self._records = self._read()

    def header(self, wanted: int) -> tuple[int, tuple[str, ...]]:
        """The first row from this one on that is not blank, with its number."""
        for row in self._records:
            if isinstance(row, Unfit) and row.number >= wanted:
                raise self._refusal(message("row {row}, its header: {reason}", row=row.number, reason=row.reason))
            if self.number >= wanted and not isinstance(row, Unfit) and any(map(str.strip, row)):
                return self.number, tuple(row)
        raise self._refusal(message("it has no header") if self.number else message("it is empty"))

    def rows(self, width: int) -> Iterator[tuple[int, list[str]] | Unfit]:
        """Each further row that is not blank, or why it is none of so many cells."""
        for row in self._records:
            if isinstance(row, Unfit):
                yield row
            elif not (row and row[0].strip()) and not any(map(str.strip, row)):
                continue
            elif len(row) == width:
                yield self.number, row
            else:
                yield Unfit(self.number, self._not_as_wide(len(row), width))

    def _read(self) -> Iterator[list[str] | Unfit]:
        """Each row as its cells, or why it is unfit. The csv module goes on with the next line after an error."""
        while True:
            self.number += 1
            self._began = self._reader.line_num
            try:
                row = next(self._reader)
            except StopIteration:
                self.number -= 1
                return
            except csv.Error as error:
                yield self._unfit(str(error))
                continue
            if self._has_nul and any("\0" in cell for cell in row):
                yield Unfit(self.number, message("it holds NUL characters: it is damaged, or no text"))
            else:
                yield row

    def _unfit(self, said: str) -> Unfit:
        """What the csv module stumbled on. Past the end of its line it has swallowed others: nothing more is sure."""
        began, ended = self._began + 1, self._reader.line_num
        if "larger than field limit" in said and ended == began:
            return Unfit(
                self.number,
                message("it has a cell of more than {most:,} characters", most=csv.field_size_limit()),
            )
        if ended > began or "unexpected end" in said:
            raise self._refusal(
                message(
                    "a quotation mark that opens in row {row} (line {began}) is not closed as it should be"
                    " (by line {ended}): close it there, or write it twice where it is part of the text",
                    row=self.number,
                    began=began,
                    ended=ended,
                )
            )
        return Unfit(
            self.number, message("its quotation marks do not match: one within a quoted cell is written twice")
        )

    def _not_as_wide(self, cells: int, width: int) -> Message:
        """That a row is not as wide as the header; of several lines, a stray quotation mark may have joined them."""
        began, ended = self._began + 1, self._reader.line_num
        if ended == began:
            return counted(
                "it has {count} cell, and the header {width}",
                "it has {count} cells, and the header {width}",
                count=cells,
                width=width,
            )
        return counted(
            "it has {count} cell, and the header {width} (a quoted cell makes lines {began} to {ended} one row)",
            "it has {count} cells, and the header {width} (a quoted cell makes lines {began} to {ended} one row)",
            count=cells,
            width=width,
            began=began,
            ended=ended,
        )

    def _lines(self) -> Iterator[str]:
        """The file's lines, decoded block by block, no more than a row's limit at a time."""
        rest, number, unread = "", 0, 0
        for block in self._blocks():
            unread = unread + len(block) if self.number == number else len(rest) + len(block)
            number = self.number
            whole, mark, after = block.rpartition("\n")
            if mark:
                yield from io.StringIO(rest + whole + mark, newline="\n")
                rest = after
            else:
                rest += block
            if len(rest) > LONGEST_ROW or unread > LONGEST_ROW + 2 * _BLOCK:
                raise self._refusal(
                    message(
                        "row {row} (from line {began}) has more than {most:,} characters:"
                        " perhaps a quotation mark is never closed",
                        row=self.number,
                        began=self._began + 1,
                        most=LONGEST_ROW,
                    )
                )
        if rest:
            yield rest

    def _blocks(self) -> Iterator[str]:
        """The text of the file in blocks, line ends made one kind."""
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(self._encoding)(), translate=True)
        lines = 1
        while True:
            data = self._file.read(_BLOCK)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                raise self._undecodable(error, lines) from None
            lines += text.count("\n")
            self._has_nul = self._has_nul or "\0" in text
            if text:
                yield text
            self.done += len(data)
            if not data:
                return

    def _undecodable(self, error: UnicodeDecodeError, lines: int) -> InputError:
        before = error.object[: error.start]
        line = lines + before.count(b"\n")
        name = self._encoding.removesuffix("-sig").upper()
        return self._refusal(
            message(
                "it is not in {encoding}, from line {line} on: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8'),"
                ' or name what it is in a map: encoding = "cp1252"',
                encoding=name,
                line=line,
            )
        )

    def _sniffed(self, line: str) -> str:
        """The delimiter that the first line has most of, outside quotation marks; a comma where it has none."""
        bare = re.sub('"[^"]*"', "", line)
        counts = sorted(((bare.count(mark), mark) for mark in DELIMITERS), reverse=True)
        (most, found), (second, other) = counts[:2]
        if most and most == second:
            raise self._refusal(_EITHER[found + other])
        return found if most else ","

    def _refusal(self, why: Message) -> InputError:
        return InputError("{path} cannot be read: {reason}", path=self._path, reason=why)


def known_encoding(name: str) -> str | None:
    """The name under which Python knows an encoding of text that is read here; None for any other."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _KNOWN.fullmatch(found) else None


def _opened(path: Path) -> BinaryIO:
    try:
        return opened(path)
    except InputError as error:
        raise InputError("{path} cannot be read: {reason}", path=path, reason=error.message) from None


def _encoding(path: Path, start: bytes, wanted: str | None) -> str:
    """The encoding a file begins in: its mark goes before what a map says."""
    for magic, why in _NOT_TEXT.items():
        if start.startswith(magic):
            raise InputError("{path} cannot be read: {reason}, and not comma-separated text", path=path, reason=why)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    if b"\0" in start.partition(b"\n")[0] and not (wanted or "").startswith("utf-16"):
        raise InputError("{path} cannot be read: it begins with NUL characters, so it is no text in UTF-8", path=path)
    return wanted or "utf-8"
