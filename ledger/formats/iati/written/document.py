"""The one door: a file of activities of version 2.03, piece by piece. The same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ledger.errors import Refusal
from ledger.formats.iati.extension import NAMESPACE, PREFIX
from ledger.formats.iati.written.activity import activity
from ledger.formats.iati.written.content import Content
from ledger.formats.iati.written.markup import opened, written

VERSION = "2.03"


def document(content: Content) -> Iterator[str]:
    """The text of a file of activities. Raises :class:`Refusal` where there are none: the schema wants one."""
    first = next(content.activities, None)
    if first is None:
        raise Refusal("no pledge is selected, and a file of IATI activities has one at least")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    about = {"version": VERSION, "generated-datetime": content.generated, f"xmlns:{PREFIX}": NAMESPACE}
    yield f"<{opened('iati-activities', about)}>\n"
    for one in chain([first], content.activities):
        yield "".join(written(activity(one, content.reporter, content.on), 1))
    yield "</iati-activities>\n"
