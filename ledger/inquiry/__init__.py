"""Inquiry: what may be asked of an open book, in four rooms that stand on one open book."""
