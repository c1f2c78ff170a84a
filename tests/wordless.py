"""A catalogue of a language without words: what stays of a sentence is what was put in it."""

from __future__ import annotations

import re
from string import Formatter

from ledger.message import Message


class Wordless:
    """Says nothing of a sentence but its placeholders, between brackets."""

    def gettext(self, message: str, /) -> str:
        """The placeholders of the template."""
        fields = [f"{{{name}}}" for _, name, _, _ in Formatter().parse(message) if name and name.isidentifier()]
        return f"[{' '.join(fields)}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The placeholders of the template for this number."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def wordless(text: str) -> str:
    """A message without its words; any other text as it is."""
    return text.spoken(Wordless()) if isinstance(text, Message) else text


def english(text: str) -> list[str]:
    """The words of a message (of four letters and more) that stand in none of its templates."""
    assert isinstance(text, Message), f"this is no message: {text}"
    return re.findall(r"[^\W\d_]{4,}", wordless(text))
