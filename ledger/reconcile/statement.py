"""A bank's statement: what an account held, what was booked on it, and what it held after that, as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.errors import Refusal
from ledger.message import Message, counted, message
from ledger.money import Commodity, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount booked on an account: credits are positive, debits negative.

    ``key`` is what the line is known by: the bank's own reference where ``lasting``, which stays the same in every
    statement that holds it, else day, amount and place, which hold within its statement. ``references`` are those
    of the bank and of whoever paid; ``party`` is the other side.
    """

    account: str
    statement: str
    key: str
    booked_on: date
    value_on: date | None = None
    amount: Money
    references: tuple[str, ...] = ()
    party: str = ""
    text: str = ""
    lasting: bool = False

    @property
    def reference(self) -> str:
        """What it is shown by: its references, one after the other."""
        return " ".join(dict.fromkeys(self.references))

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same line wherever it stands: in every statement where ``lasting``, else in its own."""
        where = None if self.lasting else self.statement
        return (self.account, where, self.key, self.booked_on, self.amount.units, self.amount.commodity.code)

    @property
    def order(self) -> tuple[object, ...]:
        """What lines are put in order by, whatever order they came in."""
        return (self.booked_on, self.amount.units, self.account, self.key, self.statement, self.references, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one account held and what was booked, in one currency.

    ``opening`` and ``closing`` are None where the file states none. The days are the first and the last that the
    statement is about. ``notes`` are remarks on what was left out.
    """

    account: str
    id: str
    currency: Commodity
    opening: Money | None = None
    closing: Money | None = None
    opened_on: date
    closed_on: date
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def booked(self) -> Money:
        """The sum of its lines."""
        return Money(sum(line.amount.units for line in self.lines), self.currency)

    @property
    def name(self) -> Message:
        """What it is called in a message."""
        return message("statement {id} of {account}", id=self.id, account=self.account)


def refuse_unclosed(statement: Statement) -> None:
    """Refuse a statement whose opening balance and entries do not make its closing balance, to the last unit.

    Raises :class:`~ledger.errors.Refusal` naming the statement, what was expected and what it says.
    """
    if statement.opening is None or statement.closing is None:
        return
    expected = statement.opening + statement.booked
    if expected != statement.closing:
        raise Refusal(
            "{statement} does not add up: {opening} and {entries} of {booked} make {expected}, and it closes"
            " with {closing} (a difference of {difference})",
            statement=statement.name,
            opening=statement.opening,
            entries=_entries(statement.lines),
            booked=statement.booked,
            expected=expected,
            closing=statement.closing,
            difference=statement.closing - expected,
            hint=message("an entry is missing, there twice or misread: get the whole statement from the bank again"),
        )


def closing_note(statement: Statement) -> Message:
    """What was checked of a statement, or why it could not be."""
    if statement.opening is None or statement.closing is None:
        return message(
            "{statement} states no balances: whether an entry is missing cannot be told", statement=statement.name
        )
    return message(
        "{statement} adds up: {opening} and {entries} of {booked} make {closing}",
        statement=statement.name,
        opening=statement.opening,
        entries=_entries(statement.lines),
        booked=statement.booked,
        closing=statement.closing,
    )


def _entries(lines: Sequence[Line]) -> Message:
    return counted("{count} entry", "{count} entries", count=len(lines))


def once(statements: Iterable[Statement]) -> list[Statement]:
    """Each statement and each line once: repeated statements go, and lines that an earlier one holds already.

    Statements come in the order of accounts and days. Raises :class:`~ledger.errors.Refusal` for two of one id
    that say different things.
    """
    found: dict[tuple[str, str, str], Statement] = {}
    for statement in statements:
        known = found.setdefault((statement.account, statement.currency.code, statement.id), statement)
        if known is statement:
            continue
        if replace(known, notes=()) != replace(statement, notes=()):
            raise Refusal(
                "{statement} is there twice, and differs: first {entries} of {booked}, then {others} of {other_sum}",
                statement=statement.name,
                entries=_entries(known.lines),
                booked=known.booked,
                others=_entries(statement.lines),
                other_sum=statement.booked,
                hint=message("leave one of the two out"),
            )
        note = message("{statement} is there twice: it is counted once", statement=statement.name)
        found[statement.account, statement.currency.code, statement.id] = replace(known, notes=(*known.notes, note))
    ordered = sorted(found.values(), key=lambda one: (one.account, one.currency.code, one.opened_on, one.id))
    seen: set[tuple[object, ...]] = set()
    return [_without_seen(statement, seen) for statement in ordered]


def _without_seen(statement: Statement, seen: set[tuple[object, ...]]) -> Statement:
    """A statement without the lines that are in an earlier one of its account, by the bank's own references."""
    kept = tuple(line for line in statement.lines if not line.lasting or line.identity not in seen)
    seen.update(line.identity for line in statement.lines if line.lasting)
    left = len(statement.lines) - len(kept)
    if not left:
        return statement
    note = counted(
        "{statement}: {count} of its entries is in an earlier statement, and counted there",
        "{statement}: {count} of its entries are in an earlier statement, and counted there",
        count=left,
        statement=statement.name,
    )
    return replace(statement, lines=kept, notes=(*statement.notes, note))


def numbered(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines whose keys are unique in their statement: those the bank gives none for are known by day and amount.

    A key that the bank gives twice is no key: such lines are known by day, amount and their place among the like.
    """
    given = list(lines)
    counts: dict[str, int] = {}
    for line in given:
        counts[line.key] = counts.get(line.key, 0) + 1
    places: dict[str, int] = {}
    found = []
    for line in given:
        if line.key and counts[line.key] == 1:
            found.append(line)
            continue
        like = f"{line.booked_on}/{line.amount.plain()}"
        places[like] = places.get(like, 0) + 1
        found.append(replace(line, key=f"{like}/{places[like]}", lasting=False))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class BankFile:
    """The statements of one file: its name and the hash of its bytes say where a match is from."""

    name: str
    sha256: str
    statements: tuple[Statement, ...]
