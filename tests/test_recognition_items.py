"""Items and several commodities in one pledge, and the largest amounts there are."""

import pytest

from ledger.book import Book
from ledger.errors import AmountError, Shortage, UnknownRecord
from tests.world import (
    MISSILE,
    accounts,
    allocate,
    announce,
    call,
    cancel,
    commit,
    disburse,
    errors,
    forgive,
    measures,
    refuses,
    register_item,
    repay,
    stages,
)


@pytest.fixture
def missiles(book: Book) -> str:
    """A loan of 1.6bn pounds for 5,000 missiles."""
    register_item(book)
    return announce(book, "GB", "1600000000 GBP", f"at_least 5000 {MISSILE}", instrument="loan")


def test_items_move_on_the_same_stages_as_money(book: Book, missiles: str):
    commit(book, missiles, f"3000 {MISSILE}")
    allocate(book, missiles, f"2000 {MISSILE}")
    disburse(book, missiles, f"1000 {MISSILE}")
    cancel(book, missiles, f"500 {MISSILE}")
    repay(book, missiles, f"10 {MISSILE}")
    forgive(book, missiles, f"20 {MISSILE}")
    assert stages(book, missiles) == {
        "pledged": f"1600000000.00 GBP, 1500 {MISSILE}",
        "committed": f"1000 {MISSILE}",
        "allocated": f"1000 {MISSILE}",
        "disbursed": f"970 {MISSILE}",
        "repaid": f"10 {MISSILE}",
        "forgiven": f"20 {MISSILE}",
        "cancelled": f"500 {MISSILE}",
    }
    assert errors(book) == []


def test_a_guarantee_of_items_is_called(book: Book):
    register_item(book)
    pledge = announce(book, "GB", f"5 {MISSILE}", instrument="guarantee")
    call(book, pledge, f"2 {MISSILE}")
    assert stages(book, pledge) == {"pledged": f"3 {MISSILE}", "called": f"2 {MISSILE}"}


def test_items_and_money_are_never_added(book: Book, missiles: str):
    commit(book, missiles)
    assert stages(book, missiles) == {"committed": f"1600000000.00 GBP, 5000 {MISSILE}"}
    assert measures(book)["committed"] == "1600000000.00"
    assert measures(book, MISSILE) == {}


def test_one_step_moves_money_and_items(book: Book, missiles: str):
    disburse(book, missiles, "320000 GBP", f"1 {MISSILE}")
    assert stages(book, missiles)["disbursed"] == f"320000.00 GBP, 1 {MISSILE}"


def test_everything_else_goes_with_an_amount_that_is_named(book: Book, missiles: str):
    commit(book, missiles, f"10 {MISSILE}", everything=True)
    assert stages(book, missiles) == {
        "pledged": f"4990 {MISSILE}",
        "committed": f"1600000000.00 GBP, 10 {MISSILE}",
    }


def test_items_are_topped_up_as_money_is(book: Book, missiles: str):
    disburse(book, missiles, f"5001 {MISSILE}", top_up=True)
    assert accounts(book, missiles)["excess"] == f"-1 {MISSILE}"


def test_an_item_that_is_not_registered_is_refused(book: Book, missiles: str):
    with refuses(book, UnknownRecord, "'tank' is not a registered item", "aidledger item add tank NAME"):
        disburse(book, missiles, "1 tank", top_up=True)


def test_a_pledge_in_two_currencies_keeps_them_apart(book: Book):
    pledge = announce(book, "EU", "100 EUR", "50 USD")
    commit(book, pledge, "100 EUR")
    with refuses(book, Shortage, f"{pledge} has 50.00 USD left to commit (pledged 50.00 USD), not 51.00 USD"):
        commit(book, pledge, "51 USD")
    disburse(book, pledge)
    assert stages(book, pledge) == {"disbursed": "100.00 EUR, 50.00 USD"}


def test_a_total_may_be_beyond_64_bits_and_a_balance_may_not(book: Book):
    most = "92233720368547758.07 GBP"
    pledge = announce(book, "GB", most)
    announce(book, "FR", most)
    assert measures(book)["pledged"] == "184467440737095516.14"
    disburse(book, pledge)
    with refuses(book, AmountError, "92233720368547758.08 GBP is more than the ledger can hold"):
        disburse(book, pledge, "0.01 GBP", top_up=True)
    assert errors(book) == []
