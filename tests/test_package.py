"""`export audit`: a folder that holds what it promises, whole or not at all, the same bytes for the same book."""

import os
import shutil
import stat
from pathlib import Path
from subprocess import PIPE

import pytest

from cli import progress
from ledger.formats.package import files
from tests import commandline, places
from tests.commandline import answered, book, done, one_error, process, settings_for, typed
from tests.everything import filled
from tests.package_folder import (
    OTHERS,
    SIGNED,
    TABLES,
    contents,
    descriptor,
    lines_of,
    names,
    packed,
    refused_packing,
    root_of,
    table,
)


@pytest.fixture(scope="module")
def full(empty_book, tmp_path_factory):
    """The file of a book in which everything has happened, to be copied."""
    return filled(empty_book, tmp_path_factory.mktemp("full"))


@pytest.fixture(autouse=True)
def desk(full, tmp_path, monkeypatch):
    """A folder with such a book, and a key that signs for ``ada``."""
    settings_for(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("AIDLEDGER_KEY", raising=False)
    places.copied(full, book())
    done("key create ada")
    return tmp_path


KEY = Path("settings/aidledger/key")


# What is in it


def test_it_holds_every_file_it_promises_and_nothing_else():
    assert names(packed()) == sorted((*TABLES, *OTHERS, *SIGNED))


def test_it_says_where_it_is_how_many_entries_it_has_and_whose_key_signed():
    answer = typed("export audit --out package")
    fingerprint = descriptor(Path("package"))["aidledger"]["signed_by"]["fingerprint"]
    lines = lines_of(book())
    assert answer.printed == "package\n"
    assert answer.said.splitlines() == [
        f"note: {len(lines)} entries, root {root_of(lines)}, signed by ada, {fingerprint}",
        "note: next: python3 -I package/verify.py",
    ]


def test_without_a_signature_it_has_none_and_says_so():
    answer = typed("export audit --out package --unsigned")
    assert "not signed" in answer.said
    assert names(Path("package")) == sorted((*TABLES, *OTHERS))
    assert (Path("package") / "checkpoint").read_text().count("\n") == 3
    assert descriptor(Path("package"))["aidledger"]["signed_by"] is None
    assert "signed by    nobody" in (Path("package") / "README.txt").read_text()


def test_its_journal_is_the_lines_of_the_book_and_its_checkpoint_their_head():
    package, lines = packed(), lines_of(book())
    assert (package / "journal.jsonl").read_bytes() == "".join(f"{line}\n" for line in lines).encode()
    uid, size, root, *_ = (package / "checkpoint").read_text(encoding="utf-8").splitlines()
    with places.sql(book()) as tables:
        assert tables.execute("SELECT uid FROM book") == [(uid,)]
    assert (int(size), root) == (len(lines), root_of(lines))


def test_what_was_asked_for_stands_in_its_descriptor():
    package = packed("package", "--period", "2025-Q1", "--in", "usd", "--policy", "month", "--value-at", "event")
    said = descriptor(package)
    uid, size, root, *_ = (package / "checkpoint").read_text(encoding="utf-8").splitlines()
    assert said["id"] == f"urn:uuid:{uid}"
    assert {name: value for name, value in said["aidledger"].items() if name != "signed_by"} == {
        "version": 1,
        "book": uid,
        "entries": int(size),
        "root": root,
        "period": {"name": "2025-Q1", "since": "2025-01-01", "until": "2025-03-31"},
        "since": None,
        "reporting": {
            "currency": "USD",
            "policy": "month",
            "rates": ["ecb"],
            "value_at": "event",
            "missing": "refuse",
        },
        "spreadsheet_safe": False,
    }
    assert said["aidledger"]["signed_by"]["name"] == "ada"


def test_its_files_are_listed_with_their_hashes():
    package = packed("package", "--spreadsheet-safe")
    listed = [line.split("  ")[1] for line in (package / "SHA256SUMS").read_text().splitlines()]
    assert listed == sorted(set(names(package)) - {"SHA256SUMS", *SIGNED})


def test_the_readme_names_every_file_and_what_to_type():
    Path("earlier").write_text(done("checkpoint"))
    package = packed("package", "--since", "earlier", "--spreadsheet-safe")
    said = (package / "README.txt").read_text(encoding="utf-8")
    for name in (*TABLES, *OTHERS, *SIGNED, "consistency.txt"):
        assert f"\n{name} " in said, name
    for words in ("python3 -I verify.py", "sha256sum -c SHA256SUMS", "ssh-keygen -Y verify", "-I ada", "NA is Namibia"):
        assert words in said
    assert max(map(len, said.splitlines())) <= 120


def test_the_private_key_is_not_in_it():
    package = packed("package", "--spreadsheet-safe")
    private = [line for line in KEY.read_text().splitlines() if not line.startswith("-")]
    everything = b"".join(contents(package).values())
    assert private
    assert b"PRIVATE KEY" not in everything
    assert [line for line in private if line.encode() in everything] == []


def test_its_modes_are_those_of_any_new_file():
    package = packed()
    other = Path("other")
    other.touch()
    assert {stat.S_IMODE(path.stat().st_mode) for path in package.iterdir()} == {stat.S_IMODE(other.stat().st_mode)}


def test_making_one_writes_nothing_into_the_book():
    before = places.content(book())
    packed()
    assert places.content(book()) == before


def test_a_book_of_nothing_but_its_opening_has_one_too(empty_book):
    places.copied(empty_book, book())
    assert typed("export audit --out package").said.startswith("note: 1 entry, root ")
    assert table(Path("package"), "gl_detail.csv") == []
    assert len(table(Path("package"), "entries.csv")) > 0


# The same bytes


def test_the_same_book_and_options_give_the_same_bytes(desk):
    Path("earlier").write_text(done("checkpoint"))
    words = ("--spreadsheet-safe", "--period", "2025-Q1", "--since", "earlier")
    first = contents(packed("first", *words))
    for place, settings in {
        "second": {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "AIDLEDGER_LOCALE": "de_DE", "LC_ALL": "C"},
        "third/inside": {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "PYTHONUTF8": "1"},
    }.items():
        (desk / place).parent.mkdir(exist_ok=True)
        answer = answered(process("export audit --out", place, *words, stdout=PIPE, stderr=PIPE, env=settings))
        assert answer.code == 0, answer
        assert contents(Path(place)) == first


def test_a_copy_of_the_book_gives_the_same_bytes():
    first = contents(packed("first"))
    copy = places.copied(book(), "copy.db")
    assert contents(packed("second", "--book", copy)) == first


def test_a_terminal_sees_how_far_long_files_have_come(monkeypatch):
    first = contents(packed("first"))
    monkeypatch.setattr(commandline.Stream, "isatty", lambda _: True)
    monkeypatch.setattr(progress, "LARGE", 3)
    answer = typed("export audit --out second")
    assert "gl_detail.csv" in answer.said
    assert contents(Path("second")) == first


# Refusals


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--out", "package", "--key", "nowhere"), 1, "there is no key at nowhere to sign the package with"),
        (("--out", "package", "--key", "nowhere"), 1, "hint: aidledger key create, or --unsigned"),
        (("--out", "package", "--key", "nowhere", "--unsigned"), 2, "--unsigned has no use for --key"),
        ((), 2, "a package is a folder: name it with --out DIR"),
        (("--out", "package", "--period", "2025-Q5"), 2, "'2025-Q5' is not a period"),
        (("--out", "package", "--in", "XYZ"), 2, "XYZ"),
        (("--out", "package", "--policy", "guess"), 2, "guess"),
        (("--out", "package", "--rates", "nobody"), 2, "there is no rate source 'nobody'"),
        (("--out", "package", "--since", "nowhere"), 2, "nowhere cannot be read: No such file or directory"),
        (("--out", "package", "--since", "picture"), 2, "picture is no checkpoint"),
        (("--out", "."), 2, "--out . is where you are: name a folder in it"),
        (("--out", "no/such/package"), 1, "no/such/package cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_packed_is_refused_with_the_reason(words, code, said):
    Path("picture").write_bytes(b"\xff\xd8")
    answer = refused_packing(*words)
    assert answer.code == code
    assert said in one_error(answer.said)


def test_the_key_is_looked_for_where_the_environment_says(monkeypatch, desk):
    done("key create bob --key elsewhere/key")
    monkeypatch.setenv("AIDLEDGER_KEY", str(desk / "elsewhere" / "key"))
    assert descriptor(packed())["aidledger"]["signed_by"]["name"] == "bob"
    assert descriptor(packed("unsigned", "--unsigned"))["aidledger"]["signed_by"] is None


def test_a_missing_rate_refuses_the_package_and_says_what_to_do():
    done("pledge add GB '5 VES' --on 2025-03-01 --purpose military --instrument grant")
    said = one_error(refused_packing("--out", "package").said)
    assert "VES" in said
    assert "--rates" in said
    assert "--missing list" in said
    package = packed("package", "--missing", "list")
    empty = [row for row in table(package, "gl_detail.csv") if not row["Reporting_Amount"]]
    assert {row["Amount_Currency"] for row in empty} == {"VES"}
    assert descriptor(package)["aidledger"]["reporting"]["missing"] == "list"


# Whole or not at all


EVERY_FILE = (*TABLES, *OTHERS, *SIGNED, "consistency.txt", "gl_detail.excel.csv")


@pytest.mark.parametrize("there", [False, True], ids=["a new folder", "an earlier package"])
@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_disk_that_fails_at_any_file_leaves_what_was_there(monkeypatch, name, there):
    Path("earlier").write_text(done("checkpoint"))
    if there:
        packed()
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    new = files.Files.new

    def fails(self, asked):
        if asked == name:
            raise OSError(28, "No space left on device")
        return new(self, asked)

    monkeypatch.setattr(files.Files, "new", fails)
    said = refused_packing("--out", "package", "--since", "earlier", "--spreadsheet-safe").said
    assert said == "error: package cannot be written: No space left on device\n"
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


# What is there already


def test_an_empty_folder_is_used_and_an_earlier_package_is_replaced():
    Path("package").mkdir()
    first = contents(packed())
    done("pledge add GB '5 GBP' --on 2025-03-01 --purpose military --instrument grant")
    second = contents(packed())
    assert set(second) == set(first)
    assert second != first
    assert names(packed("package", "--unsigned")) == sorted((*TABLES, *OTHERS))
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda folder: (folder / "findings.txt").write_text("mine"),
            "holds findings.txt, which is not the package's own",
        ),
        (lambda folder: (folder / "key").write_bytes(KEY.read_bytes()), "holds key, which is not the package's own"),
        (lambda folder: (folder / "book.db").write_bytes(b""), "holds book.db, which is not the package's own"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "is not empty and is no package"),
        (lambda folder: os.truncate(folder / "gl_detail.csv", 100), "holds gl_detail.csv, which was changed since"),
    ],
)
def test_a_folder_with_anything_of_somebodys_is_left_alone(change, said):
    change(packed())
    before = contents(Path("package"))
    answer = refused_packing("--out", "package")
    assert answer.code == 1
    assert f"error: package {said}" in one_error(answer.said)
    assert contents(Path("package")) == before


def test_the_package_of_another_book_is_left_alone():
    packed()
    other = places.at("other.db")
    done("init", "--book", other)
    answer = refused_packing("--out", "package", "--book", other)
    assert "error: package is a package of another book, " in answer.said


@places.of_files("a folder")
def test_the_folder_of_the_book_is_left_alone(desk):
    (desk / "inside").mkdir()
    shutil.copy(book(), desk / "inside" / "book.db")
    answer = refused_packing("--out", "inside", "--book", "inside/book.db")
    assert "error: inside is not empty and is no package: it holds book.db: it was left alone" in answer.said


def test_a_link_is_left_alone():
    Path("real").mkdir()
    Path("package").symlink_to("real")
    assert "error: package is a link: it was left alone" in refused_packing("--out", "package").said
