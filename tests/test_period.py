"""Periods, days and moments: read strictly, written one way."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ledger.errors import InputError
from ledger.period import Period, Size, parse_date, parse_moment, stamp
from tests.world import refused


@pytest.mark.parametrize(
    ("text", "first", "last", "size"),
    [
        ("2025-03-02", "2025-03-02", "2025-03-02", "day"),
        ("2025-03", "2025-03-01", "2025-03-31", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2025-12", "2025-12-01", "2025-12-31", "month"),
        ("2025-Q1", "2025-01-01", "2025-03-31", "quarter"),
        ("2025-Q4", "2025-10-01", "2025-12-31", "quarter"),
        ("2025", "2025-01-01", "2025-12-31", "year"),
    ],
)
def test_a_period_is_read_and_written_the_same_way(text, first, last, size):
    period = Period.parse(text)
    assert (period.start.isoformat(), period.last.isoformat(), period.size) == (first, last, size)
    assert str(period) == text


def test_a_period_holds_its_first_day_and_not_the_one_it_ends_before():
    period = Period.parse("2025-Q1")
    assert date(2025, 1, 1) in period
    assert date(2025, 3, 31) in period
    assert date(2025, 4, 1) not in period
    assert date(2024, 12, 31) not in period


@pytest.mark.parametrize(
    ("size", "name"), [("day", "2025-11-30"), ("month", "2025-11"), ("quarter", "2025-Q4"), ("year", "2025")]
)
def test_the_period_of_a_day_holds_it(size: Size, name):
    period = Period.of(date(2025, 11, 30), size)
    assert str(period) == name
    assert date(2025, 11, 30) in period


@pytest.mark.parametrize("text", ["2025-13", "2025-02-30", "2025-00", "0000", "9999", "9999-12", "9999-12-31"])
def test_a_period_that_no_calendar_has_does_not_exist(text):
    with refused(InputError, f"'{text}' does not exist in the calendar"):
        Period.parse(text)


@pytest.mark.parametrize(
    "text",
    ["2025-Q5", "2025-3", "25", "March 2025", "2025-03-2", "", "2025-03-02 ", "\u0662\u0660\u0662\u0665"],
)
def test_what_is_no_period_is_refused_with_the_ways_to_write_one(text):
    with refused(InputError, "is not a period: write 2025-03-02, 2025-03, 2025-Q1 or 2025"):
        Period.parse(text)


def test_a_day_is_read_in_one_way_only():
    assert parse_date("2025-03-02") == date(2025, 3, 2)
    for text in ("02.03.2025", "2025-3-2", "20250302", "today", "2025-03", ""):
        with refused(InputError, f"'{text}' is not a date: write it as 2025-03-02"):
            parse_date(text)


@pytest.mark.parametrize("text", ["2025-02-29", "2025-13-01", "2025-06-31", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(text):
    with refused(InputError, f"'{text}' is not a date: that day does not exist"):
        parse_date(text)


def test_the_last_year_of_the_calendar_is_refused_since_nothing_can_follow_it():
    with refused(InputError, "'9999-12-31' is not a date: the ledger's days end in 9998"):
        parse_date("9999-12-31")


def test_a_moment_is_written_in_utc_with_microseconds():
    kyiv = timezone(timedelta(hours=2))
    assert stamp(datetime(2025, 3, 2, 18, 30, tzinfo=UTC)) == "2025-03-02T18:30:00.000000Z"
    assert stamp(datetime(2025, 3, 2, 0, 30, 0, 7, tzinfo=kyiv)) == "2025-03-01T22:30:00.000007Z"


def test_stamps_sort_as_the_moments_they_are_of():
    assert stamp(datetime(987, 3, 2, tzinfo=UTC)) < stamp(datetime(2025, 3, 2, tzinfo=UTC))


def test_a_moment_without_a_time_zone_never_enters_the_ledger():
    with pytest.raises(TypeError, match="without a time zone"):
        stamp(datetime(2025, 3, 2))  # noqa: DTZ001 - what the test is about


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-02", "2025-03-02T23:59:59.999999Z"),
        ("2025-03-02T18:30", "2025-03-02T18:30:00.000000Z"),
        ("2025-03-02 18:30:15", "2025-03-02T18:30:15.000000Z"),
        ("2025-03-02T18:30:15.5Z", "2025-03-02T18:30:15.500000Z"),
        ("2025-03-02T18:30:15+02:00", "2025-03-02T16:30:15.000000Z"),
    ],
)
def test_a_moment_is_read_as_utc_unless_it_says_and_a_day_is_its_end(text, moment):
    assert stamp(parse_moment(text)) == moment


@pytest.mark.parametrize(
    "text", ["yesterday", "2025-03-02T25:00", "2025-03", "20250302", "2025-W10-1", "", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_moment_is_refused(text):
    with refused(InputError, f"'{text}' is not a time: write 2025-03-02 or 2025-03-02T18:30:00Z"):
        parse_moment(text)
