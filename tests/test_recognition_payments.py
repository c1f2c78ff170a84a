"""Payments: repaid, forgiven, called, and paid in another currency."""

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal, Shortage
from tests.world import (
    accounts,
    announce,
    call,
    cancel,
    commit,
    disburse,
    entries,
    errors,
    forgive,
    last_number,
    measures,
    refuses,
    repay,
    reverse,
    revise,
    stages,
)


@pytest.fixture
def pledge(book: Book) -> str:
    """A loan of 100, of which 40 are pledged and 60 committed."""
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "60 GBP")
    return pledge


def test_a_grant_is_refunded(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "80 GBP")
    repay(book, pledge, "30 GBP")
    assert stages(book, pledge) == {"pledged": "20.00 GBP", "disbursed": "50.00 GBP", "repaid": "30.00 GBP"}
    assert measures(book) == {
        "pledged": "100.00",
        "committed": "80.00",
        "allocated": "80.00",
        "disbursed": "80.00",
        "repaid": "30.00",
        "outstanding": "20.00",
    }


def test_a_loan_is_partly_forgiven_and_what_is_owed_falls(book: Book, pledge: str):
    disburse(book, pledge, "80 GBP")
    forgive(book, pledge, "30 GBP")
    repay(book, pledge, "10 GBP")
    assert stages(book, pledge) == {
        "pledged": "20.00 GBP",
        "disbursed": "40.00 GBP",
        "repaid": "10.00 GBP",
        "forgiven": "30.00 GBP",
    }
    assert measures(book)["owed"] == "40.00"
    assert measures(book)["disbursed"] == "80.00"


def test_no_more_comes_back_or_is_forgiven_than_is_owed(book: Book, pledge: str):
    disburse(book, pledge, "80 GBP")
    with refuses(book, Shortage, f"{pledge} has 80.00 GBP left to repay (disbursed 80.00 GBP), not 81.00 GBP"):
        repay(book, pledge, "81 GBP")
    repay(book, pledge, "80 GBP")
    with refuses(book, Shortage, f"{pledge} has 0.00 GBP left to forgive (disbursed 0.00 GBP), not 0.01 GBP"):
        forgive(book, pledge, "0.01 GBP")


@pytest.mark.parametrize(
    ("instrument", "step", "words"),
    [
        ("grant", forgive, "a grant has no step 'forgive': its steps are allocate, cancel, commit, disburse, repay"),
        ("in_kind", call, "an in_kind has no step 'call'"),
        ("loan", call, "a loan has no step 'call'"),
        ("guarantee", disburse, "a guarantee has no step 'disburse': its steps are allocate, call, cancel,"),
        ("interest_subsidy", forgive, "an interest_subsidy has no step 'forgive'"),
    ],
)
def test_an_instrument_refuses_a_step_it_does_not_have(book: Book, instrument, step, words):
    pledge = announce(book, "GB", "100 GBP", instrument=instrument)
    with refuses(book, Refusal, words):
        step(book, pledge, "1 GBP")


def test_a_guarantee_is_called_recovered_and_written_off(book: Book):
    pledge = announce(book, "US", "100 USD", instrument="guarantee", stage="committed")
    call(book, pledge, "60 USD")
    repay(book, pledge, "10 USD")
    forgive(book, pledge, "20 USD")
    assert stages(book, pledge) == {
        "committed": "40.00 USD",
        "called": "30.00 USD",
        "repaid": "10.00 USD",
        "forgiven": "20.00 USD",
    }
    assert measures(book, "USD") == {
        "pledged": "100.00",
        "committed": "100.00",
        "allocated": "60.00",
        "disbursed": "60.00",
        "called": "60.00",
        "repaid": "10.00",
        "forgiven": "20.00",
        "outstanding": "40.00",
        "owed": "30.00",
    }


@pytest.fixture
def guarantee(book: Book) -> str:
    """A guarantee with a face of 3bn dollars and an exposure of up to 5.6bn."""
    return announce(book, "US", "3000000000 USD", instrument="guarantee", max_exposure="5600000000 USD")


def test_a_guarantee_is_called_beyond_its_face_and_the_rest_is_topped_up(book: Book, guarantee: str):
    call(book, guarantee, "5600000000 USD")
    assert stages(book, guarantee) == {"called": "5600000000.00 USD"}
    assert accounts(book, guarantee)["undertaking"] == "-3000000000.00 USD"
    assert accounts(book, guarantee)["excess"] == "-2600000000.00 USD"
    assert measures(book, "USD")["top_up"] == "2600000000.00"
    assert errors(book) == []


def test_a_guarantee_is_called_in_parts_up_to_its_exposure_and_not_beyond(book: Book, guarantee: str):
    call(book, guarantee, "2900000000 USD")
    call(book, guarantee, "2000000000 USD")
    assert accounts(book, guarantee)["excess"] == "-1900000000.00 USD"
    words = ("0.00 USD left to call", "not 700000000.01 USD", "its exposure is at most 5600000000.00 USD")
    with refuses(book, Shortage, guarantee, *words):
        call(book, guarantee, "700000000.01 USD")
    repay(book, guarantee, "1000000000 USD")
    call(book, guarantee, "700000000 USD")
    assert measures(book, "USD")["called"] == "5600000000.00"


def test_an_explicit_top_up_does_not_lead_beyond_the_exposure_either(book: Book, guarantee: str):
    words = f"{guarantee} may be called for 5600000000.00 USD in all; 0.00 USD was called before"
    with refuses(book, Refusal, words, "so not 5600000000.01 USD more"):
        call(book, guarantee, "5600000000.01 USD", top_up=True)


def test_a_face_that_grew_beyond_the_exposure_is_not_called_beyond_it(book: Book, guarantee: str):
    revise(book, guarantee, "6000000000 USD")
    with refuses(book, Refusal, f"{guarantee} may be called for 5600000000.00 USD in all"):
        call(book, guarantee, "5600000000.01 USD")
    call(book, guarantee, "5600000000 USD")
    assert stages(book, guarantee) == {"pledged": "400000000.00 USD", "called": "5600000000.00 USD"}


def test_a_guarantee_without_a_stated_exposure_is_called_up_to_its_face(book: Book):
    pledge = announce(book, "US", "100 USD", instrument="guarantee")
    with refuses(book, Shortage, f"{pledge} has 100.00 USD left to call", "--top-up"):
        call(book, pledge, "100.01 USD")
    call(book, pledge, "100 USD")
    assert stages(book, pledge) == {"called": "100.00 USD"}


def test_a_call_from_one_stage_that_is_said_stays_within_it(book: Book, guarantee: str):
    commit(book, guarantee, "10 USD")
    with refuses(book, Shortage, f"{guarantee} has 10.00 USD left to call (committed 10.00 USD), not 11.00 USD"):
        call(book, guarantee, "11 USD", only="committed")


# Paid in another currency


def test_50m_of_100m_pounds_paid_as_59_5m_euros_leaves_50m_outstanding_and_euros_in_no_total(book: Book):
    pledge = announce(book, "GB", "100000000 GBP", stage="committed")
    disburse(book, pledge, "50000000 GBP", paid="59500000 EUR")
    assert measures(book)["outstanding"] == "50000000.00"
    assert measures(book, "EUR") == {}
    assert stages(book, pledge) == {"committed": "50000000.00 GBP", "disbursed": "50000000.00 GBP"}
    assert accounts(book, pledge)["paid"] == "59500000.00 EUR"
    assert accounts(book, pledge)["exchange"] == "-59500000.00 EUR"
    assert entries(book)[-1].facts == {"paid": "59500000.00 EUR"}


def test_what_came_back_in_another_currency_is_kept_the_other_way_round(book: Book, pledge: str):
    disburse(book, pledge, "50 GBP", paid="60 EUR")
    repay(book, pledge, "10 GBP", paid="13 EUR")
    assert accounts(book, pledge)["paid"] == "47.00 EUR"
    assert accounts(book, pledge)["exchange"] == "-47.00 EUR"


def test_a_payment_with_its_memorandum_is_reversed_whole(book: Book, pledge: str):
    disburse(book, pledge, "50 GBP", paid="60 EUR")
    reverse(book, last_number(book))
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert "paid" not in accounts(book, pledge)


@pytest.mark.parametrize("amounts", [("50 GBP",), ()], ids=["an amount", "everything"])
def test_what_was_paid_is_in_another_currency_than_what_moves(book: Book, pledge: str, amounts):
    with refuses(book, InputError, "--at is for what was paid in another currency than GBP"):
        disburse(book, pledge, *amounts, paid="60 GBP")


@pytest.mark.parametrize(
    ("step", "paid", "words"),
    [
        (commit, "5 EUR", "--at says what was really paid: it goes with disburse, call and repay, not commit"),
        (cancel, "5 EUR", "it goes with disburse, call and repay, not cancel"),
        (forgive, "5 EUR", "it goes with disburse, call and repay, not forgive"),
        (disburse, "0 EUR", "--at must be more than nothing, not 0.00 EUR"),
        (disburse, "-5 EUR", "--at must be more than nothing, not -5.00 EUR"),
        (disburse, "5 tank", "--at is an amount of money, not of tank"),
    ],
)
def test_what_was_paid_is_an_amount_of_money_of_a_payment(book: Book, pledge: str, step, paid, words):
    with refuses(book, InputError, words):
        step(book, pledge, "5 GBP", paid=paid)
