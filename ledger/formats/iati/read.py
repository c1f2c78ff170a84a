"""The one door: a file of IATI activities, or a folder of them, as findings.

Files are gone through once before anything is found: whether they are what they should be, which activities
they hold, and which of these are parents of which. Parents come first, whatever file they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ledger.errors import InputError
from ledger.formats.iati.activity import identifier
from ledger.formats.iati.build import build
from ledger.formats.iati.propose import NAME, Family, Setting, propose
from ledger.formats.iati.survey import MOST_ACTIVITIES, Contents, Place, survey
from ledger.formats.reading import Reading, cleaned
from ledger.message import Message, message
from ledger.recognition.proposal import Finding, Rejection, Remark, Spot

MOST_FILES = 100_000


class Listed(NamedTuple):
    """An activity of one of the files, by its id."""

    file: Contents
    place: Place
    key: str


@dataclass(slots=True)
class Inventory:
    """What the files hold: activities in their order, and the files that cannot be read."""

    activities: list[Listed] = field(default_factory=list)
    files: list[Contents] = field(default_factory=list)
    broken: list[Rejection] = field(default_factory=list)
    currencies: dict[str, str] = field(default_factory=dict)
    done: int = 0

    @property
    def size(self) -> int:
        """The bytes of all activities."""
        return sum(listed.place.length for listed in self.activities)


def read(path: Path) -> Reading:
    """The activities of a file, or of every ``*.xml`` below a folder.

    Raises :class:`InputError` for what cannot be read as a whole: of a folder, where there is nothing to read.
    """
    inventory = _folder(path) if path.is_dir() else _file(path)
    return Reading(name=NAME, findings=_findings(inventory), total=inventory.size, done=lambda: inventory.done)


def _file(path: Path) -> Inventory:
    inventory = Inventory()
    if not path.is_file():
        why = message("it is neither a file nor a folder") if path.exists() else message("there is no such file")
        raise _unreadable(path, why)
    try:
        _added(inventory, survey(path, path.name))
    except InputError as error:
        raise _unreadable(path, error.message) from None
    if inventory.files[0].root == "iati-organisations":
        raise _unreadable(path, message("it holds organisations, not activities"))
    return inventory


def _unreadable(path: Path, why: Message) -> InputError:
    return InputError("{path} cannot be read: {reason}", path=cleaned(str(path)), reason=why)


def _folder(path: Path) -> Inventory:
    inventory = Inventory()
    found = sorted(inner for inner in path.rglob("*.xml") if inner.is_file())
    if not found:
        raise _unreadable(path, message("there is no *.xml file in this folder"))
    if len(found) > MOST_FILES:
        raise _unreadable(path, message("it has more than {most:,} files", most=MOST_FILES))
    for inner in found:
        name = inner.relative_to(path).as_posix()
        try:
            _added(inventory, survey(inner, name, MOST_ACTIVITIES - len(inventory.activities)))
        except InputError as error:
            inventory.broken.append(
                Rejection(Spot(name, ""), message("the file cannot be read: {reason}", reason=error.message))
            )
    return inventory


def _added(inventory: Inventory, contents: Contents) -> None:
    """The contents of one file, with what others know them by."""
    listed = (Listed(contents, place, identifier(place.identifier)) for place in contents.places)
    inventory.activities += listed
    inventory.files.append(contents)
    inventory.currencies |= {code: said for code, said in contents.currencies.items() if said}


def _findings(inventory: Inventory) -> Iterator[Finding]:
    yield from inventory.broken
    for contents in inventory.files:
        if contents.root == "iati-activities" and not contents.version:
            yield Remark(
                Spot(contents.name, "1", "iati-activities/@version"), message("it states no version: read as 2.03")
            )
    first = {listed.key: place for place, listed in reversed(list(enumerate(inventory.activities)))}
    parents, remarks = _parents(inventory.activities, first)
    families: dict[int, Family] = {place: {} for place in parents.values()}
    depths = _depths(len(inventory.activities), parents)
    for place in sorted(range(len(depths)), key=depths.__getitem__):
        listed = inventory.activities[place]
        setting = Setting(
            source=listed.file.name,
            key=listed.key,
            defaults=inventory.currencies | {"": listed.file.currency},
            parent=families[parents[place]] if place in parents else None,
            unfit=_unfit(listed, first[listed.key] == place),
            remarks=_remarks(listed, remarks.get(place), parents.get(place), families),
        )
        yield from _of(listed, setting, families.get(place, {}))
        inventory.done += listed.place.length


def _of(listed: Listed, setting: Setting, family: Family) -> Iterator[Finding]:
    try:
        element = build(listed.file, listed.place)
    except InputError as error:
        name = listed.key or message("an activity without an identifier")
        why = message("{activity}: {reason}", activity=name, reason=error.message)
        yield Rejection(Spot(listed.file.name, str(listed.place.line), "iati-activity"), why)
        return
    yield from propose(element, setting, family)


def _unfit(listed: Listed, is_first: bool) -> str:  # noqa: FBT001 - one of two answers
    if not listed.key:
        return message("there is no identifier")
    return "" if is_first else message("this identifier stands above already: only the first is recorded")


def _remarks(listed: Listed, said: str | None, parent: int | None, families: dict[int, Family]) -> tuple[str, ...]:
    found = [said] if said else []
    if listed.key != listed.place.identifier:
        written = cleaned(listed.place.identifier)[:200]
        found.append(message("its identifier is written '{text}', which no id of a pledge can be", text=written))
    if parent is not None and not families[parent]:
        found.append(message("its parent could not be recorded: it is recorded without it"))
    return tuple(found)


def _parents(activities: list[Listed], first: dict[str, int]) -> tuple[dict[int, int], dict[int, str]]:
    """The place of each activity's parent, and what is odd where there is none or more than one."""
    parents: dict[int, int] = {}
    remarks: dict[int, str] = {}
    for place, listed in enumerate(activities):
        there = [first[key] for name in listed.place.parents if (key := identifier(name)) in first]
        if there:
            parents[place] = there[0]
        if len(there) < len(listed.place.parents):
            remarks[place] = message("a parent is not among these activities: recorded without it")
        elif len(set(there)) > 1:
            remarks[place] = message("it has more than one parent: a pledge has one, and takes the first")
    for place in _in_circles(parents):
        del parents[place]
        remarks[place] = message("it is its own parent, or its parent's parent: recorded without one")
    return parents, remarks


def _in_circles(parents: dict[int, int]) -> list[int]:
    """The activities that are above themselves."""
    seen: dict[int, int] = {}
    found: list[int] = []
    for start in parents:
        at: int | None = start
        while at is not None and at not in seen:
            seen[at] = start
            at = parents.get(at)
        if at is not None and seen[at] == start:
            circle = [at]
            while (above := parents[circle[-1]]) != at:
                circle.append(above)
            found += circle
    return found


def _depths(count: int, parents: dict[int, int]) -> list[int]:
    """How many are above each activity."""
    depths = [0 if place not in parents else -1 for place in range(count)]
    for start in parents:
        path = [start]
        while depths[path[-1]] < 0 and depths[parents[path[-1]]] < 0:
            path.append(parents[path[-1]])
        for place in reversed(path):
            depths[place] = depths[parents[place]] + 1 if place in parents else 0
    return depths
