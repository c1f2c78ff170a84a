"""The activity: what a publisher states of a piece of its aid, in the ledger's terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256

from ledger.errors import InputError
from ledger.formats.iati import codes
from ledger.formats.iati.element import Element, Unreadable
from ledger.formats.iati.extension import TAG, stated
from ledger.formats.iati.parties import LONGEST_NAME, WHOLE, Named, Share, organisation, recipients
from ledger.formats.iati.terms import terms
from ledger.formats.reading import cleaned
from ledger.journal import Citation
from ledger.message import message
from ledger.period import parse_date
from ledger.pledge import Instrument, Purpose, Terms
from ledger.recognition.steps import RegisterSource

LONGEST_ID = 100
"""Characters that a pledge's id may have."""

_LONGEST_LINK = 1_000
_WITHDRAWN = message("this code is withdrawn since 2016: it is read as it was meant")
_UNFIT = re.compile(r"[\s,:@]+")
_OFFSET = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,20})?")
_LINK = re.compile(r"https://[^\s\x00-\x1f\x7f<>\"]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The finance, flow and aid types of an activity, or of one transaction."""

    finance: str = ""
    flow: str = ""
    aid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What an activity states beside its transactions, and what is odd about it.

    ``shares`` are its recipients, if it names any; ``on`` is the day it started, if it says; ``currency`` the
    one meant where a value does not say. What a file of ours repeats in an element of its own comes before the rest.
    """

    id: str
    line: int
    donor: Named
    title: str | None
    language: str
    currency: str
    shares: tuple[Share, ...]
    on: date | None
    purpose: Purpose
    types: Codes
    instrument: Instrument
    terms: Terms
    source: RegisterSource | None
    package: str | None
    citations: tuple[Citation, ...]
    odd: tuple[Unreadable, ...]


def identifier(written: str) -> str:
    """The pledge's id for an activity's identifier: what an id, or an origin made of it, cannot have is a hyphen."""
    return fitted(_UNFIT.sub("-", cleaned(written)).lstrip("-"))


def fitted(key: str) -> str:
    """An id that is short enough, ending in a hash of the whole where it had to be cut."""
    if len(key) <= LONGEST_ID:
        return key
    digest = sha256(key.encode()).hexdigest()[:8]
    return f"{key[: LONGEST_ID - len(digest) - 1]}-{digest}"


def activity(element: Element, key: str, defaults: Mapping[str, str]) -> Activity:
    """What an activity states; ``defaults`` are the currencies of organisations, and of the file under no name.

    Raises :class:`Unreadable` for one without a donor.
    """
    odd: list[Unreadable] = []
    language = element.get("xml:lang")
    usable = Element(element.tag, element.line, element.attributes, "", list(_read(element, odd)))
    types, instrument = _financed(element, usable, odd)
    own = stated(usable.first(TAG), odd)
    loan = usable.first("crs-add")
    return Activity(
        id=key,
        line=element.line,
        donor=own.donor or _donor(usable, language, odd),
        title=_title(usable, language),
        language=language,
        currency=_currency(usable, defaults),
        shares=(Share(own.recipient, WHOLE),) if own.recipient else _shares(usable, language, odd),
        on=_start(usable, odd),
        purpose=own.purpose or _purpose(element, types),
        types=types,
        instrument=own.instrument or instrument,
        terms=Terms() if loan is None else terms(loan.first("loan-terms"), odd),
        source=own.source,
        package=own.package,
        citations=tuple(_citations(usable, language)),
        odd=tuple(odd),
    )


def day_of(element: Element | None, column: str) -> date:
    """The day an element states in ``@iso-date``. Raises :class:`Unreadable`."""
    text = "" if element is None else element.get("iso-date")
    if not text:
        raise Unreadable(f"{column}/@iso-date", "", message("there is no date: state it as 2025-03-02"))
    try:
        return parse_date(_OFFSET.sub("", text))
    except InputError as error:
        raise Unreadable(f"{column}/@iso-date", text, error.message) from None


def instrument_of(types: Codes) -> tuple[Instrument, list[Unreadable]]:
    """How something is financed by its codes, and what is odd about them."""
    found = codes.INSTRUMENTS.get(types.finance, Instrument.GRANT)
    odd = list(_odd_codes(types))
    if types.flow == codes.EXPORT_CREDITS and (found is Instrument.LOAN or not types.finance):
        return Instrument.EXPORT_CREDIT, odd
    if found is Instrument.GRANT and types.aid in codes.IN_KIND:
        return Instrument.IN_KIND, odd
    return found, odd


def dac_aid_type(element: Element, tag: str) -> str:
    """The aid type an element states in the DAC's vocabulary, which is meant where none is named."""
    stated = (found.get("code") for found in element.all(tag) if found.get("vocabulary") in {"", "1"})
    return next(stated, "")


def _odd_codes(types: Codes) -> Iterator[Unreadable]:
    if types.finance in codes.WITHDRAWN_FINANCE:
        yield Unreadable("finance-type", types.finance, _WITHDRAWN)
    if types.finance and types.finance not in codes.INSTRUMENTS:
        said = message("this way of financing is kept as a grant: the ledger has none that is nearer")
        yield Unreadable("finance-type", types.finance, said)
    if types.flow in codes.WITHDRAWN_FLOWS:
        yield Unreadable("flow-type", types.flow, _WITHDRAWN)
    elif types.flow and types.flow not in codes.FLOWS:
        yield Unreadable("flow-type", types.flow, message("this is no code of the list of flow types: it is not used"))


def _read(element: Element, odd: list[Unreadable]) -> Iterator[Element]:
    """The elements of an activity but for transactions, and for what is too long to be read."""
    for child in element.children:
        if child.tag == "transaction":
            continue
        if child.too_long:
            odd.append(
                Unreadable(
                    child.too_long, "", message("this is longer than a million characters: left out"), child.line
                )
            )
        else:
            yield child


def _donor(element: Element, language: str, odd: list[Unreadable]) -> Named:
    funding = [found for found in element.all("participating-org") if found.get("role").casefold() in codes.FUNDING]
    named = list(dict.fromkeys(who for found in funding if (who := organisation(found, language)) is not None))
    if len(named) == 1:
        return named[0]
    reporting = organisation(element.first("reporting-org"), language)
    if reporting is None:
        raise Unreadable("reporting-org", "", message("neither who funds it nor who reports it is stated"))
    if named:
        several = ", ".join(who.code for who in named)[:200]
        odd.append(Unreadable("participating-org", several, message("several fund it: its donor is who reports it")))
    return reporting


def _shares(element: Element, language: str, odd: list[Unreadable]) -> tuple[Share, ...]:
    shares, unlike = recipients(element, language)
    odd += [Unreadable("recipient-country", "", reason) for reason in unlike]
    return tuple(shares)


def _title(element: Element, language: str) -> str | None:
    titles = list(element.all("title"))
    english = (found for found in titles if found.get("xml:lang").casefold().startswith("en"))
    found = next(english, titles[0] if titles else None)
    return (cleaned(found.narrative(language))[:LONGEST_NAME].strip() or None) if found is not None else None


def _start(element: Element, odd: list[Unreadable]) -> date | None:
    dates = list(element.all("activity-date"))
    for meant in (codes.ACTUAL_START, codes.PLANNED_START):
        for found in dates:
            if found.get("type").casefold() in meant:
                try:
                    return day_of(found, "activity-date")
                except Unreadable as error:
                    odd.append(
                        Unreadable(
                            error.column,
                            error.value,
                            message("{reason}; it is not used", reason=error.reason),
                            found.line,
                        )
                    )
    return None


def _currency(element: Element, defaults: Mapping[str, str]) -> str:
    """The currency meant where a value does not say: the activity's, its publisher's, or the file's."""
    reporting = element.code("reporting-org", "ref")
    return element.get("default-currency") or (reporting and defaults.get(reporting)) or defaults.get("") or ""


def _financed(element: Element, usable: Element, odd: list[Unreadable]) -> tuple[Codes, Instrument]:
    """The codes that are meant where a transaction states none, and how that is financed."""
    aid = dac_aid_type(usable, "default-aid-type")
    types = Codes(finance=_finance(element), flow=usable.code("default-flow-type"), aid=aid)
    instrument, strange = instrument_of(types)
    if not types.finance and instrument is Instrument.GRANT:
        strange.append(Unreadable("finance-type", "", message("no finance type is stated: it is kept as a grant")))
    odd += [Unreadable(f"default-{one.column}", one.value, one.reason) for one in strange]
    return types, instrument


def _finance(element: Element) -> str:
    """The finance type that is meant where a transaction says none: the default, or the only one stated."""
    stated = {found.code("finance-type") for found in element.all("transaction")} - {""}
    return element.code("default-finance-type") or (next(iter(stated)) if len(stated) == 1 else "")


def _purpose(element: Element, types: Codes) -> Purpose:
    """What most of it is for, by its sectors; by those of its transactions where only they have them."""
    if element.get("humanitarian").casefold() in {"1", "true"}:
        return Purpose.HUMANITARIAN
    inside = (sector for transaction in element.all("transaction") for sector in transaction.all("sector"))
    weights: dict[Purpose, Fraction] = {}
    for sector in list(element.all("sector")) or inside:
        share, meant = sector.get("percentage"), _sector(sector, types.flow)
        part = Fraction(share) if _SHARE.fullmatch(share) else Fraction(100)
        weights[meant] = weights.get(meant, Fraction(0)) + part
    found = max(weights, key=lambda purpose: weights[purpose], default=Purpose.OTHER)
    return Purpose.FINANCIAL if found is Purpose.OTHER and types.aid in codes.BUDGET_SUPPORT else found


def _sector(sector: Element, flow: str) -> Purpose:
    code, vocabulary = sector.get("code"), sector.get("vocabulary")
    if vocabulary == codes.HUMANITARIAN_CLUSTERS:
        return Purpose.HUMANITARIAN
    if vocabulary not in codes.DAC_SECTORS:
        return Purpose.OTHER
    if code.startswith(codes.HUMANITARIAN_SECTORS):
        return Purpose.HUMANITARIAN
    if code.startswith(codes.FINANCIAL_SECTORS):
        return Purpose.FINANCIAL
    security = code.startswith(codes.SECURITY_SECTORS) and flow in codes.OFFICIAL_BUT_NOT_AID
    return Purpose.MILITARY if security else Purpose.OTHER


def _citations(element: Element, language: str) -> Iterator[Citation]:
    """The activity's document over HTTPS: of the activity itself, else of the organisation."""
    links = [found for found in element.all("document-link") if _LINK.fullmatch(found.get("url"))]
    for kind in ("A", "B"):
        for found in links:
            fits = len(found.get("url")) <= _LONGEST_LINK and found.code("category").startswith(kind)
            if fits and not found.too_long:
                title = found.first("title")
                named = cleaned(title.narrative(language))[:LONGEST_NAME].strip() if title is not None else ""
                yield Citation(url=found.get("url"), title=named or None)
                return
