"""A failing disk: a short form of the trial (``python -m tests.trials.faults``), and what is said of a late failure."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from cli import whole
from tests import places
from tests.commandline import ADD, one_error, rows, typed
from tests.trials.shortly import shortly
from tests.trials.traced import why_not

pytestmark = places.of_files("a server looks after its own files")
BOOK = (f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD}',)


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_whatever_a_disk_refuses_nothing_is_lost_or_claimed_falsely() -> None:
    report = shortly("faults", "--every", "70")
    wrong = {line.split()[0]: int(line.split()[-1]) for line in report.splitlines()[2:]}
    assert set(wrong.values()) == {0}
    assert {"pledge", "import", "journal", "export", "backup"} <= wrong.keys()


class Unconfirmed(sqlite3.Connection):
    """A connection on a disk that fails once a transaction is committed, when the journal's name is to go for good."""

    def cursor(self, *_: object) -> sqlite3.Cursor:  # type: ignore[override] # one kind of cursor
        return super().cursor(_Cursor)


class _Cursor(sqlite3.Cursor):
    def execute(self, statement: str, *given: object) -> sqlite3.Cursor:  # type: ignore[override] # as above
        super().execute(statement, *given)  # type: ignore[arg-type] # as above
        if statement == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_DIR_FSYNC"
            raise error
        return self


def test_an_entry_that_the_disk_does_not_confirm_is_said_to_be_there(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    (desk / "source.txt").write_text("a hundred pounds")
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Unconfirmed))
        answer = typed(f'pledge add GB "5 GBP" --id NEW {ADD} --on 2025-03-03 --cite https://x.org --attach source.txt')
    assert (answer.code, answer.printed) == (1, "")
    assert one_error(answer.said) == (
        f"error: {desk / 'book.db'} holds what was to be written, but the disk does not confirm that it keeps it: "
        "look before you write it again\n"
    )
    assert [row["pledge"] for row in rows("journal list")][-1] == "NEW"
    assert typed("check").code == 0  # the copy of the source is there too


def refuses_folders(path: Path) -> None:
    """A disk that keeps files, and not the names in a folder."""
    if path.is_dir():
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("command", ["export csv --out out", "export hledger --out out"])
def test_an_export_that_the_disk_does_not_confirm_is_said_to_be_written(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(whole, "sync", refuses_folders)
    answer = typed(command)
    assert answer.code == 1
    said = one_error(answer.said)
    assert said == "error: out is written, but the disk does not confirm that it keeps it: Input/output error\n"
    assert (desk / "out").stat().st_size


def test_an_import_whose_rejects_cannot_be_written_says_that_it_is_recorded(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "id,donor,amount,currency,on,purpose,instrument"
    good, bad = (f"{name},GB,{amount},GBP,2025-03-02,military,grant" for name, amount in (("A", "5"), ("B", "much")))
    (desk / "input.csv").write_text(f"{header}\n{good}\n{bad}\n")
    monkeypatch.setattr(whole, "sync", refuses_folders)
    answer = typed("import csv input.csv --rejects out.csv --format json")
    assert (answer.code, answer.printed) == (1, "")
    assert answer.said.endswith("Input/output error; what was imported is recorded all the same\n")
    assert [row["pledge"] for row in rows("journal list")][-1] == "A"
    again = typed("import csv input.csv --rejects out.csv --dry-run")  # nothing was recorded: nothing is said of it
    assert again.said.endswith("does not confirm that it keeps it: Input/output error\n")
