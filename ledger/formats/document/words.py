"""Words: what the page says beside its figures, each sentence whole, so that a catalogue can say it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ledger.message import Message, counted, message
from ledger.reports.summary import Summary

TITLE = message("Aid pledges")

HERE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Where in a sentence something stands that is more than text."""


class Part(NamedTuple):
    """A part of the page that holds figures: its name in addresses, and what is said of it."""

    name: str
    heading: Message
    about: Message
    caption: Message


PARTS = (
    Part(
        "by-donor",
        message("By donor"),
        message("What each donor promised, and what of it was delivered."),
        message("By donor: what each donor promised, and what of it was delivered."),
    ),
    Part(
        "by-purpose-and-instrument",
        message("By purpose and instrument"),
        message("What it is for, and how it is financed."),
        message("By purpose and instrument: what it is for, and how it is financed."),
    ),
    Part(
        "pipeline",
        message("Pipeline"),
        message("How much stands at each stage, and what of it was due by {day} and is not disbursed."),
        message("Pipeline: how much stands at each stage, and what of it was due by {day} and is not disbursed."),
    ),
    Part(
        "over-time",
        message("Over time"),
        message("All that was promised and delivered up to the end of each period."),
        message("Over time: all that was promised and delivered up to the end of each period."),
    ),
)

RATES = message("Rates that figures were converted with")

WORDS: Mapping[str, Message] = {
    "skip": message("Skip to the figures"),
    "book": message("Book"),
    "figures": message("Figures"),
    "contents": message("Contents"),
    "sources": message("Sources"),
    "rates": message("Rates"),
    "notes": message("Notes"),
    "nothing": message("nothing recorded"),
    "total": message("total"),
    "too_many": message("Too many currencies to draw here: the table has them all."),
    "no_source": message("No entry of this selection cites a source."),
    "about_rates": message(
        "What figures of each currency and day were converted with. The amount is multiplied by the rate."
    ),
    "measures": message(
        "Pledged is everything that is not cancelled; committed, allocated and disbursed are what reached that stage or"
        " went beyond it; outstanding is what is pledged and not disbursed."
    ),
    "rounding": message(
        "Each figure is rounded once, from its exact value, so printed rows may differ from a total in the last digit."
    ),
}
"""The sentences that are the same on every page."""


def recorded(entry: str) -> Message:
    """Up to which entry the page goes, and of which day that is."""
    return message("As recorded up to entry {entry}, on {day}.", entry=entry, day=HERE)


def pledges(summary: Summary, number: str, *, selected: bool) -> Message:
    """How many pledges the page is about."""
    count = summary.pledges
    if selected:
        return counted(
            "{number} pledge of a selection.", "{number} pledges of a selection.", count=count, number=number
        )
    return counted("{number} pledge.", "{number} pledges.", count=count, number=number)


def valued(summary: Summary, said: Callable[[str], str]) -> str:
    """In what figures are shown."""
    if summary.valued:
        return said(message("in {figures}", figures=summary.valued))
    return said(message("each in its own currency"))


def more_cited(count: int, number: str) -> Message:
    """How many entries cite sources that the page does not list."""
    return counted(
        "{number} more entry cites sources that are not listed here.",
        "{number} more entries cite sources that are not listed here.",
        count=count,
        number=number,
    )


def for_pledges(ids: str, more: int, number: str) -> Message:
    """Which pledges a source is given for: the first of them, and how many more."""
    if more <= 0:
        return message("for {pledges}", pledges=ids)
    return counted(
        "for {pledges} and {number} more", "for {pledges} and {number} more", count=more, pledges=ids, number=number
    )


def drawn(heading: str) -> Message:
    """What a drawing is called for who does not see it."""
    return message("{heading}, drawn", heading=heading)
