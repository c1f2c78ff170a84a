"""IATI as published: seven real activities, the standard's example, and its code lists against our tables."""

import csv
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ledger.formats.ecb import embedded
from ledger.formats.iati import codes
from ledger.formats.iati.read import read
from ledger.pledge import MoveKind
from ledger.recognition.proposal import Rejection
from ledger.recognition.steps import Announce, Move
from tests.iati_words import findings, proposals, recorded, rejections, remarks, steps
from tests.world import Clock, errors, make_book, records, selection

PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "iati"
FOODSECURITY = PUBLISHED / "real" / "foodsecurity"

needs_published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason=f"the published files are not at hand: there is no folder {PUBLISHED}"
)


def code_list(name):
    """The items of a published code list: code -> (name, whether it is withdrawn)."""
    (path,) = PUBLISHED.glob(f"codelists-*/xml/{name}.xml")
    found = ET.parse(path).getroot().iter("codelist-item")  # noqa: S314 - the standard's own file
    return {
        str(item.findtext("code")): (str(item.findtext("name/narrative")).strip(), item.get("status") == "withdrawn")
        for item in found
    }


@needs_published
def test_the_tables_of_codes_are_those_of_the_standard():
    types = {code: name.casefold() for code, (name, _) in code_list("TransactionType").items()}
    assert {found.code: found.name for found in codes.TRANSACTION_TYPES.values()} == types
    assert code_list("Version").keys() == codes.VERSIONS
    assert code_list("FlowType").keys() == codes.FLOWS
    assert {code for code, (_, gone) in code_list("FlowType").items() if gone} == codes.WITHDRAWN_FLOWS
    assert {code for code, (_, gone) in code_list("FinanceType").items() if gone} == codes.WITHDRAWN_FINANCE
    assert code_list("LoanRepaymentType").keys() == codes.REPAYMENT_TYPES
    assert code_list("LoanRepaymentPeriod").keys() == codes.PAYMENTS_A_YEAR.keys()
    assert code_list("AidType").keys() > codes.IN_KIND | codes.BUDGET_SUPPORT
    regions = {code: name for code, (name, _) in code_list("Region").items()}
    assert {code: _plain(name) for code, name in codes.REGIONS.items()} == {
        code: _plain(name) for code, name in regions.items()
    }


def _plain(name):
    return re.sub(r"[^a-z]", "", name.casefold().replace("&", "and"))


@needs_published
def test_every_finance_type_of_debt_is_forgiven_or_has_a_reason():
    debt = {
        code: name for code, (name, _) in code_list("FinanceType").items() if "610" <= code <= "639" and len(code) == 3
    }
    assert debt.keys() <= codes.FORGIVING | codes.NOT_MOVED.keys()
    assert {code for code in codes.FORGIVING if "orgiveness" not in debt[code]} == set()
    assert {code for code, name in debt.items() if "escheduling" in name} <= codes.NOT_MOVED.keys()


@needs_published
def test_the_real_activities_are_read_to_the_last_transaction():
    found = findings(FOODSECURITY / "dportal.xml")
    written = (FOODSECURITY / "dportal.xml").read_text(encoding="utf-8")
    units = written.count("<iati-activity ") + written.count("<transaction ") + written.count("<transaction>")
    assert len(proposals(found)) + len(rejections(found)) == units == 70
    assert (len(proposals(found)), len(rejections(found)), len(remarks(found))) == (63, 7, 6)
    assert {re.sub(r".*: type (\d+) .*", r"\1", reason) for reason in rejections(found)} == {"1", "11"}


@needs_published
def test_nothing_is_lost_and_nothing_counted_twice():
    """Sums by type and currency as they stand in the file, by a reader that is not ours."""
    stated: dict[tuple[str, str], Fraction] = {}
    for one in ET.parse(FOODSECURITY / "dportal.xml").getroot().iter("transaction"):  # noqa: S314 - a known file
        kind, value = one.find("transaction-type"), one.find("value")
        assert kind is not None
        assert value is not None
        key = (str(kind.get("code")), str(value.get("currency")))
        stated[key] = stated.get(key, Fraction(0)) + Fraction(str(value.text))
    moved: dict[tuple[MoveKind, str], Fraction] = {}
    for step in steps(findings(FOODSECURITY)):
        if isinstance(step, Move):
            for amount in step.amounts:
                key = (step.kind, amount.commodity.code)
                moved[key] = moved.get(key, Fraction(0)) + amount.value
    for code in ("EUR", "USD"):
        assert moved[MoveKind.COMMIT, code] == stated["2", code]
        assert moved[MoveKind.DISBURSE, code] == stated["3", code] + stated["4", code]
    refused = [one.at for one in findings(FOODSECURITY) if isinstance(one, Rejection)]
    assert len(refused) == 7


@needs_published
def test_the_real_activities_come_to_these_totals_in_a_book(tmp_path):
    book = make_book(tmp_path / "book.sqlite", Clock("2026-01-01"))
    assert recorded(book, FOODSECURITY) == len(steps(findings(FOODSECURITY)))
    rows = {row["currency"]: row for row in records(book.totals(selection(), by=()))}
    measures = ("pledged", "committed", "disbursed", "top_up")
    assert {code: tuple(row[name] for name in measures) for code, row in rows.items()} == {
        "EUR": ("49201479.44", "49201479.44", "13400539.83", "395841.44"),
        "USD": ("419598.86", "419598.86", "419598.86", "399598.86"),
    }
    assert errors(book) == []


THEIRS = [
    ("DE-1-202175768-0", MoveKind.COMMIT, "590160", "2021-09-29"),
    ("DE-1-202175768-0", MoveKind.DISBURSE, "76362", "2022-10-31"),
    ("DE-1-202033942-0", MoveKind.DISBURSE, "194144", "2022-10-31"),
    ("XI-IATI-EC_INTPA-2021/429-054", MoveKind.DISBURSE, "119703", "2022-11-23"),
    ("NL-KVK-41155305-GLA2-Coord", MoveKind.DISBURSE, "316818", "2021-12-31"),
]
"""What another project makes of these transactions, in whole dollars of the value date."""


@needs_published
@pytest.mark.parametrize(("pledge", "kind", "dollars", "valued"), THEIRS)
def test_figures_that_another_project_computed_are_ours_at_the_days_rate(pledge, kind, dollars, valued):
    """Theirs are in dollars at rates of their own, so that the comparison is to half a per cent."""
    with (FOODSECURITY / "flows.csv").open(newline="") as flows, (FOODSECURITY / "transactions.csv").open() as months:
        assert dollars in {row[-1] for row in [*csv.reader(flows), *csv.reader(months)]}
    ours = sum(
        amount.value
        for step in steps(findings(FOODSECURITY))
        if isinstance(step, Move) and (step.pledge, step.kind) == (pledge, kind)
        for amount in step.amounts
    )
    days = embedded().days(date.min, date.fromisoformat(valued))
    rate = embedded().value("USD", days[-1])
    assert rate is not None
    assert abs(Fraction(dollars) / (ours * Fraction(rate)) - 1) < Fraction(1, 200)


@needs_published
def test_money_that_only_its_receiver_reports_is_theirs_and_not_ours():
    """CAFOD's GBP 50,000 of incoming funds are the USD 59,746 that they call incoming: rejected here."""
    found = findings(FOODSECURITY)
    assert [step.id for step in steps(found) if isinstance(step, Announce) and step.donor == "GB-CHC-285776"] == [
        "GB-CHC-285776-NGR476"
    ]
    assert any(reason.startswith("GB-CHC-285776-NGR476: transaction 1: type 1") for reason in rejections(found))
    assert not any(isinstance(step, Move) and step.pledge == "GB-CHC-285776-NGR476" for step in steps(found))


@needs_published
def test_the_standards_own_example_is_read():
    found = findings(PUBLISHED / "examples" / "activity-standard-example-annotated.xml")
    recipients = [step.recipient for step in steps(found) if isinstance(step, Announce)]
    assert recipients == ["AF", "AG", "DAC-489"]
    assert len(rejections(found)) == 1


@needs_published
def test_a_second_import_of_the_real_activities_does_nothing(tmp_path):
    book = make_book(tmp_path / "book.sqlite", Clock("2026-01-01"))
    first, again = book.take_in(read(FOODSECURITY)), book.take_in(read(FOODSECURITY))
    assert (first.read, first.imported, first.unchanged, first.rejected) == (70, 63, 0, 7)
    assert (again.read, again.imported, again.unchanged, again.rejected) == (70, 0, 63, 7)
