"""The journal for hledger: its program takes it in strict mode and comes to the ledger's own balances."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.formats.plaintext import hledger
from ledger.formats.plaintext.content import Entry, Line, Place
from ledger.journal import Stage
from ledger.money import Money, currency
from tests import oracle, outsider
from tests.chance import book_of, lives
from tests.everything import filled, opened
from tests.hostile_texts import TEXTS
from tests.many_currencies import BANK, many_currencies
from tests.peers import (
    as_golden,
    asked_of_hledger,
    content,
    for_hledger,
    from_hledger,
    held,
    held_by_hledger,
    kept_small,
    needs_hledger,
    rows_of_hledger,
    said_in_hledger,
)
from tests.strategies import texts
from tests.test_kiel_published import NAME, OCTOBER
from tests.world import Clock, announce, make_book, records, selection

GOLDEN = Path(__file__).parent / "golden" / "small.journal"
SOUND = ("check", "--strict", "payees")

each_book = pytest.mark.parametrize("name", ["everything", "many currencies"])


@pytest.fixture(scope="module")
def books(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Book]]:
    """A book in which everything has happened, and one of many currencies, only to be read."""
    folder = tmp_path_factory.mktemp("books")
    with opened(filled(empty_book, folder)) as full, opened(many_currencies(folder / "many.db")) as many:
        yield {"everything": full, "many currencies": many}


def nonzero(balances: dict[Any, Fraction]) -> dict[Any, Fraction]:
    """What hledger shows of an account in several commodities."""
    return {account: balance for account, balance in balances.items() if balance}


# Balances


@needs_hledger
@each_book
def test_every_account_has_the_balance_of_the_trial_balance(books, name):
    journal = for_hledger(books[name])
    asked_of_hledger(journal, *SOUND)
    found = held(books[name])
    assert nonzero(held_by_hledger(journal)) == nonzero(found)
    assert len(found) > 30


@needs_hledger
@each_book
def test_totals_by_donor_are_the_report_s(books, name):
    figures: oracle.Figures = {}
    for (stage, donor, _, code), balance in held_by_hledger(for_hledger(books[name])).items():
        posted = {"stage": stage, "instrument": "", "amount": str(balance)}
        for measure, amount in oracle.measured(posted).items():
            held_there = figures.setdefault((donor, code), {})
            held_there[measure] = held_there.get(measure, Fraction()) + amount
    rows = records(books[name].totals())
    assert len(rows) > 3
    for row in rows:
        mine = figures.get((row["donor"], row["currency"]), {})
        for measure in (
            "pledged",
            "committed",
            "allocated",
            "disbursed",
            "repaid",
            "forgiven",
            "top_up",
            "outstanding",
        ):
            assert mine.get(measure, 0) == Fraction(str(row[measure])), (row, measure)


@needs_hledger
@pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")
def test_the_tracker_s_book_has_the_same_balances(tmp_path):
    from ledger.formats.kiel.read import read

    with make_book(tmp_path / "book.db", Clock("2022-12-01")) as book:
        book.take_in(read(OCTOBER, NAME))
        journal = for_hledger(book)
        asked_of_hledger(journal, *SOUND)
        found = held(book)
        assert nonzero(held_by_hledger(journal)) == nonzero(found)
        assert len(found) > 1000


@needs_hledger
@settings(max_examples=15)
@given(
    lives(),
    st.sampled_from([{}, {"until": "2025-01-15"}, {"since": "2024-12-20"}, {"currency": "GBP"}, {"donor": "GB"}]),
)
def test_any_book_and_any_part_of_it_balances_as_reported(empty_book, steps, filters):
    with book_of(empty_book, steps) as book:
        chosen = selection(**filters)
        journal = for_hledger(book, chosen)
        asked_of_hledger(journal, *SOUND)
        assert nonzero(held_by_hledger(journal)) == nonzero(held(book, chosen))


@needs_hledger
@each_book
def test_every_posting_of_the_register_is_there_once_and_in_its_place(books, name):
    journal = for_hledger(books[name])
    printed = sorted(rows_of_hledger(journal, "print"), key=lambda row: int(row["code"]))
    found = [
        (
            row["code"],
            row["date"],
            *map(from_hledger, row["account"].split(":")),
            row["commodity"],
            Fraction(row["amount"]),
        )
        for row in printed
    ]
    assert found == [
        (row["entry"], row["on"], row["stage"], row["donor"], row["pledge"], row["commodity"], Fraction(row["amount"]))
        for row in oracle.register(books[name])
    ]


# Texts


def said_by(journal: str) -> list[dict[str, Any]]:
    """Each transaction as hledger understood it."""
    found: list[dict[str, Any]] = json.loads(asked_of_hledger(journal, "print", "-O", "json"))
    return found


def of_texts(said: list[str]) -> str:
    """A journal with an entry for each of these texts, as its description and as a tag."""
    pounds = [Money(units, currency("GBP")) for units in (5, -5)]
    lines = [
        Line(Place(stage, "GB", "P"), amount)
        for stage, amount in zip((Stage.PLEDGED, Stage.UNDERTAKING), pounds, strict=True)
    ]
    entries = [
        Entry(number, "2025-03-02", "pledge", text, None, [("first", text), ("second", "told")], lines)
        for number, text in enumerate(said, 1)
    ]
    return "".join(hledger.journal(content(entries=entries)))


@needs_hledger
@settings(max_examples=10)
@given(st.lists(texts(), min_size=40, max_size=80))
def test_no_text_becomes_anything_but_text(said):
    check_texts(said)


@needs_hledger
def test_texts_that_break_careless_readers_are_only_texts():
    check_texts(list(TEXTS))


def check_texts(said: list[str]) -> None:
    found = said_by(of_texts(said))
    assert len(found) == len(said)
    for text, transaction in zip(said, found, strict=True):
        kind, _, told = transaction["tdescription"].partition(" | ")
        assert (kind, said_in_hledger(told)) == ("pledge", text)
        tags = dict(transaction["ttags"])
        assert {name: said_in_hledger(value) for name, value in tags.items()} == {"first": text, "second": "told"}
        assert [posting["paccount"] for posting in transaction["tpostings"]] == ["pledged:GB:P", "undertaking:GB:P"]
        assert transaction["tstatus"] == "Unmarked"


@needs_hledger
def test_the_kind_is_the_payee_and_the_number_the_code(books):
    journal = for_hledger(books["many currencies"])
    payees = asked_of_hledger(journal, "payees", "--used").split()
    rows = oracle.register(books["many currencies"])
    assert payees == sorted({row["kind"] for row in rows})
    number = rows[7]["entry"]
    posted = asked_of_hledger(journal, "register", f"code:^{number}$", "-O", "csv").splitlines()
    assert len(posted) - 1 == sum(row["entry"] == number for row in rows)


@needs_hledger
def test_each_citation_is_told_in_tags(books):
    journal = for_hledger(books["many currencies"])
    found = [dict(transaction["ttags"]) for transaction in said_by(journal)]
    cited = [tags for tags in found if "citation_2_title" in tags]
    assert cited
    assert said_in_hledger(cited[0]["citation_2_publisher"]) == "Кабінет, Міністрів"
    assert {"citation_url", "citation_quote", "citation_official", "citation_2_published"} <= set(cited[0])


# Prices


@needs_hledger
def test_prices_are_the_fixings_that_the_bank_published(books):
    rows = [line.split() for line in asked_of_hledger(for_hledger(books["many currencies"]), "prices").splitlines()]
    assert len(rows) > 50
    for _, day, base, value, code in rows:
        assert base == "EUR"
        assert Fraction(value) == Fraction(outsider.fixings()[day][code])


@needs_hledger
def test_what_is_posted_is_worth_as_much_as_by_the_fixing_of_its_day(books):
    book = books["everything"]
    valued = rows_of_hledger(for_hledger(book), "register", "--value=then,EUR", "pledged:", "-w", "1000")
    expected = [
        Fraction(row["amount"]) * (outsider.euros(row["commodity"], row["on"]) or 0)
        for row in oracle.register(book)
        if row["stage"] == "pledged" and outsider.euros(row["commodity"], row["on"])
    ]
    amounts = [Fraction(row["amount"].removesuffix(" EUR")) for row in valued if row["amount"].endswith(" EUR")]
    assert len(amounts) == len(expected)
    assert abs(sum(amounts, Fraction()) - sum(expected, Fraction())) < Fraction(len(expected), 100)


def test_a_book_s_own_rates_are_prices_from_the_first_day_of_their_period(books):
    with books["many currencies"].journal_for_others(rates=("ecb", BANK)) as journal:
        found = {(price.on, price.quote): price.value for price in journal.prices}
        assert found["2024-01-01", "KWD"] == "0.3329123456789012345678"
        assert found["2025-01-01", "KWD"] == "0.345"
        assert journal.unpriced == ["BHD"]  # whose only rate has no date
    with books["many currencies"].journal_for_others() as journal:
        assert journal.unpriced == ["BHD", "KWD", "UAH"]


# The file


@needs_hledger
def test_an_empty_book_is_a_journal_too(book):
    announce(book, "NO", title="Not disclosed")
    journal = for_hledger(book)
    assert asked_of_hledger(journal, *SOUND) == ""
    assert said_by(journal) == []


@needs_hledger
def test_days_long_past_and_the_largest_amounts_are_taken(book):
    announce(book, "GB", "92233720368547758.07 GBP", "9223372036854775807 JPY", on="1948-04-03", id="P")
    journal = for_hledger(book)
    asked_of_hledger(journal, *SOUND)
    assert held_by_hledger(journal) == held(book)


def test_the_same_book_gives_the_same_bytes(books):
    assert for_hledger(books["many currencies"]) == for_hledger(books["many currencies"])


def test_the_journal_is_as_documented(empty_book, tmp_path):
    with kept_small(empty_book, tmp_path) as small:
        assert as_golden(for_hledger(small), small) == GOLDEN.read_text(encoding="utf-8")
