"""The log of a book that somebody altered: what check says, what is not signed, what the database refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import Problem, Refusal
from ledger.proof.tiles import HASH
from ledger.signing.key import Key, create, load
from tests import places
from tests.everything import opened
from tests.log_words import forge_signature, grow, rewrite, rows, turn
from tests.tampering import codes, found, tamper
from tests.world import errors, refused


@pytest.fixture(scope="module")
def signed_book(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book of 300 entries with heads signed of 5, of 260 and of all."""
    folder = tmp_path_factory.mktemp("signed")
    places.copied(empty_book, folder / "book.db")
    key = create(folder / "key", "ada")
    with opened(folder / "book.db") as book:
        for size in SIGNED:
            grow(book, size)
            book.checkpoint(key)
    return folder / "book.db"


SIGNED = (5, 260, 300)


@pytest.fixture
def signed(signed_book: Path, tmp_path: Path) -> Iterator[Book]:
    places.copied(signed_book, tmp_path / "signed.db")
    with opened(tmp_path / "signed.db") as book:
        yield book


@pytest.fixture
def key(signed_book: Path) -> Key:
    return load(signed_book.with_name("key"))


def test_a_log_that_was_kept_as_it_was_is_no_problem(signed):
    grow(signed, 310)
    assert signed.check() == []


@pytest.mark.parametrize("number", [1, 5, 6, 256, 257, 300])
def test_a_line_that_was_altered_is_named(signed, number):
    tamper(signed, f"UPDATE entry SET line = line || ' ' WHERE number = {number}")  # noqa: S608 - a number
    assert ("altered-leaf", f"entry {number}") in found(signed)
    assert codes(signed) == {"altered-leaf", "altered-entry"}


def test_the_first_of_several_altered_lines_is_named_with_how_many_more_there_are(signed):
    tamper(signed, "UPDATE entry SET line = line || ' ' WHERE number IN (7, 8, 270)")
    [problem] = [problem for problem in errors(signed) if problem.code == "altered-leaf"]
    message = "its line is not the one whose hash the log keeps: the journal was altered, here first, and 2 more lines"
    assert (problem.where, problem.message) == ("entry 7", f"{message} differ")


def test_an_entry_that_was_taken_out_is_named(signed):
    tamper(signed, "DELETE FROM entry WHERE number = 4", "DELETE FROM item WHERE code = 'item-4'")
    assert found(signed) == {("gap", "entry 4")}


def test_what_stands_before_an_entry_that_was_taken_out_is_compared_all_the_same(signed):
    tamper(signed, "DELETE FROM entry WHERE number = 270", "DELETE FROM item WHERE code = 'item-270'")
    tamper(signed, "UPDATE entry SET line = line || ' ' WHERE number = 7")
    assert {("gap", "entry 270"), ("altered-leaf", "entry 7")} <= found(signed)
    assert "altered-tile" not in codes(signed)


def test_the_last_entries_taken_away_are_noticed(signed):
    tamper(signed, "DELETE FROM entry WHERE number > 298", "DELETE FROM item WHERE code IN ('item-299', 'item-300')")
    message = "there is none, and 300 entries were signed: what came from here on was taken away"
    assert errors(signed) == [Problem("error", "shortened", "entry 299", message)]


def test_entries_after_the_last_head_leave_no_trace_when_they_are_taken_away(signed):
    grow(signed, 302)
    tamper(signed, "DELETE FROM entry WHERE number > 300", "DELETE FROM item WHERE code IN ('item-301', 'item-302')")
    assert errors(signed) == []


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            "level = 0 AND width = 256",
            "the hash kept of entry 4 is not its line's, though a signed head is of that line",
        ),
        ("level = 0 AND number = 0 AND width = 5", "the hash kept of entry 4 is not its line's, though"),
    ],
)
def test_a_hash_of_a_line_that_was_altered_is_told_from_an_altered_line(signed, where, message):
    turn(signed, 3 * HASH, where)
    [problem] = errors(signed)
    assert (problem.code, problem.where) == ("altered-tile", "tile 0/0")
    assert problem.message.startswith(message)


def test_a_hash_higher_up_that_was_altered_is_named(signed):
    turn(signed, 0, "level = 1")
    message = "hash 1 is not the root of tile 0/0, which agrees with the lines"
    assert errors(signed) == [Problem("error", "altered-tile", "tile 1/0", message)]


@pytest.mark.parametrize(
    ("where", "place"), [("width = 256", "0/0"), ("number = 1 AND width = 44", "0/1"), ("level = 1", "1/0")]
)
def test_rows_of_hashes_that_are_gone_are_named(signed, where, place):
    tamper(signed, f"DELETE FROM tile WHERE {where}")  # noqa: S608
    assert found(signed) == {("altered-tile", f"tile {place}")}


def test_rows_of_hashes_that_no_entry_has_are_named(signed):
    tamper(signed, "INSERT INTO tile SELECT book, 2, 0, 1, substr(hashes, 1, 32) FROM tile WHERE width = 256")
    message = "its 1 hashes are of more entries than were signed, or a checkpoint was taken away"
    assert errors(signed) == [Problem("error", "altered-tile", "tile 2/0", message)]


def test_a_kept_checkpoint_that_says_something_else_is_named(signed):
    tamper(signed, "UPDATE checkpoint SET note = replace(note, '260', '261') WHERE number = 2")
    message = "its text is not what its columns say: it was altered"
    assert errors(signed) == [Problem("error", "altered-checkpoint", "checkpoint 2", message)]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("replace(note, '— ', '- ')", "this is no signed note: below its last empty line stand signatures"),
        ("note || 'a'", "this is no signed note: it is text that ends with a line break, without control characters"),
        (
            "substr(note, 1, length(CAST(size AS TEXT)) + length(root) + (SELECT length(uid) FROM book) + 3)",
            "it is not signed",
        ),
        ("replace(note, '— ada ', '— ada A')", "the signature of ada is not in base64 as it has to be written"),
    ],
)
def test_a_kept_checkpoint_that_has_no_longer_the_form_of_one_is_named(signed, statement, message):
    tamper(signed, f"UPDATE checkpoint SET note = {statement} WHERE number = 2")  # noqa: S608 - our words
    [problem] = errors(signed)
    assert (problem.code, problem.where) == ("altered-checkpoint", "checkpoint 2")
    assert problem.message.startswith(message)


def test_whose_signature_a_kept_checkpoint_has_is_not_looked_at_here(signed):
    forge_signature(signed, 2)
    assert errors(signed) == []


@places.of_files("PostgreSQL keeps no bytes that are no text")
def test_a_line_that_is_no_text_is_named_and_the_others_are_examined_all_the_same(signed):
    tamper(signed, "UPDATE entry SET line = CAST(x'ff00fe' AS TEXT) WHERE number IN (1, 7)")
    tamper(signed, "UPDATE entry SET note = 'other' WHERE number = 9")
    assert {("unreadable-line", "entry 1"), ("unreadable-line", "entry 7"), ("altered-entry", "entry 9")} <= found(
        signed
    )
    assert ("altered-leaf", "entry 1") in found(signed)


def test_a_kept_checkpoint_that_was_taken_away_is_noticed(signed):
    tamper(signed, "DELETE FROM checkpoint WHERE number = 2")
    message = "there is none; the next one is 3"
    assert errors(signed) == [Problem("error", "altered-checkpoint", "checkpoint 2", message)]
    tamper(signed, "DELETE FROM checkpoint WHERE number = 3")
    assert ("altered-tile", "tile 0/1") in found(signed)


REWRITTEN = (
    "UPDATE entry SET line = replace(line, 'An item', 'An idol') WHERE number = 100",
    "UPDATE item SET name = 'An idol' WHERE code = 'item-100'",
)


def test_lines_and_hashes_that_were_rewritten_together_differ_from_the_signed_heads(signed):
    rewrite(signed, REWRITTEN, SIGNED)
    wrong = {("rewritten", "checkpoint 2"), ("rewritten", "checkpoint 3")}
    assert found(signed) == wrong
    message = errors(signed)[0].message
    assert message.endswith("aidledger verify PACKAGE names the entry, with a package made before")


def test_nothing_is_signed_of_a_log_that_is_not_what_was_signed_last(signed, key):
    rewrite(signed, REWRITTEN, SIGNED)
    grow(signed, 301)
    with refused(Refusal, "the log is not what checkpoint 3, of 300 entries, was signed of", "aidledger verify"):
        signed.checkpoint(key)
    assert (0, 1, 45) not in rows(signed)


def test_nothing_is_signed_of_a_book_that_became_shorter(signed, key):
    tamper(signed, "DELETE FROM entry WHERE number > 298", "DELETE FROM item WHERE code IN ('item-299', 'item-300')")
    with refused(Refusal, "the book has 298 entries, and its log keeps the hashes of 300", "aidledger verify"):
        signed.checkpoint(key)


def test_nothing_is_signed_of_a_log_that_lost_hashes(signed, key):
    tamper(signed, "DELETE FROM tile WHERE level = 1")
    grow(signed, 301)
    with refused(Refusal, "the log has lost hashes (tile 1/0)", "aidledger check"):
        signed.checkpoint(key)


# The database keeps what is kept

CHANGED = "a row of hashes is never changed: a wider one is kept beside it"
DELETED = "a row of hashes is never deleted"
REPLACED = "a row of hashes is never replaced"
KEPT = "a checkpoint is never changed"
STANDS = "a checkpoint is never deleted"
NUMBERED = "checkpoints? are numbered 1, 2, 3 without a gap"
ON_SERVER = {
    **dict.fromkeys((CHANGED, DELETED), "what stands in tile is never changed, deleted or truncated"),
    **dict.fromkeys((KEPT, STANDS), "what stands in checkpoint is never changed, deleted or truncated"),
    REPLACED: "duplicate key .*pk_tile",
    NUMBERED: f"{NUMBERED}|duplicate key .*pk_checkpoint",
}
"""What PostgreSQL says instead."""

ATTEMPTS = [
    (CHANGED, "UPDATE tile SET hashes = (SELECT hashes FROM tile WHERE level = 1)"),
    (DELETED, "DELETE FROM tile"),
    (REPLACED, "INSERT INTO tile SELECT * FROM tile"),
    (KEPT, "UPDATE checkpoint SET size = 7"),
    (STANDS, "DELETE FROM checkpoint WHERE number = 1"),
    (NUMBERED, "INSERT INTO checkpoint SELECT book, 9, 9, root, note FROM checkpoint WHERE number = 1"),
    (NUMBERED, "INSERT INTO checkpoint SELECT book, 1, 9, root, note FROM checkpoint WHERE number = 1"),
]
OF_SQLITE = [
    (REPLACED, "REPLACE INTO tile SELECT book, level, number, width, hashes FROM tile"),
    (REPLACED, "INSERT OR IGNORE INTO tile SELECT * FROM tile"),
    (NUMBERED, "REPLACE INTO checkpoint SELECT book, 1, 9, root, note FROM checkpoint"),
]
OF_SERVER = [
    (CHANGED, "INSERT INTO tile SELECT * FROM tile ON CONFLICT (book, level, number, width) DO UPDATE SET hashes = ''"),
    (DELETED, "TRUNCATE tile"),
    (STANDS, "TRUNCATE checkpoint"),
]
ATTEMPTS += OF_SERVER if places.ON_SERVER else OF_SQLITE


@pytest.mark.parametrize(("message", "statement"), ATTEMPTS, ids=[statement[:40] for _, statement in ATTEMPTS])
def test_the_database_refuses_to_change_what_the_log_keeps(signed, message, statement):
    path = places.path_of(signed)
    before = places.content(path)
    said = ON_SERVER.get(message, message) if places.ON_SERVER else message
    with places.begun(path) as outsider, pytest.raises(places.REFUSED, match=said):
        outsider.execute(statement)
    assert places.content(path) == before


@pytest.mark.parametrize(
    ("level", "number", "width", "hashes"), [(0, 1, 2, 32), (0, 1, 257, 8224), (0, -1, 1, 32), (8, 0, 1, 32)]
)
def test_a_row_of_hashes_is_as_wide_as_it_says_and_in_the_tree(signed, level, number, width, hashes):
    row = (signed.key, level, number, width, bytes(hashes))
    with (
        places.begun(places.path_of(signed)) as outsider,
        pytest.raises(places.REFUSED, match=r"(?i)check constraint"),
    ):
        outsider.execute("INSERT INTO tile VALUES (?, ?, ?, ?, ?)", row)
