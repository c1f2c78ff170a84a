"""A tracker's workbook beside the book that was made of an earlier one: which rows make the difference."""

from fractions import Fraction
from pathlib import Path

import pytest

from ledger.book import Book, Worth
from ledger.errors import UnknownRecord
from ledger.formats.kiel.read import read as read_rows
from ledger.formats.tracker.read import read
from ledger.money import currency
from tests import places
from tests.kiel_words import commitment, record, workbook
from tests.kiel_words import row as package
from tests.tracker_words import compared, published
from tests.world import Clock, make_book, records, refuses, reverse

ROOT = Path(__file__).parent.parent
KIEL = ROOT.parent / "shared" / "data" / "kiel"
OCTOBER = KIEL / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
NOVEMBER = KIEL / "Ukraine_Support_Tracker_R7_saved-2022-11-22.xlsx"
NAME = "kiel-r7"
needs_kiel = pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")


@pytest.fixture
def tracked(tmp_path):
    """A book with three packages of a made-up tracker, and a function that makes its next issue."""
    rows = [
        commitment("GBM1", 100, country="United Kingdom"),
        commitment("GBM2", 50, country="United Kingdom"),
        commitment("DKM1", 70, country="Denmark"),
    ]

    def issue(*changed, leaving_out=()):
        kept = {str(row["id"]): row for row in (*rows, *changed)}
        for gone in leaving_out:
            del kept[gone]
        return read_rows(workbook(tmp_path / "issue.xlsx", kept.values()), NAME)

    with make_book(tmp_path / "book.sqlite", Clock("2023-12-01")) as book:
        record(book, issue())
        yield book, issue


def told(book, theirs, issue):
    (row,) = [row for row in records(compared(book, theirs, issue=issue, name=NAME)) if row["verdict"] != "equal"]
    return row["donor"], row["pledges"], str(row["reason"])


def test_what_the_files_own_rows_state_otherwise_makes_the_difference(tracked):
    book, issue = tracked
    found = told(book, published("GB military 160 EUR", "DK military 70 EUR"), issue(commitment("GBM2", 60)))
    assert found[:2] == ("GB", f"{NAME}:GBM2")
    assert found[2].startswith(f"the file's own rows say otherwise: {NAME}:GBM2: ")
    assert '"50.00 EUR"' in found[2]
    assert '"60.00 EUR"' in found[2]


def test_so_does_what_it_states_anew_and_what_it_does_not_state_any_more(tracked):
    book, issue = tracked
    anew = issue(commitment("GBM9", 25))
    found = told(book, published("GB military 175 EUR", "DK military 70 EUR"), anew)
    assert found == ("GB", f"{NAME}:GBM9", f"the file's own rows say otherwise: {NAME}:GBM9: it is not in the book")
    found = told(book, published("GB military 150 EUR"), issue(leaving_out=["DKM1"]))
    assert found[1] == f"{NAME}:DKM1"
    assert "it is not stated any more" in found[2]


def test_a_package_that_moved_to_another_donor_makes_the_difference_of_both(tracked):
    book, issue = tracked
    theirs = published("GB military 100 EUR", "DK military 120 EUR")
    table = records(compared(book, theirs, issue=issue(commitment("GBM2", 50, country="Denmark")), name=NAME))
    assert [(row["donor"], row["pledges"]) for row in table] == [("DK", f"{NAME}:GBM2"), ("GB", f"{NAME}:GBM2")]


def test_words_that_move_no_figure_are_no_reason(tracked):
    book, issue = tracked
    other = issue(package("GBM1", total=100, eur=100, donation="Commitment", why="Other words"))
    found = told(book, published("GB military 50 EUR", "DK military 70 EUR"), other)
    assert found == ("GB", f"{NAME}:GBM1", "worth the difference alone")


def test_what_was_reversed_by_hand_is_not_in_the_book(tracked):
    book, issue = tracked
    numbers = {row["pledge"]: int(str(row["entry"])) for row in records(book.journal()) if row["kind"] == "pledge"}
    reverse(book, numbers[f"{NAME}:DKM1"])
    found = told(book, published("GB military 150 EUR", "DK military 70 EUR"), issue())
    assert found == ("DK", f"{NAME}:DKM1", f"the file's own rows say otherwise: {NAME}:DKM1: it is not in the book")


def test_nothing_is_recorded_and_a_name_that_is_not_there_is_refused(tracked, tmp_path):
    book, issue = tracked
    theirs = published("GB military 150 EUR")
    with refuses(book, UnknownRecord, "nothing in this book was imported as 'kiel-r8'"):
        compared(book, theirs, issue=read_rows(tmp_path / "issue.xlsx", "kiel-r8"), name="kiel-r8")
    with refuses(book, UnknownRecord, "nothing in this book was imported as 'kiel-r7'"):
        compared(book, theirs, issue=issue(), name=NAME, known_at=1)
    before = records(book.journal())
    compared(book, theirs, issue=issue(commitment("GBM9", 25)), name=NAME)
    assert records(book.journal()) == before


def test_a_workbook_as_it_was_imported_states_nothing_otherwise(tmp_path):
    path = ROOT / "fixtures" / "kiel" / "layout-2024" / "input.xlsx"
    with make_book(tmp_path / "book.sqlite", Clock("2025-12-01")) as book:
        book.take_in(read_rows(path, NAME))
        table = compared(book, published("IS military 1 EUR"), issue=read_rows(path, NAME), name=NAME)
    assert all("own rows" not in str(row["reason"]) for row in records(table))


# The tracker's real workbooks


@pytest.fixture(scope="module")
def october(tmp_path_factory):
    """The book of release 7 as issued in October 2022."""
    with make_book(tmp_path_factory.mktemp("kiel") / "book.sqlite", Clock("2022-12-01")) as book:
        record(book, read_rows(OCTOBER, NAME))
        yield book


@needs_kiel
def test_the_summary_of_october_is_equal_in_every_cell_and_plain_sql_finds_the_same(october):
    theirs = read(OCTOBER)
    table = records(compared(october, theirs, Worth("EUR", sources=(NAME,))))
    assert len(table) == 41 * 3 + 2
    assert {row["verdict"] for row in table} == {"equal"}
    assert {row["measure"] for row in table} == {"committed"}
    plain = _plain_committed(october)
    for row in table:
        held = plain.pop((str(row["donor"]), str(row["purpose"])), Fraction(0))
        assert abs(held - Fraction(str(row["ours"]))) <= Fraction(1, 200)
    assert not any(plain.values())


def _plain_committed(book: Book) -> dict[tuple[str, str], Fraction]:
    """What is committed or beyond in euros at the book's own table of rates, by SQL and fractions alone."""
    with places.sql(places.path_of(book)) as tables:
        rates = {code: Fraction(value) for code, value in tables.execute("SELECT quote, value FROM rate")}
        rows = tables.execute(
            """
            SELECT donor, purpose, commodity, sum(amount) FROM posting JOIN pledge ON pledge = id
            WHERE stage IN ('committed', 'allocated', 'disbursed', 'called', 'repaid', 'forgiven')
              AND length(commodity) = 3 AND coalesce(package, '') NOT LIKE '%:uncounted'
            GROUP BY 1, 2, 3
            """
        )
    found: dict[tuple[str, str], Fraction] = {}
    for donor, purpose, code, units in rows:
        value = Fraction(units, 10 ** currency(code).digits) / rates.get(code, Fraction(1))
        found[donor, purpose] = found.get((donor, purpose), Fraction(0)) + value
    return found


@needs_kiel
def test_the_summary_of_november_shows_the_military_aid_of_denmark_only_and_names_what_was_restated(october):
    theirs, worth = read(NOVEMBER), Worth("EUR", sources=(NAME,))
    table = records(compared(october, theirs, worth, issue=read_rows(NOVEMBER, NAME), name=NAME))
    (row,) = [row for row in table if row["verdict"] != "equal"]
    assert (row["donor"], row["purpose"], row["verdict"]) == ("DK", "military", "different")
    assert (row["ours"], row["theirs"]) == ("299599540.35", "510165662.65")
    assert row["pledges"] == f"{NAME}:DKM3, {NAME}:DKM4"
    (row,) = [row for row in records(compared(october, theirs, worth)) if row["verdict"] != "equal"]
    assert str(row["reason"]).startswith("none is worth the difference alone")
