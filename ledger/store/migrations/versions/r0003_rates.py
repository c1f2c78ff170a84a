"""The rates that a book imported: append-only rows, which are never entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_TRIGGERS = """
CREATE TRIGGER rate_is_never_changed BEFORE UPDATE ON rate
BEGIN SELECT RAISE(ABORT, 'a rate is never changed: a new one is kept beside it'); END;

CREATE TRIGGER rate_is_never_deleted BEFORE DELETE ON rate
BEGIN SELECT RAISE(ABORT, 'a rate is never deleted'); END;

CREATE TRIGGER rate_is_numbered_in_turn BEFORE INSERT ON rate
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM rate WHERE book = NEW.book)
BEGIN SELECT RAISE(ABORT, 'rates are numbered 1, 2, 3 without a gap'); END;
"""

SQLITE_STATISTICS = {
    ("rate", "sqlite_autoindex_rate_1"): "200000 200000 1",
    ("rate", "ix_rate_book_source_base_quote_since"): "200000 200000 50000 10000 1000 1",
    ("rate", "ix_rate_book_source_since_until_retrieved_at"): "200000 200000 50000 30 30 30",
}
"""As in revision 0002: what SQLite is told of how large the table grows."""


def upgrade() -> None:
    """Make the table, and the triggers that guard it."""
    op.create_table(
        "rate",
        sa.Column("book", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "base", "quote")),
        *(sa.Column(name, sa.Text()) for name in ("since", "until")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "value", "sha256", "retrieved_at")),
        sa.PrimaryKeyConstraint("book", "number", name="pk_rate"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_rate_book"),
        sa.CheckConstraint("number > 0", name=op.f("ck_rate_numbered_from_one")),
        sa.CheckConstraint("base <> quote", name=op.f("ck_rate_between_two")),
        sa.CheckConstraint("value <> ''", name=op.f("ck_rate_says_something")),
        sa.CheckConstraint(
            "(since IS NULL) = (until IS NULL) AND since <= until", name=op.f("ck_rate_begins_and_ends")
        ),
        sa.CheckConstraint(
            "kind IN ('spot', 'month', 'quarter', 'year', 'table', 'stated', 'realised')",
            name=op.f("ck_rate_of_a_kind"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_rate_book_source_base_quote_since", "rate", ["book", "source", "base", "quote", "since"])
    op.create_index(
        "ix_rate_book_source_since_until_retrieved_at", "rate", ["book", "source", "since", "until", "retrieved_at"]
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.strip().split("\n\n"):
            op.get_bind().exec_driver_sql(statement)
        for (table, index), figures in SQLITE_STATISTICS.items():
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')")
