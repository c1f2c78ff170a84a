"""Books that cannot be used, disks that are full, users who change their mind: one line each, and nothing lost."""

import os
import resource
import signal
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from ledger.store.database import PATIENCE
from ledger.store.place import located
from ledger.store.schema import HEAD
from tests import places
from tests.commandline import ADD, Answer, answered, book, done, one_error, process, refused, rows, typed, unchanged

BOOK = (f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD}',)
ADDING = f'pledge add GB "1 GBP" --on 2025-03-02 {ADD}'
READING = ("pledge list", "report totals", "journal list", "check", "export csv", "party list", "pledge show P")
WRITING = (ADDING, "pledge commit P", "journal reverse 2 --note why", "source add new Name")

pytestmark = pytest.mark.usefixtures("desk")


# What is no book


def nothing(place):
    places.lost(place)


def a_folder(place):
    place.unlink()
    place.mkdir()


def an_empty_file(place):
    place.write_bytes(b"")


def a_text(place):
    place.write_text("Pledges, kept by hand since 2022. " * 50)


def an_empty_database(place):
    places.spoil(place)


def another_database(place):
    places.spoil(place, "CREATE TABLE recipes (name TEXT)")


def half_a_book(place):
    os.truncate(place, 3 * 4096)


def a_newer_book(place):
    of_schema(place, "0999")


def an_older_book(place):
    of_schema(place, "0001")


def of_schema(place, revision):
    with places.sql(place) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (revision,))


OLDER = f"""{{book}} was made by an older version (schema 0001, now {HEAD})
hint: aidledger upgrade --book {{book}} brings it up to date; copy the file first"""
NEWER = f"{{book}} was made by a newer version (schema 0999, this one knows {HEAD})\nhint: use the"
NO_FILES = [
    (1, nothing, "there is no book at {book}\nhint: aidledger init --book {book}"),
    (2, a_folder, "{book} is not a file, so it is not a book"),
    (2, an_empty_file, "{book} is not a book of aidledger"),
    (2, a_text, "{book} is not a book of aidledger: it is no SQLite database"),
    (2, another_database, "{book} is not a book of aidledger"),
    (1, half_a_book, "{book} is damaged: the database cannot be read; restore it from a copy"),
    (1, a_newer_book, NEWER),
    (1, an_older_book, OLDER),
]
NO_DATABASES = [
    (1, nothing, "{book} cannot be reached: "),
    (2, an_empty_database, "{book} has no book of aidledger; aidledger init makes one"),
    (2, another_database, "{book} has no book of aidledger; aidledger init makes one"),
    (1, a_newer_book, NEWER),
]
NO_BOOKS = NO_DATABASES if places.ON_SERVER else NO_FILES


@pytest.mark.parametrize(("code", "make", "words"), NO_BOOKS, ids=[make.__name__ for _, make, _ in NO_BOOKS])
def test_what_is_no_book_of_this_version_is_refused_to_every_command_and_left_alone(code, make, words):
    make(book())
    for command in (READING[0], WRITING[0]):
        assert refused(code, command).startswith("error: " + words.format(book=places.at(book())))


@places.of_files("an empty database is there to be made one")
@pytest.mark.parametrize("make", [a_folder, an_empty_file, a_text, another_database, half_a_book, a_newer_book])
def test_nor_is_it_upgraded_or_made_into_one(make):
    make(book())
    refused(1, "init")
    assert refused(1 if make in {half_a_book, a_newer_book} else 2, "upgrade").startswith(f"error: {book()} ")


@places.of_server("where there is a database, a book can be made beside other tables")
def test_a_database_of_a_newer_version_is_neither_upgraded_nor_given_another_book():
    a_newer_book(book())
    refused(1, "init")
    assert refused(1, "upgrade").startswith(f"error: {places.at(book())} was made by a newer version")


@places.of_files("no older schema was ever made in PostgreSQL")
def test_an_older_book_is_upgraded_when_it_is_asked_for():
    before = rows("report totals")
    with places.sql(book()) as other:
        for table in (
            "pledge",
            "account",
            "tally",
            "drawing",
            "party",
            "membership",
            "source",
            "item",
            "serial",
            "quote",
            "rate",
            "tile",
            "checkpoint",
        ):
            other.execute(f"DROP TABLE {table}")
        other.execute("DROP TABLE sqlite_stat1")
    an_older_book(book())
    assert typed("upgrade") == Answer(0, "", f"note: schema 0001 -> {HEAD}\n")
    assert rows("report totals") == before
    assert rows("check") == []
    with unchanged():
        assert typed("upgrade") == Answer(0, "", f"note: schema {HEAD} already: nothing to do\n")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("mysql://me:secret@host/db", "mysql:// addresses are not supported"),
        ("sqlite:///", "--book names no file"),
        ("a\0b", "--book names no file"),
        ("a" * 300, "cannot be opened: File name too long"),
        ("~nobody-of-that-name/book.db", "no such user"),
        ("/proc/no/such/place.db", "there is no book at /proc/no/such/place.db"),
    ],
)
def test_a_place_where_no_book_can_be_is_refused_without_telling_its_password(place, words):
    with unchanged():
        answer = typed("pledge list --book", place)
    assert answer.code in {1, 2}
    assert words in one_error(answer.said)
    assert "secret" not in answer.said


def test_a_book_is_not_made_where_there_is_one():
    assert "was left alone" in refused(1, "init")


def test_a_book_is_not_made_where_there_cannot_be_one(desk):
    (desk / "file").write_text("")
    assert "cannot be made a folder" in refused(1, "init --book file/book.db")
    assert "neither a country" in refused(1, "init --recipient UK --book new.db")
    assert not (desk / "new.db").exists()


@places.of_files("folders and modes")
def test_a_book_is_made_in_a_folder_that_is_not_there_yet(desk):
    assert typed("init --book new/folder/book.db").printed == "new/folder/book.db\n"
    assert stat.S_IMODE((desk / "new/folder/book.db").stat().st_mode) == 0o600


def test_a_book_that_may_only_be_read_is_read_and_never_written(monkeypatch):
    before = done("report totals --format csv")
    barred = places.read_only(book())
    shown = str(located(barred))
    monkeypatch.setenv("AIDLEDGER_BOOK", barred)
    for command in WRITING:
        assert refused(1, command) == f"error: {shown} is read-only: nothing was written\n"
    for command in READING:
        assert typed(command).code == 0
    assert done("report totals --format csv") == before


# What another process holds


def test_a_book_that_another_process_writes_is_refused_to_writers_after_the_patience_asked_for(monkeypatch):
    monkeypatch.setenv("AIDLEDGER_PATIENCE", "0")
    held = f"error: {places.at(book())} is locked by another process: nothing was written; try again when it is done\n"
    with places.held(book()):
        for command in WRITING:
            assert refused(1, command) == held
        for command in READING:
            assert typed(command).code == 0
    with places.held(book(), from_readers=True):
        for command in (*READING, *WRITING, "upgrade"):
            assert refused(1, command) == held
    assert done(ADDING) == "GB-2025-0001\n"


def test_the_patience_is_in_seconds_and_long_unless_it_is_said(monkeypatch):
    assert PATIENCE == 60
    monkeypatch.setenv("AIDLEDGER_PATIENCE", "1")
    with places.held(book()):
        began = monotonic()
        refused(1, ADDING)
        assert 0.9 < monotonic() - began < 30
    monkeypatch.setenv("AIDLEDGER_PATIENCE", "a while")
    said = refused(2, ADDING)
    assert said == "error: AIDLEDGER_PATIENCE 'a while': write a whole number, 0 or more, of 15 digits at most\n"


def test_a_lock_that_is_let_go_in_time_is_waited_for():
    with places.held(book()):
        waiting = process(ADDING, stdout=-1, stderr=-1)
        with pytest.raises(TimeoutError):
            wait_for(lambda: waiting.poll() is not None, seconds=2)
    assert answered(waiting) == Answer(0, "GB-2025-0001\n", "")


def wait_for(true, seconds=60.0):
    """Wait until something is so."""
    until = monotonic() + seconds
    while not true():
        if monotonic() > until:
            raise TimeoutError
        sleep(0.01)


# A full disk


def no_room(most):
    """Python that lets no file of its process grow beyond so many bytes."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))"


@places.of_files("the disk of this process")
def test_a_full_disk_leaves_the_book_as_it_was():
    long = "n" * 200_000
    with unchanged():
        before = no_room(book().stat().st_size)
        answer = answered(process(ADDING, "--note", long[:100_000], before=before, stdout=-1, stderr=-1))
    assert (answer.code, answer.printed) == (1, "")
    assert one_error(answer.said) == (
        f"error: {book()} cannot be read or written, the disk fails or is full: nothing was written\n"
    )
    assert rows("check") == []
    assert typed(ADDING).code == 0


@places.of_files("the disk of this process")
def test_a_full_disk_leaves_no_half_of_a_book_nor_of_a_register(desk):
    room = no_room(resource.getpagesize())
    with unchanged():
        made = answered(process("init --book new.db", before=room, stdout=-1, stderr=-1))
        demo = answered(process("demo new", before=room, stdout=-1, stderr=-1))
        exported = answered(process("export csv --out register.csv", before=no_room(99), stdout=-1, stderr=-1))
    assert [answer.code for answer in (made, demo, exported)] == [1, 1, 1]
    assert "is full" in one_error(made.said)
    assert "is full" in one_error(demo.said)
    assert one_error(exported.said) == "error: register.csv cannot be written: File too large\n"
    assert [path.name for path in desk.iterdir()] == ["book.db"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["report totals", "report totals --format json", "export csv", "pledge show P"])
def test_output_that_finds_no_room_is_an_error(command):
    with Path("/dev/full").open("w") as full, unchanged():
        answer = answered(process(command, stdout=full, stderr=-1))
    assert answer == Answer(1, "", "error: could not write: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", WRITING)
def test_what_is_recorded_and_cannot_be_shown_is_said_to_be_recorded(command):
    with Path("/dev/full").open("w") as full:
        answer = answered(process(command, stdout=full, stderr=-1))
    assert answer == Answer(
        1, "", "error: could not write: No space left on device; entry 3 is recorded all the same\n"
    )
    assert [row["entry"] for row in rows("journal list")] == [1, 2, 3]


def test_a_register_is_written_whole_or_not_at_all(desk):
    assert typed("export csv --out register.csv") == Answer(0, "", "")
    assert (desk / "register.csv").read_bytes().decode() == typed("export csv").printed
    for place, words in {
        "nowhere/register.csv": "No such file or directory",
        ".": "is a folder",
        **({} if places.ON_SERVER else {"book.db": "is the book itself"}),
    }.items():
        said = refused(1 if "nowhere" in place else 2, f"export csv --out {place}")
        assert words in said


def test_a_reader_that_has_seen_enough_ends_the_command_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    answer = answered(process("export csv", stdout=writing, stderr=-1))
    os.close(writing)
    assert answer == Answer(141, "", "")


# A change of mind


READY = "from cli.main import main; open('ready', 'w').close()"
INTERRUPTED = Answer(130, "", "error: interrupted; nothing was written\n")


@pytest.mark.parametrize("from_readers", [False, True])
def test_an_interrupt_is_heard_while_another_process_holds_the_book(desk, from_readers):
    with unchanged_but_for("ready"), places.held(book(), from_readers=from_readers):
        waiting = process(ADDING, before=READY, stdout=-1, stderr=-1)
        wait_for((desk / "ready").exists)
        sleep(1.5)  # until it waits for the lock
        began = monotonic()
        waiting.send_signal(signal.SIGINT)
        assert answered(waiting) == INTERRUPTED
        assert monotonic() - began < 30 < PATIENCE
    assert typed(ADDING).code == 0


@contextmanager
def unchanged_but_for(name):
    """Nothing is written in the folder but this file."""
    with unchanged():
        yield
        Path(name).unlink()


@pytest.mark.parametrize("after", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_whenever_an_interrupt_comes_the_pledge_is_recorded_and_said_to_be_or_neither(desk, after):
    running = process(ADDING, before=READY, stdout=-1, stderr=-1)
    wait_for((desk / "ready").exists)
    sleep(after)
    running.send_signal(signal.SIGINT)
    answer = answered(running)
    pledges = [row["pledge"] for row in rows("pledge list")]
    assert (answer, pledges) in [(INTERRUPTED, ["P"]), (Answer(0, "GB-2025-0001\n", ""), ["P", "GB-2025-0001"])]
    assert rows("check") == []


LATE = """
import time
class Held:
    def __del__(self):
        raise KeyboardInterrupt
def opened(*told, **more):
    Held()
    time.sleep(10)
import ledger.book
ledger.book.Book.open = opened
"""
"""An interrupt that comes while something is let go of, where Python would say that it ignores it."""


def test_an_interrupt_that_python_cannot_raise_comes_once_more():
    running = process(ADDING, before=LATE, stdout=-1, stderr=-1)
    assert answered(running) == INTERRUPTED


def test_an_interrupt_that_comes_after_the_commit_is_too_late(monkeypatch):
    def interrupt(*told):
        signal.raise_signal(signal.SIGINT)
        return echo(*told)

    echo = sys.modules["typer"].echo
    monkeypatch.setattr("typer.echo", interrupt)
    hears = signal.getsignal(signal.SIGINT)
    assert typed(ADDING) == Answer(0, "GB-2025-0001\n", "")
    assert signal.getsignal(signal.SIGINT) == hears
    new = places.at("new.db")
    assert typed("init --book", new) == Answer(0, f"{new}\n", "note: next: aidledger pledge add --help\n")
    monkeypatch.setattr("cli.render._lay_out", interrupt)
    assert typed("report totals") == INTERRUPTED


def test_check_shows_what_is_broken_and_only_that_is_a_failure():
    done('pledge disburse P "1 GBP" --on 2025-03-05 --format csv')
    answer = typed('pledge commit P "5 GBP" --on 2025-03-07 --from pledged --format csv')
    assert (answer.code, answer.said) == (0, "")
    early = typed('pledge disburse P "5 GBP" --on 2025-03-06 --from committed --format csv')
    assert early.code == 0
    assert early.said.startswith("warning: P: on 2025-03-06 it held -5.00 GBP committed")
    suspicious = typed("check --format json")
    assert suspicious.code == 0
    assert [(row["severity"], row["code"], row["where"]) for row in suspicious.rows] == [
        ("warning", "out-of-order", "P")
    ]
    with places.sql(book()) as other:
        other.execute("UPDATE account SET balance = balance + 1 WHERE stage = 'disbursed'")
    broken = typed("check --format json")
    assert (broken.code, broken.said) == (1, "")
    assert [row["severity"] for row in broken.rows] == ["error", "warning"]
    assert broken.rows[0]["code"] == "projection"


def test_a_copy_is_a_book_of_its_own(desk):
    copy = places.copied(book(), desk / "copy.db")
    done(ADDING)
    assert len(rows("pledge list")) == 2
    assert len(rows(f"pledge list --book {copy}")) == 1
