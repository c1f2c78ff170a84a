"""Exact rates, policies and conversion, on a small made-up source."""

from collections.abc import Sequence
from copy import copy
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.conversion import Converter
from ledger.errors import InputError, MissingRate
from ledger.money import Commodity, Money, currency, item
from ledger.period import Period
from ledger.rate import Pair, Policy, Quote, Rate, RateSource, RateUsed, parse_rate, rate_text

GBP, USD, EUR, JPY, KWD, RUB = (currency(code) for code in ("GBP", "USD", "EUR", "JPY", "KWD", "RUB"))

# Friday 29 December 2023 and Monday 1 January 2024 are holidays here, and so is Thursday 18 January.
TABLE = """
day        GBP   USD   JPY   KWD   RUB   INR   ISK   PLN
2023-12-27 0.80  1.25  150   0.30  90    -     140   4.4
2023-12-28 0.82  1.20  152   0.31  92    -     141   -
2024-01-02 0.84  1.10  151   0.33  95    -     -     -
2024-01-03 0.85  1.15  153   0.32  -     -     -     -
2024-01-04 0.86  1.13  154   0.34  -     -     -     -
2024-01-05 0.87  1.12  155   0.35  -     -     -     -
2024-01-08 0.88  1.11  156   0.36  -     90.1  -     -
2024-01-15 0.89  1.05  157   0.37  -     90.2  -     -
2024-01-17 0.70  1.30  158   0.38  -     90.3  142   -
2024-01-19 0.75  1.40  159   0.39  -     90.4  143   -
"""


class Made:
    """Made-up fixings, 1 EUR = x, that count how often they are asked."""

    pivot = "EUR"

    def __init__(self, table: str, name: str = "made", pivot: str = "EUR") -> None:
        header, *rows = (line.split() for line in table.strip().splitlines())
        self.name, self.pivot, self.asked = name, pivot, 0
        self._cells = {date.fromisoformat(row[0]): dict(zip(header[1:], row[1:], strict=True)) for row in rows}

        self.pairs = {(pivot, code) for code in header[1:]}

    @property
    def last(self) -> date | None:
        return max(self._cells, default=None)

    def days(self, first: date, last: date) -> Sequence[date]:
        return sorted(day for day in self._cells if first <= day <= last)

    def fixing(self, pair: Pair, day: date) -> Fraction | None:
        self.asked += 1
        cell = self._cells[day].get(pair[1], "-")
        return None if cell == "-" else Fraction(cell)

    def quotes(self, pair: Pair) -> Sequence[Quote]:
        assert pair in self.pairs
        return ()

    def known(self, on: date) -> "Made":
        then = copy(self)
        then._cells = {day: cells for day, cells in self._cells.items() if day <= on}
        return then


def converter(policy: str, target: Commodity, known_on: str | None = None, *sources: RateSource) -> Converter:
    known = date.fromisoformat(known_on) if known_on else None
    return Converter(sources or [Made(TABLE)], Policy.parse(policy), target, known)


def used(policy: str, codes: str, on: str, known_on: str | None = None) -> RateUsed:
    base, quote = codes.split()
    return converter(policy, Commodity(quote, 2), known_on).used(base, date.fromisoformat(on))


def attempt(convert: Converter, code: str, on: date) -> RateUsed | MissingRate:
    try:
        return convert.used(code, on)
    except MissingRate as error:
        return error


def refusal(policy: str, codes: str, on: str, known_on: str | None = None) -> tuple[str, str | None]:
    with pytest.raises(MissingRate) as caught:
        used(policy, codes, on, known_on)
    return caught.value.message, caught.value.hint


# ---- spot


def test_the_fixing_of_the_day_itself_needs_no_fallback():
    found = used("spot", "GBP USD", "2024-01-03")
    assert (found.rate, found.base_value, found.quote_value) == (Fraction(115, 85), Fraction("0.85"), Fraction("1.15"))
    assert (found.rate_date, found.observations, found.fallback) == ("2024-01-03", 1, None)


def test_evidence_names_both_currencies_source_policy_and_the_date_asked_for():
    found = used("spot", "GBP USD", "2024-01-03")
    assert (found.base, found.quote, found.pivot, found.source) == ("GBP", "USD", "EUR", "made")
    assert (str(found.policy), found.on) == ("spot", date(2024, 1, 3))


@pytest.mark.parametrize(("on", "name"), [("2024-01-06", "Saturday"), ("2024-01-07", "Sunday")])
def test_a_day_of_the_weekend_takes_fridays_fixing(on, name):
    found = used("spot", "GBP USD", on)
    assert found.rate == Fraction(112, 87)
    assert (found.rate_date, found.fallback) == ("2024-01-05", f"{on} is a {name}: fixing of 2024-01-05")


def test_a_holiday_takes_the_last_earlier_fixing():
    found = used("spot", "GBP EUR", "2024-01-18")
    assert (found.rate_date, found.rate) == ("2024-01-17", 1 / Fraction("0.70"))
    assert found.fallback == "no fixing on 2024-01-18: the last earlier one, of 2024-01-17, 1 day before"


@pytest.mark.parametrize(("on", "days"), [("2023-12-30", 2), ("2023-12-31", 3)])
def test_a_weekend_after_a_holiday_says_how_many_days_it_went_back(on, days):
    found = used("spot", "GBP EUR", on)
    assert found.fallback == f"no fixing on {on}: the last earlier one, of 2023-12-28, {days} days before"


def test_a_fixing_seven_days_before_still_serves():
    assert used("spot", "GBP USD", "2024-01-14").rate_date == "2024-01-08"
    assert used("spot", "GBP USD", "2024-01-26").rate_date == "2024-01-19"


def test_a_fixing_eight_days_before_is_too_old():
    message, hint = refusal("spot", "GBP EUR", "2024-01-27")
    assert message == (
        "no rate from GBP to EUR on 2024-01-27 by policy spot: the last GBP fixing of made up to then is of 2024-01-19"
    )
    assert hint == "the nearest rate there is would be that of the policy fixed:2024-01-19"


def test_both_currencies_take_the_same_day_even_where_one_has_a_later_fixing():
    found = used("spot", "RUB USD", "2024-01-05")
    assert found.rate == Fraction("1.10") / 95
    assert found.fallback == "no RUB fixing on 2024-01-05: the last earlier one, of 2024-01-02, 3 days before"


def test_two_currencies_without_a_common_day_have_no_rate():
    apart = Made("day GBP USD\n2024-01-02 0.8 -\n2024-01-03 - 1.1")
    with pytest.raises(MissingRate) as caught:
        converter("spot", USD, None, apart).used("GBP", date(2024, 1, 4))
    assert caught.value.message == (
        "no rate from GBP to USD on 2024-01-04 by policy spot: made has no day there with both GBP and USD"
    )
    assert caught.value.hint == "import rates that have both GBP and USD, or ask for another currency"


def test_the_first_day_of_the_calendar_is_refused_and_not_a_crash():
    assert "the first GBP fixing of made is of 2023-12-27" in refusal("spot", "GBP USD", "0001-01-01")[0]


# ---- means


def test_a_month_is_the_ratio_of_the_two_means():
    found = used("month", "GBP USD", "2023-12-31")
    assert (found.base_value, found.quote_value) == (Fraction("0.81"), Fraction("1.225"))
    assert found.rate == Fraction("1.225") / Fraction("0.81")
    assert (found.rate_date, found.observations, found.fallback) == ("2023-12", 2, None)


def test_a_year_is_the_mean_of_its_fixings():
    assert used("year", "JPY EUR", "2023-02-01").base_value == 151
    assert used("year", "JPY EUR", "2023-02-01").rate_date == "2023"


def test_the_pivot_counts_as_one_on_every_day():
    found = used("month", "EUR GBP", "2023-12-10")
    assert (found.base_value, found.rate, found.observations) == (Fraction(1), Fraction("0.81"), 2)


def test_the_mean_of_an_unfinished_month_is_marked_to_date():
    found = used("month", "GBP USD", "2024-01-10")
    assert found.fallback == "mean to date: fixings of 2024-01 up to 2024-01-19"
    assert found.observations == 8


@pytest.mark.parametrize(
    ("last", "marked"),
    [("2024-03-27", True), ("2024-03-28", True), ("2024-03-29", False), ("2024-03-30", False), ("2024-04-02", False)],
)
def test_a_month_is_finished_when_only_a_weekend_is_left_of_it(last, marked):
    source = Made(f"day GBP\n2024-03-01 0.8\n{last} 0.9")
    found = converter("month", EUR, None, source).used("GBP", date(2024, 3, 5))
    assert ("mean to date" in (found.fallback or "")) is marked


def test_a_mean_over_fewer_fixings_than_the_period_has_says_so():
    found = used("month", "RUB USD", "2024-01-30")
    assert found.fallback == (
        "mean to date: fixings of 2024-01 up to 2024-01-19; RUB has 1 of the 8 fixings of 2024-01"
    )
    assert found.observations == 1


def test_a_month_without_fixings_is_refused():
    message, hint = refusal("month", "GBP EUR", "2024-02-01")
    assert "the last GBP fixing of made up to then is of 2024-01-19" in message
    assert hint == "the nearest rate there is would be that of the policy fixed:2024-01-19"


# ---- fixed


@pytest.mark.parametrize("on", ["1990-01-01", "2024-01-03", "2030-01-01"])
def test_a_fixed_day_values_every_date(on):
    found = used("fixed:2024-01-03", "GBP USD", on)
    assert (found.rate, found.rate_date, found.on) == (Fraction(115, 85), "2024-01-03", date.fromisoformat(on))


def test_a_fixed_sunday_takes_its_own_fridays_fixing():
    found = used("fixed:2024-01-07", "GBP USD", "2030-01-01")
    assert found.fallback == "2024-01-07 is a Sunday: fixing of 2024-01-05"


@pytest.mark.parametrize("period", ["2023-12", "2023-Q4", "2023"])
def test_a_fixed_month_quarter_or_year_values_every_date(period):
    found = used(f"fixed:{period}", "GBP EUR", "2030-01-01")
    assert (found.base_value, found.rate_date, found.observations) == (Fraction("0.81"), period, 2)


# ---- amounts


def test_an_amount_is_rounded_once_and_half_up():
    source = Made("day GBP USD\n2024-01-02 0.8 1.1")
    to_dollars = converter("spot", USD, None, source)
    assert to_dollars.exact(Money.of("0.04", GBP), date(2024, 1, 2)) == Fraction("0.055")
    assert str(to_dollars.convert(Money.of("0.04", GBP), date(2024, 1, 2)).result) == "0.06 USD"
    assert str(to_dollars.convert(Money.of("-0.04", GBP), date(2024, 1, 2)).result) == "-0.06 USD"


def test_a_cross_rate_never_goes_through_a_rounded_inverse():
    source = Made("day GBP JPY\n2024-01-02 3 7")
    found = converter("spot", JPY, None, source).convert(Money.of(3, GBP), date(2024, 1, 2))
    assert (found.exact, str(found.result)) == (Fraction(7), "7 JPY")


def test_the_target_has_its_own_number_of_digits():
    on = date(2024, 1, 2)
    assert str(converter("spot", KWD).convert(Money.of(1, GBP), on).result) == "0.393 KWD"
    assert str(converter("spot", JPY).convert(Money.of("0.01", GBP), on).result) == "2 JPY"


def test_rows_rounded_by_themselves_may_differ_from_the_total_rounded_once():
    to_euro = converter("spot", EUR)
    rows = [to_euro.convert(Money.of(1, GBP), date(2024, 1, day)) for day in (2, 3, 8)]
    assert sum(row.result.units for row in rows) == 119 + 118 + 114
    assert Money.rounded(sum((row.exact for row in rows), Fraction(0)), EUR).units == 350


def test_a_conversion_keeps_its_amount_and_its_evidence():
    amount = Money.of(5, GBP)
    found = converter("spot", USD).convert(amount, date(2024, 1, 7))
    assert (found.amount, found.exact) == (amount, 5 * found.used.rate)
    assert found.used == used("spot", "GBP USD", "2024-01-07")


def test_the_same_currency_needs_no_source():
    alone = Converter([], Policy.parse("month"), GBP)
    found = alone.convert(Money.of("1.23", GBP), date(2024, 1, 7))
    assert (found.result, found.used.rate, found.used.observations) == (Money.of("1.23", GBP), Fraction(1), 0)
    assert (found.used.source, found.used.rate_date, found.used.fallback) == ("same currency", "2024-01", None)


def test_items_have_no_exchange_rate():
    missile = item("air-defence-missile")
    with pytest.raises(InputError, match="air-defence-missile is an item, not a currency: items have no exchange rate"):
        converter("spot", GBP).exact(Money(5000, missile), date(2024, 1, 2))
    with pytest.raises(InputError, match="is an item"):
        converter("spot", missile)


def test_a_result_may_be_larger_than_what_the_ledger_holds_because_it_is_only_shown():
    source = Made("day GBP\n2024-01-02 0.00001")
    found = converter("spot", EUR, None, source).convert(Money(2**62, GBP), date(2024, 1, 2))
    assert found.result.units == 2**62 * 100_000


# ---- known on


def test_what_was_published_later_is_hidden():
    found = used("spot", "GBP USD", "2024-01-05", known_on="2024-01-03")
    assert found.rate_date == "2024-01-03"
    assert found.fallback == (
        "no fixing on 2024-01-05 was known on 2024-01-03: the last earlier one, of 2024-01-03, 2 days before"
    )


def test_a_month_known_half_way_is_to_date():
    found = used("month", "GBP EUR", "2024-01-30", known_on="2024-01-03")
    assert (found.base_value, found.observations) == (Fraction("0.845"), 2)
    assert found.fallback == "mean to date: fixings of 2024-01 up to 2024-01-03"


def test_a_refusal_says_what_was_known_when():
    message, hint = refusal("spot", "GBP EUR", "2024-01-05", known_on="2023-12-26")
    assert message == (
        "no rate from GBP to EUR on 2024-01-05 by policy spot, as known on 2023-12-26: made had never published GBP"
    )
    assert hint == "import rates that have both GBP and EUR, or ask for another currency"


def test_a_later_known_on_changes_nothing():
    assert used("month", "GBP USD", "2024-01-05", known_on="2030-01-01") == used("month", "GBP USD", "2024-01-05")


# ---- sources and refusals


def test_the_first_source_that_has_both_currencies_is_taken():
    first, second = Made("day GBP\n2024-01-02 0.5", "first"), Made("day GBP UAH\n2024-01-02 0.6 40", "second")
    both = Converter([first, second], Policy.parse("spot"), EUR)
    assert both.used("GBP", date(2024, 1, 2)).source == "first"
    assert both.used("UAH", date(2024, 1, 2)).source == "second"


def test_a_source_may_have_another_pivot():
    hryvnia = Made("day USD EUR\n2024-01-02 0.025 0.02", "nbu", "UAH")
    found = converter("spot", EUR, None, hryvnia).used("UAH", date(2024, 1, 2))
    assert (found.rate, found.pivot, found.source) == (Fraction("0.02"), "UAH", "nbu")
    assert converter("spot", EUR, None, hryvnia).used("USD", date(2024, 1, 2)).rate == Fraction("0.8")


def test_a_currency_that_was_never_published_is_refused():
    message, hint = refusal("spot", "UAH USD", "2024-01-02")
    assert message == "no rate from UAH to USD on 2024-01-02 by policy spot: made has never published UAH"
    assert hint == "import rates that have both UAH and USD, or ask for another currency"


def test_a_discontinued_currency_is_refused_with_its_last_fixing():
    message, hint = refusal("spot", "RUB USD", "2024-01-10")
    assert message == (
        "no rate from RUB to USD on 2024-01-10 by policy spot: made discontinued RUB, its last fixing is of 2024-01-02"
    )
    assert hint == "the nearest rate there is would be that of the policy fixed:2024-01-02"
    assert used("fixed:2024-01-02", "RUB USD", "2024-01-10").rate == Fraction("1.10") / 95


def test_a_currency_before_its_first_fixing_is_refused():
    message, hint = refusal("month", "USD INR", "2023-12-28")
    assert message == (
        "no rate from USD to INR on 2023-12-28 by policy month: the first INR fixing of made is of 2024-01-08"
    )
    assert hint == "the nearest rate there is would be that of the policy fixed:2024-01-08"


def test_a_currency_in_a_gap_is_refused_with_the_fixing_before_it():
    message, _ = refusal("spot", "ISK USD", "2024-01-08")
    assert message.endswith("the last ISK fixing of made up to then is of 2023-12-28")


def test_a_refusal_names_each_source_that_was_tried():
    tried = [Made("day GBP\n2024-01-02 0.5", "first"), Made("day USD\n2024-01-02 0.6", "second", "JPY")]
    with pytest.raises(MissingRate, match="first has never published USD; second has never published EUR"):
        Converter(tried, Policy.parse("spot"), USD).used("GBP", date(2024, 1, 2))


def test_without_any_source_there_is_no_rate():
    with pytest.raises(MissingRate, match="no rate from GBP to USD on 2024-01-02 by policy spot: no source was given"):
        Converter([], Policy.parse("spot"), USD).used("GBP", date(2024, 1, 2))


def test_a_rate_is_looked_up_once_for_each_period():
    source = Made(TABLE)
    monthly = converter("month", USD, None, source)
    first = monthly.used("GBP", date(2024, 1, 2))
    asked = source.asked
    again = monthly.used("GBP", date(2024, 1, 3))
    assert source.asked == asked
    assert (again.rate, again.on) == (first.rate, date(2024, 1, 3))


def test_a_refusal_reads_the_source_once_however_many_dates_are_missing():
    source = Made(TABLE)
    missing = converter("spot", USD, None, source)
    for day in range(1, 28):
        with pytest.raises(MissingRate):
            missing.used("GBP", date(2025, 3, day))
    assert source.asked == 2 * len(source.days(date.min, date.max))


@given(
    policy=st.sampled_from(["spot", "month", "year", "fixed:2024-01-06", "fixed:2023-Q4", "fixed:2024"]),
    pair=st.permutations(["EUR", "GBP", "USD", "JPY", "KWD", "RUB", "INR", "ISK", "PLN", "UAH"]).map(
        lambda all_: all_[:2]
    ),
    on=st.dates(date(2023, 11, 1), date(2024, 3, 1)),
    known_on=st.none() | st.dates(date(2023, 12, 1), date(2024, 2, 1)),
)
def test_there_and_back_is_exactly_one_and_a_refusals_hint_always_works(policy, pair, on, known_on):
    source, rule = Made(TABLE), Policy.parse(policy)
    there = Converter([source], rule, Commodity(pair[1], 2), known_on)
    back = Converter([source], rule, Commodity(pair[0], 2), known_on)
    found = attempt(there, pair[0], on)
    if isinstance(found, RateUsed):
        assert found.rate * back.used(pair[1], on).rate == 1
        assert found.rate == found.quote_value / found.base_value
        return
    assert all(word in found.message for word in (*pair, str(on), policy))
    assert found.hint
    if "fixed:" in found.hint:
        other = Policy.parse("fixed:" + found.hint.rpartition("fixed:")[2])
        assert Converter([source], other, Commodity(pair[1], 2), known_on).used(pair[0], on).fallback is None


# ---- policies


@pytest.mark.parametrize(
    "text", ["spot", "month", "year", "fixed:2025-02-28", "fixed:2024-06", "fixed:2024-Q2", "fixed:2024"]
)
def test_a_policy_is_written_as_it_is_read(text):
    assert str(Policy.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Spot", "daily", "quarter", "fixed", "fixed:", "fixed:2024-13", "fixed:2025-02-30", "spot:2024", "fixed:x"],
)
def test_a_bad_policy_is_refused_with_the_choices(text):
    with pytest.raises(InputError) as caught:
        Policy.parse(text)
    assert caught.value.message == (
        f"'{text}' is not a rate policy: write spot, month, year, or fixed: and a day or period,"
        " such as fixed:2025-02-28 or fixed:2024-06"
    )


def test_a_policy_is_fixed_exactly_when_it_has_a_period():
    with pytest.raises(InputError, match="the policy 'fixed' cannot be used: write spot"):
        Policy("fixed")
    with pytest.raises(InputError, match="the policy 'spot:2024' cannot be used"):
        Policy("spot", Period.parse("2024"))


@given(on=st.dates(date(1999, 1, 1), date(2099, 1, 1)))
def test_the_period_of_a_date_holds_it_and_a_fixed_one_never_moves(on):
    assert all(on in Policy.parse(text).period_of(on) for text in ("spot", "month", "year"))
    assert Policy.parse("fixed:2024-06").period_of(on) == Period.parse("2024-06")


# ---- rates


DAY = Period.parse("2025-02-28")


def rate(value: object, **changed: object) -> Rate:
    facts = {"source": "ecb", "base": "EUR", "quote": "GBP", "period": DAY, "kind": "spot", "value": value}
    return Rate(**{**facts, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["0.82608", "1.0410", "1", "0.0000001", "123456789012345678901234567890.10"])
def test_a_rate_keeps_every_digit_of_its_text(text):
    assert rate(parse_rate(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1e3",
        "NaN",
        "Infinity",
        "1,5",
        "1.",
        ".5",
        " 1",
        "1_0",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_text_that_is_no_rate_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_rate(text)
    assert caught.value.message == (
        f"'{text}' is not a rate: write a number above zero in plain notation, such as 0.82608"
    )


@pytest.mark.parametrize("value", [0.82608, 1, "0.82608", Fraction(1, 2), None])
def test_a_rate_is_never_a_float_nor_anything_but_a_decimal(value):
    with pytest.raises(TypeError, match="a rate is an exact Decimal read from text, not"):
        rate(value)


@pytest.mark.parametrize("value", ["0", "-0.5", "NaN", "sNaN", "Infinity"])
def test_a_rate_is_above_zero_and_finite(value):
    with pytest.raises(InputError, match="is not a rate: a rate is a number above zero"):
        rate(Decimal(value))


@pytest.mark.parametrize(("base", "quote"), [("EUR", "EUR"), ("eur", "GBP"), ("EUR", "POUND"), ("", "GBP")])
def test_a_rate_is_between_two_currency_codes(base, quote):
    with pytest.raises(InputError, match=f"'{base}' and '{quote}' are not two currency codes, such as EUR and GBP"):
        rate(Decimal(1), base=base, quote=quote)


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        ("spot", "2025-02"),
        ("month", "2025"),
        ("quarter", "2025-02"),
        ("year", "2025-Q1"),
        ("table", "2025"),
        ("spot", None),
    ],
)
def test_a_kind_that_does_not_fit_the_period_is_refused(kind, period):
    with pytest.raises(InputError, match=f"a rate of kind '{kind}' cannot be of {period or 'no date'}"):
        rate(Decimal(1), kind=kind, period=period and Period.parse(period))


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        ("spot", "2025-02-28"),
        ("month", "2025-02"),
        ("quarter", "2025-Q1"),
        ("year", "2025"),
        ("table", None),
        ("stated", "2025-03-02"),
        ("realised", "2025-03-06"),
        ("stated", None),
    ],
)
def test_each_kind_has_its_period(kind, period):
    assert rate(Decimal(1), kind=kind, period=period and Period.parse(period)).kind == kind


def test_a_rate_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        rate(Decimal(1)).value = Decimal(2)  # type: ignore[misc]


# ---- rates as people see them


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(52055, 41304), 12, "1.26028956033"),
        (Fraction(1), 12, "1"),
        (Fraction(5, 4), 12, "1.25"),
        (Fraction(20275), 3, "20300"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(999999, 1000), 3, "1000"),
        (Fraction(1, 3 * 10**9), 4, "0.0000000003333"),
        (Fraction(10**30), 12, "1" + 30 * "0"),
    ],
)
def test_a_rate_is_shown_in_significant_digits_half_up(value, digits, text):
    assert rate_text(value, digits) == text


@given(
    value=st.fractions(min_value=Fraction(1, 10**12), max_value=10**12, max_denominator=10**14).filter(bool),
    digits=st.integers(1, 20),
)
def test_a_shown_rate_is_the_nearest_with_so_many_digits(value, digits):
    text = rate_text(value, digits)
    shown = Fraction(text)
    power = 0
    while 10 ** (power + 1) <= value:
        power += 1
    while Fraction(10) ** power > value:
        power -= 1
    step = Fraction(10) ** (power - digits + 1)
    assert -step / 2 < shown - value <= step / 2
    assert not shown % step
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith(("0", ".")))


def test_every_day_of_a_long_weekend_leads_to_the_same_fixing():
    days = [date(2023, 12, 28) + timedelta(ahead) for ahead in range(5)]
    assert {used("spot", "GBP USD", str(day)).rate_date for day in days} == {"2023-12-28"}
