"""The journal: books, entries and postings, append-only and balanced by the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BILLION = 1_000_000_000

SQLITE_TRIGGERS = f"""
CREATE TRIGGER book_keeps_its_name BEFORE UPDATE OF id, uid, name ON book
BEGIN SELECT RAISE(ABORT, 'a book keeps its uid and its name'); END;

CREATE TRIGGER book_is_never_replaced BEFORE INSERT ON book
WHEN EXISTS (SELECT 1 FROM book WHERE id = NEW.id OR uid = NEW.uid OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'a book is never replaced'); END;

CREATE TRIGGER book_is_never_deleted BEFORE DELETE ON book
BEGIN SELECT RAISE(ABORT, 'a book is never deleted'); END;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

CREATE TRIGGER entry_is_numbered_in_turn BEFORE INSERT ON entry
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry WHERE book = NEW.book)
BEGIN SELECT RAISE(ABORT, 'entries are numbered 1, 2, 3 without a gap'); END;

CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE book = NEW.book AND (origin = NEW.origin OR reverses = NEW.reverses))
BEGIN SELECT RAISE(ABORT, 'an origin is recorded once, and an entry is reversed once'); END;

CREATE TRIGGER entry_is_balanced BEFORE INSERT ON entry
WHEN NEW.postings <> (SELECT count(*) FROM posting WHERE book = NEW.book AND entry = NEW.number)
  OR EXISTS (
    SELECT 1 FROM posting WHERE book = NEW.book AND entry = NEW.number AND on_date <> NEW.on_date)
  OR EXISTS (
    SELECT 1 FROM posting WHERE book = NEW.book AND entry = NEW.number GROUP BY pledge, commodity
    HAVING sum(amount / {BILLION}) * {BILLION} + sum(amount % {BILLION}) <> 0)
BEGIN SELECT RAISE(ABORT, 'each commodity of an entry sums to zero within each pledge'); END;

CREATE TRIGGER posting_is_never_changed BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;

CREATE TRIGGER posting_is_never_deleted BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;

CREATE TRIGGER posting_comes_before_its_entry BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM entry WHERE book = NEW.book AND number = NEW.entry)
  OR EXISTS (SELECT 1 FROM posting WHERE book = NEW.book AND entry = NEW.entry AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'nothing is added to an entry that stands'); END;
"""


def upgrade() -> None:
    """Make the tables of the journal, and the triggers that guard them."""
    op.create_table(
        "book",
        sa.Column("id", INTEGER, nullable=False),
        *_texts("uid", "name", "recipient"),
        sa.Column("require_citation", INTEGER, nullable=False),
        sa.Column("closed_before", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_book"),
        sa.UniqueConstraint("uid", name="uq_book_uid"),
        sa.UniqueConstraint("name", name="uq_book_name"),
        sqlite_strict=True,
    )
    op.create_table(
        "entry",
        sa.Column("book", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        *_texts("on_date", "recorded_at", "recorded_by", "kind"),
        sa.Column("pledge", sa.Text()),
        sa.Column("origin", sa.Text()),
        sa.Column("reverses", INTEGER),
        *(sa.Column(name, sa.Text()) for name in ("note", "citation_url", "citation_quote")),
        sa.Column("postings", INTEGER, nullable=False),
        *_texts("line"),
        sa.PrimaryKeyConstraint("book", "number", name="pk_entry"),
        sa.ForeignKeyConstraint(["book"], ["book.id"], name="fk_entry_book"),
        sa.ForeignKeyConstraint(["book", "reverses"], ["entry.book", "entry.number"], name="fk_entry_entry"),
        sa.UniqueConstraint("book", "origin", name="uq_entry_book_origin"),
        sa.UniqueConstraint("book", "reverses", name="uq_entry_book_reverses"),
        sa.CheckConstraint("number > 0", name=op.f("ck_entry_numbered_from_one")),
        sqlite_strict=True,
    )
    op.create_index("ix_entry_book_pledge", "entry", ["book", "pledge"])
    op.create_table(
        "posting",
        *(sa.Column(name, INTEGER, nullable=False) for name in ("book", "entry", "line")),
        *_texts("on_date", "pledge", "stage", "commodity"),
        sa.Column("amount", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("book", "entry", "line", name="pk_posting"),
        sa.ForeignKeyConstraint(
            ["book", "entry"],
            ["entry.book", "entry.number"],
            name="fk_posting_entry",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_posting_says_something")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_posting_book_pledge", "posting", ["book", "pledge"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.strip().split("\n\n"):
            op.get_bind().exec_driver_sql(statement)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
