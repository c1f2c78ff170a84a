"""Mapped tables as they are found: the reduced Kiel export to its own totals, and the benchmark's pledges."""

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.formats.mapped.read import read
from ledger.formats.mapped.written import load
from ledger.formats.workbook import load as workbook
from ledger.recognition.proposal import Proposal, Rejection, Remark
from ledger.recognition.steps import Announce
from tests.world import Clock, make_book

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
REDUCED = SHARED / "data" / "kiel" / "r16_allocations_delivery.xlsx"
GENERATOR = SHARED / "bench" / "gen.py"
MAP = ROOT / "fixtures" / "maps" / "kiel-r16.toml"
GEN_MAP = ROOT / "benchmarks" / "gen-map.toml"
CATEGORIES = {f"{purpose.capitalize()} commitments": purpose for purpose in ("financial", "humanitarian", "military")}

needs_reduced = pytest.mark.skipif(not REDUCED.exists(), reason=f"the reduced Kiel export is not there: {REDUCED.name}")
needs_generator = pytest.mark.skipif(not GENERATOR.exists(), reason="the benchmark's generator is not there")


def published() -> dict[tuple[str, str], Decimal]:
    """The commitments in the workbook's own sheet of totals, in EUR, by country as it is called there and category."""
    rows = [row for _, row in workbook(REDUCED).rows("bigone")]
    heads = [str(cell) for cell in rows[0]]
    return {
        (str(row[0]), CATEGORIES[head]): (row[place] or Decimal(0)) * 10**9  # type: ignore[operator, misc]
        for row in rows[1:]
        for place, head in enumerate(heads)
        if head in CATEGORIES and isinstance(row[0], str) and row[0] != "Country"
    }


@needs_reduced
def test_the_reduced_export_comes_to_its_own_totals_by_donor_and_category():
    code = load(MAP).fields["donor"].values
    totals: Counter[tuple[str, str]] = Counter()
    for found in read(REDUCED, load(MAP)).findings:
        if isinstance(found, Proposal):
            (step,) = found.steps
            assert isinstance(step, Announce)
            totals[step.donor, str(step.purpose)] += sum(promise.amount.units for promise in step.promises)
    totals["EU", "financial"] += totals.pop(("EIB", "financial"))  # as the sheet has it
    expected = published()
    assert len(expected) == 3 * 42
    for (country, purpose), value in expected.items():
        assert abs(totals[code[country.casefold()], purpose] - 100 * value) < 100, (country, purpose)
    assert sum(totals.values()) == pytest.approx(259_138_038_269_05, abs=100)
    assert set(totals) <= {(code[country.casefold()], purpose) for country, purpose in expected}


@needs_reduced
def test_every_row_of_the_reduced_export_has_its_fate():
    found = list(read(REDUCED, load(MAP)).findings)
    rejections = [one for one in found if isinstance(one, Rejection)]
    remarks = [one.reason for one in found if isinstance(one, Remark)]
    steps = [step for one in found if isinstance(one, Proposal) for step in one.steps]
    undisclosed = [step for step in steps if isinstance(step, Announce) and not step.promises]
    assert [(one.at.row, one.at.column) for one in rejections] == [("3118", "date")]
    assert remarks == ["2,037 rows are left out: eur_value is zero"]
    assert (len(steps), len(undisclosed)) == (1138, 81)
    assert len(steps) + len(rejections) + 2037 == 3176


@needs_reduced
def test_a_book_takes_the_reduced_export_once(tmp_path):
    with make_book(tmp_path / "aid.sqlite", Clock("2024-05-01")) as book:
        first, second = (book.take_in(read(REDUCED, load(MAP))) for _ in range(2))
        assert (first.read, first.imported, first.unchanged, first.rejected) == (1139, 1138, 0, 1)
        assert (second.imported, second.unchanged) == (0, 1138)


@needs_generator
def test_the_benchmarks_pledges_come_to_the_totals_the_generator_computes(tmp_path):
    subprocess.run(
        [sys.executable, str(GENERATOR), "--n", "2000", "--out", str(tmp_path)], check=True, capture_output=True
    )
    expected = json.loads((tmp_path / "expected.json").read_text(encoding="utf-8"))
    totals: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for found in read(tmp_path / "pledges.csv", load(GEN_MAP)).findings:
        assert isinstance(found, Proposal)
        (step,) = found.steps
        assert isinstance(step, Announce)
        (promise,) = step.promises
        counts[step.donor] += 1
        totals[f"{step.donor} {promise.amount.commodity}"] += promise.amount.units
    assert counts == expected["count_by_donor"]
    assert {key: str(units) for key, units in totals.items()} == {
        key: value.replace(".", "").lstrip("0") for key, value in expected["by_donor_currency"].items()
    }
