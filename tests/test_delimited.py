"""Delimited text: what is a row of it, and every way in which a file can be none."""

import csv
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.delimited import LONGEST_CELL, LONGEST_ROW, Delimited, Unfit, known_encoding
from tests.mapped_words import table

Rows = list[tuple[int, list[str]]]


def rows(path: Path, **layout: object) -> list[tuple[int, list[str]] | Unfit]:
    return list(Delimited(path, **layout).rows())  # type: ignore[arg-type]


def refusal(path: Path, **layout: object) -> str:
    with pytest.raises(InputError) as caught:
        rows(path, **layout)
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix(f"{path} cannot be read: ")


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_delimiter_is_the_one_the_header_has_most_of(tmp_path, mark):
    path = table(tmp_path, f"a{mark}b\n1{mark}2\n")
    assert Delimited(path).header == ("a", "b")
    assert rows(path) == [(2, ["1", "2"])]


def test_a_delimiter_within_quotation_marks_is_not_one(tmp_path):
    assert Delimited(table(tmp_path, '"a;b;c",d\n')).header == ("a;b;c", "d")


def test_a_header_parted_in_two_ways_is_refused_unless_it_is_said_which(tmp_path):
    path = table(tmp_path, "a,b;c\n1,2;3\n")
    assert refusal(path) == (
        'its columns may be parted by a semicolon or a comma: say which in a map, such as delimiter = ";"'
    )
    assert rows(path, delimiter=",") == [(2, ["1", "2;3"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_change_nothing(tmp_path, encoding, end):
    path = table(tmp_path, end.join(["währung,ort", "€,Kyiv", ""]).encode(encoding))
    assert Delimited(path).header == ("währung", "ort")
    assert rows(path) == [(2, ["€", "Kyiv"])]


def test_a_row_is_counted_as_a_spreadsheet_shows_it(tmp_path):
    path = table(tmp_path, 'a,b\n1,"two\nlines"\n\n , \n3,4\n')
    assert rows(path) == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_a_header_may_stand_below_a_title(tmp_path):
    path = table(tmp_path, "Aid; a table, of pledges\n\na,b\n1,2\n")
    assert Delimited(path, row=3).header == ("a", "b")
    assert rows(path, row=3) == [(4, ["1", "2"])]


def test_rows_are_read_again_from_the_start(tmp_path):
    read = Delimited(table(tmp_path, "a\n1\n2\n"))
    assert list(read.rows()) == list(read.rows()) == [(2, ["1"]), (3, ["2"])]
    assert read.done == read.total == len("a\n1\n2\n")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1", "it has 1 cell, and the header 2"),
        ("1,2,3", "it has 3 cells, and the header 2"),
        ('1,"2\n3",4', "it has 3 cells, and the header 2 (a quoted cell makes lines 2 to 3 one row)"),
        ('1,"2"3', "its quotation marks do not match: one within a quoted cell is written twice"),
        ("1,\x00", "it holds NUL characters: it is damaged, or no text"),
        ("1," + "x" * (LONGEST_CELL + 1), "it has a cell of more than 131,072 characters"),
    ],
)
def test_a_row_that_is_unfit_leaves_its_neighbours_alone(tmp_path, row, reason):
    path = table(tmp_path, f"a,b\n{row}\n5,6\n")
    assert rows(path) == [Unfit(2, reason), (3, ["5", "6"])]


def test_a_quotation_mark_never_closed_is_refused_with_where_it_opened(tmp_path):
    told = "a quotation mark that opens in row 3 (line 3) is not closed as it should be (by line {}): close it there"
    for more, last in ((1, 4), (100_000, 21_847)):
        path = table(tmp_path, 'a,b\n1,2\n3,"4\n' + "5,6\n" * more)
        assert refusal(path).startswith(told.format(last)) or more > 1
        assert "opens in row 3 (line 3)" in refusal(path)


def test_a_quotation_mark_that_closes_a_few_rows_later_is_refused(tmp_path):
    assert "opens in row 2 (line 2)" in refusal(table(tmp_path, 'a,b\n1,"2\n3,4\n5,"6"\n'))


@pytest.mark.parametrize("cell", ["x" * 3 * LONGEST_ROW, '"x\n",' * LONGEST_ROW])
def test_a_cell_or_row_without_end_is_refused_and_not_held(tmp_path, cell):
    path = table(tmp_path, f"a,b\n1,{cell}\n")
    tracemalloc.start()
    try:
        assert "has more than 1,048,576 characters" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 64 * LONGEST_ROW  # a row of empty cells is the heaviest
    finally:
        tracemalloc.stop()


def test_another_encoding_is_refused_with_its_line_and_read_where_it_is_named(tmp_path):
    path = table(tmp_path, "ort,land\nKyiv,UA\nKöln,DE\n".encode("cp1252"))
    assert refusal(path) == (
        "it is not in UTF-8, from line 3 on: save it as UTF-8 (in a spreadsheet: 'CSV UTF-8'),"
        ' or name what it is in a map: encoding = "cp1252"'
    )
    assert rows(path, encoding="cp1252")[1] == (3, ["Köln", "DE"])


def test_encodings_that_mix_in_one_file_are_refused_with_the_line(tmp_path):
    path = table(tmp_path, b"a\n" + "ü\n".encode() * 300_000 + "ü\n".encode("latin-1"))
    assert "it is not in UTF-8, from line 300002 on" in refusal(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it has no header"),
        (b"\x00\x00\x00,", "it begins with NUL characters, so it is no text in UTF-8"),
        (b"a,b\x00\n", "it begins with NUL characters, so it is no text in UTF-8"),
        (b"PK\x03\x04", "it is a zip or a workbook, and not comma-separated text"),
        (b"\xd0\xcf\x11\xe0", "it is a workbook of an older Excel: save it as .xlsx, and not comma-separated text"),
        (b"%PDF-1.7", "it is a PDF, and not comma-separated text"),
        (b"\x1f\x8b\x08", "it is compressed: unpack it first, and not comma-separated text"),
        (b'a,"b"c\n', "row 1, its header: its quotation marks do not match: one within a quoted cell is written twice"),
    ],
)
def test_what_is_no_table_is_refused_in_a_line(tmp_path, content, reason):
    assert refusal(table(tmp_path, content)) == reason


def test_what_cannot_be_opened_is_refused_in_a_line(tmp_path):
    assert refusal(tmp_path) == "it is not a file"
    assert refusal(tmp_path / "none.csv") == "there is no such file"


def test_only_encodings_of_text_are_known():
    assert known_encoding("latin-1") == "iso8859-1"
    assert known_encoding("Windows-1252") == "cp1252"
    assert [known_encoding(name) for name in ("rot13", "zip", "utf-7", "punycode", "\0", "no such")] == [None] * 6


@given(st.lists(st.lists(st.text("ab \",;\t\n'é", max_size=6), min_size=2, max_size=2), max_size=8))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("rows") / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["first", "second"], *cells])
    read = [row for _, row in rows(path)]  # type: ignore[misc] # none of them is unfit
    assert read == [row for row in cells if any(map(str.strip, row))]


@settings(max_examples=200)
@example(b'a\n"')
@example(b"\xff\xfea")
@given(st.binary(max_size=400))
def test_whatever_bytes_come_there_are_rows_or_a_refusal(tmp_path_factory, content):
    path = table(tmp_path_factory.getbasetemp(), content, "bytes.csv")
    try:
        for row in rows(path):
            assert isinstance(row, Unfit | tuple)
    except InputError as refused:
        assert "\n" not in refused.message  # noqa: PT017 - either is right
