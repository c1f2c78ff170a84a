"""The extension: what a pledge states for which IATI has no code, or none that says as much.

Version 2.03 lets an activity end in elements of other namespaces. Ours repeats the facts that reports are cut by,
so that a file of ours is read back to the same donors, purposes and instruments. What was promised, committed,
disbursed and repaid stands in IATI's own elements alone. It is known by its prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ledger.formats.iati.element import Element, Unreadable
from ledger.formats.iati.parties import LONGEST_NAME, Named, is_code, party
from ledger.formats.reading import cleaned
from ledger.message import Message, message
from ledger.pledge import Instrument, Party, Pledge, Purpose
from ledger.recognition.steps import RegisterSource

_Word = TypeVar("_Word", bound=StrEnum)

NAMESPACE = "urn:aidledger:iati"
PREFIX = "aidledger"
TAG = f"{PREFIX}:pledge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The facts of a pledge as an activity of ours repeats them; None where it does not."""

    donor: Named | None = None
    recipient: Named | None = None
    purpose: Purpose | None = None
    instrument: Instrument | None = None
    source: RegisterSource | None = None
    package: str | None = None


NOTHING = Stated()


def attributes(pledge: Pledge, donor: Party, recipient: Party, source: str | None) -> dict[str, str | None]:
    """The facts of a pledge as the attributes of the element; ``source`` is the name of its funding source."""
    return {
        "donor": donor.code,
        "donor-kind": str(donor.kind),
        "donor-name": donor.name,
        "recipient": recipient.code,
        "recipient-kind": str(recipient.kind),
        "recipient-name": recipient.name,
        "purpose": str(pledge.purpose),
        "instrument": str(pledge.instrument),
        "source": pledge.source,
        "source-name": source,
        "package": pledge.package,
    }


def stated(element: Element | None, odd: list[Unreadable]) -> Stated:
    """The facts that an element of ours repeats; what is none of ours is added to what is ``odd``, and left out."""
    if element is None:
        return NOTHING
    return Stated(
        donor=_party(element, "donor", odd),
        recipient=_party(element, "recipient", odd),
        purpose=_one_of(element, Purpose, "purpose", odd),
        instrument=_one_of(element, Instrument, "instrument", odd),
        source=_source(element, odd),
        package=cleaned(element.get("package")) or None,
    )


def _party(element: Element, name: str, odd: list[Unreadable]) -> Named | None:
    code = element.get(name)
    found = party(code, element.get(f"{name}-name"), element.get(f"{name}-kind"))
    if code and found is None:
        odd.append(_left_out(name, code, message("this is no code of a party of this ledger: it is left out")))
    return found


def _one_of(element: Element, known: type[_Word], name: str, odd: list[Unreadable]) -> _Word | None:
    word = element.get(name)
    if not word:
        return None
    if word not in set(known):
        odd.append(_left_out(name, word, message("this is no {field} of this ledger: it is left out", field=name)))
        return None
    return known(word)


def _source(element: Element, odd: list[Unreadable]) -> RegisterSource | None:
    code = element.get("source")
    if not code:
        return None
    if not is_code(code):
        odd.append(_left_out("source", code, message("this is no code of a source of this ledger: it is left out")))
        return None
    return RegisterSource(code=code, name=cleaned(element.get("source-name"))[:LONGEST_NAME] or code)


def _left_out(name: str, value: str, why: Message) -> Unreadable:
    return Unreadable(f"{TAG}/@{name}", value, why)
