"""A newcomer's first session, from the empty folder to the figures: the two real pledges of March 2025."""

from decimal import Decimal
from itertools import groupby

import pytest

from tests.commandline import (
    MEASURES,
    REAL,
    Rows,
    book,
    done,
    figures,
    one_error,
    refused,
    rows,
    settings_for,
    stages,
    typed,
)

BOOK = REAL
ERA, MISSILES = "GB-2024-0001", "GB-2025-0001"
POUNDS = {
    "pledged": "3860000000.00",
    "committed": "2260000000.00",
    "allocated": "752000000.00",
    "disbursed": "752000000.00",
    "outstanding": "3108000000.00",
    "owed": "752000000.00",
}
ERA_IN = {  # GBP 2,260,000,000 and of it 752,000,000, at the loan's own day
    "EUR": ("2711783057.36", "902327813.77"),
    "USD": ("2934420446.36", "976408927.29"),
}
OUTSTANDING_IN = {"EUR": "3746313659.23", "USD": "3974474815.61"}  # 1.6bn and 1,508m, added before rounding
MISSILES_IN = {"EUR": "1936858415.65", "USD": "2016463296.53"}
BOTH_IN = {"EUR": "4648641473.01", "USD": "4950883742.90"}


def test_the_whole_session_runs_as_it_is_written(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    answer = typed("init")
    assert (answer.code, answer.printed) == (0, f"{book()}\n")
    assert answer.said == "note: next: aidledger pledge add --help\n"
    printed = [done(command) for command in REAL]
    assert printed[:3] == ["air-defence-missile\n", f"{ERA}\n", f"{MISSILES}\n"]
    assert done("check --format csv") == "severity,code,where,message\r\n"
    assert figures("") == POUNDS
    refused(1, f'pledge disburse {ERA} "2bn GBP"')
    done("journal reverse 6 --note 'a double' --format csv")
    done("journal close 2025-03 --format csv")
    refused(1, f'pledge disburse {ERA} "1 GBP" --on 2025-03-31')
    assert sum_of("amount", typed("export csv").table) == {"GBP": 0, "air-defence-missile": 0}
    assert done("check --format csv") == "severity,code,where,message\r\n"


def sum_of(column: str, found: Rows) -> dict[str, Decimal]:
    """The sum of a column by commodity."""
    sums: dict[str, Decimal] = {}
    for row in found:
        sums[row["commodity"]] = sums.get(row["commodity"], Decimal()) + Decimal(row[column])
    return sums


def test_a_new_book_may_be_read_by_its_owner_only(tmp_path, monkeypatch):
    settings_for(tmp_path, monkeypatch)
    typed("init")
    assert oct(book().stat().st_mode & 0o777) == "0o600"


@pytest.mark.usefixtures("desk")
class TestTotals:
    """What the book says of the two pledges, in every form."""

    def test_by_country_in_their_own_currency(self):
        (row,) = rows("report totals")
        zeros = dict.fromkeys(MEASURES, "0.00")
        assert row == {"donor": "GB", "currency": "GBP", **zeros, **POUNDS}

    @pytest.mark.parametrize("currency", ["EUR", "USD"])
    def test_by_country_at_the_rate_of_each_pledges_day(self, currency):
        era, paid = ERA_IN[currency]
        (row,) = rows(f"report totals --in {currency}")
        assert (row["currency"], row["policy"], row["pledged"]) == (currency, "spot", BOTH_IN[currency])
        assert (row["committed"], row["disbursed"], row["owed"]) == (era, paid, paid)
        assert row["outstanding"] == OUTSTANDING_IN[currency]

    @pytest.mark.parametrize("currency", ["EUR", "USD"])
    def test_by_instrument_each_row_rounds_once(self, currency):
        found = rows(f"report totals --by instrument --in {currency}")
        pledged = {row["instrument"]: row["pledged"] for row in found}
        assert pledged == {"export_credit": MISSILES_IN[currency], "loan": ERA_IN[currency][0]}

    def test_the_printed_rows_may_differ_from_their_exact_total_and_a_note_says_by_how_much(self):
        answer = typed("report totals --by instrument --in USD")
        assert "4,950,883,742.90" in answer.printed
        assert "2,934,420,446.36" in answer.printed
        assert answer.said == "note: the printed rows of pledged add up to 0.01 USD less than the exact total\n"

    def test_by_source_at_the_mean_of_each_pledges_month(self):
        found = rows("report totals --by source --in EUR --policy month")
        assert {(row["source"], row["pledged"], row["policy"]) for row in found} == {
            ("era", "2706720717.77", "month"),
            ("ukef", "1911531369.88", "month"),
        }

    def test_the_ratio_of_two_means_is_taken_where_neither_currency_is_the_euro(self):
        (row,) = rows(f"report totals --by source --in USD --policy month --pledge {MISSILES}")
        assert row["pledged"] == "2065755541.31"

    def test_csv_says_what_json_says(self):
        for words in ("", "--in EUR", "--by instrument,year --in USD --policy year"):
            table = typed(f"report totals {words} --format csv").table
            assert table == rows(f"report totals {words}")

    def test_one_day_may_value_everything(self):
        (row,) = rows("report totals --in EUR --value-at 2025-02-28")
        assert row["pledged"] == "4672670927.76"  # 3,860,000,000 / 0.82608

    def test_the_items_are_promised_and_not_yet_delivered(self):
        assert stages(MISSILES, "air-defence-missile") == {"pledged": "5000"}

    def test_the_pipeline_shows_what_stands_at_each_stage(self):
        found = {row["stage"]: row["amount"] for row in rows("report pipeline")}
        assert found == {"pledged": "1600000000.00", "committed": "1508000000.00", "disbursed": "752000000.00"}

    def test_each_pledge_balances_by_itself_in_each_commodity(self):
        found = rows("report trial-balance")
        for pledge in (ERA, MISSILES):
            own = [row for row in found if row["pledge"] == pledge]
            assert set(sum_of("balance", own).values()) == {Decimal(0)}
            assert sum_of("debit", own) == sum_of("credit", own)

    def test_the_missiles_are_shown_with_all_that_was_said_of_them(self):
        said = {(row["section"], row["name"]): row["value"] for row in rows(f"pledge show {MISSILES}")}
        assert said["promise", "up_to, of which firm 1160000000.00 GBP"] == "1600000000.00"
        assert said["promise", "at_least"] == "5000"
        assert said["fact", "stated"] == '["2000000000.00 USD"]'
        assert said["citation", "quote"] == "maximum liability approx 2.9bn"
        assert said["citation", "url"] == "https://example.org/ukef-reaches-capacity"
        assert said["citation", "kind"] == "press"


@pytest.mark.parametrize(
    ("words", "result", "rate_date"),
    [
        ('"1.6bn GBP" EUR --on 2025-03-02', "1936858415.65", "2025-02-28"),
        ('"£1.6bn" USD --on 2025-03-02', "2016463296.53", "2025-02-28"),
        ('"GBP 1600000000" EUR --on 2025-03-02 --policy month', "1911531369.88", "2025-03"),
        ('"1.6bn GBP" USD --on 2025-03-02 --policy month', "2065755541.31", "2025-03"),
        ('"2.26bn GBP" EUR --on 2024-10-22', "2711783057.36", "2024-10-22"),
        ('"2.26bn GBP" USD --on 2024-10-22', "2934420446.36", "2024-10-22"),
        ('"2.26bn GBP" EUR --on 2024-10-22 --policy month', "2706720717.77", "2024-10"),
        ('"2.26bn GBP" EUR --on 2025-03-02 --policy fixed:2024-10', "2706720717.77", "2024-10"),
        ('"2.26bn GBP" EUR --policy fixed:2024-10-22 --on 2025-01-01', "2711783057.36", "2024-10-22"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_the_worked_conversions_come_out(words, result, rate_date):
    (row,) = rows(f"convert {words}")
    assert (row["result"], row["rate_date"], row["source"]) == (result, rate_date, "ecb")


@pytest.mark.usefixtures("desk")
class TestCorrections:
    """What goes wrong after the figures are in, and how it is put right."""

    def test_more_than_is_left_is_refused_naming_what_is_left(self):
        said = refused(1, f'pledge disburse {ERA} "2bn GBP"')
        assert said.startswith(f"error: {ERA} has 1508000000.00 GBP left to disburse (")
        assert "committed 1508000000.00 GBP" in said
        assert "not 2000000000.00 GBP" in said

    def test_a_reversal_is_the_opposite_of_its_entry_and_dated_as_it(self):
        found = typed("journal reverse 6 --note 'entered twice' --format json").rows
        assert [(row["entry"], row["on"], row["kind"]) for row in found] == [(7, "2025-03-06", "reverse")] * 2
        assert {row["stage"]: (row["debit"], row["credit"]) for row in found} == {
            "disbursed": (None, "752000000.00"),
            "committed": ("752000000.00", None),
        }
        assert stages(ERA) == {"committed": "2260000000.00"}

    def test_an_entry_is_reversed_once_and_not_from_under_a_later_one(self):
        assert "in the way: entry 6" in refused(1, "journal reverse 5 --note 'not signed'")
        done("journal reverse 6 --note 'not paid' --format csv")
        assert "already reversed by entry 7" in refused(1, "journal reverse 6 --note again")
        done("journal reverse 5 --note 'not signed' --format csv")
        assert stages(ERA) == {"pledged": "2260000000.00"}

    def test_after_closing_no_entry_is_dated_inside(self):
        done("journal close 2025-03 --format csv")
        said = refused(1, f'pledge disburse {ERA} "1 GBP" --on 2025-03-31')
        assert said.startswith("error: 2025-03-31 is closed: the first open day is 2025-04-01\nhint: ")
        refused(1, 'pledge add GB "1 GBP" --on 2020-01-01 --purpose other --instrument grant')
        refused(1, "journal close 2025-Q1")
        done(f'pledge disburse {ERA} "1 GBP" --on 2025-04-01 --format csv')
        assert stages(ERA)["disbursed"] == "752000001.00"

    def test_a_reversal_of_what_is_closed_is_dated_on_the_first_open_day(self):
        done("journal close 2025-03 --format csv")
        found = typed("journal reverse 6 --note 'not paid' --format json").rows
        assert {row["on"] for row in found} == {"2025-04-01"}
        assert done("check --format json") == "[]\n"

    def test_a_late_correction_goes_through_reopening(self):
        done("journal close 2025-03 --format csv")
        assert one_error(typed("journal reopen 2025-03").said) == "error: reopen needs a reason: add --note WHY\n"
        done("journal reopen 2025-03 --note 'a tranche was missed' --format csv")
        done(f'pledge disburse {ERA} "8m GBP" --on 2025-03-20 --format csv')
        done("journal close 2025-03 --format csv")
        assert [row["kind"] for row in rows("journal list")][-4:] == ["close", "reopen", "disburse", "close"]
        assert stages(ERA)["disbursed"] == "760000000.00"

    def test_the_register_sums_to_zero_in_every_commodity_of_every_entry(self):
        done("journal reverse 6 --note 'not paid' --format csv")
        found = typed("export csv").table
        for _, lines in groupby(found, key=lambda row: (row["entry"], row["pledge"])):
            assert set(sum_of("amount", list(lines)).values()) == {Decimal(0)}
        assert [row["entry"] for row in found] == sorted((row["entry"] for row in found), key=int)
        assert {row["reverses"] for row in found if row["entry"] == "7"} == {"6"}
