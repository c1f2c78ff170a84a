"""IATI activities: a golden file for each case, and every rule by itself."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError, Refusal, Shortage, UnknownRecord
from ledger.formats.iati.read import read
from ledger.pledge import Instrument, Purpose
from ledger.recognition.proposal import Finding, Rejection
from ledger.recognition.steps import Announce, Move, Revise
from tests.iati_words import (
    activities,
    activity,
    findings,
    proposals,
    recorded,
    rejections,
    remarks,
    steps,
    told,
    transaction,
)
from tests.world import Clock, accounts, errors, make_book, stages

CASES = Path(__file__).parent.parent / "fixtures" / "iati"
INPUTS = sorted(CASES.glob("*/input*"))

each_case = pytest.mark.parametrize("path", INPUTS, ids=[path.parent.name for path in INPUTS])


@pytest.fixture
def book(tmp_path):
    return make_book(tmp_path / "book.sqlite", Clock("2026-01-01"))


@pytest.fixture
def file(tmp_path):
    def written(text, name="activities.xml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


def announced(found):
    return [step for step in steps(found) if isinstance(step, Announce)]


def digits(written):
    """The digits that make a code one organisation's own."""
    return sha256(written.encode()).hexdigest()[:8]


@each_case
def test_a_file_becomes_what_is_expected(path):
    expected = (path.parent / "expected.txt").read_text(encoding="utf-8")
    assert "\n".join(map(told, findings(path))) + "\n" == expected


@each_case
def test_reading_twice_finds_the_same(path):
    assert findings(path) == findings(path)


@each_case
def test_every_origin_is_there_once_and_begins_with_the_name_of_the_reader(path):
    origins = [step.evidence.origin for step in steps(findings(path))]
    assert len(set(origins)) == len(origins)
    assert all(origin and origin.startswith("iati:") for origin in origins)


@each_case
def test_every_step_is_recorded_by_a_book(path, book):
    assert recorded(book, path) == len(steps(findings(path)))
    assert errors(book) == []


@each_case
def test_all_of_a_file_has_been_read_in_the_end(path):
    reading = read(path)
    assert reading.done() == 0
    list(reading.findings)
    assert reading.done() == reading.total > 0


def test_a_pledge_goes_through_its_life(book):
    recorded(book, CASES / "life-of-a-pledge" / "input.xml")
    assert accounts(book, "XA-TEST-1") == {
        "undertaking": "-105000.00 EUR",
        "excess": "-300 JPY",
        "pledged": "5000.00 EUR",
        "committed": "49499.99 EUR",
        "disbursed": "50250.01 EUR, 300 JPY",
        "repaid": "250.00 EUR",
    }


def test_a_loan_is_repaid_and_forgiven_and_a_guarantee_called(book):
    recorded(book, CASES / "loan-and-guarantee" / "input.xml")
    assert stages(book, "XA-LOAN-1") == {
        "disbursed": "750000.00 GBP",
        "repaid": "100000.00 GBP",
        "forgiven": "150000.00 GBP",
    }
    assert stages(book, "XA-EXPORT-1:guarantee") == {"called": "30000.00 GBP"}


def test_shares_add_up_to_what_was_shared(book):
    recorded(book, CASES / "several-recipients" / "input.xml")
    shares = [accounts(book, f"XA-SHARED-1:{code}")["undertaking"] for code in ("DAC-89", "MD", "UA")]
    assert shares == ["-25.01 USD", "-25.01 USD", "-50.01 USD"]


def test_a_pledge_states_what_it_adds_to_commitments_that_promise_more(book, file):
    told_of = [("2", "100"), ("12", "50"), ("2", "60"), ("2", "-30"), ("12", "5"), ("12", "-2")]
    path = file(activities(activity(rest="".join(transaction(kind, value) for kind, value in told_of))))
    revised = [(str(step.amount), step.by) for step in steps(findings(path)) if isinstance(step, Revise)]
    assert revised == [("50.00 EUR", True), ("5.00 EUR", True), ("-2.00 EUR", True)]
    recorded(book, path)
    assert _promised(book) == 100 + 50 + (60 - 50) - 30 + 5 - 2


def test_more_than_was_promised_cannot_be_taken_back(book, file):
    heard: list[Finding] = []
    rest = transaction("12", "-1", ref="a") + transaction("12", "3", ref="b") + transaction("12", "-4", ref="c")
    taken = book.take_in(read(file(activities(activity(rest=rest)))), tell=heard.append)
    assert [one.reason for one in heard if isinstance(one, Rejection)] == [
        "XA-1 promises 2.00 EUR, so the promise cannot be lowered by 4.00 EUR"
    ]
    assert (taken.imported, taken.rejected) == (3, 1)
    assert _promised(book) == 2


def test_all_currencies_of_an_activity_are_in_one_pledge(book):
    recorded(book, CASES / "several-recipients" / "input.xml")
    assert stages(book, "XA-SHARED-3") == {"pledged": "100.00 USD", "committed": "60.00 EUR"}


def test_a_book_that_requires_citations_takes_an_activity_that_has_one(tmp_path, file):
    book = make_book(tmp_path / "book.sqlite", Clock("2026-01-01"), require_citation=True)
    link = '<document-link url="https://example.org/shelters"><category code="A12"/></document-link>'
    rest = "".join(transaction(kind, value) for kind, value in [("12", "9"), ("2", "5"), ("3", "4"), ("3", "-1")])
    taken = book.take_in(read(file(activities(activity(rest=rest + link), activity("XA-2", transaction())))))
    assert (taken.imported, taken.rejected) == (5, 2)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told_of=st.lists(
        st.tuples(st.sampled_from(["2", "3", "12"]), st.integers(-50, 200).filter(bool)), min_size=1, max_size=8
    )
)
def test_a_pledge_raises_the_promise_in_the_book_by_what_it_says(tmp_path_factory, told_of):
    folder = tmp_path_factory.mktemp("iati")
    book, path = make_book(folder / "book.sqlite", Clock("2026-01-01")), folder / "activities.xml"
    path.write_text(activities(activity(rest="".join(transaction(kind, str(value)) for kind, value in told_of))))
    for proposal in proposals(findings(path)):
        for need in proposal.needs:
            book.record(need)
        (step,) = proposal.steps
        before = _promised(book)
        try:
            book.record(step)
        except (InputError, Shortage):
            assert _promised(book) == before
            continue
        if isinstance(step, Revise):
            assert _promised(book) - before == Decimal(proposal.at.value.removesuffix(" EUR"))
    assert errors(book) == []


def _promised(book):
    try:
        held = accounts(book, "XA-1").get("undertaking", "0 EUR")
    except UnknownRecord:
        return Decimal(0)
    return -Decimal(held.removesuffix(" EUR"))


@pytest.mark.parametrize(
    ("rest", "purpose"),
    [
        ('<sector code="72010"/>', Purpose.HUMANITARIAN),
        ('<sector vocabulary="2" code="730"/>', Purpose.HUMANITARIAN),
        ('<sector vocabulary="10" code="9"/>', Purpose.HUMANITARIAN),
        ('<sector vocabulary="1" code="51010"/>', Purpose.FINANCIAL),
        ('<sector code="14010"/><default-aid-type code="A01"/>', Purpose.FINANCIAL),
        ('<sector code="15210"/>', Purpose.OTHER),
        ('<sector code="15230"/><default-flow-type code="10"/>', Purpose.OTHER),
        ('<sector code="15210"/><default-flow-type code="22"/>', Purpose.MILITARY),
        ('<sector code="15230"/><default-flow-type code="50"/>', Purpose.MILITARY),
        ('<sector code="72010" percentage="30"/><sector code="14010" percentage="70"/>', Purpose.OTHER),
        ('<sector code="72010" percentage="70"/><sector code="14010" percentage="30"/>', Purpose.HUMANITARIAN),
        ('<sector vocabulary="99" code="72010"/>', Purpose.OTHER),
        (transaction(rest='<sector code="72010"/>'), Purpose.HUMANITARIAN),
        ("", Purpose.OTHER),
    ],
)
def test_what_an_activity_is_for_follows_from_its_sectors(file, rest, purpose):
    (pledge,) = announced(findings(file(activities(activity(rest=rest)))))
    assert pledge.purpose is purpose


@pytest.mark.parametrize(
    ("finance", "flow", "aid", "instrument"),
    [
        ("110", "10", "C01", Instrument.GRANT),
        ("110", "10", "D02", Instrument.IN_KIND),
        ("421", "10", "C01", Instrument.LOAN),
        ("422", "10", "", Instrument.LOAN),
        ("421", "10", "D02", Instrument.LOAN),
        ("421", "22", "", Instrument.EXPORT_CREDIT),
        ("", "22", "", Instrument.EXPORT_CREDIT),
        ("451", "20", "", Instrument.EXPORT_CREDIT),
        ("1100", "22", "", Instrument.GUARANTEE),
        ("210", "10", "", Instrument.INTEREST_SUBSIDY),
        ("610", "10", "F01", Instrument.LOAN),
        ("510", "21", "", Instrument.GRANT),
        ("", "", "", Instrument.GRANT),
    ],
)
def test_how_an_activity_is_financed_follows_from_its_codes(file, finance, flow, aid, instrument):
    stated = {"default-finance-type": finance, "default-flow-type": flow, "default-aid-type": aid}
    rest = "".join(f'<{tag} code="{code}"/>' for tag, code in stated.items() if code)
    (pledge,) = announced(findings(file(activities(activity(rest=rest)))))
    assert pledge.instrument is instrument


def test_the_only_finance_type_that_transactions_state_is_the_activitys(file):
    rest = transaction("2", rest='<finance-type code="421"/>') + transaction("3")
    found = findings(file(activities(activity(rest=rest))))
    assert [(pledge.id, pledge.instrument) for pledge in announced(found)] == [("XA-1", Instrument.LOAN)]


@pytest.mark.parametrize("finance", ["616", "617", "635"])
def test_reduced_debt_service_is_reported_and_not_recorded(file, finance):
    rest = transaction("3", rest=f'<finance-type code="{finance}"/>')
    (reason,) = rejections(findings(file(activities(activity(rest=rest)))))
    assert "debt service reduced, without saying how much of it is principal" in reason


def test_a_withdrawn_code_of_one_transaction_is_read_and_reported(file):
    rest = '<default-finance-type code="421"/>' + transaction("2", rest='<flow-type code="20"/>')
    found = findings(file(activities(activity(rest=rest))))
    assert remarks(found) == ["XA-1: this code is withdrawn since 2016: it is read as it was meant"]
    assert rejections(found) == []


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ('<reporting-org ref="GB-COH-1"/>', "GB-COH-1"),
        ('<reporting-org ref="UA"/>', "UA"),
        (
            '<reporting-org ref="N/A"><narrative>Fonds d\'aide</narrative></reporting-org>',
            "org-Fonds-d-aide-" + digits("Fonds d'aide"),
        ),
        ("<reporting-org><narrative>Допомога</narrative></reporting-org>", f"org-{digits('Допомога')}"),
        ('<reporting-org ref="XA/1"/>', f"XA-1-{digits('XA/1')}"),
        ('<reporting-org ref="XA-1"/>', "XA-1"),
    ],
)
def test_an_organisation_gets_a_code_that_is_its_own(file, stated, code):
    written = f'<iati-identifier>X</iati-identifier>{stated}<activity-date iso-date="2022-01-01" type="1"/>'
    (pledge,) = announced(findings(file(activities(written))))
    assert pledge.donor == code


def test_an_identifier_that_no_id_can_be_is_changed_and_a_long_one_is_cut(file):
    long = "XA-" + "9" * 200
    found = findings(file(activities(activity("XA 1:2,3@4"), activity(long), activity(long + "8"))))
    first, second, third = (pledge.id for pledge in announced(found))
    assert first == "XA-1-2-3-4"
    assert len(second) == len(third) == 100
    assert second != third


def test_a_reference_that_could_be_taken_for_something_else_is_not_used(file):
    rest = "".join(transaction(ref=ref) for ref in ("transaction-9", "a:b@2", "same", "same", "x" * 151))
    origins = [step.evidence.origin for step in steps(findings(file(activities(activity(rest=rest)))))]
    words = ["transaction-1", "a-b-2", "transaction-3", "transaction-4", "transaction-5"]
    assert origins == ["iati:XA-1", *(f"iati:XA-1:{word}" for word in words)]


@pytest.mark.parametrize("version", ["2.01", "2.02", "2.03", "1.01", "1.05"])
def test_versions_that_are_known_are_read(file, version):
    assert len(proposals(findings(file(activities(activity(), version=version))))) == 1


def test_a_file_without_a_version_is_read_as_the_last_one(file):
    found = findings(file(f"<iati-activities><iati-activity>{activity()}</iati-activity></iati-activities>"))
    assert "it states no version: read as 2.03" in remarks(found)


def test_the_currency_is_the_values_or_the_activitys_or_the_publishers(file):
    bare = transaction("2", "5").replace(' currency="EUR"', "")
    own = f'<iati-activity default-currency="NOK">{activity("XA-1", bare)}</iati-activity>'
    path = file(
        f'<iati-activities version="2.03" default-currency="DKK">{own}<iati-activity>{activity("XA-2", bare)}'
        f"{transaction('2')}</iati-activity></iati-activities>"
    )
    moved = [str(step.amounts[0]) for step in steps(findings(path)) if isinstance(step, Move)]
    assert moved == ["5.00 NOK", "5.00 DKK", "1.00 EUR"]


def test_a_child_is_under_its_parents_pledge_for_the_same_recipient(file):
    halves = '<recipient-country code="UA" percentage="50"/><recipient-country code="MD" percentage="50"/>'
    parent = activity("P").replace('<recipient-country code="UA"/>', halves)
    found = announced(findings(file(activities(activity("C", '<related-activity ref="P" type="1"/>'), parent))))
    assert [(pledge.id, pledge.parent) for pledge in found] == [("P:MD", None), ("P:UA", None), ("C", "P:UA")]


def test_a_child_of_a_parent_that_is_rejected_is_recorded_without_it(file):
    parent = "<iati-identifier>P</iati-identifier>"
    found = findings(file(activities(activity("C", '<related-activity ref="P" type="1"/>'), parent)))
    assert [(pledge.id, pledge.parent) for pledge in announced(found)] == [("C", None)]
    assert "C: its parent could not be recorded: it is recorded without it" in remarks(found)


def test_a_long_line_of_descent_is_walked_once(file):
    count = 3000
    written = (activity(f"A{n}", f'<related-activity ref="A{n + 1}" type="1"/>') for n in range(count))
    found = announced(findings(file(activities(*written))))
    assert [pledge.id for pledge in found] == [f"A{n}" for n in reversed(range(count))]


def test_what_a_reader_proposes_is_dated_and_says_where_it_stands(file):
    path = file(activities(activity(), activity("XA-2", transaction())).replace("<iati-activity>", "\n<iati-activity>"))
    found = proposals(findings(path))
    assert [(one.at.source, one.at.row) for one in found] == [("activities.xml", row) for row in ("2", "3", "3")]
    assert {step.evidence.on for step in steps(found)} == {date(2022, 1, 1), date(2022, 2, 1)}


def test_text_that_commands_a_terminal_is_cleaned(file):
    rest = "<title><narrative>a\u009b31mb\u202ec</narrative></title>"
    (pledge,) = announced(findings(file(activities(activity(rest=rest)))))
    assert pledge.title == "a 31mb c"


def test_no_step_takes_everything():
    for path in INPUTS:
        assert not any(step.everything for step in steps(findings(path)) if isinstance(step, Move))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("pledges,amounts\n", "it is not well-formed XML: line 1, syntax error"),
        ("<html/>", "its first element is <html>, not <iati-activities>"),
        ("<iati-organisations version='2.03'/>", "it holds organisations, not activities"),
        ("<iati-activities version='3.01'/>", "it is of version 3.01: known are 1.01, 1.02, 1.03, 1.04, 1.05, 2.01"),
        ("<iati-activities version='2.03'>&eacute;</iati-activities>", "line 1, undefined entity"),
        ("<?xml version='1.0' encoding='utf-7'?><iati-activities/>", "its encoding is not read here: save it as UTF-8"),
        ("<?xml version='1.0' encoding='klingon'?><iati-activities/>", "its encoding is not read here"),
    ],
)
def test_what_is_no_file_of_activities_is_refused_in_one_line(file, text, why):
    path = file(text)
    with pytest.raises(InputError) as refused:
        read(path)
    assert refused.value.message.startswith(f"{path} cannot be read: ")
    assert why in refused.value.message
    assert "\n" not in refused.value.message


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "none.xml")


def test_a_folder_without_a_file_of_xml_is_refused(tmp_path):
    with pytest.raises(InputError, match="xml file in this folder"):
        read(tmp_path)


HALVES = '<recipient-country code="UA" percentage="50"/><recipient-country code="MD" percentage="50"/>'


def stating(recipients):
    """An activity with these recipients."""
    return activity().replace('<recipient-country code="UA"/>', recipients)


@pytest.mark.parametrize(
    ("recipients", "pledges", "remark"),
    [
        (
            '<recipient-country code="UA" percentage="60"/><recipient-country code="MD" percentage="20"/>',
            {"XA-1:UA": "UA", "XA-1:MD": "MD"},
            "the shares of its recipients do not add up to 100: they are taken in proportion",
        ),
        (
            '<recipient-country code="UA" percentage="half"/><recipient-country code="MD" percentage="50"/>',
            {"XA-1": "DAC-998"},
            "its recipients (MD, UA) have no shares: it is kept whole",
        ),
        (
            '<recipient-country code="UA"/><recipient-country percentage="50"/>',
            {"XA-1": "UA"},
            "a recipient without a code is left out",
        ),
        (
            '<recipient-country code="UA" percentage="100"/><recipient-country code="MD" percentage="0"/>',
            {"XA-1": "UA"},
            "",
        ),
        (
            '<recipient-country code="UA" percentage="40"/><recipient-country code="UA" percentage="60"/>',
            {"XA-1": "UA"},
            "",
        ),
        ('<recipient-country code="AN"><narrative>Antilles</narrative></recipient-country>', {"XA-1": "AN"}, ""),
        ('<recipient-region code="150" vocabulary="2"/>', {"XA-1": "UN-150"}, ""),
        ('<recipient-region code="7" vocabulary="99"/>', {"XA-1": "region-99-7"}, ""),
        ("", {"XA-1": "DAC-998"}, "no recipient is stated: it is kept under DAC-998"),
    ],
)
def test_whoever_receives_follows_from_countries_and_regions(file, recipients, pledges, remark):
    found = findings(file(activities(stating(recipients))))
    assert {pledge.id: pledge.recipient for pledge in announced(found)} == pledges
    assert remark in "".join(remarks(found))


def test_two_parents_are_one_too_many(file):
    both = '<related-activity ref="P" type="1"/><related-activity ref="Q" type="1"/>'
    found = findings(file(activities(activity("P"), activity("Q"), activity("C", both))))
    assert announced(found)[-1].parent == "P"
    assert "C: it has more than one parent: a pledge has one, and takes the first" in remarks(found)


def test_a_parent_that_has_nothing_for_the_childs_recipient_is_left_out(file):
    halves = '<recipient-country code="MD" percentage="50"/><recipient-country code="GE" percentage="50"/>'
    parent = stating(halves).replace("XA-1", "P")
    found = findings(file(activities(parent, activity("C", '<related-activity ref="P" type="1"/>'))))
    assert announced(found)[-1].parent is None
    assert "C: its parent has several pledges and none for UA: recorded without it" in remarks(found)


def test_terms_that_are_not_of_a_loan_are_left_out(file):
    lent = '<crs-add><loan-terms rate-1="2.5"/></crs-add><default-finance-type code="110"/>'
    found = findings(file(activities(activity(rest=lent))))
    assert remarks(found) == ["XA-1: a grant is not repaid: the terms of repayment are left out"]


@pytest.mark.parametrize(
    ("dates", "grace", "maturity"),
    [
        (("2020-02-29", "2025-02-28", "2040-02-29"), 5, 20),
        (("2020-01-15", "2025-01-16", "2040-01-15"), None, 20),
        (("2020-01-15", "2041-01-15", "2040-01-15"), None, 20),
        (("2020-01-15", "2019-01-15", "2040-01-15"), None, 20),
        (("", "2025-01-15", "2040-01-15"), None, None),
        (("2020-01-15", "", "2040-01-15"), None, 20),
    ],
)
def test_years_of_a_loan_are_counted_from_its_commitment(file, dates, grace, maturity):
    names = ("commitment-date", "repayment-first-date", "repayment-final-date")
    stated = "".join(f'<{name} iso-date="{day}"/>' for name, day in zip(names, dates, strict=True) if day)
    lent = f'<default-finance-type code="421"/><crs-add><loan-terms>{stated}</loan-terms></crs-add>'
    (pledge,) = announced(findings(file(activities(activity(rest=lent)))))
    assert (pledge.terms.grace, pledge.terms.maturity) == (grace, maturity)


def test_a_second_import_does_nothing(book):
    for case in INPUTS:
        first = book.take_in(read(case))
        again = book.take_in(read(case))
        assert first.read == first.imported + first.rejected == again.read
        assert (again.imported, again.unchanged, again.rejected) == (0, first.imported, first.rejected)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (activity(rest=transaction(ref="a")), stating(HALVES + transaction(ref="a"))),
        (activity(rest=transaction(ref="a")), activity(rest=transaction(ref="a", rest='<finance-type code="421"/>'))),
    ],
    ids=["recipients", "instrument"],
)
def test_a_later_issue_that_divides_an_activity_otherwise_is_not_counted_a_second_time(book, file, before, after):
    book.take_in(read(file(activities(before))))
    with pytest.raises(Refusal, match="XA-1"):
        book.take_in(read(file(activities(after))))


@pytest.mark.parametrize(
    "put_in",
    [
        transaction("12", "7", on="2022-01-15", ref="new"),
        transaction("2", "7", on="2022-01-15", ref="new"),
        transaction("12", "7", on="2022-01-15", ref="new").replace("EUR", "USD"),
    ],
    ids=["pledge", "commitment", "currency"],
)
def test_a_later_issue_that_puts_a_transaction_in_between_changes_none_of_its_neighbours(book, file, put_in):
    rest = transaction("12", "10", ref="a") + transaction("2", "12", ref="b") + transaction("12", "5", ref="c")
    book.take_in(read(file(activities(activity(rest=rest)))))
    later = book.take_in(read(file(activities(activity(rest=put_in + rest)))))
    assert (later.imported, later.unchanged, later.rejected) == (1, 4, 0)
