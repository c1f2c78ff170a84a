"""The tracker's release 7, as issued twice: every donor and category comes out at the published totals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from ledger.formats.kiel import layout
from ledger.formats.kiel.read import read
from ledger.formats.kiel.words import donor
from ledger.formats.workbook import load
from ledger.recognition.proposal import Finding, Proposal, Rejection
from ledger.recognition.steps import Announce, RegisterItem
from tests.kiel_words import record, rejected, steps, totals
from tests.world import Clock, errors, make_book

PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"
OCTOBER = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
NOVEMBER = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-11-22.xlsx"
NAME = "kiel-r7"
PURPOSES = {
    "Financial commitments": "financial",
    "Humanitarian commitments": "humanitarian",
    "Military commitments": "military",
}
APART = {("EIB", "financial"): Fraction("2002500000"), ("EPF", "military"): Fraction("2500000000")}

pytestmark = pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")

each_issue = pytest.mark.parametrize(
    ("path", "uncounted", "grand"),
    [
        (OCTOBER, ["CAF6", "DKM3", "ESM7"], "89.229493"),
        (NOVEMBER, ["CAF6", "ESM7"], "89.440059"),
    ],
    ids=["october", "november"],
)


def summary(path: Path) -> dict[tuple[str, str], Fraction]:
    """The publisher's own totals in euros, by donor and category."""
    columns: dict[int, str] = {}
    found: dict[tuple[str, str], Fraction] = {}
    for _, cells in load(path).rows("Country Summary"):
        columns = columns or {place: PURPOSES[str(cell)] for place, cell in enumerate(cells) if cell in PURPOSES}
        code = donor(str(cells[1])) if columns and cells[1] else None
        if code:
            found |= {(code, purpose): _euros(cells[place]) for place, purpose in columns.items()}
    return found


def _euros(billions: object) -> Fraction:
    assert isinstance(billions, Decimal)
    return Fraction(billions) * 10**9


@each_issue
def test_every_donor_and_category_comes_out_at_the_published_total_to_a_euro(tmp_path, path, uncounted, grand):
    reading = read(path, NAME)
    with make_book(tmp_path / "book.sqlite", Clock("2022-12-01")) as book:
        record(book, reading)
        held = totals(book, NAME, leaving_out=[f"{NAME}:{key}" for key in uncounted])
        assert errors(book) == []
    published = summary(path)
    assert len(published) == 41 * 3
    committed = {cell: figures["committed"] for cell, figures in held.items()}
    for cell, figure in published.items():
        assert abs(committed.pop(cell, Fraction(0)) - figure) < 1, cell
    assert committed == APART
    total = sum(published.values(), Fraction(0))
    assert f"{float(total / 10**9):.6f}" == grand
    counted = sum((figures["committed"] for figures in held.values()), -sum(APART.values(), Fraction(0)))
    assert abs(counted - total) < 1
    assert all("top_up" not in figures or not figures["top_up"] for figures in held.values())


@each_issue
def test_packages_that_the_publisher_does_not_count_are_recorded_marked_and_reported(path, uncounted, grand):  # noqa: ARG001
    findings = found(path)
    marked = [step for step in steps(findings).values() if isinstance(step, Announce) and step.package]
    assert sorted(str(step.id) for step in marked) == [f"{NAME}:{key}" for key in uncounted]
    assert {step.package for step in marked} == {f"{NAME}:uncounted"}
    assert all(step.promises for step in marked)
    assert sum("the publisher does not count it" in told for told in rejected(findings)) == len(uncounted)


@each_issue
def test_every_package_is_a_pledge_and_every_figure_that_is_none_is_rejected_by_itself(path, uncounted, grand):  # noqa: ARG001
    findings = found(path)
    announced = [step for step in steps(findings).values() if isinstance(step, Announce)]
    assert len(announced) == 432
    without_money = [step for step in announced if not any(p.amount.commodity.is_currency for p in step.promises)]
    assert len(without_money) == 53
    assert sum(not step.promises for step in without_money) == 49
    figures = [one.at.value for one in findings if isinstance(one, Rejection) and "No. of Units" in one.at.column]
    assert figures == ["216.66666666666666", "7.725", "dozens", "partially", "1.000.00", "6.000.00", "15.000.00"]


@cache
def found(path: Path) -> list[Finding]:
    """What is found in one of the issues."""
    return list(read(path, NAME).findings)


def test_the_two_issues_differ_in_the_two_packages_that_were_restated():
    october, november = (steps(found(path)) for path in (OCTOBER, NOVEMBER))
    assert october.keys() == november.keys()
    differing = [origin for origin in october if october[origin] != november[origin]]
    assert differing == [f"{NAME}:DKM3", f"{NAME}:DKM4"]


def test_the_order_of_the_rows_changes_no_step(monkeypatch):
    backwards = list(layout.rows(book := load(OCTOBER), layout.find(book)))[::-1]
    monkeypatch.setattr(layout, "rows", lambda *_: iter(backwards))
    assert steps(read(OCTOBER, NAME).findings) == steps(found(OCTOBER))


def test_the_two_issues_need_the_same_items():
    def needed(path: Path) -> set[RegisterItem]:
        proposals = (one for one in found(path) if isinstance(one, Proposal))
        return {need for one in proposals for need in one.needs if isinstance(need, RegisterItem)}

    assert needed(OCTOBER) == needed(NOVEMBER) != set()


def test_no_day_lies_after_the_tracker_was_issued():
    days = [step.evidence.on for step in steps(found(NOVEMBER)).values()]
    assert min(day.isoformat() for day in days if day) == "2022-01-24"
    assert max(day.isoformat() for day in days if day) == "2022-09-30"


def test_the_table_of_rates_is_read_whole():
    table = read(OCTOBER, NAME).rates
    assert table is not None
    held = {rate.quote: rate.text for rate in table.rates}
    assert (len(held), held["TWD"], held["GBP"], table.problems) == (16, "33.424", "0.87571", ())
