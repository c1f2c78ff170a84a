"""Layouts: the columns of each table in an auditor's package, their types, keys and meaning.

The names with capitals are those of the AICPA's Audit Data Standards (general ledger); what the standard has
no table for is named as the ledger names it. Types and keys are those of Data Package v2 (Table Schema).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Type = Literal["string", "integer", "number", "date", "time", "year"]
"""A Table Schema type in its default form; a ``number`` is plain and keeps every digit (no thousands, no exponent)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, what it holds, its type, and whether its cells may be empty.

    ``values`` are the only ones there are, where that is known.
    """

    name: str
    about: str
    type: Type = "string"
    required: bool = True
    values: tuple[str, ...] = ()


def _optional(name: str, about: str, type: Type = "string") -> Field:  # noqa: A002 - a field's own word
    return Field(name, about, type, required=False)


_ENTRY = (
    Field("Journal_ID", "the number of the entry", "integer"),
    Field("Journal_ID_Line_Number", "the posting's place in it, from 1", "integer"),
    _optional("JE_Header_Description", "the entry's note"),
    _optional("JE_Line_Description", "the pledge's title"),
    Field("Source", "the kind of entry"),
    Field("Business_Unit_Code", "the pledge's recipient"),
    Field("Effective_Date", "the day it happened", "date"),
    Field("Fiscal_Year", "the year of that day", "year"),
    Field("Period", "the month of that day, 01 to 12"),
    Field("GL_Account_Number", "the account's stage"),
)
_ENTERED = (
    Field("Entered_By", "who recorded the entry"),
    Field("Entered_Date", "the day it was recorded (UTC)", "date"),
    Field("Entered_Time", "the time it was recorded (UTC)", "time"),
)
_REVERSAL = (
    Field("Reversal_Indicator", "1 where the entry reverses another, else 0", values=("0", "1")),
    _optional("Reversal_Journal_ID", "the entry it reverses", "integer"),
)
_SEGMENTS = (
    Field("Segment01", "the pledge's donor"),
    Field("Segment02", "the pledge's purpose"),
    Field("Segment03", "the pledge's instrument"),
    _optional("Segment04", "the pledge's funding source"),
    Field("Segment05", "the pledge"),
)
_SIDES = ("D", "C")
_BALANCE_OF = (
    Field("GL_Account_Number", "the account's stage"),
    Field("Fiscal_Year", "the year of the balance's day", "year"),
    Field("Period", "the month of the balance's day, 01 to 12"),
    Field("Business_Unit_Code", "the pledge's recipient"),
    Field("Balance_As_Of_Date", "the last day of the period, else the last day of any entry", "date"),
)
_ACTIVITY = (
    Field("Activity_Debit", "what was debited in the period", "number"),
    Field("Activity_Credit", "what was credited in the period, without a sign", "number"),
)

LAYOUTS: Mapping[str, tuple[Field, ...]] = {
    "gl_detail.csv": (
        *_ENTRY,
        Field("Amount", "the amount, without a sign", "number"),
        Field("Amount_Credit_Debit_Indicator", "D for a debit, C for a credit", values=_SIDES),
        Field("Amount_Currency", "the amount's currency (ISO 4217)"),
        *_ENTERED,
        _optional(
            "Reporting_Amount", "what the amount is worth, without a sign; empty where there is no rate", "number"
        ),
        _optional("Reporting_Amount_Currency", "the currency of that worth"),
        *_REVERSAL,
        *_SEGMENTS,
    ),
    "items_detail.csv": (
        *_ENTRY,
        Field("Quantity", "the pieces, without a sign", "integer"),
        Field("Quantity_Credit_Debit_Indicator", "D for a debit, C for a credit", values=_SIDES),
        Field("Item", "the item's code"),
        *_ENTERED,
        *_REVERSAL,
        *_SEGMENTS,
    ),
    "trial_balance.csv": (
        *_BALANCE_OF,
        Field("Amount_Beginning", "the balance before the period, debit positive", "number"),
        *_ACTIVITY,
        Field("Amount_Ending", "beginning + debit - credit", "number"),
        Field("Amount_Currency", "the account's currency (ISO 4217)"),
        *_SEGMENTS,
    ),
    "items_balance.csv": (
        *_BALANCE_OF,
        Field("Quantity_Beginning", "the pieces before the period, debit positive", "integer"),
        *(Field(field.name, field.about, "integer") for field in _ACTIVITY),
        Field("Quantity_Ending", "beginning + debit - credit", "integer"),
        Field("Item", "the item's code"),
        *_SEGMENTS,
    ),
    "chart_of_accounts.csv": (
        Field("GL_Account_Number", "the account's stage"),
        Field("GL_Account_Name", "its name"),
        Field("Account_Type", "memorandum: promises are off the balance sheet", values=("memorandum",)),
        Field("Account_Subtype", "what kind of account", values=("promise", "stage", "settlement")),
        Field("Normal_Balance", "D where debits are more, C where credits are", values=_SIDES),
        Field("GL_Account_Description", "what it holds"),
    ),
    "source_listing.csv": (
        Field("Source", "a kind of entry that occurs in the period"),
        Field("Source_Description", "what such an entry records"),
    ),
    "user_listing.csv": (
        Field("User_ID", "who recorded entries of the period"),
        Field("Entries", "how many", "integer"),
        Field("First_Journal_ID", "the first of them", "integer"),
        Field("Last_Journal_ID", "the last of them", "integer"),
        Field("First_Entered_Date", "the day the first was recorded (UTC)", "date"),
        Field("Last_Entered_Date", "the day the last was recorded (UTC)", "date"),
    ),
    "entries.csv": (
        Field("Journal_ID", "the number of the entry", "integer"),
        Field("Change", "which thing it states, from 1", "integer"),
        Field("Kind", "the kind of entry"),
        Field("Effective_Date", "the day it happened", "date"),
        *_ENTERED,
        _optional("Pledge", "the pledge it is about"),
        _optional("Note", "its note"),
        _optional("Origin", "the key that is unique in the book"),
        _optional("Reversal_Journal_ID", "the entry it reverses", "integer"),
        Field("Postings", "how many postings it has", "integer"),
        _optional("Fact", "the name of what it states; empty where it states nothing beside its postings"),
        _optional("Old", "what it was; text as it is, anything else as RFC 8785 JSON"),
        _optional("New", "what it is, written likewise"),
        Field("Leaf_Hash", "the entry's leaf in the log (RFC 9162), 64 hexadecimal digits"),
    ),
    "pledges.csv": (
        Field("pledge", "its id"),
        Field("donor", "who promised"),
        Field("recipient", "to whom"),
        Field("on", "the day it was announced", "date"),
        Field("purpose", "what it is for"),
        Field("instrument", "how it is financed"),
        _optional("source", "who really pays"),
        _optional("title", "its title"),
        _optional("lender", "who lends"),
        _optional("obligor", "who owes"),
        _optional("repayment_source", "what it is repaid from"),
        _optional("parent", "the facility it draws on"),
        _optional("package", "the package it belongs to"),
        _optional("max_exposure", "what a guarantee may come to, with its currency"),
        _optional("stated", "claims of its source, as RFC 8785 JSON"),
        _optional("schedule", "when instalments are due, as RFC 8785 JSON"),
        _optional("terms", "the terms of a loan, as RFC 8785 JSON"),
        _optional("holds", "how firm its amounts are, as RFC 8785 JSON"),
        Field("entry", "the entry that opened it", "integer"),
        _optional("withdrawn_by", "the entry that reversed its opening", "integer"),
    ),
    "citations.csv": (
        Field("Journal_ID", "the entry that cites", "integer"),
        Field("Citation", "which of its citations, from 1", "integer"),
        _optional("url", "the address"),
        _optional("title", "the document's title"),
        _optional("publisher", "who published it"),
        _optional("published", "when"),
        _optional("retrieved", "when it was read"),
        Field("official", "whether the publisher is official", required=False, values=("true", "false")),
        _optional("quote", "the words that say it"),
        _optional("file", "the name of a kept copy"),
        _optional("sha256", "the hash of that copy"),
    ),
    "fx_rates.csv": (
        Field("currency", "the currency that was converted"),
        Field("into", "the reporting currency"),
        Field("on", "the day that was asked for", "date"),
        Field("rate", "1 currency in the reporting currency, to 12 significant digits, to look at", "number"),
        Field("base_rate", "units of the currency for one pivot, exact: a decimal, or one over a whole number"),
        Field("quote_rate", "units of the reporting currency for one pivot, written likewise"),
        Field("pivot", "the currency in which the two meet"),
        Field("rate_date", "the day or period of the rate"),
        Field("policy", "the policy that chose it"),
        Field("source", "who published it"),
        Field("observations", "of how many published rates it is the mean", "integer"),
        _optional("fallback", "what stood in or falls short, in words"),
        Field("lines", "how many lines of gl_detail.csv it values", "integer"),
    ),
    "control_totals.csv": (
        Field("table", "what is counted", values=("journal", "gl_detail", "items_detail")),
        _optional("commodity", "the currency or item; empty for the journal"),
        Field("entries", "how many entries", "integer"),
        Field("first_number", "the first of them", "integer"),
        Field("last_number", "the last of them", "integer"),
        _optional("gaps", "how many numbers are missing, of the whole journal", "integer"),
        Field("first_on", "the earliest day", "date"),
        Field("last_on", "the latest day", "date"),
        Field("lines", "how many postings", "integer"),
        _optional("debits", "the sum of debits", "number"),
        _optional("credits", "the sum of credits, without a sign", "number"),
        _optional("sum", "debits less credits", "number"),
    ),
    "late_entries.csv": (
        Field("Journal_ID", "the number of the entry", "integer"),
        Field("Kind", "the kind of entry"),
        Field("Effective_Date", "the day it happened", "date"),
        *_ENTERED,
        _optional("Pledge", "the pledge it is about"),
        Field("Reason", "why it is late: reopened, earlier_period, before_checkpoint; with blanks, if several"),
    ),
}
"""The columns of each file, in order: a promise to the programs that read them."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "gl_detail.csv": ("Journal_ID", "Journal_ID_Line_Number"),
    "items_detail.csv": ("Journal_ID", "Journal_ID_Line_Number"),
    "trial_balance.csv": ("GL_Account_Number", "Amount_Currency", "Segment05"),
    "items_balance.csv": ("GL_Account_Number", "Item", "Segment05"),
    "chart_of_accounts.csv": ("GL_Account_Number",),
    "source_listing.csv": ("Source",),
    "user_listing.csv": ("User_ID",),
    "entries.csv": ("Journal_ID", "Change"),
    "pledges.csv": ("pledge",),
    "citations.csv": ("Journal_ID", "Citation"),
    "fx_rates.csv": ("currency", "into", "on"),
    "control_totals.csv": ("table", "commodity"),
    "late_entries.csv": ("Journal_ID",),
}
"""The columns that tell the rows of a file apart. (The journal's row of the control totals has no commodity.)"""

_ACCOUNT = {
    "GL_Account_Number": ("chart_of_accounts.csv", "GL_Account_Number"),
    "Segment05": ("pledges.csv", "pledge"),
}
_LISTED = {"Source": ("source_listing.csv", "Source"), "Entered_By": ("user_listing.csv", "User_ID")}

REFERENCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "gl_detail.csv": _ACCOUNT | _LISTED,
    "items_detail.csv": _ACCOUNT | _LISTED,
    "trial_balance.csv": _ACCOUNT,
    "items_balance.csv": _ACCOUNT,
}
"""The columns of a file whose values stand in a column of another: its file and its name."""

ABOUT: Mapping[str, str] = {
    "gl_detail.csv": "every posting in money of the period, with what it is worth in the reporting currency",
    "items_detail.csv": "every posting in items of the period",
    "trial_balance.csv": "each account in money: beginning + activity = ending",
    "items_balance.csv": "each account in items: beginning + activity = ending",
    "chart_of_accounts.csv": "the stages that accounts are of",
    "source_listing.csv": "the kinds of entries of the period",
    "user_listing.csv": "who recorded the entries of the period",
    "entries.csv": "every entry of the book and what it states beside its postings, old and new",
    "pledges.csv": "what each pledge states",
    "citations.csv": "where each figure is from",
    "fx_rates.csv": "the rates that the reporting amounts were made with",
    "control_totals.csv": "what is counted first: entries, lines, days, debits, credits, gaps",
    "late_entries.csv": "what was entered late, into closed or earlier periods",
}
"""What each file holds, in a line."""


def header(name: str) -> tuple[str, ...]:
    """The names of a file's columns."""
    return tuple(field.name for field in LAYOUTS[name])
