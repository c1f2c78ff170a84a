"""The line of an entry of each kind, byte for byte, and a second writer that knows nothing but the document.

``tests/golden/lines`` holds them, a file for each kind, made once and read by hand. A line there never changes: the
bytes of an entry are those that were signed. A new kind gets a new file; a new way to say a kind, a new line.
"""

import json
import re
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given

from ledger.journal import Citation, Entry, Posting
from ledger.pledge import MOVES
from ledger.proof import leaf
from ledger.proof.tree import Frontier, leaf_hash
from tests.documents import ROOT, quoted, table_of
from tests.each_kind import lines_by_kind
from tests.rfc9162 import Definitions
from tests.strategies import entries

FOLDER = Path(__file__).parent / "golden" / "lines"
GOLDEN = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(FOLDER.glob("*.jsonl"))}
LINES = sorted((line for lines in GOLDEN.values() for line in lines), key=lambda line: json.loads(line)["number"])
ROOTS = {
    49: "ee5c7f8641ddaa20ab2539255910de9bde7b89ecd3e892c9d764dbb109586389",
    54: "be6558bf7a2260d4253587f4df7f930d41c4a8cafed737c1aa12e4f5f4fc9e96",
}
"""The root over the first lines, which stays when lines are added."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is recorded today by the steps that the golden lines were recorded by."""
    return lines_by_kind(tmp_path_factory.mktemp("each"))


@pytest.mark.parametrize("kind", GOLDEN)
def test_an_entry_of_each_kind_is_recorded_as_these_bytes_and_no_others(recorded, kind):
    assert recorded[kind] == GOLDEN[kind]


def test_every_kind_that_can_be_recorded_has_its_golden_lines(recorded):
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ledger" / "recognition").glob("*.py"))
    drafted = set(re.findall(r'draft\(\s*step,\s*situation,\s*"([a-z]+)"', source))
    kinds = {"open", *drafted, *(str(move) for moves in MOVES.values() for move in moves)}
    assert kinds == set(GOLDEN) == set(recorded)


@pytest.mark.parametrize("line", LINES)
def test_a_golden_line_is_canonical_json_and_is_read_back(line):
    assert rfc8785.dumps(json.loads(line)) == line.encode()
    assert leaf.line(leaf.read(line)) == line
    assert written(leaf.read(line)) == line


def test_every_key_in_a_line_is_ascii_so_that_each_order_of_letters_is_the_same():
    found: set[str] = set()
    for line in LINES:
        json.loads(line, object_pairs_hook=lambda pairs: found.update(key for key, _ in pairs))
    assert found
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in found)


def test_every_fact_of_a_golden_line_is_documented_for_its_kind():
    documented = table_of("docs/formats.md", "### Kinds and their facts")
    for kind, lines in GOLDEN.items():
        stated = {name for line in lines for name in json.loads(line)["facts"]}
        assert stated <= set(quoted(documented[kind])), kind


def test_the_golden_lines_are_a_log_whose_root_never_changes():
    assert [json.loads(line)["number"] for line in LINES] == list(range(1, len(LINES) + 1))
    tree, roots = Frontier(), {}
    for size, line in enumerate(LINES, 1):
        tree.add(leaf_hash(line.encode()))
        roots[size] = tree.root().hex()
    hashes = [sha256(b"\x00" + line.encode()).digest() for line in LINES]
    assert tree.root() == Definitions(hashes).mth(0, len(hashes))
    assert {size: roots[size] for size in ROOTS} == ROOTS
    assert max(ROOTS) == len(LINES)


# A second writer, from docs/formats.md alone


DIGITS = {"JPY": 0, "KWD": 3}  # ISO 4217; the others that occur have two, and items none


def written(entry: Entry) -> str:
    """The line of an entry as the document says that it is written."""
    names = ("book", "number", "recorded_by", "kind", "pledge", "facts", "note", "origin", "reverses")
    said = {name: getattr(entry, name) for name in names} | {"v": 1}
    said["on"] = day(entry.on)
    said["recorded_at"] = moment(entry.recorded_at)
    said["postings"] = [posted(each) for each in entry.postings]
    said["citations"] = [cited(each) for each in entry.citations]
    return text_of(said)


def text_of(value) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{text_of(key)}:{text_of(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(map(text_of, value)) + "]" if isinstance(value, list | tuple) else f"{value:d}"


def posted(posting: Posting) -> dict[str, str]:
    code = posting.amount.commodity.code
    digits = DIGITS.get(code, 2) if re.fullmatch("[A-Z]{3}", code) else 0
    whole, rest = divmod(abs(Fraction(posting.amount.units)), 10**digits)
    amount = ("-" if posting.amount.units < 0 else "") + str(whole) + (f".{int(rest):0{digits}}" if digits else "")
    return {"pledge": posting.pledge, "stage": posting.stage.value, "commodity": code, "amount": amount}


def cited(citation: Citation) -> dict[str, object]:
    names = ("url", "title", "publisher", "published", "retrieved", "quote", "official", "file", "sha256")
    return {name: getattr(citation, name) for name in names if getattr(citation, name) is not None}


def day(on: date) -> str:
    return f"{on.year:04}-{on.month:02}-{on.day:02}"


def moment(at: datetime) -> str:
    return f"{day(at)}T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.microsecond:06}Z"


@given(entries())
def test_a_writer_made_from_the_document_writes_the_same_bytes(entry):
    assert written(entry) == leaf.line(entry)
