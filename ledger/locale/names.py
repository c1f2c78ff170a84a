"""Names: countries and currencies as a language calls them, and the country that a name means.

A country is one of ISO 3166-1 (and Kosovo, ``XK``), by its alpha-2 code; a currency is one of ISO 4217 in use today.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from ledger.errors import InputError
from ledger.locale import tags
from ledger.locale.tender import in_use
from ledger.money import currency

_ALIKE = 80  # of 100: a letter or two wrong

_ALSO: Mapping[str, Mapping[str, str]] = {
    "en": {
        "GB": "UK, Britain, Great Britain", "US": "US, USA, United States of America", "CZ": "Czech Republic",
        "TR": "Turkey", "NL": "Holland, The Netherlands", "CI": "Ivory Coast", "MM": "Myanmar, Burma",
        "HK": "Hong Kong", "MO": "Macao, Macau", "PS": "Palestine", "CD": "DRC, Democratic Republic of the Congo",
        "CG": "Republic of the Congo", "SZ": "Swaziland", "TL": "East Timor", "CV": "Cabo Verde", "BA": "Bosnia",
        "MK": "Macedonia", "AE": "UAE", "KR": "Republic of Korea", "VA": "Holy See", "MD": "Republic of Moldova",
    },
    "uk": {
        "GB": "Британія, Сполучене Королівство", "US": "США, Сполучені Штати Америки", "CZ": "Чеська Республіка",
        "MM": "Мʼянма, Бірма", "HK": "Гонконг", "MO": "Макао", "PS": "Палестина", "MK": "Македонія",
        "AE": "ОАЕ",  # noqa: RUF001 - Cyrillic letters
        "KR": "Республіка Корея", "BA": "Боснія", "NL": "Голландія", "KP": "КНДР",
    },
    "de": {
        "GB": "Großbritannien, UK", "US": "USA, Vereinigte Staaten von Amerika", "CZ": "Tschechische Republik",
        "NL": "Holland", "CI": "Elfenbeinküste", "MM": "Birma", "HK": "Hongkong", "MO": "Macau", "PS": "Palästina",
        "MK": "Mazedonien", "BY": "Weißrussland", "MD": "Moldawien", "TL": "Osttimor", "SZ": "Swasiland",
        "CV": "Kap Verde", "BA": "Bosnien", "AE": "VAE", "KR": "Republik Korea",
    },
    "fr": {
        "GB": "Grande-Bretagne, R.-U.", "US": "USA, É.-U., États-Unis d'Amérique", "CZ": "République tchèque",
        "NL": "Hollande", "MM": "Myanmar, Birmanie", "HK": "Hong Kong", "MO": "Macao", "PS": "Palestine",
        "MK": "Macédoine", "BY": "Bélarus", "TL": "Timor-Leste", "SZ": "Swaziland", "BA": "Bosnie", "AE": "EAU",
        "KR": "République de Corée",
    },
    "pl": {
        "GB": "Zjednoczone Królestwo, Brytania", "US": "USA, Stany Zjednoczone Ameryki", "CZ": "Republika Czeska",
        "NL": "Niderlandy", "CI": "Wybrzeże Kości Słoniowej", "MM": "Birma", "HK": "Hongkong", "MO": "Makau",
        "PS": "Palestyna", "MK": "Macedonia", "SZ": "Suazi", "BA": "Bośnia", "AE": "ZEA", "KR": "Republika Korei",
    },
}  # fmt: skip
"""What countries are called as well: most of it is among the CLDR's alternative names, which Babel leaves out."""


@cache
def countries(tag: str) -> Mapping[str, str]:
    """The name of each country in this locale's language, by its code, in the order of codes.

    >>> countries("de")["GB"]
    'Vereinigtes Königreich'

    Raises :class:`InputError` for an unknown locale.
    """
    from iso3166 import countries_by_alpha2  # noqa: PLC0415 - only names need them

    named = tags.cldr(tags.canonical(tag)).territories
    return MappingProxyType({code: str(named[code]) for code in sorted(countries_by_alpha2) if code in named})


@cache
def currencies(tag: str) -> Mapping[str, str]:
    """The name of each currency in use in this locale's language, by its code, in the order of codes.

    >>> currencies("uk")["EUR"]
    'євро'

    Raises :class:`InputError` for an unknown locale.
    """
    named = tags.cldr(tags.canonical(tag)).currencies
    return MappingProxyType({code: str(named.get(code, code)) for code in in_use() if _can_be_held(code)})


def _can_be_held(code: str) -> bool:
    try:
        currency(code)
    except InputError:
        return False
    return True


def country(text: str, tag: str) -> tuple[str, ...]:
    """The codes of the countries that this text can mean, in this locale's language or in English.

    One where it is a country's name, or its code; several where it is part of several names ("Korea");
    none where it is neither. Case, accents left out and kinds of dashes and apostrophes make no difference.

    >>> country("велика британія", "uk"), country("UK", "en"), country("Korea", "en"), country("Utopia", "en")
    (('GB',), ('GB',), ('KP', 'KR'), ())

    Raises :class:`InputError` for an unknown locale.
    """
    wanted = _fold(text)
    if not wanted:
        return ()
    known = _known(tags.canonical(tag))
    if found := known.get(wanted) or known.get(_bare(wanted)):
        return found
    words = set(wanted.split())
    partly = {code for code, name in countries(tag).items() if words <= set(_fold(name).split())}
    return tuple(sorted(partly)) if len(partly) > 1 else ()  # one name of which it is part may still not be meant


def near(text: str, tag: str, limit: int = 3) -> Mapping[str, str]:
    """The countries whose names in this locale's language are most like this text, by their codes, the likest first."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a slip asks

    names = countries(tag)
    folded = {code: _fold(name) for code, name in names.items()}
    found = process.extract(_fold(text), folded, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=limit)
    return {code: names[code] for _, _, code in found}


@cache
def _known(tag: str) -> Mapping[str, tuple[str, ...]]:
    """Every name and code, folded, and what it can mean: first in the language itself, then in English."""
    found: dict[str, tuple[str, ...]] = {}
    for names in (_called(tag), _called("en"), _coded()):
        own: dict[str, set[str]] = {}
        for name, code in names:
            for key in (_fold(name), _bare(_fold(name))):
                own.setdefault(key, set()).add(code)
        found = {key: tuple(sorted(codes)) for key, codes in own.items()} | found
    return MappingProxyType(found)


def _called(tag: str) -> Iterator[tuple[str, str]]:
    """What a language calls the countries, and the code of each."""
    yield from ((name, code) for code, name in countries(tag).items())
    for code, names in _ALSO.get(tag.partition("_")[0], {}).items():
        yield from ((name, code) for name in names.split(", "))


def _coded() -> Iterator[tuple[str, str]]:
    """The codes of ISO 3166-1, of two letters and of three."""
    from iso3166 import countries as listed  # noqa: PLC0415 - see above

    for each in listed:
        yield from ((each.alpha2, each.alpha2), (each.alpha3, each.alpha2))


def _fold(text: str) -> str:
    """A name as it is compared: small letters, plain signs, one blank between words."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub("[\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`\N{ACUTE ACCENT}]", "'", composed)
    return " ".join(re.sub(r"[\s\-,()\u2010-\u2015]+", " ", plain).split())


def _bare(folded: str) -> str:
    """A name without its accents."""
    apart = unicodedata.normalize("NFD", folded)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))
