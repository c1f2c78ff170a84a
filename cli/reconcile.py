"""Reconciliation: the book beside what sources, banks and trackers say."""

from __future__ import annotations

from cli.lazy import noun

app = noun("Compare the book with what its sources, banks and other trackers say.")
