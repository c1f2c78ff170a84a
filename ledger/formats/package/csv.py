"""CSV of a package: RFC 4180, UTF-8 without a mark, lines that end in CRLF, quotes where they are needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

Cells = Sequence[str | None]
"""The cells of a row: text as it stands, None for what is absent."""

_PAGE = 1000


def lines(header: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """The header and the rows as text, many lines at a time; what is absent is an empty cell."""
    yield _text([header])
    each = iter(rows)
    while page := list(islice(each, _PAGE)):
        yield _text(page)


def _text(rows: Iterable[Cells]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
