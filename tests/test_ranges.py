"""Ranges: the least and the most that is promised, what is open upwards, and what guarantees may come to."""

from datetime import date

import pytest

from cli.chart import Drawn
from cli.report import Policies, Rows, _refuse_useless
from ledger.book import Worth
from ledger.errors import InputError
from ledger.recognition.steps import Amend, Evidence
from ledger.reports.totals import Extent
from tests.world import (
    MISSILE,
    announce,
    call,
    cancel,
    commit,
    disburse,
    records,
    refused,
    register_item,
    reverse,
    revise,
    selection,
)

RANGED = Extent(ranged=True)
NAMES = ("low", "pledged", "high", "open", "max_exposure")


def ranges(book, by=(), worth=None, **filters):
    """Low, point, high, open and maximum exposure of each row, by its dimensions and currency."""
    rows = records(book.totals(selection(**filters), by, worth, extent=RANGED))
    return {(*(row[name] for name in by), row["currency"]): tuple(row[name] for name in NAMES) for row in rows}


def low(book, of="GBP", **filters):
    return ranges(book, **filters)[of,][0]


def test_the_columns_of_a_range_stand_after_the_measures_and_before_the_policy(book):
    announce(book, "GB", "1 GBP")
    plain, ranged = book.totals().header, book.totals(extent=RANGED).header
    assert ranged == (*plain, "low", "high", "open", "max_exposure")
    assert book.totals(worth=Worth("EUR"), extent=RANGED).header == (*ranged, "policy")


def test_what_is_exact_or_about_has_its_amount_as_the_least_and_the_most(book):
    announce(book, "GB", "100 GBP")
    announce(book, "GB", "about 50 GBP")
    assert ranges(book) == {("GBP",): ("150.00", "150.00", "150.00", None, "0.00")}


def test_the_least_of_up_to_is_its_firm_part_or_what_is_committed_whichever_is_more(book):
    pledge = announce(book, "GB", "up_to 1600 GBP, firm 1160 GBP")
    assert ranges(book) == {("GBP",): ("1160.00", "1600.00", "1600.00", None, "0.00")}
    commit(book, pledge, "1000 GBP")
    assert low(book) == "1160.00"
    disburse(book, pledge, "1300 GBP")
    assert low(book) == "1300.00"
    cancel(book, pledge)
    assert ranges(book)["GBP",][:3] == ("1300.00", "1300.00", "1300.00")


def test_the_least_of_up_to_without_a_firm_part_is_nothing_until_it_is_committed(book):
    pledge = announce(book, "GB", "up_to 100 GBP")
    assert low(book) == "0.00"
    commit(book, pledge, "30 GBP")
    assert low(book) == "30.00"


def test_the_least_is_never_more_than_what_is_left_of_the_promise(book):
    pledge = announce(book, "GB", "up_to 100 GBP, firm 80 GBP")
    cancel(book, pledge, "50 GBP")
    assert ranges(book)["GBP",][:3] == ("50.00", "50.00", "50.00")
    reverse(book, 2 + 1)
    assert low(book) == "80.00"


def test_at_least_is_open_upwards_in_its_own_currency(book):
    announce(book, "GB", "at_least 100 GBP", "5 EUR")
    announce(book, "FR", "7 GBP")
    assert ranges(book, ("donor",)) == {
        ("FR", "GBP"): ("7.00", "7.00", "7.00", None, "0.00"),
        ("GB", "EUR"): ("5.00", "5.00", "5.00", None, "0.00"),
        ("GB", "GBP"): ("100.00", "100.00", "100.00", "yes", "0.00"),
    }
    totals = {row[1]: row[-2] for row in book.totals(extent=RANGED).totals}
    assert totals == {"EUR": None, "GBP": "yes"}
    assert ranges(book, worth=Worth("USD"))["USD",][3] == "yes"


def test_what_was_withdrawn_altogether_is_not_open(book):
    cancel(book, announce(book, "GB", "at_least 100 GBP"))
    assert ranges(book)["GBP",] == ("0.00", "0.00", "0.00", None, "0.00")


def test_items_have_no_range(book):
    register_item(book)
    announce(book, "GB", f"at_least 5000 {MISSILE}")
    assert ranges(book) == {}


def test_what_is_uncertain_is_of_the_pledges_own_day_whatever_happened_later(book):
    pledge = announce(book, "GB", "up_to 100 GBP", on="2025-01-10")
    cancel(book, pledge, "20 GBP", on="2025-02-10")
    commit(book, pledge, "30 GBP", on="2025-03-01")
    by_month = {month: row[:2] for (month, _), row in ranges(book, ("month",)).items()}
    assert by_month == {"2025-01": ("50.00", "100.00"), "2025-02": ("-20.00", "-20.00"), "2025-03": ("0.00", "0.00")}
    assert low(book) == "30.00"
    assert low(book, as_of="2025-01-31") == "0.00"
    assert ranges(book, as_of="2025-02-28")["GBP",][:2] == ("0.00", "80.00")
    assert ranges(book, since="2025-02-01")["GBP",][:2] == ("-20.00", "-20.00")
    assert low(book, known_at=3) == "0.00"


def test_a_pledge_whose_day_is_corrected_to_a_later_one_keeps_its_range_before_it(book):
    pledge = announce(book, "GB", "up_to 100 GBP", on="2025-01-10")
    book.record(Amend(pledge=pledge, changes={"on": date(2025, 2, 10)}, evidence=Evidence(note="misread")))
    assert ranges(book, as_of="2025-01-31")["GBP",][:2] == ("0.00", "100.00")
    assert {month: row[0] for (month, _), row in ranges(book, ("month",)).items()} == {
        "2025-01": "100.00",
        "2025-02": "-100.00",
    }


def test_a_range_in_one_currency_is_valued_as_its_pledge_and_rounded_once(book):
    announce(book, "GB", "up_to 1600000000 GBP, firm 1160000000 GBP", on="2025-03-02")
    [row] = ranges(book, worth=Worth("USD")).values()
    assert row[:3] == ("1461935889.99", "2016463296.53", "2016463296.53")


@pytest.mark.parametrize("policy", ["spot", "month"])
def test_what_is_wholly_uncertain_is_worth_nothing_at_least_even_layer_by_layer(book, policy):
    pledge = announce(book, "GB", "up_to 100 GBP", on="2024-06-17")
    revise(book, pledge, "up_to 150 GBP", on="2025-01-15")
    event = Worth("EUR", policy, by_event=True)
    assert ranges(book, worth=event)["EUR",][0] == "0.00"
    commit(book, pledge, "150 GBP", on="2025-02-03")
    [row] = ranges(book, worth=event).values()
    assert row[0] == row[1] == row[2]


# Guarantees


def test_a_guarantee_may_come_to_its_face_outstanding_unless_a_maximum_is_stated(book):
    guarantee = announce(book, "FR", "30 EUR", instrument="guarantee")
    announce(book, "GB", "100 EUR", instrument="loan")
    assert ranges(book)["EUR",][4] == "30.00"
    call(book, guarantee, "10 EUR")
    cancel(book, guarantee, "5 EUR")
    assert ranges(book)["EUR",][4] == "15.00"


def test_a_stated_maximum_less_what_was_called_of_it_stands_until_no_face_is_left(book):
    guarantee = announce(book, "FR", "30 EUR", instrument="guarantee", max_exposure="56 EUR")
    assert ranges(book)["EUR",][4] == "56.00"
    call(book, guarantee, "10 EUR")
    assert ranges(book)["EUR",][4] == "46.00"
    cancel(book, guarantee, "5 EUR")
    assert ranges(book)["EUR",][4] == "46.00"
    cancel(book, guarantee)
    assert ranges(book)["EUR",][4] == "0.00"


def test_a_maximum_in_another_currency_is_in_a_row_of_that_currency(book):
    guarantee = announce(book, "GB", "500 USD", instrument="guarantee", max_exposure="676 GBP", on="2025-02-28")
    assert ranges(book, ("donor",)) == {
        ("GB", "GBP"): ("0.00", "0.00", "0.00", None, "676.00"),
        ("GB", "USD"): ("500.00", "500.00", "500.00", None, "0.00"),
    }
    assert ranges(book, worth=Worth("EUR"))["EUR",][4] == "818.32"
    assert ranges(book, currency="USD") == {("USD",): ("500.00", "500.00", "500.00", None, "0.00")}
    call(book, guarantee, "100 USD")
    assert ranges(book)["GBP",][4] == "676.00"
    call(book, guarantee)
    assert ("GBP",) not in ranges(book)


def test_what_is_no_guarantee_has_no_exposure_whatever_was_stated(book):
    announce(book, "GB", "100 GBP", instrument="export_credit", max_exposure="290 GBP")
    assert ranges(book)["GBP",][4] == "0.00"
    assert book.totals().notes == []


def test_a_guarantee_of_undisclosed_face_may_come_to_its_stated_maximum(book):
    announce(book, "FR", instrument="guarantee", max_exposure="56 EUR", on="2025-01-10")
    assert ranges(book) == {("EUR",): ("0.00", "0.00", "0.00", None, "56.00")}
    assert ranges(book, as_of="2025-01-09") == {}
    reverse(book, 2)
    assert ranges(book) == {}


def test_notes_say_what_guarantees_are_at_face_and_what_they_may_come_to(book):
    announce(book, "GB", "30 GBP", instrument="guarantee", max_exposure="56 GBP", on="2025-02-28")
    announce(book, "GB", "10 USD", instrument="guarantee", max_exposure="9 EUR", on="2025-02-28")
    expected = [
        "guarantees whose maximum is stated in EUR may come to 9.00 EUR",
        "of what is pledged, 30.00 GBP is contingent: guarantees at face, which may come to 56.00 GBP",
        "of what is pledged, 10.00 USD is contingent: guarantees at face",
    ]
    for table in (book.totals(), book.totals(extent=RANGED), book.pipeline(), book.timeline()):
        assert table.notes == expected
    assert book.pipeline(selection(contingent="exclude")).notes == []
    euros = "of what is pledged, 45.92 EUR is contingent: guarantees at face, which may come to 76.79 EUR"
    for worth in (Worth("EUR"), Worth("EUR", by_event=True)):
        assert [book.totals(worth=worth).notes[-1], book.pipeline(worth=worth).notes[-1]] == [euros, euros]


def test_a_note_on_what_cannot_be_converted_refuses_no_report(book):
    announce(book, "GB", "10 USD", instrument="guarantee", max_exposure="9 KWD")
    assert book.totals(worth=Worth("EUR")).notes[1] == "guarantees whose maximum is stated in KWD may come to 9.000 KWD"


def test_the_evidence_of_a_range_has_the_rates_of_maximum_exposures_too(book):
    announce(book, "GB", "500 USD", instrument="guarantee", max_exposure="676 GBP", on="2025-02-28")
    table = book.totals(worth=Worth("EUR"), extent=RANGED)
    explained = records(table.explained())
    assert [(row["currency"], row["pledged"], row["max_exposure"]) for row in explained] == [
        ("GBP", "0.00", "676.00"),
        ("USD", "500.00", "0.00"),
    ]


def test_a_range_is_of_totals_not_of_compared_policies():
    with refused(InputError, "--compare-policies shows one measure under each policy: leave --top and --range out"):
        _refuse_useless(Rows(ranged=True), Policies(compare=True), Drawn())


def test_a_maximum_in_another_currency_hides_no_other_maximum(book):
    """USD 1bn called to 600m whose most is USD 1.5bn, and USD 1bn called to 600m whose most is in pounds."""
    first = announce(book, "US", "1000 USD", instrument="guarantee", max_exposure="1500 USD")
    other = announce(book, "GB", "1000 USD", instrument="guarantee", max_exposure="1200 GBP")
    for pledge in (first, other):
        call(book, pledge, "400 USD")
    pounds, dollars = book.totals().notes
    assert pounds == "guarantees whose maximum is stated in GBP may come to 1200.00 GBP"
    assert dollars.startswith("of what is pledged, 1200.00 USD is contingent: guarantees at face; those whose maximum")
    assert dollars.endswith("is not stated in another currency may come to 1100.00 USD")
