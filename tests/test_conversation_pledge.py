"""The conversation of ``pledge add``: the pledges of 2 March 2025, defaults, what is refused at once, what is shown."""

import shlex

import pytest

from cli.conversation.pledge import NewPledge
from cli.main import run
from tests import places
from tests.everything import opened
from tests.talking import SHIFT_TAB, interrupted, talked
from tests.world import (
    MISSILE,
    announce,
    close,
    entries,
    last_number,
    make_book,
    records,
    register_item,
    register_party,
    reverse,
    stages,
)

LOAN = (
    *("UK", "£2.26bn", "", "military", "loan", "era", "GB", "2024-10-22", "ERA loan"),
    *("https://example.org/loan", "repaid from the profits", "House of Commons", "official", "y"),
)
MISSILES = (
    *("", "up to £1.6bn", "1.16bn GBP", f"5000+ {MISSILE}", "", "export", "ukef", "", "2025-03-02", "Missiles"),
    *("https://example.org/ukef", "maximum liability approx 2.9bn", "Trade Review", "press", "y"),
)
MISSILES_IN_UKRAINIAN = (
    *("велика британія", "до 1,6 млрд фунтів стерлінгів", "1,16 млрд GBP", f"5000+ {MISSILE}", "military"),
    *("export_credit", "ukef", "", "02.03.2025", "Ракети", "https://example.org/ukef", "", "", "", "yes"),
)
SHORT = ("GB", "100 GBP", "", "military", "loan", "", "", "", "", "", "", "y")
"""One hundred pounds, with nothing but what has to be said: a loan, so that the lender is asked for."""


def facts(book, pledge):
    return book.facts(pledge).facts()


def test_the_loan_and_the_missiles_are_recorded_as_the_command_line_records_them(book):
    loan, _ = talked(NewPledge, book, *LOAN)
    register_item(book)
    missiles, _ = talked(NewPledge, book, *MISSILES)
    assert (loan.entry.pledge, missiles.entry.pledge) == ("GB-2024-0001", "GB-2025-0001")
    assert facts(book, "GB-2025-0001") == {
        "id": "GB-2025-0001",
        "donor": "GB",
        "recipient": "UA",
        "on": "2025-03-02",
        "purpose": "military",
        "instrument": "export_credit",
        "source": "ukef",
        "title": "Missiles",
        "holds": [
            {"commodity": "GBP", "firmness": "up_to", "firm": "1160000000.00 GBP"},
            {"commodity": MISSILE, "firmness": "at_least"},
        ],
    }
    assert stages(book, "GB-2025-0001") == {"pledged": f"1600000000.00 GBP, 5000 {MISSILE}"}
    (cited,) = loan.entry.citations
    assert (cited.url, cited.quote) == ("https://example.org/loan", "repaid from the profits")
    assert (cited.publisher, cited.official) == ("House of Commons", True)
    assert facts(book, "GB-2024-0001")["lender"] == "GB"


def test_the_missiles_are_recorded_in_ukrainian_too(book):
    register_item(book)
    found, _ = talked(NewPledge, book, *MISSILES_IN_UKRAINIAN, locale="uk")
    assert (found.entry.pledge, found.entry.on.isoformat()) == ("GB-2025-0001", "2025-03-02")
    assert stages(book, "GB-2025-0001") == {"pledged": f"1600000000.00 GBP, 5000 {MISSILE}"}
    assert book.facts("GB-2025-0001").hold(found.entry.postings[0].amount.commodity).firmness == "up_to"


def test_the_line_it_teaches_records_the_same_in_another_book(book, tmp_path, capsys):
    register_item(book)
    copy = places.copied(places.path_of(book), tmp_path / "other.db")
    found, _ = talked(NewPledge, book, "GB", *MISSILES[1:4], "military", *MISSILES[5:])
    words = shlex.split(capsys.readouterr().err.partition("in one line: ")[2])
    assert words[:2] == ["aidledger", "pledge"]
    words[words.index("--book") + 1] = copy
    assert run(words[1:]) == 0
    with opened(tmp_path / "other.db") as other:
        again = entries(other)[-1]
    assert again.facts == found.entry.facts
    assert (again.postings, again.citations) == (found.entry.postings, found.entry.citations)


# Defaults


def test_the_answers_of_the_last_pledge_are_the_next_ones_defaults(book):
    talked(NewPledge, book, *LOAN)
    _, somebody = talked(
        NewPledge, book, "", "1 GBP", "", "", "", "", "", "", "", "https://example.org/b", "", "", "", "y"
    )
    assert somebody.prompts == [
        "Donor [GB, United Kingdom]",
        "Amount",
        "Firmness [exact]",
        "Purpose [military]",
        "Instrument [loan]",
        "Source of funds [era]",
        "Lender [-]",
        "Date [2024-10-22]",
        "Title [-]",
        "Citation (address) [-]",
        "Quote [-]",
        "Publisher [House of Commons]",
        "Official or press [official]",
        "Record this? [yes]",
    ]
    assert facts(book, "GB-2024-0002")["source"] == "era"


def test_a_pledge_that_was_reversed_gives_no_defaults(book):
    announce(book, "NO", "1 GBP", on="2025-01-01")
    announce(book, "DE", "1 GBP", on="2025-02-01")
    reverse(book, last_number(book))
    assert interrupted(NewPledge, book).prompts == ["Donor [NO, Norway]"]


def test_the_first_pledge_of_a_book_has_today_for_its_default_and_nothing_else(book):
    _, somebody = talked(NewPledge, book, *SHORT)
    assert somebody.prompts[0] == "Donor"
    assert "Date [2025-03-02]" in somebody.prompts


# What is asked, and when


def test_an_amount_that_says_how_firm_it_is_is_not_asked_for_it(book):
    _, somebody = talked(NewPledge, book, "GB", "5000+ EUR", "other", "grant", "", "", "", "", "", "y")
    assert "Firmness [exact]" not in somebody.prompts
    assert "firmness EUR: at least" in somebody.heard


def test_an_undisclosed_amount_is_asked_for_neither_firmness_nor_parts(book):
    found, somebody = talked(NewPledge, book, "GB", "undisclosed", "other", "grant", "", "", "", "", "", "y")
    assert found.entry.postings == ()
    assert somebody.prompts[2] == "Purpose"


def test_pieces_are_asked_for_where_the_book_has_items(book):
    assert "Pieces [-]" not in talked(NewPledge, book, *SHORT)[1].prompts
    register_item(book)
    assert "Pieces [-]" in interrupted(NewPledge, book, "GB", "1 GBP", "").prompts


@pytest.mark.parametrize(("wrong", "said"), [("5 GBP", "5.00 GBP is money"), ("undisclosed", "holds no number")])
def test_pieces_are_no_money(book, wrong, said):
    register_item(book)
    assert said in interrupted(NewPledge, book, "GB", "1 GBP", "", wrong).heard[-1]


def test_what_is_not_repayable_has_no_lender(book):
    _, somebody = talked(NewPledge, book, "GB", "1 GBP", "", "other", "grant", "", "", "", "", "", "y")
    assert "Lender [-]" not in somebody.prompts


def test_a_book_that_requires_citations_asks_for_the_words_where_there_is_no_address(tmp_path, clock):
    with make_book(tmp_path / "strict.db", clock, require_citation=True) as strict:
        answers = ("GB", "1 GBP", "", "other", "grant", "", "", "", "", "", "in these words", "", "", "y")
        found, somebody = talked(NewPledge, strict, *answers)
        assert "! this cannot be left empty" in somebody.heard
        assert found.entry.citations[0].quote == "in these words"


def test_several_donors_are_asked_for_their_shares(book):
    answers = ("GB, norway,DK", "1bn EUR", "1,1", "50,30,20", "", "military", "grant", "", "", "", "", "", "y")
    found, somebody = talked(NewPledge, book, *answers)
    assert "Shares of GB,NO,DK [1,1,1]" in somebody.prompts
    assert sum(line.startswith("! --share '1,1'") for line in somebody.heard) == 1
    assert found.entry.subjects == ("GB-2025-0001", "NO-2025-0001", "DK-2025-0001")
    assert [stages(book, pledge)["pledged"] for pledge in found.entry.subjects] == [
        "500000000.00 EUR",
        "300000000.00 EUR",
        "200000000.00 EUR",
    ]


# What is refused at once, and asked again


@pytest.mark.parametrize(
    ("before", "wrong", "said"),
    [
        ((), "Utopia", "neither a country"),
        ((), "Korea", "'Korea' can be KP, KR: write one of these"),
        (("GB",), "1bn", "does not say of what"),
        (("GB",), "5 missiles", "neither a currency nor a registered item"),
        (("GB", "up to 5 GBP"), "6 GBP", "must lie between nothing and the amount"),
        (("GB", "1 GBP"), "firmly", "choose from exact, up to, at least, about"),
        (("GB", "1 GBP", ""), "weapons", "choose from military"),
        (("GB", "1 GBP", "", "other"), "g", "'g' can be grant, guarantee"),
        (("GB", "1 GBP", "", "other", "grant"), "treasury", "'treasury' is not a registered funding source"),
        (("GB", "1 GBP", "", "other", "grant", ""), "2025-02-30", "2025-02-30"),
        (("GB", "1 GBP", "", "other", "grant", "", ""), "a\x1b[2J", "control character"),
        (("GB", "1 GBP", "", "other", "grant", "", "", ""), "page 3", "is no web address"),
    ],
)
def test_an_answer_is_refused_at_once_and_stays_to_be_edited(book, before, wrong, said):
    somebody = interrupted(NewPledge, book, *before, wrong)
    refusals = [line for line in somebody.heard if line.startswith("! ")]
    assert len(refusals) == 1
    assert said in refusals[0]
    assert somebody.drafts[-1] == wrong
    assert last_number(book) == 1


def test_parties_are_known_by_name_in_the_users_language_and_in_english(book):
    register_party(book, "CZI", "The Czech initiative", "group")
    for name, locale, code in (
        ("Сполучене Королівство", "uk", "GB"),
        ("Poland", "uk", "PL"),
        ("Deutschland", "de", "DE"),
        ("the czech initiative", "en", "CZI"),
        ("eu", "en", "EU"),
    ):
        found, _ = talked(NewPledge, book, name, *SHORT[1:], locale=locale)
        assert book.facts(str(found.entry.pledge)).donor == code


def test_what_only_the_whole_entry_shows_is_refused_before_it_is_recorded_and_can_be_mended(book):
    answers = ("GB", "1 GBP", "", "other", "grant", "", "2025-02-28", "", "", "")
    close(book, "2025-02")
    before = last_number(book)
    _, somebody = talked(NewPledge, book, *answers, *(SHIFT_TAB,) * 3, "2025-03-02", "", "", "", "y")
    assert any(line.startswith("! ") and "closed" in line for line in somebody.heard)
    assert last_number(book) == before + 1


# What is shown, and confirmed


def test_the_entry_is_shown_with_its_postings_and_its_value_before_it_is_recorded(book):
    register_item(book)
    _, somebody = talked(NewPledge, book, "GB", *MISSILES[1:4], "military", *MISSILES[5:])
    shown = "\n".join(somebody.heard)
    assert "GB-2025-0001 pledged 1600000000.00 -" in shown
    assert "GB-2025-0001 undertaking - 1600000000.00" in shown
    assert "1,600,000,000.00 GBP is worth 1,936,858,415.65 EUR (rate of 2025-02-28, ecb)" in shown


def test_where_there_is_no_rate_it_says_so(book):
    answers = ("UA", "5bn UAH", "", "other", "grant", "", "", "", "", "", "y")
    _, somebody = talked(NewPledge, book, *answers)
    (said,) = [line for line in somebody.heard if "has no value in EUR" in line]
    assert "UAH" in said


def test_the_likely_earlier_announcement_and_the_repeated_quote_are_pointed_out_before_it_is_recorded(book):
    talked(NewPledge, book, *LOAN)
    before = last_number(book)
    answers = ("", "£2.26bn", "", "", "", "", "", "", "Loan", "", "Repaid from the  profits", "", "", "no")
    somebody = interrupted(NewPledge, book, *answers)
    warnings = [line for line in somebody.heard if line.startswith("warning: ")]
    assert any("GB-2024-0001" in line and "once more" in line for line in warnings)
    assert any("the same quote" in line for line in warnings)
    assert last_number(book) == before


def test_warnings_that_were_shown_are_not_said_again(book):
    talked(NewPledge, book, *SHORT)
    found, somebody = talked(NewPledge, book, "", "100 GBP", *SHORT[2:])
    assert any(line.startswith("warning: ") for line in somebody.heard)
    assert found.problems == ()


def test_back_from_the_last_question_leads_to_the_answers(book):
    found, somebody = talked(NewPledge, book, *SHORT[:-1], "back", SHIFT_TAB, SHIFT_TAB, "A title", "", "", "y")
    assert somebody.prompts[-4:] == ["Title [-]", "Citation (address) [-]", "Quote [-]", "Record this? [yes]"]
    assert book.facts(str(found.entry.pledge)).title == "A title"


def test_no_records_nothing(book):
    interrupted(NewPledge, book, *SHORT[:-1], "no")
    assert last_number(book) == 1


def test_an_interruption_at_any_question_records_nothing(book):
    for answered in range(len(SHORT)):
        interrupted(NewPledge, book, *SHORT[:answered])
    assert last_number(book) == 1
    assert records(book.pledges()) == []


# What is offered


@pytest.mark.parametrize(
    ("locale", "before", "typed", "offered"),
    [
        ("uk", (), "Вел", "GB"),
        ("de", (), "Verein", "GB"),
        ("en", (), "gb", "GB"),
        ("en", (), "GB, Norw", "NO"),
        ("en", (), "European Inv", "EIB"),
        ("uk", ("GB",), "1 євр", "EUR"),
        ("en", ("GB",), "1bn US D", "USD"),
        ("en", ("GB", "1 GBP", "", "other", "grant"), "export fin", "ukef"),
    ],
)
def test_names_are_offered_as_they_are_typed(book, locale, before, typed, offered):
    somebody = interrupted(NewPledge, book, *before, typed, locale=locale)
    assert offered in somebody.offered[len(before)]
