"""`export audit --since`: the proof that a ledger continues what an auditor saw, or the refusal to say so."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.package import _Spans
from ledger.proof.tree import Frontier, consistency_spans, consistent, leaf_hash
from tests import places
from tests.commandline import book, done, one_error, settings_for
from tests.package_folder import descriptor, lines_of, packed, refused_packing, root_of, table

GRANT = "--purpose military --instrument grant"


@pytest.fixture(autouse=True)
def desk(empty_book, tmp_path, monkeypatch):
    """A folder with a book of some entries, a key, and a checkpoint of them in the file ``earlier``."""
    settings_for(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("AIDLEDGER_KEY", raising=False)
    places.copied(empty_book, book())
    done("key create ada")
    for number in range(1, 6):
        done(f"pledge add GB '{number} GBP' --on 2025-01-0{number} {GRANT}")
    Path("earlier").write_text(done("checkpoint"), encoding="utf-8")
    done(f"pledge add GB '50 GBP' --on 2025-01-31 --id late {GRANT}")
    done(f"pledge add GB '60 GBP' --on 2025-02-01 --id next {GRANT}")
    return tmp_path


def root(text: str) -> str:
    """The root in a note."""
    return text.splitlines()[2]


def test_the_proof_leads_from_the_old_head_to_the_new_and_the_note_stands_below_it():
    package, lines = packed("package", "--since", "earlier"), lines_of(book())
    earlier = Path("earlier").read_text(encoding="utf-8")
    proof, _, given_note = (package / "consistency.txt").read_text(encoding="utf-8").partition("\n\n")
    first, *path = proof.splitlines()
    assert first == "old 6"
    assert given_note == earlier
    assert root(earlier) == root_of(lines[:6])
    old, new = (base64.b64decode(root_of(some)) for some in (lines[:6], lines))
    assert consistent(6, len(lines), old, new, path=[base64.b64decode(each) for each in path])


def test_what_came_after_the_checkpoint_is_listed_if_it_is_dated_before_the_period_or_before_that_day():
    package = packed("package", "--since", "earlier", "--period", "2025-02")
    assert [(row["Pledge"], row["Reason"]) for row in table(package, "late_entries.csv")] == [
        ("late", "earlier_period before_checkpoint"),
        ("next", "before_checkpoint"),
    ]
    assert descriptor(package)["aidledger"]["since"] == {"size": 6, "root": root_of(lines_of(book())[:6])}


def test_a_checkpoint_of_all_there_is_and_one_without_a_signature_will_do():
    Path("now").write_text(done("checkpoint"), encoding="utf-8")
    bare = "".join(f"{line}\n" for line in Path("earlier").read_text(encoding="utf-8").splitlines()[:3])
    Path("bare").write_text(bare, encoding="utf-8")
    assert (packed("one", "--since", "now") / "consistency.txt").read_text(encoding="utf-8").startswith("old 8\n\n")
    assert (packed("two", "--since", "bare", "--unsigned") / "consistency.txt").read_text().endswith(bare)


@pytest.mark.parametrize("words", [(), ("--unsigned",), ("--period", "2025-02", "--spreadsheet-safe")])
def test_the_packages_own_program_finds_nothing_wrong(words):
    package = packed("package", "--since", "earlier", *words)
    found = subprocess.run([sys.executable, package / "verify.py"], capture_output=True, check=False, encoding="utf-8")
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_checkpoint_of_another_book_is_refused():
    done("init", "--book", places.at("other.db"))
    Path("other").write_text(done("checkpoint", "--book", places.at("other.db")), encoding="utf-8")
    said = one_error(refused_packing("--out", "package", "--since", "other").said)
    assert said.startswith("error: the checkpoint is one of the book ")


def test_a_checkpoint_of_more_entries_than_there_are_is_refused(desk):
    copy = places.copied(book(), desk / "copy.db")
    done(f"pledge add GB '70 GBP' --on 2025-02-02 {GRANT}")
    Path("later").write_text(done("checkpoint"), encoding="utf-8")
    said = one_error(refused_packing("--out", "package", "--since", "later", "--book", copy).said)
    assert "the checkpoint is one of 9 entries, and the book has 8" in said


def test_a_ledger_that_was_rewritten_is_refused_with_both_roots(desk):
    copy = places.copied(book(), desk / "copy.db")
    done(f"pledge add GB '70 GBP' --on 2025-02-02 {GRANT}")
    signed = done("checkpoint")
    Path("one").write_text(signed, encoding="utf-8")
    done(f"pledge add GB '71 GBP' --on 2025-02-02 {GRANT}", "--book", copy)
    said = one_error(refused_packing("--out", "package", "--since", "one", "--book", copy).said)
    assert "the first 9 entries of the book are not those of the checkpoint" in said
    assert root(signed) in said
    assert root_of(lines_of(desk / "copy.db")) in said


def test_our_own_signature_below_another_head_is_refused():
    text = Path("earlier").read_text(encoding="utf-8")
    Path("forged").write_text(text.replace(root(text), base64.b64encode(bytes(32)).decode()), encoding="utf-8")
    assert "ada" in one_error(refused_packing("--out", "package", "--since", "forged").said)


@pytest.mark.parametrize("text", ["nonsense", "a\n0\n" + base64.b64encode(bytes(32)).decode() + "\n", "a\n01\nx\n"])
def test_what_is_no_checkpoint_is_refused(text):
    Path("file").write_text(text, encoding="utf-8")
    assert refused_packing("--out", "package", "--since", "file").code in {1, 2}


@given(st.integers(1, 70), st.integers(0, 70))
def test_hashes_made_while_leaves_pass_by_prove_any_continuation(old, more):
    leaves = [leaf_hash(str(number).encode()) for number in range(old + more)]
    spans = _Spans(consistency_spans(old, old + more))
    tree, before = Frontier(), b""
    for index, leaf in enumerate(leaves):
        spans.add(index, leaf)
        tree.add(leaf)
        before = tree.root() if tree.size == old else before
    assert consistent(old, old + more, before, tree.root(), path=spans.hashes())
