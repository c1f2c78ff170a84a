"""The log: the canonical lines as leaves of a tree, the rows of its hashes that are kept, and its signed heads.

Recording an entry touches none of it. The rows are made when a head is signed, from the entries that came since the
last one, so that each head reads only what is new (C2SP tlog-tiles; RFC 9162, section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from sqlalchemy import Connection, func, insert, select

from ledger.errors import InputError, Refusal
from ledger.proof import leaf
from ledger.proof.checkpoint import Checkpoint, hash_text
from ledger.proof.tiles import HASH, WIDTH, Edge, Place, Tile, edge_of, span_root
from ledger.proof.tree import Span, leaf_hash
from ledger.store import subjects
from ledger.store.dialects import as_bytes
from ledger.store.tables import CHECKPOINTS, ENTRIES, TILES

_PAGE = 1000
_AT_ONCE = 100
WRITTEN = as_bytes(ENTRIES.c.line).label("line")
"""A line as it is hashed: what is no text is altered as any other line is, and no reason to stop reading."""


def lines(connection: Connection, book: int, after: int = 0, upto: int | None = None) -> Iterator[str]:
    """The canonical lines in the order of numbers, without line breaks, from the one after a number to another."""
    return (line.decode() for _, line in numbered(connection, book, after, upto))


def sound(connection: Connection, book: int, uid: str, after: int = 0) -> Iterator[bytes]:
    """The lines after a number as they may be signed: all of them, lines of this book, text.

    Raises :class:`Refusal` where a number is missing between two, or a line is no text or not this book's.
    """
    beginning = f'{{"book":{leaf.canonical(uid)},'.encode()
    for expected, (number, line) in enumerate(numbered(connection, book, after), after + 1):
        if number != expected:
            raise Refusal(
                "there is no entry {expected}, and there is an entry {number}: an entry was taken out or renumbered",
                expected=expected,
                number=number,
                hint="aidledger check",
            )
        if not is_text(line):
            raise Refusal("the line of entry {number} is no text (UTF-8)", number=number, hint="aidledger check")
        if not line.startswith(beginning):
            raise Refusal(
                "entry {number} is not one of the book {uid}",
                number=number,
                uid=uid,
                hint="aidledger check",
            )
        yield line


def is_text(line: bytes) -> bool:
    """Whether these bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def numbered(connection: Connection, book: int, after: int = 0, upto: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The bytes of the lines, each with its number."""
    found = select(ENTRIES.c.number, WRITTEN).filter_by(book=book).where(ENTRIES.c.number > after)
    if upto is not None:
        found = found.where(ENTRIES.c.number <= upto)
    rows = connection.execute(found.order_by(ENTRIES.c.number).execution_options(yield_per=_PAGE))
    return chain.from_iterable(rows.partitions())


def touching(connection: Connection, book: int, pledge: str) -> list[tuple[int, bytes]]:
    """The entries about a pledge and those with postings on it, as number and line, in the order of numbers."""
    found = select(ENTRIES.c.number, WRITTEN).filter_by(book=book)
    found = found.where(ENTRIES.c.number.in_(subjects.touching(book, pledge)))
    rows = connection.execute(found.order_by(ENTRIES.c.number))
    return [(row.number, row.line) for row in rows]


def size_of(connection: Connection, book: int) -> int:
    """How many entries a book has."""
    return connection.scalar(select(func.max(ENTRIES.c.number)).filter_by(book=book)) or 0


def kept_size(connection: Connection, book: int) -> int:
    """How many entries the kept rows of hashes cover."""
    last = (TILES.c.number.desc(), TILES.c.width.desc())
    found = select(TILES.c.number, TILES.c.width).filter_by(book=book, level=0).order_by(*last).limit(1)
    row = connection.execute(found).first()
    return row.number * WIDTH + row.width if row else 0


@dataclass
class Log:
    """The tree over a book's lines as one transaction sees it, read from the kept rows as far as those go.

    What is newer is hashed once, when it is first asked for, and its rows stay in memory: 32 bytes an entry.
    """

    connection: Connection
    book: int
    uid: str
    _rows: dict[Place, bytes] = field(default_factory=dict)

    @cached_property
    def size(self) -> int:
        """How many entries there are; raises :class:`Refusal` where hashes of more are kept."""
        there, kept = size_of(self.connection, self.book), self.kept
        if there < kept:
            raise Refusal(
                "the book has {there} entries, and its log keeps the hashes of {kept}: the last were taken away",
                there=there,
                kept=kept,
                hint="aidledger verify",
            )
        return there

    @cached_property
    def kept(self) -> int:
        """How many entries the kept rows cover."""
        return kept_size(self.connection, self.book)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first entries: all of them, or so many."""
        wanted = self.size if size is None else size
        if not 0 < wanted <= self.size:
            raise InputError(
                "there is no root over {wanted} entries: the book has {size}", wanted=wanted, size=self.size
            )
        return self.span_hash((0, wanted))

    def span_hash(self, span: Span) -> bytes:
        """The hash of the subtree of leaves from ``span[0]`` up to and without ``span[1]``: entry N is leaf N - 1."""
        if span[1] > self.kept:
            _ = self._new
        return span_root(span, self._row)

    def grown(self) -> Iterator[Tile]:
        """The rows that the entries since the last kept one make: full ones as they come, then the right edge.

        Raises :class:`Refusal` as :func:`sound` does.
        """
        before = list(edge_of(self.kept))
        edge = Edge(self.kept, [Tile(at, number, self._stored(at, number, width)) for at, number, width in before])
        for line in sound(self.connection, self.book, self.uid, self.kept):
            yield from edge.add(leaf_hash(line))
        yield from (tile for tile in edge.unfinished() if (*tile.place, tile.width) not in before)

    @cached_property
    def _new(self) -> bool:
        """Whether there are new rows, which are then in memory."""
        made = {tile.place: tile.hashes for tile in self.grown()}
        self._rows |= made
        return bool(made)

    def _row(self, level: int, number: int) -> bytes:
        if (level, number) not in self._rows:
            self._rows[level, number] = self._stored(level, number)
        return self._rows[level, number]

    def _stored(self, level: int, number: int, width: int = 1) -> bytes:
        """The widest kept row at a place. Raises :class:`Refusal` where none is so wide."""
        found = select(TILES.c.hashes).filter_by(book=self.book, level=level, number=number)
        hashes = self.connection.scalar(found.order_by(TILES.c.width.desc()).limit(1))
        if hashes is None or len(hashes) < HASH * width:
            raise Refusal(
                "the log has lost hashes (tile {level}/{number})",
                level=level,
                number=number,
                hint="aidledger check",
            )
        return bytes(hashes)


def head(connection: Connection, book: int, uid: str, size: int | None = None) -> Checkpoint:
    """The head over all entries, or over the first so many: from the kept rows of hashes, and what is new.

    Raises :class:`InputError` where there are not so many.
    """
    log = Log(connection, book, uid)
    return Checkpoint(uid, log.size if size is None else size, log.root(size))


def extend(connection: Connection, book: int, uid: str) -> None:
    """Keep the rows of hashes of what is new. The connection holds the write lock."""
    rows = Log(connection, book, uid).grown()
    while some := list(islice(rows, _AT_ONCE)):
        values = [
            {"book": book, "level": row.level, "number": row.number, "width": row.width, "hashes": row.hashes}
            for row in some
        ]
        connection.execute(insert(TILES), values)


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed head as a book keeps it: its own number, how many entries it covers, its root, its text."""

    number: int
    size: int
    root: str
    note: str


def checkpoints(connection: Connection, book: int) -> list[Kept]:
    """The signed heads that a book keeps, in the order in which they were signed."""
    columns = (CHECKPOINTS.c.number, CHECKPOINTS.c.size, CHECKPOINTS.c.root, CHECKPOINTS.c.note)
    found = select(*columns).filter_by(book=book).order_by(CHECKPOINTS.c.number)
    return [Kept(*row) for row in connection.execute(found)]


def last_checkpoint(connection: Connection, book: int) -> Kept | None:
    """The signed head that was kept last."""
    columns = (CHECKPOINTS.c.number, CHECKPOINTS.c.size, CHECKPOINTS.c.root, CHECKPOINTS.c.note)
    found = select(*columns).filter_by(book=book).order_by(CHECKPOINTS.c.number.desc()).limit(1)
    row = connection.execute(found).first()
    return Kept(*row) if row else None


def keep(connection: Connection, book: int, signed: Checkpoint, note: str) -> None:
    """Keep a signed head, unless the very same is kept already. The connection holds the write lock."""
    same = select(CHECKPOINTS.c.number).filter_by(book=book, size=signed.size, note=note)
    if connection.scalar(same) is None:
        last = connection.scalar(select(func.max(CHECKPOINTS.c.number)).filter_by(book=book)) or 0
        row = {"book": book, "number": last + 1, "size": signed.size, "root": hash_text(signed.root), "note": note}
        connection.execute(insert(CHECKPOINTS), row)
