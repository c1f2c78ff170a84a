"""Suggested maps: read as they stand, and what is unsure of them is marked."""

# ruff: noqa: E501 - a table and what is suggested for it stand on one line each

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.mapped.suggest import suggest
from ledger.formats.mapped.written import load, parse
from ledger.recognition.proposal import Proposal, Rejection
from ledger.recognition.steps import Announce
from tests.mapped_words import findings, proposed, table

ROOT = Path(__file__).parent.parent
MAPS = ROOT / "fixtures" / "maps"
SHARED = ROOT.parent / "shared"
GENERATOR = SHARED / "bench" / "gen.py"
REDUCED = SHARED / "data" / "kiel" / "r16_allocations_delivery.xlsx"


def unsure(written: str) -> list[str]:
    return [line for line in written.splitlines() if "UNSURE" in line and not line.startswith("#")]


def test_the_ledgers_own_columns_are_sure():
    path = MAPS / "contract" / "input.csv"
    written = suggest(path)
    fields = parse(written).fields
    assert all(fields[name].columns == (name,) for name in fields)
    assert set(fields) == {*["id", "donor", "recipient", "currency", "on", "instrument", "source", "title", "stage", "firmness"], "purpose", "citation_url", "citation_quote"}  # fmt: skip


def test_the_ledgers_own_columns_import_as_suggested(tmp_path):
    lines = (MAPS / "contract" / "input.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = table(tmp_path, "".join(lines[:4] + lines[5:7]), "own.csv")
    written = suggest(path)
    assert unsure(written) == []
    assert proposed(path, written) == proposed(path)


def test_the_benchmarks_pledges_import_as_suggested(tmp_path):
    if not GENERATOR.exists():
        pytest.skip("the benchmark's generator is not there")
    subprocess.run(
        [sys.executable, str(GENERATOR), "--n", "500", "--out", str(tmp_path)], check=True, capture_output=True
    )
    path = tmp_path / "pledges.csv"
    written = suggest(path)
    assert unsure(written) == ["[fields.purpose] # UNSURE: guessed from how they are financed"]
    settled = written.replace('"ExportFinancing" = "financial"', '"ExportFinancing" = "military"')
    ours = [step for step in proposed(path, load(ROOT / "benchmarks" / "gen-map.toml")) if isinstance(step, Announce)]
    found = [step for step in proposed(path, settled) if isinstance(step, Announce)]
    assert [(step.id, step.donor, step.promises, step.purpose, step.instrument, step.source) for step in found] == [
        (step.id, step.donor, step.promises, step.purpose, step.instrument, step.source) for step in ours
    ]


def test_the_reduced_kiel_export_is_nearly_understood():
    if not REDUCED.exists():
        pytest.skip(f"the reduced Kiel export is not there: {REDUCED.name}")
    written = suggest(REDUCED)
    fields = parse(written).fields
    by_hand = load(MAPS / "kiel-r16.toml").fields
    assert dict(fields["donor"].values) == dict(by_hand["donor"].values)
    assert fields["currency"].constant == "EUR"
    assert 'zero = "skip" # UNSURE' in written
    found = findings(REDUCED, written)
    assert sum(isinstance(one, Proposal) for one in found) == 1138
    assert sum(isinstance(one, Rejection) for one in found) == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Country;Value (€ m);Day\nGermany;1.250,5;2.3.2025\nFrance;3,25;25.12.2024\n", ['thousands = "."', 'decimal = ","', 'unit = "million" # UNSURE: the name of the column says so', 'dates = ["dmy"]']),
        ("donor,amount,date\nGB,1,02/03/2025\n", ['dates = ["dmy"] # UNSURE: mdy reads all of them as well', 'currency = { constant = "EUR" } # UNSURE: no column has currencies', 'purpose = { constant = "other" } # UNSURE: no column says what they are for']),
        ("donor,amount,year\nGB,1.500,2025\n", ['decimal = "." # UNSURE: perhaps it parts thousands, and no decimals', 'dates = ["year-end"] # UNSURE: a last day stands for what has no day']),
        ("donor,amount\nGB,n/a\nFR,2\n", ['absent = ["n/a"]', 'on = { constant = "2025-01-01" } # UNSURE: no column has days: when were they announced?']),
        ("donor,amount,currency,on\nGB,some,pounds,soon\n", ['amount = "amount" # UNSURE: not all of it are numbers', 'currency = "currency" # UNSURE: not all of it are currencies', 'on = "on" # UNSURE: no format reads its days']),
        ("when,who\n2025-03-02,x\n", ['amount = { constant = "1" } # UNSURE: no column has amounts', 'donor = { constant = "XX" } # UNSURE: whose pledges are these?']),
        ("donor,date,amount,currency\nGermany,2025-03-02,1.00,EUR\nFrance,2025-03-02,1.00,EUR\nAtlantis Bank,2025-03-02,1.00,EUR\nItaly,2025-03-02,1.00,EUR\n", ['"Atlantis Bank" = "atlantis-bank" # UNSURE: a party that is not known', '"atlantis-bank" = "Atlantis Bank"']),
        ("donor,date,currency,Committed,Disbursed\nGB,2025-03-02,GBP,5,3\n", ['stage = "committed"', 'column = "Disbursed"']),
        ("donor,amount,date,type,type\nGB,5,2025-03-02,loan,loan\n", ['instrument = "type #1" # UNSURE: or "type #2"']),
    ],
)  # fmt: skip
def test_what_is_seen_is_written_and_what_is_unsure_is_marked(tmp_path, text, lines):
    written = suggest(table(tmp_path, text))
    parse(written)
    assert [line for line in lines if line not in written.splitlines()] == []


def test_a_text_that_is_not_in_utf8_is_looked_at_all_the_same(tmp_path):
    path = table(tmp_path, "donor,amount,date,title\nGB,1,2025-03-02,Hilfe für Kyjiw\n".encode("cp1252"))
    assert 'encoding = "cp1252" # UNSURE: the text is not in UTF-8: this is what Western Excel writes' in suggest(path)


def test_texts_of_the_file_cannot_break_the_map(tmp_path):
    path = table(tmp_path, 'donor,amount,date,"a""\n]"\nGB,1,2025-03-02,x\n"x\nname = ""evil""",2,2025-03-02,y\n')
    written = suggest(path)
    assert parse(written).name == "table"


@settings(max_examples=60, deadline=None)
@example("donor,amount\n" + "GB,1\n" * 10)
@given(
    st.lists(
        st.sampled_from(["donor", "amount", "Datum", "id", "x", "", "type", 'a"b']), min_size=1, max_size=5
    ).flatmap(
        lambda names: st.lists(
            st.lists(
                st.sampled_from(["GB", "1,5", "2025-03-02", "", ".", "loan", "é\n", '"']),
                min_size=len(names),
                max_size=len(names),
            ),
            max_size=6,
        ).map(
            lambda rows: "\n".join(
                ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [names, *rows]
            )
        )
    )
)
def test_whatever_is_suggested_can_be_read_as_a_map(tmp_path_factory, text):
    path = table(tmp_path_factory.getbasetemp(), text, "suggested.csv")
    try:
        written = suggest(path)
    except InputError as refused:
        assert "\n" not in refused.message  # noqa: PT017 - either is right
        return
    findings(path, written)
