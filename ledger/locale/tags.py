"""Locales by their tags, ``de`` or ``de_AT``: which one is asked for, and what the CLDR has of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from ledger.errors import InputError

if TYPE_CHECKING:
    from babel import Locale

PLAIN_ENGLISH: Mapping[str, str] = {
    "en": "", "en_US": "USD", "en_GB": "GBP", "en_IE": "EUR", "en_CA": "CAD",
    "en_AU": "AUD", "en_NZ": "NZD", "en_HK": "HKD", "en_SG": "SGD",
}  # fmt: skip
"""English that writes ``1,600.50``, and what is paid with there: all this needs no Babel."""

_UNSET = {"", "c", "posix"}
_VARIABLES = ("LC_ALL", "LC_NUMERIC", "LC_MONETARY", "LANG")


def resolve(option: str | None, environ: Mapping[str, str]) -> str:
    """The locale to use: the option's, else ``AIDLEDGER_LOCALE``, else the system's, else ``en``.

    >>> resolve("de-AT", {}), resolve(None, {"LANG": "en_GB.UTF-8"}), resolve(None, {"LC_ALL": "C"})
    ('de_AT', 'en_GB', 'en')

    The system's variables are read as POSIX does: ``LC_ALL`` over ``LC_NUMERIC``,
    ``LC_MONETARY`` and ``LANG``; an empty one counts as absent. Raises
    :class:`InputError` for an unknown locale that the user named; an unknown one of
    the system is ``en``.
    """
    if named := option or environ.get("AIDLEDGER_LOCALE"):
        return canonical(named)
    system = next(filter(None, map(environ.get, _VARIABLES)), "")
    try:
        return canonical(system)
    except InputError:
        return "en"


def canonical(name: str) -> str:
    """A locale's tag as the ledger writes it, ``de_DE``, without encoding and variant."""
    wanted = re.split("[.@]", name.strip(), maxsplit=1)[0].replace("-", "_")
    if wanted.casefold() in _UNSET:
        return "en"
    for tag in PLAIN_ENGLISH:
        if tag.casefold() == wanted.casefold():
            return tag
    if found := _known(wanted):
        return found
    shown = ascii(name[:40]).strip("'\"") if not name.isprintable() else name[:40]
    raise InputError(
        "'{shown}' is not a known locale: name a language, such as de, or with its country, such as de_AT", shown=shown
    )


def _known(wanted: str) -> str | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - 15 ms that plain English never pays

    try:
        locale = Locale.parse(wanted)
    except (ValueError, UnknownLocaleError):
        return None
    parts = (locale.language, locale.script, locale.territory)
    return None if locale.language == "root" else "_".join(filter(None, parts))


@cache
def cldr(tag: str) -> Locale:
    """What the CLDR says of a locale, by a tag of :func:`canonical`."""
    from babel import Locale  # noqa: PLC0415 - see above

    return Locale.parse(tag)
