"""The quotes that entries cite, and the days of a donor's pledges: what an entry is suspected by as it is recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_STATISTICS = {
    ("quote", "quote"): "1000000 1000000 1 1",
    ("quote", "ix_quote_book_digest"): "1000000 1000000 2",
    ("pledge", "ix_pledge_book_donor_on_date"): "300000 300000 6000 6",
}
"""As in revision 0002: what SQLite is told of how large the tables grow."""


def upgrade() -> None:
    """Make the table and the indices; the book fills the table from its entries."""
    op.create_table(
        "quote",
        *(sa.Column(name, INTEGER, nullable=False) for name in ("book", "entry", "line")),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("book", "entry", "line", name="pk_quote"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_quote_book"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_quote_book_digest", "quote", ["book", "digest"])
    op.create_index("ix_pledge_book_donor_on_date", "pledge", ["book", "donor", "on_date"])
    if op.get_bind().dialect.name == "sqlite":
        for (table, index), figures in SQLITE_STATISTICS.items():
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')")
