"""Markup: elements as values, and as XML. Whatever a text holds, it stays a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[\ufffe\uffff]")
"""What an entry may hold and XML 1.0 may not: two code points that are no characters."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its attributes, of which those that are None are left out, and its text or the elements inside."""

    tag: str
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    inside: str | Sequence[Node] = ()


def coded(tag: str, code: str, **attributes: str | None) -> Node:
    """An element that says a code."""
    return Node(tag, {"code": code, **attributes})


def dated(tag: str, day: str, **attributes: str | None) -> Node:
    """An element that says a day."""
    return Node(tag, {"iso-date": day, **attributes})


def narrative(tag: str, text: str, **attributes: str | None) -> Node:
    """An element that says a text in words."""
    return Node(tag, attributes, [Node("narrative", inside=text)])


def written(node: Node, depth: int = 0) -> Iterator[str]:
    """The lines of an element."""
    margin, start = "  " * depth, opened(node.tag, node.attributes)
    if isinstance(node.inside, str):
        yield f"{margin}<{start}>{_text(node.inside)}</{node.tag}>\n"
    elif not node.inside:
        yield f"{margin}<{start}/>\n"
    else:
        yield f"{margin}<{start}>\n"
        for inner in node.inside:
            yield from written(inner, depth + 1)
        yield f"{margin}</{node.tag}>\n"


def opened(tag: str, attributes: Mapping[str, str | None]) -> str:
    """What stands in an element's first tag."""
    said = [f" {name}={_quoted(value)}" for name, value in attributes.items() if value is not None]
    return tag + "".join(said)


@lru_cache(maxsize=2048)  # codes, days and names come again and again
def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))


@lru_cache(maxsize=2048)  # as above
def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))
