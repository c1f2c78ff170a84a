"""Our totals beside somebody else's: each cell once, equal, within, different or one side's only, and why."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book import Worth
from ledger.errors import InputError, MissingRate
from ledger.formats.tracker.read import read
from ledger.formats.tracker.written import load
from ledger.money import Money
from ledger.reconcile.tolerance import Tolerance
from ledger.reconcile.tracker import VERDICTS, Cause, Cells, Held, Line, absence, cause, compare, tracker
from ledger.statements.tracker import MOST_EXPLAINED
from tests.commandline import refused as command_refused
from tests.commandline import typed
from tests.tracker_words import compared, published, verdicts
from tests.world import (
    EUR,
    GBP,
    announce,
    announcement,
    commit,
    join,
    money,
    records,
    refuses,
    register_party,
    reverse,
)

CASES = Path(__file__).parent.parent / "fixtures" / "tracker"
BOOK = (
    "pledge add DK '100m EUR' --id D1 --on 2025-03-03 --purpose military --instrument grant",
    "pledge add DK '50m EUR' --id D2 --on 2025-03-04 --purpose military --instrument grant",
    "pledge add NO '30m EUR' --id N1 --on 2025-03-03 --purpose humanitarian --instrument grant",
)


# Verdicts


def test_each_cell_of_both_sides_gets_a_verdict(book):
    announce(book, "DK", "100 EUR")
    announce(book, "NO", "200 EUR", purpose="humanitarian")
    announce(book, "SE", "300 EUR")
    announce(book, "FI", "400 EUR")
    theirs = published(
        "DK military 100.99 EUR", "NO humanitarian 203 EUR", "SE military 250 EUR", "IT military 5 EUR",
        "PL military 0 EUR", rounding="4",
    )  # fmt: skip
    assert verdicts(book, theirs) == {
        "DK military": "equal",
        "FI military": "only_ours",
        "IT military": "only_theirs",
        "NO humanitarian": "within",
        "PL military": "equal",
        "SE military": "different",
    }


def test_a_row_says_both_figures_their_difference_and_the_measure(book):
    pledge = announce(book, "GB", "100 GBP", on="2025-02-28")
    commit(book, pledge, "60 GBP", on="2025-02-28")
    table = compared(book, published("GB military 70 EUR", measure="committed"), Worth("EUR"))
    assert records(table) == [
        {
            "donor": "GB",
            "purpose": "military",
            "measure": "committed",
            "currency": "EUR",
            "ours": "72.63",
            "theirs": "70.00",
            "difference": "2.63",
            "verdict": "different",
            "pledges": pledge,
            "reason": "none is worth the difference alone: the largest of the year up to 2025-02-28",
            "policy": "spot",
        }
    ]
    assert [str(cell) for cell in table.totals[0]][3:7] == ["EUR", "72.63 EUR", "70.00 EUR", "2.63 EUR"]
    evidence = table.explained()
    assert evidence
    (rates,) = records(evidence)
    assert (rates["base_rate"], rates["committed"]) == ("0.82608", "60.00")
    assert records(compared(book, published("GB military 121.05 EUR"), Worth("EUR")))[0]["measure"] == "pledged"
    assert verdicts(book, published("GB military 60 GBP"), measure="committed") == {"GB military": "equal"}


@pytest.mark.parametrize(
    ("tolerance", "verdict"),
    [
        (Tolerance(money("5 EUR")), "within"),
        (Tolerance(money("4.99 EUR")), "different"),
        (Tolerance(share=Fraction(5, 105)), "within"),
        (Tolerance(share=Fraction(4, 105)), "different"),
    ],
)
def test_a_tolerance_is_an_amount_or_a_share_of_their_figure(book, tolerance, verdict):
    announce(book, "DK", "100 EUR")
    assert verdicts(book, published("DK 105 EUR"), tolerance=tolerance) == {"DK": verdict}


figures = st.dictionaries(st.sampled_from("ABCDE"), st.fractions(-100, 100, max_denominator=7), max_size=5)


@given(ours=figures, theirs=figures, rounding=st.fractions(0, 5))
def test_every_cell_of_either_side_is_there_once_and_differences_add_up(ours, theirs, rounding):
    own, other = (_cells(side) for side in (ours, theirs))
    lines = compare(own, other, Tolerance(), rounding)
    assert [line.key[0] for line in lines] == sorted(theirs.keys() | {donor for donor, value in ours.items() if value})
    assert sum(line.difference for line in lines) == sum(ours.values()) - sum(theirs.values())
    for line in lines:
        assert line.verdict in VERDICTS
        assert (line.verdict == "equal") == (abs(line.difference) < 1)
        assert line.verdict != "only_ours" or line.theirs is None
        assert line.verdict != "only_theirs" or line.ours is None


def _cells(side: dict[str, Fraction]) -> Cells:
    return {(EUR, (donor,)): value for donor, value in side.items()}


def test_amounts_in_several_currencies_are_compared_each_in_its_own(book):
    announce(book, "DK", "100 EUR", "700 DKK")
    theirs = published("DK military 100 EUR", "DK military 600 DKK")
    found = [(row["currency"], row["verdict"]) for row in records(compared(book, theirs))]
    assert found == [("DKK", "different"), ("EUR", "equal")]


def test_filters_narrow_both_sides_and_what_cannot_be_narrowed_is_said(book):
    register_party(book, "NORDIC", "Nordic countries", "group")
    join(book, "DK", "NORDIC")
    for donor in ("DK", "IT"):
        announce(book, donor, "100 EUR")
        announce(book, donor, "10 EUR", purpose="humanitarian", instrument="loan")
    theirs = published(*(f"{who} {what} 1 EUR" for who in ("DK", "IT") for what in ("military", "humanitarian")))
    assert list(verdicts(book, theirs, donor="IT", purpose="military")) == ["IT military"]
    assert list(verdicts(book, theirs, group="NORDIC")) == ["DK humanitarian", "DK military"]
    assert list(verdicts(book, theirs, by=("purpose",))) == ["humanitarian", "military"]
    table = compared(book, theirs, instrument="loan", as_of="2025-03-02")
    assert "ours are narrowed by instrument, the table is not" in table.notes
    assert [row["verdict"] for row in records(table)] == ["different", "only_theirs", "different", "only_theirs"]


# Which pledges


def test_a_pledge_that_is_worth_the_difference_alone_is_named(book):
    first, _ = announce(book, "DK", "100 EUR"), announce(book, "DK", "70 EUR")
    same = announce(book, "DK", "99.50 EUR")
    (row,) = records(compared(book, published("DK military 169.50 EUR")))
    assert (row["pledges"], row["reason"]) == (f"{first}, {same}", "worth the difference alone")


def test_else_the_largest_of_the_last_year_are(book):
    announce(book, "DK", "5000 EUR", on="2023-01-01")
    amounts = [announce(book, "DK", f"{size} EUR", on="2024-12-31") for size in (10, 40, 30, 20)]
    (row,) = records(compared(book, published("DK military 1 EUR")))
    assert row["pledges"] == ", ".join(amounts[k] for k in (1, 2, 3))
    assert row["reason"] == "none is worth the difference alone: the largest of the year up to 2024-12-31"
    (row,) = records(compared(book, published("IT military 1 EUR"), donor="DK"))
    assert row["reason"] == "the table has no such cell: the largest of the year up to 2024-12-31"
    row = records(compared(book, published("IT military 1 EUR", "DK military 5100 EUR")))[1]
    assert (row["pledges"], row["reason"]) == (None, "no pledge of ours is in this cell")


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 10**6)), min_size=1, max_size=8), st.integers(-5, 10**6))
def test_whatever_is_named_is_in_the_cell_and_the_order_of_pledges_does_not_matter(held, difference):
    first = date(2022, 1, 1)
    pledges = [Held(f"P{k}", first + timedelta(days), Fraction(value)) for k, (days, value) in enumerate(held)]
    line = Line(GBP, ("GB",), Fraction(difference), Fraction(0), "different")
    found = cause(line, pledges, Fraction(0))
    assert found.pledges
    assert set(found.pledges) <= {one.pledge for one in pledges}
    assert found == cause(line, pledges[::-1], Fraction(0))


def test_pledges_are_named_for_the_largest_differences_only(book):
    codes = ["AT", "BE", "BG", "CA", "CH", "CZ", "DE", "DK", "EE", "ES", "FI"]
    codes += ["FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "JP", "LT", "LU"]
    for size, code in enumerate(codes, 1):
        announce(book, code, f"{10 * size} EUR")
    table = compared(book, published("US military 1 EUR"))
    named = [row["donor"] for row in records(table) if row["pledges"]]
    assert len(named) == MOST_EXPLAINED
    assert set(codes) - set(named) == {"AT", "BE"}
    assert "pledges are named for the 20 largest differences: --donor CODE shows others" in table.notes


def test_a_cell_in_which_we_count_nothing_says_what_of_ours_is_there(book):
    secret, kind = announce(book, "FR"), announce(book, "FR", purpose="other")
    idle = announce(book, "FR", "100 GBP", purpose="other")
    reverse(book, book.record(announcement("FR", "100 GBP")).entry.number)
    announce(book, "FR", package="ours:uncounted")
    announce(book, "FR", "100 GBP", package="ours:uncounted", purpose="humanitarian")
    theirs = published("FR military 1 EUR", "FR other 2 EUR", "FR humanitarian 3 EUR", counts_all=False)
    found = records(compared(book, theirs, Worth("EUR"), measure="committed"))
    assert [(row["purpose"], row["pledges"], row["reason"]) for row in found] == [
        ("humanitarian", None, "no pledge of ours is in this cell"),
        ("military", secret, f"{secret} is undisclosed"),
        (
            "other",
            f"{kind}, {idle}",
            f"{kind} is undisclosed; our pledges in this cell have nothing committed: {idle}",
        ),
    ]


def test_of_many_pledges_that_count_nothing_three_are_named():
    found = absence("owed", [], ["A", "B", "C", "D", "E"])
    reason = "our pledges in this cell have nothing owed: A, B, C and 2 more"
    assert found == Cause(("A", "B", "C"), reason)


# Rounding


@given(ours=figures, theirs=figures)
def test_the_printed_difference_is_that_of_the_printed_figures_and_a_note_says_what_rows_and_totals_differ_by(
    ours, theirs
):
    lines = compare(_cells(ours), _cells(theirs), Tolerance(), Fraction(0))
    table = tracker(lines, {}, ("donor",), measure="pledged", policy=lambda _: None)
    rows = [[Fraction(row[name] or 0) for name in ("ours", "theirs", "difference")] for row in records(table)]
    assert all(difference == own - other for own, other, difference in rows)
    for total in table.totals:
        exact = [cell.value for cell in total if isinstance(cell, Money)]
        assert exact[2] == exact[0] - exact[1]
        apart = [sum(column) != value for column, value in zip(zip(*rows, strict=True), exact, strict=True)]
        assert sum(apart) == sum(note.startswith("the printed rows of") for note in table.notes)


def test_printed_thirds_add_up_to_less_than_their_total():
    lines = compare(_cells({"A": Fraction(4, 3), "B": Fraction(4, 3)}), _cells({}), Tolerance(), Fraction(0))
    table = tracker(lines, {}, ("donor",), measure="pledged", policy=lambda _: None)
    assert "the printed rows of ours add up to 0.01 EUR less than the exact total" in table.notes


# What the publisher lists and does not count


def test_what_is_marked_uncounted_is_left_out_of_ours(book):
    announce(book, "DK", "100 EUR", package="ours:uncounted")
    announce(book, "DK", "10 EUR", package="other:uncounted")
    announce(book, "DK", "1 EUR")
    ours = {"": "111.00", "ours": "11.00"}
    for name, value in ours.items():
        (row,) = records(compared(book, published("DK 1 EUR"), name=name or None))
        assert row["ours"] == value
    (row,) = records(compared(book, published("DK 1 EUR", counts_all=False)))
    assert (row["ours"], row["verdict"]) == ("1.00", "equal")


# The command


@pytest.mark.usefixtures("desk")
def test_the_command_exits_1_where_the_tables_differ_and_0_where_they_do_not():
    Path("same.csv").write_text("country,military (EUR m),humanitarian (EUR m)\nDenmark,150,\nNorway,,30\n")
    Path("other.csv").write_text("country,military (EUR m),humanitarian (EUR m)\nDenmark,100,\nNorway,,30\nTotal,1,1\n")
    same, other = typed("reconcile tracker same.csv --format json"), typed("reconcile tracker other.csv --format csv")
    assert (same.code, [row["verdict"] for row in same.rows]) == (0, ["equal", "equal"])
    assert (other.code, [row["pledges"] for row in other.table]) == (1, ["D2", ""])
    said = typed("reconcile tracker other.csv")
    assert said.code == 1
    assert "note: 2 cells: 1 equal, 1 different\n" in said.said
    assert "note: left out of the table: row 4 (Total)\n" in said.said
    assert typed('reconcile tracker other.csv --tolerance "50m EUR"').code == 0
    assert typed("reconcile tracker other.csv --explain --format csv").table[0]["into"] == "EUR"


@pytest.mark.usefixtures("desk")
def test_a_map_and_another_currency_are_options():
    mapping = CASES / "map" / "map.toml"
    found = typed(f"reconcile tracker {CASES / 'map' / 'input.csv'} --map {mapping} --by donor --format csv")
    assert [(row["donor"], row["measure"], row["verdict"]) for row in found.table] == [
        ("DK", "committed", "only_theirs"),
        ("GB", "committed", "only_theirs"),
    ]
    Path("dollars.csv").write_text("country,military ($ m)\nDenmark,157.44\n")
    (row,) = typed("reconcile tracker dollars.csv --in USD --donor DK --format csv").table
    assert (row["currency"], row["theirs"], row["policy"]) == ("USD", "157440000.00", "spot")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("code", "options", "words"),
    [
        (2, "--measure best", "'best' is no measure: choose from pledged, committed"),
        (2, "--by year", "--by year: tables of totals are compared by donor and purpose"),
        (2, "--by purpose", "--by purpose: the table has no purpose, only donor"),
        (2, "--purpose military,other", "--purpose military,other: the table has no purpose, only donor"),
        (2, "--tolerance '10m USD'", "--tolerance 10000000.00 USD: the table is in EUR"),
        (2, "--sheet A", "--sheet 'A' goes with a workbook: table.csv is none"),
        (2, "--in USD", "the table has figures in EUR, which have no day to be converted to USD at"),
        (2, "--tolerance 5", "--tolerance '5': write a percentage such as 0.5%, or an amount"),
        (2, "--as kiel-r7", "--as goes with Kiel's workbook, which holds rows beside its totals: table.csv is no"),
        (2, "--map none.toml", "none.toml: there is no such file"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(code, options, words):
    Path("table.csv").write_text("country,total (EUR)\nDenmark,1\n")
    assert words in command_refused(code, f"reconcile tracker table.csv {options}")


@pytest.mark.usefixtures("desk")
def test_a_table_that_does_not_say_its_currency_is_refused():
    Path("table.csv").write_text("country,total\nDenmark,1\n")
    words = "the table does not say which currency it is in: name it with --in CUR, or in a map"
    assert words in command_refused(2, "reconcile tracker table.csv")


def test_a_missing_rate_is_never_skipped(book):
    announce(book, "KW", "100 KWD")
    with refuses(book, MissingRate, "no rate from KWD to EUR"):
        compared(book, published("KW 1 EUR"), Worth("EUR"))
    table = records(compared(book, published("KW 1 EUR"), Worth("EUR", list_missing=True)))
    assert [(row["currency"], row["verdict"], row["policy"]) for row in table] == [
        ("EUR", "only_theirs", "spot"),
        ("KWD", "only_ours", None),
    ]


def test_the_loans_of_the_g7_are_those_of_the_demo_but_for_the_rounded_one(book):
    for donor, amount, purpose in (
        ("CA", "5000000000 CAD", "financial"),
        ("EU", "18115000000 EUR", "financial"),
        ("JP", "471900000000 JPY", "financial"),
        ("GB", "2260000000 GBP", "military"),
        ("US", "20000000000 USD", "financial"),
    ):
        announce(book, donor, amount, purpose=purpose, instrument="loan")
    found = verdicts(book, read(CASES / "long" / "input.csv"))
    assert found.pop("GB military") == "different"
    assert set(found.values()) == {"equal"}
    assert verdicts(book, read(CASES / "map" / "input.csv", load(CASES / "map" / "map.toml")), donor="DK") == {
        "DK military": "only_theirs"
    }


def test_figures_in_two_currencies_have_no_day_to_be_converted_at(book):
    with refuses(book, InputError, "the table has figures in GBP, which have no day to be converted to EUR at"):
        compared(book, published("DK 1 EUR", "GB 1 GBP"), Worth("EUR"))
