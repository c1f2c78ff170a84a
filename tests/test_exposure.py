"""Exposure: what is open at the rates of its pledges' days and of today, and what was paid in another currency."""

import json
from datetime import date
from fractions import Fraction

import pytest

from cli.main import run
from ledger.book import Worth
from ledger.errors import InputError, MissingRate
from ledger.money import Money
from tests import places, world
from tests.world import announce, disburse, records, refused, repay, reverse, selection

JANUARY, JUNE, AUGUST = "2024-01-15", "2024-06-17", "2024-08-15"
POUNDS = {JANUARY: Fraction("0.86075"), JUNE: Fraction("0.84573"), AUGUST: Fraction("0.85615")}
DOLLARS = {JUNE: Fraction("1.0712"), AUGUST: Fraction("1.1011")}
"""What one euro was, as the ECB fixed it."""
EUR = Worth("EUR")


def euros(value):
    return Money.rounded(Fraction(value), world.EUR).plain()


def exposed(book, by=(), on=AUGUST, worth=EUR, **filters):
    return records(book.exposure(worth, selection(**filters), by, world.day(on)))


def test_what_is_open_is_shown_at_both_rates_with_the_unrealised_difference(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "400 GBP", on=JUNE)
    repay(book, pledge, "100 GBP", on=JUNE)
    (row,) = exposed(book)
    was, now = 900 / POUNDS[JANUARY], 900 / POUNDS[AUGUST]
    assert (row["currency"], row["state"], row["into"]) == ("GBP", "open", "EUR")
    assert (row["outstanding"], row["owed"], row["open"]) == ("600.00", "300.00", "900.00")
    assert (row["at_pledge"], row["at_date"], row["unrealised"]) == (euros(was), euros(now), euros(now - was))
    assert (row["paid"], row["realised"], row["policy"], row["on"]) == (None, None, "spot", AUGUST)


def test_each_pledge_keeps_the_rate_of_its_own_day(book):
    announce(book, "GB", "100 GBP", on=JANUARY)
    announce(book, "GB", "100 GBP", on=JUNE)
    announce(book, "DE", "100 EUR", on=JUNE)
    pounds, own = sorted(exposed(book), key=lambda row: row["currency"], reverse=True)
    assert pounds["at_pledge"] == euros(100 / POUNDS[JANUARY] + 100 / POUNDS[JUNE])
    assert (own["at_pledge"], own["at_date"], own["unrealised"]) == ("100.00", "100.00", "0.00")
    assert [row["donor"] for row in exposed(book, ("donor",))] == ["DE", "GB"]


def test_what_was_paid_in_another_currency_has_its_realised_rate_and_difference(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "200 GBP", on=JUNE, paid="260 USD")
    paid = exposed(book)[1]
    value, settled = 260 / DOLLARS[JUNE], 200 / POUNDS[JUNE]
    assert (paid["state"], paid["settled"], paid["paid_currency"], paid["paid"]) == ("paid", "200.00", "USD", "260.00")
    assert paid["realised_rate"] == "1.3"
    assert paid["at_pledge"] == euros(200 / POUNDS[JANUARY])
    assert (paid["at_payment"], paid["paid_value"]) == (euros(settled), euros(value))
    assert paid["realised"] == euros(value - settled)


def test_what_came_back_in_another_currency_stands_by_itself(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "200 GBP", on=JUNE, paid="260 USD")
    repay(book, pledge, "100 GBP", on=AUGUST, paid="140 USD")
    _, paid, repaid = exposed(book)
    assert (paid["state"], paid["paid"], paid["realised_rate"]) == ("paid", "260.00", "1.3")
    assert (repaid["state"], repaid["settled"], repaid["paid"]) == ("repaid", "-100.00", "-140.00")
    assert repaid["realised_rate"] == "1.4"
    assert repaid["realised"] == euros(100 / POUNDS[AUGUST] - 140 / DOLLARS[AUGUST])


def test_a_reversed_payment_realised_nothing(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    made = disburse(book, pledge, "200 GBP", on=JUNE, paid="260 USD").entry.number
    undone = reverse(book, made, on=AUGUST).entry.number
    assert [row["state"] for row in exposed(book)] == ["open"]
    reverse(book, undone, on=AUGUST)
    assert exposed(book)[1]["at_payment"] == euros(200 / POUNDS[JUNE])


def test_a_payment_for_several_currencies_has_no_rate_of_its_own(book):
    pledge = announce(book, "GB", "100 GBP", "100 EUR", on=JANUARY)
    disburse(book, pledge, "100 GBP", "100 EUR", on=JUNE, paid="250 USD")
    (paid,) = exposed(book)
    assert (paid["currency"], paid["settled"], paid["realised_rate"]) == (None, None, None)
    assert paid["at_payment"] == euros(100 / POUNDS[JUNE] + 100)


def test_the_balances_are_those_of_the_day(book):
    pledge = announce(book, "GB", "100 GBP", on=JANUARY)
    disburse(book, pledge, on=AUGUST)
    assert [row["open"] for row in exposed(book, on=JUNE)] == ["100.00"]
    assert exposed(book, on=AUGUST) == []


def test_a_filter_of_currencies_is_of_what_was_promised(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY)
    disburse(book, pledge, "200 GBP", on=JUNE, paid="260 USD")
    assert [row["state"] for row in exposed(book, currency="GBP")] == ["open", "paid"]
    assert exposed(book, currency="USD") == []


def test_exchange_rates_never_change_what_was_pledged(book):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "200 GBP", on=JUNE)
    plain = records(book.totals())
    twin = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, twin, "200 GBP", on=JUNE, paid="999 USD")
    assert records(book.totals(selection(pledge=twin))) == plain
    assert world.measures(book, "USD") == {}
    converted = records(book.totals(selection(pledge=twin), (), EUR))
    assert converted == records(book.totals(selection(pledge=pledge), (), EUR))
    assert converted[0]["pledged"] == euros(1000 / POUNDS[JANUARY])


@pytest.mark.parametrize("worth", [Worth(), Worth("EUR", by_event=True), Worth("EUR", on=world.day(JUNE))])
def test_it_is_in_one_currency_and_compares_two_days_by_itself(book, worth):
    with refused(InputError, "--in CUR" if worth.currency is None else "--value-at"):
        book.exposure(worth)


def test_the_command_prints_flat_rows_and_the_total_of_the_differences(book, tmp_path, capsys):
    pledge = announce(book, "GB", "1000 GBP", on=JANUARY, instrument="loan")
    disburse(book, pledge, "200 GBP", on=JUNE, paid="260 USD")
    command = ["report", "exposure", "--on", AUGUST, "--book", places.at(tmp_path / "book.db")]
    assert run([*command, "--in", "EUR", "--by", "donor", "--format", "json"]) == 0
    opened, paid = json.loads(capsys.readouterr().out)
    assert (opened["donor"], opened["open"], paid["paid"]) == ("GB", "1000.00", "260.00")
    (total,) = book.exposure(EUR, by=("donor",), on=world.day(AUGUST)).totals
    assert {opened["unrealised"], paid["realised"]} <= {getattr(cell, "plain", str)() for cell in total}
    assert run(command) == 2
    assert "--in CUR" in capsys.readouterr().err


def test_a_fixed_rate_is_refused_and_a_day_without_rates_points_to_one_that_has_them(book):
    announce(book, "GB", "100 GBP", on=JANUARY)
    with refused(InputError, "the exposure compares two days, and a fixed rate makes them one"):
        book.exposure(Worth("EUR", "fixed:2024-06"), on=date(2024, 8, 15))
    with refused(MissingRate, "no rate from GBP to EUR on 2999-01-01", "--on DATE"):
        book.exposure(EUR, on=date(2999, 1, 1))
