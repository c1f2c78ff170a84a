"""Flows: what one entry did to one pledge, and the line of a walk that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.journal import Stage
from ledger.pledge import TARGET, Instrument, MoveKind
from ledger.reports.cell import Key
from ledger.reports.measures import measures_of

KINDS: Mapping[str, str] = {
    "pledge": "new",
    "joint": "new",
    "commit": "advanced",
    "allocate": "advanced",
    "disburse": "advanced",
    "call": "advanced",
    "repay": "advanced",
    "forgive": "advanced",
    "cancel": "cancelled",
    "revise": "revised",
    "correct": "corrected",
    "reverse": "corrected",
    "draw": "corrected",
    "supersede": "corrected",
}
"""The line of each kind of entry that has postings.

What goes from one pledge to another is ``drawn`` whichever entry moves it; a draw or supersession that takes from
the facility only (``--existing``) corrects what was counted twice.
"""

RESTATED: Mapping[str, str] = {"again": "corrected", "along": "revised"}
"""The line of a move by which an import restates: recorded again after its reversal, or along with a revision."""

SILENT = frozenset(
    {"open", "party", "member", "source", "item", "close", "reopen", "amend", "restate", "match", "distinguish"}
)
"""The kinds of entries that have no postings: what an amendment moves is ``reclassified``."""

_DISCLOSED = {"new", "advanced"}
_PROMISED = (Stage.UNDERTAKING, Stage.EXCESS)

Amounts = Mapping[tuple[Stage, str], int]
"""Signed minor units by stage and commodity, debit positive."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one entry did to one pledge: ``units`` by stage and commodity, and what of it came from another pledge.

    ``drawn`` is what the pledge drew, or gave where negative; it is worth what it was at the facility, which was
    announced on ``facility_day``. ``late``: it happened on a day that was over at the opening, and was recorded since.
    ``restates`` says how a move belongs to what a source states otherwise by now: see :data:`RESTATED`.
    """

    entry: int
    kind: str
    on: date
    late: bool
    key: Key
    instrument: Instrument
    announced: date
    units: Amounts
    drawn: Amounts
    facility_day: date | None
    restates: str | None = None


class Part(NamedTuple):
    """What a flow adds to one line of the walk, in minor units of one commodity, valued at ``announced``."""

    line: str
    of: str
    units: int
    announced: date


def parts(flow: Flow, measure: str) -> Iterator[Part]:
    """What a flow adds to a measure, line by line; a move inside the measure adds nothing."""
    for of in dict.fromkeys(code for _, code in flow.units):
        whole, drawn = (_counts(amounts, of, measure, flow.instrument) for amounts in (flow.units, flow.drawn))
        moved = "corrected" if flow.kind == "reverse" else "drawn"
        yield Part(moved, of, drawn, flow.facility_day or flow.announced)
        for line, units in _own(flow, of, measure, whole - drawn):
            said = "disclosed_late" if flow.late and line in _DISCLOSED else line
            yield Part(said, of, units, flow.announced)


def _own(flow: Flow, of: str, measure: str, units: int) -> Iterator[tuple[str, int]]:
    """What a flow adds beside drawings: a top-up is a new promise, and what was there advances."""
    line = RESTATED[flow.restates] if flow.restates else KINDS[flow.kind]
    if line in {"new", "cancelled"} and any(code == of for _, code in flow.drawn):
        yield "advanced", units  # what is drawn or given back may change its stage on the way
        return
    added = _topped_up(flow, of, measure, units) if line == "advanced" else 0
    yield "new", added
    yield line, units - added


def _topped_up(flow: Flow, of: str, measure: str, units: int) -> int:
    """What a move promises in the same entry, as far as the measure counts it where the move leads."""
    if measure == "top_up":
        return units
    promised = -sum(flow.units.get((stage, of), 0) for stage in _PROMISED)
    return promised if measure in measures_of(TARGET[MoveKind(flow.kind)], flow.instrument) else 0


def _counts(amounts: Amounts, of: str, measure: str, instrument: Instrument) -> int:
    units = sum(
        held for (stage, code), held in amounts.items() if code == of and measure in measures_of(stage, instrument)
    )
    return -units if measure == "top_up" else units
