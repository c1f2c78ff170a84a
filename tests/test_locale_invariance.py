"""What programs read is the same in every locale: JSON, CSV, files and what is recorded."""

# ruff: noqa: RUF001 - Ukrainian letters are no Latin ones

import json
import re
import shlex
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.demo import commands as demo_commands
from cli.language import asked
from ledger.locale import resolve
from tests import places
from tests.commandline import REAL, ROOT, VARIED, book, settings_for, typed
from tests.shell import IMPORTED, MOMENT
from tests.test_docs_columns import CALLS, EXPLAINED

BOOK = VARIED
WRONG_CALL = 2
ENVIRONMENT = ("AIDLEDGER_LOCALE", "LC_ALL", "LC_NUMERIC", "LC_MONETARY", "LC_MESSAGES", "LANG", "LANGUAGE")
LEFT_OUT = {"rate update", "report summary", "export parquet", "export xlsx"}
"""Commands that need the network, or say only how large a file is that holds this moment, or is for people."""

MADE_ANEW = {"backup", "checkpoint", "copy", "init", "key create", "prove", "restore"}
"""Commands that tell of a key or a book that is another one each time, or of the root over entries of this moment."""

LOCALES = {
    "uk": {"LC_ALL": "uk_UA.UTF-8"},
    "de": {"LC_NUMERIC": "de_DE.UTF-8", "LC_MESSAGES": "de_DE.UTF-8", "LANG": "C.UTF-8"},
    "fr": {"LANG": "fr_FR.UTF-8", "LC_NUMERIC": "fr_CH.UTF-8"},
    "pl": {"AIDLEDGER_LOCALE": "pl", "LC_ALL": "de_DE.UTF-8"},
}
"""A way to ask for each language."""

READS = (
    *("report totals --in EUR --missing list", "report totals --by currency", "report timeline", "report items"),
    *(
        "report exposure --in EUR --on 2025-12-31 --currency GBP",
        "report trial-balance",
        "pledge list",
        "pledge show P",
    ),
    *("journal list", "journal show 6", "party list", "item list", "source list", "check", "reconcile stated"),
    *('convert "1.6bn GBP" EUR --on 2025-03-03 --explain', "rate list GBP --until 2025-03-03"),
    "report changes --between 2,9 --in EUR --currency GBP",
)
"""Commands that change nothing, and print amounts, days, names and numbers."""


def speak(monkeypatch, environment):
    """Let the environment ask for a locale in this way, and in no other."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def told(folder, environment):
    """What every command prints that prints data, one after the other about the demo's book, and what that records."""
    calls = {**CALLS, **{f"{name} --explain": call for name, call in EXPLAINED.items()}}
    # A billion is not one everywhere.
    calls["pledge revise"] = calls["pledge revise"].replace("1.7bn", "1700000000")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        speak(monkeypatch, environment)
        asked_for = {name: call for name, call in calls.items() if name not in LEFT_OUT}
        answers = {name: typed(f"{call} --format json") for name, call in asked_for.items()}
    assert {name: answer.said for name, answer in answers.items() if answer.code == WRONG_CALL} == {}
    printed = {
        name: settled(answer.printed, folder) if name not in MADE_ANEW else list(answer.rows[0])
        for name, answer in answers.items()
    }
    return printed, recorded(folder / "book.db")


def settled(printed, folder):
    """What was printed, but for when it was written and where it is kept."""
    return MOMENT.sub("A MOMENT", printed.replace(places.at(folder / "book.db"), "/book.db").replace(str(folder), ""))


def recorded(book):
    """What the entries of a book say, but for which book it is and when they were written."""
    with places.sql(book) as tables:
        lines = [json.loads(line) for (line,) in tables.execute("SELECT line FROM entry ORDER BY number")]
    volatile = {"book", "recorded_at", "uid"}
    return [{name: value for name, value in line.items() if name not in volatile} for line in lines]


def test_every_command_prints_the_same_data_and_records_the_same_in_every_language(tmp_path, monkeypatch):
    demo = tmp_path / "demo"
    demo.mkdir()
    for name in IMPORTED:
        shutil.copytree(ROOT / "fixtures" / name, demo / "fixtures" / name)
    settings_for(demo, monkeypatch)
    for words in (*demo_commands(), ["key", "create", "ada"]):
        assert typed("", *words).code == 0
    expected, english = told(places.copied_folder(demo, tmp_path / "en"), {})
    assert sum(map(len, expected.values())) > 10_000
    for language, environment in LOCALES.items():
        printed, entries = told(places.copied_folder(demo, tmp_path / language), environment)
        assert {name: text for name, text in printed.items() if text != expected[name]} == {}, language
        assert entries == english


@pytest.fixture(scope="module")
def varied(made, tmp_path_factory):
    """A book of every kind of step, and what each command prints of it in English, by command and form."""
    folder = tmp_path_factory.mktemp("varied")
    places.copied(made(*BOOK), folder / "book.db")
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        said = {(read, form): typed(f"{read} --format {form}") for read in READS for form in ("json", "csv")}
    assert {key for key, answer in said.items() if answer.code} == {
        key for key in said if key[0] in {"check", "reconcile stated"} and said[key].code == 1
    }
    return folder, lambda read, form: said[read, form].printed


LANGUAGES = st.sampled_from(
    ("en", "uk", "de", "fr", "pl", "de_CH", "en_GB", "fr_CA", "uk_UA.UTF-8", "C", "C.UTF-8", "")
)


@settings(max_examples=40)
@given(
    st.sampled_from(READS),
    st.sampled_from(("json", "csv")),
    st.sampled_from(("en", "uk", "de", "fr", "pl", None)),
    st.dictionaries(st.sampled_from(ENVIRONMENT[1:]), LANGUAGES),
)
def test_neither_the_option_nor_any_variable_changes_what_programs_read(varied, read, form, locale, environment):
    folder, said = varied
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings_for(folder, monkeypatch)
        speak(monkeypatch, environment)
        option = f" --locale {locale}" if locale else ""
        answer = typed(f"{read} --format {form}{option}")
        assert answer.printed == said(read, form), answer.said


EXPORTS = (
    "export csv --out FILE.csv",
    "export hledger --out FILE.journal",
    "export beancount --out FILE.beancount",
    "export audit --unsigned --out FILE",
)


@pytest.mark.parametrize("export", EXPORTS)
def test_a_file_for_programs_is_the_same_in_every_language(made, tmp_path, monkeypatch, export):
    settings_for(tmp_path, monkeypatch)
    places.copied(made(*REAL), tmp_path / "book.db")
    files = {}
    for language, environment in {"en": {}, **LOCALES}.items():
        speak(monkeypatch, environment)
        out = f"out-{language}"
        assert typed(export.replace("FILE", out)).code == 0
        found = [path for path in sorted(tmp_path.rglob("*")) if path.is_file() and out in str(path)]
        files[language] = [(str(path).replace(out, "out"), path.read_bytes()) for path in found]
    assert files["en"]
    assert [language for language, found in files.items() if found != files["en"]] == []


# Which locale it is


@pytest.mark.parametrize(
    ("environment", "figures", "sentences"),
    [
        ({"LANG": "uk_UA.UTF-8"}, "uk_UA", "uk"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "uk_UA.UTF-8"}, "de_DE", "de"),
        ({"LANG": "uk_UA.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}, "de_DE", "uk"),
        ({"LANG": "uk_UA.UTF-8", "LC_MESSAGES": "C"}, "uk_UA", "C"),
        ({"LANG": "C.UTF-8"}, "en", "C"),
        ({"AIDLEDGER_LOCALE": "fr", "LC_ALL": "pl_PL.UTF-8"}, "fr", "fr"),
        ({}, "en", "en"),
    ],
)
def test_figures_and_sentences_take_their_language_from_the_same_environment(environment, figures, sentences):
    assert resolve(None, environment) == figures
    assert re.match(sentences + r"\b|" + sentences + "_", asked([], environment))


@pytest.mark.parametrize(
    ("tag", "country", "day", "figure"),
    [
        ("uk", "Велика Британія", "2 бер. 2025", "100,00"),
        ("de", "Vereinigtes Königreich", "02.03.2025", "100,00"),
        ("fr", "Royaume-Uni", "2 mars 2025", "100,00"),
        ("pl", "Wielka Brytania", "2 mar 2025", "100,00"),
        ("en", "United Kingdom", "Mar 2, 2025", "100.00"),
    ],
)
def test_people_are_shown_figures_days_and_names_in_their_language(desk, tag, country, day, figure):
    shown = typed(f"pledge list --pledge P --locale {tag}").printed
    assert all(" ".join(text.split()) in " ".join(shown.split()) for text in (country, day, figure)), shown
    totals = typed(f"report totals --in JPY --chart --currency GBP --locale {tag}").printed
    assert country in totals
    assert "USD" not in totals
    assert book().is_relative_to(desk)


def test_calls_are_words_that_a_shell_takes():
    assert all(shlex.split(read) for read in READS)
