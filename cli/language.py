"""The language that people are spoken to in: that of ``--locale``, else of the environment.

Sentences are made in English (:mod:`ledger.message`) and said in the user's language here, at the last moment,
by a catalogue of GNU gettext. What programs read, JSON and CSV, never comes by here.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ledger.message import Message

CATALOGUES = Path(__file__).parent / "catalogues"
DOMAIN = "aidledger"
_LONGEST = 8  # letters of the name of a language (BCP 47)

_ENGLISH = gettext.NullTranslations()
_SPOKEN: ContextVar[gettext.NullTranslations] = ContextVar("spoken", default=_ENGLISH)


def said(text: str) -> str:
    """A sentence in the user's language, where it is a :class:`~ledger.message.Message`; else as it is."""
    return text.spoken(_SPOKEN.get()) if isinstance(text, Message) else text


def told(text: str) -> str:
    """An English sentence in the user's language, where it came here as a plain str: what Typer makes of a message."""
    return _SPOKEN.get().gettext(text) if text else text


def tongue() -> str:
    """The code of the language that is spoken, ``en`` or ``de``, as a catalogue names its own."""
    return _SPOKEN.get().info().get("language", "en")


def foreign() -> bool:
    """Whether another language than English is spoken."""
    return _SPOKEN.get() is not _ENGLISH


@contextmanager
def speaking(args: Sequence[str], environ: Mapping[str, str]) -> Iterator[None]:
    """Speak the language that a command line and its environment ask for, as long as the block lasts."""
    token = _SPOKEN.set(_catalogue(asked(args, environ)))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def asked(args: Sequence[str], environ: Mapping[str, str]) -> str:
    """The locale whose language is asked for: of ``--locale``, ``AIDLEDGER_LOCALE``, or what POSIX has for messages.

    >>> asked(["pledge", "list", "--locale", "de"], {"LANG": "fr_FR"}), asked([], {"LC_MESSAGES": "uk_UA.UTF-8"})
    ('de', 'uk_UA.UTF-8')
    """
    named = _option(args) or environ.get("AIDLEDGER_LOCALE")
    return named or next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "en")


def _option(args: Sequence[str]) -> str | None:
    """What ``--locale`` says, the last one of them, as Typer will read it."""
    words = list(args[: args.index("--")] if "--" in args else args)
    found = None
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--locale" and following:
            found = following
        elif word.startswith("--locale="):
            found = word.partition("=")[2]
    return found


def _catalogue(locale: str) -> gettext.NullTranslations:
    """The catalogue of a locale's language; English, whose sentences are the source, where there is none."""
    language = locale.replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0].casefold()
    file = CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not language.isalpha() or len(language) > _LONGEST or not file.exists():
        return _ENGLISH
    with file.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
