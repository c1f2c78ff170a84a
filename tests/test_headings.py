"""Headings: every column that people see has a name that can be translated, which in English is the column's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cli.headings import HEADINGS, heading
from ledger.reports.measures import MEASURES
from ledger.selection import DIMENSIONS
from tests.commandline import typed
from tests.documents import ROOT, quoted, table_of
from tests.marked import marked, translatable


def documented() -> Iterator[str]:
    """The columns of every command, which tests/test_docs_columns.py compares with what is printed."""
    for text in table_of("docs/formats.md", "## Columns").values():
        yield from quoted(text.split(" | ")[0])[0].split()
    yield from table_of("docs/formats.md", "### Columns of the rates used")
    for text in table_of("docs/formats.md", "### What was valued").values():
        yield from quoted(text)


def written() -> Iterator[str]:
    """The columns that the program names where it makes them."""
    for path in (*(ROOT / "ledger").rglob("*.py"), *(ROOT / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Column" and node.args:
                name = getattr(node.args[0], "value", None)
                yield from [name] if isinstance(name, str) else []


def test_every_column_has_a_heading():
    assert not {*documented(), *written(), *DIMENSIONS, *map(str, MEASURES)} - HEADINGS.keys()


def test_a_heading_is_the_name_of_its_column_in_english():
    assert {name: heading(name) for name in HEADINGS} == {name: name.replace("_", " ") for name in HEADINGS}


def test_every_heading_is_given_to_translators():
    assert set(HEADINGS.values()) <= translatable()


def test_a_column_without_a_heading_has_its_name():
    assert heading("no_such_column") == "no such column"


def test_people_read_headings_in_their_language_and_programs_the_names(desk):  # noqa: ARG001
    with marked():
        people, programs = typed("source list"), typed("source list --format csv")
    assert people.printed.split()[:2] == ["«code»", "«name»"]
    assert programs.printed.splitlines()[0] == "code,name"
