"""Nothing new is signed of a log that is not what it was: `checkpoint`, `prove` and `export audit` refuse."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.book import Book
from tests import places
from tests.commandline import ADD, done, refused, settings_for, typed
from tests.everything import opened
from tests.log_words import forge_signature, rewrite, rows
from tests.tampering import tamper

CHECKPOINT, PROVE, AUDIT = "checkpoint", "prove P --out out", "export audit --out out"
UNSIGNED = "export audit --unsigned --out out"
EVERY = (CHECKPOINT, PROVE, AUDIT, UNSIGNED)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, empty_book: Path) -> Path:
    """A folder with a book of six entries, its key, and checkpoints of the first two and of the first four."""
    folder = tmp_path_factory.mktemp("kept")
    places.copied(empty_book, folder / "book.db")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        done("key create")
        done(f'pledge add GB "100 GBP" --id P --on 2025-03-02 {ADD} --note first')
        done("checkpoint")
        done('pledge commit P "60 GBP" --on 2025-03-03 --note third')
        done('pledge commit P "5 GBP" --on 2025-03-04')
        (folder / "earlier").write_text(done("checkpoint"), encoding="utf-8")
        done('pledge commit P "6 GBP" --on 2025-03-05')
        done('pledge commit P "7 GBP" --on 2025-03-06')
    return folder


@pytest.fixture(autouse=True)
def desk(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "desk"
    places.copied_folder(kept, folder)
    settings_for(folder, monkeypatch)
    return folder


@pytest.fixture
def book(desk: Path) -> Iterator[Book]:
    with opened(desk / "book.db") as found:
        yield found


def left_alone(desk: Path, command: str) -> str:
    """What a command says that refuses, and neither writes a folder nor changes the book."""
    before = places.content(desk / "book.db")
    said = refused(1, command)
    assert not (desk / "out").exists()
    assert places.content(desk / "book.db") == before
    return said


@pytest.mark.parametrize("command", EVERY)
def test_a_book_that_is_whole_is_signed(command):
    assert typed(command).code == 0


# Numbers without a gap


@pytest.mark.parametrize("command", EVERY)
def test_an_entry_that_is_missing_among_what_is_new_is_named(desk, book, command):
    tamper(book, "DELETE FROM posting WHERE entry = 5", "DELETE FROM entry WHERE number = 5")
    said = left_alone(desk, command)
    assert "error: there is no entry 5, and there is an entry 6" in said
    assert said.endswith("hint: aidledger check\n")


@pytest.mark.parametrize("command", EVERY)
def test_the_last_entry_under_another_number_is_no_more_entries(desk, book, command):
    tamper(book, "UPDATE posting SET entry = 99 WHERE entry = 6", "UPDATE entry SET number = 99 WHERE number = 6")
    assert "error: there is no entry 6, and there is an entry 99" in left_alone(desk, command)


@pytest.mark.parametrize("command", [AUDIT, UNSIGNED])
def test_an_entry_that_is_missing_among_what_was_signed_is_named_by_what_reads_it(desk, book, command):
    tamper(book, "DELETE FROM posting WHERE entry = 3", "DELETE FROM entry WHERE number = 3")
    assert "error: there is no entry 3, and there is an entry 4" in left_alone(desk, command)


# A history that was rewritten with its hashes


@pytest.mark.parametrize("command", EVERY)
def test_a_history_that_was_rewritten_with_its_hashes_is_not_signed_again(desk, book, command):
    rewrite(book, ["UPDATE entry SET line = replace(line, 'first', 'other'), note = 'other' WHERE number = 2"], [2, 4])
    said = left_alone(desk, command)
    assert "checkpoint 1" in said or "checkpoint 2, of 4 entries" in said


@pytest.mark.parametrize("command", [AUDIT, UNSIGNED, f"{AUDIT} --since earlier"])
def test_what_names_the_entry_is_a_package_where_the_hashes_were_rewritten_too(desk, book, command):
    rewrite(book, ["UPDATE entry SET line = replace(line, 'third', 'other'), note = 'other' WHERE number = 3"], [2, 4])
    said = left_alone(desk, command)
    assert "error: the first 4 lines are not those of checkpoint 2: their root is " in said
    assert said.endswith("hint: aidledger verify PACKAGE names the entry, with a package made before\n")


def test_every_head_that_is_kept_is_compared_and_not_the_last_alone(desk, book):
    tamper(
        book,
        "UPDATE checkpoint SET root = CASE WHEN root LIKE 'A%' THEN 'B' ELSE 'A' END || substr(root, 2) "
        "WHERE number = 1",
    )
    assert "error: checkpoint 1 was altered: its text is not what its columns say" in left_alone(desk, AUDIT)


@pytest.mark.parametrize("command", [AUDIT, f"{AUDIT} --since earlier"])
def test_what_names_a_line_that_was_altered_alone_is_verify(desk, book, command):
    tamper(book, "UPDATE entry SET line = replace(line, 'third', 'other') WHERE number = 3")
    assert left_alone(desk, command).endswith("hint: aidledger verify names the entry\n")


@pytest.mark.parametrize("command", EVERY)
def test_a_book_that_goes_by_another_name_is_not_signed(desk, book, command):
    tamper(book, "UPDATE book SET uid = '0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f'")
    assert f"{book.uid}" in left_alone(desk, command)


@pytest.mark.parametrize("command", EVERY)
def test_nor_is_one_that_keeps_no_head_that_says_so(desk, book, command):
    statements = ("DELETE FROM checkpoint", "DELETE FROM tile")
    tamper(book, "UPDATE book SET uid = '0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f'", *statements)
    assert "error: entry 1 is not one of the book 0d5b7c1e-3f2a-4b6c-8d9e-1a2b3c4d5e6f" in left_alone(desk, command)


@pytest.mark.parametrize("command", [CHECKPOINT, PROVE])
def test_hashes_without_a_head_are_those_of_one_that_was_taken_away(desk, book, command):
    tamper(book, "DELETE FROM checkpoint")
    assert "the log keeps the hashes of 4 entries, and no checkpoint" in left_alone(desk, command)


def test_heads_of_entries_that_were_taken_away_with_the_hashes_of_them_are_named(desk, book):
    tamper(
        book,
        "DELETE FROM posting WHERE entry > 3",
        "DELETE FROM entry WHERE number > 3",
        "DELETE FROM tile WHERE width > 2",
    )
    assert "the book has 3 entries, and checkpoint 2 was signed of 4" in left_alone(desk, AUDIT)


# The heads that are kept


@pytest.mark.parametrize("command", [CHECKPOINT, PROVE, AUDIT])
def test_a_kept_head_with_a_signature_that_we_did_not_make_is_refused(desk, book, command):
    forge_signature(book, 2)
    said = left_alone(desk, command)
    assert "error: checkpoint 2 was altered: the signature of ada is not of this text" in said


@pytest.mark.parametrize("command", EVERY)
def test_a_kept_head_whose_text_is_not_what_its_columns_say_is_refused(desk, book, command):
    tamper(book, "UPDATE checkpoint SET size = 3 WHERE number = 2")
    assert "error: checkpoint 2 was altered: its text is not what its columns say" in left_alone(desk, command)


def test_a_line_that_was_altered_after_it_was_signed_is_not_read_again_by_checkpoint(book):
    tamper(book, "UPDATE entry SET line = replace(line, 'first', 'other') WHERE number = 2")
    signed = done("checkpoint")
    assert signed.split("\n")[1] == "6"
    assert typed("verify").code == 1
    assert (0, 0, 6) in rows(book)


# Bytes that are no text


@places.of_files("PostgreSQL keeps no bytes that are no text")
@pytest.mark.parametrize("command", EVERY)
def test_a_new_line_that_is_no_text_is_named(desk, book, command):
    tamper(book, "UPDATE entry SET line = CAST(CAST(line AS BLOB) || x'fffe' AS TEXT) WHERE number = 5")
    assert "error: the line of entry 5 is no text (UTF-8)" in left_alone(desk, command)


@places.of_files("PostgreSQL keeps no bytes that are no text")
@pytest.mark.parametrize("command", [PROVE, AUDIT, UNSIGNED])
def test_a_signed_line_that_is_no_text_is_named_by_what_reads_it(desk, book, command):
    tamper(book, "UPDATE entry SET line = CAST(CAST(line AS BLOB) || x'fffe' AS TEXT) WHERE number = 2")
    said = left_alone(desk, command)
    assert "entry 2 is no text" in said or "entry 2 is not the one whose hash" in said
