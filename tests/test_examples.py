"""The examples of the documents: each is run, and says what it said.

An example is a fenced block marked ``console``. A line that begins with ``$ `` is typed, the lines
after it are what a terminal of 120 columns shows of it: results and, marked ``error:``, ``hint:``,
``warning:`` or ``note:``, what is said beside them. ``...`` stands for what nobody can foretell. A
block that begins with ``export AIDLEDGER_BOOK=`` begins a scene, in a folder of its own that holds
nothing but the fixtures that are imported.

``python -m tests.test_examples`` writes the examples anew, as the program answers them now.
"""

from __future__ import annotations

import difflib
import sys
import tempfile
from pathlib import Path

import pytest

from tests.documents import DOCUMENTS, ROOT, Scene, scenes, text_of
from tests.shell import FINDS, agrees, play, stilled

SCENES = [scene for document in DOCUMENTS for scene in scenes(document)]


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_each_example_shows_what_the_program_answers(scene: Scene, tmp_path: Path) -> None:
    differences: list[str] = []
    answers, absent = play(scene, tmp_path)
    for example, found in zip(scene.examples, answers, strict=True):
        code, answered = found or (0, example.shown)
        if not agrees(example.shown, answered, code, may_find=example.text.startswith(FINDS)):
            lines = difflib.unified_diff(stilled(example.shown), stilled(answered), "shown", "answered", lineterm="")
            differences += [f"{scene.document}:{example.first}: $ {example.text}", *lines]
    assert not differences, "\n".join(differences)
    if absent:
        pytest.skip(f"all but what these would answer was run: {', '.join(sorted(absent))}")


def test_every_document_that_explains_has_examples() -> None:
    assert {scene.document for scene in SCENES} >= {
        "README.md",
        "docs/accounting.md",
        "docs/architecture.md",
        "docs/commands.md",
        "docs/formats.md",
    }


def test_an_example_that_says_something_else_is_found() -> None:
    assert agrees(["entry 3 of ...", "..."], ["entry 3 of 7", "one", "two"])
    assert agrees(["at 2026-01-01T00:00:00.000000Z"], ["at 2025-01-01T00:00:00.000001Z"])
    assert not agrees(["1.60 GBP"], ["1.61 GBP"])
    assert not agrees(["one"], ["one", "two"])
    assert not agrees(["..."], ["error: there is no entry 9 in this book"], code=1)


# Writing the examples anew


def write(document: str) -> None:
    """Put what the program answers in place of what a document shows."""
    lines = text_of(document).splitlines()
    for scene in reversed(scenes(document)):
        with tempfile.TemporaryDirectory() as folder:
            answers, _ = play(scene, Path(folder))
        seen: dict[str, str] = {}
        found = [answer or (0, list(example.shown)) for example, answer in zip(scene.examples, answers, strict=True)]
        stills = [stilled(answered, seen) for _, answered in found]
        for example, (code, _), answered in reversed(list(zip(scene.examples, found, stills, strict=True))):
            if not agrees(example.shown, answered, code, may_find=example.text.startswith(FINDS)):
                lines[example.first : example.end] = answered
    (ROOT / document).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or DOCUMENTS:
        write(name)
