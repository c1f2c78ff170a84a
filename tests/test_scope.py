"""Selections: each filter, and any of them together, keep exactly what the register shows they should."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import InputError, LedgerError, UnknownRecord
from ledger.selection import Contingent, Selection
from tests import oracle
from tests.everything import filled, opened
from tests.world import MISSILE, announce, cancel, measures, records, refused, register_item, selection

DONORS = ("GB", "DE", "FR", "NO")
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 3, 5))


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


def some(*codes: str) -> st.SearchStrategy[tuple[str, ...]]:
    """None of these, which is all, or some of them."""
    return st.just(()) | st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True).map(tuple)


selections = st.builds(
    Selection,
    donor=some(*DONORS),
    recipient=some("UA", "MD"),
    purpose=some("military", "financial", "humanitarian"),
    instrument=some("grant", "loan", "guarantee"),
    source=some("era", "ukef", "budget"),
    pledge=some("GB-2025-0001", "GB-2025-0002", "DE-2025-0001", "FR-2025-0001"),
    currency=some("GBP", "EUR", "USD", MISSILE),
    since=DAYS,
    until=DAYS,
    as_of=DAYS,
    contingent=st.sampled_from(Contingent),
)


@settings(max_examples=40)
@given(chosen=selections, by=st.sampled_from([(), ("donor",), ("month", "instrument"), ("pledge",)]))
def test_any_selection_keeps_exactly_the_postings_that_it_says(full, chosen, by):
    rows = oracle.register(full)
    kept = list(filter(oracle.keeping(chosen), rows))
    assert oracle.register(full, chosen) == kept
    assert oracle.reported(records(full.totals(chosen, by=by)), by) == oracle.totals(kept, by)
    accounts = {(row["pledge"], row["stage"], row["commodity"]) for row in kept}
    balances = records(full.trial_balance(chosen))
    assert {(row["pledge"], row["stage"], row["commodity"]) for row in balances} == accounts


@settings(max_examples=30)
@given(chosen=selections)
def test_any_selection_lists_the_entries_that_touch_what_it_selects(full, chosen):
    listed = {str(row["entry"]) for row in records(full.journal(chosen))}
    assert {row["entry"] for row in oracle.register(full, chosen)} <= listed
    assert listed <= {str(row["entry"]) for row in records(full.journal())}


def test_nothing_selected_is_everything(full):
    assert oracle.register(full, Selection()) == oracle.register(full)
    assert len(oracle.register(full)) == sum(len(entry) for entry in _postings_of_entries(full))


def _postings_of_entries(book: Book) -> Iterator[list[dict[str, str | None]]]:
    for row in records(book.journal()):
        yield [each for each in records(book.entry(int(str(row["entry"])))) if each["section"] == "posting"]


def test_the_last_day_is_the_earlier_of_until_and_as_of():
    first, second = date(2025, 3, 1), date(2025, 3, 2)
    assert Selection(until=second, as_of=first).last_day == first
    assert Selection(until=first, as_of=second).last_day == first
    assert Selection(until=first).last_day == Selection(as_of=first).last_day == first
    assert Selection().last_day is None


@pytest.mark.parametrize(
    ("filters", "kind", "words"),
    [
        ({"donor": "XX"}, UnknownRecord, "'XX' is neither a country"),
        ({"recipient": "Ukraine"}, UnknownRecord, "'Ukraine' is neither a country"),
        ({"source": "lottery"}, UnknownRecord, "'lottery' is not a registered funding source"),
        ({"pledge": "GB-1999-0001"}, UnknownRecord, "there is no pledge 'GB-1999-0001' in this book"),
        ({"group": "G77"}, UnknownRecord, "'G77' has no members in this book"),
        ({"currency": "QQQ"}, InputError, "'QQQ' is not an ISO 4217 currency code"),
        ({"currency": "tank"}, UnknownRecord, "'tank' is not a registered item"),
    ],
)
def test_a_filter_on_what_the_book_does_not_know_is_refused_not_empty(
    full, filters: dict[str, str], kind: type[LedgerError], words: str
):
    for report in (full.totals, full.pipeline, full.trial_balance, full.pledges, full.journal):
        with refused(kind, words):
            report(selection(**filters))


def test_a_filter_on_a_currency_leaves_the_other_currencies_of_a_pledge_out(book):
    register_item(book)
    announce(book, "GB", "1 GBP", "2 EUR", f"3 {MISSILE}")
    assert measures(book, "EUR", currency="EUR") == {"pledged": "2.00", "outstanding": "2.00"}
    assert measures(book, "GBP", currency="EUR") == {}
    held = records(book.trial_balance(selection(currency=("GBP", MISSILE))))
    assert [row["commodity"] for row in held] == ["GBP", "GBP", MISSILE, MISSILE]


def test_the_days_of_a_selection_are_those_of_the_events_and_not_of_their_pledges(book):
    pledge = announce(book, "GB", "100 GBP", on="2024-01-01")
    cancel(book, pledge, "5 GBP", on="2025-01-01")
    assert measures(book, since="2025-01-01") == {"pledged": "-5.00", "cancelled": "5.00", "outstanding": "-5.00"}
    assert measures(book, until="2024-12-31") == {"pledged": "100.00", "outstanding": "100.00"}


def test_several_codes_of_one_filter_widen_it_and_several_filters_narrow_it(book):
    for donor, instrument in (("GB", "grant"), ("GB", "loan"), ("FR", "loan")):
        announce(book, donor, "1 GBP", instrument=instrument)
    assert measures(book, donor=("GB", "FR"))["pledged"] == "3.00"
    assert measures(book, donor="GB")["pledged"] == "2.00"
    assert measures(book, donor=("GB", "FR"), instrument="loan")["pledged"] == "2.00"
    assert measures(book, donor="FR", instrument="grant") == {}
