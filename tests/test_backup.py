"""Backups: a whole copy of a book, made while others write, and a book made of one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import Refusal
from ledger.store import backup
from ledger.store.place import File
from tests import places
from tests.commandline import ADD, ROOT, SMALL, contents, done, refused, rows, typed, unchanged
from tests.world import announce, errors
from tests.world import refused as refuses

BOOK = SMALL

pytestmark = [places.of_files("those of a server are tried with copies"), pytest.mark.usefixtures("desk")]


def lines(path: Path | str) -> list[str]:
    """The canonical lines of a book, as another program sees them."""
    with closing(sqlite3.connect(path)) as connection:
        return [str(line) for (line,) in connection.execute("SELECT line FROM entry ORDER BY number")]


@pytest.fixture
def with_copy(desk: Path) -> Path:
    """The desk, with a book that keeps a copy of a source."""
    (desk / "source.txt").write_text("a hundred pounds")
    done(f'pledge add GB "1 GBP" --id C --on 2025-03-02 {ADD} --cite https://example.org --attach source.txt')
    return desk


def test_a_backup_is_a_book_itself_with_all_that_the_book_holds(with_copy: Path) -> None:
    (held,) = rows("backup kept.db")
    assert held == {
        "path": "kept.db",
        "entries": len(lines("book.db")),
        "root": held["root"],
        "attachments": 1,
        "bytes": (with_copy / "kept.db").stat().st_size,
    }
    assert lines("kept.db") == lines("book.db")
    assert done("export csv --book kept.db") == done("export csv")
    assert done("check --book kept.db --format csv") == done("check --format csv")
    assert places.copies(with_copy / "kept.db") == places.copies(with_copy / "book.db")


def test_the_root_is_that_of_the_books_checkpoint() -> None:
    done("key create ada --key key")
    (signed,) = rows("checkpoint --key key")
    (held,) = rows("backup kept.db")
    assert (held["entries"], held["root"]) == (signed["size"], signed["root"])


def test_a_backup_can_be_read_by_its_owner_only(with_copy: Path) -> None:
    done("backup kept.db")
    kept = [with_copy / "kept.db", with_copy / "kept.db.files"]
    assert [path.stat().st_mode & 0o077 for path in kept] == [0, 0]


def test_a_backup_leaves_the_book_and_nothing_beside_it(desk: Path) -> None:
    before = contents()
    done("backup kept.db")
    after = contents()
    assert set(after) - set(before) == {str(desk / "kept.db")}
    assert {path: after[path] for path in before} == before


@pytest.mark.parametrize("there", ["kept.db", "kept.db/", "book.db", "nowhere-link"])
def test_what_is_there_already_is_left_alone(desk: Path, there: str) -> None:
    path = desk / there
    if there.endswith("/"):
        path.mkdir()
    elif there == "kept.db":
        path.write_bytes(b"mine")
    elif there == "nowhere-link":
        path.symlink_to("nowhere")
    assert f"{there.rstrip('/')} is there already, and was left alone" in refused(1, f"backup {there.rstrip('/')}")


def test_a_folder_that_is_not_there_is_not_made_for_a_backup(desk: Path) -> None:
    said = refused(1, "backup disk/kept.db")
    assert "book.db cannot be copied to disk/kept.db: No such file or directory; nothing was kept" in said
    assert not (desk / "disk").exists()


def test_a_book_that_is_not_sound_is_not_backed_up() -> None:
    with places.unguarded("book.db") as tables:
        tables.execute("UPDATE posting SET amount = amount + 1 WHERE entry = 3")
    said = refused(1, "backup kept.db")
    assert "is not sound, and was not copied: " in said
    assert "aidledger check lists what is wrong" in said


def test_a_book_without_the_copy_of_a_source_is_not_backed_up(with_copy: Path) -> None:
    (name,) = places.copies("book.db")
    (with_copy / "book.db.files" / name).unlink()
    assert "book.db was not copied: its copy " in refused(1, "backup kept.db")
    assert not (with_copy / "kept.db.files").exists()


@pytest.mark.usefixtures("with_copy")
def test_copies_that_an_interrupted_backup_left_are_used() -> None:
    shutil.copytree("book.db.files", "kept.db.files")
    done("backup kept.db")
    assert places.copies("kept.db") == places.copies("book.db")


@pytest.mark.usefixtures("with_copy")
def test_a_disk_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("sync", "put_new"):
        with monkeypatch.context() as patch:
            patch.setattr(backup, step, fails)
            assert "cannot be copied to kept.db: No space left on device" in refused(1, "backup kept.db")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backup, "copy_pages", full)
    assert "cannot be copied to kept.db: database or disk is full" in refused(1, "backup kept.db")


@pytest.mark.usefixtures("with_copy")
def test_an_interrupt_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "check", interrupted)
    with unchanged():
        assert typed("backup kept.db").code == 130


def test_a_copy_that_is_not_what_was_copied_is_refused(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = backup.Source.head
    monkeypatch.setattr(backup.Source, "head", lambda *given: heads(*given) if _once() else None)
    seen: list[int] = []

    def _once() -> bool:
        seen.append(1)
        return len(seen) == 1

    target = places.path_of(book).with_name("kept.db")
    with refuses(Refusal, "is not what was copied: try again"):
        book.copy(File(target))
    assert not target.exists()


def test_a_run_backs_nothing_up_and_restores_nothing(desk: Path) -> None:
    (desk / "backup.run").write_text("backup kept.db\n")
    (desk / "restore.run").write_text("restore kept.db\n")
    assert "back the book up before it, or after" in refused(2, "run backup.run")
    assert "make it before the run" in refused(2, "run restore.run")


# Restoring


def test_a_restored_book_is_the_book_that_was_backed_up_and_goes_on(with_copy: Path) -> None:
    before = lines("book.db")
    done("backup kept.db")
    places.lost("book.db")
    shutil.rmtree("book.db.files")
    (held,) = rows("restore kept.db")
    assert (held["path"], held["entries"], held["attachments"]) == (str(with_copy / "book.db"), len(before), 1)
    assert lines("book.db") == before
    assert places.copies("book.db") == places.copies("kept.db")
    assert done(f'pledge add GB "5 GBP" --id NEW --on 2025-03-03 {ADD}') == "NEW\n"
    assert lines("book.db")[:-1] == before


def test_folders_are_made_for_a_restored_book() -> None:
    done("backup kept.db")
    done("restore kept.db --book new/place/book.db")
    assert lines("new/place/book.db") == lines("kept.db")


def test_a_book_that_is_there_is_not_restored_over() -> None:
    done("backup kept.db")
    done(f'pledge add GB "5 GBP" --id NEW --on 2025-03-03 {ADD}')
    assert "book.db is there already, and was left alone" in refused(1, "restore kept.db")


def test_what_is_no_sound_backup_is_not_restored(desk: Path) -> None:
    (desk / "other").write_text("no book")
    assert "other is not a book of aidledger" in refused(2, "restore other --book new.db")
    assert "there is no book at gone.db" in refused(1, "restore gone.db --book new.db")
    done("backup kept.db")
    with places.unguarded("kept.db") as tables:
        tables.execute("DELETE FROM posting WHERE entry = 3 AND line = 1")
    assert "kept.db is not sound, and was not copied: " in refused(1, "restore kept.db --book new.db")


def test_a_book_is_not_restored_into_a_file(desk: Path) -> None:
    done("backup kept.db")
    (desk / "file").write_text("mine")
    assert "file cannot be made a folder" in refused(1, "restore kept.db --book file/book.db")


# While others write

WRITER = """
import sys
from itertools import count
from ledger.book import Book
from ledger.money import Money, currency
from ledger.pledge import Instrument, Promise, Purpose
from ledger.recognition.steps import Announce

with Book.open(sys.argv[1], recorded_by="ada") as book:
    for number in count(1):
        amount = Promise(Money(number, currency("GBP")))
        named = {"purpose": Purpose("military"), "instrument": Instrument("grant"), "id": f"{sys.argv[2]}-{number}"}
        print(book.record(Announce(donor="GB", promises=(amount,), **named)).entry.pledge, flush=True)
"""


@contextmanager
def writing(path: Path, folder: Path) -> Iterator[None]:
    """Four processes record pledges in a book until the block ends, from when each has recorded one."""
    with ExitStack() as opened:
        writers = [_writer(path, folder / f"W{number}", opened) for number in range(4)]
        try:
            while not all((folder / f"W{number}").stat().st_size for number in range(4)):
                assert all(writer.poll() is None for writer in writers)
            yield
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()


def _writer(path: Path, said: Path, opened: ExitStack) -> subprocess.Popen[bytes]:
    told = opened.enter_context(said.open("w"))
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), said.name], stdout=told, cwd=ROOT)


def test_ten_backups_are_made_while_four_processes_write(book: Book) -> None:
    path = places.path_of(book)
    folder, sizes = path.parent, []
    with writing(path, folder):
        for number in range(10):
            acknowledged = said_by(folder)
            sizes.append(book.copy(File(folder / f"kept{number}.db")).head.size)
            assert acknowledged <= pledges(folder / f"kept{number}.db")
    written = lines(path)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] <= len(written)
    for number, size in enumerate(sizes):
        assert lines(folder / f"kept{number}.db") == written[:size]
    with Book.open(str(folder / "kept9.db")) as kept:
        assert errors(kept) == []
        assert announce(kept, "GB", "1 GBP", id="LAST") == "LAST"


def said_by(folder: Path) -> set[str]:
    """The pledges that the writers have acknowledged so far."""
    return {name for number in range(4) for name in (folder / f"W{number}").read_text().split("\n")[:-1]}


def pledges(path: Path) -> set[str]:
    """The pledges of a book."""
    return {str(json.loads(line).get("pledge")) for line in lines(path)}
