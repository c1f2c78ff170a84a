"""A language to test with: whatever is looked up in its catalogue comes back in guillemets, and is remembered.

What people read and is in no guillemets was never a message; what is looked up must be given to translators.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from cli import language
from message_extractor import extract

ROOT = Path(__file__).parent.parent


class Marked(gettext.NullTranslations):
    """Any English sentence as ``«sentence»``."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked |= {msgid1, msgid2}
        return f"«{msgid1 if n == 1 else msgid2}»"

    def unknown(self) -> set[str]:
        """What was asked for and is no sentence that translators are given."""
        return self.asked - translatable()


@contextmanager
def marked() -> Iterator[Marked]:
    """Speak the marked language, whatever is asked for."""
    spoken = Marked()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "_catalogue", lambda locale: spoken)  # noqa: ARG005 - as it is called
        yield spoken


@cache
def translatable() -> frozenset[str]:
    """Every sentence that translators are given, each form of a plural by itself."""
    return frozenset(
        form for room in ("ledger", "cli") for path in (ROOT / room).rglob("*.py") for form in _forms(path)
    )


def _forms(path: Path) -> Iterator[str]:
    with path.open("rb") as module:
        for found in extract(module, (), (), {}):
            yield from (found.messages,) if isinstance(found.messages, str) else found.messages
