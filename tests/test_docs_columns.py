"""What programs rely on is listed in docs/formats.md: columns, tables, triggers, kinds and keys."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
import rfc8785

from cli.demo import commands as demo_commands
from ledger.formats import ecb
from ledger.formats.package.layouts import LAYOUTS, header
from ledger.formats.rates import hmrc, recognise
from ledger.formats.tabular import COLUMNS as REGISTER
from ledger.pledge import MOVES
from ledger.proof import leaf
from tests import places
from tests.documents import ROOT, blocks, quoted, table_of
from tests.misbehaving import serving, well
from tests.shell import answer, shell
from tests.test_docs import LEAVES, options_of


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's book."""
    path = tmp_path_factory.mktemp("documents") / "book.sqlite"
    with pytest.MonkeyPatch.context() as monkeypatch, shell(path.parent, monkeypatch):
        for words in demo_commands():
            assert answer(*words, "--book", places.at(path))[0] == 0
        assert answer("key", "create", "ada")[0] == 0
    return path


CALLS: Mapping[str, str] = {
    "check": "check",
    "verify": "verify",
    "key show": "key show",
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
    "init": "init --book new.sqlite",
    "upgrade": "upgrade",
    "demo": "demo small",
    "pledge add": 'pledge add NO "1 NOK" --on 2025-03-03 --purpose other --instrument grant',
    "party add": "party add CLUB Club --kind group",
    "party join": "party join NO CLUB",
    "source add": "source add purse Purse",
    "item add": "item add generator Generator",
    "key create": "key create eve --key another",
    "checkpoint": "checkpoint",
    "prove": "prove GB-2025-0001",
    "backup": "backup kept.sqlite",
    "restore": "restore kept.sqlite --book restored.sqlite",
    "copy": "copy kept.sqlite moved.sqlite",
    "report summary": "report summary --out page.html",
    "export csv": "export csv --out register.csv",
    "export hledger": "export hledger --out book.journal",
    "export beancount": "export beancount --out book.beancount",
    "export iati": "export iati --out activities.xml",
    "export xlsx": "export xlsx --out book.xlsx",
    "export parquet": "export parquet --out columns",
    "export audit": "export audit --out package",
}
"""One call of each command with columns of its own, in an order in which they all succeed."""

NO_COLUMNS: Mapping[str, str] = {
    "run": "its rows are those of its commands",
    "completion": "what it prints is a shell's program",
}
"""The commands that have none, and why."""

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
    """The first line of what a command prints as CSV, whatever is said beside it."""
    words = shlex.split(call)
    where = () if words[0] == "key" or "--book" in words else ("--book", places.at(book))
    _, said = answer(*words, *where, "--format", "csv")
    return next(line for line in said.splitlines() if re.fullmatch(r"[a-z0-9_]+(,[a-z0-9_]+)*", line))


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
    assert [command for command in LEAVES if "--format" not in options_of(command)] == ["completion"]
    assert {call.split(" --")[0] for call in CALLS} == {*LEAVES} - NO_COLUMNS.keys()


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


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_columns_of_each_table_of_a_package_are_documented(name: str) -> None:
    assert list(table_of("docs/package.md", f"### {name}")) == list(header(name))


def test_the_columns_of_the_register_are_documented() -> None:
    assert list(table_of("docs/formats.md", "## The register")) == list(REGISTER)


# Formats: the schema


@places.of_files("the schema of SQLite")
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
