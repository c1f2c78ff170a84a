"""Figures shown: every currency of ISO 4217, at any magnitude, with all its digits, and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from ledger.amount import read
from ledger.locale import Language, notation
from ledger.money import MOST_UNITS, Money, currency

LANGUAGES = ("en", "uk", "de", "fr", "pl")
LOCALES = (*LANGUAGES, "en_GB", "en_US", "uk_UA", "de_AT", "de_CH", "fr_CA", "fr_CH", "pl_PL")
ALL = sorted(each.code for each in Currency if each.exponent is not None)
CURTAILED = ("AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER")
"""Currencies of which the CLDR drops digits that ISO 4217 has."""


@given(st.sampled_from(LOCALES), st.sampled_from(ALL), st.integers(1, 18), st.data())
def test_whatever_is_shown_is_read_back_to_the_same_amount(tag, code, digits, data):
    amount = Money(data.draw(st.integers(10 ** (digits - 1), min(10**digits - 1, MOST_UNITS))), currency(code))
    assert read(Language(tag).money(amount), notation(tag)) == amount


@pytest.mark.parametrize("tag", LANGUAGES)
def test_each_currency_of_iso_4217_is_read_back_at_each_magnitude(tag):
    language, kind = Language(tag), notation(tag)
    for code in ALL:
        for power in range(19):
            amount = Money(16 * 10**power // 10, currency(code))
            assert read(language.money(amount), kind) == amount


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("code", CURTAILED)
def test_an_amount_has_the_digits_of_iso_4217_where_the_cldr_has_fewer(tag, code):
    digits = Currency(code).exponent
    assert digits in {2, 3}
    kind = notation(tag)
    shown = Language(tag).money(Money.of("1234567", currency(code)))
    assert shown == kind.groups[0].join(("1", "234", "567")) + kind.decimal + "0" * digits + f" {code}"


def test_no_currency_is_shown_with_other_digits_than_iso_4217_has():
    for code in ALL:
        shown = Language("de").money(Money(1, currency(code))).removesuffix(f" {code}")
        assert len(shown.partition(",")[2]) == Currency(code).exponent
