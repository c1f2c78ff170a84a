"""The detail of an auditor's package: each posting as the register has it, and what it is worth, made again by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import InputError, MissingRate
from ledger.exchange import Worth
from ledger.formats.package.layouts import ABOUT, KEYS, LAYOUTS, REFERENCES, header
from ledger.money import Money
from ledger.rate import rate_text
from ledger.reports.measures import MEASURES
from tests.chance import book_of, lives
from tests.everything import fill
from tests.oracle import register
from tests.package_words import ANYBODYS, EUROS, Rows, exact, outsiders, quarters, reporting, signed, sql, tables, texts
from tests.world import EUR, amend, announce, cancel, commit, disburse, money, records, refused, reverse


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Book]:
    """The book of many currencies and hostile texts."""
    with outsiders(tmp_path) as book:
        yield book


@pytest.fixture
def full(book: Book) -> Book:
    """A book in which everything there is has happened."""
    fill(book)
    return book


def detail(found: dict[str, Rows]) -> Rows:
    """The lines of both details as one list, in the order of the journal."""
    both = [*found["gl_detail"], *found["items_detail"]]
    return sorted(both, key=lambda row: (int(row["Journal_ID"]), int(row["Journal_ID_Line_Number"])))


def test_each_posting_stands_in_one_of_the_details_as_it_stands_in_the_register(many: Book):
    lines, known = detail(tables(many, worth=ANYBODYS)), register(many)
    assert len(lines) == len(known)
    for line, row in zip(lines, known, strict=True):
        item = "Quantity" in line
        amount = "Quantity" if item else "Amount"
        side = {"D": "debit", "C": "credit"}[line[f"{amount}_Credit_Debit_Indicator"]]
        assert line[amount] == row[side]
        assert line["Item" if item else "Amount_Currency"] == row["commodity"]
        assert f"{line['Entered_Date']}T{line['Entered_Time']}Z" == row["recorded_at"]
        assert f"{line['Fiscal_Year']}-{line['Period']}" == line["Effective_Date"][:7]
        assert line["Reversal_Indicator"] == ("1" if row["reverses"] else "0")
        assert {name: line[name] for name in _SAME} == {name: row[of] for name, of in _SAME.items()}


_SAME = {
    "Journal_ID": "entry",
    "Journal_ID_Line_Number": "line",
    "JE_Header_Description": "note",
    "JE_Line_Description": "title",
    "Source": "kind",
    "Business_Unit_Code": "recipient",
    "Effective_Date": "on",
    "GL_Account_Number": "stage",
    "Reversal_Journal_ID": "reverses",
    "Segment01": "donor",
    "Segment02": "purpose",
    "Segment03": "instrument",
    "Segment04": "source",
    "Segment05": "pledge",
}


def test_who_recorded_a_line_is_who_recorded_its_entry(many: Book):
    by = dict(sql(many, "SELECT number, recorded_by FROM entry"))
    assert {row["Entered_By"] for row in detail(tables(many, worth=ANYBODYS))} > {"ada"}
    assert all(by[int(row["Journal_ID"])] == row["Entered_By"] for row in detail(tables(many, worth=ANYBODYS)))


def test_lines_show_the_facts_that_hold_at_the_head(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-01-05", title="Misread")
    amend(book, pledge, donor="NO", recipient="MD", purpose="financial", source="era", title="Read")
    found = tables(book)
    assert {tuple(row[f"Segment0{place}"] for place in range(1, 6)) for row in found["gl_detail"]} == {
        ("NO", "financial", "grant", "era", pledge)
    }
    assert {(row["Business_Unit_Code"], row["JE_Line_Description"]) for row in found["gl_detail"]} == {("MD", "Read")}
    assert {row["Business_Unit_Code"] for row in found["trial_balance"]} == {"MD"}


def test_a_reversal_says_what_it_reverses(book: Book):
    announce(book, "GB", "100 GBP", on="2025-01-05")
    reverse(book, 2)
    lines = tables(book)["gl_detail"]
    told = [(row["Journal_ID"], row["Reversal_Indicator"], row["Reversal_Journal_ID"]) for row in lines]
    assert told == [("2", "0", "")] * 2 + [("3", "1", "2")] * 2


def test_a_pledge_that_discloses_nothing_has_no_line_and_stands_among_the_pledges(book: Book):
    pledge = announce(book, "NO", on="2025-01-03")
    found = tables(book)
    assert not detail(found)
    assert [row["pledge"] for row in found["pledges"]] == [pledge]


def test_a_book_that_holds_its_opening_only_has_every_table(book: Book):
    found = tables(book)
    assert list(found) == [name.removesuffix(".csv") for name in LAYOUTS]
    filled = {name: len(rows) for name, rows in found.items() if rows}
    assert filled == {
        "chart_of_accounts": 12,
        "source_listing": 1,
        "user_listing": 1,
        "entries": len(book_facts(book, 1)),
        "control_totals": 1,
    }
    assert all(text.startswith(",".join(header(name)) + "\r\n") for name, text in texts(book).items())


def book_facts(book: Book, number: int) -> list[tuple[str]]:
    """What an entry states beside its postings."""
    return sql(book, "SELECT key FROM entry, json_each(entry.line, '$.facts') WHERE number = ?", number)


def test_the_layouts_name_columns_that_are_there():
    assert KEYS.keys() == ABOUT.keys() == LAYOUTS.keys()
    for name, key in KEYS.items():
        assert set(key) <= set(header(name))
    for name, columns in REFERENCES.items():
        for column, (file, other) in columns.items():
            assert column in header(name)
            assert KEYS[file] == (other,)


def test_keys_tell_rows_apart_and_references_lead_somewhere(many: Book):
    found = {f"{name}.csv": rows for name, rows in tables(many, "2025-Q1", worth=ANYBODYS).items()}
    for name, key in KEYS.items():
        told = [tuple(row[column] for column in key) for row in found[name]]
        assert len(told) == len(set(told)), name
    for name, columns in REFERENCES.items():
        for column, (file, other) in columns.items():
            assert {row[column] for row in found[name]} <= {row[other] for row in found[file]}
    for name, fields in LAYOUTS.items():
        for field in fields:
            cells = {row[field.name] for row in found[name]}
            assert not (field.required and "" in cells), (name, field.name)
            assert not field.values or cells <= {*field.values, ""}, (name, field.name)


# What a line is worth


def test_debits_are_rounded_together_and_the_earlier_of_two_gets_the_cent_that_is_over(book: Book):
    pledge = announce(book, "GB", "0.05 GBP", on="2025-03-03")  # 0.8253 GBP for a euro
    cancel(book, pledge, on="2025-03-04")
    disburse(book, pledge, "0.07 GBP", top_up=True, on="2025-03-05")
    lines = [row for row in tables(book)["gl_detail"] if row["Source"] == "disburse"]
    assert [(row["GL_Account_Number"], row["Amount"], row["Reporting_Amount"]) for row in lines] == [
        ("pledged", "0.07", "0.09"),
        ("excess", "0.07", "0.09"),
        ("disbursed", "0.07", "0.08"),
        ("pledged", "0.07", "0.08"),
    ]
    assert Money.rounded(Fraction("0.14") / Fraction("0.8253"), EUR) == money("0.17 EUR")


def test_the_reporting_currency_is_worth_itself_and_names_its_rate(book: Book):
    announce(book, "JP", "7 JPY", on="2025-03-02")
    found = tables(book, worth=Worth("JPY"))
    assert [row["Reporting_Amount"] for row in found["gl_detail"]] == ["7", "7"]
    assert [(row["rate"], row["source"], row["lines"]) for row in found["fx_rates"]] == [("1", "same currency", "2")]


@pytest.mark.parametrize(
    ("value_at", "days"), [("pledge", "2025-03-03"), ("event", "2025-03-04"), ("date", "2025-01-02")]
)
def test_a_line_is_valued_on_the_day_of_its_pledge_or_its_own_or_one_for_all(book: Book, value_at: str, days: str):
    commit(book, announce(book, "GB", "1000 GBP", on="2025-03-03"), on="2025-03-04")
    worth = Worth("USD", on=date(2025, 1, 2) if value_at == "date" else None, by_event=value_at == "event")
    found = tables(book, worth=worth)
    assert [row["on"] for row in found["fx_rates"]][-1] == days
    assert reporting(found, days if value_at == "date" else value_at) == worths(found)


def worths(found: dict[str, Rows]) -> list[str]:
    """The reporting amount of each line, as it is written."""
    return [row["Reporting_Amount"] for row in found["gl_detail"]]


@pytest.mark.parametrize("into", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("policy", ["spot", "month", "fixed:2024-06"])
def test_each_reporting_amount_follows_from_the_rates_beside_it(many: Book, into: str, policy: str):
    worth = replace(ANYBODYS, currency=into, policy=policy, list_missing=True)
    found = tables(many, worth=worth)
    assert reporting(found, digits={"EUR": 2, "JPY": 0, "KWD": 3}[into]) == worths(found)
    for rate in found["fx_rates"]:
        assert rate["rate"] == rate_text(exact(rate["quote_rate"]) / exact(rate["base_rate"]))
        assert rate["into"] == into


@examples(max_examples=20)
@given(steps=lives(), into=st.sampled_from(["EUR", "JPY"]), value_at=st.sampled_from(["pledge", "event"]))
def test_any_entry_balances_in_the_reporting_currency_by_rates_that_are_all_there(empty_book, steps, into, value_at):
    with book_of(empty_book, steps) as book:
        found = tables(book, worth=Worth(into, by_event=value_at == "event"))
    assert reporting(found, value_at, digits=2 if into == "EUR" else 0) == worths(found)
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for row in found["gl_detail"]:
        sums[row["Journal_ID"]] += signed(row, "Reporting_Amount")
    assert not any(sums.values())
    assert sum(int(row["lines"]) for row in found["fx_rates"]) == len(found["gl_detail"])


def test_reporting_amounts_add_up_to_the_report_but_for_less_than_a_cent_and_a_half_a_line(full: Book):
    lines = tables(full)["gl_detail"]
    report = full.totals(by=(), worth=EUROS)
    for measure in ("pledged", "committed", "disbursed", "cancelled"):
        held = [row for row in lines if row["GL_Account_Number"] in set(map(str, MEASURES[measure]))]
        known = Fraction(str(records(report)[0][measure]))
        assert abs(sum(signed(row, "Reporting_Amount") for row in held) - known) < Fraction(3 * len(held), 200)


def test_what_has_no_rate_is_refused_before_anything_is_written(book: Book):
    announce(book, "KW", "5 KWD", on="2025-01-03")
    with refused(MissingRate, "no rate from KWD to EUR on 2025-01-03", "--missing list", "--rates"):
        tables(book)


def test_what_has_no_rate_stays_empty_where_that_is_asked_for(book: Book):
    announce(book, "KW", "5 KWD", "1 EUR", on="2025-01-03")
    found = tables(book, worth=replace(EUROS, list_missing=True))
    told = [
        (row["Amount_Currency"], row["Reporting_Amount"], row["Reporting_Amount_Currency"])
        for row in found["gl_detail"]
    ]
    assert sorted(told) == [("EUR", "1.00", "EUR")] * 2 + [("KWD", "", "")] * 2
    assert [row["currency"] for row in found["fx_rates"]] == ["EUR"]


def test_a_package_has_a_currency(book: Book):
    with refused(InputError, "a package says what its amounts are worth: name the currency to convert to"):
        tables(book, worth=Worth())


# Periods


def test_four_quarters_have_the_lines_of_the_year_and_no_other(many: Book):
    for name in ("gl_detail", "items_detail"):
        parts = [row for period in quarters(2024) for row in tables(many, period, worth=ANYBODYS)[name]]
        year = tables(many, "2024", worth=ANYBODYS)[name]
        assert sorted(map(str, parts)) == sorted(map(str, year))
        assert {row["Fiscal_Year"] for row in year} == {"2024"}
    assert len(tables(many, "2024", worth=ANYBODYS)["gl_detail"]) < len(tables(many, worth=ANYBODYS)["gl_detail"])


def test_rates_and_listings_are_those_of_the_period(many: Book):
    found = tables(many, "2024-Q1", worth=ANYBODYS)
    assert reporting(found) == worths(found)
    assert sum(int(row["lines"]) for row in found["fx_rates"]) == len(found["gl_detail"])
    query = "SELECT DISTINCT kind FROM entry WHERE on_date BETWEEN '2024-01-01' AND '2024-03-31' ORDER BY kind"
    kinds = sql(many, query)
    assert [(row["Source"],) for row in found["source_listing"]] == kinds


def test_a_period_in_which_nothing_happened_has_its_tables_too(many: Book):
    found = tables(many, "2019-Q1", worth=ANYBODYS)
    assert not any(found[name] for name in ("gl_detail", "trial_balance", "fx_rates", "source_listing", "user_listing"))
    assert [row["table"] for row in found["control_totals"]] == ["journal"]
    assert found["entries"] == tables(many, worth=ANYBODYS)["entries"]
