"""The table of a reconciliation with a bank: a row for each line and payment, those that belong together in a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ledger.message import message
from ledger.money import Commodity, Money
from ledger.reconcile.cash import Cash
from ledger.reconcile.matching import Group, State
from ledger.reconcile.statement import Line
from ledger.table import Cell, Column, Table

COLUMNS = (
    Column("state", "code"),
    Column("group", "code"),
    Column("account", "code"),
    Column("statement", "code"),
    Column("line", "code"),
    Column("booked_on", "date"),
    Column("party"),
    Column("reference"),
    Column("currency", "code"),
    Column("theirs", "money"),
    Column("entry", "code"),
    Column("pledge", "code"),
    Column("on", "date"),
    Column("ours", "money"),
    Column("difference", "money"),
    Column("score", "count"),
    Column("reason"),
)

_TITLE = message("What the bank booked and what the book says was paid")
_ORDER = {state: place for place, state in enumerate(State)}


def table(groups: Iterable[Group], notes: Sequence[str]) -> Table:
    """The rows of groups, by currency and state. ``theirs`` and ``ours`` are signed: money out is negative.

    What stands once for its group (``difference``, ``score``, ``reason``) is in the group's first row.
    """
    ordered = sorted(groups, key=lambda group: (currency_of(group).code, _ORDER[group.state]))
    names = labels(ordered)
    rows = [row for group in ordered for row in _rows(group, names.get(id(group)))]
    return Table(COLUMNS, rows, title=_TITLE, notes=(*_sums(ordered), *notes))


def labels(groups: Iterable[Group]) -> dict[int, str]:
    """What each group is called by: its first entry, with the pledge where several groups share that entry.

    It is keyed by the group's identity, and stays the same in every report on the same lines and entries.
    """
    paired = [group for group in groups if group.lines and group.ours]
    counts: dict[int, int] = {}
    for group in paired:
        counts[group.ours[0].entry] = counts.get(group.ours[0].entry, 0) + 1
    return {
        id(group): f"{first.entry}" if counts[first.entry] == 1 else f"{first.entry}:{first.pledge}"
        for group in paired
        for first in group.ours[:1]
    }


def currency_of(group: Group) -> Commodity:
    """The currency of a group, which has one."""
    return (group.lines[0].amount if group.lines else group.ours[0].amount).commodity


def _rows(group: Group, label: str | None) -> Iterator[Sequence[Cell]]:
    for place, (line, cash) in enumerate(zip_longest(group.lines, group.ours)):
        once = (group.difference, group.score, group.reason or None) if not place else (None, None, None)
        yield (str(group.state), label, *_theirs(line), currency_of(group).code, *_pair(line, cash), *once)


def _theirs(line: Line | None) -> Sequence[Cell]:
    if line is None:
        return (None,) * 6
    return (line.account, line.statement, line.key, line.booked_on, line.party or None, line.reference or None)


def _pair(line: Line | None, cash: Cash | None) -> Sequence[Cell]:
    theirs = line.amount if line else None
    return (theirs, cash.entry, cash.pledge, cash.on, cash.amount) if cash else (theirs, None, None, None, None)


def _sums(groups: Sequence[Group]) -> Iterator[str]:
    """What each state comes to, in each currency."""
    found: dict[tuple[Commodity, State], list[Group]] = {}
    for group in groups:
        found.setdefault((currency_of(group), group.state), []).append(group)
    for (of, state), members in found.items():
        theirs, ours = sum(group.theirs_sum for group in members), sum(group.ours_sum for group in members)
        said = {"state": state, "number": len(members), "theirs": Money(theirs, of), "ours": Money(ours, of)}
        if state is State.ONLY_OURS:
            yield message("{state}: {number}, ours {ours}", **said)
        elif state is State.ONLY_THEIRS:
            yield message("{state}: {number}, theirs {theirs}", **said)
        else:
            yield message("{state}: {number}, theirs {theirs}, ours {ours}", **said)
