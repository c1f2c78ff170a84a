"""What a command line loads: libraries that take long only where they are used; and what a shell is offered."""

import runpy

import pytest

from cli.main import NOUNS
from tests import places
from tests.commandline import ADD, ROOT, Answer, answered, process, typed

HEAVY = {"alembic", "babel", "pydantic", "rich", "sqlalchemy", "sqlmodel"}
REPORT = f"""import atexit, sys
atexit.register(lambda: print(*sorted({HEAVY} & set(sys.modules)), "end", file=sys.stderr))"""

pytestmark = pytest.mark.usefixtures("desk")


def loads(text, **env):
    """The heavy libraries that a command line loads, and how it ends."""
    answer = answered(process(text, before=REPORT, stdout=-1, stderr=-1, env=env))
    *said, loaded = answer.said.splitlines()
    assert said == []
    return set(loaded.split()) - {"end"}, Answer(answer.code, answer.printed, "")


@pytest.mark.parametrize(
    "command", ["--help", "--version", "pledge --help", "pledge add --help", "report totals --help"]
)
def test_help_loads_nothing_heavy(command):
    loaded, answer = loads(command)
    assert (loaded, answer.code) == (set(), 0)
    assert answer.printed


@pytest.mark.parametrize("words", ["''", "pledge ''", "pledge add --", "pledge show ''", "report totals --by ''"])
def test_completion_loads_nothing_heavy(words):
    loaded, answer = loads(words, _AIDLEDGER_COMPLETE="fish")
    assert (loaded, answer.code) == (set(), 0)
    assert answer.printed.startswith("offers\n")


def test_one_pledge_loads_neither_migrations_nor_locales():
    loaded, answer = loads(f'pledge add GB "1.6bn GBP" --on 2025-03-02 {ADD}')
    assert answer == Answer(0, "GB-2025-0001\n", "")
    assert loaded <= {"pydantic", "sqlalchemy", "sqlmodel"}


def test_what_programs_read_loads_no_locales():
    loaded, answer = loads("report totals --format csv", AIDLEDGER_LOCALE="en")
    assert answer.code == 0
    assert loaded <= {"pydantic", "sqlalchemy", "sqlmodel"}


def test_garbage_is_collected_again_once_everything_is_loaded():
    collects = "import atexit, gc; atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 9_999))"
    answer = answered(process("check --format csv", before=collects, stdout=-1, stderr=-1))
    assert answer == Answer(0, "severity,code,where,message\nTrue True\n", "")


def test_a_wrong_call_loads_nothing_heavy():
    answer = answered(process("pledge add GB", before=REPORT, stdout=-1, stderr=-1))
    assert answer.code == 2
    assert answer.said.splitlines()[-1] == "end"


# What a shell is offered


@pytest.fixture
def offered(monkeypatch):
    """What a shell is offered after these words, the last one unfinished."""

    def complete(words):
        with monkeypatch.context() as shell:
            shell.setenv("_AIDLEDGER_COMPLETE", "fish")
            answer = typed("", *words.split(" "))
        assert (answer.code, answer.said) == (0, "")
        return [line.partition("\t")[0] for line in answer.printed.splitlines()[1:]]

    return complete


def test_a_shell_is_offered_every_noun(offered):
    assert offered("") == list(NOUNS)
    assert offered("p") == ["pledge", "party", "prove"]


@pytest.mark.parametrize("noun", [name for name, (where, _) in NOUNS.items() if where.endswith(":app")])
def test_a_shell_is_offered_every_verb_of_a_noun(offered, noun):
    verbs = offered(f"{noun} ")
    _, _, listed = typed(f"{noun} --help").printed.partition("\nCommands:\n")
    assert verbs == [line.split()[0] for line in listed.splitlines() if line.strip()]
    assert verbs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pledge co", ["commit"]),
        ("pledge ca", ["call", "cancel"]),
        ("journal re", ["reverse", "reopen"]),
        ("pledge add --purp", ["--purpose"]),
        ("pledge add GB 1GBP --repa", ["--repayment", "--repayment-source"]),
        ("report totals --contingent ", ["include", "exclude", "only"]),
        ("report totals --format ", ["table", "json", "csv"]),
        ("--loc", ["--locale"]),
        ("convert --exp", ["--explain"]),
        ("nosuch ", []),
    ],
)
def test_a_shell_is_offered_what_fits(offered, words, expected):
    found = offered(words)
    assert found[: len(expected)] == expected
    assert expected or not found


@places.of_files("what is measured is a book in a file")
def test_what_measures_the_start_runs(desk):
    measured = runpy.run_path(str(ROOT / "benchmarks" / "startup.py"))
    ours = [name for name, _ in measured["RATIOS"]]
    assert ours == ["aidledger --help", "aidledger pledge add"]
    for name in ours:
        taken, complaint = measured["run"](measured["CASES"][name](desk), cache="")
        assert (taken > 0, complaint) == (True, "")
    assert [row["donor"] for row in typed("pledge list --format json").rows] == ["GB"]
