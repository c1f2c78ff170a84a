"""Closing: what a closed period refuses, and how a late correction gets in."""

from datetime import date

import pytest

from ledger.book import Book
from ledger.closing import first_open_after_close, first_open_after_reopen, refuse_closed
from ledger.errors import ClosedPeriod, InputError, Refusal
from ledger.period import Period
from tests.world import (
    Clock,
    amend,
    announce,
    announcement,
    cancel,
    close,
    commit,
    disburse,
    entries,
    errors,
    join,
    last_number,
    refused,
    refuses,
    register_party,
    reopen,
    reverse,
    stages,
)

MARCH = Period.parse("2025-03")


@pytest.fixture
def pledge(book: Book, clock: Clock) -> str:
    """A pledge of 100 of 2 March 2025, of which 60 are committed; it is now the second of May."""
    pledge = announce(book, "GB", "100 GBP", on="2025-03-02")
    commit(book, pledge, "60 GBP", on="2025-03-03")
    clock.turn_to("2025-05-02")
    return pledge


def test_a_day_before_the_first_open_one_is_closed():
    refuse_closed(date(2025, 4, 1), date(2025, 4, 1))
    refuse_closed(date(1999, 1, 1), None)
    with refused(
        ClosedPeriod, "2025-03-31 is closed: the first open day is 2025-04-01", "journal reopen 2025-03 --note"
    ):
        refuse_closed(date(2025, 3, 31), date(2025, 4, 1))


def test_a_period_is_closed_from_the_day_after_it_on():
    assert first_open_after_close(MARCH, None, date(2025, 4, 1)) == date(2025, 4, 1)
    with refused(Refusal, "2025-03 has not ended: it can be closed from 2025-04-01 on"):
        first_open_after_close(MARCH, None, date(2025, 3, 31))


def test_a_period_is_closed_once():
    with refused(Refusal, "2025-03 is closed already: the first open day is 2025-04-01"):
        first_open_after_close(MARCH, date(2025, 4, 1), date(2025, 5, 1))


def test_a_period_that_is_partly_closed_can_be_closed_to_its_end():
    assert first_open_after_close(Period.parse("2025-Q1"), date(2025, 3, 1), date(2025, 5, 1)) == date(2025, 4, 1)


def test_reopening_a_period_opens_it_and_all_that_comes_after_it():
    assert first_open_after_reopen(Period.parse("2025-02"), date(2025, 4, 1)) == date(2025, 2, 1)


def test_only_what_is_closed_is_reopened():
    with refused(Refusal, "2025-03 is not closed: nothing was ever closed"):
        first_open_after_reopen(MARCH, None)
    with refused(Refusal, "2025-03 is not closed: the first open day is 2025-03-15"):
        first_open_after_reopen(MARCH, date(2025, 3, 15))


# In a book


def test_a_closed_period_refuses_every_entry_dated_up_to_its_end(book: Book, pledge: str):
    close(book, "2025-03")
    words = ("is closed: the first open day is 2025-04-01", "aidledger journal reopen 2025-03")
    with refuses(book, ClosedPeriod, "2025-03-31", *words):
        disburse(book, pledge, "10 GBP", on="2025-03-31")
    with refuses(book, ClosedPeriod, "2024-12-31", *words[:1], "aidledger journal reopen 2024-12"):
        announce(book, "DE", "5 EUR", on="2024-12-31")
    with refuses(book, ClosedPeriod, "2025-03-05", *words):
        amend(book, pledge, on="2025-03-05", title="late")
    with refuses(book, ClosedPeriod, "2025-03-05", *words):
        reverse(book, 3, on="2025-03-05")
    disburse(book, pledge, "10 GBP", on="2025-04-01")
    assert errors(book) == []


@pytest.mark.usefixtures("pledge")
def test_what_moves_no_money_is_no_matter_of_closing(book: Book):
    close(book, "2025-03")
    register_party(book, "KFW", "Kreditanstalt", on="2025-03-05")
    assert join(book, "KFW", "EU").entry.kind == "member"
    assert errors(book) == []


def test_a_closing_records_the_control_totals_of_what_it_closes(book: Book, pledge: str):
    commit(book, pledge, "1 GBP", on="2025-04-30")
    announce(book, "DE", "7 EUR", on="2025-03-31")
    facts = close(book, "2025-03").entry.facts
    assert facts["period"] == "2025-03"
    assert facts["closed_before"] == [None, "2025-04-01"]
    assert facts["control_totals"] == [
        {"commodity": "EUR", "postings": 2, "debit": "7.00", "credit": "7.00"},
        {"commodity": "GBP", "postings": 4, "debit": "160.00", "credit": "160.00"},
    ]


@pytest.mark.usefixtures("pledge")
def test_a_period_that_has_not_ended_or_is_closed_already_is_not_closed(book: Book):
    with refuses(book, Refusal, "2025-05 has not ended: it can be closed from 2025-06-01 on"):
        close(book, "2025-05")
    close(book, "2025-04")
    with refuses(book, Refusal, "2025-03 is closed already: the first open day is 2025-05-01"):
        close(book, "2025-03")


@pytest.mark.usefixtures("pledge")
def test_a_period_is_reopened_with_a_reason_only(book: Book):
    close(book, "2025-03")
    with refuses(book, InputError, "reopen needs a reason: add --note WHY"):
        reopen(book, "2025-03", note=" ")
    with refuses(book, Refusal, "2025-04 is not closed: the first open day is 2025-04-01"):
        reopen(book, "2025-04")
    assert reopen(book, "2025-03").entry.note == "a late correction"


def test_a_late_correction_goes_in_by_reopening_and_is_known_only_from_then_on(book: Book, pledge: str):
    closing = close(book, "2025-03").entry
    with refuses(book, ClosedPeriod, "the first open day is 2025-04-01"):
        cancel(book, pledge, "40 GBP", on="2025-03-31")
    reopen(book, "2025-03", note="the withdrawal of 31 March came late")
    cancel(book, pledge, "40 GBP", on="2025-03-31")
    again = close(book, "2025-03").entry
    assert stages(book, pledge, as_of="2025-03-31", known_at=closing.number) == {
        "pledged": "40.00 GBP",
        "committed": "60.00 GBP",
    }
    assert stages(book, pledge, as_of="2025-03-31") == {"committed": "60.00 GBP", "cancelled": "40.00 GBP"}
    assert [entry.kind for entry in entries(book)[-4:]] == ["close", "reopen", "cancel", "close"]
    assert again.facts["closed_before"] == ["2025-03-01", "2025-04-01"]
    with refuses(book, ClosedPeriod, "the first open day is 2025-04-01"):
        cancel(book, pledge, "1 GBP", on="2025-03-31")
    assert errors(book) == []


def test_reopening_an_earlier_period_opens_what_was_closed_after_it(book: Book, pledge: str):
    close(book, "2025-04")
    reopen(book, "2025-03")
    disburse(book, pledge, "1 GBP", on="2025-04-10")
    with refuses(book, ClosedPeriod, "2025-02-28 is closed: the first open day is 2025-03-01"):
        disburse(book, pledge, "1 GBP", on="2025-02-28")


@pytest.mark.usefixtures("pledge")
def test_a_reversal_is_dated_as_what_it_reverses_while_that_day_is_open(book: Book):
    assert reverse(book, 3).entry.on == date(2025, 3, 3)


def test_a_reversal_of_an_entry_in_a_closed_period_is_dated_the_first_open_day(book: Book, pledge: str):
    close(book, "2025-03")
    assert reverse(book, 3).entry.on == date(2025, 4, 1)
    assert stages(book, pledge, as_of="2025-03-31") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}


@pytest.mark.usefixtures("pledge")
def test_a_reversal_is_dated_as_it_is_told(book: Book):
    assert reverse(book, 3, on="2025-04-30").entry.on == date(2025, 4, 30)


@pytest.mark.usefixtures("pledge")
def test_an_entry_recorded_before_the_closing_is_there_whatever_its_origin_is_told_again(book: Book):
    step = announcement("DE", "7 EUR", on="2025-03-05", origin="kiel:1")
    number = book.record(step).entry.number
    close(book, "2025-03")
    assert (book.record(step).repeated, book.record(step).entry.number) == (True, number)


def test_a_closing_told_again_with_its_origin_does_nothing_though_late_entries_came_between(book: Book, pledge: str):
    closing = close(book, "2025-03", origin="closing:2025-03").entry.number
    reopen(book, "2025-03")
    cancel(book, pledge, "40 GBP", on="2025-03-31")
    last = last_number(book)
    again = close(book, "2025-03", origin="closing:2025-03")
    assert (again.repeated, again.entry.number, last_number(book)) == (True, closing, last)
