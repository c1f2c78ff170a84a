"""What is said beside the figures is said in the language of the user: each note, warning, title and finding, whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ledger.formats import ecb
from tests.commandline import done, typed
from tests.marked import marked
from tests.misbehaving import serving, well
from tests.shell import answer, shell
from tests.test_docs_columns import CALLS, small_book

__all__ = ["small_book"]

WHOLE = re.compile(r"(?:note|warning|error|hint): (?:«.*»|aidledger [^«»]*)")


def test_every_sentence_beside_a_report_is_said_in_the_language_of_the_user(small_book: Path) -> None:
    heard, left = 0, dict[str, list[str]]()
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        shell(small_book.parent, monkeypatch),
        serving(well(ecb.embedded().path.read_bytes())) as server,
        marked() as language,
    ):
        monkeypatch.setenv("AIDLEDGER_ECB_URL", server.url())
        for name, call in CALLS.items():
            words = shlex.split(call)
            where = ("--book", str(small_book)) if words[0] != "key" else ()
            _, said = answer(*words, *where)
            found = [line for line in said.splitlines() if line.startswith(("note:", "warning:", "error:", "hint:"))]
            heard += len(found)
            if strange := [line for line in found if not WHOLE.fullmatch(line)]:
                left[name] = strange
    assert heard > 20
    assert not left
    assert not language.unknown()


def test_a_cell_that_is_a_sentence_is_said_to_people_and_plain_to_programs(desk: Path) -> None:  # noqa: ARG001
    done('party add CLUB "The club" --kind group')
    done("party join GB CLUB --from 2025-01-01")
    with marked() as language:
        people, programs = typed("party show GB"), typed("party show GB --format json")
    assert "«member of»" in people.printed
    assert [row["relation"] for row in programs.rows][-1] == "member of"
    assert not language.unknown()


def test_a_finding_is_said_to_people_and_plain_to_programs(desk: Path) -> None:  # noqa: ARG001
    with marked():
        people, programs = typed("check"), typed("check --format json")
    assert people.said.startswith("note: «every invariant holds»") or "«" in people.printed
    assert programs.printed == "[]\n"
