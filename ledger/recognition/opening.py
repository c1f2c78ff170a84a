"""The opening of a book: its first entry, with the registers every book starts from."""

from __future__ import annotations

from datetime import date

from ledger.journal import JSON, Draft

PARTIES = (
    ("EU", "European Union", "institution"),
    ("EIB", "European Investment Bank", "institution"),
    ("EPF", "European Peace Facility", "institution"),
    ("EBRD", "European Bank for Reconstruction and Development", "institution"),
    ("CEB", "Council of Europe Development Bank", "institution"),
    ("IMF", "International Monetary Fund", "institution"),
    ("WB", "World Bank", "institution"),
    ("IBRD", "International Bank for Reconstruction and Development", "institution"),
    ("IDA", "International Development Association", "institution"),
    ("UN", "United Nations", "institution"),
    ("UKEF", "UK Export Finance", "institution"),
    ("NATO", "North Atlantic Treaty Organization", "institution"),
    ("G7", "Group of Seven", "group"),
    ("coalition-of-the-willing", "Coalition of the willing", "group"),
)

SOURCES = (
    ("budget", "State budget"),
    ("defence-stock", "Stocks of the armed forces"),
    ("epf", "European Peace Facility"),
    ("era", "Profits of immobilised Russian assets (ERA)"),
    ("eu-budget", "Budget of the European Union"),
    ("export-credit-agency", "Export credit agency"),
    ("imf", "International Monetary Fund"),
    ("private", "Private donors"),
    ("ukef", "UK Export Finance"),
    ("world-bank", "World Bank"),
)

_EU = {
    "1958-01-01": "BE DE FR IT LU NL",
    "1973-01-01": "DK IE",
    "1981-01-01": "GR",
    "1986-01-01": "ES PT",
    "1995-01-01": "AT FI SE",
    "2004-05-01": "CY CZ EE HU LT LV MT PL SI SK",
    "2007-01-01": "BG RO",
    "2013-07-01": "HR",
}
_NATO = {
    "1949-08-24": "BE CA DK FR GB IS IT LU NL NO PT US",
    "1952-02-18": "GR TR",
    "1955-05-06": "DE",
    "1982-05-30": "ES",
    "1999-03-12": "CZ HU PL",
    "2004-03-29": "BG EE LT LV RO SI SK",
    "2009-04-01": "AL HR",
    "2017-06-05": "ME",
    "2020-03-27": "MK",
    "2023-04-04": "FI",
    "2024-03-07": "SE",
}
_G7 = "CA DE FR GB IT JP US"


def _member(party: str, group: str, since: str | None = None, until: str | None = None) -> dict[str, JSON]:
    return {"party": party, "group": group, "since": since, "until": until}


def _memberships() -> list[JSON]:
    european = [_member(code, "EU", since) for since, codes in _EU.items() for code in codes.split()]
    allied = [_member(code, "NATO", since) for since, codes in _NATO.items() for code in codes.split()]
    seven = [_member(code, "G7") for code in _G7.split()]
    left = [_member("GB", "EU", "1973-01-01", "2020-01-31")]
    bodies = [_member(code, "EU") for code in ("EIB", "EPF")]
    return [*european, *left, *bodies, *allied, *seven]


def opening(*, on: date, recipient: str, require_citation: bool) -> Draft:
    """The first entry: who receives, whether citations are required, and the common registers.

    Accession dates are those of the treaties of the European Union and of NATO.
    """
    return Draft(
        kind="open",
        on=on,
        facts={
            "recipient": recipient,
            "require_citation": require_citation,
            "parties": [{"code": code, "name": name, "kind": kind} for code, name, kind in PARTIES],
            "sources": [{"code": code, "name": name} for code, name in SOURCES],
            "items": [],
            "members": _memberships(),
        },
    )
