"""The ends of a walk as they are typed, what is refused, and how a walk is shown."""

import json

import pytest

from cli.main import run
from cli.options import Place, Where
from cli.report_changes import ends
from cli.session import Session
from ledger.book import Worth
from tests import places, world
from tests.test_changes import JANUARY, JUNE, rows, walk
from tests.world import amend, announce, commit, records

# The ends


def test_a_year_a_quarter_and_a_month_end_on_their_last_day(book, clock):
    announce(book, "GB", "1 GBP", on="2024-12-31")
    announce(book, "GB", "2 GBP", on="2025-02-28")
    announce(book, "GB", "4 GBP", on="2025-03-31")
    clock.turn_to("2025-05-01")
    for ends_of in ("2024,2025-02", "2024-Q4,2025-02-28", "2024-12-31,2025-02", "2024-12,2025-02"):
        assert walk(book, ends_of, known_at="9") == {"opening": "1.00", "new": "2.00 3", "closing": "3.00"}
    assert walk(book, "2025-02,2025-Q1", known_at="2025-05-01")["new"] == "4.00 4"


def test_entries_and_times_say_what_was_known_whatever_the_day(book, clock):
    announce(book, "GB", "1 GBP", on="2030-01-01")
    clock.turn_to("2025-04-05")
    announce(book, "GB", "2 GBP", on="2020-01-01")
    told = {"opening": "1.00", "disclosed_late": "2.00 3", "closing": "3.00"}
    for between in ("2,3", "2025-04-05T08:00Z,2025-04-05T10:00Z", "2,2025-04-05T10:00Z", "2025-04-01T00:00,9"):
        assert walk(book, between) == told


def test_four_digits_are_a_year_unless_the_other_end_is_an_entry(book):
    announce(book, "GB", "1 GBP", on="2024-01-01")
    assert walk(book, "2023,2024", known_at="2")["new"] == "1.00 2"
    assert walk(book, "0,2024")["new"] == "1.00 2"
    assert walk(book, "00000,02024")["new"] == "1.00 2"


def test_what_nobody_had_recorded_by_then_is_said(book):
    table = book.changes(*ends("2023,2024", Where(), Session(Place())))
    assert "nothing was recorded by the end of 2023-12-31: --known-at NUMBER" in " ".join(table.notes)


REFUSALS = {
    "2025-03,2025-02": "the second end comes before the first",
    "12,3": "the second end comes before the first",
    "2025-03-02T12:00Z,2025-03-01T11:00Z": "the second end comes before the first",
    "2025-03,12": "mixes a day with an entry or a time",
    "2025-03,2025-04-01T12:00Z": "mixes a day with an entry or a time",
    "2025-03": "give two ends",
    "1,2,3": "give two ends",
    "1,": "give two ends",
    "2025-02-30,2025-03": "does not exist in the calendar",
    "spring,2025-03": "'spring' is not a period",
    "2025-03-01Tnoon,4": "is not a time",
    "1,2 --known-at 3": "--known-at goes with two days",
    "2025-02,2025-03 --as-of 2025-03-01": "leave --from, --until and --as-of out",
    "2025-02,2025-03 --from 2025-03-01": "leave --from, --until and --as-of out",
    "2025-02,2025-03 --until 2025-03-01": "leave --from, --until and --as-of out",
    "1,2 --measure promised": "'promised' is no measure: choose from pledged, committed",
    "1,2 --by colour": "'colour' is no dimension",
    "1,2 --in EUR --missing list": "leave --missing list out",
}


@pytest.mark.parametrize("words", REFUSALS)
def test_what_makes_no_walk_is_refused_in_one_line(book, tmp_path, capsys, words):
    for _ in range(14):
        announce(book, "GB", "1 GBP")
    command = ["report", "changes", "--between", *words.split(), "--book", places.at(tmp_path / "book.db")]
    assert run(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert REFUSALS[words] in said.err.splitlines()[0]


def test_between_is_required(capsys):
    assert run(["report", "changes"]) == 2
    assert "--between" in capsys.readouterr().err


# How it is shown


def test_people_see_some_of_many_entries_and_programs_all(book, tmp_path, capsys):
    pledge = announce(book, "GB", "100 GBP")
    for _ in range(12):
        announce(book, "FR", "1 GBP")
        commit(book, pledge, "1 GBP")
    said = ["report", "changes", "--between", "2,99", "--by", "donor", "--book", places.at(tmp_path / "book.db")]
    assert run(said) == 0
    assert "3 5 7 9 11 13 15 17 19 21 and 2 more" in capsys.readouterr().out
    assert run([*said, "--format", "json"]) == 0
    new = json.loads(capsys.readouterr().out)[1]
    assert new == {
        "donor": "FR",
        "change": "new",
        "currency": "GBP",
        "measure": "pledged",
        "amount": "12.00",
        "count": "12",
        "entries": "3 5 7 9 11 13 15 17 19 21 23 25",
    } | {"count": new["count"]}


def test_the_total_rows_are_the_walk_over_everything(book):
    announce(book, "GB", "100 GBP")
    amend(book, announce(book, "FR", "5 GBP"), donor="DE")
    table = book.changes(*ends("2,4", Where(), Session(Place())), ("donor",))
    assert [row[1:] for row in table.totals] == [
        ("opening", "GBP", "pledged", world.money("100 GBP"), None, None),
        ("new", "GBP", "pledged", world.money("5 GBP"), 1, "3"),
        ("closing", "GBP", "pledged", world.money("105 GBP"), None, None),
    ]


def test_the_evidence_has_the_rates_of_both_ends(book):
    announce(book, "GB", "100 GBP", on=JANUARY)
    announce(book, "GB", "7 GBP", on=JUNE)
    table = book.changes(*ends("2,3", Where(), Session(Place())), (), Worth("EUR"))
    assert table.header[-1] == "policy"
    assert table.evidence is not None
    columns = ("known_at", "on", "opening", "disclosed_late", "closing")
    used = [tuple(row[name] for name in columns) for row in records(table.evidence)]
    assert used == [
        ("opening", JANUARY, "100.00", "0.00", "0.00"),
        ("closing", JANUARY, "0.00", "0.00", "100.00"),
        ("closing", JUNE, "0.00", "7.00", "7.00"),
    ]


def test_the_currency_of_a_pledge_is_its_original_currency_where_figures_are_converted(book):
    announce(book, "GB", "100 GBP", on=JANUARY)
    found = rows(book, "1,2", "currency", worth=Worth("EUR"))
    assert {row["original_currency"] for row in found} == {"GBP"}
    assert "original_currency" not in rows(book, "1,2", "currency")[0]
