"""Suspicions: what ``check`` warns of, how it is worded, and how an entry answers it."""

import json
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.main import run
from ledger.book import Book
from ledger.errors import InputError, Problem, Refusal, UnknownRecord
from ledger.formats.rates.gather import RateFile
from ledger.period import Period
from ledger.proof import leaf
from ledger.rate import Rate
from ledger.recognition import steps
from ledger.statements import suspicions
from ledger.statements.suspicions import SUSPICIONS
from tests import places
from tests.world import (
    Clock,
    announce,
    cancel,
    disburse,
    draw,
    entries,
    errors,
    last_number,
    refuses,
    register_item,
    reverse,
    revise,
    supersede,
    warnings,
)

AGAIN = "likely-double GB-2025-0002"


def distinguish(
    book: Book, pledge: str, other: str, *, note: str | None = "two contracts", origin: str | None = None
) -> int:
    """Say that two pledges differ, and give the number of the entry."""
    step = steps.Distinguish(pledge=pledge, other=other, evidence=steps.Evidence(note=note, origin=origin))
    return book.record(step).entry.number


@pytest.fixture
def twice(book: Book) -> Book:
    """A book with one announcement of the United Kingdom's recorded twice."""
    announce(book, "GB", "1600000000 GBP", on="2025-03-02", title="Export finance for 5,000 air-defence missiles")
    announce(book, "GB", "1620000000 GBP", on="2025-02-27", title="Export finance: air-defence missiles")
    return book


def test_each_suspicion_says_in_its_docstring_what_is_suspicious():
    assert len(SUSPICIONS) == len(set(SUSPICIONS)) == 6
    assert all((look.__doc__ or "").endswith(".") for look in SUSPICIONS)


# Likely doubles


def test_a_pledge_recorded_twice_is_suspected_with_the_reason_and_the_answer(twice):
    assert twice.check() == [
        Problem(
            "warning",
            "likely-double",
            "GB-2025-0002",
            "may be GB-2025-0001 once more"
            ' (1600000000.00 GBP of 2025-03-02, "Export finance for 5,000 air-defence missiles"):'
            " same donor and recipient,"
            " 1600000000.00 GBP and 1620000000.00 GBP, 3 days apart, titles 100 % alike; if it is the same money:"
            " aidledger pledge supersede GB-2025-0001 GB-2025-0002 --existing --note WHY,"
            " or of a part of it pledge draw GB-2025-0001 GB-2025-0002 AMOUNT --existing;"
            " if not: aidledger pledge distinguish GB-2025-0002 GB-2025-0001 --note WHY",
        )
    ]


def test_an_entry_that_says_the_two_differ_quiets_the_suspicion_and_its_reversal_brings_it_back(twice):
    number = distinguish(twice, "GB-2025-0002", "GB-2025-0001")
    assert twice.check() == []
    reverse(twice, number)
    assert warnings(twice) == [AGAIN]
    reverse(twice, number + 1)
    assert twice.check() == []
    reverse(twice, number + 2)
    assert warnings(twice) == [AGAIN]
    distinguish(twice, "GB-2025-0001", "GB-2025-0002")
    assert twice.check() == []


def test_the_line_of_the_entry_is_these_bytes(twice):
    number = distinguish(twice, "GB-2025-0002", "GB-2025-0001")
    entry = entries(twice)[-1]
    assert leaf.line(entry) == (
        f'{{"book":"{twice.uid}","citations":[],"facts":{{"distinct":["GB-2025-0002","GB-2025-0001"]}}'
        f',"kind":"distinguish","note":"two contracts","number":{number},"on":"2025-03-02","origin":null'
        f',"pledge":"GB-2025-0002","postings":[],"recorded_at":"{json.loads(leaf.line(entry))["recorded_at"]}"'
        ',"recorded_by":"ada","reverses":null,"v":1}'
    )


def test_it_is_refused_where_it_says_nothing(twice):
    with refuses(twice, InputError, "distinguish needs a reason: add --note WHY"):
        distinguish(twice, "GB-2025-0002", "GB-2025-0001", note=None)
    with refuses(twice, UnknownRecord, "there is no pledge 'X' in this book"):
        distinguish(twice, "GB-2025-0002", "X")
    with refuses(twice, UnknownRecord, "there is no pledge 'X' in this book"):
        distinguish(twice, "X", "GB-2025-0002")
    with refuses(twice, InputError, "GB-2025-0002 cannot differ from itself: name two pledges"):
        distinguish(twice, "GB-2025-0002", "GB-2025-0002")
    number = distinguish(twice, "GB-2025-0002", "GB-2025-0001")
    with refuses(twice, Refusal, f"entry {number} says already that GB-2025-0001 and GB-2025-0002 differ"):
        distinguish(twice, "GB-2025-0001", "GB-2025-0002")
    withdrawn = announce(twice, "NO")
    reverse(twice, last_number(twice))
    with refuses(twice, Refusal, f"{withdrawn} was withdrawn"):
        distinguish(twice, "GB-2025-0001", withdrawn)


def test_the_same_origin_says_it_once(twice):
    number = distinguish(twice, "GB-2025-0002", "GB-2025-0001", origin="desk:1")
    assert distinguish(twice, "GB-2025-0002", "GB-2025-0001", origin="desk:1") == number == last_number(twice)


def test_the_command_says_it_and_reads_like_the_other_corrections(twice, capsys):
    at = ("--book", places.at(places.path_of(twice)))
    assert run(["pledge", "distinguish", "GB-2025-0002", "GB-2025-0001", "--note", "two contracts", *at]) == 0
    assert "distinguish" in capsys.readouterr().out
    assert run(["check", *at, "--format", "json"]) == 0
    assert capsys.readouterr().out.strip() == "[]"
    assert run(["pledge", "distinguish", "GB-2025-0002", "GB-2025-0001", *at]) == 2
    assert capsys.readouterr().err == "error: distinguish needs a reason: add --note WHY\n"


def test_a_suspicion_is_listed_and_the_note_says_that_no_invariant_is_broken(twice, capsys):
    assert run(["check", "--book", places.at(places.path_of(twice))]) == 0
    captured = capsys.readouterr()
    assert "likely-double" in captured.out
    assert captured.err == "note: every invariant holds\n"


def test_pledges_that_are_linked_withdrawn_cancelled_undisclosed_or_of_items_are_no_doubles(book):
    register_item(book)
    facility = announce(book, "GB", "100 GBP")
    draw(book, facility, announce(book, "GB", "100 GBP"), "100 GBP", existing=True)
    assert book.check() == []
    announce(book, "NO", "50 EUR")
    announce(book, "NO", "50 EUR")
    reverse(book, last_number(book))
    announce(book, "FR", "70 EUR")
    cancel(book, announce(book, "FR", "70 EUR"))
    announce(book, "PL")
    announce(book, "PL")
    announce(book, "SE", "500 air-defence-missile")
    announce(book, "SE", "500 air-defence-missile")
    supersede(book, announce(book, "CA", "9 CAD"), announce(book, "CA", "9 CAD"))
    assert book.check() == []


def test_what_was_revised_is_compared_as_it_is_now(twice):
    revise(twice, "GB-2025-0002", "900000000 GBP")
    assert twice.check() == []
    revise(twice, "GB-2025-0002", "1600000000 GBP")
    assert warnings(twice) == [AGAIN]


def test_an_equivalent_that_a_source_states_finds_the_report_in_the_other_currency(book):
    announce(book, "GB", "1600000000 GBP", title="Export finance for missiles", stated=("2000000000.00 USD",))
    announce(book, "GB", "2000000000 USD", title="Missiles: export finance")
    [problem] = book.check()
    assert "both 2000000000.00 USD (as a source states one of them), both of 2025-03-02" in problem.message


def test_of_very_many_the_most_alike_are_listed_and_the_others_counted(book, monkeypatch):
    monkeypatch.setattr(suspicions, "MOST", 2)
    for title in ("Missiles", "Missiles", "Missiles for Ukraine", "Missiles for the army"):
        announce(book, "GB", "5 GBP", title=title)
    listed = [problem for problem in book.check() if problem.code == "likely-double"]
    assert [problem.where for problem in listed] == ["GB-2025-0002", "GB-2025-0003", "book"]
    assert listed[-1].message == "and 4 more that are less alike: answer these 2 first"


def test_the_total_of_a_group_recorded_beside_what_its_members_give_is_suspected(book):
    era = {"instrument": "loan", "source": "era", "on": "2024-10-31", "purpose": "financial"}
    parts = [("GB", "2260000000 GBP"), ("EU", "18115000000 EUR"), ("US", "20000000000 USD"), ("CA", "5000000000 CAD")]
    for donor, amount in (*parts, ("JP", "471900000000 JPY")):
        announce(book, donor, amount, **era)
    assert book.check() == []
    total = announce(book, "G7", "50000000000 USD", **era | {"on": "2024-10-25"})
    [problem] = book.check()
    assert (problem.code, problem.where) == ("likely-total", total)
    assert problem.message.startswith("its 50000000000.00 USD are what 5 others paid by era as loan add up to, ")
    distinguish(book, total, "US-2024-0001")
    assert book.check() == []


def test_a_package_with_its_own_total_in_it_is_suspected(book):
    for amount in ("10 EUR", "20 EUR", "40 EUR"):
        announce(book, "NO", amount, package="winter", title=f"Part of {amount}")
    assert warnings(book) == []
    announce(book, "NO", "70 EUR", package="winter", title="Winter package")
    assert warnings(book) == ["likely-total NO-2025-0004"]


# Overdue instalments


def test_what_a_schedule_says_was_due_by_the_clocks_day_and_was_not_disbursed_is_overdue(book, clock):
    due = {"2025-03-06": "40 GBP", "2026-03-06": "40 GBP", "2027-03-06": "20 GBP"}
    loan = announce(book, "GB", "100 GBP", instrument="loan", schedule=due, on="2025-03-01")
    assert book.check() == []
    clock.turn_to("2026-04-01")
    [problem] = book.check()
    assert (problem.code, problem.where) == ("overdue", loan)
    assert (
        problem.message == "by its schedule 80.00 GBP were due by 2026-04-01, the first in 2025-03, and not disbursed"
    )
    disburse(book, loan, "50 GBP")
    [problem] = book.check()
    assert (
        problem.message == "by its schedule 30.00 GBP were due by 2026-04-01, the first in 2026-03, and not disbursed"
    )
    disburse(book, loan, "30 GBP")
    assert book.check() == []


# Missing and stale rates


def rates(book: Book, source: str, **days: str) -> None:
    """Import rates of hryvnias for a euro, by day."""
    found = [
        Rate(source, "EUR", "UAH", Period.parse(day.strip("_").replace("_", "-")), "spot", Decimal(value))
        for day, value in days.items()
    ]
    book.import_rates(RateFile(source, "plain", "0" * 64, found, [], 0))


def test_a_currency_that_no_source_ever_published_has_no_rate(book):
    announce(book, "UA", "100 UAH", on="2025-01-10", title="One")
    announce(book, "UA", "500 UAH", on="2025-02-10", title="Two")
    assert book.check() == [
        Problem(
            "warning",
            "missing-rate",
            "UAH",
            "no source has ever published a rate of UAH for 2 pledges from 2025-01-10 to 2025-02-10:"
            " import one, or none of them can be converted",
        )
    ]


def test_a_source_that_alone_has_a_currency_is_judged_by_its_own_days(book):
    announce(book, "UA", "100 UAH", on="2025-01-01", title="Before")
    announce(book, "UA", "200 UAH", on="2025-01-10", title="Inside")
    announce(book, "UA", "300 UAH", on="2025-01-19", title="Within a week")
    rates(book, "nbu", _2025_01_08="43.1", _2025_01_12="43.2")
    [problem] = book.check()
    message = "nbu has no rate of UAH for 1 pledge of 2025-01-01: import one, or none of them can be converted"
    assert (problem.code, problem.message) == ("missing-rate", message)

    announce(book, "UA", "400 UAH", on="2025-01-20", title="Eight days after")
    [_, stale] = book.check()
    assert (stale.code, stale.where) == ("stale-rate", "UAH")
    late = "the last rate of UAH in nbu is of 2025-01-12, too early for 1 pledge of 2025-01-20"
    assert stale.message == f"{late}: bring the rates up to date"
    rates(book, "other", _2025_01_20="43.3", _2025_01_01="42.9")
    assert book.check() == []


def test_a_currency_of_the_default_source_is_judged_by_that_alone(book):
    announce(book, "GB", "100 GBP", on="1990-01-01", title="Before the euro")
    announce(book, "GB", "100 GBP", on="2025-03-02", title="A Sunday")
    announce(book, "NO", "100 EUR", on="1990-01-01")
    [problem] = book.check()
    message = "ecb has no rate of GBP for 1 pledge of 1990-01-01: import one, or none of them can be converted"
    assert (problem.code, problem.where, problem.message) == ("missing-rate", "GBP", message)


def test_a_currency_whose_fixings_were_discontinued_is_stale(book):
    announce(book, "GB", "100 RUB", on="2022-02-28")
    announce(book, "GB", "700 RUB", on="2022-06-01", title="Later")
    [problem] = book.check()
    assert (problem.code, problem.where) == ("stale-rate", "RUB")
    assert "the last rate of RUB in ecb is of 2022-03-01, too early for 1 pledge of 2022-06-01" in problem.message


# All of them


def test_what_was_altered_so_that_it_cannot_be_read_is_a_finding_and_the_others_go_on(twice):
    with places.sql(places.path_of(twice)) as tables:
        tables.execute("UPDATE pledge SET on_date = 'yesterday' WHERE id = 'GB-2025-0001'")
    said = [problem.message for problem in errors(twice) if problem.code == "unreadable"]
    assert [message.split(":")[0] for message in said] == ["likely doubles", "days without rate"]


@settings(max_examples=15)
@given(some=st.lists(st.tuples(st.sampled_from(["GB", "NO"]), st.integers(95, 105), st.integers(1, 28)), max_size=5))
def test_a_book_written_through_the_front_door_has_suspicions_at_most_and_one_for_each_pair(empty_book, some):
    with (
        places.folder() as folder,
        Book.open(places.copied(empty_book, folder / "book.db"), clock=Clock(), recorded_by="ada") as book,
    ):
        for donor, amount, day in some:
            announce(book, donor, f"{amount} EUR", on=f"2025-01-{day:02}", title="Missiles")
        problems = book.check()
    near = [
        one for one, other in combinations(some, 2) if one[0] == other[0] and _within_two_per_cent(one[1], other[1])
    ]
    assert errors_of(problems) == []
    assert len(problems) == len(near)


def _within_two_per_cent(one: int, other: int) -> bool:
    return abs(one - other) * 50 <= max(one, other)


def errors_of(problems: list[Problem]) -> list[Problem]:
    """Those that break an invariant."""
    return [problem for problem in problems if problem.severity == "error"]
