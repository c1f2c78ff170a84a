"""The entries replayed: what each pledge states at the head, what each account and each total comes to."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Optional

from ledger.formats.verifier.amounts import is_money
from ledger.formats.verifier.entries import Entry, Posting, canonical
from ledger.formats.verifier.merkle import Tree
from ledger.formats.verifier.options import Options
from ledger.formats.verifier.words import shown


class Opened:
    """A pledge: its facts at the head, the entry that opened it, the one that reversed that."""

    __slots__ = ("entry", "facts", "withdrawn_by")

    def __init__(self, facts: Mapping[str, Any], entry: int) -> None:
        self.facts = dict(facts)
        self.entry = entry
        self.withdrawn_by: Optional[int] = None

    def after(self, entry: Entry) -> None:
        """Take over what an entry changes."""
        for name, (_, new) in entry.facts.get("changes", {}).items():
            self.facts[name] = None if new in ([], {}) else new
        if entry.reverses is not None and entry.reverses == self.entry:
            self.withdrawn_by = entry.number
        elif entry.reverses is not None and entry.reverses == self.withdrawn_by:
            self.withdrawn_by = None

    def cell(self, name: str) -> str:
        """A fact as a cell holds it."""
        return cell(self.facts.get(name))


class Account:
    """An account up to the end of the period, in minor units: the balance before it, the turnover and lines in it."""

    __slots__ = ("beginning", "credit", "debit", "lines")

    def __init__(self) -> None:
        self.beginning = self.debit = self.credit = self.lines = 0


class Turnover:
    """What one table holds of one commodity."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.days: list[str] = []
        self.entries = self.lines = self.debit = self.credit = 0

    def add(self, entry: Entry, units: int) -> None:
        """Add a line of an entry; entries come in order."""
        if self.numbers[1:] != [entry.number]:
            self.entries += 1
        self.numbers = [self.numbers[0] if self.numbers else entry.number, entry.number]
        self.days = [min([entry.on, *self.days]), max([entry.on, *self.days])]
        self.lines += 1
        self.debit += max(units, 0)
        self.credit += max(-units, 0)


class User:
    """What one person recorded in the period."""

    def __init__(self, first: Entry) -> None:
        self.first = self.last = first
        self.entries = 0


class Replay:
    """Everything that the tables need beside the entries: per pledge, account, person and commodity.

    Per entry it keeps whole numbers alone, to know one again: what it moved, its origin, that it was reversed.
    """

    def __init__(self, options: Options, sizes: set[int]) -> None:
        self.options = options
        self.tree = Tree()
        self.roots = {0: self.tree.root()}
        self.book = ""
        self.first_on = self.last_on = self.last_recorded_at = ""
        self.recorded: dict[int, str] = {}
        self.postings = 0
        self.pledges: dict[str, Opened] = {}
        self.accounts: dict[tuple[str, str, str], Account] = {}
        self.turnovers: dict[str, Turnover] = {}
        self.lines_on: Counter[tuple[str, str]] = Counter()
        self.kinds: set[str] = set()
        self.users: dict[str, User] = {}
        self._sizes = sizes
        self._reversed: set[int] = set()
        self._origins: set[int] = set()
        self._moved = array("q")

    def add(self, entry: Entry) -> Iterator[str]:
        """Add the next entry, and say what is wrong with it there."""
        yield from self._amiss(entry)
        self.book = self.book or entry.book
        self.last_recorded_at = entry.recorded_at
        self.tree.add(entry.leaf)
        if self.tree.size in self._sizes:
            self.roots[self.tree.size] = self.tree.root()
            self.recorded[self.tree.size] = entry.recorded_at
        self.first_on = min(self.first_on or entry.on, entry.on)
        self.last_on = max(self.last_on, entry.on)
        self.postings += len(entry.postings)
        self._state(entry)
        if not self.options.last or entry.on <= self.options.last:
            self._post(entry)
        if self.options.within(entry.on):
            self._list(entry)
        for pledge in dict.fromkeys(posting.pledge for posting in entry.postings):
            if pledge not in self.pledges:
                yield f"posts to {shown(pledge)}, which no entry has opened"

    def facts(self, pledge: str) -> Opened:
        """What a pledge states; of one that nobody opened nothing."""
        return self.pledges.get(pledge) or Opened({}, 0)

    def _amiss(self, entry: Entry) -> Iterator[str]:
        number = self.tree.size + 1
        if entry.number != number:
            yield f"has the number {entry.number}, and stands in the place of {number}"
        if self.book and entry.book != self.book:
            yield f"is of the book {shown(entry.book)}, the first of {shown(self.book)}"
        if entry.recorded_at < self.last_recorded_at:
            yield f"was recorded at {entry.recorded_at}, before the entry in front of it ({self.last_recorded_at})"
        if (entry.kind == "reverse") is (entry.reverses is None):
            yield f"is of the kind {shown(entry.kind)}, and reverses {entry.reverses or 'nothing'}"
        if entry.reverses is not None:
            yield from self._reverses_amiss(entry, entry.reverses)
        for pledge in _opening(entry):
            if opened := self.pledges.get(pledge):
                yield f"opens the pledge {shown(pledge)}, which entry {opened.entry} has opened"
        if entry.origin is not None:
            if hash(entry.origin) in self._origins:
                yield f"has the origin {shown(entry.origin)}, which an entry before it has"
            self._origins.add(hash(entry.origin))
        self._moved.append(_moved(entry.postings, 1))

    def _reverses_amiss(self, entry: Entry, reverses: int) -> Iterator[str]:
        """What is wrong with a reversal: each entry is undone once, by a later one, and whole."""
        if reverses > len(self._moved):
            yield f"reverses entry {reverses}, which is not before it"
            return
        if reverses in self._reversed:
            yield f"reverses entry {reverses}, which is reversed already"
        if self._moved[reverses - 1] != _moved(entry.postings, -1):
            yield f"reverses entry {reverses}, and its postings are not the opposite of that one's"
        self._reversed.add(reverses)

    def _state(self, entry: Entry) -> None:
        """Bring the facts of the entry's pledges from before it to after it."""
        for name, facts in _opening(entry).items():
            self.pledges[name] = Opened(facts, entry.number)
        for name in entry.facts.get("about", [entry.pledge]):
            if name is not None and (pledge := self.pledges.get(name)):
                pledge.after(entry)

    def _post(self, entry: Entry) -> None:
        inside = self.options.within(entry.on)
        for posting in entry.postings:
            account = self.accounts.setdefault((posting.pledge, posting.stage, posting.commodity), Account())
            if not inside:
                account.beginning += posting.units
                continue
            account.lines += 1
            account.debit += max(posting.units, 0)
            account.credit += max(-posting.units, 0)
            self.turnovers.setdefault(posting.commodity, Turnover()).add(entry, posting.units)
            if is_money(posting.commodity):
                self.lines_on[posting.commodity, entry.on] += 1

    def _list(self, entry: Entry) -> None:
        self.kinds.add(entry.kind)
        user = self.users.setdefault(entry.recorded_by, User(entry))
        user.entries += 1
        user.last = entry


def _opening(entry: Entry) -> dict[str, Mapping[str, Any]]:
    """The facts of the pledges that an entry opens, by their ids: of one, or of each donor's."""
    if entry.kind == "pledge":
        return {entry.pledge or "": entry.facts["pledge"]}
    return {facts["id"]: facts for facts in entry.facts["pledges"]} if entry.kind == "joint" else {}


def _moved(postings: list[Posting], sign: int) -> int:
    """A number that entries share which move the same, in whatever order; with the sign -1 the opposite."""
    return hash(tuple(sorted((each.pledge, each.stage, each.commodity, sign * each.units) for each in postings)))


def cell(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """A value as a cell holds it: text as it stands, nothing for what is absent, anything else as RFC 8785."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)
