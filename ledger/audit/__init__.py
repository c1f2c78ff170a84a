"""Audit: what auditors are handed, and what is verified: signed heads, proofs, packages."""
