"""The transaction: one of an activity's, read strictly, or the reason why it cannot be recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.iati import codes
from ledger.formats.iati.activity import Activity, Codes, dac_aid_type, day_of, instrument_of
from ledger.formats.iati.codes import TransactionType
from ledger.formats.iati.element import Element, Unreadable
from ledger.formats.iati.parties import Named, country, organisation, region
from ledger.formats.reading import cleaned
from ledger.message import message
from ledger.money import Money, currency
from ledger.pledge import Instrument, MoveKind
from ledger.recognition.proposal import Register

LONGEST_REFERENCE = 150
_LONGEST_NOTE = 500
_LONGEST_FIGURE = 40
_DAY = 10  # characters of a date, without a time zone
_FIGURE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_BY_PLACE = re.compile(r"transaction-[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """Money that was promised or moved: less than nothing where an earlier figure is corrected.

    ``move`` is None where a promise is raised. ``recipient`` is one that it names itself.
    """

    place: int
    line: int
    type: TransactionType
    move: MoveKind | None
    day: date
    amount: Money
    instrument: Instrument
    recipient: Named | None
    reference: str
    note: str
    needs: tuple[Register, ...]
    odd: tuple[Unreadable, ...]


def transaction(element: Element, place: int, of: Activity) -> Transaction:
    """One transaction of an activity. Raises :class:`Unreadable`."""
    if element.too_long:
        raise Unreadable(element.too_long, "", message("this is longer than a million characters"))
    kind = _type(element)
    types = _types(element, of)
    instrument, strange = _financed(element, types, of)
    move, instrument = _meant(kind, types.finance, instrument, of)
    day = day_of(element.first("transaction-date"), "transaction-date")
    amount, rounded = _amount(element, of)
    parties = {tag: organisation(element.first(tag), of.language) for tag in ("provider-org", "receiver-org")}
    return Transaction(
        place=place,
        line=element.line,
        type=kind,
        move=move,
        day=day,
        amount=amount,
        instrument=instrument,
        recipient=_recipient(element, of),
        reference=_reference(element),
        note=_note(element, kind, parties, of.language),
        needs=tuple(_registers(element, parties)),
        odd=(*strange, *rounded),
    )


def _types(element: Element, of: Activity) -> Codes:
    """Its own finance, flow and aid types, each the activity's where it states none."""
    return Codes(
        finance=element.code("finance-type") or of.types.finance,
        flow=element.code("flow-type") or of.types.flow,
        aid=dac_aid_type(element, "aid-type") or of.types.aid,
    )


def _financed(element: Element, types: Codes, of: Activity) -> tuple[Instrument, list[Unreadable]]:
    """How it is financed: as the activity, unless it states a finance type; and what is odd about its own codes."""
    instrument, odd = instrument_of(types)
    known = {of.types.finance, of.types.flow}
    return instrument if element.code("finance-type") else of.instrument, [one for one in odd if one.value not in known]


def _registers(element: Element, parties: Mapping[str, Named | None]) -> Iterator[Register]:
    """What registers those that are named by a reference: a name alone is left to the note."""
    referred = dict.fromkeys(who for tag, who in parties.items() if who is not None and element.code(tag, "ref"))
    return (register for who in referred for register in who.needs)


def _type(element: Element) -> TransactionType:
    code = element.code("transaction-type")
    found = codes.TRANSACTION_TYPES.get(codes.LETTERS.get(code, code))
    if found is None:
        why = message("there is no type of transaction: types are 1 to 13")
        if code:
            why = message("this is no type of transaction: types are 1 to 13")
        raise Unreadable("transaction-type/@code", code, why)
    if found.refused:
        raise Unreadable("transaction-type/@code", code, message(found.refused, code=found.code, name=found.name))
    return found


def _meant(
    kind: TransactionType, finance: str, instrument: Instrument, of: Activity
) -> tuple[MoveKind | None, Instrument]:
    """The move that a transaction is, and the instrument it belongs to. Raises for debt that nothing moves."""
    if finance in codes.NOT_MOVED:
        raise Unreadable("finance-type/@code", finance, codes.NOT_MOVED[finance])
    if finance in codes.FORGIVING:
        if kind.move is not MoveKind.DISBURSE:
            why = message(
                "type {code} ({name}) of debt forgiveness has no step: state it as type 3",
                code=kind.code,
                name=kind.name,
            )
            raise Unreadable("finance-type/@code", finance, why)
        return MoveKind.FORGIVE, of.instrument if of.instrument.repayable else Instrument.LOAN
    if kind.code == "10":
        return kind.move, Instrument.GUARANTEE
    if instrument is Instrument.GUARANTEE and kind.move is MoveKind.DISBURSE:
        return MoveKind.CALL, instrument
    return kind.move, instrument


def _amount(element: Element, of: Activity) -> tuple[Money, list[Unreadable]]:
    """The value in its currency, rounded to what the currency has; a remark where that lost something."""
    value = element.first("value")
    text = "" if value is None else value.text.strip()
    if not text:
        raise Unreadable("value", "", message("there is no value"))
    if len(text) > _LONGEST_FIGURE or not _FIGURE.fullmatch(text):
        raise Unreadable("value", text, message("this is no number in plain decimal notation, such as -1600000.50"))
    code = (value.get("currency") if value is not None else "") or of.currency
    if not code:
        raise Unreadable("value/@currency", "", message("no currency: neither here, nor a default"))
    try:
        exact = Fraction(Decimal(text))
        amount = Money.rounded(exact, currency(code.upper())).held()
    except InputError as error:
        raise Unreadable("value", f"{text} {code}", error.message) from None
    if not amount:
        raise Unreadable("value", text, message("a value of zero says nothing"))
    rounded = Unreadable(
        "value",
        text,
        message("{currency} has fewer decimals: it is rounded to {amount}", currency=amount.commodity, amount=amount),
    )
    return amount, [] if amount.value == exact else [rounded]


def _recipient(element: Element, of: Activity) -> Named | None:
    countries = (country(found, of.language) for found in element.all("recipient-country"))
    regions = (region(found, of.language) for found in element.all("recipient-region"))
    return next((who for who in (*countries, *regions) if who is not None), None)


def _reference(element: Element) -> str:
    """Its own reference as the last word of an origin; none where it could be mistaken for a place."""
    reference = cleaned(element.get("ref")).replace(":", "-").replace("@", "-")
    unfit = len(reference) > LONGEST_REFERENCE or _BY_PLACE.fullmatch(reference)
    return "" if unfit else reference


def _note(element: Element, kind: TransactionType, parties: Mapping[str, Named | None], language: str) -> str:
    return cleaned("".join(_told(element, kind, parties)) + _described(element, language))[:_LONGEST_NOTE].strip()


def _told(element: Element, kind: TransactionType, parties: Mapping[str, Named | None]) -> Iterator[str]:
    yield f"IATI transaction type {kind.code} ({kind.name})"
    for word, tag in (("from", "provider-org"), ("to", "receiver-org")):
        who, reference = parties[tag], element.code(tag, "ref")
        if who is not None:
            yield f", {word} {who.name}" + (f" ({who.code})" if reference and who.name != who.code else "")
    valued = element.code("value", "value-date")
    if valued[:_DAY] != element.code("transaction-date", "iso-date")[:_DAY] and valued:
        yield f", value date {valued[:_DAY]}"


def _described(element: Element, language: str) -> str:
    found = element.first("description")
    said = "" if found is None else found.narrative(language)
    return f": {said}" if said else ""
