"""How a command line ends: its exit code, one line that says what went wrong, and never a traceback."""

import errno
import os
import signal
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from cli.lazy import noun
from cli.main import NOUNS, run
from cli.options import Place, Shape, takes
from cli.render import show
from ledger.errors import InputError, Refusal
from ledger.table import Column, Table

NO_LANGUAGE: Any = None
app = noun("A noun to try things on.")
WAYS_TO_FAIL = {
    "refusal": Refusal("pledge X has only 5 GBP left", hint="aidledger pledge show X"),
    "input": InputError("'x' is not a date"),
    "interrupt": KeyboardInterrupt(),
    "abort": typer.Abort(),
    "key": KeyError("balance"),
    "depth": RecursionError("maximum recursion depth exceeded"),
    "overflow": OverflowError("int too large"),
    "terminal": Refusal("title is '\x1b[31mred\x9b\r\nnext'"),
    "secret": RuntimeError("no connection to postgresql+psycopg://me:pa@ss@host/db?password=again&x=1"),
    "missing": FileNotFoundError(errno.ENOENT, "No such file or directory", "rates.csv"),
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "network": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    "told": typer.Exit(1),
    "gone": SystemExit(3),
}


@app.command("add")
@takes
def add(
    donor: Annotated[str, typer.Argument(metavar="DONOR")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT")],
    place: Place,
    shape: Shape,
) -> None:
    """Print what was read."""
    typer.echo(f"{donor} {amount} {place.book} {shape.format}")


@app.command("fail")
def fail(how: str) -> None:
    """Fail in one of the ways there are."""
    raise WAYS_TO_FAIL[how]


@app.command("fill")
def fill(rows: str) -> None:
    """Print many rows."""
    show(Table([Column("n", "count")], [(k,) for k in range(int(rows))]), "csv", NO_LANGUAGE)


@app.command("wait")
def wait() -> None:
    """Wait to be interrupted."""
    typer.echo("waiting")
    signal.pause()


def single(on: Annotated[str, typer.Option("--on")] = "today") -> None:
    """Be a command that is no group."""
    typer.echo(on)


STUBS = {
    "stub": (f"{__name__}:app", "A noun to try things on."),
    "single": (f"{__name__}:single", "A command that is no group."),
    "absent": ("no_such_module:app", "A noun whose module cannot be imported."),
}
ROOT = Path(__file__).parent.parent
PROGRAM = "import sys; from test_main import STUBS; from cli.main import run; sys.exit(run(sys.argv[1:], STUBS))"


@pytest.fixture
def call(capsys):
    """Run a command line in this process: its exit code, stdout and stderr."""

    def called(*args):
        code = run(args, STUBS)
        return code, *capsys.readouterr()

    return called


def process(*args, program=PROGRAM, **settings):
    """Run a command line in a process of its own, to be looked at from outside."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = os.environ | {"PYTHONPATH": paths} | settings.pop("env", {})
    return subprocess.Popen([sys.executable, "-c", program, *args], env=env, text=True, **settings)


def test_a_command_is_found_and_given_what_was_typed(call):
    assert call("stub", "add", "GB", "1.6bn GBP", "--book", "b.db", "--format", "csv") == (
        0,
        "GB 1.6bn GBP b.db csv\n",
        "",
    )


def test_a_single_command_needs_no_group(call):
    assert call("single", "--on", "86400") == (0, "86400\n", "")


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("refusal", 1, "error: pledge X has only 5 GBP left\nhint: aidledger pledge show X\n"),
        ("input", 2, "error: 'x' is not a date\n"),
        ("interrupt", 130, "error: interrupted; nothing was written\n"),
        ("abort", 130, "error: interrupted; nothing was written\n"),
        ("terminal", 1, "error: title is '\ufffd[31mred\ufffd  next'\n"),
        ("missing", 1, "error: rates.csv: No such file or directory\n"),
        ("full", 1, "error: could not write: No space left on device\n"),
        ("network", 1, "error: the system refuses: Connection refused\n"),
        ("told", 1, ""),
        ("gone", 3, ""),
    ],
)
def test_each_way_to_fail_has_its_line_and_its_exit_code(call, how, code, said):
    assert call("stub", "fail", how) == (code, "", said)


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("key", "KeyError: 'balance'"),
        ("depth", "RecursionError: maximum recursion depth exceeded"),
        ("overflow", "OverflowError: int too large"),
    ],
)
def test_what_nobody_foresaw_is_one_line_and_a_hint(call, how, named):
    said = f"error: unexpected {named}; this is a defect in aidledger\nhint: AIDLEDGER_DEBUG=1 shows the details\n"
    assert call("stub", "fail", how) == (1, "", said)


def test_the_details_are_shown_to_whoever_asks(call, monkeypatch):
    monkeypatch.setenv("AIDLEDGER_DEBUG", "1")
    code, _, said = call("stub", "fail", "key")
    assert code == 1
    assert said.startswith("Traceback (most recent call last):\n")
    assert said.endswith("\nerror: unexpected KeyError: 'balance'; this is a defect in aidledger\n")


@pytest.mark.parametrize("asked", ["", "1"])
def test_a_password_is_never_shown(call, monkeypatch, asked):
    monkeypatch.setenv("AIDLEDGER_DEBUG", asked)
    _, _, said = call("stub", "fail", "secret")
    assert "postgresql+psycopg://me:***@host/db?password=***&x=1" in said
    assert "pa@ss" not in said
    assert "again" not in said


ADD = ("stub", "add", "GB")


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (("stub", "add"), "missing argument 'DONOR'", "aidledger stub add --help"),
        (("stbu",), "no such command 'stbu'. Did you mean 'stub'?", "aidledger --help"),
        (("stub", "ad"), "no such command 'ad'. Did you mean 'add'?", "aidledger stub --help"),
        (("zzz",), "no such command 'zzz'", "aidledger --help"),
        (("--bok", "x"), "no such option: --bok. Did you mean --book?", "aidledger --help"),
        ((*ADD, "1 GBP", "--x"), "no such option: --x", "aidledger stub add --help"),
        ((*ADD, "1 GBP", "--book"), "option '--book' requires an argument", "aidledger stub add --help"),
        (
            (*ADD, "1.6bn", "GBP"),
            "got unexpected extra argument(s) (GBP)",
            'what has spaces needs quotes, as in "1.6bn GBP"; aidledger stub add --help',
        ),
    ],
)
def test_a_wrong_call_is_answered_in_one_line_with_the_way_to_its_help(call, args, message, hint):
    assert call(*args) == (2, "", f"error: {message}\nhint: {hint}\n")


def test_an_unknown_format_is_refused_with_those_there_are(call):
    said = "error: --format is table, json or csv, not 'xml'\n"
    assert call(*ADD, "1 GBP", "--format", "xml") == (2, "", said)


@pytest.mark.parametrize("amount", ["-5 GBP", "-£5", "-GBP 5", "-1.6bn GBP", "-.5 GBP", "-US$5", "- 5 GBP"])
def test_a_negative_amount_is_not_taken_for_an_option(call, amount):
    said = f"error: an amount must be positive: '{amount}'\nhint: aidledger stub add --help\n"
    assert call(*ADD, amount) == (2, "", said)


def test_what_was_typed_cannot_command_the_terminal(call):
    code, _, said = call("stub", "\x1b[2J")
    assert code == 2
    assert "\x1b" not in said


@pytest.mark.parametrize("args", [(), ("stub",)])
def test_a_call_of_nothing_is_shown_what_there_is_and_is_not_taken_for_done(call, args):
    code, printed, said = call(*args)
    assert (code, printed) == (2, "")
    assert said.startswith(f"Usage: {' '.join(('aidledger', *args))} [OPTIONS] COMMAND")
    assert "Commands:\n" in said


def test_help_lists_every_noun_and_imports_none(call):
    code, printed, said = call("--help")
    assert (code, said) == (0, "")
    for name, (_, about) in STUBS.items():
        assert f"\n  {name:8}{about}\n" in printed
    assert "│" not in printed


def test_the_version_is_the_distributions(call, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", {"aidledger": "1.2.3"}.__getitem__)
    assert call("--version") == (0, "aidledger 1.2.3\n", "")


def test_the_version_of_what_is_not_installed_is_no_error(call, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert call("--version") == (0, "aidledger (run from its source, not installed)\n", "")


def test_each_noun_has_one_line_of_help():
    assert all(about.endswith(".") and "\n" not in about and len(about) < 66 for _, about in NOUNS.values())


def test_help_and_a_command_import_nothing_heavy():
    heavy = "{'pydantic', 'rich', 'sqlmodel', 'sqlalchemy', 'babel'} & set(sys.modules)"
    program = f"{PROGRAM.replace('sys.exit(run', '(run')}; print({heavy} or 'light', 'test_main' in sys.modules)"
    light = program.replace("from test_main import STUBS", "STUBS = {'stub': ('test_main:app', 'A noun.')}")
    assert process("--help", program=light, stdout=-1).communicate()[0].endswith("\nlight False\n")
    assert process(*ADD, "1 GBP", program=light, stdout=-1).communicate()[0].endswith("\nlight True\n")


@pytest.mark.parametrize("rows", ["1", "100000"])
def test_a_reader_that_goes_away_is_no_error(rows):
    reading, writing = os.pipe()
    os.close(reading)
    found = process("stub", "fill", rows, stdout=writing, stderr=-1)
    os.close(writing)
    assert found.communicate()[1] == ""
    assert found.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("args", [("stub", "fill", "1"), ("stub", "fill", "100000"), ("--help",)])
def test_a_full_disk_is_one_line_however_little_was_written(args):
    with Path("/dev/full").open("w") as full:
        found = process(*args, stdout=full, stderr=-1)
        assert found.communicate()[1] == "error: could not write: No space left on device\n"
    assert found.returncode == 1


@pytest.mark.skipif(not hasattr(signal, "pause"), reason="needs signals")
def test_an_interrupt_is_one_line():
    found = process("stub", "wait", stdout=-1, stderr=-1)
    assert found.stdout.readline() == "waiting\n"
    found.send_signal(signal.SIGINT)
    assert found.communicate()[1] == "error: interrupted; nothing was written\n"
    assert found.returncode == 130


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes stdout")
def test_a_closed_stdout_is_refused_and_not_written_elsewhere():
    found = process("stub", "fill", "1", stderr=-1, preexec_fn=lambda: os.close(1))
    assert found.communicate()[1] == "error: could not write: standard output is closed\n"
    assert found.returncode == 1


def complete(call, monkeypatch, typed):
    monkeypatch.setenv("_AIDLEDGER_COMPLETE", "fish")
    code, printed, said = call(*typed.split(" "))
    return code, [line.partition("\t")[0] for line in printed.splitlines()[1:]], said


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("s", ["stub", "single"]),
        ("stub f", ["fail", "fill"]),
        ("stub add --f", ["--format"]),
        ("stub add --format j", ["json"]),
        ("stub add GB --b", ["--book"]),
        ("stub nosuch ", []),
        ("absent x", []),
    ],
)
def test_the_shell_is_offered_what_fits_and_never_an_error(call, monkeypatch, typed, offered):
    assert complete(call, monkeypatch, typed) == (0, offered, "")


def test_an_unknown_shell_is_offered_nothing(call, monkeypatch):
    monkeypatch.setenv("_AIDLEDGER_COMPLETE", "tcsh")
    assert call("s") == (0, "", "")
