"""The CSV register: a promise to the programs that read it, kept to the byte."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

from ledger.book import Book
from ledger.formats import tabular
from ledger.selection import EVERYTHING, Selection
from tests import oracle, places
from tests.chance import book_of, lives
from tests.everything import filled, opened
from tests.strategies import texts
from tests.world import (
    MISSILE,
    amend,
    announce,
    cancel,
    commit,
    disburse,
    register_item,
    reverse,
    selection,
)

HEADER = (
    "entry line on recorded_at kind pledge donor recipient purpose instrument source stage commodity"
    " debit credit amount title note citation_url citation_quote reverses origin"
)
"""A promise to whoever reads it: names and order."""

GOLDEN = Path(__file__).parent / "golden" / "register.csv"


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


def written(book: Book, chosen: Selection = EVERYTHING) -> bytes:
    """The register as a file's bytes."""
    with book.register(chosen) as lines:
        return "".join(lines).encode()


def row_of(**values: object) -> dict[str, object]:
    """A row as the store hands it out: a posting of 1.00 GBP, unless it is said to be something else."""
    return (
        dict.fromkeys(tabular.COLUMNS)
        | {"number": 2, "on_date": "2025-03-02", "amount": 100, "commodity": "GBP"}
        | values
    )


def test_the_header_is_the_one_that_was_promised(full):
    assert written(full).split(b"\r\n")[0].decode() == HEADER.replace(" ", ",")
    assert " ".join(tabular.COLUMNS) == HEADER


def test_a_book_without_postings_is_a_header_alone(book):
    assert written(book) == HEADER.replace(" ", ",").encode() + b"\r\n"


def test_every_line_ends_as_rfc_4180_says_and_no_mark_comes_first(full):
    text = written(full)
    assert text.startswith(b"entry,")
    assert text.endswith(b"\r\n")
    assert text.count(b"\r\n") == text.count(b"\r") == text.count(b"\n") == len(oracle.register(full)) + 1
    rows = list(csv.reader(text.decode().splitlines(keepends=True), strict=True))
    assert {len(row) for row in rows} == {len(HEADER.split())}


def test_each_posting_is_one_row_in_the_order_of_entries(full):
    rows = oracle.register(full)
    places = [(int(row["entry"]), int(row["line"])) for row in rows]
    assert places == sorted(set(places))
    by_entry: dict[int, list[int]] = {}
    for entry, line in places:
        by_entry.setdefault(entry, []).append(line)
    assert all(lines == list(range(1, len(lines) + 1)) for lines in by_entry.values())


def check_sums(rows: list[oracle.Row]) -> None:
    """Exactly one side of each row is filled, and each commodity of each pledge of each entry sums to zero."""
    sums: dict[tuple[str, ...], Fraction] = {}
    for row in rows:
        assert bool(row["debit"]) is not bool(row["credit"])
        assert Fraction(row["debit"] or 0) - Fraction(row["credit"] or 0) == Fraction(row["amount"]) != 0
        assert "-" not in row["debit"] + row["credit"]
        key = (row["entry"], row["pledge"], row["commodity"])
        sums[key] = sums.get(key, Fraction()) + Fraction(row["amount"])
    assert set(sums.values()) <= {Fraction(0)}


def test_exactly_one_of_debit_and_credit_is_filled_and_all_sums_to_zero(full):
    check_sums(oracle.register(full))
    assert len(oracle.register(full)) > 50


@settings(max_examples=10)
@given(steps=lives())
def test_of_any_book_the_register_sums_to_zero_and_is_the_same_twice(empty_book, steps):
    with book_of(empty_book, steps) as book:
        check_sums(oracle.register(book))
        assert written(book) == written(book)


def test_the_register_is_the_same_to_the_byte_whoever_asks_for_it(full, tmp_path, monkeypatch):
    place = places.copied(places.path_of(full), tmp_path / "copy.db")
    first = written(full)
    monkeypatch.setenv("AIDLEDGER_LOCALE", "de_DE")
    monkeypatch.setenv("AIDLEDGER_USER", "another")
    with Book.open(place, clock=lambda: datetime(2031, 1, 1, tzinfo=UTC)) as copy:
        assert written(copy) == first == written(full)


def test_the_register_of_a_selection_is_those_lines_of_the_whole(full):
    whole = written(full).split(b"\r\n")
    part = written(full, selection(donor="DE", since="2025-02-01")).split(b"\r\n")
    assert [line for line in whole if line in set(part)] == part
    assert 2 < len(part) < len(whole)


def test_amounts_have_the_digits_of_their_commodity(book):
    register_item(book)
    announce(book, "GB", "0.05 GBP", "7 JPY", "1.234 KWD", f"5000 {MISSILE}")
    debits = {row["commodity"]: row["debit"] for row in oracle.register(book) if row["debit"]}
    assert debits == {"GBP": "0.05", "JPY": "7", "KWD": "1.234", MISSILE: "5000"}


@pytest.mark.parametrize(
    ("units", "sides"), [(100, ("1.00", "", "1.00")), (-100, ("", "1.00", "-1.00")), (-1, ("", "0.01", "-0.01"))]
)
def test_a_debit_is_positive_and_a_credit_negative(units, sides):
    _, line = tabular.register([row_of(amount=units)])
    found = dict(zip(tabular.COLUMNS, next(csv.reader([line])), strict=True))
    assert (found["debit"], found["credit"], found["amount"]) == sides


def test_what_is_absent_is_empty_and_never_a_word(full):
    assert b",None" not in written(full)
    assert b"null" not in written(full)


HARD = [
    'Of "5,000+" missiles',
    "«Ракети» для України; ґ",
    "[bold]not markup[/bold] :rocket:",
    "=1+1",
    "+44 20",
    " leading, trailing ",
    '"',
    "NA",
    "007",
    "a, b",
    "ÅÖ漢字 🚀",
]


@pytest.mark.parametrize("text", HARD)
def test_any_title_note_quote_and_origin_comes_back_as_it_went_in(book, text):
    pledge = announce(book, "GB", "1 GBP", title=text, note=text, origin=text, cite=f"https://example.org/?q={text}")
    commit(book, pledge, note=text)
    rows = oracle.register(book)
    assert {row["title"] for row in rows} == {row["note"] for row in rows} == {text}
    assert [row["origin"] for row in rows] == [text, text, "", ""]
    assert rows[0]["citation_url"] == f"https://example.org/?q={text}"


@given(title=texts(), note=texts(), quote=texts())
def test_any_text_an_entry_takes_comes_back_from_its_line(title, note, quote):
    _, line = tabular.register([row_of(title=title, note=note, citation_quote=quote)])
    assert line.endswith("\r\n")
    [found] = csv.DictReader([line], tabular.COLUMNS, strict=True)
    assert (found["title"], found["note"], found["citation_quote"]) == (title, note, quote)


def test_facts_are_those_that_stand_and_in_an_earlier_register_those_that_were_known(book):
    pledge = announce(book, "GB", "1 GBP", title="old")
    amend(book, pledge, donor="FR", title="new")
    assert {(row["donor"], row["title"]) for row in oracle.register(book)} == {("FR", "new")}
    assert {(row["donor"], row["title"]) for row in oracle.register(book, Selection(known_at=2))} == {("GB", "old")}


def test_a_reversal_names_the_entry_it_undoes(book):
    commit(book, announce(book, "GB", "1 GBP"))
    reverse(book, 3)
    assert [row["reverses"] for row in oracle.register(book)] == ["", "", "", "", "3", "3"]


def test_a_long_register_is_read_in_pieces_and_whole(book):
    codes = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN RON SEK SGD USD"
    for number in range(21):
        announce(book, "GB", *(f"{number + 1} {code}" for code in codes.split()))
    rows = oracle.register(book)
    assert len(rows) == 21 * 2 * 26 > 1000
    assert [row["entry"] for row in rows] == [str(entry) for entry in range(2, 23) for _ in range(52)]
    check_sums(rows)


def test_the_register_of_a_small_book_is_the_golden_one(book):
    """A pledge with everything a row can hold, moved, corrected; one of items; one undisclosed."""
    with Book.open(
        places.at(places.path_of(book)), clock=lambda: datetime(2025, 3, 2, 18, 30, tzinfo=UTC), recorded_by="ada"
    ) as still:
        register_item(still)
        loan = announce(
            still,
            "GB",
            "2260000000 GBP",
            instrument="loan",
            purpose="financial",
            source="era",
            on="2024-10-22",
            title='Loan "from profits", ERA; «Позика» [1]',
            cite="https://example.org/era?a=1,2",
            note="announced",
            origin="paper:1",
        )
        commit(still, loan, on="2025-03-01")
        disburse(still, loan, "752000000 GBP", on="2025-03-06", paid="902327813.77 EUR")
        announce(still, "GB", f"at_least 5000 {MISSILE}", instrument="in_kind", on="2025-03-02")
        announce(still, "NO")
        cancel(still, announce(still, "JP", "1000 JPY"), "1 JPY")
        reverse(still, 9)
    assert written(book) == GOLDEN.read_bytes()
