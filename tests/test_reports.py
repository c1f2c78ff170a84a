"""Reports: every figure is computed again, by plain SQL and from the CSV register, and the worked ones are met."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book, Worth, converter
from ledger.errors import InputError, MissingRate
from ledger.formats.ecb import embedded
from ledger.money import Money
from ledger.reports.measures import MEASURES
from ledger.selection import DIMENSIONS, EVERYTHING, Selection, dimensions
from ledger.table import Table
from tests import oracle, places
from tests.chance import book_of, lives
from tests.everything import filled, opened
from tests.world import (
    EUR,
    MISSILE,
    USD,
    announce,
    call,
    commit,
    disburse,
    measures,
    money,
    records,
    refused,
    register_item,
    repay,
    reverse,
    revise,
    selection,
)

CUTS = [name for name in DIMENSIONS if name != "currency"]
EURO = Worth("EUR")
DOLLAR = Worth("USD")


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


def plain_sql(book: Book, statement: str) -> list[tuple[object, ...]]:
    """What an outsider's SQL finds."""
    with places.sql(places.path_of(book)) as tables:
        return tables.execute(statement)


def column(table: Table, name: str) -> list[str | None]:
    return [row[name] for row in records(table)]


def whole(table: Table) -> list[dict[str, str]]:
    """The total rows that people are shown, without their empty labels."""
    rows = records(Table(table.columns, table.totals))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


# Totals in their own currencies


def test_the_columns_of_totals_are_those_that_programs_rely_on(full):
    names = "currency pledged committed allocated disbursed called repaid forgiven cancelled top_up outstanding owed"
    assert full.totals(by=("donor", "year")).header == ("donor", "year", *names.split())
    assert full.totals(by=(), worth=EURO).header == (*names.split(), "policy")
    assert list(MEASURES) == names.split()[1:]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_totals_by_each_dimension_are_the_sums_of_the_register(full, dimension):
    rows, of_pledge = oracle.register(full), oracle.of_pledges(full)
    by = () if dimension == "currency" else (dimension,)
    found = records(full.totals(by=(dimension,)))
    assert oracle.reported(found, by) == oracle.totals(rows, by, of_pledge)
    keys = [tuple(row[name] or "" for name in (*by, "currency")) for row in found]
    assert keys == sorted(set(keys))
    assert len(found) >= 4


@pytest.mark.parametrize("by", list(itertools.combinations(CUTS, 2)))
def test_totals_by_each_two_dimensions_are_the_sums_of_the_register(full, by):
    expected = oracle.totals(oracle.register(full), by, oracle.of_pledges(full))
    assert oracle.reported(records(full.totals(by=by)), by) == expected
    assert oracle.reported(records(full.totals(by=by[::-1])), by) == expected


def test_totals_by_donor_are_what_plain_sql_finds_over_the_postings(full):
    gone = "('disbursed', 'called', 'repaid', 'forgiven')"
    found = plain_sql(
        full,
        f"""
        SELECT pledge.donor, posting.commodity,
          sum(CASE WHEN stage IN ('pledged', 'committed', 'allocated') OR stage IN {gone}
            THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage IN ('committed', 'allocated') OR stage IN {gone} THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage = 'allocated' OR stage IN {gone} THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage IN {gone} THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage IN ('called', 'repaid', 'forgiven') AND instrument = 'guarantee'
            THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage = 'repaid' THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage = 'forgiven' THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage = 'cancelled' THEN posting.amount ELSE 0 END),
          -sum(CASE WHEN stage = 'excess' THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage IN ('pledged', 'committed', 'allocated') THEN posting.amount ELSE 0 END),
          sum(CASE WHEN stage IN ('disbursed', 'called') AND instrument IN ('loan', 'guarantee')
            THEN posting.amount ELSE 0 END)
        FROM posting JOIN entry ON entry.book = posting.book AND entry.number = posting.entry
        JOIN pledge ON pledge.book = posting.book AND pledge.id = posting.pledge
        WHERE length(posting.commodity) = 3
        GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608 - the words above
    )
    expected = [
        (donor, code, *(Money(int(str(units)), money(f"0 {code}").commodity) for units in figures))
        for donor, code, *figures in found
        if any(figures)
    ]
    assert list(map(tuple, full.totals().rows)) == expected


def test_totals_over_everything_have_no_dimension_and_no_total_row(full):
    table = full.totals(by=())
    assert oracle.reported(records(table), ()) == oracle.totals(oracle.register(full), ())
    assert table.totals == ()


def test_the_total_rows_are_the_totals_over_everything(full):
    for by in (("donor",), ("month", "instrument"), ("pledge",)):
        assert whole(full.totals(by=by)) == records(full.totals(by=()))


def test_a_report_from_the_accounts_is_the_report_from_the_postings(full):
    for by in (("donor",), ("instrument", "pledge"), ()):
        assert records(full.totals(by=by)) == records(full.totals(selection(since="1900-01-01"), by=by))
        assert records(full.totals(by=by)) == records(full.totals(selection(known_at=10_000), by=by))


def test_items_are_in_no_total(book):
    register_item(book)
    announce(book, "GB", f"5000 {MISSILE}", "1 GBP")
    announce(book, "FR", f"10 {MISSILE}")
    assert column(book.totals(), "donor") == ["GB"]


def test_what_was_paid_in_another_currency_is_in_no_total(book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "50 GBP", paid="59.5 EUR")
    assert column(book.totals(by=()), "currency") == ["GBP"]
    assert measures(book) == {
        "pledged": "100.00",
        "committed": "50.00",
        "allocated": "50.00",
        "disbursed": "50.00",
        "outstanding": "50.00",
    }


def test_measures_of_a_refunded_grant_and_of_a_called_guarantee(book):
    grant = announce(book, "GB", "100 GBP")
    disburse(book, grant, "60 GBP")
    repay(book, grant, "10 GBP")
    assert measures(book) | {"pledged": ""} == {
        "pledged": "",
        "committed": "60.00",
        "allocated": "60.00",
        "disbursed": "60.00",
        "repaid": "10.00",
        "outstanding": "40.00",
    }
    guarantee = announce(book, "FR", "30 EUR", instrument="guarantee", max_exposure="56 EUR")
    call(book, guarantee, "40 EUR")
    repay(book, guarantee, "15 EUR")
    assert measures(book, "EUR") == {
        "pledged": "40.00",
        "committed": "40.00",
        "allocated": "40.00",
        "disbursed": "40.00",
        "called": "40.00",
        "repaid": "15.00",
        "top_up": "10.00",
        "owed": "25.00",
    }


def test_the_time_dimensions_are_those_of_the_event(book):
    pledge = announce(book, "GB", "100 GBP", on="2024-12-31")
    commit(book, pledge, "60 GBP", on="2025-03-31")
    disburse(book, pledge, "10 GBP", on="2025-04-01")
    assert column(book.totals(by=("month",)), "month") == ["2024-12", "2025-03", "2025-04"]
    assert column(book.totals(by=("quarter",)), "quarter") == ["2024-Q4", "2025-Q1", "2025-Q2"]
    rows = records(book.totals(by=("year", "quarter")))
    assert [(row["year"], row["quarter"], row["committed"]) for row in rows] == [
        ("2024", "2024-Q4", "0.00"),
        ("2025", "2025-Q1", "60.00"),
        ("2025", "2025-Q2", "0.00"),
    ]


def test_an_empty_book_has_no_rows_and_no_notes(book):
    reports = (book.totals(), book.pipeline(), book.trial_balance(), book.pledges(), book.totals(worth=EURO))
    assert [(list(table.rows), list(table.totals), list(table.notes)) for table in reports] == [([], [], [])] * 5


# Any book at random


@settings(max_examples=20)
@given(steps=lives(), by=st.lists(st.sampled_from(DIMENSIONS), max_size=3, unique=True))
def test_of_any_book_every_figure_is_that_of_its_register(empty_book, steps, by):
    with book_of(empty_book, steps) as book:
        rows, cut = oracle.register(book), [name for name in by if name != "currency"]
        expected = oracle.totals(rows, cut, oracle.of_pledges(book))
        assert oracle.reported(records(book.totals(by=by)), cut) == expected
        assert pipelined(book) == piped(rows)
        assert [problem for problem in book.check() if problem.severity == "error"] == []


def pipelined(book: Book) -> dict[tuple[str | None, ...], Fraction]:
    rows = records(book.pipeline(by=("donor",)))
    found = {(row["donor"], row["stage"], row["currency"]): Fraction(str(row["amount"])) for row in rows}
    return {key: amount for key, amount in found.items() if amount}


def piped(rows: Sequence[oracle.Row]) -> dict[tuple[str | None, ...], Fraction]:
    beside = {"undertaking", "excess", "paid", "exchange"}
    found: dict[tuple[str | None, ...], Fraction] = {}
    for row in rows:
        if len(row["commodity"]) == 3 and row["stage"] not in beside:
            key = (row["donor"], row["stage"], row["commodity"])
            found[key] = found.get(key, Fraction()) + Fraction(row["amount"])
    return {key: amount for key, amount in found.items() if amount}


@settings(max_examples=10)
@given(steps=lives(), cuts=st.lists(st.sets(st.sampled_from(DIMENSIONS), max_size=3), min_size=2, max_size=4))
def test_of_any_book_every_way_of_cutting_gives_the_same_total(empty_book, steps, cuts):
    with book_of(empty_book, steps) as book:
        for worth in (None, EURO, Worth("USD", "month")):
            found = [whole(book.totals(by=("donor", *sorted(by - {"donor"})), worth=worth)) for by in cuts]
            assert all(each == found[0] for each in found)
            assert found[0] == [dict(row) for row in records(book.totals(by=(), worth=worth))]


@settings(max_examples=10)
@given(steps=lives(), day=st.dates(date(2024, 11, 1), date(2025, 5, 1)))
def test_of_any_book_the_trial_balance_is_zero_in_each_commodity_and_pledge_on_any_day(empty_book, steps, day):
    with book_of(empty_book, steps) as book:
        for chosen in (EVERYTHING, Selection(as_of=day), Selection(since=day)):
            table = book.trial_balance(chosen)
            balances: dict[tuple[str | None, str | None], Fraction] = {}
            for row in records(table):
                key = (row["pledge"], row["commodity"])
                balances[key] = balances.get(key, Fraction()) + Fraction(str(row["balance"]))
            assert set(balances.values()) <= {Fraction(0)}
            assert [row[5].units for row in table.totals if isinstance(row[5], Money)] == [0] * len(table.totals)


# Totals in one currency: the worked figures


@pytest.fixture
def two(book: Book) -> Book:
    """The two pledges every fixture starts from."""
    announce(book, "GB", "up_to 1600000000 GBP", on="2025-03-02", instrument="export_credit", source="ukef")
    announce(book, "GB", "2260000000 GBP", on="2024-10-22", instrument="loan", source="era", purpose="financial")
    return book


WORKED = [
    (Worth("USD"), "2016463296.53", "2934420446.36", "4950883742.90"),
    (Worth("EUR"), "1936858415.65", "2711783057.36", None),
    (Worth("EUR", "month"), "1911531369.88", "2706720717.77", None),
    (Worth("USD", "month"), "2065755541.31", None, None),
]


@pytest.mark.parametrize(("worth", "missiles", "loan", "both"), WORKED)
def test_the_worked_figures_come_out_to_the_last_digit(two, worth, missiles, loan, both):
    rows = {row["pledge"]: row for row in records(two.totals(by=("pledge",), worth=worth))}
    assert rows["GB-2025-0001"]["pledged"] == rows["GB-2025-0001"]["outstanding"] == missiles
    if loan:
        assert rows["GB-2024-0001"]["pledged"] == loan
    if both:
        assert column(two.totals(worth=worth), "pledged") == [both]
    assert {row["policy"] for row in rows.values()} == {worth.policy}
    assert {row["currency"] for row in rows.values()} == {worth.currency}


def test_a_total_is_rounded_once_and_a_note_says_by_how_much_the_rows_differ(two):
    table = two.totals(by=("pledge",), worth=DOLLAR)
    assert whole(table)[0]["pledged"] == "4950883742.90"
    assert table.notes == [
        "the printed rows of pledged add up to 0.01 USD less than the exact total",
        "the printed rows of outstanding add up to 0.01 USD less than the exact total",
    ]
    assert two.totals(worth=DOLLAR).notes == []


def test_a_total_is_exactly_what_its_fixings_make_it(two):
    ecb = embedded()
    exact = Fraction()
    for amount, day in ((1_600_000_000, date(2025, 2, 28)), (2_260_000_000, date(2024, 10, 22))):
        pounds, dollars = (ecb.value(code, day) for code in ("GBP", "USD"))
        assert pounds
        assert dollars
        exact += Fraction(amount) * dollars / pounds
    assert column(two.totals(worth=DOLLAR), "pledged") == [Money.rounded(exact, USD).plain()]


def test_one_date_for_everything_is_the_policy_fixed_to_that_date(two):
    by_date = records(two.totals(by=("pledge",), worth=Worth("EUR", on=date(2025, 2, 28))))
    by_policy = records(two.totals(by=("pledge",), worth=Worth("EUR", "fixed:2025-02-28")))
    assert {row["policy"] for row in by_policy} == {"fixed:2025-02-28"}
    assert [row | {"policy": ""} for row in by_date] == [row | {"policy": ""} for row in by_policy]
    assert by_date[1]["pledged"] == "1936858415.65"


def test_everything_of_a_pledge_is_valued_at_the_pledges_own_day(two):
    commit(two, "GB-2024-0001", on="2025-03-01")
    disburse(two, "GB-2024-0001", "752000000 GBP", on="2025-03-06")
    by_month = records(two.totals(selection(pledge="GB-2024-0001"), by=("month",), worth=EURO))
    paid = converter(EURO).convert(money("752000000 GBP"), date(2024, 10, 22)).result
    assert [row["disbursed"] for row in by_month] == ["0.00", paid.plain()]
    [row] = records(two.totals(selection(pledge="GB-2024-0001"), worth=EURO))
    assert (row["pledged"], row["disbursed"]) == ("2711783057.36", paid.plain())


def test_a_child_is_valued_at_its_own_day_and_its_facility_at_its_own(book):
    parent = announce(book, "GB", "3500000000 GBP", on="2024-09-02")
    child = announce(book, "GB", "1600000000 GBP", on="2025-03-02", parent=parent)
    rows = {row["pledge"]: row["pledged"] for row in records(book.totals(by=("pledge",), worth=EURO))}
    left = converter(EURO).convert(money("1900000000 GBP"), date(2024, 9, 2)).result
    assert rows == {parent: left.plain(), child: "1936858415.65"}
    assert measures(book)["pledged"] == "3500000000.00"


def test_the_dimension_currency_is_the_original_one_where_figures_are_converted(full):
    table = full.totals(by=("currency",), worth=EURO)
    assert table.header[:2] == ("original_currency", "currency")
    assert column(table, "original_currency") == ["EUR", "GBP", "JPY", "USD"]
    assert set(column(table, "currency")) == {"EUR"}


def test_a_currency_without_a_rate_is_refused_naming_currency_date_and_policy(book):
    announce(book, "GB", "100 GBP")
    announce(book, "PL", "100 KWD", on="2025-02-03")
    with refused(MissingRate, "no rate from KWD to EUR on 2025-02-03 by policy spot"):
        book.totals(worth=EURO)
    assert column(book.totals(selection(currency="GBP"), worth=EURO), "donor") == ["GB"]


def test_what_is_nothing_needs_no_rate(book):
    pledge = announce(book, "PL", "100 KWD", schedule={"2025-01-01": "100 KWD"})
    revise(book, pledge, "90 EUR")
    announce(book, "FR", "5 KWD")
    reverse(book, 4)
    assert column(book.totals(worth=EURO), "pledged") == ["90.00"]
    assert column(book.totals(selection(until="2030-01-01"), worth=EURO), "pledged") == ["90.00"]
    assert column(book.pipeline(worth=EURO), "amount") == ["90.00"]


def test_rates_are_those_that_were_known_then(book, clock):
    clock.turn_to("2025-03-10")
    announce(book, "GB", "100 GBP", on="2025-03-10")
    clock.turn_to("2025-04-10")
    announce(book, "FR", "1 EUR", on="2025-03-10")
    to_date = records(book.totals(selection(known_at=2), worth=Worth("EUR", "month")))
    later = records(book.totals(selection(donor="GB"), worth=Worth("EUR", "month")))
    days = embedded().days(date(2025, 3, 1), date(2025, 3, 10))
    fixings = [value for day in days if (value := embedded().value("GBP", day))]
    assert to_date[0]["pledged"] == Money.rounded(100 * len(fixings) / sum(fixings, Fraction()), EUR).plain()
    assert to_date[0]["pledged"] != later[0]["pledged"]


@pytest.mark.parametrize(
    ("worth", "words"),
    [
        (Worth("XXX"), "XXX"),
        (Worth("pounds"), "'POUNDS' is not an ISO 4217 currency code"),
        (Worth("EUR", "best"), "'best' is not a rate policy"),
        (Worth("EUR", sources=("imf",)), "there is no rate source 'imf': choose from ecb"),
    ],
)
def test_what_figures_cannot_be_shown_in_is_refused(two, worth, words):
    for report in (two.totals, two.pipeline):
        with refused(InputError, words):
            report(worth=worth)


def test_a_currency_may_be_named_in_small_letters(two):
    assert records(two.totals(worth=Worth("eur"))) == records(two.totals(worth=EURO))


# Notes


def test_guarantees_are_in_the_figures_at_face_with_a_note_of_how_much_they_are(book):
    announce(book, "GB", "100 GBP")
    announce(book, "GB", "30 GBP", instrument="guarantee", on="2025-02-28")
    announce(book, "FR", "20 EUR", instrument="guarantee", on="2025-02-28")
    found = {kind: book.totals(selection(contingent=kind)) for kind in ("include", "exclude", "only")}
    pledged = [column(table, "pledged") for table in found.values()]
    assert pledged == [["20.00", "130.00"], ["100.00"], ["20.00", "30.00"]]
    note = "of what is pledged, {} is contingent: guarantees at face".format
    assert found["include"].notes == found["only"].notes == [note("20.00 EUR"), note("30.00 GBP")]
    assert found["exclude"].notes == []
    euros = 30 / (embedded().value("GBP", date(2025, 2, 28)) or Fraction(1)) + 20
    assert book.totals(worth=EURO).notes[-1] == note(Money.rounded(euros, EUR))


def test_pledges_of_undisclosed_value_are_counted_in_a_note(book):
    register_item(book)
    counted = "{} of undisclosed value {} counted, not valued".format
    for count, note in enumerate((counted("1 pledge", "is"), counted("2 pledges", "are")), 1):
        announce(book, "NO", *([f"5 {MISSILE}"] if count == 2 else []), on="2025-01-05")
        assert book.totals().notes == [note]
    announce(book, "NO", on="2025-02-05")
    reverse(book, 5)
    assert book.totals().notes == [counted("2 pledges", "are")]
    assert book.totals(selection(donor="GB")).notes == []
    assert book.totals(selection(until="2025-01-04")).notes == []
    assert book.totals(selection(since="2025-01-05", until="2025-01-05")).notes == [counted("2 pledges", "are")]
    assert book.totals(selection(known_at=3)).notes == [counted("1 pledge", "is")]


# The trial balance


def test_the_trial_balance_has_a_row_for_each_account_with_both_its_sides(book):
    register_item(book)
    pledge = announce(book, "GB", "100 GBP", f"5 {MISSILE}")
    commit(book, pledge, "60 GBP")
    table = book.trial_balance()
    assert table.header == ("pledge", "stage", "commodity", "debit", "credit", "balance")
    assert [tuple(row.values()) for row in records(table)] == [
        (pledge, "undertaking", "GBP", "0.00", "100.00", "-100.00"),
        (pledge, "pledged", "GBP", "100.00", "60.00", "40.00"),
        (pledge, "committed", "GBP", "60.00", "0.00", "60.00"),
        (pledge, "undertaking", MISSILE, "0", "5", "-5"),
        (pledge, "pledged", MISSILE, "5", "0", "5"),
    ]
    assert whole(table) == [
        {"commodity": "GBP", "debit": "160.00", "credit": "160.00", "balance": "0.00"},
        {"commodity": MISSILE, "debit": "5", "credit": "5", "balance": "0"},
    ]


def test_the_trial_balance_is_what_plain_sql_finds_over_the_postings(full):
    found = plain_sql(
        full,
        """
        SELECT pledge, stage, commodity, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END),
          sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END), sum(amount)
        FROM posting GROUP BY 1, 2, 3
        """,
    )
    reported = [
        (*row[:3], *(figure.units for figure in row[3:] if isinstance(figure, Money)))
        for row in full.trial_balance().rows
    ]
    assert sorted(reported, key=str) == sorted(found, key=str)
    assert len(reported) > 20


# What to cut by


def test_dimensions_are_read_from_words_with_commas():
    assert dimensions(None) == ("donor",)
    assert dimensions(" donor , year") == ("donor", "year")
    assert dimensions("") == ()


@pytest.mark.parametrize(("text", "words"), [("colour", "'colour' is no dimension"), ("year,year", "twice")])
def test_what_is_no_dimension_is_refused_naming_the_choices(text, words):
    with refused(InputError, words):
        dimensions(text)
