"""Proof: the bytes of entries, the tree over them, and what a signed head of it says.

``leaf`` writes and reads the canonical line of an entry, ``tree`` hashes the lines (RFC 9162), and
``checkpoint`` is a head of that tree as text (C2SP tlog-checkpoint).
"""
