"""The commands of a text: words taken apart as a shell does, comments left out, lines numbered."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.script import commands
from ledger.errors import InputError

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=5)


def words(text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.words) for line in commands(text, "list.txt")]


@given(LINES)
def test_words_that_were_quoted_for_a_shell_come_back(lines: list[list[str]]) -> None:
    text = "\n".join(map(shlex.join, lines))
    expected = [tuple(line) for line in lines]
    found = [line for _, line in words(text)]
    assert found == [line[1:] if line[0] == "aidledger" else line for line in expected if line != ("aidledger",)]


@given(LINES, st.integers(1, 3))
def test_a_backslash_at_the_end_goes_on_and_the_number_is_the_first_lines(lines: list[list[str]], blank: int) -> None:
    joined = [" \\\n".join(["item", *map(shlex.quote, line)]) for line in lines]
    text = "".join("\n" * blank + line + "\n" for line in joined)
    firsts, at = [], 1
    for line in joined:
        at += blank
        firsts.append(at)
        at += line.count("\n") + 1
    assert words(text) == [(first, ("item", *line)) for first, line in zip(firsts, lines, strict=True)]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash to compare with")
@pytest.mark.parametrize(
    "line",
    [
        "a b#c # d",
        "--cite https://example.org/#top '#' \"#\" #",
        r"a\ b \# 'c\' d\\",
        "'it''s' \"so \\\"\\\\ \\n\" e\\\nf",
        "a \\\n # b",
        "a\t b",
        '"two \\\nlines"',
    ],
)
def test_a_line_has_the_words_that_bash_sees_in_it(line: str) -> None:
    shown = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}\n"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert words(line) == [(1, tuple(shown.split("\0")[:-1]))]


def test_comments_end_lines_and_hide_what_they_hold_a_backslash_as_well() -> None:
    assert words("# one \\\nitem list # two 'three \\\n\nitem add") == [(2, ("item", "list")), (4, ("item", "add"))]


@pytest.mark.parametrize(
    ("text", "line"), [("item 'a", 1), ('\nitem "a\n"', 2), ("a\nb \\\n'c", 2), ("item a'b # c", 1)]
)
def test_a_quote_that_is_not_closed_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        words(text)
    assert caught.value.message == f"list.txt:{line}: a quote is opened that the line does not close"


def test_what_stands_before_a_wrong_line_is_read() -> None:
    read = commands("item list\n'", "list.txt")
    assert next(read).words == ("item", "list")
    with pytest.raises(InputError):
        next(read)


def test_a_backslash_at_the_very_end_is_nothing() -> None:
    assert words("item list \\") == [(1, ("item", "list"))]
