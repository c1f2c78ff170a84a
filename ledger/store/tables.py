"""Tables: how a book lies in a database.

``entry`` and ``posting`` are the journal, ``rate`` the rates that were imported, ``tile`` and ``checkpoint``
the hashes of the journal's lines and the heads of them that were signed, all append-only by triggers. Every
other table is a projection: it can be rebuilt from the entries' lines, and ``check`` does so and compares.
Each key begins with the book's id, so that one database can hold many books. Amounts are
64-bit integers of minor units; dates are ISO 8601 text; no column is ever ``NUMERIC``.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
INTEGER = BigInteger().with_variant(Integer(), "sqlite")
STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _in_book() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["book"], ["book.id"])


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """A row: what the database holds, unvalidated. The values are in the floors below."""

    metadata = METADATA


def _integer(*, primary_key: bool = False) -> Any:  # noqa: ANN401 - what a field holds is its annotation's to say
    return Field(sa_type=INTEGER, primary_key=primary_key)


def _text(*, primary_key: bool = False) -> Any:  # noqa: ANN401 - as above
    return Field(sa_type=Text, primary_key=primary_key)


class BookRow(Row, table=True):
    """A book: its lasting name, and what it was opened with."""

    __tablename__ = "book"
    __table_args__ = (PrimaryKeyConstraint("id"), UniqueConstraint("uid"), UniqueConstraint("name"), STRICT)

    id: int = _integer(primary_key=True)
    uid: str = _text()
    name: str = _text()
    recipient: str = _text()
    require_citation: int = _integer()
    closed_before: str | None = _text()


class EntryRow(Row, table=True):
    """An entry: its canonical line, and the columns that are asked for."""

    __tablename__ = "entry"
    __table_args__ = (
        PrimaryKeyConstraint("book", "number"),
        _in_book(),
        ForeignKeyConstraint(["book", "reverses"], ["entry.book", "entry.number"]),
        UniqueConstraint("book", "origin"),
        UniqueConstraint("book", "reverses"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        Index(None, "book", "pledge"),
        STRICT,
    )

    book: int = _integer(primary_key=True)
    number: int = _integer(primary_key=True)
    on_date: str = _text()
    recorded_at: str = _text()
    recorded_by: str = _text()
    kind: str = _text()
    pledge: str | None = _text()
    origin: str | None = _text()
    reverses: int | None = _integer()
    note: str | None = _text()
    citation_url: str | None = _text()
    citation_quote: str | None = _text()
    postings: int = _integer()
    line: str = _text()


class PostingRow(Row, table=True):
    """A posting: signed minor units on one stage account, dated as its entry."""

    __tablename__ = "posting"
    __table_args__ = (
        PrimaryKeyConstraint("book", "entry", "line"),
        ForeignKeyConstraint(["book", "entry"], ["entry.book", "entry.number"], deferrable=True, initially="DEFERRED"),
        CheckConstraint("amount <> 0", name="says_something"),
        Index(None, "book", "pledge"),
        CLUSTERED,
    )

    book: int = _integer(primary_key=True)
    entry: int = _integer(primary_key=True)
    line: int = _integer(primary_key=True)
    on_date: str = _text()
    pledge: str = _text()
    stage: str = _text()
    commodity: str = _text()
    amount: int = _integer()


class PledgeRow(Row, table=True):
    """A pledge's facts as they stand, with the dimensions reports are cut by (a projection)."""

    __tablename__ = "pledge"
    __table_args__ = (
        PrimaryKeyConstraint("book", "id"),
        _in_book(),
        Index(None, "book", "donor", "on_date"),
        CLUSTERED,
    )

    book: int = _integer(primary_key=True)
    id: str = _text(primary_key=True)
    donor: str = _text()
    recipient: str = _text()
    purpose: str = _text()
    instrument: str = _text()
    source: str | None = _text()
    on_date: str = _text()
    parent: str | None = _text()
    package: str | None = _text()
    title: str | None = _text()
    entry: int = _integer()
    void: int | None = _integer()
    facts: str = _text()


class AccountRow(Row, table=True):
    """What a stage account holds now, in minor units (a projection)."""

    __tablename__ = "account"
    __table_args__ = (PrimaryKeyConstraint("book", "pledge", "stage", "commodity"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    pledge: str = _text(primary_key=True)
    stage: str = _text(primary_key=True)
    commodity: str = _text(primary_key=True)
    balance: int = _integer()


class TallyRow(Row, table=True):
    """What the pledges that a donor announced on a day hold at a stage, in one instrument (a projection).

    The sum is ``high`` billions of minor units and ``low`` minor units, neither of which 64 bits limit.
    """

    __tablename__ = "tally"
    __table_args__ = (
        PrimaryKeyConstraint("book", "donor", "instrument", "stage", "commodity", "on_date"),
        _in_book(),
        CLUSTERED,
    )

    book: int = _integer(primary_key=True)
    donor: str = _text(primary_key=True)
    instrument: str = _text(primary_key=True)
    stage: str = _text(primary_key=True)
    commodity: str = _text(primary_key=True)
    on_date: str = _text(primary_key=True)
    high: int = _integer()
    low: int = _integer()


class DrawingRow(Row, table=True):
    """What a child drew from its facility, net, by the stage it had there (a projection)."""

    __tablename__ = "drawing"
    __table_args__ = (PrimaryKeyConstraint("book", "parent", "child", "stage", "commodity"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    parent: str = _text(primary_key=True)
    child: str = _text(primary_key=True)
    stage: str = _text(primary_key=True)
    commodity: str = _text(primary_key=True)
    amount: int = _integer()


class PartyRow(Row, table=True):
    """A registered party (a projection). Countries of ISO 3166 need no row."""

    __tablename__ = "party"
    __table_args__ = (PrimaryKeyConstraint("book", "code"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    code: str = _text(primary_key=True)
    name: str = _text()
    kind: str = _text()


class MembershipRow(Row, table=True):
    """A party's membership in a group, both days inside (a projection)."""

    __tablename__ = "membership"
    __table_args__ = (
        PrimaryKeyConstraint("book", "entry", "line"),
        _in_book(),
        Index(None, "book", "circle"),
        CLUSTERED,
    )

    book: int = _integer(primary_key=True)
    entry: int = _integer(primary_key=True)
    line: int = _integer(primary_key=True)
    party: str = _text()
    circle: str = _text()
    since: str | None = _text()
    until: str | None = _text()


class SourceRow(Row, table=True):
    """A funding source (a projection)."""

    __tablename__ = "source"
    __table_args__ = (PrimaryKeyConstraint("book", "code"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    code: str = _text(primary_key=True)
    name: str = _text()


class ItemRow(Row, table=True):
    """An item that is promised by the piece (a projection)."""

    __tablename__ = "item"
    __table_args__ = (PrimaryKeyConstraint("book", "code"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    code: str = _text(primary_key=True)
    name: str = _text()


class SerialRow(Row, table=True):
    """The last running number given to a donor's pledges of a year (a projection)."""

    __tablename__ = "serial"
    __table_args__ = (PrimaryKeyConstraint("book", "prefix"), _in_book(), CLUSTERED)

    book: int = _integer(primary_key=True)
    prefix: str = _text(primary_key=True)
    last: int = _integer()


class QuoteRow(Row, table=True):
    """The words that an entry cites, as a digest that is the same however they were typed (a projection)."""

    __tablename__ = "quote"
    __table_args__ = (
        PrimaryKeyConstraint("book", "entry", "line"),
        _in_book(),
        Index(None, "book", "digest"),
        CLUSTERED,
    )

    book: int = _integer(primary_key=True)
    entry: int = _integer(primary_key=True)
    line: int = _integer(primary_key=True)
    digest: str = _text()


class RateRow(Row, table=True):
    """An imported exchange rate, 1 base = value quote, as text; both days inside, none for an undated table."""

    __tablename__ = "rate"
    __table_args__ = (
        PrimaryKeyConstraint("book", "number"),
        _in_book(),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("base <> quote", name="between_two"),
        CheckConstraint("value <> ''", name="says_something"),
        CheckConstraint("(since IS NULL) = (until IS NULL) AND since <= until", name="begins_and_ends"),
        CheckConstraint(
            "kind IN ('spot', 'month', 'quarter', 'year', 'table', 'stated', 'realised')", name="of_a_kind"
        ),
        Index(None, "book", "source", "base", "quote", "since"),
        Index(None, "book", "source", "since", "until", "retrieved_at"),
        STRICT,
    )

    book: int = _integer(primary_key=True)
    number: int = _integer(primary_key=True)
    source: str = _text()
    base: str = _text()
    quote: str = _text()
    since: str | None = _text()
    until: str | None = _text()
    kind: str = _text()
    value: str = _text()
    sha256: str = _text()
    retrieved_at: str = _text()


class TileRow(Row, table=True):
    """A row of hashes of the log, as the C2SP's tlog-tiles cuts them: up to 256 of 32 bytes, side by side.

    ``level`` 0 are the lines' own. A row that became wider stands beside the narrower one, which is never changed.
    """

    __tablename__ = "tile"
    __table_args__ = (
        PrimaryKeyConstraint("book", "level", "number", "width"),
        _in_book(),
        CheckConstraint("level BETWEEN 0 AND 7 AND number >= 0", name="is_in_the_tree"),
        CheckConstraint("width BETWEEN 1 AND 256 AND length(hashes) = 32 * width", name="is_as_wide_as_it_says"),
        STRICT,
    )

    book: int = _integer(primary_key=True)
    level: int = _integer(primary_key=True)
    number: int = _integer(primary_key=True)
    width: int = _integer(primary_key=True)
    hashes: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(Row, table=True):
    """A head of the log that was signed: of the first ``size`` entries, with its root in base64, as it was printed."""

    __tablename__ = "checkpoint"
    __table_args__ = (
        PrimaryKeyConstraint("book", "number"),
        _in_book(),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("size > 0", name="says_something"),
        Index(None, "book", "size"),
        STRICT,
    )

    book: int = _integer(primary_key=True)
    number: int = _integer(primary_key=True)
    size: int = _integer()
    root: str = _text()
    note: str = _text()


def _table(row: type[Row]) -> Table:
    return cast("Table", row.__table__)  # type: ignore[attr-defined] # every table model has one


BOOKS = _table(BookRow)
ENTRIES = _table(EntryRow)
POSTINGS = _table(PostingRow)
PLEDGES = _table(PledgeRow)
ACCOUNTS = _table(AccountRow)
TALLIES = _table(TallyRow)
DRAWINGS = _table(DrawingRow)
PARTIES = _table(PartyRow)
MEMBERSHIPS = _table(MembershipRow)
SOURCES = _table(SourceRow)
ITEMS = _table(ItemRow)
SERIALS = _table(SerialRow)
QUOTES = _table(QuoteRow)
RATES = _table(RateRow)
TILES = _table(TileRow)
CHECKPOINTS = _table(CheckpointRow)

PROJECTIONS = (PLEDGES, ACCOUNTS, TALLIES, DRAWINGS, PARTIES, MEMBERSHIPS, SOURCES, ITEMS, SERIALS, QUOTES)
"""The tables that are rebuilt from the entries."""
