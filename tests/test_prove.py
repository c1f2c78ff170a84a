"""`prove`: each entry of a pledge with the proof that the log has it, and nothing of the rest."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.proving import safe_name
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.inclusion import Inclusion
from ledger.proof.tree import leaf_hash, root_from_inclusion
from tests import places
from tests.commandline import ADD, done, refused, rows, settings_for, typed
from tests.everything import filled, opened
from tests.log_words import lines
from tests.tampering import tamper
from tests.world import entries

PROOF = ".tlog-proof"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, empty_book: Path) -> Path:
    """A folder with a book in which everything happened, its key, and two facilities of whom one is classified."""
    folder = tmp_path_factory.mktemp("kept")
    places.copied(filled(empty_book, folder), folder / "book.db")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        done("key create")
    return folder


@pytest.fixture(autouse=True)
def desk(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "desk"
    places.copied_folder(kept, folder)
    settings_for(folder, monkeypatch)
    return folder


def touching(desk: Path, pledge: str) -> dict[int, bytes]:
    """The lines of the entries that touch a pledge, by number."""
    with opened(desk / "book.db") as book:
        found = [
            entry for entry in entries(book) if pledge in {entry.pledge, *(each.pledge for each in entry.postings)}
        ]
        there = lines(book)
    return {entry.number: there[entry.number - 1].encode() for entry in found}


def checked(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What the auditor's program says of a proof, with the standard library alone."""
    command = [sys.executable, "-I", "-S", str(path.parent / "verify.py"), str(path), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")


def test_each_entry_that_touches_the_pledge_is_written_as_it_was_hashed_and_no_other(desk):
    printed = done("prove GB-2025-0001").splitlines()
    folder = desk / "GB-2025-0001.proof"
    expected = touching(desk, "GB-2025-0001")
    assert len(expected) > 4
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == {
        f"GB-2025-0001-{number}.json": line for number, line in expected.items()
    }
    names = [f"GB-2025-0001-{number}" for number in expected]
    assert printed == [f"GB-2025-0001.proof/{name}{ending}" for name in names for ending in (".json", PROOF)]
    assert {path.name for path in folder.iterdir()} - {Path(path).name for path in printed} == {
        "allowed_signers",
        "verify.py",
    }


def test_every_proof_is_of_its_line_against_one_head(desk):
    done("prove GB-2025-0001")
    heads = set()
    for path in sorted((desk / "GB-2025-0001.proof").glob(f"*{PROOF}")):
        found = Inclusion.read(path.read_text(encoding="utf-8"))
        head = Checkpoint.read(found.checkpoint.partition("\n\n")[0] + "\n")
        line = path.with_suffix(".json").read_bytes()
        assert json.loads(line)["number"] == found.index + 1
        assert root_from_inclusion(leaf_hash(line), found.index, head.size, found.path) == head.root
        heads.add(found.checkpoint)
    assert heads == {done("checkpoint")}


def test_a_proof_is_checked_without_the_ledger_and_without_the_rest_of_the_book(desk, tmp_path):
    done("prove DE-2025-0001")
    elsewhere = tmp_path / "elsewhere"
    shutil.move(desk / "DE-2025-0001.proof", elsewhere)
    shutil.rmtree(desk)
    paths = sorted(elsewhere.glob(f"*{PROOF}"))
    assert len(paths) > 4
    for path in paths:
        said = checked(path)
        assert (said.returncode, said.stderr) == (0, ""), said
        assert said.stdout.startswith(f"ok  {path.stem}.json is entry ")


@pytest.mark.parametrize("ending", [".json", PROOF])
def test_a_digit_that_was_altered_in_an_entry_or_its_proof_is_found(desk, ending):
    done("prove DE-2025-0001")
    path = min((desk / "DE-2025-0001.proof").glob(f"*{PROOF}"))
    file = path.with_suffix(ending)
    text = file.read_text(encoding="utf-8")
    place = text.index('"number":') + 9 if ending == ".json" else text.index("index ") + 6
    file.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :], encoding="utf-8")
    assert checked(path).returncode == 1
    answer = typed(f"verify {path} --format json")
    assert answer.code == 1
    assert {row["code"] for row in answer.rows} == {"proof"}
    assert path.stem in answer.rows[0]["where"]


def test_an_entry_of_another_number_or_book_is_no_entry_of_this_log(desk):
    done("prove DE-2025-0001")
    first, second, *_ = sorted((desk / "DE-2025-0001.proof").glob(f"*{PROOF}"))
    shutil.copy(second, first)
    [row] = typed(f"verify {first} --format json").rows
    assert row["message"].startswith("it is not entry ")


def test_the_other_pledges_are_not_in_what_is_handed_out(desk):
    done("prove FR-2025-0001")
    handed = b"".join(path.read_bytes() for path in (desk / "FR-2025-0001.proof").iterdir() if path.suffix != ".py")
    assert b"GB-2025" not in handed
    assert b"DE-2025" not in handed


def test_nothing_is_kept_and_a_head_that_was_never_signed_is_proven_against(desk):
    before = places.content(desk / "book.db")
    done("prove FR-2025-0001")
    assert places.content(desk / "book.db") == before


def test_what_is_newer_than_the_last_checkpoint_is_proven_too():
    done("checkpoint")
    for number in range(3):
        done(f'pledge add NO "{10**number} EUR" --id N{number} --on 2025-03-02 {ADD}')
    done("prove N2")
    assert rows("verify N2.proof") == []


def test_the_same_proof_again_is_written_over_its_own(desk):
    done("prove FR-2025-0001")
    before = {path: path.read_bytes() for path in (desk / "FR-2025-0001.proof").iterdir()}
    done("prove FR-2025-0001")
    assert {path: path.read_bytes() for path in (desk / "FR-2025-0001.proof").iterdir()} == before


@pytest.mark.parametrize("name", ["letter.txt", "DE-2025-0001-2.json", "verify.py.bak"])
def test_a_folder_with_anything_else_in_it_is_left_alone(desk, name):
    done("prove FR-2025-0001 --out there")
    (desk / "there" / name).write_text("mine", encoding="utf-8")
    said = refused(1, "prove FR-2025-0001 --out there")
    assert said.startswith(f"error: there holds {name}, which is no proof of this pledge: it was left alone\n")


def test_of_a_folder_with_another_pledges_proofs_one_of_those_is_named():
    done("prove FR-2025-0001 --out there")
    said = refused(1, "prove DE-2025-0001 --out there")
    assert said.startswith("error: there holds FR-2025-0001-")


def test_a_folder_with_a_proof_that_somebody_changed_is_left_alone(desk):
    done("prove FR-2025-0001 --out there")
    first = min((desk / "there").glob("*.json"))
    first.write_text("mine", encoding="utf-8")
    assert f"there holds {first.stem}, which is no whole proof: it was left alone" in refused(
        1, "prove FR-2025-0001 --out there"
    )


def test_a_folder_with_a_verify_py_of_somebody_elses_is_left_alone(desk):
    (desk / "there").mkdir()
    (desk / "there" / "verify.py").write_text("mine", encoding="utf-8")
    assert "there holds verify.py, which is no proof" in refused(1, "prove FR-2025-0001 --out there")


def test_a_file_in_the_place_of_the_folder_is_left_alone(desk):
    (desk / "there").write_text("mine", encoding="utf-8")
    assert "there is there already, and is no folder" in refused(1, "prove FR-2025-0001 --out there")


def test_a_pledge_that_is_not_there_has_no_proof():
    assert refused(1, "prove XX-2025-0001").startswith("error: there is no pledge 'XX-2025-0001'")


def test_an_id_that_is_no_text_is_refused():
    assert refused(2, "prove", "\udcff").startswith("error: ")


def test_nothing_is_proven_of_a_line_that_was_altered(desk):
    done("checkpoint")
    with opened(desk / "book.db") as book:
        tamper(book, "UPDATE entry SET line = replace(line, '30.00', '31.00') WHERE pledge = 'FR-2025-0001'")
    said = refused(1, "prove FR-2025-0001")
    assert "is not the one whose hash the log keeps: nothing was proven\nhint: aidledger verify\n" in said


def test_a_proof_without_its_entry_is_refused(desk):
    done("prove FR-2025-0001")
    path = next((desk / "FR-2025-0001.proof").glob("*.json"))
    path.unlink()
    assert ", the entry that is proven, cannot be read" in refused(2, f"verify {path.with_suffix(PROOF)}")


# The names of files


@pytest.mark.parametrize(
    ("pledge", "name"),
    [
        ("NO-2025-0007", "NO-2025-0007"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("..", "%2E."),
        ("a:b*c?", "a%3Ab%2Ac%3F"),
        ("Ї", "%D0%87"),
        ("a%2Fb", "a%252Fb"),
    ],
)
def test_an_id_that_is_no_name_of_a_file_is_made_one(desk, pledge, name):
    done(f'pledge add NO "1 EUR" --id {pledge} --on 2025-03-02 {ADD}')
    done(f"prove {pledge}")
    assert {path.name for path in (desk / f"{name}.proof").glob("*.json")} == {f"{name}-{len(touching_all(desk))}.json"}
    assert rows(f"verify {name}.proof") == []


def touching_all(desk: Path) -> list[object]:
    with opened(desk / "book.db") as book:
        return list(entries(book))


IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)


@given(IDS, IDS)
def test_no_two_ids_have_the_same_name_and_each_fits(one, other):
    names = [safe_name(one), safe_name(other)]
    assert all(len(name) <= 120 and name.isascii() and "/" not in name and not name.startswith(".") for name in names)
    assert (names[0] == names[1]) == (one == other)


def test_a_long_id_is_cut_with_a_digest_of_the_whole():
    assert safe_name("Ї" * 100) != safe_name("Ї" * 99 + "Є")
    assert len(safe_name("Ї" * 100)) == 120
