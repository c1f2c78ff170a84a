"""No reader is forgotten: a module that opens, decodes or parses is tried by the fuzzers, or says here why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fuzz.every import READERS
from tests.trials import fuzz

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("ledger/**/*.py"), *ROOT.glob("cli/**/*.py")])
TRIED = tuple(sorted({module for reader in READERS for module in reader.modules}))

READING = {
    *("open", "read_bytes", "read_text", "fdopen", "opened", "bounded"),
    *("loads", "JSONDecoder", "ZipFile", "ParserCreate", "fromstring", "iterparse"),
    *("b64decode", "load_ssh_private_key", "load_pem_private_key", "strptime", "CalamineWorkbook", "parse_qsl"),
}
"""What a call is named that takes in what somebody else wrote."""

NOT_READERS = {
    "ledger/book.py": "opens a place, which is tried as such, and as a book",
    "ledger/inquiry/registers.py": "asks the open book",
    "ledger/statements/changes.py": "opens sums that were given",
    "ledger/audit/tables/entries.py": "reads lines of the open book, whose reader is tried as a whole (book)",
    "ledger/audit/tables/pledges.py": "as above, what it holds of a pledge",
    "ledger/formats/fetch.py": "what it fetches is read as an ECB history; its server is tried by test_fetch.py",
    "ledger/formats/package/files.py": "writes a package",
    "ledger/statements/parquet.py": "reads lines of the open book",
    "ledger/statements/plaintext.py": "as above",
    "cli/demo.py": "reads the package's own script",
    "cli/kept.py": "reads what the command printed a moment ago",
    "cli/language.py": "reads the package's own catalogues",
    "cli/main.py": "opens the null device",
    "cli/whole.py": "writes files",
}


@cache
def readers() -> dict[str, set[str]]:
    """Every module that reads, and by which calls."""
    found = {module.relative_to(ROOT).as_posix(): set(_calls(module)) & READING for module in MODULES}
    return {name: by for name, by in found.items() if by}


def _calls(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="Book" | "note"))):
                continue  # a book that is opened, a note whose text was read before
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                yield name


def test_every_module_that_reads_is_tried() -> None:
    untried = {name: by for name, by in readers().items() if not name.startswith(TRIED) and name not in NOT_READERS}
    assert not untried, "give each a reader in tests/fuzz, or say in NOT_READERS why it needs none"


def test_no_reason_is_given_for_a_module_that_needs_none() -> None:
    assert sorted(name for name in NOT_READERS if name not in readers() or name.startswith(TRIED)) == []


@pytest.mark.parametrize("module", TRIED)
def test_a_reader_names_modules_that_are_there(module: str) -> None:
    assert any(path.relative_to(ROOT).as_posix().startswith(module) for path in MODULES)


def test_readers_have_names_of_their_own() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)


def test_the_long_fuzzing_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SystemExit, match="error: atheris is not installed: pip install atheris"):
        fuzz.main(["--reader", "IATI"])


def test_the_long_fuzzing_knows_no_other_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: True)
    with pytest.raises(SystemExit, match="error: there is no reader 'nobody': there are table, "):
        fuzz.main(["--reader", "nobody"])
