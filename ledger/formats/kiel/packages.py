"""Packages: the rows that share an ID, with who gives them and what for.

Rows of one ID may name two donors or two purposes. The publisher counts each row under its own, so they become two
pledges: the larger keeps the ID, the other's is made of the ID, its donor and its purpose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.days import Said, last_day, said
from ledger.formats.kiel.figures import amount
from ledger.formats.kiel.layout import COUNTRY, EUROS, ID, PURPOSE, REDISTRIBUTED, Row
from ledger.formats.kiel.words import donor, purpose
from ledger.formats.reading import cleaned
from ledger.message import Message, message
from ledger.pledge import Purpose
from ledger.recognition.proposal import Rejection, Remark

_LONGEST_ID = 60
_UNFIT = re.compile(r"[\s,:+]+")  # no pledge's id holds the first two; origins are joined by the others


@dataclass(frozen=True, slots=True)
class Package:
    """One pledge of the tracker: its id in the book, the rows it is of, and what each of them says of the day."""

    id: str
    key: str
    donor: str
    purpose: Purpose
    rows: Sequence[Row]
    days: Mapping[int, Said]

    @property
    def first(self) -> Row:
        """The row that stands for it in findings."""
        return self.rows[0]

    def said(self, rows: Sequence[Row]) -> list[Said]:
        """What some of its rows say of the day."""
        return [self.days[row.number] for row in rows]


Kind = tuple[str, str]
"""Donor and purpose as a row spells them."""


def packages(rows: Sequence[Row], name: str) -> Iterator[Package | Rejection | Remark]:
    """Every package in the order of the file, and what cannot be one. Rows in between may be of other packages."""
    last = last_day(rows)
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        key = _UNFIT.sub("_", cleaned(row.text(ID)))
        if key and len(key) <= _LONGEST_ID:
            by_id.setdefault(key, []).append(row)
        else:
            why = message("a row without an ID belongs to no package: give it one in the file")
            if key:
                why = message("an ID has at most {most} signs: give it one in the file", most=_LONGEST_ID)
            yield Rejection(row.at(ID), why)
    for key, own in by_id.items():
        days = said(own, last)
        yield from _split(key, own, days, name)


def _split(
    key: str, rows: Sequence[Row], days: Mapping[int, Said], name: str
) -> Iterator[Package | Rejection | Remark]:
    kinds = _kinds(rows)
    for place, (_, own) in enumerate(kinds):
        try:
            giver, what_for = _giver(own), _what_for(own)
        except _Unknown as error:
            yield Rejection(error.row.at(error.column), error.message)
            continue
        own_key = f"{key}+{giver}-{what_for}" if place else key
        if place:
            why = message(
                "{package} has rows of another donor or purpose: these are the pledge {pledge}",
                package=key,
                pledge=f"{name}:{own_key}",
            )
            yield Remark(own[0].at(ID), why)
        yield Package(f"{name}:{own_key}", own_key, giver, what_for, own, days)


class _Unknown(InputError):
    """A donor or a purpose that is not known, and where it stands."""

    def __init__(self, row: Row, column: str, why: Message) -> None:
        super().__init__(why)
        self.row = row
        self.column = column


def _kinds(rows: Sequence[Row]) -> list[tuple[Kind, list[Row]]]:
    """The rows by donor and purpose, what counts most first. A row that does not say is like the others."""
    usual = _most_usual(rows)
    found: dict[Kind, list[Row]] = {}
    for row in rows:
        giver, what_for = row.text(COUNTRY) or usual[0], row.text(PURPOSE) or usual[1]
        kind = (donor(giver) or giver.casefold(), str(purpose(what_for) or what_for.casefold()))
        found.setdefault(kind, []).append(row)
    return sorted(found.items(), key=lambda pair: (-_counted(pair[1]), -len(pair[1]), pair[0]))


def _most_usual(rows: Sequence[Row]) -> Kind:
    def usual(column: str) -> str:
        texts = Counter(text for row in rows if (text := row.text(column)))
        return min(texts, key=lambda text: (-texts[text], text), default="")

    return usual(COUNTRY), usual(PURPOSE)


def _counted(rows: Sequence[Row]) -> Fraction:
    total = Fraction()
    for row in rows:
        for column in (EUROS, REDISTRIBUTED):
            try:
                value = amount(row, column) or Fraction()
                total += max(value, -value)
            except InputError:  # said where the figure is used
                continue
    return total


def _giver(rows: Sequence[Row]) -> str:
    row = next((row for row in rows if row.text(COUNTRY)), rows[0])
    if not row.text(COUNTRY):
        raise _Unknown(row, COUNTRY, message("a package without a donor cannot be recorded: name it in the file"))
    found = donor(row.text(COUNTRY))
    if found is None:
        raise _Unknown(row, COUNTRY, message("no donor of this name is known: write the country's English name"))
    return found


def _what_for(rows: Sequence[Row]) -> Purpose:
    row = next((row for row in rows if row.text(PURPOSE)), rows[0])
    found = purpose(row.text(PURPOSE))
    if found is None:
        why = message("this is no purpose: it is Military, Humanitarian, Financial or Reconstruction")
        raise _Unknown(row, PURPOSE, why)
    return found
