"""The survey: a file gone through once, for what it is and where its activities stand. Nothing else is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ledger.errors import InputError
from ledger.formats.iati.codes import PARENT, VERSIONS
from ledger.formats.reading import cleaned
from ledger.formats.stream import DEEPEST, faults, feed, parser

MOST_ACTIVITIES = 500_000

_LONGEST_KEY = 1_000  # characters of an identifier
_MOST_RELATIONS = 20
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Place(NamedTuple):
    """Where an activity stands in its file, and what it says of itself and its parents."""

    offset: int
    length: int
    line: int
    identifier: str
    parents: tuple[str, ...]


@dataclass(slots=True)
class Contents:
    """What a file holds: activities, or the default currencies of organisations."""

    path: Path
    name: str
    size: int = 0
    encoding: str | None = None
    root: str = ""
    version: str = ""
    currency: str = ""
    places: list[Place] = field(default_factory=list)
    currencies: dict[str, str] = field(default_factory=dict)


def survey(path: Path, name: str, room: int = MOST_ACTIVITIES) -> Contents:
    """What a file holds and where: the whole of it is well-formed, and nothing of it is kept.

    Raises :class:`InputError`, without the file's name, for what is no file of IATI's, or no safe one.
    """
    surveyor = _Surveyor(Contents(path, name), room)
    with faults(), path.open("rb") as file:
        surveyor.contents.size = path.stat().st_size
        if not surveyor.contents.size:
            raise InputError("it is empty")
        head = file.read(4)
        if head.startswith(_WIDE_MARKS) or b"\0" in head:
            raise InputError("it is in UTF-16 or UTF-32: save it as UTF-8")
        file.seek(0)
        feed(surveyor.parser, file, surveyor.names)
    return surveyor.contents


class _Surveyor:
    """Goes through a file and notes where its activities stand."""

    def __init__(self, contents: Contents, room: int) -> None:
        self.contents = contents
        self.names: dict[str, str] = {}
        self.parser = parser(None, self.names)
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self._room = room
        self._depth = 0
        self._within = 0  # the depth of the activity or organisation we are in
        self._start = (0, 0)
        self._key: list[str] = []
        self._parents: list[str] = []
        self._currency = ""

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.contents.encoding = encoding

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InputError(
                "line {line}: its elements are nested deeper than {deepest}",
                line=self.parser.CurrentLineNumber,
                deepest=DEEPEST,
            )
        if self._depth == 1:
            self._rooted(tag, attributes)
        if not self._within:
            self._entered(tag, attributes)
        elif self._depth == self._within + 1:
            self._inside(tag, attributes)

    def _rooted(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in {"iati-activities", "iati-activity", "iati-organisations"}:
            raise InputError("its first element is <{element}>, not <iati-activities>", element=cleaned(tag)[:60])
        version = attributes.get("version", "").strip()
        if version and version not in VERSIONS:
            raise InputError(
                "it is of version {version}: known are {versions}",
                version=cleaned(version)[:20],
                versions=", ".join(sorted(VERSIONS)),
            )
        self.contents.root, self.contents.version = tag, version
        self.contents.currency = attributes.get("default-currency", "")

    def _entered(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in {"iati-activity", "iati-organisation"}:
            return
        if len(self.contents.places) >= self._room:
            raise InputError(
                "there are more than {most:,} activities: import them in parts",
                most=MOST_ACTIVITIES,
            )
        self._within = self._depth
        self._start = (self.parser.CurrentByteIndex, self.parser.CurrentLineNumber)
        self._key, self._parents = [], []
        self._currency = attributes.get("default-currency", "")

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in {"iati-identifier", "organisation-identifier"}:
            self._key = []
            self.parser.CharacterDataHandler = self._told
        related = tag == "related-activity" and attributes.get("type", "").strip() == PARENT
        if related and len(self._parents) < _MOST_RELATIONS:
            self._parents.append(attributes.get("ref", "").strip()[:_LONGEST_KEY])

    def _told(self, text: str) -> None:
        if len(self._key) < _LONGEST_KEY:
            self._key.append(text[:_LONGEST_KEY])

    def _ended(self, tag: str) -> None:
        if self._within and self._depth == self._within + 1:
            self.parser.CharacterDataHandler = None
        if self._depth == self._within:
            self._left(tag)
            self._within = 0
        self._depth -= 1

    def _left(self, tag: str) -> None:
        offset, line = self._start
        key = "".join(self._key).strip()[:_LONGEST_KEY]
        if tag == "iati-organisation":
            self.contents.currencies[key] = self._currency
            return
        length = self.parser.CurrentByteIndex - offset
        self.contents.places.append(Place(offset, length, line, key, tuple(self._parents)))
