"""The journal: postings on stage accounts, entries that balance, reversal and the fold.

An account is (pledge, stage, commodity). A posting adds a signed amount to one
account, debit positive. An entry is a dated, numbered record of zero or more postings
in which each commodity sums to zero by itself, within each pledge it touches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from ledger.errors import InputError
from ledger.message import message
from ledger.money import Balance, Commodity, Money

JSON = object
"""A value that JSON can hold without a float: text, int, bool, None, lists and dicts of them."""

Facts = Mapping[str, JSON]


class Stage(StrEnum):
    """The stage accounts of a pledge. The promise is money moving between them.

    ``undertaking`` and ``excess`` are credit accounts, the other side of a promise and of
    what was recorded beyond any promise; ``paid`` and ``exchange`` are a memorandum pair.
    """

    UNDERTAKING = "undertaking"
    EXCESS = "excess"
    PLEDGED = "pledged"
    COMMITTED = "committed"
    ALLOCATED = "allocated"
    DISBURSED = "disbursed"
    CALLED = "called"
    REPAID = "repaid"
    FORGIVEN = "forgiven"
    CANCELLED = "cancelled"
    PAID = "paid"
    EXCHANGE = "exchange"


CREDIT_STAGES = frozenset({Stage.UNDERTAKING, Stage.EXCESS})
MEMORANDUM = frozenset({Stage.PAID, Stage.EXCHANGE})


OPENINGS = frozenset({"pledge", "joint"})
"""The kinds of entries that open pledges: one, or one for each of several donors."""


class Account(NamedTuple):
    """Where an amount stands: one stage of one pledge, in one commodity."""

    pledge: str
    stage: Stage
    commodity: Commodity


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount added to one account: debit positive, credit negative, never zero."""

    pledge: str
    stage: Stage
    amount: Money

    def __post_init__(self) -> None:
        if not self.amount.units:
            raise InputError("a posting of zero on {pledge}:{stage} says nothing", pledge=self.pledge, stage=self.stage)
        self.amount.held()

    @property
    def account(self) -> Account:
        """The account this posting changes."""
        return Account(self.pledge, self.stage, self.amount.commodity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a figure is from: the address, and the words that say it.

    ``official`` is True for the body's own statement, False for the press, None where unknown;
    ``sha256`` is that of a kept copy ``file``.
    """

    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    retrieved: str | None = None
    quote: str | None = None
    official: bool | None = None
    file: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that an entry says, before the book numbers it.

    ``kind`` is the step (``pledge``, ``commit``, ...), ``pledge`` its subject, ``facts`` what it states
    beside amounts, ``origin`` a key unique in the book, ``reverses`` the entry it undoes.
    Cannot be built unbalanced, nor with text that a terminal or a log could not hold.
    """

    kind: str
    on: date
    pledge: str | None = None
    facts: Facts
    postings: tuple[Posting, ...] = ()
    citations: tuple[Citation, ...] = ()
    note: str | None = None
    origin: str | None = None
    reverses: int | None = None

    def __post_init__(self) -> None:
        if _unfit((self.note, self.origin, self.pledge, self.facts, *map(_cited, self.citations))):
            for what, text in texts(self):
                refuse_controls(text, what)
        for (pledge, commodity), units in sums(self.postings).items():
            if units:
                raise InputError(
                    "the postings on {pledge} are out of balance by {money}: nothing is recorded",
                    pledge=pledge,
                    money=Money(units, commodity),
                )

    @property
    def subjects(self) -> tuple[str, ...]:
        """The pledges this is about: the one it names; of a joint announcement and its reversal, each of them."""
        if self.pledge is not None:
            return (self.pledge,)
        about = self.facts.get("about", ())
        return tuple(map(str, about)) if isinstance(about, list | tuple) else ()

    @property
    def copied(self) -> tuple[Citation, ...]:
        """The citations of which a copy is kept beside the book: a match names its bank's statement, which is not."""
        return () if self.kind == "match" else tuple(each for each in self.citations if each.sha256)

    def numbered(self, book: str, number: int, *, at: datetime, by: str) -> Entry:
        """This draft as the entry with this number in the book with this uid."""
        entry = object.__new__(Entry)  # what a draft says was examined when it was made, and is not once more
        for name in _SAID:
            object.__setattr__(entry, name, getattr(self, name))
        for name, value in (("book", book), ("number", number), ("recorded_at", at), ("recorded_by", by)):
            object.__setattr__(entry, name, value)
        return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Draft):
    """A draft the book has numbered: never changed, never deleted.

    ``recorded_at`` is when it was written (UTC), ``on`` when it happened.
    """

    book: str
    number: int
    recorded_at: datetime
    recorded_by: str


_SAID = tuple(field.name for field in fields(Draft))


def sums(postings: Iterable[Posting]) -> Mapping[tuple[str, Commodity], int]:
    """The sum of signed minor units by pledge and commodity: all zero where the postings balance."""
    found: dict[tuple[str, Commodity], int] = {}
    for posting in postings:
        key = (posting.pledge, posting.amount.commodity)
        found[key] = found.get(key, 0) + posting.amount.units
    return found


def opposite(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """The postings that undo these: the same accounts, the other side."""
    return tuple(replace(posting, amount=-posting.amount) for posting in postings)


def fold(postings: Iterable[Posting]) -> Mapping[str, Mapping[Stage, Balance]]:
    """The balance of every stage of every pledge: each report is one fold like this.

    Amounts are signed minor units; a stage that holds nothing is absent.
    """
    amounts: dict[str, dict[Stage, list[Money]]] = {}
    for posting in postings:
        amounts.setdefault(posting.pledge, {}).setdefault(posting.stage, []).append(posting.amount)
    balances = {
        pledge: {stage: Balance(parts) for stage, parts in stages.items()} for pledge, stages in amounts.items()
    }
    return {p: {stage: b for stage, b in stages.items() if b} for p, stages in balances.items()}


def first_negative(dated: Iterable[tuple[date, Posting]]) -> tuple[date, Account, int] | None:
    """The first day on which a stage account would hold less than nothing, with its minor units.

    Out-of-order dates are real: this is a warning's matter, never a refusal's.
    """
    held: dict[Account, int] = {}
    by_day: dict[date, list[Posting]] = {}
    for day, posting in dated:
        by_day.setdefault(day, []).append(posting)
    for day in sorted(by_day):
        for posting in by_day[day]:
            held[posting.account] = held.get(posting.account, 0) + posting.amount.units
        for account in dict.fromkeys(posting.account for posting in by_day[day]):
            if wrong_side(account.stage, held[account]):
                return day, account, held[account]
    return None


def wrong_side(stage: str, units: int) -> bool:
    """Whether this balance is on the side where this stage can never be."""
    if stage in _MEMORANDUM:
        return False
    return units > 0 if stage in _CREDIT else units < 0


_MEMORANDUM = frozenset(map(str, MEMORANDUM))
_CREDIT = frozenset(map(str, CREDIT_STAGES))


def texts(draft: Draft) -> Iterable[tuple[str, str]]:
    """Every text a draft holds, with the word for where it stands."""
    named = {
        message("the note"): draft.note,
        message("the origin"): draft.origin,
        message("the pledge's id"): draft.pledge,
    }
    yield from ((what, text) for what, text in named.items() if text is not None)
    yield from _texts_in(draft.facts, message("a fact"))
    for citation in draft.citations:
        for name in Citation.__slots__:
            if isinstance(text := getattr(citation, name), str):
                yield message("the citation's {fact}", fact=name), text


def _texts_in(value: JSON, what: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield what, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts_in(inner, message("the {fact}", fact=key) if isinstance(key, str) else what)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_in(inner, what)
    elif isinstance(value, float):
        raise TypeError(f"{what} holds a float; the ledger never does")


_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Unicode's control characters, surrogates and line and paragraph separators (categories Cc, Cs, Zl, Zp), and marks
that make text read otherwise than it stands (bidirectional overrides and isolates)."""


def _unfit(values: Iterable[JSON]) -> bool:
    """Whether any of these holds what an entry must not: quick, since nearly none does."""
    said: list[str] = []
    return not _gather(values, said) or _UNFIT.search("".join(said)) is not None


def _gather(values: Iterable[JSON], said: list[str]) -> bool:
    """Gather every text in these, and say whether they are such as JSON holds without a float."""
    for value in values:
        if isinstance(value, str):
            said.append(value)
        elif value is not None and type(value) is not int and type(value) is not bool:
            inner = value.values() if isinstance(value, dict | Mapping) else value
            if not isinstance(inner, Iterable) or not _gather(inner, said):
                return False
    return True


_cited = attrgetter(*Citation.__slots__)


def refuse_controls(text: str, what: str) -> None:
    """Refuse text with control characters, line breaks, reordering marks or lone surrogates, naming the place.

    Raises :class:`InputError`: such text cannot be shown, signed or exported safely.
    """
    if found := _UNFIT.search(text):
        raise InputError(
            "{what} holds a control character (U+{code} at place {place}): remove it and try again",
            what=what,
            code=f"{ord(found[0]):04X}",
            place=found.start() + 1,
        )
