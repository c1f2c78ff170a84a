"""What a publisher stated too high is taken back, in part or in whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.book import Book, Recorded
from ledger.errors import InputError, Refusal, Shortage
from ledger.pledge import MoveKind
from ledger.recognition import steps
from tests.world import (
    accounts,
    allocate,
    announce,
    commit,
    disburse,
    entries,
    errors,
    measures,
    money,
    refuses,
    repay,
    reverse,
)


def correct(book: Book, kind: str, pledge: str, *amounts: str) -> Recorded:
    said = tuple(map(money, amounts))
    return book.record(steps.Correct(kind=MoveKind(kind), pledge=pledge, amounts=said))


def new_money(book: Book, kind: str, pledge: str, amount: str, **how: Any) -> Recorded:
    return book.record(steps.Move(kind=MoveKind(kind), pledge=pledge, amounts=(money(amount),), new_money=True, **how))


def test_a_commitment_of_new_money_promises_what_was_not_pledged(book: Book):
    pledge = announce(book, "GB", "30 GBP")
    new_money(book, "commit", pledge, "100 GBP")
    assert accounts(book, pledge) == {"committed": "100.00 GBP", "undertaking": "-100.00 GBP"}
    assert "top_up" not in measures(book)


def test_new_money_is_for_steps_forward_only(book: Book):
    pledge = announce(book, "GB", "30 GBP")
    with refuses(book, InputError, "new money goes with commit, allocate, disburse and call, not cancel"):
        new_money(book, "cancel", pledge, "10 GBP")
    with refuses(book, InputError, "not commit or --top-up"):
        new_money(book, "commit", pledge, "10 GBP", top_up=True)


def test_a_commitment_that_was_too_high_makes_the_promise_smaller(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    correct(book, "commit", pledge, "20 GBP")
    assert accounts(book, pledge) == {"committed": "80.00 GBP", "undertaking": "-80.00 GBP"}


def test_what_was_paid_of_a_commitment_that_was_too_high_stands_beyond_the_promise(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    disburse(book, pledge, "100 GBP")
    correct(book, "commit", pledge, "20 GBP")
    assert accounts(book, pledge) == {"disbursed": "100.00 GBP", "undertaking": "-80.00 GBP", "excess": "-20.00 GBP"}
    assert measures(book)["top_up"] == "20.00"
    correct(book, "disburse", pledge, "20 GBP")
    assert accounts(book, pledge) == {"disbursed": "80.00 GBP", "undertaking": "-80.00 GBP"}


def test_what_was_disbursed_too_high_stands_committed_again(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    allocate(book, pledge, "100 GBP")
    disburse(book, pledge, "60 GBP")
    correct(book, "disburse", pledge, "25 GBP")
    assert accounts(book, pledge)["disbursed"] == "35.00 GBP"
    assert accounts(book, pledge)["committed"] == "25.00 GBP"


def test_what_was_repaid_too_high_is_owed_again(book: Book):
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    disburse(book, pledge, "100 GBP")
    repay(book, pledge, "40 GBP")
    correct(book, "repay", pledge, "15 GBP")
    assert measures(book)["owed"] == "75.00"


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [
        ("disburse", "61 GBP", "holds 60.00 GBP disbursed, so disburse 61.00 GBP cannot be taken back"),
        ("commit", "71 GBP", "has 70.00 GBP of its promise committed, so commit 71.00 GBP cannot be taken back"),
        ("repay", "1 GBP", "holds 0.00 GBP repaid"),
    ],
)
def test_no_more_is_taken_back_than_was_recorded(book: Book, kind: str, amount: str, words: str):
    pledge = announce(book, "GB", "100 GBP")
    commit(book, pledge, "70 GBP")
    disburse(book, pledge, "60 GBP")
    with refuses(book, Shortage, words):
        correct(book, kind, pledge, amount)


def test_a_correction_gives_one_amount_for_each_currency(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    for amounts in ((), ("1 GBP", "2 GBP"), ("0 GBP",)):
        with refuses(book, InputError, "give one amount above nothing for each currency or item"):
            correct(book, "commit", pledge, *amounts)
    with refuses(book, Refusal, "a grant has no step 'call'"):
        correct(book, "call", pledge, "1 GBP")


def test_a_correction_can_be_reversed_like_any_entry(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    before = accounts(book, pledge)
    number = correct(book, "commit", pledge, "20 GBP").entry.number
    reverse(book, number)
    assert accounts(book, pledge) == before


# each example has a pledge of its own
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=st.lists(st.tuples(st.sampled_from(["commit", "disburse"]), st.integers(-30, 40)), max_size=12))
def test_figures_of_either_sign_add_up_to_what_is_left(book: Book, figures: list[tuple[str, int]]):
    """As IATI states them: the measures are plain sums of what could be recorded."""
    pledge = announce(book, "GB")
    sums = {"commit": 0, "disburse": 0}
    for kind, units in figures:
        try:
            if units < 0:
                correct(book, kind, pledge, f"{-units} GBP")
            elif units:
                how = {"new_money": True} if kind == "commit" else {"top_up": True}
                book.record(
                    steps.Move(kind=MoveKind(kind), pledge=pledge, amounts=(money(f"{units} GBP"),), **how)  # type: ignore[arg-type]
                )
        except Shortage:
            continue
        sums[kind] += units
    held = accounts(book, pledge)
    disbursed = held.get("disbursed", "0.00 GBP")
    assert disbursed == f"{sums['disburse']}.00 GBP"
    promised = held.get("undertaking", "-0.00 GBP")
    assert promised in {f"-{sums['commit']}.00 GBP", "-0.00 GBP"}
    assert errors(book) == []
    assert all(sum(posting.amount.units for posting in entry.postings) == 0 for entry in entries(book)[-1:])
