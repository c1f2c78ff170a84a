"""Countries and currencies by their names: shown in the user's language, and understood in it."""

# ruff: noqa: RUF001 - Ukrainian letters are no Latin ones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso3166 import countries_by_alpha2

from ledger.errors import InputError
from ledger.locale import Language
from ledger.locale.names import _called, countries, country, currencies, near
from ledger.money import currency
from tests.commandline import ADD, SMALL, refused

BOOK = SMALL
LANGUAGES = ("en", "uk", "de", "fr", "pl")
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_there_is_a_name_for_every_country_and_for_nothing_else(tag):
    assert set(countries(tag)) == set(countries_by_alpha2)
    assert {"EU", "UN", "ZZ", "XA"}.isdisjoint(countries(tag))
    assert all(currency(code).is_currency for code in currencies(tag))
    assert {"GBP", "EUR", "UAH", "USD", "PLN", "KWD"} <= set(currencies(tag))


@pytest.mark.parametrize("tag", [*LANGUAGES, "en_GB", "de_AT", "fr_CA"])
def test_every_country_is_understood_by_the_name_it_is_shown_with(tag):
    for code, name in countries(tag).items():
        assert Language(tag).party(code, "") == name
        for written in (name, name.upper(), f" {name.replace(CURLY, chr(39))} ", code.lower()):
            assert country(written, tag) == (code,), written


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_other_name_of_a_country_is_that_of_two(tag):
    for name, code in _called(tag):
        assert country(name, tag) == (code,)


@pytest.mark.parametrize(
    ("tag", "text", "codes"),
    [
        ("en", "UK", ("GB",)),
        ("en", "Great Britain", ("GB",)),
        ("en", "usa", ("US",)),
        ("en", "Turkiye", ("TR",)),
        ("en", "Ivory Coast", ("CI",)),
        ("uk", "Велика Британія", ("GB",)),
        ("uk", "США", ("US",)),
        ("uk", "United Kingdom", ("GB",)),
        ("uk", "М'янма", ("MM",)),
        ("de", "Großbritannien", ("GB",)),
        ("de", "GROSSBRITANNIEN", ("GB",)),
        ("fr", "Etats-Unis", ("US",)),
        ("fr", "États Unis", ("US",)),
        ("fr", "Royaume-Uni", ("GB",)),
        ("pl", "Niemcy", ("DE",)),
        ("pl", "deu", ("DE",)),
        ("en", "Korea", ("KP", "KR")),
        ("uk", "Корея", ("KP", "KR")),
        ("de", "Kongo", ("CD", "CG")),
        ("en", "Kingdom", ()),
        ("en", "Utopia", ()),
        ("en", "Deutschland", ()),
        ("en", "", ()),
        ("en", "European Union", ()),
    ],
)
def test_a_country_is_understood_by_its_names(tag, text, codes):
    assert country(text, tag) == codes


def test_a_slip_has_names_that_are_near_it():
    assert near("Germny", "en") == {"DE": "Germany"}
    assert near("Німечина", "uk") == {"DE": "Німеччина"}
    assert near("xyz", "en") == {}


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_any_text_means_countries_or_none(text, tag):
    assert set(country(text, tag)) <= set(countries(tag))


def test_an_unknown_locale_is_refused():
    for ask in (countries, currencies, lambda tag: country("GB", tag)):
        with pytest.raises(InputError, match="'tlh' is not a known locale"):
            ask("tlh")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("tag", "donor", "hint"),
    [
        ("en", "Germany", "the code of Germany is DE"),
        ("uk", "Німеччина", "Німеччина"),
        ("en", "Korea", "Korea can be North Korea, KP, or South Korea, KR: write the code"),
        ("en", "Germny", "did you mean Germany? Its code is DE"),
        ("en", "UK", "did you mean GB?"),
        ("en", "Utopia", "aidledger party list shows them"),
    ],
)
def test_a_country_by_name_where_a_code_is_asked_for_is_refused_with_its_code(tag, donor, hint):
    assert hint in refused(1, f"pledge add '{donor}' '5 GBP' {ADD} --locale {tag}")
    assert hint in refused(1, f"report totals --donor '{donor}' --locale {tag}")
