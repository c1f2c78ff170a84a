"""What measures speed: it runs, every program says the same, and its table is made of what was measured. No timing."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import ROOT

PEERS = {"hledger": "hledger", "Ledger": "ledger", "Beancount": "bean-query"}
OURS = ["aidledger", "aidledger, empty book"]
FLOORS = {
    "import": ["sqlite3"],
    "totals": ["SQL by hand", "SQL by hand over tallies"],
    "euros": ["SQL by hand"],
    "csv": ["csv.writer"],
    "add": ["import sqlmodel, one commit"],
}
MARKS = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def run(*words, code=0):
    """What benchmarks/run prints and says."""
    command = [sys.executable, str(ROOT / "benchmarks" / "run"), *map(str, words)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    return ended.stdout, ended.stderr


def here(command):
    """Whether a program can be run: as benchmarks/run looks for it."""
    return Path(sys.executable).with_name(command).exists() or shutil.which(command) is not None


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Everything, measured once at 30 pledges: the folder it was done in, the JSON, what was printed."""
    folder = tmp_path_factory.mktemp("measured")
    words = ["--sizes", "30", "--rounds", "1", "--generator", ROOT / "tests" / "small_workload.py"]
    printed, _ = run(*words, "--work", folder / "work", "--out", folder / "figures.json")
    return folder, json.loads((folder / "figures.json").read_text()), printed


def figures(*medians, memory=(50, 51), busy=1):
    """Measurements in which these programs took these seconds, at 1,000 and 10,000 pledges, busy for a part of them."""
    rows = [
        {
            "size": size,
            "case": case,
            "program": program,
            "runs": [{"wall": wall, "processor": busy * wall, "memory": held}],
        }
        for case, program, *walls in medians
        for size, wall, held in zip((1_000, 10_000), walls, memory, strict=True)
    ]
    return {"on": {"when": "2026-11-23", "cores": "2"}, "rounds": 1, "figures": rows, "disagreements": []}


def kept(folder, measurements):
    """Measurements in a file."""
    (folder / "figures.json").write_text(json.dumps(measurements))
    return folder / "figures.json"


def test_every_program_that_is_here_is_asked_everything_it_can_do(measured):
    _, found, _ = measured
    peers = [name for name, command in PEERS.items() if here(command)]
    asked: dict[str, list[str]] = {case: [] for case in ("import", "check", "totals", "euros", "csv", "add")}
    for each in found["figures"]:
        asked[each["case"]].append(each["program"])
        assert [sorted(run) for run in each["runs"]] == [["memory", "processor", "wall"]]
        assert each["runs"][0]["wall"] > 0
    for case, programs in asked.items():
        ours = OURS if case == "add" else OURS[:1]
        theirs = [] if case == "import" else peers
        assert sorted(programs) == sorted([*ours, *FLOORS.get(case, []), *theirs]), case


def test_all_programs_come_to_the_same_totals(measured):
    _, found, _ = measured
    assert found["disagreements"] == []


def test_a_program_that_says_otherwise_ends_the_run(measured, tmp_path):
    shutil.copytree(measured[0] / "work", tmp_path / "work")
    expected = tmp_path / "work" / "30" / "expected.json"
    said = json.loads(expected.read_text())
    said["by_donor_currency"]["GB GBP"] = "1.00"
    expected.write_text(json.dumps(said))
    words = ["--sizes", "30", "--rounds", "1", "--work", tmp_path / "work", "--only", "totals"]
    _, complaint = run(*words, "--programs", "aidledger,SQL by hand", code=1)
    lines = [line for line in complaint.splitlines() if "GB GBP" in line]
    assert [line.partition(",")[0] for line in lines] == ["aidledger", "SQL by hand"]


def test_what_is_printed_is_a_table_of_each_figure(measured):
    _, _, printed = measured
    heads = [line for line in printed.splitlines() if line.startswith(("| what", "| seconds", "| MiB"))]
    assert [head.split("|")[1].strip() for head in heads] == ["what", "seconds", "seconds of processor", "MiB at most"]


def test_the_table_of_a_document_is_made_from_what_was_measured_before(tmp_path):
    file = kept(tmp_path, figures(("import", "aidledger", 1, 10), ("import", "sqlite3", 1, 4)))
    document = tmp_path / "README.md"
    document.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n")
    run("--from", file, "--table", document)
    first = document.read_text()
    assert first.startswith(f"before\n{MARKS[0]}\n\n| what |")
    assert first.endswith(f"\n\n{MARKS[1]}\nafter\n")
    assert "| import | 10k | 10 s | sqlite3 | 4 s | 2.5 | ≤ 2 | missed |" in first.splitlines()
    run("--from", file, "--table", document)
    assert document.read_text() == first


def test_a_document_without_marks_is_left_alone(tmp_path):
    document = tmp_path / "README.md"
    document.write_text("nothing to fill")
    _, complaint = run("--from", kept(tmp_path, figures()), "--table", document, code=1)
    assert complaint.endswith(f"write {' and '.join(MARKS)} where it belongs\n")
    assert document.read_text() == "nothing to fill"


def test_the_fastest_of_the_others_counts_at_the_largest_size(tmp_path):
    medians = ("totals", "aidledger", 1, 1), ("totals", "hledger", 2, 40), ("totals", "Ledger", 1, 16)
    printed, _ = run("--from", kept(tmp_path, figures(*medians)))
    assert "| totals by country | 10k | 1 s | Ledger | 16 s | 0.0625 | ≤ 0.0667 | met |" in printed


def test_on_a_busy_machine_goals_are_judged_by_processor_time(tmp_path):
    measurements = figures(("import", "aidledger", 1, 10), ("import", "sqlite3", 1, 4), busy=0.5)
    printed, _ = run("--from", kept(tmp_path, measurements), "--by", "processor")
    assert "| import | 10k | 5 s | sqlite3 | 2 s | 2.5 | ≤ 2 | missed |" in printed


def test_what_several_runs_measured_stands_in_one_table(tmp_path):
    (tmp_path / "other").mkdir()
    first = kept(tmp_path, figures(("csv", "aidledger", 3, 7), ("csv", "csv.writer", 4, 4)))
    printed, _ = run("--from", first, kept(tmp_path / "other", figures(("csv", "aidledger", 3, 6))))
    assert "| export as CSV | 10k | 6 s | csv.writer | 4 s | 1.5 | ≤ 2 | met |" in printed


def test_growth_is_the_slope_of_the_logarithms(tmp_path):
    medians = ("check", "aidledger", 1, 100), ("totals", "aidledger", 2, 2), ("csv", "aidledger", 1, 10)
    printed, _ = run("--from", kept(tmp_path, figures(*medians)))
    seconds = printed.partition("| seconds |")[2].partition("| seconds of processor |")[0]
    assert [line.split("|")[-2].strip() for line in seconds.splitlines()[2:] if line] == ["2.00", "0.00", "1.00"]


def test_memory_that_grows_with_the_book_misses_its_goal(tmp_path):
    measurements = figures(("csv", "aidledger", 1, 2), memory=(50, 60))
    printed, _ = run("--from", kept(tmp_path, measurements))
    [line] = [line for line in printed.splitlines() if "memory of an export" in line]
    assert line.endswith("| 60 MiB | itself, a size smaller | 50 MiB | 1.2 | ≤ 1.1 | missed |")


def test_without_a_generator_it_says_what_to_name(tmp_path):
    _, complaint = run("--sizes", "30", "--generator", tmp_path / "gen.py", code=1)
    assert complaint == f"error: there is no generator at {tmp_path / 'gen.py'}: name it with --generator PATH\n"
