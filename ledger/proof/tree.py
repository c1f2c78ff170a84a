"""The Merkle tree over the lines of the entries (RFC 9162, section 2.1), built by appending, in logarithmic memory.

Hashes are 32 bytes, SHA-256. A leaf is ``SHA-256(0x00 || bytes)``, a node ``SHA-256(0x01 || left || right)``, so that
neither can pass for the other. Proofs are named by the leaves whose roots they are made of, ``Span``, and whoever has
the leaves, or tiles of them, hashes these.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ledger.errors import InputError
from ledger.message import counted

HASH_BYTES = 32

EMPTY = sha256(b"").digest()
"""The root of the tree without leaves."""

Span = tuple[int, int]
"""The leaves from the first up to and without the second, numbered from 0: a subtree."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: of an entry's line in UTF-8, without a line break."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees, side by side."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree that grows: the roots of its complete subtrees, one for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        self.add_tree(leaf, 0)

    def add_tree(self, root: bytes, level: int) -> None:
        """Append a complete subtree of ``2**level`` leaves by its root. Only a whole number of such may come before."""
        before = self.size >> level
        if before << level != self.size:
            raise ValueError(f"a subtree of {1 << level} leaves does not begin at leaf {self.size}")
        while before & 1:
            root = node_hash(self._roots.pop(), root)
            before >>= 1
        self._roots.append(root)
        self.size += 1 << level

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._roots:
            return EMPTY
        found = self._roots[-1]
        for left in self._roots[-2::-1]:
            found = node_hash(left, found)
        return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees that prove leaf ``index``, from 0, in a tree of ``size`` leaves, from its sibling up (2.1.3.1).

    Raises :class:`InputError` where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise InputError("there is no leaf {index} in a tree of {size}", index=index, size=size)
    first, last = 0, size
    found: list[Span] = []
    while last - first > 1:
        middle = first + _left(last - first)
        if index < middle:
            found.append((middle, last))
            last = middle
        else:
            found.append((first, middle))
            first = middle
    return found[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """The subtrees that prove that a tree of ``size`` leaves continues its first ``old`` ones (2.1.4.1).

    None where there is nothing to prove: every tree continues the empty one, and itself.
    Raises :class:`InputError` where the tree is the smaller one.
    """
    if not 0 <= old <= size:
        raise InputError("a tree of {size} leaves does not continue one of {old}", size=size, old=old)
    if old in {0, size}:
        return []
    first, last = 0, size
    found: list[Span] = []
    while last != old:
        middle = first + _left(last - first)
        if old <= middle:
            found.append((middle, last))
            last = middle
        else:
            found.append((first, middle))
            first = middle
    return ([(first, last)] if first else []) + found[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a tree must have if this path proves the leaf, a hash, in it (2.1.3.2).

    Raises :class:`InputError` for a path that no tree of this size has for this leaf.
    """
    spans = inclusion_spans(index, size)
    if len(path) != len(spans) or not _hashes(path):
        raise InputError(
            counted(
                "a proof of leaf {index} in a tree of {size} has {count} hash of {bytes} bytes",
                "a proof of leaf {index} in a tree of {size} has {count} hashes of {bytes} bytes",
                count=len(spans),
                index=index,
                size=size,
                bytes=HASH_BYTES,
            )
        )
    found = leaf
    for (first, _), each in zip(spans, path, strict=True):
        found = node_hash(found, each) if first > index else node_hash(each, found)
    return found


def consistent(old: int, size: int, old_root: bytes, root: bytes, *, path: Sequence[bytes]) -> bool:
    """Whether this path proves that the tree with one root begins with the leaves of the tree with the other (2.1.4.2).

    What lies left of the end of the old tree is in both, what lies right of it in the new one only.
    """
    if not 0 <= old <= size:
        return False
    spans = consistency_spans(old, size)
    if len(path) != len(spans) or not _hashes([old_root, root, *path]):
        return False
    if not spans:
        return old_root == (root if old == size else EMPTY)
    begun = spans[0][0] < old  # the old tree ends inside: the first hash is that of its last complete subtree
    before = after = path[0] if begun else old_root
    for (first, _), each in zip(spans[begun:], path[begun:], strict=True):
        before = before if first >= old else node_hash(each, before)
        after = node_hash(after, each) if first >= old else node_hash(each, after)
    return (before, after) == (old_root, root)


def _left(size: int) -> int:
    """How many leaves stand left in a tree of at least two: the largest power of two that is smaller."""
    return int(1 << (size - 1).bit_length() - 1)


def _hashes(found: Sequence[bytes]) -> bool:
    return all(len(each) == HASH_BYTES for each in found)
