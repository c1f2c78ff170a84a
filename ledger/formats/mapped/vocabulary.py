"""The words by which headers and cells are recognised, when a first map is suggested: never when a file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ledger.formats.mapped.map import fold

HEADERS: Mapping[str, str] = {
    "id": r"id|key|ref(erence)?|identifier|pledge (id|no|number)|number|code",
    "donor": r"donor|country|countries|provider|giver|from|donor country|implementer|government",
    "recipient": r"recipient|beneficiary|to|receiver|recipient country|receiving country",
    "amount": r"amount|value|total|sum|commitment|pledge[ds]?|.*\b(amount|value)\b.*",
    "currency": r"currency|cur|ccy|.*\bcurrency( code)?",
    "on": r"on|date|day|.*\b(date|announced)\b.*|when|year",
    "purpose": r"purpose|sector|category|type of aid( general)?|general type|aid type",
    "instrument": r"instrument|modality|finance type|type of aid specific|specific type|financing|form|type",
    "source": r"source|funding source|funding|fund|financed by|paid (by|from)",
    "title": r"title|name|project|activity|item|description|explanation|.*\btitle",
    "stage": r"stage|status|donation type|transaction type|type of donation",
    "firmness": r"firmness",
    "lender": r"lender",
    "obligor": r"obligor|borrower",
    "repayment_source": r"repayment source|repaid from",
    "parent": r"parent|facility",
    "package": r"package( id)?",
    "max_exposure": r"max(imum)? exposure",
    "citation_url": r"citation url|url|link|source url|web( ?site)?|source link|link to source",
    "citation_quote": r"citation quote|quote",
    "citation_title": r"citation title|source title",
    "publisher": r"publisher|published by",
    "note": r"note|notes|comment|comments|remark|remarks|payee|further information|details",
}
"""What the column of a field may be called, as a pattern of the whole folded name, punctuation as blanks."""

REACHED: Mapping[str, str] = {
    "disbursed": r"\b(disburse\w*|deliver\w*|paid|spent|transferred)\b",
    "allocated": r"\b(allocat\w*|earmark\w*)\b",
    "committed": r"\b(commit\w*|signed|contracted)\b",
    "pledged": r"\b(pledg\w*|promis\w*|announc\w*)\b",
}
"""Words of a stage, the furthest first."""

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "purpose": {
        "military": r"milit|defen[cs]e|weapon|arms|ammunition",
        "humanitarian": r"humanit|refugee|relief|medic",
        "reconstruction": r"reconstruct|rebuild|recovery",
        "financial": r"financ|budget|macro|loan|grant|guarantee|swap",
    },
    "instrument": {
        "export_credit": r"export ?(credit|financ)",
        "guarantee": r"guarant",
        "swap_line": r"swap",
        "interest_subsidy": r"interest|subsid",
        "loan": r"loan|credit",
        "in_kind": r"in[- _]?kind|equipment|weapon|material|humanit|goods|training|supplies",
        "grant": r"grant|assistance|military ?aid|fund|budget",
    },
    "stage": REACHED,
    "firmness": {
        "up_to": r"up ?to|max|at most|<",
        "at_least": r"at least|more than|min|>",
        "about": r"about|approx|circa|around|~",
        "exact": r"exact|firm|precise",
    },
    "source": {
        "budget": r"(state|national|federal|treasury) ?budget|^budget$",
        "defence-stock": r"defen[cs]e ?stock|stocks?$|inventor",
        "epf": r"peace ?facility|\bepf\b",
        "era": r"immobili[sz]ed|\bera\b",
        "eu-budget": r"\beu ?budget",
        "export-credit-agency": r"export ?credit ?agency",
        "imf": r"monetary fund|\bimf\b",
        "private": r"private",
        "ukef": r"\bukef\b|uk export finance",
        "world-bank": r"world ?bank",
    },
}
"""How a spelling in a cell gives away which of our terms it means: the first pattern that is found."""

ABSENT = frozenset(
    (
        *(".", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "...", "?", "n/a", "#n/a", "na", "n.a.", "nan", "null", "none"),
        *("unknown", "undisclosed", "confidential", "tbd", "tba", "not given", "not available"),
    )
)
"""Spellings that usually mean that nothing is there."""

UNITS: Mapping[str, str] = {
    "billion": r"\b(billions?|bn|bln)\b",
    "million": r"\b(millions?|mn|mln|mio)\b|[($€£] ?m\b",
    "thousand": r"\b(thousands?|000s?|ths)\b",
}

_PARTIES = {
    "EU": "european union, eu institutions, eu (commission and council), european commission, eu commission",
    "EIB": "european investment bank",
    "EPF": "european peace facility",
    "EBRD": "european bank for reconstruction and development",
    "IMF": "international monetary fund",
    "WB": "world bank, world bank group",
    "UN": "united nations",
    "NATO": "nato, north atlantic treaty organization",
    "GB": "united kingdom, uk, great britain, britain, england",
    "US": "united states, usa, u.s., united states of america, america",
    "KR": "south korea, korea, republic of korea",
    "CZ": "czech republic",
    "TR": "turkey, turkiye",
    "TW": "taiwan",
    "RU": "russia",
    "MD": "moldova",
    "VN": "vietnam",
    "NL": "the netherlands, holland",
    "MK": "macedonia",
}


@cache
def parties() -> Mapping[str, str]:
    """The codes of countries and of the parties in every book, by the names and codes they go by."""
    from iso3166 import countries  # noqa: PLC0415 - only a suggestion needs them

    found: dict[str, str] = {}
    for country in countries:
        for name in (country.name, country.apolitical_name, country.alpha3, country.alpha2):
            found[fold(name)] = country.alpha2
    for code, names in _PARTIES.items():
        found |= dict.fromkeys((fold(code), *names.split(", ")), code)
    return found


def words(text: str) -> str:
    """A name with its words apart: ``fundingSource_URL`` is ``funding source url``.

    >>> words("eur_value"), words("MilitaryAid")
    ('eur value', 'military aid')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return fold(re.sub(r"[^\w()$€£%/]+|_", " ", apart))


def meaning(kind: str, spelling: str) -> str | None:
    """Which of our terms a spelling gives away."""
    said = words(spelling)
    return next((term for term, pattern in MEANINGS[kind].items() if re.search(pattern, said)), None)
