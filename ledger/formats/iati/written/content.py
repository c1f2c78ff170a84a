"""Content: what a file of activities holds, as values, one activity for each pledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import NamedTuple

from ledger.journal import Citation, Stage
from ledger.message import Message, joined, message
from ledger.money import Commodity, Money
from ledger.pledge import Party, Pledge

Figures = Mapping[str, int]
"""The flow measures by name, each in minor units."""

Held = Mapping[Stage, int]
"""What the stages of a pledge hold in one commodity, in minor units; a stage that holds nothing may be absent."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who publishes the file: an organisation's identifier, its name, and its type (code list OrganisationType)."""

    ref: str
    name: str
    type: str = "90"


class Flow(NamedTuple):
    """What one entry added to a measure of a pledge on a day (ISO 8601); less than nothing where it took it back."""

    measure: str
    entry: int
    on: str
    amount: Money
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What a pledge came to in one commodity: its flows in the order of their days, and what its stages hold.

    ``moved`` says that some promise is written on an earlier day than its own, since something was drawn on it then.
    """

    of: Commodity
    flows: Sequence[Flow]
    held: Held
    figures: Figures
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A pledge as an activity: ``identifier`` is its ``iati-identifier``, ``parent`` that of its facility.

    ``flows`` are those that are asked for, ``accounts`` all it came to up to the last day; ``updated`` is when the last
    of its entries was recorded (ISO 8601).
    """

    identifier: str
    pledge: Pledge
    donor: Party
    recipient: Party
    lender: Party | None
    source: str | None
    parent: str | None
    flows: Sequence[Flow]
    accounts: Sequence[Account]
    citations: Sequence[Citation]
    updated: str | None


_LEFT_OUT = message("left out: {listed}")
_IN_WORDS = message("in words only: {listed}")
_NEAREST = message("as the nearest: {listed}")


@dataclass(slots=True)
class Left:
    """How much of the book an activity file cannot hold as the ledger does, counted while it is written."""

    withdrawn: int = field(default=0, metadata={_LEFT_OUT: message("withdrawn pledges ({count})")})
    paid: int = field(default=0, metadata={_LEFT_OUT: message("payments in another currency ({count})")})
    uncited: int = field(default=0, metadata={_LEFT_OUT: message("citations without a web address ({count})")})
    items: int = field(default=0, metadata={_IN_WORDS: message("pledges of items ({count})")})
    firmness: int = field(default=0, metadata={_IN_WORDS: message("pledges that say how firm they are ({count})")})
    stated: int = field(
        default=0, metadata={_IN_WORDS: message("pledges with stated equivalents or exposure ({count})")}
    )
    lent: int = field(
        default=0, metadata={_IN_WORDS: message("pledges with a lender, obligor or payments a year ({count})")}
    )
    topped_up: int = field(default=0, metadata={_NEAREST: message("pledges topped up, as pledged ({count})")})
    allocated: int = field(default=0, metadata={_NEAREST: message("pledges with allocations, as committed ({count})")})
    cancelled: int = field(
        default=0, metadata={_NEAREST: message("pledges with cancellations, as promised less ({count})")}
    )
    moved: int = field(
        default=0, metadata={_NEAREST: message("pledges drawn on before their day, as promised then ({count})")}
    )
    impossible: int = field(default=0, metadata={_NEAREST: message("pledges below zero on the last day ({count})")})

    def told(self) -> Iterable[Message]:
        """What there is to say, a line for each way of leaving it: nothing where all of it is held."""
        lines: dict[str, list[Message]] = {}
        for each in fields(self):
            ((how, what),) = each.metadata.items()
            if count := getattr(self, each.name):
                lines.setdefault(how, []).append(message(what, count=f"{count:,}"))
        return [message(how, listed=joined(counts)) for how, counts in lines.items()]


@dataclass(frozen=True, slots=True)
class Content:
    """All of a file: ``generated`` is when the book's last entry was recorded, ``on`` the day its figures are of."""

    reporter: Reporter
    generated: str
    on: date
    activities: Iterator[Activity]
    left: Left = field(default_factory=Left)
