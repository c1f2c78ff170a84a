"""``aidledger import``: files of others on the command line, what is said of them, and what is left alone."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import places
from tests.commandline import PROGRAM, Answer, done, refused, rows, typed, unchanged

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
SHARED = ROOT.parent / "shared" / "data"
OCTOBER = SHARED / "kiel" / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
NOVEMBER = SHARED / "kiel" / "Ukraine_Support_Tracker_R7_saved-2022-11-22.xlsx"

HEADER = "id,donor,amount,currency,on,purpose,instrument,title"
GOOD = "missiles,GB,1600000000,GBP,2025-03-02,military,export_credit,Missiles"
BAD = "nobody,XX,5,GBP,2025-03-02,military,grant,"

published = pytest.mark.skipif(not OCTOBER.exists(), reason="the public data are not beside the project")


def table(desk: Path, *lines: str, name: str = "aid.csv") -> Path:
    path = desk / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def imported(text: str, *words: str) -> tuple[Answer, dict[str, int]]:
    """A command that imports: how it ended, and its one object."""
    answer = typed(f"import {text} --format json", *words)
    (counted,) = answer.rows
    assert counted["read"] == counted["imported"] + counted["unchanged"] + counted["rejected"]
    return answer, counted


def counts(counted: dict[str, int]) -> tuple[int, int, int]:
    return counted["imported"], counted["unchanged"], counted["rejected"]


def test_a_table_is_recorded_once(desk: Path):
    table(desk, GOOD, BAD)
    answer, counted = imported("csv aid.csv")
    assert (answer.code, counts(counted)) == (0, (1, 0, 1))
    assert "warning: aid.csv, row 3: 'XX' is neither a country" in answer.said
    assert imported("csv aid.csv")[1] == {"read": 2, "imported": 0, "unchanged": 1, "rejected": 1}
    assert rows("pledge list")[0]["pledge"] == "missiles"


def test_each_rejected_row_is_kept_with_its_reason(desk: Path):
    table(desk, GOOD, BAD, "late,GB,1,GBP,someday,military,grant,")
    imported("csv aid.csv --rejects rejects.csv")
    with (desk / "rejects.csv").open(encoding="utf-8", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [(row["source"], row["row"], row["column"], row["value"]) for row in kept] == [
        ("aid.csv", "4", "on", "someday"),
        ("aid.csv", "3", "", ""),
    ]
    assert all(row["reason"] for row in kept)


def test_a_file_of_which_nothing_can_be_recorded_ends_badly(desk: Path):
    table(desk, BAD)
    answer, counted = imported("csv aid.csv")
    assert (answer.code, counts(counted)) == (1, (0, 0, 1))
    assert "error: nothing in this file could be recorded" in answer.said


def test_a_dry_run_shows_the_same_and_writes_nothing(desk: Path):
    table(desk, GOOD, BAD)
    with unchanged():
        answer, counted = imported("csv aid.csv --dry-run")
    assert counts(counted) == (1, 0, 1)
    assert "note: this was a dry run: nothing was written" in answer.said


def test_strict_refuses_a_file_for_any_problem(desk: Path):
    table(desk, GOOD, BAD)
    with unchanged():
        answer = typed("import csv aid.csv --strict")
    assert (answer.code, answer.printed) == (1, "")
    assert "error: 1 problem in this file, and --strict takes none: nothing was recorded" in answer.said


def test_a_changed_file_is_refused_with_what_differs_and_taken_on_request(desk: Path):
    table(desk, GOOD)
    done("import csv aid.csv")
    table(desk, GOOD.replace("1600000000", "1700000000"))
    with unchanged():
        answer = typed("import csv aid.csv")
    assert (answer.code, answer.printed) == (1, "")
    assert 'amounts was ["1600000000.00 GBP"], now ["1700000000.00 GBP"]' in answer.said
    assert "hint: --revise posts what is different" in answer.said
    assert counts(imported("csv aid.csv --revise")[1]) == (1, 0, 0)
    assert rows("report totals")[0]["pledged"] == "1700000000.00"
    assert rows("report totals --known-at 2")[0]["pledged"] == "1600000000.00"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import csv nowhere.csv", "nowhere.csv cannot be read: there is no such file"),
        ("import csv aid.csv --map nowhere.toml", "nowhere.toml"),
        ("import csv aid.csv --as a:b", "can have letters a-z, digits, points, hyphens and underscores only"),
        ("import kiel aid.csv --as kiel-r7", "aid.csv cannot be read"),
        ("import kiel aid.csv --as 'kiel r7'", "can have letters a-z, digits, points, hyphens and underscores only"),
        ("import kiel aid.csv --as ecb", "is the name of the rates that come with the ledger"),
        ("import iati aid.csv", "aid.csv"),
        ("import iati nowhere", "nowhere"),
        ("import csv aid.csv --rejects aid.csv", "would be written over what is read"),
        ("import csv aid.csv --rejects book.db", "would be written over what is read"),
        ("import csv aid.csv --rejects nowhere/r.csv", "there is no folder nowhere"),
        ("import csv aid.csv --rejects .", "is a folder: name a file"),
        ("import csv", "missing argument"),
        ("import kiel aid.csv", "missing option '--as'"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(desk: Path, text: str, words: str):
    table(desk, GOOD)
    assert words in refused(2, text)


def test_what_a_file_holds_never_commands_a_terminal(desk: Path):
    table(desk, GOOD.replace("Missiles", "\x1b[31mred\x07\u202e"), BAD.replace("XX", "\x1b]0;owned\x07"))
    answer, counted = imported("csv aid.csv --rejects rejects.csv")
    assert counts(counted) == (1, 0, 1)
    kept = (desk / "rejects.csv").read_text(encoding="utf-8")
    for text in (answer.said, kept, typed("pledge list").printed):
        assert all(letter.isprintable() or letter in "\n\r" for letter in text)


def test_a_first_map_is_suggested_without_a_book(desk: Path):
    table(desk, GOOD)
    places.lost(desk / "book.db")
    answer = typed("import csv aid.csv --suggest-map")
    assert (answer.code, answer.said) == (0, "")
    assert 'donor = "donor"' in answer.printed


def test_an_import_that_is_killed_leaves_the_book_as_it_was(desk: Path):
    lines = [GOOD.replace("missiles", f"P{number}") for number in range(60_000)]
    table(desk, *lines)
    before = places.content(desk / "book.db")
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "import", "csv", "aid.csv"],
        cwd=desk,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not places.being_written(desk / "book.db") and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert rows("pledge list") == []
    assert done("check") == "" or "every invariant" in typed("check").said
    assert places.content(desk / "book.db") == before


@pytest.mark.usefixtures("desk")
def test_every_reader_takes_its_fixture_and_a_second_time_nothing():
    for text in (
        f"csv {FIXTURES / 'maps' / 'contract' / 'input.csv'}",
        f"csv {FIXTURES / 'maps' / 'german' / 'input.csv'} --map {FIXTURES / 'maps' / 'german' / 'map.toml'}",
        f"kiel {FIXTURES / 'kiel' / 'release-7' / 'input.xlsx'} --as r7",
        f"kiel {FIXTURES / 'kiel' / 'layout-2024' / 'input.xlsx'} --as r16",
        f"iati {FIXTURES / 'iati'}",
    ):
        first = imported(text)[1]
        second = imported(text)[1]
        assert first["imported"] > 0
        assert counts(second) == (0, first["imported"], first["rejected"])
    assert typed("check").code == 0


# The public files, as published


@published
@pytest.mark.usefixtures("desk")
def test_the_tracker_comes_out_at_its_published_totals_in_both_issues():
    assert imported(f"kiel '{OCTOBER}' --as kiel-r7")[0].code == 0
    assert counted_in_euro() == "93731992897.98"
    with unchanged():
        answer = typed(f"import kiel '{NOVEMBER}' --as kiel-r7")
    assert answer.code == 1
    assert "error: the book says otherwise of kiel-r7:DKM3, kiel-r7:DKM4: nothing was recorded" in answer.said
    last = rows("journal list")[-1]["entry"]
    assert counts(imported(f"kiel '{NOVEMBER}' --as kiel-r7 --revise")[1])[0] == 2
    assert counted_in_euro() == "93942559020.28"
    assert counted_in_euro(f"--known-at {last}") == "93731992897.98"
    assert counts(imported(f"kiel '{NOVEMBER}' --as kiel-r7")[1])[0] == 0
    assert typed("check").code == 0


def counted_in_euro(filters: str = "") -> str:
    """What the tracker counts: bilateral commitments, with the 4.5025bn of the two institutions it shows apart."""
    found = rows(f"report totals --by package --in EUR --rates kiel-r7 {filters}")
    (counted,) = (row["committed"] for row in found if row["package"] is None)
    return str(counted)


@published
@pytest.mark.usefixtures("desk")
def test_the_reduced_export_comes_out_at_its_own_totals():
    mapped = FIXTURES / "maps" / "kiel-r16.toml"
    imported(f"csv {SHARED / 'kiel' / 'r16_allocations_delivery.xlsx'} --map {mapped}")
    (total,) = rows("report totals --by ''")
    assert total["committed"].startswith("259138038")


@published
@pytest.mark.usefixtures("desk")
def test_real_activities_are_taken_and_what_would_count_twice_is_not():
    answer, counted = imported(f"iati {SHARED / 'iati' / 'real' / 'foodsecurity'} --every-problem")
    assert counts(counted) == (63, 0, 7)
    assert answer.said.count("counted here, it would count twice") == 7
