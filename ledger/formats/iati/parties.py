"""Parties: organisations and recipients as IATI names them, under codes that a register takes.

An organisation is its reference; one without is its name. A code that had to be changed ends in a few digits
of the hash of what was written, so that two organisations never become one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from iso3166 import countries_by_alpha2

from ledger.formats.iati.codes import REGIONS, UNSPECIFIED
from ledger.formats.iati.element import NOTHING_STATED, Element
from ledger.formats.reading import cleaned
from ledger.message import Message, message
from ledger.pledge import PartyKind
from ledger.recognition.opening import PARTIES
from ledger.recognition.steps import RegisterParty

LONGEST_NAME = 200
WHOLE = Fraction(100)
"""The shares of all recipients together, in per cent."""

_LONGEST_CODE = 64
_LONGEST_STEM = 48
_DAC, _UN = "1", "2"
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_UNFIT = re.compile(r"[^A-Za-z0-9]+")
_PERCENTAGE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,20})?|\.[0-9]{1,20}")
_KNOWN = frozenset(code for code, _, _ in PARTIES)


@dataclass(frozen=True, slots=True)
class Named:
    """Whoever is named: a code, and the name and kind it is registered by."""

    code: str
    name: str = field(compare=False)
    kind: PartyKind = field(default=PartyKind.INSTITUTION, compare=False)

    @property
    def needs(self) -> tuple[RegisterParty, ...]:
        """What registers it, unless every book knows it."""
        if self.code in countries_by_alpha2 or self.code in _KNOWN:
            return ()
        return (RegisterParty(code=self.code, name=self.name, kind=self.kind),)


class Share(NamedTuple):
    """Whoever receives, with what part of a hundred; none where that is not said."""

    recipient: Named
    part: Fraction | None


NOBODY_SAID = Named(f"DAC-{UNSPECIFIED}", REGIONS[UNSPECIFIED], PartyKind.GROUP)
"""The recipient of what names none, or several without their shares."""


def organisation(element: Element | None, language: str) -> Named | None:
    """The organisation an element names by reference or by name, if it names one."""
    if element is None:
        return None
    reference = cleaned(element.get("ref"))
    name = cleaned(element.narrative(language))[:LONGEST_NAME].strip()
    if reference.casefold() in NOTHING_STATED:
        return Named(_coded(f"org {name}", name), name) if name else None
    return Named(_coded(reference, reference), name or reference[:LONGEST_NAME])


def party(code: str, name: str, kind: str) -> Named | None:
    """A party by the very code of a register, None where that can be none."""
    if not is_code(code):
        return None
    of = PartyKind(kind) if kind in set(PartyKind) else PartyKind.INSTITUTION
    return Named(code, cleaned(name)[:LONGEST_NAME].strip() or code, of)


def is_code(text: str) -> bool:
    """Whether a register takes this as a code."""
    return len(text) <= _LONGEST_CODE and _CODE.fullmatch(text) is not None


def recipients(of: Element, language: str) -> tuple[list[Share], list[Message]]:
    """Who receives what share by the countries and regions an element states, and what is odd about them."""
    stated = [(country(found, language), found) for found in of.all("recipient-country")]
    stated += [(region(found, language), found) for found in _one_vocabulary(list(of.all("recipient-region")))]
    named = [(who, found) for who, found in stated if who is not None]
    odd = [message("a recipient without a code is left out")] if len(named) < len(stated) else []
    shares = _added([Share(who, _part(found)) for who, found in named])
    if len(shares) <= 1:
        return [Share(share.recipient, WHOLE) for share in shares], odd
    if any(share.part is None for share in shares):
        codes = ", ".join(share.recipient.code for share in shares)[:200]
        whole = message("its recipients ({recipients}) have no shares: it is kept whole", recipients=codes)
        return [Share(NOBODY_SAID, WHOLE)], [*odd, whole]
    shares = [share for share in shares if share.part]
    total = sum((share.part or Fraction(0) for share in shares), Fraction(0))
    if shares and total != WHOLE:
        odd.append(message("the shares of its recipients do not add up to 100: they are taken in proportion"))
    return shares or [Share(NOBODY_SAID, WHOLE)], odd


def country(element: Element, language: str) -> Named | None:
    """The country an element names."""
    code = cleaned(element.get("code")).upper()
    if not code:
        return None
    name = cleaned(element.narrative(language))[:LONGEST_NAME].strip()
    if code in countries_by_alpha2:
        return Named(code, code, PartyKind.COUNTRY)
    return Named(_coded(code, code), name or code[:LONGEST_NAME], PartyKind.COUNTRY)


def region(element: Element, language: str) -> Named | None:
    """The region an element names: those of the DAC and of the United Nations keep their number."""
    code = cleaned(element.get("code"))
    if not code:
        return None
    vocabulary = cleaned(element.get("vocabulary")) or _DAC
    prefix = {_DAC: "DAC", _UN: "UN"}.get(vocabulary, f"region-{vocabulary}")
    known = REGIONS.get(code) if vocabulary == _DAC else None
    name = known or cleaned(element.narrative(language))[:LONGEST_NAME].strip()
    return Named(_coded(f"{prefix}-{code}", code), name or f"{prefix} region {code}"[:LONGEST_NAME], PartyKind.GROUP)


def _one_vocabulary(regions: Sequence[Element]) -> list[Element]:
    """The regions in one vocabulary, the DAC's where there is one: each vocabulary tells the whole again."""
    stated = [found.get("vocabulary") or _DAC for found in regions]
    meant = _DAC if _DAC in stated else next(iter(stated), _DAC)
    return [found for found, vocabulary in zip(regions, stated, strict=True) if vocabulary == meant]


def _part(element: Element) -> Fraction | None:
    text = element.get("percentage")
    return Fraction(text) if _PERCENTAGE.fullmatch(text) else None


def _added(shares: Sequence[Share]) -> list[Share]:
    """The shares by recipient, each once, in the order of their codes: that of the file may change."""
    found: dict[Named, Fraction | None] = {}
    for recipient, part in shares:
        before = found.get(recipient, Fraction(0))
        found[recipient] = None if before is None or part is None else before + part
    return [Share(recipient, found[recipient]) for recipient in sorted(found, key=lambda who: who.code)]


def _coded(text: str, written: str) -> str:
    if is_code(text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = _UNFIT.sub("-", plain)[:_LONGEST_STEM].strip("-") or "org"
    return f"{stem}-{sha256(written.encode()).hexdigest()[:8]}"
