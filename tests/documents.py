"""The documents as tests read them: their examples, sections and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
EVERY_DOCUMENT = (*DOCUMENTS, "CHANGELOG.md", "CONTRIBUTING.md", "fixtures/README.md")


@dataclass(frozen=True)
class Example:
    """One command of a document and what it is said to show, from line ``first`` up to ``end`` of the file."""

    text: str
    shown: tuple[str, ...]
    first: int
    end: int


@dataclass(frozen=True)
class Scene:
    """Examples that follow each other in one folder, under the heading where they begin."""

    document: str
    title: str
    examples: tuple[Example, ...]

    def __str__(self) -> str:
        return f"{self.document}: {self.title}"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str, language: str) -> Iterator[tuple[str, int, list[str]]]:
    """The fenced blocks of a language: the heading above, the number of the first line inside, the lines."""
    heading, fence, first = document, "", 0
    inside: list[str] = []
    for number, line in enumerate(text_of(document).splitlines()):
        if line.startswith("```"):
            if fence == f"```{language}":
                yield heading, first, inside
            fence, inside, first = ("" if fence else line), [], number + 1
        elif fence:
            inside.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("# ")


def examples(lines: Sequence[str], first: int) -> Iterator[Example]:
    """The commands of a block; one goes on in the next line after a backslash."""
    begins = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        last = begin
        while lines[last].endswith("\\"):
            last += 1
        words = [line.removesuffix("\\").strip() for line in lines[begin : last + 1]]
        yield Example(" ".join(words)[2:], tuple(lines[last + 1 : end]), first + last + 1, first + end)


def scenes(document: str) -> list[Scene]:
    found: list[Scene] = []
    for heading, first, lines in blocks(document, "console"):
        here = tuple(examples(lines, first))
        if not found or here[0].text.startswith("export AIDLEDGER_BOOK="):
            found.append(Scene(document, heading, here))
        else:
            found[-1] = Scene(document, found[-1].title, (*found[-1].examples, *here))
    return found


# What they list


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next one of its rank or above."""
    rank = heading.split(" ", maxsplit=1)[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(rank)}}} |\Z)", text_of(document), re.MULTILINE | re.DOTALL
    )
    assert found, f"{document} has no section '{heading}'"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """The rows of the tables in a text, cell by cell, without headings and rules."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("|") and not re.match(r"\|[ :-]*-", line):
            if number + 1 < len(lines) and re.match(r"\|[ :-]*-", lines[number + 1]):
                continue
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def quoted(text: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def table_of(document: str, heading: str) -> dict[str, str]:
    """The tables of a section: what is in backquotes in the first cell, and the text of the others."""
    return {name: " | ".join(cells) for first, *cells in rows(section(document, heading)) for name in quoted(first)}
