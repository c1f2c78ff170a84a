"""The log of a book: its head, the rows of hashes and the heads it keeps, and what they cost."""

import base64
from pathlib import Path

import pytest
from sqlalchemy import event

from ledger.book import Book
from ledger.errors import InputError
from ledger.proof.tree import consistency_spans, inclusion_spans, root_from_inclusion
from ledger.signing.key import Key, create
from ledger.store import log
from tests import places
from tests.everything import fill
from tests.log_words import expected_root, grow, leaf, lines, rows, tree_head
from tests.world import announce, commit, errors, last_number, refused


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return create(tmp_path / "keys" / "key", "ada")


# A book's log


def test_the_head_is_the_root_over_every_line(book):
    fill(book)
    with book._reading() as scope:
        found = log.head(scope.connection, scope.book, book.uid)
    assert (found.origin, found.size, found.root) == (book.uid, last_number(book), expected_root(book))


def test_lines_come_in_the_order_of_numbers_from_one_to_another(book):
    fill(book)
    with book._reading() as scope:
        assert list(log.lines(scope.connection, scope.book)) == lines(book)
        assert list(log.lines(scope.connection, scope.book, 3, 6)) == lines(book)[3:6]


def test_a_checkpoint_is_the_uid_the_size_and_the_root_with_a_signature(book, key):
    announce(book, "GB", "100 GBP")
    origin, size, root, blank, signature, end = book.checkpoint(key).split("\n")
    assert (origin, size, root) == (book.uid, "2", base64.b64encode(expected_root(book)).decode())
    assert (blank, signature[:6], end) == ("", "— ada ", "")


def test_a_checkpoint_of_the_same_entries_is_the_same_text_and_is_kept_once(book, key, tmp_path):
    announce(book, "GB", "100 GBP")
    first = book.checkpoint(key)
    before = places.content(places.path_of(book))
    assert book.checkpoint(key) == first
    assert places.content(places.path_of(book)) == before
    assert book.checkpoint(create(tmp_path / "other", "eve")) != first
    with book._reading() as scope:
        assert [each.note.splitlines()[4][:6] for each in log.checkpoints(scope.connection, scope.book)] == [
            "— ada ",
            "— eve ",
        ]


@pytest.mark.parametrize("sizes", [(1, 2), (3, 255, 256, 257, 300), (256, 512), (200, 513), (520,)])
def test_each_head_is_that_of_its_lines_however_the_book_grew_to_it(book, key, sizes):
    for size in sizes:
        grow(book, size)
        assert book.checkpoint(key).split("\n")[1:3] == [str(size), base64.b64encode(expected_root(book)).decode()]
    with book._reading() as scope:
        for size in range(1, sizes[-1] + 1, 7):
            assert log.head(scope.connection, scope.book, book.uid, size).root == expected_root(book, size)
    assert errors(book) == []


def test_rows_are_kept_in_each_width_that_a_head_was_signed_in(book, key):
    for size in (3, 3, 5, 256, 257):
        grow(book, size)
        book.checkpoint(key)
    assert rows(book) == [(0, 0, 3), (0, 0, 5), (0, 0, 256), (0, 1, 1), (1, 0, 1)]
    [whole] = [hashes for (hashes,) in rows(book, "hashes")[2:3]]
    assert whole == b"".join(leaf(line.encode()) for line in lines(book)[:256])


def test_a_head_that_is_only_looked_at_is_kept_nowhere(book):
    grow(book, 300)
    before = places.content(places.path_of(book))
    with book._reading() as scope:
        assert log.Log(scope.connection, scope.book, book.uid).root(299) == expected_root(book, 299)
    assert places.content(places.path_of(book)) == before


def test_what_is_newer_than_the_kept_rows_is_part_of_every_span(book, key):
    grow(book, 300)
    book.checkpoint(key)
    grow(book, 531)
    hashes = [leaf(line.encode()) for line in lines(book)]
    with book._reading() as scope:
        tree = log.Log(scope.connection, scope.book, book.uid)
        for index in (0, 255, 256, 299, 300, 511, 512, 530):
            path = [tree.span_hash(span) for span in inclusion_spans(index, 531)]
            assert root_from_inclusion(hashes[index], index, 531, path) == expected_root(book)
        for span in consistency_spans(300, 531):
            assert tree.span_hash(span) == tree_head(hashes[slice(*span)])


@pytest.mark.parametrize("size", [0, 3, -1])
def test_there_is_no_root_over_more_entries_than_there_are(book, size):
    announce(book, "GB")
    with book._reading() as scope, refused(InputError, f"no root over {size} entries: the book has 2"):
        log.head(scope.connection, scope.book, book.uid, size)


# What it costs


def statements(book: Book) -> list[str]:
    """Every statement that the book's connections execute from now on."""
    said: list[str] = []
    event.listen(book.database._engine, "before_cursor_execute", lambda *seen: said.append(seen[2].lower()))
    return said


def test_recording_an_entry_touches_nothing_of_the_log(book, key):
    announce(book, "GB", "100 GBP")
    book.checkpoint(key)
    before, said = rows(book), statements(book)
    commit(book, "GB-2025-0001", "60 GBP")
    assert [each for each in said if "tile" in each or "checkpoint" in each] == []
    assert rows(book) == before


def test_a_later_head_reads_only_the_lines_that_are_new(book, key, monkeypatch):
    grow(book, 600)
    book.checkpoint(key)
    grow(book, 610)
    read: list[bytes] = []

    def hashed(data: bytes) -> bytes:
        read.append(data)
        return leaf(data)

    monkeypatch.setattr(log, "leaf_hash", hashed)
    signed = book.checkpoint(key)
    assert read == [line.encode() for line in lines(book)[600:]]
    assert signed.split("\n")[2] == base64.b64encode(expected_root(book)).decode()


def test_an_older_head_is_read_from_the_rows_alone(book, key, monkeypatch):
    grow(book, 600)
    book.checkpoint(key)
    monkeypatch.setattr(log, "numbered", None)
    with book._reading() as scope:
        assert log.head(scope.connection, scope.book, book.uid, 577).root == expected_root(book, 577)
