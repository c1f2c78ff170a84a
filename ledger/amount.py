"""What a person types as an amount, read strictly: ``1.6bn GBP``, ``£1.6bn``, ``5,000 air-defence-missile``.

A :class:`~ledger.notation.Notation` says how a language writes figures. A word or sign that can
mean two things is never guessed at: the refusal shows the readings. Figures stay
digits until they are exact fractions, so that none is ever rounded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from ledger.errors import AmountError, InputError, LedgerError, UnknownRecord
from ledger.message import message
from ledger.money import Commodity, Money, currency, item
from ledger.notation import APOSTROPHES, ENGLISH, Notation, fold

LONGEST = 200  # characters
_NO_ITEMS: Mapping[str, Commodity] = MappingProxyType({})
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MINUS = ("-", "\N{MINUS SIGN}", "\N{EN DASH}", "\N{HYPHEN}", "\N{FULLWIDTH HYPHEN-MINUS}")
_CONTESTED = re.compile(r"([1-9][0-9]{0,2})([.,])([0-9]{3})")
_EXPONENT = re.compile(r" ?e ?[+-]?[0-9]", re.IGNORECASE)
_FIGURES = re.compile(r"[0-9.,']+")
_TRAILING = re.compile(r"([^+]*[0-9][^+ ]*)\+((?: [^+]*)?)")
_FIRMNESS_SIGNS = {">=": "at_least", "≥": "at_least", "<=": "up_to", "≤": "up_to", "~": "about", "≈": "about"}
_FIRMNESS_WORDS = 4
"""The most words that say how firm an amount is: "jusqu'à concurrence de"."""

_MILS = 3
"""Digits of a currency in which one mark before three digits is its decimals: of the dinars."""


def read(text: str, notation: Notation = ENGLISH, items: Mapping[str, Commodity] = _NO_ITEMS) -> Money:
    """The amount this text states: a number, perhaps a word for a power of ten, and one currency or registered item.

    >>> read("£1.6bn")
    Money('1600000000.00 GBP')
    >>> read("$5m")
    Traceback (most recent call last):
    ledger.errors.AmountError: '$' can be USD, CAD, AUD, NZD, HKD, SGD ...: write the code, '5 m USD' or '5 m CAD'

    ``items`` maps the book's item codes to their commodities. Raises
    :class:`AmountError` for whatever is not one exact positive amount, or can be read
    in two ways, and :class:`UnknownRecord` for an item that is not registered.
    """
    clean = _clean(text, notation)
    firmness, bare = _firmness(clean, notation)
    if firmness:
        raise AmountError(
            "'{clean}' says how firm it is, which only a promised amount can be: write '{bare}'", clean=clean, bare=bare
        )
    rest, thing = _take_item(clean, notation, items)
    before, figure, after = _cut(rest, notation)
    scale, name = _scale_and_name(after, notation)
    said = [word for word in (before, name, thing and thing.code) if word]
    if len(said) > 1:
        raise AmountError(
            "'{clean}' names '{said}' and '{said_2}': an amount is of one currency or one item",
            clean=clean,
            said=said[0],
            said_2=said[1],
        )
    commodity = thing or _currency(before or name, f"{figure} {scale}".strip(), notation)
    power = _power(figure, scale, notation)
    value = _shifted(*_digits(figure, notation, None if scale else commodity), power)
    if not value.strip("0."):
        raise AmountError("'{clean}' is zero: an amount is more than nothing", clean=clean)
    return Money.of(value, commodity)


def read_promise(
    text: str, notation: Notation = ENGLISH, items: Mapping[str, Commodity] = _NO_ITEMS
) -> tuple[Money, str | None]:
    """An amount and how firm it is, where the text says so: ``at_least``, ``up_to``, ``about``, or None.

    >>> read_promise("up to £1.6bn")
    (Money('1600000000.00 GBP'), 'up_to')
    >>> read_promise("5000+ EUR")
    (Money('5000.00 EUR'), 'at_least')

    Raises what :func:`read` raises, and :class:`AmountError` where it says so twice.
    """
    clean = _clean(text, notation)
    firmness, amount = _firmness(clean, notation)
    trailed = _TRAILING.fullmatch(amount)
    if firmness and (trailed or _firmness(amount, notation)[0]):
        raise AmountError("'{clean}' says twice how firm it is: keep one of the two", clean=clean)
    if trailed:
        firmness, amount = "at_least", trailed[1] + trailed[2]
    return read(amount, notation, items), firmness


def _firmness(clean: str, notation: Notation) -> tuple[str | None, str]:
    """How firm the words or the sign before an amount make it, and the amount without them."""
    for sign, kind in _FIRMNESS_SIGNS.items():
        if clean.startswith(sign):
            return kind, clean.removeprefix(sign).lstrip()
    words = clean.split(" ")
    for count in range(_FIRMNESS_WORDS, 0, -1):
        if kind := notation.firmness.get(fold(" ".join(words[:count])), ""):
            return kind, " ".join(words[count:])
    return None, clean


def _clean(text: str, notation: Notation) -> str:
    """The text with Western digits and single plain spaces, if it is one short line of visible characters."""
    if len(text) > LONGEST:
        raise AmountError(
            "an amount of {count} characters is too long: the most is {longest}", count=len(text), longest=LONGEST
        )
    if hidden := next((character for character in text if unicodedata.category(character) in _INVISIBLE), None):
        raise AmountError(
            "an amount holds the invisible character U+{hidden:04X}: type it anew, in one line", hidden=ord(hidden)
        )
    composed = unicodedata.normalize("NFC", text).translate(APOSTROPHES)
    values = [(character, unicodedata.decimal(character, -1)) for character in composed]
    if len({ord(character) - value for character, value in values if value >= 0}) > 1:
        raise AmountError("an amount mixes the digits of two scripts: use one of them")
    if clean := " ".join("".join(str(value) if value >= 0 else sign for sign, value in values).split()):
        return clean
    raise AmountError("an amount is empty: write it like {example}", example=notation.sample())


def _take_item(text: str, notation: Notation, items: Mapping[str, Commodity]) -> tuple[str, Commodity | None]:
    """The text without the registered item at its end or beginning, and that item."""
    (first, _, tail), (head, _, last) = text.partition(" "), text.rpartition(" ")
    for word, rest in ((last.casefold(), head), (first.casefold(), tail)):
        if rest and word in items and word not in notation.scales and not notation.currencies(word):
            return rest, items[word]
    return text, None


def _cut(text: str, notation: Notation) -> tuple[str, str, str]:
    """What stands before the only number, the number, and what stands after it with the space between."""
    marks = re.escape("".join({".", ",", "'", notation.decimal, *notation.groups}))
    blank = "| (?=[0-9]{3}(?![0-9]))" if any(map(str.isspace, notation.groups)) else ""
    found = re.search(rf"[{marks}]*[0-9](?:[0-9{marks}]{blank})*", text)
    if not found:
        raise AmountError(
            "'{text}' holds no number: write it in digits, like {example}", text=text, example=notation.sample()
        )
    before, figure, after = text[: found.start()], found[0], text[found.end() :]
    if before.startswith(_MINUS) or before.rstrip().endswith(_MINUS):
        raise AmountError(
            "'{text}' is negative: an amount is more than nothing, the step says which way it goes", text=text
        )
    if _EXPONENT.match(after):
        raise AmountError("'{text}' has an exponent: write the figure in full, or with a word such as bn", text=text)
    if second := next((word for word in (before + after).split() if _FIGURES.fullmatch(word)), None):
        raise AmountError(
            "'{text}' holds two numbers, {figure} and {second}: write one, like {example}",
            text=text,
            figure=figure,
            second=second,
            example=notation.example(),
        )
    if before and before[-1] != " " and not notation.currencies(before):
        raise _not_understood(before, notation)
    return before.strip(), figure, after


def _scale_and_name(after: str, notation: Notation) -> tuple[str, str]:
    """The word for a power of ten that follows a number, and what follows it; either may be empty."""
    words = [part for word in after.split() for part in _unglued(word, notation)]
    cuts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words), -1, -1)]
    scaled = [(scale, name) for scale, name in cuts if not scale or fold(scale) in notation.scales]
    chosen = next((pair for pair in scaled if not pair[1] or notation.currencies(pair[1])), scaled[0])
    if chosen == ("", " ".join(words)) and after[:1].strip() and not notation.currencies(chosen[1]):
        raise _not_understood(after, notation)
    return chosen


def _unglued(word: str, notation: Notation) -> tuple[str, ...]:
    """A word, and the currency sign written onto its end: ``M€`` is ``M`` and ``€``."""
    if fold(word) not in notation.scales and not notation.currencies(word):
        for symbol in sorted(notation.symbols, key=len, reverse=True):
            signs = any(unicodedata.category(character) == "Sc" for character in symbol)
            if signs and len(word) > len(symbol) and word.casefold().endswith(symbol):
                return word[: -len(symbol)], word[-len(symbol) :]
    return (word,)


def _not_understood(words: str, notation: Notation) -> LedgerError:
    return AmountError(
        "'{words}' is not understood: an amount is a number, perhaps a word such as {scale}, and the ISO"
        " code of one currency or one registered item",
        words=words.strip(),
        scale=notation.scale(9) or notation.scale(6),
    )


def _unknown(name: str, notation: Notation) -> LedgerError:
    """The refusal of a name that is no currency: of an unregistered item, where it can be one."""
    try:
        code = item(fold(name)).code
    except InputError:
        code = ""
    if not code or code in notation.scales:
        return _not_understood(name, notation)
    hint = message("an item is registered with: aidledger item add {code} NAME", code=code)
    return UnknownRecord("'{name}' is neither a currency nor a registered item", name=name, hint=hint)


def _currency(name: str, figure: str, notation: Notation) -> Commodity:
    """The one currency of this name; ``figure`` is for the readings of one that may be several."""
    if not name:
        raise AmountError(
            "'{figure}' does not say of what: add a currency or an item, like '{figure} GBP'", figure=figure
        )
    codes = notation.currencies(name)
    if not codes:
        raise _unknown(name, notation)
    if len(codes) > 1:
        listed = ", ".join(codes[:6]) + (" ..." if codes[6:] else "")
        raise AmountError(
            "'{name}' can be {listed}: write the code, '{figure} {codes}' or '{figure} {codes_2}'",
            name=name,
            listed=listed,
            figure=figure,
            codes=codes[0],
            codes_2=codes[1],
        )
    try:
        return currency(codes[0])
    except InputError as refusal:
        raise AmountError(refusal.message) from None


def _power(figure: str, scale: str, notation: Notation) -> int:
    """The power of ten a word stands for, 0 without one."""
    powers = notation.scales[fold(scale)] if scale else (0,)
    if len(powers) > 1:
        words = [(power, notation.scale(power)) for power in (powers[0], powers[-1])]
        first, second = (f"10^{power}" + (f" ('{figure} {word}')" if word else "") for power, word in words)
        raise AmountError(
            "'{figure} {scale}' can mean {first} or {second}: write that, or the figure in full",
            figure=figure,
            scale=scale,
            first=first,
            second=second,
        )
    return powers[0]


def _one_reading(mark: str, notation: Notation, commodity: Commodity | None) -> bool:
    """Whether a figure whose only mark stands before three digits means one thing in this notation.

    Without decimals (yen, pieces) it can only be thousands; with three it is written like
    this, and thousands would have decimals; else only the English comma is no other's decimal mark.
    """
    if commodity and commodity.digits == _MILS:
        return mark == notation.decimal
    return mark in notation.groups and (mark == "," or (commodity is not None and commodity.digits == 0))


def _digits(figure: str, notation: Notation, commodity: Commodity | None) -> tuple[str, str]:
    """The digits of a figure before and after its decimal mark, grouped by threes or not at all.

    ``commodity`` is what they are of, where no word for a power of ten stands between.
    """
    either = _CONTESTED.fullmatch(figure)
    if either and not _one_reading(either[2], notation, commodity):
        small = f"{either[1]}{notation.decimal}{either[3].rstrip('0') + '0' * (either[3][2] != '0')}"
        plainer = small.removesuffix(notation.decimal)  # never three decimals, which would be refused again
        raise AmountError(
            "'{figure}' can be read as {either}{either_2} or as {plainer}: write one of these",
            figure=figure,
            either=either[1],
            either_2=either[3],
            plainer=plainer,
        )
    for mark in notation.groups:
        group = re.escape(" " if mark.isspace() else mark.translate(APOSTROPHES))
        lakhs = rf"|[1-9][0-9]?(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}" if notation.lakhs else ""
        whole = rf"0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+{lakhs}"
        if found := re.fullmatch(rf"({whole})(?:{re.escape(notation.decimal)}([0-9]+))?", figure):
            return re.sub(r"\D", "", found[1]), found[2] or ""
    raise AmountError(
        "'{figure}' is not a number as '{tag}' writes it: write it like {example}",
        figure=figure,
        tag=notation.tag,
        example=notation.example(),
    )


def _shifted(whole: str, decimals: str, power: int) -> str:
    """A figure times a power of ten, in plain decimal notation.

    >>> _shifted("1", "61234", 3)
    '1612.34'
    """
    moved, left = decimals[:power].ljust(power, "0"), decimals[power:]
    units = f"{whole}{moved}".lstrip("0") or "0"
    return f"{units}.{left}" if left else units
