"""`aidledger run`: the commands of a file as one transaction, all of them or none."""

import io
import json
import os
import shlex
from pathlib import Path

import pytest

from cli import session
from cli.main import NOUNS
from tests import places
from tests.commandline import (
    ADD,
    ROOT,
    SMALL,
    VARIED,
    answered,
    book,
    done,
    one_error,
    process,
    refused,
    rows,
    settings_for,
    stages,
    typed,
    unchanged,
)

BOOK = SMALL
DEMO = ROOT / "fixtures" / "demo" / "commands.txt"

pytestmark = pytest.mark.usefixtures("desk")


def script(*lines: str, name: str = "list.txt") -> str:
    """A file of these lines beside the book; its name."""
    Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return name


def entries() -> int:
    """How many entries the book has, by the database itself."""
    with places.sql(book()) as tables:
        [(count,)] = tables.execute("SELECT count(*) FROM entry")
    return int(count)


def without_moments(register: str) -> list[list[str]]:
    """A register's rows, but when they were recorded."""
    header, *lines = (line.split(",") for line in register.splitlines())
    moment = header.index("recorded_at")
    return [[*line[:moment], *line[moment + 1 :]] for line in (header, *lines)]


# All of them, or none


def test_a_file_makes_the_book_that_its_commands_make_one_by_one(made, tmp_path, monkeypatch):
    one_by_one = done("export csv", "--book", places.at(made(*VARIED)))
    (tmp_path / "elsewhere").mkdir()
    settings_for(tmp_path / "elsewhere", monkeypatch)
    typed("init")
    done("run", script(*(" \\\n".join(command.split("\n")) for command in VARIED)))
    assert without_moments(done("export csv")) == without_moments(one_by_one)
    assert {row["severity"] for row in rows("check")} == {"warning"}


def test_the_first_error_is_told_with_its_line_and_nothing_is_recorded():
    name = script(
        "# what was promised", f'pledge add GB "5 GBP" {ADD}', "", "pledge commit P", 'pledge commit P "1 GBP"'
    )
    assert refused(1, "run", name).startswith("error: list.txt:5: P has 0.00 GBP left to commit")
    assert refused(2, "run", script("item list", "pledge commit P --from nowhere")).startswith(
        "error: list.txt:2: --from "
    )


def test_its_hint_is_told_as_well_and_its_exit_code_is_that_of_the_command():
    assert refused(1, "run", script("item add missile Missile")) == (
        "error: list.txt:1: there is an item missile already\nhint: aidledger item list\n"
    )
    assert refused(2, "run", script("pledge ad")) == (
        "error: list.txt:1: no such command 'ad'. Did you mean 'add'?\nhint: aidledger pledge --help\n"
    )
    assert refused(2, "run", script("", "pledge")) == (
        "error: list.txt:2: 'pledge' alone is no command\nhint: aidledger pledge --help\n"
    )


def test_each_command_sees_what_those_before_it_recorded():
    name = script(
        f'pledge add NO "50 NOK" --id NEW --on 2025-03-02 {ADD}',
        'pledge commit NEW "20 NOK" --on 2025-03-03 --format csv',
        "pledge disburse NEW all --on 2025-03-04 --from committed --format csv",
        "report totals --donor NO --by pledge --format csv",
    )
    assert done("run", name).splitlines()[-1].startswith("NEW,NOK,50.00,20.00,20.00,20.00,")
    assert stages("NEW", "NOK") == {"pledged": "30.00", "disbursed": "20.00"}


def test_it_is_one_transaction(monkeypatch):
    settled = []
    monkeypatch.setattr(session, "too_late", lambda: settled.append(entries()))
    before = entries()
    done("run", script(*(f'item add item-{number} "Item {number}"' for number in range(5))))
    assert settled == [before + 5]


def test_an_import_in_it_goes_with_the_rest():
    table = "fixtures/maps/contract/input.csv"
    line = f"import csv {shlex.quote(str(ROOT / table))}"
    refused(1, "run", script(line, "item add missile Missile"))
    answer = typed("run", script(line, "journal list --format csv"))
    assert answer.code == 0
    assert entries() > len(SMALL) + 1


def test_copies_of_what_is_attached_go_with_the_rest(desk):
    Path("page.html").write_text("<p>five pounds</p>", encoding="utf-8")
    line = f'pledge add GB "5 GBP" --on 2025-03-03 --attach page.html {ADD}'
    refused(1, "run", script(line, "item add missile Missile"))
    done("run --dry-run", script(line))
    assert places.copies(book()) == {}
    assert [path.name for path in desk.iterdir() if path.is_dir()] == []
    done("run", script(line))
    assert list(places.copies(book()).values()) == [b"<p>five pounds</p>"]


def test_a_command_that_finds_something_ends_it_and_what_it_found_is_shown():
    finds = f"reconcile tracker {ROOT / 'fixtures/tracker/wide/input.csv'} --format csv"
    name = script("item add item-1 One", finds)
    with unchanged():
        answer = typed("run", name)
    assert answer.code == 1
    assert answer.printed == typed(finds).printed
    assert "error: list.txt:2: the command exits 1, so that nothing was recorded\n" in answer.said
    as_json = typed("run --format json", script("item list", finds))
    assert {row["run_line"] for row in as_json.rows} == {2}


# What is printed


def test_results_come_in_their_order_as_each_command_prints_them():
    commands = ("item list", "party list --format csv", "report totals --format json", "pledge show P")
    assert done("run", script(*commands)) == "".join(typed(command).printed for command in commands)


def test_notes_and_warnings_name_their_line():
    name = script("item add item-1 One --origin k", "item add item-1 One --origin k", "source list --format csv")
    answer = typed("run", name)
    assert answer.printed.startswith("item-1\nitem-1\ncode,name\r\n")
    assert answer.said == "note: line 2: origin k is entry 5 already: nothing was recorded\n"


def test_as_json_it_is_one_list_in_which_each_row_names_its_line():
    name = script(
        "item add item-1 One", "item list --format csv", "# a comment", "rate list --until 1990-01-01", "item list"
    )
    answer = typed("run --format json", name)
    items = rows("item list")
    of = {number: [row for row in answer.rows if row["run_line"] == number] for number in (1, 2, 4, 5)}
    assert [(row["id"], row["kind"], row["outcome"]) for row in of[1]] == [("item-1", "item", "recorded")]
    assert of[2] == [{"run_line": 2, **row} for row in items]
    assert of[4] == []
    assert json.dumps(answer.rows, ensure_ascii=False, indent=2) + "\n" == answer.printed
    assert sum(map(len, of.values())) == len(answer.rows)


def test_as_json_nothing_but_rows_is_printed():
    assert refused(2, "run --format json", script("item list", "item list --help")) == (
        "error: list.txt:2: this prints no JSON\n"
    )
    assert "columns" in refused(2, "run --format csv", script("item list"))
    assert typed("run --format json", script("")).printed == "[]\n"


def test_a_dry_run_shows_what_would_come_of_it_and_keeps_nothing():
    name = script("item add item-1 One", "item list --format csv")
    with unchanged():
        answer = typed("run --dry-run", name)
    assert answer.said == "note: this was a dry run: nothing was written\n"
    assert answer.printed == done("run", name)
    assert refused(1, "run --dry-run", name).startswith("error: list.txt:1: there is an item item-1 already\n")


def test_what_cannot_be_printed_is_recorded_all_the_same():
    with Path("/dev/full").open("w") as full:
        answer = answered(process("run", script("item add item-1 One"), stdout=full, stderr=-1))
    assert (answer.code, one_error(answer.said)) == (
        1,
        "error: could not write: No space left on device; what was run is recorded all the same\n",
    )
    assert [row["code"] for row in rows("item list")] == ["item-1", "missile"]


# One book, one language


def test_the_book_and_the_locale_hold_for_every_command(monkeypatch):
    place = places.at(book())
    monkeypatch.delenv("AIDLEDGER_BOOK")
    name = script(f'pledge add DE "1,6 Mrd. EUR" --id B {ADD}', "report totals --donor DE --by donor")
    printed = done("run --locale de --book", place, name)
    assert printed.startswith("B\n")
    assert "1.600.000.000,00" in printed


def test_a_command_about_another_book_is_refused(empty_book):
    other, place = places.at(empty_book), places.at(book())
    said = refused(2, "run", script("item list", f"item list --book {other}"))
    assert said.startswith(f"error: list.txt:2: --book {other}: the commands of a run are about one book, ")
    done("run", script(f"item list --book {place}", f"item list --book {places.in_other_words(book())}"))


def test_a_book_that_may_only_be_read_is_read(monkeypatch):
    monkeypatch.setenv("AIDLEDGER_BOOK", places.read_only(book()))
    assert "missile" in done("run", script("item list"))
    assert refused(1, "run", script("item list", "item add item-1 One")).startswith("error: list.txt:2: ")


APART = {
    "init": "make it before the run",
    "demo": "outside a run",
    "run list.txt": "no part of another",
    "upgrade": "upgrade it before the run",
    "key create": "make it before the run",
    "checkpoint": "sign after the run",
    "prove P": "prove it after the run",
    "rate update": "update the rates before the run",
    "export csv --out a.csv": "write a.csv after it",
    "export audit --out a --unsigned": "write a after it",
    "export xlsx --out a.xlsx": "write a.xlsx after it",
    "report summary --out a.html": "write a.html after it",
    "report totals --chart a.svg": "write a.svg after it",
}
"""What is no part of a run, and what is said of it."""


@pytest.mark.parametrize("command", APART)
def test_what_cannot_be_taken_back_is_no_part_of_it(command):
    said = refused(2, "run", script("item add item-1 One", command))
    assert said.startswith("error: list.txt:2: ")
    assert APART[command] in said


def test_nobody_is_asked_anything(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert refused(2, "run", script("pledge add")).startswith("error: list.txt:1: missing argument 'DONOR'\n")


# Files


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"item list\n\xff\xfe", "list.txt:2: this is no text in UTF-8"),
        (b"item list\n\nitem \0 list", "list.txt:3: this is no text: it holds a NUL byte"),
        (b'item list\r\nitem add a "b\r\n"', "list.txt:2: a quote is opened that the line does not close"),
        (b"plegde list", "list.txt:1: no such command 'plegde'. Did you mean 'pledge', 'upgrade'?"),
        (b"item list > here", "list.txt:1: got unexpected extra argument(s) (> here)"),
    ],
)
def test_a_file_that_holds_something_else_is_refused_with_the_line(data, said):
    Path("list.txt").write_bytes(data)
    assert refused(2, "run list.txt").startswith(f"error: {said}")


def test_a_file_that_is_none_is_refused():
    assert refused(2, "run nowhere.txt") == "error: nowhere.txt: there is no such file\n"
    assert refused(2, "run .") == "error: .: it is not a file\n"


def test_a_mark_at_the_beginning_and_the_line_ends_of_windows_are_nothing():
    Path("list.txt").write_bytes(b"\xef\xbb\xbfaidledger item add item-1 \\\r\n  One\r\n# all\r\n")
    assert done("run list.txt") == "item-1\n"


def test_a_file_without_commands_has_nothing_to_do():
    name = script("# nothing", "")
    with unchanged():
        answer = typed("run", name)
    assert answer.said == "note: there is no command in list.txt: nothing to do\n"
    assert (answer.code, answer.printed) == (0, "")


def test_commands_come_by_standard_input_too(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"item add item-1 One\nitem add item-1 One")))
    assert refused(1, "run -").startswith("error: stdin:2: there is an item item-1 already\n")
    with Path(script("item add item-1 One")).open() as given:
        answer = answered(process("run -", stdin=given, stdout=-1, stderr=-1))
    assert (answer.code, answer.printed, answer.said) == (0, "item-1\n", "")


def test_the_demo_is_such_a_file(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    settings_for(tmp_path / "demo", monkeypatch)
    typed("init")
    answer = typed("run", str(DEMO))
    assert answer.code == 0
    assert len(rows("pledge list")) == 14


# Interrupted


STOPPED = """
import os, signal
from ledger.book import Book
record, calls = Book.record, []
def stopped(self, step):
    found = record(self, step)
    calls.append(1)
    if len(calls) == 3:
        {how}
    return found
Book.record = stopped
"""


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGINT)", 130, "error: interrupted; nothing was written\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9, ""),
    ],
)
def test_what_is_stopped_in_the_middle_has_recorded_nothing(how, code, said):
    name, before = script(*(f'item add item-{number} "I"' for number in range(5))), done("export csv")
    answer = answered(process("run", name, before=STOPPED.format(how=how), stdout=-1, stderr=-1))
    assert (answer.code, answer.printed, answer.said) == (code, "", said)
    assert done("export csv") == before
    assert done("check --format csv") == "severity,code,where,message\r\n"
    assert len(done("run", name).splitlines()) == 5


def test_every_command_is_either_part_of_a_run_or_says_why_not():
    assert {command.split()[0] for command in APART} <= NOUNS.keys()
    assert os.environ["AIDLEDGER_BOOK"] == places.at(book())
