"""The walk between two reports: each of its lines by an example."""

from fractions import Fraction

from cli.options import Place, Where
from cli.report_changes import ends
from cli.session import Session
from ledger.book import Worth
from ledger.errors import MissingRate
from ledger.money import Money
from ledger.pledge import MoveKind
from ledger.recognition import steps
from tests import world
from tests.test_rate_table import rate_file
from tests.world import (
    EUR,
    amend,
    announce,
    cancel,
    commit,
    disburse,
    draw,
    join,
    last_number,
    records,
    refuses,
    register_party,
    repay,
    reverse,
    revise,
    supersede,
)

JANUARY, JUNE = "2024-01-15", "2024-06-17"
RATES = {JANUARY: Fraction("0.86075"), JUNE: Fraction("0.84573")}
"""Pounds for one euro, as the ECB fixed them."""


def rows(book, between, *by, worth=None, measure="pledged", **filters):
    """The walk as programs read it."""
    return records(book.changes(*ends(between, Where(**filters), Session(Place())), by, worth, measure=measure))


def walk(book, between, of="GBP", **options):
    """A walk over everything, by line: the amount, and the entries behind it where there are any."""
    found = [row for row in rows(book, between, **options) if row["currency"] == of]
    return {row["change"]: " ".join(filter(None, (row["amount"], row["entries"]))) for row in found}


def since(book, number, **options):
    """What happened after an entry, but for the opening and the closing."""
    found = walk(book, f"{number},{last_number(book)}", **options)
    return {line: told for line, told in found.items() if line not in {"opening", "closing"}}


def between_rows(book, number, *by, **options):
    """What happened after an entry, by a first dimension and line."""
    found = rows(book, f"{number},{last_number(book)}", *by, **options)
    return {(row[by[0]], row["change"]): row["amount"] for row in found if row["change"] not in {"opening", "closing"}}


def euros(**pounds):
    """What pounds of these days are worth, rounded once."""
    days = {"january": JANUARY, "june": JUNE}
    return Money.rounded(sum((amount / RATES[days[on]] for on, amount in pounds.items()), Fraction()), EUR).plain()


# The lines, one by one


def test_what_was_announced_since_is_new(book, clock):
    announce(book, "GB", "100 GBP")
    clock.turn_to("2025-04-05")
    second = announce(book, "GB", "50 GBP")
    assert second == "GB-2025-0002"
    assert walk(book, "2025-03,2025-04") == {"opening": "100.00", "new": "50.00 3", "closing": "150.00"}


def test_what_happened_before_the_opening_and_was_recorded_after_it_was_disclosed_late(book, clock):
    announce(book, "GB", "100 GBP")
    clock.turn_to("2025-04-05")
    late = announce(book, "GB", "50 GBP", on="2025-03-31")
    announce(book, "GB", "7 GBP", on="2025-04-01")
    disburse(book, late, "20 GBP", on="2025-03-31")
    assert walk(book, "2025-03,2025-04") == {
        "opening": "100.00",
        "new": "7.00 4",
        "disclosed_late": "50.00 3",
        "closing": "157.00",
    }
    assert since(book, 2, measure="disbursed") == {"advanced": "20.00 5"}
    assert walk(book, "2025-03,2025-04", measure="disbursed")["disclosed_late"] == "20.00 5"


def test_by_entries_late_is_what_happened_on_a_day_that_was_over_when_the_opening_was_recorded(book):
    announce(book, "GB", "100 GBP")
    announce(book, "GB", "50 GBP", on="2025-03-01")
    announce(book, "GB", "7 GBP", on="2025-03-02")
    assert since(book, 2) == {"disclosed_late": "50.00 3", "new": "7.00 4"}


def test_what_was_recorded_before_its_day_is_new_once_the_day_comes(book):
    announce(book, "GB", "50 GBP", on="2025-04-10")
    assert walk(book, "2025-03,2025-04") == {"opening": "0.00", "new": "50.00 2", "closing": "50.00"}


def test_a_revision_is_revised_and_moves_what_is_pledged(book):
    pledge = announce(book, "GB", "100 GBP")
    revise(book, pledge, "130 GBP")
    revise(book, pledge, "120 GBP")
    assert since(book, 2) == {"revised": "20.00 3-4"}


def test_a_revision_into_another_currency_is_revised_in_both(book):
    pledge = announce(book, "GB", "100 GBP")
    revise(book, pledge, "120 EUR")
    assert since(book, 2) == {"revised": "-100.00 3"}
    assert since(book, 2, of="EUR") == {"revised": "120.00 3"}


def test_reversals_and_what_a_source_takes_back_are_corrected(book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "60 GBP")
    amounts = (world.money("10 GBP"),)
    book.record(steps.Correct(kind=MoveKind.DISBURSE, pledge=pledge, amounts=amounts))
    assert since(book, 3, measure="disbursed") == {"corrected": "-10.00 4"}
    mistaken = announce(book, "GB", "7 GBP", on="2025-03-09")
    reverse(book, last_number(book))
    reverse(book, last_number(book))
    assert since(book, 4) == {"new": "7.00 5", "corrected": "0.00 6-7"}
    assert since(book, 5) == {"corrected": "0.00 6-7"}
    assert since(book, 5, pledge=(mistaken,)) == {"corrected": "0.00 6-7"}


def test_a_cancellation_is_cancelled_in_what_it_takes_from_and_in_what_it_adds_to(book):
    pledge = announce(book, "GB", "100 GBP")
    cancel(book, pledge, "30 GBP")
    assert since(book, 2) == {"cancelled": "-30.00 3"}
    assert since(book, 2, measure="cancelled") == {"cancelled": "30.00 3"}


def test_a_draw_moves_money_between_pledges_and_is_nothing_in_the_whole(book):
    facility = announce(book, "EU", "100 GBP", stage="committed")
    child = announce(book, "GB")
    draw(book, facility, child, "40 GBP")
    announce(book, "FR", "5 GBP", parent=facility)
    assert since(book, 3) == {"drawn": "0.00 4-5"}
    by_donor = {("EU", "drawn"): "-45.00", ("FR", "drawn"): "5.00", ("GB", "drawn"): "40.00"}
    assert between_rows(book, 3, "donor") == by_donor
    assert between_rows(book, 3, "donor", measure="committed") == by_donor
    assert since(book, 3, donor=("GB",)) == {"drawn": "40.00 4"}


def test_what_a_pledge_gives_back_and_what_supersedes_it_is_drawn_too(book):
    facility = announce(book, "EU", "100 GBP")
    child = announce(book, "GB", "40 GBP", parent=facility)
    cancel(book, child, "10 GBP", to_parent=True)
    newer = announce(book, "FR")
    supersede(book, child, newer)
    assert since(book, 3) == {"drawn": "0.00 4 6"}
    moved = {("EU", "drawn"): "10.00", ("FR", "drawn"): "30.00", ("GB", "drawn"): "-40.00"}
    assert between_rows(book, 3, "donor") == moved


def test_a_draw_by_a_pledge_that_held_the_money_already_corrects_what_was_counted_twice(book):
    facility = announce(book, "EU", "100 GBP")
    child = announce(book, "GB", "40 GBP")
    draw(book, facility, child, "40 GBP", existing=True)
    assert since(book, 3) == {"corrected": "-40.00 4"}


def test_a_stage_that_changes_with_a_draw_has_advanced(book):
    facility = announce(book, "EU", "100 GBP")
    child = announce(book, "GB", "40 GBP", parent=facility, stage="committed")
    assert since(book, 2) == {"drawn": "0.00 3"}
    assert since(book, 2, measure="committed") == {"advanced": "40.00 3"}
    cancel(book, child, "10 GBP", to_parent=True)
    assert since(book, 3, measure="committed") == {"advanced": "-10.00 4"}
    assert since(book, 3, measure="cancelled") == {}


def test_moves_forward_advance_the_measures_they_reach_and_no_other(book):
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "80 GBP")
    disburse(book, pledge, "60 GBP")
    repay(book, pledge, "10 GBP")
    assert since(book, 2) == {}
    assert since(book, 2, measure="committed") == {"advanced": "80.00 3"}
    assert since(book, 2, measure="outstanding") == {"advanced": "-60.00 4"}
    assert since(book, 2, measure="owed") == {"advanced": "50.00 4-5"}
    assert since(book, 2, measure="repaid") == {"advanced": "10.00 5"}


def test_a_top_up_is_a_new_promise_and_the_rest_of_its_entry_advances(book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "130 GBP", top_up=True)
    assert since(book, 2) == {"new": "30.00 3"}
    assert since(book, 2, measure="disbursed") == {"new": "30.00 3", "advanced": "100.00 3"}
    assert since(book, 2, measure="outstanding") == {"advanced": "-100.00 3"}
    assert since(book, 2, measure="top_up") == {"new": "30.00 3"}


def test_an_amended_fact_reclassifies_what_was_there_and_adds_nothing(book):
    pledge = announce(book, "GB", "100 GBP")
    amend(book, pledge, title="Read again")
    amend(book, pledge, donor="FR")
    commit(book, pledge, "60 GBP")
    assert since(book, 2) == {}
    moved = {("FR", "reclassified"): "100.00", ("GB", "reclassified"): "-100.00"}
    assert between_rows(book, 2, "donor") == moved
    assert {row["entries"] for row in rows(book, "2,5", "donor") if row["change"] == "reclassified"} == {"4"}
    assert since(book, 2, donor=("FR",)) == {"reclassified": "100.00 4"}
    assert between_rows(book, 2, "donor", measure="committed") == {("FR", "advanced"): "60.00"}


def test_a_pledge_put_under_a_facility_or_under_another_instrument_is_reclassified(book):
    facility, child = announce(book, "EU", "100 GBP"), announce(book, "GB", "10 GBP", instrument="loan")
    disburse(book, child, "4 GBP")
    draw(book, facility, child, "40 GBP")
    found = between_rows(book, 4, "parent")
    assert found[facility, "reclassified"] == "10.00"
    assert found[None, "reclassified"] == "-10.00"
    amend(book, child, instrument="grant")
    assert since(book, 5, measure="owed") == {"reclassified": "-4.00 6"}


def test_a_member_that_joins_a_group_is_reclassified_into_it_by_the_entry_of_its_membership(book):
    register_party(book, "CZI", "The Czech initiative", "group")
    join(book, "FR", "CZI", "2020-01-01")
    announce(book, "GB", "100 GBP")
    announce(book, "FR", "5 GBP")
    join(book, "GB", "CZI", "2025-01-01")
    assert since(book, 5, group=("CZI",)) == {"reclassified": "100.00 6"}
    assert since(book, 5) == {}


def test_memberships_and_amended_facts_of_one_span_and_of_later_are_told_apart(book):
    register_party(book, "CZI", "The Czech initiative", "group")
    join(book, "FR", "CZI", "2020-01-01")
    joining, leaving = announce(book, "GB", "100 GBP"), announce(book, "FR", "5 GBP")
    join(book, "GB", "CZI", "2025-01-01")
    amend(book, leaving, donor="DE")
    amend(book, joining, donor="PL")
    for between, told in {"5,6": "100.00 6", "5,7": "95.00 6-7", "6,8": "-105.00 7-8"}.items():
        assert walk(book, between, group=("CZI",))["reclassified"] == told


def test_nothing_at_all_is_an_opening_that_is_the_closing(book):
    announce(book, "GB", "100 GBP")
    assert walk(book, "2,2") == {"opening": "100.00", "closing": "100.00"}
    assert rows(book, "0,1") == []


# Converted


def test_flows_are_worth_what_the_totals_make_of_them(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    disburse(book, pledge, "40 GBP", on=JUNE)
    assert (
        since(book, 2, of="EUR", measure="disbursed", worth=Worth("EUR"))["disclosed_late"] == f"{euros(january=40)} 3"
    )
    at_event = Worth("EUR", by_event=True)
    assert since(book, 2, of="EUR", measure="disbursed", worth=at_event)["disclosed_late"] == f"{euros(june=40)} 3"
    june = Worth("EUR", on=world.day(JUNE))
    assert walk(book, "2,3", of="EUR", worth=june) == {"opening": euros(june=100), "closing": euros(june=100)}


def test_what_a_draw_adds_by_the_child_s_own_day_is_exchange_effect(book):
    facility = announce(book, "EU", "100 GBP", on=JANUARY)
    announce(book, "GB", "100 GBP", on=JUNE, parent=facility)
    worth = Worth("EUR")
    found = since(book, 2, of="EUR", worth=worth)
    effect = Money.rounded(100 / RATES[JUNE] - 100 / RATES[JANUARY], EUR).plain()
    assert found == {"drawn": "0.00 3", "exchange": effect}
    by_donor = between_rows(book, 2, "donor", worth=worth)
    assert by_donor == {
        ("EU", "drawn"): f"-{euros(january=100)}",
        ("GB", "drawn"): euros(january=100),
        ("GB", "exchange"): effect,
    }
    alone = since(book, 2, of="EUR", worth=worth, donor=("GB",))
    assert alone == {"drawn": f"{euros(january=100)} 3", "exchange": effect}


def test_an_amended_day_is_exchange_effect(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    book.record(steps.Amend(pledge=pledge, changes={"on": world.day(JUNE)}, evidence=steps.Evidence(note="misread")))
    effect = Money.rounded(100 / RATES[JUNE] - 100 / RATES[JANUARY], EUR).plain()
    assert since(book, 2, of="EUR", worth=Worth("EUR")) == {"exchange": effect}


def test_an_amended_donor_takes_the_value_it_had_to_its_new_row(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    amend(book, pledge, donor="FR")
    value = euros(january=100)
    for worth in (Worth("EUR"), Worth("EUR", by_event=True)):
        moved = {("FR", "reclassified"): value, ("GB", "reclassified"): f"-{value}"}
        assert between_rows(book, 2, "donor", worth=worth) == moved


def test_a_rate_that_is_restated_between_the_ends_is_exchange_effect(book, clock):
    book.import_rates(rate_file("house", "2024-01-15 EUR GBP 0.80"))
    announce(book, "GB", "100 GBP", on=JANUARY)
    clock.turn_to("2025-04-05")
    book.import_rates(rate_file("house", "2024-01-15 EUR GBP 0.50"))
    announce(book, "GB", "10 GBP", on=JANUARY)
    found = walk(book, "2025-03,2025-04", of="EUR", worth=Worth("EUR", sources=("house",)))
    assert found == {
        "opening": "125.00",
        "disclosed_late": "20.00 3",
        "exchange": "75.00",
        "closing": "220.00",
    }


def test_printed_lines_that_miss_the_printed_closing_are_noted(book):
    for _ in range(3):
        announce(book, "GB", "0.01 GBP", on=JANUARY)
    table = book.changes(*ends("3,4", Where(), Session(Place())), (), Worth("EUR"))
    assert [row["amount"] for row in records(table)] == ["0.02", "0.01", "0.03"]
    announce(book, "GB", "0.01 GBP", on=JANUARY)
    table = book.changes(*ends("4,5", Where(), Session(Place())), (), Worth("EUR"))
    assert [row["amount"] for row in records(table)] == ["0.03", "0.01", "0.05"]
    assert (
        table.notes[-1] == "the printed lines miss the printed closing by 0.01 EUR at most: each is rounded by itself"
    )


def test_a_missing_rate_is_refused(book):
    announce(book, "GB", "100 GBP", on="1998-01-15")
    with refuses(book, MissingRate, "1998-01-15"):
        walk(book, "1,2", worth=Worth("EUR"))
