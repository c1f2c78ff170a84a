"""Mapped tables: what rows become by a map or by the ledger's own columns, and each reason for which one does not."""

# ruff: noqa: E501 - a reason stands on one line, as people see it

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.formats.mapped.fields import CONTRACT
from ledger.formats.mapped.read import read
from ledger.formats.mapped.written import load, parse
from ledger.journal import Stage
from ledger.pledge import MoveKind
from ledger.recognition.proposal import Proposal, Rejection, Remark
from ledger.recognition.steps import Announce, Move
from tests.mapped_words import (
    FIELDS,
    HEAD,
    findings,
    only_announcement,
    proposed,
    refusal,
    rejected,
    table,
    told,
)
from tests.world import Clock, make_book, stages

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "fixtures" / "maps").glob("*/input.csv"))
REQUIRED = "donor,amount,currency,on,purpose,instrument"
GOOD = "GB,1.00,GBP,2025-03-02,military,grant"


def of_case(case: Path):
    written = case / "map.toml"
    return read(case / "input.csv", load(written) if written.exists() else None)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_case_reads_as_expected(case):
    assert told(of_case(case).findings) == (case / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_step_has_a_day_and_an_origin_of_its_own(case):
    reading = of_case(case)
    steps = [step for found in reading.findings if isinstance(found, Proposal) for step in found.steps]
    origins = [str(step.evidence.origin) for step in steps]
    assert len(set(origins)) == len(origins)
    assert all(origin.startswith(f"{reading.name}:") for origin in origins)
    assert all(step.evidence.on for step in steps)
    assert reading.done() == reading.total == (case / "input.csv").stat().st_size


# ---- without a map


def test_the_header_is_free_in_order_and_case(tmp_path):
    path = table(tmp_path, "Instrument,PURPOSE, on ,Currency,Amount,Donor\ngrant,military,2025-03-02,GBP,1.00,GB\n")
    assert only_announcement(path).donor == "GB"


def test_a_column_that_is_none_of_ours_is_refused_with_the_nearest(tmp_path):
    named = ", ".join(CONTRACT)
    path = table(tmp_path, f"{REQUIRED},tittle\n{GOOD},x\n")
    assert refusal(path) == (
        f"it has a column 'tittle': did you mean title? There are {named}; other columns need a map: --suggest-map"
    )
    path = table(tmp_path, f"{REQUIRED},weather\n{GOOD},x\n")
    assert refusal(path) == (
        f"it has a column 'weather', which is none of {named}; other columns need a map: --suggest-map"
    )


def test_a_column_that_is_missing_or_there_twice_is_refused(tmp_path):
    assert refusal(table(tmp_path, "donor,amount,currency,on,purpose\n")) == (
        "it has no column instrument: other columns need a map: --suggest-map"
    )
    assert refusal(table(tmp_path, f"{REQUIRED},Donor\n")) == "its column 'donor' is there twice"


def test_what_stands_in_a_column_without_a_name_is_not_lost(tmp_path):
    path = table(tmp_path, f"{REQUIRED},,\n{GOOD},,\n{GOOD},,but not all of it\n")
    assert len(proposed(path)) == 1
    assert rejected(path) == ["3 #8: its column has no name, so what it says would be lost"]


def test_pledges_without_an_id_are_numbered_by_the_book_and_known_by_their_row(tmp_path):
    path = table(tmp_path, f"{REQUIRED},stage\n{GOOD},\n{GOOD},committed\n{GOOD},disbursed\n", "Pledges (2025).csv")
    steps = proposed(path)
    assert [step.evidence.origin for step in steps] == [f"pledges-2025:{row}" for row in ("2", "3", "4", "4:disburse")]
    assert [step.id for step in steps if isinstance(step, Announce)] == [None, None, "pledges-2025:4"]


def test_a_pledge_with_an_id_keeps_it_as_given(tmp_path):
    path = table(tmp_path, f"id,{REQUIRED}\nmissiles,{GOOD}\n")
    step = only_announcement(path)
    assert (step.id, step.evidence.origin) == ("missiles", "table:missiles")


def test_what_begins_an_origin_is_the_name_given_then_the_maps_then_the_files(tmp_path):
    path = table(tmp_path, f"{HEAD}GB,2025-03-02,1.00\n", "Été.csv")
    named = parse(f'name = "of-the-map"\n{FIELDS}')
    unnamed = replace(named, name=None)
    assert [read(path, by, given).name for by, given in ((named, "mine"), (named, None), (unnamed, None))] == [
        "mine",
        "of-the-map",
        "t",
    ]
    with pytest.raises(InputError, match="name: 'a:b' can have letters a-z, digits"):
        read(path, named, "a:b")
    with pytest.raises(InputError, match="give it a name of letters a-z and digits"):
        read(table(tmp_path, f"{HEAD}GB,2025-03-02,1.00\n", "表.csv"), unnamed)


def test_a_book_takes_a_table_once(tmp_path):
    path = ROOT / "fixtures" / "maps" / "contract" / "input.csv"
    with make_book(tmp_path / "aid.sqlite", Clock("2025-04-01")) as book:
        first, second = book.take_in(read(path)), book.take_in(read(path))
        assert (first.read, first.imported, first.unchanged, first.rejected) == (15, 5, 0, 10)
        assert (second.read, second.imported, second.unchanged, second.rejected) == (15, 0, 5, 10)
        assert stages(book, "paid") == {"disbursed": "100.00 NOK"}
        assert stages(book, "earmarked") == {"allocated": "5000 JPY"}


def test_a_book_takes_stages_and_transactions(tmp_path):
    with make_book(tmp_path / "aid.sqlite", Clock("2025-04-01")) as book:
        taken = [book.take_in(of_case(ROOT / "fixtures" / "maps" / name)) for name in ("stages", "transactions")]
        assert [(one.imported, one.rejected) for one in taken] == [(3, 1), (6, 3)]
        assert stages(book, "stages:Norway-2024-01-10") == {
            "committed": "40000000.00 EUR, 5000 artillery-shell",
            "disbursed": "60000000.00 EUR",
        }
        assert stages(book, "P1") == {
            "pledged": "400.00 USD",
            "committed": "120.00 USD",
            "disbursed": "475.00 USD",
            "repaid": "5.00 USD",
        }


# ---- by a map


def test_a_problem_names_column_and_value_and_leaves_the_neighbours_alone(tmp_path):
    path = table(tmp_path, f"{HEAD}GB,2025-03-02,1.00\nGB,soon,1.00\nGB,2025-03-02,1.00\n")
    good, bad, other = findings(path, FIELDS)
    assert isinstance(good, Proposal)
    assert isinstance(other, Proposal)
    assert isinstance(bad, Rejection)
    assert (bad.at.source, bad.at.row, bad.at.column, bad.at.value) == ("table.csv", "3", "day", "soon")


def test_what_a_rejection_shows_is_cut(tmp_path):
    path = table(tmp_path, f"{HEAD}GB,{'x' * 9000},1.00\n")
    (bad,) = findings(path, FIELDS)
    assert len(bad.at.value) == 500


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Germany (West),2025-03-02,1.00", "2 who: 'Germany (West)' is not the code of a party, such as GB or EU (a map may translate it)"),
        (",2025-03-02,1.00", "2 who: donor is absent: it says who promises"),
        ("GB,,1.00", "2 day: on is absent: it says when it was announced, or happened"),
        ("GB,2025-02-30,1.00", "2 day: '2025-02-30' is not a day: write it as 2025-03-02"),
        ("GB,2025-03-02,-1.00", "2 sum: '-1.00' is less than nothing"),
        ("GB,2025-03-02,(1.00)", "2 sum: '(1.00)' is less than nothing"),
        ("GB,2025-03-02,1e9", "2 sum: '1e9' is not a plain number, such as 1600000000.00"),
        ("GB,2025-03-02,1.001", "2 sum: '1.001' is too precise: EUR has 2 decimals (a map may say round = true)"),
        ("GB,2025-03-02,92233720368547758.08", "2 sum: '92233720368547758.08' is more than the ledger can hold: the most is 92233720368547758.07 EUR"),
        (f"GB,2025-03-02,{'9' * 100}", f"2 sum: '{'9' * 57}...' is too long to be a number"),
    ],
)  # fmt: skip
def test_each_reason_to_reject_a_row(tmp_path, row, reason):
    assert rejected(table(tmp_path, f"{HEAD}{row}\n"), FIELDS) == [reason]


def test_a_spelling_that_no_value_table_lists_is_rejected_unless_kept_or_given_a_default(tmp_path):
    path = table(tmp_path, f"{HEAD}Germny,2025-03-02,1.00\n")
    listed = FIELDS.replace('"who"', '{ column = "who", values = { Germany = "DE", "United Kingdom" = "GB" }%s }')
    assert rejected(path, listed % "") == ["2 who: 'Germny' is not among the map's values: did you mean 'germany'?"]
    assert only_announcement(path, listed % ", keep = true").donor == "Germny"
    assert only_announcement(path, listed % ', default = "EU"').donor == "EU"
    other = table(tmp_path, f"{HEAD}Narnia,2025-03-02,1.00\n")
    assert rejected(other, listed % "") == [
        "2 who: 'Narnia' is not among the map's values: add it to them, or say default or keep"
    ]


def test_case_and_blanks_do_not_matter_in_a_value_table(tmp_path):
    path = table(tmp_path, f"{HEAD}\u00a0united  KINGDOM ,2025-03-02,1.00\n")
    listed = FIELDS.replace('"who"', '{ column = "who", values = { "United Kingdom" = "GB" } }')
    assert only_announcement(path, listed).donor == "GB"


def test_a_day_that_no_format_reads_can_be_listed(tmp_path):
    path = table(tmp_path, f"{HEAD}GB,until 4/6/2023,1.00\nGB,2/3/2025,1.00\n")
    listed = FIELDS.replace(
        '"day"', '{ column = "day", dates = "dmy", keep = true, values = { "until 4/6/2023" = "2023-06-04" } }'
    )
    assert [str(step.evidence.on) for step in proposed(path, listed)] == ["2023-06-04", "2025-03-02"]


def test_absent_marks_make_a_pledge_undisclosed_and_a_fact_unknown(tmp_path):
    fields = f'[conventions]\nabsent = [".", "n/a"]\n{FIELDS}title = "what"\n'
    path = table(tmp_path, "who,day,sum,what\nGB,2025-03-02,.,N/A\nGB,2025-03-02,\u00a0,\n")
    assert [(step.promises, step.title) for step in proposed(path, fields) if isinstance(step, Announce)] == [
        ((), None),
        ((), None),
    ]


def test_rows_are_left_out_as_the_map_says_and_counted(tmp_path):
    path = table(tmp_path, f"{HEAD}Total,2025-03-02,1.00\nGB,2025-03-02,0.00\nGB,2025-03-03,0\nFR,2025-03-02,2.00\n")
    skipping = (
        FIELDS.replace('"sum"', '{ column = "sum", zero = "skip" }') + '[[skip]]\ncolumn = "who"\nvalues = ["total"]\n'
    )
    found = findings(path, skipping)
    assert [type(one) for one in found] == [Proposal, Remark, Remark]
    assert [one.reason for one in found if isinstance(one, Remark)] == [
        "1 row is left out: who is one of what the map names",
        "2 rows are left out: sum is zero",
    ]
    unless = FIELDS + '[[skip]]\ncolumn = "who"\nunless = ["FR"]\n'
    assert [step.evidence.origin for step in proposed(path, unless)] == ["table:5"]


def test_the_same_key_twice_is_rejected_and_names_the_first(tmp_path):
    path = table(
        tmp_path,
        "no,who,day,sum\na,GB,2025-03-02,1.00\nb,GB,2025-03-02,1.00\na,GB,2025-03-02,2.00\n,GB,2025-03-02,1.00\n",
    )
    assert rejected(path, f'key = "no"\n{FIELDS}') == [
        "4 no: row 2 has it already: a key is there once",
        "5 no: it is what a row is known by, and it is absent",
    ]


def test_a_key_that_ends_like_the_origin_of_a_step_is_rejected(tmp_path):
    path = table(tmp_path, "no,who,day,sum\na:disburse,GB,2025-03-02,1.00\n")
    assert rejected(path, f'key = "no"\n{FIELDS}') == [
        "2 no: it cannot be what a row is known by: shorten it, or number rows"
    ]


def test_exact_duplicates_are_real_where_a_row_is_known_by_its_number(tmp_path):
    path = table(tmp_path, f"{HEAD}GB,2025-03-02,1.00\nGB,2025-03-02,1.00\n")
    steps = proposed(path, f"key = {{ row = true }}\n{FIELDS}")
    assert [(step.id, step.evidence.origin) for step in steps if isinstance(step, Announce)] == [
        ("table:2", "table:2"),
        ("table:3", "table:3"),
    ]


def test_all_facts_of_a_pledge_can_be_mapped(tmp_path):
    more = {
        "recipient": "UA", "source": "ukef", "title": "Loan", "firmness": "up to", "firm": "5", "max_exposure": "20",
        "stated": "11.00", "stated_currency": "USD", "parent": "era", "package": "p", "lender": "UKEF", "obligor": "UA",
        "repayment_source": "era", "interest": "1.3", "grace": "5", "maturity": "30", "payments": "2",
        "repayment": "1", "note": "n", "citation_url": "https://example.org", "citation_title": "t",
        "citation_quote": "q", "publisher": "HMT", "published": "2025-03-01", "retrieved": "2025-03-02",
    }  # fmt: skip
    fields = FIELDS + "\n".join(f'{name} = "{name}"' for name in more) + "\n"
    path = table(tmp_path, f"{HEAD.strip()},{','.join(more)}\nGB,2025-03-02,10.00,{','.join(more.values())}\n")
    step = only_announcement(path, fields)
    (promise,), (cited,) = step.promises, step.evidence.citations
    assert (str(promise.amount), str(promise.firmness), str(promise.firm)) == ("10.00 EUR", "up_to", "5.00 EUR")
    assert (str(step.max_exposure), str(step.stated[0]), step.evidence.note) == ("20.00 EUR", "11.00 USD", "n")
    assert (step.lender, step.obligor, step.repayment_source, step.parent) == ("UKEF", "UA", "era", "era")
    assert (step.terms.interest, step.terms.grace, step.terms.maturity, step.terms.payments) == ("1.3", 5, 30, 2)
    assert (cited.url, cited.quote, cited.publisher, cited.published) == (
        "https://example.org",
        "q",
        "HMT",
        "2025-03-01",
    )


def test_several_columns_make_one_text_without_what_is_absent(tmp_path):
    fields = FIELDS + 'title = { columns = ["a", "b", "c"], join = ": " }\n'
    path = table(tmp_path, "who,day,sum,a,b,c\nGB,2025-03-02,1.00,x,,z\nGB,2025-03-02,1.00,,,\n")
    assert [step.title for step in proposed(path, fields) if isinstance(step, Announce)] == ["x: z", None]


def test_later_stages_of_a_row_are_moves_and_may_go_beyond_the_promise(tmp_path):
    fields = FIELDS.replace('amount = "sum"\n', "") + (
        '[[amounts]]\nstage = "allocated"\ncolumn = "sum"\n'
        '[[amounts]]\nstage = "disbursed"\ncolumn = "paid"\nbeyond = "new_money"\n'
    )
    opening, allocated, paid = proposed(table(tmp_path, "who,day,sum,paid\nGB,2025-03-02,5.00,7.00\n"), fields)
    assert isinstance(opening, Announce)
    assert isinstance(allocated, Move)
    assert isinstance(paid, Move)
    assert (opening.stage, allocated.kind, paid.kind) == (Stage.COMMITTED, MoveKind.ALLOCATE, MoveKind.DISBURSE)
    assert (allocated.new_money, paid.new_money, paid.evidence.origin) == (False, True, "table:2:disburse")


def test_text_from_outside_is_cleaned_before_it_is_proposed(tmp_path):
    path = table(tmp_path, 'who,day,sum,what\nGB,2025-03-02,1.00,"two\nlines \x1b[31m\u202ered"\n')
    assert only_announcement(path, f'{FIELDS}title = "what"\n').title == "two lines [31m red"


def test_columns_are_found_by_name_by_turn_and_by_place(tmp_path):
    path = table(tmp_path, "who,day,sum,type,type,\nGB,2025-03-02,1.00,a,b,c\n")
    for column, title in (("type #2", "b"), ("Type #1", "a"), ("#6", "c")):
        assert only_announcement(path, f'{FIELDS}title = "{column}"\n').title == title
    assert refusal(path, f'{FIELDS}title = "type"\n') == (
        "fields.title: the file has 2 columns 'type': write 'type #2' for the second"
    )
    assert (
        refusal(path, f'{FIELDS}title = "typ"\n') == "fields.title: the file has no column 'typ': did you mean 'type'?"
    )
    assert refusal(path, f'{FIELDS}title = "zzz"\n') == (
        "fields.title: the file has no column 'zzz': it has who, day, sum, type"
    )


def test_the_order_of_rows_changes_nothing_where_they_have_keys(tmp_path):
    lines = [f"k{n},GB,2025-03-02,{n}.00" for n in range(1, 30)]
    before = proposed(table(tmp_path, "\n".join(["no,who,day,sum", *lines])), f'key = "no"\n{FIELDS}')
    turned = [*lines[17:], *reversed(lines[:17])]
    after = proposed(table(tmp_path, "\n".join(["no,who,day,sum", *turned])), f'key = "no"\n{FIELDS}')
    by_origin = {step.evidence.origin: step for step in before}
    assert by_origin == {step.evidence.origin: step for step in after}


FUZZED = parse(
    'key = "a"\n[conventions]\nabsent = ["."]\ndates = ["iso", "dmy"]\nthousands = ","\nround = true\n'
    '[fields]\ndonor = "b"\namount = "c"\ncurrency = { column = "d", default = "EUR" }\non = "e"\n'
    'purpose = { column = "f", default = "other" }\ninstrument = { constant = "grant" }\nstage = "g"\npledge = "b"\n'
)
PIECES = st.sampled_from(
    (
        *("a,b,c,d,e,f,g\n", "1", "GB", "1,000.00", ".", '"', '""', ",", ";", "\n", "\r\n", "2025-03-02", "31/12/2025"),
        *("EUR", "disburse", "pledged", "-5", "\x00", "\x1b", "\ufeff", "é", "9" * 70, "KWD", "military", "\u202e"),
    )
)


@settings(max_examples=200)
@example(b"a,b,c,d,e,f,g\n1,GB,5,EUR,2025-03-02,military,pledged\n")
@given(st.lists(PIECES, max_size=60).map(lambda pieces: "".join(pieces).encode()) | st.binary(max_size=300))
def test_whatever_a_file_holds_there_are_findings_or_one_line(tmp_path_factory, content):
    path = table(tmp_path_factory.getbasetemp(), content, "fuzzed.csv")
    for by in (FUZZED, None):
        try:
            found = findings(path, by)
        except InputError as refused:
            assert "\n" not in refused.message  # noqa: PT017 - either is right
        else:
            assert all(isinstance(one, Proposal | Rejection | Remark) for one in found)
