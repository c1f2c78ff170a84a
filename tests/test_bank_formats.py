"""Statements of banks: camt.053, MT940 and tables are read to the same lines, add up, and are refused in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError, LedgerError, Refusal
from ledger.formats.bank import map as maps
from ledger.formats.bank.recognise import read
from ledger.reconcile.statement import Statement
from tests.world import money, refused

FIXTURES = Path(__file__).parent.parent / "fixtures" / "bank"
CAMT, MT940, CSV, MAP = (FIXTURES / f"instalment.{end}" for end in ("xml", "mt940", "csv", "toml"))
PAYMENTS = FIXTURES / "payments.xml"

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A file with a text in which some words are replaced."""

    def write(data: str | bytes | Path, *, name: str = "statement", **words: str) -> Path:
        text = data.read_text(encoding="utf-8") if isinstance(data, Path) else data
        for old, new in words.items():
            assert isinstance(text, str)
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def the_statement(path: Path, mapping: Path | None = None) -> Statement:
    (found,) = read(path, maps.load(mapping) if mapping else None).statements
    return found


def said(statement: Statement) -> list[tuple[str, date, str, str]]:
    lines = sorted(statement.lines, key=lambda line: line.booked_on)
    return [(line.key, line.booked_on, str(line.amount), line.party) for line in lines]


# What the formats say


def test_the_three_formats_say_the_same():
    camt, swift, table = the_statement(CAMT), the_statement(MT940), the_statement(CSV, MAP)
    assert said(camt) == said(swift) == said(table)
    for statement in (camt, swift, table):
        assert statement.account == "GB29NWBK60161331926819"
        assert (statement.opening, statement.closing) == (money("900000000 GBP"), money("148001500.25 GBP"))


def test_a_statement_is_dated_by_its_span_its_balances_and_its_entries():
    camt, table = the_statement(CAMT), the_statement(CSV, MAP)
    assert (camt.opened_on, camt.closed_on) == (date(2025, 3, 1), date(2025, 3, 31))
    assert (table.opened_on, table.closed_on) == (date(2025, 3, 6), date(2025, 3, 12))


def test_references_are_those_of_the_bank_and_of_whoever_paid():
    (line, _) = the_statement(CAMT).lines
    assert line.references == ("GB-2024-0001", "ERA-1-OF-3", "TR20250306A1")
    assert line.text == "First of three instalments"
    (line, _) = the_statement(MT940).lines
    assert line.references == ("GB-2024-0001", "TR20250306A1", "ERA-1-OF-3")


def test_what_is_not_booked_yet_is_left_out_with_a_note():
    assert the_statement(CAMT).notes == (
        "statement 2025-03 of GB29NWBK60161331926819: 1 of its entries is not booked yet, and left out",
    )


def test_a_file_may_hold_several_statements_in_several_currencies():
    pounds, euros = read(PAYMENTS).statements
    assert [one.name for one in (pounds, euros)] == [
        "statement 2025-05-GBP of TREASURY-1",
        "statement 2025-05-EUR of TREASURY-2",
    ]
    assert str(euros.closing) == "-107.00 EUR"


def test_a_batch_is_as_many_lines_as_it_itemises_where_these_add_up(written: Written):
    lines = [line for line in read(PAYMENTS).statements[0].lines if line.key.startswith("B4")]
    assert [(line.key, str(line.amount)) for line in lines] == [("B4/1", "-52.00 GBP"), ("B4/2", "-20.00 GBP")]
    whole = read(written(PAYMENTS, **{"20.00</c:Amt></c:TxAmt>": "19.00</c:Amt></c:TxAmt>"})).statements[0]
    assert [str(line.amount) for line in whole.lines if line.key == "B4"] == ["-72.00 GBP"]


@pytest.mark.parametrize("version", range(2, 14))
def test_every_version_of_camt_053_is_read(written: Written, version: int):
    path = written(CAMT, **{"camt.053.001.08": f"camt.053.001.{version:02}"})
    assert said(the_statement(path)) == said(the_statement(CAMT))


def test_a_page_of_mt940_has_balances_of_its_own(written: Written):
    page = written(MT940, **{":60F:": ":60M:", ":62F:": ":62M:"})
    assert the_statement(page).closing == money("148001500.25 GBP")


def test_reversals_have_the_sign_that_the_bank_gives_them(written: Written):
    reversed_line = next(line for line in read(PAYMENTS).statements[0].lines if line.key == "B6")
    assert (str(reversed_line.amount), reversed_line.text) == ("-25.00 GBP", "reversal")
    path = written(MT940, **{"C1500,25N": "RD1500,25N"})
    assert [str(line.amount) for line in the_statement(path).lines][1] == "1500.25 GBP"


def test_entries_without_a_reference_of_the_bank_are_known_by_day_amount_and_place(written: Written):
    table = "account,currency,booked_on,amount\nA,GBP,2025-03-06,-5\nA,GBP,2025-03-06,-5\nA,GBP,2025-03-07,2\n"
    keys = [line.key for line in the_statement(written(table)).lines]
    assert keys == ["2025-03-06/-5.00/1", "2025-03-06/-5.00/2", "2025-03-07/2.00/1"]


def test_a_table_with_the_fields_names_needs_no_map(written: Written):
    table = (
        "account,statement,currency,booked_on,amount,direction,opening,closing,key\r\n"
        "A,1,JPY,2025-03-06,500,DBIT,1000,700,K1\r\nA,1,JPY,2025-03-07,200,c,,700,K2\r\n"
    )
    statement = the_statement(written(table))
    assert [str(line.amount) for line in statement.lines] == ["-500 JPY", "200 JPY"]
    assert (str(statement.opening), str(statement.closing)) == ("1000 JPY", "700 JPY")


def test_a_table_may_be_of_several_accounts_currencies_and_statements(written: Written):
    table = "account,currency,booked_on,amount\nA,GBP,2025-03-06,1\nB,GBP,2025-03-06,1\nA,EUR,2025-03-06,1\n"
    found = read(written(table)).statements
    assert [(one.account, one.currency.code) for one in found] == [("A", "EUR"), ("A", "GBP"), ("B", "GBP")]


# What adds up


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [(CAMT, "148001500.25", "148001500.26"), (MT940, "GBP148001500,25", "GBP148001500,26")],
    ids=["camt", "mt940"],
)
def test_a_statement_that_does_not_add_up_is_refused(written: Written, file: Path, old: str, new: str):
    words = ("900000000.00 GBP and 2 entries of -751998499.75 GBP make 148001500.25 GBP", "148001500.26 GBP", "0.01")
    with refused(Refusal, "GB29NWBK60161331926819", *words):
        read(written(file, **{old: new}))


def test_a_table_whose_running_balance_skips_an_entry_is_refused(written: Written):
    with refused(Refusal, "does not add up"):
        read(written(CSV, **{"148,001,500.25\n": "148,001,600.25\n"}), maps.load(MAP))


def test_a_statement_that_is_there_twice_counts_once_and_one_that_differs_is_refused(written: Written):
    whole = CAMT.read_text(encoding="utf-8")
    inner = re.search(r"<Stmt>.*</Stmt>", whole, re.DOTALL)
    assert inner
    twice = whole.replace("</BkToCstmrStmt>", f"{inner[0]}</BkToCstmrStmt>")
    assert "is there twice: it is counted once" in the_statement(written(twice)).notes[-1]
    other = twice[::-1].replace("A1"[::-1], "A2"[::-1], 1)[::-1]
    with refused(Refusal, "statement 2025-03 of GB29NWBK60161331926819 is there twice, and differs"):
        read(written(other))


def test_a_line_that_two_statements_hold_counts_once(written: Written):
    whole = CAMT.read_text(encoding="utf-8")
    inner = re.search(r"<Stmt>.*</Stmt>", whole, re.DOTALL)
    assert inner
    later = inner[0].replace("<Id>2025-03</Id>", "<Id>2025-Q1</Id>")
    first, second = read(written(whole.replace("</BkToCstmrStmt>", f"{later}</BkToCstmrStmt>"))).statements
    assert (len(first.lines), len(second.lines)) == (2, 0)
    assert "2 of its entries are in an earlier statement" in second.notes[-1]


units = st.integers(-(10**15), 10**15)


@given(units, st.lists(units, min_size=1, max_size=5), st.sampled_from([0, 0, 1]))
def test_balances_are_checked_to_the_last_unit(tmp_path_factory, opening, amounts, wrong):
    closing = opening + sum(amounts) + wrong
    rows = "".join(f"A,KWD,2025-03-06,{_text(n)},{_text(opening)},{_text(closing)}\n" for n in amounts)
    path = tmp_path_factory.mktemp("bank") / "s.csv"
    path.write_text(f"account,currency,booked_on,amount,opening,closing\n{rows}", encoding="utf-8")
    if wrong:
        with refused(Refusal, "does not add up", "0.001 KWD"):
            read(path)
    else:
        assert the_statement(path).booked.value == Fraction(sum(amounts), 1000)


def _text(units: int) -> str:
    return f"{'-' if units < 0 else ''}{abs(units) // 1000}.{abs(units) % 1000:03}"


# What is refused

HEAD = "account,currency,booked_on,amount\n"
DIRECTED, SIDES = HEAD.replace("\n", ",direction\n"), HEAD.replace("amount", "debit,credit")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "it is empty"),
        ("no statement at all", "needs a map (--map MAP.toml)"),
        (b"\x00\x01\x02", "it is no statement that is read here: camt.053 (XML), MT940, or a table"),
        ("<html></html>", "its first element is <html>, not <Document>"),
        ("<Document><BkToCstmrAcctRpt/></Document>", "it is camt.052, a report within the day, not a statement"),
        ("<Document><BkToCstmrDbtCdtNtfctn/></Document>", "it is camt.054, an advice"),
        ("<Document><BkToCstmrStmt></BkToCstmrStmt></Document>", "there is no Stmt in it"),
        ("<Document><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document>", "an account (Acct/Id)"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Document/>', "it has a DOCTYPE"),
        ("<Document>" + "<a>" * 200, "it is <a>, not a statement"),
        ("<Document", "it is not well-formed XML"),
        (":20:X\n:25:A\n", "message 1: it has neither an opening nor a closing balance"),
        (":20:X\n:60F:C250301GBP1,00\n:62F:C250331GBP1,00\n", "message 1: it names no account (:25:)"),
        (":20:X\n:25:A\n:60F:C251301GBP1,00\n", "message 1: it cannot be read as MT940"),
        (":20:X\n:25:A\n:60F:C250301XXQ1,00\n", "'XXQ' is not an ISO 4217 currency"),
        (HEAD, "it holds no entries"),
        (HEAD + "A,GBP,2025-03-06,-5.001\n", "row 2: amount: '-5.001' is too precise"),
        (HEAD + "A,GBP,6 March,-5\n", "row 2: '6 March' is not a day"),
        (HEAD + "A,POUND,2025-03-06,-5\n", "row 2: 'POUND' is not an ISO 4217 currency"),
        (HEAD + ",GBP,2025-03-06,-5\n", "row 2: its account is absent"),
        (HEAD + "A,GBP,2025-03-06\n", "row 2: it has 3 cells, and the header 4"),
        (
            DIRECTED + "A,GBP,2025-03-06,-752000000.00,credit\n",
            "row 2: its direction is credit, and its amount -752000000",
        ),
        (DIRECTED + "A,GBP,2025-03-06,+5,D\n", "a direction is for amounts without a sign"),
        (SIDES + "A,GBP,2025-03-06,7,5\n", "row 2: it has both a debit (7.00 GBP) and a credit (5.00 GBP)"),
        ("account,currency,booked_on,debit\nA,GBP,2025-03-06,1\n", "fields has debit without credit"),
        ("account,currency,amount\nA,GBP,1\n", "fields.booked_on is missing: the day of booking"),
        (HEAD.replace("amount", "amuont"), "its column 'amuont' needs a map (--map MAP.toml): did you mean amount?"),
    ],
)
def test_what_is_no_statement_is_refused_in_one_line(written: Written, data: str | bytes, words: str):
    path = written(data)
    with refused(InputError, f"{path} cannot be read: ", words):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<AcctSvcrRef>TR20250306A1</AcctSvcrRef>", '<Amt Ccy="GBP">1</Amt>', ""),
        ("752000000.00", "7.5e8", "line 18: '7.5e8' is not an amount"),
        ("752000000.00", "752000000.001", "0.001"),
        ('<Amt Ccy="GBP">752000000.00', '<Amt Ccy="USD">752000000.00', "an amount in 'USD' on an account in GBP"),
        ("<CdtDbtInd>DBIT</CdtDbtInd>", "", "neither CRDT nor DBIT"),
        ("<Dt>2025-03-06</Dt>", "<Dt>6 March</Dt>", "6 March"),
        ("<Ccy>GBP</Ccy>", "<Ccy>GBQ</Ccy>", "GBQ"),
    ],
)
def test_an_entry_that_cannot_be_read_refuses_its_file(written: Written, old: str, new: str, words: str):
    path = written(CAMT, **{old: new})
    if not words:
        assert len(the_statement(path).lines) == 2  # the first amount is the entry's
        return
    with refused(InputError, words):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[fields]", "[felds]", "'felds' is not a key of a map: did you mean fields?"),
        ('party = "Payee"', 'partie = "Payee"', "'fields.partie' is not a key of a map: did you mean party?"),
        ('party = "Payee"', 'party = "Payer"', "the file has no column 'Payer': did you mean 'Payee'?"),
        ('debit = "Paid out"', 'amount = "Paid out"', "fields has amount, or debit and credit: one of the two"),
        ('dates = ["dmy"]', 'dates = ["dym"]', "'dym' is no format of a day"),
        ("= [", "[", "cannot be read as TOML"),
    ],
)
def test_a_map_that_is_wrong_is_refused_by_its_key(written: Written, old: str, new: str, words: str):
    path = written(MAP, name="map.toml", **{old: new})
    with refused(InputError, words):
        read(CSV, maps.load(path))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("D752000000,00N", "D1.234,00N", "line 6, :61:2503060306D1.234,00NTRF"),
        ("D752000000,00N", "D5x,00N", "line 6, :61:2503060306D5x,00NTRF"),
        ("D752000000,00N", "D5X,00N", "it is digits with one comma, at most 15 signs"),
        ("D752000000,00N", "D1,2,3N", "it is digits with one comma, at most 15 signs"),
        ("D752000000,00N", f"D{'9' * 40},00N", "it is digits with one comma, at most 15 signs"),
        ("GBP900000000,00", "GBP1.000,00", "line 5, :60F:C250301GBP1.000,00 has no amount that can be read"),
        ("GBP148001500,25", "GBP148001500,25x", "line 10, :62F:C250331GBP148001500,25x has no amount"),
        (":61:2503060306D", ":61:25030603D", "line 6, :61:25030603D752000000,00NTRF"),
        (":61:250306", ":61:251306", "it cannot be read as MT940: line 6, :61:2513060306D752000000"),
        ("28C:00003/001", "28C:x", "it cannot be read as MT940: line 4, :28C:x"),
    ],
)
def test_a_field_of_mt940_that_cannot_be_read_is_named_in_plain_words(written: Written, old: str, new: str, words: str):
    with refused(InputError, "message 1: ", words):
        read(written(MT940, **{old: new}))


def test_nothing_of_the_library_is_in_a_refusal_of_mt940(written: Written):
    for old in ("GBP900000000,00", "00003/001", "2503060306D"):
        path = written(MT940, **{old: "?"})
        with pytest.raises(InputError) as caught:
            read(path)
        assert "object at" not in caught.value.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_camt_053_in_utf_16_is_read(written: Written, encoding: str):
    text = CAMT.read_text(encoding="utf-8").replace("UTF-8", "UTF-16")
    assert said(the_statement(written(text.encode(encoding)))) == said(the_statement(CAMT))


def test_camt_053_takes_no_map():
    with refused(InputError, "a camt.053 file takes no map: leave --map out"):
        read(CAMT, maps.load(MAP))


def test_a_debit_beside_a_credit_of_nothing_is_a_debit(written: Written):
    (line,) = the_statement(written(SIDES + "A,GBP,2025-03-06,7,0.00\n")).lines
    assert str(line.amount) == "-7.00 GBP"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with refused(InputError, "there is no such file"):
        read(tmp_path / "nothing.xml")


def read_or_refused(path: Path, mapping: Path | None = None) -> None:
    """Read a file, or be told in one line why it cannot be."""
    said = ""
    with suppress(LedgerError):
        try:
            read(path, maps.load(mapping) if mapping else None)
        except LedgerError as error:
            said = error.message
            raise
    assert "\n" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data(), st.sampled_from([CAMT, MT940, CSV]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject, file: Path):
    whole = file.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 200)))
    path = tmp_path / "damaged"
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=60)) + whole[end:])
    read_or_refused(path, MAP if file is CSV else None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(st.sampled_from(["20", "25", "28C", "60F", "61", "86", "62F", "NS", "13D", "34F"]), max_size=9), st.data()
)
def test_fields_of_mt940_in_any_order_are_read_or_refused(tmp_path: Path, tags: list[str], data: st.DataObject):
    pieces = st.sampled_from(
        ["C250301GBP1,00", "2503060306D1,00NTRFX//Y", "?20a?21b", "/NAME/x", "\n", "A", "12/1", ","]
    )
    texts = ["".join(data.draw(st.lists(pieces, max_size=3))) for _ in tags]
    path = tmp_path / "swift"
    path.write_text(":20:X\n:25:A\n" + "".join(f":{tag}:{text}\n" for tag, text in zip(tags, texts, strict=True)))
    read_or_refused(path)
