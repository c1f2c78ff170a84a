"""Matching: the lines of statements beside the payments of the book, in one currency.

What is surest is settled first, and what it took is gone for what follows: a shared reference with the amount, then
with an amount that the terms allow; payments by parts that share a reference; what is left of those, as partial
payments; then amounts alone, and parts of one pledge or one party. Within each step the pairs are chosen together,
as an assignment. The result depends on what is compared alone, not on its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ledger.message import Message, counted, message
from ledger.money import Money
from ledger.reconcile import parts
from ledger.reconcile.assignment import assigned
from ledger.reconcile.cash import Cash, Terms
from ledger.reconcile.likeness import Likeness, apart, likeness, reasoned
from ledger.reconcile.pairs import Pairs, lines_near
from ledger.reconcile.statement import Line


class State(StrEnum):
    """How sure it is that lines and payments are the same."""

    ACCEPTED = "accepted"
    MATCHED = "matched"
    PROPOSED = "proposed"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines and payments that belong together, or one of either that stands alone.

    ``score`` is from 0 to 100; ``partial`` where what they differ by is still to be paid. ``match`` is the entry
    that recorded it.
    """

    state: State
    lines: tuple[Line, ...] = ()
    ours: tuple[Cash, ...] = ()
    score: int | None = None
    reason: str = ""
    partial: bool = False
    match: int | None = None
    recorded: Money | None = None

    @property
    def theirs_sum(self) -> int:
        """What its lines come to, in minor units."""
        return sum(line.amount.units for line in self.lines)

    @property
    def ours_sum(self) -> int:
        """What its payments come to, in minor units."""
        return sum(cash.amount.units for cash in self.ours)

    @property
    def difference(self) -> Money | None:
        """Theirs less ours, as the match says where there is one; None where there is one side only."""
        if self.recorded is not None:
            return self.recorded
        if not self.lines or not self.ours:
            return None
        return Money(self.theirs_sum - self.ours_sum, self.lines[0].amount.commodity)


Wanted = Callable[[Likeness], bool]


def matched(lines: Iterable[Line], ours: Iterable[Cash], terms: Terms) -> list[Group]:
    """Groups of what belongs together, in the order of days; then what is only ours, then what is only theirs."""
    table = _Matching(sorted(lines, key=lambda line: line.order), sorted(ours, key=lambda cash: cash.order), terms)
    table.by_pairs(lambda pair: bool(pair.named) and pair.difference == "exact", table.pairs.named)
    table.by_pairs(lambda pair: bool(pair.named) and pair.difference is not None, table.pairs.named)
    table.lines_of_parts(named=True)
    table.payments_in_parts(named=True)
    table.in_part()
    table.by_pairs(lambda pair: pair.difference == "exact", table.pairs.like)
    table.by_pairs(lambda pair: pair.difference is not None, table.pairs.like)
    table.lines_of_parts(named=False)
    table.payments_in_parts(named=False)
    return sorted(table.groups, key=_order) + table.rest()


def _order(group: Group) -> tuple[object, ...]:
    return (group.lines[0].order, group.ours[0].order)


@dataclass
class _Matching:
    """A matching in the making: what is settled, and what is still free, by its place."""

    lines: Sequence[Line]
    ours: Sequence[Cash]
    terms: Terms
    groups: list[Group] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._free_lines = dict.fromkeys(range(len(self.lines)))
        self._free_ours = dict.fromkeys(range(len(self.ours)))
        self._known: dict[tuple[int, int], Likeness] = {}
        self._named_by: dict[int, list[int]] = {}
        for place, line in enumerate(self.lines):
            for at in self.pairs.named(line):
                self._named_by.setdefault(at, []).append(place)

    @cached_property
    def pairs(self) -> Pairs:
        """Which lines and payments are worth comparing."""
        return Pairs(self.lines, self.ours, self.terms)

    def rest(self) -> list[Group]:
        """What is only ours, and what is only theirs."""
        left = [self.ours[at] for at in self._free_ours]
        ours = [Group(state=State.ONLY_OURS, ours=(cash,), reason=_rest(cash)) for cash in left]
        return ours + [Group(state=State.ONLY_THEIRS, lines=(self.lines[place],)) for place in self._free_lines]

    # One line, one payment

    def by_pairs(self, wanted: Wanted, near: Callable[[Line], Iterable[int]]) -> None:
        """Settle the pairs that are wanted: as many as can be, and of these those of the highest scores together."""
        rows = list(self._free_lines)
        each = 100 * len(rows) + 1  # more than any change of scores: one pair more is worth it
        scores: list[dict[int, int]] = []
        for place in rows:
            found = {at: self._like(place, at) for at in near(self.lines[place]) if at in self._free_ours}
            scores.append({at: pair.score for at, pair in found.items() if wanted(pair)})
        best = _best(scores)
        for row, at in assigned([{at: each + score for at, score in fits.items()} for fits in scores]).items():
            others = [score for other, score in scores[row].items() if other != at]
            self._pair(rows[row], at, rivals=others + [score for score, other in best[at] if other != row])

    def _pair(self, place: int, at: int, *, rivals: Sequence[int]) -> None:
        """Settle a pair: sure is a reference that fits better than its rivals, or an amount that has none."""
        pair = self._like(place, at)
        sure = all(score < pair.score for score in rivals) if pair.named else not rivals
        sure = sure and (bool(pair.named) or pair.difference == "exact")
        doubt = "" if sure or not rivals else message("others may do as well")
        far = self._far([place], [at])
        sure = sure and not far
        reason = reasoned([*pair.reasons, doubt, far])
        self._settle((place,), (at,), State.MATCHED if sure else State.PROPOSED, score=pair.score, reason=reason)

    def _far(self, lines: Sequence[int], ours: Sequence[int]) -> str:
        """That some are further apart than the terms' days, in words: a reference alone is not sure of them."""
        far = any(apart(self.lines[place], self.ours[at].on) > self.terms.days for place in lines for at in ours)
        if not far:
            return ""
        return counted("further apart than {count} day", "further apart than {count} days", count=self.terms.days)

    def _like(self, place: int, at: int) -> Likeness:
        key = (place, at)
        if key not in self._known:
            self._known[key] = likeness(self.lines[place], self.ours[at], self.terms)
        return self._known[key]

    def _settle(
        self,
        lines: Sequence[int],
        ours: Sequence[int],
        state: State,
        *,
        score: int,
        reason: str,
        partial: bool = False,
    ) -> None:
        for place in lines:
            del self._free_lines[place]
        for place in ours:
            del self._free_ours[place]
        group = Group(
            state=state,
            lines=tuple(self.lines[place] for place in sorted(lines)),
            ours=tuple(self.ours[place] for place in sorted(ours)),
            score=score,
            reason=reason,
            partial=partial,
        )
        self.groups.append(group)

    # One line of several payments, and one payment in several lines

    def lines_of_parts(self, *, named: bool) -> None:
        """Settle lines that are the sum of several payments: bundled by the bank, or by whoever paid."""
        for place in list(self._free_lines):
            line = self.lines[place]
            near = self.pairs.named(line) if named else self.pairs.near(line)
            free = [at for at in near if at in self._free_ours and self._may_be_part(place, at)]
            for group in self._by_likeness(free, named=named):
                span = self.terms.ours(line.amount.units)
                ways = parts.making([self.ours[at].amount.units for at in group], *span)
                ways = [way for way in ways if self._allowed([place], [group[part] for part in way])]
                if ways:
                    self._settle_parts([place], [group[part] for part in _best_way(ways)], ways=len(ways), named=named)
                    break

    def payments_in_parts(self, *, named: bool) -> None:
        """Settle payments that were made in several lines."""
        for at in list(self._free_ours):
            cash = self.ours[at]
            near = self._named_by.get(at, []) if named else lines_near(self.lines, cash.on, self.terms.days)
            free = [place for place in near if place in self._free_lines and self._may_be_part(place, at)]
            for group in self._by_party(free):
                span = self.terms.theirs(cash.amount.units)
                ways = parts.making([self.lines[place].amount.units for place in group], *span)
                ways = [way for way in ways if self._allowed([group[part] for part in way], [at])]
                if ways:
                    self._settle_parts([group[part] for part in _best_way(ways)], [at], ways=len(ways), named=named)
                    break

    def _may_be_part(self, place: int, at: int) -> bool:
        """Whether both are of one direction: what came in is no part of what went out."""
        return (self.lines[place].amount.units < 0) is (self.ours[at].amount.units < 0)

    def _allowed(self, lines: Sequence[int], ours: Sequence[int]) -> bool:
        return self._difference(lines, ours) is not None

    def _difference(self, lines: Sequence[int], ours: Sequence[int]) -> str | None:
        theirs = sum(self.lines[place].amount.units for place in lines)
        return self.terms.difference(theirs, sum(self.ours[at].amount.units for at in ours))

    def _by_likeness(self, free: Sequence[int], *, named: bool) -> Iterable[Sequence[int]]:
        """The payments a line may bundle: those it names, else those of one pledge, else those with one name."""
        if named:
            return [free]
        groups: dict[tuple[str, ...], list[int]] = {}
        for at in free:
            groups.setdefault((self.ours[at].pledge,), []).append(at)
            groups.setdefault(("", *self.ours[at].names[:1]), []).append(at)
        return [group for group in groups.values() if len(group) > 1]

    def _by_party(self, free: Sequence[int]) -> Iterable[Sequence[int]]:
        """The lines a payment may have been made in: those of one account and one party."""
        groups: dict[tuple[str, str], list[int]] = {}
        for place in free:
            groups.setdefault((self.lines[place].account, self.lines[place].party.casefold()), []).append(place)
        return [group for group in groups.values() if len(group) > 1]

    def _settle_parts(self, lines: Sequence[int], ours: Sequence[int], *, ways: int, named: bool) -> None:
        found = [self._like(place, at) for place in lines for at in ours]
        difference = self._difference(lines, ours)
        exact = difference == "exact"
        far = self._far(lines, ours)
        words = [_adding_up(len(lines), len(ours), difference), _ways(ways), far]
        reason = reasoned([*(pair.named or "" for pair in found), *words])
        base = min(pair.score for pair in found)
        score = min(100, base + (30 if exact else 20))
        sure = named and ways == 1 and not far and all(pair.named for pair in found)
        self._settle(lines, ours, State.MATCHED if sure else State.PROPOSED, score=score, reason=reason)

    # Payments that are not yet whole

    def in_part(self) -> None:
        """Settle lines that name a payment and are another amount: what they differ by is left open."""
        chosen: dict[int, list[int]] = {}
        for place in self._free_lines:
            near = [at for at in self.pairs.named(self.lines[place]) if at in self._free_ours]
            named = [at for at in near if self._may_be_part(place, at)]
            if named:
                best = max(named, key=lambda at: (self._like(place, at).score, -at))
                chosen.setdefault(best, []).append(place)
        for at, places in sorted(chosen.items()):
            self._in_part(at, places)

    def _in_part(self, at: int, places: Sequence[int]) -> None:
        found = [self._like(place, at) for place in places]
        theirs = Money(sum(self.lines[place].amount.units for place in places), self.ours[at].amount.commodity)
        left = theirs - self.ours[at].amount
        more = abs(theirs.units) > abs(self.ours[at].amount.units)
        reason = reasoned([*(pair.named or "" for pair in found), _part_of(left, more=more)])
        score = min(pair.score for pair in found)
        self._settle(places, [at], State.PROPOSED, score=score, reason=reason, partial=True)


def _rest(cash: Cash) -> str:
    """What is to be said of a payment that was matched in part."""
    return message("the rest: {amount} is matched already", amount=cash.paid_before) if cash.paid_before else ""


def _adding_up(lines: int, ours: int, difference: str | None) -> Message:
    """What several lines, or several entries of ours, come to."""
    if ours > 1:
        several = counted("{count} entry", "{count} entries", count=max(lines, ours))
    else:
        several = counted("{count} line", "{count} lines", count=lines)
    match difference:
        case "exact":
            return message("{several} that add up", several=several)
        case "fees":
            return message("{several} that add up but for fees", several=several)
        case _:
            return message("{several} that add up but for tolerance", several=several)


def _ways(ways: int) -> str:
    """That it can be added up otherwise as well."""
    if ways < 2:  # noqa: PLR2004 - one is no doubt
        return ""
    if ways < parts.MOST_FOUND:
        return counted("{count} way to add up", "{count} ways to add up", count=ways)
    return counted("at least {count} way to add up", "at least {count} ways to add up", count=ways)


def _part_of(left: Money, *, more: bool) -> Message:
    if more:
        return message("more than was recorded: {difference} differ", difference=left)
    return message("paid in part: {difference} differ", difference=left)


def _best(scores: Sequence[Mapping[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """By payment, the scores it has with lines: ``(score, row)``, the highest two."""
    found: dict[int, list[tuple[int, int]]] = {}
    for row, fits in enumerate(scores):
        for at, score in fits.items():
            found[at] = sorted([*found.get(at, []), (score, row)], reverse=True)[:2]
    return found


def _best_way(ways: Sequence[parts.Parts]) -> parts.Parts:
    """All that is there where that adds up, else the first: the fewest parts, the nearest days."""
    return max(ways, key=len) if len(max(ways, key=len)) > parts.MOST_PARTS else ways[0]
