"""TOML as it is written: texts in quotation marks, comments on one line, whatever they hold."""

from __future__ import annotations

import json

from ledger.formats.reading import cleaned

_LONGEST = 500  # characters


def quoted(text: str) -> str:
    r"""A text as TOML's basic strings have it, which are JSON's.

    >>> print(quoted('the "old" map'))
    "the \"old\" map"
    """
    return json.dumps(cleaned(text), ensure_ascii=False)


def remark(text: str) -> str:
    """A text as a comment can hold it: one line, cut where it is long."""
    return cleaned(text)[:_LONGEST]
