"""Alembic's entry: revisions run on the connection they are handed, in its transaction."""

from __future__ import annotations

from alembic import context

from ledger.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,
)
context.run_migrations()
