"""The tallies: what totals by donor are read from, kept as entries are written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("donor", "instrument", "stage", "commodity", "on_date")

SQLITE_STATISTICS = {("tally", "tally"): "200000 200000 4000 1000 500 100 1"}
"""As in revision 0002: what SQLite is told of how large the table grows."""


def upgrade() -> None:
    """Make the table; the book fills it from its entries."""
    op.create_table(
        "tally",
        sa.Column("book", INTEGER, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEY),
        *(sa.Column(name, INTEGER, nullable=False) for name in ("high", "low")),
        sa.PrimaryKeyConstraint("book", *KEY, name="pk_tally"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_tally_book"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        for (table, index), figures in SQLITE_STATISTICS.items():
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')")
