"""The documents: of what they list, nothing is missing, and every link leads somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cli.demo import commands as demo_commands
from cli.main import NOUNS
from ledger import errors
from ledger.journal import Stage
from ledger.money import WITHDRAWN
from ledger.pledge import MOVES, TARGET, Firmness, Instrument, MoveKind, Purpose, sources
from ledger.redenomination import REDENOMINATIONS
from ledger.reports.measures import MEASURES
from ledger.selection import DIMENSIONS
from tests.documents import DOCUMENTS, EVERY_DOCUMENT, ROOT, quoted, rows, section, table_of, text_of
from tests.shell import answer


@cache
def help_of(*words: str) -> str:
    return answer(*words, "--help")[1]


def below(*words: str) -> list[str]:
    """The commands that a group's help lists."""
    _, _, listed = help_of(*words).partition("\nCommands:\n")
    return re.findall(r"^  (\S+)", listed, re.MULTILINE)


LEAVES = [f"{noun} {verb}".strip() for noun in NOUNS for verb in below(noun) or [""]]
"""Every command, as it is typed after ``aidledger``."""


def options_of(command: str) -> set[str]:
    _, _, listed = help_of(*command.split()).partition("\nOptions:\n")
    lines = re.findall(r"^  ((?:-h, )?--[a-z-]+(?: / --[a-z-]+)?)", listed, re.MULTILINE)
    return {option for line in lines for option in re.findall(r"--[a-z-]+", line)}


GROUPS = {
    "#filters": "## Filters",
    "#evidence": "## Evidence",
    "#conversion": "## Conversion",
    "#rates-used": "## Rates used",
    "#format": "## Format",
    "#book-and-language": "## Book and language",
    "#facts": "## Facts",
    "#moving": "## Moving",
}
"""Options that many commands share stand in commands.md once, under these headings."""


def options_documented(command: str) -> set[str]:
    said = section("docs/commands.md", f"### aidledger {command}")
    links = [link for link in re.findall(r"\]\((#[a-z-]+)\)", said) if link in GROUPS]
    shared = "".join(section("docs/commands.md", GROUPS[link]) for link in links)
    return {option for first, *_ in rows(said + "\n" + shared) for option in re.findall(r"--[a-z-]+", first)}


def test_the_help_lists_commands() -> None:
    assert {"init", "pledge add", "journal reverse", "report totals", "export csv"} <= set(LEAVES)
    assert "--top-up" in options_of("pledge disburse")


def test_every_command_has_a_section_and_no_other_has() -> None:
    assert re.findall(r"^### aidledger (.+)$", text_of("docs/commands.md"), re.MULTILINE) == LEAVES


@pytest.mark.parametrize("command", LEAVES)
def test_every_option_of_a_command_is_documented_and_no_other_is(command: str) -> None:
    assert options_documented(command) == options_of(command)


@pytest.mark.parametrize("command", LEAVES)
def test_every_command_has_an_example_in_its_section(command: str) -> None:
    said = section("docs/commands.md", f"### aidledger {command}")
    assert re.search(rf"^\$ aidledger {command}(?= |$)", said, re.MULTILINE)


def test_the_readme_lists_every_command() -> None:
    assert set(table_of("README.md", "## The commands")) == {f"aidledger {command}" for command in LEAVES}


def marked(name: str) -> str:
    """The block of the README that stands right after a comment, as the checks take it."""
    found = re.search(rf"^<!-- {name} -->\n+```[a-z]*\n(.*?)^```", text_of("README.md"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_readme_sets_everything_up_with_one_command_each() -> None:
    demo, test = marked("demo command").splitlines(), marked("test command").splitlines()
    assert (len(demo), len(test)) == (1, 1)
    assert demo[0].endswith("aidledger demo")
    assert test[0].endswith("pytest")
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install ") for line in (*demo, *test))


# The codemap


def test_every_module_is_in_the_codemap_and_each_path_there_exists() -> None:
    modules = {path.relative_to(ROOT).as_posix() for room in ("ledger", "cli") for path in (ROOT / room).rglob("*.py")}
    folders = {f"{Path(module).parent.as_posix()}/" for module in modules}
    named = set(table_of("docs/architecture.md", "## Codemap"))
    assert modules | folders <= named
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_the_floors_are_those_that_are_enforced() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(
        r'name = "Imports run down: the floors.*?layers = \[.*?\n(.*?)^\]', project, re.MULTILINE | re.DOTALL
    )
    assert found
    floors = re.findall(r'^\s+"([^"]+)"', found[1], re.MULTILINE)
    drawn = [re.sub(r"[`*]", "", first) for first, *_ in rows(section("docs/architecture.md", "## Floors"))]
    assert drawn == ["cli", *(re.sub(r"[()]", "", floor).replace(" | ", " ") for floor in floors)]


# Errors


def family(kind: type[errors.LedgerError] = errors.LedgerError) -> Iterator[type[errors.LedgerError]]:
    """Every error that may reach a caller: one that begins with an underscore stays in its module."""
    if not kind.__name__.startswith("_"):
        yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def test_every_error_is_documented_with_its_exit_code() -> None:
    listed = table_of("docs/formats.md", "## Exit codes")
    for kind in family():
        assert f"{kind.exit_code} |" in f"{listed[kind.__name__]} |"


def found_in(*rooms: str) -> set[tuple[str, ...]]:
    """The severities and codes of every problem that is named in these folders."""
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in sorted((ROOT / room).glob("*.py"))]
    return {
        tuple(str(argument.value) for argument in node.args[:2] if isinstance(argument, ast.Constant))
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
    } - {()}  # one that passes on what another found names neither


def test_every_finding_of_check_is_documented() -> None:
    listed = table_of("docs/formats.md", "## What check finds")
    found = found_in("ledger/store", "ledger/store/checks", "ledger/reports", "ledger/statements")
    assert found == {(text.split(" | ")[0], code) for code, text in listed.items()}


def test_every_finding_of_verify_is_documented() -> None:
    of_check, of_verify = (table_of("docs/formats.md", f"## What {word} finds") for word in ("check", "verify"))
    assert {code for *_, code in found_in("ledger/audit")} <= of_check.keys() | of_verify.keys()


# Accounting


def test_every_stage_and_measure_and_dimension_is_explained() -> None:
    assert set(table_of("docs/accounting.md", "## Stages")) == set(Stage)
    assert set(table_of("docs/accounting.md", "## Measures")) == set(MEASURES)
    assert set(quoted(section("docs/accounting.md", "### Dimensions"))) >= set(DIMENSIONS)
    assert set(quoted(section("docs/accounting.md", "## What a pledge states"))) >= {*Purpose, *Instrument, *Firmness}


def test_the_moves_of_each_instrument_are_those_that_are_allowed() -> None:
    listed = table_of("docs/accounting.md", "## Moves")
    assert {name: set(quoted(text)) for name, text in listed.items() if name in set(Instrument)} == {
        str(instrument): {str(move) for move in moves} for instrument, moves in MOVES.items()
    }


def test_the_stages_that_a_move_draws_from_are_those_it_takes() -> None:
    listed = {name: text.split(" | ") for name, text in table_of("docs/accounting.md", "## Moves").items()}
    for move in MoveKind:
        drawn, target = (quoted(cell) for cell in listed[move])
        taken = [sources(move, instrument) for instrument, moves in MOVES.items() if move in moves]
        assert target == [TARGET[move]]
        assert set(drawn) == {stage for stages in taken for stage in stages}
        assert all([stage for stage in drawn if stage in stages] == list(stages) for stages in taken)


def test_the_withdrawn_currencies_are_named() -> None:
    assert set(quoted(text_of("docs/decisions.md"))) >= set(WITHDRAWN)


def test_every_redenomination_is_listed() -> None:
    listed = rows(section("docs/accounting.md", "### Redenominations and euro entries"))
    assert [[quoted(cell)[0] for cell in line] for line in listed] == [
        [found.old, found.new, str(found.since), found.text] for found in REDENOMINATIONS.values()
    ]


# Fixtures


def test_every_figure_of_the_demo_has_its_origin() -> None:
    said = text_of("fixtures/README.md")
    words = [word for line in demo_commands() for word in line]
    ids = [words[place + 1] for place, word in enumerate(words) if word == "--id"]
    urls = [words[place + 1] for place, word in enumerate(words) if word == "--cite"]
    assert len(ids) > 12
    assert [name for name in (*ids, *urls) if name not in said] == []
    assert [f"F{number}" for number in range(1, 21) if not re.search(rf"\bF{number}\b", said)] == []


# Links


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", EVERY_DOCUMENT)
def test_every_link_between_documents_resolves(document: str) -> None:
    prose = re.sub(r"^```.*?^```", "", text_of(document), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_readme_leads_to_every_document() -> None:
    links = set(re.findall(r"\]\((docs/[^)#]+)", text_of("README.md")))
    assert links >= set(DOCUMENTS) - {"README.md"}
