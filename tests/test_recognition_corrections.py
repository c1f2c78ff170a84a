"""Amendments: facts corrected for a pledge's whole life."""

from datetime import UTC, date, datetime

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal, UnknownRecord
from ledger.pledge import Instalment, Instrument, Terms
from tests.world import (
    Clock,
    amend,
    announce,
    call,
    commit,
    disburse,
    errors,
    forgive,
    gbp,
    measures,
    money,
    refuses,
    reverse,
    stages,
)


@pytest.fixture
def pledge(book: Book) -> str:
    """A loan of 100 recorded as entry 2, of which 60 are committed by entry 3."""
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "60 GBP")
    return pledge


def test_an_amended_donor_is_seen_on_both_sides_of_the_time_it_became_known(book: Book, clock: Clock, pledge: str):
    clock.turn_to("2025-03-10")
    amend(book, pledge, donor="FR", note="it was France's")
    assert measures(book, donor="GB") == {}
    assert measures(book, donor="FR")["pledged"] == "100.00"
    for before in (3, datetime(2025, 3, 9, tzinfo=UTC)):
        assert measures(book, donor="GB", known_at=before)["pledged"] == "100.00"
        assert measures(book, donor="FR", known_at=before) == {}
    assert measures(book, donor="FR", known_at=datetime(2025, 3, 11, tzinfo=UTC))["pledged"] == "100.00"


def test_a_correction_holds_for_the_pledges_whole_life(book: Book, pledge: str):
    amend(book, pledge, donor="FR", on="2025-12-31")
    assert measures(book, donor="FR", as_of="2025-03-02")["pledged"] == "100.00"
    assert pledge == "GB-2025-0001"


def test_an_amendment_names_the_old_fact_and_the_new_one(book: Book, pledge: str):
    entry = amend(book, pledge, donor="FR", title="Missiles", instrument=Instrument.EXPORT_CREDIT).entry
    assert (entry.kind, entry.pledge, entry.note, entry.postings) == ("amend", pledge, "misread", ())
    assert entry.facts == {
        "changes": {"donor": ["GB", "FR"], "instrument": ["loan", "export_credit"], "title": [None, "Missiles"]}
    }


def test_a_fact_may_be_taken_away(book: Book, pledge: str):
    amend(book, pledge, title="Missiles", source="ukef")
    amend(book, pledge, title=None)
    assert (book.facts(pledge).title, book.facts(pledge).source) == (None, "ukef")


def test_facts_that_are_amounts_and_days_are_amended_too(book: Book, pledge: str):
    due = (Instalment(date(2025, 6, 1), gbp("50")),)
    amend(book, pledge, schedule=due, stated=(money("130 USD"),), terms=Terms(interest="1.3"), max_exposure=gbp("290"))
    facts = book.facts(pledge)
    assert (facts.schedule, facts.stated) == (due, (money("130 USD"),))
    assert (facts.terms.interest, facts.max_exposure) == ("1.3", gbp("290"))


def test_an_amendment_that_changes_nothing_is_refused(book: Book, pledge: str):
    with refuses(book, Refusal, f"{pledge} states this already: there is nothing to amend"):
        amend(book, pledge, donor="GB")


def test_an_amendment_needs_a_reason(book: Book, pledge: str):
    with refuses(book, InputError, "amend needs a reason: add --note WHY"):
        amend(book, pledge, donor="FR", note="")


@pytest.mark.parametrize("name", ["id", "parent", "void", "amount", "stage"])
def test_what_is_no_plain_fact_cannot_be_amended(book: Book, pledge: str, name):
    with refuses(book, InputError, f"{name} cannot be amended: only donor, recipient, title, "):
        amend(book, pledge, **{name: "2025-03-02"})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("donor", "ZZ", "'ZZ' is neither a country"),
        ("recipient", "ZZ", "'ZZ' is neither a country"),
        ("obligor", "ZZ", "'ZZ' is neither a country"),
        ("source", "moon", "'moon' is not a registered funding source"),
        ("repayment_source", "moon", "'moon' is not a registered funding source"),
        ("stated", (money("5 tank"),), "'tank' is not a registered item"),
    ],
)
def test_an_amended_fact_is_of_registered_parties_sources_and_items(book: Book, pledge: str, name, value, words):
    with refuses(book, UnknownRecord, words):
        amend(book, pledge, **{name: value})


def test_an_instrument_under_which_the_history_is_illegal_is_refused(book: Book, pledge: str):
    disburse(book, pledge, "50 GBP")
    forgive(book, pledge, "10 GBP")
    words = f"{pledge} cannot become grant: its history holds forgive, which a grant does not have"
    with refuses(book, Refusal, words, "reverse those entries first"):
        amend(book, pledge, instrument=Instrument.GRANT)
    with refuses(book, Refusal, "its history holds disburse, which a guarantee does not have"):
        amend(book, pledge, instrument=Instrument.GUARANTEE)
    amend(book, pledge, instrument=Instrument.SWAP_LINE)
    reverse(book, 5)
    amend(book, pledge, instrument=Instrument.GRANT)
    assert measures(book).get("owed") is None
    assert errors(book) == []


def test_a_guarantee_that_was_called_stays_one(book: Book):
    pledge = announce(book, "US", "100 USD", instrument="guarantee")
    call(book, pledge, "10 USD")
    with refuses(book, Refusal, f"{pledge} cannot become loan: its history holds call, which a loan does not have"):
        amend(book, pledge, instrument=Instrument.LOAN)


def test_the_steps_of_the_new_instrument_are_allowed_from_then_on(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "50 GBP")
    amend(book, pledge, instrument=Instrument.LOAN)
    forgive(book, pledge, "10 GBP")
    assert stages(book, pledge)["forgiven"] == "10.00 GBP"
