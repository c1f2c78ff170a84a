"""Workbooks as rows: what a cell holds, and every file that is refused before anything unpacks it."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats import workbook_bounds
from ledger.formats.workbook import Workbook, load

PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOMB = b"<a>" + b" " * (3 * 2**20) + b"</a>"


def made(path: Path, *cells: tuple[int, int, Any]) -> Path:
    """A workbook of one sheet that holds these cells: row, column (both from 0), value."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("One")
        for row, column, value in cells:
            sheet.write(row, column, value)
    return path


def changed(path: Path, members: dict[str, bytes | str]) -> Path:
    """The workbook with some of its members replaced, or added."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (kept | members).items():
            archive.writestr(name, data)
    return path


def sheet_of(cells: str) -> str:
    """A sheet's XML with these cells."""
    return f'<worksheet {MAIN}><sheetData><row r="1">{cells}</row></sheetData></worksheet>'


def refusal(path: Path) -> str:
    """Why a file is refused, without its path; always one line."""
    with pytest.raises(InputError) as caught:
        everything(load(path))
    start, _, why = caught.value.message.partition(" cannot be read: ")
    assert start == str(path)
    assert why.isprintable()
    return why


def everything(book: Workbook) -> dict[str, list[tuple[int, tuple[object, ...]]]]:
    return {sheet: list(book.rows(sheet)) for sheet in book.sheets}


# ---- cells


def test_a_cell_holds_text_an_exact_number_a_day_yes_or_no_or_nothing(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet, day = book.add_worksheet("One"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [" as it\nstands ", 0.1, 39333333.333333, 7])
        sheet.write_datetime(0, 4, datetime(2022, 3, 4), day)  # noqa: DTZ001 - spreadsheets know no zones
        sheet.write_datetime(0, 5, datetime(2022, 3, 4, 15, 30), day)  # noqa: DTZ001
        sheet.write_boolean(0, 6, True)  # noqa: FBT003
        sheet.write_string(0, 7, "")
        sheet.write_formula(0, 8, "=1/0", None, "#DIV/0!")
        sheet.write_number(0, 9, 1)
    ((number, cells),) = load(tmp_path / "a.xlsx").rows("One")
    assert number == 1
    assert cells == (
        " as it\nstands ", Decimal("0.1"), Decimal("39333333.333333"), Decimal(7), date(2022, 3, 4), date(2022, 3, 4),
        True, None, None, Decimal(1),
    )  # fmt: skip
    assert isinstance(cells[1], Decimal)


def test_of_a_formula_the_value_that_was_last_shown_is_read_and_never_the_formula(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("One").write_formula(0, 0, '=HYPERLINK("http://example.org","x")&1+1', None, "shown")
    assert everything(load(tmp_path / "a.xlsx")) == {"One": [(1, ("shown",))]}


def test_rows_have_the_numbers_a_spreadsheet_shows_and_cells_begin_at_column_a(tmp_path):
    book = load(made(tmp_path / "a.xlsx", (2, 1, "x"), (4, 3, "y")))
    nothing = (None,) * 4
    assert everything(book) == {
        "One": [(1, nothing), (2, nothing), (3, (None, "x", None, None)), (4, nothing), (5, (None, None, None, "y"))]
    }


def test_an_empty_sheet_has_no_rows(tmp_path):
    assert everything(load(made(tmp_path / "a.xlsx"))) == {"One": []}


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    book = load(made(tmp_path / "a.xlsx"))
    with pytest.raises(InputError, match="has no sheet 'Two': it has One"):
        list(book.rows("Two"))


def test_the_real_workbooks_read_as_another_reader_reads_them():
    paths = sorted(PUBLISHED.glob("*.xlsx"))
    if not paths:
        pytest.skip("the tracker's workbooks are not beside the project")
    from python_calamine import CalamineWorkbook

    for path in paths:
        book, plain = load(path), CalamineWorkbook.from_path(path)
        assert list(book.sheets) == plain.sheet_names
        for sheet in book.sheets:
            rows = plain.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            assert [len(cells) for _, cells in book.rows(sheet)] == [len(row) for row in rows]


# ---- files that are refused


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    assert refusal(tmp_path / "none.xlsx") == "there is no such file"
    assert refusal(tmp_path) == "it is not a file"


@pytest.mark.parametrize("content", [b"", b"ID,Countries\n", b"<html></html>"])
def test_what_is_no_zip_is_no_workbook(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path) == "it is no workbook: save it as .xlsx"


def test_an_old_or_locked_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refusal(path) == "it is an .xls, or locked with a password: save it as .xlsx without one"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert refusal(path) == "it is a zip, but no workbook: save it as .xlsx"


def test_a_damaged_zip_is_refused(tmp_path):
    path = made(tmp_path / "a.xlsx", (0, 0, "x"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path).startswith("it is a damaged zip: ")


def test_a_member_that_is_not_what_its_checksum_says_is_refused(tmp_path):
    path = made(tmp_path / "a.xlsx", (0, 0, "x"))
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo(SHEET).header_offset
    broken = bytearray(path.read_bytes())
    broken[place + 30 + len(SHEET) + 20] ^= 0xFF
    path.write_bytes(bytes(broken))
    assert "it is a damaged zip" in refusal(path) or "no XML" in refusal(path)


def test_a_workbook_larger_than_any_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_bounds, "LARGEST_FILE", 1000)
    path = made(tmp_path / "a.xlsx", (0, 0, "x"))
    assert refusal(path) == "it is larger than 0 MiB"


def test_a_member_that_expands_beyond_all_measure_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {"xl/media/bomb.bin": BOMB})
    assert refusal(path) == "it is a zip that expands beyond all measure (xl/media/bomb.bin): nothing of it is read"


def test_members_that_expand_beyond_all_measure_together_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_bounds, "LARGEST", 20_000)
    path = changed(made(tmp_path / "a.xlsx"), {f"xl/media/{number}.bin": bytes(9000) for number in range(4)})
    assert "expands beyond all measure" in refusal(path)


def test_a_bomb_that_declares_to_be_small_is_a_bomb(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {"docProps/bomb.xml": BOMB})
    lying = path.read_bytes().replace(struct.pack("<L", len(BOMB)), struct.pack("<L", 10))
    path.write_bytes(lying)
    assert "expands beyond all measure" in refusal(path)


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "C:\\evil.xml", "..\\evil.xml"])
def test_a_path_that_climbs_out_is_refused(tmp_path, name):
    path = changed(made(tmp_path / "a.xlsx"), {name: "<a/>"})
    assert refusal(path).startswith("it is a zip with a path that climbs out of it: ")


def test_a_name_with_control_characters_is_not_printed_raw(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {"../\x1b[31mred.xml": "<a/>"})
    assert refusal(path).endswith("../\\x1b[31mred.xml")


def test_an_encrypted_member_is_refused(tmp_path):
    path = made(tmp_path / "a.xlsx", (0, 0, "x"))
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(bytes(data))
    assert refusal(path) == "it is a zip that is locked, or compressed in a way that is not read here"


def test_a_zip_of_thousands_of_members_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {f"xl/media/{number}.bin": b"" for number in range(1000)})
    assert refusal(path) == "it is a zip of more than 1000 members, which no workbook is"


def test_a_member_that_is_there_twice_is_refused(tmp_path):
    path = made(tmp_path / "a.xlsx", (0, 0, "x"))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET, "<worksheet/>")
    assert refusal(path) == "it is a zip that names a member twice, so it could be read in two ways"


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("member", [SHEET, TEXTS, "xl/workbook.xml", "docProps/app.xml", "_rels/.rels", "xl/other.xml"])
def test_a_doctype_is_refused_in_any_member(tmp_path, member):
    path = changed(made(tmp_path / "a.xlsx", (0, 0, "x")), {member: LAUGHS})
    assert refusal(path) == f"{member.casefold()} in it holds a DOCTYPE, which no workbook needs"


def test_a_doctype_in_another_encoding_is_refused_too(tmp_path):
    text = '<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: text.encode("utf-16")})
    assert "DOCTYPE" in refusal(path)


def test_what_is_no_xml_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: "<worksheet><sheetData>"})
    assert refusal(path).startswith("xl/worksheets/sheet1.xml in it is no XML: no element found")


def test_a_shared_text_that_is_too_long_is_refused(tmp_path):
    long = f"<sst {MAIN}><si><t>{'x' * 60_000}</t><t>{'y' * 60_000}</t></si></sst>"
    path = changed(made(tmp_path / "a.xlsx", (0, 0, "x")), {TEXTS: long})
    assert refusal(path) == "a text in it is longer than 100,000 characters (xl/sharedstrings.xml)"


def test_a_text_within_a_cell_that_is_too_long_is_refused(tmp_path):
    cell = f'<c r="A1" t="inlineStr"><is><t>{"x" * 100_001}</t></is></c>'
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: sheet_of(cell)})
    assert refusal(path) == "a text in it is longer than 100,000 characters (xl/worksheets/sheet1.xml)"


def test_a_text_that_cells_repeat_without_end_is_refused(tmp_path, monkeypatch):
    texts = f"<sst {MAIN}><si><t>{'x' * 90_000}</t></si></sst>"
    cells = "".join(f'<c r="{column}1" t="s"><v>0</v></c>' for column in "ABCDEFGHIJ")
    path = changed(made(tmp_path / "a.xlsx"), {TEXTS: texts, SHEET: sheet_of(cells)})
    assert len(everything(load(path))["One"]) == 1
    monkeypatch.setattr(workbook_bounds, "LARGEST", 800_000)
    assert refusal(path) == "its cells repeat more text than can be held: nothing of it is read"


def test_a_sheet_that_reaches_too_far_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: sheet_of('<c r="A1"/><c r="ZZ1048576"><v>1</v></c>')})
    assert refusal(path) == (
        "xl/worksheets/sheet1.xml in it reaches over 1,048,576 rows and 702 columns, more than 20,000,000 cells:"
        " remove what stands far from the rest"
    )


def test_long_texts_beside_the_cells_are_nobody_s_business(tmp_path):
    remarks = f"<comments {MAIN}><t>{'x' * 150_000}</t></comments>"
    after = sheet_of('<c r="A1"><v>1</v></c>').replace(
        "</worksheet>", f"<formula>{'x' * 150_000}</formula></worksheet>"
    )
    path = changed(made(tmp_path / "a.xlsx"), {"xl/comments1.xml": remarks, SHEET: after})
    assert everything(load(path)) == {"One": [(1, (Decimal(1),))]}


@pytest.mark.parametrize("place", ["A0", "1", "", "AAAA1", "A99999999", "A-1", "$A$1"])
def test_a_cell_at_no_place_is_refused(tmp_path, place):
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: sheet_of(f'<c r="{place}"><v>1</v></c>')})
    assert "has a cell at no place" in refusal(path)


def test_a_cell_or_a_row_beyond_the_last_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: sheet_of('<c r="XFE1"><v>1</v></c>')})
    assert refusal(path).endswith("has a cell beyond the last one of any spreadsheet")
    path = changed(path, {SHEET: sheet_of("<c><v>1</v></c>").replace('r="1"', 'r="1048577"')})
    assert refusal(path).endswith("has a cell beyond the last one of any spreadsheet")
    path = changed(path, {SHEET: sheet_of("").replace('r="1"', 'r="one"')})
    assert refusal(path).endswith("has a row without a number: one")


def test_cells_without_a_place_follow_one_another(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {SHEET: sheet_of("<c><v>1</v></c><c><v>2</v></c>")})
    assert everything(load(path)) == {"One": [(1, (Decimal(1), Decimal(2)))]}


def test_a_workbook_whose_parts_are_missing_is_refused(tmp_path):
    path = changed(made(tmp_path / "a.xlsx"), {"xl/_rels/workbook.xml.rels": "<Relationships/>"})
    assert refusal(path).startswith("it is a damaged workbook: ")


WHOLE = io.BytesIO()
with xlsxwriter.Workbook(WHOLE) as _book:
    _book.add_worksheet("One").write_row(0, 0, ["text", 1.5])
    _book.add_worksheet("Two").write_row(3, 3, ["text", 2])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, len(WHOLE.getvalue()) - 1), st.integers(0, 255)), max_size=8))
def test_whatever_bytes_come_there_are_rows_or_a_refusal(tmp_path, changes):
    data = bytearray(WHOLE.getvalue())
    for place, byte in changes:
        data[place] = byte
    _rows_or_refusal(tmp_path, bytes(data))


tags = st.sampled_from(["c", "v", "is", "t", "row", "sheetData", "f", "si"])
attributes = st.sampled_from(['r="A1"', 'r="C7"', 't="s"', 't="inlineStr"', 't="str"', 't="b"', 't="d"', 's="9"', ""])
contents = st.sampled_from(["", "0", "1", "-1", "99999", "1e999", "NaN", "x", "2022-01-01", "TRUE", "&amp;"])
markup = st.recursive(
    contents,
    lambda inner: st.builds(
        lambda t, a, i: f"<{t} {a}>{''.join(i)}</{t}>", tags, attributes, st.lists(inner, max_size=3)
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(markup, max_size=5).map("".join))
def test_whatever_a_sheet_holds_there_are_rows_or_a_refusal(tmp_path, body):
    path = tmp_path / "a.xlsx"
    path.write_bytes(WHOLE.getvalue())
    changed(path, {SHEET: f"<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>"})
    _rows_or_refusal(tmp_path, path.read_bytes())


def _rows_or_refusal(folder: Path, data: bytes) -> None:
    path = folder / "fuzz.xlsx"
    path.write_bytes(data)
    try:
        for rows in everything(load(path)).values():
            for _, cells in rows:
                assert all(cell is None or isinstance(cell, str | Decimal | date) for cell in cells)
    except InputError as error:
        assert error.message.isprintable()  # noqa: PT017 - either way is right
