"""Doubles and wholes: which promises look like one recorded twice, and which like the sum of others."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.message import message
from ledger.money import Money
from ledger.reports.doubles import NEAR_DAYS, NEIGHBOURS, NOTHING_KNOWN, Block, Double, Known, Promised, doubles
from ledger.reports.wholes import Company, companions, packages, wholes
from tests.world import money

FIRST = date(2025, 3, 2)
entries: Iterator[int] = iter(range(1, 1_000_000))


def promised(amount: str, title: str | None = "Air-defence missiles", **said: Any) -> Promised:
    """A promise of the United Kingdom's to Ukraine, as ``1600 GBP``, ``days`` after 2 March 2025."""
    own = money(amount)
    block = Block(said.pop("donor", "GB"), "UA", own.commodity.code)
    on = FIRST + timedelta(days=said.pop("days", 0))
    entry = next(entries)
    facts: dict[str, Any] = {
        "purpose": "military",
        "instrument": "export_credit",
        "pledge": f"P{entry}",
        "entry": entry,
    }
    return Promised(block=block, units=own.units, on=on, title=title, **(facts | said))


def found(*each: Promised, known: Known = NOTHING_KNOWN) -> list[Double]:
    """The doubles among these, block by block."""
    return list(doubles(sorted(each, key=lambda one: one.block), known))


def suspected(one: Promised, other: Promised, known: Known = NOTHING_KNOWN) -> bool:
    """Whether two promises look like one, in whichever order they come."""
    there, back = found(one, other, known=known), found(other, one, known=known)
    assert there == back
    return bool(there)


def test_the_same_pledge_reported_twice_is_found_and_the_reason_is_said():
    [double] = found(
        promised("1600000000 GBP", "Export finance for 5,000 air-defence missiles"),
        promised("1620000000 GBP", "Air-defence missiles: export finance (5000 pieces)", days=3),
    )
    reason = "same donor and recipient, 1600000000.00 GBP and 1620000000.00 GBP, 3 days apart, titles 87 % alike"
    assert double.reason == reason


def test_of_two_that_look_alike_the_one_recorded_later_is_the_double():
    one, other = promised("5 GBP", days=9), promised("5 GBP")
    [double] = found(other, one)
    assert (double.earlier, double.later) == (one, other)
    assert double.reason == "same donor and recipient, both 5.00 GBP, 9 days apart, titles 100 % alike"
    [double] = found(promised("5 GBP", None), promised("5 GBP", None, days=1))
    assert double.reason.endswith("both 5.00 GBP, 1 day apart, no two titles to compare")
    [double] = found(promised("5 GBP", None), promised("5 GBP", None))
    assert double.reason.endswith("both 5.00 GBP, both of 2025-03-02, no two titles to compare")


@pytest.mark.parametrize(
    ("amount", "said", "alike"),
    [
        ("100 GBP", {}, True),
        ("98 GBP", {}, True),
        ("97.99 GBP", {}, False),
        ("102.04 GBP", {}, True),
        ("102.05 GBP", {}, False),
        ("100 EUR", {}, False),
        ("100 GBP", {"donor": "NO"}, False),
        ("100 GBP", {"days": NEAR_DAYS}, True),
        ("100 GBP", {"days": NEAR_DAYS + 1}, False),
        ("100 GBP", {"days": -NEAR_DAYS}, True),
        ("100 GBP", {"purpose": "financial", "instrument": "grant"}, True),
    ],
)
def test_alike_are_the_donor_the_amount_within_two_per_cent_and_the_day_within_a_month(amount, said, alike):
    assert suspected(promised("100 GBP"), promised(amount, **said)) is alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Air-defence missiles", "AIR DEFENCE MISSILES!", True),
        ("Air-defence missiles", "Air-defence missiles from Thales in Belfast", True),
        ("Air-defence missiles", "Humanitarian demining", False),
        ("Third tranche", "Fourth tranche", False),
        ("Tranche 3", "Tranche 4", False),
        ("Tranche 3", "Tranche 3 of 2025", True),
        ("5,000 missiles", "5000 missiles", True),
        ("Ракети ППО", "ракети ппо", True),
        (None, None, True),
        ("Air-defence missiles", None, True),
        ("", "...", True),
    ],
)
def test_titles_are_compared_by_their_words_and_by_the_numbers_that_tell_parts_apart(one, other, alike):
    assert suspected(promised("100 GBP", one), promised("100 GBP", other)) is alike


@pytest.mark.parametrize(
    "said",
    [{"amount": "101 GBP"}, {"purpose": "financial"}, {"instrument": "grant"}],
    ids=lambda said: next(iter(said)),
)
def test_without_two_titles_all_else_must_be_the_same(said):
    assert not suspected(promised("100 GBP"), promised(**{"amount": "100 GBP", "title": None, **said}))


def test_a_facility_and_what_draws_on_it_are_no_doubles():
    facility = promised("100 GBP", pledge="F")
    first, second = (promised("100 GBP", parent="F") for _ in range(2))
    assert not suspected(facility, first)
    assert not suspected(first, second)
    assert suspected(facility, promised("100 GBP", parent="another"))


def test_pledges_that_are_linked_or_said_to_differ_are_no_doubles():
    one, other = promised("100 GBP"), promised("100 GBP")
    pair = frozenset({frozenset((one.pledge, other.pledge))})
    assert suspected(one, other)
    assert not suspected(one, other, Known(linked=pair))
    assert not suspected(one, other, Known(distinct=pair))


def test_parts_of_one_package_are_doubles_only_where_everything_is_the_same():
    one = promised("100 GBP", package="ERA")
    assert suspected(one, promised("100 GBP", package="ERA"))
    assert not suspected(one, promised("99 GBP", package="ERA"))
    assert not suspected(one, promised("100 GBP", "Air-defence missiles again", package="ERA"))
    assert not suspected(one, promised("100 GBP", package="ERA", purpose="financial"))
    assert suspected(one, promised("99 GBP", package="another"))


def test_an_equivalent_that_a_source_states_is_compared_too_and_a_pair_is_found_once():
    own = promised("1600 GBP", pledge="A")
    stated = promised("2000 USD", pledge="A", entry=own.entry, stated=True)
    dollars = promised("2000 USD", pledge="B")
    pounds = promised("1600 GBP", pledge="B", entry=dollars.entry, stated=True)
    [double] = found(own, stated, dollars, pounds)
    assert {double.earlier.pledge, double.later.pledge} == {"A", "B"}
    assert "(as a source states one of them)" in double.reason
    assert not found(own, stated, promised("1700 GBP", pledge="C"), promised("2000 USD", pledge="C", stated=True))


def test_where_a_donor_has_very_many_of_one_amount_only_neighbours_are_compared():
    many = [promised("5 GBP") for _ in range(3 * NEIGHBOURS)]
    count = len(found(*many))
    assert count == sum(min(NEIGHBOURS, len(many) - 1 - place) for place in range(len(many)))


def plain(one: Promised, other: Promised) -> bool:
    """The rule once more, as it is written down: with whole numbers, and each pair looked at by itself."""
    apart = abs((one.on - other.on).days)
    less, more = sorted((one.units, other.units))
    if one.block != other.block or apart > 31 or (more - less) * 50 > more:
        return False
    return one.title == other.title or (one.title, other.title) in {
        ("missiles", "more missiles"),
        ("more missiles", "missiles"),
    }


promises = st.lists(
    st.builds(
        promised,
        st.sampled_from(["100 GBP", "101 GBP", "102 GBP", "103 GBP", "104.06 GBP", "100 EUR"]),
        st.sampled_from(["missiles", "more missiles", "demining"]),
        days=st.integers(-70, 70),
        donor=st.sampled_from(["GB", "NO"]),
    ),
    max_size=14,
)


@given(promises, st.randoms())
def test_the_doubles_are_those_of_the_plain_rule_in_whatever_order_promises_come(some, chance):
    expected = {frozenset((a.pledge, b.pledge)) for a, b in combinations(some, 2) if plain(a, b)}
    pairs = [frozenset((double.earlier.pledge, double.later.pledge)) for double in found(*some)]
    assert set(pairs) == expected
    assert len(pairs) == len(expected)
    ranked = sorted(found(*some), key=lambda double: double.rank)
    mixed = list(some)
    chance.shuffle(mixed)
    assert sorted(found(*mixed), key=lambda double: double.rank) == ranked


# Wholes


RATES = {"EUR": Fraction(1), "USD": Fraction(1, 2), "GBP": Fraction(3, 2)}


def value(amount: Money, _: date) -> Fraction | None:
    """What an amount is worth in euros, at rates that are easy to reckon with."""
    rate = RATES.get(amount.commodity.code)
    return None if rate is None else amount.value * rate


def summed(*each: Promised, known: Known = NOTHING_KNOWN, total: Promised | None = None) -> list[str]:
    """The wholes among these, in words."""
    return [str(whole.said) for whole in wholes([Company(message("of package ERA"), each, total)], value, known)]


def test_a_total_recorded_beside_its_parts_is_found_across_currencies():
    parts = promised("10 GBP", pledge="A"), promised("20 USD", pledge="B"), promised("5 EUR", pledge="C")
    total = promised("60.5 USD", pledge="G7", donor="G7")
    reason = "its 60.50 USD are what 3 others of package ERA add up to, 0.8 % less: A, B, C"
    assert summed(*parts, total) == [reason]
    assert summed(*parts, promised("60 USD")) == ["its 60.00 USD are what 3 others of package ERA add up to: A, B, C"]
    assert summed(*parts, promised("59 USD"))[0].endswith("add up to, 1.7 % more: A, B, C")
    assert summed(*parts, promised("62 USD")) == []


def test_a_part_that_is_said_to_differ_or_draws_on_the_total_is_none():
    one, two, three = (promised(f"{amount} EUR") for amount in (30, 40, 50))
    total = promised("120 EUR")
    assert summed(one, two, three, total)
    apart = frozenset({frozenset((total.pledge, one.pledge))})
    assert summed(one, two, three, total, known=Known(distinct=apart)) == []
    assert summed(one, two, promised("50 EUR", parent=total.pledge), total) == []


def test_two_promises_alone_are_a_double_or_nothing_and_no_whole():
    assert summed(promised("100 EUR"), promised("100 EUR")) == []
    assert summed() == []


def test_where_one_promise_has_no_rate_nothing_is_said_but_in_one_currency_none_is_needed():
    assert summed(promised("1 EUR"), promised("1 JPY"), promised("2 EUR")) == []
    assert len(summed(promised("1 JPY"), promised("1 JPY"), promised("2 JPY"))) == 1


def test_packages_are_taken_by_name_and_many_parts_are_not_all_named():
    some = [promised("1 EUR", package=name) for name in ("B", "A", "B", "B", "B", "B", "B")]
    some.append(promised("6 EUR", package="B"))
    assert [company.what for company in packages(some)] == ["of package A", "of package B"]
    [whole] = wholes(packages(some), value)
    assert whole.said.endswith(", ...")
    assert whole.whole == some[-1]


def test_beside_a_groups_total_stand_promises_of_others_from_the_same_source_alike_financed_and_near_in_days():
    total = promised("9 EUR", donor="G7", source="era", instrument="loan")
    near = promised("3 EUR", source="era", instrument="loan", days=92)
    others = (
        promised("3 EUR", source="era", instrument="loan", days=93),
        promised("3 EUR", source="budget", instrument="loan"),
        promised("3 EUR", source="era", instrument="grant"),
        promised("3 EUR", source="era", instrument="loan", donor="G7"),
    )
    company = companions(total, [near, *others, total])
    assert (company.members, company.total) == ((near,), total)
    assert company.what == "paid by era as loan"
