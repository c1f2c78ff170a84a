"""What the fuzzers found, each as the smallest input that shows it, so that it stays mended."""

from __future__ import annotations

import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import script
from ledger.audit import presented
from ledger.audit.verification import Trust
from ledger.errors import InputError, LedgerError
from ledger.formats.bank import map as bank_map
from ledger.formats.ecb import EcbHistory
from ledger.formats.mapped import written
from ledger.formats.tracker import written as tracker_map
from ledger.formats.workbook import load
from ledger.proof import leaf
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.inclusion import Inclusion
from ledger.proof.tree import leaf_hash
from ledger.rate import parse_rate
from ledger.signing import note
from tests.commandline import one_error, typed
from tests.fuzz.proofs import sample
from tests.fuzz.reader import at_most
from tests.keys import ADA

SECONDS = 20
"""What took minutes before, and takes moments now, on any machine."""

MAPS = pytest.mark.parametrize(
    "load_map", [written.load, bank_map.load, tracker_map.load], ids=["of pledges", "of a statement", "of totals"]
)


def refused(read: Callable[[], object]) -> str:
    """What the reader says that refuses."""
    with pytest.raises(InputError) as caught:
        read()
    assert "\n" not in caught.value.message
    return caught.value.message


# Scripts: a command of many lines was joined, and read from its beginning, at each of them


@pytest.mark.parametrize("line", ["a", "'a", '"a', "a #", ""])
def test_a_command_of_many_lines_takes_time_by_their_number_only(line: str) -> None:
    with at_most(SECONDS):
        read = list(script._logical(f"{line}\\\n" * 100_000 + "b"))
    assert len(read) == (100_001 if line == "a #" else 1)


def by_the_whole(text: str) -> list[tuple[int, str]]:
    """The same, as it was read before: each command joined as a whole, and only then looked at."""
    found, begun, number = [], "", 1
    for count, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        whole = begun + line
        until = _until_comment(whole)
        goes_on = (len(whole) - len(whole.rstrip("\\"))) % 2
        if goes_on and whole[until : until + 1] != "#":
            begun = whole[:-1]
            continue
        found.append((number, whole[:until] if whole[until : until + 1] == "#" else whole))
        begun, number = "", count + 1
    return [*found, (number, begun)] if begun else found


def _until_comment(line: str) -> int:
    matched = script._CODE.match(line)
    assert matched
    return matched.end()


@given(st.text("ab \t#'\"\\\\\\\n\n", max_size=30))
def test_lines_are_joined_as_they_were(text: str) -> None:
    assert list(script._logical(text)) == by_the_whole(text)


# Maps


@MAPS
def test_a_number_that_no_decimal_can_be_is_refused(load_map: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text("unit = 1e9999999999999999999\n")
    assert "1e9999999999999999999 is no number that can be held" in refused(lambda: load_map(path))


@MAPS
@pytest.mark.parametrize("key", ["a.", "'a' . ", '"\\"."\t.'])
def test_a_key_of_endless_parts_is_refused_before_it_fills_the_memory(
    load_map: Callable[[Path], object], key: str, tmp_path: Path
) -> None:
    path = tmp_path / "map.toml"
    path.write_text(f"{key * 100_000}a = 1\n")
    with at_most(SECONDS):
        assert refused(lambda: load_map(path)).endswith("cannot be read: it is nested too deeply")


@pytest.mark.parametrize("text", ["a" * 2**20, '"' * 2**20, "'" * 2**20, '"' + '\\"' * 2**16, "a." * 30 + "\n" * 2**19])
def test_looking_for_endless_keys_takes_no_longer_than_reading(text: str) -> None:
    with at_most(SECONDS):
        refused(lambda: written.toml(text, "the map"))


def test_a_key_of_a_few_parts_and_words_with_points_are_read() -> None:
    text = 'fields.amount.values = "see www.example.org/a.b.c, p. 1. 2. 3. 4."\n' + "x.y.z = 1\n"
    assert written.toml(text, "the map")["x"] == {"y": {"z": 1}}


# Workbooks


@pytest.mark.parametrize("encoding", ["UTF-99", "utf-32", "shift_jis"])
def test_a_part_of_a_workbook_in_an_encoding_that_is_not_known_is_refused(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    sound = Path(__file__).parent.parent / "fixtures" / "kiel" / "release-7" / "input.xlsx"
    packed = BytesIO()
    with ZipFile(sound) as before, ZipFile(packed, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name.endswith("workbook.xml"):
                data = f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()
            after.writestr(name, data)
    path.write_bytes(packed.getvalue())
    assert "is in an encoding that no workbook has" in refused(lambda: load(path))


# Histories of rates


def test_a_zip_whose_data_end_too_soon_is_no_history(tmp_path: Path) -> None:
    path = tmp_path / "eurofxref-hist.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "Date,USD,\n2025-03-03,1.0465,\n")
    data = path.read_bytes()
    sizes = data.index(b"PK\x01\x02") + 20  # of the member, in the directory at the end
    path.write_bytes(data[:sizes] + (5000).to_bytes(4, "little") * 2 + data[sizes + 8 :])
    with ZipFile(path) as archive, pytest.raises((EOFError, BadZipFile)):
        archive.read("a.csv")
    assert "is not a history of ECB rates" in refused(lambda: EcbHistory(path))


# Lines and signatures


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", "1", '{"number":1}', "[" * 100_000, '{"number":' + "9" * 5000 + "}", '"\\ud800"']
)
def test_a_line_that_is_no_entry_is_refused_however_it_is_broken(text: str) -> None:
    with pytest.raises(LedgerError):
        leaf.read(text)


def test_a_proof_of_a_line_that_is_no_entry_says_so(tmp_path: Path) -> None:
    """Whoever keeps a log may sign anything into it: the proof is right, and its line nests without end."""
    line = b"[" * 100_000
    head = Checkpoint("00000000-0000-4000-8000-000000000000", 1, leaf_hash(line))
    path = tmp_path / "p.tlog-proof"
    path.write_text(Inclusion(0, (), note.sign(head.text, ADA)).text)
    path.with_suffix(".json").write_bytes(line)
    (problem,) = presented.of_proof(path, Trust((ADA.public,))).problems
    assert problem.message == "it is in the log, and it is no entry"


def test_the_name_of_an_unknown_signature_is_cut() -> None:
    said = refused(lambda: note.opened(f"text\n\n\u2014 {'n' * 50_000} {b64encode(b'abc').decode()}\n", ()))
    assert len(said) < 200


def test_what_is_no_rate_is_cut() -> None:
    assert len(refused(lambda: parse_rate("1.5;" * 50_000))) < 200


# Books that another program altered


@pytest.mark.parametrize("table", ["checkpoint", "tile"])
@pytest.mark.parametrize("value", [-1, -(2**63), 2**63 - 1])
def test_numbers_in_the_log_that_no_log_has_are_told_of_and_do_not_stop_who_looks(
    table: str, value: int, tmp_path: Path
) -> None:
    place = tmp_path / "book.db"
    shutil.copy(sample() / "book.db", place)
    columns = {"checkpoint": ["size", "number"], "tile": ["level", "number", "width"]}[table]
    for column in columns:
        with closing(sqlite3.connect(place)) as altered:
            for (trigger,) in altered.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                altered.execute(f'DROP TRIGGER "{trigger}"')
            altered.execute("PRAGMA ignore_check_constraints = ON")
            altered.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608
            altered.commit()
        for command in ("check", "verify"):
            with at_most(SECONDS):
                answer = typed(f"{command} --book", str(place))
            assert answer.code == 1
            assert "defect" not in answer.said
            assert "error" in answer.printed


# What is typed


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "command",
    [
        "key show --key",
        "checkpoint --key",
        "pledge list --book",
        "run",
        "import csv",
        "journal reverse 1 --note w --attach",
    ],
)
def test_a_home_of_nobody_is_refused_in_one_line(command: str) -> None:
    answer = typed(f"{command} ~nosuchuser/x")
    assert answer.code
    assert "nosuchuser" in one_error(answer.said)
    assert "defect" not in answer.said


def test_whoever_has_no_home_is_told_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "~nosuchuser")
    monkeypatch.setenv("XDG_DATA_HOME", "~nosuchuser")
    monkeypatch.delenv("AIDLEDGER_BOOK")
    for command in ("key show", "pledge list"):
        assert one_error(typed(command).said).startswith("error: ~nosuchuser: there is no such user, so no such home")
    assert desk.is_dir()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "locale", ["a" * 5000, "a" * 255, "../../etc", "\udc80", "de\0", "/", "\uff41", "de_" + "A" * 300]
)
def test_a_locale_that_no_language_has_is_english_or_refused_in_one_line(locale: str) -> None:
    answer = typed("pledge list --locale", locale)
    assert answer.code == 0 or one_error(answer.said).startswith("error: '")
