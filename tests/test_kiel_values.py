"""The tracker's values, pieces, deliveries and days: what becomes of each, and what is rejected by itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.formats.kiel.words import item_code
from ledger.money import item
from ledger.recognition.proposal import Proposal
from ledger.recognition.steps import Move
from tests.kiel_words import (
    NAME,
    announcement,
    found,
    rejected,
    remarked,
    row,
    seventh,
    steps,
)


def dated(folder, *words) -> tuple[str, list[str]]:
    """The day of a package whose rows give these words, and what was remarked; the data end on 3 October 2022."""
    rows = [
        row("X1", on=one, kind="Loan", **({} if place else {"total": 5, "eur": 5})) for place, one in enumerate(words)
    ]
    findings = found(seventh(folder, *rows, row("X2", on=date(2022, 10, 3), kind="Loan")))
    return str(announcement(findings).evidence.on), [told.partition("': ")[2] for told in remarked(findings)]


# ---- values


def test_a_value_at_the_workbook_s_rate_is_kept_in_its_own_currency_with_the_published_euros_beside(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", currency="GBP", total=1_600_000, eur=2_000_000.004))))
    assert [str(one.amount) for one in step.promises] == ["1600000.00 GBP"]
    assert list(map(str, step.stated)) == ["2000000.00 EUR"]
    assert step.stage == "committed"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"currency": "GBP", "eur": 2_000_000.5}, "at the workbook's rate, not the value that is published"),
        ({"currency": "CHF"}, "the workbook has no rate for CHF"),
        ({"currency": "."}, "no currency is given"),
        ({"currency": "Sterling"}, "'Sterling' is no currency of ISO 4217"),
        ({"currency": "GBP", "total": "."}, "no amount in GBP is given"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_at_the_workbook_s_rate_is_kept_in_euros_as_published(tmp_path, said, why):
    findings = found(seventh(tmp_path, row("X1", **({"total": 1_600_000, "eur": 2_000_000} | said))))
    promised = announcement(findings).promises[0].amount
    assert str(promised) == ("2000000.50 EUR" if "eur" in said else "2000000.00 EUR")
    (remark,) = remarked(findings)
    assert remark.endswith(f"{why}: it is kept in euros, at the published value")


def test_what_is_kept_in_euros_states_the_original_amount(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", currency="GBP", total=1_600_000, eur=1_900_000))))
    assert list(map(str, step.stated)) == ["1600000.00 GBP"]


def test_more_digits_than_a_currency_has_are_rounded_once_half_up(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", currency="JPY", total=150.5, eur=150.5 / 150))))
    assert [str(one.amount) for one in step.promises] == ["151 JPY"]


def test_an_amount_without_a_converted_value_is_recorded_marked_and_rejected(tmp_path):
    findings = found(
        seventh(tmp_path, row("X1", currency="GBP", total=77), row("X2", total=5, eur=5), row("X2", total=3))
    )
    step = announcement(findings)
    assert ([str(one.amount) for one in step.promises], step.package) == (["77.00 GBP"], f"{NAME}:uncounted")
    assert rejected(findings) == [
        (
            "2 Converted Value in EUR '': it has no converted value, so the publisher does not count it: it is"
            " recorded in"
            f" package {NAME}:uncounted"
        ),
        (
            "4 Converted Value in EUR '': it has no converted value, so the publisher does not count it: it is not"
            " recorded"
        ),
    ]
    assert announcement(findings, "X2").package is None


def test_a_package_without_any_value_is_undisclosed(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", total=".", eur="\xa0"))))
    assert (step.promises, step.stage) == ((), None)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1.000.00", "this is not a number: correct it in the file"),
        ("1.5 million", "this is not a number: correct it in the file"),
        (date(2022, 3, 1), "this is not a number: correct it in the file"),
        (True, "this is not a number: correct it in the file"),
        (2e15, "no amount can be as large as this: correct it in the file"),
        (1e300, "no number here can be as large as this: correct it in the file"),
    ],
)
def test_what_is_no_amount_is_rejected_and_the_pledge_is_undisclosed(tmp_path, value, why):
    findings = found(seventh(tmp_path, row("X1", total=value, eur=value)))
    assert announcement(findings).promises == ()
    (told_,) = rejected(findings)
    assert told_.endswith(f": {why}")


def test_amounts_written_as_text_are_read(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", total="1,600,000.50", eur="1600000.50"))))
    assert str(step.promises[0].amount) == "1600000.50 EUR"


def test_a_package_cannot_promise_less_than_nothing(tmp_path):
    findings = found(seventh(tmp_path, row("X1", total=-5, eur=-5)))
    assert rejected(findings) == ["2 Converted Value in EUR '-5': a package cannot promise less than nothing"]


# ---- pieces


def test_pieces_are_promised_in_items_named_by_the_file_and_added_up(tmp_path):
    rows = [
        row("X1", item="M777 howitzer", units=6),
        row("X1", item="m777 Howitzer", units=4),
        row("X1", item="bus", units=2),
        row("X1", item="field ration", units="undisclosed"),
    ]
    findings = found(seventh(tmp_path, *rows))
    step = announcement(findings)
    assert [str(one.amount) for one in step.promises] == ["2 item-bus", "10 m777-howitzer"]
    assert step.stage == "committed"
    (proposal,) = (one for one in findings if isinstance(one, Proposal))
    assert {need.code: need.name for need in proposal.needs} == {"item-bus": "bus", "m777-howitzer": "M777 howitzer"}


def test_of_an_undisclosed_number_at_least_those_that_were_delivered_are_promised(tmp_path):
    rows = [row("X1", item="missile", units="Undisclosed", arrived=200)]
    findings = found(seventh(tmp_path, *rows))
    assert [(one.firmness, str(one.amount)) for one in announcement(findings).promises] == [("at_least", "200 missile")]
    step = steps(findings)[f"{NAME}:X1:delivered"]
    assert isinstance(step, Move)
    assert list(map(str, step.amounts)) == ["200 missile"]


@pytest.mark.parametrize("units", [7.725, "1.000.00", "dozens", -3, 1e13])
def test_a_number_of_pieces_that_is_none_is_rejected_by_itself(tmp_path, units):
    findings = found(
        seventh(tmp_path, row("X1", total=5, eur=5, item="missile", units=units), row("X1", item="tank", units=1))
    )
    assert [str(one.amount) for one in announcement(findings).promises] == ["5.00 EUR", "1 tank"]
    (told_,) = rejected(findings)
    assert told_.startswith("2 No. of Units ")


def test_pieces_of_nothing_that_is_named_are_rejected(tmp_path):
    findings = found(seventh(tmp_path, row("X1", total=5, eur=5, units=7)))
    assert rejected(findings) == ["2 No. of Units '7': a number of pieces of nothing that is named: name the item"]


def test_pieces_delivered_beyond_the_promise_are_rejected(tmp_path):
    findings = found(seventh(tmp_path, row("X1", item="tank", units=4, arrived=6)))
    assert rejected(findings) == [
        (
            "2 No. of Units Delivered (in-kind military aid) '6': 6 tank delivered, and 4 promised: what is beyond"
            " is not"
            " recorded"
        )
    ]
    step = steps(findings)[f"{NAME}:X1:delivered"]
    assert isinstance(step, Move)
    assert list(map(str, step.amounts)) == ["4 tank"]


@pytest.mark.parametrize(
    "name", ["bus", "1914", "million", "Панцир", "x" * 300, "hub NB 7,62-59 (TŽ, OKRAJ.)", "€", "euro"]
)
def test_any_name_makes_a_code_that_an_item_can_have(name):
    assert item(item_code(name)).code == item_code(name)


@given(st.text(min_size=1))
def test_whatever_an_item_is_called_it_has_a_code(name):
    assert item(item_code(name)).digits == 0


def test_two_long_names_that_begin_alike_are_two_items():
    assert item_code("x" * 80 + "a") != item_code("x" * 80 + "b")


# ---- deliveries


def test_a_delivery_is_the_part_of_the_amount_that_its_euros_are_of_the_published_value(tmp_path):
    rows = [
        row("X1", currency="GBP", total=800, eur=1000, delivered=250),
        row("X2", currency="GBP", total=800.01, eur=1000.0125, delivered=1000.0125),
    ]
    proposed = steps(found(seventh(tmp_path, *rows)))
    parts = [list(map(str, step.amounts)) for step in proposed.values() if isinstance(step, Move)]
    assert parts == [["200.00 GBP"], ["800.01 GBP"]]
    evidence = proposed[f"{NAME}:X1:delivered"].evidence
    assert (str(evidence.on), evidence.note) == (
        "2023-03-01", "The tracker gives no day of delivery: dated as the package.",
    )  # fmt: skip


def test_what_is_delivered_beyond_what_is_committed_is_rejected(tmp_path):
    findings = found(seventh(tmp_path, row("X1", total=10, eur=10, delivered=15), row("X2", delivered=3)))
    assert [one.partition("': ")[2] for one in rejected(findings)] == [
        "5.00 EUR delivered beyond the 10.00 EUR that is committed: that part is not recorded",
        "3.00 EUR delivered beyond the 0.00 EUR that is committed: that part is not recorded",
    ]


def test_what_the_publisher_does_not_count_can_be_delivered_all_the_same(tmp_path):
    step = steps(found(seventh(tmp_path, row("X1", currency="GBP", total=80, delivered=50))))[f"{NAME}:X1:delivered"]
    assert isinstance(step, Move)
    assert list(map(str, step.amounts)) == ["40.00 GBP"]


def test_nothing_below_zero_is_delivered(tmp_path):
    findings = found(seventh(tmp_path, row("X1", total=10, eur=10, delivered=-1)))
    assert rejected(findings) == ["2 Total monetary value delivered in EUR '-1': nothing below zero can be delivered"]


# ---- days


@pytest.mark.parametrize(
    ("words", "on", "how"),
    [
        ("until 8/22/2022", "2022-08-22", "the last day it names"),
        ("until  5/7/2022", "2022-05-07", "the last day it names"),
        ("between 3/4/22 & 3/11/22", "2022-03-11", "the last day it names"),
        ("between 3/20/2022 and 7/1/2022", "2022-07-01", "the last day it names"),
        ("from 2/1/2022 until 22/8/2022", "2022-08-22", "the last day it names"),
        ("since 2/24/2022", "2022-02-24", "the last day it names"),
        ("5 May 2022", "2022-05-05", "the last day it names"),
        ("March 8, 2022", "2022-03-08", "the last day it names"),
        ("around 2022-04-05", "2022-04-05", "the last day it names"),
        ("04.05.2022", "2022-05-04", "the last day it names"),
        ("unclear, 04/22", "2022-04-01", "the first of the month it names"),
        ("unclear 05/2022", "2022-05-01", "the first of the month it names"),
        ("not specified, 03/22", "2022-03-01", "the first of the month it names"),
        ("some time in June 2022", "2022-06-01", "the first of the month it names"),
        ("until 10/20/2022", "2022-10-20", "the last day it names"),
        ("until 4/6/2027", "2022-04-06", "in the year of its neighbours: it lies beyond what the file covers"),
        ("until 12/6/2027", "2021-12-06", "in the year of its neighbours: it lies beyond what the file covers"),
    ],
)
def test_a_day_in_words_is_the_last_one_named_or_the_first_of_the_month(tmp_path, words, on, how):
    assert dated(tmp_path, words) == (on, [f"'{' '.join(words.split())}' is no day to rely on: {on} is taken, {how}"])


@pytest.mark.parametrize("words", ["unspecified", "Undisclosed", "13/45/2022", "soon", "1/1/1"])
def test_what_names_no_day_is_dated_when_the_data_begin(tmp_path, words):
    assert dated(tmp_path, words) == (
        "2022-01-24", [f"'{words}' names no day: 2022-01-24 is taken, the day on which the data begin"],
    )  # fmt: skip
    assert dated(tmp_path, words, date(2022, 5, 5)) == (
        "2022-05-05", [f"'{words}' names no day: 2022-05-05 is taken, as the rest of its package"],
    )  # fmt: skip


def test_no_day_at_all_is_the_day_on_which_the_data_begin(tmp_path):
    assert dated(tmp_path, None) == (
        "2022-01-24", ["no day is given: 2022-01-24 is taken, the day on which the data begin"],
    )  # fmt: skip


def test_years_that_count_up_because_a_cell_was_dragged_are_one_year(tmp_path):
    on, remarks = dated(tmp_path, *(f"until 4/6/{year}" for year in range(2019, 2024)))
    assert on == "2019-04-06"
    assert len(remarks) == 5
    assert all("2019-04-06 is taken" in remark for remark in remarks)


def test_two_years_of_one_day_that_the_file_covers_are_two_days(tmp_path):
    _, remarks = dated(tmp_path, "until 4/6/2021", "until 4/6/2022")
    assert ["2021-04-06 is taken" in remarks[0], "2022-04-06 is taken" in remarks[1]] == [True, True]


def test_a_typing_error_centuries_away_is_in_the_year_of_its_neighbours(tmp_path):
    assert dated(tmp_path, date(2922, 2, 9))[0] == "2022-02-09"


def test_a_day_number_of_a_spreadsheet_is_a_day(tmp_path):
    assert dated(tmp_path, 44621) == ("2022-03-01", [])


def test_a_package_is_dated_by_the_earliest_of_its_rows_and_the_note_keeps_the_words(tmp_path):
    rows = [row("X1", on=date(2022, 5, 1)), row("X1", on="until 4/30/2022", why="As was said.")]
    evidence = announcement(found(seventh(tmp_path, *rows, row("X2", on=date(2022, 9, 1))))).evidence
    assert (str(evidence.on), evidence.note) == ("2022-04-30", "As was said. Date as given: until 4/30/2022.")
