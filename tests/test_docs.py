"""The documents: every example is run and says what it said, and of what they list nothing is missing.

An example is a fenced block marked ``console``. A line that begins with ``$ `` is typed, the lines
after it are what a terminal of 120 columns shows of it: results and, marked ``error:``, ``hint:``,
``warning:`` or ``note:``, what is said beside them. ``...`` stands for what nobody can foretell. A
block that begins with ``export AIDLEDGER_BOOK=`` begins a scene, in a folder of its own that holds
nothing but the fixtures that are imported.

``python -m tests.test_docs`` writes the examples anew, as the program answers them now.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import rfc8785

from cli.demo import commands as demo_commands
from cli.main import NOUNS, run
from ledger import errors
from ledger.formats import ecb
from ledger.formats.rates import hmrc, recognise
from ledger.formats.tabular import COLUMNS as REGISTER
from ledger.journal import Stage
from ledger.money import WITHDRAWN
from ledger.pledge import MOVES, TARGET, Firmness, Instrument, MoveKind, Purpose, sources
from ledger.proof import leaf
from ledger.redenomination import REDENOMINATIONS
from ledger.reports.measures import MEASURES
from ledger.selection import DIMENSIONS
from tests.misbehaving import serving, well

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
EVERY_DOCUMENT = (*DOCUMENTS, "CHANGELOG.md", "CONTRIBUTING.md", "fixtures/README.md")

WIDTH = 120
SETTINGS = {"AIDLEDGER_USER": "ada", "AIDLEDGER_LOCALE": "en_GB", "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
UNSET = ("AIDLEDGER_BOOK", "AIDLEDGER_DEBUG", "AIDLEDGER_ECB_URL", "AIDLEDGER_PATIENCE", "_AIDLEDGER_COMPLETE")

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NAME_OF_A_BOOK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
THE_BOOK = "0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f"

IMPORTED = ("bank", "iati", "kiel", "maps", "rates", "tracker")
"""The fixtures that examples import."""

FINDS = ("aidledger check", "aidledger reconcile tracker")
"""Commands that exit 1 where they find something."""

Answer = tuple[int, list[str]]
"""An exit code, and the lines that were shown."""


# Examples as they stand in a document


@dataclass(frozen=True)
class Example:
    """One command of a document and what it is said to show, from line ``first`` up to ``end`` of the file."""

    text: str
    shown: tuple[str, ...]
    first: int
    end: int


@dataclass(frozen=True)
class Scene:
    """Examples that follow each other in one folder, under the heading where they begin."""

    document: str
    title: str
    examples: tuple[Example, ...]

    def __str__(self) -> str:
        return f"{self.document}: {self.title}"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str, language: str) -> Iterator[tuple[str, int, list[str]]]:
    """The fenced blocks of a language: the heading above, the number of the first line inside, the lines."""
    heading, fence, first = document, "", 0
    inside: list[str] = []
    for number, line in enumerate(text_of(document).splitlines()):
        if line.startswith("```"):
            if fence == f"```{language}":
                yield heading, first, inside
            fence, inside, first = ("" if fence else line), [], number + 1
        elif fence:
            inside.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("# ")


def examples(lines: Sequence[str], first: int) -> Iterator[Example]:
    """The commands of a block; one goes on in the next line after a backslash."""
    begins = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        last = begin
        while lines[last].endswith("\\"):
            last += 1
        words = [line.removesuffix("\\").strip() for line in lines[begin : last + 1]]
        yield Example(" ".join(words)[2:], tuple(lines[last + 1 : end]), first + last + 1, first + end)


def scenes(document: str) -> list[Scene]:
    found: list[Scene] = []
    for heading, first, lines in blocks(document, "console"):
        here = tuple(examples(lines, first))
        if not found or here[0].text.startswith("export AIDLEDGER_BOOK="):
            found.append(Scene(document, heading, here))
        else:
            found[-1] = Scene(document, found[-1].title, (*found[-1].examples, *here))
    return found


SCENES = [scene for document in DOCUMENTS for scene in scenes(document)]


# What the program answers


class Terminal(io.TextIOWrapper):
    """What a person would see: results and what is said beside them, in one stream."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", write_through=True)

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode().replace("\r\n", "\n")


def answer(*words: str) -> tuple[int, str]:
    """How a command line of ``aidledger`` ends, and all it prints."""
    terminal = Terminal()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        code = run(words)
    return code, terminal.text()


@dataclass
class Shell:
    """As much of a shell as the documents use."""

    monkeypatch: pytest.MonkeyPatch
    code: int = 0

    def type(self, text: str) -> Answer:
        """How a command ends, and what it shows, line by line."""
        program, *words = shlex.split(text)
        if program == "export":
            self.monkeypatch.setenv(*words[0].split("=", 1))
            return 0, []
        if text == "echo $?":
            return 0, [str(self.code)]
        if program == "aidledger":
            self.code, said = answer(*words)
        else:
            assert program == "python3"
            done = subprocess.run([sys.executable, *words], capture_output=True, check=False, encoding="utf-8")
            self.code, said = done.returncode, done.stdout + done.stderr
        return self.code, [line.rstrip() for line in said.splitlines()]


@contextmanager
def shell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in a folder, with the settings that the documents name and the files that they import."""
    for name in IMPORTED:
        shutil.copytree(ROOT / "fixtures" / name, folder / "fixtures" / name, dirs_exist_ok=True)
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**SETTINGS, "XDG_DATA_HOME": str(folder / "data")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    yield Shell(monkeypatch)


def play(scene: Scene, folder: Path) -> list[Answer]:
    """What each command of a scene answers, in a folder of its own."""
    with pytest.MonkeyPatch.context() as monkeypatch, shell(folder, monkeypatch) as typed:
        return [typed.type(example.text) for example in scene.examples]


def stilled(lines: Iterable[str], seen: dict[str, str] | None = None) -> list[str]:
    """Lines in which moments are those of a quiet morning, a second apart, and the book has a name of its own."""
    moments = {} if seen is None else seen

    def still(found: re.Match[str]) -> str:
        return moments.setdefault(found[0], f"2026-11-22T09:00:{len(moments) + 1:02}.000000Z")

    return [NAME_OF_A_BOOK.sub(THE_BOOK, MOMENT.sub(still, line)) for line in lines]


def agrees(shown: Sequence[str], answered: Sequence[str], code: int = 0, *, may_find: bool = False) -> bool:
    """Whether a document shows what the program answers: all but what ``...`` stands for, which is never an error.

    A command that ``may_find`` something exits 1 then without an error.
    """
    if (code > int(may_find)) != any(line.startswith("error: ") for line in shown):
        return False
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
        for line in stilled(shown)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in stilled(answered))) is not None


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_each_example_shows_what_the_program_answers(scene: Scene, tmp_path: Path) -> None:
    differences: list[str] = []
    for example, (code, answered) in zip(scene.examples, play(scene, tmp_path), strict=True):
        if not agrees(example.shown, answered, code, may_find=example.text.startswith(FINDS)):
            lines = difflib.unified_diff(stilled(example.shown), stilled(answered), "shown", "answered", lineterm="")
            differences += [f"{scene.document}:{example.first}: $ {example.text}", *lines]
    assert not differences, "\n".join(differences)


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


# What the documents list


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next one of its rank or above."""
    rank = heading.split(" ", maxsplit=1)[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(rank)}}} |\Z)", text_of(document), re.MULTILINE | re.DOTALL
    )
    assert found, f"{document} has no section '{heading}'"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """The rows of the tables in a text, cell by cell, without headings and rules."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("|") and not re.match(r"\|[ :-]*-", line):
            if number + 1 < len(lines) and re.match(r"\|[ :-]*-", lines[number + 1]):
                continue
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def quoted(text: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def table_of(document: str, heading: str) -> dict[str, str]:
    """The tables of a section: what is in backquotes in the first cell, and the text of the others."""
    return {name: " | ".join(cells) for first, *cells in rows(section(document, heading)) for name in quoted(first)}


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


def test_every_finding_of_check_is_documented() -> None:
    rooms = [ROOT / "ledger/store/checks", ROOT / "ledger/reports", ROOT / "ledger/statements"]
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.py"))]
    problems = [
        tuple(argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant))
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
    ]
    listed = table_of("docs/formats.md", "## What check finds")
    assert problems
    assert {code: severity for severity, code in problems} == {
        code: text.split(" | ")[0] for code, text in listed.items()
    }


# Formats: each column of each command


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's book."""
    path = tmp_path_factory.mktemp("documents") / "book.sqlite"
    with pytest.MonkeyPatch.context() as monkeypatch, shell(path.parent, monkeypatch):
        for words in demo_commands():
            assert answer(*words, "--book", str(path))[0] == 0
    return path


CALLS: Mapping[str, str] = {
    "check": "check",
    "convert": 'convert "1 GBP" EUR --on 2025-03-03',
    "convert --explain": 'convert "1 GBP" EUR --on 2025-03-03 --explain',
    "party list": "party list",
    "party show": "party show GB",
    "source list": "source list",
    "item list": "item list",
    "pledge list": "pledge list",
    "pledge show": "pledge show GB-2025-0001",
    "journal list": "journal list",
    "journal show": "journal show 3",
    "journal reverse": "journal reverse 6 --note again",
    "journal close": "journal close 2020",
    "journal reopen": "journal reopen 2020 --note again",
    "report totals": "report totals --by ''",
    "report totals --in": "report totals --by '' --in EUR",
    "report totals --compare-policies": "report totals --by '' --in EUR --compare-policies",
    "report pipeline": "report pipeline",
    "report pipeline --in": "report pipeline --in EUR",
    "report totals --range": "report totals --by '' --range",
    "report totals --top": "report totals --by '' --top 3",
    "report timeline": "report timeline",
    "report timeline --in": "report timeline --in EUR",
    "report items": "report items --by ''",
    "report items --in": "report items --by '' --in EUR",
    "report changes": "report changes --between 2,9",
    "report changes --in": "report changes --between 2,9 --in EUR",
    "report exposure": "report exposure --in EUR --on 2025-12-31",
    "reconcile stated": "reconcile stated",
    "reconcile tracker": "reconcile tracker fixtures/tracker/wide/input.csv",
    "reconcile statement": "reconcile statement fixtures/bank/instalment.xml",
    "report trial-balance": "report trial-balance",
    "rate list": "rate list GBP --until 2025-03-03",
    "rate import": "rate import fixtures/rates/plain/input.csv --as by-hand",
    "rate update": "rate update",
    "import csv": "import csv fixtures/maps/contract/input.csv",
    "import kiel": "import kiel fixtures/kiel/release-7/input.xlsx --as kiel-r7",
    "import iati": "import iati fixtures/iati/life-of-a-pledge/input.xml",
    "pledge commit": 'pledge commit GB-2025-0001 "1 GBP"',
    "pledge allocate": 'pledge allocate GB-2025-0001 "1 GBP"',
    "pledge disburse": 'pledge disburse GB-2025-0001 "3 GBP"',
    "pledge repay": 'pledge repay GB-2025-0001 "1 GBP"',
    "pledge forgive": 'pledge forgive GB-2025-0001 "1 GBP"',
    "pledge call": 'pledge call GB-2023-0003 "1 GBP"',
    "pledge cancel": 'pledge cancel GB-2025-0001 "1 GBP"',
    "pledge revise": 'pledge revise GB-2025-0001 "1.7bn GBP" --note more',
    "pledge amend": "pledge amend GB-2025-0001 --title New --note misread",
    "pledge distinguish": "pledge distinguish EU-2022-0001 EU-2022-0002 --note two",
    "pledge draw": 'pledge draw EU-2024-0001 CA-2024-0001 "1 EUR"',
    "pledge supersede": "pledge supersede EU-2022-0001 EU-2022-0002 --note again",
}
"""One call of each command that prints a table, in an order in which they all succeed."""

EXPLAINED: Mapping[str, str] = {
    "report totals": "report totals --by '' --in EUR --explain",
    "report totals --compare-policies": "report totals --by '' --in EUR --compare-policies --measure owed --explain",
    "report pipeline": "report pipeline --in EUR --explain",
    "report timeline": "report timeline --in EUR --explain",
    "report items": "report items --by '' --in EUR --explain",
    "report changes": "report changes --between 2,9 --in EUR --explain",
    "reconcile tracker": "reconcile tracker fixtures/tracker/wide/input.csv --explain",
    "report exposure": "report exposure --in EUR --on 2025-12-31 --explain",
}
"""One call of each report that shows the rates it used."""


def header_of(call: str, book: Path) -> str:
    """The first line of what a command prints as CSV."""
    _, said = answer(*shlex.split(call), "--book", str(book), "--format", "csv")
    return next(line for line in said.splitlines() if not line.startswith(("note:", "warning:")))


def test_the_columns_of_every_command_are_documented(small_book: Path) -> None:
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        shell(small_book.parent, monkeypatch),
        serving(well(ecb.embedded().path.read_bytes())) as server,
    ):
        monkeypatch.setenv("AIDLEDGER_ECB_URL", server.url())
        headers = {name: header_of(call, small_book) for name, call in CALLS.items()}
    listed = {name: text.split(" | ")[0] for name, text in table_of("docs/formats.md", "## Columns").items()}
    assert {name: ",".join(quoted(columns)[0].split()) for name, columns in listed.items()} == headers


def test_each_command_that_prints_a_table_has_its_columns_documented() -> None:
    assert {call.split(" --")[0] for call in CALLS} == {
        command for command in LEAVES if "--format" in options_of(command)
    }


def test_the_columns_of_the_rates_used_are_documented(small_book: Path) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, shell(small_book.parent, monkeypatch):
        headers = {
            name: header_of(call, small_book).removeprefix("known_at,").split(",") for name, call in EXPLAINED.items()
        }
    listed = list(table_of("docs/formats.md", "### Columns of the rates used"))
    figures = {name: quoted(text) for name, text in table_of("docs/formats.md", "### What was valued").items()}
    assert {name: [*listed, *found] for name, found in figures.items()} == headers


def test_every_layout_of_rates_is_documented_with_its_source() -> None:
    layouts = (*recognise.LAYOUTS, hmrc.LAYOUT)
    listed = table_of("docs/formats.md", "## Files of rates")
    assert {name: quoted(text)[:1] for name, text in listed.items()} == {
        layout.word: [layout.source] if layout.source else [] for layout in layouts
    }


def test_the_columns_of_the_register_are_documented() -> None:
    assert list(table_of("docs/formats.md", "## The register")) == list(REGISTER)


# Formats: the schema


def test_every_table_column_and_trigger_is_documented(small_book: Path) -> None:
    with closing(sqlite3.connect(small_book)) as book:
        tables = [name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: [row[1] for row in book.execute(f"PRAGMA table_info({name})")] for name in tables}
        triggers = {name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    listed = table_of("docs/formats.md", "### Tables")
    ours = {name: found for name, found in columns.items() if not name.startswith("sqlite_")}
    assert {name: quoted(text)[0].split() for name, text in listed.items()} == ours
    assert set(table_of("docs/formats.md", "### Triggers")) == triggers


# Formats: the line of an entry


def lines_shown() -> list[str]:
    return [line for _, _, inside in blocks("docs/formats.md", "console") for line in inside if line.startswith("{")]


def test_every_kind_of_entry_has_an_example_line() -> None:
    kinds = {json.loads(line)["kind"] for line in lines_shown() if not line.endswith("...")}
    assert kinds | {"open"} == set(table_of("docs/formats.md", "### Kinds and their facts"))
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ledger" / "recognition").glob("*.py"))
    written = set(re.findall(r'draft\(\s*step,\s*situation,\s*"([a-z]+)"', source)) | {"open"}
    assert kinds | {"open"} == written | {str(move) for moves in MOVES.values() for move in moves}


def test_the_example_lines_are_canonical() -> None:
    for line in lines_shown():
        if not line.endswith("..."):
            assert rfc8785.dumps(json.loads(line)).decode() == line
            assert leaf.line(leaf.read(line)) == line


def test_every_key_of_a_line_is_documented() -> None:
    assert set(table_of("docs/formats.md", "### Keys")) == set(json.loads(lines_shown()[0]))


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


# Writing the examples anew


def write(document: str) -> None:
    """Put what the program answers in place of what a document shows."""
    lines = text_of(document).splitlines()
    for scene in reversed(scenes(document)):
        with tempfile.TemporaryDirectory() as folder:
            answers = play(scene, Path(folder))
        seen: dict[str, str] = {}
        stills = [stilled(answered, seen) for _, answered in answers]
        for example, (code, _), answered in reversed(list(zip(scene.examples, answers, stills, strict=True))):
            if not agrees(example.shown, answered, code, may_find=example.text.startswith(FINDS)):
                lines[example.first : example.end] = answered
    (ROOT / document).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or DOCUMENTS:
        write(name)
