"""Roles: who may do what in a database of PostgreSQL. An owner, writers and auditors, none of whom can log in itself.

An administrator grants them to people. A writer adds rows to what is append-only, keeps the projections, and can switch
no trigger off; an auditor reads. Nobody but the owner can change tables or what guards them, and a superuser, whom only
signed checkpoints that others hold will tell on.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

from ledger.store import guards
from ledger.store.tables import METADATA, PROJECTIONS

_OURS = ("counter", "attachment", "alembic_version")
"""The tables beside those of every engine."""


class Roles(NamedTuple):
    """The names of the roles of one database."""

    owner: str
    writer: str
    auditor: str


def roles(connection: Connection) -> Roles:
    """Make the roles of this database and give each its rights; those that are there keep their members.

    The user must be allowed to make roles (``CREATEROLE``) and own the tables.
    """
    database = connection.scalar(text("SELECT current_database()"))
    made = Roles(*(f"{database}_{name}" for name in Roles._fields))
    for name in made:
        if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is None:
            _do(connection, f"CREATE ROLE {_quoted(name)} NOLOGIN")
    schema = str(connection.scalar(text("SELECT quote_ident(current_schema())")))
    owner, writer, auditor = map(_quoted, made)
    for statement in (*_owning(owner, schema), *_writing(writer, schema), *_reading(f"{writer}, {auditor}", schema)):
        _do(connection, statement)
    return made


def _owning(owner: str, schema: str) -> list[str]:
    tables = [*METADATA.tables, *_OURS]
    functions = [name.replace("(name text)", "(text)") for name in guards.BODIES]
    return [
        f"GRANT {owner} TO CURRENT_USER",
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}",
        *(f"ALTER TABLE {name} OWNER TO {owner}" for name in tables),
        *(f"ALTER FUNCTION {name} OWNER TO {owner}" for name in functions),
    ]


def _writing(writer: str, schema: str) -> list[str]:
    added = [name for name in guards.KEPT if name not in {"entry", "posting"}]
    columns = {name: ", ".join(METADATA.tables[name].c.keys()) for name in ("entry", "posting")}
    kept = ", ".join(table.name for table in PROJECTIONS)
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {writer}",
        f"GRANT INSERT ON {', '.join(added)} TO {writer}",
        *(
            f"GRANT INSERT ({names}) ON {table} TO {writer}" for table, names in columns.items()
        ),  # not their transaction
        f"GRANT INSERT, UPDATE ON {kept} TO {writer}",
        f"GRANT UPDATE (closed_before) ON book TO {writer}",
        f"GRANT EXECUTE ON FUNCTION hold_book(text) TO {writer}",
    ]


def _reading(readers: str, schema: str) -> list[str]:
    tables = ", ".join([*METADATA.tables, *_OURS])
    return [f"GRANT USAGE ON SCHEMA {schema} TO {readers}", f"GRANT SELECT ON {tables} TO {readers}"]


def _do(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
