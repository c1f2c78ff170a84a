"""What answers are completed from: codes and ids with their names, found by the beginning of any of their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from cli.conversation.question import Offer

MOST = 50
"""No more than these are offered at once."""

_WORDS = re.compile(r"[^\W_]+")


def among(known: Mapping[str, str], after: str = "") -> Callable[[str], Iterable[Offer]]:
    """Offers of these codes with their names, to the last piece of what was typed (``after``: what parts pieces)."""

    def offers(typed: str) -> Iterator[Offer]:
        piece = typed.rpartition(after)[2].lstrip() if after else typed
        return islice(matching(known.items(), piece), MOST)

    return offers


def last_word(known: Mapping[str, str]) -> Callable[[str], Iterable[Offer]]:
    """Offers to the last word of an amount: what it is of, once its number is typed."""

    def offers(typed: str) -> Iterator[Offer]:
        number, blank, word = typed.rpartition(" ")
        return islice(matching(known.items(), word), MOST) if blank and word and _holds_digit(number) else iter(())

    return offers


def matching(known: Iterable[tuple[str, str]], piece: str) -> Iterator[Offer]:
    """Those whose code, or any word of whose name, begins with what was typed: codes that do so first."""
    wanted = piece.casefold()
    named = []
    for code, name in known:
        if code.casefold().startswith(wanted):
            yield Offer(code, name, len(piece))
        elif _begins_word(name, wanted):
            named.append(Offer(code, name, len(piece)))
    yield from named


def _begins_word(name: str, wanted: str) -> bool:
    text = name.casefold()
    return text.startswith(wanted) or any(text.startswith(wanted, word.start()) for word in _WORDS.finditer(text))


def _holds_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
