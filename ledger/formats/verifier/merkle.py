"""The tree over the entries, and proofs about it, as RFC 9162 (2.1) writes them down. Hashes are 32 bytes."""

from __future__ import annotations

import hashlib
from typing import Optional


def leaf_of(data: bytes) -> bytes:
    """The hash of an entry: of its line in the journal, without the line break."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node_of(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps the roots of its complete subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more entry."""
        self._complete.append(leaf)
        self.size += 1
        joined = self.size
        while joined % 2 == 0:
            right = self._complete.pop()
            self._complete.append(_node_of(self._complete.pop(), right))
            joined //= 2

    def root(self) -> bytes:
        """The root over all entries so far."""
        if not self._complete:
            return hashlib.sha256().digest()
        root = self._complete[-1]
        for left in reversed(self._complete[:-1]):
            root = _node_of(left, root)
        return root


def root_by_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> Optional[bytes]:
    """The root that a proof of inclusion leads to (2.1.3.2); None where it cannot be one of this entry and size."""
    if not 0 <= index < size:
        return None
    first, last, root = index, size - 1, leaf
    for each in path:
        if not last:
            return None
        if first & 1 or first == last:
            root = _node_of(each, root)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            root = _node_of(root, each)
        first, last = first >> 1, last >> 1
    return None if last else root


def continues(old: int, size: int, roots: tuple[bytes, bytes], path: list[bytes]) -> bool:
    """Whether a proof shows that the tree of ``size`` begins with that of ``old`` entries (2.1.4.2).

    ``roots`` are those of the old and of the new tree; of equal trees there is nothing to prove.
    """
    if not 0 < old < size:
        return old == size and roots[0] == roots[1] and not path
    path = path if old & (old - 1) else [roots[0], *path]
    if not path:
        return False
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if not last:
            return False
        if first & 1 or first == last:
            before, after = _node_of(each, before), _node_of(each, after)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            after = _node_of(after, each)
        first, last = first >> 1, last >> 1
    return (before, after) == roots and not last
