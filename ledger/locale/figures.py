"""How each locale writes amounts: the notation that :mod:`ledger.amount` reads by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from ledger.locale import tags, words
from ledger.locale.marks import marks_of
from ledger.locale.tender import in_use, paid_with
from ledger.notation import ENGLISH, Notation, fold, meanings

if TYPE_CHECKING:
    from babel import Locale

_SHARED = ("k", "thousand", "mn", "mln", "million")
"""English words that mean the same wherever they are not the language's own."""

_LONG_SCALE = {9: 12, 12: 18}
"""What "billion" and "trillion" are in the long scale, by what they are in English."""

_SHORT_SCALE = {long: short for short, long in _LONG_SCALE.items()}

_COUNTS = (0, 1, 2, 3, 5, 11, 100, 1_000_000, Decimal("1.5"))
"""Numbers that between them take every plural form a currency's name has."""


@cache
def notation(tag: str) -> Notation:
    """How this locale writes figures, for :func:`ledger.amount.read`.

    Marks, words for powers of ten and names are the Unicode CLDR's. ``$``, ``¥``, ``kr``
    and "dollars" are settled where the locale's country pays with one of the currencies
    they can be. English words for 10^9 and beyond are ambiguous in every other language.
    Raises :class:`InputError` for an unknown locale.
    """
    tag = tags.canonical(tag)
    if tag == ENGLISH.tag:
        return ENGLISH
    if tag in tags.PLAIN_ENGLISH:
        paid = {tags.PLAIN_ENGLISH[tag]}
        return replace(ENGLISH, tag=tag, symbols=_settled(ENGLISH.symbols, paid), names=_settled(ENGLISH.names, paid))
    locale, marks = tags.cldr(tag), marks_of(tag)
    return Notation(
        tag=tag,
        decimal=marks.decimal,
        groups=marks.groups,
        scales=ENGLISH.scales if locale.language == "en" and not marks.lakhs else _scales(locale),
        symbols=_settled(_merged(ENGLISH.symbols, _symbols(locale)), paid_with(locale)),
        names=_settled(_merged(ENGLISH.names, _names(locale)), paid_with(locale)),
        links=words.LINKS.get(locale.language, ()),
        lakhs=marks.lakhs,
        firmness=_firmness(locale.language),
    )


def _merged(first: Mapping[str, tuple[str, ...]], more: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Words and what they can mean, with more meanings added to them."""
    merged = dict(first)
    for word, code in more:
        merged[word] = tuple(dict.fromkeys((*merged.get(word, ()), code)))
    return MappingProxyType(merged)


def _settled(named: Mapping[str, tuple[str, ...]], paid: Container[str]) -> Mapping[str, tuple[str, ...]]:
    """The words, where one that can be several currencies is the one that the country pays with."""
    settled = ((word, codes, tuple(code for code in codes if code in paid)) for word, codes in named.items())
    return MappingProxyType({word: one or codes for word, codes, one in settled})


def _symbols(locale: Locale) -> Iterator[tuple[str, str]]:
    """The symbols of currencies in use."""
    return _own_words(locale, ((code, locale.currency_symbols.get(code, code)) for code in in_use()))


def _names(locale: Locale) -> Iterator[tuple[str, str]]:
    """The names of currencies in use, alone and after any number."""
    from babel.numbers import get_currency_name  # noqa: PLC0415 - see above

    counts = (None, *{locale.plural_form(count): count for count in _COUNTS}.values())
    names = ((code, get_currency_name(code, count, locale)) for code in in_use() for count in counts)
    everyday = meanings(words.NAMES.get(locale.language, {}))
    return chain(((word, code) for word, codes in everyday.items() for code in codes), _own_words(locale, names))


def _own_words(locale: Locale, named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Words for currencies, without those that are some currency's code."""
    folded = ((fold(_visible(word)), code) for code, word in named)
    return ((word, code) for word, code in folded if word and word.upper() not in locale.currencies)


def _scales(locale: Locale) -> Mapping[str, tuple[int, ...]]:
    """The locale's words for powers of ten, and the English ones, with all that each can mean."""
    scales: dict[str, set[int]] = {}
    for word, power in (*_compact_words(locale), *_everyday_scales(locale.language)):
        scales.setdefault(word, set()).add(power)
        if word.startswith(words.MISTAKEN.get(power, ())):
            scales[word].add(_SHORT_SCALE[power])
    for word, (power,) in ENGLISH.scales.items():
        if word in scales or word in _SHARED or locale.language == "en":
            scales.setdefault(word, set()).add(power)
        elif power in _LONG_SCALE:
            scales[word] = {power, _LONG_SCALE[power]}
    return MappingProxyType({word: tuple(sorted(powers)) for word, powers in scales.items()})


def _everyday_scales(language: str) -> Iterator[tuple[str, int]]:
    for power, listed in words.SCALES.get(language, {}).items():
        yield from ((word, power) for word in listed.split(", "))


def _firmness(language: str) -> Mapping[str, str]:
    """Words for how firm an amount is: the language's, and the English ones."""
    own = {fold(word): kind for kind, listed in words.FIRMNESS.get(language, {}).items() for word in listed.split(", ")}
    return MappingProxyType({**ENGLISH.firmness, **own})


def _compact_words(locale: Locale) -> Iterator[tuple[str, int]]:
    """Each word of the CLDR's compact formats: of 1000000000, "00 Mrd" says that Mrd is 10^8."""
    for style in ("short", "long"):
        for patterns in locale.compact_decimal_formats.get(style, {}).values():
            for magnitude, format_ in patterns.items():
                pattern = format_.pattern.partition(";")[0]
                word = fold(_visible(re.sub("[0']", "", pattern)))
                if word and "0" in pattern:
                    yield word, len(magnitude) - pattern.count("0")


def _visible(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cf")
