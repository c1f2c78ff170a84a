"""Reports add up: however a selection is cut, and whoever computes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.demo import commands
from cli.main import run
from ledger.book import Book, Worth
from ledger.formats.kiel.read import read
from ledger.journal import Stage
from ledger.money import Money, currency
from ledger.pledge import Firmness, Instrument, Promise
from ledger.recognition.steps import Announce, Step
from ledger.reports.measures import MEASURES
from ledger.reports.totals import Extent
from ledger.selection import DIMENSIONS, TIMES, Contingent, Selection
from ledger.table import Table
from tests import places
from tests.chance import FIRST_DAY, book_of, lives
from tests.kiel_words import record
from tests.outsider import STAGES, Outsider
from tests.world import Clock, make_book, records

KIEL = Path(__file__).parent.parent.parent / "shared" / "data" / "kiel"
WORKBOOK = KIEL / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
RANGED = Extent(ranged=True)
LASTING = [name for name in DIMENSIONS if name not in TIMES]

Row = dict[str, str | None]


# Any book, with promises of any firmness, asked in any way


@st.composite
def uncertain(draw: st.DrawFn) -> list[Step]:
    """Lives of pledges that say how firm they are, and guarantees that say what they may come to."""
    return [_firmed(draw, step) if isinstance(step, Announce) else step for step in draw(lives())]


def _firmed(draw: st.DrawFn, step: Announce) -> Announce:
    promises = []
    for promise in step.promises:
        of, quarters = promise.amount, draw(st.sampled_from([None, 0, 1, 3, 4]))
        firm = None if quarters is None else Money(of.units * quarters // 4, of.commodity)
        promises.append(Promise(of, draw(st.sampled_from(Firmness)), firm))
    most = None
    if step.instrument is Instrument.GUARANTEE and draw(st.booleans()):
        face = max((promise.amount.units for promise in promises), default=1)
        most = Money(face + draw(st.integers(0, 10**6)), currency(draw(st.sampled_from(["GBP", "EUR", "JPY", "USD"]))))
    return replace(step, promises=tuple(promises), max_exposure=most)


DAYS = st.none() | st.integers(0, 150).map(lambda count: FIRST_DAY + timedelta(days=count))
SELECTIONS = st.builds(
    Selection,
    since=DAYS,
    until=DAYS,
    as_of=DAYS,
    known_at=st.none() | st.integers(2, 15),
    contingent=st.sampled_from(Contingent),
    currency=st.sampled_from([(), (), ("GBP",), ("EUR", "USD")]),
    group=st.sampled_from([(), (), ("EU",), ("EU", "G7")]),
)
WORTHS = st.sampled_from(
    [
        None,
        Worth("EUR"),
        Worth("USD", "month"),
        Worth("EUR", by_event=True),
        Worth("JPY", "year", by_event=True),
        Worth("GBP", on=date(2025, 2, 28)),
        Worth("EUR", list_missing=True),
    ]
)
CUTS = st.lists(st.sampled_from(DIMENSIONS), max_size=3, unique=True)


def below(table: Table, by: Sequence[str]) -> list[Row]:
    """The total rows that people are shown, but for their empty labels; the rows, where there are no dimensions."""
    rows = records(Table(table.columns[len(by) :], [row[len(by) :] for row in table.totals]))
    return rows if by else records(table)


@settings(max_examples=40)
@given(steps=uncertain(), cuts=st.lists(CUTS, min_size=2, max_size=3), chosen=SELECTIONS, worth=WORTHS)
def test_any_two_ways_of_cutting_a_selection_give_the_same_exact_total(empty_book, steps, cuts, chosen, worth):
    with book_of(empty_book, steps) as book:
        whole = records(book.totals(chosen, (), worth, extent=RANGED))
        for by in cuts:
            table = book.totals(chosen, by, worth, extent=RANGED)
            shown = [name for name in by if name != "currency" or worth]
            assert below(table, shown) == whole
        plain = records(book.totals(chosen, (), worth))
        measured = [{name: row[name] for name in plain[0]} for row in whole] if plain else []
        assert [row for row in measured if _some(row)] == plain


@settings(max_examples=25)
@given(steps=uncertain(), by=CUTS, chosen=SELECTIONS, each=st.sampled_from(TIMES), worth=WORTHS)
def test_any_timeline_ends_in_the_totals_and_its_periods_are_their_dimension(
    empty_book, steps, by, chosen, each, worth
):
    by = [name for name in by if name not in TIMES]
    with book_of(empty_book, steps) as book:
        totals = records(book.totals(chosen, by, worth))
        so_far = records(book.timeline(chosen, by, worth, each=each, cumulative=True))
        last = [row for row in so_far if row["period"] == so_far[-1]["period"]]
        assert [_without(row, "period") for row in last if _some(row)] == totals
        happened = [row for row in records(book.timeline(chosen, by, worth, each=each)) if _some(row)]
        periods = [
            {"period": row[each]} | _without(row, each) for row in records(book.totals(chosen, (each, *by), worth))
        ]
        assert happened == [row for row in periods if _some(row)]
        assert below(book.timeline(chosen, by, worth, each=each), ("period", *_shown(by, worth))) == records(
            book.totals(chosen, (), worth)
        )


@settings(max_examples=25)
@given(steps=uncertain(), chosen=SELECTIONS, by=CUTS)
def test_without_guarantees_and_guarantees_alone_are_together_everything(empty_book, steps, chosen, by):
    with book_of(empty_book, steps) as book:
        for names, report in (
            ([*MEASURES, "low", "max_exposure"], lambda where: book.totals(where, by, extent=RANGED)),
            (["amount", "overdue"], lambda where: book.pipeline(where, by)),
        ):
            parts = [
                _figures(report(replace(chosen, contingent=kind)), names)
                for kind in (Contingent.EXCLUDE, Contingent.ONLY)
            ]
            both: dict[tuple[str | None, ...], list[Fraction]] = {}
            for key, values in [each for part in parts for each in part.items()]:
                both[key] = [a + b for a, b in zip(both.get(key, [Fraction(0)] * len(names)), values, strict=True)]
            everything = _figures(report(replace(chosen, contingent=Contingent.INCLUDE)), names)
            assert {key: row for key, row in both.items() if any(row)} == {
                k: v for k, v in everything.items() if any(v)
            }


@settings(max_examples=40)
@given(steps=uncertain(), day=DAYS)
def test_the_range_of_any_pledge_is_what_its_own_words_make_of_what_it_holds(empty_book, steps, day):
    with book_of(empty_book, steps) as book:
        rows = records(book.totals(Selection(as_of=day), ("pledge",), extent=RANGED))
        for row in rows:
            pledge = book.facts(str(row["pledge"]))
            hold = pledge.hold(currency(str(row["currency"])))
            point, committed = (Fraction(str(row[name])) for name in ("pledged", "committed"))
            firm = max(hold.firm.value if hold.firm else Fraction(0), committed)
            least = min(point, firm) if hold.firmness is Firmness.UP_TO else point
            assert (row["low"], row["high"]) == (str(hold_money(least, row)), row["pledged"])
            assert (row["open"] == "yes") == (hold.firmness is Firmness.AT_LEAST and point > 0)
            if pledge.max_exposure is None:
                guarantee = pledge.instrument is Instrument.GUARANTEE
                assert Fraction(str(row["max_exposure"])) == (Fraction(str(row["outstanding"])) if guarantee else 0)


def hold_money(value: Fraction, row: Row) -> str:
    return Money.rounded(value, currency(str(row["currency"]))).plain()


def _shown(by: Sequence[str], worth: Worth | None) -> list[str]:
    """Without conversion there is a row per currency anyway."""
    return [name for name in by if name != "currency" or worth]


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _some(row: Row) -> bool:
    """Whether any figure of a row is not zero."""
    return any(Fraction(str(row[name])) for name in MEASURES)


def _figures(table: Table, names: Sequence[str]) -> dict[tuple[str | None, ...], list[Fraction]]:
    """The figures of each row, by all that is none."""
    beside = {*names, *MEASURES, "low", "high", "open", "max_exposure"}
    return {
        tuple(value for name, value in row.items() if name not in beside): [Fraction(str(row[name])) for name in names]
        for row in records(table)
    }


# Real books, and an outsider's program


@pytest.fixture(scope="module", params=["demo", "kiel"])
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, Outsider]]:
    """The demo's book or the tracker's, and the outsider who has its register."""
    path = tmp_path_factory.mktemp("real") / "book.sqlite"
    if request.param == "demo":
        for words in commands():
            assert run([*words, "--book", places.at(path)]) == 0
        book = Book.open(places.at(path))
    elif WORKBOOK.exists():
        book = make_book(path, Clock("2022-12-01"))
        record(book, read(WORKBOOK, "kiel-r7"))
    else:
        pytest.skip("the tracker's workbook is not beside the project")
    with book:
        with book.register() as lines:
            outsider = Outsider("".join(lines))
        with closing(outsider.sql):
            yield book, outsider


ASKED = [None, Worth("EUR", list_missing=True)]
UNTIL = [None, "2022-06-30", "2024-12-31"]


@pytest.mark.parametrize("until", UNTIL)
@pytest.mark.parametrize("worth", ASKED)
@pytest.mark.parametrize(
    "by", [(), ("donor",), ("purpose", "instrument"), ("month", "donor"), ("source",), ("pledge",)]
)
def test_totals_are_those_that_an_outsider_finds(real, by, worth, until):
    book, outsider = real
    rows = records(book.totals(_until(until), by, worth))
    assert _by_key(rows, by, MEASURES) == outsider.totals(by, worth and "EUR", until or "9999")
    assert len(rows) > 0 or until == "2022-06-30"


@pytest.mark.parametrize("until", UNTIL)
@pytest.mark.parametrize("worth", ASKED)
def test_the_pipeline_is_the_one_that_an_outsider_finds(real, worth, until):
    book, outsider = real
    rows = records(book.pipeline(_until(until), ("donor",), worth))
    assert _by_key(rows, ("donor", "stage"), ["amount"]) == outsider.pipeline(
        ("donor",), worth and "EUR", until or "9999"
    )


@pytest.mark.parametrize("worth", ASKED)
def test_the_timeline_is_the_one_that_an_outsider_finds(real, worth):
    book, outsider = real
    rows = records(book.timeline((Selection()), ("purpose",), worth))
    found = _by_key(rows, ("period", "purpose"), MEASURES)
    assert {key: row for key, row in found.items() if any(row.values())} == outsider.totals(
        ("month", "purpose"), worth and "EUR"
    )
    so_far = records(book.timeline(Selection(), ("purpose",), worth, cumulative=True))
    for month in sorted({str(row["period"]) for row in so_far})[::7]:
        standing = _by_key([row for row in so_far if row["period"] == month], ("purpose",), MEASURES)
        some = {key: row for key, row in standing.items() if any(row.values())}
        assert some == outsider.totals(("purpose",), worth and "EUR", f"{month}-31")


def test_both_know_the_same_measures_and_stages():
    from tests.outsider import MEASURES as THEIRS

    assert list(THEIRS) == list(MEASURES)
    assert set(STAGES) < set(Stage)


def _until(day: str | None) -> Selection:
    return Selection(as_of=date.fromisoformat(day) if day else None)


def _by_key(rows: Sequence[Row], by: Sequence[str], names: Any) -> dict[tuple[str, ...], dict[str, Fraction]]:
    return {
        (*(row[name] or "" for name in by), str(row["currency"])): {name: Fraction(str(row[name])) for name in names}
        for row in rows
    }
