"""Wholes: a promise that is the sum of others recorded beside it, as a group's total is of what its members give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.message import Message, message
from ledger.money import Money
from ledger.reports.doubles import NEAR_PERCENT, NOTHING_KNOWN, Known, Promised

NEAR_DAYS = 92
"""How many days may lie between a group's total and what its members give."""
FEWEST = 2
"""The fewest parts of a whole: one that is as large is a double."""
_NAMED = 5

Value = Callable[[Money, date], Fraction | None]
"""What an amount of a day is worth in one currency; None where no rate says."""


@dataclass(frozen=True, slots=True)
class Company:
    """Promises that belong together, of which one may be the total: ``total``, or the largest where none is named.

    ``what`` says in words by what they belong together.
    """

    what: Message
    members: tuple[Promised, ...]
    total: Promised | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A promise, and others that come to as much; they fall short by ``missing`` per cent, or exceed it if negative."""

    what: Message
    whole: Promised
    parts: tuple[Promised, ...]
    missing: Fraction

    @property
    def said(self) -> Message:
        """What of it is the sum of what, in words."""
        named = ", ".join(part.pledge for part in self.parts[:_NAMED]) + (", ..." if len(self.parts) > _NAMED else "")
        tenths = int(abs(self.missing) * 10 + Fraction(1, 2))  # half up, not cut
        said = {"amount": self.whole.amount, "count": len(self.parts), "alike": self.what, "pledges": named}
        if not tenths:
            return message("its {amount} are what {count} others {alike} add up to: {pledges}", **said)
        share = f"{tenths // 10}.{tenths % 10} %"
        if self.missing > 0:
            return message(
                "its {amount} are what {count} others {alike} add up to, {share} less: {pledges}",
                share=share,
                **said,
            )
        return message(
            "its {amount} are what {count} others {alike} add up to, {share} more: {pledges}",
            share=share,
            **said,
        )


def packages(promised: Iterable[Promised]) -> Iterator[Company]:
    """The promises of each package, by its name."""
    found: dict[str, list[Promised]] = {}
    for each in promised:
        found.setdefault(each.package or "", []).append(each)
    for name, members in sorted(found.items()):
        yield Company(message("of package {package}", package=name), tuple(sorted(members, key=_order)))


def companions(total: Promised, promised: Iterable[Promised]) -> Company:
    """A group's promise as the total, with those of others from the same source, alike financed, near in days."""
    near = (each for each in promised if abs((each.on - total.on).days) <= NEAR_DAYS and _alike(each, total))
    what = message("paid by {source} as {instrument}", source=total.source, instrument=total.instrument)
    return Company(what, tuple(sorted(near, key=_order)), total)


def _order(each: Promised) -> tuple[int, str, str]:
    return each.entry, each.pledge, each.block.currency


def _alike(each: Promised, total: Promised) -> bool:
    same = (each.block.recipient, each.instrument, each.source) == (
        total.block.recipient,
        total.instrument,
        total.source,
    )
    return same and each.block.donor != total.block.donor


def wholes(companies: Iterable[Company], value: Value, known: Known = NOTHING_KNOWN) -> Iterator[Whole]:
    """The promises that are about the sum of others of their company, each pledge once."""
    seen: set[str] = set()
    for company in companies:
        found = _whole(company, value, known)
        if found and found.whole.pledge not in seen:
            seen.add(found.whole.pledge)
            yield found


def _whole(company: Company, value: Value, known: Known) -> Whole | None:
    """The total of a company, if the others that may be its parts add up to it, within what reports differ by."""
    everyone = [*company.members, *([company.total] if company.total else [])]
    worth = _worth(everyone, value) if len(everyone) > FEWEST else None
    if worth is None:
        return None
    total = company.total or max(company.members, key=lambda each: worth[everyone.index(each)])
    parts = [each for each in company.members if _may_be_part(each, total, known)]
    most = worth[everyone.index(total)]
    missing = most - sum(worth[everyone.index(each)] for each in parts)
    if len(parts) < FEWEST or abs(missing) * 100 > most * NEAR_PERCENT:
        return None
    return Whole(company.what, total, tuple(parts), missing * 100 / most)


def _worth(promised: Sequence[Promised], value: Value) -> list[Fraction] | None:
    """What each promise is worth: in their own currency if they share one, else at rates; None where one has none."""
    if len({each.block.currency for each in promised}) == 1:
        return [each.amount.value for each in promised]
    found = [value(each.amount, each.on) for each in promised]
    return None if None in found else [worth for worth in found if worth is not None]


def _may_be_part(each: Promised, total: Promised, known: Known) -> bool:
    pair = frozenset((each.pledge, total.pledge))
    linked = each.parent == total.pledge or total.parent == each.pledge or pair in known.linked
    shared = each.entry == total.entry  # of one joint pledge each is a share, and none the whole
    return each.pledge != total.pledge and not (linked or shared) and pair not in known.distinct
