"""The largest rows: ranks, shares, the others in one row, and what is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.chart import Drawn
from cli.report import Policies, Rows, _refuse_useless
from ledger.book import Worth
from ledger.errors import InputError
from ledger.money import currency
from ledger.reports.measures import Figures
from ledger.reports.ranking import Ranking, ranked, share
from ledger.reports.totals import Extent
from ledger.table import plain_cell
from tests.world import announce, cancel, commit, records, refused, selection

GBP = currency("GBP")


def top(book, count, measure="pledged", by=("donor",), worth=None, **filters):
    extent = Extent(ranking=Ranking(count, measure))
    return book.totals(selection(**filters), by, worth, extent=extent)


def places(table, name="pledged"):
    return [(row["donor"], row["currency"], row[name], row["rank"], row["share"]) for row in records(table)]


def below(table):
    """What people are shown below the rows: label, amount pledged, rank and share."""
    names = [table.header.index(name) for name in ("donor", "pledged", "rank", "share")]
    return [tuple(plain_cell(row[place]) for place in names) for row in table.totals]


@pytest.fixture
def four(book):
    for donor, amount in (("GB", 50), ("FR", 25), ("DE", 25), ("NO", 20)):
        announce(book, donor, f"{amount} EUR", on="2025-01-10")
    return book


def test_the_largest_rows_come_first_with_their_ranks_and_shares(four):
    table = top(four, 2)
    assert table.header == (*four.totals().header, "rank", "share")
    assert places(table) == [("GB", "EUR", "50.00", "1", "41.67"), ("DE", "EUR", "25.00", "2", "20.83")]
    assert below(table) == [("2 others", "45.00", None, "37.50"), (None, "120.00", None, "100.00")]


def test_equals_share_a_rank_and_stand_in_the_order_of_their_dimensions(four):
    assert [(row[0], row[3]) for row in places(top(four, 10))] == [("GB", "1"), ("DE", "2"), ("FR", "2"), ("NO", "4")]
    assert below(top(four, 4)) == [(None, "120.00", None, "100.00")]
    assert below(top(four, 3))[0] == ("1 other", "20.00", None, "16.67")


def test_each_currency_has_its_own_ranks_unless_figures_are_converted(four):
    announce(four, "US", "1 USD", on="2025-01-10")
    assert [(row[0], row[1], row[3]) for row in places(top(four, 1))] == [("GB", "EUR", "1"), ("US", "USD", "1")]
    table = top(four, 1, worth=Worth("EUR"))
    assert table.header[-3:] == ("policy", "rank", "share")
    assert [(row[0], row[3]) for row in places(table)] == [("GB", "1")]


def test_rows_are_ranked_by_the_measure_that_is_asked_for(four):
    commit(four, "FR-2025-0001", "5 EUR")
    found = places(top(four, 2, "committed"), "committed")
    assert found == [("FR", "EUR", "5.00", "1", "100.00"), ("DE", "EUR", "0.00", "2", "0.00")]


def test_a_share_of_nothing_is_absent(four):
    assert {row[4] for row in places(top(four, 9, "repaid"))} == {None}
    assert {row[-1] for row in top(four, 9, "repaid").totals} == {None}


def test_what_went_down_has_a_share_below_zero_of_what_went_up(book):
    cancel(book, announce(book, "GB", "10 EUR", on="2025-01-01"), "5 EUR", on="2025-02-01")
    announce(book, "FR", "15 EUR", on="2025-02-01")
    assert [row[4] for row in places(top(book, 9, since="2025-02-01"))] == ["150.00", "-50.00"]


def test_a_row_over_everything_is_the_first_and_the_whole(four):
    [row] = records(top(four, 3, by=()))
    assert (row["pledged"], row["rank"], row["share"]) == ("120.00", "1", "100.00")


def test_the_printed_rows_and_the_others_are_what_the_total_is_compared_with(book):
    for donor in ("GB", "FR", "DE"):
        announce(book, donor, "1 JPY", on="2025-01-10")
    assert "the printed rows of pledged add up to 0.01 EUR less than the exact total" in (
        top(book, 2, worth=Worth("EUR")).notes[0].replace("more", "less")
    )


@given(amounts=st.lists(st.integers(-20, 20), min_size=1, max_size=12), count=st.integers(1, 14))
def test_of_any_rows_the_largest_are_shown_and_nothing_is_lost(amounts, count):
    figures = Figures()
    for number, amount in enumerate(amounts):
        figures.add((f"{number:02}",), GBP, "pledged", Fraction(amount))
    rows, others = ranked(figures, Ranking(count))
    kept = sorted((amount for amount in amounts if amount), reverse=True)
    assert [row.figures["pledged"] for row in rows] == kept[:count]
    assert [row.place[:1] for row in rows] == [(1 + sum(each > amount for each in kept),) for amount in kept[:count]]
    rest = [row for row in others if row.key]
    assert sum(row.figures["pledged"] for row in (*rows, *rest)) == sum(amounts)
    left = len(kept) - count
    assert [row.key for row in rest] == ([(f"{left} others" if left > 1 else "1 other",)] if left > 0 else [])


@given(part=st.fractions(), whole=st.fractions().filter(bool))
def test_a_share_is_within_half_a_hundredth_of_what_it_is(part, whole):
    text = share(part, whole)
    assert text is not None
    assert abs(Fraction(text) - 100 * part / whole) <= Fraction(1, 200)
    assert text != "-0.00"


# What is refused


@pytest.mark.parametrize("count", [0, -3])
def test_fewer_than_one_row_is_refused(count):
    with refused(InputError, f"--top {count}: say how many rows to show, 1 or more"):
        Ranking(count)


def test_what_is_no_measure_is_refused_naming_those_there_are():
    with refused(InputError, "'colour' is no measure: choose from pledged, committed"):
        Ranking(1, "colour")


@pytest.mark.parametrize("text", ["ten", "-1", "1.5"])
def test_what_is_no_whole_number_of_rows_is_refused(text):
    with refused(InputError, f"--top '{text}': write a whole number"):
        Rows(top=text).extent()


@pytest.mark.parametrize(
    ("rows", "policies", "drawn", "words"),
    [
        (Rows(measure="pledged"), Policies(), Drawn(), "--measure goes with --top, --chart or --compare-policies"),
        (Rows(top="3"), Policies(compare=True), Drawn(), "leave --top and --range out"),
    ],
)
def test_options_that_would_change_nothing_are_refused(rows, policies, drawn, words):
    with refused(InputError, words):
        _refuse_useless(rows, policies, drawn)
