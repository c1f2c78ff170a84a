"""Quotes: the words that entries cite, by a digest of them, so that the same words cited twice are found."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from ledger.journal import Draft

_MARKS = re.compile("[\"'`\u00ab\u00b4\u00bb\u2018-\u201f\u2039\u203a\u2032\u2033\u02bc\u00ad\u200b-\u200d\u2060]")
"""Quotation marks, apostrophes, and what is not seen: typed now as these, now as those, now left out."""
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_DIGITS = 32
"""Of a SHA-256 in hex: half of it tells any two quotes apart."""


def digest(quote: str) -> str | None:
    """What is the same of two quotes that differ in blanks, case, dashes and quotation marks only.

    None of a quote without a word.
    """
    plain = unicodedata.normalize("NFKC", quote).casefold()
    plain = " ".join(_DASHES.sub("-", _MARKS.sub("", plain)).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:_DIGITS] if plain else None


def cited(entry: Draft) -> Iterator[tuple[int, str]]:
    """The quotes of an entry: which of its citations, from 1, and the digest; the same words once."""
    seen: set[str] = set()
    for line, citation in enumerate(entry.citations, 1):
        found = digest(citation.quote) if citation.quote else None
        if found is not None and found not in seen:
            seen.add(found)
            yield line, found
