"""The book's table of rates: append-only, known by when it was retrieved, and exact to the last digit."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import floor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, text

from ledger.book import Book, Worth, upgrade
from ledger.conversion import Converter
from ledger.errors import InputError, MissingRate, StoreRefusal
from ledger.exchange import Exchange
from ledger.formats import ecb
from ledger.formats.rates.gather import RateFile
from ledger.money import Commodity, Money, currency
from ledger.rate import Policy
from ledger.store import schema
from ledger.store.sqlite import SQLite as Database
from ledger.store.tables import BOOKS, ENTRIES, METADATA
from tests import places, published, world
from tests.published import rates
from tests.tampering import GUARDS, drop_guard
from tests.world import Clock, records

DIGEST = "5e" * 32


def rate_file(source: str, table: str) -> RateFile:
    return RateFile(source, "plain", DIGEST, rates(source, table), (), 0)


def bring(book: Book, source: str, table: str) -> tuple[int, int, int, int]:
    """Import the lines of a table: read, imported, unchanged, rejected."""
    done = book.import_rates(rate_file(source, table))
    return done.read, done.imported, done.unchanged, done.rejected


def into(book: Book, amount: str, target: str, on: str, rates: str = "nbu", policy: str = "spot") -> str:
    worth = Worth(target, policy, tuple(rates.split(",")))
    return str(book.convert(world.money(amount), worth, date.fromisoformat(on)).result)


def listed(book: Book, *currencies: str, **asked: object) -> list[str]:
    rows = records(book.rates(currencies, **asked))  # type: ignore[arg-type] # as they are called
    return [" ".join(str(row[name]) for name in ("source", "base", "quote", "period", "rate")) for row in rows]


# ---- what an import adds


def test_a_second_import_of_a_file_adds_nothing(book):
    table = "2025-03-03 USD UAH 41.25\n2025-03-04 USD UAH 41.75\n- EUR TWD 33.424"
    assert bring(book, "nbu", table) == (3, 3, 0, 0)
    assert bring(book, "nbu", table) == (3, 0, 3, 0)
    assert bring(book, "other", table) == (3, 3, 0, 0)


def test_a_changed_rate_is_kept_beside_the_old_one(book):
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    assert bring(book, "nbu", "2025-03-03 USD UAH 41.30\n2025-03-04 USD UAH 41.75") == (2, 2, 0, 0)
    assert listed(book, sources=["nbu"], since=date(2025, 3, 1)) == [
        "nbu USD UAH 2025-03-03 41.25",
        "nbu USD UAH 2025-03-03 41.30",
        "nbu USD UAH 2025-03-04 41.75",
    ]
    assert into(book, "1 USD", "UAH", "2025-03-03") == "41.30 UAH"


def test_a_rate_that_changes_back_is_a_change_again(book):
    for value in ("41.25", "41.30", "41.25"):
        assert bring(book, "nbu", f"2025-03-03 USD UAH {value}") == (1, 1, 0, 0)
    assert into(book, "1 USD", "UAH", "2025-03-03") == "41.25 UAH"


def test_the_same_figure_with_other_digits_is_no_change(book):
    bring(book, "nbu", "2025-03-03 USD UAH 41.250")
    assert bring(book, "nbu", "2025-03-03 USD UAH 41.25") == (1, 0, 1, 0)
    assert listed(book, "UAH") == ["nbu USD UAH 2025-03-03 41.250"]


def test_rates_are_never_entries(book):
    before = world.last_number(book)
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    assert world.last_number(book) == before
    assert not world.errors(book)


@pytest.mark.parametrize("name", ["", "NBU", "a,b", "x" * 65])
def test_a_source_that_could_not_be_asked_for_is_refused(book, name):
    with pytest.raises(InputError, match="cannot name a rate source"):
        bring(book, name, "2025-03-03 USD UAH 41.25")


def test_an_unknown_source_is_refused_with_those_there_are(book):
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    with pytest.raises(InputError) as caught:
        into(book, "1 USD", "UAH", "2025-03-03", "ecb,hmrc")
    assert caught.value.message == "there is no rate source 'hmrc': choose from ecb, nbu"
    assert caught.value.hint == "aidledger rate import FILE --as hmrc adds one to the book"


# ---- the ECB's history under the book's own rows


def test_the_embedded_history_is_never_copied(book):
    history = RateFile("ecb", "ecb", DIGEST, list(ecb.embedded().rates(["GBP", "USD"], date(2025, 1, 1))), (), 0)
    done = book.import_rates(history)
    assert (done.imported, done.unchanged) == (0, len(history.rates))


def test_a_newer_and_a_changed_fixing_lie_over_the_embedded_ones(book):
    history = ecb.embedded()
    newer, (same,) = (
        (history.last + timedelta(3)).isoformat(),
        history.rates(["GBP"], date(2025, 2, 27), date(2025, 2, 27)),
    )
    table = f"{newer} EUR GBP 0.5\n2025-02-28 EUR GBP 0.8\n2025-02-27 EUR GBP {same.text}"
    assert bring(book, "ecb", table) == (3, 2, 1, 0)
    assert into(book, "1 GBP", "EUR", newer, "ecb") == "2.00 EUR"
    assert into(book, "1 GBP", "EUR", "2025-03-02", "ecb") == "1.25 EUR"
    assert into(book, "0.8 GBP", "USD", "2025-02-28", "ecb") == "1.04 USD"
    assert into(book, "1600000000 GBP", "EUR", "2025-03-03", "ecb") != "2000000000.00 EUR"


def test_a_book_without_rates_of_its_own_uses_the_embedded_history_itself(book):
    with book.rate_sources() as sources:
        assert list(sources) == [ecb.embedded()]
    assert into(book, "1600000000 GBP", "EUR", "2025-03-02", "ecb") == "1936858415.65 EUR"
    assert into(book, "1600000000 GBP", "USD", "2025-03-02", "ecb", "month") == "2065755541.31 USD"


# ---- what was known when


def test_yesterdays_figure_still_comes_out_after_a_rate_was_changed(book, clock):
    pledge = world.announce(book, "US", "1000 USD", on="2025-03-03")
    worth = Worth("UAH", sources=("nbu",))
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    noted = world.commit(book, pledge).entry
    clock.turn_to("2025-03-05")
    bring(book, "nbu", "2025-03-03 USD UAH 41.30")

    def pledged(**filters: object) -> str | None:
        return records(book.totals(world.selection(**filters), (), worth))[0]["pledged"]

    assert pledged() == "41300.00"
    assert pledged(known_at=datetime(2025, 3, 4, tzinfo=UTC)) == "41250.00"
    assert pledged(known_at=noted.number) == "41250.00"
    with pytest.raises(MissingRate, match=r"as known on 2025-03-02: nbu had never published UAH"):
        pledged(known_at=noted.number - 1)


def test_the_ecbs_own_change_is_known_from_its_import_and_its_history_from_each_day(book, clock):
    worth = Worth("EUR")
    world.announce(book, "GB", "100 GBP", on="2025-02-28")
    before = records(book.totals(world.selection(), (), worth))[0]["pledged"]
    clock.turn_to("2025-04-01")
    bring(book, "ecb", "2025-02-28 EUR GBP 0.8")
    assert records(book.totals(world.selection(), (), worth))[0]["pledged"] == "125.00"
    then = world.selection(known_at=datetime(2025, 3, 15, tzinfo=UTC))
    assert records(book.totals(then, (), worth))[0]["pledged"] == before


def test_the_time_of_retrieval_never_goes_back(book, clock):
    clock.turn_to("2025-03-05")
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    clock.turn_to("2025-03-01")
    bring(book, "nbu", "2025-03-03 USD UAH 41.30")
    times = [str(row["retrieved_at"]) for row in records(book.rates(["UAH"]))]
    assert times == sorted(times)
    assert into(book, "1 USD", "UAH", "2025-03-03") == "41.30 UAH"


# ---- listing


def test_a_listing_shows_the_last_rates_of_each_source_and_both_sides_of_a_pair(book):
    bring(book, "nbu", "2025-03-03 USD UAH 41.25\n2025-03-04 USD UAH 41.75\n2025-03-04 PLN UAH 10")
    bring(book, "table", "- EUR UAH 30")
    assert listed(book, "UAH") == [
        "nbu PLN UAH 2025-03-04 10",
        "nbu USD UAH 2025-03-04 41.75",
        "table EUR UAH None 30",
    ]
    assert listed(book, "USD", until=date(2025, 3, 3))[1:] == ["nbu USD UAH 2025-03-03 41.25"]
    assert listed(book, "USD", sources=["nbu"], since=date(2025, 3, 4)) == ["nbu USD UAH 2025-03-04 41.75"]
    with pytest.raises(InputError, match="no source has ever published a rate of KES: looked in ecb, nbu, table"):
        listed(book, "KES")


def test_a_listing_tells_file_and_time(book):
    bring(book, "nbu", "2025-03-04 USD UAH 41.75")
    (row,) = records(book.rates(["UAH"]))
    assert (row["kind"], row["sha256"]) == ("spot", DIGEST)
    assert str(row["retrieved_at"]).startswith("2025-03-02T09:00:")


# ---- the table itself


CHANGED, DELETED = "a rate is never changed", "a rate is never deleted"
NUMBERED = "rates? are numbered 1, 2, 3 without a gap"
if places.ON_SERVER:
    CHANGED = DELETED = "what stands in rate is never changed, deleted or truncated"
AGAIN = (
    "INSERT INTO rate SELECT * FROM rate ON CONFLICT (book, number) DO UPDATE SET value = '1'"
    if places.ON_SERVER
    else "INSERT OR REPLACE INTO rate SELECT * FROM rate"
)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE rate SET value = '1'", CHANGED),
        ("DELETE FROM rate", DELETED),
        (AGAIN, CHANGED if places.ON_SERVER else NUMBERED),
        ("INSERT INTO rate SELECT book, 3, source, base, quote, since, until, kind, '2', '', '' FROM rate", NUMBERED),
        ("INSERT INTO rate SELECT book, 2, source, base, base, since, until, kind, value, '', '' FROM rate", "between"),
        ("INSERT INTO rate SELECT book, 2, source, base, quote, since, NULL, kind, value, '', '' FROM rate", "begins"),
        (
            "INSERT INTO rate SELECT book, 2, source, base, quote, since, until, 'x', value, '', '' FROM rate",
            "of_a_kind",
        ),
        ("INSERT INTO rate SELECT book, 2, source, base, quote, since, until, kind, '', '', '' FROM rate", "something"),
    ],
)
def test_the_database_itself_refuses_changes(book, statement, said):
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    with pytest.raises(StoreRefusal, match=said), book.database.writing() as connection:
        connection.execute(text(statement))
    assert into(book, "1 USD", "UAH", "2025-03-03") == "41.25 UAH"


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.startswith("rate_")])
def test_check_notices_a_guard_that_is_gone(book, guard):
    drop_guard(book, guard)
    assert [problem.where for problem in book.check()] == [guard]


@places.of_files("books in PostgreSQL began with the newest schema")
def test_an_older_book_gets_the_table_and_keeps_what_it_holds(book, tmp_path):
    old = tmp_path / "old.db"
    older = Database(old)
    old.touch()
    with book.database.reading() as from_, older.writing() as to:
        schema.upgrade(to, "0002")
        for table in (BOOKS, ENTRIES):
            to.execute(insert(table), [dict(row) for row in from_.execute(select(table)).mappings()])
    older.close()
    with pytest.raises(StoreRefusal, match="made by an older version"):
        Book.open(str(old))
    assert upgrade(str(old)) == ("0002", schema.HEAD)
    with Book.open(str(old), clock=Clock(), recorded_by="ada") as upgraded:
        assert bring(upgraded, "nbu", "2025-03-03 USD UAH 41.25") == (1, 1, 0, 0)
        assert not world.errors(upgraded)


@places.of_files("the guards of PostgreSQL have columns of their own")
def test_the_schema_is_what_the_models_say(book):
    with book.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.fixture
def statements(book) -> Iterator[list[str]]:
    """Every statement the book's database is asked."""
    said: list[str] = []
    engine = book.database._engine

    def note(_connection, _cursor, statement, *_) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_rates_are_read_by_pair_and_each_pair_once(book, statements):
    days = [date(2025, 1, 1) + timedelta(ahead) for ahead in range(300)]
    bring(book, "nbu", "\n".join(f"{day} {code} UAH 41" for day in days for code in ("USD", "EUR", "GBP", "PLN")))
    statements.clear()
    with book.database.reading() as connection:
        convert = Converter(Exchange(connection, book.key).sources(["nbu"]), Policy("spot"), currency("EUR"))
        for day in days:
            convert.exact(Money.of(1, currency("USD")), day)
    assert len(statements) <= 6


@places.of_files("plans of SQLite")
def test_every_question_to_the_table_has_its_index(book):
    bring(book, "nbu", "2025-03-03 USD UAH 41.25")
    asked = (
        "SELECT value FROM rate WHERE book = 1 AND source = 'nbu' AND base = 'USD' AND quote = 'UAH' ORDER BY number"
    )
    days = "SELECT DISTINCT since FROM rate WHERE book = 1 AND source = 'nbu' AND retrieved_at <= 'x' AND since = until"
    with book.database.reading() as connection:
        plans = [str(connection.execute(text(f"EXPLAIN QUERY PLAN {each}")).all()) for each in (asked, days)]
    assert "ix_rate_book_source_base_quote_since (book=? AND source=? AND base=? AND quote=?" in plans[0]
    assert "COVERING INDEX ix_rate_book_source_since_until_retrieved_at (book=? AND source=?" in plans[1]


# ---- every rule at once, against an independent computation

BATCHES: Sequence[tuple[str, str, str]] = (
    (
        "2024-01-10",
        "bank",
        """2024-01-02 EUR USD 1.0956
        2024-01-02 EUR GBP 0.86645
        2024-01-02 EUR HRK 7.5
        2024-01-03 EUR USD 1.0919
        2024-01-05 EUR USD 1.0921
        2024-01-05 EUR GBP 0.86165
        2024-01-08 EUR GBP 0.8608
        2024-01-09 EUR RUB 98.5
        2022-12-30 EUR HRK 7.5365""",
    ),
    (
        "2024-02-20",
        "bank",
        """2024-01-05 EUR USD 1.0931
        2024-02-01 EUR USD 1.0814
        2024-02-01 EUR GBP 0.8552
        2024-02-15 EUR USD 1.0743
        2024-02-15 EUR JPY 161.38
        2024-02-16 EUR JPY 161.7
        2024-02-16 EUR GBP 0.8551""",
    ),
    (
        "2024-02-20",
        "kyiv",
        """2024-01-03 USD UAH 38.0018
        2024-01-03 EUR UAH 41.6158
        2024-01-08 USD UAH 38.1
        2024-01-20 PLN UAH 9.5
        2024-02-14 USD UAH 37.85
        2024-02-15 PLN UAH 9.3811
        2024-02-15 USD UAH 37.92
        2024-03-01 PLN UAH 9.6""",
    ),
    (
        "2024-03-15",
        "months",
        """2024-01 GBP USD 1.2685
        2024-02 GBP USD 1.2709
        2024-01 GBP TWD 39.72
        2024-03 GBP TWD 39.9
        2024-Q1 GBP EUR 1.1678
        2024-02 GBP EUR 1.1704
        2023-Q4 GBP EUR 1.153
        2023-12 GBP KES 190.1""",
    ),
    (
        "2024-05-01",
        "months",
        """2024-01 GBP USD 1.2690
        2024-04 GBP USD 1.2642
        2024-04 GBP EUR 1.1667
        2023-Q4 GBP USD 1.24""",
    ),
    (
        "2024-05-01",
        "years",
        """2023 USD TWD 31.16
        2023 USD EUR 0.9248
        2024 USD EUR 0.924
        2024 USD JPY 151.4
        2023 USD KES 140""",
    ),
    ("2024-06-01", "sheet", "- EUR TWD 33.424\n- EUR KES 130\n- USD MDL 17.7"),
    ("2024-07-01", "sheet", "- EUR KES 139"),
)
NAMES = ("bank", "kyiv", "months", "years", "sheet")
CODES = ("EUR", "USD", "GBP", "HRK", "RUB", "JPY", "UAH", "PLN", "TWD", "KES", "MDL", "XOF")
MOMENTS = (None, "2024-01-15", "2024-03-01", "2024-05-02", "2024-06-15")


@cache
def lines_known(source: str, moment: str | None) -> dict[tuple[str, str, str], Fraction]:
    """The values of a source by base, quote and period, as they stood at the end of a day."""
    found = {}
    for retrieved, name, table in BATCHES:
        if name == source and (moment is None or retrieved <= moment):
            for line in table.splitlines():
                when, base, quote, value = line.split()
                found[base, quote, when] = Fraction(value)
    return found


def span(when: str) -> tuple[str, str]:
    """The first and the last day that a period may have, as text that sorts."""
    if "Q" in when:
        first = 3 * int(when[-1]) - 2
        return f"{when[:4]}-{first:02}-01", f"{when[:4]}-{first + 2:02}-31"
    return f"{when}-01-01"[:10] if len(when) < 10 else when, {4: f"{when}-12-31", 7: f"{when}-31"}.get(len(when), when)


def inside(when: str, period: str) -> bool:
    return span(period)[0] <= span(when)[0] and span(when)[1] <= span(period)[1]


def longer(quotes: dict[str, Fraction], period: str) -> Fraction | None:
    for size in (7, 6, 4):  # a month, a quarter (told by its letter), a year
        for when, value in quotes.items():
            is_size = {7: len(when) == 7 and "Q" not in when, 6: "Q" in when, 4: len(when) == 4}[size]
            if is_size and inside(period, when):
                return value
    return quotes.get("-")


def average(values: list[Fraction]) -> Fraction:
    return Fraction(sum(values), len(values))


def over(quotes: dict[str, Fraction], period: str) -> Fraction | None:
    """The value of one pair over a month or longer."""
    fixings = [value for when, value in quotes.items() if len(when) == 10 and inside(when, period)]
    if fixings:
        return average(fixings)
    if period in quotes:
        return quotes[period]
    part_of = {4: ("-", "Q"), 7: ("-",) if "Q" in period else ()}[len(period)]
    for letter in part_of:
        named = [when for when in quotes if len(when) == 7 and ("Q" in when) == (letter == "Q")]
        if parts := [quotes[when] for when in named if inside(when, period)]:
            return average(parts)
    return longer(quotes, period)


def on_day(series: list[dict[str, Fraction]], day: str) -> list[Fraction | None]:
    """The values of one or two pairs for a day."""
    days = [(date.fromisoformat(day) - timedelta(back)).isoformat() for back in range(8)]
    for each in days:
        if all(each in quotes for quotes in series):
            return [quotes[each] for quotes in series]
    own = [next((quotes[each] for each in days if each in quotes), None) for quotes in series]
    if None not in own:
        own = [None for _ in series]
    return [value if value is not None else longer(quotes, day) for value, quotes in zip(own, series, strict=True)]


def by_source(known: dict[tuple[str, str, str], Fraction], base: str, quote: str, period: str) -> Fraction | None:
    """The rate by one source: walk from base to quote over what it published."""
    edges: dict[frozenset[str], tuple[str, dict[str, Fraction]]] = {}
    for (left, right, when), published_value in known.items():
        edges.setdefault(frozenset({left, right}), (left, {}))[1][when] = published_value
    middles = [None, "EUR", "USD", *sorted(set(CODES) - {"EUR", "USD"})]
    for middle in middles:
        stops = [base, quote] if middle is None else [base, middle, quote]
        steps = [frozenset(step) for step in pairwise(stops)]
        if middle in {base, quote} or not all(step in edges for step in steps):
            continue
        series = [edges[step][1] for step in steps]
        values = on_day(series, period) if len(period) == 10 else [over(quotes, period) for quotes in series]
        if None in values:
            continue
        rate = Fraction(1)
        for stop, step, value in zip(stops, steps, values, strict=False):
            assert value is not None
            rate = rate * value if edges[step][0] == stop else rate / value
        return rate
    return None


def expected(names: Sequence[str], pair: tuple[str, str], policy: str, on: str, moment: str | None) -> Fraction | None:
    """The rate by the rules of accounting.md, by hand."""
    if pair[0] == pair[1]:
        return Fraction(1)
    period = policy.partition(":")[2] or on[: {"spot": 10, "month": 7, "year": 4}[policy]]
    if "HRK" in pair and (on if ":" not in policy else span(period)[0]) >= "2023-01-01":
        base, quote = ("EUR" if code == "HRK" else code for code in pair)
        other = expected(names, (base, quote), policy, on, moment)
        fixed = Fraction("7.5345")
        return other and (other / fixed if pair[0] == "HRK" else other * fixed)

    def first(base: str, quote: str) -> tuple[str, Fraction] | None:
        for name in names:
            if rate := by_source(lines_known(name, moment), base, quote, period):
                return name, rate
        return None

    if found := first(*pair):
        return found[1]
    halves = (first(pair[0], "EUR"), first("EUR", pair[1])) if "EUR" not in pair else (None, None)
    if halves[0] and halves[1] and halves[0][0] != halves[1][0]:
        return halves[0][1] * halves[1][1]
    return None


@pytest.fixture(scope="module")
def traded(empty_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book into which every batch was imported on its day."""
    place = places.copied(empty_book, tmp_path_factory.mktemp("rates") / "book.db")
    clock = Clock()
    with Book.open(place, clock=clock, recorded_by="ada") as book:
        for day, name, table in BATCHES:
            clock.turn_to(day)
            bring(book, name, table)
        yield book


POLICIES = st.sampled_from(["spot", "spot", "month", "month", "year"]) | st.sampled_from(
    [
        "fixed:2024-01-06",
        "fixed:2023-01-01",
        "fixed:2022-12-31",
        "fixed:2024-02",
        "fixed:2024-Q1",
        "fixed:2023-Q4",
        "fixed:2024",
        "fixed:2022",
    ]
)
TWENTY = st.lists(
    st.tuples(st.sampled_from(CODES), st.dates(date(2023, 10, 1), date(2024, 6, 1)), st.integers(-(10**12), 10**12)),
    min_size=20,
    max_size=20,
)


@settings(max_examples=500)
@given(
    names=st.permutations(NAMES).flatmap(lambda all_: st.integers(1, 5).map(lambda count: all_[:count])),
    target=st.sampled_from(CODES),
    policy=POLICIES,
    moment=st.sampled_from(MOMENTS),
    amounts=TWENTY,
)
def test_ten_thousand_conversions_and_their_totals_equal_independent_ones(
    traded, names, target, policy, moment, amounts
):
    known_at = datetime.fromisoformat(f"{moment}T23:59:59+00:00") if moment else None
    total = wanted_total = Fraction(0)
    with traded.rate_sources(names, known_at) as sources:
        known_on = known_at.date() if known_at else None
        convert = Converter(sources, Policy.parse(policy), Commodity(target, 2), known_on)
        for code, on, units in amounts:
            wanted = expected(names, (code, target), policy, on.isoformat(), moment)
            amount = Money(units, Commodity(code, 2))
            if wanted is None:
                with pytest.raises(MissingRate) as caught:
                    convert.exact(amount, on)
                assert all(word in caught.value.message for word in (code, target, str(on), policy))
                continue
            found = convert.convert(amount, on)
            assert found.used.rate == wanted, found.used
            assert found.result.units == half_up(units * wanted)
            total, wanted_total = total + found.exact, wanted_total + Fraction(units, 100) * wanted
    assert Money.rounded(total, Commodity(target, 2)).units == half_up(wanted_total * 100)


def half_up(value: Fraction) -> int:
    whole = floor(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def test_a_reports_total_equals_the_sum_of_independent_values_rounded_once(traded):
    days = ("2024-01-03", "2024-01-08", "2024-02-15", "2024-02-16")
    wanted = Fraction(0)
    for place, on in enumerate(days):
        for code in ("GBP", "USD", "HRK", "TWD"):
            world.announce(traded, "GB", f"{1000 + place}.37 {code}", on=on)
            rate = expected(NAMES, (code, "EUR"), "month", on, None)
            assert rate is not None, (code, on)
            wanted += Fraction(f"{1000 + place}.37") * rate
    table = traded.totals(by=("pledge",), worth=Worth("EUR", "month", NAMES))
    printed = [row[table.header.index("pledged")] for row in table.totals]
    assert [str(cell) for cell in printed] == [f"{Decimal(half_up(wanted * 100)) / 100:.2f} EUR"]


def test_the_made_up_sources_in_memory_and_in_the_book_agree(traded):
    tables = [table for _, name, table in BATCHES if name == "kyiv"]
    in_memory = [published.source("kyiv", table) for table in tables]
    for on in (date(2024, 1, 3), date(2024, 1, 9), date(2024, 2, 16)):
        convert = Converter(in_memory, Policy("spot"), currency("UAH"))
        with traded.rate_sources(["kyiv"]) as sources:
            other = Converter(sources, Policy("spot"), currency("UAH"))
            assert convert.used("USD", on) == other.used("USD", on)
