"""Proof: the bytes of entries, the tree over them, and what a signed head of it says.

``leaf`` writes and reads the canonical line of an entry, ``tree`` hashes the lines (RFC 9162) and ``tiles`` keeps the
hashes of a tree that grows; ``checkpoint`` is a head of that tree as text (C2SP tlog-checkpoint), and ``inclusion`` a
proof that one entry is under it (C2SP tlog-proof).
"""
