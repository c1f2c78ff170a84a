"""Checks of the journal: whatever is altered behind the ledger's back is found, and named.

Each test does what only someone with the file in hand can do: it takes the triggers away, alters
the book, and puts them back. How a book stands is in ``test_checks_standing.py``.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from cli.main import run
from ledger.book import Book
from ledger.errors import Problem
from ledger.journal import Posting, Stage
from ledger.money import MOST_UNITS, Money
from ledger.period import parse_date
from ledger.proof import leaf
from ledger.store.checks.every import CHECKS
from tests import places
from tests.tampering import GUARDS, codes, drop_guard, forge, found, tamper, tampering, without_unique_keys
from tests.world import (
    GBP,
    announce,
    cancel,
    close,
    commit,
    disburse,
    draw,
    errors,
    last_number,
    make_book,
    money,
    register_party,
    reopen,
    reverse,
    supersede,
)


@pytest.fixture
def kept(book: Book) -> Book:
    """A book of four entries: opened, a pledge, its commitment, a party."""
    commit(book, announce(book, "GB", "100.00 GBP", origin="paper:1"), "60.00 GBP")
    register_party(book, "CZI", "The Czech initiative")
    return book


def test_taking_the_triggers_away_and_putting_them_back_is_no_problem(kept):
    tamper(kept)
    assert kept.check() == []


def test_each_check_says_in_its_docstring_what_holds_in_a_sound_book():
    assert len(CHECKS) == len(set(CHECKS)) == 25
    assert all((check.__doc__ or "").endswith(".") for check in CHECKS)


NO_TEXT = () if places.ON_SERVER else ("\0",)
"""What a PostgreSQL database takes for no text at all."""


# One test for each check


@pytest.mark.parametrize("guard", GUARDS)
def test_guards_in_place_finds_a_trigger_that_is_gone(kept, guard):
    drop_guard(kept, guard)
    [problem] = kept.check()
    assert problem == Problem("error", "guard-missing", guard, "this trigger is gone: the book can be altered unseen")


@places.of_server("what it keeps beside triggers")
@pytest.mark.parametrize(
    ("statement", "where", "words"),
    [
        ("ALTER TABLE entry DISABLE TRIGGER entry_is_balanced", "entry_is_balanced", "this trigger is gone"),
        ("ALTER TABLE posting DISABLE TRIGGER ALL", "posting_is_append_only", "this trigger is gone"),
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "refuse_change()",
            "this function is not what it was",
        ),
    ],
)
def test_guards_in_place_finds_what_is_switched_off_or_does_something_else(kept, statement, where, words):
    with places.sql(places.path_of(kept)) as tables:
        tables.execute(statement)
    found = {problem.where: problem.message for problem in kept.check()}
    assert found[where] == f"{words}: the book can be altered unseen"


def test_foreign_keys_hold_finds_a_row_that_points_at_nothing(kept):
    tamper(kept, "INSERT INTO source VALUES (7, 'era', 'Of another book')")
    [problem] = kept.check()
    assert (problem.code, problem.where) == ("dangling", "source")
    assert problem.message == "a row points at a book that is not there"


@places.of_files("SQLite compares by unique keys only")
def test_foreign_keys_hold_finds_tables_that_cannot_even_be_compared(kept):
    without_unique_keys(kept, "DELETE FROM entry WHERE number > 4", numbered=False)
    [problem] = errors(kept)
    assert (problem.code, problem.where) == ("dangling", "book")
    assert problem.message.startswith("what points at what cannot be examined (foreign key mismatch")


def test_entries_are_there_finds_a_journal_that_does_not_begin_with_the_opening(kept):
    forge(kept, 1, lambda entry: replace(entry, kind="party"))
    assert ("not-opened", "entry 1") in found(kept)
    assert codes(kept) == {"not-opened", "projection"}


def test_entries_are_there_finds_an_empty_journal(kept):
    tamper(kept, "DELETE FROM posting", "DELETE FROM entry")
    assert ("not-opened", "entry 1") in found(kept)
    assert codes(kept) == {"not-opened", "projection"}


def test_numbers_without_gap_finds_an_entry_that_was_taken_out(kept):
    announce(kept, "NO")
    tamper(kept, "DELETE FROM entry WHERE number = 4", "DELETE FROM party WHERE code = 'CZI'")
    [problem] = kept.check()
    assert problem == Problem("error", "gap", "entry 4", "there is no entry 4; the next one is 5")


def test_lines_equal_columns_finds_a_line_that_is_no_entry(kept):
    tamper(kept, "UPDATE entry SET line = '{}' WHERE number = 4", "DELETE FROM party WHERE code = 'CZI'")
    [problem] = kept.check()
    assert problem == Problem("error", "unreadable-line", "entry 4", "its canonical line is no entry")


@pytest.mark.parametrize("line", ["", "null", "[]", "7", '"a"', "{", '{"v":1}', '{"book":1}', *NO_TEXT])
def test_lines_equal_columns_takes_any_text_for_a_line(kept, line):
    with tampering(kept) as connection:
        connection.execute("UPDATE entry SET line = ? WHERE number = 4", (line,))
        connection.execute("DELETE FROM party WHERE code = 'CZI'")
    assert found(kept) == {("unreadable-line", "entry 4")}


@pytest.mark.parametrize(
    "altered",
    [
        "on_date = '2024-01-01'",
        "recorded_at = '2024-01-01T00:00:00.000000Z'",
        "recorded_by = 'someone'",
        "kind = 'allocate'",
        "pledge = 'GB-2025-0002'",
        "origin = 'paper:2'",
        "reverses = 2",
        "note = 'never said'",
        "citation_url = 'https://example.org'",
        "citation_quote = 'never said'",
        "postings = 3",
        "line = line || ' '",
        "line = replace(line, ',', ', ')",
    ],
)
def test_lines_equal_columns_finds_each_column_that_was_altered(kept, altered):
    tamper(kept, f"UPDATE entry SET {altered} WHERE number = 3")  # noqa: S608 - the words above
    assert ("altered-entry", "entry 3") in found(kept)
    assert codes(kept) <= {"altered-entry", "time-goes-back", "half-reversed"}


def test_lines_equal_columns_finds_an_entry_of_another_book(kept):
    forge(kept, 3, lambda entry: replace(entry, book="a16b8e0b-4fc3-4e5a-8ea1-7e5eb5a0a3d9"))
    assert found(kept) == {("altered-entry", "entry 3")}


def test_postings_equal_lines_finds_amounts_that_were_altered(kept):
    tamper(kept, "UPDATE posting SET amount = 2 * amount WHERE entry = 2")
    assert found(kept) == {("altered-postings", "entry 2")}


def test_postings_equal_lines_finds_postings_that_were_taken_out(kept):
    tamper(kept, "DELETE FROM posting WHERE entry = 3")
    assert found(kept) == {("altered-postings", "entry 3")}


def test_postings_equal_lines_finds_postings_of_no_entry(kept):
    tamper(
        kept,
        "INSERT INTO posting SELECT book, 99, line, on_date, 'X', stage, commodity, amount FROM posting"
        " WHERE entry = 2",
    )
    assert found(kept) == {("stray-postings", "entry 99"), ("dangling", "posting")}


def test_every_entry_balances_finds_an_amount_that_was_altered_on_one_side(kept):
    tamper(kept, "UPDATE posting SET amount = amount + 1 WHERE entry = 2 AND line = 1")
    assert found(kept) == {("unbalanced", "entry 2"), ("altered-postings", "entry 2")}
    [message] = [problem.message for problem in errors(kept) if problem.code == "unbalanced"]
    assert message == "GB-2025-0001 is out of balance by 0.01 GBP"


def test_times_never_go_back_finds_an_entry_written_before_the_one_before_it(kept):
    forge(kept, 4, lambda entry: replace(entry, recorded_at=entry.recorded_at - timedelta(days=1)))
    [problem] = kept.check()
    assert problem == Problem("error", "time-goes-back", "entry 4", "it was recorded before entry 3")


def test_no_entry_in_a_closed_period_finds_one_that_was_moved_there(kept):
    close(kept, "2025-01")
    late = announce(kept, "NO", "5.00 EUR", on="2025-02-01")
    forge(kept, last_number(kept), lambda entry: replace(entry, on=parse_date("2025-01-31")))
    [problem] = kept.check()
    assert (problem.code, problem.where) == ("in-closed-period", f"entry {last_number(kept)}")
    assert problem.message == "dated 2025-01-31, but everything before 2025-02-01 was closed"
    assert late == "NO-2025-0001"


def test_no_entry_in_a_closed_period_takes_what_was_dated_there_before_and_after_it_was_closed(kept):
    announce(kept, "NO", on="2025-01-02")
    close(kept, "2025-01")
    register_party(kept, "XYZ", "Registered while closed", on="2025-01-03")
    reopen(kept, "2025-01")
    announce(kept, "NO", on="2025-01-04")
    close(kept, "2025-01")
    assert kept.check() == []


def test_citations_where_required_finds_an_entry_without_one(tmp_path, clock):
    with make_book(tmp_path / "cited.db", clock, require_citation=True) as book:
        pledge = announce(book, "GB", "100.00 GBP", cite="https://example.org/1")
        commit(book, pledge, cite="https://example.org/2")
        reverse(book, 3)
        assert book.check() == []
        forge(book, 2, lambda entry: replace(entry, citations=()))
        assert book.check() == [Problem("error", "uncited", "entry 2", "this book requires a citation")]


def test_what_is_dated_before_what_it_draws_on_is_only_suspected(kept):
    disburse(kept, "GB-2025-0001", "5.00 GBP", on="2025-02-01")
    assert kept.check() == [
        Problem(
            "warning",
            "out-of-order",
            "GB-2025-0001",
            "on 2025-02-01 it held -5.00 GBP committed: something is dated before what it draws on",
        )
    ]


def test_the_command_ends_with_1_where_something_is_broken_and_with_0_for_a_suspicion(kept, capsys):
    disburse(kept, "GB-2025-0001", "5.00 GBP", on="2025-02-01")
    command = ["check", "--book", places.at(places.path_of(kept)), "--format", "csv"]
    assert run(command) == 0
    assert capsys.readouterr().out.startswith("severity,code,where,message\r\nwarning,out-of-order,GB-2025-0001,")
    tamper(kept, "UPDATE account SET balance = 7")
    assert run(command) == 1
    assert "error,projection,account GB-2025-0001:committed:GBP," in capsys.readouterr().out


def test_origins_are_unique_finds_one_that_is_there_twice(kept):
    without_unique_keys(kept, "UPDATE entry SET origin = 'paper:1' WHERE number = 3")
    [problem] = [problem for problem in errors(kept) if problem.code == "origin-twice"]
    assert (problem.where, problem.message) == ("entry 3", "it has the origin paper:1, and so has entry 2")


def test_entries_are_reversed_once_finds_one_that_two_reverse(kept):
    reverse(kept, 3)
    commit(kept, "GB-2025-0001", "10.00 GBP")
    without_unique_keys(kept, "UPDATE entry SET reverses = 3 WHERE number = 6")
    [problem] = [problem for problem in errors(kept) if problem.code == "reversed-twice"]
    assert (problem.where, problem.message) == ("entry 3", "entry 5 reverses it, and so does 6")


def test_entries_are_reversed_once_finds_one_that_an_earlier_one_reverses(kept):
    forge(kept, 3, lambda entry: replace(entry, reverses=4))
    [problem] = [problem for problem in errors(kept) if problem.code == "reversed-twice"]
    assert (problem.where, problem.message) == ("entry 4", "entry 3 reverses it, and is not later")


def test_reversals_undo_all_finds_one_that_undoes_a_part(kept):
    reverse(kept, 3)
    part = (
        Posting("GB-2025-0001", Stage.COMMITTED, money("-20.00 GBP")),
        Posting("GB-2025-0001", Stage.PLEDGED, money("20.00 GBP")),
    )
    forge(kept, 5, lambda entry: replace(entry, postings=part))
    [problem] = [problem for problem in errors(kept) if problem.code == "half-reversed"]
    assert (problem.where, problem.message) == ("entry 5", "it does not undo what entry 3 moved")


def test_draws_equal_postings_finds_facts_that_draw_more_than_the_postings_take(kept):
    child = announce(kept, "GB", "1.00 GBP")
    draw(kept, "GB-2025-0001", child, "5.00 GBP")
    stated = {"parent": "GB-2025-0001", "child": child, "stage": "pledged", "amount": "7.00 GBP"}
    forge(kept, 6, lambda entry: replace(entry, facts={**entry.facts, "draws": [stated]}))
    [problem] = [problem for problem in errors(kept) if problem.code == "drawing"]
    assert problem.where == "entry 6"
    assert problem.message == "its facts draw 7.00 GBP of GB-2025-0001, its postings 5.00 GBP"


def test_draws_equal_postings_takes_every_way_in_which_a_facility_gives_and_gets_back(kept):
    child = announce(kept, "GB", "5.00 GBP", parent="GB-2025-0001")
    cancel(kept, child, "2.00 GBP", to_parent=True)
    reverse(kept, last_number(kept))
    newer = announce(kept, "NO", "9.00 GBP")
    draw(kept, "GB-2025-0001", newer, "4.00 GBP", existing=True)
    supersede(kept, child, announce(kept, "NO"))
    assert errors(kept) == []


def test_control_totals_hold_finds_a_closing_that_counted_otherwise(kept):
    close(kept, "2025-02")
    announce(kept, "NO", "5.00 EUR", on="2025-03-01")
    reopen(kept, "2025-02")
    announce(kept, "NO", "7.00 EUR", on="2025-02-03")
    close(kept, "2025-02")
    assert kept.check() == []

    counted = {"commodity": "EUR", "postings": 2, "credit": "7.00", "debit": "8.00"}
    forge(kept, last_number(kept), lambda entry: replace(entry, facts={**entry.facts, "control_totals": [counted]}))
    [problem] = errors(kept)
    assert (problem.code, problem.where) == ("control-totals", f"entry {last_number(kept)}")
    assert problem.message == "everything before 2025-03-01 adds up to other totals than it recorded"


def test_control_totals_hold_finds_an_amount_that_was_altered_after_the_closing(kept, clock):
    clock.turn_to("2025-05-01")
    close(kept, "2025-03")
    tamper(kept, "UPDATE posting SET amount = 2 * amount WHERE entry = 2")
    assert found(kept) == {("altered-postings", "entry 2"), ("control-totals", f"entry {last_number(kept)}")}


# What cannot even be read is a finding, never an end of the examination


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE posting SET stage = 'promised' WHERE entry = 2",
        "UPDATE posting SET commodity = 'Not a code!' WHERE entry = 2 AND line = 1",
        "UPDATE posting SET on_date = 'yesterday' WHERE entry = 2",
        "UPDATE account SET commodity = 'QQQ', balance = -1 WHERE stage = 'pledged'",
        "UPDATE drawing SET commodity = 'QQQ', amount = -1",
    ],
)
def test_values_the_ledger_never_writes_are_reported_and_the_other_checks_go_on(kept, altered):
    draw(kept, "GB-2025-0001", announce(kept, "GB", "1.00 GBP"), "5.00 GBP")
    tamper(kept, altered, "UPDATE source SET name = 'Never said' WHERE code = 'era'")
    assert ("unreadable", "book") in found(kept)
    assert ("projection", "source era") in found(kept)


@pytest.mark.parametrize(
    "facts",
    [
        {"pledge": {"id": "GB-2025-0001"}},
        {"pledge": {"id": "GB-2025-0001", "colour": "blue"}},
        {"pledge": "GB-2025-0001"},
        {"draws": [{"parent": "A"}]},
        {"closed_before": "2025-01-01"},
        {"closed_before": ["2025-01-01"]},
        {"party": {"name": "without a code"}},
        {"member": {"party": "GB"}},
    ],
)
def test_facts_the_ledger_never_states_are_reported_and_the_other_checks_go_on(kept, facts):
    forge(kept, 2, lambda entry: replace(entry, facts=facts))
    tamper(kept, "UPDATE entry SET note = 'never said' WHERE number = 3")
    assert ("altered-entry", "entry 3") in found(kept)
    assert codes(kept) & {"unreadable", "impossible-entry"}


def test_an_amount_beyond_64_bits_in_a_line_is_reported(kept):
    with kept._view() as view:
        line = leaf.line(view.entry(2)).replace("100.00", "99999999999999999999.00")
    with tampering(kept) as connection:
        connection.execute("UPDATE entry SET line = ? WHERE number = 2", (line,))
    assert ("unreadable-line", "entry 2") in found(kept)


def test_entries_that_only_together_exceed_64_bits_are_reported_as_impossible(kept):
    most = Money(MOST_UNITS, GBP)
    both = (Posting("GB-2025-0001", Stage.PLEDGED, most), Posting("GB-2025-0001", Stage.UNDERTAKING, -most))
    forge(kept, 3, lambda entry: replace(entry, postings=both))
    [problem] = [problem for problem in errors(kept) if problem.code == "impossible-entry"]
    assert "is more than the ledger can hold" in problem.message
