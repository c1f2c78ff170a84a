"""What becomes of a file's findings: recorded once, refused where the book says otherwise, restated on request."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book
from ledger.errors import LedgerError, OriginConflict, Shortage, UnknownRecord
from ledger.formats.reading import Reading
from ledger.intake import Intake, Refused
from ledger.pledge import MoveKind, PartyKind
from ledger.proof import leaf
from ledger.recognition import steps
from ledger.recognition.proposal import Finding, Proposal, Rejection, Remark, Spot
from tests import places
from tests.world import (
    Clock,
    announce,
    announcement,
    close,
    day,
    disburse,
    entries,
    last_number,
    measures,
    money,
    promise,
    records,
    refuses,
    stages,
)


def spot(row: int = 2) -> Spot:
    return Spot("pledges.csv", str(row))


def proposed(*said: steps.Step, needs: tuple[Any, ...] = ()) -> Proposal:
    return Proposal(spot(), said, needs)


def pledged(key: str, *promises: str, donor: str = "GB", on: str = "2024-10-22", **options: Any) -> steps.Announce:
    """The step a file states of a pledge."""
    return announcement(donor, *promises, id=f"f:{key}", origin=f"f:{key}", on=on, **options)


def moved(kind: str, key: str, *amounts: str, on: str = "2024-11-01", word: str = "", **options: Any) -> steps.Move:
    """The step a file states of what became of a pledge."""
    evidence = steps.Evidence(on=day(on), origin=f"f:{key}:{word or kind}")
    said = tuple(map(money, amounts))
    return steps.Move(evidence=evidence, kind=MoveKind(kind), pledge=f"f:{key}", amounts=said, **options)


def take(book: Book, *findings: Finding | steps.Step, complete: bool = False, **how: Any) -> Intake:
    """Take in a file of these findings; a step stands for a record of its own."""
    made = [finding if not isinstance(finding, steps.Step) else proposed(finding) for finding in findings]
    return book.take_in(Reading(name="f", findings=iter(made), complete=complete), **how)


def counts(result: Intake) -> tuple[int, int, int, int]:
    return result.read, result.imported, result.unchanged, result.rejected


def test_what_is_new_is_recorded_and_the_second_time_nothing_is(book: Book):
    file = [pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"), pledged("2", "7 EUR", donor="FR")]
    assert counts(take(book, *file)) == (3, 3, 0, 0)
    assert stages(book, "f:1") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert counts(take(book, *file)) == (3, 0, 3, 0)
    assert last_number(book) == 4
    assert book.check() == []


def test_a_longer_file_records_only_what_was_added(book: Book):
    take(book, pledged("1", "100 GBP"))
    assert counts(take(book, pledged("1", "100 GBP"), pledged("2", "5 GBP"))) == (2, 1, 1, 0)


def test_one_that_cannot_be_recorded_leaves_its_neighbours_alone(book: Book):
    heard: list[Finding] = []
    file = [pledged("1", "100 GBP"), moved("disburse", "1", "200 GBP"), pledged("2", "5 GBP", donor="XX")]
    file += [moved("commit", "2", "5 GBP"), pledged("3", "5 GBP")]
    assert counts(take(book, *file, tell=heard.append)) == (5, 2, 0, 3)
    reasons = [finding.reason for finding in heard if isinstance(finding, Rejection)]
    assert "f:1 has 100.00 GBP left to disburse" in reasons[0]
    assert "'XX' is neither a country" in reasons[1]
    assert "there is no pledge 'f:2'" in reasons[2]
    assert book.check() == []


def test_a_file_need_not_be_in_the_order_of_events(book: Book):
    file = [moved("disburse", "1", "40 GBP"), moved("commit", "1", "60 GBP"), pledged("1", "100 GBP")]
    assert counts(take(book, *file)) == (3, 3, 0, 0)
    assert counts(take(book, *file)) == (3, 0, 3, 0)


def test_what_is_rejected_once_is_rejected_again(book: Book):
    """Even where something later in the file would have made room for it."""
    correction = steps.Correct(
        kind=MoveKind.COMMIT,
        pledge="f:1",
        amounts=(money("5 GBP"),),
        evidence=steps.Evidence(on=day("2024-11-01"), origin="f:1:less"),
    )
    file = [pledged("1", "100 GBP"), correction, moved("commit", "1", "4 GBP"), moved("disburse", "2", "1 GBP")]
    assert counts(take(book, *file)) == (4, 2, 0, 2)
    assert counts(take(book, *file)) == (4, 0, 2, 2)
    assert counts(take(book, *file, moved("commit", "1", "1 GBP", word="more"))) == (5, 2, 2, 1)


def test_what_a_reader_rejects_or_remarks_on_is_counted_and_told(book: Book):
    heard: list[Finding] = []
    findings: list[Finding] = [Rejection(spot(2), "no amount"), Remark(spot(3), "a date as text")]
    findings.append(proposed(pledged("1", "5 GBP")))
    result = take(book, *findings, tell=heard.append)
    assert (*counts(result), result.remarks) == (2, 1, 0, 1, 1)
    assert heard == findings[:2]


def test_all_steps_of_a_record_are_recorded_or_none(book: Book):
    result = take(book, proposed(pledged("1", "100 GBP"), moved("disburse", "1", "200 GBP")))
    assert counts(result) == (1, 0, 0, 1)
    assert last_number(book) == 1
    assert counts(take(book, pledged("1", "300 GBP"))) == (1, 1, 0, 0)


def test_what_the_steps_name_is_registered_once(book: Book):
    ministry = steps.RegisterParty(code="FCDO", name="Foreign Office", kind=PartyKind.INSTITUTION)
    file = [proposed(pledged(key, "5 GBP", donor="FCDO"), needs=(ministry,)) for key in ("1", "2")]
    assert counts(take(book, *file)) == (2, 2, 0, 0)
    assert last_number(book) == 4
    assert counts(take(book, *file)) == (2, 0, 2, 0)


def test_a_need_of_a_rejected_record_is_not_registered(book: Book):
    ministry = steps.RegisterParty(code="FCDO", name="Foreign Office", kind=PartyKind.INSTITUTION)
    take(book, proposed(pledged("1", "5 GBP", donor="FCDO", source="no-such"), needs=(ministry,)))
    assert last_number(book) == 1
    take(book, proposed(pledged("1", "5 GBP", donor="FCDO"), needs=(ministry,)))
    assert last_number(book) == 3


def test_a_file_that_says_otherwise_than_the_book_is_refused_with_what_differs(book: Book):
    take(book, pledged("1", "100 GBP"), pledged("2", "5 GBP"))
    with pytest.raises(Refused, match="the book says otherwise of f:1: nothing was recorded") as refused:
        take(book, pledged("1", "120 GBP", title="Loan"), pledged("2", "5 GBP"), pledged("3", "9 GBP"))
    (conflict,) = refused.value.result.conflicts
    assert conflict.origin == "f:1"
    assert 'amounts was ["100.00 GBP"], now ["120.00 GBP"]' in conflict.differs
    assert 'title was nothing, now "Loan"' in conflict.differs
    assert last_number(book) == 3


def test_strict_takes_no_problem_at_all(book: Book):
    with pytest.raises(Refused, match="1 problem in this file, and --strict takes none"):
        take(book, proposed(pledged("1", "5 GBP")), Remark(spot(), "odd"), strict=True)
    assert last_number(book) == 1


def test_a_rehearsal_counts_the_same_and_writes_nothing(book: Book, tmp_path: Path):
    before = places.content(tmp_path / "book.db")
    assert counts(take(book, pledged("1", "5 GBP"), pledged("2", "5 GBP", donor="XX"), rehearse=True)) == (2, 1, 0, 1)
    assert places.content(tmp_path / "book.db") == before


def test_an_import_that_is_interrupted_leaves_the_book_as_it_was(book: Book, tmp_path: Path):
    def findings() -> Iterable[Finding]:
        for key in range(5_000):
            yield proposed(pledged(str(key), "5 GBP"))
        raise KeyboardInterrupt

    before = places.content(tmp_path / "book.db")
    with pytest.raises(KeyboardInterrupt):
        book.take_in(Reading(name="f", findings=iter(findings())))
    assert places.content(tmp_path / "book.db") == before
    assert counts(take(book, pledged("1", "5 GBP"))) == (1, 1, 0, 0)


def test_no_file_records_anything_in_a_closed_period(book: Book):
    close(book, "2024-10")
    heard: list[Finding] = []
    result = take(book, pledged("1", "5 GBP"), pledged("2", "5 GBP", on="2024-11-02"), tell=heard.append)
    assert counts(result) == (2, 1, 0, 1)
    assert isinstance(heard[0], Rejection)
    assert heard[0].reason == "2024-10-22 is closed: the first open day is 2024-11-01"


def test_a_pledge_that_was_typed_by_hand_is_not_taken_over(book: Book):
    announce(book, "GB", "100 GBP", id="f:1")
    heard: list[Finding] = []
    assert counts(take(book, pledged("1", "100 GBP"), tell=heard.append)) == (1, 0, 0, 1)
    assert "there is a pledge f:1 already" in str(heard[0])


def test_a_promise_is_revised_and_what_followed_is_stated_anew(book: Book):
    october = [pledged("1", "100 GBP", stage="committed"), moved("disburse", "1", "60 GBP")]
    november = [pledged("1", "150 EUR", stage="committed", title="Loan"), moved("disburse", "1", "75 EUR")]
    take(book, *october)
    known = last_number(book)
    assert counts(take(book, *november, revise=True)) == (2, 2, 0, 0)
    assert stages(book, "f:1") == {"committed": "75.00 EUR", "disbursed": "75.00 EUR"}
    assert book.facts("f:1").title == "Loan"
    assert measures(book, known_at=known)["disbursed"] == "60.00"
    assert counts(take(book, *november)) == (2, 0, 2, 0)
    with refuses(book, Refused, "the book says otherwise of f:1"):
        take(book, *october)
    assert counts(take(book, *october, revise=True)) == (2, 2, 0, 0)
    assert stages(book, "f:1") == {"committed": "40.00 GBP", "disbursed": "60.00 GBP"}
    assert book.check() == []


def test_what_is_typed_is_compared_with_what_a_file_stated_last(book: Book):
    take(book, pledged("1", "100 GBP"))
    take(book, pledged("1", "150 GBP"), revise=True)
    assert book.record(pledged("1", "150 GBP")).repeated
    with refuses(book, OriginConflict, 'amounts was ["150.00 GBP"], now ["100.00 GBP"]'):
        book.record(pledged("1", "100 GBP"))


def test_facts_alone_are_amended_and_what_followed_stands(book: Book):
    take(book, pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"))
    changed = pledged("1", "100 GBP", purpose="financial", instrument="loan", note="Table 4")
    assert counts(take(book, changed, moved("commit", "1", "60 GBP"), revise=True)) == (2, 1, 1, 0)
    facts = book.facts("f:1")
    assert (facts.purpose, facts.instrument) == ("financial", "loan")
    assert stages(book, "f:1") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert counts(take(book, changed, moved("commit", "1", "60 GBP"))) == (2, 0, 2, 0)


def test_a_step_that_a_file_states_otherwise_is_reversed_and_recorded_anew(book: Book):
    take(book, pledged("1", "100 GBP"), moved("disburse", "1", "60 GBP"))
    later = [pledged("1", "100 GBP"), moved("disburse", "1", "30 GBP")]
    assert counts(take(book, *later, revise=True)) == (2, 1, 1, 0)
    assert stages(book, "f:1") == {"pledged": "70.00 GBP", "disbursed": "30.00 GBP"}
    assert counts(take(book, *later)) == (2, 0, 2, 0)


def test_a_commitment_is_restated_though_something_of_it_was_paid(book: Book):
    def file(committed: str) -> list[steps.Step]:
        paid = [moved("disburse", "1", amount, word=amount[:2], top_up=True) for amount in ("40 GBP", "10 GBP")]
        return [pledged("1"), moved("commit", "1", committed, new_money=True), *paid]

    take(book, *file("100 GBP"))
    assert counts(take(book, *file("120 GBP"), revise=True)) == (4, 3, 1, 0)
    assert stages(book, "f:1") == {"committed": "70.00 GBP", "disbursed": "50.00 GBP"}
    assert counts(take(book, *file("120 GBP"))) == (4, 0, 4, 0)
    with refuses(book, Refused, "f:1:10 would have to be stated after what it stands on"):
        take(book, *file("90 GBP")[:3], revise=True)
    assert book.check() == []


def test_a_promise_that_is_no_longer_binding_stands_pledged(book: Book):
    take(book, pledged("1", "100 GBP", stage="committed"))
    assert counts(take(book, pledged("1", "100 GBP"), revise=True)) == (1, 1, 0, 0)
    assert stages(book, "f:1") == {"pledged": "100.00 GBP"}
    assert counts(take(book, pledged("1", "100 GBP"))) == (1, 0, 1, 0)


def test_a_promise_of_another_day_stands_from_that_day_on(book: Book):
    take(book, pledged("1", "100 GBP", on="2024-03-01"), moved("commit", "1", "60 GBP"))
    take(book, pledged("1", "90 EUR", on="2024-09-01"), moved("commit", "1", "60 EUR"), revise=True)
    assert measures(book, of="GBP") == {}
    assert (stages(book, "f:1", as_of="2024-08-31"), stages(book, "f:1", as_of="2024-09-01")) == (
        {},
        {"pledged": "90.00 EUR"},
    )
    take(book, pledged("1", "100 GBP", on="2024-03-01"), moved("commit", "1", "60 GBP"), revise=True)
    assert stages(book, "f:1", as_of="2024-03-01") == {"pledged": "100.00 GBP"}
    assert stages(book, "f:1") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert book.check() == []


def test_a_key_that_looks_like_a_later_version_is_rejected(book: Book):
    assert counts(take(book, pledged("1", "100 GBP"), pledged("1@2", "5 GBP"))) == (2, 1, 0, 1)
    assert counts(take(book, pledged("1", "100 GBP"), pledged("1@2", "5 GBP"))) == (2, 0, 1, 1)


def test_a_record_is_restated_as_a_whole_or_the_file_is_refused(book: Book):
    take(book, proposed(pledged("1", "100 GBP")))
    with refuses(
        book, Refused, "pledges.csv, row 2 cannot be restated as a whole: f:1 has 120.00 GBP left to disburse"
    ):
        take(book, proposed(pledged("1", "120 GBP"), moved("disburse", "1", "130 GBP")), revise=True)
    assert stages(book, "f:1") == {"pledged": "100.00 GBP"}


def test_what_cannot_be_restated_refuses_the_file(book: Book):
    take(book, pledged("1", "100 GBP"))
    disburse(book, "f:1", "80 GBP")
    with refuses(book, Refused, "f:1 cannot be restated: f:1 cannot promise less than 80.00 GBP"):
        take(book, pledged("1", "50 GBP"), revise=True)
    assert stages(book, "f:1") == {"pledged": "20.00 GBP", "disbursed": "80.00 GBP"}


def test_nothing_is_restated_in_a_closed_period(book: Book):
    take(
        book, pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"), moved("disburse", "1", "10 GBP", on="2025-01-02")
    )
    close(book, "2024")
    with refuses(book, Refused, "f:1:commit cannot be restated: 2024-11-01 is closed"):
        take(book, pledged("1", "120 EUR"), moved("commit", "1", "60 EUR"), revise=True)
    take(book, pledged("1", "100 GBP"), moved("disburse", "1", "20 GBP", on="2025-01-02"), revise=True)
    assert stages(book, "f:1")["disbursed"] == "20.00 GBP"
    assert book.check() == []


def test_pledges_gone_from_a_complete_file_are_named_and_left_as_they_are(book: Book):
    take(book, pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"), pledged("2", "5 GBP"), complete=True)
    result = take(book, pledged("2", "5 GBP"), complete=True)
    assert (counts(result), result.gone) == ((1, 0, 1, 0), ["f:1", "f:1:commit"])
    assert stages(book, "f:1") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}


def test_a_step_that_is_gone_while_its_pledge_stands_is_a_conflict_and_is_withdrawn_on_request(book: Book):
    take(book, pledged("1", "100 GBP"), moved("commit", "1", "60 GBP"), complete=True)
    with refuses(book, Refused, "the book says otherwise of f:1:commit"):
        take(book, pledged("1", "100 GBP"), complete=True)
    take(book, pledged("1", "100 GBP"), complete=True, revise=True)
    assert stages(book, "f:1") == {"pledged": "100.00 GBP"}
    assert counts(take(book, pledged("1", "100 GBP"), complete=True)) == (1, 0, 1, 0)


# Many at once are what each by itself would have been

DONORS = ("GB", "FR", "XX")
AMOUNTS = ("1 GBP", "2 GBP", "3 EUR", "5 EUR")


@st.composite
def files(draw: st.DrawFn) -> list[steps.Step]:
    """Steps on a few pledges, some of which the ledger refuses."""
    said: list[steps.Step] = []
    for place in range(draw(st.integers(1, 12))):
        key = draw(st.sampled_from("abc"))
        if draw(st.booleans()):
            donor = draw(st.sampled_from(DONORS))
            promises = draw(st.lists(st.sampled_from(AMOUNTS), max_size=2, unique_by=lambda text: text[-3:]))
            stage = draw(st.sampled_from(["pledged", "committed"]))
            step: steps.Step = announcement(
                donor, *promises, id=f"f:{key}", origin=f"f:{key}:{place}", on="2024-10-22", stage=stage
            )
        else:
            kind = draw(st.sampled_from(["commit", "allocate", "disburse", "repay", "cancel"]))
            options: dict[str, Any] = (
                {draw(st.sampled_from(["top_up", "new_money"])): True} if draw(st.booleans()) else {}
            )
            step = moved(kind, key, draw(st.sampled_from(AMOUNTS)), word=str(place), **options)
        said.append(step)
    return said


@settings(max_examples=60)
@given(file=files())
def test_many_at_once_make_the_same_book_as_one_after_the_other(file: list[steps.Step], empty_book: Path):
    with TemporaryDirectory() as folder, ExitStack() as opened:
        together, singly = (opened.enter_context(copied(empty_book, Path(folder) / name)) for name in "ab")
        result = take(together, *file)
        assert result.imported == recorded_singly(singly, file)
        assert content(together) == content(singly)
        assert together.check() == singly.check()


def recorded_singly(book: Book, file: list[steps.Step]) -> int:
    """Record steps one after the other, and what lacked something again, until nothing more can be."""
    recorded, left = 0, file
    while True:
        waiting = []
        for step in left:
            try:
                book.record(step)
                recorded += 1
            except (Shortage, UnknownRecord):
                waiting.append(step)
            except LedgerError:
                continue
        if len(waiting) == len(left) or not waiting:
            return recorded
        left = waiting


def copied(book: Path, path: Path) -> Book:
    return Book.open(places.copied(book, path), clock=Clock(), recorded_by="ada")


def content(book: Book) -> list[object]:
    """What every entry says, and every account and pledge, but for the moments of recording."""
    said = [leaf.content(entry, "") for entry in entries(book)]
    return [said, records(book.trial_balance()), records(book.pledges())]


def test_a_promise_in_words_is_what_a_file_states(book: Book):
    assert promise("up_to 5 GBP").firmness == "up_to"
    take(book, pledged("1", "up_to 100 GBP, firm 60 GBP"))
    with refuses(book, Refused, "f:1"):
        take(book, pledged("1", "100 GBP"))
