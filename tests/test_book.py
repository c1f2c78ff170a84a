"""The book's two times: when things happened, when they were known, and that neither moves."""

import getpass
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from ledger import book as books
from ledger.book import Book, Worth
from ledger.errors import InputError, UnknownRecord
from ledger.period import parse_moment, stamp
from ledger.selection import Selection
from tests import places
from tests.everything import fill
from tests.world import (
    Clock,
    amend,
    announce,
    cancel,
    commit,
    disburse,
    draw,
    entries,
    errors,
    join,
    last_number,
    measures,
    records,
    refused,
    register_party,
    reverse,
    revise,
    selection,
    stages,
    supersede,
)

Report = Callable[[Book, Selection], object]


def at(*moments: str) -> Callable[[], datetime]:
    """A clock that tells these moments, one at each look, and then stands at the last."""
    left = [datetime.fromisoformat(moment) for moment in moments]
    return lambda: left.pop(0) if len(left) > 1 else left[0]


# When it was recorded


def test_recorded_at_never_goes_back_even_if_the_clock_does(book, clock):
    announce(book, "GB", "1 GBP")
    noon = entries(book)[-1].recorded_at
    clock.turn_to("2024-12-31")
    announce(book, "GB", "2 GBP", on="2024-12-30")
    clock.turn_to("2025-03-04")
    announce(book, "GB", "3 GBP")
    times = [entry.recorded_at for entry in entries(book)]
    assert times[2] == noon == times[1]
    assert times == sorted(times)
    assert stamp(times[3]).startswith("2025-03-04T09:00:0")
    assert errors(book) == []


def test_what_is_recorded_in_the_same_moment_is_known_in_the_same_moment(book):
    with Book.open(places.at(places.path_of(book)), clock=at("2025-03-02T12:00:00+00:00")) as still:
        announce(still, "GB", "1 GBP")
        announce(still, "GB", "2 GBP")
    first, second = entries(book)[1:]
    assert first.recorded_at == second.recorded_at
    assert measures(book, known_at=first.recorded_at)["pledged"] == "3.00"
    assert measures(book, known_at=first.number)["pledged"] == "1.00"


def test_recorded_at_is_utc_and_the_day_is_that_of_the_clocks_own_time_zone(book):
    for moment in ("2025-03-02T23:30:00-05:00", "2025-03-05T00:30:00+13:00"):
        with Book.open(places.at(places.path_of(book)), clock=at(moment)) as abroad:
            announce(abroad, "US", "1 USD")
    found = [(entry.on, stamp(entry.recorded_at)) for entry in entries(book)[1:]]
    assert found == [
        (date(2025, 3, 2), "2025-03-03T04:30:00.000000Z"),
        (date(2025, 3, 5), "2025-03-04T11:30:00.000000Z"),
    ]


def test_the_machines_own_clock_has_a_time_zone():
    assert books.now().tzinfo is not None
    assert abs(books.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_entry_says_who_recorded_it(book, monkeypatch):
    monkeypatch.setenv("AIDLEDGER_USER", "Грета")
    with Book.open(places.at(places.path_of(book)), clock=Clock()) as opened:
        announce(opened, "GB", "1 GBP")
    assert [entry.recorded_by for entry in entries(book)] == ["ada", "Грета"]


def test_who_records_is_the_systems_user_where_nothing_else_is_said(monkeypatch):
    monkeypatch.delenv("AIDLEDGER_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "grace")
    assert books.user() == "grace"


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 1001"), OSError("No username set")])
def test_a_user_without_a_name_is_asked_for_one(monkeypatch, error):
    def nameless() -> str:
        raise error

    monkeypatch.delenv("AIDLEDGER_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", nameless)
    with refused(InputError, "set AIDLEDGER_USER"):
        books.user()


def test_a_user_with_control_characters_is_refused(monkeypatch):
    monkeypatch.setenv("AIDLEDGER_USER", "ada\x1b[31m")
    with refused(InputError, "AIDLEDGER_USER holds a control character"):
        books.user()


# As of a day


@pytest.fixture
def moved(book: Book) -> str:
    """A pledge of January, committed in February, paid in March: entries 2, 3 and 4, all recorded on 2 March."""
    pledge = announce(book, "GB", "100 GBP", on="2025-01-10", instrument="loan")
    commit(book, pledge, "60 GBP", on="2025-02-10")
    disburse(book, pledge, "50 GBP", on="2025-03-01")
    return pledge


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2025-01-09", {}),
        ("2025-01-10", {"pledged": "100.00 GBP"}),
        ("2025-02-09", {"pledged": "100.00 GBP"}),
        ("2025-02-10", {"pledged": "40.00 GBP", "committed": "60.00 GBP"}),
        ("2025-03-01", {"pledged": "40.00 GBP", "committed": "10.00 GBP", "disbursed": "50.00 GBP"}),
        ("2030-01-01", {"pledged": "40.00 GBP", "committed": "10.00 GBP", "disbursed": "50.00 GBP"}),
    ],
)
def test_as_of_a_day_stands_what_had_happened_by_its_end(book, moved, day, held):
    assert stages(book, moved, as_of=day) == held
    assert stages(book, moved, until=day) == held


def test_as_of_and_until_together_end_on_the_earlier_day(book, moved):
    for days in ({"as_of": "2025-02-10", "until": "2025-12-31"}, {"as_of": "2025-12-31", "until": "2025-02-10"}):
        assert stages(book, moved, **days) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}


def test_a_span_of_days_holds_what_happened_in_it_both_days_included(book, moved):
    assert measures(book, since="2025-02-10", until="2025-03-01") == {
        "committed": "60.00",
        "allocated": "50.00",
        "disbursed": "50.00",
        "outstanding": "-50.00",
        "owed": "50.00",
    }
    assert measures(book, since="2025-02-11", until="2025-02-28") == {}
    assert moved == "GB-2025-0001"


def test_what_was_known_and_what_had_happened_are_two_questions(book, clock, moved):
    clock.turn_to("2025-04-01")
    commit(book, moved, "5 GBP", on="2025-02-11")
    assert measures(book, as_of="2025-02-28")["committed"] == "65.00"
    assert measures(book, as_of="2025-02-28", known_at=4)["committed"] == "60.00"
    assert measures(book, as_of="2025-02-01", known_at=5).get("committed") is None


# Known at


@pytest.fixture
def days(book: Book, clock: Clock) -> Book:
    """A book with one entry on each of five days: opened on 2 March, then pledged twice, committed, cancelled."""
    for day, step in {
        "2025-03-03": lambda: announce(book, "GB", "100 GBP"),
        "2025-03-04": lambda: announce(book, "DE", "10 GBP"),
        "2025-03-05": lambda: commit(book, "GB-2025-0001", "60 GBP"),
        "2025-03-06": lambda: cancel(book, "DE-2025-0001"),
    }.items():
        clock.turn_to(day)
        step()
    return book


KNOWN: dict[int, dict[str, str]] = {
    1: {},
    2: {"pledged": "100.00", "outstanding": "100.00"},
    3: {"pledged": "110.00", "outstanding": "110.00"},
    4: {"pledged": "110.00", "committed": "60.00", "outstanding": "110.00"},
    5: {"pledged": "100.00", "committed": "60.00", "cancelled": "10.00", "outstanding": "100.00"},
}


@pytest.mark.parametrize(("number", "known"), KNOWN.items())
def test_known_at_an_entrys_number_is_what_the_book_said_once_it_was_recorded(days, number, known):
    assert measures(days, known_at=number) == known


@pytest.mark.parametrize(("number", "known"), KNOWN.items())
def test_known_at_the_moment_of_an_entry_includes_it_and_a_microsecond_earlier_does_not(days, number, known):
    moment = entries(days)[number - 1].recorded_at
    assert measures(days, known_at=moment) == known
    assert measures(days, known_at=moment - timedelta(microseconds=1)) == KNOWN.get(number - 1, {})


@pytest.mark.parametrize(("number", "known"), KNOWN.items())
def test_known_at_a_date_is_what_was_known_at_the_end_of_that_day(days, number, known):
    assert measures(days, known_at=parse_moment(f"2025-03-{number + 1:02}")) == known


def test_known_at_a_moment_of_another_time_zone_is_the_same_moment(days):
    moment = entries(days)[2].recorded_at.astimezone(timezone(timedelta(hours=9)))
    assert measures(days, known_at=moment) == KNOWN[3]


def test_before_the_first_entry_nothing_was_known_and_after_the_last_one_everything(days):
    for known_at in (0, parse_moment("2025-03-01")):
        assert measures(days, known_at=known_at) == {}
        assert records(days.pledges(Selection(known_at=known_at))) == []
        assert records(days.journal(Selection(known_at=known_at))) == []
    for known_at in (99, parse_moment("2030-01-01")):
        assert measures(days, known_at=known_at) == KNOWN[5]


def lines(book: Book, chosen: Selection) -> list[str]:
    with book.register(chosen) as found:
        return list(found)


REPORTS: dict[str, Report] = {
    "totals by donor": lambda book, chosen: records(book.totals(chosen)),
    "totals by much": lambda book, chosen: records(book.totals(chosen, by=("instrument", "purpose", "parent"))),
    "totals by month": lambda book, chosen: records(book.totals(chosen, by=("month", "source"))),
    "totals in EUR": lambda book, chosen: records(book.totals(chosen, worth=Worth("EUR"))),
    "notes": lambda book, chosen: book.totals(chosen).notes,
    "pledges": lambda book, chosen: records(book.pledges(chosen)),
    "journal": lambda book, chosen: records(book.journal(chosen)),
    "trial balance": lambda book, chosen: records(book.trial_balance(chosen)),
    "register": lines,
}
FILTERS: list[dict[str, Any]] = [
    {"donor": ("GB", "FR")},
    {"group": ("EU", "CZI")},
    {"instrument": "grant", "purpose": "military"},
    {"source": "era", "currency": "EUR"},
    {"contingent": "exclude", "until": "2025-02-24"},
]


def said(book: Book, **known_at: int) -> dict[str, object]:
    """What each report says of everything, and one of each selection; a group that nobody is in says nothing."""
    asked: list[tuple[dict[str, Any], str]] = [({}, name) for name in REPORTS]
    asked += [(filters, "totals by much") for filters in FILTERS]
    found: dict[str, object] = {}
    for filters, name in asked:
        with suppress(UnknownRecord):
            found[f"{name} {filters}"] = REPORTS[name](book, selection(**filters, **known_at))
    return found


def test_known_at_any_entry_every_report_says_what_it_said_when_that_entry_was_the_last(book, monkeypatch):
    """Amendments, reversals, draws, revisions, supersessions, memberships: all that came later is forgotten."""
    heard: dict[int, dict[str, object]] = {}
    record_all = Book.record_all

    def recording(self, steps):
        done = record_all(self, steps)
        if done[-1].entry.number % 3 == 0:  # a third of them, for the sake of time
            heard[done[-1].entry.number] = said(book)
        return done

    monkeypatch.setattr(Book, "record_all", recording)
    fill(book)
    monkeypatch.undo()
    assert len(heard) == last_number(book) // 3 > 10
    for number, then in heard.items():
        now = said(book, known_at=number)
        assert {name: now[name] for name in then} == then, number


# Known at, on both sides of each kind of correction


@pytest.mark.parametrize(
    ("dimension", "old", "new"),
    [
        ("donor", "GB", "FR"),
        ("recipient", "UA", "MD"),
        ("purpose", "military", "humanitarian"),
        ("instrument", "grant", "loan"),
        ("source", None, "era"),
        ("package", None, "spring"),
    ],
)
def test_an_amended_fact_is_seen_by_known_at_on_both_sides_of_its_amendment(book, dimension, old, new):
    pledge = announce(book, "GB", "100 GBP")
    announce(book, "PL", "7 GBP", purpose="other", instrument="in_kind", recipient="EE", source="budget", package="x")
    amend(book, pledge, **{dimension: new})
    for known_at, fact in ((3, old), (4, new)):
        rows = records(book.totals(Selection(known_at=known_at), by=(dimension,)))
        assert fact in [row[dimension] for row in rows]
        assert len(rows) == 2
    assert [row[dimension] for row in records(book.totals(by=(dimension,)))].count(new) == 1
    with book.register(Selection(known_at=3)) as found:
        assert "".join(found).count("\r\n") == 5


FILTERABLE = ("donor", "recipient", "purpose", "instrument", "source")


@pytest.mark.parametrize("dimension", FILTERABLE)
def test_a_filter_on_an_amended_fact_goes_by_what_was_known_then(book, dimension):
    old = {"donor": "GB", "recipient": "UA", "purpose": "military", "instrument": "grant", "source": "budget"}
    new = {"donor": "FR", "recipient": "MD", "purpose": "other", "instrument": "loan", "source": "era"}
    pledge = announce(book, "GB", "100 GBP", source="budget")
    amend(book, pledge, **{dimension: new[dimension]})
    found = {
        (fact, known_at): measures(book, known_at=known_at, **{dimension: fact}).get("pledged")
        for fact in (old[dimension], new[dimension])
        for known_at in (1, 2, 3, None)
    }
    assert {key for key, value in found.items() if value == "100.00"} == {
        (old[dimension], 2),
        (new[dimension], 3),
        (new[dimension], None),
    }


def test_a_group_goes_by_the_donor_that_was_known_then(book):
    amend(book, announce(book, "GB", "100 GBP"), donor="DE")
    assert measures(book, group="EU", known_at=2) == {}
    assert measures(book, group="EU", known_at=3)["pledged"] == "100.00"
    assert measures(book, group="EU")["pledged"] == "100.00"


def test_contingent_goes_by_the_instrument_that_was_known_then(book):
    amend(book, announce(book, "GB", "100 GBP"), instrument="guarantee")
    assert measures(book, contingent="only", known_at=2) == {}
    assert measures(book, contingent="only", known_at=3)["pledged"] == "100.00"
    assert measures(book, contingent="exclude", known_at=2)["pledged"] == "100.00"
    assert measures(book, contingent="exclude") == {}


TITLES = [
    'It\'s "5,000+" missiles, 100 %',
    "«Ракети»; :name ? $1 \\ [bold]",
    "=1+1",
    "'); DROP TABLE entry; --",
    "NULL",
]


@pytest.mark.parametrize("title", TITLES)
def test_any_title_is_known_as_it_was_before_it_was_amended(book, title):
    pledge = announce(book, "GB", "100 GBP", title=title)
    amend(book, pledge, title="Another")
    assert [row["title"] for row in records(book.pledges(Selection(known_at=2)))] == [title]
    assert [row["title"] for row in records(book.pledges())] == ["Another"]


def test_a_fact_amended_twice_is_known_in_each_of_its_three_states(book):
    pledge = announce(book, "GB", "100 GBP", title="one")
    amend(book, pledge, title="two")
    amend(book, pledge, title=None)
    found = [records(book.pledges(Selection(known_at=number)))[0]["title"] for number in (2, 3, 4)]
    assert found == ["one", "two", None]


def test_a_reversed_amendment_is_known_until_it_was_reversed(book):
    pledge = announce(book, "GB", "100 GBP")
    amend(book, pledge, donor="FR")
    reverse(book, 3)
    donors = [records(book.totals(Selection(known_at=number)))[0]["donor"] for number in (2, 3, 4)]
    assert donors == ["GB", "FR", "GB"]


def test_a_reversed_pledge_is_known_until_it_was_reversed_and_again_when_that_is_reversed(book):
    announce(book, "GB", "1 GBP")
    reverse(book, 2)
    reverse(book, 3)
    assert [measures(book, known_at=number).get("pledged") for number in (1, 2, 3, 4)] == [None, "1.00", None, "1.00"]
    states = [records(book.pledges(Selection(known_at=number)))[0]["state"] for number in (2, 3, 4)]
    assert states == ["disclosed", "withdrawn", "disclosed"]


def test_a_drawing_is_known_from_its_own_entry_on(book):
    parent, child = announce(book, "GB", "100 GBP", package="p"), announce(book, "GB", "30 GBP")
    draw(book, parent, child, "30 GBP", existing=True)
    for known_at, whole, parents in ((3, "130.00", [None, None]), (4, "100.00", [None, parent])):
        assert measures(book, known_at=known_at)["pledged"] == whole
        assert [row["parent"] for row in records(book.pledges(Selection(known_at=known_at)))] == parents


def test_a_revision_is_known_from_its_own_entry_on_in_its_amount_and_in_its_currency(book):
    pledge = announce(book, "GB", "100 GBP")
    revise(book, pledge, "120 GBP")
    revise(book, pledge, "90 EUR")
    found = [(measures(book, of, known_at=n).get("pledged")) for n in (2, 3, 4) for of in ("GBP", "EUR")]
    assert found == ["100.00", None, "120.00", None, None, "90.00"]


def test_a_supersession_is_known_from_its_own_entry_on(book):
    old, new = announce(book, "GB", "100 GBP"), announce(book, "FR", "1 GBP")
    supersede(book, old, new)
    assert [measures(book, donor="FR", known_at=number)["pledged"] for number in (3, 4)] == ["1.00", "101.00"]
    assert [measures(book, donor="GB", known_at=number).get("pledged") for number in (3, 4)] == ["100.00", None]


def test_a_membership_is_known_from_its_own_entry_on(book):
    announce(book, "NO", "100 GBP")
    join(book, "NO", "coalition-of-the-willing", "2025-03-02")
    assert measures(book, group="coalition-of-the-willing", known_at=2) == {}
    assert measures(book, group="coalition-of-the-willing", known_at=3)["pledged"] == "100.00"


def test_an_undisclosed_pledge_is_counted_until_its_value_is_known(book):
    pledge = announce(book, "NO")
    revise(book, pledge, "100 NOK")
    counted = "1 pledge of undisclosed value is counted, not valued"
    assert [list(book.totals(Selection(known_at=number)).notes) for number in (1, 2, 3)] == [[], [counted], []]


# Membership in groups is that of each pledge's own day


@pytest.mark.parametrize(
    ("donor", "group", "on", "inside"),
    [
        ("GB", "EU", "1972-12-31", False),
        ("GB", "EU", "1973-01-01", True),
        ("GB", "EU", "2020-01-31", True),
        ("GB", "EU", "2020-02-01", False),
        ("HR", "EU", "2013-06-30", False),
        ("HR", "EU", "2013-07-01", True),
        ("HR", "NATO", "2009-03-31", False),
        ("HR", "NATO", "2009-04-01", True),
        ("GB", "G7", "1990-01-01", True),
        ("UA", "G7", "2025-01-01", False),
        ("EPF", "EU", "2025-01-01", True),
        ("EU", "EU", "2025-01-01", True),
    ],
)
def test_a_total_by_group_takes_membership_as_of_the_pledges_own_day(book, donor, group, on, inside):
    announce(book, donor, "100 EUR", on=on, recipient="MD")
    assert measures(book, "EUR", group=group).get("pledged") == ("100.00" if inside else None)
    assert len(records(book.pledges(selection(group=group)))) == inside


def test_membership_is_not_that_of_the_day_on_which_money_moved(book):
    pledge = announce(book, "GB", "100 EUR", on="2020-01-31")
    disburse(book, pledge, on="2021-05-05")
    assert measures(book, "EUR", group="EU")["disbursed"] == "100.00"
    assert measures(book, "EUR", group="EU", since="2021-01-01")["disbursed"] == "100.00"


def test_a_donor_in_two_selected_groups_is_counted_once(book):
    announce(book, "DE", "100 EUR")
    announce(book, "US", "50 EUR")
    assert measures(book, "EUR", group=("EU", "NATO", "G7"))["pledged"] == "150.00"
    assert measures(book, "EUR", group=("EU", "G7"), donor="DE")["pledged"] == "100.00"


def test_a_membership_that_ended_and_began_again_holds_in_both_of_its_times(book):
    register_party(book, "CLUB", "A club", "group")
    join(book, "NO", "CLUB", "2022-01-01", "2022-12-31")
    join(book, "NO", "CLUB", "2024-01-01")
    for year in ("2021", "2022", "2023", "2024"):
        announce(book, "NO", "1 EUR", on=f"{year}-06-01")
    rows = records(book.totals(selection(group="CLUB"), by=("year",)))
    assert [row["year"] for row in rows] == ["2022", "2024"]


def test_a_group_without_members_is_refused_not_empty(book):
    register_party(book, "CLUB", "A club", "group")
    for report in REPORTS.values():
        with refused(UnknownRecord, "'CLUB' has no members in this book", "aidledger party list"):
            report(book, selection(group="CLUB"))
