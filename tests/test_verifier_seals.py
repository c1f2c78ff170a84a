"""verify.py on packages whose checkpoint, files or signatures somebody exchanged, and on any bytes whatever."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.signing.key import create, load
from tests.package_folder import OTHERS, SIGNED, TABLES
from tests.tampering_package import (
    edited,
    failures,
    hashed_anew,
    head,
    in_file,
    listed_anew,
    places,
    said,
    seal,
    signed_by,
    signer,
    unsigned,
    verified,
)

EVERY_FILE = sorted((*TABLES, *OTHERS, *SIGNED, "consistency.txt"))
COPIES = tuple(name.replace(".csv", ".excel.csv") for name in TABLES)


@pytest.fixture(scope="module")
def sealed(empty_book, tmp_path_factory):
    return seal(empty_book, tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def package(sealed, tmp_path):
    """A copy of a signed package, to be edited."""
    return Path(shutil.copytree(sealed, tmp_path / "package"))


# The checkpoint, the earlier one, the folder


def test_an_earlier_checkpoint_in_the_place_of_the_package_s_own_is_found(package, sealed):
    shutil.copy(sealed.parent / "earlier", package / "checkpoint")
    hashed_anew(package)
    found = places(package)
    assert f"journal.jsonl line {head(package).size + 1}" in found
    assert "consistency.txt" in found


def test_a_checkpoint_of_another_book_is_found(package):
    edited(package / "checkpoint", lambda data: b"another" + data)
    hashed_anew(package)
    assert "checkpoint" in places(package)


def test_the_auditor_s_own_checkpoint_is_compared_with_the_journal(package, sealed, tmp_path):
    assert verified(package, "--since", str(sealed.parent / "earlier"))[0] == 0
    other = tmp_path / "other"
    other.write_bytes(replaced_root((sealed.parent / "earlier").read_bytes()))
    found = failures(package, "--since", str(other))
    assert any("something that was recorded by then was changed since" in line for line in found)


def replaced_root(note: bytes) -> bytes:
    lines = note.split(b"\n")
    lines[2] = b"A" * 43 + b"="
    return b"\n".join(lines)


def test_a_proof_for_another_earlier_checkpoint_than_the_descriptor_names_is_found(package):
    edited(package / "datapackage.json", said(since={"size": 3, "root": "A" * 43 + "="}))
    listed_anew(package)
    assert "consistency.txt" in places(package)


@pytest.mark.parametrize("name", ["extra.csv", ".hidden", "gl_detail.csv~", "Ünïcödé.txt", "journal.JSONL"])
def test_a_file_added_is_named_though_it_is_in_the_list_of_hashes(name, package):
    (package / name).write_text("1\n", encoding="utf-8")
    assert in_file(name, places(package))
    listed_anew(package)
    assert in_file(name, places(package))


def test_a_folder_or_a_link_in_the_package_is_named(package):
    (package / "more").mkdir()
    (package / "link.csv").symlink_to("gl_detail.csv")
    (package / "citations.csv").unlink()
    (package / "citations.csv").symlink_to("pledges.csv")
    assert {"'more'", "'link.csv'", "citations.csv"} <= set(places(package))


# Signatures


def test_the_same_package_without_its_signatures_says_that_nobody_signed_it(package):
    unsigned(package)
    code, printed = verified(package)
    assert code == 0
    assert "signed by    nobody" in printed


@pytest.mark.parametrize("gone", [["SHA256SUMS.sig"], ["allowed_signers"], ["SHA256SUMS.sig", "allowed_signers"]])
def test_a_signature_taken_away_is_missed_while_anything_says_there_was_one(gone, package):
    for name in gone:
        (package / name).unlink()
    assert set(gone) <= set(places(package))


def test_another_key_that_signs_everything_anew_is_told_by_its_fingerprint_only(package, tmp_path):
    ours = signer(package)
    eve = create(tmp_path / "eve", "ada")
    signed_by(package, eve)
    code, printed = verified(package)
    assert code == 0
    assert f"signed by    ada {eve.public.fingerprint}" in printed
    assert "Compare this fingerprint" in printed
    for told in (ours.fingerprint, ours.verifier):
        assert places(package, "--key", told) == ["allowed_signers"]


def test_another_key_that_signs_the_list_of_hashes_alone_is_found(package, tmp_path):
    before = (package / "checkpoint").read_bytes()
    signed_by(package, create(tmp_path / "eve", "eve"))
    (package / "checkpoint").write_bytes(before)
    assert "checkpoint" in places(package)


def test_the_key_one_was_told_of_passes(package):
    for told in (signer(package).fingerprint, signer(package).verifier):
        code, printed = verified(package, "--key", told)
        assert code == 0
        assert "Compare this fingerprint" not in printed


def test_a_package_that_nobody_signed_does_not_pass_where_a_signer_is_asked_for(package):
    key = signer(package).fingerprint
    unsigned(package)
    assert places(package, "--key", key) == ["the package"]


def test_ssh_keygen_s_own_signature_passes_too(package, sealed):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not here: install openssh-client")
    (package / "SHA256SUMS.sig").unlink()
    words = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-f",
        str(sealed.parent / "key"),
        "-n",
        "file",
        str(package / "SHA256SUMS"),
    ]
    subprocess.run(words, check=True, capture_output=True)
    assert load(sealed.parent / "key").public.fingerprint in verified(package)[1]


# Whatever bytes


@pytest.mark.parametrize("name", EVERY_FILE)
@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\xff\xfe\x00", b"{}\n", b"[" * 100_000, b'{"aidledger":{}}', b"a,b\r\n" * 3, b"\x00" * 1000, b"1"],
    ids=["nothing", "a break", "no text", "an object", "deep", "half", "rows", "zeros", "a digit"],
)
def test_whatever_a_file_holds_is_a_problem_and_no_traceback(data, name, package):
    (package / name).write_bytes(data)
    assert in_file(name, places(package))


def test_verify_py_runs_by_itself_in_the_folder_and_leaves_nothing_there(package):
    before = sorted(package.iterdir())
    words = [sys.executable, "-I", "verify.py"]
    done = subprocess.run(words, cwd=package, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done
    assert done.stderr == ""
    assert done.stdout.startswith("ok  ")
    assert sorted(package.iterdir()) == before
