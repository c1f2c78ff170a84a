"""The schema: made and brought up to date by Alembic's revisions, on request and never silently."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection, text

from ledger.errors import NotABook, StoreRefusal
from ledger.message import message

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


def revision_of(connection: Connection, where: Path) -> str:
    """The revision of a book's schema. Raises :class:`NotABook` where it names none."""
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is None or not _REVISION.fullmatch(str(found)):
        raise NotABook("{where} is not a book of aidledger: it names no schema", where=where)
    return str(found)


def require_current(connection: Connection, where: Path) -> None:
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
