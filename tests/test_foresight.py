"""Foresight: what is said of an entry as it is recorded, and that ``check`` says the same afterwards."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ledger.book import Book, Recorded
from ledger.errors import Problem
from ledger.journal import Citation
from ledger.pledge import PartyKind
from ledger.recognition import steps
from ledger.statements import suspicions
from ledger.store.quotes import digest
from tests import places
from tests.commandline import done, settings_for, typed
from tests.world import (
    Clock,
    amend,
    announcement,
    commit,
    disburse,
    draw,
    last_number,
    make_book,
    money,
    movement,
    reverse,
    warnings,
)

MISSILES = "Export finance for 5,000 air-defence missiles"


def told(recorded: Recorded) -> list[tuple[str, str]]:
    """What is said of an entry: the code, and where."""
    return [(problem.code, problem.where) for problem in recorded.problems]


def announced(book: Book, amount: str = "1600000000 GBP", title: str | None = MISSILES, **said: Any) -> Recorded:
    """A pledge of the United Kingdom's that is recorded."""
    return book.record(announcement(said.pop("donor", "GB"), amount, title=title, **said))


# Likely doubles


def test_a_pledge_that_may_be_an_earlier_one_is_said_to_be_as_it_is_recorded_with_what_to_do(book: Book):
    assert told(announced(book, on="2025-03-02")) == []
    [problem] = announced(book, "1620000000 GBP", "Air-defence missiles: export finance", on="2025-03-05").problems
    assert problem == Problem(
        "warning",
        "likely-double",
        "GB-2025-0002",
        f'may be GB-2025-0001 once more (1600000000.00 GBP of 2025-03-02, "{MISSILES}"): same donor and recipient,'
        " 1600000000.00 GBP and 1620000000.00 GBP, 3 days apart, titles 100 % alike; if it is the same money:"
        " aidledger pledge supersede GB-2025-0001 GB-2025-0002 --existing --note WHY,"
        " or of a part of it pledge draw GB-2025-0001 GB-2025-0002 AMOUNT --existing;"
        " if not: aidledger pledge distinguish GB-2025-0002 GB-2025-0001 --note WHY",
    )
    assert [each for each in book.check() if each.code == "likely-double"] == [problem]


def test_the_same_is_said_before_it_is_recorded_and_nothing_is(book: Book):
    announced(book)
    before = last_number(book)
    [seen] = book.preview([announcement("GB", "1600000000 GBP", title=MISSILES)])
    assert told(seen) == [("likely-double", "GB-2025-0002")]
    assert last_number(book) == before


def test_nothing_is_said_of_pledges_that_are_not_alike_or_linked(book: Book):
    announced(book, "100 GBP", id="F")
    for amount, said in [
        ("100 GBP", {"donor": "NO"}),
        ("100 GBP", {"on": "2025-05-02"}),
        ("100 GBP", {"parent": "F"}),
        ("100 EUR", {}),
        ("90 GBP", {}),
    ]:
        assert told(announced(book, amount, **said)) == []
    assert told(announced(book, "70 GBP", "Demining")) == []


def test_an_equivalent_that_either_source_states_is_compared(book: Book):
    announced(book, "1600 GBP", stated=("2000.00 USD",))
    assert told(announced(book, "2000 USD")) == [("likely-double", "GB-2025-0002")]
    announced(book, "500 EUR", "Demining")
    assert told(announced(book, "21500 CZK", "Demining", stated=("500.00 EUR",))) == [("likely-double", "GB-2025-0004")]


@pytest.mark.parametrize(
    ("amount", "alike"),
    [("92233720368547758.07 GBP", True), ("90389045961176802.91 GBP", True), ("90389045961176802.90 GBP", False)],
)
def test_amounts_as_large_as_any_are_compared_exactly(book: Book, amount: str, alike: bool):  # noqa: FBT001
    announced(book, "92233720368547758.07 GBP")
    assert bool(told(announced(book, amount))) is alike
    assert bool([problem for problem in book.check() if problem.code == "likely-double"]) is alike


def test_of_many_alike_the_three_most_alike_are_named(book: Book):
    for amount in ("100 GBP", "101 GBP", "99 GBP", "100.50 GBP"):
        announced(book, amount, on="2025-03-01")
    found = announced(book, "100 GBP").problems
    assert [problem.message.split(" ")[2] for problem in found] == ["GB-2025-0001", "GB-2025-0002", "GB-2025-0004"]


def test_what_was_withdrawn_or_cancelled_is_not_announced_again(book: Book):
    announced(book)
    reverse(book, 2)
    assert told(announced(book)) == []


def test_the_command_warns_and_has_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings_for(tmp_path, monkeypatch)
    done("init")
    add = 'pledge add GB "£1.6bn" --purpose military --instrument export_credit --title Missiles --on'
    done(f"{add} 2025-03-02")
    answer = typed(f"{add} 2025-03-03")
    assert (answer.code, answer.printed) == (0, "GB-2025-0002\n")
    assert answer.said.startswith("warning: GB-2025-0002: may be GB-2025-0001 once more (1600000000.00 GBP of 2025-03")


def _in_another_currency(said: Any) -> bool:
    return not said["stated"] or said["stated"][0][-3:] != said["amount"][-3:]


PLEDGES = st.lists(
    st.fixed_dictionaries(
        {
            "donor": st.sampled_from(["GB", "NO"]),
            "amount": st.sampled_from(["98 GBP", "100 GBP", "102 GBP", "103 GBP", "100 EUR"]),
            "title": st.sampled_from([None, "Missiles", "Missiles, tranche 2", "Tranche 3 of missiles", "Demining"]),
            "on": st.sampled_from(["2025-03-01", "2025-03-31", "2025-04-01", "2025-04-02"]),
            "stated": st.sampled_from([(), ("100.00 EUR",), ("101.00 GBP",)]),
            "package": st.sampled_from([None, None, "SPRING"]),
        }
    ).filter(_in_another_currency),
    min_size=2,
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=PLEDGES)
def test_what_is_said_of_each_pledge_as_it_is_recorded_is_what_check_says_of_all(tmp_path_factory, said):
    with make_book(tmp_path_factory.mktemp("book") / "book.db", Clock("2025-04-02")) as book:
        at_once = [problem for each in said for problem in announced(book, **each).problems]
        assert sorted(map(str, at_once)) == sorted(str(each) for each in book.check() if each.code == "likely-double")


# The same quote


def cited(step: steps.Step, quote: str) -> steps.Step:
    """A step that cites these words."""
    return replace(step, evidence=replace(step.evidence, citations=(Citation(quote=quote),)))


def quoted(book: Book, quote: str, amount: str = "5 GBP", **said: Any) -> Recorded:
    """A pledge whose entry cites these words."""
    return book.record(cited(announcement(said.pop("donor", "GB"), amount, **said), quote))


WORDS = "He said \u201cUkraine\u2019s air-defence\u201d needs 5,000 missiles"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (WORDS, True),
        ("he  said 'Ukraine's  AIR\u2013DEFENCE' needs\u00a05,000 missiles ", True),
        ("He said Ukraines air-defence needs 5,000 missiles", True),
        ("He said «Ukraine's air\u2010defence» needs 5,000 missiles", True),
        ("He said Ukraine's air-defence needs 6,000 missiles", False),
        ("He said Ukraine's air-defence needs 5,000 missiles.", False),
    ],
)
def test_quotes_are_the_same_whatever_their_blanks_case_dashes_and_quotation_marks(other: str, same: bool):  # noqa: FBT001
    assert (digest(WORDS) == digest(other)) is same


def test_a_quote_without_a_word_is_none(book: Book):
    assert digest(" «» ") is None
    for amount in ("5 GBP", "70 GBP"):
        assert told(quoted(book, " «» ", amount)) == []
    assert book.check() == []


def test_the_same_quote_is_pointed_out_with_the_entry_that_cites_it(book: Book):
    quoted(book, WORDS)
    [problem] = quoted(book, WORDS.upper(), "70 USD", donor="NO").problems
    assert (problem.severity, problem.code, problem.where) == ("warning", "repeated-quote", "entry 3")
    assert problem.message == (
        "the same quote is cited by entry 2 (GB-2025-0001);"
        " if the pledges are two: aidledger pledge distinguish NO-2025-0001 GB-2025-0001 --note WHY"
    )
    assert book.check() == [problem]


def test_of_many_that_cite_it_the_first_that_stands_is_named(book: Book):
    for amount in ("5 GBP", "70 GBP", "900 GBP"):
        quoted(book, WORDS, amount)
    [problem] = quoted(book, WORDS, "20000 GBP").problems
    assert "entry 2 (GB-2025-0001)" in problem.message
    reverse(book, 2)
    [problem] = quoted(book, WORDS, "300000 GBP").problems
    assert "entry 3 (GB-2025-0002)" in problem.message


def test_what_was_reversed_may_be_recorded_anew_with_its_quote(book: Book):
    quoted(book, WORDS)
    reverse(book, 2)
    assert told(quoted(book, WORDS)) == []
    assert book.check() == []
    reverse(book, 3)
    assert warnings(book) == ["likely-double GB-2025-0002", "repeated-quote entry 4"]


def test_every_step_with_a_quote_is_looked_at_and_one_pledges_payment_may_cite_its_promise(book: Book):
    quoted(book, WORDS, "100 GBP", id="P")
    paid = book.record(cited(movement("disburse", "P", "1 GBP"), WORDS))
    assert [problem.message for problem in paid.problems] == ["the same quote is cited by entry 2 (P)"]
    assert book.check() == []
    book.record(cited(movement("disburse", "P", "2 GBP"), WORDS))
    assert [(each.where, each.message) for each in book.check()] == [
        ("entry 4", "the same quote is cited by entry 3 (P)")
    ]


def test_pledges_of_one_package_linked_or_said_to_differ_may_cite_one_sentence(book: Book):
    quoted(book, WORDS, "5 GBP", id="A", package="SPRING")
    quoted(book, WORDS, "70 GBP", id="B", package="SPRING")
    quoted(book, "other words", "100 GBP", id="C")
    quoted(book, "other words", "8 GBP", id="D", parent="C")
    assert book.check() == []
    quoted(book, WORDS, "900 GBP", id="E")
    assert warnings(book) == ["repeated-quote entry 6"]
    for other in ("A", "B"):
        book.record(steps.Distinguish(pledge="E", other=other, evidence=steps.Evidence(note="two programmes")))
    assert book.check() == []


def test_joint_pledges_may_be_one_and_corrections_may_cite_what_they_correct(book: Book):
    parts = (announcement("GB", "5 GBP"), announcement("NO", "7 GBP"))
    for _ in range(2):
        book.record(cited(steps.AnnounceJointly(parts=parts), WORDS))
    of_quotes = [problem for problem in book.check() if problem.code == "repeated-quote"]
    assert [(each.where, each.message) for each in of_quotes] == [("entry 3", "the same quote is cited by entry 2")]
    for title in ("new", "newer"):
        step = steps.Amend(pledge="GB-2025-0001", changes={"title": title}, evidence=WHY)
        amended = book.record(cited(step, WORDS))
        assert "repeated-quote" in {code for code, _ in told(amended)}
    for amount in ("9 GBP", "10 GBP"):
        book.record(cited(steps.Revise(pledge="GB-2025-0001", amount=money(amount), evidence=WHY), WORDS))
    assert [problem for problem in book.check() if problem.code == "repeated-quote"] == of_quotes


WHY = steps.Evidence(note="more")


def test_what_a_source_restates_under_its_origin_cites_the_same_words(book: Book):
    quoted(book, WORDS, "5 GBP", origin="paper:1")
    assert told(quoted(book, WORDS, "5 GBP", origin="paper:1")) == []
    assert told(quoted(book, WORDS, "70 GBP", origin="paper:1@2")) == []
    assert [code for code, _ in told(quoted(book, WORDS, "900 GBP", origin="paper:2"))] == ["repeated-quote"]


def test_one_entry_that_cites_the_same_words_twice_repeats_nothing(book: Book):
    step = announcement("GB", "5 GBP")
    twice = replace(step.evidence, citations=(Citation(quote="five"), Citation(quote="Five"), Citation(quote="six")))
    assert told(book.record(replace(step, evidence=twice))) == []
    assert book.check() == []


def test_an_entry_about_no_pledge_is_named_by_its_number(book: Book):
    book.record(cited(steps.RegisterParty(code="X1", name="One", kind=PartyKind.INSTITUTION), WORDS))
    recorded = quoted(book, WORDS)
    assert [problem.message for problem in recorded.problems] == ["the same quote is cited by entry 2"]
    assert book.check() == []


def test_of_very_many_the_first_are_listed_and_the_others_counted(book: Book, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(suspicions, "MOST", 2)
    for amount in ("5 GBP", "70 GBP", "900 GBP", "20000 GBP"):
        quoted(book, WORDS, amount)
    listed = [(problem.where, problem.code) for problem in book.check()]
    assert listed == [("entry 3", "repeated-quote"), ("entry 4", "repeated-quote"), ("book", "repeated-quote")]
    assert book.check()[-1].message == "and 1 more entry cites what another does: answer these first"


def test_an_import_keeps_what_is_quoted_and_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings_for(tmp_path, monkeypatch)
    done("init")
    head = "id,donor,amount,currency,on,purpose,instrument,citation_quote"
    rows = [f"{name},{donor},{amount},GBP,2025-03-02,military,loan,five" for name, donor, amount in TWO]
    Path("in.csv").write_text("\n".join([head, *rows, ""]))
    done("import csv in.csv")
    with places.sql("book.db") as tables:
        assert tables.execute("SELECT entry, line, digest FROM quote ORDER BY entry") == [
            (2, 1, digest("five")),
            (3, 1, digest("five")),
        ]
    [row] = [each for each in typed("check --format json").rows if each["code"] == "repeated-quote"]
    assert (row["severity"], row["where"]) == ("warning", "entry 3")


TWO = [("A", "GB", "5"), ("B", "NO", "70")]


# By indices


@places.of_files("plans of SQLite")
def test_what_is_said_at_once_is_found_by_indices(book: Book):
    quoted(book, WORDS, "5 GBP", title="one")
    asked: list[tuple[str, Any]] = []
    event.listen(book.database._engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    quoted(book, WORDS, "5 GBP", title="one")
    with places.sql(places.path_of(book)) as connection:
        plans = [
            detail
            for said, given in asked
            if said.startswith("SELECT") and ("quote" in said or "pledge.donor, pledge.recipient" in said)
            for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {said}", given)
            if detail.startswith(("SEARCH", "SCAN"))
        ]
    assert any(
        "ix_pledge_book_donor_on_date (book=? AND donor=? AND on_date>? AND on_date<?)" in plan for plan in plans
    )
    assert any("ix_quote_book_digest (book=? AND digest=? AND entry<?)" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN") or plan.endswith("(book=?)")] == []


def test_steps_that_open_nothing_and_quote_nothing_are_not_compared(book: Book):
    announced(book, "100 GBP", id="F")
    announced(book, "100 GBP", id="C", parent="F")
    for recorded in (
        commit(book, "C", "10 GBP"),
        disburse(book, "C", "5 GBP"),
        draw(book, "C", str(announced(book, "3 GBP", "Other").entry.pledge), "1 GBP"),
        amend(book, "C", title="New"),
    ):
        assert told(recorded) == []
