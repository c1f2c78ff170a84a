"""verify.py on packages of every kind, and on proofs of single entries: what the ledger writes passes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.signing.key import PublicKey
from tests import places
from tests.commandline import book, done, settings_for, typed
from tests.everything import filled
from tests.many_currencies import BANK, many_currencies
from tests.package_folder import packed, table
from tests.tampering_package import edited, failures, one_digit, replaced, signer, verified, verifier, without

PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"
KIEL = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """An empty folder, and a key that signs for ``ada``."""
    settings_for(tmp_path, monkeypatch)
    monkeypatch.setenv("AIDLEDGER_KEY", str(tmp_path / "key"))
    done("key create ada")
    return tmp_path


def passes(folder: Path, *options: str) -> str:
    code, printed = verified(folder, *options)
    assert code == 0, printed
    assert "FAILED" not in printed
    return printed


OPTIONS = [
    "",
    "--unsigned",
    "--spreadsheet-safe",
    "--period 2024",
    "--period 2025-Q1",
    "--period 2025-02 --spreadsheet-safe",
    "--period 1999",
    "--in USD --policy month --value-at event",
    "--in JPY --value-at 2025-02-03",
    "--in KWD --policy year",
    "--in GBP --policy fixed:2024-06",
    "--in CHF --rates ecb --missing list",
    "--since earlier",
    "--since earlier --period 2025-Q1 --spreadsheet-safe",
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_package_of_many_currencies_passes_whatever_was_asked_for(options):
    many_currencies(Path(book()))
    Path("earlier").write_text(done("checkpoint"), encoding="utf-8")
    words = options.split()
    passes(packed("package", *([] if "--rates" in words else ["--rates", f"ecb,{BANK}"]), *words))


@pytest.mark.parametrize("options", ["", "--value-at event", "--period 2025-01"])
def test_a_package_of_a_book_where_everything_happened_passes(options, empty_book, tmp_path):
    places.copied(filled(empty_book, tmp_path), book())
    passes(packed("package", *options.split()))


def test_a_package_of_a_book_that_was_only_opened_passes():
    done("init")
    assert "entries      1" in passes(packed())


def test_what_came_late_is_listed_and_agreed_on():
    many_currencies(Path(book()))
    Path("earlier").write_text(done("checkpoint"), encoding="utf-8")
    done('pledge add GB "10 GBP" --on 2025-02-11 --purpose other --instrument grant')
    folder = packed("package", "--since", "earlier", "--rates", f"ecb,{BANK}")
    printed = passes(folder, "--since", "earlier")
    assert "of an earlier checkpoint" in printed
    assert "before_checkpoint" in {row["Reason"] for row in table(folder, "late_entries.csv")}


@pytest.mark.skipif(not KIEL.exists(), reason="the tracker's workbooks are not beside the project")
def test_a_package_of_the_tracker_s_book_passes():
    done("init")
    assert typed(f"import kiel {KIEL} --as kiel-r7").code == 0
    assert "entries      844" in passes(packed("package", "--spreadsheet-safe"))


# One entry by itself


@pytest.fixture
def proofs(empty_book, tmp_path):
    """A folder with the proofs of a pledge."""
    places.copied(filled(empty_book, tmp_path), book())
    done("prove GB-2025-0002 --out proofs")
    return Path("proofs")


def some_proof(proofs: Path) -> Path:
    return min(proofs.glob("*.tlog-proof"))


def test_a_proof_passes_with_its_entry_and_key_beside_it_and_with_the_key_one_was_told(proofs):
    key = signer(proofs)
    for proof in sorted(proofs.glob("*.tlog-proof")):
        assert f"signed by    ada {key.fingerprint}" in passes(proof)
        assert "Compare" not in passes(proof, "--key", key.fingerprint)
    (proofs / "allowed_signers").unlink()
    passes(some_proof(proofs), "--key", key.verifier)
    [line] = failures(some_proof(proofs))
    assert line.startswith("allowed_signers: is missing: without a key nothing is proved")


@pytest.mark.parametrize("line", range(1, 12))
def test_a_proof_without_one_of_its_lines_or_with_a_digit_changed_fails(line, proofs):
    proof = some_proof(proofs)
    if line > proof.read_bytes().count(b"\n"):
        edited(proof, one_digit)
    else:
        edited(proof, without(line))
    assert failures(proof)[0].split(":")[0].strip("'") in {proof.name, f"{proof.stem}.json"}


def test_of_a_folder_of_proofs_each_is_checked_and_its_signer_told_once(proofs):
    printed = passes(proofs).splitlines()
    names = sorted(path.stem for path in proofs.glob("*.tlog-proof"))
    assert len(names) > 1
    assert [line.split()[:2] for line in printed[: len(names)]] == [["ok", f"{name}.json"] for name in names]
    assert [line.split()[0] for line in printed[len(names) :]] == ["book", "root", "signed", "Compare"]
    edited(proofs / f"{names[1]}.json", one_digit)
    code, told = verified(proofs)
    assert (code, told.count("FAILED"), told.count("ok  ")) == (1, 1, len(names) - 1)
    assert told.endswith("1 problem: do not rely on it\n")


def test_a_folder_with_anything_of_a_package_is_no_folder_of_proofs(proofs):
    (proofs / "journal.jsonl").write_text("", encoding="utf-8")
    assert "datapackage.json: is missing" in "\n".join(failures(proofs))


def test_since_says_nothing_of_a_proof_and_is_refused(proofs, capsys):
    done("checkpoint")
    Path("earlier").write_text(done("checkpoint"), encoding="utf-8")
    for path in (proofs, some_proof(proofs)):
        with pytest.raises(SystemExit) as ended:
            verifier().main([str(path), "--since", "earlier"])
        assert ended.value.code == 2
        assert "error: --since is of packages" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="this system has no pipes that break so")
@pytest.mark.parametrize("what", ["package", "proofs", "nothing"])
@pytest.mark.usefixtures("proofs")
def test_where_nobody_reads_on_it_ends_with_141_and_not_a_word(what):
    packed("package")
    Path("nothing").mkdir()
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-I", "package/verify.py", what]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_where_nothing_can_be_written_it_says_so_in_one_line(proofs):
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-I", proofs / "verify.py"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (2, b"error: the output: No space left on device\n")


def test_an_entry_that_was_changed_is_not_the_one_that_is_proved(proofs):
    proof = some_proof(proofs)
    entry = proof.with_suffix(".json")
    edited(entry, replaced('"recorded_by":"ada"', '"recorded_by":"eve"'))
    assert failures(proof) == [
        f"{entry.name}: is not the entry that {proof.name} proves: the hashes do not lead to the root"
    ]
    entry.unlink()
    assert failures(proof) == [f"{entry.name}: is missing"]


def test_a_proof_signed_by_another_than_one_was_told_of_fails(proofs):
    done("key create eve --key eve")
    eve = PublicKey.read(Path("eve.pub").read_text(encoding="utf-8"))
    assert any(eve.fingerprint in line for line in failures(some_proof(proofs), "--key", eve.fingerprint))
    assert any("is not signed by eve" in line for line in failures(some_proof(proofs), "--key", eve.verifier))
