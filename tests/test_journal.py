"""The journal: postings that say something, entries that balance, text that can be shown, and the two times."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ledger.book import Book
from ledger.errors import AmountError, InputError, Shortage
from ledger.journal import (
    Account,
    Citation,
    Draft,
    Posting,
    Stage,
    first_negative,
    fold,
    opposite,
    refuse_controls,
    sums,
    wrong_side,
)
from ledger.money import MOST_UNITS, Balance, Money
from tests.world import (
    GBP,
    Clock,
    amend,
    announce,
    announcement,
    cancel,
    commit,
    disburse,
    entries,
    errors,
    gbp,
    last_number,
    money,
    movement,
    records,
    refused,
    refuses,
    reverse,
    stages,
    warnings,
)


def posting(stage: str, amount: str, pledge: str = "GB-1") -> Posting:
    return Posting(pledge, Stage(stage), money(amount))


def drafted(*postings: Posting, **said: Any) -> Draft:
    usual: dict[str, Any] = {"kind": "commit", "on": date(2025, 3, 2), "pledge": "GB-1", "facts": {}}
    return Draft(postings=postings, **(usual | said))


def test_a_posting_of_zero_says_nothing():
    with refused(InputError, "a posting of zero on GB-1:pledged says nothing"):
        posting("pledged", "0 GBP")


def test_a_posting_beyond_64_bits_is_refused():
    assert Posting("GB-1", Stage.PLEDGED, Money(MOST_UNITS, GBP)).amount.units == MOST_UNITS
    with refused(AmountError, "more than the ledger can hold"):
        Posting("GB-1", Stage.PLEDGED, Money(MOST_UNITS + 1, GBP))


def test_a_posting_names_its_account():
    assert posting("pledged", "5 GBP").account == Account("GB-1", Stage.PLEDGED, GBP)


def test_an_entry_that_does_not_balance_cannot_be_built():
    with refused(InputError, "the postings on GB-1 are out of balance by 0.01 GBP: nothing is recorded"):
        drafted(posting("pledged", "100.01 GBP"), posting("undertaking", "-100 GBP"))


def test_each_commodity_balances_by_itself():
    with refused(InputError, "out of balance by"):
        drafted(posting("paid", "100 GBP"), posting("exchange", "-100 EUR"))


def test_each_pledge_balances_by_itself():
    with refused(InputError, "the postings on GB-1 are out of balance by 100.00 GBP"):
        drafted(posting("pledged", "100 GBP"), posting("pledged", "-100 GBP", pledge="GB-2"))


def test_an_entry_without_postings_is_an_entry_like_any_other():
    assert drafted(kind="amend").postings == ()


def test_an_entry_is_never_changed():
    with pytest.raises(FrozenInstanceError):
        drafted().note = "better"  # type: ignore[misc] # what the test is about


def test_a_draft_becomes_the_entry_with_its_number():
    draft = drafted(note="why", origin="here:1", citations=(Citation(url="https://example.org"),))
    entry = draft.numbered("uid", 7, at=datetime(2025, 3, 2, tzinfo=UTC), by="ada")
    assert (entry.book, entry.number, entry.recorded_by) == ("uid", 7, "ada")
    assert (entry.kind, entry.on, entry.note, entry.origin) == ("commit", date(2025, 3, 2), "why", "here:1")
    assert entry.citations == draft.citations


def test_sums_are_kept_by_pledge_and_commodity():
    found = sums([posting("pledged", "5 GBP"), posting("pledged", "3 EUR"), posting("undertaking", "-5 GBP")])
    assert {(pledge, of.code): units for (pledge, of), units in found.items()} == {
        ("GB-1", "GBP"): 0,
        ("GB-1", "EUR"): 300,
    }


def test_the_fold_gives_each_stage_of_each_pledge_and_drops_what_is_empty():
    moved = [posting("pledged", "5 GBP"), posting("undertaking", "-5 GBP"), posting("committed", "5 GBP")]
    found = fold([*moved, posting("pledged", "-5 GBP"), posting("pledged", "1 EUR", pledge="DE-1")])
    assert found["GB-1"] == {Stage.UNDERTAKING: Balance([gbp("-5")]), Stage.COMMITTED: Balance([gbp("5")])}
    assert found["DE-1"] == {Stage.PLEDGED: Balance([money("1 EUR")])}


def test_the_opposite_of_postings_is_on_the_same_accounts_on_the_other_side():
    there = (posting("pledged", "5 GBP"), posting("undertaking", "-5 GBP"))
    assert opposite(there) == (posting("pledged", "-5 GBP"), posting("undertaking", "5 GBP"))


@pytest.mark.parametrize(
    ("stage", "units", "wrong"),
    [
        ("pledged", -1, True),
        ("pledged", 1, False),
        ("undertaking", 1, True),
        ("undertaking", -1, False),
        ("excess", 1, True),
        ("paid", -1, False),
        ("exchange", 1, False),
        ("cancelled", 0, False),
    ],
)
def test_a_stage_has_one_side_and_a_memorandum_both(stage, units, wrong):
    assert wrong_side(Stage(stage), units) is wrong


def test_the_first_day_on_which_less_than_nothing_was_held_is_found_whatever_the_order_of_writing():
    second, third, fourth = (date(2025, 3, day) for day in (2, 3, 4))
    dated = [
        (fourth, posting("pledged", "5 GBP")),
        (fourth, posting("undertaking", "-5 GBP")),
        (third, posting("committed", "3 GBP")),
        (third, posting("pledged", "-3 GBP")),
        (second, posting("undertaking", "-1 GBP")),
    ]
    assert first_negative(dated) == (third, Account("GB-1", Stage.PLEDGED, GBP), -300)
    assert first_negative([(fourth, posting) for _, posting in dated]) is None


def test_of_two_accounts_wrong_on_one_day_the_one_posted_first_is_named():
    stages_in_order = ("allocated", "committed", "pledged", "disbursed", "repaid")
    dated = [(date(2025, 3, 2), posting(stage, "-1 GBP")) for stage in stages_in_order]
    found = first_negative(dated)
    assert found is not None
    assert found[1].stage is Stage.ALLOCATED


CONTROLS = {
    "a line break": "two\nlines",
    "a carriage return": "a\rb",
    "a tab": "a\tb",
    "an escape": "\x1b[31mred",
    "a null": "a\0",
    "a C1 control": "a\x9bb",
    "a line separator": "a\N{LINE SEPARATOR}b",
    "a paragraph separator": "a\N{PARAGRAPH SEPARATOR}b",
    "an override of the reading direction": "a\u202eb",
    "an isolate of the reading direction": "a\u2066b",
    "a lone high surrogate": "a\ud83d",
    "a lone low surrogate": "\udc00b",
}


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS.keys())
def test_control_characters_and_lone_surrogates_are_refused_with_their_place(text):
    with refused(InputError, "the note holds a control character (U+", "at place", "remove it"):
        drafted(note=text)


def test_the_place_of_a_control_character_is_counted_from_one():
    with refused(InputError, "the title holds a control character (U+000A at place 4)"):
        refuse_controls("two\nlines", "the title")


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"note": "\n"}, "the note"),
        ({"origin": "\n"}, "the origin"),
        ({"pledge": "\n"}, "the pledge's id"),
        ({"facts": {"pledge": {"title": "\n"}}}, "the title"),
        ({"facts": {"changes": {"donor": ["a", "\n"]}}}, "the donor"),
        ({"citations": (Citation(quote="\n"),)}, "the citation's quote"),
        ({"citations": (Citation(url="https://e.org"), Citation(publisher="\n"))}, "the citation's publisher"),
    ],
)
def test_every_text_of_an_entry_is_looked_at(said, where):
    with refused(InputError, f"{where} holds a control character"):
        drafted(**said)


@pytest.mark.parametrize(
    "text", ["Zürich", "Україна", "a\N{NO-BREAK SPACE}b", "\N{ROCKET}", "e\N{COMBINING ACUTE ACCENT}"]
)
def test_any_other_text_is_kept_as_it_is(text):
    assert drafted(note=text).note == text


def test_a_fact_is_never_a_float():
    with pytest.raises(TypeError, match="the rate holds a float"):
        drafted(facts={"rate": 0.5})


# In a book


def test_entries_are_numbered_from_one_without_a_gap_even_where_steps_are_refused_between(book: Book):
    pledge = announce(book, "GB", "100 GBP")
    with refuses(book, InputError, "an amount must be more than nothing"):
        commit(book, pledge, "0 GBP")
    commit(book, pledge, "60 GBP")
    assert [entry.number for entry in entries(book)] == [1, 2, 3]
    assert [entry.kind for entry in entries(book)] == ["open", "pledge", "commit"]


def test_steps_recorded_together_are_all_recorded_or_none(book: Book):
    good, bad = announcement("GB", "100 GBP", id="together"), movement("commit", "together", "200 GBP")
    with refuses(book, Shortage, "together has 100.00 GBP left to commit"):
        book.record_all([good, bad])
    assert [done.entry.number for done in book.record_all([good, replace(bad, amounts=(gbp("60"),))])] == [2, 3]


def test_an_entry_says_who_recorded_it_when_and_when_it_happened(book: Book, clock: Clock):
    clock.turn_to("2025-03-05")
    announce(book, "GB", "100 GBP", on="2025-03-02")
    entry = entries(book)[-1]
    assert entry.recorded_by == "ada"
    assert entry.on == date(2025, 3, 2)
    assert entry.recorded_at.isoformat().startswith("2025-03-05T09:00:")


def test_an_entry_that_does_not_say_when_happened_today(book: Book, clock: Clock):
    clock.turn_to("2025-06-01")
    announce(book, "GB", "100 GBP")
    assert entries(book)[-1].on == date(2025, 6, 1)


def test_the_time_of_writing_never_goes_back_though_the_clock_does(book: Book, clock: Clock):
    clock.turn_to("2025-03-05")
    announce(book, "GB", "100 GBP")
    clock.turn_to("2025-03-04")
    announce(book, "GB", "100 GBP")
    first, second = (entry.recorded_at for entry in entries(book)[-2:])
    assert first == second
    assert errors(book) == []


def test_control_characters_never_reach_the_book(book: Book):
    with refuses(book, InputError, "the title holds a control character (U+001B at place 1)"):
        announce(book, "GB", "100 GBP", title="\x1b[31m")
    pledge = announce(book, "GB", "100 GBP")
    with refuses(book, InputError, "the title holds a control character (U+D800"):
        amend(book, pledge, title="\ud800")
    with refuses(book, InputError, "the note holds a control character"):
        commit(book, pledge, note="a\nb")
    with refuses(book, InputError, "the citation's url holds a control character"):
        commit(book, pledge, cite="https://example.org/\r")
    with refuses(book, InputError, "the pledge's id holds a control character"):
        announce(book, "GB", "100 GBP", id="a\tb")


def test_what_was_known_is_asked_by_number_or_by_time(book: Book, clock: Clock):
    pledge = announce(book, "GB", "100 GBP")
    clock.turn_to("2025-03-05")
    commit(book, pledge, "60 GBP", on="2025-03-03")
    before, after = {"pledged": "100.00 GBP"}, {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert stages(book, pledge, known_at=2) == before
    assert stages(book, pledge, known_at=datetime(2025, 3, 4, tzinfo=UTC)) == before
    assert stages(book, pledge, known_at=datetime(2025, 3, 6, tzinfo=UTC)) == after
    assert stages(book, pledge, known_at=1) == {}


def test_what_had_happened_is_asked_by_day(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-01-10")
    commit(book, pledge, "60 GBP", on="2025-02-10")
    disburse(book, pledge, "10 GBP", on="2025-03-02")
    assert stages(book, pledge, as_of="2025-01-09") == {}
    assert stages(book, pledge, as_of="2025-02-09") == {"pledged": "100.00 GBP"}
    assert stages(book, pledge, as_of="2025-02-10") == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
    assert stages(book, pledge, until="2025-03-02")["disbursed"] == "10.00 GBP"


def test_a_disbursement_dated_before_its_commitment_is_recorded_with_a_warning(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-01-01")
    commit(book, pledge, on="2025-03-01")
    (problem,) = disburse(book, pledge, "30 GBP", on="2025-02-01").problems
    assert (problem.severity, problem.code, problem.where) == ("warning", "out-of-order", pledge)
    assert "on 2025-02-01 it held -30.00 GBP committed" in problem.message
    assert stages(book, pledge) == {"committed": "70.00 GBP", "disbursed": "30.00 GBP"}
    assert warnings(book) == [f"out-of-order {pledge}"]
    assert errors(book) == []


def test_the_warning_is_of_the_command_that_causes_it_and_not_of_those_after_it(book: Book):
    pledge = announce(book, "GB", "100 GBP", on="2025-01-01")
    commit(book, pledge, on="2025-03-01")
    assert disburse(book, pledge, "30 GBP", on="2025-02-01").problems
    assert cancel(book, pledge, "10 GBP", on="2025-03-02").problems == ()


def test_the_trial_balance_is_zero_for_every_pledge_and_commodity(book: Book):
    first, second = announce(book, "GB", "100 GBP", "7 EUR"), announce(book, "DE", "50 EUR")
    commit(book, first, "60 GBP")
    disburse(book, second, "80 EUR", top_up=True, paid="90 USD")
    cancel(book, first, "10 GBP")
    reverse(book, last_number(book))
    table = book.trial_balance()
    sides: dict[tuple[str | None, str | None], int] = {}
    for row, said in zip(table.rows, records(table), strict=True):
        balance, key = row[-1], (said["pledge"], said["commodity"])
        assert isinstance(balance, Money)
        sides[key] = sides.get(key, 0) + balance.units
    assert sides == {(first, "GBP"): 0, (first, "EUR"): 0, (second, "EUR"): 0, (second, "USD"): 0}
    assert [plain for total in table.totals for plain in map(str, total[-1:])] == ["0.00 EUR", "0.00 GBP", "0.00 USD"]
