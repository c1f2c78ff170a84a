"""Elements: the parts of an activity that are read, with the line of the file each stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_REASON = 300
"""Characters of what is wrong with one thing: what a file states may stand in it, however long."""

NOTHING_STATED = frozenset({"", "-", "n/a", "none", "null"})


class Unreadable(Exception):
    """What is wrong with one thing of an activity: the column, what stands there, and why that is not read."""

    def __init__(self, column: str, value: str, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON]
        self.line = line


@dataclass(slots=True)
class Element:
    """An element as it stands in the file: its text without that of the elements inside.

    ``too_long`` names what was longer than is read, here or inside; its value is then missing.
    """

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)
    too_long: str = ""

    def all(self, tag: str) -> Iterator[Element]:
        """The elements of this name directly inside."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        """The first element of this name directly inside."""
        return next(self.all(tag), None)

    def get(self, name: str) -> str:
        """An attribute without blanks around it, empty where it is not stated."""
        return self.attributes.get(name, "").strip()

    def code(self, tag: str, attribute: str = "code") -> str:
        """The attribute of the first element of this name inside, empty where it is not stated."""
        found = self.first(tag)
        return "" if found is None else found.get(attribute)

    def narrative(self, language: str = "") -> str:
        """What it says in English, else in whatever language comes first; 1.x writes it without narratives.

        ``language`` is the one that is meant where a narrative does not say.
        """
        told = [child for child in self.all("narrative") if child.text.strip()]
        if not told:
            return self.text.strip()
        english = (child for child in told if _english(child.get("xml:lang") or language))
        return next(english, told[0]).text.strip()


def _english(language: str) -> bool:
    return language.casefold().split("-")[0] in {"en", "eng"}
