"""The conversations of moves and corrections: each records what its command line records."""

import shlex

import pytest

from cli.conversation.corrections import CORRECTIONS, FACTS
from cli.conversation.pledge import NewPledge
from cli.conversation.steps import NewMove
from cli.correct import COMMANDS as CORRECTING
from cli.main import run
from cli.move import COMMANDS as MOVING
from ledger.book import Book
from ledger.errors import StoreRefusal, UnknownRecord
from ledger.pledge import MoveKind
from tests import places
from tests.talking import interrupted, talked
from tests.world import (
    MISSILE,
    announce,
    call,
    commit,
    disburse,
    entries,
    last_number,
    refused,
    register_item,
    reverse,
    stages,
)

SILENT = ("", "", "", "", "", "y")
"""Nothing more to say: all of it, today, no note, no source; recorded."""


def move(kind):
    return lambda session, book: NewMove(kind, session, book)


@pytest.fixture
def loan(book):
    """One hundred pounds that were lent, of which sixty are binding."""
    pledge = announce(book, "GB", "100 GBP", instrument="loan", title="The loan", on="2025-01-01")
    commit(book, pledge, "60 GBP", on="2025-01-02")
    return pledge


def test_every_step_of_a_pledge_has_its_conversation():
    assert set(MOVING) == set(MoveKind)
    assert set(CORRECTING) == set(CORRECTIONS)
    for command in (*MOVING.values(), *CORRECTING.values()):
        assert getattr(command, "conversation", "").startswith("cli.conversation.")


def test_a_disbursement_is_recorded_with_its_day_note_and_source(book, loan):
    answers = (loan, "40 GBP", "2025-03-01", "first", "https://example.org/paid", "has paid", "BBC", "press", "y")
    found, somebody = talked(move("disburse"), book, *answers)
    assert stages(book, loan) == {"pledged": "40.00 GBP", "committed": "20.00 GBP", "disbursed": "40.00 GBP"}
    assert (found.entry.on.isoformat(), found.entry.note) == ("2025-03-01", "first")
    assert found.entry.citations[0].official is False
    assert "GB-2025-0001: 40.00 GBP pledged, 60.00 GBP committed" in somebody.heard
    assert "GB-2025-0001 disbursed 40.00 -" in somebody.heard


@pytest.mark.parametrize("kind", ["commit", "allocate", "disburse", "cancel"])
def test_all_of_it_is_the_default(book, loan, kind):
    found, somebody = talked(move(kind), book, loan, *SILENT)
    assert "Amount [all]" in somebody.prompts
    assert found.entry.kind == kind
    assert found.entry.postings


def test_what_was_lent_comes_back_or_is_forgiven(book, loan):
    disburse(book, loan, on="2025-02-01")
    talked(move("repay"), book, loan, "30 GBP", *SILENT[1:])
    talked(move("forgive"), book, loan, *SILENT)
    assert stages(book, loan) == {"repaid": "30.00 GBP", "forgiven": "70.00 GBP"}


def test_a_guarantee_is_called(book):
    guarantee = announce(book, "GB", "10 GBP", instrument="guarantee", on="2025-01-01")
    talked(move("call"), book, guarantee, "4 GBP", *SILENT[1:])
    assert stages(book, guarantee) == {"pledged": "6.00 GBP", "called": "4.00 GBP"}
    call(book, guarantee)


def test_more_than_is_there_is_refused_at_once(book, loan):
    before = last_number(book)
    somebody = interrupted(move("commit"), book, loan, "50 GBP")
    assert any(line.startswith("! ") and "40.00 GBP left to commit" in line for line in somebody.heard)
    assert somebody.drafts[-1] == "50 GBP"
    assert last_number(book) == before


def test_a_pledge_is_known_by_its_title_and_offered_by_any_word_of_it(book, loan):
    somebody = interrupted(move("commit"), book, "the LOAN", "")
    assert somebody.prompts[1] == "Amount [all]"
    for typed in ("loan", "gb-", "United"):
        assert interrupted(move("commit"), book, typed).offered[0] == [loan]


def test_older_pledges_are_offered_by_the_beginning_of_their_ids(book, loan, monkeypatch):
    monkeypatch.setattr("cli.conversation.known.RECENT", 1)
    announce(book, "NO", "1 GBP", on="2025-01-03")
    somebody = interrupted(move("commit"), book, "GB-2025", loan)
    assert somebody.offered[0] == [loan]


def test_a_withdrawn_pledge_is_not_offered(book, loan):
    gone = announce(book, "NO", "1 GBP", on="2025-01-03")
    reverse(book, last_number(book))
    assert [pledge.id for pledge, _ in book.latest(9)] == [loan]
    assert gone not in interrupted(move("commit"), book, "NO", loan).offered[0]


@pytest.mark.usefixtures("loan")
@pytest.mark.parametrize(("pledge", "said"), [("NO-1", "there is no pledge"), ("GB-2025-0001", "has no step 'call'")])
def test_a_pledge_that_cannot_take_the_step_is_refused_at_once(book, pledge, said):
    somebody = interrupted(move("call"), book, pledge)
    assert any(said in line for line in somebody.heard if line.startswith("! "))


def test_pieces_are_moved_too(book):
    register_item(book)
    pledge = announce(book, "GB", "100 GBP", f"50 {MISSILE}", on="2025-01-01")
    talked(move("disburse"), book, pledge, f"20 {MISSILE}", *SILENT[1:])
    assert stages(book, pledge)["disbursed"] == f"20 {MISSILE}"


# Corrections


def test_a_pledge_is_drawn_from_its_facility(book):
    facility = announce(book, "GB", "100 GBP", on="2025-01-01", title="Limit")
    child = announce(book, "GB", "30 GBP", on="2025-01-02")
    talked(CORRECTIONS["draw"], book, facility, child, "30 GBP", "yes", "", "", "", "", "y")
    assert stages(book, facility) == {"pledged": "70.00 GBP"}
    assert stages(book, child) == {"pledged": "30.00 GBP"}


def test_a_pledge_is_superseded(book, loan):
    newer = announce(book, "GB", "1 GBP", on="2025-02-01")
    talked(CORRECTIONS["supersede"], book, loan, newer, "", "", "restructured", "", "", "y")
    assert stages(book, newer) == {"pledged": "41.00 GBP", "committed": "60.00 GBP"}


def test_a_promise_is_revised_with_a_reason(book, loan):
    found, somebody = talked(CORRECTIONS["revise"], book, loan, "up to 120 GBP", "", "", "raised", "", "", "y")
    assert "! this cannot be left empty" in somebody.heard
    assert (found.entry.note, str(book.promised(loan))) == ("raised", "120.00 GBP")
    assert book.facts(loan).holds[0].firmness == "up_to"


@pytest.mark.parametrize(
    ("fact", "value", "name", "now"),
    [
        ("donor", "Norway", "donor", "NO"),
        ("recipient", "MD", "recipient", "MD"),
        ("title", "Another one", "title", "Another one"),
        ("title", "-", "title", None),
        ("purpose", "financial", "purpose", "financial"),
        ("instrument", "export", "instrument", "export_credit"),
        ("source of funds", "ukef", "source", "ukef"),
        ("package", "SPRING", "package", "SPRING"),
        ("lender", "EU", "lender", "EU"),
        ("source of repayment", "era", "repayment_source", "era"),
    ],
)
def test_a_fact_is_amended(book, loan, fact, value, name, now):
    talked(CORRECTIONS["amend"], book, loan, fact, value, "", "misread", "", "", "y")
    assert getattr(book.facts(loan), name) == now


def test_every_fact_that_is_amended_by_a_conversation_is_an_option_of_its_command(capsys):
    assert run(["pledge", "amend", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"--{fact}" in shown for fact in FACTS)


def test_two_pledges_are_told_apart(book, loan):
    other = announce(book, "GB", "100 GBP", instrument="loan", on="2025-01-01")
    found, _ = talked(CORRECTIONS["distinguish"], book, loan, other, "", "two tranches", "", "", "y")
    assert found.entry.kind == "distinguish"


# The line it teaches


@pytest.mark.usefixtures("loan")
@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (move("disburse"), ("GB-2025-0001", "40 GBP", "2025-03-01", "first", "", 'he said "so"; it\'s', "", "", "y")),
        (CORRECTIONS["revise"], ("GB-2025-0001", "120 GBP", "2025-03-01", "-10 was wrong", "", "", "y")),
        (CORRECTIONS["amend"], ("GB-2025-0001", "title", "-", "2025-03-01", "misread", "", "", "y")),
        (CORRECTIONS["amend"], ("GB-2025-0001", "lender", "eu", "2025-03-01", "misread", "", "", "y")),
        (CORRECTIONS["draw"], ("GB-2025-0002", "GB-2025-0001", "5 GBP", "yes", "2025-03-01", "", "", "", "y")),
        (CORRECTIONS["supersede"], ("GB-2025-0001", "GB-2025-0002", "no", "2025-03-01", "newer", "", "", "y")),
        (CORRECTIONS["distinguish"], ("GB-2025-0001", "GB-2025-0002", "2025-03-01", "two", "", "", "y")),
    ],
)
def test_the_line_says_the_same(book, capsys, kind, answers):
    announce(book, "GB", "100 GBP", instrument="loan", on="2025-01-05")
    found, _ = talked(kind, book, *answers)
    taught = shlex.split(capsys.readouterr().err.partition("in one line: ")[2])
    reverse(book, found.entry.number)
    assert run(taught[1:]) == 0
    again = entries(book)[-1]
    assert (again.kind, again.note, again.postings) == (found.entry.kind, found.entry.note, found.entry.postings)
    assert (again.facts, again.citations) == (found.entry.facts, found.entry.citations)


def test_the_conversation_of_a_new_pledge_refuses_a_book_that_it_cannot_write_before_it_asks(book):
    barred = Book.open(places.read_only(places.path_of(book)), recorded_by="ada")
    with barred, refused(StoreRefusal, "is read-only"):
        talked(NewPledge, barred)


def test_an_unknown_id_is_refused_by_the_ledger_itself(book):
    with refused(UnknownRecord, "there is no pledge"):
        book.position("NO-1")
