"""Promises: pledges announced."""

import pytest

from ledger.book import Book
from ledger.errors import AmountError, InputError, Refusal, UnknownRecord
from ledger.pledge import Terms
from tests.world import (
    MISSILE,
    Clock,
    accounts,
    announce,
    disburse,
    entries,
    measures,
    money,
    records,
    refuses,
    register_item,
    revise,
)


def test_a_pledge_opens_against_its_undertaking(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    assert accounts(book, pledge) == {"undertaking": "-100.00 GBP", "pledged": "100.00 GBP"}
    assert measures(book) == {"pledged": "100.00", "outstanding": "100.00"}


def test_an_id_is_made_of_donor_year_and_a_running_number(book: Book):
    ids = [announce(book, donor, "1 GBP", on=on) for donor, on in (("GB", "2025-03-02"), ("GB", "2025-01-01"))]
    ids += [announce(book, donor, "1 GBP", on=on) for donor, on in (("GB", "2024-01-01"), ("EU", "2025-03-02"))]
    assert ids == ["GB-2025-0001", "GB-2025-0002", "GB-2024-0001", "EU-2025-0001"]


def test_a_running_number_goes_on_after_an_id_of_the_users_own(book: Book):
    announce(book, "GB", "1 GBP", id="GB-2025-0007")
    assert announce(book, "GB", "1 GBP") == "GB-2025-0008"


def test_the_year_of_an_id_is_that_of_the_announcement(book: Book, clock: Clock):
    clock.turn_to("2027-01-01")
    assert announce(book, "GB", "1 GBP") == "GB-2027-0001"
    assert announce(book, "GB", "1 GBP", on="2024-10-22") == "GB-2024-0001"


def test_an_id_of_the_users_own_is_taken_once(book: Book):
    assert announce(book, "GB", "100 GBP", id="ukef/ракети") == "ukef/ракети"
    with refuses(book, Refusal, "there is a pledge ukef/ракети already", "aidledger pledge show ukef/ракети"):
        announce(book, "GB", "100 GBP", id="ukef/ракети")


@pytest.mark.parametrize("wrong", ["", "two words", "-v", "a\N{NO-BREAK SPACE}b", "x" * 101])
def test_an_id_that_no_command_line_could_name_is_refused(book: Book, wrong):
    with refuses(book, InputError, "cannot be a pledge's id: 1 to 100 characters, no blanks"):
        announce(book, "GB", "100 GBP", id=wrong)


@pytest.mark.parametrize(
    ("party", "hint"),
    [
        ("ZZ", "party add CODE NAME"),
        ("gb", "did you mean GB?"),
        ("UK", "did you mean GB?"),
        ("Britain", "party list shows"),
    ],
)
def test_a_party_is_a_country_by_its_iso_code_or_registered(book: Book, party, hint):
    words = (f"'{party}' is neither a country (ISO 3166-1 alpha-2, such as GB) nor a registered party", hint)
    with refuses(book, UnknownRecord, *words):
        announce(book, party, "100 GBP")
    for role in ("recipient", "lender", "obligor"):
        with refuses(book, UnknownRecord, *words):
            announce(book, "GB", "100 GBP", instrument="loan", **{role: party})


def test_a_source_is_a_registered_one(book: Book):
    words = ("'moon' is not a registered funding source", "aidledger source add CODE NAME adds one")
    with refuses(book, UnknownRecord, *words):
        announce(book, "GB", "100 GBP", source="moon")
    with refuses(book, UnknownRecord, *words):
        announce(book, "GB", "100 GBP", instrument="loan", repayment_source="moon")


def test_the_recipient_is_the_books_unless_it_is_said(book: Book):
    assert book.facts(announce(book, "GB", "100 GBP")).recipient == "UA"
    assert book.facts(announce(book, "GB", "100 GBP", recipient="MD")).recipient == "MD"


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ({"promises": ("5 tank",)}, "tank"),
        ({"stated": ("5 tank",)}, "tank"),
        ({"schedule": {"2025-06-01": "5 tank"}}, "tank"),
        ({"max_exposure": "500 tank"}, "tank"),
    ],
)
def test_every_item_that_a_pledge_names_is_a_registered_one(book: Book, said, unknown):
    with refuses(book, UnknownRecord, f"'{unknown}' is not a registered item"):
        announce(book, "GB", *said.pop("promises", ()), **said)


@pytest.mark.parametrize(
    ("promises", "said", "words"),
    [
        (("0 GBP",), {}, "a promise must be more than nothing, not 0.00 GBP"),
        (("-1 GBP",), {}, "a promise must be more than nothing, not -1.00 GBP"),
        (("1 GBP", "2 GBP"), {}, "the same currency or item is promised twice: add the amounts up"),
        (("1 GBP",), {"stage": "allocated"}, "--stage allocated: a pledge begins as pledged or committed"),
        (("9 USD",), {"max_exposure": "8 USD"}, "--max-exposure 8.00 USD is less than the face, 9.00 USD"),
        (("9 USD",), {"max_exposure": "0 EUR"}, "--max-exposure 0.00 EUR is less than the face, nothing"),
        (("1 GBP",), {"stated": ("0 USD",)}, "an amount must be more than nothing, not 0.00 USD"),
        (("1 GBP",), {"schedule": {"2025-06-01": "-1 GBP"}}, "an amount must be more than nothing, not -1.00 GBP"),
        (("1 GBP",), {"lender": "GB"}, "terms of repayment go with what is repayable, not with a grant"),
        (("1 GBP",), {"repayment_source": "era"}, "terms of repayment go with what is repayable"),
        (("1 GBP",), {"terms": Terms(interest="1.3")}, "terms of repayment go with what is repayable"),
        (("1 GBP",), {"terms": Terms(maturity=10)}, "terms of repayment go with what is repayable"),
    ],
)
def test_a_pledge_that_makes_no_sense_is_refused(book: Book, promises, said, words):
    with refuses(book, InputError, words):
        announce(book, "GB", *promises, **said)


def test_a_promise_beyond_64_bits_or_too_precise_is_refused(book: Book):
    with refuses(book, AmountError, "the most is 92233720368547758.07 GBP"):
        announce(book, "GB", "92233720368547758.08 GBP")
    with refuses(book, AmountError, "0.001 GBP is too precise"):
        announce(book, "GB", "0.001 GBP")


def test_a_pledge_may_begin_as_committed(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    assert accounts(book, pledge) == {"undertaking": "-100.00 GBP", "committed": "100.00 GBP"}


def test_the_firmness_of_each_amount_is_kept_by_itself(book: Book):
    register_item(book)
    pledge = announce(book, "GB", "up_to 1600000000 GBP, firm 1160000000 GBP", f"at_least 5000 {MISSILE}", "5 EUR")
    facts = book.facts(pledge)
    assert [(str(hold.commodity), hold.firmness, hold.firm) for hold in facts.holds] == [
        ("GBP", "up_to", money("1160000000 GBP")),
        (MISSILE, "at_least", None),
    ]
    assert facts.hold(money("5 EUR").commodity).firmness == "exact"


def test_an_undisclosed_pledge_is_recorded_without_postings_counted_and_not_valued(book: Book):
    pledge = announce(book, "GB")
    assert entries(book)[-1].postings == ()
    assert measures(book) == {}
    (row,) = records(book.pledges())
    assert (row["pledge"], row["state"], row["pledged"]) == (pledge, "undisclosed", None)
    assert book.totals().notes == ["1 pledge of undisclosed value is counted, not valued"]


def test_an_undisclosed_pledge_is_valued_once_its_amount_is_revised(book: Book):
    pledge = announce(book, "GB")
    revise(book, pledge, "100 GBP")
    assert measures(book)["pledged"] == "100.00"
    assert book.totals().notes == []


def test_stated_equivalents_are_claims_and_in_no_total(book: Book):
    pledge = announce(book, "GB", "1600000000 GBP", stated=("2000000000 USD",))
    assert book.facts(pledge).stated == (money("2000000000 USD"),)
    assert measures(book, "USD") == {}


def test_a_schedule_says_what_is_overdue_and_what_it_leaves_of_the_promise(book: Book):
    third = "752000000 GBP"
    pledge = announce(
        book,
        "GB",
        "2260000000 GBP",
        instrument="loan",
        on="2024-10-22",
        schedule={"2025-03-01": third, "2026-03-01": third, "2027-03-01": third},
    )
    sheet = records(book.pledge(pledge))
    assert [row["value"] for row in sheet if row["section"] == "residual"] == ["4000000.00"]
    late = [row["overdue"] for row in records(book.pipeline()) if row["stage"] == "pledged"]
    assert late == ["752000000.00"]
    disburse(book, pledge, "752000000 GBP")
    assert {row["overdue"] for row in records(book.pipeline())} == {"0.00"}


def test_a_joint_pledge_is_a_pledge_of_each_donor_in_one_package(book: Book):
    for donor, amount in (("NO", "70 NOK"), ("DK", "30 NOK")):
        announce(book, donor, amount, package="joint-1")
    (row,) = records(book.totals(by=("package",)))
    assert (row["package"], row["pledged"]) == ("joint-1", "100.00")
