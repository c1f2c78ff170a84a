"""Moves: what each step takes, from where, and what it refuses."""

import pytest

from ledger.book import Book
from ledger.errors import AmountError, InputError, Refusal, Shortage, UnknownRecord
from tests.world import (
    accounts,
    allocate,
    announce,
    cancel,
    commit,
    disburse,
    entries,
    forgive,
    measures,
    refuses,
    repay,
    stages,
)


@pytest.fixture
def pledge(book: Book) -> str:
    """A loan of 100, of which 40 are pledged and 60 committed."""
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "60 GBP")
    return pledge


def shown(book: Book) -> list[str]:
    """The postings of the last entry, as they are shown."""
    return [f"{posting.stage} {posting.amount}" for posting in entries(book)[-1].postings]


def test_a_commitment_debits_committed_and_credits_pledged(book: Book, pledge: str):
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert accounts(book, pledge)["undertaking"] == "-100.00 GBP"
    assert shown(book) == ["committed 60.00 GBP", "pledged -60.00 GBP"]


def test_a_step_without_an_amount_takes_everything_that_is_there(book: Book, pledge: str):
    commit(book, pledge)
    assert stages(book, pledge) == {"committed": "100.00 GBP"}


def test_a_forward_step_that_skips_stages_draws_from_the_nearest_first_and_shows_each_posting(book: Book, pledge: str):
    allocate(book, pledge, "20 GBP")
    disburse(book, pledge, "70 GBP")
    assert stages(book, pledge) == {"pledged": "30.00 GBP", "disbursed": "70.00 GBP"}
    assert shown(book) == ["disbursed 70.00 GBP", "allocated -20.00 GBP", "committed -40.00 GBP", "pledged -10.00 GBP"]


def test_an_allocation_takes_what_is_committed_before_what_is_pledged(book: Book, pledge: str):
    allocate(book, pledge, "70 GBP")
    assert stages(book, pledge) == {"pledged": "30.00 GBP", "allocated": "70.00 GBP"}


def test_cancelling_50_of_40_pledged_and_60_committed_leaves_50_committed(book: Book, pledge: str):
    cancel(book, pledge, "50 GBP")
    assert stages(book, pledge) == {"committed": "50.00 GBP", "cancelled": "50.00 GBP"}
    assert shown(book) == ["cancelled 50.00 GBP", "pledged -40.00 GBP", "committed -10.00 GBP"]
    assert measures(book) == {
        "pledged": "50.00",
        "committed": "50.00",
        "cancelled": "50.00",
        "outstanding": "50.00",
    }


def test_cancelling_takes_the_least_firm_first_up_to_what_is_allocated(book: Book, pledge: str):
    allocate(book, pledge, "30 GBP")
    cancel(book, pledge, "90 GBP")
    assert stages(book, pledge) == {"allocated": "10.00 GBP", "cancelled": "90.00 GBP"}


def test_what_was_paid_cannot_be_cancelled(book: Book, pledge: str):
    disburse(book, pledge, "90 GBP")
    with refuses(book, Shortage, f"{pledge} has 10.00 GBP left to cancel", "pledged 10.00 GBP, committed 0.00 GBP"):
        cancel(book, pledge, "20 GBP")


@pytest.mark.parametrize(
    ("step", "only", "left"),
    [
        (disburse, "pledged", {"pledged": "10.00 GBP", "committed": "60.00 GBP", "disbursed": "30.00 GBP"}),
        (cancel, "committed", {"pledged": "40.00 GBP", "committed": "30.00 GBP", "cancelled": "30.00 GBP"}),
        (allocate, "pledged", {"pledged": "10.00 GBP", "committed": "60.00 GBP", "allocated": "30.00 GBP"}),
    ],
)
def test_the_stage_to_draw_from_can_be_said(book: Book, pledge: str, step, only, left):
    step(book, pledge, "30 GBP", only=only)
    assert stages(book, pledge) == left


def test_the_one_stage_that_is_said_must_hold_enough(book: Book, pledge: str):
    with refuses(book, Shortage, f"{pledge} has 40.00 GBP left to disburse (pledged 40.00 GBP), not 41.00 GBP"):
        disburse(book, pledge, "41 GBP", only="pledged")
    with refuses(book, InputError, "--from disbursed: cancel draws from pledged, committed, allocated only"):
        cancel(book, pledge, "1 GBP", only="disbursed")


def test_everything_of_the_one_stage_that_is_said_is_taken(book: Book, pledge: str):
    cancel(book, pledge, only="committed")
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "cancelled": "60.00 GBP"}


def test_a_step_takes_no_more_than_is_there_and_the_refusal_says_what_is_by_stage(book: Book, pledge: str):
    allocate(book, pledge, "10 GBP")
    words = "100.00 GBP left to disburse (allocated 10.00 GBP, committed 50.00 GBP, pledged 40.00 GBP), not 100.01 GBP"
    with refuses(book, Shortage, f"{pledge} has {words}", "--top-up records what goes beyond the promise"):
        disburse(book, pledge, "100.01 GBP")
    with refuses(book, Shortage, f"{pledge} has 40.00 GBP left to commit (pledged 40.00 GBP), not 41.00 GBP"):
        commit(book, pledge, "41 GBP")


def test_what_is_there_is_judged_on_all_entries_whatever_their_dates(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-03-01")
    disburse(book, pledge, "80 GBP", on="2025-06-01")
    with refuses(book, Shortage, "20.00 GBP left to disburse"):
        disburse(book, pledge, "30 GBP", on="2025-04-01")


@pytest.mark.parametrize("amount", ["0 GBP", "-5 GBP"])
def test_a_step_moves_more_than_nothing(book: Book, pledge: str, amount):
    with refuses(book, InputError, "an amount must be more than nothing, not "):
        disburse(book, pledge, amount)


def test_a_step_names_each_currency_once(book: Book, pledge: str):
    with refuses(book, InputError, f"disburse {pledge}: the same currency or item is given twice"):
        disburse(book, pledge, "5 GBP", "6 GBP")


def test_a_currency_that_was_never_promised_is_not_there(book: Book, pledge: str):
    with refuses(book, Shortage, f"{pledge} has 0.00 EUR left to disburse", "not 5.00 EUR"):
        disburse(book, pledge, "5 EUR")


def test_an_amount_too_precise_or_beyond_64_bits_never_becomes_a_step(book: Book, pledge: str):
    with refuses(book, AmountError, "0.001 GBP is too precise"):
        disburse(book, pledge, "0.001 GBP")
    with refuses(book, AmountError, "more than the ledger can hold"):
        disburse(book, pledge, "92233720368547758.08 GBP", top_up=True)


def test_a_step_on_a_pledge_that_is_not_there_is_refused(book: Book):
    with refuses(book, UnknownRecord, "there is no pledge 'GB-2025-0009' in this book", "aidledger pledge list"):
        commit(book, "GB-2025-0009", "1 GBP")


def test_nothing_is_left_to_move_of_a_pledge_that_is_done(book: Book, pledge: str):
    disburse(book, pledge)
    with refuses(book, Shortage, f"{pledge} has nothing left to commit (pledged 0.00 GBP)"):
        commit(book, pledge)


# Topped up


@pytest.mark.parametrize(("step", "reached"), [(commit, "committed"), (allocate, "allocated"), (disburse, "disbursed")])
def test_what_goes_beyond_the_promise_is_topped_up_against_excess_and_not_undertaking(book: Book, step, reached):
    pledge = announce(book, "GB", "100 GBP")
    step(book, pledge, "130 GBP", top_up=True)
    assert stages(book, pledge) == {reached: "130.00 GBP"}
    assert accounts(book, pledge)["undertaking"] == "-100.00 GBP"
    assert accounts(book, pledge)["excess"] == "-30.00 GBP"
    assert (measures(book)["pledged"], measures(book)["top_up"]) == ("130.00", "30.00")


def test_a_top_up_covers_the_shortage_only_and_shows_it(book: Book, pledge: str):
    disburse(book, pledge, "110 GBP", top_up=True)
    assert shown(book) == [
        "pledged 10.00 GBP",
        "excess -10.00 GBP",
        "disbursed 110.00 GBP",
        "committed -60.00 GBP",
        "pledged -40.00 GBP",
        "pledged -10.00 GBP",
    ]


def test_a_top_up_that_is_not_needed_changes_nothing(book: Book, pledge: str):
    disburse(book, pledge, "100 GBP", top_up=True)
    assert accounts(book, pledge) == {"undertaking": "-100.00 GBP", "disbursed": "100.00 GBP"}


def test_a_top_up_may_be_in_a_currency_that_was_never_promised(book: Book, pledge: str):
    disburse(book, pledge, "5 EUR", top_up=True)
    assert measures(book, "EUR") == {
        "pledged": "5.00",
        "committed": "5.00",
        "allocated": "5.00",
        "disbursed": "5.00",
        "top_up": "5.00",
        "owed": "5.00",
    }


def test_what_was_topped_up_of_the_one_stage_that_is_said_leaves_the_others_alone(book: Book, pledge: str):
    allocate(book, pledge, "70 GBP", only="committed", top_up=True)
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "allocated": "70.00 GBP"}
    assert accounts(book, pledge)["excess"] == "-10.00 GBP"


@pytest.mark.parametrize(("kind", "step"), [("cancel", cancel), ("repay", repay), ("forgive", forgive)])
def test_only_forward_steps_are_topped_up(book: Book, pledge: str, kind, step):
    with refuses(book, InputError, f"--top-up goes with commit, allocate, disburse and call, not {kind}"):
        step(book, pledge, "500 GBP", top_up=True)


# Undisclosed, and options that go with other steps


def test_a_step_on_a_pledge_of_undisclosed_value_needs_an_amount_and_a_top_up(book: Book):
    pledge = announce(book, "GB")
    with refuses(book, Shortage, f"{pledge} has nothing left to disburse (its value is undisclosed)"):
        disburse(book, pledge)
    with refuses(book, Shortage, f"{pledge} has 0.00 GBP left to disburse", "--top-up"):
        disburse(book, pledge, "5 GBP")
    disburse(book, pledge, "5 GBP", top_up=True)
    assert accounts(book, pledge) == {"excess": "-5.00 GBP", "disbursed": "5.00 GBP"}


@pytest.mark.parametrize(("kind", "step"), [("commit", commit), ("disburse", disburse), ("repay", repay)])
def test_only_what_is_cancelled_is_returned(book: Book, pledge: str, kind, step):
    words = f"--return gives cancelled money back to a facility: it goes with cancel, not {kind}"
    with refuses(book, InputError, words):
        step(book, pledge, "5 GBP", to_parent=True)


def test_only_a_pledge_with_a_facility_returns_to_it(book: Book, pledge: str):
    with refuses(book, Refusal, f"{pledge} draws on no facility, so there is nothing to --return to"):
        cancel(book, pledge, "5 GBP", to_parent=True)
