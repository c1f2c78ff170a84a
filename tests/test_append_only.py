"""The journal in the database: what stands is never changed, whoever holds the database.

Every attempt is made as an outsider would make it: through the driver alone, with SQLite's own
defaults, where foreign keys are not watched and a replaced row fires no trigger of deletion, or as PostgreSQL's owner.
"""

# ruff: noqa: S608 - the statements are put together from the words of this file

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from ledger.book import Book
from ledger.errors import AmountError
from ledger.money import MOST_UNITS, Money
from tests import places
from tests.everything import fill
from tests.world import (
    GBP,
    JPY,
    announce,
    commit,
    disburse,
    errors,
    last_number,
    measures,
    records,
    refuses,
    reverse,
)

CHANGED = "an entry is never changed"
DELETED = "an entry is never deleted"
NUMBERED = "entries are numbered 1, 2, 3 without a gap"
ONCE = "an origin is recorded once, and an entry is reversed once"
BALANCED = "each commodity of an entry sums to zero within each pledge"
MOVED = "a posting is never changed"
REMOVED = "a posting is never deleted"
STANDS = "nothing is added to an entry that stands"
NAMED = "a book keeps its uid and its name"
REPLACED = "a book is never replaced"
GONE = "a book is never deleted"

KEPT = "what stands in {} is never changed, deleted or truncated"
ON_SERVER = {
    **dict.fromkeys((CHANGED, DELETED), KEPT.format("entry")),
    **dict.fromkeys((MOVED, REMOVED), KEPT.format("posting")),
    **dict.fromkeys((NAMED, REPLACED, GONE), KEPT.format("book")),
    NUMBERED: f"{NUMBERED}|duplicate key .*pk_entry|new row .*numbered_from_one|null value in column .number",
    ONCE: "duplicate key .*uq_entry_book_(origin|reverses)",
    STANDS: f"{STANDS}|duplicate key .*pk_posting",
}
"""What PostgreSQL says instead."""

ENTRY = "book, number, on_date, recorded_at, recorded_by, kind, origin, reverses, postings, line"
COPY = "book, {number}, on_date, recorded_at, recorded_by, kind, {origin}, {reverses}, {postings}, line"
POSTING = "book, entry, line, on_date, pledge, stage, commodity, amount"


def copied(number: str, *, origin: str = "NULL", reverses: str = "NULL", postings: int = 0) -> str:
    """Columns of a new entry that is otherwise like entry 2."""
    chosen = COPY.format(number=number, origin=origin, reverses=reverses, postings=postings)
    return f"entry ({ENTRY}) SELECT {chosen} FROM entry WHERE number = 2"


def posted(entry: str, line: int, amount: str = "1") -> str:
    """Columns of a new posting that is otherwise like the first of entry 2."""
    chosen = f"book, {entry}, {line}, on_date, pledge, stage, commodity, {amount}"
    return f"posting ({POSTING}) SELECT {chosen} FROM posting WHERE entry = 2 AND line = 1"


MIRRORED = f"""posting ({POSTING})
SELECT book, entry, line + 2, on_date, pledge, stage, commodity, -amount FROM posting WHERE entry = 2"""
"""A balanced pair for an entry that stands."""

LIKENED = MIRRORED.replace("amount)", "amount, transaction)").replace("-amount", "-amount, transaction")
"""The same, said to be of the entry's own transaction."""

ATTEMPTS = [
    (CHANGED, "UPDATE entry SET note = 'something else' WHERE number = 2"),
    (CHANGED, "UPDATE entry SET line = replace(line, '100.00', '900.00')"),
    (DELETED, "DELETE FROM entry WHERE number = 4"),
    (DELETED, "DELETE FROM entry"),
    (NUMBERED, f"INSERT INTO {copied('2', postings=2)}"),
    (NUMBERED, f"INSERT INTO {copied('6')}"),
    (NUMBERED, f"INSERT INTO {copied('0')}"),
    (NUMBERED, f"INSERT INTO {copied('-1')}"),
    (NUMBERED, f"INSERT INTO {copied('NULL')}"),
    (ONCE, "INSERT INTO " + copied("5", origin="'paper:1'")),
    (BALANCED, f"INSERT INTO {copied('5', postings=1)}"),
    (MOVED, "UPDATE posting SET amount = 2 * amount WHERE entry = 2"),
    (MOVED, "UPDATE posting SET stage = 'disbursed' WHERE stage = 'pledged'"),
    (REMOVED, "DELETE FROM posting WHERE entry = 2"),
    (REMOVED, "DELETE FROM posting"),
    (STANDS, f"INSERT INTO {posted('2', 3)}"),
    (STANDS, f"INSERT INTO {posted('1', 1)}"),
    (STANDS, f"INSERT INTO {MIRRORED}"),
    (NAMED, "UPDATE book SET uid = 'another'"),
    (NAMED, "UPDATE book SET name = 'another'"),
    (GONE, "DELETE FROM book"),
]
OF_SQLITE = [
    (CHANGED, "UPDATE OR REPLACE entry SET number = 2 WHERE number = 3"),
    (CHANGED, "UPDATE OR REPLACE entry SET origin = 'paper:1' WHERE number = 3"),
    (CHANGED, "UPDATE OR IGNORE entry SET on_date = '2020-01-01'"),
    (NUMBERED, f"INSERT OR REPLACE INTO {copied('2', postings=2)}"),
    (NUMBERED, f"REPLACE INTO {copied('1')}"),
    (NUMBERED, f"INSERT OR IGNORE INTO {copied('2', postings=2)}"),
    (ONCE, "INSERT OR REPLACE INTO " + copied("5", origin="'paper:1'")),
    (ONCE, "REPLACE INTO " + copied("5", reverses="3")),
    (MOVED, "UPDATE OR REPLACE posting SET line = 1 WHERE entry = 2 AND line = 2"),
    (STANDS, f"INSERT OR REPLACE INTO {posted('2', 1)}"),
    (STANDS, f"REPLACE INTO {posted('2', 2)}"),
    (STANDS, f"INSERT OR IGNORE INTO {posted('2', 1)}"),
    (NAMED, "UPDATE OR REPLACE book SET id = id + 1"),
    (REPLACED, "REPLACE INTO book SELECT id, 'another', name, recipient, require_citation, NULL FROM book"),
    (REPLACED, "REPLACE INTO book SELECT id + 1, uid, 'b', recipient, require_citation, NULL FROM book"),
    (REPLACED, "INSERT OR REPLACE INTO book SELECT id + 1, 'b', name, recipient, require_citation, NULL FROM book"),
    (NUMBERED, f"INSERT INTO {copied('2', postings=2)} ON CONFLICT (book, number) DO UPDATE SET note = 'else'"),
]
OF_SERVER = [
    (CHANGED, f"INSERT INTO {copied('2', postings=2)} ON CONFLICT (book, number) DO UPDATE SET note = 'else'"),
    (CHANGED, "UPDATE entry SET transaction = pg_current_xact_id()"),
    (DELETED, "TRUNCATE entry CASCADE"),
    (DELETED, "MERGE INTO entry USING book ON book.id = entry.book WHEN MATCHED THEN DELETE"),
    (NUMBERED, f"INSERT INTO {copied('6')} ON CONFLICT DO NOTHING"),
    (ONCE, "INSERT INTO " + copied("5", reverses="3")),
    (MOVED, "UPDATE posting SET transaction = pg_current_xact_id() WHERE entry = 2"),
    (REMOVED, "TRUNCATE posting"),
    (STANDS, f"INSERT INTO {posted('2', 3)} ON CONFLICT DO NOTHING"),
    (STANDS, f"INSERT INTO {LIKENED}"),
    (NAMED, "INSERT INTO book SELECT * FROM book ON CONFLICT (id) DO UPDATE SET name = 'b'"),
    (GONE, "TRUNCATE book CASCADE"),
]
ATTEMPTS += OF_SERVER if places.ON_SERVER else OF_SQLITE


@pytest.fixture
def standing(book: Book) -> Book:
    """A book of four entries: opened, a pledge with an origin, a commitment, and that reversed."""
    pledge = announce(book, "GB", "100 GBP", origin="paper:1")
    commit(book, pledge, "60 GBP")
    reverse(book, 3)
    return book


@pytest.fixture
def outsider(standing: Book) -> Iterator[places.Tables]:
    """A connection that never heard of aidledger."""
    with places.begun(places.path_of(standing)) as tables:
        yield tables


def pragma(tables: places.Tables, name: str) -> object:
    return tables.execute(f"PRAGMA {name}")[0][0]


@places.of_files("only SQLite has pragmas")
def test_an_outsider_watches_no_foreign_keys_and_fires_no_trigger_when_replacing(outsider):
    assert pragma(outsider, "foreign_keys") == 0
    assert pragma(outsider, "recursive_triggers") == 0


@pytest.mark.parametrize(("message", "statement"), ATTEMPTS, ids=[statement[:60] for _, statement in ATTEMPTS])
def test_the_database_refuses_to_change_what_stands(standing, outsider, message, statement):
    before = places.content(places.path_of(standing))
    with pytest.raises(places.REFUSED) as refused:
        outsider.settled(statement)
    outsider.commit()
    assert re.fullmatch(said(message), str(refused.value).partition("\n")[0])
    assert places.content(places.path_of(standing)) == before
    assert errors(standing) == []


def said(message: str) -> str:
    """What the database says, as a pattern."""
    return f"({ON_SERVER.get(message, message)}).*" if places.ON_SERVER else message


def write(tables: places.Tables, *postings: tuple[str, str, int], count: int | None = None) -> None:
    """Entry 5 with postings of (pledge, commodity, amount), by an outsider, who would then commit."""
    [(book, on)] = tables.execute("SELECT book, on_date FROM entry WHERE number = 2")
    for line, (pledge, code, units) in enumerate(postings, 1):
        row = (book, 5, line, on, pledge, "pledged", code, units)
        tables.execute(f"INSERT INTO posting ({POSTING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    tables.settled("INSERT INTO " + copied("5", postings=len(postings) if count is None else count))


@pytest.mark.parametrize(
    "postings",
    [
        [("A", "GBP", 1)],
        [("A", "GBP", 1), ("A", "GBP", -2)],
        [("A", "GBP", 1), ("B", "GBP", -1)],
        [("A", "GBP", 1), ("A", "EUR", -1)],
        [("A", "GBP", 1), ("A", "GBP", -1), ("A", "EUR", 1), ("B", "EUR", -1)],
    ],
    ids=["one side only", "sides differ", "another pledge's", "another currency's", "one of two commodities"],
)
def test_an_entry_that_does_not_balance_in_each_commodity_of_each_pledge_is_refused(standing, outsider, postings):
    with pytest.raises(places.REFUSED, match=BALANCED):
        write(outsider, *postings)
    outsider.rollback()
    assert last_number(standing) == 4


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_entry_that_miscounts_its_postings_is_refused(standing, outsider, count):
    with pytest.raises(places.REFUSED, match=BALANCED):
        write(outsider, ("A", "GBP", 1), ("A", "GBP", -1), count=count)
    outsider.rollback()
    assert last_number(standing) == 4


def test_a_posting_of_another_day_than_its_entry_is_refused(outsider):
    for line, amount in enumerate((1, -1), 1):
        chosen = f"id, 5, {line}, '2020-01-01', 'A', 'pledged', 'GBP', {amount}"
        outsider.execute(f"INSERT INTO posting ({POSTING}) SELECT {chosen} FROM book")
    with pytest.raises(places.REFUSED, match=BALANCED):
        outsider.settled("INSERT INTO " + copied("5", postings=2))


def test_a_balanced_entry_is_all_that_the_database_takes(outsider):
    write(outsider, ("A", "GBP", 1), ("A", "GBP", -1))
    assert outsider.execute("SELECT max(number) FROM entry") == [(5,)]


@pytest.mark.parametrize(
    ("amount", "message"),
    [("0", "says_something"), ("'1.5'", "REAL|bigint"), ("'ten'", "TEXT|bigint"), ("NULL", "NOT NULL|not-null")],
)
def test_an_amount_is_a_whole_number_other_than_zero(outsider, amount, message):
    with pytest.raises(places.REFUSED, match=message):
        outsider.execute(f"INSERT INTO {posted('5', 1, amount)}")


@given(
    amounts=st.lists(st.integers(MOST_UNITS - 3, MOST_UNITS), min_size=1, max_size=6),
    off_by=st.sampled_from([0, 0, 1, -1, 2, 10**9, -(10**9)]),
    chance=st.randoms(use_true_random=False),
)
def test_sums_near_the_limit_of_64_bits_balance_exactly_or_not_at_all(empty_book, amounts, off_by, chance):
    """A plain sum overflows here, and one in floating point takes any small difference for nothing."""
    units = [*amounts, *(-amount for amount in amounts)]
    units[-1] += off_by if abs(units[-1] + off_by) <= MOST_UNITS else 0
    chance.shuffle(units)
    with places.begun(empty_book) as tables:
        [(book,)] = tables.execute("SELECT id FROM book")
        for line, each in enumerate(units, 1):
            row = (book, 2, line, "2025-03-02", "A", "pledged", "GBP", each)
            tables.execute(f"INSERT INTO posting ({POSTING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        entry = f"INSERT INTO entry ({ENTRY}) VALUES (?, 2, '2025-03-02', '', '', 'pledge', NULL, NULL, ?, '')"
        if sum(units):
            with pytest.raises(places.REFUSED, match=BALANCED):
                tables.settled(entry, (book, len(units)))
        else:
            tables.settled(entry, (book, len(units)))
            assert tables.execute("SELECT count(*) FROM entry") == [(2,)]


def test_sums_beyond_64_bits_come_out_exact_in_every_report(book):
    for donor in ("DE", "GB", "JP"):
        announce(book, donor, Money(MOST_UNITS, JPY).plain() + " JPY", schedule={"2025-03-01": f"{MOST_UNITS} JPY"})
    total = str(3 * MOST_UNITS)
    assert measures(book, "JPY") == {"pledged": total, "outstanding": total}
    assert measures(book, "JPY", until="2025-12-31") == {"pledged": total, "outstanding": total}
    [whole] = book.totals().totals
    assert whole[2] == Money(3 * MOST_UNITS, JPY)
    [stage] = records(book.pipeline())
    assert (stage["amount"], stage["overdue"]) == (total, total)
    [sides] = book.trial_balance().totals
    assert sides[3:] == (Money(3 * MOST_UNITS, JPY), Money(3 * MOST_UNITS, JPY), Money(0, JPY))
    assert errors(book) == []


def test_an_account_beyond_64_bits_is_refused_and_nothing_recorded(book):
    most = str(Money(MOST_UNITS, GBP))
    pledge = announce(book, "GB", most)
    disburse(book, pledge, most)
    with refuses(book, AmountError, "more than the ledger can hold", f"the most is {most}"):
        disburse(book, pledge, "0.01 GBP", top_up=True)
    assert measures(book)["disbursed"] == Money(MOST_UNITS, GBP).plain()


def test_no_step_of_the_book_changes_or_deletes_what_stands(book):
    said: list[str] = []
    event.listen(book.database._engine, "before_cursor_execute", lambda *seen: said.append(seen[2].upper()))
    fill(book)
    assert errors(book) == []
    assert any(statement.startswith("INSERT INTO ENTRY") for statement in said)
    words = (
        "UPDATE ENTRY",
        "UPDATE POSTING",
        "DELETE FROM ENTRY",
        "DELETE FROM POSTING",
        "REPLACE",
        "DELETE FROM BOOK",
    )
    assert [statement for statement in said for word in words if statement.startswith(word)] == []
