"""An offer: what a word may become, and what that means."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Offer(NamedTuple):
    """The whole word, and a few words of help for shells that show it.

    ``goes_on``: more is to be typed in the same word, so that no blank follows.
    """

    word: str
    help: str = ""
    goes_on: bool = False


Paths = Literal["", "files", "folders"]
"""What a shell completes by itself, and better than any program could."""


class Offers(NamedTuple):
    """What is offered: words, or the shell's own files or folders, which begin after ``lead`` in the word."""

    words: tuple[Offer, ...] = ()
    paths: Paths = ""
    lead: str = ""
