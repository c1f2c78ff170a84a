"""What always holds: a property for each invariant, of values alone and of books that had a life."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import InputError
from ledger.journal import Draft, Entry, Posting, fold, opposite, refuse_controls, sums
from ledger.money import Balance, Commodity, Money, currency, plain, split
from ledger.period import Period, Size, parse_date, parse_moment, stamp
from ledger.proof import leaf
from ledger.reports.measures import MEASURES
from ledger.selection import EVERYTHING, Selection
from ledger.table import Table
from tests.machine import BookAndModel, days, tenths, which
from tests.strategies import amounts, balances, entries, json_values, moments, postings, texts, units
from tests.world import GBP, money, records
from tests.world import entries as entries_of

# Money


@given(units(), st.lists(st.integers(0, 10**12) | st.fractions(0, 10), min_size=1, max_size=12).filter(any))
def test_the_parts_of_a_split_sum_to_the_whole_and_differ_from_exact_by_less_than_one_unit(whole, weights):
    parts = split(Money(whole, GBP), weights)
    assert sum(part.units for part in parts) == whole
    total = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.units - Fraction(whole) * weight / total) < 1


@given(units(), st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any))
def test_a_split_turned_round_is_the_split_of_what_is_turned_round(whole, weights):
    assert [-part for part in split(Money(whole, GBP), weights)] == list(split(Money(-whole, GBP), weights))


@given(st.lists(amounts(), max_size=8))
def test_a_balance_adds_as_a_dictionary_does_and_holds_no_zeros(several):
    expected: dict[Commodity, int] = {}
    for amount in several:
        expected[amount.commodity] = expected.get(amount.commodity, 0) + amount.units
    assert dict(Balance(several)) == {of: total for of, total in expected.items() if total}


@given(balances(), balances(), balances())
def test_balances_add_in_any_order_and_take_away_what_they_added(one, two, three):
    assert (one + two) + three == three + (two + one)
    assert one + two - two == one
    assert hash(one + two) == hash(two + one)
    assert Balance() - (Balance() - one) == one
    assert Balance(one.amounts()) == one


@given(amounts())
def test_an_amount_in_plain_notation_is_read_back(amount):
    assert Money.of(amount.plain(), amount.commodity) == amount
    assert Money.of(amount.value, amount.commodity) == amount
    assert plain(amount.units, amount.commodity) == amount.plain()


@given(st.fractions(-(10**6), 10**6), st.sampled_from(["GBP", "JPY", "KWD"]).map(currency))
def test_rounding_goes_to_a_nearest_unit_and_is_the_same_on_both_sides_of_zero(value, of):
    rounded = Money.rounded(value, of)
    assert abs(rounded.value - value) <= Fraction(1, 2 * 10**of.digits)
    assert Money.rounded(-value, of) == -rounded


# Days


@given(st.dates(date(1, 1, 1), date(9998, 12, 31)), st.sampled_from(["day", "month", "quarter", "year"]))
def test_the_period_of_a_day_holds_it_is_read_back_and_ends_where_the_next_begins(day, size: Size):
    period = Period.of(day, size)
    assert day in period
    assert Period.parse(str(period)) == period
    assert period.last + timedelta(days=1) == period.end
    assert parse_date(day.isoformat()) == day


@given(moments(), moments())
def test_moments_are_read_back_and_sort_as_they_are_written(one, other):
    assert parse_moment(stamp(one)) == one
    assert (stamp(one) < stamp(other)) == (one < other)


# The journal


@given(postings())
def test_reversing_twice_is_as_if_nothing_was_reversed_and_once_leaves_nothing(some):
    assert opposite(opposite(some)) == some
    assert not any(fold([*some, *opposite(some)]).values())
    assert not any(sums(some).values())


@given(postings(), postings())
def test_a_fold_of_both_is_the_sum_of_the_folds(some, more):
    one, other, both = fold(some), fold(more), fold([*some, *more])
    for pledge in {*one, *other}:
        for stage in {*one.get(pledge, {}), *other.get(pledge, {})}:
            parts = [found.get(pledge, {}).get(stage, Balance()) for found in (one, other)]
            assert both.get(pledge, {}).get(stage, Balance()) == parts[0] + parts[1]


@given(postings().filter(bool), st.integers(0, 20), st.integers(1, 10**6))
def test_postings_that_are_out_by_anything_are_no_entry(some, which, out):
    wrong = some[which % len(some)]
    moved = Money(wrong.amount.units + out, wrong.amount.commodity)
    altered = [each for each in some if each is not wrong] + (
        [Posting(wrong.pledge, wrong.stage, moved)] if moved else []
    )
    with pytest.raises(InputError, match="out of balance by"):
        Draft(kind="commit", on=date(2025, 3, 2), facts={}, postings=tuple(altered))


@given(texts(0))
def test_text_without_controls_is_taken(text):
    refuse_controls(text, "the note")
    assert Draft(kind="amend", on=date(2025, 3, 2), facts={}, note=text).note == text


@given(texts(0), st.characters(categories=("Cc", "Cs", "Zl", "Zp")), texts(0))
def test_text_with_a_control_anywhere_is_refused_with_its_place(before, control, after):
    with pytest.raises(InputError, match=rf"\(U\+{ord(control):04X} at place {len(before) + 1}\)"):
        refuse_controls(before + control + after, "the note")


# The canonical line


@given(entries())
def test_a_line_is_byte_for_byte_what_rfc_8785_says(entry: Entry):
    line = leaf.line(entry)
    assert line.encode() == rfc8785.dumps(json.loads(line))
    assert "\n" not in line


@given(json_values())
def test_canonical_json_is_what_another_implementation_writes(value: Any):
    assert leaf.canonical(value).encode() == rfc8785.dumps(value)


@given(entries())
def test_an_entry_is_read_back_from_its_line(entry: Entry):
    assert leaf.read(leaf.line(entry)) == entry


@given(st.dictionaries(st.text("abcXYZ_-", min_size=1), json_values(), max_size=6), st.randoms(use_true_random=False))
def test_whatever_order_facts_were_said_in_the_line_is_the_same(facts: dict[str, Any], random):
    names = list(facts)
    random.shuffle(names)
    assert leaf.canonical({name: facts[name] for name in names}) == leaf.canonical(facts)


# Books that had a life

no = st.just(value=False)
yes_or_no = st.booleans()
donors = st.sampled_from(["GB", "FR", "EU"])
rules: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "announce": {
        "promises": st.fixed_dictionaries({"GBP": st.sampled_from([50, 100, 200])}),
        "instrument": st.sampled_from(["grant", "loan"]),
        "donor": donors,
        "on": days,
        "stage": st.sampled_from(["pledged", "committed"]),
        "parent": st.none() | which,
    },
    "move": {"a": which, "b": which, "c": which, "on": days, "tenths": tenths, "only": st.none(), "top_up": yes_or_no},
    "pay_and_pay_back": {
        "a": which,
        "c": which,
        "tenths": tenths,
        "back": st.sampled_from(["repay", "forgive"]),
        "top_up": yes_or_no,
    },
    "give_back": {"a": which, "c": which, "tenths": tenths, "everything": yes_or_no, "kind": st.just("cancel")},
    "draw": {"a": which, "b": which, "c": which, "tenths": tenths, "on": days, "existing": no},
    "supersede": {"a": which, "b": which, "existing": no},
    "revise": {"a": which, "code": st.just("GBP"), "units": st.sampled_from([80, 150]), "on": days},
    "amend_donor": {"a": which, "donor": donors, "on": days},
    "reverse": {"back": st.integers(0, 6), "on": st.none()},
}
an_event = st.one_of([st.tuples(st.just(name), st.fixed_dictionaries(said)) for name, said in rules.items()])
a_life = st.lists(an_event, max_size=12)


@contextmanager
def lived(life: list[tuple[str, dict[str, Any]]]) -> Iterator[Iterator[tuple[str, BookAndModel]]]:
    """A book and its model, and the rules they go through one by one."""
    both = BookAndModel()

    def live() -> Iterator[tuple[str, BookAndModel]]:
        both.begin(first="loan", second={"EUR": 100})
        yield "begin", both
        for name, said in life:
            getattr(both, name)(**said)
            yield name, both

    yield live()
    both.teardown()


REPORTS: dict[str, Callable[[Book, Selection], Table]] = {
    "trial balance": Book.trial_balance,
    "pledges": Book.pledges,
    "journal": Book.journal,
    "totals by donor": lambda book, chosen: book.totals(chosen, by=("donor", "instrument")),
    "totals by pledge": lambda book, chosen: book.totals(chosen, by=("pledge", "parent", "year")),
    "stages": lambda book, chosen: book.pipeline(chosen, by=("donor",)),
}


@settings(max_examples=15)
@given(a_life)
def test_as_known_at_a_number_the_book_is_what_it_was_after_so_many_entries(life):
    known: dict[int, dict[str, list[dict[str, str | None]]]] = {}
    with lived(life) as lives:
        for _, both in lives:
            number = len(both.model.entries)
            known[number] = {name: records(report(both.book, EVERYTHING)) for name, report in REPORTS.items()}
        for number, said in known.items():
            then = Selection(known_at=number)
            assert {name: records(report(both.book, then)) for name, report in REPORTS.items()} == said


@settings(max_examples=15)
@given(a_life)
def test_every_entry_balances_in_each_pledge_and_commodity_and_numbers_have_no_gap(life):
    with lived(life) as lives:
        *_, (_, both) = lives
        found = entries_of(both.book)
        assert [entry.number for entry in found] == list(range(1, len(both.model.entries) + 1))
        for entry in found:
            assert not any(sums(entry.postings).values())
        everything = fold(posting for entry in found for posting in entry.postings)
        for pledge, stages in everything.items():
            assert sum(stages.values(), start=Balance()) == Balance(), pledge


@settings(max_examples=15)
@given(a_life)
def test_the_trial_balance_is_zero_for_every_pledge_and_commodity_whatever_happened(life):
    with lived(life) as lives:
        for _, both in lives:
            sides: dict[tuple[str | None, str | None], Balance] = {}
            for row in records(both.book.trial_balance()):
                key, amount = (row["pledge"], row["commodity"]), money(f"{row['balance']} {row['commodity']}")
                sides[key] = sides.get(key, Balance()) + Balance([amount])
            assert set(sides.values()) == {Balance()}


@settings(max_examples=15)
@given(a_life)
def test_no_measure_is_more_than_the_one_before_it_and_none_is_less_than_nothing(life):
    with lived(life) as lives:
        *_, (_, both) = lives
        for row in records(both.book.totals(by=("pledge",))):
            found = {name: money(f"{row[name]} {row['currency']}").units for name in MEASURES}
            assert found["pledged"] >= found["committed"] >= found["allocated"] >= found["disbursed"] >= 0
            assert found["outstanding"] == found["pledged"] - found["disbursed"]
            assert found["disbursed"] >= found["called"] >= 0
            assert found["disbursed"] >= found["repaid"] + found["forgiven"] + found["owed"]
            assert min(found.values()) >= 0


@settings(max_examples=15)
@given(a_life)
def test_what_is_drawn_superseded_and_returned_moves_no_total(life):
    unmoved = {"draw", "supersede", "give_back", "amend_donor"}
    with lived(life) as lives:
        before: list[dict[str, str | None]] = []
        for name, both in lives:
            after = records(both.book.totals(by=()))
            assert name not in unmoved or after == before
            before = after
