"""RFC 9162, section 2.1, written down as it is defined, beside the tree of the ledger: slow, and plain to compare.

``MTH``, ``PATH`` and ``PROOF`` are the definitions, with the hashes of leaves for data; ``verify_inclusion`` and
``verify_consistency`` are the steps of 2.1.3.2 and 2.1.4.2, by their numbers there.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256


class Definitions:
    """The definitions over one list of leaf hashes: each subtree is named by its first leaf and the one after it."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.mth = cache(self._mth)

    def _mth(self, first: int, last: int) -> bytes:
        """2.1.1, the Merkle tree hash of D[first:last]."""
        if first == last:
            return sha256().digest()
        if last - first == 1:
            return self.leaves[first]
        middle = first + split(last - first)
        return sha256(b"\x01" + self.mth(first, middle) + self.mth(middle, last)).digest()

    def path(self, index: int, first: int, last: int) -> list[bytes]:
        """2.1.3.1, PATH(index, D[first:last])."""
        if last - first == 1:
            return []
        k = split(last - first)
        if index < k:
            return [*self.path(index, first, first + k), self.mth(first + k, last)]
        return [*self.path(index - k, first + k, last), self.mth(first, first + k)]

    def proof(self, old: int, size: int) -> list[bytes]:
        """2.1.4.1, PROOF(old, D[0:size])."""
        return self._subproof(old, (0, size), known=True)

    def _subproof(self, old: int, span: tuple[int, int], *, known: bool) -> list[bytes]:
        first, last = span
        if old == last - first:
            return [] if known else [self.mth(first, last)]
        k = split(last - first)
        if old <= k:
            return [*self._subproof(old, (first, first + k), known=known), self.mth(first + k, last)]
        return [*self._subproof(old - k, (first + k, last), known=False), self.mth(first, first + k)]


def split(size: int) -> int:
    """2.1.1: k is the largest power of two smaller than n."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """2.1.3.2: the root that is then compared, None where a step says fail."""
    if index >= size:  # 1
        return None
    fn, sn, r = index, size - 1, leaf  # 2, 3
    for p in path:  # 4
        if sn == 0:  # a
            return None
        if fn & 1 or fn == sn:  # b
            r = _node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = _node(r, p)
        fn, sn = fn >> 1, sn >> 1  # c
    return r if sn == 0 else None  # 5


def verify_consistency(old: int, size: int, path: list[bytes], roots: tuple[bytes, bytes]) -> bool:
    """2.1.4.2, for 0 < old < size."""
    first_hash, second_hash = roots
    if not path:  # 1
        return False
    whole = [first_hash, *path] if old & (old - 1) == 0 else path  # 2
    fn, sn = old - 1, size - 1  # 3
    while fn & 1:  # 4
        fn, sn = fn >> 1, sn >> 1
    fr = sr = whole[0]  # 5
    for c in whole[1:]:  # 6
        if sn == 0:  # a
            return False
        if fn & 1 or fn == sn:  # b
            fr, sr = _node(c, fr), _node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, c)
        fn, sn = fn >> 1, sn >> 1  # c
    return (fr, sr, sn) == (first_hash, second_hash, 0)  # 7
