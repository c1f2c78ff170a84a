"""What a shell is offered: commands, options, and what may stand as a value."""

import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
import typer

from cli.completion.line import Cursor, key
from cli.completion.values import FREE, KINDS, LOCALES, kind_of, paths
from cli.lazy import HELP, root
from cli.main import NOUNS
from ledger.locale import resolve
from ledger.money import currency
from tests import places
from tests.commandline import ADD, VARIED, book, done, refused, typed
from tests.completing import asked, offered

BOOK = (
    *VARIED,
    'pledge add NO "1 EUR" --id VOID --on 2025-03-10 --purpose other --instrument grant',
    "journal reverse 19 --note x",
)

pytestmark = pytest.mark.usefixtures("desk")


def commands():
    """Each command of the tree, with the words that call it."""

    def below(command, path):
        names = getattr(command, "commands", None)
        if names is None:
            yield path, command
        for name in names or ():
            _, found, _ = command.resolve_command(typer.Context(command), [name])
            yield from below(found, (*path, name))

    yield from below(root(NOUNS), ())


def parameters():
    """A cursor in each value that any command takes."""
    for path, command in commands():
        for param in command.get_params(typer.Context(command, help_option_names=HELP)):
            if not getattr(param, "is_flag", False):
                yield Cursor(command, path, "", "value", param)


# Which words


def test_each_command_is_offered_with_the_first_sentence_of_its_help():
    helps = asked("pledge", "dis").helps
    assert helps["disburse"] == "Record what was paid or delivered"
    assert list(helps) == ["disburse", "distinguish"]


def test_an_option_is_offered_once_unless_it_may_be_repeated():
    assert "--purpose" not in offered(f"pledge add GB 1GBP {ADD}", "--")
    assert {"--item", "--title"} <= set(offered("pledge add --item 5", "--"))
    assert offered("pledge add --press", "--off") == []
    assert offered("pledge add", "--off") == ["--official"]


def test_options_follow_where_no_more_arguments_can():
    assert offered("convert 1GBP EUR")[:2] == ["--on", "--explain"]
    assert offered("pledge add --", "--") == []


@pytest.mark.parametrize(
    ("line", "word", "found"),
    [
        ("--locale de report totals --format", "", ["table", "json", "csv"]),
        ("report totals", "--format=c", ["--format=csv"]),
        ("report totals --chart --format", "j", ["json"]),
        ("report totals --by", "donor,y", ["donor,year"]),
        ("report totals --by", "donor,do", []),
        ("report totals --measure", "out", ["outstanding"]),
        ("report timeline --each", "q", ["quarter"]),
        ("report totals --in EUR --policy", "", ["spot", "month", "year", "fixed:"]),
        ("report totals --value-at", "", ["pledge", "event"]),
        ("report totals --group", "", ["CLUB", "EU", "G7", "NATO", "coalition-of-the-willing"]),
        ("party join GB", "C", ["CLUB"]),
        ("rate list --source", "", ["ecb"]),
        ("report totals --rates", "", ["ecb"]),
        ("report totals --package", "", ["SPRING"]),
        ("pledge add GB 1GBP --package", "S", ["SPRING"]),
        ("pledge add --stage", "", ["pledged", "committed"]),
        ("pledge disburse P --from", "", ["pledged", "committed", "allocated"]),
        ("pledge repay P --from", "", ["disbursed", "called"]),
        ("pledge disburse P", "a", ["all"]),
        ("pledge disburse P", "5 mi", ["5 missile"]),
        ("pledge disburse P --item", "5 ", ["5 missile"]),
        ("pledge add GB", "1.6bn GB", ["1.6bn GBP"]),
        ("pledge add GB", "GB", []),
        ("pledge add GB 1GBP --schedule", "2025-03-06 75m GB", ["2025-03-06 75m GBP"]),
        ("pledge add GB 1GBP --schedule", "2025-03-06 ", []),
        ("pledge add GB 1GBP --repayment", "", ["1", "2", "3", "5"]),
        ("pledge amend P --clear", "s", ["source", "stated", "schedule"]),
        ("pledge add GB,N", "", []),
        ("party add", "", []),
        ("source add", "u", []),
        ("completion", "", ["bash", "zsh", "fish"]),
        ("nosuch", "", []),
        ("pledge nosuch", "", []),
    ],
)
def test_what_fits_is_offered(line, word, found):
    assert offered(line, word) == found


def test_a_pledge_is_offered_with_its_title_the_last_one_recorded_on_first():
    helps = asked("pledge", "show", "").helps
    assert list(helps)[:3] == ["VOID", "P", "G"]
    assert helps["P"] == '=1+1, "quoted"; naïve'
    assert helps["G"] == "GB 2023-03-15"


def test_a_pledge_that_was_reversed_is_offered_only_to_be_looked_at():
    assert "VOID" in offered("pledge show")
    assert "VOID" in offered("report totals --pledge")
    assert "VOID" not in offered("pledge disburse")
    assert "VOID" not in offered("pledge add --parent")


def test_an_entry_is_offered_with_what_it_is():
    helps = asked("journal", "show", "").helps
    assert list(helps)[:2] == ["20", "19"]
    assert helps["6"] == "2025-03-02 pledge P first"
    assert offered("journal reverse", "1") == ["19", "18", "17", "16", "15", "14", "13", "12", "11", "10", "1"]


def test_donors_are_countries_by_name_and_registered_parties():
    helps = asked("pledge", "add", "").helps
    assert (helps["GB"], helps["CLUB"], helps["EU"]) == ("United Kingdom", "The club", "European Union")
    assert len(helps) > 250


def test_several_donors_are_completed_one_after_the_other():
    assert set(offered("report totals --donor", "GB,N")) > {"GB,NO", "GB,NL"}
    assert offered("report totals --donor", "GB,NO,G") == [
        each for each in offered("report totals --donor", "GB,NO,G") if each != "GB,NO,GB"
    ]
    assert "GB,NO,DK" in offered("pledge add", "GB,NO,D")
    assert asked("report", "totals", "--donor=GB,NO,DK").words == ["--donor=GB,NO,DK"]


def test_help_is_in_the_users_language():
    assert asked("--locale", "uk", "pledge", "add", "GB").helps["GB"] == "Велика Британія"
    assert asked("convert", "--locale=de", "1 GBP", "US").helps["USD"] == "US-Dollar"
    assert asked("--locale", "fr", "pledge", "show", "P").helps["P"] == '=1+1, "quoted"; naïve'


@pytest.mark.parametrize(
    ("line", "word", "told"),
    [
        ("--book", "x", "files\t"),
        ("check", "--book=x", "files\t--book="),
        ("import csv", "", "files\t"),
        ("import iati --rejects", "", "files\t"),
        ("export csv --out", "", "files\t"),
        ("export audit --out", "", "folders\t"),
        ("report totals --chart", "x", "files\t"),
        ("verify", "", "files\t"),
    ],
)
def test_paths_are_the_shells_own(line, word, told):
    assert asked(*line.split(), word).told == told


def test_a_policy_goes_on_after_its_colon():
    assert asked("convert", "--policy", "fi").told == "goes on"


def test_every_value_is_completed_or_known_to_be_free():
    unknown = {
        f"{' '.join(at.path)} {key(at.value)}"
        for at in parameters()
        if not (kind_of(at) or paths(at) or key(at.value) in FREE)
    }
    assert not unknown, "say in cli/completion/values.py what completes these, or that nothing does"


def test_nothing_is_completed_that_no_command_takes():
    taken = set(chain.from_iterable((key(at.value), " ".join((*at.path, key(at.value)))) for at in parameters()))
    assert set(KINDS) <= taken
    assert taken >= FREE


# What is offered is taken

TAKEN = {
    "report totals --by {}": "report totals --by",
    "report totals --top 2 --measure {}": "report totals --measure",
    "report totals --group {}": "report totals --group",
    "report totals --purpose {}": "report totals --purpose",
    "report totals --instrument {}": "report totals --instrument",
    "report totals --source {}": "report totals --source",
    "report totals --package {}": "report totals --package",
    "report totals --pledge {}": "report totals --pledge",
    "report totals --contingent {}": "report totals --contingent",
    "report totals --known-at {}": "report totals --known-at",
    "report totals --in EUR --missing list --value-at {}": "report totals --value-at",
    "report totals --in EUR --missing {}": "report totals --missing",
    "report totals --in EUR --missing list --rates {}": "report totals --rates",
    "report timeline --each {}": "report timeline --each",
    "journal show {}": "journal show",
    "pledge show {}": "pledge show",
    "pledge commit P 1GBP --from {}": "pledge commit P 1GBP --from",
    "pledge amend P --note x --clear {}": "pledge amend P --clear",
    "pledge amend P --note x --repayment {}": "pledge amend P --repayment",
    "pledge amend P --note x --purpose {}": "pledge amend P --purpose",
    "pledge amend P --note x --instrument {}": "pledge amend P --instrument",
    "pledge amend P --note x --firmness {}": "pledge amend P --firmness",
    "pledge amend P --note x --lender {}": "pledge amend P --lender CL",
    "completion {}": "completion",
}


@pytest.mark.parametrize(("taking", "asking"), TAKEN.items(), ids=TAKEN)
def test_what_is_offered_is_taken(taking, asking):
    words = offered(asking)
    assert words
    for word in words[:8]:
        answer = typed(*taking.replace("{}", "@").split("@", 1)[:1], word)
        assert answer.code != 2, answer


def test_every_donor_currency_and_locale_is_one_that_the_ledger_knows():
    donors = offered("pledge add")
    for donor in (*donors[:8], *donors[-2:]):
        assert typed("report totals --donor", donor).code == 0
    assert all(currency(code) for code in offered("convert 1GBP"))
    assert [resolve(tag, {}) for tag in offered("check --locale")] == list(LOCALES)


# Which book


def test_the_book_is_the_one_that_the_line_names(monkeypatch):
    other = done(f"init --book {places.at('other.db')}").strip()
    done(f"pledge add GB 1GBP --book {other} --id OTHER --on 2025-01-01 {ADD}")
    assert offered(f"--book {other} pledge show") == ["OTHER"]
    assert offered(f"pledge show --book {other}") == ["OTHER"]
    first, _, last = places.at(Path("other.db").absolute()).rpartition("/")
    monkeypatch.setenv("DESK", first)
    assert offered(f"pledge show --book $DESK/{last}") == offered(f"pledge show --book ${{DESK}}/{last}") == ["OTHER"]
    assert "P" in offered(f"pledge show --book {other} --book {places.at('book.db')}")
    monkeypatch.setenv("AIDLEDGER_BOOK", other)
    assert offered("pledge show") == ["OTHER"]


@places.of_files("homes and paths")
def test_a_file_may_be_named_in_every_way_that_a_shell_knows(desk, monkeypatch):
    done("init --book other.db")
    done(f"pledge add GB 1GBP --book other.db --id OTHER --on 2025-01-01 {ADD}")
    assert offered(f"pledge show --book=sqlite:///{desk}/other.db") == ["OTHER"]
    monkeypatch.setenv("HOME", str(desk))
    assert offered("pledge show --book ~/other.db") == ["OTHER"]


@pytest.mark.parametrize(
    "place", ["none.db", "text.db", ".", "empty.db", "postgresql://127.0.0.1:1/x", "other.sqlite", "~nobody/x"]
)
def test_where_there_is_no_book_nothing_of_a_book_is_offered_and_nothing_is_said(desk, place):
    (desk / "text.db").write_text("no book\n" * 100)
    (desk / "empty.db").touch()
    with closing(sqlite3.connect(desk / "other.sqlite")) as other:
        other.execute("CREATE TABLE pledge (id)")
    before = sorted(desk.iterdir())
    assert offered(f"--book {place} pledge show") == offered(f"--book {place} journal show") == []
    assert "GB" in offered(f"--book {place} pledge add")
    assert sorted(desk.iterdir()) == before


def test_a_book_that_is_locked_offers_nothing_at_once():
    with places.held(book(), from_readers=True):
        assert offered("pledge show") == []
    assert "P" in offered("pledge show")


def test_a_book_of_an_older_version_is_read_as_far_as_it_goes():
    with places.sql(book()) as older:
        older.execute("UPDATE alembic_version SET version_num = '0002'")
        older.execute("DROP TABLE rate")
    assert "P" in offered("pledge show")
    assert offered("report totals --rates") == ["ecb"]


def test_a_locale_that_there_is_not_offers_no_names_and_says_nothing():
    assert asked("--locale", "klingon", "pledge", "add", "G").words == []


def test_what_commands_a_terminal_is_taken_out_of_titles():
    with places.sql(book()) as foreign:
        foreign.execute("UPDATE pledge SET title = ? WHERE id = 'P'", ("a\n\tb\x1b[31m\u202e $(c)",))
    assert asked("pledge", "show", "P").helps["P"] == "a b [31m $(c)"


# The command


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell):
    printed = done(f"completion {shell}")
    assert f"_AIDLEDGER_COMPLETE={shell}" in printed
    assert printed.endswith("\n")


def test_another_shell_has_none():
    said = refused(2, "completion tcsh")
    assert said == "error: there is no completion for 'tcsh': choose from bash, zsh, fish\n"
