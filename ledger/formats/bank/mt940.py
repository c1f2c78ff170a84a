"""MT940: a bank's statement as SWIFT's text message, read by the library ``mt-940``.

A file holds messages, each of which begins with ``:20:`` and is a statement, or one page of it with balances of its
own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledger.errors import InputError
from ledger.formats.opened import MEBIBYTE, bounded
from ledger.formats.rates.layout import shown
from ledger.formats.reading import cleaned
from ledger.message import Message, message
from ledger.money import Commodity, Money, currency
from ledger.reconcile.statement import Line, Statement, numbered

BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:\{1:|:20:|[A-Z0-9]{8,12}\s+940\b|:940:)|^:20:[^\n]*\r?\n(?::2[158]|:60)", re.MULTILINE
)
"""What such a file begins with: SWIFT's header, or the first tags of a message."""

LARGEST = 64 * MEBIBYTE
MOST_LINES = 500_000

_MESSAGE = re.compile(r"(?m)^(?=:20:)")
_TRAILER = re.compile(r"(?m)^-\}?.*\Z", re.DOTALL)
_ENTRY = re.compile(r"(?m)^:61:")
_FIELD = re.compile(r"(?m)^:([0-9]{2}[A-Z]?|NS):")
_LONGEST_TAG = 20_000  # characters
_MARKED = {
    "61": re.compile(r"[0-9]{6}(?:[0-9]{4}|\s{4})?(?i:R?[DC][A-Z]?)[\n ]?([^A-Z/\n]*)"),
    **dict.fromkeys(("60F", "60M", "62F", "62M"), re.compile(r"(?i:[DC])[0-9]{6}[A-Za-z]{3}([^\n]*)")),
}
"""What stands before the amount of a field, and the amount."""
_AMOUNT = re.compile("(?=.{2,15}$)[0-9]+,[0-9]*")
_PARTY = re.compile(r"/NAME/([^/]{1,140})")
_REFERENCE = re.compile(r"/(?:EREF|KREF|PREF|IREF|RTRN)/([^/ ]{1,70})")
_NOT_GIVEN = frozenset({"", "NONREF", "NOTPROVIDED"})
_NAMED = ("customer_reference", "bank_reference", "end_to_end_reference")
_TOLD = ("transaction_details", "purpose", "extra_details", "posting_text", "additional_purpose")


def read(path: Path) -> list[Statement]:
    """The statements of a file. Raises :class:`InputError`, without the file's name, for what is none."""
    logging.getLogger("mt940").addHandler(logging.NullHandler())  # what it would say is said here, in one line
    text = _decoded(bounded(path, LARGEST)).replace("\r\n", "\n").replace("\r", "\n")
    if len(_ENTRY.findall(text)) > MOST_LINES:
        raise InputError("it has more than {most:,} entries: ask the bank for shorter statements", most=MOST_LINES)
    messages = [one for one in _MESSAGE.split(text) if one.startswith(":20:")]
    if not messages:
        raise InputError("it holds no statement: no line begins with :20:")
    found, line = [], 1 + text[: text.index(messages[0])].count("\n")
    for place, one in enumerate(messages, 1):
        found.append(_statement(_parsed(one, place, line), place))
        line += one.count("\n")
    return found


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _parsed(whole: str, place: int, line: int) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """What a message says of the account, and of each entry."""
    import mt940  # noqa: PLC0415 - only this format pays for it

    text = _TRAILER.sub("", whole)
    if any(len(tag) > _LONGEST_TAG for tag in re.split(r"(?m)^(?=:)", text)):
        raise InputError("message {place}: a field of more than {most:,} characters", place=place, most=_LONGEST_TAG)
    fields = _fields(text, line)
    amounts = [amount for field in fields if (amount := _amount(field, place)) is not None and field.tag == "61"]
    found = mt940.models.Transactions(options=mt940.options.Options.all())
    try:
        found.parse(text)
    except _FAULTS:
        raise _unreadable(fields, place) from None
    entries: list[Mapping[str, Any]] = [one.data for one in found.transactions if "amount" in one.data]
    if len(entries) != len(_ENTRY.findall(text)):
        raise InputError(
            "message {place}: {read} of its {all} entries (:61:) can be read",
            place=place,
            read=len(entries),
            all=len(_ENTRY.findall(text)),
        )
    for said, entry in zip(amounts, entries, strict=True):
        if abs(entry["amount"].amount) != said:
            raise InputError("message {place}: an amount of {amount} (:61:) cannot be read", place=place, amount=said)
    return found.data, entries


_FAULTS = (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
"""What the library raises for a field that it cannot read."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field as it is written, with its line in the file."""

    tag: str
    text: str
    line: int

    @property
    def name(self) -> Message:
        """Where it is, in a message."""
        return message("line {line}, {field}", line=self.line, field=f":{self.tag}:{cleaned(self.text)[:60]}")


def _fields(text: str, line: int) -> list[_Field]:
    found = list(_FIELD.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [
        _Field(match[1], text[match.end() : end].strip(), line + text.count("\n", 0, match.start()))
        for match, end in zip(found, ends, strict=True)
    ]


def _amount(field: _Field, place: int) -> Decimal | None:
    """The amount of a field as it is written, which the library may read in part; None for a field without one."""
    if field.tag not in _MARKED:
        return None
    found = _MARKED[field.tag].match(field.text)
    if found is None:
        raise InputError(
            "message {place}: {field} cannot be read: it needs a day, D or C, and an amount",
            place=place,
            field=field.name,
        )
    if not _AMOUNT.fullmatch(amount := found[1].strip()):
        raise InputError(
            "message {place}: {field} has no amount that can be read: it is digits with one comma, at most 15 signs",
            place=place,
            field=field.name,
        )
    return Decimal(amount.replace(",", "."))


def _unreadable(fields: list[_Field], place: int) -> InputError:
    """That the library cannot read a message, and which field it is; each may be readable by itself."""
    import mt940  # noqa: PLC0415 - only this format pays for it

    alone = mt940.models.Transactions(options=mt940.options.Options.all())
    for field in fields:
        try:
            tag = alone.tags.get(field.tag) or alone.tags[alone.normalize_tag_id(field.tag[:2])]
            tag(alone, tag.parse(alone, field.text))
        except _FAULTS:
            return InputError("message {place}: it cannot be read as MT940: {field}", place=place, field=field.name)
    return InputError("message {place}: it cannot be read as MT940", place=place)


def _statement(parsed: tuple[dict[str, Any], list[Mapping[str, Any]]], place: int) -> Statement:
    said, entries = parsed
    account = cleaned(str(said.get("account_identification") or ""))
    if not account:
        raise InputError("message {place}: it names no account (:25:)", place=place)
    opening = said.get("final_opening_balance") or said.get("intermediate_opening_balance")
    closing = said.get("final_closing_balance") or said.get("intermediate_closing_balance")
    known = opening or closing
    if known is None:
        raise InputError("message {place}: it has neither an opening nor a closing balance (:60F:, :62F:)", place=place)
    of = currency(str(known.amount.currency))
    name = _name(said, closing or opening)
    lines = numbered(_line(entry, of, account=account, statement=name) for entry in entries)
    days = [_day(balance.date) for balance in (opening, closing) if balance is not None]
    days += [line.booked_on for line in lines]
    return Statement(
        account=account,
        id=name,
        currency=of,
        opening=_money(opening.amount, of) if opening is not None else None,
        closing=_money(closing.amount, of) if closing is not None else None,
        opened_on=min(days),
        closed_on=max(days),
        lines=lines,
    )


def _name(said: Mapping[str, Any], balance: Any) -> str:  # noqa: ANN401 - the library's balance
    """What a statement is known by: its number and page, which begin anew each year, and its day."""
    parts = (said.get("statement_number"), said.get("sequence_number"))
    number = "/".join(cleaned(str(part)) for part in parts if part) or cleaned(str(said.get("transaction_reference")))
    return f"{number} of {_day(balance.date)}"


def _line(entry: Mapping[str, Any], of: Commodity, *, account: str, statement: str) -> Line:
    value = _day(entry["date"])
    text = cleaned(" ".join(dict.fromkeys(str(entry[name]) for name in _TOLD if entry.get(name))))
    key = cleaned(str(entry.get("bank_reference") or ""))
    return Line(
        account=account,
        statement=statement,
        key="" if key in _NOT_GIVEN else key,
        booked_on=_day(entry.get("entry_date") or entry["date"]),
        value_on=value,
        amount=_money(entry["amount"], of),
        references=tuple(dict.fromkeys(_references(entry, text))),
        party=_party(entry),
        text=text,
        lasting=key not in _NOT_GIVEN,
    )


def _references(entry: Mapping[str, Any], text: str) -> Iterator[str]:
    for name in _NAMED:
        if (found := cleaned(str(entry.get(name) or ""))) not in _NOT_GIVEN:
            yield found
    yield from (found for found in _REFERENCE.findall(text) if found not in _NOT_GIVEN)


def _party(entry: Mapping[str, Any]) -> str:
    named = cleaned(str(entry.get("applicant_name") or ""))
    found = _PARTY.search(cleaned(str(entry.get("transaction_details") or "")))
    return named or (cleaned(found[1]) if found else "")


def _day(day: date) -> date:
    return date(day.year, day.month, day.day)  # the library's own kind of day, as ours


def _money(amount: Any, of: Commodity) -> Money:  # noqa: ANN401 - the library's amount
    if amount.currency not in {None, of.code}:
        raise InputError(
            "an amount in {other} on an account in {currency}", other=shown(str(amount.currency)), currency=of
        )
    value: Decimal = amount.amount
    if not value.is_finite() or abs(value.adjusted()) > 30:  # noqa: PLR2004 - digits beyond any amount
        raise InputError("{text} is no amount", text=shown(str(value)))
    return Money.of(value, of)
