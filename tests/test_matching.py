"""Matching: lines of a bank beside payments of ours, pure: what is certain, what is proposed, what stands alone."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.money import Money
from ledger.reconcile.assignment import assigned
from ledger.reconcile.cash import Cash, Terms
from ledger.reconcile.likeness import alike, cash_words, folded, line_words
from ledger.reconcile.matching import Group, State, matched
from ledger.reconcile.parts import MOST_FOUND, making
from ledger.reconcile.statement import Line
from ledger.reconcile.tolerance import Tolerance
from tests.world import GBP, day, money


def line(amount: str, on: str = "2025-03-06", text: str = "", **more) -> Line:
    booked = day(on)
    assert booked
    more.setdefault("key", f"{on} {amount} {text}")
    return Line(account="A", statement="S", booked_on=booked, amount=money(amount), text=text, **more)


def ours(entry: int, amount: str, on: str = "2025-03-06", pledge: str = "PLEDGE-1", **more) -> Cash:
    paid = day(on)
    assert paid
    return Cash(entry=entry, pledge=pledge, on=paid, amount=money(amount), **more)


def shape(groups: Sequence[Group]) -> list[tuple[str, list[str], list[int]]]:
    """Groups as their state, the amounts of their lines and the numbers of their entries."""
    return [(str(g.state), [str(one.amount) for one in g.lines], [cash.entry for cash in g.ours]) for g in groups]


def only(lines: Sequence[Line], cash: Sequence[Cash], terms: Terms | None = None) -> Group:
    (group,) = matched(lines, cash, terms or Terms())
    return group


# One line, one payment


def test_a_reference_and_the_amount_are_a_match_within_the_days_and_proposed_beyond_them():
    lines, cash = [line("-752 GBP", "2025-03-30", "PLEDGE-1")], [ours(6, "-752 GBP")]
    group, reason = only(lines, cash, Terms(days=24)), "the pledge PLEDGE-1, the same amount, 24 days apart"
    assert (group.state, group.reason) == (State.MATCHED, reason)
    group = only(lines, cash, Terms(days=23))
    assert (group.state, group.reason) == (State.PROPOSED, f"{reason}, further apart than 23 days")


def test_parts_that_name_a_payment_are_proposed_where_one_is_further_apart_than_the_days():
    lines = [line("-60 GBP", text="PLEDGE-1 a"), line("-40 GBP", "2025-03-30", text="PLEDGE-1 b")]
    assert only(lines, [ours(6, "-100 GBP")]).state is State.PROPOSED
    assert only(lines, [ours(6, "-100 GBP")], Terms(days=24)).state is State.MATCHED


def test_an_amount_that_nobody_else_has_is_a_match_within_the_days():
    group = only([line("-752 GBP", "2025-03-08")], [ours(6, "-752 GBP")])
    assert (group.state, group.reason) == (State.MATCHED, "the same amount, 2 days apart")
    assert shape(matched([line("-752 GBP", "2025-03-12")], [ours(6, "-752 GBP")], Terms())) == [
        ("only_ours", [], [6]),
        ("only_theirs", ["-752.00 GBP"], []),
    ]


def test_the_day_of_value_counts_as_well_as_that_of_booking():
    group = only([line("-7 GBP", "2025-03-20", value_on=date(2025, 3, 6))], [ours(6, "-7 GBP")])
    assert group.reason == "the same amount, the same day"


def test_an_amount_that_two_payments_have_is_proposed_for_the_nearer_one():
    groups = matched([line("-752 GBP")], [ours(6, "-752 GBP"), ours(7, "-752 GBP", "2025-03-07")], Terms())
    assert shape(groups) == [("proposed", ["-752.00 GBP"], [6]), ("only_ours", [], [7])]
    assert groups[0].reason.endswith("others may do as well")


def test_a_reference_tells_payments_of_one_amount_apart():
    cash = [ours(6, "-752 GBP"), ours(7, "-752 GBP", pledge="PLEDGE-2")]
    groups = matched([line("-752 GBP", text="PLEDGE 2")], cash, Terms())
    assert shape(groups) == [("matched", ["-752.00 GBP"], [7]), ("only_ours", [], [6])]


def test_money_out_is_no_match_for_money_in():
    assert [g.state for g in matched([line("752 GBP")], [ours(6, "-752 GBP")], Terms())] == ["only_ours", "only_theirs"]


def test_as_many_pairs_as_can_be_are_made():
    """The second line can be the first payment only: the first line gives way."""
    lines = [line("-5 GBP", "2025-03-06"), line("-5 GBP", "2025-03-02")]
    cash = [ours(1, "-5 GBP", "2025-03-06"), ours(2, "-5 GBP", "2025-03-10")]
    assert {one.state for one in matched(lines, cash, Terms())} == {State.PROPOSED}


def test_a_name_is_a_reason_but_never_makes_a_match():
    group = only(
        [line("-752 GBP", party="Ministry of Finance of Ukraine")], [ours(6, "-752 GBP", names=("Ukraine", "The loan"))]
    )
    assert group.reason == "the same amount, the same day, the name Ukraine"


# Charges and tolerances


def test_charges_are_taken_from_what_came_in_and_put_upon_what_went_out():
    terms = Terms(fees=money("5 GBP"))
    for theirs, paid in (("-1005 GBP", "-1000 GBP"), ("995 GBP", "1000 GBP")):
        group = only([line(theirs, text="PLEDGE-1")], [ours(6, paid)], terms)
        assert (group.state, str(group.difference)) == (State.MATCHED, "-5.00 GBP")
        assert "the amount but for charges of 5.00 GBP" in group.reason
    assert only([line("-1005 GBP")], [ours(6, "-1000 GBP")], terms).state is State.PROPOSED
    assert len(matched([line("-995 GBP")], [ours(6, "-1000 GBP")], terms)) == 2


def test_a_tolerance_goes_either_way_as_an_amount_or_a_share():
    for tolerance in (Tolerance(money("1 GBP")), Tolerance(share=money("1 GBP").value / 1000)):
        terms = Terms(tolerance=tolerance)
        for theirs in ("-999 GBP", "-1001 GBP"):
            assert only([line(theirs)], [ours(6, "-1000 GBP")], terms).state is State.PROPOSED
        assert len(matched([line("-1001.01 GBP")], [ours(6, "-1000 GBP")], terms)) == 2


def test_terms_in_another_currency_allow_nothing():
    assert Terms(fees=money("5 EUR"), tolerance=Tolerance(money("5 EUR"))).of(GBP) == Terms()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"fees": money("-5 GBP")}, "--fees -5.00 GBP: give an amount of money"),
        ({"tolerance": Tolerance(money("5 air-defence-missile"))}, "--tolerance 5 air-defence-missile"),
        ({"tolerance": Tolerance(share=GBP.digits * money("1 GBP").value)}, "from 0% to below 100%"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms, words):
    with pytest.raises(InputError, match=words):
        Terms(**terms)


# Several lines, several payments


def test_a_payment_in_two_lines_that_name_it_is_a_match():
    group = only([line("-60 GBP", text="PLEDGE-1 a"), line("-40 GBP", text="PLEDGE-1 b")], [ours(6, "-100 GBP")])
    assert (group.state, len(group.lines), str(group.difference)) == (State.MATCHED, 2, "0.00 GBP")
    assert "2 lines that add up" in group.reason


def test_a_line_for_several_payments_that_it_names_is_a_match():
    cash = [ours(6, "-300 GBP", "2025-03-04"), ours(7, "-250 GBP"), ours(8, "-1 GBP")]
    groups = matched([line("-550 GBP", text="PLEDGE-1")], cash, Terms())
    assert shape(groups) == [("matched", ["-550.00 GBP"], [6, 7]), ("only_ours", [], [8])]


def test_a_line_may_bundle_more_than_four_payments_where_it_names_them_all():
    cash = [ours(number, f"-{number}01 GBP") for number in range(1, 8)]
    assert only([line("-2807 GBP", text="PLEDGE-1")], cash).state is State.MATCHED


def test_parts_without_a_reference_are_proposed_where_they_are_of_one_pledge_or_party():
    cash = [ours(6, "-300 GBP"), ours(7, "-250 GBP")]
    assert only([line("-550 GBP")], cash).state is State.PROPOSED
    strangers = [ours(6, "-300 GBP", names=("Ukraine",)), ours(7, "-250 GBP", pledge="OTHER", names=("Moldova",))]
    assert len(matched([line("-550 GBP")], strangers, Terms())) == 3


def test_parts_that_add_up_in_several_ways_are_proposed_and_say_so():
    cash = [ours(number, "-50 GBP") for number in (1, 2, 3)]
    (group, rest) = matched([line("-100 GBP", text="PLEDGE-1")], cash, Terms())
    assert (group.state, [cash.entry for cash in group.ours]) == (State.PROPOSED, [1, 2])
    assert group.reason.endswith("3 ways to add up")
    assert rest.state is State.ONLY_OURS


def test_a_payment_in_part_leaves_the_difference_open():
    lines = [line("-500 GBP", text="PLEDGE-1"), line("-200 GBP", text="PLEDGE-1", on="2025-03-07")]
    group = only(lines, [ours(6, "-752 GBP")])
    assert (group.state, group.partial, str(group.difference)) == (State.PROPOSED, True, "52.00 GBP")
    assert "paid in part: 52.00 GBP differ" in group.reason


# References and names


@pytest.mark.parametrize("text", ["gb 2024 0001", "ref GB20240001", "x GB-2024/0001.", "/EREF/GB-2024-0001/REMI/y"])
def test_a_pledge_is_named_however_a_bank_writes_it(text):
    assert folded("GB-2024-0001") in line_words(line("-1 GBP", text=text))


def test_days_and_single_words_name_no_payment():
    cash = ours(6, "-1 GBP", references=("paid on 2025-03-06 as agreed in Q1", "kiel-r7:UKM12345", "ERA-TRANCHE-1"))
    assert set(cash_words(cash)) == {"kielr7ukm12345", "ukm12345", "eratranche1"}


def test_names_are_alike_whatever_the_order_of_their_words():
    assert alike("Ukraine", "Ministry of Finance of Ukraine") == 100
    assert alike("Finance Ministry", "Ministry of Finances") > 80
    assert alike("", "Ukraine") == 0
    assert alike("Kingdom of Norway", "Ukraine") < 60


# The assignment, and parts

scores = st.lists(st.dictionaries(st.integers(0, 4), st.integers(1, 9), max_size=5), max_size=5)


@given(scores)
def test_the_assignment_is_as_good_as_the_best_of_all(rows):
    found = assigned(rows)
    assert len(set(found.values())) == len(found)
    assert sum(rows[row][column] for row, column in found.items()) == best(rows, frozenset())


def best(rows: Sequence[Mapping[int, int]], taken: frozenset[int]) -> int:
    if not rows:
        return 0
    return max(
        best(rows[1:], taken),
        *(score + best(rows[1:], taken | {column}) for column, score in rows[0].items() if column not in taken),
        0,
    )


@given(st.lists(st.integers(1, 40), max_size=9), st.integers(0, 120), st.integers(0, 3))
def test_parts_are_those_that_trying_every_few_of_them_finds(units, least, more):
    ways = [
        way
        for size in (2, 3, 4)
        for way in combinations(range(len(units)), size)
        if least <= sum(units[place] for place in way) <= least + more
    ]
    found = making(units, least, least + more)
    assert found[:MOST_FOUND] == ways[:MOST_FOUND] or found[:-1] == ways[:MOST_FOUND]


lines_of = st.lists(
    st.builds(
        line,
        st.sampled_from(["-10 GBP", "-20 GBP", "-30 GBP", "5 GBP"]),
        st.sampled_from(["2025-03-04", "2025-03-06", "2025-03-20"]),
        st.sampled_from(["", "PLEDGE-1", "PLEDGE-2"]),
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)
paid_by = st.lists(
    st.builds(
        ours,
        st.integers(1, 99),
        st.sampled_from(["-10 GBP", "-20 GBP", "-30 GBP", "5 GBP"]),
        st.sampled_from(["2025-03-04", "2025-03-06", "2025-03-20"]),
        st.sampled_from(["PLEDGE-1", "PLEDGE-2"]),
    ),
    max_size=6,
    unique_by=lambda one: one.entry,
)


@given(lines_of, paid_by, st.randoms(use_true_random=False))
def test_the_order_in_which_lines_and_payments_come_changes_nothing(lines, cash, chance):
    mixed, shuffled = list(lines), list(cash)
    chance.shuffle(mixed)
    chance.shuffle(shuffled)
    terms = Terms(fees=money("5 GBP"))
    assert matched(lines, cash, terms) == matched(mixed, shuffled, terms)


@given(lines_of, paid_by)
def test_each_line_and_each_payment_is_in_one_group(lines, cash):
    groups = matched(lines, cash, Terms())
    assert sorted(one.key for group in groups for one in group.lines) == sorted(one.key for one in lines)
    assert sorted(one.entry for group in groups for one in group.ours) == sorted(one.entry for one in cash)
    for group in groups:
        assert (group.score is not None) == bool(group.lines and group.ours)
        assert group.score is None or 0 <= group.score <= 100
        if group.state is State.MATCHED:
            assert group.difference == Money(0, GBP)


@pytest.mark.parametrize(
    "amount", [lambda _, k: 1000 + k, lambda chance, _: chance.randint(1, 20) * 1000, lambda *_: 7]
)
def test_two_thousand_lines_and_payments_take_seconds(amount):
    chance = random.Random(5)  # noqa: S311 - the same every time
    lines, cash = [], []
    for number in range(2000):
        paid = date(2025, 1, 1) + timedelta(chance.randint(0, 60))
        units = Money(-amount(chance, number), GBP)
        cash.append(Cash(entry=number, pledge=f"PLEDGE-{number}", on=paid, amount=units))
        booked = paid + timedelta(chance.randint(0, 2))
        lines.append(Line(account="A", statement="S", key=str(number), booked_on=booked, amount=units))
    began = process_time()
    groups = matched(lines, cash, Terms())
    assert process_time() - began < 30
    assert {group.state for group in groups} <= {State.MATCHED, State.PROPOSED}
