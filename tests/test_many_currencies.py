"""The outsiders' book is what it says it is: other tests rely on finding everything in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.book import Book
from ledger.errors import InputError
from ledger.exchange import Worth
from ledger.journal import Citation, Stage
from ledger.money import MOST_UNITS, currency
from ledger.pledge import Firmness, Instrument, Purpose
from ledger.recognition.steps import Evidence
from tests import places
from tests.everything import opened
from tests.hostile_texts import REFUSED, TEXTS
from tests.many_currencies import BANK, CURRENCIES, DONORS, many_currencies
from tests.world import announcement, entries, errors, records, refuses, selection

KINDS = {
    *("open", "party", "member", "source", "item", "pledge", "commit", "allocate", "disburse", "call", "repay"),
    *("forgive", "cancel", "draw", "supersede", "revise", "amend", "distinguish", "correct", "match", "restate"),
    *("reverse", "close", "reopen"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_currencies(tmp_path_factory.mktemp("many") / "many.db")


@pytest.fixture(scope="module")
def book(path: Path) -> Iterator[Book]:
    with opened(path) as book:
        yield book


def asked(path: Path, query: str) -> set[object]:
    """One column, by plain SQL."""
    with places.sql(path) as tables:
        return {value for (value,) in tables.execute(query)}


def test_nothing_in_it_is_broken(book: Book) -> None:
    broken = [problem for problem in errors(book) if problem.code != "missing-attachment"]  # its copies are made up
    assert broken == []


def test_it_has_every_kind_of_entry_that_the_formats_name(book: Book) -> None:
    assert {entry.kind for entry in entries(book)} == KINDS


def test_it_has_every_instrument_for_every_purpose(book: Book) -> None:
    found = {(row["instrument"], row["purpose"]) for row in records(book.pledges())}
    assert {(str(instrument), str(purpose)) for instrument in Instrument for purpose in Purpose} <= found


def test_every_stage_of_the_ledger_moves_money_of_every_currency(path: Path) -> None:
    assert asked(path, "SELECT DISTINCT stage FROM posting") == set(map(str, Stage))
    assert asked(path, "SELECT DISTINCT commodity FROM posting WHERE length(commodity) = 3") == set(CURRENCIES)


def test_its_twelve_currencies_have_no_digits_and_two_and_three() -> None:
    assert len(DONORS) == 12
    assert {currency(code).digits for code in CURRENCIES} == {0, 2, 3}


def test_every_firmness_is_there(path: Path) -> None:
    facts = [json.loads(str(facts)) for facts in asked(path, "SELECT facts FROM pledge")]
    assert {held["firmness"] for each in facts for held in each.get("holds", [])} == set(map(str, Firmness))


def test_single_amounts_exceed_what_a_float_holds_and_sums_exceed_64_bits(book: Book, path: Path) -> None:
    assert max(map(int, map(str, asked(path, "SELECT abs(amount) FROM posting")))) > 2**53
    (row,) = [row for row in records(book.totals(by=())) if row["currency"] == "KRW"]
    assert int(str(row["pledged"])) > MOST_UNITS


def test_every_hostile_text_is_in_it(path: Path) -> None:
    lines = "".join(map(str, asked(path, "SELECT title FROM pledge UNION SELECT note FROM entry")))
    assert [text for text in TEXTS if text not in lines] == []


def test_every_figure_has_a_rate_in_euros(book: Book) -> None:
    table = book.totals(worth=Worth("EUR", sources=("ecb", BANK)))
    assert {row["currency"] for row in records(table)} == {"EUR"}


def test_undisclosed_withdrawn_parent_and_package_are_there(book: Book) -> None:
    rows = records(book.pledges())
    assert {row["state"] for row in rows} == {"disclosed", "undisclosed", "withdrawn"}
    assert any(row["parent"] for row in rows)
    assert any(row["package"] for row in rows)


def test_it_is_the_same_book_whenever_it_is_made(tmp_path: Path) -> None:
    from tests import many_currencies as module

    first = places.content(many_currencies(tmp_path / "first.db"))
    module._made.cache_clear()
    assert places.content(many_currencies(tmp_path / "second.db")) == first


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_line_breaks_tabs_and_other_controls_are_refused_wherever_text_is_typed(
    text: str, path: Path, tmp_path: Path
) -> None:
    places.copied(path, tmp_path / "copy.db")
    step = announcement("GB", "1 GBP")
    with opened(tmp_path / "copy.db") as book:
        for said in (
            replace(step, title=text),
            replace(step, package=text),
            replace(step, evidence=Evidence(note=text)),
            replace(step, evidence=Evidence(origin=text)),
            replace(step, evidence=Evidence(citations=(Citation(quote=text),))),
        ):
            with refuses(book, InputError, "control character", "remove it"):
                book.record(said)


def test_filters_find_ids_that_look_like_something_else(book: Book) -> None:
    for pledge in ("=1+1", "007", "NA", "a:b:c", 'q"uo;te|d\\', "🚁-1"):
        assert [row["pledge"] for row in records(book.pledges(selection(pledge=pledge)))] == [pledge]
