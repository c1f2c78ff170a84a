"""Groups: members as of each pledge's day, institutions among them, and nothing counted twice."""

import pytest

from ledger.errors import UnknownRecord
from tests.commandline import REAL, ROOT, done, rows
from tests.world import announce, draw, join, measures, records, refused, register_party, selection

BOOK = (
    "pledge add EU '100 EUR' --purpose military --instrument grant --on 2025-01-01",
    "pledge add JP '1 EUR' --purpose military --instrument grant --on 2025-01-01",
    "pledge add NO '7 EUR' --purpose military --instrument grant --on 2025-01-01",
)


def donors(book, *groups, **filters):
    """What each donor of these groups pledged."""
    table = book.totals(selection(group=groups, **filters))
    return {row["donor"]: row["pledged"] for row in records(table)}


def total(book, *groups):
    return measures(book, "EUR", group=groups).get("pledged")


def test_a_group_is_its_members_and_its_institutions_and_itself(book):
    for donor in ("EU", "EIB", "EPF", "DE", "NO", "GB", "EBRD", "CEB"):
        announce(book, donor, "100 EUR", on="2025-01-01")
    assert set(donors(book, "EU")) == {"EU", "EIB", "EPF", "DE"}
    assert total(book, "EU") == "400.00"


def test_what_a_member_draws_from_the_unions_facility_is_counted_once(book):
    facility = announce(book, "EU", "100 EUR", on="2025-01-01")
    announce(book, "DE", "40 EUR", on="2025-01-02", parent=facility)
    later = announce(book, "FR", "10 EUR", on="2025-01-03")
    draw(book, facility, later, "10 EUR", existing=True)
    assert donors(book, "EU") == {"EU": "50.00", "DE": "40.00", "FR": "10.00"}
    assert total(book, "EU") == "100.00"


def test_a_donor_in_two_groups_is_counted_once(book):
    for donor in ("DE", "FI", "JP", "NO"):
        announce(book, donor, "10 EUR", on="2025-01-01")
    assert donors(book, "EU", "G7") == {"DE": "10.00", "FI": "10.00", "JP": "10.00"}
    assert total(book, "EU", "G7") == "30.00"
    join(book, "DE", "G7", "2020-01-01")
    assert total(book, "EU", "G7") == total(book, "G7", "EU") == "30.00"


def test_a_donor_belongs_to_a_group_by_each_pledges_own_day(book):
    register_party(book, "CLUB", "A club", "group")
    announce(book, "DE", "1 EUR", on="2025-01-31")
    announce(book, "DE", "2 EUR", on="2025-02-01")
    announce(book, "DE", "4 EUR", on="2025-02-28")
    announce(book, "DE", "8 EUR", on="2025-03-01")
    with refused(UnknownRecord, "'CLUB' has no members in this book"):
        total(book, "CLUB")
    join(book, "DE", "CLUB", "2025-02-01", "2025-02-28")
    assert total(book, "CLUB") == "6.00"
    assert donors(book, "CLUB", as_of="2025-02-27") == {"DE": "2.00"}


def test_britain_left_the_union_and_croatia_joined_it(book):
    announce(book, "GB", "1 EUR", on="2020-01-31")
    announce(book, "GB", "2 EUR", on="2020-02-01")
    announce(book, "HR", "4 EUR", on="2013-06-30")
    announce(book, "HR", "8 EUR", on="2013-07-01")
    assert donors(book, "EU") == {"GB": "1.00", "HR": "8.00"}


TREATIES = {
    "EU": "1972-12-31 6, 1973-01-01 9, 1981-01-01 10, 1986-01-01 12, 1995-01-01 15, 2004-05-01 25, 2007-01-01 27,"
    " 2013-07-01 28, 2020-01-31 28, 2020-02-01 27",
    "NATO": "1949-08-23 0, 1949-08-24 12, 1952-02-18 14, 1955-05-06 15, 1982-05-30 16, 1999-03-12 19, 2004-03-29 26,"
    " 2009-04-01 28, 2017-06-05 29, 2020-03-27 30, 2023-04-04 31, 2024-03-07 32",
    "G7": "2000-01-01 7, 2025-03-02 7",
}
"""How many states each group has from a day on, as it counts itself."""


@pytest.mark.parametrize("group", TREATIES)
def test_a_group_has_as_many_states_as_its_treaties_say_on_each_day(book, group):
    members = [row for row in records(book.party(group)) if row["relation"] == "has member"]
    states = [row for row in members if row["party"] not in {"EIB", "EPF"}]
    for said in TREATIES[group].split(", "):
        on, count = said.split()
        found = {row["party"] for row in states if (row["since"] or "") <= on <= (row["until"] or "9999")}
        assert len(found) == int(count), said
    assert "RU" not in {row["party"] for row in members}


SUMMIT = "leaders-summit-2025-03-02"


@pytest.mark.usefixtures("desk")
def test_the_leaders_summit_of_2_march_2025_is_a_group_whose_pledges_are_added_up():
    for line in REAL:
        done(line)
    done(f"run {ROOT / 'fixtures' / 'groups' / SUMMIT}.txt")
    (shown,) = [row for row in rows("party list") if row["code"] == SUMMIT]
    assert shown["kind"] == "group"
    found = [row for row in rows(f"party show {SUMMIT}") if row["relation"] == "has member"]
    assert len({row["party"] for row in found}) == 18
    assert {(row["since"], row["until"]) for row in found} == {("2025-03-02", None)}
    assert [row["pledged"] for row in rows(f"report totals --group {SUMMIT} --donor GB")] == ["1600000000.00"]
    assert {row["donor"] for row in rows(f"report totals --group {SUMMIT} --from 2025-03-02")} == {"GB"}


def test_a_membership_recorded_later_was_not_known_before(book):
    register_party(book, "CLUB", "A club", "group")
    join(book, "FR", "CLUB")
    announce(book, "DE", "1 EUR", on="2025-01-01")
    join(book, "DE", "CLUB")
    assert donors(book, "CLUB") == {"DE": "1.00"}
    assert donors(book, "CLUB", known_at=4) == {}


def test_a_group_nobody_is_in_is_refused_beside_one_that_has_members(book):
    announce(book, "DE", "1 EUR")
    with refused(UnknownRecord, "'G77' has no members in this book"):
        donors(book, "EU", "G77")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("words", ["--group EU,G7", "--group G7 --group EU"])
def test_several_groups_are_any_of_them_on_the_command_line(words):
    assert [row["donor"] for row in rows(f"report totals {words}")] == ["EU", "JP"]
