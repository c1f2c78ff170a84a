"""The floors: what a program that knew no more than the database's tables would do, written by hand.

    python benchmarks/by_hand.py totals|tallies|euros|csv|commit|insert|copy BOOK [NEW]

Each is a whole process and imports no more than it needs. ``insert`` and ``copy`` write every row of a book into a new
one, NEW, in one transaction, through the database's own triggers, and print what the writing alone took, as JSON: the
rows are ready-made, canonical lines among them, and reading them is not counted.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator

TABLES = ("posting", "entry", "pledge", "account", "tally", "serial", "source", "quote")
AT_ONCE = 10_000
PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "recursive_triggers=ON")

TOTALS = """
    SELECT pledge.donor, account.commodity, sum(account.balance)
    FROM account JOIN pledge ON pledge.book = account.book AND pledge.id = account.pledge
    WHERE account.stage NOT IN ('undertaking', 'cancelled') GROUP BY 1, 2 ORDER BY 1, 2
"""
TALLIES = """
    SELECT donor, commodity, sum(high) * 1000000000 + sum(low)
    FROM tally WHERE stage <> 'cancelled' GROUP BY 1, 2 ORDER BY 1, 2
"""
EUROS = """
    SELECT pledge.donor, 'EUR', round(sum(account.balance * CASE account.commodity WHEN 'EUR' THEN 0.01
        WHEN 'JPY' THEN rate.value WHEN 'KRW' THEN rate.value
        WHEN 'KWD' THEN rate.value / 1000.0 ELSE rate.value / 100.0 END), 2)
    FROM account JOIN pledge ON pledge.book = account.book AND pledge.id = account.pledge
    LEFT JOIN rate ON rate.book = account.book AND rate.source = 'bench' AND rate.base = account.commodity
                  AND rate.quote = 'EUR' AND rate.since = pledge.on_date
    WHERE account.stage NOT IN ('undertaking', 'cancelled') GROUP BY 1 ORDER BY 1
"""
REGISTER = """
    SELECT entry.number, posting.line, entry.on_date, entry.recorded_at, entry.kind, posting.pledge, pledge.donor,
           pledge.recipient, pledge.purpose, pledge.instrument, pledge.source, posting.stage, posting.commodity,
           max(posting.amount, 0), max(-posting.amount, 0), posting.amount, pledge.title, entry.note,
           entry.citation_url, entry.citation_quote, entry.reverses, entry.origin
    FROM posting JOIN entry ON entry.book = posting.book AND entry.number = posting.entry
    JOIN pledge ON pledge.book = posting.book AND pledge.id = posting.pledge
    ORDER BY posting.book, posting.entry, posting.line
"""
DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3}


def main() -> None:
    """Do what is asked for."""
    what, *places = sys.argv[1:]
    DOING[what](*places)


def totals(book: str, statement: str = TOTALS) -> None:
    """Totals by donor and currency."""
    for donor, code, units in _opened(book).execute(statement):
        digits = DIGITS.get(code, 2)
        whole, part = divmod(units, 10**digits)
        print(f"{donor},{code},{whole}.{part:0{digits}}" if digits else f"{donor},{code},{whole}")


def euros(book: str) -> None:
    """Totals by donor in euros, in floating point, which the ledger never does."""
    for donor, code, amount in _opened(book).execute(EUROS):
        print(f"{donor},{code},{amount:.2f}")


def register(book: str) -> None:
    """Every posting with its entry's and its pledge's facts, amounts in minor units as they stand."""
    import csv  # noqa: PLC0415 - what this case alone needs

    csv.writer(sys.stdout).writerows(_opened(book).execute(REGISTER))


def commit(place: str) -> None:
    """One durable commit, once SQLModel is imported."""
    import sqlmodel  # noqa: F401, PLC0415 - what it costs is measured

    book = sqlite3.connect(place, isolation_level=None)
    for pragma in PRAGMAS:
        book.execute(f"PRAGMA {pragma}")
    book.execute("BEGIN IMMEDIATE")
    book.execute("CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY)")
    book.execute("INSERT INTO entry SELECT coalesce(max(number), 0) + 1 FROM entry")
    book.execute("COMMIT")


def insert(made: str, new: str) -> None:
    """Write a book's rows through ``sqlite3`` alone."""
    here = sqlite3.connect(new, isolation_level=None)
    for pragma in PRAGMAS:
        here.execute(f"PRAGMA {pragma}")
    (book,) = here.execute("SELECT id FROM book").fetchone()
    watch = _Watch()
    watch.taking(lambda: here.execute("BEGIN IMMEDIATE"))
    for table in TABLES:
        for rows in _rows(made, table, book):
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - named above
            watch.taking(lambda what=statement, some=rows: here.executemany(what, some))
    watch.taking(lambda: here.execute("COMMIT"))
    watch.tell()


def copy(made: str, address: str) -> None:
    """Write a book's rows into PostgreSQL with COPY."""
    import psycopg  # noqa: PLC0415 - what this case alone needs

    place, _, name = address.rpartition("book=")  # the last of its parameters, which is the ledger's own
    watch = _Watch()
    with psycopg.connect(place.rstrip("?&")) as here:
        found = here.execute("SELECT id FROM book WHERE name = %s", [name]).fetchone()
        watch.taking(lambda: here.execute("SELECT hold_book(%s)", [name]))
        for table in TABLES:
            columns = ", ".join(_columns(made, table))
            with here.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
                for rows in _rows(made, table, found[0] if found else 0):
                    watch.taking(lambda some=rows, to=into: [to.write_row(row) for row in some])
        watch.taking(here.commit)
    watch.tell()


class _Watch:
    """Wall and processor time of what it is given to do."""

    def __init__(self) -> None:
        self._wall = self._processor = 0.0

    def taking(self, case: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        case()
        self._wall += time.perf_counter() - wall
        self._processor += time.process_time() - processor

    def tell(self) -> None:
        print(json.dumps({"wall": round(self._wall, 4), "processor": round(self._processor, 4)}))


def _rows(made: str, table: str, book: int) -> Iterator[list[tuple[object, ...]]]:
    """The rows that the import wrote, in the order of their key, some thousands at a time; not those of the opening."""
    there = _opened(made)
    names = _columns(made, table)
    later = {"entry": "WHERE number > 1", "posting": "", "source": f"WHERE code IN ({_SOURCES})"}.get(table, "")
    cursor = there.execute(f"SELECT {', '.join(names)} FROM {table} {later}")  # noqa: S608 - tables named above
    while rows := cursor.fetchmany(AT_ONCE):
        yield [(book, *row[1:]) for row in rows]


_SOURCES = "SELECT json_extract(line, '$.facts.source.code') FROM entry WHERE kind = 'source'"


def _columns(made: str, table: str) -> list[str]:
    return [str(row[1]) for row in _opened(made).execute(f"PRAGMA table_info({table})")]


def _opened(book: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{book}?mode=ro", uri=True)


DOING: dict[str, Callable[..., None]] = {
    "totals": totals,
    "tallies": lambda book: totals(book, TALLIES),
    "euros": euros,
    "csv": register,
    "commit": commit,
    "insert": insert,
    "copy": copy,
}

if __name__ == "__main__":
    main()
