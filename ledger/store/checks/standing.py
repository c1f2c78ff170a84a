"""How a book stands: accounts, drawings, facilities, registers, rates, and whether its tables say what entries do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import Table, and_, func, or_, select

from ledger.errors import LedgerError, Problem
from ledger.journal import CREDIT_STAGES, MEMORANDUM
from ledger.message import message
from ledger.money import Money, commodity
from ledger.pledge import MOVES, Instrument, MoveKind
from ledger.store.checks.examined import Examined
from ledger.store.rates import rate_from
from ledger.store.tables import ACCOUNTS, BOOKS, DRAWINGS, ENTRIES, PLEDGES, PROJECTIONS, RATES
from ledger.store.view import View

_CODE = 3
"""How long a currency's code is; those of items are longer."""


def projections_equal_entries(examined: Examined) -> Iterator[Problem]:
    """Every other table is what the entries make of it."""
    broke = examined.reading.broke
    if isinstance(broke, LedgerError):
        yield Problem("error", "impossible-entry", "journal", broke.message)
        return
    if broke is not None:
        raise broke
    for table in (BOOKS, *PROJECTIONS):
        yield from _differences(examined, table)


def _differences(examined: Examined, table: Table) -> Iterator[Problem]:
    """The rows that differ, by key: those of the table are taken from the rebuilt ones as they come."""
    keys = [column.name for column in table.primary_key]
    mine = table.c.id == examined.book if table is BOOKS else table.c.book == examined.book
    rebuilt = examined.reading.rebuilt
    differ = []
    for row in examined.connection.execute(select(table).where(mine).execution_options(yield_per=1000)).mappings():
        key = tuple(row[name] for name in keys)
        if rebuilt.take(table, key) != dict(row):
            differ.append(key)
    for key in sorted([*differ, *rebuilt.keys(table)], key=str):
        where = f"{table.name} {':'.join(str(part) for part in key[1:]) or key[0]}"
        yield Problem("error", "projection", where, message("this row is not what the entries say"))


def stages_hold_no_less_than_nothing(examined: Examined) -> Iterator[Problem]:
    """No stage account is on its wrong side."""
    credit, beside = map(sorted, (CREDIT_STAGES, MEMORANDUM))
    wrong = or_(
        and_(ACCOUNTS.c.stage.in_(credit), ACCOUNTS.c.balance > 0),
        and_(ACCOUNTS.c.stage.not_in([*credit, *beside]), ACCOUNTS.c.balance < 0),
    )
    for row in examined.connection.execute(select(ACCOUNTS).filter_by(book=examined.book).where(wrong)):
        amount = Money(row.balance, commodity(row.commodity))
        yield Problem(
            "error", "negative", row.pledge, message("holds {amount} {stage}", amount=amount, stage=row.stage)
        )


def withdrawn_pledges_hold_nothing(examined: Examined) -> Iterator[Problem]:
    """A pledge whose opening was reversed has nothing at any stage."""
    found = select(ACCOUNTS.c.pledge, ACCOUNTS.c.stage, ACCOUNTS.c.commodity, ACCOUNTS.c.balance, PLEDGES.c.void)
    same = (PLEDGES.c.book == ACCOUNTS.c.book) & (PLEDGES.c.id == ACCOUNTS.c.pledge)
    found = found.join_from(PLEDGES, ACCOUNTS, same).where(PLEDGES.c.book == examined.book)
    for row in examined.connection.execute(found.where(PLEDGES.c.void.is_not(None), ACCOUNTS.c.balance != 0)):
        amount = Money(row.balance, commodity(row.commodity))
        what = message(
            "entry {void} withdrew it, and it holds {amount} {stage}", void=row.void, amount=amount, stage=row.stage
        )
        yield Problem("error", "withdrawn", row.pledge, what)


def drawings_within_their_facility(examined: Examined) -> Iterator[Problem]:
    """No child gave back more than it drew; that none drew more than there was, the facility's promise shows."""
    for row in examined.connection.execute(select(DRAWINGS).filter_by(book=examined.book).where(DRAWINGS.c.amount < 0)):
        amount = Money(row.amount, commodity(row.commodity))
        yield Problem(
            "error",
            "overdrawn",
            row.child,
            message("has drawn {amount} from {parent}", amount=amount, parent=row.parent),
        )


def facilities_are_there(examined: Examined) -> Iterator[Problem]:
    """What a pledge draws on is a pledge, and not the pledge itself by way of others."""
    found = select(PLEDGES.c.id, PLEDGES.c.parent).filter_by(book=examined.book).where(PLEDGES.c.parent.is_not(None))
    above = {row.id: row.parent for row in examined.connection.execute(found.order_by(PLEDGES.c.id))}
    facilities = sorted(set(above.values()) - above.keys())
    there = select(PLEDGES.c.id).filter_by(book=examined.book)
    missing = {each for each in facilities if examined.connection.scalar(there.filter_by(id=each)) is None}
    for pledge, facility in above.items():
        if facility in missing:
            yield Problem(
                "error",
                "facility",
                pledge,
                message("draws on {facility}, and there is no such pledge", facility=facility),
            )
        elif _leads_back(pledge, above):
            yield Problem(
                "error", "facility", pledge, message("draws on itself, by way of {facility}", facility=facility)
            )


def _leads_back(pledge: str, above: Mapping[str, str]) -> bool:
    """Whether the way up from a pledge comes by it again."""
    passed: set[str] = set()
    facility = above.get(pledge)
    while facility is not None and facility not in passed:
        passed.add(facility)
        facility = above.get(facility)
    return pledge in passed


def moves_fit_their_instrument(examined: Examined) -> Iterator[Problem]:
    """Each move that stands is one that the pledge's instrument has."""
    illegal = or_(
        *(
            and_(PLEDGES.c.instrument == str(instrument), ENTRIES.c.kind.in_(sorted(set(MoveKind) - MOVES[instrument])))
            for instrument in Instrument
        )
    )
    about = (ENTRIES.c.book == PLEDGES.c.book) & (ENTRIES.c.pledge == PLEDGES.c.id)
    found = select(PLEDGES.c.id, PLEDGES.c.instrument).join_from(PLEDGES, ENTRIES, about).distinct()
    found = found.where(PLEDGES.c.book == examined.book, illegal).order_by(PLEDGES.c.id)
    view = View(examined.connection, examined.book, date.min)
    for row in examined.connection.execute(found).all():
        for kind in sorted(view.moves_made(row.id) - MOVES[Instrument(row.instrument)]):
            yield Problem(
                "error",
                "illegal-move",
                row.id,
                message("has a step '{kind}', which no {instrument} has", kind=kind, instrument=row.instrument),
            )


def codes_are_registered(examined: Examined) -> Iterator[Problem]:
    """Each donor and recipient is a country or registered, and each funding source and item is registered."""
    view = View(examined.connection, examined.book, date.min)
    for register, column in (("party", PLEDGES.c.donor), ("party", PLEDGES.c.recipient), ("source", PLEDGES.c.source)):
        used = select(column).filter_by(book=examined.book).where(column.is_not(None)).distinct().order_by(column)
        for code in examined.connection.scalars(used).all():
            if not view.taken(register, code):
                yield Problem(
                    "error",
                    "unregistered",
                    f"{register} {code}",
                    message("a pledge names it as its {column}", column=column.name),
                )
    items = select(ACCOUNTS.c.commodity).filter_by(book=examined.book).where(func.length(ACCOUNTS.c.commodity) != _CODE)
    for code in examined.connection.scalars(items.distinct().order_by(ACCOUNTS.c.commodity)).all():
        if not view.taken("item", code):
            yield Problem("error", "unregistered", f"item {code}", message("a pledge promises pieces of it"))


def rates_in_turn(examined: Examined) -> Iterator[Problem]:
    """Imported rates are numbered 1, 2, 3, were retrieved in that order, and each is a rate."""
    latest = ""
    rows = select(RATES).filter_by(book=examined.book).order_by(RATES.c.number).execution_options(yield_per=1000)
    for expected, row in enumerate(examined.connection.execute(rows), 1):
        where = f"rate {row.number}"
        if row.number != expected:
            yield Problem(
                "error",
                "rate-order",
                f"rate {expected}",
                message("there is none; the next one is {number}", number=row.number),
            )
            return
        if row.retrieved_at < latest:
            yield Problem(
                "error", "rate-order", where, message("it was retrieved before the one with the number before it")
            )
        latest = row.retrieved_at
        try:
            rate_from(row)
        except (LedgerError, ValueError, ArithmeticError) as error:
            reason = error.message if isinstance(error, LedgerError) else error
            yield Problem("error", "unreadable-rate", where, message("it is no rate ({reason})", reason=reason))
