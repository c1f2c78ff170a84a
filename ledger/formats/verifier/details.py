"""Details: the postings of the period, and what each of them is worth in the reporting currency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ledger.formats.verifier.amounts import digits_of, is_money, rounded, shares, written
from ledger.formats.verifier.entries import Entry, Posting
from ledger.formats.verifier.package import Package, Row

_POSTED = (
    "Journal_ID",
    "Journal_ID_Line_Number",
    "JE_Header_Description",
    "JE_Line_Description",
    "Source",
    "Business_Unit_Code",
    "Effective_Date",
    "Fiscal_Year",
    "Period",
    "GL_Account_Number",
)
ENTERED = ("Entered_By", "Entered_Date", "Entered_Time")
_REVERSES = ("Reversal_Indicator", "Reversal_Journal_ID")
SEGMENTS = ("Segment01", "Segment02", "Segment03", "Segment04", "Segment05")

GL_DETAIL = (
    *_POSTED,
    *("Amount", "Amount_Credit_Debit_Indicator", "Amount_Currency"),
    *ENTERED,
    *("Reporting_Amount", "Reporting_Amount_Currency"),
    *_REVERSES,
    *SEGMENTS,
)
ITEMS_DETAIL = (
    *_POSTED,
    *("Quantity", "Quantity_Credit_Debit_Indicator", "Item"),
    *ENTERED,
    *_REVERSES,
    *SEGMENTS,
)


def gl_detail(package: Package) -> Iterator[Row]:
    """Every posting in money."""
    for entry in package.entries():
        if package.options.within(entry.on):
            worths = _reporting_amounts(package, entry)
            for place, posting in enumerate(entry.postings, 1):
                if is_money(posting.commodity):
                    yield _posted(package, entry, place, (worths[place], package.options.currency))


def items_detail(package: Package) -> Iterator[Row]:
    """Every posting in items."""
    there_are = not all(map(is_money, package.replay.turnovers))
    for entry in package.entries() if there_are else ():
        if package.options.within(entry.on):
            for place, posting in enumerate(entry.postings, 1):
                if not is_money(posting.commodity):
                    yield _posted(package, entry, place, None)


def entered(entry: Entry) -> Row:
    """Who recorded an entry, on which day and at what time (UTC)."""
    return entry.recorded_by, entry.recorded_at[:10], entry.recorded_at[11:-1]


def segments(package: Package, pledge: str) -> Row:
    """What the segments of an account say: the pledge's facts at the head of the journal, and its id."""
    facts = package.replay.facts(pledge)
    return (*(facts.cell(name) for name in ("donor", "purpose", "instrument", "source")), pledge)


def number_or_empty(number: Optional[int]) -> str:
    """A whole number as a cell holds it."""
    return "" if number is None else str(number)


def rate_day(package: Package, pledge: str, on: str) -> str:
    """The day whose rate an amount of this pledge is valued at, in an entry of this day."""
    at = package.options.value_at
    return on if at == "event" else package.replay.facts(pledge).cell("on") if at == "pledge" else at


def _posted(package: Package, entry: Entry, place: int, worth: Optional[tuple[Optional[int], str]]) -> Row:
    """The row of a posting; with ``worth`` (minor units, currency) it is one in money."""
    posting = entry.postings[place - 1]
    facts = package.replay.facts(posting.pledge)
    reporting: Row = ()
    if worth is not None:
        units, currency = worth
        reporting = ("", "") if units is None else (written(units, currency), currency)
    return (
        *(str(entry.number), str(place), entry.note or "", facts.cell("title"), entry.kind, facts.cell("recipient")),
        *(entry.on, entry.on[:4], entry.on[5:7], posting.stage),
        *(written(abs(posting.units), posting.commodity), "D" if posting.units > 0 else "C", posting.commodity),
        *entered(entry),
        *reporting,
        *("0" if entry.reverses is None else "1", number_or_empty(entry.reverses)),
        *segments(package, posting.pledge),
    )


def _reporting_amounts(package: Package, entry: Entry) -> dict[int, Optional[int]]:
    """What each posting in money is worth, in minor units, by its place; None where the package names no rate.

    All debits of a pledge in a currency are converted together and rounded once; each has its share. So with credits.
    """
    sides: dict[tuple[str, str, bool], list[int]] = {}
    for place, posting in enumerate(entry.postings, 1):
        sides.setdefault((posting.pledge, posting.commodity, posting.units > 0), []).append(place)
    worths: dict[int, Optional[int]] = {}
    for places in sides.values():
        postings = [entry.postings[place - 1] for place in places]
        worths.update(zip(places, _worth(package, entry.on, postings)))
    return worths


def _worth(package: Package, on: str, postings: list[Posting]) -> list[Optional[int]]:
    pledge, commodity = postings[0].pledge, postings[0].commodity
    found = package.rates.get((commodity, rate_day(package, pledge, on)))
    if found is None:
        return [None] * len(postings)
    weights = [abs(posting.units) for posting in postings]
    into = package.options.currency
    whole = rounded(sum(weights) * found.rate * 10 ** digits_of(into) / 10 ** digits_of(commodity))
    return [*shares(whole, weights)]
