"""Matches of a bank's lines, as steps: what they refuse, and that each is recorded once."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal
from ledger.recognition.steps import Booked, Evidence, Match, Settled
from tests.world import announce, disburse, errors, money, refuses, reverse


@pytest.fixture
def loan(book: Book) -> str:
    """A loan of 1,000 pounds, 100 of it paid on 6 March."""
    pledge = announce(book, "GB", "1000 GBP", id="LOAN-1", instrument="loan", on="2025-01-02")
    disburse(book, pledge, "100 GBP", on="2025-03-06")
    return pledge


def a_match(entry: int, pledge: str = "LOAN-1", *lines: Booked) -> Match:
    booked = lines or (Booked("S1", "K", date(2025, 3, 6), money("-100 GBP")),)
    evidence = Evidence(origin="match:A:S1:K")
    return Match(account="A", lines=booked, settled=(Settled(entry, pledge, money("-100 GBP")),), evidence=evidence)


@pytest.mark.usefixtures("loan")
def test_a_match_with_what_was_reversed_or_posts_nothing_is_refused(book: Book):
    announce(book, "FR", "1 GBP", id="OTHER", on="2025-01-02")
    with refuses(book, Refusal, "entry 3 posts nothing on OTHER"):
        book.record(a_match(3, "OTHER"))
    reverse(book, 3)
    with refuses(book, Refusal, "entry 3 was reversed by entry 5: no payment can be matched with it"):
        book.record(a_match(3))
    with refuses(book, InputError, "a match has lines of a statement and entries of the book"):
        book.record(Match(account="A", lines=(), settled=()))


@pytest.mark.usefixtures("loan")
def test_the_same_match_twice_is_one_entry(book: Book):
    assert not book.record(a_match(3)).repeated
    assert book.record(a_match(3)).repeated
    assert not errors(book)
