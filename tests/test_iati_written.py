"""IATI activities as they are written: valid, by the standard's lists and rules, and true to the book."""

import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from lxml import etree

from ledger.formats.iati import codes
from ledger.formats.iati.written.content import Reporter
from ledger.formats.iati.written.markup import Node, written
from ledger.pledge import Instrument, Purpose, Terms
from tests.everything import filled, opened
from tests.hostile_texts import TEXTS
from tests.iati_written_words import (
    EXTENSION,
    TESTER,
    activities,
    activity,
    faults,
    first,
    needs_schema,
    told,
    transactions,
)
from tests.many_currencies import many_currencies
from tests.peers import as_golden, kept_small
from tests.strategies import texts
from tests.test_iati_real import PUBLISHED, code_list, needs_published
from tests.world import (
    MISSILE,
    allocate,
    amend,
    announce,
    call,
    cancel,
    commit,
    disburse,
    forgive,
    register_item,
    register_party,
    repay,
    reverse,
    revise,
    selection,
)

GOLDEN = Path(__file__).parent / "golden" / "small.iati.xml"


@pytest.fixture(scope="module")
def books(empty_book, tmp_path_factory):
    """A book in which everything has happened, and one of many currencies, only to be read."""
    folder = tmp_path_factory.mktemp("books")
    with opened(filled(empty_book, folder)) as full, opened(many_currencies(folder / "many.db")) as many:
        yield {"everything": full, "many currencies": many}


each_book = pytest.mark.parametrize("name", ["everything", "many currencies"])


# By the standard


@needs_schema
@each_book
def test_a_file_is_valid_by_the_standard_s_schema(books, name):
    assert faults(told(books[name])[0]) == []


@needs_published
@each_book
def test_every_code_is_in_its_list(books, name):
    """The standard says itself which list each attribute is of."""
    root = etree.fromstring(told(books[name])[0].encode())
    found = 0
    for mapping in etree.parse(str(PUBLISHED / "codelists-embedded" / "mapping.xml")).iter("mapping"):
        path, condition = mapping.findtext("path"), mapping.findtext("condition")
        element, _, attribute = path.rpartition("/@")
        values = root.xpath(f"{element}[{condition}]/@{attribute}" if condition else path)
        name = mapping.find("codelist").get("ref")
        if values and name != "FileFormat":  # which is that of media types, and not among the files at hand
            found += 1
            assert set(values) <= code_list(name).keys(), path
    assert found >= 18


@needs_published
def test_every_code_that_could_be_written_is_in_its_list_and_in_use():
    lists = {
        "FinanceType": {*codes.FINANCE_TYPE.values(), codes.FORGIVEN, codes.FORGIVEN_EXPORT_CREDIT},
        "FlowType": {codes.EXPORT_CREDITS, codes.MILITARY_FLOW},
        "SectorCategory": set(codes.SECTORS.values()),
        "SectorVocabulary": {codes.SECTOR_VOCABULARY},
        "RegionVocabulary": {codes.OWN_REGIONS},
        "AidType": {codes.GENERAL_BUDGET_SUPPORT, codes.PROJECT},
        "CollaborationType": {codes.BILATERAL},
        "OrganisationRole": {codes.FUNDS, codes.EXTENDS, codes.IMPLEMENTS},
        "ActivityStatus": {codes.PIPELINE, codes.IMPLEMENTATION, codes.FINALISATION, codes.CLOSED, codes.WITHDRAWN},
        "ActivityDateType": {codes.START_PLANNED, codes.START_ACTUAL, codes.END_ACTUAL},
        "DocumentCategory": {codes.WEB_PAGE},
        "RelatedActivityType": {codes.PARENT},
    }
    for name, used in lists.items():
        known = code_list(name)
        assert {code for code in used if code not in known or known[code][1]} == set(), name
    assert code_list("OrganisationType").keys() == codes.ORGANISATION_TYPES
    assert set(codes.FINANCE_TYPE) == set(Instrument)
    assert set(codes.SECTORS) == set(Purpose)
    assert {codes.FORGIVEN, codes.FORGIVEN_EXPORT_CREDIT} <= codes.FORGIVING


@each_book
def test_a_file_keeps_the_standard_ruleset(books, name):
    """Those of its rules that concern what is written here, in our own words."""
    text = told(books[name])[0]
    assert len(set(re.findall("<iati-identifier>(.*)</iati-identifier>", text))) == text.count("<iati-activity ")
    for one in activities(books[name]):
        dates = {str(found.get("type")): str(found.get("iso-date")) for found in one.iter("activity-date")}
        assert dates.keys() & {"1", "2"}
        assert dates.get("2", "") <= dates.get("4", "9999")
        references = [
            one.findtext("iati-identifier"),
            *(found.get("ref") for found in one.iter() if found.tag.endswith("-org")),
        ]
        assert not [ref for ref in references if ref and re.search(r"[/&|?]", ref)]
        assert one.get("{http://www.w3.org/XML/1998/namespace}lang")
        assert len(one.findall("recipient-country") + one.findall("recipient-region")) == 1
        assert sum(int(str(found.get("percentage"))) for found in one.iter("sector")) == 100
        for found in (*one.iter("participating-org"), *one.iter("provider-org"), *one.iter("receiver-org")):
            assert found.findtext("narrative")
        references = [found.get("ref") for found in one.iter("transaction")]
        assert len(set(references)) == len(references)
        assert all(value.get("currency") for value in one.iter("value"))


# True to the book


def test_a_file_is_what_it_was(empty_book, tmp_path):
    with kept_small(empty_book, tmp_path) as book:
        text = told(book, reporter=Reporter(book.uid, "The small book"))[0]
        assert as_golden(text, book) == GOLDEN.read_text(encoding="utf-8")


@each_book
def test_the_same_book_gives_the_same_bytes(books, name):
    assert told(books[name]) == told(books[name])


def test_each_stage_is_a_transaction_of_its_type(book):
    loan = announce(book, "DE", "100 EUR", instrument="loan", on="2025-01-01")
    commit(book, loan, "60 EUR", on="2025-01-02")
    allocate(book, loan, "10 EUR", on="2025-01-03")
    disburse(book, loan, "50 EUR", on="2025-01-04")
    repay(book, loan, "20 EUR", on="2025-01-05")
    forgive(book, loan, "5 EUR", on="2025-01-06")
    cancel(book, loan, "15 EUR", on="2025-01-07")
    assert transactions(activity(book, loan)) == [
        ("2025-01-01", "12", "100.00 EUR"),
        ("2025-01-02", "2", "60.00 EUR"),
        ("2025-01-04", "3", "50.00 EUR"),
        ("2025-01-05", "6", "20.00 EUR"),
        ("2025-01-06", "618", "5.00 EUR"),
        ("2025-01-07", "12", "-15.00 EUR"),
    ]


def test_a_delivery_from_what_is_only_pledged_is_committed_with_it(book):
    grant = announce(book, "GB", "100 GBP", on="2025-01-01")
    disburse(book, grant, "40 GBP", on="2025-01-02")
    assert transactions(activity(book, grant))[1:] == [
        ("2025-01-02", "2", "40.00 GBP"),
        ("2025-01-02", "3", "40.00 GBP"),
    ]


def test_a_guarantee_is_committed_as_one_and_called_as_a_disbursement(book):
    guarantee = announce(book, "US", "30 USD", instrument="guarantee", stage="committed", on="2025-01-01")
    call(book, guarantee, "10 USD", on="2025-01-02")
    assert [kind for _, kind, _ in transactions(activity(book, guarantee))] == ["12", "10", "3"]


def test_what_is_reversed_is_taken_back_by_less_than_nothing(book):
    grant = announce(book, "GB", "100 GBP", on="2025-01-01")
    made = disburse(book, grant, "40 GBP", on="2025-01-02")
    reverse(book, made.entry.number)
    assert transactions(activity(book, grant))[3:] == [
        ("2025-01-02", "3", "-40.00 GBP"),
        ("2025-01-02", "2", "-40.00 GBP"),
    ]


def test_a_delivery_before_its_promise_is_promised_on_its_day(book):
    late = announce(book, "GB", "100 GBP", on="2025-02-01")
    disburse(book, late, "40 GBP", on="2025-01-02")
    found = activity(book, late)
    assert transactions(found) == [
        ("2025-01-02", "12", "40.00 GBP"),
        ("2025-01-02", "2", "40.00 GBP"),
        ("2025-01-02", "3", "40.00 GBP"),
        ("2025-02-01", "12", "60.00 GBP"),
    ]
    assert "pledges drawn on before their day, as promised then (1)" in told(book)[1][0]


def test_a_transaction_names_its_entry_and_its_note(book):
    grant = announce(book, "NO", "100 GBP", "7 EUR", on="2025-01-01")
    made = commit(book, grant, "40 GBP", on="2025-01-02", note="<so> & «так»")
    last = list(activity(book, grant).iter("transaction"))[-1]
    assert last.get("ref") == f"{made.entry.number}-committed-GBP"
    assert last.findtext("description/narrative") == "<so> & «так»"
    assert [last.findtext(f"{tag}/narrative") for tag in ("provider-org", "receiver-org")] == ["Norway", "Ukraine"]


def test_an_activity_is_as_new_as_the_last_entry_about_it(book, clock):
    grant = announce(book, "NO", "100 GBP", on="2025-01-01")
    clock.turn_to("2025-04-01")
    amend(book, grant, title="Renamed")
    assert str(activity(book, grant).get("last-updated-datetime")).startswith("2025-04-01")


def test_what_is_repaid_goes_from_whoever_received_it(book):
    loan = announce(book, "GB", "100 GBP", instrument="loan", on="2025-01-01")
    disburse(book, loan, on="2025-01-02")
    repay(book, loan, "1 GBP", on="2025-01-03")
    last = list(activity(book, loan).iter("transaction"))[-1]
    assert last.findtext("provider-org/narrative") == "Ukraine"


@pytest.mark.parametrize(
    ("moves", "status", "dates"),
    [
        ((), "1", {"1": "2025-01-01"}),
        ((("commit", "1 GBP"),), "2", {"2": "2025-01-01"}),
        ((("disburse", "100 GBP"),), "3", {"2": "2025-01-01"}),
        ((("disburse", "100 GBP"), ("repay", "100 GBP")), "4", {"2": "2025-01-01", "4": "2025-01-03"}),
        ((("cancel", "100 GBP"),), "5", {"1": "2025-01-01", "4": "2025-01-02"}),
    ],
)
def test_how_far_an_activity_has_come(book, moves, status, dates):
    step = {"commit": commit, "disburse": disburse, "repay": repay, "cancel": cancel}
    loan = announce(book, "GB", "100 GBP", instrument="loan", on="2025-01-01")
    for day, (kind, amount) in enumerate(moves, 2):
        step[kind](book, loan, amount, on=f"2025-01-0{day}")
    found = activity(book, loan)
    assert first(found, "activity-status").get("code") == status
    assert {one.get("type"): one.get("iso-date") for one in found.iter("activity-date")} == dates


def test_a_loan_states_its_terms_and_what_is_owed(book):
    terms = Terms(interest="1.25", grace=2, maturity=30, payments=2, repayment="1")
    loan = announce(book, "GB", "100 GBP", instrument="loan", on="2024-02-29", terms=terms)
    disburse(book, loan, "40 GBP", on="2025-01-02")
    repay(book, loan, "10 GBP", on="2025-01-03")
    found = first(activity(book, loan), "crs-add")
    assert first(found, "loan-terms").get("rate-1") == "1.25"
    said = [(one.tag, *one.attrib.values()) for one in first(found, "loan-terms")]
    assert said == [
        ("repayment-type", "1"),
        ("repayment-plan", "2"),
        ("commitment-date", "2025-01-02"),
        ("repayment-first-date", "2027-01-02"),
        ("repayment-final-date", "2055-01-02"),
    ]
    status = first(found, "loan-status")
    assert status.attrib == {"year": "2025", "currency": "GBP", "value-date": "2025-03-02"}
    assert status.findtext("principal-outstanding") == "30.00"


def test_what_iati_has_no_place_for_is_told_in_words_and_counted(book):
    register_item(book)
    register_party(book, "FUND-7", "Fund 7")
    pledge = announce(
        book,
        "NO",
        "up_to 30 GBP, firm 10 GBP",
        f"at_least 50 {MISSILE}",
        instrument="export_credit",
        max_exposure="56 GBP",
        stated=("40 USD",),
        lender="FUND-7",
        obligor="UA",
        repayment_source="era",
        terms=Terms(payments=3),
        on="2025-01-01",
    )
    disburse(book, pledge, "1 GBP", f"20 {MISSILE}", on="2025-01-02", paid="1.20 EUR")
    found, notes = activity(book, pledge), told(book)[1]
    assert found.findtext("description/narrative") == (
        "Military aid, export credit, announced on 2025-01-01 by Norway for Ukraine."
        " The promise in GBP is up to, of which 10.00 GBP firm. The promise in air-defence-missile is at least."
        " Promised are 50 air-defence-missile, of which 20 delivered. Its source states it as 40.00 USD."
        " The exposure is at most 56.00 GBP. The lender is Fund 7. The obligor is UA. It is repaid from era."
        " Payments a year: 3."
    )
    left_out, in_words = notes
    assert left_out == "left out: payments in another currency (1)"
    assert in_words == (
        "in words only: pledges of items (1), pledges that say how firm they are (1),"
        " pledges with stated equivalents or exposure (1), pledges with a lender, obligor or payments a year (1)"
    )


def test_citations_are_documents_each_address_once(book):
    grant = announce(book, "GB", "1 GBP", on="2025-01-01", cite="https://example.org/a b?c=«1»|2&d=%20#e")
    commit(book, grant, on="2025-01-02", cite="https://example.org/final.PDF?x=1")
    disburse(book, grant, on="2025-01-03", cite="https://example.org/final.PDF?x=1")
    links = list(activity(book, grant).iter("document-link"))
    assert [(one.get("url"), one.get("format")) for one in links] == [
        ("https://example.org/a%20b?c=%C2%AB1%C2%BB%7C2&d=%20#e", "text/html"),
        ("https://example.org/final.PDF?x=1", "application/pdf"),
    ]


def test_instalments_are_planned_disbursements(book):
    loan = announce(book, "GB", "100 GBP", instrument="loan", on="2025-01-01", schedule={"2025-06-01": "40 GBP"})
    (due,) = activity(book, loan).iter("planned-disbursement")
    assert (first(due, "period-start").get("iso-date"), due.findtext("value")) == ("2025-06-01", "40.00")


def test_a_group_or_a_region_that_receives_is_no_country(book):
    register_party(book, "DAC-89", "Europe, regional", "group")
    register_party(book, "UN-150", "Europe", "group")
    found = [
        first(activity(book, announce(book, "GB", "1 GBP", recipient=code)), "recipient-region").attrib
        for code in ("DAC-89", "UN-150", "EU")
    ]
    assert [(one["code"], one["vocabulary"]) for one in found] == [("89", "1"), ("150", "2"), ("EU", "99")]


def test_a_withdrawn_pledge_is_left_out_and_an_undisclosed_one_is_not(book):
    withdrawn = announce(book, "GB", "1 GBP")
    reverse(book, 2)
    unknown = announce(book, "NO")
    text, notes = told(book)
    assert withdrawn not in text
    assert transactions(activity(book, unknown)) == []
    assert notes == ["left out: withdrawn pledges (1)"]


@pytest.mark.parametrize("title", TEXTS)
def test_whatever_a_title_says_it_stays_a_text(book, title):
    pledge = announce(book, "GB", "1 GBP", title=title, package=title)
    found = activity(book, pledge)
    assert found.findtext("title/narrative") == title
    assert first(found, EXTENSION).get("package") == title


@given(texts())
def test_any_text_makes_an_element_and_an_attribute_that_others_read(text):
    told_of = "".join(written(Node("a", {"b": text}, text)))
    found = ET.fromstring(told_of)  # noqa: S314 - our own element
    fit = re.sub("[\ufffe\uffff]", "\ufffd", text)
    assert (found.text, found.get("b")) == (fit, fit)


def test_only_what_is_asked_for_is_written(book):
    old = announce(book, "GB", "100 GBP", "5 EUR", on="2024-01-01")
    new = announce(book, "DE", "100 EUR", on="2025-02-01")
    commit(book, old, "10 GBP", on="2025-02-02")
    revise(book, old, "6 EUR", on="2025-02-03")

    def found(**filters):
        chosen = activities(book, selection(**filters))
        return {str(one.findtext("iati-identifier")).removeprefix("XA-TEST-"): transactions(one) for one in chosen}

    assert found(donor="DE").keys() == {new}
    assert [kind for _, kind, _ in found(since="2025-02-02")[old]] == ["2", "12"]
    assert found(until="2025-01-31").keys() == {old}
    assert [value for *_, value in found(currency="EUR")[old]] == ["5.00 EUR", "1.00 EUR"]
    assert len(found(known_at=2)) == 1


def test_whoever_reports_its_own_pledge_is_no_secondary_reporter(book):
    register_party(book, "XA-TEST", "Those who test")
    own, others = announce(book, "XA-TEST", "1 GBP"), announce(book, "GB", "1 GBP")
    reporting = [first(activity(book, pledge), "reporting-org") for pledge in (own, others)]
    assert [one.get("secondary-reporter") for one in reporting] == ["0", "1"]
    assert {(one.get("ref"), one.get("type"), one.findtext("narrative")) for one in reporting} == {
        (TESTER.ref, TESTER.type, TESTER.name)
    }


def test_amounts_keep_every_digit(books):
    values = [Fraction(str(one.text)) for found in activities(books["many currencies"]) for one in found.iter("value")]
    assert Fraction("6000000000000000001") in values
    assert Fraction("9007199254740.993") in values
