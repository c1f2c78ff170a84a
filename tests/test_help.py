"""Help in the user's language: everything a command says of itself is translated, and in English nothing is."""

from __future__ import annotations

import re

import pytest

from cli.main import NOUNS
from tests.commandline import Answer, typed
from tests.marked import marked
from tests.test_docs import LEAVES

COMMANDS = sorted({*LEAVES, *(leaf.split()[0] for leaf in LEAVES)})

pytestmark = pytest.mark.usefixtures("desk")


def helped(command: str) -> tuple[Answer, set[str]]:
    """A command's help in the marked language, and what of it no translator is given."""
    with marked() as language:
        answer = typed(f"{command} --help")
    return answer, language.unknown()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_sentence_of_a_help_is_given_to_translators(command):
    answer, unknown = helped(command)
    assert answer.code == 0
    assert not unknown


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_of_a_help_is_left_in_english(command):
    """Outside the guillemets there are options, what stands for their values, and commands."""
    text, before = re.sub("<[^>]*>", "", helped(command)[0].printed), None
    while text != before:  # guillemets within others: the help of an option, and its default
        before, text = text, re.sub("«[^«»]*»", "", text)
    left = re.sub(r"«.*", "", text)  # of a command that is listed, only the first sentence is shown
    words = re.findall(r"(?<![\w|-])[A-Z]?[a-z]{3,}(?![\w|])", left)
    assert set(words) <= {word for leaf in LEAVES for word in re.split("[ -]", leaf)} | {"aidledger", "toml"}


def test_the_help_of_all_has_a_line_for_each_noun_in_the_language():
    printed = helped("")[0].printed
    for _, about in NOUNS.values():
        assert f"«{about}»" in printed


def test_help_is_english_again_after_another_language(desk):  # noqa: ARG001
    before = typed("pledge add --help")
    helped("pledge add")
    assert typed("pledge add --help") == before
