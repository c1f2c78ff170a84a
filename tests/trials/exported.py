"""A book as it was exported: what the files say, read and added up without the program that wrote them.

It knows docs/formats.md and the measures of docs/accounting.md, and imports nothing of ``ledger`` or ``cli``.
Amounts are whole minor units, read from their text.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
Account = tuple[str, str, str]
"""A pledge, a stage, a commodity."""

OTHER_SIDES = ("undertaking", "excess")
"""The stages on the credit side: they hold nothing or less."""

REPAYABLE = ("loan", "export_credit", "swap_line", "guarantee")

_GONE = ("disbursed", "called", "repaid", "forgiven")
_ALLOCATED = ("allocated", *_GONE)
_COMMITTED = ("committed", *_ALLOCATED)
_MEASURES: Mapping[str, Sequence[str]] = {
    "pledged": ("pledged", *_COMMITTED),
    "committed": _COMMITTED,
    "allocated": _ALLOCATED,
    "disbursed": _GONE,
    "called": ("called", "repaid", "forgiven"),
    "repaid": ("repaid",),
    "forgiven": ("forgiven",),
    "cancelled": ("cancelled",),
    "top_up": ("excess",),
    "outstanding": ("pledged", "committed", "allocated"),
    "owed": ("disbursed", "called"),
}


@dataclass(frozen=True)
class Exported:
    """What was exported: the journal's lines, and the rows of the register and of the list of entries."""

    lines: Sequence[str]
    register: Sequence[Record]
    listed: Sequence[Record]

    @cached_property
    def entries(self) -> Sequence[Record]:
        """The entries in the order of the journal."""
        return [json.loads(line) for line in self.lines]

    @cached_property
    def by_number(self) -> Mapping[int, Record]:
        """Each entry by its number, the first where there are two."""
        return {entry["number"]: entry for entry in reversed(self.entries)}

    @cached_property
    def by_note(self) -> Mapping[str, Sequence[Record]]:
        """The entries that carry a note."""
        return _by("note", self.entries)

    @cached_property
    def by_origin(self) -> Mapping[str, Sequence[Record]]:
        """The entries that carry an origin."""
        return _by("origin", self.entries)


def _by(name: str, entries: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = {}
    for entry in entries:
        if entry[name] is not None:
            found.setdefault(entry[name], []).append(entry)
    return found


def exported(folder: Path) -> Exported:
    """What is in ``export.csv`` and in the package ``audit`` of a folder."""
    lines = (folder / "audit" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return Exported(lines, table(folder / "export.csv"), table(folder / "audit" / "entries.csv"))


def table(path: Path) -> Sequence[Record]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def leaf_hash(line: str) -> str:
    """The hash of a journal's line as a leaf of its tree (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\0" + line.encode()).hexdigest()


def units(amount: str) -> int:
    """An amount in minor units: its digits."""
    return int(amount.replace(".", ""))


def plain(number: int, digits: int) -> str:
    """Minor units as an amount with so many digits after the point."""
    text = str(abs(number)).zfill(digits + 1)
    return ("-" if number < 0 else "") + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


@dataclass
class Fold:
    """The balances after some first entries: :meth:`add` takes the next one."""

    balances: dict[Account, int] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    drawn: dict[tuple[str, str], int] = field(default_factory=dict)
    _digits: dict[str, int] = field(default_factory=dict)
    _sums: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def add(self, entry: Record) -> Sequence[tuple[Account, int]]:
        """Take an entry in, and give each account that it touches with its new balance."""
        if entry["kind"] == "pledge":
            self.facts[entry["pledge"]] = dict(entry["facts"]["pledge"])
        for name, (_, new) in entry["facts"].get("changes", {}).items():
            self.facts.setdefault(entry["pledge"], {})[name] = new
        for draw in entry["facts"].get("draws", ()):
            value, commodity = draw["amount"].split(" ")
            of = (draw["parent"], commodity)
            self.drawn[of] = self.drawn.get(of, 0) + units(value)
        touched: dict[Account, None] = {}
        for posting in entry["postings"]:
            account = (posting["pledge"], posting["stage"], posting["commodity"])
            amount = units(posting["amount"])
            self.balances[account] = self.balances.get(account, 0) + amount
            self._digits[account[2]] = len(posting["amount"].partition(".")[2])
            self._measure(account, amount)
            touched[account] = None
        return [(account, self.balances[account]) for account in touched]

    def _measure(self, account: Account, amount: int) -> None:
        pledge, stage, commodity = account
        facts = {"donor": "?", "instrument": "?", **self.facts.get(pledge, {})}  # a journal may lack what it stands on
        row = self._sums.setdefault((facts["donor"], commodity), dict.fromkeys(_MEASURES, 0))
        for name, stages in _MEASURES.items():
            if stage in stages and _counts(name, facts["instrument"]):
                row[name] += -amount if name == "top_up" else amount

    def at(self, pledge: str, stage: str, commodity: str) -> int:
        """What an account holds."""
        return self.balances.get((pledge, stage, commodity), 0)

    def left(self, facility: str, commodity: str) -> int:
        """What may still be drawn from a facility: what of its own promise it has not delivered."""
        stages = ("pledged", "committed", "allocated")
        own = -self.at(facility, "undertaking", commodity)
        return min(own, sum(self.at(facility, stage, commodity) for stage in stages))

    def totals(self) -> str:
        """``report totals --format csv`` as it has to be: every measure by donor and currency."""
        rows = [
            ",".join([*key, *(plain(value, self._digits[key[1]]) for value in row.values())])
            for key, row in sorted(self._sums.items())
            if any(row.values())
        ]
        return "".join(f"{row}\r\n" for row in [",".join(["donor", "currency", *_MEASURES]), *rows])


def _counts(measure: str, instrument: str) -> bool:
    """Whether a measure is one of this instrument's."""
    return (measure != "called" or instrument == "guarantee") and (measure != "owed" or instrument in REPAYABLE)


def control_totals(entries: Sequence[Record], before: str) -> list[Record]:
    """By commodity: postings, debits and credits of everything dated before a day, as a closing records them."""
    postings = [posting for entry in entries if entry["on"] < before for posting in entry["postings"]]
    postings.sort(key=lambda posting: str(posting["commodity"]))
    return [_control(code, list(rows)) for code, rows in groupby(postings, lambda posting: str(posting["commodity"]))]


def _control(commodity: str, postings: Sequence[Record]) -> Record:
    amounts = [units(posting["amount"]) for posting in postings]
    digits = len(postings[0]["amount"].partition(".")[2])
    return {
        "commodity": commodity,
        "postings": len(amounts),
        "debit": plain(sum(each for each in amounts if each > 0), digits),
        "credit": plain(-sum(each for each in amounts if each < 0), digits),
    }
