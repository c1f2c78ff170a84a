"""Every walk closes: over books at random, over a book of everything, and over what a tracker restated."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book, Worth
from ledger.formats.kiel.read import read
from ledger.journal import Stage
from ledger.money import Money
from ledger.pledge import Instrument, MoveKind, Promise, Purpose
from ledger.recognition.steps import Amend, Announce, Correct, Draw, Evidence, Move, Reverse, Revise, Step, Supersede
from ledger.reports.changes import CHANGES
from ledger.reports.flow import KINDS, RESTATED, SILENT
from ledger.reports.measures import MEASURES
from ledger.selection import DIMENSIONS, Selection
from ledger.table import Table
from tests import places
from tests.chance import FIRST_DAY, book_of, days
from tests.everything import filled, opened
from tests.world import EUR, GBP, Clock, last_number, make_book, records, selection

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT.parent / "shared" / "data" / "kiel"
OCTOBER = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
NOVEMBER = PUBLISHED / "Ukraine_Support_Tracker_R7_saved-2022-11-22.xlsx"

Ends = tuple[Selection, Selection]
Lines = dict[str, Fraction]

CUTS = st.lists(st.sampled_from([name for name in DIMENSIONS if name != "currency"]), max_size=3, unique=True)
ONE_RATE = Worth("EUR", "fixed:2024-06")
WORTHS = (
    None,
    ONE_RATE,
    Worth("EUR"),
    Worth("USD", "month"),
    Worth("USD", by_event=True),
    Worth("EUR", on=datetime(2025, 1, 2, tzinfo=UTC).date()),
)
FILTERS: tuple[dict[str, object], ...] = (
    {},
    {},
    {"donor": ("GB", "PL")},
    {"group": ("EU",)},
    {"contingent": "exclude"},
    {"currency": ("GBP", "EUR")},
)


def _returned(pledge: str, why: Evidence) -> Move:
    return Move(kind=MoveKind.CANCEL, pledge=pledge, everything=True, to_parent=True, evidence=why)


def _raised(pledge: str, amount: Money, why: Evidence) -> Revise:
    return Revise(pledge=pledge, amount=amount, by=True, evidence=why)


PLEDGES = ("P0", "P1", "P2", "P3", "P4")
ONE = st.sampled_from(PLEDGES)
POUNDS = st.builds(Money, st.integers(1, 300), st.just(GBP))
WHY = st.builds(Evidence, on=days, note=st.just("why"))
FACTS = st.sampled_from(
    [{"donor": "PL"}, {"donor": "DE"}, {"on": FIRST_DAY}, {"package": "spring"}, {"purpose": Purpose.OTHER}]
)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Five pledges of pounds to which much happens: raised, moved on, drawn, given back, restated, reversed."""
    opened = [
        Announce(
            id=pledge,
            donor=draw(st.sampled_from(["GB", "DE", "FR", "EU"])),
            purpose=Purpose.MILITARY,
            instrument=draw(st.sampled_from([Instrument.GRANT, Instrument.LOAN, Instrument.GUARANTEE])),
            promises=(Promise(Money(1000, GBP)),),
            stage=draw(st.sampled_from([None, Stage.COMMITTED])),
            parent="P0" if pledge == "P1" else None,
            evidence=draw(WHY),
        )
        for pledge in PLEDGES
    ]
    return [*opened, *draw(st.lists(happenings, min_size=20, max_size=26))]


happenings: st.SearchStrategy[Step] = st.one_of(
    st.builds(
        Move,
        kind=st.sampled_from(MoveKind),
        pledge=ONE,
        amounts=st.tuples(POUNDS),
        top_up=st.booleans(),
        evidence=WHY,
    ),
    st.builds(_returned, st.sampled_from(["P1", "P2"]), WHY),
    st.builds(_raised, ONE, POUNDS, WHY),
    st.builds(
        Revise, pledge=ONE, amount=st.builds(Money, st.integers(500, 1500), st.sampled_from([GBP, EUR])), evidence=WHY
    ),
    st.builds(Draw, parent=st.just("P0"), child=ONE, amount=POUNDS, existing=st.booleans(), evidence=WHY),
    st.builds(Supersede, old=ONE, new=ONE, existing=st.booleans(), evidence=WHY),
    st.builds(Amend, pledge=ONE, changes=FACTS, evidence=WHY),
    st.builds(Reverse, number=st.integers(7, 20), evidence=WHY),
    st.builds(Correct, kind=st.sampled_from(MoveKind), pledge=ONE, amounts=st.tuples(POUNDS), evidence=WHY),
)


@st.composite
def spans(draw: st.DrawFn) -> Ends:
    """Two reports with the same filters, the later of which knows as much, of as many days."""
    filters = selection(**draw(st.sampled_from(FILTERS)))
    first = draw(st.integers(2, 12))
    then = first + draw(st.integers(2, 20))
    since, until = sorted((draw(days), draw(days))) if draw(st.booleans()) else (None, None)
    return replace(filters, known_at=first, as_of=since), replace(filters, known_at=then, as_of=until)


def several(*more: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Several walks through one book, each with its ends and a measure."""
    return st.lists(st.tuples(spans(), st.sampled_from([*MEASURES]), *more), min_size=8, max_size=8)


def walked(
    book: Book,
    ends: Iterable[Selection],
    by: Sequence[str] = (),
    worth: Worth | None = None,
    *,
    measure: str = "pledged",
) -> Table:
    """The walk between two ends."""
    before, after = ends
    return book.changes(before, after, by, worth, measure=measure)


def walks(table: Table, by: Sequence[str]) -> dict[tuple[str | None, ...], Lines]:
    """The amounts of a walk, by dimensions and currency."""
    found: dict[tuple[str | None, ...], Lines] = {}
    for row in records(table):
        key = (*(row[name] for name in by), row["currency"])
        found.setdefault(key, {})[str(row["change"])] = Fraction(str(row["amount"]))
    return found


def reported(table: Table, by: Sequence[str], measure: str) -> dict[tuple[str | None, ...], Fraction]:
    """A measure of the totals by dimensions and currency, where it is not zero."""
    rows = {(*(row[name] for name in by), row["currency"]): Fraction(str(row[measure])) for row in records(table)}
    return {key: amount for key, amount in rows.items() if amount}


def ends_of(found: Mapping[tuple[str | None, ...], Lines], line: str) -> dict[tuple[str | None, ...], Fraction]:
    return {key: lines[line] for key, lines in found.items() if lines[line]}


def left(lines: Lines) -> Fraction:
    """What a walk does not explain."""
    return sum(lines.values()) - 2 * lines["closing"]


# Whatever happens


@settings(max_examples=16)
@given(steps=histories(), asked=several(CUTS, st.sampled_from(WORTHS)))
def test_every_walk_goes_from_the_totals_of_one_end_to_those_of_the_other(empty_book, steps, asked):
    with book_of(empty_book, steps) as book:
        for ends, measure, by, worth in asked:
            found = walks(walked(book, ends, by, worth, measure=measure), by)
            for line, end in zip(("opening", "closing"), ends, strict=True):
                assert ends_of(found, line) == reported(book.totals(end, by, worth), by, measure)
            for lines in found.values():
                assert abs(left(lines)) <= (Fraction(len(CHANGES), 100) if worth else 0)
                assert "exchange" not in lines or worth not in {None, ONE_RATE}


@settings(max_examples=8)
@given(steps=histories(), asked=several(CUTS))
def test_every_way_of_cutting_a_walk_adds_up_to_the_same_lines(empty_book, steps, asked):
    with book_of(empty_book, steps) as book:
        for ends, measure, by in asked:
            table = walked(book, ends, by, measure=measure)
            whole = walks(walked(book, ends, (), measure=measure), ())
            assert added(walks(table, by)) == added(whole)
            if by:
                shown = Table(table.columns, table.totals)
                assert walks(shown, by) == {(*(None for _ in by), *of): lines for of, lines in whole.items()}


def added(*parts: Mapping[tuple[str | None, ...], Lines]) -> dict[tuple[str | None, str], Fraction]:
    """The lines of walks added up by currency, where they are not zero."""
    sums: dict[tuple[str | None, str], Fraction] = {}
    for key, lines in (walk for part in parts for walk in part.items()):
        for line, amount in lines.items():
            sums[key[-1], line] = sums.get((key[-1], line), Fraction()) + amount
    return {place: amount for place, amount in sums.items() if amount}


@settings(max_examples=5)
@given(steps=histories(), asked=several())
def test_the_walks_of_all_donors_add_up_to_the_walk_over_everything(empty_book, steps, asked):
    with book_of(empty_book, steps) as book:
        for ends, measure in asked[:4]:
            whole, *alone = (
                walks(walked(book, (replace(end, donor=donors, group=()) for end in ends), measure=measure), ())
                for donors in ((), ("GB",), ("DE",), ("FR", "EU"), ("PL",))
            )
            assert added(*alone) == added(whole)


@settings(max_examples=8)
@given(steps=histories(), asked=several(st.sampled_from(WORTHS[:3])))
def test_of_everything_what_is_drawn_is_nothing_and_so_is_what_is_reclassified(empty_book, steps, asked):
    with book_of(empty_book, steps) as book:
        for ends, measure, worth in asked:
            unfiltered = (Selection(known_at=end.known_at, as_of=end.as_of) for end in ends)
            for lines in walks(walked(book, unfiltered, (), worth, measure=measure), ()).values():
                assert lines.get("drawn", 0) == 0
                assert measure in {"owed", "called"} or lines.get("reclassified", 0) == 0


@settings(max_examples=8)
@given(steps=histories(), asked=several())
def test_the_entries_behind_each_line_are_those_that_plain_sql_finds(empty_book, steps, asked):
    with book_of(empty_book, steps) as book:
        for ends, _ in asked:
            first, then = (int(str(end.known_at)) for end in ends)
            rows = records(book.changes(Selection(known_at=first), Selection(known_at=then), measure="committed"))
            named: dict[str, set[int]] = {}
            for row in rows:
                numbers = numbers_of(row["entries"])
                assert (row["count"] or "0") == str(len(numbers))
                if row["change"] != "reclassified" and numbers:
                    named.setdefault(str(row["currency"]), set()).update(numbers)
            assert named == changing(book, first, then)


def numbers_of(text: str | None) -> set[int]:
    """The numbers in ``12 15 20-31``."""
    spans = [span.partition("-") for span in (text or "").split()]
    return {number for first, _, last in spans for number in range(int(first), int(last or first) + 1)}


def changing(book: Book, first: int, then: int) -> dict[str, set[int]]:
    """The entries that change what is committed of any pledge, by currency."""
    statement = """
        SELECT DISTINCT commodity, entry FROM (
          SELECT commodity, entry FROM posting
          WHERE entry > ? AND entry <= ? AND length(commodity) = 3
            AND stage IN ('committed', 'allocated', 'disbursed', 'called', 'repaid', 'forgiven')
          GROUP BY commodity, entry, pledge HAVING sum(amount) <> 0)
        """
    found: dict[str, set[int]] = {}
    with places.sql(places.path_of(book)) as connection:
        for commodity, entry in connection.execute(statement, (first, then)):
            found.setdefault(commodity, set()).add(entry)
    return found


# A book of everything


@pytest.fixture(scope="module")
def full(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book in which everything has happened, only to be read."""
    with opened(filled(empty_book, tmp_path_factory.mktemp("full"))) as book:
        yield book


@pytest.mark.parametrize("measure", MEASURES)
def test_the_walks_from_entry_to_entry_lead_through_everything(full, measure):
    last = last_number(full)
    standing: dict[tuple[str | None, ...], Fraction] = {}
    for number in range(last):
        found = walks(full.changes(Selection(known_at=number), Selection(known_at=number + 1), measure=measure), ())
        assert ends_of(found, "opening") == standing
        assert all(left(lines) == 0 for lines in found.values())
        standing = ends_of(found, "closing")
    assert standing == reported(full.totals(by=()), (), measure)


@pytest.mark.parametrize("worth", [ONE_RATE, Worth("EUR"), Worth("GBP", by_event=True)], ids=["one", "spot", "event"])
def test_converted_walks_through_everything_miss_their_closing_by_roundings_only(full, worth):
    last = last_number(full)
    for measure in MEASURES:
        for first in (0, last // 2):
            table = full.changes(
                Selection(known_at=first), Selection(known_at=last), ("donor",), worth, measure=measure
            )
            for lines in walks(table, ("donor",)).values():
                assert abs(left(lines)) <= Fraction(len(CHANGES), 100)
                assert "exchange" not in lines or worth != ONE_RATE


def test_a_book_of_everything_has_every_line_but_those_of_facts_and_rates(full):
    by_number = (Selection(known_at=10), Selection(known_at=last_number(full)))
    by_day = (selection(known_at=last_number(full), as_of="2025-01-05"), selection(known_at=last_number(full)))
    tables = [walked(full, ends, ("donor",), measure=measure) for ends in (by_number, by_day) for measure in MEASURES]
    seen = {row["change"] for table in tables for row in records(table)}
    assert seen == {*CHANGES} - {"reclassified", "exchange"}


def test_every_kind_of_entry_has_its_line():
    written = {
        call.args[2].value
        for module in sorted((ROOT / "ledger" / "recognition").glob("*.py"))
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "draft"
        and isinstance(call.args[2], ast.Constant)
    }
    assert {"pledge", "revise", "draw", "supersede", "correct", "reverse", "amend", "restate"} <= written
    assert written | set(MoveKind) | {"open"} == KINDS.keys() | SILENT
    assert KINDS.keys().isdisjoint(SILENT)
    assert {*KINDS.values(), *RESTATED.values(), "drawn", "disclosed_late", "reclassified"} == {*CHANGES[1:-2]}


def test_kinds_without_postings_have_none(full):
    with places.sql(places.path_of(full)) as connection:
        kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM entry WHERE postings > 0")}
    assert kinds <= KINDS.keys()


# What a tracker restated


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, int]]:
    """The October issue of release 7 imported, then the November issue as what it restates; the last entry between."""
    if not OCTOBER.exists():
        pytest.skip("the tracker's workbooks are not beside the project")
    path = tmp_path_factory.mktemp("kiel") / "book.sqlite"
    with make_book(path, Clock("2022-12-01")) as book:
        reading = read(OCTOBER, "kiel-r7")
        book.take_in(reading)
        if reading.rates:
            book.import_rates(reading.rates)
        between = last_number(book)
        book.take_in(read(NOVEMBER, "kiel-r7"), revise=True)
        yield book, between


@pytest.mark.parametrize("measure", ["pledged", "committed"])
def test_the_walk_between_two_issues_of_the_tracker_names_what_was_restated(tracker, measure):
    book, between = tracker
    ends = (Selection(known_at=between), Selection(known_at=last_number(book)))
    worth = Worth("EUR", "spot", ("kiel-r7",))
    rows = records(walked(book, ends, ("package", "donor"), worth, measure=measure))
    counted = [row for row in rows if row["package"] is None and row["donor"] not in {"EIB", "EPF"}]
    assert (whole(counted, "opening"), whole(counted, "closing")) == ("89.229493", "89.440059")
    moved = {(row["donor"], row["change"]) for row in counted if row["change"] not in {"opening", "closing"}}
    assert moved == {("DK", "revised"), ("DK", "reclassified")}
    assert touched(book, counted) == {"kiel-r7:DKM3", "kiel-r7:DKM4"}
    told = {row["change"]: row["amount"] for row in counted if row["donor"] == "DK"}
    assert told["reclassified"] == "110262478.49"
    assert told["revised"] == "100303643.81"


def whole(rows: Sequence[dict[str, str | None]], line: str) -> str:
    """The sum of a line in billions, as the tracker prints it."""
    units = sum(Fraction(str(row["amount"])) for row in rows if row["change"] == line)
    return f"{float(units / 10**9):.6f}"


def touched(book: Book, rows: Sequence[dict[str, str | None]]) -> set[str]:
    """The pledges of the entries that are named."""
    numbers = {number for row in rows for number in numbers_of(row["entries"])}
    listed = records(book.journal())
    return {str(row["pledge"]) for row in listed if int(str(row["entry"])) in numbers}


def test_by_days_the_tracker_s_months_are_walked_as_known_since(tracker):
    book, between = tracker
    march, april = (datetime(2022, month, 1, tzinfo=UTC).date() - timedelta(days=1) for month in (4, 5))
    ends = tuple(Selection(known_at=between, as_of=day) for day in (march, april))
    rows = records(walked(book, ends, ("donor",), Worth("EUR", "spot", ("kiel-r7",))))
    assert {row["change"] for row in rows} == {"opening", "new", "closing"}
    with places.sql(places.path_of(book)) as connection:
        asked = "SELECT number FROM entry WHERE on_date LIKE '2022-04-%' AND kind = 'pledge' AND postings > 0"
        announced = {number for (number,) in connection.execute(f"{asked} AND number <= {between}")}
    named = {number for row in rows for number in numbers_of(row["entries"])}
    assert named <= announced
    assert len(named) > 20
