"""Shares: what each of several donors promises of an amount, as it was typed.

``50,30,20`` are weights, any positive numbers; ``50%,30%,20%`` have to be 100 per cent; ``500m EUR,300m EUR,200m
EUR`` are amounts, and have to add up to the whole. Where a semicolon stands between them, commas belong to figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ledger.errors import InputError
from ledger.message import message

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.money import Commodity, Money

_WHOLE = 100


def several(text: str, what: str) -> tuple[str, ...]:
    """The words of a list with commas, ``GB,NO,DK``. Raises :class:`InputError` where one is empty."""
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise InputError("{what} '{text}' has an empty place: write them as GB,NO,DK", what=what, text=text)
    return words


def shares(
    text: str, donors: Sequence[str], amount: Money | None, session: Session, items: Mapping[str, Commodity]
) -> tuple[Fraction, ...]:
    """The weights by which donors share: those typed, or the minor units of the amounts typed.

    ``amount`` is the whole, None where it is undisclosed. Raises :class:`InputError` in one line for whatever is not
    one share more than nothing for each donor, and for shares that are not the whole.
    """
    mark = session.notation.decimal if ";" in text else "."
    typed = [piece.strip() for piece in text.split(";" if ";" in text else ",")]
    if len(typed) != len(donors):
        raise InputError(
            "--share '{text}' does not have one share for each of {donors}: give them in this order",
            text=text,
            donors=", ".join(donors),
            hint=message("where commas stand in the figures, put semicolons between them: 1,500m EUR; 500m EUR"),
        )
    weights = [_weight(piece, mark) for piece in typed]
    if all(weight is None for weight in weights):
        return _amounts(typed, amount, session, items)
    found = [weight for weight in weights if weight is not None]
    percent = [piece.endswith("%") for piece in typed]
    if len(found) < len(typed) or any(percent) != all(percent):
        raise InputError(
            "--share '{text}' mixes kinds: give weights (50,30,20), per cent (50%,30%,20%) or amounts", text=text
        )
    _refuse_nothing(found, donors, typed)
    if all(percent) and sum(found) != _WHOLE:
        raise InputError(
            "--share '{text}' comes to {total} %, not to 100 %",
            text=text,
            total=_plain(sum(found, Fraction(0))),
            hint=message("without % they are weights, whatever they come to"),
        )
    return tuple(found)


def _weight(piece: str, mark: str) -> Fraction | None:
    """The number that a share is, with or without a sign of per cent; None where it is something else."""
    found = re.fullmatch(rf"(-?[0-9]{{1,15}}(?:{re.escape(mark)}[0-9]{{1,15}})?) ?%?", piece, re.ASCII)
    return Fraction(found[1].replace(mark, ".")) if found else None


def _amounts(
    typed: Sequence[str], amount: Money | None, session: Session, items: Mapping[str, Commodity]
) -> tuple[Fraction, ...]:
    if amount is None:
        raise InputError("--share in amounts shares an amount, and this one is undisclosed: give weights, as in 2,1,1")
    found = [session.amount(piece, items) for piece in typed]
    for piece in found:
        if piece.commodity != amount.commodity:
            raise InputError("--share {piece}: the shares of {amount} are in its currency", piece=piece, amount=amount)
    total = sum(found[1:], found[0])
    if total < amount:
        missing = amount - total
        raise InputError(
            "--share: the amounts come to {total}, and {missing} of {amount} is missing",
            total=total,
            missing=missing,
            amount=amount,
        )
    if total > amount:
        beyond = total - amount
        raise InputError(
            "--share: the amounts come to {total}, which is {beyond} more than {amount}",
            total=total,
            beyond=beyond,
            amount=amount,
        )
    return tuple(Fraction(piece.units) for piece in found)


def _refuse_nothing(weights: Sequence[Fraction], donors: Sequence[str], typed: Sequence[str]) -> None:
    for weight, donor, piece in zip(weights, donors, typed, strict=True):
        if weight <= 0:
            raise InputError(
                "--share {piece} of {donor} is not more than nothing: leave the donor out, or give it a share",
                piece=piece,
                donor=donor,
            )


def _plain(number: Fraction) -> str:
    """A sum of decimals as a decimal, exactly.

    >>> _plain(Fraction("33.3") * 3)
    '99.9'
    """
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    units = int(number * 10**digits)
    return f"{units // 10**digits}.{units % 10**digits:0{digits}}" if digits else str(units)
