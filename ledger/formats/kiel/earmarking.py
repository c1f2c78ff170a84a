"""Earmarking: the allocations of a package as steps, and those that take back what was allocated.

A negative value takes back from its own package first. What that does not hold is taken from packages of the same
donor and purpose: those that name each other first, then the largest. The publisher's totals are of donor and purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush, heapreplace

from ledger.formats.kiel.allocations import Allocation
from ledger.formats.kiel.figures import EUR
from ledger.formats.kiel.layout import REALLOCATED, REDISTRIBUTED, Row
from ledger.formats.kiel.plans import Plan
from ledger.formats.kiel.sayings import citations, explanation, note
from ledger.message import counted, message
from ledger.money import Money
from ledger.pledge import MoveKind
from ledger.recognition.proposal import Finding, Proposal, Rejection, Remark
from ledger.recognition.steps import Correct, Evidence, Move, Step

_BETWEEN = re.compile(r"[\s,;&/]+")
_NAMED = 5  # packages in one remark


def allocated(of: Plan) -> Iterator[Finding]:
    """The allocations of a package, each as one proposal; what they take back beyond it is left owing."""
    for one in of.allocations:
        pieces = of.items.allocated(one.rows)
        if one.euros < 0:
            steps = [*_taken_back(of, one), *_earmarked(of, one, pieces, "+items")]
        else:
            added = of.pool.add(one) if one.euros else None
            steps = _earmarked(of, one, [*([added] if added else []), *pieces], "")
        if steps:
            yield Proposal(_row(one).at(REDISTRIBUTED), tuple(steps))
        elif one.euros > 0:
            yield Rejection(_row(one).at(REDISTRIBUTED), message("less than the smallest coin of its currency"))


def _earmarked(of: Plan, one: Allocation, amounts: Sequence[Money], word: str) -> list[Step]:
    if not amounts:
        return []
    evidence = _evidence(of, one, word)
    return [Move(kind=MoveKind.ALLOCATE, pledge=of.package.id, amounts=tuple(amounts), top_up=True, evidence=evidence)]


def _taken_back(of: Plan, one: Allocation) -> list[Step]:
    amounts, left = of.pool.take(-one.euros, of.pool.currency_of(one))
    if left:
        of.owing.append((one, left))
    return [_correction(of, one, of, amounts)] if amounts else []


def _correction(of: Plan, one: Allocation, pledge: Plan, amounts: Sequence[Money]) -> Step:
    word = "" if pledge is of else f"+from-{pledge.package.key}"
    return Correct(
        kind=MoveKind.ALLOCATE,
        pledge=pledge.package.id,
        amounts=tuple(amounts),
        evidence=_evidence(of, one, word),
    )


def _evidence(of: Plan, one: Allocation, word: str) -> Evidence:
    own = explanation(one.rows)
    return Evidence(
        on=one.said.on,
        origin=f"{of.package.id}:allocation-{one.key}{word}",
        note=note("" if own == of.explained else own, one.said),
        citations=citations(one.rows),
    )


def _row(one: Allocation) -> Row:
    return next((row for row in one.rows if row.text(REDISTRIBUTED)), one.rows[0])


def taken_elsewhere(plans: Sequence[Plan]) -> Iterator[Finding]:
    """What negative allocations take back from other packages, once all are allocated."""
    others: dict[tuple[str, str], _Others] = {}
    for of in plans:
        others.setdefault(_kind(of), _Others()).add(of)
    for of in plans:
        for one, owing in of.owing:
            yield from _from_others(of, one, owing, others[_kind(of)])


def _kind(of: Plan) -> tuple[str, str]:
    return of.package.donor, of.package.purpose


def _from_others(of: Plan, one: Allocation, owing: Fraction, others: _Others) -> Iterator[Finding]:
    steps: list[Step] = []
    left = owing
    for other in others.candidates(of):
        amounts, left = other.pool.take(left)
        if amounts:
            steps.append(_correction(of, one, other, amounts))
        if not left:
            break
    at, key = _row(one).at(REDISTRIBUTED), of.package.key
    if steps:
        yield Proposal(at, tuple(steps))
        whose = ", ".join(str(step.pledge) for step in steps[:_NAMED] if isinstance(step, Correct))
        why = message(
            "it takes back more than {package} has allocated: the rest is taken from {pledges}",
            package=key,
            pledges=whose,
        )
        if (more := len(steps) - _NAMED) > 0:
            why = counted(
                "it takes back more than {package} has allocated: the rest is taken from {pledges} and {count} more",
                "it takes back more than {package} has allocated: the rest is taken from {pledges} and {count} more",
                count=more,
                package=key,
                pledges=whose,
            )
        yield Remark(at, why)
    if left:
        rest = Money.rounded(left, EUR)
        yield Rejection(
            at,
            message(
                "{amount} is to be taken back, and no package of this donor and purpose has it allocated", amount=rest
            ),
        )


@dataclass
class _Others:
    """The packages of one donor and purpose: by key, by those that name them, and what they hold, the largest first."""

    by_key: dict[str, Plan] = field(default_factory=dict)
    naming: dict[str, list[str]] = field(default_factory=dict)
    largest: list[tuple[Fraction, str]] = field(default_factory=list)

    def add(self, of: Plan) -> None:
        """Take a package in, once it is allocated."""
        self.by_key[of.package.key] = of
        heappush(self.largest, (-of.pool.euros, of.package.key))
        for key in _named(of):
            self.naming.setdefault(key, []).append(of.package.key)

    def candidates(self, of: Plan) -> Iterator[Plan]:
        """Those that a package names, or that name it, and then all others, the largest first, as they stand now."""
        named = {*_named(of), *self.naming.get(of.package.key, ())}
        linked = [self.by_key[key] for key in named if key in self.by_key and key != of.package.key]
        yield from sorted(linked, key=_size)
        while self.largest:
            size, key = self.largest[0]
            other = self.by_key[key]
            if -size != other.pool.euros:
                heapreplace(self.largest, (-other.pool.euros, key))
            elif not size:
                return
            else:
                yield other
                if -size == other.pool.euros:  # more is asked for, and a coin of its money is worth more than that
                    heappop(self.largest)


def _size(of: Plan) -> tuple[Fraction, str]:
    return -of.pool.euros, of.package.key


def _named(of: Plan) -> set[str]:
    """The packages that its rows name as those it is redistributed with."""
    return {key for row in of.package.rows for key in _BETWEEN.split(row.text(REALLOCATED)) if key}
