"""Reconciliation: what the book says beside what others say. Nothing here sees the store."""
