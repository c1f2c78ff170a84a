"""Matches: the payments that entries record, for a bank's statement to be compared with, and what was matched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from iso3166 import countries_by_alpha2
from sqlalchemy import Row, Select, select

from ledger.journal import Entry, Stage
from ledger.message import message
from ledger.money import Balance, Commodity, Money, commodity
from ledger.pledge import Instrument
from ledger.proof import leaf
from ledger.recognition.steps import Booked, Match, Settled
from ledger.reconcile.accepted import Accepted
from ledger.reconcile.cash import Cash
from ledger.store.listing import registered
from ledger.store.scope import Scope
from ledger.store.tables import ENTRIES, POSTINGS

_OUT = frozenset({Stage.DISBURSED, Stage.CALLED, Stage.REPAID, Stage.FORGIVEN})
"""What has reached these was paid at some time: the change of their sum is what an entry paid."""

_ASKED = 500  # numbers in one question to the database


def payments(scope: Scope, since: date, until: date, *, received: bool) -> list[Cash]:
    """What the selected pledges' entries of these days paid or got back, in any currency, as an account shows it.

    Where a payment was made in another currency, that is what counts. Entries that do not stand are left out, and
    reversals with them; so is what was delivered in kind, unless the selection names instruments.
    ``received``: the account is that of whom was paid.
    """
    within = replace(scope.selection, currency=(), since=_later(scope.selection.since, since))
    within = replace(within, until=min(filter(None, (scope.selection.until, until))))
    narrowed = Scope(scope.connection, scope.book, within)
    return _made(scope, list(scope.connection.execute(_postings(narrowed))), received=received)


def payments_of(scope: Scope, numbers: Iterable[int], until: date, *, received: bool) -> list[Cash]:
    """The same, of these entries alone, dated no later than a day."""
    within = replace(scope.selection, currency=(), until=min(filter(None, (scope.selection.until, until))))
    found = _postings(Scope(scope.connection, scope.book, within))
    asked = (found.where(POSTINGS.c.entry.in_(some)) for some in _asked(numbers))
    return _made(scope, [row for one in asked for row in scope.connection.execute(one)], received=received)


def _made(scope: Scope, rows: Iterable[Row[Any]], *, received: bool) -> list[Cash]:
    """The payments that postings are, of entries that stand."""
    names = {party.code: party.name for party in registered(scope)}
    made = [list(group) for _, group in groupby(rows, key=lambda row: (row.entry, row.pledge))]
    fallen = _fallen(scope, [lines[0].entry for lines in made])
    return [cash for lines in made if lines[0].entry not in fallen for cash in _cash(lines, names, received=received)]


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)


def _postings(scope: Scope) -> Select[Any]:
    """What entries post as paid, with what may name them, pledge by pledge; no reversals."""
    pledges = scope.pledges()
    stages = [str(stage) for stage in (Stage.PAID, *sorted(_OUT))]
    columns = (POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.on_date, POSTINGS.c.stage, POSTINGS.c.commodity)
    said = (ENTRIES.c.origin, ENTRIES.c.note, ENTRIES.c.citation_url, ENTRIES.c.citation_quote)
    of = (pledges.c.donor, pledges.c.recipient, pledges.c.title)
    found: Select[Any] = select(*columns, POSTINGS.c.amount, *said, *of)
    found = found.join_from(POSTINGS, pledges, POSTINGS.c.pledge == pledges.c.id)
    found = found.join(ENTRIES, (ENTRIES.c.book == POSTINGS.c.book) & (ENTRIES.c.number == POSTINGS.c.entry))
    found = found.where(POSTINGS.c.book == scope.book, POSTINGS.c.stage.in_(stages), ENTRIES.c.reverses.is_(None))
    if not scope.selection.instrument:
        found = found.where(pledges.c.instrument != str(Instrument.IN_KIND))
    return scope.events(found, POSTINGS).order_by(POSTINGS.c.entry, POSTINGS.c.pledge, POSTINGS.c.line)


def _cash(lines: Sequence[Row[Any]], names: Mapping[str, str], *, received: bool) -> Iterator[Cash]:
    """The payments that one entry made for one pledge: one in each currency."""
    first = lines[0]
    other, side = (first.donor, first.recipient) if received else (first.recipient, first.donor)
    for amount in _paid(lines).amounts():
        if amount.commodity.is_currency:
            yield Cash(
                entry=first.entry,
                pledge=first.pledge,
                on=date.fromisoformat(first.on_date),
                amount=amount if received else -amount,
                names=tuple(filter(None, (_named(other, names), first.title, _named(side, names)))),
                references=tuple(filter(None, (first.origin, first.note, first.citation_url, first.citation_quote))),
            )


def _paid(lines: Sequence[Row[Any]]) -> Balance:
    """What was paid, less what came back: by the memorandum of a payment in another currency, where there is one."""
    amounts = [(Stage(row.stage), Money(row.amount, commodity(row.commodity))) for row in lines]
    if memorandum := [amount for stage, amount in amounts if stage is Stage.PAID]:
        return Balance(memorandum)
    paid = [amount for stage, amount in amounts if stage in _OUT]
    return Balance([*paid, *(-amount for stage, amount in amounts if stage is Stage.REPAID)])


def _named(code: str, names: Mapping[str, str]) -> str:
    country = countries_by_alpha2.get(code)
    return names.get(code) or (country.apolitical_name if country else code)


def accepted(scope: Scope, accounts: Iterable[str]) -> list[Accepted]:
    """The matches recorded for these accounts, in order, those that do not count any more among them."""
    entries = [entry for account in accounts for entry in _entries(scope, account)]
    settled = {number for entry in entries for number in _settles(entry)}
    fallen = _fallen(scope, [*settled, *(entry.number for entry in entries)])
    days = dict(_days(scope, settled))
    return [_accepted(entry, fallen, days) for entry in sorted(entries, key=lambda entry: entry.number)]


def _entries(scope: Scope, account: str) -> Iterator[Entry]:
    """The entries of matches for one account: their origins begin with it, and ; follows upon : in order."""
    found = select(ENTRIES.c.line).filter_by(book=scope.book, kind="match")
    found = found.where(ENTRIES.c.origin > f"match:{account}:", ENTRIES.c.origin < f"match:{account};")
    if scope.last_number is not None:
        found = found.where(ENTRIES.c.number <= scope.last_number)
    for line in scope.connection.scalars(found):
        entry = leaf.read(line)
        if _facts(entry)["account"] == account:
            yield entry


def _facts(entry: Entry) -> Mapping[str, Any]:
    return entry.facts["match"]  # type: ignore[return-value] # what recognition wrote


def _settles(entry: Entry) -> list[int]:
    return [int(one["entry"]) for one in _facts(entry)["entries"]]


def _accepted(entry: Entry, fallen: Mapping[int, int], days: Mapping[int, date]) -> Accepted:
    said = _facts(entry)
    of = commodity(str(said["currency"]))
    return Accepted(
        entry=entry.number,
        origin=str(entry.origin),
        match=Match(
            account=str(said["account"]),
            lines=tuple(_booked(line, of) for line in said["lines"]),
            settled=tuple(Settled(one["entry"], one["pledge"], Money.of(one["amount"], of)) for one in said["entries"]),
            partial=bool(said["partial"]),
        ),
        days={number: days[number] for number in _settles(entry)},
        void=_void(entry, fallen),
    )


def _booked(said: Mapping[str, Any], of: Commodity) -> Booked:
    return Booked(said["statement"], said["key"], date.fromisoformat(said["on"]), Money.of(said["amount"], of))


def _void(entry: Entry, fallen: Mapping[int, int]) -> str | None:
    """Why a match does not count: nothing is to be said of one that was reversed itself."""
    if entry.number in fallen:
        return ""
    gone = next((number for number in _settles(entry) if number in fallen), None)
    if gone is None:
        return None
    return message("entry {number} was reversed by entry {reversal}", number=gone, reversal=fallen[gone])


def _days(scope: Scope, numbers: Iterable[int]) -> Iterator[tuple[int, date]]:
    for some in _asked(numbers):
        found = select(ENTRIES.c.number, ENTRIES.c.on_date).filter_by(book=scope.book).where(ENTRIES.c.number.in_(some))
        for row in scope.connection.execute(found):
            yield row.number, date.fromisoformat(row.on_date)


def _fallen(scope: Scope, numbers: Iterable[int]) -> dict[int, int]:
    """The entries that do not stand, each with its reversal: a reversal that was itself reversed undoes nothing."""
    undone: dict[int, int] = {}
    for some in _asked(numbers):
        found = select(ENTRIES.c.reverses, ENTRIES.c.number).filter_by(book=scope.book)
        found = found.where(ENTRIES.c.reverses.in_(some))
        if scope.last_number is not None:
            found = found.where(ENTRIES.c.number <= scope.last_number)
        undone.update((row.reverses, row.number) for row in scope.connection.execute(found))
    if not undone:
        return {}
    restored = _fallen(scope, undone.values())
    return {number: by for number, by in undone.items() if by not in restored}


def _asked(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in order and in parts, so that a question to the database does not grow without end."""
    ordered = sorted(set(numbers))
    return (ordered[start : start + _ASKED] for start in range(0, len(ordered), _ASKED))
