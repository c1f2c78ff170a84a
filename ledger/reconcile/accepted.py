"""Accepted: what earlier matches settled of a file's lines and of our payments, and what that leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.message import Message, counted, message
from ledger.money import Commodity, Money
from ledger.recognition.steps import Booked, Match, Settled
from ledger.reconcile.cash import Cash
from ledger.reconcile.likeness import reasoned
from ledger.reconcile.matching import Group, State
from ledger.reconcile.statement import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A match as an entry of the book records it.

    ``days`` are those of the entries it settles. ``void`` says why it counts no more: it was reversed (empty text),
    or one of its entries was; None where it stands.
    """

    entry: int
    origin: str
    match: Match
    days: Mapping[int, date]
    void: str | None = None

    @property
    def in_part(self) -> Sequence[int]:
        """The entries of which it settled a part, whether it stands or not: a rest of them may be open."""
        return [one.entry for one in self.match.settled] if self.match.partial else []

    @property
    def currency(self) -> Commodity:
        """The currency of its lines."""
        return self.match.lines[0].amount.commodity


@dataclass
class Settlement:
    """What matches settled, and what is left to be matched."""

    groups: list[Group] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    ours: list[Cash] = field(default_factory=list)
    why: dict[Line, str] = field(default_factory=dict)
    """Why a line is open again that was matched."""

    def reopened(self, group: Group) -> Group:
        """A group, with why its lines are open again."""
        said = [self.why[line] for line in group.lines if line in self.why]
        return replace(group, reason=reasoned([group.reason, *said])) if said else group


def settled(lines: Iterable[Line], ours: Iterable[Cash], accepted: Sequence[Accepted]) -> Settlement:
    """The lines and payments that are still open, and those that matches took, in groups."""
    found = Settlement()
    held = _by_line(accepted)
    taken: dict[int, list[Line]] = {}
    for line in lines:
        match = held.get(line.identity) or held.get(replace(line, lasting=False).identity)
        if match is not None and match.void is None:
            taken.setdefault(match.entry, []).append(line)
            continue
        if match is not None and match.void:
            found.why[line] = message(
                "match {entry} is void, since {reason}: its lines are open again",
                entry=match.entry,
                reason=match.void,
            )
        found.lines.append(line)
    found.groups = [_group(match, taken[match.entry]) for match in accepted if match.entry in taken]
    found.ours = _open(ours, [match for match in accepted if match.void is None])
    return found


def _by_line(accepted: Iterable[Accepted]) -> dict[tuple[object, ...], Accepted]:
    """The match that holds a line, in its statement and in any of its account: the latest, one that stands first.

    What has no reference of the bank's is known by day and amount, and so looked for in its own statement only.
    """
    found: dict[tuple[object, ...], Accepted] = {}
    for match in sorted(accepted, key=lambda match: (match.void is None, match.entry)):
        for statement, key, on, amount in match.match.lines:
            rest = (key, on, amount.units, amount.commodity.code)
            found[match.match.account, statement, *rest] = match
            found[match.match.account, None, *rest] = match
    return found


def booked(line: Line) -> Booked:
    """A line as a match keeps it."""
    return Booked(line.statement, line.key, line.booked_on, line.amount)


def paid(cash: Cash) -> Settled:
    """A payment as a match keeps it."""
    return Settled(cash.entry, cash.pledge, cash.amount)


def _group(match: Accepted, lines: Sequence[Line]) -> Group:
    """A match's lines in this file, and what it settled."""
    ours = tuple(
        Cash(
            entry=one.entry, pledge=one.pledge, on=match.days.get(one.entry, match.match.lines[0].on), amount=one.amount
        )
        for one in match.match.settled
    )
    elsewhere = len(match.match.lines) - len(lines)
    return Group(
        state=State.ACCEPTED,
        lines=tuple(sorted(lines, key=lambda line: line.order)),
        ours=ours,
        reason=_recorded(match.entry, elsewhere),
        match=match.entry,
        recorded=_difference(match.match),
    )


def _recorded(entry: int, elsewhere: int) -> Message:
    if not elsewhere:
        return message("recorded by entry {entry}", entry=entry)
    return counted(
        "recorded by entry {entry}, with {count} more that is not in this file",
        "recorded by entry {entry}, with {count} more that are not in this file",
        count=elsewhere,
        entry=entry,
    )


def _difference(match: Match) -> Money:
    theirs = sum(line.amount.units for line in match.lines)
    return Money(theirs - sum(one.amount.units for one in match.settled), match.lines[0].amount.commodity)


def _open(ours: Iterable[Cash], standing: Sequence[Accepted]) -> list[Cash]:
    """Our payments without what matches settled: their share, or, of one paid in part, what its lines came to.

    The match of a rest settles that rest alone, so that each of several can be undone by itself.
    """
    parts: dict[tuple[int, str], int] = {}
    for match in standing:
        for one in match.match.settled:
            lines = sum(line.amount.units for line in match.match.lines)
            share = lines if match.match.partial else one.amount.units
            parts[one.entry, one.pledge] = parts.get((one.entry, one.pledge), 0) + share
    left = []
    for cash in ours:
        key = (cash.entry, cash.pledge)
        before = Money(parts.get(key, 0), cash.amount.commodity)
        rest = cash.amount - before
        if rest.units * cash.amount.units > 0:
            left.append(replace(cash, amount=rest, paid_before=before) if before else cash)
    return left


def origin_of(group: Group, used: Iterable[str]) -> str:
    """The origin under which a group is recorded: ``match:ACCOUNT:STATEMENT:LINE`` of its first line.

    A line that was matched before, by a match that does not count any more, has the next version of it (``@2``).
    """
    first, taken = group.lines[0], set(used)
    origin = base = f"match:{first.account}:{first.statement}:{first.key}"
    version = 1
    while origin in taken:
        version += 1
        origin = f"{base}@{version}"
    return origin
