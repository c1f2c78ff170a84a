"""Evidence: whoever has the rates a report used can make its totals again, and sees what other policies would give."""

import csv
import json
from datetime import date
from fractions import Fraction
from io import StringIO

import pytest

from cli.main import run
from ledger.book import Worth
from ledger.errors import InputError
from ledger.money import Money, currency
from ledger.recognition.steps import Step
from ledger.reports.evidence import exact_text
from ledger.reports.measures import MEASURES
from tests import places, world
from tests.world import announce, announcement, movement, records, refused, selection

POLICIES = ("spot", "month", "year", "fixed:2024-06")
DAYS = ("2023-01-15", "2024-02-29", "2024-10-22", "2025-03-02")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the book of these tests is, which only looks."""
    return places.at(tmp_path_factory.mktemp("evidence") / "book.db")


@pytest.fixture(scope="module")
def world_of_aid(place):
    """Pledges of several currencies and days, in every stage."""
    steps: list[Step] = []
    for number, (donor, code) in enumerate([("GB", "GBP"), ("US", "USD"), ("JP", "JPY"), ("DE", "EUR"), ("SE", "SEK")]):
        for place_in_time, on in enumerate(DAYS):
            pledge, day = f"{donor}-{place_in_time}", place_in_time + number + 1
            amounts = [f"{units} {code}" for units in (1000003 + number, 700001 - day, 300007 + day, 1009 * day)]
            steps.append(announcement(donor, amounts[0], on=on, id=pledge, instrument="loan"))
            if place_in_time:
                steps.append(movement("allocate", pledge, amounts[1], on=f"2025-04-{day:02}"))
                steps.append(movement("disburse", pledge, amounts[2], on=f"2025-05-{day:02}"))
                steps.append(movement("cancel", pledge, amounts[3], on="2025-06-30"))
    with world.make_book(places.path_at(place), world.Clock()) as made:
        made.record_all(steps)
        yield made


def by_hand(rates, name):
    """A total from a printed table of rates, and nothing else: amount x quote_rate / base_rate, rounded once."""
    value = sum(
        (Fraction(row[name]) * number(row["quote_rate"]) / number(row["base_rate"]) for row in rates), Fraction()
    )
    return Money.rounded(value, currency(rates[0]["into"])).plain()


def number(text):
    """``0.8334``, or ``19.20405/23`` as a calculator takes it."""
    over, _, under = text.partition("/")
    return Fraction(over) / Fraction(under or 1)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("value_at", ["pledge", "event", "2025-03-31"])
def test_every_total_can_be_made_again_from_the_printed_rates(world_of_aid, place, capsys, policy, value_at):
    words = ["report", "totals", "--policy", policy, "--value-at", value_at, "--book", place]
    for into in ("EUR", "USD", "JPY"):
        assert run([*words, "--in", into, "--explain", "--format", "csv"]) == 0
        rates = list(csv.DictReader(StringIO(capsys.readouterr().out)))
        worth = Worth(into, policy, by_event=value_at == "event", on=date(2025, 3, 31) if value_at[0] == "2" else None)
        (total,) = records(world_of_aid.totals(by=(), worth=worth))
        assert {name: by_hand(rates, name) for name in MEASURES} == {name: total[name] for name in MEASURES}


@pytest.mark.parametrize("value_at", ["pledge", "event"])
def test_the_amounts_beside_the_rates_are_those_of_the_book(world_of_aid, value_at):
    table = world_of_aid.totals(worth=Worth("EUR", by_event=value_at == "event")).explained()
    for own in records(world_of_aid.totals(by=())):
        rows = [row for row in records(table) if row["currency"] == own["currency"]]
        amounts = {name: [Fraction(str(row[name])) for row in rows] for name in MEASURES}
        assert {name: sum(found, Fraction()) for name, found in amounts.items()} == {
            name: Fraction(str(own[name])) for name in MEASURES
        }


def test_a_rate_says_all_there_is_to_know(book):
    announce(book, "GB", "1600000000 GBP", on="2025-03-02")
    (row,) = records(book.totals(worth=Worth("USD")).explained())
    assert (row["currency"], row["into"], row["on"], row["rate_date"]) == ("GBP", "USD", "2025-03-02", "2025-02-28")
    assert (row["base_rate"], row["quote_rate"], row["pivot"], row["rate"]) == (
        "0.82608",
        "1.0411",
        "EUR",
        "1.26028956033",
    )
    assert (row["policy"], row["source"], row["observations"]) == ("spot", "ecb", "1")
    assert row["fallback"] == "2025-03-02 is a Sunday: fixing of 2025-02-28"
    assert (row["amounts"], row["pledged"], row["outstanding"], row["owed"]) == (
        "2",
        "1600000000.00",
        "1600000000.00",
        "0.00",
    )


def test_a_mean_is_shown_as_the_sum_of_what_was_published_over_its_number(book):
    announce(book, "GB", "2260000000 GBP", on="2024-10-22")
    (row,) = records(book.totals(worth=Worth("EUR", "month")).explained())
    assert (row["base_rate"], row["observations"]) == ("19.20405/23", "23")
    assert by_hand([row], "pledged") == "2706720717.77"


@pytest.mark.parametrize(
    ("value", "observations", "text"),
    [
        ("5/4", 1, "1.25"),
        ("3", 1, "3"),
        ("1/3", 1, "1/3"),
        ("1/3", 21, "7/21"),
        ("1/80", 20, "0.0125"),
        ("22/7", 3, "22/7"),
    ],
)
def test_exact_numbers_keep_every_digit(value, observations, text):
    assert exact_text(Fraction(value), observations) == text
    assert number(text) == Fraction(value)


@pytest.mark.usefixtures("world_of_aid")
def test_people_see_the_rates_below_the_report_and_programs_instead_of_it(place, capsys):
    command = ["report", "totals", "--in", "EUR", "--explain", "--book", place]
    assert run(command) == 0
    report, rates = capsys.readouterr().out.split("Rates used")
    assert "United Kingdom" in report
    assert "2024-10-22" in rates
    assert run([*command, "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert {"currency", "into", "base_rate", "quote_rate", "pledged"} <= json.loads(printed.out)[0].keys()
    assert printed.err.startswith("note: these are the rates used")
    assert run(["report", "pipeline", *command[2:], "--format", "csv"]) == 0
    assert "base_rate" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--explain",), "--in CUR"),
        (("--compare-policies",), "--in CUR"),
        (("--measure", "owed"), "--compare-policies"),
        (
            ("--compare-policies", "--in", "EUR", "--measure", "promised"),
            "'promised' is no measure: choose from pledged",
        ),
        (("--compare-policies", "--in", "EUR", "--policy", "sometimes"), "'sometimes' is not a rate policy"),
    ],
)
@pytest.mark.usefixtures("world_of_aid")
def test_what_cannot_be_explained_or_compared_is_one_clear_line(place, capsys, words, says):
    assert run(["report", "totals", *words, "--book", place]) == 2
    assert says in capsys.readouterr().err


def test_nothing_is_explained_where_nothing_is_converted(world_of_aid):
    assert world_of_aid.totals().explained() is None


def compared(book, worth, measure="pledged", by=("donor",), **filters):
    return records(book.compare_policies(worth, selection(**filters), by, measure))


@pytest.mark.parametrize("measure", ["pledged", "outstanding", "owed", "cancelled"])
@pytest.mark.parametrize("by_event", [False, True])
def test_policies_side_by_side_are_the_totals_under_each(world_of_aid, measure, by_event):
    worth = Worth("EUR", "fixed:2024-06", by_event=by_event)
    rows = compared(world_of_aid, worth, measure)
    for policy, name in zip(POLICIES, ("spot", "month", "year", "fixed"), strict=True):
        totals = records(world_of_aid.totals(worth=Worth("EUR", policy, by_event=by_event)))
        assert [(row["donor"], row["currency"], row[name]) for row in rows] == [
            (row["donor"], "EUR", row[measure]) for row in totals
        ]
    assert {(row["measure"], row["fixed_period"]) for row in rows} == {(measure, "2024-06")}


def test_the_spread_is_the_largest_less_the_smallest(book):
    announce(book, "GB", "2260000000 GBP", on="2024-10-22")
    announce(book, "FR", "5 EUR", on="2024-10-22")
    france, kingdom = compared(book, Worth("EUR"))
    assert (kingdom["spot"], kingdom["month"]) == ("2711783057.36", "2706720717.77")
    values = [Fraction(str(kingdom[name])) for name in ("spot", "month", "year", "fixed")]
    assert abs(Fraction(str(kingdom["spread"])) - (max(values) - min(values))) <= Fraction("0.01")
    assert france["spread"] == "0.00"


def test_fixed_is_the_month_of_the_last_amount_unless_it_is_said(book):
    announce(book, "GB", "100 GBP", on="2024-10-22")
    announce(book, "GB", "100 GBP", on="2024-12-05")
    assert compared(book, Worth("EUR"))[0]["fixed_period"] == "2024-12"
    assert compared(book, Worth("EUR", "fixed:2023"))[0]["fixed_period"] == "2023"
    assert compared(book, Worth("EUR"), as_of="2025-01-31")[0]["fixed_period"] == "2025-01"


def test_the_compared_policies_have_their_rates_as_evidence(book):
    announce(book, "GB", "2260000000 GBP", on="2024-10-22")
    table = book.compare_policies(Worth("EUR"))
    rates = records(table.explained())
    assert [row["policy"] for row in rates] == ["spot", "month", "year", "fixed:2024-10"]
    (row,) = records(table)
    for name, rate in zip(("spot", "month", "year", "fixed"), rates, strict=True):
        assert by_hand([rate], "pledged") == row[name]


def test_a_comparison_of_nothing_is_nothing(book):
    assert compared(book, Worth("EUR")) == []
    with refused(InputError, "--in CUR"):
        book.compare_policies(Worth())
