"""Catalogues: what the program says to people is said in every language, whole."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from cli.language import CATALOGUES, said, speaking
from cli.main import NOUNS
from ledger.amount import read_promise
from ledger.errors import Refusal
from ledger.locale import notation
from ledger.message import counted, joined, message
from message_extractor import extract

ROOT = Path(__file__).parent.parent
LANGUAGES = ("de", "fr", "pl", "uk")
AMOUNTS = re.compile(r'"(?:\d{4}-\d\d-\d\d )?([^"{}]*\d[^"{}]* (?:GBP|EUR))"')
every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "aidledger.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def sentences() -> frozenset[str | tuple[str, ...]]:
    """Every sentence in the program, as pybabel collects them by pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]
    methods: Any = [
        (each["pattern"], "ignore" if each["method"] == "ignore" else extract) for each in settings["mappings"]
    ]
    found = extract_from_dir(ROOT, methods, {pattern: {} for pattern, _ in methods}, DEFAULT_KEYWORDS)
    return frozenset(tuple(each[2]) if isinstance(each[2], list | tuple) else each[2] for each in found)


def translated(language: str) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """Each message of a catalogue with its forms."""
    for each in catalogue(language):
        if each.id:
            yield each, tuple(each.string) if isinstance(each.string, list | tuple) else (str(each.string or ""),)


def translation(language: str, sentence: str) -> str:
    found = catalogue(language).get(sentence)
    assert found is not None
    return str(found.string)


def fields(template: str) -> set[tuple[str, str | None, str | None]]:
    """The placeholders of a template, with how each is written."""
    return {(name, spec, how) for _, name, spec, how in Formatter().parse(template) if name is not None}


@every_language
def test_a_catalogue_holds_every_sentence_and_no_other(language):
    known = {
        tuple(each.id) if isinstance(each.id, list | tuple) else each.id for each in catalogue(language) if each.id
    }
    missing, gone = sentences() - known, known - sentences()
    assert not missing, f"pybabel update, and translate: {sorted(map(str, missing))[:5]}"
    assert not gone, f"pybabel update: nobody says {sorted(map(str, gone))[:5]}"


@every_language
def test_every_sentence_is_translated_and_none_is_doubtful(language):
    assert not [each.id for each, forms in translated(language) if not all(forms) or each.fuzzy]


@every_language
def test_a_number_of_things_has_every_form_of_the_language(language):
    plural = [(each, forms) for each, forms in translated(language) if each.pluralizable]
    assert plural
    assert not [each.id for each, forms in plural if len(forms) != catalogue(language).num_plurals]


@every_language
def test_no_placeholder_is_lost_or_invented(language):
    """A form for one thing may leave its number out, as "the last entry" does."""
    for each, forms in translated(language):
        sources = (each.id,) if isinstance(each.id, str) else tuple(each.id)
        meant = set().union(*map(fields, sources))
        for form in forms:
            left_out = {name for name, _, _ in meant - fields(form)}
            assert fields(form) <= meant, (each.id, form)
            assert left_out <= ({"count"} if each.pluralizable else set()), (each.id, form)


@every_language
def test_what_is_typed_is_not_translated(language):
    """Options and commands in a sentence are what the program takes, in any language."""
    typed = re.compile(rf"(?<![\w-])--[a-z][a-z-]+|\baidledger(?: (?:{'|'.join(NOUNS)})\b)?")
    for each, forms in translated(language):
        sources = (each.id,) if isinstance(each.id, str) else tuple(each.id)
        words = set().union(*map(typed.findall, sources))
        for form in forms:
            assert set(typed.findall(form)) == words, (each.id, form)


@every_language
def test_a_sentence_begins_and_ends_as_the_english_one_does(language):
    for each, forms in translated(language):
        source = each.id if isinstance(each.id, str) else each.id[0]
        for form in forms:
            assert form.strip() == form or source.strip() != source, (source, form)
            assert "\n" not in form or "\n" in source, (source, form)


@every_language
def test_amounts_that_a_sentence_gives_as_examples_can_be_typed_in_its_language(language):
    given = [text for _, forms in translated(language) for form in forms for text in AMOUNTS.findall(form)]
    assert len(given) > 3
    for text in given:
        read_promise(text, notation(language))


def test_a_sentence_is_said_in_the_language_of_the_command():
    sentence = message("there is no pledge {pledge!r} in this book", pledge="GB-1")
    with speaking(["pledge", "show", "GB-1", "--locale", "uk"], {}):
        assert said(sentence) != str(sentence)
        assert "'GB-1'" in said(sentence)
    assert said(sentence) == "there is no pledge 'GB-1' in this book"


@pytest.mark.parametrize(
    ("args", "environ"),
    [
        (["--locale=de_AT"], {}),
        ([], {"AIDLEDGER_LOCALE": "de"}),
        ([], {"LC_ALL": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}),
        ([], {"LC_MESSAGES": "de_CH", "LANG": "pl_PL.UTF-8"}),
        ([], {"LANG": "de_DE.UTF-8@euro"}),
    ],
)
def test_the_language_is_that_of_the_option_else_of_the_environment(args, environ):
    with speaking(args, environ):
        assert said(message("nothing to show")) == translation("de", "nothing to show")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", "en_GB", "ja", "../de", ""])
def test_without_a_catalogue_it_is_english(locale):
    with speaking([], {"LANG": locale}):
        assert said(message("nothing to show")) == "nothing to show"


def test_a_sentence_within_a_sentence_is_said_in_the_same_language():
    inner = message("nothing to show")
    outer = joined([message("left out: {reason}", reason=inner), "GBP"], "; ")
    with speaking(["--locale", "pl"], {}):
        assert said(outer).endswith("; GBP")
        assert said(inner) in said(outer)
        assert said(inner) != str(inner)


def test_a_plural_takes_the_form_of_its_number():
    class Counting(gettext.NullTranslations):
        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return f"{msgid1 if n % 2 else msgid2} in form {n % 3}"

    found = [counted("{count} day", "{count} days", count=n).spoken(Counting()) for n in (3, 4, 5)]
    assert found == ["3 day in form 0", "4 days in form 1", "5 day in form 2"]


def test_errors_keep_what_they_were_made_of():
    error = Refusal("{pledge} has nothing left", pledge="GB-1")
    assert (str(error), error.message.template, error.message.values) == (
        "GB-1 has nothing left",
        "{pledge} has nothing left",
        {"pledge": "GB-1"},
    )


def test_text_that_was_not_made_of_a_template_is_left_as_it_is():
    assert str(Refusal("a file says {this}")) == "a file says {this}"


def test_catalogues_are_compiled_by_pybabel_as_the_build_does(tmp_path):
    for language in LANGUAGES:
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "aidledger.po").write_bytes((CATALOGUES / language / "LC_MESSAGES" / "aidledger.po").read_bytes())
    words = [sys.executable, "-m", "babel.messages.frontend", "compile", "-d", str(tmp_path), "-D", "aidledger"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    for language in LANGUAGES:
        with (tmp_path / language / "LC_MESSAGES" / "aidledger.mo").open("rb") as file:
            spoken = gettext.GNUTranslations(file)
        assert spoken.gettext("nothing to show") == translation(language, "nothing to show")
