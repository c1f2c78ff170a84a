"""The journal for Beancount: bean-check takes it, and bean-query comes to the ledger's own balances."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Commodity, Open, Price, Transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.formats.plaintext import beancount
from ledger.formats.plaintext.content import Account, Declared, Entry, Line, Place
from ledger.journal import Stage
from ledger.money import Money, currency, item
from tests import oracle, outsider
from tests.chance import book_of, lives
from tests.everything import filled, opened
from tests.hostile_texts import TEXTS
from tests.many_currencies import many_currencies
from tests.peers import (
    as_golden,
    beans_check,
    content,
    for_beancount,
    from_beancount,
    held,
    held_by_beancount,
    kept_small,
    rows_of_beancount,
)
from tests.strategies import texts
from tests.test_kiel_published import NAME, OCTOBER
from tests.world import Clock, announce, make_book, selection

GOLDEN = Path(__file__).parent / "golden" / "small.beancount"

each_book = pytest.mark.parametrize("name", ["everything", "many currencies"])


@pytest.fixture(scope="module")
def books(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Book]]:
    """A book in which everything has happened, and one of many currencies, only to be read."""
    folder = tmp_path_factory.mktemp("books")
    with opened(filled(empty_book, folder)) as full, opened(many_currencies(folder / "many.db")) as many:
        yield {"everything": full, "many currencies": many}


def loaded(journal: str) -> list[Any]:
    """The directives as Beancount understood them, with nothing to complain of."""
    found, complaints, _ = loader.load_string(journal)
    assert complaints == []
    return list(found)


def transactions(journal: str) -> list[Any]:
    return [each for each in loaded(journal) if isinstance(each, Transaction)]


def called(journal: str) -> Callable[[str], str]:
    """What a commodity is called in a journal, by what the journal itself says of its items."""
    items = {each.meta["code"]: each.currency for each in loaded(journal) if is_item(each)}
    return lambda code: items.get(code, code)


# Balances


@each_book
def test_every_account_has_the_balance_of_the_trial_balance(books, name, tmp_path):
    journal = for_beancount(books[name])
    found = held(books[name], code=called(journal))
    assert held_by_beancount(beans_check(journal, tmp_path)) == found
    assert len(found) > 30


@pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")
def test_the_tracker_s_book_has_the_same_balances(tmp_path):
    from ledger.formats.kiel.read import read

    with make_book(tmp_path / "book.db", Clock("2022-12-01")) as book:
        book.take_in(read(OCTOBER, NAME))
        journal = for_beancount(book)
        found = held(book, code=called(journal))
        assert held_by_beancount(beans_check(journal, tmp_path)) == found
        assert len(found) > 1000


@settings(max_examples=15)
@given(
    lives(),
    st.sampled_from([{}, {"until": "2025-01-15"}, {"since": "2024-12-20"}, {"currency": "GBP"}, {"donor": "GB"}]),
)
def test_any_book_and_any_part_of_it_balances_as_reported(empty_book, steps, filters):
    with book_of(empty_book, steps) as book:
        chosen = selection(**filters)
        found: dict[tuple[str, ...], Fraction] = {}
        for each in transactions(for_beancount(book, chosen)):
            for posting in each.postings:
                _, stage, *more = posting.account.split(":")
                account = (stage.lower(), *map(from_beancount, more), posting.units.currency)
                found[account] = found.get(account, Fraction()) + Fraction(posting.units.number)
        assert found == held(book, chosen)


@each_book
def test_every_posting_of_the_register_is_there_once_and_in_its_place(books, name):
    found = [
        (each.meta["entry"], str(each.date), each.payee, *place(posting.account), Fraction(posting.units.number))
        for each in sorted(transactions(for_beancount(books[name])), key=lambda each: each.meta["entry"])
        for posting in sorted(each.postings, key=lambda posting: posting.meta["lineno"])  # Beancount sorts by commodity
    ]
    rows = oracle.register(books[name])
    assert found == [
        (int(row["entry"]), row["on"], row["kind"], row["stage"], row["donor"], row["pledge"], Fraction(row["amount"]))
        for row in rows
    ]


def place(account: str) -> tuple[str, ...]:
    root, stage, *more = account.split(":")
    assert (root == "Liabilities") == (stage in {"Undertaking", "Excess"})
    assert (root == "Equity") == (stage in {"Paid", "Exchange"})
    return (stage.lower(), *map(from_beancount, more))


# Texts


def of_texts(said: list[str]) -> str:
    """A journal with an entry for each of these texts, as its narration and in its metadata."""
    pounds = [Money(units, currency("GBP")) for units in (5, -5)]
    places = [Place(stage, "GB", "P") for stage in (Stage.PLEDGED, Stage.UNDERTAKING)]
    lines = [Line(each, amount) for each, amount in zip(places, pounds, strict=True)]
    entries = [
        Entry(number, "2025-03-02", "pledge", text, None, [("first", text), ("second", "told")], lines)
        for number, text in enumerate(said, 1)
    ]
    accounts = [Account(each, "2025-03-02", (currency("GBP"),), [("title", said[0])]) for each in places]
    return "".join(beancount.journal(content(accounts=accounts, entries=entries)))


@settings(max_examples=20)
@given(st.lists(texts(), min_size=20, max_size=40))
def test_no_text_becomes_anything_but_text(said):
    check_texts(said)


def test_texts_that_break_careless_readers_are_only_texts():
    check_texts(list(TEXTS))


def check_texts(said: list[str]) -> None:
    found = transactions(of_texts(said))
    assert [each.narration for each in found] == said
    for text, each in zip(said, found, strict=True):
        assert (each.payee, each.meta["first"], each.meta["second"], each.tags) == ("pledge", text, "told", frozenset())
        assert [posting.account for posting in each.postings] == ["Assets:Pledged:GB:P", "Liabilities:Undertaking:GB:P"]


def test_facts_and_citations_come_back_as_they_were_told(books):
    book = books["many currencies"]
    rows = {int(row["entry"]): row for row in reversed(oracle.register(book))}  # the first row of each entry
    found = transactions(for_beancount(book))
    assert len(found) == len(rows)
    for each in found:
        row = rows[each.meta["entry"]]
        told = {name: each.meta.get(name) or "" for name in ("recorded_at", "citation_url", "citation_quote", "origin")}
        assert told == {name: row[name] for name in told}
        assert each.narration.endswith(row["note"])
        assert each.links >= {f"entry-{row['entry']}"} | ({f"entry-{row['reverses']}"} if row["reverses"] else set())
    titles = {row["pledge"]: row["title"] for row in oracle.register(book)}
    accounts = [each for each in loaded(for_beancount(book)) if isinstance(each, Open)]
    assert {place(each.account)[-1] for each in accounts} == set(titles)
    for each in accounts:
        assert each.meta.get("title", "") == titles[place(each.account)[-1]]


# Commodities and prices


def test_each_item_is_declared_with_its_own_code_and_name(books):
    found = {each.meta["code"]: each for each in loaded(for_beancount(books["many currencies"])) if is_item(each)}
    assert {code: each.currency for code, each in found.items()} == {
        "air-defence-missile": "AIR-DEFENCE-MISSILE",
        "shell.155-mm_era2": "SHELL.155-MM_ERA2",
    }
    assert found["air-defence-missile"].meta["name"] == 'Missile, "air defence"; «ракета»'


def is_item(each: object) -> bool:
    return isinstance(each, Commodity) and "code" in each.meta


@pytest.mark.parametrize("code", ["true", "null", "155mm-shell", "x-155mm-shell", "txn.open", f"a{'1-a' * 21}"])
def test_items_of_any_code_are_commodities(code):
    places = [Place(stage, "GB", "P") for stage in (Stage.PLEDGED, Stage.UNDERTAKING)]
    lines = [Line(each, Money(units, item(code))) for each, units in zip(places, (5, -5), strict=True)]
    journal = beancount.journal(
        content(
            commodities=[Declared(item(code), "An item")],
            accounts=[Account(each, "2025-03-02", (item(code),), ()) for each in places],
            entries=[Entry(2, "2025-03-02", "pledge", "", None, (), lines)],
        )
    )
    [declared, *_] = [each for each in loaded("".join(journal)) if is_item(each)]
    assert (declared.meta["code"], declared.meta["name"]) == (code, "An item")


def test_prices_are_the_fixings_that_the_bank_published(books):
    prices = [each for each in loaded(for_beancount(books["many currencies"])) if isinstance(each, Price)]
    assert len(prices) > 50
    for each in prices:
        assert each.currency == "EUR"
        published = Decimal(outsider.fixings()[str(each.date)][each.amount.currency])
        assert each.amount.number == published


# The file


def test_an_empty_book_is_a_journal_too(book, tmp_path):
    announce(book, "NO", title="Not disclosed")
    path = beans_check(for_beancount(book), tmp_path)
    assert held_by_beancount(path) == {}


def test_days_long_past_and_the_largest_amounts_are_taken(book, tmp_path):
    announce(book, "GB", "92233720368547758.07 GBP", "9223372036854775807 JPY", on="1948-04-03", id="P")
    path = beans_check(for_beancount(book), tmp_path)
    assert held_by_beancount(path) == held(book)
    [first, *_] = rows_of_beancount(path, "SELECT date, account")
    assert date.fromisoformat(first["date"]) == date(1948, 4, 3)


def test_an_account_takes_the_commodities_that_it_was_opened_for(book):
    announce(book, "GB", "100 GBP", "50 USD", on="2025-03-02", id="P")
    accounts = [each for each in loaded(for_beancount(book)) if isinstance(each, Open)]
    assert {each.account: each.currencies for each in accounts} == {
        "Assets:Pledged:GB:P": ["GBP", "USD"],
        "Liabilities:Undertaking:GB:P": ["GBP", "USD"],
    }


def test_the_same_book_gives_the_same_bytes(books):
    assert for_beancount(books["many currencies"]) == for_beancount(books["many currencies"])


def test_the_journal_is_as_documented(empty_book, tmp_path):
    with kept_small(empty_book, tmp_path) as small:
        assert as_golden(for_beancount(small), small) == GOLDEN.read_text(encoding="utf-8")
