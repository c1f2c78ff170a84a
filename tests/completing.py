"""Words for tests of completion: what a shell is offered after some words, the last one unfinished."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.commandline import typed


class Answered(NamedTuple):
    """What a shell is told: what to do, and each word that is offered with its help."""

    told: str
    helps: dict[str, str]

    @property
    def words(self) -> list[str]:
        """The words that are offered, in their order."""
        return list(self.helps)


def asked(*words: str) -> Answered:
    """What fish is told, in this process: nothing is said beside it, and nothing fails. The last word is as typed."""
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("_AIDLEDGER_COMPLETE", "fish")
        answer = typed("", *words)
    assert (answer.code, answer.said) == (0, "")
    told, *lines = answer.printed.removesuffix("\n").split("\n")
    pairs = [(word, help_) for word, help_ in (line.split("\t") for line in lines)]
    assert len({word for word, _ in pairs}) == len(pairs)
    return Answered(told, dict(pairs))


def offered(line: str, word: str = "") -> list[str]:
    """What is offered after these words, for a word of which so much is typed."""
    return asked(*line.split(), f'"{word}' if " " in word else word).words
