"""The log: rows of hashes over the journal's lines, and the heads of it that were signed, all append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_TRIGGERS = """
CREATE TRIGGER tile_is_never_changed BEFORE UPDATE ON tile
BEGIN SELECT RAISE(ABORT, 'a row of hashes is never changed: a wider one is kept beside it'); END;

CREATE TRIGGER tile_is_never_deleted BEFORE DELETE ON tile
BEGIN SELECT RAISE(ABORT, 'a row of hashes is never deleted'); END;

CREATE TRIGGER tile_is_never_replaced BEFORE INSERT ON tile
WHEN EXISTS (SELECT 1 FROM tile
  WHERE book = NEW.book AND level = NEW.level AND number = NEW.number AND width = NEW.width)
BEGIN SELECT RAISE(ABORT, 'a row of hashes is never replaced'); END;

CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;

CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;

CREATE TRIGGER checkpoint_is_numbered_in_turn BEFORE INSERT ON checkpoint
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM checkpoint WHERE book = NEW.book)
BEGIN SELECT RAISE(ABORT, 'checkpoints are numbered 1, 2, 3 without a gap'); END;
"""

SQLITE_STATISTICS = {
    ("tile", "sqlite_autoindex_tile_1"): "10000 10000 5000 2 1",
    ("checkpoint", "sqlite_autoindex_checkpoint_1"): "1000 1000 1",
    ("checkpoint", "ix_checkpoint_book_size"): "1000 1000 2",
}
"""As in revision 0002: what SQLite is told of how large the tables grow."""


def upgrade() -> None:
    """Make the tables, and the triggers that guard them; the first checkpoint fills them."""
    op.create_table(
        "tile",
        *(sa.Column(name, INTEGER, nullable=False) for name in ("book", "level", "number", "width")),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("book", "level", "number", "width", name="pk_tile"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_tile_book"),
        sa.CheckConstraint("level BETWEEN 0 AND 7 AND number >= 0", name=op.f("ck_tile_is_in_the_tree")),
        sa.CheckConstraint(
            "width BETWEEN 1 AND 256 AND length(hashes) = 32 * width", name=op.f("ck_tile_is_as_wide_as_it_says")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "checkpoint",
        *(sa.Column(name, INTEGER, nullable=False) for name in ("book", "number", "size")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("root", "note")),
        sa.PrimaryKeyConstraint("book", "number", name="pk_checkpoint"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_checkpoint_book"),
        sa.CheckConstraint("number > 0", name=op.f("ck_checkpoint_numbered_from_one")),
        sa.CheckConstraint("size > 0", name=op.f("ck_checkpoint_says_something")),
        sqlite_strict=True,
    )
    op.create_index("ix_checkpoint_book_size", "checkpoint", ["book", "size"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.strip().split("\n\n"):
            op.get_bind().exec_driver_sql(statement)
        for (table, index), figures in SQLITE_STATISTICS.items():
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')")
