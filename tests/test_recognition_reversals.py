"""Reversals: the opposite of an entry, once, unless something stands in the way."""

from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import InputError, Refusal, Shortage, UnknownRecord
from ledger.money import Money
from ledger.pledge import Instrument
from tests.world import (
    Clock,
    accounts,
    amend,
    announce,
    cancel,
    close,
    commit,
    disburse,
    draw,
    entries,
    errors,
    forgive,
    gbp,
    join,
    make_book,
    measures,
    records,
    refuses,
    register_item,
    register_party,
    register_source,
    reopen,
    reverse,
    revise,
    stages,
    supersede,
)


@pytest.fixture
def pledge(book: Book) -> str:
    """A loan of 100 recorded as entry 2, of which 60 are committed by entry 3."""
    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "60 GBP")
    return pledge


def test_a_reversal_posts_the_opposite_and_says_what_it_reverses(book: Book, pledge: str):
    entry = reverse(book, 3, note="signed later").entry
    assert (entry.kind, entry.reverses, entry.pledge, entry.note) == ("reverse", 3, pledge, "signed later")
    assert [str(posting.amount) for posting in entry.postings] == ["-60.00 GBP", "60.00 GBP"]
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}
    assert stages(book, pledge, known_at=3) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}


def test_a_reversal_needs_a_reason_and_an_entry(book: Book, pledge: str):
    with refuses(book, InputError, "reverse needs a reason: add --note WHY"):
        reverse(book, 3, note=None)
    with refuses(book, UnknownRecord, "there is no entry 99 in this book", "aidledger journal list"):
        reverse(book, 99)
    assert stages(book, pledge)["committed"] == "60.00 GBP"


def test_an_entry_is_reversed_once(book: Book, pledge: str):
    reverse(book, 3)
    with refuses(book, Refusal, "entry 3 was already reversed by entry 4"):
        reverse(book, 3)
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}


def test_a_reversal_is_itself_reversed_and_brings_the_entry_back(book: Book, pledge: str):
    reverse(book, 3)
    reverse(book, 4)
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    with refuses(book, Refusal, "entry 3 was already reversed by entry 4"):
        reverse(book, 3)
    reverse(book, 5)
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}


def test_a_reversal_that_would_leave_less_than_nothing_names_the_entries_in_the_way(book: Book, pledge: str):
    disburse(book, pledge, "20 GBP")
    disburse(book, pledge, "30 GBP")
    words = f"entry 3 cannot be reversed: {pledge} would hold -50.00 GBP committed; in the way: entry 4, 5"
    with refuses(book, Shortage, words, "reverse those first, the latest one first"):
        reverse(book, 3)
    reverse(book, 5)
    with refuses(book, Shortage, "would hold -20.00 GBP committed; in the way: entry 4"):
        reverse(book, 3)
    reverse(book, 4)
    reverse(book, 3)
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}


def test_an_entry_that_went_through_a_stage_and_out_again_is_reversed_as_a_whole(book: Book):
    pledge = announce(book, "GB", "100 GBP", stage="committed")
    number = disburse(book, pledge, "130 GBP", top_up=True).entry.number
    reverse(book, number)
    assert accounts(book, pledge) == {"undertaking": "-100.00 GBP", "committed": "100.00 GBP"}


def test_the_opening_of_a_pledge_is_reversed_and_the_pledge_is_withdrawn(book: Book):
    pledge = announce(book, "GB", "100 GBP", origin="kiel:1")
    reverse(book, 2)
    assert measures(book) == {}
    (row,) = records(book.pledges())
    assert (row["pledge"], row["state"]) == (pledge, "withdrawn")
    assert book.facts(pledge).void == 3
    for step in (commit, disburse, cancel):
        with refuses(book, Refusal, f"{pledge} was withdrawn: entry 3 reversed its opening"):
            step(book, pledge)
    with refuses(book, Refusal, f"{pledge} was withdrawn"):
        revise(book, pledge, "50 GBP")
    with refuses(book, Refusal, f"{pledge} was withdrawn"):
        amend(book, pledge, title="gone")
    with refuses(book, Refusal, f"{pledge} was withdrawn"):
        announce(book, "GB", "5 GBP", parent=pledge)
    with refuses(book, Refusal, f"there is a pledge {pledge} already"):
        announce(book, "GB", "5 GBP", id=pledge)
    assert errors(book) == []


def test_a_withdrawn_pledge_is_brought_back_by_reversing_its_withdrawal(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    reverse(book, 2)
    reverse(book, 3)
    assert book.facts(pledge).void is None
    commit(book, pledge, "10 GBP")
    assert stages(book, pledge) == {"pledged": "90.00 GBP", "committed": "10.00 GBP"}
    assert errors(book) == []


def test_an_opening_is_not_reversed_while_a_step_took_from_it(book: Book, pledge: str):
    with refuses(book, Shortage, f"entry 2 cannot be reversed: {pledge} would hold -60.00 GBP pledged", "entry 3"):
        reverse(book, 2)


@pytest.mark.parametrize("opened", [("100 GBP",), ()], ids=["disclosed", "undisclosed"])
def test_an_opening_is_not_reversed_while_a_revision_stands_that_added_to_it(book: Book, opened):
    pledge = announce(book, "GB", *opened)
    revise(book, pledge, "150 GBP")
    words = (f"entry 2 cannot be reversed: {pledge} would still hold", "GBP pledged", f"aidledger pledge show {pledge}")
    with refuses(book, Refusal, *words):
        reverse(book, 2)
    reverse(book, 3)
    reverse(book, 2)
    assert book.facts(pledge).void == 5


def test_an_opening_is_not_reversed_while_money_drawn_from_the_pledge_is_with_a_child(book: Book):
    parent, child = announce(book, "GB", "100 GBP", id="P"), announce(book, "GB", id="C")
    draw(book, parent, child, "40 GBP")
    revise(book, parent, "140 GBP")
    with refuses(
        book, Refusal, "entry 2 cannot be reversed: P would still hold 40.00 GBP that was drawn from it", "show P"
    ):
        reverse(book, 2)


def test_nothing_of_a_withdrawn_pledge_is_brought_back_but_the_pledge_itself(book: Book):
    parent, child = announce(book, "GB", "100 GBP", id="P"), announce(book, "GB", id="C")
    draw(book, parent, child, "40 GBP")
    reverse(book, 4)
    reverse(book, 3)
    with refuses(book, Refusal, "C was withdrawn: entry 6 reversed its opening"):
        reverse(book, 5)
    reverse(book, 6)
    reverse(book, 5)
    assert stages(book, child) == {"pledged": "40.00 GBP"}


def test_the_opening_of_a_child_gives_its_facility_back_what_it_drew(book: Book):
    parent = announce(book, "GB", "100 GBP")
    announce(book, "GB", "40 GBP", parent=parent)
    reverse(book, 3)
    assert stages(book, parent) == {"pledged": "100.00 GBP"}
    revise(book, parent, "20 GBP")
    with refuses(book, Shortage, f"entry 4 cannot be reversed: {parent} would hold -20.00 GBP pledged", "entry 5"):
        reverse(book, 4)
    assert errors(book) == []


def test_a_draw_is_reversed_with_the_childs_place_under_the_facility(book: Book):
    parent, child = announce(book, "GB", "100 GBP", id="P"), announce(book, "GB", id="C")
    draw(book, parent, child, "40 GBP")
    reverse(book, 4)
    assert stages(book, parent) == {"pledged": "100.00 GBP"}
    assert book.facts(child).parent is None
    other = announce(book, "FR", "100 GBP")
    draw(book, other, child, "5 GBP")
    assert book.facts(child).parent == other


def test_the_first_draw_is_not_reversed_while_a_later_one_stands(book: Book):
    parent, child = announce(book, "GB", "100 GBP", id="P"), announce(book, "GB", id="C")
    draw(book, parent, child, "40 GBP")
    draw(book, parent, child, "10 GBP")
    words = ("entry 4 cannot be reversed: C drew on P again after it", "aidledger pledge show C")
    with refuses(book, Refusal, *words):
        reverse(book, 4)
    reverse(book, 5)
    reverse(book, 4)
    assert stages(book, parent) == {"pledged": "100.00 GBP"}


def test_a_draw_is_not_reversed_once_its_money_went_back(book: Book):
    parent, child = announce(book, "GB", "100 GBP", id="P"), announce(book, "GB", "40 GBP", id="C")
    draw(book, parent, child, "40 GBP")
    cancel(book, child, "40 GBP", to_parent=True)
    words = "entry 4 cannot be reversed: C would have drawn -40.00 GBP from P; in the way: entry 5"
    with refuses(book, Refusal, words, "reverse those first"):
        reverse(book, 4)
    reverse(book, 5)
    reverse(book, 4)
    assert stages(book, parent) == {"pledged": "100.00 GBP"}
    assert stages(book, child) == {"pledged": "40.00 GBP"}
    assert errors(book) == []


def test_a_return_is_reversed_and_the_child_has_drawn_again(book: Book):
    parent = announce(book, "GB", "100 GBP")
    child = announce(book, "GB", "40 GBP", parent=parent)
    cancel(book, child, to_parent=True)
    reverse(book, 4)
    assert stages(book, child) == {"pledged": "40.00 GBP"}
    with refuses(book, Shortage, f"{parent} cannot promise less than 40.00 GBP"):
        revise(book, parent, "10 GBP")


def test_a_supersession_is_reversed(book: Book):
    old, new = announce(book, "GB", "100 GBP"), announce(book, "GB")
    supersede(book, old, new)
    reverse(book, 4)
    assert [stages(book, pledge) for pledge in (old, new)] == [{"pledged": "100.00 GBP"}, {}]


def test_a_revision_is_reversed_with_the_firmness_it_changed(book: Book):
    pledge = announce(book, "GB", "up_to 100 GBP, firm 60 GBP")
    revise(book, pledge, "exact 120 GBP, firm 120 GBP")
    reverse(book, 3)
    assert stages(book, pledge) == {"pledged": "100.00 GBP"}
    assert book.facts(pledge).hold(gbp("1").commodity).firm == gbp("60")


def test_an_amendment_is_reversed_unless_the_fact_was_changed_again(book: Book, pledge: str):
    amend(book, pledge, donor="FR", title="Missiles")
    amend(book, pledge, donor="DE")
    words = f"entry 4 cannot be reversed: donor of {pledge} was changed again after it"
    with refuses(book, Refusal, words, "reverse that change first"):
        reverse(book, 4)
    reverse(book, 5)
    entry = reverse(book, 4).entry
    assert entry.facts == {"changes": {"donor": ["FR", "GB"], "title": ["Missiles", None]}}
    assert (book.facts(pledge).donor, book.facts(pledge).title) == ("GB", None)
    assert errors(book) == []


def test_an_amended_instrument_is_not_reversed_while_a_step_stands_that_it_allowed(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    disburse(book, pledge, "50 GBP")
    amend(book, pledge, instrument=Instrument.LOAN)
    forgive(book, pledge, "10 GBP")
    with refuses(book, Refusal, f"{pledge} cannot become grant: its history holds forgive"):
        reverse(book, 4)
    reverse(book, 5)
    reverse(book, 4)
    assert book.facts(pledge).instrument == "grant"


def test_a_step_that_the_instrument_no_longer_has_is_not_brought_back(book: Book, pledge: str):
    disburse(book, pledge, "50 GBP")
    forgive(book, pledge, "10 GBP")
    reverse(book, 5)
    amend(book, pledge, instrument=Instrument.GRANT)
    with refuses(book, Refusal, "entry 6 cannot be reversed: a grant has no step 'forgive'"):
        reverse(book, 6)


def test_registers_and_closings_are_not_reversed(book: Book, clock: Clock):
    clock.turn_to("2025-05-01")
    register_party(book, "KFW", "Kreditanstalt")
    join(book, "KFW", "EU")
    register_source(book, "lottery", "Lottery")
    register_item(book)
    close(book, "2025-03")
    reopen(book, "2025-03")
    said = {
        1: "entry 1 (open) cannot be reversed: the opening of the book stands for good",
        2: "entry 2 (party) cannot be reversed: a register only grows",
        3: "entry 3 (member) cannot be reversed: a register only grows",
        4: "entry 4 (source) cannot be reversed: a register only grows",
        5: "entry 5 (item) cannot be reversed: a register only grows",
        6: "entry 6 (close) cannot be reversed: use aidledger journal reopen",
        7: "entry 7 (reopen) cannot be reversed: use aidledger journal close",
    }
    for number, words in said.items():
        with refuses(book, Refusal, words):
            reverse(book, number)


def test_what_is_reversed_is_gone_from_every_measure_and_stays_in_the_journal(book: Book, pledge: str):
    number = disburse(book, pledge, "50 GBP", paid="60 EUR").entry.number
    reverse(book, number)
    assert measures(book) == {"pledged": "100.00", "committed": "60.00", "outstanding": "100.00"}
    kinds = [row["kind"] for row in records(book.journal())]
    assert kinds == ["open", "pledge", "commit", "disburse", "reverse"]


def test_a_reversal_in_a_book_that_requires_citations_needs_none(tmp_path: Path, clock: Clock):
    with make_book(tmp_path / "strict.db", clock, require_citation=True) as strict:
        pledge = announce(strict, "GB", "100 GBP", cite="https://www.gov.uk/")
        with refuses(strict, Refusal, f"this book takes no entry on {pledge} without a citation: add --cite URL"):
            commit(strict, pledge)
        commit(strict, pledge, cite="https://www.gov.uk/")
        assert reverse(strict, 3).entry.citations == ()
        assert errors(strict) == []


def test_reversing_gives_every_account_its_balance_of_before(book: Book, pledge: str):
    before = accounts(book, pledge)
    for step in (disburse, commit, cancel):
        number = step(book, pledge, "40 GBP").entry.number
        reverse(book, number)
        assert accounts(book, pledge) == before
    assert all(isinstance(posting.amount, Money) for posting in entries(book)[-1].postings)
