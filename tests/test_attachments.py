"""Attachments: copies of sources beside the book, whole before their entry is kept, and gone where it is not."""

import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import InputError, Refusal, StoreRefusal
from ledger.journal import Citation
from ledger.recognition.steps import Attachment, Booked, Evidence, Match, Settled, Step
from ledger.store import attachments
from ledger.store.attachments import attached
from ledger.store.sqlite import SQLite
from tests import places
from tests.commandline import answered, done, process, refused, rows, settings_for, typed
from tests.world import Clock, announce, announcement, day, disburse, errors, make_book, money, refuses, reverse

PAGE = b"<html>five thousand missiles</html>"
SHA256 = hashlib.sha256(PAGE).hexdigest()
ADD = "pledge add GB 5GBP --on 2025-03-02 --purpose military --instrument grant"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty book and a page, in which commands are typed."""
    settings_for(tmp_path, monkeypatch)
    done("init")
    (tmp_path / "page.html").write_bytes(PAGE)
    return tmp_path


def copies(folder: Path) -> dict[str, bytes]:
    """The copies that are kept with the book in a folder, by name; where there are none, there is no place for them."""
    found = places.copies(folder / "book.db")
    assert bool(found) or not (folder / "book.db.files").is_dir()
    return found


def found() -> list[tuple[str, str, str]]:
    """What ``check`` finds: the code, where, and whether it is an error."""
    return [(row["code"], row["where"], row["severity"]) for row in typed("check --format json").rows]


def evidence(path: Path, **said: Any) -> Evidence:
    """What cites a file that is attached."""
    attachment = attached(path)
    citation = Citation(file=path.name, sha256=attachment.sha256)
    return Evidence(citations=(citation,), attachments=(attachment,), **said)


# Kept


def test_a_copy_is_kept_by_its_sha_256_and_the_entry_names_it(place: Path):
    done(f"{ADD} --attach page.html")
    assert copies(place) == {SHA256: PAGE}
    assert found() == []
    kept = f"{'attachment' if places.ON_SERVER else 'book.db.files'}/{SHA256}"
    said = [("file", "page.html"), ("sha256", SHA256), ("copy", kept)]
    for sheet in ("journal show 2", "pledge show GB-2025-0001"):
        assert [(row["name"], row["value"]) for row in rows(sheet) if row["section"] == "citation"] == said


@places.of_files("modes")
def test_a_copy_is_for_its_owner_only(place: Path):
    done(f"{ADD} --attach page.html")
    folder = place / "book.db.files"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / SHA256).stat().st_mode) == 0o600


@pytest.mark.usefixtures("place")
def test_the_address_the_words_and_the_copy_are_one_citation():
    done(f"{ADD} --cite https://example.org/a --quote five --press --attach page.html")
    cited = [row["name"] for row in rows("journal show 2") if row["section"] == "citation"]
    assert cited == ["url", "quote", "kind", "file", "sha256", "copy"]


def test_nothing_is_made_beside_a_book_until_something_is_attached(place: Path):
    done(ADD)
    assert copies(place) == {}


def test_the_same_file_twice_is_one_copy_whatever_its_name(place: Path):
    (place / "again.pdf").write_bytes(PAGE)
    done(f"{ADD} --attach page.html")
    before = identity(place)
    done("pledge commit GB-2025-0001 --attach again.pdf --format csv")
    assert identity(place) == before
    assert copies(place) == {SHA256: PAGE}
    assert found() == []


def identity(place: Path) -> tuple[object, ...]:
    """What tells the file, or the row, of the copy from another one with the same bytes."""
    if places.ON_SERVER:
        with places.sql(place / "book.db") as tables:
            return tables.execute("SELECT ctid, xmin FROM attachment")[0]
    file = (place / "book.db.files" / SHA256).stat()
    return (file.st_ino, file.st_mtime_ns)


@places.of_files("links")
def test_a_file_named_through_a_link_or_beside_another_book_is_taken_as_it_is(place: Path):
    (place / "link.html").symlink_to("page.html")
    (place / "linked.db").symlink_to("book.db")
    done(f"{ADD} --attach link.html --book linked.db")
    assert copies(place) == {SHA256: PAGE}
    assert typed("check --book linked.db").code == 0


def test_every_command_that_takes_a_citation_takes_a_file(place: Path):
    done(f"{ADD} --id P")
    done(f"{ADD} --id Q --to PL")
    for place_of, command in enumerate(COMMANDS):
        (place / "page.html").write_bytes(b"%d" % place_of)
        done(f"{command} --attach page.html --format csv")
    assert len(copies(place)) == len(COMMANDS)
    assert found() == []


COMMANDS = (
    "pledge commit P 3GBP",
    "pledge allocate P 2GBP",
    "pledge disburse P 2GBP",
    "pledge repay P 1GBP",
    "pledge cancel P 1GBP",
    "pledge revise P 6GBP --note more",
    "pledge amend P --title T --note named",
    "pledge draw P Q 1GBP",
    "pledge distinguish P Q --note two",
    "pledge supersede P Q --note newer",
    "party add XX1 One --kind institution",
    "party join XX1 EU",
    "source add fund Fund",
    "item add shell Shell",
    "journal reverse 12 --note wrong",
    "journal close 2024",
    "journal reopen 2024 --note late",
)


# Not kept


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("nowhere.pdf", "No such file or directory"),
        (".", "it is not a file"),
        ("pipe", "it is not a file"),
        ("empty", "it is empty"),
        ("large", "it is larger than 1 MiB"),
        ("/dev/null", "it is not a file"),
    ],
)
def test_what_is_no_file_to_keep_is_refused_in_one_line(place: Path, monkeypatch: pytest.MonkeyPatch, file, words):
    monkeypatch.setattr(attachments, "LARGEST", attachments.MEBIBYTE)
    os.mkfifo(place / "pipe")
    (place / "empty").touch()
    (place / "large").write_bytes(bytes(attachments.MEBIBYTE + 1))
    answer = typed(f"{ADD} --attach {file}")
    assert (answer.code, answer.printed) == (2, "")
    assert answer.said == f"error: --attach {file}: {words}\n"
    assert len(rows("journal list")) == 1
    assert copies(place) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_refused(place: Path):
    (place / "page.html").chmod(0)
    assert "Permission denied" in refused(2, f"{ADD} --attach page.html")


def test_a_name_that_a_terminal_obeys_is_refused(place: Path):
    (place / "a\x1b[2Jb").write_bytes(PAGE)
    assert "the citation's file holds a control character" in refused(2, ADD, "--attach", "a\x1b[2Jb")


def test_a_refused_entry_leaves_no_copy_and_no_folder(place: Path):
    refused(1, "pledge commit P --attach page.html")
    done(ADD)
    refused(1, "pledge commit GB-2025-0001 6GBP --attach page.html")
    assert copies(place) == {}


def test_of_several_steps_that_are_kept_together_a_refused_one_takes_every_copy_along(book: Book, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    book.record(announcement("GB", "1 GBP"))
    steps: list[Step] = [announcement("GB", "5 GBP"), announcement("GB", "7 GBP")]
    with_files = [_with(step, evidence(path)) for step, path in zip(steps, (first, second), strict=True)]
    second.write_bytes(b"another")
    with refuses(book, Refusal, f"{second} was changed meanwhile: nothing was recorded; try again"):
        book.record_all(with_files)
    assert copies(tmp_path) == {}


def _with(step: Step, said: Evidence) -> Step:
    return replace(step, evidence=said)


def test_a_run_keeps_all_of_its_copies_or_none(place: Path):
    lines = f"{ADD} --attach page.html\npledge commit "
    (place / "refused.txt").write_text(f"{lines} X\n")
    (place / "kept.txt").write_text(f"{lines} GB-2025-0001\n")
    assert typed("run refused.txt").code == 1
    assert typed("run kept.txt --dry-run").code == 0
    assert copies(place) == {}
    assert typed("run kept.txt").code == 0
    assert copies(place) == {SHA256: PAGE}


def test_a_copy_that_was_there_stays_when_another_entry_is_refused(place: Path):
    done(f"{ADD} --attach page.html")
    (place / "other").write_bytes(b"other")
    refused(1, "pledge commit GB-2025-0001 6GBP --attach page.html")
    refused(1, "pledge commit GB-2025-0001 6GBP --attach other")
    assert copies(place) == {SHA256: PAGE}


def test_a_preview_keeps_nothing(book: Book, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    [seen] = book.preview([_with(announcement("GB", "5 GBP"), evidence(page))])
    assert seen.entry.citations[0].sha256 == SHA256
    assert copies(tmp_path) == {}


@places.of_files("a copy beside the database; a row goes with its transaction")
def test_what_was_made_is_taken_away_where_the_database_refuses_at_the_last_moment(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    folder = attachments.folder_of(places.path_of(book))
    seen: list[bool] = []

    def failing(cursor: Any, statement: str, *given: Any) -> bool:
        if statement == "COMMIT":
            seen.append((folder / SHA256).exists())
            raise KeyboardInterrupt
        return bool(executed(cursor, statement, *given))

    executed: Any = cast("SQLite", book.database)._execute
    monkeypatch.setattr("ledger.store.sqlite.SQLite._execute", lambda _self, *given: failing(*given))
    fresh = Book.open(str(places.path_of(book)), clock=Clock(), recorded_by="ada")
    with pytest.raises(KeyboardInterrupt):
        fresh.record(_with(announcement("GB", "5 GBP"), evidence(page)))
    assert seen == [True]
    assert not folder.exists()


@places.of_files("the disk under a copy")
def test_a_full_disk_leaves_nothing_of_a_copy(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.store.attachments.os.fsync", full)
    with refuses(book, Refusal, f"no copy of {page} can be kept in", "No space left on device; nothing was recorded"):
        book.record(_with(announcement("GB", "5 GBP"), evidence(page)))
    assert copies(tmp_path) == {}


@places.of_files("the folder beside a book")
def test_a_folder_that_cannot_be_made_is_a_refusal(place: Path):
    (place / "book.db.files").touch()
    said = refused(1, f"{ADD} --attach page.html")
    assert "no copy of page.html can be kept in" in said
    assert "; nothing was recorded" in said


def test_a_read_only_book_takes_no_copy(book: Book, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    with (
        Book.open(places.read_only(places.path_of(book)), clock=Clock(), recorded_by="ada") as barred,
        refuses(barred, StoreRefusal, "is read-only"),
    ):
        barred.record(_with(announcement("GB", "5 GBP"), evidence(page)))
    assert copies(tmp_path) == {}


def test_an_altered_copy_is_never_written_over(place: Path):
    done(f"{ADD} --attach page.html")
    copy = places.spoil_copy(place / "book.db", SHA256, b"altered")
    said = refused(1, "pledge commit GB-2025-0001 --attach page.html")
    assert f"{copy} was altered: nothing was recorded; put there again what it was" in said
    assert copies(place) == {SHA256: b"altered"}


def test_the_same_origin_again_puts_a_copy_back_that_went_missing(place: Path):
    done(f"{ADD} --attach page.html --origin paper:1")
    places.spoil_copy(place / "book.db", SHA256, None)
    assert found() == [("missing-attachment", "entry 2", "error")]
    done(f"{ADD} --attach page.html --origin paper:1")
    assert found() == []
    (place / "page.html").write_bytes(b"another edition")
    assert "with other content" in refused(1, f"{ADD} --attach page.html --origin paper:1")


def test_two_processes_that_attach_one_file_at_once_keep_one_copy(place: Path):
    both = [process(f"{ADD} --id {name} --attach page.html", stdout=-1, stderr=-1) for name in "PQ"]
    assert [answered(each).code for each in both] == [0, 0]
    assert copies(place) == {SHA256: PAGE}
    assert all(code not in {"missing-attachment", "altered-attachment"} for code, *_ in found())


# Examined


def test_a_copy_that_was_altered_or_taken_away_is_an_error_that_names_entry_and_file(place: Path):
    done(f"{ADD} --attach page.html")
    copy = places.spoil_copy(place / "book.db", SHA256, PAGE + b" ")
    answer = typed("check --format json")
    assert answer.code == 1
    [row] = answer.rows
    assert (row["severity"], row["code"], row["where"]) == ("error", "altered-attachment", "entry 2")
    assert row["message"] == f"page.html: its copy {copy} was altered: it is not the file that was attached"
    places.spoil_copy(place / "book.db", SHA256, None)
    [row] = typed("check --format json").rows
    assert (row["severity"], row["code"], row["where"]) == ("error", "missing-attachment", "entry 2")
    assert row["message"] == f"page.html: its copy {copy} is missing: put the file there again"


@places.of_files("a folder in the place of a copy")
def test_what_is_no_copy_is_an_error_that_names_it(place: Path):
    done(f"{ADD} --attach page.html")
    copy = place / "book.db.files" / SHA256
    copy.unlink()
    copy.mkdir()
    [row] = typed("check --format json").rows
    assert row["message"] == f"page.html: its copy {copy} cannot be read (it is not a file)"


@places.of_files("the folder beside a book")
def test_a_book_that_was_copied_without_its_folder_says_so(place: Path):
    done(f"{ADD} --attach page.html")
    (place / "copy.db").write_bytes((place / "book.db").read_bytes())
    assert typed("check --book copy.db").code == 1
    (place / "book.db.files").rename(place / "copy.db.files")
    assert typed("check --book copy.db").code == 0
    assert typed("check").code == 1


def test_a_copy_that_an_entry_cites_which_was_reversed_is_kept_all_the_same(place: Path):
    done(f"{ADD} --attach page.html")
    done("journal reverse 2 --note wrong --format csv")
    places.spoil_copy(place / "book.db", SHA256, None)
    assert found() == [("missing-attachment", "entry 2", "error")]


def test_a_bank_statement_that_a_match_cites_is_the_users_to_keep(book: Book):
    pledge = announce(book, "GB", "5 GBP")
    disburse(book, pledge)
    line = Booked("1", "k", day("2025-03-02"), money("-5 GBP"))  # type: ignore[arg-type] # a day
    cited = Citation(title="statement 1", file="bank.xml", sha256=SHA256)
    book.record(
        Match(
            account="A",
            lines=(line,),
            settled=(Settled(3, pledge, money("-5 GBP")),),
            evidence=Evidence(citations=(cited,)),
        )
    )
    assert errors(book) == []
    assert "copy" not in {row[3] for row in book.entry(4).rows}


def test_a_hash_that_leads_elsewhere_is_no_copy(book: Book, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.write_bytes(PAGE)
    cited = Citation(file="x", sha256="../outside")
    book.record(_with(announcement("GB", "5 GBP"), Evidence(citations=(cited,))))
    assert [problem.code for problem in errors(book)] == ["missing-attachment"]
    with refuses(book, InputError, "'../outside' is no SHA-256"):
        book.record(_with(announcement("GB", "7 GBP"), Evidence(attachments=(Attachment(outside, "../outside"),))))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.booleans()), max_size=6))
def test_beside_a_book_is_what_its_entries_name_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, files):
    folder = tmp_path_factory.mktemp("kept")
    with make_book(folder / "book.db", Clock()) as book:
        kept = set()
        for data, recorded in files:
            source = folder / "source"
            source.write_bytes(data)
            step = announcement("GB", "5 GBP" if recorded else "5 shell", id=None)
            try:
                book.record(_with(step, evidence(source)))
                kept.add(hashlib.sha256(data).hexdigest())
            except Refusal:
                assert not recorded
        assert set(copies(folder)) == kept
        assert errors(book) == []


def test_a_reversal_takes_no_copy_away(book: Book, tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    book.record(_with(announcement("GB", "5 GBP"), evidence(page)))
    reverse(book, 2)
    assert copies(tmp_path) == {SHA256: PAGE}
