"""The timeline: what happened in each period, or all of it up to then."""

import pytest

from ledger.book import Worth
from ledger.errors import InputError
from tests.commandline import done, rows
from tests.commandline import refused as refused_command
from tests.world import announce, cancel, commit, disburse, records, refused, selection

BOOK = ("pledge add GB '100 GBP' --purpose military --instrument grant --on 2024-11-30 --id P",)


def column(table, *names):
    return [tuple(row[name] for name in names) for row in records(table)]


@pytest.fixture
def lived(book):
    """A pledge of November that is committed in January, paid in April and partly withdrawn in May."""
    pledge = announce(book, "GB", "100 GBP", on="2024-11-30")
    commit(book, pledge, "60 GBP", on="2025-01-01")
    disburse(book, pledge, "25 GBP", on="2025-04-30")
    cancel(book, pledge, "10 GBP", on="2025-05-01")
    return book


def test_every_period_has_a_row_from_the_first_to_the_last_in_which_anything_happened(lived):
    table = lived.timeline()
    assert table.header == ("period", *lived.totals(by=()).header)
    assert column(table, "period", "pledged", "committed", "disbursed") == [
        ("2024-11", "100.00", "0.00", "0.00"),
        ("2024-12", "0.00", "0.00", "0.00"),
        ("2025-01", "0.00", "60.00", "0.00"),
        ("2025-02", "0.00", "0.00", "0.00"),
        ("2025-03", "0.00", "0.00", "0.00"),
        ("2025-04", "0.00", "0.00", "25.00"),
        ("2025-05", "-10.00", "0.00", "0.00"),
    ]
    [whole] = table.totals
    assert whole[1:] == lived.totals(by=()).rows[0]


def test_cumulative_is_what_stood_at_the_end_of_each_period(lived):
    table = lived.timeline(each="quarter", cumulative=True)
    assert column(table, "period", "pledged", "committed", "disbursed", "outstanding") == [
        ("2024-Q4", "100.00", "0.00", "0.00", "100.00"),
        ("2025-Q1", "100.00", "60.00", "0.00", "100.00"),
        ("2025-Q2", "90.00", "60.00", "25.00", "65.00"),
    ]
    assert column(lived.timeline(each="year", cumulative=True), "period") == [("2024",), ("2025",)]


def test_every_combination_and_currency_has_the_same_periods(lived):
    announce(lived, "FR", "7 EUR", on="2025-02-03")
    found = column(lived.timeline(by=("donor",), each="quarter"), "period", "donor", "currency", "pledged")
    assert found == [
        ("2024-Q4", "FR", "EUR", "0.00"),
        ("2024-Q4", "GB", "GBP", "100.00"),
        ("2025-Q1", "FR", "EUR", "7.00"),
        ("2025-Q1", "GB", "GBP", "0.00"),
        ("2025-Q2", "FR", "EUR", "0.00"),
        ("2025-Q2", "GB", "GBP", "-10.00"),
    ]


def test_a_span_of_days_is_the_timeline_of_what_happened_in_it(lived):
    table = lived.timeline(selection(since="2025-01-01", until="2025-04-29"), cumulative=True)
    assert column(table, "period", "pledged", "committed") == [("2025-01", "0.00", "60.00")]
    assert lived.timeline(selection(donor="FR")).rows == []


def test_a_timeline_in_one_currency_names_its_policy_and_adds_up_exactly(lived):
    table = lived.timeline(worth=Worth("EUR"), cumulative=True)
    assert (table.header[0], table.header[-1]) == ("period", "policy")
    last = records(table)[-1]
    [total] = records(lived.totals(by=(), worth=Worth("EUR")))
    assert {name: value for name, value in last.items() if name != "period"} == total
    assert table.explained() is not None
    assert table.notes == []


def test_printed_periods_that_do_not_add_up_to_the_total_are_said_to(book):
    for month in ("01", "02", "03"):
        announce(book, "JP", "1 JPY", on=f"2025-{month}-10")
    notes = book.timeline(worth=Worth("EUR")).notes
    assert [note for note in notes if note.startswith("the printed rows of pledged add up to 0.01 EUR")]
    assert book.timeline(worth=Worth("EUR"), cumulative=True).notes == []


def test_a_timeline_counts_what_is_undisclosed_in_a_note(book):
    announce(book, "NO", on="2025-01-05")
    assert book.timeline().notes == ["1 pledge of undisclosed value is counted, not valued"]


# What is refused


@pytest.mark.parametrize("size", ["month", "quarter", "year"])
def test_a_dimension_of_time_beside_the_periods_is_refused(book, size):
    with refused(InputError, f"--by {size}: the periods of a timeline are those of --each {size}"):
        book.timeline(by=("donor", size))


def test_what_is_no_period_is_refused(book):
    with refused(InputError, "--each is month, quarter or year, not 'week'"):
        book.timeline(each="week")


def test_a_timeline_of_too_many_empty_rows_is_refused_with_what_would_shorten_it(book):
    announce(book, "GB", "1 GBP", on="1000-01-01")
    announce(book, "GB", "1 GBP", on="2025-01-01")
    words = "the timeline from 1000-01 to 2025-01 has 12299 rows in which nothing happened, and shows at most 10000"
    with refused(InputError, words, "--each year"):
        book.timeline()
    assert len(book.timeline(each="year").rows) == 1026


# On the command line


@pytest.mark.usefixtures("desk")
def test_the_command_shows_months_unless_others_are_asked_for():
    assert [row["period"] for row in rows("report timeline --by donor --cumulative")] == ["2024-11"]
    assert "2024-Q4  United Kingdom  GBP" in done("report timeline --by donor --each quarter")
    assert "--each is month, quarter or year, not 'day'" in refused_command(2, "report timeline --each day")
