"""The words that tests of mapped tables are written in: a table and a map as text, findings as lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from ledger.errors import InputError
from ledger.formats.mapped.map import Map
from ledger.formats.mapped.read import read
from ledger.formats.mapped.written import parse
from ledger.pledge import Promise, Terms
from ledger.recognition.proposal import Finding, Proposal, Rejection, Spot
from ledger.recognition.steps import Announce, Evidence, Step

FIELDS = """
[fields]
donor = "who"
amount = "sum"
currency = { constant = "EUR" }
on = "day"
purpose = { constant = "military" }
instrument = { constant = "grant" }
"""
"""A map's fields for a table of three columns."""

HEAD = "who,day,sum\n"


def table(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    """A file that holds this."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def findings(path: Path, mapping: Map | str | None = None, name: str | None = None) -> list[Finding]:
    """All that a table says, by a map or without one."""
    by = parse(mapping) if isinstance(mapping, str) else mapping
    return list(read(path, by, name).findings)


def rejected(path: Path, mapping: Map | str | None = None) -> list[str]:
    """Each rejection as ``row column: reason``."""
    found = (one for one in findings(path, mapping) if isinstance(one, Rejection))
    return [f"{one.at.row} {one.at.column}: {one.reason}" for one in found]


def proposed(path: Path, mapping: Map | str | None = None) -> list[Step]:
    """Each step that is proposed, in order."""
    return [step for one in findings(path, mapping) if isinstance(one, Proposal) for step in one.steps]


def refusal(path: Path, mapping: Map | str | None = None) -> str:
    """Why a file is refused as a whole, without its path."""
    with pytest.raises(InputError) as caught:
        findings(path, mapping)
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix(f"{path} cannot be read: ")


def refused_map(text: str) -> str:
    """Why a map is refused."""
    with pytest.raises(InputError) as caught:
        parse(text)
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix("the map: ")


def told(found: Iterable[Finding]) -> str:
    """Findings as `expected.txt` has them."""
    return "\n".join(line for one in found for line in _lines(one)) + "\n"


def _lines(found: Finding) -> list[str]:
    if isinstance(found, Proposal):
        needs = [f"needs {step.code} ({step.name})" for step in found.needs]
        return [f"row {found.at.row}: {line}" for line in (*needs, *map(step_told, found.steps))]
    return [f"{type(found).__name__.lower()}: {spot_told(found.at)}: {found.reason}"]


def spot_told(at: Spot) -> str:
    """A place in a file in words."""
    named = f", {at.column} {at.value!r}" if at.column else ""
    return f"{at.source}{f' row {at.row}' if at.row else ''}{named}"


def step_told(step: Step) -> str:
    """A step by its name, its origin, and all that it says which is not the usual."""
    said = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "evidence"}
    parts = [f"{name}={_told(value)}" for name, value in said.items() if value not in (None, (), False, Terms())]
    return f"{type(step).__name__} {evidence_told(step.evidence)} {' '.join(parts)}"


def evidence_told(evidence: Evidence) -> str:
    """What a step is known by, its day, its note and its citations."""
    cited = [str(cite.url or cite.title or cite.quote) for cite in evidence.citations]
    note = [evidence.note] if evidence.note else []
    return " ".join([f"[{evidence.origin}]", str(evidence.on), *note, *cited])


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(map(_told, value))
    if isinstance(value, Promise):
        firm = f" (firm {value.firm})" if value.firm else ""
        return f"{value.firmness} {value.amount}{firm}"
    return str(value)


def only_announcement(path: Path, mapping: Map | str | None = None) -> Announce:
    """The one pledge that a table announces."""
    (step,) = proposed(path, mapping)
    assert isinstance(step, Announce)
    return step
