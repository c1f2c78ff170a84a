"""Numbers and days as files write them: what they mean, and what is refused since it could mean something else."""

# ruff: noqa: E501 - a reason stands on one line, as people see it

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.mapped.amounts import number, plain, units
from ledger.formats.mapped.days import FORMATS, example, read_day
from ledger.formats.mapped.map import Conventions
from ledger.money import MOST_UNITS, Money, currency, item
from tests.strategies import commodities

EUR, KWD, JPY = currency("EUR"), currency("KWD"), currency("JPY")
LOCALES = {
    "en": Conventions(thousands=","),
    "de": Conventions(decimal=",", thousands="."),
    "fr": Conventions(decimal=",", thousands=" "),
}


@pytest.mark.parametrize(
    ("text", "how", "value"),
    [
        ("1600000000.00", Conventions(), "1600000000"),
        ("  12 ", Conventions(), "12"),
        ("+12", Conventions(), "12"),
        (".5", Conventions(), "0.5"),
        ("-12.5", Conventions(), "-12.5"),
        ("\N{MINUS SIGN}12.5", Conventions(), "-12.5"),
        ("(12.5)", Conventions(), "-12.5"),
        ("1,234,567.5", Conventions(thousands=","), "1234567.5"),
        ("1234567.5", Conventions(thousands=","), "1234567.5"),
        ("1.234,5", Conventions(decimal=",", thousands="."), "1234.5"),
        ("1\u00a0234,5", Conventions(decimal=",", thousands=" "), "1234.5"),
        ("1\u202f234,5", Conventions(decimal=",", thousands=" "), "1234.5"),
        ("1'234.5", Conventions(thousands="'"), "1234.5"),
    ],
)
def test_a_number_is_read_by_its_marks(text, how, value):
    assert number(text, how) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("1,234.5", Conventions()),
        ("1,23", Conventions(thousands=",")),
        ("1,2345", Conventions(thousands=",")),
        ("1.234", Conventions(decimal=",")),
        ("1.234.56", Conventions(decimal=",", thousands=".")),
        ("12,34,567", Conventions(thousands=",")),
        ("1e6", Conventions()),
        ("0x1f", Conventions()),
        ("NaN", Conventions()),
        ("Infinity", Conventions()),
        ("--5", Conventions()),
        ("(5", Conventions()),
        ("", Conventions()),
        ("1_000", Conventions()),
        ("١٢٣", Conventions()),
        ("£5", Conventions()),
        ("5 EUR", Conventions()),
        ("1 000", Conventions()),
    ],
)
def test_a_number_whose_marks_are_not_as_described_is_refused(text, how):
    with pytest.raises(InputError):
        number(text, how)


@given(st.decimals(min_value=0, max_value=10**12, places=3), st.sampled_from(sorted(LOCALES)))
def test_what_babel_writes_is_read_back(value, locale):
    assert number(format_decimal(value, "#,##0.###", locale), LOCALES[locale]) == Fraction(value)


@given(st.integers(1, MOST_UNITS), commodities())
def test_the_quick_way_reads_as_the_long_one(amount, of):
    text = Money(amount, of).plain()
    assert units(text, of, Conventions()) == amount
    assert plain(Conventions())(text, of.digits) in {amount, None}
    assert amount > 10**18 or plain(Conventions())(text, of.digits) == amount


@given(st.text("0123456789.,- '\u00a0٣", max_size=12), commodities())
def test_the_quick_way_never_reads_what_the_long_one_refuses(text, of):
    quick = plain(Conventions())(text, of.digits)
    assert quick is None or quick == units(text, of, Conventions())


@pytest.mark.parametrize(
    ("cell", "of", "how", "found"),
    [
        ("1.5", EUR, Conventions(unit=10**6), 150_000_000),
        ("0.0000015", EUR, Conventions(unit=10**6), 150),
        (Decimal("39333333.333333"), EUR, Conventions(round=True), 3_933_333_333),
        (Decimal("1E+3"), JPY, Conventions(), 1000),
        ("0.005", EUR, Conventions(round=True), 1),
        ("-0.005", EUR, Conventions(round=True), -1),
        ("1.2345", KWD, Conventions(round=True), 1235),
        ("5000", item("air-defence-missile"), Conventions(), 5000),
    ],
)
def test_units_and_digits_are_exact_and_halves_go_up(cell, of, how, found):
    assert units(cell, of, how) == found


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("2025-03-02", ["iso"], "2025-03-02"),
        ("2025-03-02T18:30:00Z", ["iso-time"], "2025-03-02"),
        ("2025-03-02 18:30:00.000+02:00", ["iso-time"], "2025-03-02"),
        ("2/3/2025", ["dmy"], "2025-03-02"),
        ("02.03.2025", ["dmy"], "2025-03-02"),
        ("2 March 2025", ["dmy"], "2025-03-02"),
        ("2-Mar-2025", ["dmy"], "2025-03-02"),
        ("2 Sept 2025", ["dmy"], "2025-09-02"),
        ("March 2, 2025", ["mdy"], "2025-03-02"),
        ("3/2/2025", ["mdy"], "2025-03-02"),
        ("2025/3/2", ["ymd"], "2025-03-02"),
        ("25/12/2025", ["mdy", "dmy"], "2025-12-25"),
        ("2.3.25", ["%d.%m.%y"], "2025-03-02"),
        ("2025", ["year-start"], "2025-01-01"),
        ("2025", ["year-end"], "2025-12-31"),
        ("2024-02", ["month-end"], "2024-02-29"),
        ("2/2024", ["month-start"], "2024-02-01"),
        ("3/3/2025", ["dmy", "mdy"], "2025-03-03"),
    ],
)
def test_a_day_is_read_by_the_formats_in_turn(text, formats, day):
    assert read_day(text, formats) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "formats", "reason"),
    [
        ("2/3/2025", ["dmy", "mdy"], "'2/3/2025' is 2025-02-03 as mdy and 2025-03-02 as dmy: let the map name one of them"),
        ("2/3/25", ["dmy"], "'2/3/25' is not a day: write it as 02/03/2025"),
        ("29/2/2025", ["dmy"], "'29/2/2025' is not a day: write it as 02/03/2025"),
        ("2025-03-02T25", ["iso-time"], "'2025-03-02T25' is not a day: write it as 2025-03-02T18:30:00"),
        ("unclear 05/2024", ["month-end", "iso"], "'unclear 05/2024' is not a day: write it as 2025-03 (its last day) or 2025-03-02"),
        ("9999-12-31", ["iso"], "'9999-12-31' is not a day: write it as 2025-03-02"),
        ("0000", ["year-start"], "'0000' is not a day: write it as 2025 (its first day)"),
        ("5000000", ["iso", "year-start"], "'5000000' is not a day: write it as 2025-03-02 or 2025 (its first day)"),
        ("2 Foo 2025", ["dmy"], "'2 Foo 2025' is not a day: write it as 02/03/2025"),
    ],
)  # fmt: skip
def test_a_day_that_no_format_reads_or_two_read_differently_is_refused(text, formats, reason):
    with pytest.raises(InputError) as caught:
        read_day(text, formats)
    assert caught.value.message == reason


@pytest.mark.parametrize("form", FORMATS)
def test_the_example_of_a_format_is_read_by_it(form):
    assert read_day(example(form).partition(" (")[0], [form]).year == 2025


@given(st.dates(date(1, 1, 1), date(9998, 12, 31)))
def test_every_day_is_read_back_in_each_order(day):
    for form, pattern in (("iso", "{0:04}-{1:02}-{2:02}"), ("dmy", "{2}.{1}.{0:04}"), ("mdy", "{1}/{2}/{0:04}")):
        assert read_day(pattern.format(day.year, day.month, day.day), [form]) == day


@given(st.text(max_size=30), st.lists(st.sampled_from((*FORMATS, "%d %b %y", "%Y%m%d")), min_size=1, max_size=4))
def test_whatever_text_a_day_is_there_is_a_day_or_a_refusal(text, formats):
    try:
        assert isinstance(read_day(text, formats), date)
    except InputError as refused:
        assert "\n" not in refused.message  # noqa: PT017 - either is right
