"""Copies of a book from file to file, and what is refused of any copy before a book is looked at."""

from pathlib import Path

import pytest

from tests import places
from tests.commandline import SMALL, contents, done, refused, rows, typed

BOOK = SMALL

pytestmark = pytest.mark.usefixtures("desk")


@places.of_files("those of a server are in tests/test_copy.py")
def test_a_copy_in_another_file_is_the_same_book(desk: Path):
    [told] = rows("copy book.db elsewhere/copy.db")
    assert told["path"] == "elsewhere/copy.db"
    assert told["bytes"] == (desk / "elsewhere/copy.db").stat().st_size
    for words in ("export csv", "journal list --format json", "check --format csv"):
        assert done(f"{words} --book elsewhere/copy.db") == done(words)


@places.of_files("those of a server are in tests/test_copy.py")
def test_a_file_that_is_there_is_left_alone(desk: Path):
    (desk / "other.db").write_text("of somebody")
    assert "other.db is there already, and was left alone" in refused(1, "copy book.db other.db")
    assert "there is no book at missing.db" in refused(1, "copy missing.db new.db")
    assert not [name for name in contents() if "new.db" in name]


@pytest.mark.parametrize("line", ["copy {} x.db", "copy x.db {}"])
def test_a_password_that_is_typed_is_refused(line: str):
    said = refused(2, line.format("postgresql://ada:hush@localhost/books"))
    assert said.startswith("error: postgresql://... holds a password")
    assert "hush" not in said


def test_a_run_copies_nothing(desk: Path):
    (desk / "lines.txt").write_text("copy book.db x.db\n")
    assert "copy the book before it, or after" in typed("run lines.txt").said
