"""Sayings: the title, the note and the citations of a step, as the tracker's texts give them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ledger.formats.kiel.days import Said
from ledger.formats.kiel.layout import DELIVERY_SOURCE, EXPLANATION, OFFICIAL, SOURCES, SPECIFIC, Row
from ledger.formats.reading import cleaned
from ledger.journal import Citation
from ledger.pledge import Purpose

_LONGEST_TITLE = 120
_LONGEST_NOTE = 1000
_LONGEST_URL = 2000
_MOST_CITATIONS = 100
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=\w{3}[.!?])\s")


def title(rows: Sequence[Row], purpose: Purpose, items: Sequence[str]) -> str:
    """What a pledge is, in a line: its kind and its items, or the first sentence that explains it."""
    kind = specific(rows) or purpose.capitalize()
    what = ", ".join(items) or _SENTENCE.split(explanation(rows), maxsplit=1)[0].rstrip(".")
    return cut(f"{kind}: {what}" if what else kind, _LONGEST_TITLE)


def specific(rows: Sequence[Row]) -> str:
    """The kind of aid that most rows name, in its own spelling."""
    found = Counter(cleaned(text) for row in rows if (text := row.text(SPECIFIC)))
    return min(found, key=lambda text: (-found[text], text), default="")


def explanation(rows: Sequence[Row]) -> str:
    """The longest of the explanations that the rows give."""
    found = {cleaned(row.text(EXPLANATION)) for row in rows}
    return max(found, key=lambda text: (len(text), text), default="")


def note(text: str, *said: Said) -> str | None:
    """A note: the explanation, and the day as it was given where that is no day."""
    given = sorted({one.words for one in said if one.words})
    dated = f"Date as given: {'; '.join(given)}." if given else ""
    whole = " ".join(filter(None, (cut(text, _LONGEST_NOTE - len(dated) - 1), dated)))
    return cut(whole, _LONGEST_NOTE) or None


def citations(rows: Iterable[Row]) -> tuple[Citation, ...]:
    """The addresses that the rows give as sources, first ones first; official where any row says so."""
    found: dict[str, tuple[int, bool | None]] = {}
    for row in rows:
        official = {"yes": True, "no": False}.get(row.text(OFFICIAL).casefold())
        for place, column in enumerate(SOURCES):
            for url in _urls(row, column):
                was = found.get(url, (place, None))
                found[url] = (min(place, was[0]), _surer(was[1], official))
    ordered = sorted(found, key=lambda url: (found[url][0], url))
    return tuple(Citation(url=url, official=found[url][1]) for url in ordered[:_MOST_CITATIONS])


def delivery_citations(rows: Iterable[Row]) -> tuple[Citation, ...]:
    """The addresses that the rows give for what was delivered."""
    found = sorted({url for row in rows for url in _urls(row, DELIVERY_SOURCE)})
    return tuple(Citation(url=url) for url in found[:_MOST_CITATIONS])


def cut(text: str, longest: int) -> str:
    """Text cut to so many characters, the last of which then is an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _urls(row: Row, column: str) -> list[str]:
    return [url for url in _URL.findall(cleaned(row.text(column))) if len(url) <= _LONGEST_URL]


def _surer(was: bool | None, now: bool | None) -> bool | None:  # noqa: FBT001 - as Citation has it
    return True if was or now else (was if now is None else now)
