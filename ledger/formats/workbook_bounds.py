"""The bounds of a workbook: what is looked at, member by member, before anything unpacks it.

An XLSX file is a zip of XML from outside. What its directory declares may be a lie, and readers differ in what they
make of a lie. So each member is inflated here, under a limit, and looked at while it passes; the members that hold
sheets are packed again, and only that copy is read later on: what is read is what was looked at. A DOCTYPE, and with
it every entity, is refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from struct import error as misplaced
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as inflating

from ledger.errors import InputError
from ledger.formats.opened import bounded
from ledger.formats.rates.layout import one_line

LARGEST_FILE = 64 * 2**20  # bytes, packed
LARGEST = 256 * 2**20  # bytes of all members, and characters of all cells
STEEPEST = 250  # times that a member may expand, once it is larger than a mebibyte
MOST_MEMBERS = 1000
LONGEST_TEXT = 100_000  # characters in a cell: spreadsheets themselves stop at 32,767
MOST_CELLS = 20_000_000  # places from A1 to the last row and column that a sheet names
LAST_ROW, LAST_COLUMN = 2**20, 2**14  # of any spreadsheet

_CHUNK = 2**16
_MEBIBYTE = 2**20
_SHOWN = 60  # characters of a member's name in a message
_ENTRY = b"PK\x01\x02"  # begins each entry of a zip's directory
_LOCKED = b"\xd0\xcf\x11\xe0"  # begins what is not a zip at all: an .xls, or a workbook with a password
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_COUNTED = re.compile(r"\s*([0-9]{1,9})\s*")
_MARKUP = (".xml", ".rels")
_shown = partial(one_line, longest=_SHOWN)
_TEXTS = "xl/sharedstrings.xml"
_START = "xl/workbook.xml"


def checked(path: Path) -> bytes:
    """The parts of a workbook that hold its sheets, as a zip whose every member was looked at.

    Raises :class:`InputError` for what is no workbook, is damaged or locked, or goes beyond a bound.
    """
    packed = _bytes(path)
    try:
        with ZipFile(io.BytesIO(packed)) as archive:
            return _copied(archive)
    except (
        BadZipFile,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        misplaced,
        inflating,
    ) as error:
        raise InputError("it is a damaged zip: {reason}; save it again as .xlsx", reason=_shown(str(error))) from None


def _bytes(path: Path) -> bytes:
    data = bounded(path, LARGEST_FILE)
    if data.startswith(_LOCKED):
        raise InputError("it is an .xls, or locked with a password: save it as .xlsx without one")
    if not data.startswith(b"PK"):
        raise InputError("it is no workbook: save it as .xlsx")
    if data.count(_ENTRY) > MOST_MEMBERS:  # before a directory of millions is made of it
        raise InputError("it is a zip of more than {most} members, which no workbook is", most=MOST_MEMBERS)
    return data


def _copied(archive: ZipFile) -> bytes:
    members = {_name(member): member for member in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise InputError("it is a zip that names a member twice, so it could be read in two ways")
    if _START not in members:
        raise InputError("it is a zip, but no workbook: save it as .xlsx")
    copy, passed = io.BytesIO(), _Passed()
    with ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for name in sorted(members, key=lambda name: (name != _TEXTS, name)):  # texts first: sheets refer to them
            _pass(archive, members[name], packed, passed)
    return copy.getvalue()


def _name(member: ZipInfo) -> str:
    """The name of a member as readers look for it; raises where it would be unpacked outside a folder."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise InputError("it is a zip with a path that climbs out of it: {name}", name=_shown(member.filename))
    if member.flag_bits & 1 or member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise InputError("it is a zip that is locked, or compressed in a way that is not read here")
    return str(path).casefold()


@dataclass
class _Passed:
    """What has passed so far: bytes of all members, the length of each shared text, characters of all cells."""

    size: int = 0
    lengths: list[int] = field(default_factory=list)
    characters: int = 0


def _pass(archive: ZipFile, member: ZipInfo, packed: ZipFile, passed: _Passed) -> None:
    name = _name(member)
    look = _look(name, passed)
    with packed.open(ZipInfo(member.filename.replace("\\", "/")), "w") as copy:
        for chunk in _inflated(archive, member, passed):
            if look is not None:
                look.feed(chunk)
                copy.write(chunk)
    if look is not None:
        look.finish()


def _inflated(archive: ZipFile, member: ZipInfo, passed: _Passed) -> Iterator[bytes]:
    """What a member expands to, whatever its directory entry declares, up to the limits."""
    steepest = max(_MEBIBYTE, STEEPEST * member.compress_size)
    member.file_size = LARGEST + _CHUNK  # the reader stops at the declared size: what is declared may be too little
    size = 0
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            size, passed.size = size + len(chunk), passed.size + len(chunk)
            if passed.size > LARGEST or size > steepest:
                raise InputError(
                    "it is a zip that expands beyond all measure ({name}): nothing of it is read",
                    name=_shown(member.filename),
                )
            yield chunk


def _look(name: str, passed: _Passed) -> _Markup | None:
    """How a member is looked at: not at all where it is no XML, and so is never read."""
    if not name.endswith(_MARKUP):
        return None
    if name == _TEXTS:
        return _Texts(name, passed)
    return _Sheet(name, passed) if name.startswith("xl/") and "/_rels/" not in name else _Markup(name, passed)


class _Markup:
    """Any XML: it must be well-formed, and without a DOCTYPE."""

    def __init__(self, name: str, passed: _Passed) -> None:
        self.name = name
        self.passed = passed
        self.length = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end
        self._parser.CharacterDataHandler = self.text

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, last=False)

    def finish(self) -> None:
        self._parse(b"", last=True)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text between tags."""

    def counted(self, data: str) -> None:
        """Count the characters of one text, or of one cell."""
        self.length += len(data)
        if self.length > LONGEST_TEXT:
            raise InputError(
                "a text in it is longer than {most:,} characters ({name})",
                most=LONGEST_TEXT,
                name=_shown(self.name),
            )

    def _parse(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            raise InputError(
                "{name} in it is no XML: {reason}; save it again as .xlsx", name=_shown(self.name), reason=error
            ) from None
        except (LookupError, ValueError):  # an encoding that Python does not know, or that expat cannot be taught
            raise InputError(
                "{name} in it is in an encoding that no workbook has; save it again as .xlsx", name=_shown(self.name)
            ) from None

    def _refuse_doctype(self, *_: object) -> None:
        raise InputError("{name} in it holds a DOCTYPE, which no workbook needs", name=_shown(self.name))


class _Texts(_Markup):
    """The texts that cells share: how long each is."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - expat calls it
        if tag.rpartition(":")[2] == "si":
            self.passed.lengths.append(0)
            self.length = 0

    def text(self, data: str) -> None:
        self.counted(data)
        if self.passed.lengths:
            self.passed.lengths[-1] = self.length


class _Sheet(_Markup):
    """A sheet: how far it reaches, and how many characters its cells hold once shared texts are repeated.

    Any part may be one, whatever it is called: what counts is what it has between ``sheetData`` tags.
    """

    def __init__(self, name: str, passed: _Passed) -> None:
        super().__init__(name, passed)
        self._row = self._column = 0
        self._height = self._width = 0
        self._inside = self._shares = False
        self._value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._inside = self._inside or name == "sheetData"
        if not self._inside:
            return
        match name:
            case "c":
                self._settle()
                self._reach(attributes.get("r"))
                self._shares = attributes.get("t") == "s"
            case "v":
                self._value = ""
            case "row":
                self._begin_row(attributes.get("r"))

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "sheetData":
            self._settle()
            self._inside = False

    def text(self, data: str) -> None:
        if not self._inside:
            return
        self.counted(data)
        if self._shares and len(self._value) < LONGEST_TEXT:
            self._value += data

    def _settle(self) -> None:
        """Count what the cell before holds, now that it is over."""
        index = _COUNTED.fullmatch(self._value) if self._shares else None
        place = int(index[1]) if index else -1
        self.passed.characters += self.passed.lengths[place] if 0 <= place < len(self.passed.lengths) else self.length
        if self.passed.characters > LARGEST:
            raise InputError("its cells repeat more text than can be held: nothing of it is read")
        self._shares, self._value, self.length = False, "", 0

    def _begin_row(self, number: str | None) -> None:
        found = _COUNTED.fullmatch(number) if number is not None else None
        if number is not None and not found:
            raise InputError(
                "{name} in it has a row without a number: {text}", name=_shown(self.name), text=_shown(number)
            )
        self._row = int(found[1]) if found else self._row + 1
        self._column = 0

    def _reach(self, place: str | None) -> None:
        self._row, self._column = (max(self._row, 1), self._column + 1) if place is None else self._placed(place)
        if self._row > LAST_ROW or self._column > LAST_COLUMN:
            raise InputError("{name} in it has a cell beyond the last one of any spreadsheet", name=_shown(self.name))
        self._height, self._width = max(self._height, self._row), max(self._width, self._column)
        if self._height * self._width > MOST_CELLS:
            raise InputError(
                "{name} in it reaches over {height:,} rows and {width:,} columns, more than {most:,}"
                " cells: remove what stands far from the rest",
                name=_shown(self.name),
                height=self._height,
                width=self._width,
                most=MOST_CELLS,
            )

    def _placed(self, place: str) -> tuple[int, int]:
        found = _PLACE.fullmatch(place)
        if not found or found[2].startswith("0"):
            raise InputError("{name} in it has a cell at no place: {text}", name=_shown(self.name), text=_shown(place))
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - 64
        return int(found[2]), column
