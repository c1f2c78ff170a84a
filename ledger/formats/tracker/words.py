"""Words: what a table of totals calls donors, purposes, totals, and its own columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.formats.kiel import words as kiel
from ledger.formats.mapped.map import fold
from ledger.formats.mapped.vocabulary import REACHED, parties, words
from ledger.formats.reading import cleaned
from ledger.reports.measures import MEASURES

_MEASURES = {name: name.replace("_", " ") for name in MEASURES}
_KIND = "|".join(
    [r"aid|assistance|support|commitments?|allocations?|disbursements?|deliveries|pledges?", *_MEASURES.values()]
)
_PURPOSE = re.compile(rf"(military|humanitarian|financial|reconstruction|other)(?: (?:bilateral )?(?:{_KIND}))*")
_AMOUNT = re.compile(rf"amount|value|sum|(?:total|bilateral|{_KIND})(?: (?:total|bilateral|{_KIND}|amount|value))*")
_DONOR = re.compile(r"donor|donors|country|countries|donor country|provider|government")
_CATEGORY = re.compile(r"purpose|category|categories|sector|type of aid(?: general)?|aid type|general type")
_CURRENCY = re.compile(r"currency(?: code)?|ccy")
_TOTAL = re.compile(r"(?:grand |overall |sub)?totals?(?: .*)?|sum|all|all donors|world|overall")
_UNIT = re.compile(
    r"\([^)]*\)|[€£$¥]+|\b(?:in|of|us|billions?|bn|bln|millions?|mn|mln|mio|thousands?|euros?|"
    r"(?:aud|cad|chf|czk|dkk|eur|gbp|jpy|nok|pln|sek|usd)(?: [mk]\b)?)\b"
)

FIELDS: Mapping[str, re.Pattern[str]] = {
    "donor": _DONOR,
    "purpose": _CATEGORY,
    "amount": _AMOUNT,
    "currency": _CURRENCY,
}
"""What the columns of a long table may be called, units aside."""


def bare(name: str) -> str:
    """A column's name as words, without the unit it may give.

    >>> bare("Military commitments (EUR bn)"), bare("total_eur_million")
    ('military commitments', 'total')
    """
    return " ".join(_UNIT.sub(" ", words(cleaned(name))).split())


def donor(text: str, own: Mapping[str, str]) -> tuple[str, bool]:
    """The code of a donor, by the map's own table, its English name or its code; else its name, which is not known."""
    said = cleaned(text)
    found = own.get(fold(said)) or kiel.donor(said) or parties().get(fold(said))
    return (found, True) if found else (said, False)


def purpose(text: str, own: Mapping[str, str]) -> tuple[str, bool]:
    """The purpose that a category means, by the map's own table or our word for it; else its name."""
    said = cleaned(text)
    found = own.get(fold(said)) or named_purpose(said)
    return (found, True) if found else (said, False)


def named_purpose(text: str) -> str | None:
    """The purpose that the name of a category or a column is.

    >>> named_purpose("Military commitments"), named_purpose("Financial commitments with military purpose")
    ('military', None)
    """
    found = _PURPOSE.fullmatch(bare(text))
    return found[1] if found else None


def measure(name: str) -> str | None:
    """The measure that the name of a column of amounts says: by its own name, else by a word of a stage.

    >>> measure("Repaid (EUR)"), measure("Total commitments"), measure("Amount")
    ('repaid', 'committed', None)
    """
    said = words(cleaned(name))
    own = [measure for measure, spelt in _MEASURES.items() if re.search(rf"\b{spelt}\b", said)]
    if len(own) == 1:
        return own[0]
    return next((stage for stage, pattern in REACHED.items() if re.search(pattern, said)), None)


def is_total(text: str) -> bool:
    """Whether a row or a category is the total of others."""
    return _TOTAL.fullmatch(words(cleaned(text))) is not None
