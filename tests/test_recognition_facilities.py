"""Facilities: what is drawn from a pledge, returned to it, and taken over by another."""

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal, Shortage, UnknownRecord
from tests.world import (
    MISSILE,
    accounts,
    announce,
    cancel,
    commit,
    disburse,
    draw,
    entries,
    errors,
    measures,
    money,
    refuses,
    register_item,
    revise,
    stages,
    supersede,
)


@pytest.fixture
def facility(book: Book) -> str:
    """UKEF's market limit for Ukraine."""
    return announce(book, "GB", "3500000000 GBP", instrument="export_credit", on="2024-09-02", id="UKEF")


@pytest.fixture
def missiles(book: Book, facility: str) -> str:
    """The missiles of 2 March 2025, drawn from the facility as they are announced."""
    return announce(book, "GB", "1600000000 GBP", instrument="export_credit", parent=facility, id="LMM")


def own_trial_balance(book: Book, pledge: str) -> int:
    """The sum of all balances of a pledge, in pence."""
    return sum(money(f"{balance}").units for balance in accounts(book, pledge).values())


def test_what_is_drawn_from_a_facility_is_moved_and_not_created(book: Book, facility: str, missiles: str):
    assert measures(book, donor="GB") == {"pledged": "3500000000.00", "outstanding": "3500000000.00"}
    assert stages(book, facility) == {"pledged": "1900000000.00 GBP"}
    assert stages(book, missiles) == {"pledged": "1600000000.00 GBP"}
    assert book.facts(missiles).parent == facility


def test_facility_and_child_each_balance_by_themselves(book: Book, facility: str, missiles: str):
    assert [own_trial_balance(book, pledge) for pledge in (facility, missiles)] == [0, 0]
    assert errors(book) == []


def test_a_facility_cannot_be_revised_below_what_was_drawn_from_it(book: Book, facility: str, missiles: str):
    words = f"{facility} cannot promise less than 1600000000.00 GBP: so much was already delivered, drawn or cancelled"
    with refuses(book, Shortage, words):
        revise(book, facility, "1500000000 GBP")
    assert stages(book, missiles) == {"pledged": "1600000000.00 GBP"}


def test_a_facility_revised_to_2bn_has_400m_left(book: Book, facility: str, missiles: str):
    revise(book, facility, "2000000000 GBP")
    assert stages(book, facility) == {"pledged": "400000000.00 GBP"}
    assert stages(book, missiles) == {"pledged": "1600000000.00 GBP"}
    assert measures(book)["pledged"] == "2000000000.00"


def test_a_child_cancelled_without_return_is_gone_from_the_total(book: Book, facility: str, missiles: str):
    cancel(book, missiles)
    assert stages(book, missiles) == {"cancelled": "1600000000.00 GBP"}
    assert stages(book, facility) == {"pledged": "1900000000.00 GBP"}
    assert measures(book) == {
        "pledged": "1900000000.00",
        "cancelled": "1600000000.00",
        "outstanding": "1900000000.00",
    }


def test_a_child_cancelled_with_return_gives_its_money_back_to_the_facility(book: Book, facility: str, missiles: str):
    cancel(book, missiles, to_parent=True)
    assert accounts(book, missiles) == {}
    assert stages(book, facility) == {"pledged": "3500000000.00 GBP"}
    assert measures(book) == {"pledged": "3500000000.00", "outstanding": "3500000000.00"}
    assert errors(book) == []


def test_a_child_recorded_before_as_new_money_is_drawn_from_the_facility_alone(book: Book, facility: str):
    child = announce(book, "GB", "1600000000 GBP", instrument="export_credit")
    assert measures(book)["pledged"] == "5100000000.00"
    draw(book, facility, child, "1600000000 GBP", existing=True)
    assert measures(book)["pledged"] == "3500000000.00"
    assert stages(book, child) == {"pledged": "1600000000.00 GBP"}
    assert [own_trial_balance(book, pledge) for pledge in (facility, child)] == [0, 0]
    with refuses(book, Shortage, f"{facility} cannot promise less than 1600000000.00 GBP"):
        revise(book, facility, "1500000000 GBP")
    revise(book, facility, "2000000000 GBP")
    assert stages(book, facility) == {"pledged": "400000000.00 GBP"}


@pytest.mark.parametrize(
    ("to_parent", "left", "total"),
    [(False, "1900000000.00 GBP", "1900000000.00"), (True, "3500000000.00 GBP", "3500000000.00")],
)
def test_an_existing_child_is_cancelled_with_and_without_return(book: Book, facility: str, to_parent, left, total):
    child = announce(book, "GB", "1600000000 GBP", instrument="export_credit")
    draw(book, facility, child, "1600000000 GBP", existing=True)
    cancel(book, child, to_parent=to_parent)
    assert stages(book, facility) == {"pledged": left}
    assert measures(book)["pledged"] == total
    assert errors(book) == []


def test_a_child_holds_as_new_money_what_was_not_drawn_for_it_before(book: Book, facility: str):
    child = announce(book, "GB", "100 GBP")
    draw(book, facility, child, "60 GBP", existing=True)
    words = f"{child} holds 40.00 GBP as new money, so 41.00 GBP of it cannot come from {facility}"
    with refuses(book, Shortage, words):
        draw(book, facility, child, "41 GBP", existing=True)
    draw(book, facility, child, "40 GBP", existing=True)
    with refuses(book, Shortage, f"{child} holds 0.00 GBP as new money"):
        draw(book, facility, child, "1 GBP", existing=True)


def test_new_money_that_was_given_on_is_new_money_still(book: Book, facility: str):
    child, grandchild = announce(book, "GB", "100 GBP"), announce(book, "GB")
    draw(book, child, grandchild, "100 GBP")
    draw(book, facility, child, "100 GBP", existing=True)
    assert measures(book)["pledged"] == "3500000000.00"


def test_a_draw_takes_the_least_advanced_stage_first_and_the_child_stands_at_that_stage(book: Book, facility: str):
    commit(book, facility, "3000000000 GBP")
    child = announce(book, "GB", id="child")
    draw(book, facility, child, "700000000 GBP")
    assert stages(book, child) == {"pledged": "500000000.00 GBP", "committed": "200000000.00 GBP"}
    assert stages(book, facility) == {"committed": "2800000000.00 GBP"}
    assert measures(book)["committed"] == "3000000000.00"


def test_what_is_returned_goes_back_to_the_stages_it_came_from(book: Book, facility: str):
    commit(book, facility, "3000000000 GBP")
    child = announce(book, "GB", "700000000 GBP", parent=facility)
    commit(book, child)
    cancel(book, child, "600000000 GBP", to_parent=True)
    assert stages(book, child) == {"committed": "100000000.00 GBP"}
    assert stages(book, facility) == {"pledged": "500000000.00 GBP", "committed": "2900000000.00 GBP"}


def test_a_child_returns_no_more_than_it_drew(book: Book, facility: str, missiles: str):
    revise(book, missiles, "1700000000 GBP")
    words = f"{missiles} drew 1600000000.00 GBP from {facility}, so 1650000000.00 GBP cannot go back to it"
    with refuses(book, Shortage, words):
        cancel(book, missiles, "1650000000 GBP", to_parent=True)
    cancel(book, missiles, to_parent=True)
    assert stages(book, missiles) == {"pledged": "100000000.00 GBP"}
    with refuses(book, Shortage, f"{missiles} has nothing left to return to its facility"):
        cancel(book, missiles, to_parent=True)


def test_a_child_returns_no_more_than_it_has_not_delivered(book: Book, facility: str, missiles: str):
    disburse(book, missiles, "1000000000 GBP")
    with refuses(book, Shortage, f"{missiles} has 600000000.00 GBP left to cancel", "not 700000000.00 GBP"):
        cancel(book, missiles, "700000000 GBP", to_parent=True)
    cancel(book, missiles, to_parent=True)
    assert stages(book, facility) == {"pledged": "2500000000.00 GBP"}
    assert stages(book, missiles) == {"disbursed": "1000000000.00 GBP"}


def test_what_a_child_recorded_beyond_its_promise_stays_beyond_any_promise_when_it_returns(book: Book):
    facility = announce(book, "GB", "100 GBP")
    child = announce(book, "GB", "100 GBP", parent=facility)
    revise(book, child, "60 GBP")
    commit(book, child, "100 GBP", top_up=True)
    before = measures(book)
    cancel(book, child, "100 GBP", to_parent=True)
    assert accounts(book, child) == {}
    assert {name: measures(book)[name] for name in ("pledged", "top_up")} == {
        name: before[name] for name in ("pledged", "top_up")
    }
    assert errors(book) == []


def test_a_facility_gives_no_more_than_it_has_not_delivered(book: Book, facility: str, missiles: str):
    commit(book, facility, "100000000 GBP")
    stages_left = "pledged 1800000000.00 GBP, committed 100000000.00 GBP, allocated 0.00 GBP"
    words = f"{facility} has 1900000000.00 GBP left to draw on ({stages_left}), not 1900000000.01 GBP"
    with refuses(book, Shortage, words):
        draw(book, facility, missiles, "1900000000.01 GBP")
    with refuses(book, Shortage, words):
        announce(book, "GB", "1900000000.01 GBP", parent=facility)


def test_a_facility_gives_of_its_promise_and_not_of_what_was_recorded_beyond_it(book: Book):
    facility = announce(book, "GB", "100 GBP", id="F")
    commit(book, facility, "150 GBP", top_up=True)
    with refuses(book, Shortage, f"{facility} has 100.00 GBP of its promise left to draw on, not 101.00 GBP"):
        announce(book, "GB", "101 GBP", parent=facility)
    child = announce(book, "GB", "100 GBP", parent=facility)
    assert accounts(book, child) == {"undertaking": "-100.00 GBP", "committed": "100.00 GBP"}
    assert accounts(book, facility) == {"excess": "-50.00 GBP", "committed": "50.00 GBP"}
    with refuses(book, Refusal, f"{facility} promises 100.00 GBP already"):
        revise(book, facility, "100 GBP")


def test_a_draw_is_in_the_facilitys_own_currency(book: Book, facility: str, missiles: str):
    with refuses(book, Shortage, f"{facility} has 0.00 EUR left to draw on"):
        draw(book, facility, missiles, "5 EUR")


def test_an_item_that_the_facility_does_not_hold_is_the_childs_own(book: Book, facility: str):
    register_item(book)
    child = announce(book, "GB", "1600000000 GBP", f"5000 {MISSILE}", parent=facility)
    assert stages(book, child) == {"pledged": f"1600000000.00 GBP, 5000 {MISSILE}"}
    assert measures(book)["pledged"] == "3500000000.00"


def test_an_item_that_the_facility_holds_is_drawn_as_money_is(book: Book):
    register_item(book)
    facility = announce(book, "GB", f"5000 {MISSILE}")
    child = announce(book, "GB", f"2000 {MISSILE}", parent=facility)
    draw(book, facility, child, f"500 {MISSILE}")
    assert stages(book, facility) == {"pledged": f"2500 {MISSILE}"}
    assert stages(book, child) == {"pledged": f"2500 {MISSILE}"}
    with refuses(book, Shortage, f"{facility} has 2500 {MISSILE} left to draw on"):
        draw(book, facility, child, f"2501 {MISSILE}")


def test_a_child_that_draws_may_begin_as_committed(book: Book, facility: str):
    child = announce(book, "GB", "100 GBP", parent=facility, stage="committed")
    assert stages(book, child) == {"committed": "100.00 GBP"}


def test_a_pledge_draws_on_one_facility(book: Book, facility: str, missiles: str):
    other = announce(book, "GB", "100 GBP")
    with refuses(book, Refusal, f"{missiles} draws on {facility} already, and a pledge draws on one facility"):
        draw(book, other, missiles, "5 GBP")


def test_no_pledge_draws_on_itself_or_on_what_draws_on_it(book: Book, facility: str, missiles: str):
    for parent, child in ((facility, facility), (missiles, facility)):
        with refuses(book, Refusal, f"{parent} cannot be a facility of {child}: it draws on it, or is the same pledge"):
            draw(book, parent, child, "5 GBP")


def test_a_draw_is_of_more_than_nothing_and_of_pledges_that_are_there(book: Book, facility: str, missiles: str):
    with refuses(book, InputError, "an amount must be more than nothing, not 0.00 GBP"):
        draw(book, facility, missiles, "0 GBP")
    with refuses(book, UnknownRecord, "there is no pledge 'nothing'"):
        draw(book, facility, "nothing", "5 GBP")
    with refuses(book, UnknownRecord, "there is no pledge 'nothing'"):
        announce(book, "GB", "5 GBP", parent="nothing")
    with refuses(book, UnknownRecord, "'tank' is not a registered item"):
        draw(book, facility, missiles, "5 tank")


def test_totals_stay_and_only_parts_move_when_a_facility_is_drawn_in_steps(book: Book, facility: str, missiles: str):
    grandchild = announce(book, "GB", "600000000 GBP", parent=missiles)
    draw(book, facility, missiles, "100000000 GBP")
    assert measures(book)["pledged"] == "3500000000.00"
    assert [stages(book, pledge)["pledged"] for pledge in (facility, missiles, grandchild)] == [
        "1800000000.00 GBP",
        "1100000000.00 GBP",
        "600000000.00 GBP",
    ]


# Superseded


def test_what_a_pledge_has_not_delivered_moves_to_the_one_that_supersedes_it(book: Book):
    old, new = announce(book, "GB", "100 GBP", id="OLD"), announce(book, "GB", id="NEW")
    commit(book, old, "60 GBP")
    disburse(book, old, "10 GBP")
    cancel(book, old, "5 GBP")
    supersede(book, old, new)
    assert stages(book, old) == {"disbursed": "10.00 GBP", "cancelled": "5.00 GBP"}
    assert stages(book, new) == {"pledged": "35.00 GBP", "committed": "50.00 GBP"}
    assert measures(book)["pledged"] == "95.00"
    assert entries(book)[-1].facts["supersedes"] == old


def test_what_was_recorded_beyond_any_promise_moves_as_such(book: Book):
    old, new = announce(book, "GB", "100 GBP"), announce(book, "GB")
    commit(book, old, "130 GBP", top_up=True)
    supersede(book, old, new)
    assert accounts(book, new) == {"undertaking": "-100.00 GBP", "excess": "-30.00 GBP", "committed": "130.00 GBP"}


def test_a_new_pledge_that_holds_the_money_already_leaves_only_the_old_one_without_it(book: Book):
    old, new = announce(book, "GB", "100 GBP"), announce(book, "GB", "100 GBP")
    supersede(book, old, new, existing=True)
    assert accounts(book, old) == {}
    assert measures(book)["pledged"] == "100.00"


def test_a_new_pledge_that_holds_less_cannot_stand_for_all_of_the_old_one(book: Book):
    old, new = announce(book, "GB", "100 GBP", id="OLD"), announce(book, "GB", "70 GBP", id="NEW")
    with refuses(book, Shortage, "NEW holds 70.00 GBP as new money, so 100.00 GBP of it cannot come from OLD"):
        supersede(book, old, new, existing=True)
    cancel(book, old, "30 GBP")
    supersede(book, old, new, existing=True)
    assert measures(book)["pledged"] == "70.00"


def test_a_pledge_with_nothing_left_cannot_be_superseded(book: Book):
    old, new = announce(book, "GB", "100 GBP", id="OLD"), announce(book, "GB", id="NEW")
    disburse(book, old)
    with refuses(book, Shortage, "OLD has nothing left that NEW could take over"):
        supersede(book, old, new)


def test_superseding_needs_a_reason_and_two_pledges(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    with refuses(book, InputError, f"{pledge} cannot supersede itself"):
        supersede(book, pledge, pledge)
    with refuses(book, InputError, "supersede needs a reason: add --note WHY"):
        supersede(book, pledge, pledge, note="")


def test_what_one_pledge_gave_another_does_not_come_back_by_a_draw_the_other_way(book: Book):
    old, new = announce(book, "GB", "100 GBP", id="OLD"), announce(book, "GB", id="NEW")
    number = supersede(book, old, new).entry.number
    words = ("OLD gave NEW 100.00 GBP of its promise, so NEW cannot give to it", "reverse")
    with refuses(book, Refusal, *words):
        supersede(book, new, old)
    with refuses(book, Refusal, *words):
        draw(book, new, old, "50 GBP")
    assert number == len(entries(book))
