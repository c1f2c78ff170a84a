"""The tracker's release 7 as a package: made by one command, and sound to every program that looks at it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import places
from tests.commandline import done, settings_for, typed
from tests.package_folder import TABLES, packed, table

PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"
RELEASE = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"

pytestmark = pytest.mark.skipif(not RELEASE.exists(), reason="the tracker's workbook is not beside the project")


@pytest.fixture(scope="module")
def package(empty_book, tmp_path_factory):
    """Its package, beside its book."""
    folder = tmp_path_factory.mktemp("kiel")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        monkeypatch.delenv("AIDLEDGER_KEY", raising=False)
        places.copied(empty_book, "book.db")
        assert typed("import kiel --as kiel-r7", str(RELEASE)).code == 0
        done("key create ada --key key")
        return folder / packed("package", "--key", "key", "--spreadsheet-safe")


def looks(package: Path, *words: str, standard_input: bytes = b"") -> str:
    """What another program says that finds nothing wrong."""
    program = Path(sys.executable).parent / words[0]
    command = [str(program) if program.exists() else words[0], *words[1:]]
    if not shutil.which(command[0]):
        pytest.skip(f"{words[0]} is not there: install it")
    found = subprocess.run(command, cwd=package, input=standard_input, capture_output=True, check=False)
    assert found.returncode == 0, (found.stdout + found.stderr).decode()
    return found.stdout.decode()


def test_its_own_program_recomputes_it(package):
    assert "FAILED" not in looks(package, "python", "verify.py")


def test_frictionless_finds_every_table_valid(package):
    assert looks(package, "frictionless", "validate", "datapackage.json").count(" VALID ") == len(TABLES)


def test_sha256sum_and_ssh_keygen_find_it_as_it_was_signed(package):
    looks(package, "sha256sum", "--strict", "-c", "SHA256SUMS")
    words = ("-Y", "verify", "-f", "allowed_signers", "-I", "ada", "-n", "file", "-s", "SHA256SUMS.sig")
    assert "Good" in looks(package, "ssh-keygen", *words, standard_input=(package / "SHA256SUMS").read_bytes())


def test_it_has_every_entry_every_posting_and_every_pledge_of_the_book(package):
    with places.sql(package.parent / "book.db") as tables:
        entries, postings, pledges = (tables.execute(count)[0][0] for count in COUNTS)
    assert [int(row["Journal_ID"]) for row in table(package, "entries.csv") if row["Change"] == "1"] == [
        *range(1, entries + 1)
    ]
    assert len(table(package, "gl_detail.csv")) + len(table(package, "items_detail.csv")) == postings
    assert len(table(package, "pledges.csv")) == pledges


COUNTS = ("SELECT count(*) FROM entry", "SELECT count(*) FROM posting", "SELECT count(*) FROM pledge")
