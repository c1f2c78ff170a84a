"""The pipeline: what stands at each stage, and what of it is overdue by the pledges' schedules."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

from ledger.book import Book, Worth, converter
from ledger.table import Table
from tests.world import (
    MISSILE,
    announce,
    cancel,
    commit,
    disburse,
    money,
    records,
    register_item,
    repay,
    selection,
)

DOLLAR = Worth("USD")


def column(table: Table, name: str) -> list[str | None]:
    return [row[name] for row in records(table)]


@pytest.fixture
def loan(book: Book) -> str:
    """The loan of the two pledges: three instalments of 752m, the first one paid."""
    instalments = {f"{year}-03-06": "752000000 GBP" for year in (2025, 2026, 2027)}
    pledge = announce(book, "GB", "2260000000 GBP", on="2024-10-22", instrument="loan", schedule=instalments)
    commit(book, pledge, on="2025-03-01")
    disburse(book, pledge, "752000000 GBP", on="2025-03-07")
    return pledge


def overdue(book: Book, by: Sequence[str] = (), **filters: object) -> dict[tuple[str | None, ...], str]:
    rows = records(book.pipeline(selection(**filters), by=by))
    return {(*(row[name] for name in by), row["stage"]): str(row["overdue"]) for row in rows if _some(row["overdue"])}


def _some(amount: str | None) -> bool:
    return bool(Fraction(str(amount)))


def test_the_pipeline_shows_what_stands_at_each_stage_in_their_order(book):
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    for step, amount in ((commit, "90 GBP"), (disburse, "60 GBP"), (repay, "20 GBP"), (cancel, "5 GBP")):
        step(book, pledge, amount)
    announce(book, "FR", "7 EUR")
    assert book.pipeline().header == ("stage", "currency", "amount", "overdue")
    assert [(row["stage"], row["currency"], row["amount"]) for row in records(book.pipeline())] == [
        ("pledged", "EUR", "7.00"),
        ("pledged", "GBP", "5.00"),
        ("committed", "GBP", "30.00"),
        ("disbursed", "GBP", "40.00"),
        ("repaid", "GBP", "20.00"),
        ("cancelled", "GBP", "5.00"),
    ]
    assert book.pipeline().notes == []


@pytest.mark.parametrize(
    ("day", "late"),
    [
        ("2025-03-05", {}),
        ("2025-03-06", {("committed",): "752000000.00"}),
        ("2025-03-07", {}),
        ("2026-03-05", {}),
        ("2026-03-06", {("committed",): "752000000.00"}),
        ("2027-12-31", {("committed",): "1504000000.00"}),
    ],
)
def test_what_the_schedule_says_was_due_and_was_not_paid_is_overdue(book, loan, day, late):
    assert overdue(book, as_of=day) == late
    note = [f"overdue: due by {day} by the pledges' schedules, and not disbursed"]
    assert book.pipeline(selection(as_of=day)).notes == (note if late else [])
    assert loan == "GB-2024-0001"


def test_what_is_overdue_is_judged_today_where_no_day_is_named(book, clock, loan):
    assert overdue(book) == {}
    clock.turn_to("2026-04-01")
    assert overdue(book) == {("committed",): "752000000.00"}
    assert overdue(book, pledge=loan, currency="GBP") == {("committed",): "752000000.00"}
    assert overdue(book, pledge=loan, currency="EUR") == {}
    assert overdue(book, donor="FR") == {}


def test_what_was_paid_before_the_span_of_a_report_is_not_overdue_in_it(book, loan):
    assert overdue(book, since="2025-03-08", until="2026-03-05") == {}
    assert overdue(book, since="2025-03-08", until="2026-03-06") == {("committed",): "752000000.00"}
    assert column(book.pipeline(selection(pledge=loan, since="2025-03-08", until="2026-03-06")), "amount") == ["0.00"]


def test_what_is_overdue_stands_at_the_stages_it_would_be_paid_from_the_nearest_first(book):
    pledge = announce(book, "GB", "100 GBP", schedule={"2025-03-01": "60 GBP", "2025-03-02": "30 GBP"}, on="2025-01-01")
    commit(book, pledge, "40 GBP", on="2025-01-02")
    disburse(book, pledge, "15 GBP", on="2025-01-03")
    assert overdue(book) == {("committed",): "25.00", ("pledged",): "50.00"}


def test_no_more_is_overdue_than_is_left_of_the_promise(book):
    pledge = announce(book, "GB", "100 GBP", schedule={"2025-03-01": "100 GBP"}, on="2025-01-01")
    cancel(book, pledge, "70 GBP", on="2025-01-02")
    assert overdue(book) == {("pledged",): "30.00"}


def test_principal_that_came_back_or_was_forgiven_counts_as_paid(book):
    pledge = announce(book, "GB", "100 GBP", schedule={"2025-03-01": "60 GBP"}, instrument="loan", on="2025-01-01")
    disburse(book, pledge, "60 GBP", on="2025-02-01")
    repay(book, pledge, "50 GBP", on="2025-02-02")
    assert overdue(book) == {}


def test_one_pledges_arrears_are_not_made_good_by_anothers_early_payment(book):
    for donor in ("FR", "GB"):
        announce(book, donor, "100 GBP", schedule={"2025-03-01": "60 GBP"}, on="2025-01-01")
    disburse(book, "GB-2025-0001", "100 GBP", on="2025-02-01")
    assert overdue(book) == {("pledged",): "60.00"}
    assert overdue(book, by=("donor",)) == {("FR", "pledged"): "60.00"}


def test_what_is_overdue_by_time_has_the_time_of_its_instalment(book):
    schedule = {"2025-01-15": "30 GBP", "2025-02-15": "30 GBP", "2025-03-01": "30 GBP", "2025-06-01": "10 GBP"}
    pledge = announce(book, "GB", "100 GBP", schedule=schedule, on="2024-12-01")
    commit(book, pledge, "100 GBP", on="2024-12-31")
    disburse(book, pledge, "40 GBP", on="2025-02-20")
    assert overdue(book, by=("month",)) == {("2025-02", "committed"): "20.00", ("2025-03", "committed"): "30.00"}
    assert overdue(book, by=("quarter", "donor")) == {("2025-Q1", "GB", "committed"): "50.00"}
    assert overdue(book, by=("pledge", "year")) == {(pledge, "2025", "committed"): "50.00"}
    assert overdue(book) == {("committed",): "50.00"}
    rows = records(book.pipeline(by=("month",)))
    assert [(row["month"], row["amount"]) for row in rows if row["stage"] == "committed"] == [
        ("2024-12", "100.00"),
        ("2025-02", "-40.00"),
        ("2025-03", "0.00"),
    ]


def test_a_guarantee_is_overdue_where_it_was_to_be_called(book):
    announce(book, "GB", "100 GBP", schedule={"2025-03-01": "60 GBP"}, instrument="guarantee", on="2025-01-01")
    assert overdue(book) == {("pledged",): "60.00"}
    assert overdue(book, contingent="exclude") == {}


def test_the_pipeline_in_one_currency_is_valued_as_the_totals_are(book, loan):
    [row] = records(book.pipeline(selection(as_of="2025-03-06"), worth=DOLLAR))
    assert row == {
        "stage": "committed",
        "currency": "USD",
        "amount": "2934420446.36",
        "overdue": converter(DOLLAR).convert(money("752000000 GBP"), date(2024, 10, 22)).result.plain(),
        "policy": "spot",
    }
    assert book.pipeline(by=("currency",), worth=DOLLAR).header[0] == "original_currency"
    assert loan == "GB-2024-0001"


def test_a_schedule_in_items_is_in_no_pipeline(book):
    register_item(book)
    announce(book, "GB", f"50 {MISSILE}", schedule={"2025-01-01": f"50 {MISSILE}"})
    assert records(book.pipeline()) == []
