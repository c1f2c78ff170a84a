"""Words: what the tracker's spellings of donors, purposes, instruments and sources mean here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from iso3166 import countries

from ledger.formats.reading import cleaned
from ledger.notation import ENGLISH
from ledger.pledge import Instrument, Purpose
from ledger.recognition.steps import RegisterSource

_LONGEST_CODE = 64
_SHORTEST_ITEM = 4
_MARK = 8  # hexadecimal digits that tell two long names apart

_DONORS: Mapping[str, str] = {
    "bolivia": "BO",
    "bosnia": "BA",
    "brunei": "BN",
    "cape verde": "CV",
    "czech republic": "CZ",
    "great britain": "GB",
    "hong kong": "HK",
    "iran": "IR",
    "ivory coast": "CI",
    "korea": "KR",
    "korea south": "KR",
    "republic of korea": "KR",
    "south korea": "KR",
    "laos": "LA",
    "macedonia": "MK",
    "moldova": "MD",
    "republic of moldova": "MD",
    "netherlands": "NL",
    "the netherlands": "NL",
    "russia": "RU",
    "slovak republic": "SK",
    "syria": "SY",
    "taiwan": "TW",
    "tanzania": "TZ",
    "turkey": "TR",
    "uk": "GB",
    "united kingdom": "GB",
    "united states": "US",
    "us": "US",
    "usa": "US",
    "vatican": "VA",
    "venezuela": "VE",
    "vietnam": "VN",
    "commission and council": "EU",
    "eu": "EU",
    "eu commission": "EU",
    "eu commission and council": "EU",
    "eu institutions": "EU",
    "european commission": "EU",
    "european council": "EU",
    "european union": "EU",
    "european union commission and council": "EU",
    "eib": "EIB",
    "european investment bank": "EIB",
    "epf": "EPF",
    "european peace facility": "EPF",
    "ebrd": "EBRD",
    "european bank for reconstruction and development": "EBRD",
    "council of europe development bank": "CEB",
    "imf": "IMF",
    "international monetary fund": "IMF",
    "world bank": "WB",
    "nato": "NATO",
    "un": "UN",
    "united nations": "UN",
}
"""Spellings beside the English names of ISO 3166, as :func:`_plain` has them: marks and signs gone, lower case."""

_PURPOSES = {
    "military": Purpose.MILITARY,
    "humanitarian": Purpose.HUMANITARIAN,
    "financial": Purpose.FINANCIAL,
    "reconstruction": Purpose.RECONSTRUCTION,
}

_INSTRUMENTS: tuple[tuple[str, Instrument, bool], ...] = (
    ("guarantee", Instrument.GUARANTEE, True),
    ("swap", Instrument.SWAP_LINE, True),
    ("export credit", Instrument.EXPORT_CREDIT, True),
    ("export financ", Instrument.EXPORT_CREDIT, True),
    ("interest subsid", Instrument.INTEREST_SUBSIDY, True),
    ("loan", Instrument.LOAN, True),
    ("grant", Instrument.GRANT, True),
    ("peace facility", Instrument.GRANT, True),
    ("funding", Instrument.GRANT, True),
    ("budget support", Instrument.GRANT, True),
    ("weapon", Instrument.IN_KIND, True),
    ("equipment", Instrument.IN_KIND, True),
    ("ammunition", Instrument.IN_KIND, True),
    ("medicine", Instrument.IN_KIND, True),
    ("supplies", Instrument.IN_KIND, True),
    ("material", Instrument.IN_KIND, True),
    ("in-kind", Instrument.IN_KIND, True),
    ("in kind", Instrument.IN_KIND, True),
    ("training", Instrument.IN_KIND, False),
)
"""The first of these words that stands in `Type of Aid Specific` decides; False where that is a guess."""

_FINANCIAL = frozenset({Instrument.GUARANTEE, Instrument.SWAP_LINE, Instrument.LOAN, Instrument.GRANT})

_PAYERS = (
    (re.compile(r"\bpeace facility\b|\bepf\b"), "epf"),
    (re.compile(r"\bextraordinary revenue\b|\bera\b|\b(?:immobili[sz]ed|frozen)\b.*\bassets\b"), "era"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Who pays: the code, and what registers it, where not every book has it."""

    code: str
    needed: RegisterSource | None = None


def donor(text: str) -> str | None:
    """The code of a donor; None for a name that is not known."""
    plain = _plain(text)
    return _DONORS.get(plain) or _countries().get(plain)


def purpose(text: str) -> Purpose | None:
    """What a pledge is for; None for a word that is not one of the tracker's."""
    return _PURPOSES.get(text.casefold().strip())


def instrument(text: str) -> tuple[Instrument, bool]:
    """How a pledge is financed, and whether that is certain: what names no kind is a grant, guessed."""
    plain = text.casefold()
    found = [(kind, sure) for word, kind, sure in _INSTRUMENTS if word in plain]
    if not found:
        return Instrument.GRANT, False
    kind, sure = found[0]
    several = len({other for other, _ in found} & _FINANCIAL) > 1
    return kind, sure and not several


def source(donor_: str, specific: str, initiative: str) -> Source | None:
    """Who pays, where the tracker says: the European Peace Facility, or the international initiative it names."""
    if donor_ == "EPF" or "peace facility" in specific.casefold():
        return Source("epf")
    name = cleaned(initiative)
    if not any(sign.isalpha() for sign in name) or name.casefold() in {"yes", "no", "true", "false", "unknown"}:
        return None
    known = next((code for pattern, code in _PAYERS if pattern.search(name.casefold())), None)
    if known:
        return Source(known)
    code = _slug(name)
    return Source(code, RegisterSource(code=code, name=name[:200]))


@cache
def item_code(name: str) -> str:
    """The code of an item: its name in lower-case words joined by hyphens.

    >>> item_code("M777 howitzer"), item_code("bus")
    ('m777-howitzer', 'item-bus')
    """
    code = _slug(name)
    numeral = code in ENGLISH.scales or ENGLISH.currencies(code)
    return f"item-{code}" if len(code) < _SHORTEST_ITEM or code.isdigit() or numeral else code


def _slug(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    code = "-".join(re.findall(r"[a-z0-9]+", ascii_only))
    if code and len(code) <= _LONGEST_CODE - len("item-"):
        return code
    mark = sha256(name.encode("utf-8", "replace")).hexdigest()[:_MARK]
    return "-".join(filter(None, (code[: _LONGEST_CODE - len("item-") - _MARK - 1].rstrip("-"), mark)))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z]+", folded))


@cache
def _countries() -> Mapping[str, str]:
    return {_plain(name): country.alpha2 for country in countries for name in (country.name, country.apolitical_name)}
