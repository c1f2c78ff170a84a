"""``reconcile statement``: a bank's statement beside the book, as a command and as a report; what is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import InputError
from ledger.formats.bank.recognise import read
from ledger.money import Money
from ledger.proof import leaf
from ledger.reconcile.cash import Terms
from ledger.reconcile.statement import BankFile
from tests import places
from tests.commandline import REAL, rows, typed
from tests.commandline import refused as refused_on_the_line
from tests.world import (
    Clock,
    announce,
    call,
    close,
    disburse,
    entries,
    errors,
    forgive,
    last_number,
    make_book,
    money,
    records,
    repay,
    reverse,
    selection,
)

FIXTURES = Path(__file__).parent.parent / "fixtures" / "bank"
CAMT, MT940, PAYMENTS = FIXTURES / "instalment.xml", FIXTURES / "instalment.mt940", FIXTURES / "payments.xml"
TABLE = f"{FIXTURES / 'instalment.csv'} --map {FIXTURES / 'instalment.toml'}"
BOOK = REAL

Facts = list[tuple[str | None, ...]]


def facts(found: list[dict[str, str | None]], *names: str) -> Facts:
    return [tuple(row[name] for name in names) for row in found]


def shape(book: Book, file: BankFile, terms: Terms | None = None, **filters) -> Facts:
    """The rows of a comparison: state, theirs, entry and ours."""
    return facts(records(book.statement(file, selection(**filters), terms).table), "state", "theirs", "entry", "ours")


def accept(book: Book, file: BankFile, *proposed: str, terms: Terms | None = None) -> list[int]:
    """Accept what is matched, and these proposed groups: the entries that were made."""
    found = book.statement(file, terms=terms)
    made = book.record_all(found.steps(matched=True, proposed=proposed))
    return [one.entry.number for one in made if not one.repeated]


@pytest.fixture
def bank(tmp_path: Path):
    """A table of one account: ``bank("2025-03-06 -100 PLEDGE-1", ...)``."""

    def table(*entries: str, statement: str = "S1", account: str = "A", currency: str = "GBP") -> BankFile:
        lines = ["account,statement,currency,booked_on,amount,text"]
        for entry in entries:
            on, amount, *text = entry.split(" ", 2)
            lines.append(f"{account},{statement},{currency},{on},{amount},{''.join(text)}")
        path = tmp_path / f"{statement}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read(path)

    return table


@pytest.fixture
def loan(book: Book) -> str:
    """A loan of 1,000 pounds, 100 of it paid on 6 March."""
    pledge = announce(book, "GB", "1000 GBP", id="LOAN-1", instrument="loan", on="2025-01-02", title="The loan")
    disburse(book, pledge, "100 GBP", on="2025-03-06")
    return pledge


# On the command line


@pytest.mark.parametrize("file", [str(CAMT), str(MT940), TABLE], ids=["camt", "mt940", "table"])
@pytest.mark.usefixtures("desk")
def test_the_instalment_is_matched_in_every_format(file: str):
    found = rows(f"reconcile statement {file}")
    wanted = ("state", "group", "line", "theirs", "entry", "pledge", "on", "ours", "difference")
    assert facts(found, *wanted) == [
        ("matched", "6", "TR20250306A1", "-752000000.00", 6, "GB-2024-0001", "2025-03-06", "-752000000.00", "0.00"),
        ("only_theirs", None, "IN20250312B7", "1500.25", None, None, None, None, None),
    ]
    assert found[0]["reason"] == "the pledge GB-2024-0001, the same amount, the same day, the name Ukraine"
    assert found[0]["score"] == 90


@pytest.mark.usefixtures("desk")
def test_what_is_said_beside_it_is_sums_and_the_check_of_the_balances():
    said = typed(f"reconcile statement {CAMT}").said
    assert "note: matched: 1, theirs -752000000.00 GBP, ours -752000000.00 GBP\n" in said
    assert "note: only_theirs: 1, theirs 1500.25 GBP\n" in said
    assert "adds up: 900000000.00 GBP and 2 entries of -751998499.75 GBP make 148001500.25 GBP" in said
    assert "1 of its entries is not booked yet, and left out" in said


@pytest.mark.usefixtures("desk")
def test_what_is_accepted_is_recorded_once_and_changes_no_balance():
    before = rows("report trial-balance")
    answer = typed(f"reconcile statement {CAMT} --accept --format json")
    assert (answer.code, answer.said) == (0, "note: 1 match is recorded\n")
    assert facts(answer.rows, "state", "reason") == [("accepted", "recorded by entry 7"), ("only_theirs", None)]
    again = typed(f"reconcile statement {MT940} --accept --format json")
    assert again.said == "note: 0 matches are recorded\n"
    assert [row["state"] for row in again.rows] == ["accepted", "only_theirs"]
    assert rows("report trial-balance") == before
    assert not [row for row in rows("check") if row["severity"] == "error"]
    last = rows("journal list")[-1]
    assert (last["entry"], last["on"], last["kind"], last["pledge"]) == (7, "2025-03-06", "match", "GB-2024-0001")


def test_the_recipients_statement_shows_the_same_money_coming_in(desk: Path):
    text = MT940.read_text(encoding="utf-8").replace("0306D752", "0306C752").replace("GBP148001500", "GBP1652001500")
    (desk / "received").write_text(text, encoding="utf-8")
    (matched, _) = rows("reconcile statement received --received")
    assert (matched["state"], matched["ours"], matched["theirs"]) == ("matched", "752000000.00", "752000000.00")
    assert "matched" not in {row["state"] for row in rows("reconcile statement received")}


def test_a_statement_that_does_not_add_up_ends_with_1_and_anything_unreadable_with_2(desk: Path):
    broken = MT940.read_text(encoding="utf-8").replace("1500,25N", "1500,26N")
    (desk / "broken").write_text(broken, encoding="utf-8")
    assert "does not add up" in refused_on_the_line(1, "reconcile statement broken --accept")
    (desk / "text").write_text("Dear sir,\n", encoding="utf-8")
    assert "needs a map" in refused_on_the_line(2, "reconcile statement text")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--currency EUR", "holds no statement in EUR: its statements are in GBP"),
        ("--fees '5 EUR'", "--fees 5.00 EUR: the statements are in GBP"),
        ("--tolerance '5 EUR'", "--tolerance 5.00 EUR: the statements are in GBP"),
        ("--tolerance x", "--tolerance 'x'"),
        ("--fees x", "x"),
        ("--days x", "--days 'x': write a whole number"),
        ("--days 367", "--days 367: a booking may be 366 days at most"),
        ("--accept --known-at 5", "leave --known-at and --as-of out"),
        ("--accept-proposed 99", "--accept-proposed 99: no proposed group is called that; there are: none"),
        ("--map nothing.toml", "nothing.toml cannot be opened"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_makes_no_sense_is_refused_and_nothing_written(options: str, words: str):
    assert words in refused_on_the_line(2, f"reconcile statement {CAMT} {options}")


# What counts as paid


def test_a_whole_month_of_payments(book: Book):
    """The fixture: a split payment, a bundle, charges, another currency, a refund, a part, and lines nobody knows."""
    for name, promise in (("SPLIT", "100 GBP"), ("BUNDLE", "600 GBP"), ("CHARGED", "50 GBP"), ("PARTLY", "90 GBP")):
        announce(book, "GB", promise, id=name, on="2025-01-02")
    announce(book, "GB", "100 GBP", id="ABROAD", on="2025-01-02", instrument="loan")
    for pledge, amount, on in (
        ("SPLIT", "100 GBP", "2025-05-05"),
        ("BUNDLE", "300 GBP", "2025-05-10"),
        ("BUNDLE", "250 GBP", "2025-05-11"),
        ("CHARGED", "50 GBP", "2025-05-14"),
        ("PARTLY", "90 GBP", "2025-05-19"),
    ):
        disburse(book, pledge, amount, on=on)
    disburse(book, "ABROAD", "100 GBP", on="2025-05-08", paid="119 EUR")
    repay(book, "ABROAD", "10 GBP", on="2025-05-22", paid="12 EUR")
    terms = Terms(fees=money("3 GBP"))
    assert shape(book, read(PAYMENTS), terms) == [
        ("matched", "-119.00", "12", "-119.00"),
        ("matched", "12.00", "13", "12.00"),
        ("matched", "-60.00", "7", "-100.00"),
        ("matched", "-40.00", None, None),
        ("matched", "-550.00", "8", "-300.00"),
        ("matched", None, "9", "-250.00"),
        ("matched", "-52.00", "10", "-50.00"),
        ("proposed", "-30.00", "11", "-90.00"),
        ("only_theirs", "-20.00", None, None),
        ("only_theirs", "-25.00", None, None),
    ]
    accept(book, read(PAYMENTS), "all", terms=terms)
    left = records(book.statement(read(PAYMENTS), terms=terms).table)
    assert {row["state"] for row in left} == {"accepted", "only_ours", "only_theirs"}
    (rest,) = [row for row in left if row["state"] == "only_ours"]
    assert (rest["ours"], rest["reason"]) == ("-60.00", "the rest: -30.00 GBP is matched already")
    assert not errors(book)


def test_calls_are_paid_and_forgiveness_is_not(book: Book, bank):
    announce(book, "GB", "100 GBP", id="GUARANTEE", instrument="guarantee", on="2025-01-02")
    call(book, "GUARANTEE", "40 GBP", on="2025-03-06")
    forgive(book, "GUARANTEE", "30 GBP", on="2025-03-07")
    repay(book, "GUARANTEE", "10 GBP", on="2025-03-08")
    assert shape(book, bank("2025-03-06 -40", "2025-03-08 10")) == [
        ("matched", "-40.00", "3", "-40.00"),
        ("matched", "10.00", "5", "10.00"),
    ]


@pytest.mark.usefixtures("loan")
def test_reversed_payments_are_left_out_and_restored_ones_are_not(book: Book, bank):
    reverse(book, 3)
    assert shape(book, bank("2025-03-06 -100")) == [("only_theirs", "-100.00", None, None)]
    reverse(book, 4)
    assert shape(book, bank("2025-03-06 -100")) == [("matched", "-100.00", "3", "-100.00")]
    assert shape(book, bank("2025-03-06 -100"), known_at=4) == [("only_theirs", "-100.00", None, None)]


def test_ours_outside_the_statements_days_are_left_out_unless_they_match(book: Book, loan: str, bank):
    disburse(book, loan, "7 GBP", on="2025-03-09")
    found = book.statement(bank("2025-03-05 -1", "2025-03-08 -2"))
    assert facts(records(found.table), "state", "entry") == [
        ("only_ours", "3"),
        ("only_theirs", None),
        ("only_theirs", None),
    ]
    assert "1 of our payments in GBP is dated up to 5 days before or after the statements" in found.table.notes[-1]
    assert ("matched", "-7.00", "4", "-7.00") in shape(book, bank("2025-03-05 -1", "2025-03-08 -7"))


@pytest.mark.usefixtures("loan")
def test_filters_choose_which_payments_are_compared(book: Book, bank):
    announce(book, "FR", "100 GBP", id="OTHER", on="2025-01-02")
    disburse(book, "OTHER", on="2025-03-06")
    assert shape(book, bank("2025-03-06 -100"), donor="FR") == [("matched", "-100.00", "5", "-100.00")]
    assert shape(book, bank("2025-03-06 -100"))[0][0] == "proposed"


def test_deliveries_in_kind_are_no_payments_unless_they_are_asked_for(book: Book, bank):
    announce(book, "GB", "100 GBP", id="TANKS", instrument="in_kind", on="2025-01-02")
    disburse(book, "TANKS", on="2025-03-06")
    file = bank("2025-03-06 -100")
    assert shape(book, file) == [("only_theirs", "-100.00", None, None)]
    assert shape(book, file, instrument="in_kind") == [("matched", "-100.00", "3", "-100.00")]


def test_payments_are_those_that_plain_sql_finds(book: Book, loan: str, bank):
    for day in range(1, 9):
        disburse(book, loan, f"{day}.0{day} GBP", on=f"2025-03-{day:02}")
    found = shape(book, bank("2025-03-01 -5000", "2025-03-31 -6000"))
    with places.sql(places.path_of(book)) as plain:
        [(units,)] = plain.execute("SELECT sum(amount) FROM posting WHERE stage = 'disbursed'")
    assert sum(int(str(row[3]).replace(".", "")) for row in found if row[0] == "only_ours") == -units


# What is accepted


@pytest.mark.usefixtures("loan")
def test_the_canonical_line_of_a_match(book: Book, bank):
    (number,) = accept(book, bank("2025-03-06 -100 LOAN-1"))
    entry = entries(book)[number - 1]
    assert (entry.postings, entry.origin) == ((), "match:A:S1:2025-03-06/-100.00/1")
    assert leaf.canonical(dict(entry.facts)) == (
        '{"match":{"account":"A","currency":"GBP","difference":"0.00",'
        '"entries":[{"amount":"-100.00","entry":3,"pledge":"LOAN-1"}],'
        '"lines":[{"amount":"-100.00","key":"2025-03-06/-100.00/1","on":"2025-03-06","statement":"S1"}],'
        '"partial":false,"theirs":"-100.00"}}'
    )
    (cited,) = entry.citations
    assert (cited.title, cited.file) == ("statement S1 of A", "S1.csv")
    assert entry.note == "the pledge LOAN-1, the same amount, the same day"
    assert leaf.read(leaf.line(entry)) == entry


@pytest.mark.usefixtures("loan")
def test_a_match_that_is_reversed_is_open_again_and_can_be_accepted_again(book: Book, bank):
    (number,) = accept(book, bank("2025-03-06 -100"))
    reverse(book, number)
    assert shape(book, bank("2025-03-06 -100"))[0][0] == "matched"
    (again,) = accept(book, bank("2025-03-06 -100"))
    assert entries(book)[again - 1].origin == "match:A:S1:2025-03-06/-100.00/1@2"
    assert accept(book, bank("2025-03-06 -100")) == []


@pytest.mark.usefixtures("loan")
def test_a_match_of_a_payment_that_is_reversed_later_is_void_and_says_so(book: Book, bank):
    (number,) = accept(book, bank("2025-03-06 -100"))
    reverse(book, 3)
    found = book.statement(bank("2025-03-06 -100"))
    why = f"match {number} is void, since entry 3 was reversed by entry 5: its lines are open again"
    assert facts(records(found.table), "state", "reason") == [("only_theirs", why)]
    assert why in found.table.notes


def test_a_bundle_over_two_pledges_can_be_reversed_too(book: Book, bank):
    for name in ("FIRST-1", "OTHER-2"):
        announce(book, "GB", "100 GBP", id=name, on="2025-01-02")
        disburse(book, name, on="2025-03-06")
    (number,) = accept(book, bank("2025-03-06 -200 FIRST-1 OTHER-2"))
    assert entries(book)[number - 1].pledge is None
    reverse(book, number)
    assert shape(book, bank("2025-03-06 -200 FIRST-1 OTHER-2"))[0][0] == "matched"


@pytest.mark.usefixtures("loan")
def test_what_was_paid_in_part_is_open_for_the_rest(book: Book, bank):
    first, second = bank("2025-03-06 -60 LOAN-1"), bank("2025-03-08 -40 LOAN-1", statement="S2")
    assert accept(book, first, "3")
    assert shape(book, second) == [("matched", "-40.00", "3", "-40.00")]
    assert accept(book, second)
    assert shape(book, second) == [("accepted", "-40.00", "3", "-40.00")]
    assert shape(book, bank("2025-03-06 -100", statement="S3")) == [("only_theirs", "-100.00", None, None)]


@pytest.mark.usefixtures("loan")
def test_a_part_whose_match_is_reversed_is_open_again_whatever_paid_the_rest(book: Book, bank):
    part, rest = "2025-03-06 -30 LOAN-1", "2025-03-08 -70 LOAN-1"
    (number,) = accept(book, bank(part), "3")
    accept(book, bank(rest, statement="S2"))
    reverse(book, number)
    assert ("only_ours", None, "3", "-30.00") in shape(book, bank("2025-03-06 -1 fee", statement="S3"))
    assert shape(book, bank(part)) == [("matched", "-30.00", "3", "-30.00")]
    assert accept(book, bank(part))
    assert shape(book, bank(part)) == [("accepted", "-30.00", "3", "-30.00")]
    assert shape(book, bank("2025-03-06 -1", statement="S3")) == [("only_theirs", "-1.00", None, None)]


def test_the_rest_of_a_payment_in_part_stays_open_in_later_months_and_in_no_earlier_one(book: Book, loan: str, bank):
    disburse(book, loan, "7 GBP", on="2025-03-20")
    accept(book, bank("2025-03-06 -60 LOAN-1"), "3")
    assert shape(book, bank("2025-06-02 -1", statement="S2"))[0] == ("only_ours", None, "3", "-40.00")
    later = bank("2025-06-02 -40 LOAN-1", statement="S2")
    assert shape(book, later) == [("proposed", "-40.00", "3", "-40.00")]
    assert shape(book, bank("2025-02-02 -1", statement="S0")) == [("only_theirs", "-1.00", None, None)]
    (number,) = accept(book, later, "3")
    assert shape(book, later) == [("accepted", "-40.00", "3", "-40.00")]
    reverse(book, number)
    assert shape(book, later) == [("proposed", "-40.00", "3", "-40.00")]


@pytest.mark.usefixtures("loan")
def test_the_payer_and_the_recipient_each_match_the_same_payment(book: Book, bank):
    accept(book, bank("2025-03-06 -100"))
    theirs = bank("2025-03-06 100", account="B")
    assert shape(book, theirs, Terms(received=True)) == [("matched", "100.00", "3", "100.00")]


def test_only_the_proposed_groups_that_are_named_are_recorded(book: Book, loan: str, bank):
    disburse(book, loan, "100 GBP", on="2025-03-07")
    file = bank("2025-03-06 -100", "2025-03-07 -100")
    assert accept(book, file) == []
    (number,) = accept(book, file, "4")
    assert [row[0] for row in shape(book, file)] == ["accepted", "matched"]
    with pytest.raises(InputError, match="no proposed group is called that; there are: none"):
        book.statement(file).steps(matched=False, proposed=["4"])
    assert number == last_number(book)


@pytest.mark.usefixtures("loan")
def test_a_match_in_a_closed_period_is_recorded_for_it_moves_nothing(book: Book, bank, clock):
    clock.turn_to("2025-04-02")
    close(book, "2025-03")
    assert accept(book, bank("2025-03-06 -100")) == [5]


@pytest.mark.usefixtures("loan")
def test_a_match_counts_from_when_it_was_recorded(book: Book, bank):
    accept(book, bank("2025-03-06 -100"))
    assert shape(book, bank("2025-03-06 -100"), known_at=3) == [("matched", "-100.00", "3", "-100.00")]


def test_a_book_that_requires_citations_takes_matches_which_cite_their_statement(tmp_path: Path, bank):
    with make_book(tmp_path / "strict.db", Clock(), require_citation=True) as book:
        announce(book, "GB", "100 GBP", id="LOAN-1", on="2025-01-02", cite="https://example.org/a")
        disburse(book, "LOAN-1", on="2025-03-06", cite="https://example.org/b")
        assert accept(book, bank("2025-03-06 -100")) == [4]


def test_differences_add_up_over_every_group(book: Book, loan: str, bank):
    disburse(book, loan, "50 GBP", on="2025-03-06")
    found = book.statement(bank("2025-03-06 -60 LOAN-1", "2025-03-07 -95.5 LOAN-1"))
    for group in found.groups:
        if group.lines and group.ours:
            assert group.difference == Money(group.theirs_sum - group.ours_sum, group.lines[0].amount.commodity)
