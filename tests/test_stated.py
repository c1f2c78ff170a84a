"""What sources state of pledges beside their amounts: compared at market rates, and never used as one."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.book import Worth
from ledger.errors import InputError
from ledger.formats.ecb import embedded
from ledger.formats.kiel.read import read
from ledger.money import Balance, Money, currency
from ledger.pledge import Instalment, Instrument, Pledge, Purpose
from ledger.reconcile.stated import stated
from ledger.reconcile.tolerance import Tolerance, half_unit, percent
from tests import places
from tests.commandline import REAL, refused, rows, typed
from tests.kiel_words import record
from tests.published import source, used
from tests.world import (
    EUR,
    GBP,
    MISSILE,
    USD,
    Clock,
    amend,
    announce,
    cancel,
    draw,
    make_book,
    money,
    records,
    register_item,
    reverse,
    revise,
    selection,
)
from tests.world import refused as refuses

BOOK = REAL
OCTOBER = (
    Path(__file__).parent.parent.parent
    / "shared"
    / "data"
    / "kiel"
    / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
)


def claims(book, *, tolerance=None, worth=None, **filters):
    """The rows of the report."""
    within = {} if tolerance is None else {"tolerance": tolerance}
    return records(book.stated(selection(**filters), worth, **within))


def explained(book, **options):
    return [(row["check"], row["stated"], row["explained"]) for row in claims(book, **options)]


# Equivalents


def test_two_billion_dollars_for_1_6_billion_pounds_is_the_market_rate_rounded(book):
    pledge = announce(book, "GB", "up_to 1600000000 GBP, firm 1160000000 GBP", stated=["2000000000 USD"])
    assert claims(book) == [
        {
            "pledge": pledge,
            "on": "2025-03-02",
            "check": "equivalent",
            "amount": "1600000000.00",
            "currency": "GBP",
            "stated": "2000000000.00",
            "stated_currency": "USD",
            "parts": None,
            "implied_rate": "1.25",
            "market_rate": "1.26028956033",
            "market": "2016463296.53",
            "difference": "-16463296.53",
            "difference_percent": "-0.82",
            "explained": "rounding",
            "rate_date": "2025-02-28",
            "source": "ecb",
            "policy": "spot",
            "fallback": "2025-03-02 is a Sunday: fixing of 2025-02-28",
        }
    ]


def test_another_policy_compares_with_another_rate(book):
    announce(book, "GB", "1600000000 GBP", on="2025-03-31", stated=["2065755541.31 USD"])
    (row,) = claims(book, worth=Worth(policy="month"))
    assert (row["market"], row["difference"], row["explained"]) == ("2065755541.31", "0.00", "equal")
    assert (row["policy"], row["rate_date"]) == ("month", "2025-03")
    (row,) = claims(book)
    assert (row["policy"], row["explained"]) == ("spot", "rounding")


@pytest.mark.parametrize(
    ("amount", "claim", "verdict"),
    [
        ("100 GBP", "125.00 USD", "equal"),
        ("100 GBP", "130 USD", "rounding"),  # 100 is 50 to 150
        ("101 GBP", "127 USD", "rounding"),  # 126.25, and 101 is 100.5 to 101.5
        ("101 GBP", "125 USD", "no"),  # 125.625 is the least that 101 can be, and 125.5 the most that 125 can be
        ("101 GBP", "126.26 USD", "rounding"),
        ("101.01 GBP", "126.27 USD", "rounding"),
        ("101.01 GBP", "126.28 USD", "no"),  # 126.2625, to a cent of either
    ],
)
def test_rounding_explains_what_both_figures_may_have_been_before_they_were_rounded(amount, claim, verdict):
    at = source("by-hand", "2025-03-02 GBP USD 1.25")
    row = _one(amount, claim, lambda code, into, _: used("spot", f"{code} {into}", "2025-03-02", at))
    assert row["explained"] == verdict


def _one(amount, claim, rated, tolerance=None):
    pledge = Pledge(
        id="P",
        donor="GB",
        recipient="UA",
        on=date(2025, 3, 2),
        purpose=Purpose.MILITARY,
        instrument=Instrument.GRANT,
        stated=(money(claim),),
    )
    options = {} if tolerance is None else {"tolerance": tolerance}
    (row,) = records(stated([(pledge, Balance([money(amount)]))], rated, **options))
    return row


@given(
    amount=st.integers(1, 10**13),
    rate=st.fractions(Fraction(1, 200), 200, max_denominator=10**6),
    digits=st.tuples(st.integers(0, 12), st.integers(0, 12)),
)
def test_whatever_was_rounded_from_the_same_value_at_the_same_rate_is_explained(amount, rate, digits):
    """A source converts an amount at the very rate and then rounds both figures to powers of ten."""
    own = Money.rounded(_to(Fraction(amount), digits[0]) / 100, GBP)
    other = Money.rounded(_to(Fraction(amount) * rate, digits[1]) / 100, USD)
    if not own or not other:
        return
    at = source("by-hand", "2025-03-02 EUR GBP 1")
    found = replace(used("spot", "GBP EUR", "2025-03-02", at), quote_value=rate)
    assert _one(str(own), str(other), lambda *_: found)["explained"] in {"equal", "rounding"}


def _to(value: Fraction, digits: int) -> Fraction:
    """Rounded to so many zeros."""
    scaled = value / 10**digits
    nearest: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(nearest * 10**digits)


def test_a_difference_within_the_tolerance_is_said_to_be(book):
    announce(book, "GB", "101.01 GBP", stated=["130.01 USD"])
    assert explained(book) == [("equivalent", "130.01", "no")]
    assert explained(book, tolerance=Tolerance(share=Fraction(3, 100))) == [("equivalent", "130.01", "tolerance")]
    assert explained(book, tolerance=Tolerance(share=Fraction(2, 100))) == [("equivalent", "130.01", "no")]


def test_a_claim_that_no_rate_leads_to_is_listed(book):
    announce(book, "GB", "100 GBP", stated=["30 KWD", "130 USD"])
    assert explained(book) == [("equivalent", "30.000", "no rate"), ("equivalent", "130.00", "rounding")]
    first = claims(book)[0]
    assert [first[name] for name in ("market_rate", "market", "difference", "policy")] == [None] * 4
    assert first["implied_rate"] == "0.3"


def test_a_claim_on_what_promises_no_money_is_listed(book):
    register_item(book)
    announce(book, "GB", f"5000 {MISSILE}", stated=["2000000000 USD"])
    announce(book, "GB", stated=["1000 USD"])
    assert explained(book) == [
        ("equivalent", "2000000000.00", "no promise"),
        ("equivalent", "1000.00", "no promise"),
    ]


def test_a_claim_on_promises_in_several_currencies_is_of_all_of_them_together(book):
    announce(book, "GB", "100 EUR", "50 GBP", on="2025-02-28", stated=["160.53 EUR"])
    (row,) = claims(book)
    exact = 100 + 50 / (embedded().value("GBP", date(2025, 2, 28)) or Fraction(1))
    assert row["market"] == Money.rounded(exact, EUR).plain() == "160.53"
    assert (row["amount"], row["parts"], row["explained"]) == (None, "100.00 EUR + 50.00 GBP", "equal")
    assert (row["implied_rate"], row["market_rate"]) == (None, None)


def test_the_most_a_guarantee_may_come_to_is_no_equivalent(book):
    announce(book, "GB", "500 USD", instrument="guarantee", max_exposure="676 GBP")
    table = book.stated()
    assert table.rows == []
    assert table.notes == ["no source states more of these pledges than their amounts"]


def test_what_is_stated_is_never_used_as_a_rate(book):
    announce(book, "GB", "100 GBP", on="2025-02-28", stated=["999 EUR"])
    announce(book, "FR", "100 GBP", on="2025-02-28")
    pledged = [row["pledged"] for row in records(book.totals(worth=Worth("EUR")))]
    assert pledged[0] == pledged[1] == "121.05"


# Schedules and parts


def test_three_instalments_of_752_million_leave_4_million_of_2_260_million_unexplained(book):
    dues = {f"{year}-03-06": "752000000 GBP" for year in (2025, 2026, 2027)}
    announce(book, "GB", "2260000000 GBP", instrument="loan", schedule=dues)
    (row,) = claims(book)
    assert row["check"] == "schedule"
    assert (row["amount"], row["stated"], row["parts"]) == ("2260000000.00", "2256000000.00", "3 x 752000000.00 GBP")
    assert (row["difference"], row["difference_percent"], row["explained"]) == ("-4000000.00", "-0.18", "no")
    assert (row["market_rate"], row["market"], row["policy"]) == (None, None, None)


def test_instalments_that_were_rounded_explain_as_much_as_they_may_have_lost(book):
    dues = {f"{year}-03-06": "33 GBP" for year in (2025, 2026, 2027)}
    announce(book, "GB", "100 GBP", instrument="loan", schedule=dues)
    announce(book, "GB", "101 GBP", instrument="loan", schedule=dues)
    announce(book, "GB", "99 GBP", instrument="loan", schedule=dues)
    assert [row["explained"] for row in claims(book)] == ["rounding", "no", "equal"]


def test_a_firm_part_and_what_may_be_added_to_it_come_to_the_promise_by_rounding(book):
    announce(book, "GB", "up_to 1600000000 GBP, firm 1160000000 GBP", stated=["500000000 GBP"])
    (row,) = claims(book)
    assert (row["check"], row["stated"], row["difference"]) == ("parts", "1660000000.00", "60000000.00")
    assert (row["parts"], row["explained"]) == ("1160000000.00 GBP + 500000000.00 GBP", "rounding")


def test_a_schedule_in_another_currency_than_the_promise_has_nothing_to_be_compared_with():
    pledge = Pledge(
        id="P", donor="GB", recipient="UA", on=date(2025, 3, 2), purpose=Purpose.MILITARY, instrument=Instrument.LOAN,
        schedule=(Instalment(date(2026, 1, 1), money("5 EUR")),),
    )  # fmt: skip
    (row,) = records(stated([(pledge, Balance([money("5 GBP")]))], lambda *_: None))
    assert (row["check"], row["explained"], row["difference"]) == ("schedule", "no promise", None)


# Which promise


def test_the_promise_is_the_gross_one_on_the_last_day_and_as_was_known(book):
    facility = announce(book, "GB", "100 GBP", on="2025-01-10", stated=["125 USD"])
    child = announce(book, "GB", "1 GBP", on="2025-01-10")
    draw(book, facility, child, "40 GBP", on="2025-02-01")
    cancel(book, facility, "10 GBP", on="2025-02-02")
    known = 5
    revise(book, facility, "200 GBP", on="2025-02-03")
    assert [row["amount"] for row in claims(book)] == ["200.00"]
    assert [row["amount"] for row in claims(book, as_of="2025-02-02")] == ["100.00"]
    assert [row["amount"] for row in claims(book, as_of="2025-01-31")] == ["100.00"]
    assert [row["amount"] for row in claims(book, known_at=known)] == ["100.00"]


def test_what_was_stated_later_was_not_known_before(book):
    pledge = announce(book, "GB", "100 GBP")
    amend(book, pledge, stated=(money("125 USD"),))
    assert len(claims(book)) == 1
    assert claims(book, known_at=2) == []


def test_a_pledge_that_was_reversed_claims_nothing(book):
    announce(book, "GB", "100 GBP", stated=["125 USD"])
    reverse(book, 2)
    assert claims(book) == []


def test_filters_are_those_of_every_report_and_days_are_those_of_the_announcement(book):
    first = announce(book, "GB", "100 GBP", on="2025-01-10", stated=["125 USD"])
    second = announce(book, "FR", "100 EUR", on="2025-02-10", stated=["105 USD", "80 GBP"])

    def found(**filters):
        return [row["pledge"] for row in claims(book, **filters)]

    assert found() == [first, second, second]
    assert found(donor="FR") == [second, second]
    assert found(until="2025-01-31") == [first]
    assert found(since="2025-02-01") == [second, second]
    assert found(currency="GBP") == [first, second]
    assert found(pledge=first) == [first]


# Compared with what others compute


def test_every_figure_is_what_plain_sql_and_fractions_find(book):
    """The fixings are read by day; the amounts from the journal itself."""
    for donor, amount, claim, on in (
        ("GB", "1600000000 GBP", "2000000000 USD", "2025-02-28"),
        ("JP", "471900000000 JPY", "2890000000 EUR", "2024-10-31"),
        ("CA", "5000000000 CAD", "3600000000 USD", "2024-10-31"),
    ):
        announce(book, donor, amount, on=on, stated=[claim])
    with places.sql(places.path_of(book)) as tables:
        plain = tables.execute(
            "SELECT facts, commodity, -amount FROM pledge JOIN posting ON pledge = id WHERE stage = 'undertaking' "
            "ORDER BY posting.entry"
        )
    for row, (facts, code, units) in zip(claims(book), plain, strict=True):
        said = json.loads(facts)
        value, into = said["stated"][0].split()
        day = date.fromisoformat(said["on"])
        fixing = {name: embedded().value(name, day) or Fraction(1) for name in (code, into)}
        own = Fraction(units, 1 if code == "JPY" else 100)
        market = Money.rounded(own * fixing[into] / fixing[code], currency(into))
        assert row["market"] == market.plain()
        assert row["difference"] == (Money.of(value, currency(into)) - market).plain()
        assert row["implied_rate"] == f"{float(Fraction(value) / own):.12g}"


@pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")
def test_every_equivalent_that_the_tracker_states_is_that_of_its_own_rates(tmp_path):
    with make_book(tmp_path / "book.sqlite", Clock("2022-12-01")) as book:
        record(book, read(OCTOBER, "kiel-r7"))
        own = claims(book, worth=Worth(sources=("kiel-r7",)))
        table = book.stated()
    assert len(own) == 243
    assert {row["explained"] for row in own} == {"equal", "rounding"}
    assert max(abs(Fraction(row["difference"])) for row in own) < 1
    assert table.notes == ["243 claims: 95 explained by rounding, 148 unexplained"]


# Words


@pytest.mark.parametrize(
    ("amount", "half"),
    [("1600000000 GBP", "50000000"), ("752000000 GBP", "500000"), ("0.10 GBP", "1/20"), ("0.01 GBP", "1/200")],
)
def test_a_figure_is_as_precise_as_its_last_digit_that_is_not_zero(amount, half):
    assert half_unit(money(amount)) == half_unit(-money(amount)) == Fraction(half)


def test_shares_are_rounded_once_halves_away_from_zero():
    assert [percent(Fraction(n, 20000)) for n in (1, -1, 0, -3)] == ["0.01", "-0.01", "0.00", "-0.02"]


# The command


@pytest.mark.usefixtures("desk")
def test_the_command_lists_what_is_claimed_and_says_how_much_is_explained():
    answer = typed("reconcile stated --format csv")
    assert answer.code == 0
    assert [(row["pledge"], row["check"], row["explained"]) for row in answer.table] == [
        ("GB-2025-0001", "equivalent", "rounding")
    ]
    assert typed("reconcile stated").said == "note: 1 claim: 1 explained by rounding\n"
    assert rows("reconcile stated --policy fixed:2024-06 --donor GB")[0]["policy"] == "fixed:2024-06"
    assert rows("reconcile stated --until 2024-12-31") == []


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--tolerance 5", "--tolerance '5': write a percentage such as 0.5%, or an amount such as 1m EUR"),
        ("--tolerance x%", "--tolerance 'x%': write a percentage"),
        ('--tolerance "1m EUR"', "claims are in many currencies: give --tolerance as a percentage, such as 0.5%"),
        ("--policy best", "'best' is not a rate policy"),
        ("--rates imf", "there is no rate source 'imf'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(options, words):
    assert words in refused(2, f"reconcile stated {options}")


def test_a_tolerance_in_money_is_refused_by_the_book_too(book):
    with refuses(InputError, "claims are in many currencies"):
        book.stated(tolerance=Tolerance(money("5 GBP")))
