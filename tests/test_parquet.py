"""`export parquet`: other programs add up the same figures, and nothing is lost or changed on the way."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from pyarrow import parquet

from ledger.book import Book, Worth
from ledger.formats.kiel.read import read
from ledger.formats.parquet import FILES, LAYOUTS
from ledger.recognition.steps import Step
from ledger.selection import EVERYTHING, Selection
from tests import oracle, places
from tests.chance import book_of, lives
from tests.commandline import done, refused, settings_for, typed
from tests.duck import Duck
from tests.everything import filled, opened
from tests.kiel_words import record
from tests.many_currencies import BANK, UID, many_currencies
from tests.oracle import Figures
from tests.test_kiel_published import NAME, OCTOBER
from tests.world import Clock, make_book, records, selection


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_currencies(tmp_path_factory.mktemp("many") / "many.db")


@pytest.fixture(scope="module")
def everything(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(empty_book, tmp_path_factory.mktemp("everything"))


@pytest.fixture(params=["everything", "many"])
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def book(path: Path) -> Iterator[Book]:
    with opened(path) as book:
        yield book


def exported(book: Book, folder: Path, chosen: Selection = EVERYTHING) -> Path:
    """The folder, with the files in it."""
    folder.mkdir()
    book.columns(folder, chosen)
    return folder


def totals(book: Book, chosen: Selection = EVERYTHING, worth: Worth | None = None) -> Figures:
    """Our report on totals by donor."""
    return oracle.reported(records(book.totals(chosen, worth=worth)), ("donor",))


def trial_balance(book: Book) -> dict[tuple[str, ...], list[Fraction]]:
    """Our trial balance: debit, credit, balance."""
    rows = [[str(value) for value in row.values()] for row in records(book.trial_balance())]
    return {tuple(row[:3]): [Fraction(value) for value in row[3:]] for row in rows}


# What DuckDB makes of it


def test_duckdb_finds_the_same_totals_by_donor(book: Book, tmp_path: Path) -> None:
    duck = Duck(exported(book, tmp_path / "out"))
    assert duck.totals() == totals(book)


def test_duckdb_finds_the_same_trial_balance(book: Book, tmp_path: Path) -> None:
    duck = Duck(exported(book, tmp_path / "out"))
    assert duck.trial_balance() == trial_balance(book)


def test_duckdb_finds_the_same_totals_in_euros_to_the_cent(book: Book, tmp_path: Path) -> None:
    worth = Worth("EUR", sources=("ecb", BANK) if book.uid == UID else ("ecb",))
    duck = Duck(exported(book, tmp_path / "out"))
    assert duck.totals_in_euros(BANK) == totals(book, worth=worth)


def test_duckdb_finds_the_same_totals_of_an_earlier_state(many: Path, tmp_path: Path) -> None:
    chosen = selection(known_at=120, instrument="loan")
    with opened(many) as book:
        duck = Duck(exported(book, tmp_path / "out", chosen))
        assert duck.totals() == totals(book, chosen)


def test_two_books_are_read_as_one(many: Path, everything: Path, tmp_path: Path) -> None:
    with opened(many) as one, opened(everything) as other:
        both = Duck(exported(one, tmp_path / "one"), exported(other, tmp_path / "other"))
        ours = [totals(book) for book in (one, other)]
        uids = {one.uid, other.uid}
    added: Figures = {}
    for key, of in [item for found in ours for item in found.items()]:
        for name, value in of.items():
            figure = added.setdefault(key, {})
            figure[name] = figure.get(name, Fraction()) + value
    assert both.totals() == added
    for name in LAYOUTS:
        assert both.books(name) == uids


@pytest.mark.skipif(not OCTOBER.exists(), reason="the tracker's workbooks are not beside the project")
def test_duckdb_finds_the_same_figures_of_the_tracker_s_release_7(tmp_path: Path) -> None:
    with make_book(tmp_path / "kiel.db", Clock()) as book:
        record(book, read(OCTOBER, NAME))
        duck = Duck(exported(book, tmp_path / "out"))
        assert duck.totals() == totals(book)
        assert duck.trial_balance() == trial_balance(book)
        assert duck.totals_in_euros() == totals(book, worth=Worth("EUR"))


@settings(max_examples=8)
@given(lives())
def test_any_book_has_the_same_figures_and_each_posting_once(empty_book: Path, steps: list[Step]) -> None:
    with book_of(empty_book, steps) as book, TemporaryDirectory() as folder:
        duck = Duck(exported(book, Path(folder) / "out"))
        assert duck.totals() == totals(book)
        assert duck.trial_balance() == trial_balance(book)
        assert duck.totals_in_euros() == totals(book, worth=Worth("EUR"))


# What is in the files


def test_each_posting_is_there_once_with_its_minor_units_exactly(path: Path, book: Book, tmp_path: Path) -> None:
    duck = Duck(exported(book, tmp_path / "out"))
    with places.sql(path) as tables:
        held = tables.execute("SELECT entry, line, pledge, stage, commodity, amount FROM posting ORDER BY 1, 2")
    query = "SELECT entry, line, pledge, stage, commodity, minor_units FROM postings ORDER BY 1, 2"
    assert duck.ask(query) == held
    assert duck.ask("SELECT count(*) FROM postings WHERE amount * power(10, digits)::INT <> minor_units") == [(0,)]
    assert duck.ask("SELECT count(*) FROM postings WHERE coalesce(debit, 0) - coalesce(credit, 0) <> amount") == [(0,)]


def test_each_entry_carries_its_line_and_the_hash_of_its_leaf(path: Path, book: Book, tmp_path: Path) -> None:
    with places.sql(path) as tables:
        lines = [line for (line,) in tables.execute("SELECT line FROM entry ORDER BY number")]
    rows = Duck(exported(book, tmp_path / "out")).ask("SELECT line, leaf_hash FROM entries ORDER BY entry")
    assert rows == [(line, hashlib.sha256(b"\0" + line.encode()).hexdigest()) for line in lines]


def test_what_an_entry_says_is_read_from_its_columns_as_from_its_line(book: Book, tmp_path: Path) -> None:
    table = parquet.read_table(exported(book, tmp_path / "out") / "entries.parquet").to_pylist()
    for row in table:
        said = json.loads(row["line"])
        assert json.loads(row["facts"]) == said["facts"]
        cited = [{name: value for name, value in each.items() if value is not None} for each in row["citations"]]
        assert cited == said["citations"]
        for name in ("book", "kind", "pledge", "note", "origin", "reverses", "recorded_by"):
            assert row[name] == said[name]
        assert (row["entry"], row["on"].isoformat()) == (said["number"], said["on"])
        assert row["recorded_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ") == said["recorded_at"]
        assert row["postings"] == len(said["postings"])


def test_each_fact_of_a_pledge_is_in_its_row(book: Book, tmp_path: Path) -> None:
    rows = parquet.read_table(exported(book, tmp_path / "out") / "pledges.parquet").to_pylist()
    assert [row["pledge"] for row in rows] == [row["pledge"] for row in unique(book)]
    for row in rows:
        pledge = book.facts(row["pledge"])
        for name in ("donor", "recipient", "on", "purpose", "instrument", "source", "title", "parent", "package"):
            assert row[name] == getattr(pledge, name)
        for name in ("lender", "obligor", "repayment_source"):
            assert row[name] == getattr(pledge, name)
        stated = [(each.value, each.commodity.code) for each in pledge.stated]
        assert [(each["amount"], each["commodity"]) for each in row["stated"] or []] == stated
        due = [(each.on, each.amount.value, each.amount.commodity.code) for each in pledge.schedule]
        assert [tuple(each.values()) for each in row["schedule"] or []] == due
        holds = [(each.commodity.code, each.firmness, each.firm and each.firm.value) for each in pledge.holds]
        assert [tuple(each.values()) for each in row["holds"] or []] == holds
        most = pledge.max_exposure
        assert row["max_exposure"] == (most and {"amount": most.value, "commodity": most.commodity.code})
        assert (row["terms"] or {}).get("interest") == pledge.terms.interest
        assert row["withdrawn_by"] == pledge.void


def unique(book: Book) -> list[dict[str, str | None]]:
    """The list of pledges with a row for each pledge, in place of one for each of its currencies."""
    rows = {row["pledge"]: row for row in records(book.pledges())}
    return list(rows.values())


def test_the_bank_s_fixings_of_the_book_s_years_are_there_and_each_rate_once(many: Path, tmp_path: Path) -> None:
    with opened(many) as book:
        duck = Duck(exported(book, tmp_path / "out"))
        fixing = "SELECT published, rate FROM rates WHERE source = 'ecb' AND quote = 'GBP' AND since = '2025-02-28'"
        assert [(text, str(rate)) for text, rate in duck.ask(fixing)] == [("0.82608", "0.826080000000000000")]
        first, last = duck.ask("SELECT min(since), max(since) FROM rates WHERE source = 'ecb'")[0]
        assert first == date(2023, 12, 27)
        assert last <= date(2025, 12, 31)
        keys = "SELECT source, base, quote, since, until FROM rates GROUP BY ALL HAVING count(*) > 1"
        assert duck.ask(keys) == []


def test_a_rate_with_more_digits_than_a_decimal_holds_stands_as_text_alone(many: Path, tmp_path: Path) -> None:
    with opened(many) as book:
        duck = Duck(exported(book, tmp_path / "out"))
        text = "0.3329123456789012345678"
        assert duck.ask("SELECT published FROM rates WHERE rate IS NULL") == [(text,)]


def test_a_rate_that_was_imported_again_counts_once_and_in_place_of_the_embedded_one(
    empty_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_for(tmp_path, monkeypatch)
    places.copied(empty_book, tmp_path / "book.db")
    done('pledge add GB "1 GBP" --on 2025-02-28 --purpose military --instrument grant')
    for value in ("0.5", "0.6"):
        (tmp_path / "own.csv").write_text(f"date,base,quote,rate\n2025-02-28,EUR,GBP,{value}\n")
        done("rate import own.csv --as own")
    done("export parquet --out out")
    rates = Duck(tmp_path / "out").ask("SELECT source, published FROM rates WHERE source <> 'ecb'")
    assert rates == [("own", "0.6")]


def test_the_same_book_gives_the_same_bytes(book: Book, tmp_path: Path) -> None:
    first, second = (exported(book, tmp_path / name) for name in ("first", "second"))
    assert [(first / name).read_bytes() for name in FILES] == [(second / name).read_bytes() for name in FILES]


def test_more_rows_than_a_group_has_are_written_in_groups(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.formats.parquet.GROUP", 100)
    with opened(many) as book:
        folder = exported(book, tmp_path / "out")
        found = parquet.ParquetFile(folder / "postings.parquet")
        assert found.num_row_groups == -(-found.metadata.num_rows // 100) > 1
        assert Duck(folder).totals() == totals(book)


def test_a_file_says_of_which_book_it_is_and_up_to_which_entry(many: Path, tmp_path: Path) -> None:
    with opened(many) as book:
        folder = exported(book, tmp_path / "out")
    for name in FILES:
        found = parquet.read_schema(folder / name).metadata
        assert (found[b"aidledger.book"], found[b"aidledger.entries"]) == (UID.encode(), b"242")


def test_an_empty_book_gives_files_without_rows_that_have_all_columns(tmp_path: Path) -> None:
    with make_book(tmp_path / "book.db", Clock()) as book:
        folder = exported(book, tmp_path / "out")
    for name, layout in LAYOUTS.items():
        assert parquet.read_schema(folder / f"{name}.parquet").names == list(layout)
    assert Duck(folder).totals() == {}


# The command


@pytest.fixture
def at_desk(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to type commands in, with the book in it."""
    settings_for(tmp_path, monkeypatch)
    places.copied(many, tmp_path / "book.db")
    return tmp_path


def test_the_command_prints_the_folder_and_says_how_much_is_in_it(at_desk: Path) -> None:
    answer = typed("export parquet --out out --donor GB --instrument loan")
    assert (answer.code, answer.printed) == (0, "out\n")
    assert answer.said.startswith("note: ")
    assert "rows in postings.parquet" in answer.said
    assert sorted(each.name for each in (at_desk / "out").iterdir()) == sorted(FILES)
    assert Duck(at_desk / "out").ask("SELECT DISTINCT donor, instrument FROM postings") == [("GB", "loan")]


def test_an_earlier_export_is_replaced_and_anything_else_is_left_alone(at_desk: Path) -> None:
    before = done("export parquet --out out --donor GB"), (at_desk / "out" / "postings.parquet").read_bytes()
    done("export parquet --out out")
    assert (at_desk / "out" / "postings.parquet").read_bytes() != before[1]
    (at_desk / "out" / "mine.txt").write_text("mine")
    assert "out holds other files than an export as Parquet" in refused(1, "export parquet --out out")
    assert "book.db is no folder" in refused(1, "export parquet --out book.db")


@pytest.mark.usefixtures("at_desk")
def test_a_folder_must_be_named() -> None:
    assert "name it with --out DIR" in refused(2, "export parquet")


@pytest.mark.usefixtures("at_desk")
def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = refused(1, "export parquet --out out")
    assert "pip install 'aidledger[parquet]'" in said


def test_an_export_that_is_refused_on_the_way_leaves_nothing_behind(at_desk: Path) -> None:
    assert "no pledge" in refused(1, "export parquet --out out --pledge UNKNOWN").lower()
    assert not (at_desk / "out").exists()
