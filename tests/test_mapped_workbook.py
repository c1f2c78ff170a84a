"""Mapped tables in workbooks: days and numbers as a spreadsheet holds them, and where the table is."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped] # it has no types

from ledger.recognition.steps import Announce
from tests.mapped_words import FIELDS, proposed, refusal, rejected

HEAD = ("who", "day", "sum", "extra")


def workbook(folder: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> Path:
    """A workbook of these sheets, under a name that says otherwise: what a file is called does not matter."""
    path = folder / "table.csv"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
    return path


def test_days_and_numbers_are_read_as_the_spreadsheet_holds_them(tmp_path):
    rows = [HEAD, ("GB", date(2025, 3, 2), 1.1), ("FR", "02.03.2025", "1,5"), ("DE", date(2025, 3, 3), 2)]
    path = workbook(tmp_path, ("Data", rows))
    written = '[conventions]\ndates = ["iso", "dmy"]\ndecimal = ","\n' + FIELDS
    found = [step for step in proposed(path, written) if isinstance(step, Announce)]
    assert [str(step.promises[0].amount) for step in found] == ["1.10 EUR", "1.50 EUR", "2.00 EUR"]
    assert [str(step.evidence.on) for step in found] == ["2025-03-02", "2025-03-02", "2025-03-03"]
    assert [step.evidence.origin for step in found] == ["table:2", "table:3", "table:4"]


def test_numbers_in_a_column_of_texts_are_texts(tmp_path):
    path = workbook(tmp_path, ("Data", [HEAD, ("GB", date(2025, 3, 2), 5, 17), ("GB", date(2025, 3, 2), 5, True)]))
    found = proposed(path, f'{FIELDS}title = "extra"\n')
    assert [step.title for step in found if isinstance(step, Announce)] == ["17", "TRUE"]


def test_a_day_among_numbers_and_a_number_among_days_are_rejected(tmp_path):
    path = workbook(tmp_path, ("Data", [HEAD, ("GB", 45000, 5), ("GB", date(2025, 3, 2), date(2025, 3, 2))]))
    assert rejected(path, FIELDS) == [
        "2 day: '45000' is not a day: write it as 2025-03-02",
        "3 sum: it is a day, and no number",
    ]


def test_a_table_may_stand_in_one_of_several_sheets_below_a_title(tmp_path):
    path = workbook(
        tmp_path, ("Read me", [("x",)]), ("Data", [("Aid",), HEAD, ("GB", date(2025, 3, 2), 5), (), ("x",)])
    )
    assert refusal(path, FIELDS) == "it has several sheets (Read me, Data): name one in a map, [file] sheet = ..."
    written = f'[file]\nsheet = "Data"\nheader = 2\n{FIELDS}'
    assert [step.evidence.origin for step in proposed(path, written)] == ["table:3"]
    assert refusal(path, written.replace('"Data"', '"data"')) == f"{path} has no sheet 'data': it has Read me, Data"


def test_a_note_beside_the_table_is_not_lost_and_a_blank_row_is_left_out(tmp_path):
    head, good = ("donor", "amount", "currency", "on", "purpose", "instrument"), ("GB", 5, "EUR")
    more = (date(2025, 3, 2), "military", "grant")
    path = workbook(tmp_path, ("Data", [head, (*good, *more, "", "a note"), (), (*good, *more)]))
    assert rejected(path) == ["2 #8: its column has no name, so what it says would be lost"]
    assert [step.evidence.origin for step in proposed(path)] == ["table:4"]


def test_an_empty_sheet_has_no_header(tmp_path):
    assert refusal(workbook(tmp_path, ("Data", [])), FIELDS) == "its sheet 'Data' has no header"
