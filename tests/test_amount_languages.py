"""Amounts as five languages write them; and what no two of them may read differently."""

# ruff: noqa: RUF001 - Ukrainian letters are no Latin ones

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.amount import read, read_promise
from ledger.errors import AmountError, LedgerError
from ledger.locale import notation
from ledger.money import item

ITEMS = {"air-defence-missile": item("air-defence-missile")}
LANGUAGES = ("en", "uk", "de", "fr", "pl")
MARKS = (*LANGUAGES, "de_CH", "en_IN")
"""Locales that between them have every way of the five languages to mark thousands and decimals."""


@pytest.mark.parametrize(
    ("tag", "text", "result"),
    [
        ("de", "1,6 Mrd. Euro", "1600000000.00 EUR"),
        ("de", "1,6 Milliarden britische Pfund", "1600000000.00 GBP"),
        ("de", "1,6 Mrd. Pfund Sterling", "1600000000.00 GBP"),
        ("de", "5 Mia. Franken", "5000000000.00 CHF"),
        ("de", "5 Hrywnja", "5.00 UAH"),
        ("de", "1.600 JPY", "1600 JPY"),
        ("de", "5.000 air-defence-missile", "5000 air-defence-missile"),
        ("de", "1,600 KWD", "1.600 KWD"),
        ("en", "1.600 KWD", "1.600 KWD"),
        ("uk", "1,6 млрд фунтів стерлінгів", "1600000000.00 GBP"),
        ("uk", "1,6 мільярда фунтів стерлінгів", "1600000000.00 GBP"),
        ("uk", "1 фунт стерлінгів", "1.00 GBP"),
        ("uk", "2,26 млрд GBP", "2260000000.00 GBP"),
        ("uk", "250 млн дол. США", "250000000.00 USD"),
        ("uk", "250 мільйонів доларів США", "250000000.00 USD"),
        ("uk", "5 млрд злотих", "5000000000.00 PLN"),
        ("uk", "5 млрд. грн.", "5000000000.00 UAH"),
        ("uk", "5 трлн EUR", "5000000000000.00 EUR"),
        ("uk", "5 вʼєтнамських донгів", "5 VND"),
        ("uk", "5 в'єтнамських донгів", "5 VND"),
        ("uk", "5 в’єтнамських донгів", "5 VND"),
        ("fr", "250 M$ US", "250000000.00 USD"),
        ("fr", "1,6 milliard de livres sterling", "1600000000.00 GBP"),
        ("fr", "5 milliers d'euros", "5000.00 EUR"),
        ("pl", "1,6 mld euro", "1600000000.00 EUR"),
        ("pl", "2,26 mld GBP", "2260000000.00 GBP"),
        ("pl", "1,6 miliarda funtów szterlingów", "1600000000.00 GBP"),
        ("pl", "1,6 złotego", "1.60 PLN"),
        ("pl", "250 mln dol. USA", "250000000.00 USD"),
        ("pl", "5 jenów", "5 JPY"),
    ],
)
def test_an_amount_is_read_as_its_language_says_it(tag, text, result):
    assert str(read(text, notation(tag), ITEMS)) == result


@pytest.mark.parametrize(
    ("tag", "text", "result", "firmness"),
    [
        ("en", "no less than £5", "5.00 GBP", "at_least"),
        ("en", "approx. £5", "5.00 GBP", "about"),
        ("en", "at most £5", "5.00 GBP", "up_to"),
        ("de", "bis zu 1,6 Mrd. EUR", "1600000000.00 EUR", "up_to"),
        ("de", "mindestens 5 EUR", "5.00 EUR", "at_least"),
        ("de", "ca. 5 EUR", "5.00 EUR", "about"),
        ("de", "Rund 5 EUR", "5.00 EUR", "about"),
        ("de", "5.000+ air-defence-missile", "5000 air-defence-missile", "at_least"),
        ("uk", "до 1,6 млрд фунтів стерлінгів", "1600000000.00 GBP", "up_to"),
        ("uk", "щонайменше 5000 air-defence-missile", "5000 air-defence-missile", "at_least"),
        ("uk", "не менше ніж 5 євро", "5.00 EUR", "at_least"),
        ("uk", "близько 5 євро", "5.00 EUR", "about"),
        ("uk", "up to 5 EUR", "5.00 EUR", "up_to"),
        ("fr", "jusqu’à 1,6 Md €", "1600000000.00 EUR", "up_to"),
        ("fr", "jusqu'à concurrence de 5 €", "5.00 EUR", "up_to"),
        ("fr", "au moins 5 €", "5.00 EUR", "at_least"),
        ("fr", "environ 5 €", "5.00 EUR", "about"),
        ("pl", "do 1,6 mld zł", "1600000000.00 PLN", "up_to"),
        ("pl", "co najmniej 5 zł", "5.00 PLN", "at_least"),
        ("pl", "ok. 5 zł", "5.00 PLN", "about"),
        ("pl", ">= 5 zł", "5.00 PLN", "at_least"),
    ],
)
def test_a_promise_says_how_firm_it_is_in_its_language(tag, text, result, firmness):
    amount, said = read_promise(text, notation(tag), ITEMS)
    assert (str(amount), said) == (result, firmness)


def test_a_step_has_no_firmness_and_says_so():
    with pytest.raises(AmountError) as caught:
        read("до 5 EUR", notation("uk"))
    assert caught.value.message == (
        "'до 5 EUR' says how firm it is, which only a promised amount can be: write '5 EUR'"
    )


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_has_words_for_each_firmness_and_no_other(tag):
    words = notation(tag).firmness
    assert set(words.values()) == {"at_least", "up_to", "about"}
    assert max(len(word.split()) for word in words) <= 4


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        ("de", "5 Pfund", "'Pfund' can be GBP, EGP, LBP"),
        ("uk", "5 фунтів", "'фунтів' can be GBP, EGP, LBP"),
        ("uk", "5 крон", "'крон' can be DKK, NOK, SEK, CZK, ISK"),
        ("uk", "250 млн дол.", "'дол.' can be USD, CAD, AUD, NZD, HKD, SGD"),
        ("fr", "5 livres", "'livres' can be GBP, EGP, LBP"),
        ("pl", "5 mln dolarów", "'dolarów' can be USD, CAD, AUD, NZD, HKD, SGD"),
        ("pl", "5 koron", "'koron' can be DKK, NOK, SEK, CZK, ISK"),
        ("de", "", "an amount is empty: write it like 1,6 mrd GBP"),
        ("uk", "мільярд євро", "'мільярд євро' holds no number: write it in digits, like 1,6 млрд GBP"),
    ],
)
def test_what_is_not_one_amount_is_refused_in_the_notation_of_its_language(tag, text, message):
    with pytest.raises(AmountError) as caught:
        read(text, notation(tag))
    assert caught.value.message.startswith(message)


# No text means two amounts


@pytest.mark.parametrize("kind", ["scales", "symbols", "names", "firmness"])
def test_a_word_that_is_read_in_two_of_the_languages_is_the_same_in_both(kind):
    """Every word and sign: a country may settle one, a language without a country never reads it otherwise."""
    meanings: dict[str, dict[object, str]] = {}
    for tag in LANGUAGES:
        for word, found in getattr(notation(tag), kind).items():
            if kind == "firmness" or len(found) == 1:
                meanings.setdefault(word, {})[found] = tag
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_a_figure_that_is_read_in_two_locales_is_the_same_in_both():
    """Every figure of up to three groups of up to four digits between any marks, of yen, pounds and dinars."""
    marks = ("", ".", ",", " ", "'", "\N{NARROW NO-BREAK SPACE}")
    groups = ("1", "60", "600", "6000")
    figures = {
        first + mark + second + other + third
        for first, mark, second, other, third in product(groups, marks, groups, marks, ("", "60", "600"))
    }
    for figure, code in product(sorted(figures), ("JPY", "GBP", "KWD")):
        readings = {tag: amount for tag in MARKS if (amount := accepted(f"{figure} {code}", tag))}
        assert len(set(readings.values())) <= 1, (figure, code, readings)


TEXTS = st.builds(
    "{}{}{}{} {} {}".format,
    st.sampled_from(("", "до ", "do ", "ca. ", "über ")),
    st.integers(1, 9999),
    st.sampled_from((".", ",", "", " ")),
    st.sampled_from(("", "5", "50", "500", "5000")),
    st.sampled_from(sorted({word for tag in LANGUAGES for word in notation(tag).scales} | {""})),
    st.sampled_from(("EUR", "zł", "€", "грн", "euros", "фунтів", "dollars", "$", "Franken", "JPY", "KWD")),
)


@given(TEXTS)
@example("5 bn EUR")
@example("1,600 KWD")
@example("1.600 JPY")
def test_a_text_that_is_read_in_two_of_the_languages_is_the_same_amount_in_both(text):
    readings = {tag: amount for tag in LANGUAGES if (amount := accepted(text, tag))}
    assert len(set(readings.values())) <= 1, readings


def accepted(text, tag):
    """What a text is read as in a locale, or None where it is refused."""
    try:
        return read_promise(text, notation(tag))
    except LedgerError:
        return None
