"""The words of tests about the log: RFC 9162's definitions, books that grow, and one that is rewritten whole."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence

from ledger.book import Book
from ledger.proof.tiles import Edge
from ledger.recognition import steps
from tests import places
from tests.tampering import tampering
from tests.world import last_number

# The oracle: RFC 9162, 2.1.1, word for word


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def tree_head(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of these leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_head(leaves[:split]) + tree_head(leaves[split:])).digest()


def lines(book: Book) -> list[str]:
    """The lines that a book's table holds."""
    with places.sql(places.path_of(book)) as tables:
        return [line for (line,) in tables.execute("SELECT line FROM entry ORDER BY number")]


def rows(book: Book, columns: str = "level, number, width") -> list[tuple[object, ...]]:
    """The kept rows of hashes, from the leaves up."""
    with places.sql(places.path_of(book)) as tables:
        return tables.execute(f"SELECT {columns} FROM tile ORDER BY level, number, width")  # noqa: S608 - our words


def expected_root(book: Book, size: int | None = None) -> bytes:
    """The root over the first of a book's lines, by the definition."""
    return tree_head([leaf(line.encode()) for line in lines(book)[:size]])


def grow(book: Book, entries: int) -> None:
    """Let a book have so many entries."""
    first = last_number(book) + 1
    book.record_all([steps.RegisterItem(code=f"item-{number}", name="An item") for number in range(first, entries + 1)])


def forge_signature(book: Book, number: int = 1) -> None:
    """Give a kept head the signature of its signer below another text, in a form that is right."""
    with tampering(book) as tables:
        [[note]] = tables.execute("SELECT note FROM checkpoint WHERE number = ?", (number,))
        before, blank, encoded = note.rstrip("\n").rpartition(" ")
        signature = b64decode(encoded)
        forged = b64encode(signature[:-1] + bytes([signature[-1] ^ 1])).decode()
        values = (f"{before}{blank}{forged}\n", number)
        tables.execute("UPDATE checkpoint SET note = ? WHERE number = ?", values)


def turn(book: Book, place: int, where: str) -> None:
    """Turn one byte over of each kept row of hashes that is there."""
    with tampering(book) as tables:
        [[hashes]] = tables.execute(f"SELECT hashes FROM tile WHERE {where}")  # noqa: S608 - our words
        turned = bytes([*hashes[:place], hashes[place] ^ 1, *hashes[place + 1 :]])
        tables.execute(f"UPDATE tile SET hashes = ? WHERE {where}", (turned,))  # noqa: S608


def rewrite(book: Book, statements: Sequence[str], sizes: Sequence[int]) -> None:
    """Alter entries, and make every kept row of hashes anew for the sizes that were signed, as only they tell."""
    with tampering(book) as tables:
        for statement in statements:
            tables.execute(statement)
        tables.execute("DELETE FROM tile")
        hashes = [leaf(line.encode()) for (line,) in tables.execute("SELECT line FROM entry ORDER BY number")]
        for size in sizes:
            edge = Edge()
            rows = [tile for each in hashes[:size] for tile in edge.add(each)]
            for row in (*rows, *edge.unfinished()):
                values = (book.key, row.level, row.number, row.width, row.hashes)
                tables.execute("INSERT INTO tile VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
