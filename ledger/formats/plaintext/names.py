"""Names: ids, codes and texts as other programs' journals can hold them, no two of them ever the same.

What a program takes as it is stays as it is: ``GB-2025-0001`` is ``GB-2025-0001`` everywhere.
The rest is written so that it can be read back, and so that nothing in it becomes a posting, a tag,
a directive or a comment.
"""

from __future__ import annotations

import re
from unicodedata import ucd_3_2_0 as letters

from ledger.money import Commodity

ESCAPE = "X-"
"""What stands before a name in Beancount that could not begin as it does."""

_UNSAFE = re.compile(r"[\x00-,:-@\[-^`{-\x7f]|\s")
_EDGES = r"^\s|\s\Z"
_DESCRIPTION = re.compile(rf"[\\;]|{_EDGES}")
_TAG = re.compile(rf"[\\,]|{_EDGES}")
_LETTERS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}
_FIRST = {"Lu", "Nd"}
_TOKENS = {"TRUE", "FALSE", "NULL"}
"""What Beancount reads as a value, and never as a commodity."""


def hledger_name(text: str) -> str:
    """A part of an account's name in hledger: ASCII that separates or means something, and blanks, as in addresses.

    Read it back as RFC 3986 has it: ``urllib.parse.unquote(name)``.

    >>> hledger_name("XM-DAC/7:2025")
    'XM-DAC/7%3A2025'
    """
    return _UNSAFE.sub(_percent, text)


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def hledger_description(text: str) -> str:
    r"""A text as part of a description in hledger: a semicolon, which would end it, a backslash, and blanks around it.

    Each is escaped as JSON does: ``json.loads('"' + text.replace('"', '\\"') + '"')`` reads it back.

    >>> hledger_description("Tanks; and more, later")
    'Tanks\\u003b and more, later'
    """
    return _DESCRIPTION.sub(_escape, text)


def hledger_tag(text: str) -> str:
    r"""A text as what a tag says in hledger: escaped as in a description, but for a comma, which would end it here.

    >>> hledger_tag("Tanks; and more, later")
    'Tanks; and more\\u002c later'
    """
    return _TAG.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def hledger_commodity(of: Commodity) -> str:
    """A commodity in hledger: a currency's code, an item's in quotes."""
    return of.code if of.is_currency else f'"{of.code}"'


def beancount_name(text: str) -> str:
    """A part of an account's name in Beancount, which has letters, digits and hyphens, and begins with a capital.

    Anything else is ``--``, its code point in hexadecimal, ``-``; so is a hyphen where that could be mistaken
    for one of these. Before a name that begins otherwise, or with ``X-`` already, stands ``X-``.

    >>> beancount_name("GB-2025-0001"), beancount_name("missiles"), beancount_name("XM/7")
    ('GB-2025-0001', 'X-missiles', 'XM--2F-7')
    """
    kept = [letters.category(letter) in _LETTERS for letter in text]
    follows = [*kept[1:], False]
    body = "".join(
        letter if plain or (letter == "-" and before_plain) else f"--{ord(letter):X}-"
        for letter, plain, before_plain in zip(text, kept, follows, strict=True)
    )
    begins = letters.category(body[:1] or "-") in _FIRST
    return body if begins and not body.startswith(ESCAPE) else ESCAPE + body


def beancount_commodity(of: Commodity) -> str:
    """A commodity in Beancount, which has capitals: an item's code in capitals, after ``X-`` where that is no name.

    >>> from ledger.money import item
    >>> beancount_commodity(item("air-defence-missile")), beancount_commodity(item("155mm-shell"))
    ('AIR-DEFENCE-MISSILE', 'X-155MM-SHELL')
    """
    name = of.code.upper()
    plain = not name[0].isdigit() and not name.startswith(ESCAPE) and name not in _TOKENS
    return name if plain else ESCAPE + name


def beancount_text(text: str) -> str:
    """A text in Beancount: in quotes, with a backslash before each quote and backslash, and nothing else changed."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
