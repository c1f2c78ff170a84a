"""IATI there and back: a book that is written and read again comes to the same figures, by its own and other sums."""

import re
import sqlite3
import tempfile
from collections import defaultdict
from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ledger.errors import Refusal
from ledger.formats.iati.read import read
from ledger.money import commodity, plain
from ledger.pledge import Terms
from ledger.recognition.proposal import Remark
from ledger.recognition.steps import Correct, Revise
from tests import places
from tests.chance import book_of, lives
from tests.everything import filled, opened
from tests.iati_words import GOOD, findings, recorded, remarks, steps, transaction
from tests.iati_words import activities as file_of
from tests.iati_written_words import BY, MEASURES, added_up, faults, needs_schema, read_back, said, sums, told
from tests.many_currencies import many_currencies
from tests.test_iati_real import FOODSECURITY, PUBLISHED, needs_published
from tests.test_kiel_published import NAME, OCTOBER
from tests.test_query_plans import slow_steps
from tests.world import (
    Clock,
    announce,
    cancel,
    commit,
    disburse,
    draw,
    errors,
    make_book,
    records,
    register_party,
    register_source,
    selection,
    stages,
)

CASES = sorted((Path(__file__).parent.parent / "fixtures" / "iati").glob("*/"))
STAGES = {
    "pledged": ["pledged", "committed", "allocated", "disbursed", "called", "repaid", "forgiven"],
    "committed": ["committed", "allocated", "disbursed", "called", "repaid", "forgiven"],
    "disbursed": ["disbursed", "called", "repaid", "forgiven"],
    "repaid": ["repaid"],
    "forgiven": ["forgiven"],
}


@pytest.fixture(scope="module")
def books(empty_book, tmp_path_factory):
    """A book in which everything has happened, and one of many currencies, only to be read."""
    folder = tmp_path_factory.mktemp("books")
    with opened(filled(empty_book, folder)) as full, opened(many_currencies(folder / "many.db")) as many:
        yield {"everything": full, "many currencies": many}


each_book = pytest.mark.parametrize("name", ["everything", "many currencies"])


def same_there_and_back(book, folder):
    """Written and read again, nothing is rejected, and all figures are the same; what was odd is given back."""
    with read_back(told(book)[0], folder) as (back, heard):
        assert sums(back) == sums(book)
        assert errors(back) == []
    assert all(isinstance(one, Remark) for one in heard), said(heard)
    return said(heard)


@each_book
def test_a_book_comes_back_with_the_same_figures(books, name, tmp_path):
    assert same_there_and_back(books[name], tmp_path) == []


@each_book
def test_the_reports_agree_on_it(books, name, tmp_path):
    def reported(book):
        rows = records(book.totals(selection(), by=BY))
        return [[row[each] for each in (*BY, *MEASURES)] for row in rows if len(str(row["currency"])) == 3]

    with read_back(told(books[name])[0], tmp_path) as (back, _):
        mine = [row for row in reported(books[name]) if any(Fraction(value or 0) for value in row[len(BY) :])]
        assert reported(back) == mine != []


@each_book
def test_the_figures_come_back_by_iati_s_own_elements_alone(books, name, tmp_path):
    book = books[name]
    without = re.sub(r" *<aidledger:pledge [^>]*/>\n", "", told(book)[0])
    assert "<aidledger:" not in without
    with read_back(without, tmp_path) as (back, _):
        assert sums(back, by=("currency",)) == sums(book, by=("currency",))


@each_book
def test_transactions_of_a_type_add_up_to_what_plain_sql_finds(books, name):
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for measure, of in STAGES.items():
        marks = ", ".join("?" * len(of))
        with places.sql(places.path_of(books[name])) as tables:
            rows = tables.execute(
                "SELECT commodity, sum(amount / 1000000), sum(amount % 1000000) FROM posting"  # noqa: S608 - marks
                f" WHERE length(commodity) = 3 AND stage IN ({marks}) GROUP BY commodity",
                [*of],
            )
        for code, millions, units in rows:
            found[code, measure] += Fraction(plain(int(millions * 10**6 + units), commodity(code)))
    added: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (_, code, measure), amount in added_up(told(books[name])[0]).items():
        added[code, measure] += amount
    assert added == {key: amount for key, amount in found.items() if amount}


@pytest.mark.parametrize("path", CASES, ids=[path.name for path in CASES])
def test_what_was_imported_is_written_and_read_again(path, tmp_path):
    with make_book(tmp_path / "book.db", Clock("2026-01-01")) as book:
        book.take_in(read(path), tell=lambda _: None)
        same_there_and_back(book, tmp_path)


@needs_published
@pytest.mark.parametrize("path", [FOODSECURITY, PUBLISHED / "examples"], ids=["real", "the standard's example"])
def test_published_activities_are_written_and_read_again(path, tmp_path):
    with make_book(tmp_path / "book.db", Clock("2026-01-01")) as book:
        book.take_in(read(path), tell=lambda _: None)
        assert same_there_and_back(book, tmp_path) == []
        text = told(book)[0]
        assert faults(text) == []
        for row in records(book.pledges(selection())):
            own = ":" not in str(row["pledge"])  # which stands for a part of an activity
            assert (f"<iati-identifier>{row['pledge']}</iati-identifier>" in text) == own


@needs_schema
@pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")
def test_the_tracker_s_book_is_valid_and_comes_back(tmp_path):
    from ledger.formats.kiel.read import read as read_tracker

    with make_book(tmp_path / "book.db", Clock("2022-12-01")) as book:
        book.take_in(read_tracker(OCTOBER, NAME))
        assert faults(told(book)[0]) == []
        assert same_there_and_back(book, tmp_path) == []


@settings(max_examples=40)
@given(lives())
def test_any_book_comes_back_whatever_the_order_of_its_days(empty_book, steps):
    with book_of(empty_book, steps) as book, tempfile.TemporaryDirectory() as folder:
        assert same_there_and_back(book, Path(folder)) == []
        by_pledge = sums(book, by=("pledge", "currency"))
        assert added_up(told(book)[0]) == {
            (f"XA-TEST-{pledge}", code, measure): amount
            for (pledge, code), figures in by_pledge.items()
            for measure, amount in figures.items()
            if amount
        }


@needs_schema
@settings(max_examples=15)
@given(
    lives(), st.sampled_from([{"until": "2025-01-15"}, {"since": "2024-12-20"}, {"currency": "GBP"}, {"known_at": 9}])
)
def test_any_part_of_a_book_is_valid(empty_book, steps, filters):
    with book_of(empty_book, steps) as book, suppress(Refusal):  # where none of it is left
        assert faults(told(book, selection(**filters))[0]) == []


@places.of_files("plans of SQLite")
def test_a_file_is_read_by_the_indices_of_the_database(books):
    book = books["everything"]
    asked: list[tuple[str, Any]] = []

    def listen(*said: object) -> None:
        asked.append((str(said[2]), said[3]))

    event.listen(book.database._engine, "before_cursor_execute", listen)
    try:
        told(book)
    finally:
        event.remove(book.database._engine, "before_cursor_execute", listen)
    selects = [(said, given) for said, given in asked if said.lstrip().startswith(("SELECT", "WITH"))]
    with closing(sqlite3.connect(places.path_of(book))) as connection:
        assert [slow for said, given in selects for slow in slow_steps(connection, said, given)] == []
    assert len(selects) >= 5


# What the reader learned


def test_a_commitment_taken_back_leaves_what_was_pledged_by_itself(book, tmp_path):
    path = tmp_path / "activities.xml"
    told_of = [("12", "100"), ("2", "60"), ("2", "-20")]
    rest = "".join(transaction(kind, value) for kind, value in told_of)
    path.write_text(file_of(f"<iati-identifier>XA-1</iati-identifier>{GOOD}{rest}"))
    recorded(book, path)
    assert stages(book, "XA-1") == {"pledged": "60.00 EUR", "committed": "40.00 EUR"}


def test_a_commitment_that_was_new_money_goes_with_its_promise_first(book, tmp_path):
    path = tmp_path / "activities.xml"
    told_of = [("12", "50"), ("2", "80"), ("2", "-40")]
    rest = "".join(transaction(kind, value) for kind, value in told_of)
    path.write_text(file_of(f"<iati-identifier>XA-1</iati-identifier>{GOOD}{rest}"))
    made = [step for step in steps(findings(path)) if isinstance(step, Correct | Revise)]
    assert [(type(step).__name__, step.evidence.origin) for step in made] == [
        ("Revise", "iati:XA-1:transaction-1"),
        ("Correct", "iati:XA-1:transaction-3"),
        ("Revise", "iati:XA-1:transaction-3:pledged"),
    ]
    recorded(book, path)
    assert stages(book, "XA-1") == {"pledged": "10.00 EUR", "committed": "40.00 EUR"}


def test_what_is_none_of_ours_in_our_own_element_is_left_out(tmp_path):
    path = tmp_path / "activities.xml"
    own = '<aidledger:pledge donor="a b" recipient="UA" purpose="war" instrument="gift" source="no code!"/>'
    path.write_text(file_of(f"<iati-identifier>XA-1</iati-identifier>{GOOD}{own}"))
    assert [reason for reason in remarks(findings(path)) if "of this ledger" in reason] == [
        "XA-1: this is no code of a party of this ledger: it is left out",
        "XA-1: this is no purpose of this ledger: it is left out",
        "XA-1: this is no instrument of this ledger: it is left out",
        "XA-1: this is no code of a source of this ledger: it is left out",
    ]


def test_groups_sources_and_packages_come_back(book, tmp_path):
    register_party(book, "CZI", "The Czech initiative", "group")
    register_source(book, "shells", "A fund for shells")
    announce(book, "CZI", "5 EUR", source="shells", package="spring", instrument="in_kind", on="2025-01-02")
    with read_back(told(book)[0], tmp_path) as (back, heard):
        found = back.facts("XA-TEST-CZI-2025-0001")
        facts = (found.donor, found.recipient, found.source, found.package, str(found.instrument))
        assert facts == ("CZI", "UA", "shells", "spring", "in_kind")
        (party,) = (row for row in records(back.parties()) if row["code"] == "CZI")
        assert (party["name"], party["kind"]) == ("The Czech initiative", "group")
        assert said(heard) == []


@pytest.mark.parametrize("committed", [None, "2024-03-01"])
def test_a_loan_s_terms_and_day_come_back(book, tmp_path, committed):
    terms = Terms(interest="1.25", grace=1, maturity=30, payments=12, repayment="2")
    loan = announce(book, "GB", "9 GBP", instrument="loan", on="2024-02-29", terms=terms)
    if committed:
        commit(book, loan, "1 GBP", on=committed)
    with read_back(told(book)[0], tmp_path) as (back, heard):
        found = back.facts(f"XA-TEST-{loan}")
        assert (found.terms, str(found.on), said(heard)) == (terms, "2024-02-29", [])


def test_a_facility_and_its_child_come_back_as_parent_and_child(book, tmp_path):
    parent = announce(book, "GB", "100 GBP", on="2025-01-02")
    child = announce(book, "GB", "30 GBP", on="2025-01-03", parent=parent)
    commit(book, parent, "20 GBP", on="2025-01-04")
    draw(book, parent, child, "60 GBP", on="2025-01-05")
    cancel(book, child, "40 GBP", on="2025-01-06", to_parent=True)
    disburse(book, child, "10 GBP", on="2025-01-07")
    with read_back(told(book)[0], tmp_path) as (back, _):
        assert back.facts(f"XA-TEST-{child}").parent == f"XA-TEST-{parent}"
        assert sums(back, by=("currency",)) == sums(book, by=("currency",))
