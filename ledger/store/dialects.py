"""Dialects: what SQLite and PostgreSQL say in different words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    LargeBinary,
    Table,
    column,
    func,
    insert,
    literal,
    literal_column,
    values,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

MOST_AT_ONCE = 100
"""How many rows one statement inserts."""


class _Among(FunctionElement[bool]):
    """A column, and a list as JSON that it may be one of."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Among:  # noqa: ANN401, ARG002 - as SQLAlchemy calls it
        """Itself: SQLite is told ``x IN (...)``, since for ``(x IN (...)) = 1`` it uses no index."""
        return self


class _Bytes(FunctionElement[bytes]):
    """A text as its bytes in UTF-8."""

    type = LargeBinary()
    inherit_cache = True


def among(of: ColumnElement[str], listed: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column is one of many values: one parameter for them all, however many they are."""
    return _Among(of, json.dumps(list(listed)))


def as_bytes(of: ColumnElement[str]) -> ColumnElement[bytes]:
    """A text as its bytes; in SQLite, whatever bytes stand where a text should."""
    return _Bytes(of)


@compiles(_Among)
def _among(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401 - as SQLAlchemy hands them over
    of, listed = (compiler.process(each, **how) for each in element.clauses)
    return f"{of} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - columns and parameters


@compiles(_Among, "postgresql")
def _among_on_server(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401
    of, listed = (compiler.process(each, **how) for each in element.clauses)
    return f"{of} = ANY (ARRAY(SELECT json_array_elements_text(CAST({listed} AS json))))"


@compiles(_Bytes)
def _bytes(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401
    return f"CAST({compiler.process(element.clauses, **how)} AS BLOB)"


@compiles(_Bytes, "postgresql")
def _bytes_on_server(element: Any, compiler: Any, **how: Any) -> str:  # noqa: ANN401
    return f"convert_to({compiler.process(element.clauses, **how)}, 'UTF8')"


def rows_like(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> FromClause:
    """Rows that are in no table, with these columns of one."""
    if connection.dialect.name == "postgresql":
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        typed = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), literal(listed, JSON))
        return typed.table_valued(*(column(name, table.c[name].type) for name in names), name="then")
    types = [column(name, table.c[name].type) for name in names]
    return values(*types, literal_binds=True).data([tuple(row) for row in rows]).cte("then")


@cache
def inserting(engine: str, table: Table) -> Any:  # noqa: ANN401 - each engine has its own
    """An insert that may say what is done with rows that are there."""
    if engine == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 100 ms that books in a file do not pay

        return postgresql.insert(table)
    return sqlite.insert(table)


def add_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows, each with all columns of a table in their order."""
    if connection.dialect.name != "postgresql":
        _insert_many(connection, str(insert(table).compile(dialect=connection.dialect)), rows)
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(table.c.keys())}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def settle(connection: Connection) -> None:
    """Have PostgreSQL look now at what it puts off until it commits: a million rows to remember until then are many."""
    if connection.dialect.name == "postgresql":
        for when in ("IMMEDIATE", "DEFERRED"):
            connection.exec_driver_sql(f"SET CONSTRAINTS ALL {when}")


def put_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]], *, adds: bool = False) -> None:
    """Write rows, keys first, in place of those with the same keys, or added to their numbers."""
    keys = table.primary_key.columns.keys()
    rest = [each.name for each in table.c if each.name not in keys]
    to = f"{table.name}." if adds else ""
    written = ", ".join(f"{name} = {f'{to}{name} + ' if adds else ''}excluded.{name}" for name in rest)
    into = f"INSERT INTO {table.name} ({', '.join([*keys, *rest])})"
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * (len(keys) + len(rest)))
    statement = f"{into} VALUES ({marks}) ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {written}"
    _insert_many(connection, statement, rows)


def _insert_many(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute an insert for many rows, a hundred at a time, past SQLAlchemy's handling of each value.

    One statement for a hundred rows takes SQLite a fifth less time than a hundred statements.
    """
    begin, one, end = re.split(r"(\((?:(?:\?|%s), )*(?:\?|%s)\))", statement, maxsplit=1)
    for start in range(0, len(rows), MOST_AT_ONCE):
        some = rows[start : start + MOST_AT_ONCE]
        connection.exec_driver_sql(begin + ", ".join([one] * len(some)) + end, tuple(chain.from_iterable(some)))
