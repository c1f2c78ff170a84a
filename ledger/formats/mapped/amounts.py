"""Amounts as files write them: a number by its marks and unit, to whole minor units of its currency."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from ledger.errors import AmountError
from ledger.formats.mapped.map import Conventions
from ledger.formats.rates.layout import shown
from ledger.message import Message, message
from ledger.money import MOST_UNITS, Commodity, Money

LONGEST = 60  # characters: more digits than any amount that an account can hold

_SURE = 18  # digits that fit in a signed 64-bit integer, whatever they are
_BLANKS = re.compile(r"\s")
_NUMBER = re.compile("[0-9]+(?:[.][0-9]+)?|[.][0-9]+")
_GROUPED = re.compile("[0-9]{1,3}(?:,[0-9]{3})+(?:[.][0-9]+)?")
_MINUS = ("-", "\N{MINUS SIGN}")


def plain(how: Conventions) -> Callable[[str, int], int | None]:
    """The quick way for most of most files: as many decimals as the currency has, and no other marks.

    What it returns gives the minor units, and None for any other text, which :func:`units` may still read.
    """
    decimal, is_plain = how.decimal, how.unit == 1

    def read(text: str, digits: int) -> int | None:
        whole, _, part = text.partition(decimal)
        figures = whole + part
        if len(part) == digits and len(figures) <= _SURE and figures.isdigit() and figures.isascii() and whole:
            return int(figures)
        return None

    return read if is_plain else lambda _text, _digits: None


def units(cell: str | Decimal, of: Commodity, how: Conventions) -> int:
    """The minor units that a number means."""
    value = (Fraction(cell) if isinstance(cell, Decimal) else number(cell, how)) * how.unit
    exact = value * 10**of.digits
    if exact.denominator != 1 and not how.round:
        raise _too_precise(shown(str(cell)), of)
    found = Money.rounded(value, of).units
    if abs(found) > MOST_UNITS:
        raise AmountError(
            "{amount} is more than the ledger can hold: the most is {most}",
            amount=shown(str(cell)),
            most=Money(MOST_UNITS, of),
        )
    return found


def _too_precise(number: str, of: Commodity) -> AmountError:
    if not of.digits:
        return AmountError(
            "{number} is too precise: {commodity} has no decimals (a map may say round = true)",
            number=number,
            commodity=of,
        )
    return AmountError(
        "{number} is too precise: {commodity} has {digits} decimals (a map may say round = true)",
        number=number,
        commodity=of,
        digits=of.digits,
    )


def number(text: str, how: Conventions) -> Fraction:
    """The exact value of a number in this text: never a guess at what a mark is for.

    >>> number("1.234,5", Conventions(decimal=",", thousands="."))
    Fraction(2469, 2)
    """
    rest = _BLANKS.sub(" ", text.strip())
    if len(rest) > LONGEST:
        raise AmountError("{text} is too long to be a number", text=shown(text))
    signed, bracketed = rest.startswith(_MINUS), rest.startswith("(") and rest.endswith(")")
    figures = rest[1:-1] if bracketed else rest[1:] if signed else rest.removeprefix("+")
    usual = _usual(figures.strip(), how)
    if usual is None:
        raise AmountError(_advice(rest, how))
    value = Fraction(usual)
    return -value if signed or bracketed else value


def _usual(text: str, how: Conventions) -> str | None:
    """The number with a point and without thousands; None where its marks are not these conventions'."""
    decimal, thousands = how.decimal, how.thousands
    marks = {",": "?", ".": "?", decimal: "."} | ({thousands: ","} if thousands else {})
    swapped = "".join(marks.get(sign, sign) for sign in text)
    if _NUMBER.fullmatch(swapped):
        return swapped
    return swapped.replace(",", "") if _GROUPED.fullmatch(swapped) else None


def _advice(text: str, how: Conventions) -> Message:
    """What would be right, and where the marks alone are wrong, how a map says so."""
    if how.unit == 1 and not how.thousands and how.decimal == "." and _GROUPED.fullmatch(text):
        return message(
            '{text} is not a plain number, such as 1600000000.00 (a map may say thousands = ",")', text=shown(text)
        )
    if how == Conventions(absent=how.absent, dates=how.dates):
        return message("{text} is not a plain number, such as 1600000000.00", text=shown(text))
    return message(
        "{text} is not a number as the map describes them, such as {example}", text=shown(text), example=_example(how)
    )


def _example(how: Conventions) -> str:
    number = f"1{how.thousands}600{how.thousands}000{how.decimal}50"
    match how.unit:
        case 1_000:
            return message("{number} (in thousands)", number=number)
        case 1_000_000:
            return message("{number} (in millions)", number=number)
        case 1_000_000_000:
            return message("{number} (in billions)", number=number)
        case _:
            return number
