"""The fields that a table's columns can fill: each fact of a pledge, what its cells hold, and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from ledger.message import message
from ledger.pledge import Firmness, Instrument, MoveKind, Purpose

STAGES = ("pledged", "committed", "allocated", "disbursed")
"""How far the pledge has come that a row announces."""

STEPS: Mapping[str, MoveKind] = MappingProxyType(
    {
        **{str(kind): kind for kind in MoveKind},
        "called": MoveKind.CALL,
        "repaid": MoveKind.REPAY,
        "forgiven": MoveKind.FORGIVE,
        "cancelled": MoveKind.CANCEL,
    }
)
"""What a row does to a pledge that is there already, which its field ``pledge`` names."""


class Kind(Enum):
    """What the cells of a field hold."""

    TEXT = "text"
    ID = "the id of a pledge"
    PARTY = "the code of a party"
    SOURCE = "the code of a funding source"
    TERM = "one of the ledger's own terms"
    COMMODITY = "an ISO 4217 currency or the code of an item"
    AMOUNT = "a number in the row's currency"
    DAY = "a day"
    COUNT = "a whole number"


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: what its cells hold, its terms if they are the ledger's own, and what it says."""

    kind: Kind
    says: str
    terms: tuple[str, ...] = ()


def _terms(says: str, *terms: str) -> Field:
    return Field(Kind.TERM, says, terms)


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "id": Field(Kind.ID, message("the id of the pledge that the row announces")),
        "pledge": Field(Kind.ID, message("the pledge that a row belongs to which is a step, and announces nothing")),
        "donor": Field(Kind.PARTY, message("who promises")),
        "recipient": Field(Kind.PARTY, message("who receives; the book's recipient unless it is said")),
        "amount": Field(Kind.AMOUNT, message("how much; undisclosed where it is absent")),
        "currency": Field(Kind.COMMODITY, message("what the amount is of")),
        "on": Field(Kind.DAY, message("when it was announced, or happened")),
        "purpose": _terms(message("what it is for"), *Purpose),
        "instrument": _terms(message("how it is financed"), *Instrument),
        "source": Field(Kind.SOURCE, message("who really pays")),
        "title": Field(Kind.TEXT, message("a title")),
        "stage": _terms(message("how far it has come, or which step the row is"), *STAGES, *STEPS),
        "firmness": _terms(message("how firmly the amount is promised"), *Firmness),
        "firm": Field(Kind.AMOUNT, message("the firm part of the amount")),
        "max_exposure": Field(Kind.AMOUNT, message("the most that a guarantee may cost")),
        "stated": Field(Kind.AMOUNT, message("what the source says the amount is worth")),
        "stated_currency": Field(Kind.COMMODITY, message("the currency of that")),
        "parent": Field(Kind.ID, message("the facility that the pledge draws on")),
        "package": Field(Kind.TEXT, message("what links pledges announced together")),
        "lender": Field(Kind.PARTY, message("who lends")),
        "obligor": Field(Kind.PARTY, message("who owes")),
        "repayment_source": Field(Kind.SOURCE, message("what it is repaid from")),
        "interest": Field(Kind.TEXT, message("per cent a year, as 1.3")),
        "grace": Field(Kind.COUNT, message("years of grace")),
        "maturity": Field(Kind.COUNT, message("years to maturity")),
        "payments": Field(Kind.COUNT, message("payments a year")),
        "repayment": Field(Kind.TEXT, message("1 equal principal, 2 annuity, 3 lump sum, 5 other (IATI)")),
        "note": Field(Kind.TEXT, message("a note")),
        "citation_url": Field(Kind.TEXT, message("where it is said")),
        "citation_title": Field(Kind.TEXT, message("the title of that")),
        "citation_quote": Field(Kind.TEXT, message("the words that say it")),
        "publisher": Field(Kind.TEXT, message("who published it")),
        "published": Field(Kind.TEXT, message("when it was published")),
        "retrieved": Field(Kind.TEXT, message("when it was retrieved")),
    }
)
"""Every field a column can fill."""

CONTRACT = (
    "id", "donor", "recipient", "amount", "currency", "on", "purpose", "instrument", "source", "title", "stage",
    "firmness", "citation_url", "citation_quote",
)  # fmt: skip
"""The columns that are read without a map."""

REQUIRED = ("donor", "amount", "currency", "on", "purpose", "instrument")
"""Those that a table of pledges cannot do without."""


def term(text: str) -> str:
    """A term as it is written here: small letters, joined by underscores.

    >>> term("Export credit")
    'export_credit'
    """
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())
