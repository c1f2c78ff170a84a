"""Deliveries: what of a package arrived, in money and by the piece.

The tracker states no day of delivery: a delivery is dated as the last allocation of its package, else as the package,
so that nothing is delivered before it is there. Of the money that part is delivered which
the publisher's euros are of what is allocated (of what is committed, in release 7); nothing beyond it is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.errors import InputError
from ledger.formats.kiel.days import Said
from ledger.formats.kiel.figures import EUR, NEAR, amount
from ledger.formats.kiel.items import Items
from ledger.formats.kiel.layout import DELIVERED, Row
from ledger.formats.kiel.packages import Package
from ledger.formats.kiel.sayings import delivery_citations, note
from ledger.message import message
from ledger.money import Money
from ledger.pledge import Instrument, MoveKind
from ledger.recognition.proposal import Finding, Proposal, Rejection
from ledger.recognition.steps import Evidence, Move

_UNDATED = "The tracker gives no day of delivery: dated as"


@dataclass(frozen=True, slots=True)
class Deliverable:
    """What of a package can be delivered: amounts and their value in euros, as published, and its pieces.

    ``allocated`` says that it is, and not only committed; ``like`` what its delivery is dated as.
    """

    amounts: Sequence[Money]
    euros: Fraction
    items: Items
    allocated: bool = False
    like: str = "package"


def deliveries(package: Package, instrument: Instrument, of: Deliverable, said: Said) -> list[Finding]:
    """The delivery of a package as one proposal, and whatever of it cannot be recorded."""
    findings: list[Finding] = []
    delivered = _delivered(package.rows, findings)
    pieces, beyond = of.items.delivered()
    if instrument is Instrument.GUARANTEE:
        if delivered or pieces:
            why = message("a guarantee is called, not delivered: record the call once it is known")
            findings.append(Rejection((_first(package.rows) or package.first).at(DELIVERED), why))
        return findings
    findings += beyond
    amounts = [*_part(package, of, delivered, findings), *pieces]
    if amounts:
        evidence = Evidence(
            on=said.on,
            origin=f"{package.id}:delivered",
            note=note(f"{_UNDATED} the {of.like}.", said),
            citations=delivery_citations(package.rows),
        )
        step = Move(kind=MoveKind.DISBURSE, pledge=package.id, amounts=tuple(amounts), evidence=evidence)
        findings.insert(0, Proposal((_first(package.rows) or package.first).at(DELIVERED), (step,)))
    return findings


def _delivered(rows: Sequence[Row], findings: list[Finding]) -> Fraction:
    total = Fraction()
    for row in rows:
        try:
            found = amount(row, DELIVERED) or Fraction()
        except InputError as error:
            findings.append(Rejection(row.at(DELIVERED), error.message))
            continue
        if found < 0:
            findings.append(Rejection(row.at(DELIVERED), message("nothing below zero can be delivered")))
        else:
            total += found
    return total


def _first(rows: Sequence[Row]) -> Row | None:
    for row in rows:
        try:
            if amount(row, DELIVERED):
                return row
        except InputError:
            continue
    return None


def _part(package: Package, of: Deliverable, delivered: Fraction, findings: list[Finding]) -> list[Money]:
    """The amounts that so many euros are of what can be delivered: all of it, where they are as much."""
    beyond = delivered - of.euros
    if beyond > NEAR:
        about = {"amount": Money.rounded(beyond, EUR), "most": Money.rounded(of.euros, EUR)}
        why = message("{amount} delivered beyond the {most} that is committed: that part is not recorded", **about)
        if of.allocated:
            why = message("{amount} delivered beyond the {most} that is allocated: that part is not recorded", **about)
        findings.append(Rejection((_first(package.rows) or package.first).at(DELIVERED), why))
    if not delivered or not of.euros:
        return []
    share = Fraction(1) if beyond >= -NEAR else delivered / of.euros
    return [part for money in of.amounts if (part := Money.rounded(money.value * share, money.commodity)).units > 0]
