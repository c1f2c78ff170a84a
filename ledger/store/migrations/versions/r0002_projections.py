"""The projections: tables that follow from the entries, and what SQLite is told of how large all tables grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INTEGERS = {"entry", "void", "balance", "amount", "line", "last"}
NULLABLE = {"source", "parent", "package", "title", "void", "since", "until"}

TABLES = {
    "pledge": (
        "id donor recipient purpose instrument source on_date parent package title entry void facts",
        "id",
    ),
    "account": ("pledge stage commodity balance", "pledge stage commodity"),
    "drawing": ("parent child stage commodity amount", "parent child stage commodity"),
    "party": ("code name kind", "code"),
    "membership": ("entry line party circle since until", "entry line"),
    "source": ("code name", "code"),
    "item": ("code name", "code"),
    "serial": ("prefix last", "prefix"),
}

SQLITE_STATISTICS = {
    ("entry", "sqlite_autoindex_entry_1"): "1000000 1000000 1",
    ("entry", "sqlite_autoindex_entry_2"): "1000000 1000000 1",
    ("entry", "sqlite_autoindex_entry_3"): "1000000 1000000 1",
    ("entry", "ix_entry_book_pledge"): "1000000 1000000 3",
    ("posting", "posting"): "2000000 2000000 2 1",
    ("posting", "ix_posting_book_pledge"): "2000000 2000000 6",
    ("pledge", "pledge"): "300000 300000 1",
    ("account", "account"): "1000000 1000000 3 1 1",
    ("drawing", "drawing"): "10000 10000 10 2 1 1",
    ("membership", "membership"): "100 100 50 1",
    ("membership", "ix_membership_book_circle"): "100 100 20",
}
"""Rows in all, then rows for each value of an index's first column, its first two, and so on.

Without them SQLite takes the book's id, the same in every row, for a good filter, reads a whole
table for each pledge, and a report takes a time that grows with the square of the book.
"""


def upgrade() -> None:
    """Make the tables; the book fills them from its entries."""
    for table, (names, key) in TABLES.items():
        keys = key.split()
        op.create_table(
            table,
            sa.Column("book", INTEGER, nullable=False),
            *(_column(name, required=name in keys) for name in names.split()),
            sa.PrimaryKeyConstraint("book", *keys, name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["book"], ["book.id"], name=f"fk_{table}_book"),
            sqlite_strict=True,
            sqlite_with_rowid=False,
        )
    op.create_index("ix_membership_book_circle", "membership", ["book", "circle"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE sqlite_master")  # makes the table of statistics, and reads nothing else
        op.execute("DELETE FROM sqlite_stat1")
        for (table, index), figures in SQLITE_STATISTICS.items():
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')")


def _column(name: str, *, required: bool) -> sa.Column[object]:
    kind = INTEGER if name in INTEGERS else sa.Text()
    return sa.Column(name, kind, nullable=name in NULLABLE and not required)
