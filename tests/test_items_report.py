"""Items: units promised, delivered and open, and the price of a unit that a pledge's money implies."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from ledger.book import Book, Worth, converter
from ledger.errors import MissingRate, UnknownRecord
from ledger.formats.ecb import embedded
from ledger.money import Money
from ledger.period import parse_date
from tests.world import (
    EUR,
    MISSILE,
    USD,
    amend,
    announce,
    cancel,
    commit,
    disburse,
    draw,
    money,
    records,
    register_item,
    repay,
    revise,
    selection,
)
from tests.world import refused as refused_by_the_ledger

TRUCK = "truck"
PRICES = ("price_promised", "price_firm", "price_delivered")
UNITS = ("promised", "delivered", "cancelled", "open")


@pytest.fixture
def armoury(book: Book) -> Book:
    """A book with two items registered."""
    register_item(book)
    register_item(book, TRUCK, "Truck")
    return book


def priced(book: Book, by: Sequence[str] = (), worth: Worth | None = None, **filters: object) -> list[dict[str, str]]:
    """The rows of the report, absent values left out."""
    found = records(book.units(selection(**filters), by, worth))
    return [{name: value for name, value in row.items() if value is not None} for row in found]


def only(book: Book, *names: str, **filters: object) -> tuple[str | None, ...]:
    """These columns of the report's only row."""
    (row,) = priced(book, **filters)  # type: ignore[arg-type] # filters
    return tuple(row.get(name) for name in names)


# What the report says


def test_five_thousand_missiles_for_up_to_1600_million_pounds_are_at_most_320000_pounds_each(armoury):
    pledge = announce(armoury, "GB", "up_to 1600000000 GBP, firm 1160000000 GBP", f"at_least 5000 {MISSILE}")
    table = armoury.units()
    assert table.header == ("pledge", "item", *UNITS, "firmness", "currency", *PRICES, "bound")
    assert [list(row.values()) for row in records(table)] == [
        [pledge, MISSILE, "5000", "0", "0", "5000", "at_least", "GBP", "320000.00", "232000.00", None, "at_most"]
    ]
    assert table.notes == []


def test_units_are_counted_by_what_became_of_them(armoury):
    pledge = announce(armoury, "GB", "1000 GBP", f"100 {MISSILE}")
    commit(armoury, pledge, f"60 {MISSILE}")
    disburse(armoury, pledge, f"40 {MISSILE}", "500 GBP")
    repay(armoury, pledge, f"5 {MISSILE}")
    cancel(armoury, pledge, f"10 {MISSILE}")
    assert only(armoury, *UNITS) == ("90", "40", "10", "50")
    assert only(armoury, *PRICES, "bound") == ("11.11", "11.11", "12.50", "exact")


def test_what_was_delivered_beyond_any_promise_is_promised_and_delivered(armoury):
    pledge = announce(armoury, "GB", f"10 {MISSILE}")
    disburse(armoury, pledge, f"12 {MISSILE}", top_up=True)
    assert only(armoury, *UNITS) == ("12", "12", "0", "0")


@pytest.mark.parametrize(
    ("amount", "units", "price"),
    [("10000 GBP", 3, "3333.33"), ("1 GBP", 8, "0.13"), ("471900000000 JPY", 7, "67414285714"), ("1 KWD", 16, "0.063")],
)
def test_a_price_is_rounded_once_halves_up_to_the_digits_of_its_currency(armoury, amount, units, price):
    announce(armoury, "GB", amount, f"{units} {TRUCK}")
    assert only(armoury, "price_promised", "price_firm") == (price, price)


def test_several_pledges_add_up_their_money_and_their_units_and_divide_once(armoury):
    for amount, units in (("100 GBP", 3), ("50 GBP", 4)):
        announce(armoury, "GB", amount, f"{units} {TRUCK}")
    assert only(armoury, "promised", "price_promised", by=("donor",)) == ("7", "21.43")
    assert [row["price_promised"] for row in priced(armoury, ("pledge",))] == ["33.33", "12.50"]


def test_pledges_in_several_currencies_have_a_row_for_each_and_every_unit_stands_in_one(armoury):
    announce(armoury, "GB", "90 GBP", f"3 {TRUCK}")
    announce(armoury, "GB", "80 EUR", f"4 {TRUCK}")
    announce(armoury, "GB", f"5 {TRUCK}")
    found = [(row.get("currency"), row["promised"], row.get("price_promised")) for row in priced(armoury)]
    assert found == [(None, "5", None), ("EUR", "4", "20.00"), ("GBP", "3", "30.00")]
    assert armoury.units(by=("donor",)).totals[0][1:3] == (TRUCK, money(f"12 {TRUCK}"))


def test_money_that_several_items_share_implies_no_price(armoury):
    for number in range(5):
        announce(armoury, "GB", "100 GBP", f"1 {MISSILE}", f"2 {TRUCK}", id=f"P{number}")
    announce(armoury, "GB", "100 GBP", f"2 {TRUCK}", id="ALONE")
    table = armoury.units(by=())
    assert [(row["item"], row["promised"], row["price_promised"]) for row in records(table)] == [
        (MISSILE, "5", None),
        (TRUCK, "10", None),
        (TRUCK, "2", "50.00"),
    ]
    shared = "no price is implied where several items share the money of a pledge: P0, P1, P2 and 2 more"
    assert table.notes == [shared]


def test_an_item_that_was_cancelled_still_had_its_share_of_the_money(armoury):
    pledge = announce(armoury, "GB", "100 GBP", f"1 {MISSILE}", f"2 {TRUCK}")
    cancel(armoury, pledge, f"1 {MISSILE}")
    assert [row.get("price_promised") for row in priced(armoury)] == [None, None]


def test_money_in_several_currencies_implies_a_price_only_in_one(armoury):
    announce(armoury, "GB", "100 GBP", "50 EUR", f"10 {TRUCK}", id="BOTH", on="2025-02-28")
    table = armoury.units()
    assert [row["currency"] for row in records(table)] == [None]
    assert table.notes == ["no price is implied by money in several currencies, which --in CUR would add up: BOTH"]
    pounds = embedded().value("GBP", parse_date("2025-02-28"))
    assert pounds
    price = Money.rounded((100 / pounds + 50) / 10, EUR).plain()
    assert only(armoury, "currency", "price_promised", "policy", worth=Worth("EUR")) == ("EUR", price, "spot")
    assert armoury.units(worth=Worth("EUR")).notes == []


def test_a_pledge_restated_in_another_currency_is_priced_in_that(armoury):
    pledge = announce(armoury, "GB", "100 GBP", f"10 {TRUCK}")
    revise(armoury, pledge, "200 EUR")
    assert only(armoury, "currency", "price_promised") == ("EUR", "20.00")


def test_nothing_is_divided_by_nothing_and_nothing_costs_nothing(armoury):
    one = announce(armoury, "GB", "100 GBP", f"10 {TRUCK}")
    disburse(armoury, one, f"4 {TRUCK}")
    assert only(armoury, "price_delivered") == (None,)
    cancel(armoury, one, "100 GBP")
    assert only(armoury, "currency", *PRICES, "bound") == (None,) * 5
    two = announce(armoury, "FR", "100 GBP", f"10 {MISSILE}")
    disburse(armoury, two, "100 GBP")
    cancel(armoury, two, f"10 {MISSILE}")
    assert only(armoury, "promised", "currency", *PRICES, "bound", donor="FR") == ("0", "GBP", *(None,) * 4)


def test_a_pledge_of_an_undisclosed_value_has_units_and_no_price(armoury):
    announce(armoury, "NO", f"about 7 {TRUCK}")
    assert only(armoury, "promised", "firmness", "currency", *PRICES) == ("7", "about", *(None,) * 4)
    assert armoury.units().notes == []


def test_pledges_without_items_have_no_row(armoury):
    announce(armoury, "GB", "100 GBP")
    assert priced(armoury) == []


def test_children_have_what_they_drew(armoury):
    parent = announce(armoury, "GB", "1000 GBP", f"100 {TRUCK}")
    child = announce(armoury, "GB", "1 GBP", f"10 {TRUCK}")
    draw(armoury, parent, child, f"40 {TRUCK}")
    draw(armoury, parent, child, "99 GBP")
    assert [(row["promised"], row["price_promised"]) for row in priced(armoury, ("pledge",))] == [
        ("60", "15.02"),
        ("50", "2.00"),
    ]


# How firm a price is

POINTS = {
    ("exact", "exact"): "exact",
    ("up_to", "exact"): "at_most",
    ("at_least", "exact"): "at_least",
    ("about", "exact"): "about",
    ("exact", "up_to"): "at_least",
    ("exact", "at_least"): "at_most",
    ("exact", "about"): "about",
    ("up_to", "at_least"): "at_most",
    ("at_least", "up_to"): "at_least",
    ("about", "about"): "about",
    ("up_to", "up_to"): None,
    ("at_least", "at_least"): None,
    ("about", "at_least"): None,
    ("about", "up_to"): None,
    ("up_to", "about"): None,
    ("at_least", "about"): None,
}


@pytest.mark.parametrize(("said", "bound"), POINTS.items(), ids=["-".join(said) for said in POINTS])
def test_a_price_is_as_firm_as_the_money_and_the_units_make_it(armoury, said, bound):
    announce(armoury, "GB", f"{said[0]} 100 GBP", f"{said[1]} 10 {TRUCK}")
    assert only(armoury, "firmness", "price_promised", "bound") == (said[1], "10.00", bound)
    notes = [f"no bound is given where what is promised is firm in ways that point both up and down: {TRUCK}"]
    assert armoury.units().notes == ([] if bound else notes)


def test_rows_of_several_pledges_are_as_firm_as_all_of_them(armoury):
    announce(armoury, "GB", "up_to 100 GBP", f"10 {TRUCK}")
    announce(armoury, "GB", "100 GBP", f"10 {TRUCK}")
    assert only(armoury, "firmness", "bound") == ("exact", "at_most")
    announce(armoury, "GB", "100 GBP", f"at_least 10 {TRUCK}")
    assert only(armoury, "firmness", "bound") == (None, "at_most")
    announce(armoury, "GB", "at_least 100 GBP", f"10 {TRUCK}")
    assert only(armoury, "bound") == (None,)


@pytest.mark.parametrize(
    ("promised", "committed", "firm"),
    [
        ("up_to 100 GBP, firm 60 GBP", None, "6.00"),
        ("up_to 100 GBP, firm 60 GBP", "70 GBP", "7.00"),
        ("up_to 100 GBP", "5 GBP", "0.50"),
        ("up_to 100 GBP", None, None),
        ("at_least 100 GBP", None, "10.00"),
        ("about 100 GBP, firm 60 GBP", None, "10.00"),
    ],
)
def test_of_up_to_an_amount_its_firm_part_or_what_is_committed_is_firm(armoury, promised, committed, firm):
    pledge = announce(armoury, "GB", promised, f"10 {TRUCK}")
    if committed:
        commit(armoury, pledge, committed)
    assert only(armoury, "price_promised", "price_firm") == ("10.00", firm)


def test_no_more_is_firm_than_is_left(armoury):
    pledge = announce(armoury, "GB", "up_to 100 GBP, firm 60 GBP", f"10 {TRUCK}")
    cancel(armoury, pledge, "50 GBP")
    assert only(armoury, "price_promised", "price_firm") == ("5.00", "5.00")


# Which part of the book


@pytest.fixture
def varied(armoury: Book) -> Book:
    """Trucks of Britain's in pounds, France's in euros, and Norway's beside missiles, of three months."""
    announce(armoury, "GB", "100 GBP", f"10 {TRUCK}", id="G", on="2025-01-10", purpose="humanitarian")
    announce(armoury, "FR", "90 EUR", f"30 {TRUCK}", id="F", on="2025-01-20")
    announce(armoury, "NO", "80 NOK", f"4 {TRUCK}", f"8 {MISSILE}", id="N", on="2025-02-10")
    disburse(armoury, "G", "60 GBP", f"5 {TRUCK}", on="2025-02-15")
    cancel(armoury, "F", f"12 {TRUCK}", on="2025-02-20")
    return armoury


def chosen(book: Book, **filters: object) -> list[tuple[str, ...]]:
    found = priced(book, ("pledge",), **filters)  # type: ignore[arg-type] # filters
    return [(row["pledge"], row["item"], row["promised"], row.get("price_promised", "")) for row in found]


ALL = [("F", TRUCK, "18", "5.00"), ("G", TRUCK, "10", "10.00"), ("N", MISSILE, "8", ""), ("N", TRUCK, "4", "")]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ALL),
        ({"donor": "GB"}, ALL[1:2]),
        ({"purpose": "humanitarian"}, ALL[1:2]),
        ({"pledge": "N"}, ALL[2:]),
        ({"contingent": "only"}, []),
        ({"currency": TRUCK}, [ALL[0], ALL[1], ALL[3]]),
        ({"currency": MISSILE}, [ALL[2]]),
        ({"currency": "GBP"}, ALL[1:2]),
        ({"currency": ("GBP", TRUCK)}, ALL[1:2]),
        ({"currency": ("NOK", MISSILE)}, [ALL[2]]),
        ({"as_of": "2025-02-16"}, [("F", TRUCK, "30", "3.00"), *ALL[1:]]),
        ({"until": "2025-02-05"}, [("F", TRUCK, "30", "3.00"), ALL[1]]),
        ({"known_at": 4}, [ALL[1]]),
        ({"since": "2025-02-01"}, [("F", TRUCK, "-12", ""), ("G", TRUCK, "0", ""), *ALL[2:]]),
    ],
    ids=str,
)
def test_filters_and_both_times_hold(varied, filters, expected):
    assert chosen(varied, **filters) == expected


def test_a_currency_is_chosen_by_what_the_pledge_is_in_whatever_is_shown(varied):
    found = priced(varied, ("pledge",), Worth("USD"), currency="GBP")
    assert [(row["pledge"], row["currency"]) for row in found] == [("G", "USD")]


def test_an_item_that_is_not_registered_is_refused(varied):
    with refused_by_the_ledger(UnknownRecord, "tank-leopard"):
        varied.units(selection(currency="tank-leopard"))


def test_by_month_units_and_money_are_those_of_the_month_and_firmness_the_pledges(varied):
    found = [(row["month"], row["promised"], row["delivered"]) for row in priced(varied, ("month",), donor="GB")]
    assert found == [("2025-01", "10", "0"), ("2025-02", "0", "5")]
    january, february = priced(varied, ("month",), donor="GB")
    assert (january["price_promised"], january["bound"]) == ("10.00", "exact")
    assert february.get("price_promised") is None
    assert february["price_delivered"] == "12.00"


def test_a_second_item_of_another_month_still_shares_the_money(armoury):
    announce(armoury, "GB", "100 GBP", f"10 {TRUCK}", id="P", on="2025-01-10")
    revise(armoury, "P", f"5 {MISSILE}", on="2025-02-10")
    assert [row.get("price_promised") for row in priced(armoury, ("month",))] == [None, None]
    assert [row.get("price_promised") for row in priced(armoury, ("month",), since="2025-02-01")] == [None]
    assert [row.get("price_promised") for row in priced(armoury, (), as_of="2025-01-31")] == ["10.00"]


def test_the_firmness_is_that_which_was_known_then(armoury):
    pledge = announce(armoury, "GB", "up_to 100 GBP, firm 60 GBP", f"10 {TRUCK}")
    revise(armoury, pledge, "at_least 100 GBP")
    assert only(armoury, "price_firm", "bound", known_at=4) == ("6.00", "at_most")
    assert only(armoury, "bound") == ("at_least",)


def test_the_currency_is_no_dimension_of_its_own_here(varied):
    assert records(varied.units(by=("donor", "currency"))) == records(varied.units(by=("donor",)))


def test_rows_are_sorted_by_the_dimensions_then_by_item_and_currency(varied):
    amend(varied, "F", donor="GB")
    found = [(row["donor"], row["item"], row.get("currency", "")) for row in priced(varied, ("donor",))]
    assert found == sorted(found)
    assert len(found) == 4


# In one currency


def worth_of(text: str, day: str, into: str = "USD") -> Fraction:
    """What an amount of a day is worth by that day's fixings."""
    return converter(Worth(into)).exact(money(text), parse_date(day))


@pytest.fixture
def delivered(armoury: Book) -> Book:
    """Ten trucks for 100 pounds, of which four were delivered for 50 later."""
    pledge = announce(armoury, "GB", "up_to 100 GBP, firm 60 GBP", f"10 {TRUCK}", on="2024-10-22")
    disburse(armoury, pledge, "50 GBP", f"4 {TRUCK}", on="2025-02-28")
    return armoury


@pytest.mark.parametrize(
    ("worth", "pledged", "disbursed"),
    [
        (Worth("USD"), "2024-10-22", "2024-10-22"),
        (Worth("USD", by_event=True), "2024-10-22", "2025-02-28"),
        (Worth("USD", on=parse_date("2025-02-28")), "2025-02-28", "2025-02-28"),
    ],
    ids=["pledge", "event", "one day"],
)
def test_money_is_converted_at_the_day_that_is_asked_for_and_the_price_rounded_once(
    delivered, worth, pledged, disbursed
):
    promised = worth_of("100 GBP", pledged) / 10
    exact = (promised, promised * 60 / 100, worth_of("50 GBP", disbursed) / 4)
    assert only(delivered, *PRICES, worth=worth) == tuple(Money.rounded(price, USD).plain() for price in exact)
    assert only(delivered, "currency", "bound", "policy", worth=worth) == ("USD", "at_most", "spot")


def test_the_evidence_is_of_the_money_that_prices_are_made_of(delivered):
    announce(delivered, "GB", "7 GBP", on="2025-03-02")
    table = delivered.units(worth=Worth("USD")).explained()
    assert table
    (row,) = records(table)
    assert (row["currency"], row["on"], row["pledged"], row["disbursed"]) == ("GBP", "2024-10-22", "100.00", "50.00")
    assert delivered.units().explained() is None


def test_a_price_without_a_rate_is_refused_or_listed_in_its_own_currency(armoury):
    announce(armoury, "PL", "100 KWD", f"10 {TRUCK}", on="2025-02-03")
    with refused_by_the_ledger(MissingRate, "no rate from KWD to EUR on 2025-02-03"):
        armoury.units(worth=Worth("EUR"))
    found = only(armoury, "currency", "price_promised", "policy", worth=Worth("EUR", list_missing=True))
    assert found == ("KWD", "10.000", None)


def test_what_implies_no_price_needs_no_rate(armoury):
    announce(armoury, "PL", "100 KWD", f"10 {TRUCK}", f"10 {MISSILE}", on="2025-02-03")
    assert [row.get("currency") for row in priced(armoury, worth=Worth("EUR"))] == [None, None]
