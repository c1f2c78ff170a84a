"""The tracker's workbook: what each of its columns becomes, every spelling and date, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.kiel import layout
from ledger.formats.kiel.read import read
from ledger.formats.kiel.words import donor, instrument, purpose
from ledger.formats.workbook import load
from ledger.recognition.proposal import Proposal, Rejection
from ledger.recognition.steps import Announce, Move, RegisterSource
from tests.kiel_words import (
    LATER,
    NAME,
    RELEASE_7,
    announcement,
    case,
    commitment,
    found,
    rejected,
    remarked,
    row,
    seventh,
    steps,
    told,
    workbook,
    write,
)

CASES = sorted((Path(__file__).parent.parent / "fixtures" / "kiel").glob("*/rows.csv"))
PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"

each_case = pytest.mark.parametrize("source", CASES, ids=[path.parent.name for path in CASES])


# ---- layouts


@each_case
def test_each_layout_reads_as_expected(tmp_path, source):
    expected = (source.parent / "expected.txt").read_text(encoding="utf-8")
    assert told(read(case(source, tmp_path / "input.xlsx"), NAME)) == expected
    assert told(read(source.parent / "input.xlsx", NAME)) == expected


@each_case
def test_the_workbook_beside_the_rows_is_made_of_them(tmp_path, source):
    there, made = load(source.parent / "input.xlsx"), load(case(source, tmp_path / "input.xlsx"))
    assert there.sheets == made.sheets
    assert [list(there.rows(sheet)) for sheet in there.sheets] == [list(made.rows(sheet)) for sheet in made.sheets]


@pytest.mark.parametrize("sheet", ["Sheet1", "Bilateral Assistance", "DATA"])
def test_the_main_sheet_is_found_by_its_header_whatever_it_is_called_and_wherever_the_header_stands(tmp_path, sheet):
    path = tmp_path / "rows.xlsx"
    with xlsxwriter.Workbook(path) as book:
        write(book.add_worksheet("First"), [["ID", "Countries", "something else"]])
        cells = ["X1", "Norway", "Military", "Weapons", 10, 10, "EUR", date(2022, 3, 1)]
        columns = ["  id ", "COUNTRIES", "type of  aid general", "Type Of Aid Specific", "TOTAL",
                   "Converted value in EUR",
                   "Original\ncurrency", "announcement date"]  # fmt: skip
        write(book.add_worksheet(sheet), [["A title"], [], ["", *columns], ["", *cells]])
    assert announcement(found(path)).donor == "NO"


def test_columns_may_stand_in_any_order(tmp_path):
    rows = [commitment("X1", 1000, item="howitzer", units=3)]
    there = steps(found(workbook(tmp_path / "a.xlsx", rows)))
    assert steps(found(workbook(tmp_path / "b.xlsx", rows, header=LATER[::-1]))) == there


def test_a_workbook_without_the_tracker_s_columns_is_refused_naming_its_sheets(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        write(book.add_worksheet("Prices"), [["item", "price"]])
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.xlsx", NAME)
    assert caught.value.message == (
        f"{tmp_path / 'a.xlsx'} cannot be read: no sheet has the columns of the tracker's release 7 or of its layout of"
        " 2024; its sheets are Prices"
    )


def test_a_layout_that_is_not_known_is_refused_naming_the_columns_that_are_missing(tmp_path):
    header = [name for name in LATER if name not in {"Type of donation", "Converted Value in EUR"}]
    with pytest.raises(InputError) as caught:
        read(workbook(tmp_path / "a.xlsx", [], header=header), NAME)
    assert caught.value.message.endswith(
        "; 'Bilateral Assistance, MAIN DATA' comes nearest, and lacks Converted Value in EUR, Type of donation"
    )


def test_the_reduced_export_is_in_no_known_layout():
    path = PUBLISHED / "r16_allocations_delivery.xlsx"
    if not path.exists():
        pytest.skip("the tracker's workbooks are not beside the project")
    with pytest.raises(InputError, match="its sheets are delivery, europevsus, group, bigone") as caught:
        read(path, NAME)
    assert caught.value.hint == "any other table is read by a map: aidledger import csv"


def test_a_sheet_with_more_rows_than_any_tracker_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "MOST_ROWS", 3)
    path = workbook(tmp_path / "a.xlsx", [commitment(f"X{number}", 5) for number in range(5)])
    with pytest.raises(InputError, match=r"its sheet '.*' has more than 3 rows"):
        read(path, NAME)


def test_a_reading_is_complete_and_counts_its_rows(tmp_path):
    reading = read(workbook(tmp_path / "a.xlsx", [commitment("X1", 5), commitment("X2", 6), commitment("X2")]), NAME)
    assert (reading.name, reading.complete, reading.total, reading.done()) == (NAME, True, 3, 0)
    list(reading.findings)
    assert reading.done() == 3


# ---- packages


def test_rows_that_share_an_id_are_one_pledge_even_with_others_between(tmp_path):
    rows = [row("X1", eur=5, total=5), row("X2", eur=7, total=7), row("X1 ", eur=3, total=3)]
    findings = found(seventh(tmp_path, *rows))
    assert str(announcement(findings).promises[0].amount) == "8.00 EUR"
    assert sum(isinstance(one, Proposal) for one in findings) == 2


def test_a_row_without_an_id_is_rejected_and_its_neighbours_are_not(tmp_path):
    findings = found(seventh(tmp_path, row("X1", eur=5), row(" "), row("X" * 61)))
    assert rejected(findings) == [
        "3 ID ' ': a row without an ID belongs to no package: give it one in the file",
        f"4 ID '{'X' * 61}': an ID has at most 60 signs: give it one in the file",
    ]
    assert announcement(findings).donor == "GB"


def test_an_id_with_blanks_or_commas_makes_an_id_without(tmp_path):
    assert announcement(found(seventh(tmp_path, row("UK M,:+1", eur=5))), "UK_M_1").id == f"{NAME}:UK_M_1"


def test_an_unknown_donor_or_purpose_rejects_its_package_only(tmp_path):
    rows = [row("X1", eur=5), row("X2", country="Ruritania"), row("X3", purpose="Moral"), row("X4", country=".")]
    findings = found(seventh(tmp_path, *rows))
    assert rejected(findings) == [
        "3 Countries 'Ruritania': no donor of this name is known: write the country's English name",
        "4 Type of Aid General 'Moral': this is no purpose: it is Military, Humanitarian, Financial or Reconstruction",
        "5 Countries '.': a package without a donor cannot be recorded: name it in the file",
    ]
    assert announcement(findings).donor == "GB"


def test_rows_of_another_purpose_under_one_id_are_a_pledge_of_their_own(tmp_path):
    rows = [row("X1", total=5, eur=5), row("X1", total=9, eur=9, purpose="Financial"), row("X1", purpose=".")]
    findings = found(seventh(tmp_path, *rows))
    assert announcement(findings).purpose == "financial"
    assert announcement(findings, "X1+GB-military").purpose == "military"
    assert (
        "2 ID 'X1': X1 has rows of another donor or purpose: these are the pledge kiel-made:X1+GB-military"
        in remarked(findings)
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Czech Republic", "CZ"), ("Czechia", "CZ"), ("Turkey", "TR"), ("Türkiye", "TR"), ("Turkiye", "TR"),
        ("United States", "US"), ("United Kingdom", "GB"), ("South Korea", "KR"), ("Korea, South", "KR"),
        ("Taiwan", "TW"), ("EU (Commission and Council)", "EU"), ("European Union", "EU"), ("EU Institutions", "EU"),
        ("European Investment Bank", "EIB"), ("European Peace Facility", "EPF"), (" the  netherlands ", "NL"),
        ("Bosnia and Herzegovina", "BA"), ("Côte d'Ivoire", "CI"), ("North Macedonia", "MK"), ("Slovak Republic", "SK"),
        ("Ruritania", None), ("", None),
    ],
)  # fmt: skip
def test_donors_are_known_by_all_their_spellings(text, code):
    assert donor(text) == code


@pytest.mark.parametrize("text", ["Humanitarian ", "HUMANITARIAN", "humanitarian"])
def test_purposes_are_known_whatever_their_case_and_blanks(text):
    assert purpose(text) == "humanitarian"


@pytest.mark.parametrize(
    ("text", "kind", "sure"),
    [
        ("Loan", "loan", True), ("Grant", "grant", True), ("Guarantee", "guarantee", True),
        ("Loan guarantee", "guarantee", False), ("Swap-line", "swap_line", True),
        ("Export credit", "export_credit", True),
        ("Weapons and Equipment", "in_kind", True), ("Equipment and assistance", "in_kind", True),
        ("Funding for Weapon Acquisition Program", "grant", True), ("European Peace Facility", "grant", True),
        ("Assistance", "grant", False), ("Assitance", "grant", False), ("Loans and grants", "loan", False),
        ("Weapons and training", "in_kind", True), ("", "grant", False),
    ],
)  # fmt: skip
def test_instruments_are_read_from_free_text(text, kind, sure):
    assert instrument(text) == (kind, sure)


def test_an_instrument_that_is_guessed_is_remarked_on(tmp_path):
    findings = found(seventh(tmp_path, row("X1", total=5, eur=5, kind="Assistance")))
    assert remarked(findings) == ["2 Type of Aid Specific 'Assistance': taken for grant: the words do not say it"]


def test_an_instrument_is_that_of_most_of_the_value(tmp_path):
    rows = [row("X1", total=5, eur=5, kind="Grant"), row("X1", total=9, eur=9, kind="Loan"), row("X1", kind="Weapons")]
    findings = found(seventh(tmp_path, *rows))
    assert announcement(findings).instrument == "loan"
    assert remarked(findings) == [
        "2 Type of Aid Specific 'Grant': taken for a pledge of loan, which most of its value is; other rows say grant"
    ]


def test_the_source_is_the_peace_facility_or_the_initiative_that_is_named_else_unknown(tmp_path):
    rows = [
        commitment("X1", 5, initiative="Danish model"),
        commitment("X2", 5, kind="European Peace Facility"),
        commitment("X3", 5, initiative="."),
        commitment("X4", 5, initiative=1),
        commitment("X5", 5, initiative="Extraordinary Revenue Acceleration (ERA) Loans"),
    ]
    findings = found(workbook(tmp_path / "a.xlsx", rows))
    assert [announcement(findings, f"X{number}").source for number in range(1, 6)] == [
        "danish-model", "epf", None, None, "era",
    ]  # fmt: skip
    needs = [need for one in findings if isinstance(one, Proposal) for need in one.needs]
    assert needs == [RegisterSource(code="danish-model", name="Danish model")]


# ---- texts


def test_citations_are_addresses_first_sources_first_and_official_where_it_is_said(tmp_path):
    rows = [
        row("X1", source=" .https://example.org/b ", source_2="https://example.org/c", official="No "),
        row("X1", source="https://example.org/b", source_2="the embassy", official="Yes "),
        row("X1", source="javascript:alert(1)", source_2="https://example.org/" + "x" * 2000),
    ]
    citations = announcement(found(seventh(tmp_path, *rows))).evidence.citations
    assert [(one.url, one.official) for one in citations] == [
        ("https://example.org/b", True), ("https://example.org/c", False),
    ]  # fmt: skip


def test_long_texts_are_cut_with_an_ellipsis(tmp_path):
    step = announcement(found(seventh(tmp_path, row("X1", on="until 2/3/2022", why="word " * 900, kind="Loan"))))
    assert step.title is not None
    assert step.evidence.note is not None
    assert (len(step.title) <= 120, step.title[-1]) == (True, "…")
    assert len(step.evidence.note) <= 1000
    assert step.evidence.note.endswith("wor… Date as given: until 2/3/2022.")


def test_a_title_names_the_items_or_says_the_first_sentence(tmp_path):
    rows = [
        row("X1", kind="Weapons", item="tank", units=4), row("X1", kind="Weapons", item="drone"),
        row("X2", kind="Loan", why="A loan through the IMF. It has a grace period."), row("X3", kind="."),
    ]  # fmt: skip
    findings = found(seventh(tmp_path, *rows))
    assert [announcement(findings, key).title for key in ("X1", "X2", "X3")] == [
        "Weapons: drone, tank", "Loan: A loan through the IMF", "Military",
    ]  # fmt: skip


def test_control_characters_are_gone_from_every_text(tmp_path):
    evil = "red \x1b[31mtext\u202e and\nlines"
    rows = [
        row(
            "X1",
            why=evil,
            kind=f"Loan {evil}",
            item=evil,
            units=3,
            on=f"until 3/4/2022 {evil}",
            source=f"https://a.b/{evil}",
        )
    ]
    findings = found(seventh(tmp_path, *rows))
    step = announcement(findings)
    texts = [step.title, step.evidence.note, *(one.url for one in step.evidence.citations)]
    texts += [need.name for one in findings if isinstance(one, Proposal) for need in one.needs]
    assert len(texts) == 4
    assert all(text and text.isprintable() for text in texts)


# ---- rates


def rates_of(folder, *lines, sheet: str = "Exchange rates") -> list[str]:
    with xlsxwriter.Workbook(folder / "rates.xlsx") as book:
        write(book.add_worksheet("Main"), [RELEASE_7])
        write(book.add_worksheet(sheet), lines)
    table = read(folder / "rates.xlsx", NAME).rates
    return (
        []
        if table is None
        else [*(f"{rate.text} {rate.quote}" for rate in table.rates), *(one.message for one in table.problems)]
    )


def test_a_table_of_rates_may_be_laid_out_in_other_ways(tmp_path):
    plain = [["", "\xa0"], ["", "Currency", "1 EUR"], ["", "EUR", 1], ["", "GBP", 0.87571], ["", "Source: ECB"]]
    assert rates_of(tmp_path, *plain) == ["0.87571 GBP"]
    assert rates_of(tmp_path, ["Currency", "Country", "2022", "1 EUR"], ["GBP ", "Britain", 5, 0.9]) == ["0.9 GBP"]
    assert rates_of(tmp_path, ["US dollar", "USD", 1.05], ["yen", "JPY", 150], sheet="EXCHANGE RATES (mean)") == [
        "1.05 USD",
        "150 JPY",
    ]
    assert rates_of(tmp_path, *plain, sheet="Something") == []


def test_a_rate_that_is_none_is_a_problem_and_the_others_are_taken(tmp_path):
    assert rates_of(tmp_path, ["USD", 0], ["GBP", "n/a"], ["JPY", 150], ["JPY", 150], ["JPY", 151]) == [
        "150 JPY",
        "USD: 0 is not a rate: a rate is a number above zero",
        "GBP: there is no rate beside it",
        "1 EUR is 151 JPY here and 150 above: the first is taken",
    ]


# ---- whatever comes


cells = st.one_of(
    st.none(),
    st.sampled_from([".", "undisclosed", "Not given", "EUR", "GBP", "Military", "Loan", "Commitment", "X1"]),
    st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.integers(-10, 10**9), st.booleans(),
    st.dates(date(1901, 1, 1)),
)  # fmt: skip
likely = {
    "ID": st.sampled_from(["X1", "X2", " X1", "X,3"]), "Countries": st.sampled_from(["Norway", "Germany"]),
    "Type of Aid General": st.sampled_from(["Military", "Financial "]),
}  # fmt: skip


@st.composite
def lines(draw):
    kept = {name: draw(st.one_of(likely[name], likely[name], cells)) for name in likely}
    return [kept[name] if name in kept else draw(cells) for name in LATER]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(lines(), max_size=5), rates=st.lists(st.tuples(cells, cells), max_size=4))
def test_whatever_the_cells_hold_there_are_findings_and_origins_are_unique(tmp_path, rows, rates):
    path = tmp_path / "fuzz.xlsx"
    with xlsxwriter.Workbook(path) as book:
        write(book.add_worksheet("Main"), [LATER, *rows])
        write(book.add_worksheet("Exchange rates"), rates)
    findings = found(path)
    for step in steps(findings).values():
        assert step.evidence.on is not None
        assert str(step.evidence.origin).startswith(f"{NAME}:")
        if isinstance(step, Announce):
            assert step.id == step.evidence.origin
        elif isinstance(step, Move):
            assert not step.everything
            assert step.amounts
    assert all(len(one.at.value) <= 500 for one in findings)
    assert all(one.reason.isprintable() for one in findings if isinstance(one, Rejection))
