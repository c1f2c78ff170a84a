"""The schema: made and brought up to date by Alembic's revisions, on request and never silently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Text, text

from ledger.errors import InputError, NotABook, StoreRefusal
from ledger.message import message
from ledger.store import guards
from ledger.store.place import Place
from ledger.store.roles import roles
from ledger.store.tables import METADATA

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every schema a book may have, oldest first; the last is this version's."""

HEAD = REVISIONS[-1]

_REVISION = re.compile(r"\d{4}")


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring the schema to a revision, in the connection's own transaction."""
    from alembic import command  # noqa: PLC0415 - 100 ms that only init and upgrade pay
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def made(connection: Connection, where: Place, *, with_roles: bool = False) -> Sequence[str]:
    """Make the tables of a book, and what guards them; a database of PostgreSQL may hold them already.

    Returns the names of the roles that were wanted, which only PostgreSQL has. Raises :class:`StoreRefusal` where it
    holds tables of another version.
    """
    if with_roles and connection.dialect.name == "sqlite":
        raise InputError("--roles is for books in PostgreSQL: a file is guarded by its owner and its mode")
    if connection.dialect.name == "sqlite":
        upgrade(connection)
    elif connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        _make(connection)
    else:
        require_current(connection, where)
    return roles(connection) if with_roles else ()


def _make(connection: Connection) -> None:
    """All tables at once: books in PostgreSQL began with this schema, and have no older one."""
    METADATA.create_all(connection)
    for table in METADATA.sorted_tables:
        if "book" in table.c:  # a book that statistics do not know yet is not to be taken for an empty one
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ALTER COLUMN book SET STATISTICS 0")
        texts = [column.name for column in table.c if isinstance(column.type, Text)]
        if texts:  # compared by characters, as SQLite does, whatever language the database was made for
            changes = ", ".join(f'ALTER COLUMN {name} TYPE text COLLATE "C"' for name in texts)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} {changes}")
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for statement in guards.statements(str(schema)):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def revision_of(connection: Connection, where: Place) -> str:
    """The revision of a book's schema. Raises :class:`NotABook` where it names none."""
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is None or not _REVISION.fullmatch(str(found)):
        raise NotABook("{where} is not a book of aidledger: it names no schema", where=where)
    return str(found)


def require_current(connection: Connection, where: Place) -> None:
    """Refuse a book of another schema than this version's.

    Raises :class:`StoreRefusal`: an older one is upgraded on request, a newer one needs a newer version.
    """
    found = revision_of(connection, where)
    if found == HEAD:
        return
    if found in REVISIONS:
        raise StoreRefusal(
            "{book} was made by an older version (schema {found}, now {head})",
            book=where,
            found=found,
            head=HEAD,
            hint=message("aidledger upgrade --book {book} brings it up to date; copy the file first", book=where),
        )
    raise StoreRefusal(
        "{book} was made by a newer version (schema {found}, this one knows {head})",
        book=where,
        found=found,
        head=HEAD,
        hint=message("use the version that made it, or a newer one"),
    )
