"""What a file holds before any layout is looked for: bounded bytes, unpacked, decoded, cut into lines.

Files of rates come from outside, so each step has a limit: a file or what a zip
expands to may have 64 MiB, a zip itself 16 MiB, a JSON document 1 MiB, a line
64 Ki characters, a file a million lines. Nothing is ever written or extracted.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from struct import error as misplaced
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as inflating

from ledger.errors import InputError
from ledger.formats.opened import bounded
from ledger.formats.rates.layout import Line, one_line, shown
from ledger.message import counted, message

LARGEST = 64 * 2**20  # bytes
LARGEST_ZIP = 16 * 2**20  # bytes
LARGEST_JSON = 2**20  # characters
LONGEST_LINE = 2**16  # characters
MOST_LINES = 1_000_000

_LONGEST_REASON = 120  # characters of what the standard library says
_ENCRYPTED = 1  # the flag of a member that needs a password
_COMPRESSIONS = (ZIP_STORED, ZIP_DEFLATED)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_AS_UTF8 = message("save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')")


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a file (of the one member, if it is a zip) and the SHA-256 of the file itself."""

    text: str
    sha256: str

    @property
    def is_json(self) -> bool:
        """Whether this looks like a JSON document: no header of a CSV begins so."""
        return self.text.lstrip().startswith(("{", "["))


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that cannot be split into the header's columns: its number, and why."""

    where: int
    why: str


def load(path: Path) -> Content:
    """What a file holds, as text.

    Raises :class:`InputError` for what cannot be opened, is too large, is a zip of
    anything but one plain file, or is not UTF-8.
    """
    packed = _bytes(path)
    unpacked = _unpacked(packed) if packed.startswith(b"PK") else packed
    return Content(_decoded(unpacked), sha256(packed).hexdigest())


def header(text: str) -> tuple[str, ...]:
    """The names of a CSV's columns: its first line that is not blank.

    Raises :class:`InputError` where that is no line of a CSV, or names a column twice.
    """
    _, first = next(_filled(text), (0, ""))
    names = _cells(first)
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise InputError("its column {column} is there twice", column=shown(twice[0]))
    return names


def lines(text: str) -> Iterator[Line | Broken]:
    """Each line of a CSV after its header, blank ones left out, or why it cannot be one.

    A cell may be quoted but not run over the end of its line, so that a quote that is
    never closed spoils its own line only. Spaces around a cell are dropped.

    Raises :class:`InputError` beyond a million lines.
    """
    names = header(text)
    rows = _filled(text)
    next(rows, None)
    for number, row in rows:
        if number > MOST_LINES:
            raise InputError("it has more than {most:,} lines", most=MOST_LINES)
        yield _line(number, names, row)


def document(text: str) -> object:
    """A JSON document: objects as tuples of pairs, so that a repeated key shows, and numbers as their text.

    Raises :class:`InputError` for what is no JSON, too large or nested too deeply.
    """
    if len(text) > LARGEST_JSON:
        raise InputError("it is a JSON document of more than {most} MiB", most=LARGEST_JSON // 2**20)
    try:
        return json.loads(text, object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise InputError("it is a JSON document that is nested too deeply") from None
    except ValueError as error:
        raise InputError("it begins like a JSON document, but is none: {reason}", reason=error) from None


def _bytes(path: Path) -> bytes:
    data = bounded(path, LARGEST)
    if not data:
        raise InputError("it is empty")
    return data


def _unpacked(packed: bytes) -> bytes:
    """The one file in a zip: no more of it than the size that the zip declares, which was checked."""
    if len(packed) > LARGEST_ZIP:
        raise InputError("it is a zip larger than {most} MiB", most=LARGEST_ZIP // 2**20)
    try:
        with ZipFile(io.BytesIO(packed)) as archive, archive.open(_member(archive)) as member:
            return member.read()
    except (BadZipFile, OSError, EOFError, ValueError, RuntimeError, misplaced, inflating) as error:
        raise InputError("it is a damaged zip: {reason}", reason=one_line(str(error), _LONGEST_REASON)) from None


def _member(archive: ZipFile) -> ZipInfo:
    """The one file of a zip, after every check that can be made before it is opened."""
    members = archive.infolist()
    if len(members) != 1:
        raise InputError(
            counted(
                "it is a zip of {count} file, where one is expected",
                "it is a zip of {count} files, where one is expected",
                count=len(members),
            )
        )
    (member,) = members
    if not _plainly_a_file(member.filename):
        raise InputError("it is a zip with a path that is not plainly a file's: {name}", name=shown(member.filename))
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _COMPRESSIONS:
        raise InputError("it is a zip that is locked, or compressed in a way that is not read here")
    if member.file_size > LARGEST:
        raise InputError("it is a zip that expands to more than {most} MiB", most=LARGEST // 2**20)
    return member


def _plainly_a_file(name: str) -> bool:
    """Whether the name of a zip's member stays below the folder it would be unpacked in, on any system."""
    path = PurePosixPath(name.replace("\\", "/"))
    climbs = path.is_absolute() or ".." in path.parts or ":" in name
    return bool(path.parts) and not climbs and not name.endswith(("/", "\\"))


def _decoded(data: bytes) -> str:
    if data.startswith(_WIDE_MARKS):
        raise InputError("it is in UTF-16: {advice}", advice=_AS_UTF8)
    if b"\0" in data:
        raise InputError("it holds NUL characters, so it is no text in UTF-8: {advice}", advice=_AS_UTF8)
    try:
        return data.removeprefix(_UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "it is not in UTF-8, from byte {start} on: {advice}", start=error.start + 1, advice=_AS_UTF8
        ) from None


def _filled(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, nor only commas as a spreadsheet leaves them, with their numbers."""
    for number, row in enumerate(io.StringIO(text, newline=None), start=1):
        if row.strip(" ,\t\n"):
            yield number, row


def _cells(row: str) -> tuple[str, ...]:
    if len(row) > LONGEST_LINE:
        raise InputError("it has a line of {length:,} characters", length=len(row))
    try:
        return tuple(cell.strip() for cell in next(csv.reader([row], strict=True), ()))
    except csv.Error as error:
        raise InputError("its quotation marks do not match: {reason}", reason=error) from None


def _line(where: int, names: tuple[str, ...], row: str) -> Line | Broken:
    try:
        cells = _cells(row)
    except InputError as error:
        return Broken(where, error.message)
    if len(cells) != len(names):
        why = counted(
            "it has {count} cell, not {expected}",
            "it has {count} cells, not {expected}",
            count=len(cells),
            expected=len(names),
        )
        return Broken(where, why)
    return Line(where, dict(zip(names, cells, strict=True)))
