"""A facility and what is drawn from it: money that is announced twice is moved, and never counted twice."""

from decimal import Decimal

import pytest

from tests.commandline import done, figures, refused, rows, stages, typed

LIMIT, MISSILES = "UKEF-LIMIT", "GB-2025-0001"
EXPORT_CREDIT = "--purpose military --instrument export_credit --source ukef"
DRAWN = f'pledge add GB "1.6bn GBP" --on 2025-03-02 {EXPORT_CREDIT}'


BOOK = (f'pledge add GB "3.5bn GBP" --id {LIMIT} --on 2024-09-02 {EXPORT_CREDIT} --title "Market limit"',)
"""UKEF's limit for Ukraine, before anything is drawn."""

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def drawn(desk):  # noqa: ARG001 - whose book is there first
    """The missiles, drawn from the limit."""
    assert done(f"{DRAWN} --parent {LIMIT}") == f"{MISSILES}\n"


def promise(pledge):
    """What a pledge promises now, before any of it was drawn, by commodity."""
    found = rows(f"pledge show {pledge}")
    return {row["commodity"]: row["value"] for row in found if row["section"] == "promise"}


def parts():
    """What each pledge counts in the totals."""
    return {row["pledge"]: row["pledged"] for row in rows("report totals --by pledge")}


def balances():
    """The sum of each pledge's accounts."""
    found = rows("report trial-balance")
    return {
        pledge: sum(Decimal(row["balance"]) for row in found if row["pledge"] == pledge)
        for pledge in {row["pledge"] for row in found}
    }


def sound():
    """Each pledge balances by itself, and no check finds anything."""
    assert set(balances().values()) == {Decimal(0)}
    assert done("check --format json") == "[]\n"


@pytest.mark.usefixtures("drawn")
def test_what_is_drawn_is_counted_once():
    assert figures("") == {"pledged": "3500000000.00", "outstanding": "3500000000.00"}
    assert parts() == {LIMIT: "1900000000.00", MISSILES: "1600000000.00"}
    assert balances() == {LIMIT: 0, MISSILES: 0}
    sound()


@pytest.mark.usefixtures("drawn")
def test_the_totals_by_facility_show_what_was_drawn_from_it():
    found = {row["parent"]: row["pledged"] for row in rows("report totals --by parent")}
    assert found == {None: "1900000000.00", LIMIT: "1600000000.00"}


def test_without_a_parent_it_is_new_money():
    done(DRAWN)
    assert figures("")["pledged"] == "5100000000.00"


def test_more_than_the_facility_has_cannot_be_drawn():
    said = refused(1, f'pledge add GB "3.6bn GBP" {EXPORT_CREDIT} --parent {LIMIT}')
    assert f"{LIMIT} has 3500000000.00 GBP left to draw on" in said
    refused(1, f'pledge add GB "1bn USD" {EXPORT_CREDIT} --parent {LIMIT}')


def test_a_pledge_can_be_drawn_that_was_there_before():
    done(f'pledge add GB "0.4bn GBP" --id BRIDGES --on 2025-01-01 {EXPORT_CREDIT}')
    done(f'pledge draw {LIMIT} BRIDGES "100m GBP" --format csv')
    assert parts() == {LIMIT: "3400000000.00", "BRIDGES": "500000000.00"}
    sound()


@pytest.mark.usefixtures("drawn")
def test_a_facility_cannot_be_revised_below_what_was_drawn():
    said = refused(1, f'pledge revise {LIMIT} "1.5bn GBP" --note "the new limit"')
    least = "1600000000.00 GBP: so much was already delivered, drawn or cancelled"
    assert said == f"error: {LIMIT} cannot promise less than {least}\n"


@pytest.mark.usefixtures("drawn")
def test_a_facility_that_is_revised_states_its_gross_promise():
    done(f'pledge revise {LIMIT} "2bn GBP" --note "the new limit" --format csv')
    assert stages(LIMIT) == {"pledged": "400000000.00"}
    assert promise(LIMIT) == {"GBP": "2000000000.00"}
    assert figures("")["pledged"] == "2000000000.00"
    sound()


@pytest.mark.usefixtures("drawn")
def test_a_child_that_is_cancelled_is_gone_from_its_facility_too():
    done(f"pledge cancel {MISSILES} --format csv")
    assert figures("") == {
        "pledged": "1900000000.00",
        "cancelled": "1600000000.00",
        "outstanding": "1900000000.00",
    }
    assert stages(LIMIT) == {"pledged": "1900000000.00"}
    sound()


@pytest.mark.usefixtures("drawn")
def test_a_child_that_is_cancelled_may_give_its_money_back():
    done(f"pledge cancel {MISSILES} --return --format csv")
    assert figures("") == {"pledged": "3500000000.00", "outstanding": "3500000000.00"}
    assert parts() == {LIMIT: "3500000000.00"}
    sound()


@pytest.mark.usefixtures("drawn")
def test_a_part_may_be_given_back_and_no_more_than_was_drawn():
    done(f'pledge disburse {MISSILES} "600m GBP" --on 2025-04-01 --format csv')
    done(f'pledge cancel {MISSILES} "400m GBP" --return --format csv')
    assert parts() == {LIMIT: "2300000000.00", MISSILES: "1200000000.00"}
    said = refused(1, f'pledge cancel {MISSILES} "1.1bn GBP" --return')
    assert "left to cancel" in said
    sound()


class TestRecordedTwice:
    """The missiles were recorded as new money before anybody knew of the limit."""

    @pytest.fixture(autouse=True)
    def counted_twice(self, desk):  # noqa: ARG002 - as above
        done(DRAWN)
        assert figures("")["pledged"] == "5100000000.00"

    def test_what_is_there_already_is_taken_from_the_facility_only(self):
        done(f'pledge draw {LIMIT} {MISSILES} "1.6bn GBP" --existing --format csv')
        assert figures("") == {"pledged": "3500000000.00", "outstanding": "3500000000.00"}
        assert parts() == {LIMIT: "1900000000.00", MISSILES: "1600000000.00"}
        assert balances() == {LIMIT: 0, MISSILES: 0}
        sound()

    def test_then_it_is_the_facilitys_child_like_any_other(self):
        done(f'pledge draw {LIMIT} {MISSILES} "1.6bn GBP" --existing --format csv')
        refused(1, f'pledge revise {LIMIT} "1.5bn GBP" --note "the new limit"')
        done(f"pledge cancel {MISSILES} --return --format csv")
        assert parts() == {LIMIT: "3500000000.00"}
        sound()

    def test_no_more_than_the_child_holds_is_taken(self):
        said = refused(1, f'pledge draw {LIMIT} {MISSILES} "1.7bn GBP" --existing')
        assert f"{MISSILES} holds 1600000000.00 GBP as new money" in said
        done(f'pledge draw {LIMIT} {MISSILES} "1.6bn GBP" --existing --format csv')
        refused(1, f'pledge draw {LIMIT} {MISSILES} "1 GBP" --existing')

    def test_one_pledge_may_take_the_place_of_another(self):
        done(f'pledge disburse {LIMIT} "500m GBP" --on 2025-01-01 --format csv')
        done(f'pledge supersede {LIMIT} {MISSILES} --note "one announcement" --format csv')
        assert parts() == {LIMIT: "500000000.00", MISSILES: "4600000000.00"}
        sound()


def test_a_facility_draws_on_no_child_of_its_own():
    done(f"{DRAWN} --parent {LIMIT}")
    assert "it draws on it" in refused(1, f'pledge draw {MISSILES} {LIMIT} "1 GBP"')


def test_items_are_drawn_only_where_the_facility_has_them():
    done("item add missile Missile")
    done(f'{DRAWN} --parent {LIMIT} --item "5000 missile"')
    assert stages(MISSILES, "missile") == {"pledged": "5000"}
    assert stages(LIMIT, "missile") == {}
    sound()


def test_a_drawing_that_is_reversed_goes_back():
    done(f"{DRAWN} --parent {LIMIT}")
    answer = typed("journal reverse 3 --note 'not drawn after all' --format csv")
    assert answer.code == 0
    assert parts() == {LIMIT: "3500000000.00"}
    sound()
