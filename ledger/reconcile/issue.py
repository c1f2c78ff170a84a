"""Issue: what a file that was imported states by now, beside what the book holds of it; nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.journal import Draft
from ledger.message import joined, message
from ledger.recognition.proposal import Finding, Proposal
from ledger.recognition.statement import differences, entry_stated, stated
from ledger.recognition.steps import Announce, Step

_BESIDE = ("the note changed", "the citations changed", "title was ")
"""Differences that move no figure."""


@dataclass(frozen=True, slots=True)
class Change:
    """A pledge of which the file states another figure than the book: the cells it counts in, then and now, and why.

    A cell is a donor and a purpose.
    """

    pledge: str
    cells: frozenset[tuple[str, str]]
    why: tuple[str, ...]


def changes(findings: Iterable[Finding], held: Mapping[str, Draft], recipient: str) -> dict[str, Change]:
    """The pledges of which a file says something new, something else, or nothing any more, by their ids.

    ``held`` are the entries that say what the file stated last, by origin.
    """
    found: dict[str, list[str]] = {}
    cells: dict[str, set[tuple[str, str]]] = {}
    for entry in held.values():
        if entry.kind in {"pledge", "restate"} and (cell := _cell(entry_stated(entry).get("facts"))):
            cells.setdefault(str(entry.pledge), set()).add(cell)
    seen = set()
    for step in (step for one in findings if isinstance(one, Proposal) for step in one.steps):
        origin, pledge = str(step.evidence.origin), _subject(step)
        seen.add(origin)
        if isinstance(step, Announce):
            cells.setdefault(pledge, set()).add((step.donor, str(step.purpose)))
        if why := _said(step, pledge, held.get(origin), recipient):
            found.setdefault(pledge, []).append(message("{origin}: {differences}", origin=origin, differences=why))
    for origin in held.keys() - seen:
        found.setdefault(str(held[origin].pledge), []).append(
            message("{origin}: it is not stated any more", origin=origin)
        )
    return {
        pledge: Change(pledge, frozenset(cells.get(pledge, ())), tuple(why)) for pledge, why in sorted(found.items())
    }


def _said(step: Step, pledge: str, before: Draft | None, recipient: str) -> str:
    """What a step says that the book does not; nothing where only words beside the figures differ."""
    if before is None:
        return message("it is not in the book")
    differs = differences(entry_stated(before), stated(step, pledge, recipient))
    return joined((one for one in differs if not one.startswith(_BESIDE)), "; ")


def _subject(step: Step) -> str:
    return str(step.id if isinstance(step, Announce) else getattr(step, "pledge", None))


def _cell(facts: object) -> tuple[str, str] | None:
    return (str(facts["donor"]), str(facts["purpose"])) if isinstance(facts, Mapping) and "donor" in facts else None
