"""Spreadsheets: what is written is read back by another library, cell by cell, and is what the book says."""

import errno
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.formats import spreadsheet
from ledger.formats.spreadsheet import Remarks, Sheet, write
from ledger.formats.workbook import load
from ledger.money import Money, currency
from ledger.table import Cell, Column, Table
from tests.strategies import texts
from tests.world import MISSILE, money

NOW = datetime(2025, 3, 2, 18, 30, tzinfo=UTC)
COLUMNS = (Column("pledge", "code"), Column("on", "date"), Column("amount", "money"), Column("title"))


def written(*sheets: Sheet, **options: Any) -> bytes:
    """The bytes of a workbook of these sheets."""
    target = io.BytesIO()
    write(target, sheets, created=NOW, **options)
    return target.getvalue()


def of(*rows: Sequence[Cell], columns: Sequence[Column] = COLUMNS, name: str = "Pledges") -> Sheet:
    return Sheet(name, columns, rows)


def column(*cells: Cell, kind: str = "text") -> Sheet:
    """A sheet of one column."""
    return of(*((cell,) for cell in cells), columns=[Column("it", kind)])  # type: ignore[arg-type] # kinds


def read(data: bytes, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet below its header, as the library that reads workbooks finds them."""
    path = folder / "read.xlsx"
    path.write_bytes(data)
    book = load(path)
    return {name: [row for number, row in book.rows(name) if number > 1] for name in book.sheets}


def back(folder: Path, *cells: Cell, kind: str = "text") -> list[Any]:
    """Cells as they come back."""
    found = read(written(column(*cells, kind=kind)), folder)["Pledges"]
    return [row[0] for row in found]


def parts(data: bytes) -> dict[str, str]:
    """The XML inside a workbook, by its path."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def sheet_xml(data: bytes, number: int = 1) -> str:
    return parts(data)[f"xl/worksheets/sheet{number}.xml"]


def shown(data: bytes) -> list[str]:
    """How a spreadsheet shows each cell below the header: the number format of its style."""
    styles = parts(data)["xl/styles.xml"]
    custom = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    known = {"0": "General", "3": "#,##0", "4": "#,##0.00", "49": "@"} | custom
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    rows = re.findall(r"<row r=\"(\d+)\"(.*?)</row>", sheet_xml(data))
    cells = [cell for number, row in rows if number != "1" for cell in re.findall(r"<c r=\"\w+\"( s=\"(\d+)\")?", row)]
    return [known[formats[int(style or 0)]] for _, style in cells]


# Cells of each kind


def test_each_cell_has_the_type_of_what_it_holds(tmp_path):
    sheet = of(("NA", date(2025, 3, 2), money("1600000000.05 GBP"), "Missiles"), ("0012", None, None, None))
    assert read(written(sheet), tmp_path) == {
        "Pledges": [
            ("NA", date(2025, 3, 2), Decimal("1600000000.05"), "Missiles"),
            ("0012", None, None, None),
        ]
    }


@pytest.mark.parametrize(
    ("amount", "digits", "look"),
    [
        ("1936858415.65 GBP", "1936858415.65", "#,##0.00"),
        ("-0.05 GBP", "-0.05", "#,##0.00"),
        ("0.00 GBP", "0.00", "#,##0.00"),
        ("471900000000 JPY", "471900000000", "#,##0"),
        ("0.125 KWD", "0.125", "#,##0.000"),
        ("0.0001 CLF", "0.0001", "#,##0.0000"),
        (f"5000 {MISSILE}", "5000", "#,##0"),
        ("9999999999999.99 EUR", "9999999999999.99", "#,##0.00"),
        ("90000000000000000 JPY", "90000000000000000", "#,##0"),
    ],
)
def test_an_amount_is_a_number_with_every_digit_shown_as_its_currency_is(tmp_path, amount, digits, look):
    data = written(column(money(amount), kind="money"))
    (found,) = re.findall(r"<v>([^<]*)</v>", sheet_xml(data))
    assert Decimal(found) == Decimal(digits)
    assert shown(data) == [look]
    ((cell,),) = read(data, tmp_path)["Pledges"]
    assert cell == Decimal(digits)


@settings(max_examples=50)
@given(units=st.integers(-(10**22), 10**22), code=st.sampled_from(["GBP", "JPY", "KWD", "CLF"]))
def test_of_any_amount_every_digit_comes_back_as_a_number_or_as_marked_text(tmp_path_factory, units, code):
    amount = Money(units, currency(code))
    (cell,) = back(tmp_path_factory.mktemp("any"), amount, kind="money")
    assert Decimal(cell) == Decimal(amount.plain())
    short = len(str(abs(units)).rstrip("0")) <= spreadsheet.MOST_DIGITS
    assert isinstance(cell, Decimal) is short


def test_what_a_double_could_not_hold_is_text_marked_and_told(tmp_path):
    target, amounts = io.BytesIO(), [money("92233720368547758.07 GBP"), money("1.00 GBP")]
    remarks = write(target, [column(*amounts, kind="money")], created=NOW)
    assert [row[0] for row in read(target.getvalue(), tmp_path)["Pledges"]] == ["92233720368547758.07", Decimal(1)]
    assert (remarks.as_text.count, str(remarks.as_text)) == (1, "Pledges!A2")
    assert shown(target.getvalue()) == ["@", "#,##0.00"]
    assert 'rgb="FFFFF2CC"' in parts(target.getvalue())["xl/styles.xml"]


def test_of_many_remarks_the_first_places_are_named():
    amounts = [money("92233720368547758.07 GBP")] * 13
    remarks = write(io.BytesIO(), [column(*amounts, kind="money")], created=NOW)
    assert str(remarks.as_text).endswith("Pledges!A10, Pledges!A11 and 3 more")


def test_counts_and_decimal_numbers_are_numbers_and_anything_else_is_text(tmp_path):
    assert back(tmp_path, 1234567, kind="count") == [Decimal(1234567)]
    assert back(tmp_path, 10**17 + 1, kind="count") == [str(10**17 + 1)]
    numbers = ["1.26028956033", "-0.5", "19.20405/23", "1e5", "0.12345678901234567"]
    found = back(tmp_path, *numbers, kind="number")
    assert found == [Decimal("1.26028956033"), Decimal("-0.5"), "19.20405/23", "1e5", "0.12345678901234567"]
    assert back(tmp_path, "0012", "2025", "1.5", kind="code") == ["0012", "2025", "1.5"]


def test_a_day_is_a_day_and_before_march_1900_text_since_spreadsheets_differ_there(tmp_path):
    days = [date(1900, 3, 1), date(2025, 3, 2), date(9998, 12, 31), date(1900, 2, 28), date(1789, 7, 14)]
    assert back(tmp_path, *days, kind="date") == [*days[:3], "1900-02-28", "1789-07-14"]
    assert shown(written(column(days[0], kind="date"))) == ["yyyy-mm-dd"]


NO_XML = {"\ufffe", "\uffff"}
"""What XML cannot hold: a workbook has it as an escape, ``_xFFFE_``."""

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(A1:A2)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "{=1}",
    "http://example.org",
    "mailto:x@example.org",
    "internal:Sheet1!A1",
    "<r>bold</r>",
    "<r><t>=1+1</t></r>",
    "<r>_x0041_ & </r>",
    "</t></is></c><c><f>1+1</f></c>",
    "_x0041_",
    "_x005F_",
    "&amp; & < > \" '",
    "  two spaces before",
    "#N/A",
    "TRUE",
    "1600000000.00",
    "2025-03-02",
    "NA",
    "日本 Ракети 🚀",
]


def test_no_text_is_ever_a_formula_a_link_or_markup(tmp_path):
    data = written(column(*HOSTILE))
    assert [row[0] for row in read(data, tmp_path)["Pledges"]] == HOSTILE
    inside = "".join(parts(data).values())
    assert not re.search(r"<f[ >]|<hyperlink|externalLink", inside)
    assert shown(data) == ["@"] * len(HOSTILE)


@settings(max_examples=50)
@given(cells=st.lists(texts().filter(lambda text: not NO_XML.intersection(text)), min_size=1, max_size=5))
def test_any_text_that_the_book_takes_comes_back(tmp_path_factory, cells):
    assert back(tmp_path_factory.mktemp("texts"), *cells) == cells


@pytest.mark.parametrize("letter", ["x", "=", "🚀", "ї"])
def test_a_text_too_long_for_a_cell_is_cut_with_a_mark_and_told(tmp_path, letter):
    fits, cut = letter * (32_767 // len(letter.encode("utf-16-le")) * 2), letter * 40_000
    target = io.BytesIO()
    remarks = write(target, [column(fits, cut)], created=NOW)
    first, second = (row[0] for row in read(target.getvalue(), tmp_path)["Pledges"])
    assert first == fits
    assert second.endswith(f"{letter} [cut]")
    assert set(second.removesuffix(" [cut]")) == {letter}
    assert 32_760 <= len(second.encode("utf-16-le")) // 2 <= 32_767
    assert (remarks.cut.count, str(remarks.cut)) == (1, "Pledges!A3")


# Sheets


def test_the_header_is_bold_and_frozen_and_rows_can_be_filtered():
    data = written(of(("P", None, None, None), ("Q", None, None, None)))
    xml = sheet_xml(data)
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert '<autoFilter ref="A1:D3"/>' in xml
    assert "<b/>" in parts(data)["xl/styles.xml"]


def test_columns_are_as_wide_as_what_stands_in_them_within_reason():
    xml = sheet_xml(written(of(("P", date(2025, 3, 2), money("1.00 GBP"), "x" * 500))))
    widths = [Decimal(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', xml)]
    assert len(widths) == 4
    assert widths[0] < widths[1] < widths[3] < 62


def test_a_table_becomes_a_sheet_without_its_totals(tmp_path):
    table = Table([Column("donor", "party"), Column("amount", "money")], [("GB", money("1.00 GBP"))])
    with_total = Table(table.columns, table.rows, totals=[(None, money("1.00 GBP"))])
    assert read(written(Sheet.of("Totals", with_total)), tmp_path) == {"Totals": [("GB", Decimal(1))]}


def test_rows_beyond_what_a_sheet_holds_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    name = "R" * spreadsheet.LONGEST_NAME
    target = io.BytesIO()
    remarks = write(target, [Sheet(name, COLUMNS[:1], ((f"P{n}",) for n in range(7)))], created=NOW)
    found = read(target.getvalue(), tmp_path)
    assert list(found) == [name, "R" * 29 + " 2", "R" * 29 + " 3"]
    assert [len(rows) for rows in found.values()] == [3, 3, 1]
    assert [row[0] for rows in found.values() for row in rows] == [f"P{n}" for n in range(7)]
    assert list(remarks.rows.values()) == [3, 3, 1]


def test_a_sheet_that_is_just_full_has_no_empty_one_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    assert list(read(written(of(*[("P", None, None, None)] * 3)), tmp_path)) == ["Pledges"]


def test_a_sheet_without_rows_is_its_header(tmp_path):
    assert read(written(of()), tmp_path) == {"Pledges": []}
    assert '<autoFilter ref="A1:D1"/>' in sheet_xml(written(of()))


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "[a]", "a?", "a*", "a\\b", "'a", "a'", "a\tb"])
def test_a_name_that_no_spreadsheet_takes_is_refused(name):
    with pytest.raises(ValueError, match="the name of a sheet"):
        Sheet(name, COLUMNS, [])


def test_two_sheets_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two sheets are called 'TOTALS'"):
        written(of(name="Totals"), of(name="TOTALS"))


def test_the_cover_is_the_first_sheet_and_knows_the_others(tmp_path):
    def cover(remarks: Remarks) -> Sheet:
        return of(*remarks.rows.items(), columns=[Column("sheet"), Column("rows", "count")], name="README")

    found = read(written(of(("P", None, None, None)), of(name="Other"), cover=cover), tmp_path)
    assert found == {
        "README": [("Pledges", Decimal(1)), ("Other", Decimal(0))],
        "Pledges": found["Pledges"],
        "Other": [],
    }


# Files


def test_the_same_sheets_give_the_same_bytes_wherever_and_whenever(monkeypatch):
    import time

    first = written(of(("P", None, money("1.00 GBP"), "x")))
    monkeypatch.setenv("TZ", "Australia/Sydney")
    time.tzset()
    try:
        assert written(of(("P", None, money("1.00 GBP"), "x"))) == first
    finally:
        monkeypatch.undo()
        time.tzset()
    assert b"2025-03-02T18:30:00Z" in parts(first)["docProps/core.xml"].encode()


class Full(io.BytesIO):
    """A file on a disk with no room left."""

    def write(self, *_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_as_such_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(OSError, match="No space left") as caught:
        write(Full(), [of()], created=NOW)
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_rows_that_fail_on_the_way_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[tuple[Cell, ...]]:
        yield ("P", None, None, None)
        raise RuntimeError("the book is gone")

    with pytest.raises(RuntimeError, match="the book is gone"):
        written(of(("Q", None, None, None), name="First"), Sheet("Second", COLUMNS, rows()))
    assert list(tmp_path.iterdir()) == []


def test_rows_are_written_as_they_come(tmp_path):
    alive: list[int] = []

    class Watched(str):
        __slots__ = ()

        def __del__(self) -> None:
            alive.pop()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for number in range(1000):
            alive.append(number)
            yield (Watched(number),)
            assert len(alive) < 10

    assert len(read(written(Sheet("Long", COLUMNS[:1], rows())), tmp_path)["Long"]) == 1000
