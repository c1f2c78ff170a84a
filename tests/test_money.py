"""Money: exact, in whole minor units, of one commodity; refused where it could not be."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from itertools import starmap
from typing import Any

import pytest

from ledger.errors import AmountError, InputError, Refusal
from ledger.money import MOST_UNITS, Balance, Commodity, Money, commodity, currency, item, plain, split
from tests.world import EUR, GBP, JPY, KWD, MISSILE, USD, gbp, money, refused

SHOWN_WITH_FEWER = {"AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"}
NEVER_UNITS: list[Any] = [0.5, True, "1", Decimal(1)]
NEVER_SHARES: list[Any] = [0.1, 0.9]
LARGEST = "92233720368547758.07"


@pytest.mark.parametrize(("code", "digits"), [("GBP", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("UAH", 2)])
def test_a_currency_has_the_digits_of_iso_4217(code, digits):
    assert currency(code) == Commodity(code, digits, "currency")


def test_currencies_that_locales_show_with_fewer_digits_keep_those_of_iso_4217():
    found = {code: currency(code).digits for code in SHOWN_WITH_FEWER}
    assert found == {code: 3 if code == "IQD" else 2 for code in SHOWN_WITH_FEWER}


def test_a_currency_that_was_withdrawn_is_known_to_old_pledges():
    assert currency("HRK").digits == 2
    assert currency("BYR").digits == 0


@pytest.mark.parametrize("code", ["XYZ", "gbp", "GBPX", "", "£", "ZZZ", "GB\N{CYRILLIC CAPITAL LETTER ER}"])
def test_an_unknown_currency_is_refused_by_its_name(code):
    with refused(InputError, f"'{code}' is not an ISO 4217 currency code", "such as GBP or EUR"):
        currency(code)


@pytest.mark.parametrize("code", ["XAU", "XDR"])
def test_gold_and_the_drawing_right_hold_no_amount_of_money(code):
    with refused(InputError, f"{code} has no minor unit"):
        currency(code)


def test_an_item_is_counted_in_whole_pieces():
    assert item(MISSILE) == Commodity(MISSILE, 0, "item")
    assert not item(MISSILE).is_currency
    assert GBP.is_currency


@pytest.mark.parametrize("code", ["gun", "GBP", "Air-Missile", "1234", "air missile", "-tank", "tank-", "t" * 65, ""])
def test_a_code_that_could_be_taken_for_money_or_typed_wrongly_is_no_items_code(code):
    with refused(InputError, "cannot be an item's code", "such as air-defence-missile"):
        item(code)


def test_three_capitals_are_a_currency_and_anything_else_an_item():
    assert commodity("GBP") == GBP
    assert commodity("tank").kind == "item"
    with refused(InputError, "'XYZ' is not an ISO 4217 currency code"):
        commodity("XYZ")


@pytest.mark.parametrize(
    ("value", "units"),
    [
        ("1600000000", 160_000_000_000),
        ("0.01", 1),
        ("-0.5", -50),
        (3, 300),
        (Decimal("1.10"), 110),
        (Fraction(1, 4), 25),
    ],
)
def test_an_amount_is_a_whole_number_of_minor_units(value, units):
    assert Money.of(value, GBP).units == units


def test_an_amount_too_precise_for_its_currency_is_refused_and_never_rounded():
    with refused(AmountError, "0.001 GBP is too precise", "GBP has 2 decimals"):
        gbp("0.001")
    with refused(AmountError, "JPY has no decimals"):
        Money.of("0.5", JPY)
    with refused(AmountError, "2.5 air-defence-missile is too precise", "has no decimals"):
        money(f"2.5 {MISSILE}")
    assert Money.of("0.001", KWD).units == 1


@pytest.mark.parametrize(
    "value", ["1e9", "1,000", "", " 1", "1 ", "1_000", "½", "1.", ".5", "nan", "inf", "\u0661\u0660"]
)
def test_only_plain_decimal_notation_is_read(value):
    with refused(AmountError, "is not an amount in plain decimal notation"):
        gbp(value)


def test_no_float_is_ever_an_amount():
    with pytest.raises(TypeError, match="a float never touches an amount"):
        Money.of(NEVER_UNITS[0], GBP)


@pytest.mark.parametrize("units", NEVER_UNITS)
def test_minor_units_are_an_integer_and_nothing_else(units):
    with pytest.raises(TypeError, match="whole number of minor units"):
        Money(units, GBP)


def test_the_largest_amount_fits_64_bits_and_one_penny_more_is_refused():
    assert gbp(LARGEST).units == MOST_UNITS == 2**63 - 1
    assert gbp(f"-{LARGEST}").units == -MOST_UNITS
    with refused(
        AmountError, "92233720368547758.08 GBP is more than the ledger can hold", f"the most is {LARGEST} GBP"
    ):
        gbp("92233720368547758.08")
    with refused(AmountError, "more than the ledger can hold"):
        gbp("-92233720368547758.08")


def test_a_total_may_be_larger_than_an_amount_that_an_account_holds():
    assert str(gbp(LARGEST) + gbp(LARGEST)) == "184467440737095516.14 GBP"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1/200", "0.01 GBP"),
        ("-1/200", "-0.01 GBP"),
        ("1/201", "0.00 GBP"),
        ("299/200", "1.50 GBP"),
        ("1/3", "0.33 GBP"),
    ],
)
def test_rounding_goes_to_the_nearest_unit_and_halves_go_away_from_zero(value, shown):
    assert str(Money.rounded(Fraction(value), GBP)) == shown


@pytest.mark.parametrize(
    ("units", "of", "shown"),
    [(160, GBP, "1.60"), (-5, GBP, "-0.05"), (0, GBP, "0.00"), (7, JPY, "7"), (-12, JPY, "-12"), (1, KWD, "0.001")],
)
def test_plain_notation_has_exactly_the_digits_of_the_commodity(units, of, shown):
    assert plain(units, of) == shown
    assert Money(units, of).plain() == shown


def test_amounts_of_one_commodity_are_added_subtracted_and_compared():
    assert gbp("1") + gbp("0.50") == gbp("1.5")
    assert gbp("1") - gbp("3") == -gbp("2")
    assert gbp("1") < gbp("2") <= gbp("2") >= gbp("1")
    assert gbp("2") > gbp("1")
    assert [bool(gbp("0")), bool(gbp("0.01"))] == [False, True]
    assert gbp("1.5").value == Fraction(3, 2)


def test_amounts_of_two_commodities_are_neither_added_nor_subtracted_nor_compared():
    with refused(Refusal, "GBP and EUR cannot be added"):
        gbp("1") + money("1 EUR")
    with refused(Refusal, "GBP and tank cannot be subtracted"):
        gbp("1") - money("1 tank")
    with refused(Refusal, "cannot be compared"):
        sorted([gbp("1"), money("1 EUR")])
    assert gbp("1") != money("1 EUR")


def test_an_amount_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        gbp("1").units = 2  # type: ignore[misc] # what the test is about


def test_a_balance_adds_by_commodity_and_drops_zeros():
    balance = Balance([gbp("5"), money("3 tank"), gbp("-5"), money("2 EUR")])
    assert dict(balance) == {EUR: 200, commodity("tank"): 3}
    assert GBP not in balance
    assert balance[GBP] == 0
    assert balance.money(GBP) == gbp("0")
    assert balance - balance == Balance()
    assert not Balance([gbp("0")])


def test_a_balance_is_told_currencies_first_by_code():
    balance = Balance([money("3 tank"), money("2 USD"), money("1 EUR"), money("9 shell")])
    assert str(balance) == "1.00 EUR, 2.00 USD, 9 shell, 3 tank"
    assert str(Balance()) == "nothing"
    assert repr(balance) == f"Balance('{balance}')"


def test_equal_balances_are_one_key():
    one, other = Balance([gbp("1"), money("2 EUR")]), Balance([money("2 EUR"), gbp("1")])
    assert {one: "here"}[other] == "here"
    assert one != {GBP: 100, EUR: 200}


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100 JPY", [1, 1, 1], "34 33 33"),
        ("100 JPY", [2, 1, 0], "67 33 0"),
        ("-100 JPY", [1, 1, 1], "-34 -33 -33"),
        ("0.01 GBP", [1, 1], "0.01 0.00"),
        ("2256000000 GBP", [1, 1, 1], "752000000.00 752000000.00 752000000.00"),
        ("1 JPY", [Fraction(1, 3), Fraction(2, 3)], "0 1"),
        ("0 JPY", [5], "0"),
    ],
)
def test_a_split_gives_what_is_left_to_the_largest_remainders(amount, weights, parts):
    assert " ".join(part.plain() for part in split(money(amount), weights)) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_shares_that_are_negative_or_nothing_at_all_are_refused(weights):
    with refused(InputError, "shares must be zero or more, and not all of them zero"):
        split(gbp("1"), weights)


def test_a_share_is_never_a_float():
    with pytest.raises(TypeError, match="float"):
        split(gbp("1"), NEVER_SHARES)


def test_amounts_are_shown_with_their_commodity():
    assert list(map(str, starmap(Money, [(5, USD), (5, JPY)]))) == ["0.05 USD", "5 JPY"]
    assert repr(gbp("1")) == "Money('1.00 GBP')"
