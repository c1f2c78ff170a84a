"""verify.py as a file, and its parts beside what others compute: signatures, trees, amounts, bytes."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.package import csv as package_csv
from ledger.formats.package import guarded
from ledger.formats.verifier import amounts, assembled, comparison, ed25519, listings, merkle, tables
from ledger.formats.verifier.entries import STAGES, sound_entry
from ledger.formats.verifier.main import problems
from ledger.formats.verifier.words import Unsound, shown
from ledger.journal import Stage
from ledger.money import Money, commodity, split
from ledger.proof import tree
from ledger.rate import rate_text
from ledger.reports.evidence import exact_text

ROOMS = Path(assembled.__file__).parent


# The file


def names_of(node: ast.stmt) -> list[str]:
    """The names that a statement at the top of a file gives."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def test_the_text_is_python_3_9_and_its_rooms_have_no_name_in_common():
    parsed = ast.parse(assembled.text(), feature_version=(3, 9))
    defined = Counter(name for node in parsed.body for name in names_of(node))
    assert [name for name, times in defined.items() if times > 1] == []


def test_nothing_is_imported_before_its_own_folder_is_off_the_path():
    parsed = ast.parse(assembled.text())
    first, guard = parsed.body[1:3]
    assert ast.unparse(first) == "import sys"
    assert isinstance(guard, ast.If)
    assert [ast.unparse(each) for each in guard.body] == ["del sys.path[0]"]
    assert "__future__" not in {str(node.module) for node in parsed.body if isinstance(node, ast.ImportFrom)}


def test_it_imports_from_the_standard_library_alone_and_never_half_way_down():
    parsed = ast.parse(assembled.text())
    imports = [node for node in ast.walk(parsed) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert all(node in parsed.body for node in imports)
    assert "ledger" not in {word for word in assembled.text().replace(".", " ").split() if word == "ledger.formats"}


def test_every_room_is_in_it_whole():
    assert set(assembled.ROOMS) == {path.stem for path in ROOMS.glob("*.py")} - {"__init__", "assembled"}
    text = assembled.text()
    for room in assembled.ROOMS:
        source = (ROOMS / f"{room}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert str(ast.get_source_segment(source, node)) in text


def old_python() -> str | None:
    """A Python 3.9 that runs, if there is one."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [shutil.which("python3.9"), *map(str, sorted(root.glob("3.9*/bin/python3.9")))]
    return next((each for each in found if each and run(each, "-c", "").returncode == 0), None)


@pytest.fixture
def written(tmp_path):
    """The text as a file."""
    path = tmp_path / "verify.py"
    path.write_text(assembled.text(), encoding="utf-8")
    return path


def run(*words: object):
    command = [str(word) for word in words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_python_3_9_runs_it(written):
    python = old_python()
    if python is None:
        pytest.skip("there is no Python 3.9 here: install python3.9, or name its folder in PYENV_ROOT")
    (written.parent / "__future__.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    for options in ([], ["-I"]):
        done = run(python, *options, "-W", "error", written, "--help")
        assert done.returncode == 0, done
        assert "FOLDER" in done.stdout


@pytest.mark.parametrize(
    "words",
    [["nowhere"], ["nowhere.tlog-proof"], ["--key", "ada"], ["--key", "SHA256:x"], ["--since", "nowhere"], ["--what"]],
)
def test_a_wrong_call_ends_with_2_and_says_why(words, written):
    done = run(sys.executable, "-I", written, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_has_everything_wrong_and_no_traceback(written):
    done = run(sys.executable, "-I", written, written.parent)
    assert done.returncode == 1
    assert "FAILED journal.jsonl: is missing" in done.stdout
    assert done.stderr == ""
    assert list(problems(str(written.parent / "none"))) == [(str(written.parent / "none"), "is no folder")]


def test_what_it_tells_of_others_files_cannot_command_a_terminal():
    assert shown("a\x1b[31mb\n\u202ec\ud800") == "'a\\x1b[31mb\\n\\u202ec\\ud800'"
    assert len(shown("x" * 1000)) < 200


# Signatures


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_ed25519_says_what_cryptography_says_of_right_and_wrong_signatures(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert ed25519.ed25519_verifies(public, message, signature)
    assert not ed25519.ed25519_verifies(public, message + b"!", signature)
    wrong = int.from_bytes(signature, "little") ^ 1 << bit
    assert not ed25519.ed25519_verifies(public, message, wrong.to_bytes(64, "little"))


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_ed25519_knows_the_vectors_of_rfc_8032(public, message, signature):
    known = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519.ed25519_verifies(*known)
    above = int.from_bytes(known[2][32:], "little") + ed25519.ORDER
    assert not ed25519.ed25519_verifies(known[0], known[1], known[2][:32] + above.to_bytes(32, "little"))


def test_a_key_or_signature_of_another_length_or_off_the_curve_is_none():
    for public in (b"", bytes(31), (ed25519.PRIME + 1).to_bytes(32, "little"), (2).to_bytes(32, "little")):
        assert not ed25519.ed25519_verifies(public, b"", bytes(64))
    assert not ed25519.ed25519_verifies(bytes(31) + b"\x80", b"", bytes(63))
    assert not ed25519.ed25519_verifies((1 + 2**255).to_bytes(32, "little"), b"", bytes(64))


# The tree


LEAVES = [merkle.leaf_of(str(number).encode()) for number in range(70)]


def roots() -> list[bytes]:
    growing = merkle.Tree()
    found = [growing.root()]
    for leaf in LEAVES:
        growing.add(leaf)
        found.append(growing.root())
    return found


def span_hash(span: tuple[int, int]) -> bytes:
    growing = tree.Frontier()
    for leaf in LEAVES[slice(*span)]:
        growing.add(leaf)
    return growing.root()


def test_its_roots_and_its_verdicts_on_proofs_are_those_of_the_ledger_s_own_tree():
    found = roots()
    for size in range(1, len(LEAVES) + 1):
        assert found[size] == span_hash((0, size))
        for index in range(size):
            path = [span_hash(span) for span in tree.inclusion_spans(index, size)]
            assert merkle.root_by_inclusion(LEAVES[index], index, size, path) == found[size]
            assert merkle.root_by_inclusion(LEAVES[index], index, size, [*path, bytes(32)]) is None
            assert merkle.root_by_inclusion(LEAVES[index], size, size, path) is None


def test_it_takes_proofs_of_consistency_and_no_others():
    found, chance = roots(), random.Random(6)  # noqa: S311 - the same each time
    for size in range(1, len(LEAVES) + 1):
        for old in range(1, size + 1):
            path = [span_hash(span) for span in tree.consistency_spans(old, size)]
            both = found[old], found[size]
            assert merkle.continues(old, size, both, path)
            assert not merkle.continues(old, size, both, [*path, bytes(32)])
            assert not merkle.continues(old, size, (bytes(32), found[size]), path)
            assert not path or not merkle.continues(old, size, both, path[:-1])
            if path:
                at = chance.randrange(len(path))
                assert not merkle.continues(old, size, both, [*path[:at], bytes(32), *path[at + 1 :]])


# Amounts and rows


CODES = ("GBP", "JPY", "KWD", "UAH", "CLF", "BHD", "KRW", "MRU", "ISK", "air-defence-missile")


@given(st.sampled_from(CODES), st.integers(-(2**63) + 1, 2**63 - 1).filter(bool))
def test_amounts_have_the_digits_that_the_ledger_gives_them(code, units):
    text = Money(units, commodity(code)).plain()
    assert amounts.written(units, code) == text
    assert amounts.units_of(text, code) == units


def test_every_currency_has_the_digits_that_iso_4217_gives_it():
    from iso4217 import Currency

    known = [each for each in Currency if each.exponent is not None]
    assert {each.code: amounts.digits_of(each.code) for each in known} == {each.code: each.exponent for each in known}


@given(st.integers(0, 10**20), st.lists(st.integers(1, 10**12), min_size=1, max_size=12))
def test_shares_are_those_of_the_ledger_s_own_split(whole, weights):
    due = split(Money(whole, commodity("GBP")), weights)
    assert amounts.shares(whole, weights) == [part.units for part in due]


@given(st.fractions(min_value=Fraction(1, 10**9), max_value=10**12, max_denominator=10**9).filter(bool))
def test_rates_are_read_and_written_as_evidence_writes_them(rate):
    assert amounts.exact(exact_text(rate, rate.denominator)) == rate
    assert amounts.twelve_digits(rate) == rate_text(rate)


@given(st.fractions(min_value=0, max_value=10**12))
def test_it_rounds_as_the_ledger_does(value):
    assert amounts.rounded(value) == Money.rounded(value, commodity("JPY")).units


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=2, max_size=6))
def test_rows_are_written_as_the_ledger_s_csv_writes_them_and_read_back(cells):
    [_, line] = package_csv.lines(["a"], [cells])
    assert comparison.csv_line(tuple(cells)) == line.encode()
    assert comparison.cells_of(line.encode()) == tuple(cells)


def test_what_is_guarded_against_spreadsheets_is_what_the_ledger_guards():
    assert guarded.TRIGGERS | {guarded.MARK} == tables._GUARDED


def test_it_knows_every_stage():
    assert tuple(map(str, Stage)) == STAGES
    assert len(listings._CHART) == len(STAGES)


# Lines


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_line_breaks_the_reader(data):
    with pytest.raises(Unsound):
        sound_entry(data)
    with pytest.raises(Unsound):
        sound_entry(b'{"facts":' + data + b"}\n")


def test_it_starts_without_the_ledger():
    assert find_spec("ledger") is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verify.py"
        path.write_text(assembled.text(), encoding="utf-8")
        code = f"import runpy, sys; runpy.run_path({str(path)!r}); sys.exit('ledger' in sys.modules)"
        assert run(sys.executable, "-I", "-c", code).returncode == 0
