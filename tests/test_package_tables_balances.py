"""The balances of an auditor's package: beginning + activity = ending, as plain SQL and the report have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ledger.book import Book
from ledger.money import MOST_UNITS, Money
from tests.chance import FIRST_DAY, book_of, lives
from tests.everything import fill
from tests.package_words import ANYBODYS, Row, Rows, days_of, outsiders, quarters, sql, tables
from tests.world import GBP, MISSILE, announce, cancel, disburse, records, register_item

Account = tuple[str, str, str]
Figures = tuple[Fraction, Fraction, Fraction, Fraction]

PERIODS = ["2024", "2024-Q4", "2024-11", "2024-12", "2025", "2025-Q1", "2025-Q2", "2025-02", "2025-12"]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Book]:
    """The book of many currencies and hostile texts."""
    with outsiders(tmp_path) as book:
        yield book


def balances(found: dict[str, Rows]) -> dict[Account, Figures]:
    """The beginning, debits, credits and ending of each account in money and in items."""
    money = {_account(row, "Amount_Currency"): _figures(row, "Amount") for row in found["trial_balance"]}
    return money | {_account(row, "Item"): _figures(row, "Quantity") for row in found["items_balance"]}


def _account(row: Row, commodity: str) -> Account:
    return row["Segment05"], row["GL_Account_Number"], row[commodity]


def _figures(row: Row, of: str) -> Figures:
    beginning, debit, credit, ending = (f"{of}_Beginning", "Activity_Debit", "Activity_Credit", f"{of}_Ending")
    return Fraction(row[beginning]), Fraction(row[debit]), Fraction(row[credit]), Fraction(row[ending])


def by_hand(book: Book, since: str = "", until: str = "9") -> dict[Account, Figures]:
    """The same in Python, from the rows of the book's file."""
    query = "SELECT pledge, stage, commodity, on_date, amount FROM posting WHERE on_date <= ?"
    held: dict[Account, list[Fraction]] = defaultdict(lambda: [Fraction()] * 4)
    for pledge, stage, commodity, on, units in sql(book, query, until):
        account = held[pledge, stage, commodity]
        amount = Fraction(units, 10 ** _DIGITS.get(commodity, 2 if len(commodity) == 3 else 0))
        place = 0 if on < since else 1 if amount > 0 else 2
        account[place] += -amount if place == 2 else amount
        account[3] += amount
    return {key: (b, d, c, e) for key, (b, d, c, e) in held.items()}


_DIGITS = {"JPY": 0, "KRW": 0, "ISK": 0, "KWD": 3, "BHD": 3}


def test_the_balances_of_a_whole_book_are_those_of_the_trial_balance(many: Book):
    report = {
        (str(row["pledge"]), str(row["stage"]), str(row["commodity"])): row for row in records(many.trial_balance())
    }
    found = balances(tables(many, worth=ANYBODYS))
    assert found.keys() == report.keys()
    for account, (beginning, debit, credit, ending) in found.items():
        row = report[account]
        assert beginning == 0
        assert (debit, credit, ending) == tuple(Fraction(str(row[name])) for name in ("debit", "credit", "balance"))


@pytest.mark.parametrize("period", [None, "2024", "2024-Q3", "2025-03", "2019"])
def test_the_balances_of_a_period_are_what_sql_says(many: Book, period: str | None):
    since, until = days_of(period) if period else ("", "9")
    assert balances(tables(many, period, worth=ANYBODYS)) == by_hand(many, since, until)


@examples(max_examples=25)
@given(steps=lives(), period=st.sampled_from(PERIODS))
def test_beginning_and_activity_make_the_ending_of_each_account_in_any_period(empty_book, steps, period):
    with book_of(empty_book, steps) as book:
        found, since_until = balances(tables(book, period)), days_of(period)
        assert found == by_hand(book, *since_until)
    for beginning, debit, credit, ending in found.values():
        assert beginning + debit - credit == ending
    for place in range(4):
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for account, figures in found.items():
            sums[account[2]] += figures[place] if place in {0, 3} else figures[1] - figures[2]
        assert not any(sums.values())


@examples(max_examples=12)
@given(steps=lives())
def test_a_quarter_begins_where_the_one_before_ended_and_four_make_a_year(empty_book, steps):
    with book_of(empty_book, steps) as book:
        years = [*quarters(FIRST_DAY.year), *quarters(FIRST_DAY.year + 1)]
        found = [balances(tables(book, period)) for period in years]
        year = balances(tables(book, str(FIRST_DAY.year + 1)))
    for one, other in pairwise(found):
        assert {account: figures[0] for account, figures in other.items() if account in one} == {
            account: figures[3] for account, figures in one.items()
        }
        assert not any(figures[0] for account, figures in other.items() if account not in one)
    for account, (beginning, debit, credit, ending) in year.items():
        parts = [quarter[account] for quarter in found[4:] if account in quarter]
        assert (beginning, ending) == (parts[0][0], parts[-1][3])
        assert debit == sum(part[1] for part in parts)
        assert credit == sum(part[2] for part in parts)


def test_a_balance_is_of_the_last_day_of_the_period_or_of_any_entry(book: Book):
    announce(book, "GB", "100 GBP", on="2025-01-05")
    told = {
        period: {(row["Balance_As_Of_Date"], row["Fiscal_Year"], row["Period"]) for row in found["trial_balance"]}
        for period in (None, "2025-Q1", "2025")
        if (found := tables(book, period))
    }
    assert told == {
        None: {("2025-03-02", "2025", "03")},  # the day on which the book was opened
        "2025-Q1": {("2025-03-31", "2025", "03")},
        "2025": {("2025-12-31", "2025", "12")},
    }


def test_accounts_are_sorted_by_pledge_stage_and_commodity_as_code_points(many: Book):
    found = tables(many, worth=ANYBODYS)
    for name, of in (("trial_balance", "Amount_Currency"), ("items_balance", "Item")):
        accounts = [_account(row, of) for row in found[name]]
        assert accounts == sorted(accounts)


def test_items_are_balanced_in_whole_pieces(book: Book):
    register_item(book)
    pledge = announce(book, "GB", f"50 {MISSILE}", on="2025-01-05")
    disburse(book, pledge, f"20 {MISSILE}", on="2025-02-05")
    rows = {row["GL_Account_Number"]: row for row in tables(book, "2025-02")["items_balance"]}
    told = ("Quantity_Beginning", "Activity_Debit", "Activity_Credit", "Quantity_Ending", "Item")
    assert {stage: tuple(row[name] for name in told) for stage, row in rows.items()} == {
        "disbursed": ("0", "20", "0", "20", MISSILE),
        "pledged": ("50", "0", "20", "30", MISSILE),
        "undertaking": ("-50", "0", "0", "-50", MISSILE),
    }


# Control totals


def test_control_totals_are_what_sql_counts(many: Book):
    found = tables(many, "2025", worth=ANYBODYS)["control_totals"]
    journal = "SELECT count(*), min(number), max(number), 0, min(on_date), max(on_date), sum(postings) FROM entry"
    assert [found[0][name] for name in _COUNTED] == [str(value) for value in sql(many, journal)[0]]
    by_commodity = """
        SELECT commodity, count(DISTINCT entry), min(entry), max(entry), min(on_date), max(on_date), count(*)
        FROM posting WHERE on_date LIKE '2025-%' GROUP BY commodity ORDER BY length(commodity) > 3, commodity"""
    told = [tuple(row[name] for name in ("commodity", *_COUNTED) if name != "gaps") for row in found[1:]]
    assert told == [tuple(map(str, row)) for row in sql(many, by_commodity)]
    assert {row["table"] for row in found if len(row["commodity"]) > 3} == {"items_detail"}


_COUNTED = ("entries", "first_number", "last_number", "gaps", "first_on", "last_on", "lines")


def test_both_sides_of_each_commodity_are_the_same_and_those_of_its_lines(many: Book):
    found = tables(many, worth=ANYBODYS)
    for row in found["control_totals"][1:]:
        items = row["table"] == "items_detail"
        amount, of = ("Quantity", "Item") if items else ("Amount", "Amount_Currency")
        lines = [line for line in found[row["table"]] if line[of] == row["commodity"]]
        debits = sum(Fraction(line[amount]) for line in lines if line[f"{amount}_Credit_Debit_Indicator"] == "D")
        assert Fraction(row["debits"]) == Fraction(row["credits"]) == debits
        assert not Fraction(row["sum"])


def test_sums_beyond_64_bits_are_exact(book: Book):
    most = str(Money(MOST_UNITS, GBP))
    for _ in range(3):
        cancel(book, announce(book, "GB", most, on="2025-01-05"), on="2025-01-06")
    row = tables(book)["control_totals"][1]
    assert Fraction(row["debits"]) == Fraction(row["credits"]) == 6 * Money(MOST_UNITS, GBP).value


def test_all_of_it_holds_in_a_book_where_everything_happened(book: Book):
    fill(book)
    assert balances(tables(book, "2025-02")) == by_hand(book, "2025-02-01", "2025-02-28")
