"""What is said of a problem: the place, what is there, and what should be."""

from __future__ import annotations

Problem = tuple[str, str]
"""The place, and what is wrong there."""

_MOST_SHOWN = 120


class Unsound(Exception):
    """A file, or a line of one, is not what its name says; the words say why."""


def shown(text: str) -> str:
    """Text as one line of a terminal may hold it: in quotes, what does not print escaped, cut where it is long."""
    few = text[:_MOST_SHOWN]
    safe = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in few)
    return f"'{safe}'" if few == text else f"'{safe}...'"


def count(number: int, one: str, many: str) -> str:
    """A number of things, in words."""
    return f"{number} {one if number == 1 else many}"
