"""Conversion by sources of every kind: months, years, undated tables, inverse quotes, bridges, fixed rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from ledger.conversion import Converter
from ledger.errors import MissingRate
from ledger.formats.ecb import embedded
from ledger.money import Money, currency
from ledger.period import parse_date
from ledger.rate import Policy
from ledger.redenomination import REDENOMINATIONS
from tests.published import Published, source, used

MONTHS = source(
    "hmrc",
    """
    2025-01 GBP USD 1.25
    2025-02 GBP USD 1.24
    2025-03 GBP USD 1.26
    2025-01 GBP TWD 41.0
    2025-03 GBP TWD 41.5
    2025-01 GBP EUR 1.20
    2025-02 GBP EUR 1.21
    2025-03 GBP EUR 1.19
    """,
)
HRYVNIA = source(
    "nbu",
    """
    2025-03-03 USD UAH 41.25
    2025-03-04 USD UAH 41.75
    2025-03-03 EUR UAH 43.00
    2025-03-04 EUR UAH 44.00
    2025-03-04 PLN UAH 10.50
    """,
)
YEARS = source("imf", "2024 USD UAH 40.2\n2024 USD EUR 0.924\n2025 USD UAH 41.7\n2025 USD EUR 0.886")
TABLE = source("workbook", "- EUR UAH 30\n- EUR TWD 33.424")


def refusal(policy: str, codes: str, on: str, *sources: Published, known_on: str | None = None) -> tuple[str, str]:
    with pytest.raises(MissingRate) as caught:
        used(policy, codes, on, *sources, known_on=known_on)
    return caught.value.message.partition(f" by policy {policy}")[2].removeprefix(": "), str(caught.value.hint)


# ---- quotes that are of longer than a day


def test_a_monthly_source_serves_every_day_of_its_month_and_says_so():
    found = used("spot", "GBP USD", "2025-03-02", MONTHS)
    assert (found.rate, found.rate_date, found.observations) == (Fraction("1.26"), "2025-03", 1)
    assert found.fallback == "hmrc publishes by month: the rate of 2025-03"


def test_a_monthly_source_asked_for_its_month_needs_no_fallback():
    found = used("month", "USD EUR", "2025-03-02", MONTHS)
    assert (found.rate, found.fallback) == (Fraction("1.19") / Fraction("1.26"), None)


def test_a_year_is_the_mean_of_the_months_there_are_and_says_how_many():
    found = used("year", "GBP USD", "2025-06-01", MONTHS)
    assert (found.rate, found.rate_date, found.observations) == (Fraction("1.25"), "2025", 3)
    assert found.fallback == "hmrc publishes by month: mean to date of 3 of the 12 months of 2025, up to 2025-03"


def test_a_quarter_of_all_its_months_is_no_mean_to_date():
    found = used("fixed:2025-Q1", "GBP USD", "2030-01-01", MONTHS)
    assert found.fallback == "hmrc publishes by month: mean of 3 months of 2025-Q1"


def test_a_gap_among_the_months_is_counted_but_is_not_to_date():
    found = used("fixed:2025-Q1", "GBP TWD", "2030-01-01", MONTHS)
    assert found.rate == Fraction("41.25")
    assert found.fallback == "hmrc publishes by month: mean of 2 of the 3 months of 2025-Q1"


def test_a_year_is_the_mean_of_quarters_where_there_are_no_months():
    quarters = source("bank", "2024-Q1 EUR UAH 40\n2024-Q2 EUR UAH 41\n2024-Q3 EUR UAH 42\n2024-Q4 EUR UAH 43")
    found = used("year", "EUR UAH", "2024-05-01", quarters)
    assert (found.rate, found.fallback) == (Fraction("41.5"), "bank publishes by quarter: mean of 4 quarters of 2024")


@pytest.mark.parametrize("policy", ["spot", "month", "fixed:2025-Q1", "fixed:2025-02-28"])
def test_an_annual_source_serves_every_shorter_period(policy):
    found = used(policy, "UAH EUR", "2025-03-02", YEARS)
    assert (found.rate, found.rate_date) == (Fraction("0.886") / Fraction("41.7"), "2025")
    assert found.fallback == "imf publishes by year: the rate of 2025"


def test_the_smallest_quote_that_covers_a_day_serves_it():
    both = source("both", "2025 EUR UAH 40\n2025-Q1 EUR UAH 41\n2025-03 EUR UAH 42")
    assert used("spot", "EUR UAH", "2025-03-02", both).rate == 42
    assert used("spot", "EUR UAH", "2025-02-02", both).rate == 41
    assert used("spot", "EUR UAH", "2025-05-02", both).rate == 40


def test_a_published_mean_of_the_very_period_goes_before_one_of_its_parts():
    both = source("both", "2025 EUR UAH 40\n2025-01 EUR UAH 50\n2025-02 EUR UAH 52")
    assert used("year", "EUR UAH", "2025-03-02", both).rate == 40
    assert used("month", "EUR UAH", "2025-02-02", both).rate == 52


def test_fixings_of_days_go_before_what_is_published_for_longer():
    both = source("both", "2025-03-03 EUR UAH 43\n2025-03-04 EUR UAH 45\n2025-03 EUR UAH 50\n- EUR UAH 60")
    assert used("spot", "EUR UAH", "2025-03-05", both).rate == 45
    assert used("month", "EUR UAH", "2025-03-05", both).rate == 44
    assert used("spot", "EUR UAH", "2025-03-20", both).rate == 50
    assert used("spot", "EUR UAH", "2025-05-20", both).rate == 60


@pytest.mark.parametrize("policy", ["spot", "month", "year", "fixed:1999"])
def test_an_undated_table_serves_every_date_and_says_so(policy):
    found = used(policy, "UAH TWD", "1987-03-02", TABLE)
    assert (found.rate, found.rate_date) == (Fraction("33.424") / 30, "undated")
    assert found.fallback == "workbook is one undated table, which serves every date"


# ---- which pairs are taken


def test_a_source_may_quote_its_pivot_per_unit():
    found = used("spot", "USD UAH", "2025-03-03", HRYVNIA)
    assert found.rate == found.quote_value == Fraction("41.25")
    assert found.base_value == 1
    assert used("spot", "UAH USD", "2025-03-03", HRYVNIA).rate == 1 / Fraction("41.25")


def test_a_mean_is_taken_of_what_was_published_and_inverted_after():
    assert used("month", "UAH USD", "2025-03-03", HRYVNIA).rate == 1 / Fraction("41.5")
    assert used("month", "USD EUR", "2025-03-03", HRYVNIA).rate == Fraction("41.5") / Fraction("43.5")


def test_the_legs_hold_what_was_published():
    legs = used("month", "USD EUR", "2025-03-03", HRYVNIA).legs
    assert [(leg.base, leg.quote, leg.value, leg.observations) for leg in legs] == [
        ("USD", "UAH", Fraction("41.5"), 2),
        ("EUR", "UAH", Fraction("43.5"), 2),
    ]


def test_what_an_inverse_quote_lacks_is_said_of_its_own_currency():
    march = used("month", "PLN UAH", "2025-03-03", HRYVNIA)
    assert str(march.fallback).endswith("PLN has 1 of the 2 fixings of 2025-03")


def test_a_mixed_table_leads_through_the_pivot_its_pairs_share():
    mixed = source("plain", "2025-03-03 EUR USD 1.05\n2025-03-03 USD UAH 41.25")
    found = used("spot", "EUR UAH", "2025-03-03", mixed)
    assert (found.rate, found.pivot) == (Fraction("1.05") * Fraction("41.25"), "USD")


def test_a_direct_pair_goes_before_any_pivot_and_the_euro_before_the_dollar():
    euro = "2025-03-03 EUR GBP 0.8\n2025-03-03 EUR UAH 44\n"
    dollar = "2025-03-03 USD GBP 0.7\n2025-03-03 USD UAH 42\n"
    others = "2025-03-03 AUD GBP 0.5\n2025-03-03 AUD UAH 26\n2025-03-03 CAD GBP 0.6\n2025-03-03 CAD UAH 31\n"
    direct = "2025-03-03 UAH GBP 0.02\n"
    for table, pivot in [(euro, "EUR"), (dollar, "USD"), (others, "AUD"), (direct, "UAH")]:
        rest = (others + dollar + euro + direct)[: (others + dollar + euro + direct).index(table)]
        assert used("spot", "GBP UAH", "2025-03-03", source("plain", rest + table)).pivot == pivot
        assert used("spot", "UAH GBP", "2025-03-03", source("plain", rest + table)).pivot == pivot


def test_pairs_of_one_source_may_be_of_a_day_and_of_a_month():
    mixed = source("plain", "2025-03-03 EUR USD 1.05\n2025-03 USD UAH 41")
    found = used("spot", "EUR UAH", "2025-03-04", mixed)
    assert (found.rate, found.rate_date) == (Fraction("1.05") * 41, "2025-03-03, 2025-03")
    assert found.fallback == (
        "no fixing on 2025-03-04: the last earlier one, of 2025-03-03, 1 day before;"
        " plain publishes by month: the rate of 2025-03"
    )


# ---- several sources


def test_the_first_source_that_has_both_is_taken_even_if_a_later_one_is_finer():
    assert used("spot", "EUR UAH", "2025-03-03", YEARS, HRYVNIA).source == "imf"
    assert used("spot", "EUR UAH", "2025-03-03", HRYVNIA, YEARS).source == "nbu"


def test_two_sources_are_joined_through_the_euro_where_none_has_both():
    found = used("spot", "TWD UAH", "2025-03-04", MONTHS, HRYVNIA)
    assert found.rate == Fraction("1.19") / Fraction("41.5") * 44
    assert (found.source, found.rate_date, found.pivot) == ("hmrc, nbu", "2025-03, 2025-03-04", "EUR")
    assert found.fallback == (
        "no source has both TWD and UAH: through EUR, by hmrc (2025-03) and nbu (2025-03-04);"
        " hmrc publishes by month: the rate of 2025-03"
    )
    assert found.base_value == Fraction("41.5") / Fraction("1.19")
    assert found.quote_value == 44


def test_one_source_is_never_joined_with_itself_over_two_days():
    apart = source("apart", "2025-03-03 EUR GBP 0.8\n2025-03-04 EUR USD 1.05")
    assert refusal("spot", "GBP USD", "2025-03-05", apart)[0] == "apart has no day there with both GBP and USD"


def test_the_bridge_takes_the_first_source_that_has_each_half():
    later = source("later", "2025-03-04 EUR UAH 99")
    assert used("spot", "TWD UAH", "2025-03-04", MONTHS, later, HRYVNIA).source == "hmrc, later"


# ---- what is known when


def test_a_changed_rate_is_known_from_the_day_it_changed():
    changed = source("hmrc", "2025-03 GBP USD 1.26 2025-03-01\n2025-03 GBP USD 1.27 2025-04-02")
    assert used("month", "GBP USD", "2025-03-02", changed).rate == Fraction("1.27")
    assert used("month", "GBP USD", "2025-03-02", changed, known_on="2025-04-01").rate == Fraction("1.26")
    assert refusal("month", "GBP USD", "2025-03-02", changed, known_on="2025-02-01")[0] == (
        ", as known on 2025-02-01: hmrc had never published GBP; hmrc had never published USD"
    )


# ---- each refusal in its own words


def test_a_weekend_takes_friday_and_a_holiday_the_day_before():
    fridays = source("ecb", "2025-02-28 EUR USD 1.04\n2025-04-17 EUR USD 1.14")
    assert used("spot", "EUR USD", "2025-03-02", fridays).fallback == "2025-03-02 is a Sunday: fixing of 2025-02-28"
    assert used("spot", "EUR USD", "2025-04-18", fridays).fallback == (
        "no fixing on 2025-04-18: the last earlier one, of 2025-04-17, 1 day before"
    )


def test_a_stale_fixing_is_refused_with_its_day():
    assert refusal("spot", "USD UAH", "2025-03-12", HRYVNIA) == (
        "the last USD fixing of nbu up to then is of 2025-03-04",
        "the nearest rate there is would be that of the policy fixed:2025-03-04",
    )


def test_a_currency_that_is_nowhere_is_refused():
    assert refusal("spot", "KES UAH", "2025-03-03", HRYVNIA, MONTHS) == (
        "nbu has never published KES; hmrc has never published KES",
        "import rates that have both KES and UAH, or ask for another currency",
    )


def test_a_discontinued_currency_is_refused_with_its_last_day():
    ended = source("ecb", "2025-03-03 EUR RUB 90\n2025-03-03 EUR USD 1\n2025-04-03 EUR USD 1")
    assert refusal("spot", "RUB USD", "2025-04-03", ended)[0] == (
        "ecb discontinued RUB, its last fixing is of 2025-03-03"
    )


@pytest.mark.parametrize(
    ("sources", "codes", "on", "reason", "hint"),
    [
        (HRYVNIA, "USD UAH", "2025-03-02", "the first USD fixing of nbu is of 2025-03-03", "fixed:2025-03-03"),
        (MONTHS, "GBP USD", "2024-12-31", "the first USD rate of hmrc is of 2025-01", "fixed:2025-01"),
        (MONTHS, "GBP TWD", "2025-02-03", "the last TWD rate of hmrc up to then is of 2025-01", "fixed:2025-01"),
        (YEARS, "USD UAH", "2026-02-03", "the last UAH rate of imf up to then is of 2025", "fixed:2025"),
    ],
)
def test_before_the_first_rate_and_after_the_last_the_message_names_it(sources, codes, on, reason, hint):
    assert refusal("spot", codes, on, sources) == (
        reason,
        f"the nearest rate there is would be that of the policy {hint}",
    )


def test_a_source_with_both_currencies_but_nothing_between_them_says_so():
    islands = source("plain", "- EUR GBP 0.8\n- USD UAH 41")
    assert refusal("spot", "GBP UAH", "2025-03-03", islands)[0] == (
        "plain publishes nothing that leads from GBP to UAH"
    )


# ---- redenominations and euro entries


def ecb(policy: str, amount: str, target: str, on: str) -> str:
    value, code = amount.split()
    convert = Converter([embedded()], Policy.parse(policy), currency(target))
    return str(convert.convert(Money.of(value, currency(code)), parse_date(on)).result)


def test_a_kuna_of_2022_is_worth_its_fixed_rate_from_the_euro_entry_on():
    assert ecb("spot", "75345.00 HRK", "EUR", "2022-12-31") == "9997.35 EUR"
    assert ecb("spot", "75345.00 HRK", "EUR", "2023-01-01") == "10000.00 EUR"
    assert ecb("spot", "75345.00 HRK", "EUR", "2026-06-01") == "10000.00 EUR"
    assert ecb("fixed:2024-06", "75345.00 HRK", "EUR", "2022-03-01") == "10000.00 EUR"
    assert ecb("fixed:2022-12-30", "75345.00 HRK", "EUR", "2024-03-01") == "9997.35 EUR"


@pytest.mark.parametrize("policy", ["spot", "month", "year"])
def test_the_fixed_rate_holds_under_every_policy_and_both_ways(policy):
    assert ecb(policy, "753.45 HRK", "EUR", "2024-06-03") == "100.00 EUR"
    assert ecb(policy, "100 EUR", "HRK", "2024-06-03") == "753.45 HRK"
    assert ecb(policy, "195583 BGN", "EUR", "2026-06-03") == "100000.00 EUR"
    assert ecb(policy, "75345 HRK", "BGN", "2026-02-03") == "19558.30 BGN"


def test_no_source_overrides_the_fixed_rate():
    going_on = source("nbu", "2024-06-03 EUR UAH 44\n2024-06-03 HRK UAH 5")
    found = used("spot", "HRK UAH", "2024-06-03", going_on)
    assert found.rate == 44 / Fraction("7.5345")
    assert (found.source, found.rate_date) == ("redenomination, nbu", "2023-01-01, 2024-06-03")
    assert found.fallback == "HRK became EUR on 2023-01-01: 7.53450 HRK = 1 EUR"
    assert [(leg.base, leg.quote, leg.value) for leg in found.legs] == [
        ("EUR", "HRK", Fraction("7.5345")),
        ("EUR", "UAH", 44),
    ]


def test_the_fixed_rate_alone_needs_no_source():
    found = used("spot", "HRK EUR", "2024-06-03")
    assert (found.source, found.rate_date, found.observations) == ("redenomination", "2023-01-01", 1)
    assert found.base_value == Fraction("7.5345")


@pytest.mark.parametrize("old", REDENOMINATIONS)
def test_every_ended_currency_is_worth_its_successor_from_its_day_on(old):
    end = REDENOMINATIONS[old]
    amount = Money.of(1_000_000, currency(old))
    convert = Converter([], Policy.parse("spot"), currency(end.new))
    assert convert.exact(amount, end.since) == 1_000_000 / Fraction(end.text)
    with pytest.raises(MissingRate, match="no source was given"):
        convert.exact(amount, date.fromordinal(end.since.toordinal() - 1))


@pytest.mark.parametrize(
    ("old", "text", "since"),
    [
        ("LTL EUR", "3.45280", "2015-01-01"),
        ("LVL EUR", "0.702804", "2014-01-01"),
        ("EEK EUR", "15.6466", "2011-01-01"),
        ("SKK EUR", "30.1260", "2009-01-01"),
        ("CYP EUR", "0.585274", "2008-01-01"),
        ("MTL EUR", "0.429300", "2008-01-01"),
        ("SIT EUR", "239.640", "2007-01-01"),
        ("TRL TRY", "1000000", "2005-01-01"),
        ("ROL RON", "10000", "2005-07-01"),
        ("SLL SLE", "1000", "2022-07-01"),
        ("ANG XCG", "1", "2025-03-31"),
    ],
)
def test_the_law_is_kept_as_it_is_written(old, text, since):
    end = REDENOMINATIONS[old[:3]]
    assert (f"{end.old} {end.new}", Decimal(end.text), str(end.since)) == (old, Decimal(text), since)


def test_a_refusal_over_an_ended_currency_names_it_and_says_what_it_became():
    assert refusal("spot", "HRK UAH", "2026-06-03", YEARS)[0] == (
        "HRK became EUR on 2023-01-01: 7.53450 HRK = 1 EUR; the last EUR rate of imf up to then is of 2025;"
        " the last UAH rate of imf up to then is of 2025"
    )
