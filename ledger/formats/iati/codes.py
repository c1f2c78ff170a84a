"""IATI's codes: what each means in the ledger's terms, in one place for whoever reads or writes them.

Transaction types, finance, flow and aid types are those of the code lists of version 2.03; versions 1.01 to
1.05 wrote words and letters where later ones write numbers, so that neither can be mistaken for the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ledger.message import message
from ledger.pledge import Instrument, MoveKind, Purpose

VERSIONS = frozenset({"1.01", "1.02", "1.03", "1.04", "1.05", "2.01", "2.02", "2.03"})


@dataclass(frozen=True, slots=True)
class TransactionType:
    """A kind of transaction: the move it is, the promise it raises where it is none, or why it is not recorded.

    ``refused`` says why as a template, of ``code`` and ``name``.
    """

    code: str
    name: str
    move: MoveKind | None = None
    refused: str = ""


_RECEIVERS = message(
    "type {code} ({name}) is the receiver's view of money that its provider reports too: counted here, it would"
    " count twice"
)
_NO_STEP = message("type {code} ({name}) has no step in this ledger, which keeps promises and their principal")

TRANSACTION_TYPES: Mapping[str, TransactionType] = MappingProxyType(
    {
        found.code: found
        for found in (
            TransactionType("1", "incoming funds", refused=_RECEIVERS),
            TransactionType("2", "outgoing commitment", MoveKind.COMMIT),
            TransactionType("3", "disbursement", MoveKind.DISBURSE),
            TransactionType("4", "expenditure", MoveKind.DISBURSE),
            TransactionType("5", "interest payment", refused=_NO_STEP),
            TransactionType("6", "loan repayment", MoveKind.REPAY),
            TransactionType("7", "reimbursement", MoveKind.DISBURSE),
            TransactionType("8", "purchase of equity", refused=_NO_STEP),
            TransactionType("9", "sale of equity", refused=_NO_STEP),
            TransactionType("10", "credit guarantee", MoveKind.COMMIT),
            TransactionType("11", "incoming commitment", refused=_RECEIVERS),
            TransactionType("12", "outgoing pledge"),
            TransactionType("13", "incoming pledge", refused=_RECEIVERS),
        )
    }
)
"""What each type of transaction becomes."""

LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "IF": "1",
        "C": "2",
        "D": "3",
        "E": "4",
        "IR": "5",
        "LR": "6",
        "R": "7",
        "QP": "8",
        "QS": "9",
        "CG": "10",
    }
)
"""The transaction types of versions 1.01 to 1.05, as numbers."""

PLANNED_START, ACTUAL_START = frozenset({"1", "start-planned"}), frozenset({"2", "start-actual"})
START_PLANNED, START_ACTUAL, END_ACTUAL = "1", "2", "4"
FUNDING = frozenset({"1", "funding"})
PARENT = "1"
"""The type of a related activity that contains this one."""

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {
        **dict.fromkeys(("110", "111"), Instrument.GRANT),
        **dict.fromkeys(("210", "211"), Instrument.INTEREST_SUBSIDY),
        **dict.fromkeys(("410", "411", "412", "413", "414", "421", "422"), Instrument.LOAN),
        **dict.fromkeys(("423", "424", "425", "431", "810", "811"), Instrument.LOAN),
        **dict.fromkeys(("451", "452", "453"), Instrument.EXPORT_CREDIT),
        **dict.fromkeys(map(str, range(610, 640)), Instrument.LOAN),
        "1100": Instrument.GUARANTEE,
    }
)
"""Finance types by how they are financed here. What is missing (equity, capital, investment) is kept as a grant."""

FORGIVING = frozenset({"610", "612", "614", "618", "633"})
"""Finance types by which principal is written off."""

NOT_MOVED: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("611", "613", "615", "634"),
            message("this is interest forgiven, which is no principal: no step records it"),
        ),
        **dict.fromkeys(
            ("616", "617", "635"),
            message("this is debt service reduced, without saying how much of it is principal: no step records it"),
        ),
        **dict.fromkeys(
            (*map(str, range(620, 633)), *map(str, range(636, 640))),
            message("this is a debt rescheduled: nothing moves: no step records it"),
        ),
    }
)
"""Finance types of debt that no step records, and why."""

WITHDRAWN_FINANCE = frozenset(
    {
        *("111", "211", "410", "411", "412", "413", "414", "451", "452", "453", "511", "512"),
        *("710", "711", "712", "810", "811", "910", "911", "912", "913"),
    }
)
WITHDRAWN_FLOWS = frozenset({"20", "35"})
EXPORT_CREDITS = "22"
"""The flow type of officially supported export credits."""

OFFICIAL_BUT_NOT_AID = frozenset({"20", "21", "22", "50"})
"""Flow types that are no official development assistance, which excludes military aid."""

FLOWS = frozenset({"10", "20", "21", "22", "30", "35", "36", "37", "40", "50"})
IN_KIND = frozenset({"D01", "D02", "E02"})
"""Aid types of what is sent or imputed rather than paid: personnel, technical assistance, student costs."""

BUDGET_SUPPORT = frozenset({"A01", "A02"})

DAC_SECTORS = frozenset({"", "1", "2", "DAC", "DAC-3"})
"""Vocabularies of the DAC's purpose codes, of five digits and of three."""

HUMANITARIAN_CLUSTERS = "10"
"""The vocabulary of the Inter-Agency Standing Committee's clusters."""

HUMANITARIAN_SECTORS = ("72", "73", "74")
FINANCIAL_SECTORS = ("51", "53", "60")
SECURITY_SECTORS = "152"

REPAYMENT_TYPES = frozenset({"1", "2", "3", "5"})
PAYMENTS_A_YEAR: Mapping[str, int] = MappingProxyType({"1": 1, "2": 2, "4": 4, "12": 12})

FINANCE_TYPE: Mapping[Instrument, str] = MappingProxyType(
    {
        **dict.fromkeys((Instrument.GRANT, Instrument.IN_KIND), "110"),
        Instrument.INTEREST_SUBSIDY: "210",
        **dict.fromkeys((Instrument.LOAN, Instrument.EXPORT_CREDIT, Instrument.SWAP_LINE), "421"),
        Instrument.GUARANTEE: "1100",
    }
)
"""The finance type that an instrument is written as: "standard grant" is in cash or in kind, "standard loan" any loan.
An export credit is a loan of flow type 22."""

FORGIVEN, FORGIVEN_EXPORT_CREDIT = "618", "633"
"""Finance types that principal is written off under: whether a claim is development assistance is not known here."""

MILITARY_FLOW = "50"
"""Other flows, among them those of peacebuilding that are no development assistance."""

SECTOR_VOCABULARY = "2"
"""The DAC's purpose codes of three digits."""

SECTORS: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.MILITARY: "152",
        Purpose.HUMANITARIAN: "720",
        Purpose.FINANCIAL: "510",
        Purpose.RECONSTRUCTION: "730",
        Purpose.OTHER: "998",
    }
)
"""The sector that a purpose is written as."""

GENERAL_BUDGET_SUPPORT, PROJECT = "A01", "C01"
BILATERAL = "1"
OWN_REGIONS = "99"
"""The vocabulary of regions that whoever reports has made up."""

GOVERNMENT = "10"
ORGANISATION_TYPES = frozenset(
    {"10", "11", "15", "21", "22", "23", "24", "30", "40", "60", "70", "71", "72", "73", "80", "90"}
)
FUNDS, EXTENDS, IMPLEMENTS = "1", "3", "4"
"""The roles of participating organisations."""

PIPELINE, IMPLEMENTATION, FINALISATION, CLOSED, WITHDRAWN = "1", "2", "3", "4", "5"
"""The states of an activity."""

WEB_PAGE = "A12"
"""The category of a document that is a page about the activity."""

UNSPECIFIED = "998"
"""The DAC's region for developing countries that are not specified."""

REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "88": "States ex-Yugoslavia, unspecified",
        "89": "Europe, regional",
        "189": "North of Sahara, regional",
        "289": "South of Sahara, regional",
        "298": "Africa, regional",
        "380": "West Indies, regional",
        "389": "Caribbean and Central America, regional",
        "489": "South America, regional",
        "498": "America, regional",
        "589": "Middle East, regional",
        "619": "Central Asia, regional",
        "679": "South Asia, regional",
        "689": "South and Central Asia, regional",
        "789": "Far East Asia, regional",
        "798": "Asia, regional",
        "889": "Oceania, regional",
        UNSPECIFIED: "Developing countries, unspecified",
        "1027": "Eastern Africa, regional",
        "1028": "Middle Africa, regional",
        "1029": "Southern Africa, regional",
        "1030": "Western Africa, regional",
        "1031": "Caribbean, regional",
        "1032": "Central America, regional",
        "1033": "Melanesia, regional",
        "1034": "Micronesia, regional",
        "1035": "Polynesia, regional",
    }
)
"""The DAC's regions."""
