"""Revisions: the new gross promise, of the same currency or in place of another."""

from ledger.book import Book
from ledger.errors import InputError, Refusal, Shortage, UnknownRecord
from ledger.recognition import steps
from tests.world import (
    MISSILE,
    accounts,
    announce,
    cancel,
    commit,
    disburse,
    entries,
    measures,
    money,
    refuses,
    register_item,
    revise,
    stages,
)


def test_an_increase_goes_to_pledged(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    revise(book, pledge, "130 GBP", note="raised on 3 March")
    assert stages(book, pledge) == {"pledged": "30.00 GBP", "committed": "100.00 GBP"}
    assert entries(book)[-1].note == "raised on 3 March"
    assert entries(book)[-1].facts == {"promise": "130.00 GBP"}


def test_a_decrease_takes_pledged_then_committed_then_allocated(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    commit(book, pledge, "70 GBP")
    cancel(book, pledge, "5 GBP", only="committed")
    revise(book, pledge, "50 GBP")
    assert stages(book, pledge) == {"committed": "45.00 GBP", "cancelled": "5.00 GBP"}
    assert accounts(book, pledge)["undertaking"] == "-50.00 GBP"


def test_a_promise_is_not_revised_below_what_was_delivered_drawn_or_cancelled(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    disburse(book, pledge, "20 GBP")
    cancel(book, pledge, "10 GBP")
    announce(book, "GB", "5 GBP", parent=pledge)
    with refuses(book, Shortage, "P cannot promise less than 35.00 GBP: so much was already delivered, drawn or canc"):
        revise(book, pledge, "34.99 GBP")
    revise(book, pledge, "35 GBP")
    assert stages(book, pledge) == {"disbursed": "20.00 GBP", "cancelled": "10.00 GBP"}


def test_a_revision_states_the_gross_promise_what_is_cancelled_and_drawn_included(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    cancel(book, pledge, "10 GBP")
    child = announce(book, "GB", "30 GBP", parent=pledge)
    revise(book, pledge, "120 GBP")
    assert stages(book, pledge) == {"pledged": "80.00 GBP", "cancelled": "10.00 GBP"}
    assert stages(book, child) == {"pledged": "30.00 GBP"}


def test_a_revision_leaves_what_was_recorded_beyond_the_promise(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    disburse(book, pledge, "130 GBP", top_up=True)
    revise(book, pledge, "110 GBP")
    assert accounts(book, pledge) == {
        "undertaking": "-110.00 GBP",
        "excess": "-30.00 GBP",
        "pledged": "10.00 GBP",
        "disbursed": "130.00 GBP",
    }
    with refuses(book, Shortage, "P cannot promise less than 100.00 GBP"):
        revise(book, pledge, "99 GBP")


def test_a_revision_that_changes_nothing_is_refused(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    with refuses(book, Refusal, f"{pledge} promises 100.00 GBP already: there is nothing to revise"):
        revise(book, pledge, "100 GBP")


def test_a_revision_needs_a_reason(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    for note in (None, "", "  "):
        with refuses(book, InputError, "revise needs a reason: add --note WHY"):
            revise(book, pledge, "90 GBP", note=note)


def test_a_promise_may_be_revised_to_nothing_and_never_below(book: Book):
    pledge = announce(book, "GB", "up_to 100 GBP")
    with refuses(book, InputError, "a promise cannot be less than nothing, not -1.00 GBP"):
        revise(book, pledge, "-1 GBP")
    revise(book, pledge, "0 GBP")
    assert accounts(book, pledge) == {}
    assert book.facts(pledge).holds == ()


def test_a_revision_may_say_how_firm_the_promise_is_now(book: Book):
    pledge = announce(book, "GB", "up_to 100 GBP, firm 60 GBP")
    revise(book, pledge, "up_to 100 GBP, firm 80 GBP")
    assert book.facts(pledge).hold(money("1 GBP").commodity).firm == money("80 GBP")
    revise(book, pledge, "120 GBP")
    assert book.facts(pledge).hold(money("1 GBP").commodity).firmness == "up_to"
    with refuses(book, InputError, "the firm part, 80.00 GBP, must lie between nothing and the amount, 70.00 GBP"):
        revise(book, pledge, "70 GBP")
    with refuses(book, InputError, "the firm part, 5.00 EUR, must lie between nothing and the amount, 70.00 GBP"):
        revise(book, pledge, "70 GBP, firm 5 EUR")


def test_a_revision_may_replace_the_currency_in_one_entry(book: Book):
    pledge = announce(book, "GB", "about 100 GBP")
    revise(book, pledge, "120 EUR")
    assert accounts(book, pledge) == {"undertaking": "-120.00 EUR", "pledged": "120.00 EUR"}
    assert measures(book) == {}
    assert book.facts(pledge).holds == ()
    assert [str(posting.amount) for posting in entries(book)[-1].postings] == [
        "-100.00 GBP",
        "100.00 GBP",
        "120.00 EUR",
        "-120.00 EUR",
    ]


def test_a_currency_of_which_some_was_delivered_is_not_replaced(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    disburse(book, pledge, "20 GBP")
    with refuses(book, Shortage, "P cannot promise less than 20.00 GBP"):
        revise(book, pledge, "120 EUR")


def test_a_currency_of_which_all_was_drawn_is_not_replaced(book: Book):
    pledge = announce(book, "GB", "100 GBP", id="P")
    announce(book, "GB", "100 GBP", parent=pledge)
    with refuses(book, Shortage, "P cannot promise less than 100.00 GBP"):
        revise(book, pledge, "120 EUR")


def test_of_two_currencies_the_one_to_replace_is_named(book: Book):
    pledge = announce(book, "GB", "100 GBP", "50 USD", id="P")
    with refuses(book, InputError, "P promises GBP and USD: say which with --replaces"):
        revise(book, pledge, "120 EUR")
    with refuses(book, InputError, "--replaces JPY: P promises GBP, USD"):
        revise(book, pledge, "120 EUR", replaces="JPY")
    with refuses(book, InputError, "--replaces GBP: P promises GBP, USD"):
        revise(book, pledge, "120 GBP", replaces="GBP")
    revise(book, pledge, "120 EUR", replaces="GBP")
    assert stages(book, pledge) == {"pledged": "120.00 EUR, 50.00 USD"}


def test_one_of_two_currencies_is_revised_by_itself(book: Book):
    pledge = announce(book, "GB", "100 GBP", "50 USD")
    revise(book, pledge, "40 USD")
    assert stages(book, pledge) == {"pledged": "100.00 GBP, 40.00 USD"}


def test_the_number_of_items_is_revised_beside_the_money(book: Book):
    register_item(book)
    pledge = announce(book, "GB", "100 GBP")
    revise(book, pledge, f"at_least 5000 {MISSILE}")
    assert stages(book, pledge) == {"pledged": f"100.00 GBP, 5000 {MISSILE}"}
    disburse(book, pledge, f"1000 {MISSILE}")
    with refuses(book, Shortage, f"{pledge} cannot promise less than 1000 {MISSILE}"):
        revise(book, pledge, f"999 {MISSILE}")
    with refuses(book, UnknownRecord, "'tank' is not a registered item"):
        revise(book, pledge, "5 tank")


def raise_by(book: Book, pledge: str, amount: str, **said: str) -> None:
    evidence = steps.Evidence(note="as the publisher raised it", origin=said.get("origin"))
    book.record(steps.Revise(pledge=pledge, amount=money(amount), by=True, evidence=evidence))


def test_a_promise_is_raised_or_lowered_by_what_a_publisher_says(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    raise_by(book, pledge, "30 GBP")
    raise_by(book, pledge, "-10 GBP")
    raise_by(book, pledge, "7 EUR")
    assert stages(book, pledge) == {"pledged": "7.00 EUR, 20.00 GBP", "committed": "100.00 GBP"}
    assert entries(book)[-2].facts == {"promise": "120.00 GBP", "by": "-10.00 GBP"}
    with refuses(book, Shortage, "promises 7.00 EUR, so the promise cannot be lowered by 8.00 EUR"):
        raise_by(book, pledge, "-8 EUR")
    disburse(book, pledge, "7 EUR")
    with refuses(book, Shortage, "cannot promise less than 7.00 EUR"):
        raise_by(book, pledge, "-1 EUR")


def test_what_a_promise_is_raised_by_is_recorded_once(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    raise_by(book, pledge, "30 GBP", origin="f:1")
    raise_by(book, pledge, "30 GBP", origin="f:1")
    assert stages(book, pledge) == {"pledged": "130.00 GBP"}
