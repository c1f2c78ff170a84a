"""The projections: tables that follow from the entries and are filled from them."""

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


def _column(name: str, *, required: bool) -> sa.Column[object]:
    kind = INTEGER if name in INTEGERS else sa.Text()
    return sa.Column(name, kind, nullable=name in NULLABLE and not required)
