"""Programs of others look at a package: frictionless, sha256sum, ssh-keygen, LibreOffice."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.formats.package.guarded import TRIGGERS, unguarded
from ledger.formats.package.layouts import LAYOUTS
from tests.commandline import done, settings_for
from tests.many_currencies import BANK, many_currencies
from tests.package_folder import SIGNED, TABLES, descriptor, packed

RATES = ("--rates", f"ecb,{BANK}")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A package of the outsiders' book with every option, never changed."""
    folder = tmp_path_factory.mktemp("outsiders")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        many_currencies(folder / "book.db")
        done("key create ada --key key")
        (folder / "earlier").write_text(done("checkpoint --key key"))
        package = packed("package", "--key", "key", "--since", "earlier", "--spreadsheet-safe", *RATES)
    return folder / package


@pytest.fixture
def package(made, tmp_path):
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "package")


def outside(folder: Path, *words: str, standard_input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Another program, run in a folder."""
    settings = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(words, cwd=folder, input=standard_input, capture_output=True, check=False, env=settings)


def needs(program: str, package: str) -> None:
    """Skip a test, visibly, where a program is not there."""
    if not shutil.which(program):
        pytest.skip(f"{program} is not there: install Debian's package {package}")


def spoil(path: Path) -> None:
    """Change one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    place = len(data) // 2
    data[place] = ord("1") if data[place] == ord("0") else ord("0")
    path.write_bytes(data)


# frictionless


def frictionless(folder: Path) -> tuple[int, str]:
    done = outside(folder, "frictionless", "validate", "datapackage.json")
    return done.returncode, (done.stdout + done.stderr).decode()


def test_frictionless_finds_it_valid(package):
    code, said = frictionless(package)
    assert (code, said.count(" VALID ")) == (0, len(TABLES)), said


@pytest.mark.parametrize("name", ["gl_detail.csv", "pledges.csv", "chart_of_accounts.csv"])
def test_frictionless_finds_a_changed_byte(package, name):
    spoil(package / name)
    code, said = frictionless(package)
    assert code == 1
    assert "hash" in said


def test_its_schema_refuses_what_no_table_may_hold(package):
    """Types, keys and references are more than words: rows that break them are found where hashes are left out."""
    path = package / "datapackage.json"
    text = path.read_text(encoding="utf-8")
    for resource in descriptor(package)["resources"]:
        text = text.replace(resource["hash"], "").replace(f'"bytes": {resource["bytes"]},', "")
    path.write_text(text.replace('"hash": "",', ""), encoding="utf-8")
    assert frictionless(package)[0] == 0
    details = package / "gl_detail.csv"
    whole = details.read_bytes()
    _, first, second = whole.split(b"\r\n")[:3]
    for old, new, finding in (
        (second, first, "primary-key"),
        (b",pledged,", b",elsewhere,", "foreign-key"),
        (b",D,", b",X,", "constraint-error"),
        (b".00,", b".0x,", "type-error"),
    ):
        details.write_bytes(whole.replace(old, new, 1))
        code, said = frictionless(package)
        assert (code, finding in said.replace("\n", "")) == (1, True), said


# sha256sum and ssh-keygen


def test_sha256sum_checks_every_file(package):
    needs("sha256sum", "coreutils")
    found = outside(package, "sha256sum", "--strict", "-c", "SHA256SUMS")
    assert found.returncode == 0, found.stderr
    assert found.stdout.count(b": OK\n") == len(list(package.iterdir())) - len(SIGNED) - 1
    for name in sorted(path.name for path in package.iterdir() if path.name not in (*SIGNED, "SHA256SUMS")):
        whole = (package / name).read_bytes()
        spoil(package / name)
        found = outside(package, "sha256sum", "--strict", "-c", "SHA256SUMS")
        assert (found.returncode, f"{name}: FAILED\n".encode() in found.stdout) == (1, True)
        (package / name).write_bytes(whole)


def test_ssh_keygen_verifies_the_signature(package):
    needs("ssh-keygen", "openssh-client")
    sums = (package / "SHA256SUMS").read_bytes()
    words = ("ssh-keygen", "-Y", "verify", "-f", "allowed_signers", "-n", "file", "-s", "SHA256SUMS.sig", "-I")
    good = outside(package, *words, "ada", standard_input=sums)
    assert (good.returncode, good.stdout[:32]) == (0, b'Good "file" signature for ada wi')
    fingerprint = descriptor(package)["aidledger"]["signed_by"]["fingerprint"]
    assert fingerprint.encode() in good.stdout
    assert outside(package, *words, "ada", standard_input=sums.replace(b"a", b"b", 1)).returncode != 0
    assert outside(package, *words, "bob", standard_input=sums).returncode != 0
    spoil(package / "SHA256SUMS.sig")
    assert outside(package, *words, "ada", standard_input=sums).returncode != 0


def test_the_fingerprint_is_what_ssh_keygen_shows_of_the_key(made):
    needs("ssh-keygen", "openssh-client")
    shown = outside(made.parent, "ssh-keygen", "-l", "-f", "key.pub").stdout.split()[1]
    assert shown.decode() == descriptor(made)["aidledger"]["signed_by"]["fingerprint"]


# Spreadsheets


def cells(path: Path) -> list[list[str]]:
    """A CSV, row by row."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def kinds(name: str) -> list[str]:
    """The type of each column."""
    return [field.type for field in LAYOUTS[name]]


@pytest.mark.parametrize("name", TABLES)
def test_guarded_copies_are_the_files_with_no_text_that_begins_like_a_formula(package, name):
    whole, copy = cells(package / name), cells(package / name.replace(".csv", ".excel.csv"))
    texts = [kind == "string" for kind in kinds(name)]
    assert len(copy) == len(whole)
    for row, safe in zip(whole, copy, strict=True):
        for cell, guarded, text in zip(row, safe, texts, strict=True):
            assert (unguarded(guarded) if text else guarded) == cell
            assert not text or guarded[:1] not in TRIGGERS


def test_there_are_texts_to_guard_and_negative_numbers_to_leave_alone(package):
    copy = cells(package / "gl_detail.excel.csv")
    assert [cell for row in copy for cell in row if cell.startswith("'=")]
    assert [cell for row in cells(package / "trial_balance.excel.csv") for cell in row if cell.startswith("-")]


TEXT, STANDARD = 2, 1


def through_libreoffice(path: Path, folder: Path, columns: list[int]) -> list[list[str]]:
    """What LibreOffice makes of a CSV whose columns it is told to take as text (2) or as it likes (1)."""
    wanted = "/".join(f"{place}/{kind}" for place, kind in enumerate(columns, 1))
    form = "Text - txt - csv (StarCalc):44,34,76,1"
    outside(
        folder,
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        f"--infilter={form},{wanted},1033,false,false",
        "--convert-to",
        f"csv:{form},,0,false,false",
        "--outdir",
        str(folder / "opened"),
        str(path),
    )
    return cells(folder / "opened" / path.name)


@pytest.mark.parametrize("name", ["gl_detail.excel.csv", "pledges.excel.csv", "trial_balance.excel.csv"])
def test_libreoffice_gives_back_every_text_and_every_digit_of_columns_that_are_text(package, tmp_path, name):
    needs("soffice", "libreoffice-calc-nogui")
    layout = kinds(name.replace(".excel", ""))
    assert through_libreoffice(package / name, tmp_path, [TEXT] * len(layout)) == cells(package / name)


def test_libreoffice_reads_numbers_of_15_digits_as_they_are(package, tmp_path):
    needs("soffice", "libreoffice-calc-nogui")
    layout = kinds("trial_balance.csv")
    columns = [STANDARD if kind == "number" else TEXT for kind in layout]
    opened = through_libreoffice(package / "trial_balance.excel.csv", tmp_path, columns)
    longer = 0
    for row, read in zip(cells(package / "trial_balance.excel.csv")[1:], opened[1:], strict=True):
        for cell, found, kind in zip(row, read, layout, strict=True):
            if kind != "number":
                assert found == cell
            elif len(cell.strip("-0").replace(".", "")) <= 15:
                assert Decimal(found) == Decimal(cell)
            else:
                longer += 1
    assert longer, "or README.txt need not warn of them"
