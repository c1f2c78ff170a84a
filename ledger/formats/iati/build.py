"""An activity's elements, built from its place in the file by itself, without what is not read."""

from __future__ import annotations

from ledger.errors import InputError
from ledger.formats.iati.element import Element
from ledger.formats.iati.extension import TAG
from ledger.formats.iati.survey import Contents, Place
from ledger.formats.stream import LONGEST_TEXT, faults, feed, parser

LARGEST_ACTIVITY = 16 * 2**20  # bytes
MOST_ELEMENTS = 400_000  # of an activity, of those that are read

_READ = frozenset(
    {
        TAG,
        "activity-date",
        "crs-add",
        "default-aid-type",
        "default-finance-type",
        "default-flow-type",
        "document-link",
        "iati-identifier",
        "participating-org",
        "recipient-country",
        "recipient-region",
        "reporting-org",
        "sector",
        "title",
        "transaction",
    }
)
_READ_INSIDE = _READ | {
    "aid-type",
    "category",
    "commitment-date",
    "description",
    "finance-type",
    "flow-type",
    "loan-terms",
    "narrative",
    "provider-org",
    "receiver-org",
    "repayment-final-date",
    "repayment-first-date",
    "repayment-plan",
    "repayment-type",
    "transaction-date",
    "transaction-type",
    "value",
}


class _Whole(Exception):
    """The activity that was asked for has ended: no error."""


def build(contents: Contents, place: Place) -> Element:
    """One activity, with those of its elements that are read.

    Raises :class:`InputError` for an activity that is too large, or a file that is no longer what it was.
    """
    if place.length > LARGEST_ACTIVITY:
        raise InputError("the activity has more than {most} MiB: split it", most=LARGEST_ACTIVITY // 2**20)
    builder = _Builder(contents.encoding, place.line)
    with faults(), contents.path.open("rb") as file:
        file.seek(place.offset)
        try:
            feed(builder.parser, file, builder.names)
        except _Whole:
            return builder.activity
    raise InputError("it changed while it was read: read it again")


class _Builder:
    """Makes the elements of one activity, leaving out what is not read."""

    def __init__(self, encoding: str | None, line: int) -> None:
        self.names: dict[str, str] = {}
        self.parser = parser(encoding, self.names)
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._told
        self.parser.buffer_text = True
        self.activity = Element("iati-activity", line)
        self._first_line = line - 1
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []
        self._left_out = 0
        self._elements = 0

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        known = _READ if len(self._open) == 1 else _READ_INSIDE
        if self._left_out or (self._open and tag not in known):
            self._left_out += 1
            return
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise InputError("the activity has more than {most:,} elements: split it", most=MOST_ELEMENTS)
        element = Element(tag, self._first_line + self.parser.CurrentLineNumber, attributes)
        for name in [name for name, value in attributes.items() if len(value) > LONGEST_TEXT]:
            element.too_long = f"{tag}/@{name}"
            del attributes[name]
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.activity = element
        self._open.append(element)
        self._texts.append([])
        self._lengths.append(0)

    def _told(self, text: str) -> None:
        if not self._left_out and self._open:
            self._lengths[-1] += len(text)
            if self._lengths[-1] <= LONGEST_TEXT:
                self._texts[-1].append(text)

    def _ended(self, _tag: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        element, texts, length = self._open.pop(), self._texts.pop(), self._lengths.pop()
        if length > LONGEST_TEXT:
            element.too_long = element.too_long or element.tag
        else:
            element.text = "".join(texts)
        if not self._open:
            raise _Whole
        self._open[-1].too_long = self._open[-1].too_long or (element.too_long if len(self._open) > 1 else "")
