"""Days as people of a locale write them: read in one way, or refused with what else they could mean."""

# ruff: noqa: RUF001 - Ukrainian letters are no Latin ones

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.locale import Language
from ledger.locale.days import _months, read_day
from tests.commandline import ADD, SMALL, done, refused, rows

BOOK = SMALL
LANGUAGES = ("en", "uk", "de", "fr", "pl")
LOCALES = (*LANGUAGES, "en_GB", "en_US", "uk_UA", "de_AT", "de_CH", "fr_CA", "fr_CH", "pl_PL", "es", "hu", "ja", "cs")
DAYS = st.dates(date(1000, 1, 1), date(9998, 12, 31))
SECOND_OF_MARCH = date(2025, 3, 2)


def refusal(text, tag):
    with pytest.raises(InputError) as caught:
        read_day(text, tag)
    return caught.value.message


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "2025-03-02"),
        ("en", "2 March 2025"),
        ("en", "2nd March 2025"),
        ("en", "March 2, 2025"),
        ("en_GB", "02/03/2025"),
        ("en_GB", "2 Mar 2025"),
        ("en_IE", "2/3/2025"),
        ("en_US", "03/02/2025"),
        ("en_US", "Mar 2, 2025"),
        ("uk", "02.03.2025"),
        ("uk", "2.3.2025"),
        ("uk", "2 березня 2025 р."),
        ("uk", "2 березня 2025\N{NARROW NO-BREAK SPACE}р."),
        ("uk", "2 березня 2025 року"),
        ("uk", "2 бер. 2025"),
        ("uk", "2 Березень 2025"),
        ("uk", "2 March 2025"),
        ("de", "02.03.2025"),
        ("de", "2. 3. 2025"),
        ("de", "2. März 2025"),
        ("de", "2 MÄRZ 2025"),
        ("de", "2. Ma\u0308rz 2025"),
        ("fr", "02/03/2025"),
        ("fr", "2 mars 2025"),
        ("fr_CH", "02.03.2025"),
        ("pl", "02.03.2025"),
        ("pl", "2 marca 2025"),
        ("pl", "2 marca 2025 r."),
        ("pl", "2 mar 2025"),
        ("es", "2 de marzo de 2025"),
        ("hu", "2025. március 2."),
        ("ja", "2025年3月2日"),
    ],
)
def test_a_day_is_read_as_its_language_writes_it(tag, text):
    assert read_day(text, tag) == SECOND_OF_MARCH


def test_a_country_has_its_own_names_of_months():
    assert read_day("2. Jänner 2025", "de_AT") == read_day("2. Januar 2025", "de_AT") == date(2025, 1, 2)
    assert read_day("1er août 2025", "fr") == date(2025, 8, 1)


@pytest.mark.parametrize(
    ("tag", "text"),
    [("en", "02/03/2025"), ("en", "2.3.2025"), ("en_CA", "02/03/2025"), ("de", "02/03/2025"), ("fr", "02.03.2025")],
)
def test_digits_that_are_not_in_the_locales_own_form_are_refused_with_both_readings(tag, text):
    assert refusal(text, tag) == f"'{text}' can be read as 2025-03-02 or as 2025-02-03: write one of these"


@pytest.mark.parametrize(
    ("tag", "text", "message"),
    [
        ("en", "13/03/2025", "'13/03/2025' is not a date: write it as 2025-03-13"),
        ("en", "02/02/2025", "'02/02/2025' is not a date: write it as 2025-02-02"),
        ("de", "2025.03.02", "'2025.03.02' is not a date: write it as 2025-03-02"),
        ("de", "2025-3-2", "'2025-3-2' is not a date: write it as 2025-03-02"),
        ("de", "31.02.2025", "'31.02.2025' is not a date: that day does not exist"),
        ("en_US", "13/03/2025", "'13/03/2025' is not a date: that day does not exist"),
        ("uk", "31 червня 2025", "'31 червня 2025' is not a date: that day does not exist"),
        ("en", "2025-02-29", "'2025-02-29' is not a date: that day does not exist"),
        ("en", "1 January 9999", "'1 January 9999' is not a date: the ledger's days end in 9998"),
        ("de", "02.03.25", "'02.03.25': write the year with four digits, as in 2025-03-02"),
        ("en", "2/3/25", "'2/3/25': write the year with four digits, as in 2025-03-02"),
        ("pl", "2 marca 25", "'2 marca 25': write the year with four digits, as in 2025-03-02"),
        ("de", "02.03.02025", "'02.03.02025': write the year with four digits, as in 2025-03-02"),
        ("en", "yesterday", "'yesterday' is not a date: write it as 2025-03-02 or March 2, 2025"),
        ("de", "heute", "'heute' is not a date: write it as 2025-03-02 or 2. März 2025"),
        ("de", "2. Merz 2025", "'2. Merz 2025' is not a date: write it as 2025-03-02 or 2. März 2025"),
        ("de", "2 marca 2025", "'2 marca 2025' is not a date: write it as 2025-03-02 or 2. März 2025"),
        ("en", "March 2025", "'March 2025' is not a date: write it as 2025-03-02 or March 2, 2025"),
        ("en", "", "'' is not a date: write it as 2025-03-02 or March 2, 2025"),
        ("de", "00.00.2025", "'00.00.2025' is not a date: write it as 2025-03-02 or 2. März 2025"),
    ],
)
def test_what_is_no_day_is_refused_with_what_to_write(tag, text, message):
    assert refusal(text, tag) == message


@given(st.sampled_from(LOCALES), DAYS)
def test_a_day_that_is_shown_is_read_back(tag, day):
    assert read_day(Language(tag).day(day), tag) == day


@given(st.sampled_from(LOCALES), DAYS)
def test_iso_is_read_in_every_locale(tag, day):
    assert read_day(day.isoformat(), tag) == day


@given(DAYS, st.sampled_from("./-"), st.sampled_from(("d{0}m{0}y", "m{0}d{0}y", "y{0}m{0}d")))
@example(SECOND_OF_MARCH, "/", "m{0}d{0}y")
def test_no_day_in_digits_is_read_differently_in_two_of_the_languages(day, mark, order):
    numbers = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year:04}"}
    text = order.format(mark).translate({ord(letter): number for letter, number in numbers.items()})
    assert len({found for tag in LANGUAGES if (found := accepted(text, tag))}) <= 1


def test_no_name_of_a_month_is_of_two_months_in_any_of_the_languages():
    months: dict[str, set[int]] = {}
    for tag in (*LANGUAGES, "de_AT", "fr_CA"):
        for name, month in _months(tag).items():
            months.setdefault(name, set()).add(month)
    assert {name for name, found in months.items() if len(found) > 1} == set()


@given(st.sampled_from(LOCALES), st.one_of(st.text(max_size=30), st.text("0123456789./- rмр.", max_size=14)))
@example("en", "1" * 5000)
@example("de", "2. ﬀ 2025")
def test_no_text_brings_anything_but_a_day_or_a_refusal(tag, text):
    try:
        assert date.min <= read_day(text, tag) <= date.max
    except InputError as refused_it:
        assert refused_it.message  # noqa: PT017 - one of the two outcomes


def accepted(text, tag):
    """The day a text is read as in a locale, or None where it is refused."""
    try:
        return read_day(text, tag)
    except InputError:
        return None


@pytest.mark.usefixtures("desk")
def test_every_option_that_takes_a_day_takes_it_as_the_locale_writes_it():
    words = '--on "2. März 2025" --cite https://example.org/a --published 01.03.2025 --locale de'
    pledge = done(f'pledge add GB "1,6 Mrd. Euro" {ADD} {words}').strip()
    (found,) = rows(f'pledge list --pledge {pledge} --from 02.03.2025 --until "2 березня 2025 р." --locale uk')
    assert (found["on"], found["pledged"]) == ("2025-03-02", "1600000000.00")
    shown = rows(f"pledge show {pledge}")
    assert "2025-03-01" in str(shown)
    assert "01.03.2025" not in str(shown)


@pytest.mark.usefixtures("desk")
def test_an_instalment_and_a_period_stay_in_iso(monkeypatch):
    monkeypatch.delenv("AIDLEDGER_LOCALE")
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_NUMERIC", "de_DE.UTF-8")  # sentences stay English
    monkeypatch.setenv("LC_MESSAGES", "C")
    words = refused(2, f'pledge add GB "5 GBP" {ADD} --schedule "02.03.2025 5 GBP"')
    assert "'02.03.2025' is not a date: write it as 2025-03-02" in words
    assert "write 2025-03-02, 2025-03, 2025-Q1 or 2025" in refused(2, 'journal close "März 2025"')


def test_a_day_that_is_shown_in_the_summer_is_no_other_in_the_winter():
    days = [date(2024, 12, 25) + timedelta(step) for step in range(0, 400, 13)]
    assert [read_day(Language(tag).day(day), tag) for tag in LOCALES for day in days] == days * len(LOCALES)
