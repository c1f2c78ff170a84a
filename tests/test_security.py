"""The threat model says what is so: each test it names is there, and each line of it names some."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+::test_\w+)`", TEXT)))
THREATS = [line for line in TEXT.splitlines() if line.startswith("| ") and "**" in line]


@cache
def kept_in(name: str) -> frozenset[str]:
    """The tests that a file of tests has."""
    tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("named", NAMED)
def test_each_test_that_the_threat_model_names_is_there(named: str) -> None:
    file, _, test = named.partition("::")
    assert test in kept_in(file)


def test_each_threat_names_what_stops_it_what_does_not_and_who_proves_it() -> None:
    assert len(THREATS) >= 10
    for threat in THREATS:
        cells = [cell.strip() for cell in threat.strip("| ").split(" | ")]
        assert len(cells) == 5, threat[:60]
        assert all(cells), threat[:60]
        assert re.fullmatch(r"(`test_\w+::test_\w+`(, )?)+", cells[-1]), threat[:60]


def test_everyone_who_could_lie_is_looked_at() -> None:
    for who in ("writer", "owner", "superuser", "hostile file", "hostile web page", "server of rates", "screen"):
        assert any(who in threat.split(" | ")[0] for threat in THREATS), who


@pytest.mark.parametrize("command", re.findall(r"python -m (tests\.trials\.\w+)", TEXT))
def test_the_trials_it_names_are_there(command: str) -> None:
    assert (ROOT / f"{command.replace('.', '/')}.py").is_file()
