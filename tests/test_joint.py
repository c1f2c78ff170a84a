"""Joint pledges: what several donors promise together is shared to the last unit, and recorded in one entry."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import InputError, OriginConflict, Refusal, Shortage, UnknownRecord
from ledger.journal import Posting, sums
from ledger.money import Money
from ledger.period import parse_date
from ledger.pledge import Firmness, Instalment, Promise
from ledger.recognition.joint import shared
from ledger.recognition.steps import AnnounceJointly
from ledger.store.records import openings
from tests.chance import CURRENCIES, book_of
from tests.joint_words import DONORS, announce_jointly, fill, joint_announcement, joint_lives
from tests.world import (
    EUR,
    MISSILE,
    accounts,
    amend,
    announce,
    announcement,
    cancel,
    commit,
    disburse,
    entries,
    errors,
    last_number,
    make_book,
    measures,
    money,
    records,
    refused,
    refuses,
    register_item,
    reverse,
    revise,
    selection,
    stages,
    warnings,
)


def parts_of(weights, *promises, **facts):
    """What each donor announces of it."""
    return shared(announcement("", *promises, **facts), DONORS[: len(weights)], weights)


def promised(parts):
    return [str(part.promises[0].amount) for part in parts]


def units_of(amount: Money | None) -> int:
    """The minor units of an amount that is there."""
    assert amount is not None
    return amount.units


# Shares


def test_shares_are_by_largest_remainder_and_ties_go_to_whoever_is_named_first():
    assert promised(parts_of((50, 30, 20), "1000000000.00 EUR")) == [
        "500000000.00 EUR",
        "300000000.00 EUR",
        "200000000.00 EUR",
    ]
    assert promised(parts_of((1, 1, 1), "100.00 EUR")) == ["33.34 EUR", "33.33 EUR", "33.33 EUR"]
    assert promised(parts_of((1, 1, 1), "2.00 EUR")) == ["0.67 EUR", "0.67 EUR", "0.66 EUR"]
    assert promised(parts_of((1, 1), f"5 {MISSILE}")) == [f"3 {MISSILE}", f"2 {MISSILE}"]


def test_everything_that_is_an_amount_is_shared():
    parts = parts_of(
        (2, 1),
        "up_to 90.00 EUR, firm 30.00 EUR",
        f"at_least 6 {MISSILE}",
        stated=("99.00 USD",),
        max_exposure="120.00 EUR",
        schedule={"2025-04-01": "60.00 EUR", "2025-05-01": "30.00 EUR"},
    )
    first, second = parts
    assert first.promises == (
        Promise(money("60.00 EUR"), Firmness.UP_TO, money("20.00 EUR")),
        Promise(money(f"4 {MISSILE}"), Firmness.AT_LEAST),
    )
    assert (first.max_exposure, second.max_exposure) == (money("80.00 EUR"), money("40.00 EUR"))
    assert (first.stated, second.stated) == ((money("66.00 USD"),), (money("33.00 USD"),))
    assert second.schedule == (
        Instalment(parse_date("2025-04-01"), money("20.00 EUR")),
        Instalment(parse_date("2025-05-01"), money("10.00 EUR")),
    )


weights = st.lists(
    st.one_of(st.integers(1, 10**9), st.fractions(min_value=Fraction(1, 1000), max_value=1000)),
    min_size=2,
    max_size=9,
)
whole_units = st.integers(10**14, 10**17)
"""So much that no share is nothing."""


@given(weights, whole_units, whole_units, whole_units, st.sampled_from(CURRENCIES))
def test_the_parts_of_each_amount_sum_to_the_whole_whatever_the_weights(weights, units, firm, most, of):
    firm, most = min(units, firm), max(units, most)
    donors = [f"D{k}" for k in range(len(weights))]
    whole = announcement("", Promise(Money(units, of), Firmness.UP_TO, Money(firm, of)))
    half = [Instalment(parse_date("2025-04-01"), Money(units // 2, of))]
    rest = [Instalment(parse_date("2025-05-01"), Money(units - units // 2, of))]
    whole = replace(whole, schedule=(*half, *rest), stated=(Money(most, EUR),), max_exposure=Money(most, of))
    parts = shared(whole, donors, weights)
    assert [part.donor for part in parts] == donors
    for amounts, total in (
        ([part.promises[0].amount for part in parts], units),
        ([part.promises[0].firm for part in parts], firm),
        ([part.max_exposure for part in parts], most),
        ([part.stated[0] for part in parts], most),
        ([part.schedule[0].amount for part in parts], units // 2),
        ([part.schedule[1].amount for part in parts], units - units // 2),
    ):
        assert sum(map(units_of, amounts)) == total
    for part, weight in zip(parts, weights, strict=True):
        exact = units * Fraction(weight) / sum(map(Fraction, weights))
        assert abs(part.promises[0].amount.units - exact) < 1
        assert part.promises[0].amount == sum((due.amount for due in part.schedule), Money(0, of))
        assert units_of(part.promises[0].amount) <= units_of(part.max_exposure)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.integers(6, 400), st.integers(0, 400))
def test_no_firm_part_is_above_its_promise_and_no_exposure_below_it_to_the_last_unit(weights, units, other):
    donors = [f"D{k}" for k in range(len(weights))]
    firm, most = Money(min(units, other), EUR), Money(units + other, EUR)
    whole = replace(announcement("", Promise(Money(units, EUR), firm=firm)), max_exposure=most)
    try:
        parts = shared(whole, donors, weights)
    except InputError:  # some share would be nothing
        assert min(weights) * units < sum(weights)
        return
    for part in parts:
        (promise,) = part.promises
        assert units_of(promise.firm) <= promise.amount.units <= units_of(part.max_exposure)
    assert sum(units_of(part.promises[0].firm) for part in parts) == firm.units
    assert sum(units_of(part.max_exposure) for part in parts) == most.units


def test_where_the_last_unit_would_contradict_the_promise_it_goes_elsewhere():
    donors = ("A", "B", "C")
    whole = announcement("", Promise(Money(11, EUR), firm=Money(10, EUR)))  # of 10 C would have 2, of 11 it has 1
    parts = shared(whole, donors, (6, 6, 2))
    promises = [part.promises[0] for part in parts]
    assert [(each.amount.units, units_of(each.firm)) for each in promises] == [(5, 5), (5, 4), (1, 1)]
    most = replace(announcement("", Promise(Money(10, EUR))), max_exposure=Money(11, EUR))
    assert [units_of(part.max_exposure) for part in shared(most, donors, (6, 6, 2))] == [5, 4, 2]


def test_a_share_of_nothing_is_refused():
    with refused(InputError, "0.01 EUR cannot be shared so: NO would promise nothing"):
        parts_of((1, 1), "0.01 EUR")
    with refused(InputError, f"2 {MISSILE} cannot be shared so: DK would promise nothing"):
        parts_of((1, 1, 1), "100.00 EUR", f"2 {MISSILE}")
    with refused(InputError, "the instalment of 0.01 EUR on 2025-04-01 is too small to be shared"):
        parts_of((1, 1), "100.00 EUR", schedule={"2025-04-01": "0.01 EUR"})


# One entry


def test_a_joint_pledge_is_one_entry_with_one_pledge_for_each_donor(book):
    ids = announce_jointly(book, "GB NO DK", (50, 30, 20), "100.00 EUR", title="Together", on="2025-03-01")
    assert ids == ("GB-2025-0001", "NO-2025-0001", "DK-2025-0001")
    assert last_number(book) == 2
    entry = entries(book)[1]
    assert (entry.kind, entry.pledge, entry.subjects) == ("joint", None, ids)
    assert [facts["id"] for facts in openings(entry)] == list(ids)
    assert accounts(book, "NO-2025-0001") == {"pledged": "30.00 EUR", "undertaking": "-30.00 EUR"}
    assert {book.facts(pledge).package for pledge in ids} == {"joint-GB-2025-0001"}
    assert {book.facts(pledge).title for pledge in ids} == {"Together"}
    assert errors(book) == []


def test_the_package_may_be_named_and_so_may_each_pledge(book):
    ids = announce_jointly(book, "GB NO", (1, 1), "100.00 EUR", package="spring", ids=["A", "B"])
    assert ids == ("A", "B")
    assert {book.facts(pledge).package for pledge in ids} == {"spring"}
    assert announce(book, "GB", "1.00 EUR") == "GB-2025-0001"


def test_numbers_go_on_after_a_joint_pledge(book):
    announce_jointly(book, "GB NO", (1, 1), "100.00 EUR")
    assert announce(book, "GB", "1.00 EUR") == "GB-2025-0002"
    assert announce_jointly(book, "NO GB", (1, 1), "100.00 EUR") == ("NO-2025-0002", "GB-2025-0003")


def test_each_pledge_balances_by_itself(book):
    fill(book)
    for entry in entries(book):
        assert set(sums(entry.postings).values()) <= {0}


def test_a_joint_pledge_may_begin_as_committed_and_be_undisclosed(book):
    first, second = announce_jointly(book, "GB NO", (1, 1), "100.00 EUR", stage="committed")
    assert stages(book, first) == stages(book, second) == {"committed": "50.00 EUR"}
    quiet = announce_jointly(book, "SE FI", ())
    assert [accounts(book, pledge) for pledge in quiet] == [{}, {}]
    assert {row["state"] for row in records(book.pledges(selection(pledge=quiet)))} == {"undisclosed"}
    assert errors(book) == []


def test_the_shares_of_a_facility_move_and_are_not_counted_twice(book):
    limit = announce(book, "EU", "100.00 EUR")
    children = announce_jointly(book, "DE FR IT", (1, 1, 1), "80.00 EUR", parent=limit)
    assert [stages(book, pledge)["pledged"] for pledge in children] == ["26.67 EUR", "26.67 EUR", "26.66 EUR"]
    assert stages(book, limit) == {"pledged": "20.00 EUR"}
    assert measures(book, "EUR")["pledged"] == "100.00"
    with refuses(book, Shortage, f"{limit} has", "left to draw on", "not 10.50 EUR"):
        announce_jointly(book, "DE FR", (1, 1), "21.00 EUR", parent=limit)
    reverse(book, last_number(book))
    assert stages(book, limit) == {"pledged": "100.00 EUR"}
    assert errors(book) == []


# What follows


def test_each_pledge_has_its_own_life(book):
    gb, no = announce_jointly(book, "GB NO", (3, 1), "100.00 EUR", on="2025-03-01")
    commit(book, gb, "50.00 EUR")
    disburse(book, no)
    revise(book, gb, "80.00 EUR")
    amend(book, no, title="Norway's part", donor="SE")
    cancel(book, gb, "5.00 EUR")
    assert stages(book, gb) == {"pledged": "25.00 EUR", "committed": "50.00 EUR", "cancelled": "5.00 EUR"}
    assert stages(book, no) == {"disbursed": "25.00 EUR"}
    assert (book.facts(no).title, book.facts(no).donor, book.facts(gb).title) == ("Norway's part", "SE", None)
    assert measures(book, "EUR", package="joint-GB-2025-0001")["pledged"] == "100.00"
    assert errors(book) == []


def test_a_reversal_withdraws_all_of_them_at_once_and_gives_all_back(book):
    ids = announce_jointly(book, "GB NO DK", (1, 1, 1), "100.00 EUR")
    reverse(book, 2)
    assert entries(book)[2].subjects == ids
    assert [book.facts(pledge).void for pledge in ids] == [3, 3, 3]
    with refuses(book, Refusal, f"{ids[1]} was withdrawn: entry 3 reversed its opening"):
        disburse(book, ids[1])
    reverse(book, 3)
    assert [book.facts(pledge).void for pledge in ids] == [None, None, None]
    assert stages(book, ids[2]) == {"pledged": "33.33 EUR"}
    assert errors(book) == []


def test_no_reversal_while_one_of_them_was_moved_and_it_is_named(book):
    _, no, dk = announce_jointly(book, "GB NO DK", (1, 1, 1), "100.00 EUR")
    disburse(book, no, "5.00 EUR")
    with refuses(book, Shortage, f"entry 2 cannot be reversed: {no} would hold -5.00 EUR pledged", "entry 3"):
        reverse(book, 2)
    reverse(book, 3)
    revise(book, dk, "50.00 EUR")
    with refuses(book, Refusal, f"entry 2 cannot be reversed: {dk} would still hold 16.67 EUR pledged"):
        reverse(book, 2)


def test_what_was_known_before_a_withdrawal_stays_known(book):
    ids = announce_jointly(book, "SE FI", ())
    disclosed = announce_jointly(book, "GB NO", (1, 1), "2.00 EUR")
    reverse(book, 2)
    reverse(book, 3)
    state = {row["pledge"]: row["state"] for row in records(book.pledges(selection(known_at=3)))}
    assert state == dict.fromkeys(ids, "undisclosed") | dict.fromkeys(disclosed, "disclosed")
    assert {row["state"] for row in records(book.pledges(selection(known_at=5)))} == {"withdrawn"}
    assert {row["state"] for row in records(book.pledges(selection(known_at=4, pledge=ids)))} == {"withdrawn"}


def test_the_history_of_an_undisclosed_share_holds_what_became_of_the_whole(book):
    se, _ = announce_jointly(book, "SE FI", (), cite="https://example.org/quiet")
    reverse(book, 2)
    reverse(book, 3)
    amend(book, se, title="named")
    found = [row["entry"] for row in records(book.pledge(se)) if row["section"] == "history"]
    assert found == ["2", "3", "4", "5"]
    assert [row["entry"] for row in records(book.journal(selection(pledge=se)))] == found
    assert [row["entry"] for row in records(book.journal(selection(donor="FI")))] == ["2", "3", "4"]


def test_shares_of_one_announcement_are_no_total_and_its_parts(book):
    announce_jointly(book, "GB NO DK", (50, 30, 20), "100.00 EUR")
    assert warnings(book) == []
    announce(book, "SE", "100.00 EUR", package="joint-GB-2025-0001")
    assert warnings(book) == ["likely-total SE-2025-0001"]


def test_the_same_origin_with_the_same_content_is_recorded_once(book):
    step = joint_announcement("GB NO", (3, 1), "100.00 EUR", origin="paper:1", on="2025-03-01")
    book.record(step)
    again = book.record(step)
    assert (again.repeated, again.entry.subjects) == (True, ("GB-2025-0001", "NO-2025-0001"))
    with refuses(book, OriginConflict, "origin paper:1 is entry 2, with other content", "25.00", "50.00"):
        book.record(joint_announcement("GB NO", (1, 1), "100.00 EUR", origin="paper:1", on="2025-03-01"))
    with refuses(book, OriginConflict, "origin paper:1 is entry 2, with other content"):
        book.record(joint_announcement("GB NO DK", (3, 1, 1), "100.00 EUR", origin="paper:1", on="2025-03-01"))
    with refuses(book, OriginConflict, "origin paper:1 is entry 2, with other content"):
        announce(book, "GB", "100.00 EUR", origin="paper:1", on="2025-03-01")


@pytest.mark.parametrize(
    ("donors", "kind", "words"),
    [
        ("GB", InputError, "a joint pledge has two donors or more"),
        ("GB NO GB", InputError, "GB is named twice: a donor has one share"),
        ("GB UK", UnknownRecord, "did you mean GB?"),
    ],
)
def test_donors_are_several_known_and_named_once(book, donors, kind, words):
    with refuses(book, kind, words):
        announce_jointly(book, donors, [1] * len(donors.split()), "100.00 EUR")


def test_ids_are_free_and_differ(book):
    announce(book, "GB", "1.00 EUR", id="A")
    with refuses(book, Refusal, "there is a pledge A already"):
        announce_jointly(book, "GB NO", (1, 1), "100.00 EUR", ids=["B", "A"])
    with refuses(book, InputError, "two of the pledges would have the same id: give each its own"):
        announce_jointly(book, "GB NO", (1, 1), "100.00 EUR", ids=["B", "B"])


def test_the_pledges_of_an_announcement_are_in_one_package(book):
    parts = (announcement("GB", "1.00 EUR", package="a"), announcement("NO", "1.00 EUR", package="b"))
    with refuses(book, InputError, "the pledges of a joint announcement are in one package"):
        book.record(AnnounceJointly(parts=parts))


def test_a_book_that_requires_citations_requires_one(tmp_path, clock):
    with make_book(tmp_path / "strict.db", clock, require_citation=True) as book:
        with refuses(book, Refusal, "without a citation"):
            announce_jointly(book, "GB NO", (), on="2025-03-01")
        announce_jointly(book, "GB NO", (1, 1), "2.00 EUR", cite="https://example.org", on="2025-03-01")
        assert errors(book) == []


# Books at random


@settings(max_examples=15)
@given(joint_lives())
def test_a_book_of_joint_pledges_is_sound_and_its_shares_are_what_was_promised(empty_book, steps):
    with book_of(empty_book, steps) as book:
        assert errors(book) == []
        for entry in entries(book):
            if entry.kind == "joint":
                step = next(each for each in steps if getattr(each, "parts", ()) and each.parts[0].id in entry.subjects)
                whole = sum(promise.amount.units for part in step.parts for promise in part.promises)
                assert whole == -sum(map(undertaken, entry.postings))


def undertaken(posting: Posting) -> int:
    own = posting.stage == "undertaking" and posting.amount.units < 0
    return posting.amount.units if own else 0


def test_pieces_of_an_item_are_those_of_a_registered_one(book):
    with refuses(book, UnknownRecord, f"'{MISSILE}' is not a registered item"):
        announce_jointly(book, "GB NO", (1, 1), f"10 {MISSILE}")
    register_item(book)
    assert stages(book, announce_jointly(book, "GB NO", (1, 1), f"11 {MISSILE}")[0]) == {"pledged": f"6 {MISSILE}"}
