"""What may be replaced by a new package: an earlier one of the same book, as it was written, and nothing else."""

import hashlib
import json
from pathlib import Path

import pytest

from ledger.formats.package import sums
from ledger.formats.package.earlier import in_the_way

OURS, THEIRS = "0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f", "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def package(tmp_path):
    """A folder that holds what a package of our book needs to be known as one."""
    return packed(tmp_path / "package", OURS)


def packed(folder: Path, book: str) -> Path:
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps({"aidledger": {"book": book}}))
    (folder / "entries.csv").write_text("Journal_ID\r\n1\r\n")
    seal(folder)
    for name in (sums.SIGNATURE, sums.SIGNERS):
        (folder / name).write_text("a signature")
    return folder


def seal(folder: Path) -> None:
    """List what is there."""
    names = [path.name for path in folder.iterdir() if path.name not in sums.UNLISTED]
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / sums.NAME).write_text(sums.listed(hashes))


def test_a_package_of_the_same_book_as_it_was_written_may_go(package):
    assert in_the_way(package, OURS) is None


def test_so_may_one_without_a_signature_and_one_of_which_a_file_is_gone(package):
    (package / sums.SIGNATURE).unlink()
    (package / "entries.csv").unlink()
    assert in_the_way(package, OURS) is None


def test_an_empty_folder_is_in_nobodys_way(tmp_path):
    assert in_the_way(tmp_path, OURS) is None


def test_a_package_of_another_book_stays(package):
    assert in_the_way(package, THEIRS) == f"is a package of another book, {OURS}"


def test_a_file_that_is_not_the_packages_own_stays(package):
    (package / "findings.txt").write_text("mine")
    assert in_the_way(package, OURS) == "holds findings.txt, which is not the package's own"


def test_a_file_that_was_changed_since_stays(package):
    with (package / "entries.csv").open("a") as file:
        file.write("a remark\r\n")
    assert in_the_way(package, OURS) == "holds entries.csv, which was changed since it was written"


@pytest.mark.parametrize("name", ["folder", "entries.csv", "link", sums.SIGNERS])
def test_what_is_no_file_stays(package, name):
    (package / name).unlink(missing_ok=True)
    if name == "link":
        (package / name).symlink_to(package.parent)
    else:
        (package / name).mkdir()
    own = name in {"entries.csv", sums.SIGNERS}
    expected = "which is no file" if own else "which is not the package's own"
    assert in_the_way(package, OURS) == f"holds {name}, {expected}"


def test_a_link_to_a_package_stays_and_so_does_a_file(package):
    link = package.parent / "link"
    link.symlink_to(package)
    assert in_the_way(link, OURS) == "is a link"
    assert in_the_way(package / "entries.csv", OURS) == "is no folder"


@pytest.mark.parametrize(
    "listed",
    ["", "\n", "nonsense", f"{'0' * 64} entries.csv\n", f"{'0' * 64}  ../entries.csv\n", f"{'0' * 63}g  entries.csv\n"],
)
def test_a_folder_without_a_list_of_its_files_is_no_package(package, listed):
    (package / sums.NAME).write_text(listed)
    assert in_the_way(package, OURS) == "is not empty and is no package: it holds SHA256SUMS"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"0" * 2**21], ids=["no text", "too long"])
def test_neither_is_one_whose_list_is_something_else(package, data):
    (package / sums.NAME).write_bytes(data)
    assert str(in_the_way(package, OURS)).startswith("is not empty and is no package")


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", '"text"', '{"aidledger": null}', '{"aidledger": {"book": 7}}', "[" * 100_000, '{"aid"']
)
def test_a_package_that_does_not_say_of_which_book_stays(package, said):
    (package / "datapackage.json").write_text(said)
    seal(package)
    assert in_the_way(package, OURS) == "is a package that does not say of which book"


def test_a_name_that_would_command_a_terminal_is_not_repeated(package):
    (package / "datapackage.json").write_text(json.dumps({"aidledger": {"book": "\x1b[2J"}}))
    seal(package)
    assert in_the_way(package, OURS) == "is a package that does not say of which book"


def test_the_list_is_read_as_it_is_written():
    hashes = {"b.csv": "1" * 64, "a.csv": "0" * 64}
    assert sums.listed(hashes) == f"{'0' * 64}  a.csv\n{'1' * 64}  b.csv\n"
    assert sums.read(sums.listed(hashes)) == hashes
