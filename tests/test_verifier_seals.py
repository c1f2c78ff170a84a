"""verify.py on packages whose checkpoint, files or signatures somebody exchanged, and on any bytes whatever."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.signing.key import create, load
from tests.commandline import done, settings_for
from tests.package_folder import OTHERS, SIGNED, TABLES, packed
from tests.places import at
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


@pytest.mark.parametrize("options", ["", "--since other", "--unsigned"])
def test_one_s_own_checkpoint_is_compared_whatever_the_package_was_made_with(options, sealed, desk):
    own = sealed.parent / "earlier"
    size = int(own.read_text(encoding="utf-8").splitlines()[1])
    (desk / "other").write_text(done("checkpoint"), encoding="utf-8", newline="")
    folder = packed(str(desk / "again"), *options.split())
    code, printed = verified(folder, "--since", str(own))
    assert code == 0, printed
    assert f"ok  your checkpoint: the journal begins with its {size} entries\n" in printed
    assert ("consistency.txt" in printed) is ("other" in options)


@pytest.fixture
def desk(sealed, tmp_path, monkeypatch):
    """A folder beside which the sealed package's book and key are at hand."""
    settings_for(tmp_path, monkeypatch)
    monkeypatch.setenv("AIDLEDGER_BOOK", at(sealed.parent / "book.db"))
    monkeypatch.setenv("AIDLEDGER_KEY", str(sealed.parent / "key"))
    return tmp_path


def test_a_wrong_signature_on_one_s_own_checkpoint_is_said(package, sealed, tmp_path):
    own = (sealed.parent / "earlier").read_text(encoding="utf-8")
    (tmp_path / "other").write_text(
        own.replace(own[-8:], ("A" if own[-8] != "A" else "B") + own[-7:]), encoding="utf-8"
    )
    assert failures(package, "--since", str(tmp_path / "other")) == [
        "your checkpoint: the signature by ada is not one of this text"
    ]


def test_one_s_own_checkpoint_is_not_said_to_be_continued_where_there_is_no_journal(package, sealed):
    (package / "journal.jsonl").unlink()
    found = failures(package, "--since", str(sealed.parent / "earlier"))
    assert "journal.jsonl: cannot be read, and so not be compared with your checkpoint" in found


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
    ran = subprocess.run(words, cwd=package, capture_output=True, text=True, check=False, encoding="utf-8")
    assert ran.returncode == 0, ran
    assert ran.stderr == ""
    assert ran.stdout.startswith("ok  ")
    assert sorted(package.iterdir()) == before


# The folder as a place that Python looks for modules in


@pytest.mark.parametrize("name", ["argparse", "json", "__future__", "typing", "hashlib", "sitecustomize"])
@pytest.mark.parametrize("options", [[], ["-I"]], ids=["bare", "isolated"])
def test_a_module_added_to_the_folder_does_not_run_and_is_named(options, name, package):
    hijack = "import os; print('ok  all is well', flush=True); os._exit(0)\n"
    (package / f"{name}.py").write_text(hijack, encoding="utf-8")
    words = [sys.executable, *options, str(package / "verify.py")]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, encoding="utf-8")
    assert ran.returncode == 1, ran
    assert f"FAILED '{name}.py': is not a file of this package" in ran.stdout
    assert "all is well" not in ran.stdout
