"""Which locale is used, how it writes figures, and how people of it are shown them."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.amount import read
from ledger.errors import AmountError, InputError
from ledger.locale import Language, notation, resolve
from ledger.money import MOST_UNITS, Money, currency, item
from ledger.notation import ENGLISH

TAGS = ("en", "de", "fr", "pl", "uk")
MANY = [
    "ar_EG", "bg", "bn", "cs_CZ", "da_DK", "de_AT", "de_CH", "el", "en_CA", "en_IN", "en_ZA", "es", "es_MX", "et",
    "fa", "fi", "fr_CA", "fr_CH", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nb_NO", "nl", "pt",
    "pt_PT", "ro", "sk", "sl", "sr_Latn", "sv_SE", "sw", "tr", "vi", "zh_CN", "zh_TW",
]  # fmt: skip
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
NARROW, NO_BREAK = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
CURTAILED = [
    "AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER",
]  # fmt: skip
"""Currencies of which the CLDR drops digits that ISO 4217 has."""


@pytest.mark.parametrize(
    ("option", "environ", "tag"),
    [
        ("de", {"AIDLEDGER_LOCALE": "fr", "LC_ALL": "pl_PL"}, "de"),
        (None, {"AIDLEDGER_LOCALE": "fr", "LC_ALL": "pl_PL"}, "fr"),
        (None, {"LC_ALL": "pl_PL.UTF-8", "LC_NUMERIC": "uk_UA", "LANG": "de_DE"}, "pl_PL"),
        (None, {"LC_NUMERIC": "uk_UA.UTF-8", "LC_MONETARY": "fr_FR", "LANG": "de_DE"}, "uk_UA"),
        (None, {"LC_MONETARY": "fr_FR", "LANG": "de_DE"}, "fr_FR"),
        (None, {"LC_ALL": "", "LANG": "de_DE.UTF-8@euro"}, "de_DE"),
        (None, {"LC_ALL": "C", "LANG": "de_DE"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "POSIX"}, "en"),
        (None, {}, "en"),
        ("", {"AIDLEDGER_LOCALE": ""}, "en"),
        ("C", {"LANG": "de_DE"}, "en"),
        ("de-de", {}, "de_DE"),
        ("EN_us", {}, "en_US"),
        ("en_US_POSIX", {}, "en_US"),
        ("zh_TW", {}, "zh_Hant_TW"),
        (None, {"LANG": "tlh_KL.UTF-8"}, "en"),
        (None, {"LANG": "../../etc/passwd"}, "en"),
    ],
)
def test_the_option_outranks_the_variable_and_that_the_system(option, environ, tag):
    assert resolve(option, environ) == tag


@pytest.mark.parametrize(
    ("option", "environ", "shown"),
    [
        ("tlh", {}, "tlh"),
        ("de_XX", {}, "de_XX"),
        ("root", {}, "root"),
        (None, {"AIDLEDGER_LOCALE": "deutsch"}, "deutsch"),
        ("\x1b[31m", {}, r"\x1b[31m"),
        ("x" * 300, {}, "x" * 40),
    ],
)
def test_an_unknown_locale_that_the_user_named_is_refused_by_name(option, environ, shown):
    with pytest.raises(InputError) as caught:
        resolve(option, environ)
    assert caught.value.message == (
        f"'{shown}' is not a known locale: name a language, such as de, or with its country, such as de_AT"
    )


@given(st.text(max_size=20))
@example("de\0")
@example("de\udcff")
@example("a_b_c_d_e")
def test_no_name_of_a_locale_brings_anything_but_a_tag_or_a_refusal(name):
    assert resolve(None, {"LANG": name})
    try:
        tag = resolve(name, {})
    except InputError as refused:
        assert refused.message.isprintable()  # noqa: PT017 - a refusal is one of the two outcomes
    else:
        assert resolve(tag, {}) == tag


@pytest.mark.parametrize(
    ("tag", "thousands", "text"),
    [
        ("en", ",", "1,600,000,000.00 GBP"),
        ("de", ".", "1.600.000.000,00 GBP"),
        ("fr", NARROW, f"1{NARROW}600{NARROW}000{NARROW}000,00 GBP"),
        ("pl", NO_BREAK, f"1{NO_BREAK}600{NO_BREAK}000{NO_BREAK}000,00 GBP"),
        ("uk", NO_BREAK, f"1{NO_BREAK}600{NO_BREAK}000{NO_BREAK}000,00 GBP"),
        ("de_CH", CURLY, f"1{CURLY}600{CURLY}000{CURLY}000.00 GBP"),
        ("en_IN", ",", "1,60,00,00,000.00 GBP"),
    ],
)
def test_an_amount_is_shown_between_the_marks_of_the_locale(tag, thousands, text):
    amount = Money.of("1600000000", currency("GBP"))
    assert Language(tag).money(amount) == text
    assert read(text, notation(tag)) == amount
    assert Language(tag).number(1600) == f"1{thousands}600"


def test_an_amount_keeps_every_digit_it_has():
    assert Language("de").money(Money(MOST_UNITS, currency("GBP"))) == "92.233.720.368.547.758,07 GBP"
    assert Language("en").money(Money(-MOST_UNITS, currency("JPY"))) == "-9,223,372,036,854,775,807 JPY"
    assert Language("en").money(Money(5, currency("KWD"))) == "0.005 KWD"
    assert Language("de").money(Money(5000, item("air-defence-missile"))) == "5.000 air-defence-missile"
    assert Language("sv").number(-5) == "\N{MINUS SIGN}5"


@pytest.mark.parametrize("code", CURTAILED)
def test_an_amount_has_the_digits_of_iso_4217_not_those_of_the_cldr(code):
    amount = Money.of("1234567", currency(code))
    assert amount.commodity.digits >= 2
    assert Language("en").money(amount) == f"1,234,567.{'0' * amount.commodity.digits} {code}"


def test_a_decimal_is_neither_padded_nor_rounded():
    assert Language("de").decimal("-1234.56780") == "-1.234,56780"
    assert Language("en").decimal("0.8423") == "0.8423"
    assert Language("en_IN").decimal("123456") == "1,23,456"
    for text in ("1,5", "1e3", "", "nan", "1."):
        with pytest.raises(ValueError, match="is not in plain decimal notation"):
            Language("en").decimal(text)


@given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,10})?", fullmatch=True), st.sampled_from((*TAGS, "hi")))
def test_a_decimal_shown_is_the_same_number(text, tag):
    kind = notation(tag)
    shown = Language(tag).decimal(text)
    assert Decimal("".join(shown.split(kind.groups[0])).replace(kind.decimal, ".")) == Decimal(text)


@given(
    st.sampled_from((*TAGS, "de_CH", "de_AT", "en_IN", "es_MX")),
    st.integers(1, MOST_UNITS),
    st.sampled_from(("GBP", "EUR", "USD", "UAH", "IQD", "JPY", "KWD", "air-defence-missile")),
)
@example("de", 1600, "JPY")
@example("en", 1600, "KWD")
@example("en", 1600, "JPY")
def test_an_amount_shown_is_read_back(tag, units, code):
    stuff = currency(code) if code.isupper() else item(code)
    amount = Money(units, stuff)
    assert read(Language(tag).money(amount), notation(tag), {code: stuff}) == amount


@pytest.mark.parametrize("tag", MANY)
def test_every_language_shows_what_it_reads_and_hides_no_currency_code(tag):
    kind = notation(tag)
    amount = Money(123456789012345, currency("USD"))
    assert read(Language(tag).money(amount), kind) == amount
    assert all(kind.currencies(code) == (code,) for code in ("USD", "EUR", "GBP", "ALL", "TRY", "MDL"))
    assert "" not in {*kind.scales, *kind.symbols, *kind.names}
    assert all(0 < power <= 18 for powers in kind.scales.values() for power in powers)
    assert (kind.scales["bn"] == (9,)) == tag.startswith("en")
    assert kind.scales["million"] == (6,)


def test_plain_english_is_the_notation_that_needs_no_babel():
    assert notation("en") is ENGLISH
    assert notation("en_GB").scales is ENGLISH.scales
    code = (
        "import sys; from ledger.locale import *; from ledger.money import *;"
        "t = resolve(None, {'LANG': 'en_US.UTF-8'}); notation(t); Language(t).money(Money(5, currency('GBP')));"
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("tag", "text", "result"),
    [
        ("en_US", "$5", "5.00 USD"),
        ("en_US", "5 dollars", "5.00 USD"),
        ("en_CA", "$5", "5.00 CAD"),
        ("en_AU", "$5", "5.00 AUD"),
        ("fr_CA", "5 $", "5.00 CAD"),
        ("es_MX", "$5", "5.00 MXN"),
        ("es_EC", "$5", "5.00 USD"),
        ("zh_TW", "$5", "5.00 TWD"),
        ("en_GB", "5 pounds", "5.00 GBP"),
        ("ja", "¥5", "5 JPY"),
        ("ja_JP", "¥5", "5 JPY"),
        ("zh_CN", "¥5", "5.00 CNY"),
        ("sv_SE", "5 kr", "5.00 SEK"),
        ("nb_NO", "5 kr", "5.00 NOK"),
        ("da_DK", "5 kr.", "5.00 DKK"),
        ("is_IS", "5 kr", "5 ISK"),
    ],
)
def test_the_country_settles_what_a_shared_sign_means(tag, text, result):
    assert str(read(text, notation(tag))) == result


@pytest.mark.parametrize(
    ("tag", "text"), [("en_GB", "$5"), ("de", "5 $"), ("sv", "5 kr"), ("sv_FI", "5 kr"), ("zh_TW", "¥5")]
)
def test_without_such_a_country_a_shared_sign_stays_ambiguous(tag, text):
    with pytest.raises(AmountError, match="can be"):
        read(text, notation(tag))


def test_an_unknown_locale_has_no_language_and_no_notation():
    with pytest.raises(InputError, match="'tlh' is not a known locale"):
        Language("tlh")
    with pytest.raises(InputError, match="'tlh' is not a known locale"):
        notation("tlh")


def test_a_language_is_named_one_way():
    assert Language("de-at") == Language("de_AT")
    assert Language() == Language("en")


@pytest.mark.parametrize(
    ("tag", "day", "country", "money"),
    [
        ("en", "Jun 2, 2025", "United Kingdom", "British Pound"),
        ("en_GB", "2 Jun 2025", "United Kingdom", "British Pound"),
        ("de", "02.06.2025", "Vereinigtes Königreich", "Britisches Pfund"),
        ("fr", "2 juin 2025", "Royaume-Uni", "livre sterling"),
        ("pl", "2 cze 2025", "Wielka Brytania", "funt szterling"),
        ("uk", "2 черв. 2025", "Велика Британія", "англійський фунт"),
    ],
)
def test_days_countries_and_currencies_have_names_in_the_language(tag, day, country, money):
    language = Language(tag)
    assert language.day(date(2025, 6, 2)).replace(NARROW, " ").replace(NO_BREAK, " ").startswith(day)
    assert language.party("GB", "Britain") == country
    assert language.currency_name("GBP") == money


def test_a_party_that_is_no_country_keeps_its_own_name():
    for code in ("EU", "NATO", "UN", "ZZ", "gb", "150", ""):
        assert Language("de").party(code, "the book's name") == "the book's name"
    assert Language("de").currency_name("QQQ") == "QQQ"
