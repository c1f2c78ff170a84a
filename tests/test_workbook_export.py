"""The book as a workbook: each sheet is the report it is named after, and the register is the CSV register."""

import io
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cli import progress
from ledger.book import Book, Worth
from ledger.errors import MissingRate
from ledger.formats import tabular
from ledger.formats.workbook import load
from ledger.money import Money
from ledger.selection import EVERYTHING, Selection
from ledger.table import Table
from tests import commandline, oracle, places
from tests.chance import book_of, lives
from tests.commandline import VARIED, book, contents, refused, rows, typed
from tests.everything import filled, opened
from tests.world import announce, records, register_item, selection
from tests.world import refused as refused_by_the_ledger

BOOK = VARIED
EURO = Worth("EUR")
NAMES = ["README", "Totals", "Grand total", "Pipeline", "Timeline", "Items", "Pledges", "Register"]


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


def written(book: Book, chosen: Selection = EVERYTHING, worth: Worth | None = None) -> bytes:
    target = io.BytesIO()
    book.workbook(target, chosen, worth)
    return target.getvalue()


def sheets(data: bytes, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each sheet by the names in its header; cells at the end of a row that are absent are None."""
    path = folder / "read.xlsx"
    path.write_bytes(data)
    found = load(path)
    return {name: _named([row for _, row in found.rows(name)]) for name in found.sheets}


def _named(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def of_table(table: Table) -> list[dict[str, Any]]:
    """What a sheet of this table holds: amounts as exact numbers, or as text where they are too long for one."""
    return [dict(zip(table.header, map(_cell, row, table.columns), strict=True)) for row in table.rows]


def _cell(cell: object, column: object = None) -> object:
    kind = getattr(column, "kind", "")
    if isinstance(cell, Money):
        return _figure(cell.plain())
    return Decimal(cell) if isinstance(cell, int) or (kind == "number" and isinstance(cell, str)) else cell


def _figure(plain: str) -> Decimal | str:
    return plain if len(plain.replace(".", "").strip("-0")) > 15 else Decimal(plain)


# What is in it


def test_each_sheet_is_the_report_that_it_is_named_after(full, tmp_path):
    found = sheets(written(full), tmp_path)
    assert list(found) == NAMES
    assert found["Totals"] == of_table(full.totals())
    assert found["Grand total"] == of_table(full.totals(by=()))
    assert found["Pipeline"] == of_table(full.pipeline(selection(until="2025-03-02"), by=()))
    assert found["Timeline"] == of_table(full.timeline(by=()))
    assert found["Items"] == of_table(full.units())
    assert found["Pledges"] == of_table(full.pledges())
    assert all(found.values())


@pytest.mark.parametrize(
    "worth", [EURO, Worth("USD", "month"), Worth("USD", by_event=True), Worth("JPY", on=date(2025, 2, 28))], ids=str
)
def test_reports_are_converted_with_the_rates_used_beside_them(full, tmp_path, worth):
    found = sheets(written(full, worth=worth), tmp_path)
    assert list(found) == [*NAMES, "Rates used"]
    assert found["Totals"] == of_table(full.totals(worth=worth))
    assert found["Items"] == of_table(full.units(worth=worth))
    used = full.totals(worth=worth).explained()
    assert used
    assert found["Rates used"] == of_table(used)
    assert {row["commodity"] for row in found["Register"]} == {row["commodity"] for row in oracle.register(full)}


def as_csv(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the CSV register as a workbook holds it."""
    numbers = {"entry", "line", "reverses"}
    read = {name: Decimal(text) if name in numbers and text else text or None for name, text in row.items()}
    figures = {name: _figure(row[name]) if row[name] else None for name in ("debit", "credit", "amount")}
    return read | figures | {"on": date.fromisoformat(row["on"])}


FILTERS: list[dict[str, Any]] = [
    {},
    {"donor": "GB"},
    {"currency": "EUR"},
    {"since": "2025-01-10", "until": "2025-02-05"},
    {"as_of": "2025-01-20"},
    {"known_at": 12},
    {"contingent": "only"},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_the_register_is_the_csv_register_and_filters_hold(full, tmp_path, filters):
    chosen = selection(**filters)
    found = sheets(written(full, chosen), tmp_path)
    assert found["Register"] == [as_csv(row) for row in oracle.register(full, chosen)]
    assert found["Pledges"] == of_table(full.pledges(chosen))
    assert found["Totals"] == of_table(full.totals(chosen))
    assert found["Items"] == of_table(full.units(chosen))


@settings(max_examples=10)
@given(steps=lives())
def test_of_any_book_the_workbook_holds_its_register_and_its_totals(empty_book, tmp_path_factory, steps):
    with book_of(empty_book, steps) as any_book:
        found = sheets(written(any_book), tmp_path_factory.mktemp("any"))
        assert found["Register"] == [as_csv(row) for row in oracle.register(any_book)]
        assert found["Totals"] == of_table(any_book.totals())
        assert found["Pledges"] == of_table(any_book.pledges())
        assert "Items" not in found


def test_pledges_are_read_page_by_page(full, tmp_path, monkeypatch):
    from ledger.store import extract

    monkeypatch.setattr(extract, "_PAGE", 2)
    for filters in FILTERS:
        chosen = selection(**filters)
        assert sheets(written(full, chosen), tmp_path)["Pledges"] == of_table(full.pledges(chosen))


def test_a_day_far_off_leaves_the_timeline_out_with_a_note(book, tmp_path):
    announce(book, "GB", "1 GBP", on="1066-10-14")
    announce(book, "GB", "1 GBP", on="2025-03-02")
    found = sheets(written(book), tmp_path)
    assert (found["Timeline"], found["Pledges"][0]["on"]) == ([], "1066-10-14")
    assert readme(book, tmp_path)["note on Timeline"][0].startswith("left out: ")


def test_a_book_without_pledges_is_a_workbook_of_headers(book, tmp_path):
    found = sheets(written(book), tmp_path)
    assert list(found) == [name for name in NAMES if name != "Items"]
    assert not any(rows for name, rows in found.items() if name != "README")


def readme(book: Book, folder: Path, *asked: Any) -> dict[str, list[Any]]:
    said: dict[str, list[Any]] = {}
    for row in sheets(written(book, *asked), folder)["README"]:
        said.setdefault(row["about"], []).append(row["says"])
    return said


def test_the_readme_says_what_the_book_is_and_how_it_is_read(full, tmp_path):
    said = readme(full, tmp_path)
    last = records(full.journal())[-1]
    assert said["book"] == [full.uid]
    assert said["last entry"] == [Decimal(str(last["entry"]))]
    assert said["recorded at"] == [last["recorded_at"]]
    assert said["selection"] == ["everything"]
    assert said["currency"] == ["each amount in its own"]
    assert "NA is Namibia" in said["codes"][0]
    assert said["sheet Register"][0].endswith(f"{len(oracle.register(full))} rows")
    assert said["note on Totals"] == list(full.totals().notes)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"donor": ("GB", "FR"), "until": "2025-02-01"}, "donor GB or FR, until 2025-02-01"),
        ({"since": "2025-01-01", "as_of": "2025-02-01"}, "from 2025-01-01, as of 2025-02-01"),
        ({"known_at": 12, "contingent": "exclude"}, "as known at entry 12, without guarantees"),
        (
            {"known_at": datetime(2025, 3, 2, 9, 0, 5, tzinfo=UTC), "contingent": "only"},
            "as known at 2025-03-02T09:00:05.000000Z, guarantees only",
        ),
    ],
    ids=str,
)
def test_the_readme_says_the_selection_in_words(full, tmp_path, filters, words):
    assert readme(full, tmp_path, selection(**filters))["selection"] == [words]


@pytest.mark.parametrize(
    ("worth", "words"),
    [
        (EURO, "EUR in reports, by policy spot, each amount at its pledge's day; the register as it is"),
        (Worth("USD", "month", by_event=True), "USD in reports, by policy month, each amount at the day it reached"),
        (Worth("EUR", on=date(2025, 2, 28)), "EUR in reports, by policy spot, everything at 2025-02-28"),
    ],
    ids=str,
)
def test_the_readme_says_how_amounts_were_converted(full, tmp_path, worth, words):
    assert readme(full, tmp_path, EVERYTHING, worth)["currency"][0].startswith(words)


def test_what_no_spreadsheet_holds_is_told_in_the_readme(book, tmp_path):
    register_item(book)
    announce(book, "GB", "12345678901234567.89 GBP", title="x" * 40_000)
    said = readme(book, tmp_path)
    assert "have more than 15 digits" in said["numbers as text"][0]
    assert "Totals!C2" in said["numbers as text"][0]
    assert "`export csv` has all of them" in said["texts cut"][0]
    assert "Pledges!" in said["texts cut"][0]


def test_the_same_book_and_options_give_the_same_bytes(full, tmp_path, monkeypatch):
    first = written(full, worth=EURO)
    place = places.copied(places.path_of(full), tmp_path / "copy.db")
    monkeypatch.setenv("AIDLEDGER_LOCALE", "de_DE")
    with Book.open(place, clock=lambda: datetime(2031, 1, 1, tzinfo=UTC)) as copy:
        assert written(copy, worth=EURO) == first == written(full, worth=EURO)


def test_a_missing_rate_is_refused(book):
    announce(book, "PL", "100 KWD", on="2025-02-03")
    with refused_by_the_ledger(MissingRate, "no rate from KWD to EUR on 2025-02-03"):
        written(book, worth=EURO)


# As a command


@pytest.mark.usefixtures("desk")
def test_the_command_writes_the_file_and_prints_nothing(tmp_path):
    answer = typed("export xlsx --out book.xlsx --donor GB")
    assert (answer.code, answer.printed, answer.said) == (0, "", "")
    found = sheets(Path("book.xlsx").read_bytes(), tmp_path)
    pledged = [Decimal(row["pledged"]) for row in rows("report totals --donor GB")]
    assert [row["pledged"] for row in found["Totals"]] == pledged != []
    assert {row["donor"] for row in found["Register"]} == {"GB"}
    titles = {row["title"] for row in found["Pledges"]}
    assert '=1+1, "quoted"; naïve' in titles


@pytest.mark.usefixtures("desk")
def test_the_command_says_what_no_spreadsheet_holds():
    assert typed('pledge add GB "12345678901234567.89 GBP" --purpose other --instrument grant').code == 0
    said = typed("export xlsx --out book.xlsx").said
    assert "note: " in said
    assert "numbers with too many digits for a spreadsheet, marked in the workbook: Totals!" in said


@pytest.mark.usefixtures("desk")
def test_a_long_sheet_has_a_bar_on_a_terminal_and_a_short_one_has_none(monkeypatch):
    monkeypatch.setattr(commandline.Stream, "isatty", lambda _: True)
    assert typed("export xlsx --out short.xlsx").said == ""
    monkeypatch.setattr(progress, "LARGE", 3)
    said = typed("export xlsx --out long.xlsx").said
    assert "Register" in said
    assert "Pledges" in said
    assert Path("long.xlsx").read_bytes() == Path("short.xlsx").read_bytes()


@pytest.mark.usefixtures("desk")
def test_a_file_that_is_there_is_replaced_and_both_runs_write_the_same():
    Path("book.xlsx").write_text("older", encoding="utf-8")
    assert typed("export xlsx --out book.xlsx").code == 0
    first = Path("book.xlsx").read_bytes()
    assert typed("export xlsx --out again.XLSX").code == 0
    assert Path("again.XLSX").read_bytes() == first


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("export xlsx", "name it with --out PATH.xlsx"),
        ("export xlsx --out book.xls", "a workbook's name ends in .xlsx"),
        ("export xlsx --out book", "a workbook's name ends in .xlsx"),
        ("export xlsx --out b.xlsx --policy month", "go with --in CUR"),
        ("export xlsx --out b.xlsx --in XXX", "XXX"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(command, words):
    assert words in refused(2, command)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("export xlsx --out b.xlsx --in EUR --currency KWD", 1, "no rate from KWD to EUR"),
        ("export xlsx --out nowhere/b.xlsx", 1, "cannot be written"),
        ("export csv --out nowhere/b.csv", 1, "cannot be written"),
    ],
)
def test_what_fails_on_the_way_leaves_no_file(command, code, words):
    assert words in refused(code, command)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("command", ["export xlsx --out folder.xlsx", "export csv --out folder.xlsx"])
def test_a_folder_is_no_file(command):
    Path("folder.xlsx").mkdir()
    assert "is a folder" in refused(2, command)


@places.of_files("a file is put in a file's place")
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("way", ["by its name", "by a link", "as an URL"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_book_itself_is_never_written_over(monkeypatch, kind, way):
    shutil.move(book(), "book.xlsx")
    monkeypatch.setenv("AIDLEDGER_BOOK", str(Path("book.xlsx").absolute()))
    if way == "by a link":
        os.link("book.xlsx", "link.xlsx")
    if way == "as an URL":
        monkeypatch.setenv("AIDLEDGER_BOOK", f"sqlite:///{Path('book.xlsx').absolute()}")
    name = "link.xlsx" if way == "by a link" else "book.xlsx"
    before = Path("book.xlsx").read_bytes()
    answer = typed(f"export {kind} --out {name}")
    assert answer.code == 2
    assert "is the book itself" in answer.said
    assert Path("book.xlsx").read_bytes() == before


@pytest.mark.usefixtures("desk")
def test_a_disk_that_is_full_leaves_no_file(monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = contents()
    answer = typed("export xlsx --out b.xlsx")
    assert (answer.code, answer.printed) == (1, "")
    assert "b.xlsx cannot be written: No space left on device" in answer.said
    assert contents() == before


def test_the_columns_of_the_register_are_those_of_the_csv(full, tmp_path):
    (first, *_) = sheets(written(full), tmp_path)["Register"]
    assert tuple(first) == tabular.COLUMNS
