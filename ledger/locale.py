"""Figures, days and names in the user's language: the only place that knows Babel.

Babel brings the Unicode CLDR's data and formats days. Amounts are never given to it
to read (its reader takes the German ``25.00`` for 2500) or to write (it drops digits
that ISO 4217 has, and rounds): they stay digits, between the locale's marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from ledger.amount import ENGLISH, Notation, fold
from ledger.errors import InputError

if TYPE_CHECKING:
    from datetime import date

    from babel import Locale

    from ledger.money import Money

_ENGLISH_MARKS: Mapping[str, str] = {
    "en": "", "en_US": "USD", "en_GB": "GBP", "en_IE": "EUR", "en_CA": "CAD",
    "en_AU": "AUD", "en_NZ": "NZD", "en_HK": "HKD", "en_SG": "SGD",
}  # fmt: skip
"""English that writes ``1,600.50``, and what is paid with there: all this needs no Babel."""

_UNSET = {"", "c", "posix"}
_VARIABLES = ("LC_ALL", "LC_NUMERIC", "LC_MONETARY", "LANG")
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Codes the CLDR names that are no country: unions, islands of others, codes for testing."""

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

_SHARED = ("k", "thousand", "mn", "mln", "million")
"""English words that mean the same wherever they are not the language's own."""

_LONG_SCALE = {9: 12, 12: 18}
"""What "billion" and "trillion" are in the long scale, by what they are in English."""

_OWN_SCALES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "de": (("tsd", 3),),
    "en": (("lakh", 5), ("lakhs", 5), ("crore", 7), ("crores", 7)),
    "fr": (("mds", 9), ("mrd", 9)),
    "uk": tuple((word, power) for word in ("більйон", "більйони", "більйонів") for power in (9, 12)),
}
_OWN_NAMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fr": (("dollar américain", "USD"), ("dollars américains", "USD")),
    "pl": (("złoty", "PLN"), ("złote", "PLN"), ("złotych", "PLN")),
    "uk": (("грн", "UAH"), ("гривня", "UAH"), ("гривні", "UAH"), ("гривень", "UAH")),
}
"""Everyday words that the CLDR does not have."""

_LINKS = {"fr": ("de ", "d'"), "es": ("de ",), "pt": ("de ",), "it": ("di ",), "ca": ("de ", "d'")}
_OWN_YEN = {"ja": frozenset({"JPY"}), "zh": frozenset({"CNY"})}

_COUNTS = (0, 1, 2, 3, 5, 11, 100, 1_000_000, Decimal("1.5"))
"""Numbers that between them take every plural form a currency's name has."""


def resolve(option: str | None, environ: Mapping[str, str]) -> str:
    """The locale to use: the option's, else ``AIDLEDGER_LOCALE``, else the system's, else ``en``.

    >>> resolve("de-AT", {}), resolve(None, {"LANG": "en_GB.UTF-8"}), resolve(None, {"LC_ALL": "C"})
    ('de_AT', 'en_GB', 'en')

    The system's variables are read as POSIX does: ``LC_ALL`` over ``LC_NUMERIC``,
    ``LC_MONETARY`` and ``LANG``; an empty one counts as absent. Raises
    :class:`InputError` for an unknown locale that the user named; an unknown one of
    the system is ``en``.
    """
    if named := option or environ.get("AIDLEDGER_LOCALE"):
        return _canonical(named)
    system = next(filter(None, map(environ.get, _VARIABLES)), "")
    try:
        return _canonical(system)
    except InputError:
        return "en"


def _canonical(name: str) -> str:
    """A locale's tag as the ledger writes it, ``de_DE``, without encoding and variant."""
    wanted = re.split("[.@]", name.strip(), maxsplit=1)[0].replace("-", "_")
    if wanted.casefold() in _UNSET:
        return "en"
    for tag in _ENGLISH_MARKS:
        if tag.casefold() == wanted.casefold():
            return tag
    if found := _known(wanted):
        return found
    shown = ascii(name[:40]).strip("'\"") if not name.isprintable() else name[:40]
    raise InputError(
        "'{shown}' is not a known locale: name a language, such as de, or with its country, such as de_AT", shown=shown
    )


def _known(wanted: str) -> str | None:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - 15 ms that plain English never pays

    try:
        locale = Locale.parse(wanted)
    except (ValueError, UnknownLocaleError):
        return None
    parts = (locale.language, locale.script, locale.territory)
    return None if locale.language == "root" else "_".join(filter(None, parts))


@cache
def _locale(tag: str) -> Locale:
    from babel import Locale  # noqa: PLC0415 - see above

    return Locale.parse(tag)


@dataclass(frozen=True, slots=True)
class _Marks:
    decimal: str = "."
    groups: tuple[str, ...] = (",",)
    minus: str = "-"
    lakhs: bool = False


@cache
def _marks(tag: str) -> _Marks:
    """The marks of a locale, between Western digits (which every locale of the CLDR can write)."""
    if tag in _ENGLISH_MARKS:
        return _Marks()
    locale = _locale(tag)
    signs = locale.number_symbols["latn"]
    own = (signs["group"], signs.get("currencyGroup", signs["group"]))
    groups = tuple(dict.fromkeys(mark for mark in own if mark != signs["decimal"]))
    return _Marks(signs["decimal"], groups, signs["minusSign"], locale.decimal_formats[None].grouping == (3, 2))


@cache
def notation(tag: str) -> Notation:
    """How this locale writes figures, for :func:`ledger.amount.read`.

    Marks, words for powers of ten and names are the Unicode CLDR's. ``$``, ``¥``, ``kr``
    and "dollars" are settled where the locale's country pays with one of the currencies
    they can be. English words for 10^9 and beyond are ambiguous in every other language.
    Raises :class:`InputError` for an unknown locale.
    """
    tag = _canonical(tag)
    if tag == ENGLISH.tag:
        return ENGLISH
    if tag in _ENGLISH_MARKS:
        paid = {_ENGLISH_MARKS[tag]}
        return replace(ENGLISH, tag=tag, symbols=_settled(ENGLISH.symbols, paid), names=_settled(ENGLISH.names, paid))
    locale, marks = _locale(tag), _marks(tag)
    return Notation(
        tag=tag,
        decimal=marks.decimal,
        groups=marks.groups,
        scales=ENGLISH.scales if locale.language == "en" and not marks.lakhs else _scales(locale),
        symbols=_settled(_merged(ENGLISH.symbols, _symbols(locale)), _paid_with(locale)),
        names=_settled(_merged(ENGLISH.names, _names(locale)), _paid_with(locale)),
        links=_LINKS.get(locale.language, ()),
        lakhs=marks.lakhs,
    )


def _merged(first: Mapping[str, tuple[str, ...]], more: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Words and what they can mean, with more meanings added to them."""
    merged = dict(first)
    for word, code in more:
        merged[word] = tuple(dict.fromkeys((*merged.get(word, ()), code)))
    return MappingProxyType(merged)


def _settled(words: Mapping[str, tuple[str, ...]], paid_with: Container[str]) -> Mapping[str, tuple[str, ...]]:
    """The words, where one that can be several currencies is the one that the country pays with."""
    settled = ((word, codes, tuple(code for code in codes if code in paid_with)) for word, codes in words.items())
    return MappingProxyType({word: paid or codes for word, codes, paid in settled})


@cache
def _tender() -> Mapping[str, frozenset[str]]:
    """The currencies that are legal tender today, by country."""
    from babel.core import get_global  # noqa: PLC0415 - see above

    rows = get_global("territory_currencies").items()
    return {country: frozenset(code for code, _, end, tender in of if tender and not end) for country, of in rows}


def _in_use() -> list[str]:
    return sorted(set(chain.from_iterable(_tender().values())))


def _paid_with(locale: Locale) -> frozenset[str]:
    return _tender().get(locale.territory or "", frozenset()) or _OWN_YEN.get(locale.language, frozenset())


def _symbols(locale: Locale) -> Iterator[tuple[str, str]]:
    """The symbols of currencies in use."""
    return _own_words(locale, ((code, locale.currency_symbols.get(code, code)) for code in _in_use()))


def _names(locale: Locale) -> Iterator[tuple[str, str]]:
    """The names of currencies in use, alone and after any number."""
    from babel.numbers import get_currency_name  # noqa: PLC0415 - see above

    counts = (None, *{locale.plural_form(count): count for count in _COUNTS}.values())
    names = ((code, get_currency_name(code, count, locale)) for code in _in_use() for count in counts)
    return chain(_OWN_NAMES.get(locale.language, ()), _own_words(locale, names))


def _own_words(locale: Locale, named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Words for currencies, without those that are some currency's code."""
    words = ((fold(_visible(word)), code) for code, word in named)
    return ((word, code) for word, code in words if word and word.upper() not in locale.currencies)


def _scales(locale: Locale) -> Mapping[str, tuple[int, ...]]:
    """The locale's words for powers of ten, and the English ones, with all that each can mean."""
    scales: dict[str, set[int]] = {}
    for word, power in (*_compact_words(locale), *_OWN_SCALES.get(locale.language, ())):
        scales.setdefault(word, set()).add(power)
    for word, (power,) in ENGLISH.scales.items():
        if word in scales or word in _SHARED or locale.language == "en":
            scales.setdefault(word, set()).add(power)
        elif power in _LONG_SCALE:
            scales[word] = {power, _LONG_SCALE[power]}
    return MappingProxyType({word: tuple(sorted(powers)) for word, powers in scales.items()})


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


@dataclass(frozen=True, slots=True)
class Language:
    """How people of a locale are shown figures, days and names.

    Raises :class:`InputError` for an unknown locale.

    >>> from ledger.money import Money, currency
    >>> Language("de").money(Money.of("1600000000", currency("GBP")))
    '1.600.000.000,00 GBP'
    """

    tag: str = "en"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag", _canonical(self.tag))

    def money(self, amount: Money) -> str:
        """An amount with all the digits that ISO 4217 gives its currency, and its code."""
        return f"{self.decimal(amount.plain())} {amount.commodity}"

    def number(self, number: int) -> str:
        """A whole number, grouped."""
        return self.decimal(str(number))

    def decimal(self, text: str) -> str:
        """A number in plain decimal notation, as the locale writes it: no digit is added, dropped or rounded.

        Raises :class:`ValueError` for text that is not a number in plain decimal notation.
        """
        if not _PLAIN.fullmatch(text):
            raise ValueError(f"'{text}' is not in plain decimal notation, such as -1600.50")
        marks = _marks(self.tag)
        whole, _, decimals = text.removeprefix("-").partition(".")
        grouped = marks.groups[0].join(_grouped(whole, lakhs=marks.lakhs))
        return (marks.minus if text[0] == "-" else "") + grouped + (marks.decimal + decimals if decimals else "")

    def day(self, day: date) -> str:
        """A day in the locale's middle length: ``2 Mar 2025``, ``02.03.2025``."""
        from babel.dates import format_date  # noqa: PLC0415 - see above

        return format_date(day, "medium", _locale(self.tag))

    def party(self, code: str, fallback: str) -> str:
        """The country of this code (ISO 3166-1 alpha-2) by name, or the fallback where it is no country."""
        if len(code) != 2 or code in _NOT_COUNTRIES:  # noqa: PLR2004 - alpha-2
            return fallback
        return str(_locale(self.tag).territories.get(code, fallback))

    def currency_name(self, code: str) -> str:
        """The currency of this code (ISO 4217) by name, or the code where it has none."""
        return str(_locale(self.tag).currencies.get(code, code))


def _grouped(whole: str, *, lakhs: bool) -> list[str]:
    """The groups of a whole number's digits: threes, or the Indian way a three after twos."""
    size = 2 if lakhs else 3
    head, last = whole[:-3], whole[-3:]
    first = len(head) % size
    groups = [head[:first], *(head[start : start + size] for start in range(first, len(head), size)), last]
    return [group for group in groups if group]
