"""The words tests are written in: amounts as people say them, pledges as stages, steps by their names.

A pledge is announced, moved and corrected here as a sentence::

    pledge = announce(book, "GB", "100 GBP", instrument="loan")
    commit(book, pledge, "60 GBP")
    assert stages(book, pledge) == {"pledged": "40.00 GBP", "committed": "60.00 GBP"}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.book import Book, Recorded
from ledger.errors import LedgerError, Problem
from ledger.journal import CREDIT_STAGES, MEMORANDUM, Citation, Entry, Stage
from ledger.money import Money, commodity, currency
from ledger.period import Period, parse_date
from ledger.pledge import (
    Firmness,
    Instalment,
    Instrument,
    Membership,
    MoveKind,
    PartyKind,
    Promise,
    Purpose,
)
from ledger.recognition import steps
from ledger.selection import Contingent, Selection
from ledger.table import Table, plain_cell
from tests.places import at

GBP, EUR, USD, JPY, KWD = (currency(code) for code in ("GBP", "EUR", "USD", "JPY", "KWD"))
MISSILE = "air-defence-missile"


class Clock:
    """A clock that stands at a day and goes on by one second at each look."""

    def __init__(self, today: str = "2025-03-02") -> None:
        self._moment = datetime.min.replace(tzinfo=UTC)
        self.turn_to(today)

    def __call__(self) -> datetime:
        """The moment it is: later than any moment it has told."""
        self._moment += timedelta(seconds=1)
        return self._moment

    def turn_to(self, today: str) -> None:
        """Let it be nine in the morning of this day, whether it lies ahead or behind."""
        self._moment = datetime.fromisoformat(f"{today}T09:00:00+00:00")


def make_book(path: Path, clock: Clock, **options: Any) -> Book:
    """A new book of Ukraine's, kept by ``ada`` and dated by this clock."""
    return Book.create(at(path), clock=clock, recorded_by="ada", **options)


# Amounts and days


def money(text: str) -> Money:
    """An amount as ``100 GBP`` or ``5000 air-defence-missile``."""
    value, code = text.split(" ")
    return Money.of(value, commodity(code))


def gbp(value: str) -> Money:
    """An amount of pounds."""
    return Money.of(value, GBP)


def day(text: str | None) -> date | None:
    """A day, or none."""
    return None if text is None else parse_date(text)


# Steps: each records one entry


def _evidence(
    *,
    on: str | None = None,
    note: str | None = None,
    origin: str | None = None,
    cite: str | None = None,
    quote: str | None = None,
) -> steps.Evidence:
    citations = (Citation(url=cite, quote=quote),) if cite or quote else ()
    return steps.Evidence(on=day(on), note=note, origin=origin, citations=citations)


def _told(options: dict[str, Any]) -> steps.Evidence:
    names = ("on", "note", "origin", "cite", "quote")
    return _evidence(**{name: options.pop(name) for name in names if name in options})


def promise(text: str | Promise) -> Promise:
    """A promise as ``up_to 100 GBP, firm 60 GBP``; the words before the amount and after it may be left out."""
    if isinstance(text, Promise):
        return text
    said, _, firm = text.partition(", firm ")
    *firmness, value, code = said.split(" ")
    kind = Firmness(firmness[0]) if firmness else Firmness.EXACT
    return Promise(money(f"{value} {code}"), kind, money(firm) if firm else None)


def announcement(donor: str, *promises: str | Promise, **options: Any) -> steps.Announce:
    """The step that opens a pledge: a military grant, unless it is said to be something else."""
    said: dict[str, Any] = {"evidence": _told(options)}
    said["purpose"] = Purpose(options.pop("purpose", "military"))
    said["instrument"] = Instrument(options.pop("instrument", "grant"))
    if "stage" in options:
        said["stage"] = Stage(options.pop("stage"))
    if "max_exposure" in options:
        said["max_exposure"] = money(options.pop("max_exposure"))
    if "stated" in options:
        said["stated"] = tuple(map(money, options.pop("stated")))
    if "schedule" in options:
        said["schedule"] = tuple(
            Instalment(parse_date(on), money(text)) for on, text in options.pop("schedule").items()
        )
    return steps.Announce(donor=donor, promises=tuple(map(promise, promises)), **said, **options)


def announce(book: Book, donor: str, *promises: str | Promise, **options: Any) -> str:
    """Open a pledge and give its id."""
    return str(book.record(announcement(donor, *promises, **options)).entry.pledge)


def movement(kind: str, pledge: str, *amounts: str, **options: Any) -> steps.Move:
    """The step that moves amounts to another stage: everything that is there, where none is named."""
    said: dict[str, Any] = {"evidence": _told(options), "everything": not amounts}
    if "only" in options:
        said["only"] = Stage(options.pop("only"))
    if "paid" in options:
        said["paid"] = money(options.pop("paid"))
    said |= options
    return steps.Move(kind=MoveKind(kind), pledge=pledge, amounts=tuple(map(money, amounts)), **said)


def commit(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Make a promise binding."""
    return book.record(movement("commit", pledge, *amounts, **options))


def allocate(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Earmark a commitment."""
    return book.record(movement("allocate", pledge, *amounts, **options))


def disburse(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Pay or deliver."""
    return book.record(movement("disburse", pledge, *amounts, **options))


def call(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Call a guarantee."""
    return book.record(movement("call", pledge, *amounts, **options))


def repay(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Pay back."""
    return book.record(movement("repay", pledge, *amounts, **options))


def forgive(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Write principal off."""
    return book.record(movement("forgive", pledge, *amounts, **options))


def cancel(book: Book, pledge: str, *amounts: str, **options: Any) -> Recorded:
    """Withdraw what is not delivered."""
    return book.record(movement("cancel", pledge, *amounts, **options))


def draw(book: Book, parent: str, child: str, amount: str, **options: Any) -> Recorded:
    """Let a child take part of its promise from its facility."""
    evidence = _told(options)
    return book.record(steps.Draw(parent=parent, child=child, amount=money(amount), evidence=evidence, **options))


def supersede(book: Book, old: str, new: str, *, note: str | None = "replaced", **options: Any) -> Recorded:
    """Move what one pledge has not delivered to another."""
    evidence = _told({"note": note} | {name: options.pop(name) for name in ("on", "origin") if name in options})
    return book.record(steps.Supersede(old=old, new=new, evidence=evidence, **options))


def revise(book: Book, pledge: str, amount: str, *, note: str | None = "restated", **options: Any) -> Recorded:
    """Bring a promise to its new gross amount: ``up_to 80 GBP, firm 60 GBP``, or ``0 GBP``."""
    said, _, firm = amount.partition(", firm ")
    *firmness, value, code = said.split(" ")
    evidence = _told({"note": note} | {name: options.pop(name) for name in ("on", "origin") if name in options})
    replaces = commodity(options.pop("replaces")) if "replaces" in options else None
    step = steps.Revise(
        pledge=pledge,
        amount=money(f"{value} {code}"),
        firmness=Firmness(firmness[0]) if firmness else None,
        firm=money(firm) if firm else None,
        replaces=replaces,
        evidence=evidence,
        **options,
    )
    return book.record(step)


def amend(
    book: Book,
    pledge: str,
    *,
    note: str | None = "misread",
    on: str | None = None,
    origin: str | None = None,
    **changes: object,
) -> Recorded:
    """Correct facts of a pledge."""
    evidence = _evidence(on=on, note=note, origin=origin)
    return book.record(steps.Amend(pledge=pledge, changes=changes, evidence=evidence))


def reverse(book: Book, number: int, *, note: str | None = "entered in error", **options: Any) -> Recorded:
    """Record the opposite of an entry."""
    return book.record(steps.Reverse(number=number, evidence=_told({"note": note} | options)))


def close(book: Book, period: str, **options: Any) -> Recorded:
    """Close everything up to the end of a period."""
    return book.record(steps.Close(period=Period.parse(period), evidence=_told(options)))


def reopen(book: Book, period: str, *, note: str | None = "a late correction", **options: Any) -> Recorded:
    """Open a period again."""
    return book.record(steps.Reopen(period=Period.parse(period), evidence=_told({"note": note} | options)))


def register_party(book: Book, code: str, name: str, kind: str = "institution", **options: Any) -> Recorded:
    """Register a party."""
    return book.record(steps.RegisterParty(code=code, name=name, kind=PartyKind(kind), evidence=_told(options)))


def register_source(book: Book, code: str, name: str, **options: Any) -> Recorded:
    """Register a funding source."""
    return book.record(steps.RegisterSource(code=code, name=name, evidence=_told(options)))


def register_item(book: Book, code: str = MISSILE, name: str = "Air-defence missile", **options: Any) -> Recorded:
    """Register an item."""
    return book.record(steps.RegisterItem(code=code, name=name, evidence=_told(options)))


def join(book: Book, party: str, group: str, since: str | None = None, until: str | None = None) -> Recorded:
    """Record a party's membership in a group."""
    return book.record(steps.Join(membership=Membership(party, group, day(since), day(until))))


# What the book says


def records(table: Table) -> list[dict[str, str | None]]:
    """The rows of a table as programs read them: by their columns' names, amounts as plain text."""
    return [dict(zip(table.header, map(plain_cell, row), strict=True)) for row in table.rows]


def selection(**filters: Any) -> Selection:
    """Filters, with days as text and single codes as themselves."""
    said: dict[str, Any] = {
        name: (value,) if isinstance(value, str) else value for name, value in filters.items() if name not in _WORDS
    }
    said |= {name: read(filters[name]) for name, read in _WORDS.items() if name in filters}
    return Selection(**said)


_WORDS: dict[str, Callable[[str], object]] = {"since": day, "until": day, "as_of": day, "contingent": Contingent}


def accounts(book: Book, pledge: str, **filters: Any) -> dict[str, str]:
    """What every stage account of a pledge holds, debit positive: ``{"pledged": "100.00 GBP"}``; no zeros."""
    rows = records(book.trial_balance(selection(pledge=pledge, **filters)))
    held: dict[str, list[str]] = {}
    for row in rows:
        if str(row["balance"]).strip("-0."):
            held.setdefault(str(row["stage"]), []).append(f"{row['balance']} {row['commodity']}")
    return {stage: ", ".join(amounts) for stage, amounts in held.items()}


def stages(book: Book, pledge: str, **filters: Any) -> dict[str, str]:
    """What a pledge has at each of its stages: its accounts, but for the promise's other side and memoranda."""
    beside = CREDIT_STAGES | MEMORANDUM
    return {stage: held for stage, held in accounts(book, pledge, **filters).items() if stage not in beside}


def measures(book: Book, of: str = "GBP", **filters: Any) -> dict[str, str]:
    """Every measure of a selection in one currency that is not zero."""
    rows = [row for row in records(book.totals(selection(**filters), by=())) if row["currency"] == of]
    found = {name: str(value) for row in rows for name, value in row.items() if name != "currency"}
    return {name: value for name, value in found.items() if value.strip("-0.")}


def entries(book: Book) -> list[Entry]:
    """Every entry, from the first."""
    with book._view() as view:
        return [view.entry(number) for number in range(1, last_number(book) + 1)]


def last_number(book: Book) -> int:
    """The number of the last entry."""
    return int(str(records(book.journal())[-1]["entry"]))


def errors(book: Book) -> list[Problem]:
    """What ``check`` calls broken: nothing, in a sound book."""
    return [problem for problem in book.check() if problem.severity == "error"]


def warnings(book: Book) -> list[str]:
    """What ``check`` is suspicious of, by code and place."""
    return [f"{problem.code} {problem.where}" for problem in book.check() if problem.severity == "warning"]


@contextmanager
def refuses(book: Book, kind: type[LedgerError], *words: str) -> Iterator[None]:
    """The book says no in one line that holds these words (or its hint does), and records nothing."""
    before = last_number(book)
    with refused(kind, *words):
        yield
    assert last_number(book) == before


@contextmanager
def refused(kind: type[LedgerError], *words: str) -> Iterator[None]:
    """A refusal of exactly this kind, in one line that holds these words (or its hint does)."""
    with pytest.raises(kind) as caught:
        yield
    assert type(caught.value) is kind
    said = f"{caught.value.message} [{caught.value.hint}]"
    assert "\n" not in said
    for word in words:
        assert word in said
