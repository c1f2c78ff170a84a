"""Items by other programs: the report's units and prices beside plain SQL and the CSV register; and its command."""

import csv
import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.book import Book, Worth
from ledger.money import Money, currency
from ledger.pledge import Firmness, Promise
from ledger.recognition.steps import Evidence, Move, RegisterItem, Step
from tests import oracle, places
from tests.chance import book_of
from tests.commandline import done, refused, rows, typed
from tests.everything import filled, opened
from tests.world import MISSILE, announcement, money, movement, records

TRUCK = "truck"
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
UNITS = ("promised", "delivered", "cancelled", "open")

BOOK = (
    'item add air-defence-missile "Air-defence missile"',
    """pledge add GB "up to 1.6bn GBP" --id GB-2025-0001 --on 2025-03-02 --purpose military --instrument export_credit
        --firm "1.16bn GBP" --item "5000+ air-defence-missile" """,
)


# The same figures by other programs

SQL = """
    SELECT pledge, commodity,
        sum(CASE WHEN stage NOT IN ('undertaking', 'excess', 'cancelled', 'paid', 'exchange') THEN amount ELSE 0 END),
        sum(CASE WHEN stage IN ('disbursed', 'called', 'repaid', 'forgiven') THEN amount ELSE 0 END),
        sum(CASE WHEN stage = 'cancelled' THEN amount ELSE 0 END),
        sum(CASE WHEN stage IN ('pledged', 'committed', 'allocated') THEN amount ELSE 0 END)
    FROM posting WHERE commodity IN (SELECT code FROM item)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def by_sql(path: Path) -> list[tuple[object, ...]]:
    with places.sql(path) as tables:
        found = tables.execute(SQL)
    return [row for row in found if any(row[2:])]


def as_sql(book: Book) -> list[tuple[object, ...]]:
    found = records(book.units())
    return [(row["pledge"], row["item"], *(int(str(row[name])) for name in UNITS)) for row in found]


def test_the_units_are_those_that_plain_sql_finds(empty_book, tmp_path):
    with opened(filled(empty_book, tmp_path)) as book:
        assert as_sql(book) == by_sql(places.path_of(book)) != []


def test_the_units_of_kiels_tracker_are_those_that_plain_sql_finds(tmp_path, monkeypatch):
    file = DATA / "kiel" / "Ukraine_Support_Tracker_R7_saved-2022-10-18.xlsx"
    if not file.exists():
        pytest.skip(f"no {file.name} beside the project: the tracker's own items are not compared")
    monkeypatch.setenv("AIDLEDGER_BOOK", places.at(tmp_path / "kiel.db"))
    monkeypatch.setenv("AIDLEDGER_USER", "ada")
    assert typed("init").code == 0
    assert typed(f"import kiel {file} --as kiel-r7").code in {0, 1}
    with Book.open(places.at(tmp_path / "kiel.db"), recorded_by="ada") as book:
        found = as_sql(book)
        assert found == by_sql(tmp_path / "kiel.db")
        assert len(found) > 300
        table = records(book.units())
    register = done("export csv")
    howitzers = next(row for row in table if row["pledge"] == "kiel-r7:AUM6")
    paid = oracle_price(register, "kiel-r7:AUM6", "m777-howitzer")
    assert (howitzers["price_promised"], howitzers["price_delivered"]) == (paid, paid)


def oracle_price(register: str, pledge: str, item: str) -> str:
    """Disbursed money / delivered units of one pledge, from the text of the register."""
    sums: dict[str, Fraction] = {}
    for row in csv.DictReader(io.StringIO(register, newline="")):
        if row["pledge"] == pledge and row["stage"] == "disbursed":
            sums[row["commodity"]] = sums.get(row["commodity"], Fraction()) + Fraction(row["amount"])
    units = sums.pop(item)
    ((code, value),) = sums.items()
    return Money.rounded(value / units, currency(code)).plain()


amounts = st.integers(1, 10**9)


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    """Pledges of none to two items, in none to two currencies, moved in parts."""
    steps: list[Step] = [RegisterItem(code=code, name=code, evidence=Evidence()) for code in (MISSILE, TRUCK)]
    names = [f"P{number}" for number in range(draw(st.integers(1, 4)))]
    for name in names:
        of = [*draw(st.sampled_from([[], [MISSILE], [TRUCK], [MISSILE, TRUCK]]))]
        of += draw(st.sampled_from([[], ["GBP"], ["EUR"], ["GBP", "EUR"]]))
        said = [Promise(money(f"{draw(amounts)} {code}"), draw(st.sampled_from(Firmness))) for code in of]
        on = draw(st.sampled_from(["2025-01-10", "2025-02-10"]))
        steps.append(announcement(draw(st.sampled_from(["GB", "DE"])), *said, id=name, on=on))
    steps += draw(st.lists(moves(names), max_size=8))
    return steps


@st.composite
def moves(draw: st.DrawFn, names: Sequence[str]) -> Move:
    part = f"{draw(amounts)} {draw(st.sampled_from([MISSILE, TRUCK, 'GBP', 'EUR']))}"
    parts = [part] if draw(st.booleans()) else []
    on = draw(st.sampled_from(["2025-02-15", "2025-03-15"]))
    return movement(
        draw(st.sampled_from(["commit", "disburse", "cancel"])), draw(st.sampled_from(names)), *parts, on=on
    )


Key = tuple[str | None, ...]


def expected(book: Book, by: Sequence[str]) -> dict[Key, dict[str, Fraction]]:
    """Units, money and prices by dimensions, item and currency, from the register alone."""
    register = oracle.register(book)
    held: dict[str, dict[str, dict[str, Fraction]]] = {}
    for row in register:
        sums = held.setdefault(row["pledge"], {}).setdefault(row["commodity"], {})
        for name, value in oracle.measured(row).items():
            sums[name] = sums.get(name, Fraction()) + value
    found: dict[Key, dict[str, Fraction]] = {}
    for pledge, of_pledge in held.items():
        kept = {code: of for code, of in of_pledge.items() if any(of.values())}
        promised = [code for code in kept if len(code) > 3]
        paid = [code for code in kept if len(code) == 3 and kept[code].get("pledged")]
        implies = len(promised) == len(paid) == 1
        first = next(row for row in register if row["pledge"] == pledge)
        for item in promised:
            dims = tuple({"pledge": pledge}.get(name, first.get(name)) for name in by)
            line = found.setdefault((*dims, item, paid[0] if implies else None), {})
            parts = {f"unit {name}": value for name, value in kept[item].items()}
            parts |= {f"money {name}": value for name, value in kept[paid[0]].items()} if implies else {}
            for name, value in parts.items():
                line[name] = line.get(name, Fraction()) + value
    return found


def price(line: dict[str, Fraction], measure: str, code: str | None) -> str | None:
    units, value = line.get(f"unit {measure}", Fraction()), line.get(f"money {measure}", Fraction())
    return Money.rounded(value / units, currency(code)).plain() if code and units > 0 and value > 0 else None


@settings(max_examples=20)
@given(steps=lives(), by=st.sampled_from([(), ("donor",), ("pledge",), ("donor", "pledge")]))
def test_of_any_book_units_and_prices_are_what_the_register_makes_them(empty_book, steps, by):
    with book_of(empty_book, steps) as book:
        found = {tuple(row[name] for name in (*by, "item", "currency")): row for row in records(book.units(by=by))}
        wanted = expected(book, by)
        assert found.keys() == wanted.keys()
        for key, row in found.items():
            line = wanted[key]
            measures = ("pledged", "disbursed", "cancelled", "outstanding")
            assert [Fraction(str(row[name])) for name in UNITS] == [line.get(f"unit {name}", 0) for name in measures]
            assert row["price_promised"] == price(line, "pledged", row["currency"])
            assert row["price_delivered"] == price(line, "disbursed", row["currency"])


@settings(max_examples=15)
@given(
    steps=lives(),
    cut=st.lists(st.sampled_from(["donor", "pledge", "month", "year", "purpose"]), unique=True, max_size=3),
    worth=st.sampled_from([None, Worth("USD"), Worth("USD", by_event=True)]),
)
def test_of_any_book_every_way_of_cutting_gives_the_same_units(empty_book, steps, cut, worth):
    with book_of(empty_book, steps) as book:
        assert whole(book, tuple(cut), worth) == whole(book, (), None)


def whole(book: Book, by: Sequence[str], worth: Worth | None) -> dict[str, list[int]]:
    sums: dict[str, list[int]] = {}
    for row in records(book.units(by=by, worth=worth)):
        held = sums.setdefault(str(row["item"]), [0, 0, 0, 0])
        sums[str(row["item"])] = [sum_ + int(str(row[name])) for sum_, name in zip(held, UNITS, strict=True)]
    return sums


# As a command


@pytest.mark.usefixtures("desk")
def test_the_command_prints_the_report_in_every_form():
    (row,) = rows("report items")
    assert (row["promised"], row["price_promised"], row["price_delivered"]) == ("5000", "320000.00", None)
    assert (
        done("report items --format csv").splitlines()[1].startswith("GB-2025-0001,air-defence-missile,5000,0,0,5000")
    )
    assert "320,000.00" in done("report items")
    (row,) = rows("report items --in USD --by donor")
    assert (row["donor"], row["price_promised"]) == ("GB", "403292.66")


@pytest.mark.usefixtures("desk")
def test_the_command_explains_its_rates_and_takes_items_as_a_filter():
    (row,) = rows("report items --in USD --explain --currency air-defence-missile")
    assert (row["currency"], row["into"], row["rate_date"], row["pledged"]) == (
        *("GBP", "USD", "2025-02-28"),
        "1600000000.00",
    )


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("report items --by colour", "'colour' is no dimension"),
        ("report items --explain", "add --in CUR"),
        ("report items --currency tank", "tank"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(command, words):
    code = 1 if "tank" in command else 2
    assert words in refused(code, command)
