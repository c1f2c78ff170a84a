"""The summary and charts in another language: every word of ours is said by the catalogue, none of the data."""

from __future__ import annotations

import re

import pytest

from ledger.book import Book
from ledger.exchange import Worth
from ledger.formats.document import page
from ledger.formats.drawing.svg import svg
from ledger.locale import Language
from ledger.reports.chart import charts
from tests.commandline import done, typed
from tests.page_words import read
from tests.wordless import wordless
from tests.world import announce, selection

DATA = {"https", "example", "org", "Mar", "spot", "ecb", "pledged", "outstanding"}
"""What of the page is the data's own, codes in capitals aside: a note names two measures as programs do."""


def words(text: str) -> set[str]:
    """The words of a text that are no codes."""
    return set(re.findall(r"[a-z]{3,}", text, re.IGNORECASE)) - set(re.findall(r"[A-Z]{2,}", text))


@pytest.fixture
def shown(book: Book) -> Book:
    announce(book, "GB", "5 GBP", cite="https://example.org/1")
    announce(book, "FR", "7 EUR", cite="https://example.org/2")
    announce(book, "DE", "9 USD")
    return book


def made(book: Book, **how: str) -> str:
    found = book.summary(selection(**how), Worth("EUR") if how else Worth())
    return page.page(found, Language("en"), said=wordless, spoken="xx")


def test_every_word_beside_the_data_is_said(shown: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_RATES", 1)
    for root in (read(made(shown)), read(made(shown, contingent="exclude"))):
        assert root.one("html").attributes["lang"] == "xx"
        titles = [each.attributes.get("aria-label", "") for each in root.all()]
        assert words(" ".join([root.one("body").text.replace(shown.uid, ""), *titles])) <= DATA


def test_addresses_within_the_page_are_the_same_in_every_language(shown: Book) -> None:
    named = [each.attributes["id"] for each in read(made(shown)).all("section")]
    assert named == ["by-donor", "by-purpose-and-instrument", "pipeline", "over-time", "sources", "notes"]


def test_a_drawing_says_its_title_its_measures_its_unit_and_its_terms(shown: Book) -> None:
    table = shown.totals(by=("purpose", "instrument"), worth=Worth("EUR"))
    made_of = charts(table, ("pledged", "disbursed"))
    assert {"pledged", "military", "grant"} <= words(svg(made_of, Language("en")))
    assert not {"pledged", "military", "grant", "rates", "and"} & words(svg(made_of, Language("en"), said=wordless))


def test_what_the_data_say_is_no_markup_in_a_sentence_either(shown: Book) -> None:
    hostile = '<script>{x}</script> & "\x1b[31m'
    text = page.page(shown.summary(), Language("en"), lambda _: hostile, title=hostile, said=wordless)
    assert not list(read(text).all("script"))
    assert "\x1b" not in text


@pytest.mark.usefixtures("desk")
def test_bars_in_the_terminal_are_named_in_the_user_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.chart.said", wordless)
    typed("pledge add GB '5 GBP' --on 2025-03-02 --purpose military --instrument swap_line")
    bars = done("report totals --by instrument --chart").split("\n\n")[-1]
    assert "[], GBP" in bars
    assert "swap" not in bars
