"""Reading: a file of somebody else's, as a stream of findings. Nothing is written, and nothing is guessed at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ledger.errors import InputError
from ledger.formats.rates.gather import RateFile
from ledger.formats.rates.layout import shown
from ledger.recognition.proposal import Finding

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file says, read while it is asked for, so that memory does not grow with the file.

    ``name`` begins every origin (``NAME:KEY``). ``complete`` files state all that their publisher counts: what
    an earlier one stated and this one does not is gone. ``rates`` are those that came with the file.
    ``done`` of ``total`` (bytes or rows) were read so far.
    """

    name: str
    findings: Iterator[Finding]
    complete: bool = False
    rates: RateFile | None = None
    total: int = 0
    done: Callable[[], int] = lambda: 0


def refuse_name(name: str | None) -> None:
    """Refuse a name that origins cannot begin with. Raises :class:`InputError`."""
    if name is not None and not _NAME.fullmatch(name):
        raise InputError(
            "name: {text} can have letters a-z, digits, points, hyphens and underscores only", text=shown(name)
        )


def cleaned(text: str) -> str:
    r"""Text that an entry can hold: control characters and line breaks as spaces, marks that reorder it gone.

    >>> cleaned("two\nlines \x1b[31mred ")
    'two lines [31mred'
    """
    return " ".join(unicodedata.normalize("NFC", _UNFIT.sub(" ", text)).split())
