"""Suggestions: what a book knows that begins with what somebody has typed, found at once and without SQLAlchemy.

A shell waits for these at every press of a key. The file is opened for reading only, through the standard library's
``sqlite3`` (SQLModel would take longer than all the rest), and nothing is ever scanned: ids and codes are ranges of a
primary key, what is recent is found from the last entries. A book that is missing, foreign, damaged or locked suggests
nothing, and says nothing; nor does a server that does not answer at once. Any schema is read that has the tables asked
for, of whatever version.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Literal

MOST = 50
"""No more pledges and entries than these are suggested at once, and the two ends of those there are."""

RECENT = 500
"""So many entries back, what was recorded is recent."""

REGISTER = 2_000
"""No more of a register's codes than these are read."""

MOMENT = 20
"""Milliseconds to wait for a book that is being written to."""

SECONDS = 2
"""The least that a server is given to answer."""

Register = Literal["party", "source", "item"]
Suggestion = tuple[str, str]
"""A code or an id, and what it is called or what says most of it; "" where nothing does."""

_LAST = "\U0010ffff"
"""The last character there is, below which all lies that begins with a prefix."""

PLEDGES = """
    SELECT id, title, donor, on_date FROM pledge
    WHERE book = :book AND id >= :first AND id < :end AND (:void OR void IS NULL) ORDER BY id DESC LIMIT :most
"""
LOWEST_PLEDGE = PLEDGES.replace("DESC", "ASC").replace(":most", "1")
RECENT_PLEDGES = """
    SELECT pledge.id, pledge.title, pledge.donor, pledge.on_date
    FROM (
        SELECT pledge, max(number) AS number
        FROM (
            SELECT pledge, number FROM entry WHERE book = :book AND number > :since AND pledge IS NOT NULL
            UNION ALL SELECT pledge, entry FROM posting WHERE book = :book AND entry > :since
        ) AS late
        WHERE +pledge >= :first AND +pledge < :end GROUP BY pledge
    ) AS touched
    CROSS JOIN pledge ON pledge.book = :book AND pledge.id = touched.pledge
    WHERE :void OR pledge.void IS NULL ORDER BY touched.number DESC LIMIT :most
"""
RECENT_PACKAGES = """
    SELECT package, group_concat(pledge, ', ')
    FROM (
        SELECT touched.pledge, (
            SELECT package FROM pledge AS stated WHERE stated.book = :book AND stated.id = touched.pledge
        ) AS package
        FROM (SELECT DISTINCT +pledge AS pledge FROM posting WHERE book = :book AND entry > :since) AS touched
    ) AS packed
    WHERE package >= :first AND package < :end GROUP BY package
"""
REGISTERED = "SELECT code, name FROM {} WHERE book = :book AND code >= :first AND code < :end LIMIT :most"
GROUPS = """
    SELECT code, name FROM party WHERE book = :book AND code >= :first AND code < :end AND (
        kind = 'group' OR EXISTS (SELECT 1 FROM membership WHERE membership.book = :book AND circle = party.code)
    ) LIMIT :most
"""
THE_BOOK = "SELECT min(id), NULL FROM book"
NAMED_BOOK = "SELECT id, NULL FROM book WHERE name = :name"
LAST_ENTRY = "SELECT max(number), NULL FROM entry WHERE book = :book"
ENTRIES = """
    SELECT number, on_date, kind, pledge, note FROM entry WHERE book = :book AND number > :since
    ORDER BY number DESC
"""
NEXT_RATES = "SELECT min(source), NULL FROM rate WHERE book = :book AND source > :first"


class Suggested:
    """What an open book suggests; nothing where there is none."""

    def __init__(self, connection: sqlite3.Connection | _Served | None, name: str | None = None) -> None:
        self._connection = connection
        self._book = 0
        self._book = self._number(THE_BOOK if name is None else NAMED_BOOK, {"name": name})

    def pledges(self, prefix: str = "", *, void: bool = True) -> list[Suggestion]:
        """Pledges whose ids begin so, with their titles: those recorded on last, then by id, the highest first.

        At most :data:`MOST`, and the lowest id of all, so that the beginning that the suggested ids share is the
        one that all such ids share: a shell types it by itself. Without ``void``, none whose opening was reversed.
        """
        said = {**_range(prefix), "void": void, "since": self._recently(), "most": MOST}
        recent, highest, lowest = (self._rows(each, said) for each in (RECENT_PLEDGES, PLEDGES, LOWEST_PLEDGE))
        known = {str(row[0]): row for row in [*recent, *highest]}
        ends = {str(row[0]): row for row in [*highest[:1], *lowest]}
        rows = dict(islice(known.items(), MOST)) | ends
        return [(id_, str(title or f"{donor} {on}")) for id_, (_, title, donor, on) in rows.items()]

    def registered(self, register: Register, prefix: str = "") -> list[Suggestion]:
        """Parties, sources or items whose codes begin so, with their names."""
        return _pairs(self._rows(REGISTERED.format(register), {**_range(prefix), "most": REGISTER}))

    def groups(self, prefix: str = "") -> list[Suggestion]:
        """Parties that have members."""
        return _pairs(self._rows(GROUPS, {**_range(prefix), "most": REGISTER}))

    def packages(self, prefix: str = "") -> list[Suggestion]:
        """What the pledges recorded on last were announced together with, and which pledges these are."""
        return _pairs(self._rows(RECENT_PACKAGES, {**_range(prefix), "since": self._recently()}))

    def entries(self, prefix: str = "") -> list[Suggestion]:
        """The last entries whose numbers begin so, the last first; and, of more than those, the number itself."""
        last = self._last()
        rows = self._rows(ENTRIES, {"since": last - RECENT})
        found = [(str(number), _described(more)) for number, *more in rows if str(number).startswith(prefix)]
        older = re.fullmatch(f"[1-9][0-9]{{,{len(str(last)) - 1}}}", prefix) and int(prefix) <= last - RECENT
        return [*found[:MOST], *([(prefix, "")] if older else [])]

    def rate_sources(self) -> list[str]:
        """The sources whose rates the book holds."""
        found: list[str] = []
        while rows := [row for row in self._rows(NEXT_RATES, {"first": found[-1] if found else ""}) if row[0]]:
            found.append(str(rows[0][0]))
        return found

    def _last(self) -> int:
        return self._number(LAST_ENTRY)

    def _recently(self) -> int:
        return self._last() - RECENT

    def _number(self, statement: str, values: Mapping[str, object] | None = None) -> int:
        """The number that a statement finds, 0 where it finds none."""
        return next((int(str(number)) for number, _ in self._rows(statement, values or {}) if number), 0)

    def _rows(self, statement: str, values: Mapping[str, object]) -> list[Sequence[object]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(statement, {"book": self._book, **values}).fetchall()
        except (sqlite3.Error, UnicodeError):
            return []


@contextmanager
def suggested(place: str) -> Iterator[Suggested]:
    """What the book at this place suggests: a path, or an ``sqlite:///`` or ``postgresql://`` address."""
    if place.startswith("postgresql://"):
        with _served(place) as (server, name):
            yield Suggested(server, name)
        return
    with _opened(place) as connection:
        yield Suggested(connection)


class _Served:
    """A connection to a server, which is asked in SQLite's words."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - psycopg's, which books in files do without
        self._connection = connection

    def execute(self, statement: str, values: Mapping[str, object]) -> Any:  # noqa: ANN401 - its cursor
        """The answer to a statement; raises what SQLite raises."""
        for lite, full in _WORDS.items():
            statement = statement.replace(lite, full)
        try:
            return self._connection.execute(_NAMED.sub(r"%(\1)s", statement), values)
        except self._connection.Error as error:
            raise sqlite3.OperationalError(str(error)) from error


_NAMED = re.compile(r"(?<!:):(\w+)")
_WORDS = {"+pledge": "pledge", "CROSS JOIN": "JOIN", "group_concat(": "string_agg(", ":void": ":void::boolean"}
"""What PostgreSQL says in other words, or leaves to its planner."""


@contextmanager
def _served(place: str) -> Iterator[tuple[_Served | None, str]]:
    """A server's connection for reading, None where there is none within moments; and the book's name."""
    from ledger.errors import LedgerError  # noqa: PLC0415 - all this, books in files do without
    from ledger.store.place import MAIN, parameters, served  # noqa: PLC0415

    connection, name = None, MAIN
    with suppress(LedgerError, ImportError, ValueError):
        import psycopg  # noqa: PLC0415

        with suppress(psycopg.Error):
            server = served(place)
            name, given = server.book, parameters(server)
            waiting = f"-c statement_timeout={SECONDS}s -c default_transaction_read_only=on"
            given["options"] = f"{given.get('options', '')} {waiting}".strip()
            connection = psycopg.connect(**{**given, "connect_timeout": SECONDS}, autocommit=True)
    if connection is None:
        yield None, name
        return
    with closing(connection):
        yield _Served(connection), name


@contextmanager
def _opened(place: str) -> Iterator[sqlite3.Connection | None]:
    """A file opened for reading, None where it cannot be; whatever is wrong with it shows when it is read."""
    connection = None
    with suppress(sqlite3.Error, OSError, ValueError, RuntimeError):
        path = Path(place.removeprefix("sqlite:///")).expanduser().absolute()
        if path.is_file():
            connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None)
            connection.execute(f"PRAGMA busy_timeout={MOMENT}")
    if connection is None:
        yield None
        return
    with closing(connection):
        yield connection


def _range(prefix: str) -> dict[str, object]:
    """From the prefix itself to all that begins with it."""
    return {"first": prefix, "end": prefix + _LAST}


def _pairs(rows: Iterable[Sequence[object]]) -> list[Suggestion]:
    return [(str(code), str(name)) for code, name in rows]


def _described(entry: Iterable[object]) -> str:
    """What an entry is, on one line: its day, kind, pledge and note."""
    return " ".join(str(fact) for fact in entry if fact)
